/* The journal of a corpus: what was done since the file was saved, one JSON line an act, appended before it shows.
 *
 *   {"format": "mmib-journal", "version": 1, "corpus": "test.mmib.json", "sha256": "...", "after": 7}
 *   {"seq": 1, "time": "2026-11-24T14:42:00Z", "by": "ana", "act": "edit", "id": "16_05_01_4", "batch": {...}}
 *   {"seq": 2, ..., "act": "undo", "batch": {...}}       what it changes, as done: undoing is applied like an edit
 *   {"seq": 3, ..., "act": "edit", "batches": [{"id": "16_05_01_4", "batch": {...}}, ...]}     over several posts
 *   {"seq": 4, ..., "act": "rename", "maps": ["OTHER=MISC"]}
 *   {"seq": 5, ..., "act": "save", "sha256": "..."}      a corpus file with these contents holds all lines above
 *
 * The header says from which contents of the corpus file the lines start, and how many acts were done before (absent =
 * none; the first number, "seq", is one more: the order of acts is that of their numbers, never that of times).
 * A save announces the contents of the new file before it is renamed into place, so whichever file is found after a
 * crash, it says itself which lines it lacks: those behind the last save (or header) with its hash. A file with other
 * contents was changed by somebody else, or is another corpus: its journal is refused and never guessed at.
 *
 * A line without a line end was cut off by a crash and was never acknowledged: it is ignored, and written over by the
 * next. Damage anywhere else is an error that names the line.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_JOURNAL_H
#define MMIB_CORPORA_JOURNAL_H

#include "corpora/corpus.h"
#include "corpora/edit-act.h"
#include "corpora/error.h"
#include "corpora/file-state.h"

#include <stdbool.h>
#include <stddef.h>

enum { JOURNAL_VERSION = 1, JOURNAL_SYNC_MS = 40 };

enum journal_act { JOURNAL_EDIT, JOURNAL_UNDO, JOURNAL_REDO, JOURNAL_RENAME, JOURNAL_SAVE };

/* Reading */

/* From which contents of the corpus file a journal starts, and behind how many acts of its history. */
struct journal_header {
    char sha256[FILE_SHA256_BYTES];
    size_t after;
};

/* What a journal held. Zeroed = there was none. */
struct journal_replay {
    struct journal_header header; /* where valid_bytes > 0 */
    size_t n_lines;               /* acts in the journal */
    size_t n_applied;             /* of them, those that the corpus file lacked */
    size_t valid_bytes;           /* length up to the last whole line */
    struct act_stack undo, redo;  /* what can be undone and redone, the next one last */
    size_t undo_behind;           /* of the acts from before the journal: how many it undid, and redid; */
    size_t redo_behind;
    bool undo_closed, redo_closed; /* and whether they cannot be undone, or redone, any more */
};

void journal_replay_free(struct journal_replay *replay);

/* Applies the journal beside path to the corpus that was read from it, whose file has these contents. Neither file is
 * touched. No journal is no failure. */
int journal_replay(const char *path, const char sha256[FILE_SHA256_BYTES], struct corpus *corpus,
                   struct journal_replay *out, struct error *err);

/* Is there one, with anything in it? */
bool journal_is_there(const char *path);

/* The same for a reader who keeps nothing of it. *n_out (may be NULL) is the number of acts that were applied. */
int journal_apply(const char *path, struct corpus *corpus, size_t *n_out, struct error *err);

/* Writing */

struct journal;

/* Opens the journal beside path for appending, behind what a replay found; where it found nothing, a journal with this
 * header is made by the first act. Starts the thread that syncs. The caller holds the lock. */
int journal_open(const char *path, const struct journal_header *header, const struct journal_replay *found,
                 struct journal **out, struct error *err);

/* Syncs and closes; a journal without acts is removed. */
void journal_close(struct journal *journal);

/* Appends an act. When this returns 0, the line has been written (a killed process loses nothing) and is synced within
 * 100 ms. On failure the journal is as before. ids are those of the act's posts; by may be NULL. */
int journal_append(struct journal *journal, enum journal_act kind, const struct edit_act *act, const char *const *ids,
                   const char *by, struct error *err);
int journal_append_rename(struct journal *journal, const char *const *maps, size_t n_maps, const char *by,
                          struct error *err);

/* Announces a save, synced when it returns 0. */
int journal_append_save(struct journal *journal, const char sha256[FILE_SHA256_BYTES], struct error *err);

/* The corpus file holds everything. Ends a failure. The lines stay. */
void journal_settle(struct journal *journal);

/* Empties the journal, which goes on under another header. */
int journal_clear(struct journal *journal, const struct journal_header *header, struct error *err);

const struct journal_header *journal_header_peek(const struct journal *journal);
size_t journal_count(const struct journal *journal); /* lines */

/* Waits until everything is on disk. */
int journal_sync(struct journal *journal, struct error *err);

bool journal_is_empty(struct journal *journal);   /* no act but saves */
bool journal_is_synced(struct journal *journal);
bool journal_is_intact(struct journal *journal); /* no sync failed: disk and file are the same, but for what is due */
int journal_failure(struct journal *journal, struct error *err); /* -1 while the last write or sync stands failed */

#endif
