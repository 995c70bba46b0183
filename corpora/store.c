/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/store-parts.h"

#include <stdlib.h>

void store_close(struct store *store)
{
    if (!store)
        return;
    journal_close(store->journal);
    lock_release(&store->lock);
    corpus_free(store->corpus);
    batch_stack_free(&store->undo);
    batch_stack_free(&store->redo);
    tally_free(&store->tally);
    loss_list_free(&store->losses);
    free(store->path);
    free(store->images);
    free(store->annotator);
    free(store);
}

/* ---- Looking ---- */

size_t store_count(const struct store *store)
{
    return store->corpus->n_posts;
}

const struct post *store_post_peek(const struct store *store, size_t index)
{
    return index < store->corpus->n_posts ? &store->corpus->posts[index] : NULL;
}

const struct schema *store_schema_peek(const struct store *store)
{
    return &store->corpus->schema;
}

const struct corpus *store_corpus_peek(const struct store *store)
{
    return store->corpus;
}

const char *store_path(const struct store *store)
{
    return store->path;
}

const char *store_images(const struct store *store)
{
    return store->images;
}

const char *store_annotator(const struct store *store)
{
    return store->annotator;
}

bool store_read_only(const struct store *store)
{
    return store->read_only;
}

size_t store_recovered(const struct store *store)
{
    return store->recovered;
}

const struct loss_list *store_losses_peek(const struct store *store)
{
    return &store->losses;
}

size_t store_type_count(const struct store *store, const char *type)
{
    return tally_type(&store->tally, type);
}

size_t store_status_count(const struct store *store, enum post_status status)
{
    return store->tally.statuses[status];
}

enum store_mark store_mark(struct store *store)
{
    if (store->read_only)
        return STORE_SAVED;
    if (journal_failure(store->journal, NULL))
        return STORE_FAILED;
    if (journal_is_empty(store->journal))
        return STORE_SAVED;
    return journal_is_synced(store->journal) ? STORE_JOURNALED : STORE_PENDING;
}

bool store_unsaved(const struct store *store)
{
    return store->journal && !journal_is_empty(store->journal);
}

int store_failure(struct store *store, struct error *err)
{
    return store->journal ? journal_failure(store->journal, err) : 0;
}
