/* The store: a corpus opened for work, so that no label is ever lost.
 *
 * Opening locks the work file, reads it and applies its journal. Every change goes through store_apply: it is written
 * to the journal before the post changes, and a thread of the store's own syncs the journal to disk within 100 ms.
 * Saving writes a temporary file, syncs it, renames it over the corpus, then moves the lines of the journal to the
 * history (history.h) and empties it.
 *
 * A foreign file is never written over: the work is a native file beside it (test.txt -> test.mmib.json).
 * A large JSON Lines corpus does not stand in memory: its posts are read when they are looked at, and counted in the
 * background. So a post that was looked at, and all that it points to, is good until the post changes or 256 other
 * posts have been looked at; the post that is held (store_hold) until it changes or another is held. The schema's
 * labels are good until the next change of it.
 * One thread calls all functions (threads that sync and count are the store's own affair).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_STORE_H
#define MMIB_CORPORA_STORE_H

#include "corpora/corpus.h"
#include "corpora/edit.h"
#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum store_mark {
    STORE_SAVED,     /* the corpus file holds everything */
    STORE_JOURNALED, /* the journal on disk holds what the corpus file does not */
    STORE_PENDING,   /* written to the journal, not yet synced */
    STORE_FAILED,    /* the last sync or write failed: see store_failure */
};

enum { STORE_INDEX_BYTES_MIN = 16 << 20 };

struct store_options {
    struct corpus_options corpus;
    size_t index_bytes_min; /* posts of a JSON Lines file of this size or more stay in it; 0 = STORE_INDEX_BYTES_MIN */
    const char *work;      /* work file for a foreign corpus; NULL = beside it, or in $XDG_STATE_HOME/mmib */
    const char *annotator; /* recorded with labels; NULL = not known */
    bool read_only;        /* no lock, no journal; store_apply fails */
    enum corpus_format exports[4]; /* written at every save too: WORK minus .json plus .conll / .mnre. What stood beside
                                    * a native corpus under that name before is kept once, as NAME~ */
    size_t n_exports;
};

/* Opens path. When another process holds the lock, -1 with ERROR_FINDING and a message that names it. An existing work
 * file whose recorded SHA-256 is not that of the input is ERROR_INPUT. */
int store_open(const char *path, const struct store_options *options, struct store **out, struct error *err);

/* Closes; unsaved work stays in the journal, synced. */
void store_close(struct store *store);

size_t store_count(const struct store *store);

/* NULL = there is no such post. One that cannot be read (store_damage) looks like a post without tokens whose id is
 * "?", and cannot be changed. */
const struct post *store_post_peek(const struct store *store, size_t index);

/* Keeps what store_post_peek gives for this post good, for who shows it or has built something upon it. */
void store_hold(struct store *store, size_t index);

const struct schema *store_schema_peek(const struct store *store);
bool store_is_work(const struct store *store); /* on a foreign file, which stays as it is */
const char *store_path(const struct store *store);      /* the file that saving writes */
const char *store_images(const struct store *store);    /* folder of the pictures */
const char *store_annotator(const struct store *store); /* NULL = not known */
bool store_read_only(const struct store *store);
const char *store_notice(const struct store *store); /* a line to show, about the history; NULL = nothing to say */
size_t store_doubts(const struct store *store); /* what the foreign file left open and reading had to settle */
size_t store_recovered(const struct store *store); /* batches that the journal gave back at opening */

/* What is known of all posts. Where it is counted in the background, the counts below are STORE_UNKNOWN until
 * store_counted. store_apply keeps them up to date. */
#define STORE_UNKNOWN SIZE_MAX
bool store_counted(const struct store *store);
size_t store_type_count(const struct store *store, const char *type); /* kept labels of that entity type */
size_t store_status_count(const struct store *store, enum post_status status);

/* Of one post, at once also when a million are asked for, but for those that are not counted yet. */
enum post_status store_status_of(const struct store *store, size_t index);
bool store_is_flagged(const struct store *store, size_t index); /* has it any flag? */

/* -1 with a message that names file and line where a post turned out to be damaged after the corpus was opened, or the
 * file was changed by another program. */
int store_damage(const struct store *store, struct error *err);

/* Journals and applies. Takes what batch owns, also on failure. An empty batch does nothing. A type or relation new to
 * the schema is added to it. */
int store_apply(struct store *store, struct edit_batch *batch, struct error *err);

/* The same for an act over several posts, which is one line of the journal and one undo. At most one batch a post. Takes
 * what the batches own, also on failure. All or nothing. */
int store_apply_all(struct store *store, struct edit_batch *batches, size_t n, struct error *err);

/* Undo and redo without limit, across posts, saves and sessions (history.h). *post is the index of the first post that
 * changed. 1 = done, 0 = nothing left to undo, -1 = failed. Both are journaled. */
int store_undo(struct store *store, size_t *post, struct error *err);
int store_redo(struct store *store, size_t *post, struct error *err);

/* How many posts the last change (apply, undo, redo) was about. */
size_t store_last_posts(const struct store *store);

/* What the last undo or redo changed in its first post, as in "-PER, started"; see edit-words.h. */
const char *store_last_words(const struct store *store);

/* Writes the corpus file, when it lacks something, and the exports. A file that another program changed meanwhile is
 * not written over. */
int store_save(struct store *store, struct error *err);

/* What the exports of the last save could not hold. */
const struct loss_list *store_losses_peek(const struct store *store);

enum store_mark store_mark(struct store *store);
bool store_unsaved(const struct store *store); /* the corpus file lacks something */
int store_failure(struct store *store, struct error *err);

#endif
