/* The leak alarm: posts whose text or picture is in a training set too.
 *
 * Texts are compared without what corpora do in different ways to one tweet: addresses go (also one that was cut in
 * two, "http://t." "co/x", and the stump of one, "htt..."), then blanks, punctuation and control characters (so "@name",
 * "@ name" and "name" are the same), and capitals. A text of which nothing is left is like no other.
 *
 * Pictures are the same when their files are there and hold the same bytes, or when they have the same name without its
 * ending and not both files are there to compare.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_LEAK_H
#define MMIB_CORPORA_LEAK_H

#include "corpora/corpus.h"
#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>

struct leak;

/* A training set, and the folder of its pictures (NULL = the files are not looked at). */
struct leak_source {
    const struct corpus *corpus;
    const char *folder;
};

/* Keeps what it needs of the training sets, which may go then. *out is the caller's, NULL on failure. */
int leak_new(const struct leak_source *training, size_t n, struct leak **out, struct error *err);
void leak_free(struct leak *leak);

enum leak_kind { LEAK_TEXT = 1, LEAK_PICTURE = 2 };

/* What of the post is in training: kinds or-ed, in *kinds_out. folder is that of its picture; NULL = the file is not
 * looked at. */
int leak_find(const struct leak *leak, const struct post *post, const char *folder, unsigned *kinds_out,
              struct error *err);

/* The text as it is compared. Allocated; NULL when memory is out. */
char *leak_text(const struct post *post);

#endif
