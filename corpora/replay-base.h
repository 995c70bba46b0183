/* The beginning of a corpus: shared by what replays, and by nobody else.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_REPLAY_BASE_H
#define MMIB_CORPORA_REPLAY_BASE_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/file-state.h"

/* Reads what path was when it had these contents: base where it is not NULL, else the first of kept (which may be
 * NULL), path itself and the foreign file that path is the work on that has them. The corpus has path as its own. log
 * names the file that asks, for messages. */
int replay_base_read(const char *path, const char *kept, const char *base, const char sha256[FILE_SHA256_BYTES],
                     const char *log, struct corpus **out, struct error *err);

#endif
