/* The store: a corpus opened for work, so that no label is ever lost.
 *
 * Opening locks the work file, reads it and applies its journal. Every change goes through store_apply: it is written
 * to the journal before the post changes, and a thread of the store's own syncs the journal to disk within 100 ms.
 * Saving writes a temporary file, syncs it, renames it over the corpus, then empties the journal.
 *
 * A foreign file is never written over: the work is a native file beside it (test.txt -> test.mmib.json).
 * Pointers into a post's or the schema's labels are good until the next change of it; so are tokens and offsets, since
 * an edit may split and join them (other changes leave them where they are). Ids, texts and images of posts are good
 * until the store is closed.
 * Not thread-safe: one thread calls (the sync thread is the store's own affair).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_STORE_H
#define MMIB_CORPORA_STORE_H

#include "corpora/corpus.h"
#include "corpora/edit.h"
#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

enum store_mark {
    STORE_SAVED,     /* the corpus file holds everything */
    STORE_JOURNALED, /* the journal on disk holds what the corpus file does not */
    STORE_PENDING,   /* written to the journal, not yet synced */
    STORE_FAILED,    /* the last sync or write failed: see store_failure */
};

struct store_options {
    struct corpus_options corpus;
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
const struct post *store_post_peek(const struct store *store, size_t index);
const struct schema *store_schema_peek(const struct store *store);
const struct corpus *store_corpus_peek(const struct store *store);
const char *store_path(const struct store *store);      /* the file that saving writes */
const char *store_images(const struct store *store);    /* folder of the pictures */
const char *store_annotator(const struct store *store); /* NULL = not known */
bool store_read_only(const struct store *store);
size_t store_recovered(const struct store *store); /* batches that the journal gave back at opening */

/* Kept labels of the whole corpus by entity type; counts are kept up to date by store_apply. */
size_t store_type_count(const struct store *store, const char *type);
size_t store_status_count(const struct store *store, enum post_status status);

/* Journals and applies. Takes what batch owns, also on failure. An empty batch does nothing. A type or relation new to
 * the schema is added to it. */
int store_apply(struct store *store, struct edit_batch *batch, struct error *err);

/* Undo and redo without limit, across posts. *post is the index of the post that changed. 1 = done, 0 = nothing left to
 * undo, -1 = failed. Both are journaled. */
int store_undo(struct store *store, size_t *post, struct error *err);
int store_redo(struct store *store, size_t *post, struct error *err);

/* Writes the corpus file, when it lacks something, and the exports. A file that another program changed meanwhile is
 * not written over. */
int store_save(struct store *store, struct error *err);

/* What the exports of the last save could not hold. */
const struct loss_list *store_losses_peek(const struct store *store);

enum store_mark store_mark(struct store *store);
bool store_unsaved(const struct store *store); /* the corpus file lacks something */
int store_failure(struct store *store, struct error *err);

#endif
