/* Making a corpus again from what was done to it: its beginning, its history (history.h) and its journal.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_REPLAY_H
#define MMIB_CORPORA_REPLAY_H

#include "corpora/corpus.h"
#include "corpora/error.h"

#include <stddef.h>

struct replay_counts {
    size_t n_acts;  /* edits, undos, redos, renamed types */
    size_t n_saves; /* whose contents were checked */
};

/* name is X.journal: all that was done to X, saved or not, where the journal is gone or empty too; or X.history: what
 * was done up to the last save (X.history-2: of a history that was put aside). A file of another name, or a journal
 * that is not beside its corpus any more, is taken alone. All files are left as they are.
 *
 * base is the corpus as it was at the beginning: a native corpus, or the foreign file that X is the work on. NULL = the
 * first that is known to be it: X.base; X itself; the foreign file that X names as its source. Its SHA-256 must be that
 * of the beginning.
 *
 * *out, the caller's, is written by corpus_write_stream with its own path and format as saving writes it, to the byte.
 * At every save on the way that is checked: the first one that differs is ERROR_FINDING. counts may be NULL. */
int replay_corpus(const char *name, const char *base, struct corpus **out, struct replay_counts *counts,
                  struct error *err);

/* The corpus at path as it was before anything was done to it, with the types that were renamed since renamed; the
 * caller's. source: the file of that format that it began with, as it was; NULL = the beginning of the history is looked
 * for. NULL where nothing was done, or where the beginning is not known: what is kept beside path is about other
 * contents, cannot be read, or the beginning is gone. */
struct corpus *replay_beginning(const char *path, const char *source, enum corpus_format format);

#endif
