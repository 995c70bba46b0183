/* The history of a corpus: what was ever done to it, so that undo reaches behind saves and restarts, and a corpus can
 * be made again from the beginning.
 *
 * CORPUS.history has the format of a journal (journal.h). Saving moves the lines of the journal there before the
 * journal is emptied; CORPUS.base is the corpus as it was before the first of them (a link to the file that the first
 * save replaced: it takes no room beyond that file). The numbers of acts go on from the history to the journal, so that
 * a crash between moving and emptying neither loses nor doubles one.
 *
 * A history belongs to the contents of the corpus file that its last save announced. Where the corpus file is another
 * one (another program changed it), the history is put aside under a name of its own (CORPUS.history-1, CORPUS.base-1)
 * and a new one begins; it is never applied to what it does not fit.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_HISTORY_H
#define MMIB_CORPORA_HISTORY_H

#include "corpora/edit-act.h"
#include "corpora/error.h"
#include "corpora/file-state.h"
#include "corpora/journal.h"

#include <stdbool.h>
#include <stddef.h>

/* ---- For who looks at what was done ---- */

struct history_post {
    size_t index;   /* in the corpus, as it was then */
    const char *id;
};

/* Borrowed, good during the visit. */
struct history_act {
    size_t seq; /* acts are visited in the order of their numbers, from 1 (more where the history began anew) */
    enum journal_act kind;
    const char *time; /* RFC 3339, of the clock that the machine had: it may jump */
    const char *by;   /* NULL = not known */
    const struct history_post *posts; /* none for JOURNAL_RENAME and JOURNAL_SAVE */
    size_t n_posts;
};

/* Visits all acts of the history and of the journal beside a corpus, saved or not, from the first. A visit that returns
 * something else than 0 ends it, and that is returned; -1 with a message where a file is damaged or cannot be read. No
 * history is no failure. Reads files only, so that any thread may call it while a store is open; the store's own last
 * acts are in them. Costs reading both files whole: about 7 ms a megabyte, or 400,000 acts a second. */
int history_walk(const char *corpus_path, int (*visit)(void *context, const struct history_act *act), void *context,
                 struct error *err);

/* ---- For the store ---- */

struct history;

/* Looks at what stands beside a corpus that was read from a file with these contents, and whose journal held what found
 * says. A history that does not fit is put aside: then *notice_out is one line that says so (the caller's), else NULL.
 * A history of a version that is not known is an error. The caller holds the lock. */
int history_open(const char *path, const char sha256[FILE_SHA256_BYTES], const struct journal_replay *found,
                 struct history **out, char **notice_out, struct error *err);
void history_close(struct history *history);

/* The number of its last act. */
size_t history_count(const struct history *history);

/* Keeps the corpus file as it is now, before a save replaces it, where that is the beginning of a history to be: the
 * journal's header says whether it is. sha256 is that of the file. Where it cannot be kept, the history lacks its
 * beginning, but the save goes on. */
void history_keep_base(struct history *history, const struct journal_header *header,
                       const char sha256[FILE_SHA256_BYTES]);

/* Appends the lines of the journal (of n_lines, all synced) that it lacks, and an announcement of sha256 where the
 * journal has none; on disk when it returns 0. On failure nothing is lost: the journal still has the lines. Where the
 * journal itself was damaged, the history is put aside and begins anew. */
int history_take(struct history *history, const struct journal_header *header, size_t n_lines,
                 const char sha256[FILE_SHA256_BYTES], struct error *err);

/* Its lines cannot be had any more: it is put aside, and the next one begins behind the act of that number. */
int history_give_up(struct history *history, size_t last, struct error *err);

/* The next act behind those that the journal knew, as undo or redo finds it: 1 (the caller's), 0 none, -1. */
int history_undo(struct history *history, struct edit_act *out, struct error *err);
int history_redo(struct history *history, struct edit_act *out, struct error *err);
void history_end_redo(struct history *history); /* something new was done */
void history_end(struct history *history);      /* nothing of it fits any more */

#endif
