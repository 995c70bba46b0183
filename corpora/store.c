/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/store-parts.h"

#include "corpora/json.h"

#include <stdlib.h>

void store_close(struct store *store)
{
    if (!store)
        return;
    journal_close(store->journal);
    history_close(store->history);
    free(store->notice);
    lock_release(&store->lock);
    post_check_free(store->check);
    corpus_free(store->corpus);
    act_stack_free(&store->undo);
    act_stack_free(&store->redo);
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
    return corpus_count(store->corpus);
}

const struct post *store_post_peek(const struct store *store, size_t index)
{
    const struct corpus *corpus = store->corpus;
    if (corpus->file)
        return post_file_peek(corpus->file, index);
    return index < corpus->n_posts ? &corpus->posts[index] : NULL;
}

void store_hold(struct store *store, size_t index)
{
    if (store->corpus->file)
        post_file_hold(store->corpus->file, index);
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

size_t store_doubts(const struct store *store)
{
    size_t n;
    return json_whole(json_member(json_value_of(store->corpus->source), "doubts"), &n) ? n : 0;
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
    return !store->check || (post_check_done(store->check) && !post_check_failure(store->check, NULL));
}

size_t store_type_count(const struct store *store, const char *type)
{
    if (!store_counted(store))
        return STORE_UNKNOWN;
    return tally_type(&store->tally, type) + (store->check ? tally_type(post_check_tally_peek(store->check), type) : 0);
}

size_t store_status_count(const struct store *store, enum post_status status)
{
    if (!store_counted(store))
        return STORE_UNKNOWN;
    return store->tally.statuses[status] + (store->check ? post_check_tally_peek(store->check)->statuses[status] : 0);
}

/* What is known of the post without looking at it: POST_LINE_ bits; 0 = nothing. */
static unsigned char line_state(const struct store *store, size_t index)
{
    const struct post_file *file = store->corpus->file;
    unsigned char state = file && !post_file_changed_peek(file, index) ? post_file_state(file, index) : 0;
    return state & POST_LINE_READ ? state : 0; /* a line that was written since may not have been read */
}

enum post_status store_status_of(const struct store *store, size_t index)
{
    unsigned char state = line_state(store, index);
    return state ? (enum post_status)(state & POST_LINE_STATUS) : store_post_peek(store, index)->status;
}

bool store_is_flagged(const struct store *store, size_t index)
{
    unsigned char state = line_state(store, index);
    return state ? state & POST_LINE_FLAGGED : store_post_peek(store, index)->n_flags > 0;
}

int store_damage(const struct store *store, struct error *err)
{
    if (!store->check)
        return 0;
    return post_check_damage(store->check, err) || post_file_damage(store->corpus->file, err) ? -1 : 0;
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
