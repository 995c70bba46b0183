/* The work file of a foreign corpus: a native file that holds what is being done to a published one, which itself is
 * never written over.
 *
 * It remembers in "source" whose work it is ("file") and the SHA-256 of that file as it was ("sha256").
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_WORK_H
#define MMIB_CORPORA_WORK_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/file-state.h"

#include <stdbool.h>

/* Where the work on input is kept: beside it (test.txt: test.mmib.json), or in $XDG_STATE_HOME/mmib where that folder
 * cannot be written (then the folder is made). *out is allocated. */
int work_path(const char *input, char **out, struct error *err);

/* Makes the work file from what was read from input, which has these contents. It is on disk when this returns. */
int work_create(const char *path, const char *input, const char sha256[FILE_SHA256_BYTES], struct corpus *corpus,
                struct error *err);

/* The same without writing: puts into corpus, which was read from input, what a work file at path says more. */
int work_begin(const char *path, const char *input, const char sha256[FILE_SHA256_BYTES], struct corpus *corpus,
               struct error *err);

/* Is a corpus that was read from a work file the work on input, as input is now? */
int work_check(const struct corpus *work, const char *input, const char sha256[FILE_SHA256_BYTES], struct error *err);

#endif
