/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/store-parts.h"

#include <stdlib.h>

void store_close(struct store *store)
{
    if (!store)
        return;
    journal_close(store->journal);
    history_close(store->history);
    free(store->notice);
    lock_release(&store->lock);
    corpus_free(store->corpus);
    act_stack_free(&store->undo);
    act_stack_free(&store->redo);
    tally_free(&store->tally);
    loss_list_free(&store->losses);
    free(store->path);
    free(store->images);
    free(store->annotator);
    pthread_mutex_destroy(&store->changing);
    free(store);
}

/* ---- Looking ---- */

size_t store_count(const struct store *store)
{
    return corpus_count(store->corpus);
}

const struct post *store_post_peek(const struct store *store, size_t index)
{
    return index < store->corpus->n_posts ? &store->corpus->posts[index] : NULL;
}

void store_hold(struct store *store, size_t index)
{
    (void)store, (void)index; /* posts that stand in memory stay there */
}

int store_post_copy(struct store *store, size_t index, struct post *out, struct error *err)
{
    const struct post *post = store_post_peek(store, index);
    if (!post)
        return error_set(err, ERROR_INPUT, "%s: there is no post %zu", store->path, index + 1);
    pthread_mutex_lock(&store->changing);
    int failed = post_copy(post, out);
    pthread_mutex_unlock(&store->changing);
    return failed ? error_memory(err, store->path) : 0;
}

const struct schema *store_schema_peek(const struct store *store)
{
    return &store->corpus->schema;
}

bool store_is_work(const struct store *store)
{
    return store->is_work;
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

const char *store_notice(const struct store *store)
{
    return store->notice;
}

size_t store_recovered(const struct store *store)
{
    return store->recovered;
}

const struct loss_list *store_losses_peek(const struct store *store)
{
    return &store->losses;
}

bool store_counted(const struct store *store)
{
    (void)store;
    return true;
}

double store_progress(const struct store *store)
{
    (void)store;
    return 1;
}

size_t store_type_count(const struct store *store, const char *type)
{
    return tally_type(&store->tally, type);
}

size_t store_status_count(const struct store *store, enum post_status status)
{
    return store->tally.statuses[status];
}

enum post_status store_status_of(const struct store *store, size_t index)
{
    return store_post_peek(store, index)->status;
}

bool store_is_flagged(const struct store *store, size_t index)
{
    return store_post_peek(store, index)->n_flags > 0;
}

int store_damage(const struct store *store, struct error *err)
{
    (void)store, (void)err;
    return 0;
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
