/* Changing the posts of a store: apply, undo, redo.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-value.h"
#include "corpora/store-parts.h"

/* The one way in which a stored post changes. First everything that can fail for want of memory or because it does not
 * fit, on a draft; then the journal; then what cannot fail. */
static int store_change(struct store *store, enum journal_act act, const struct edit_batch *batch, struct error *err)
{
    struct corpus *corpus = store->corpus;
    const size_t n_entities = corpus->schema.n_entities, n_relations = corpus->schema.n_relations;
    struct edit_draft draft;
    struct post *post;
    int failed = -1;
    if (store->read_only)
        return error_set(err, ERROR_INPUT, "%s: opened read-only", store->path);
    if (!(post = corpus_change_post(corpus, batch->post, err)))
        return -1;
    if (edit_batch_apply_to_draft(batch, post, &draft, err))
        return -1;
    if (edit_batch_add_to_schema(batch, &corpus->schema) || tally_reserve(&store->tally, &draft.now))
        error_memory(err, store->path);
    else
        failed = journal_append(store->journal, act, batch, post->id, store->annotator, err);
    if (failed) {
        schema_truncate(&corpus->schema, n_entities, n_relations);
        edit_draft_free(&draft);
        return -1;
    }
    tally_add(&store->tally, post, false);
    pthread_mutex_lock(&store->changing);
    edit_draft_swap(post, &draft);
    pthread_mutex_unlock(&store->changing);
    tally_add(&store->tally, post, true);
    return 0;
}

int store_apply(struct store *store, struct edit_batch *batch, struct error *err)
{
    int failed = 0;
    if (batch->n) {
        failed = batch_stack_reserve(&store->undo) ? error_memory(err, store->path)
                                                   : store_change(store, JOURNAL_EDIT, batch, err);
        if (!failed) {
            batch_stack_push(&store->undo, batch);
            batch_stack_free(&store->redo);
            *batch = (struct edit_batch){.post = batch->post};
        }
    }
    edit_batch_free(batch);
    return failed;
}

int store_undo(struct store *store, size_t *post, struct error *err)
{
    if (!store->undo.n)
        return 0;
    struct edit_batch *last = &store->undo.batches[store->undo.n - 1];
    if (batch_stack_reserve(&store->redo))
        return error_memory(err, store->path);
    edit_batch_invert(last);
    int failed = store_change(store, JOURNAL_UNDO, last, err);
    edit_batch_invert(last);
    if (failed)
        return -1;
    struct edit_batch batch = batch_stack_pop(&store->undo);
    batch_stack_push(&store->redo, &batch);
    *post = batch.post;
    return 1;
}

int store_redo(struct store *store, size_t *post, struct error *err)
{
    if (!store->redo.n)
        return 0;
    if (batch_stack_reserve(&store->undo))
        return error_memory(err, store->path);
    if (store_change(store, JOURNAL_REDO, &store->redo.batches[store->redo.n - 1], err))
        return -1;
    struct edit_batch batch = batch_stack_pop(&store->redo);
    batch_stack_push(&store->undo, &batch);
    *post = batch.post;
    return 1;
}
