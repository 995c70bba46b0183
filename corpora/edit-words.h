/* A batch in a few words, for who takes it back or does it again: "-PER, started".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_EDIT_WORDS_H
#define MMIB_CORPORA_EDIT_WORDS_H

#include "corpora/edit.h"

#include <stdbool.h>
#include <stddef.h>

/* What is otherwise once the batch is done (undone: taken back): + what is there, - what is gone, and the status that
 * the post has. "" where it is nothing that a person did. Types and labels are as they stand in the file: untrusted. */
void edit_batch_words(const struct edit_batch *batch, bool undone, char *out, size_t size);

#endif
