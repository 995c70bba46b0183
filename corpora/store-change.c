/* Changing the posts of a store: apply, undo, redo.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-value.h"
#include "corpora/edit-words.h"
#include "corpora/store-parts.h"
#include "corpora/text.h"

#include <stdlib.h>

/* The posts of an act as they will be. */
struct drafts {
    struct edit_draft *items;
    const char **ids;
    size_t n;
};

static void drafts_free(struct drafts *drafts)
{
    for (size_t i = 0; i < drafts->n; i++)
        edit_draft_free(&drafts->items[i]);
    free(drafts->items);
    free(drafts->ids);
}

/* Everything that can fail for want of memory or because it does not fit. */
static int prepare(struct store *store, const struct edit_act *act, struct drafts *drafts, struct error *err)
{
    drafts->items = array_new(act->n, sizeof *drafts->items);
    drafts->ids = array_new(act->n, sizeof *drafts->ids);
    if (!drafts->items || !drafts->ids)
        return error_memory(err, store->path);
    for (; drafts->n < act->n; drafts->n++) {
        const struct edit_batch *batch = &act->batches[drafts->n];
        struct edit_draft *draft = &drafts->items[drafts->n];
        const struct post *post = corpus_change_post(store->corpus, batch->post, err);
        if (!post || edit_batch_apply_to_draft(batch, post, draft, err))
            return -1;
        drafts->ids[drafts->n] = draft->now.id;
        if (edit_batch_add_to_schema(batch, &store->corpus->schema) || tally_reserve(&store->tally, post) ||
            tally_reserve(&store->tally, &draft->now)) {
            edit_draft_free(draft);
            return error_memory(err, store->path);
        }
    }
    return 0;
}

/* The one way in which stored posts change, all or none: on drafts; then in the journal; then for all to see, which
 * cannot fail. */
static int store_change(struct store *store, enum journal_act kind, const struct edit_act *act, struct error *err)
{
    struct schema *schema = &store->corpus->schema;
    const size_t n_entities = schema->n_entities, n_relations = schema->n_relations;
    struct drafts drafts = {0};
    if (store->read_only)
        return error_set(err, ERROR_INPUT, "%s: opened read-only", store->path);
    if (prepare(store, act, &drafts, err) ||
        journal_append(store->journal, kind, act, drafts.ids, store->annotator, err)) {
        schema_truncate(schema, n_entities, n_relations);
        drafts_free(&drafts);
        return -1;
    }
    for (size_t i = 0; i < act->n; i++) {
        struct post *post = corpus_change_post(store->corpus, act->batches[i].post, NULL); /* it is there: see above */
        tally_add(&store->tally, post, false);
        edit_draft_swap(post, &drafts.items[i]);
        tally_add(&store->tally, post, true);
    }
    drafts_free(&drafts);
    store->last_posts = act->n;
    return 0;
}

size_t store_last_posts(const struct store *store)
{
    return store->last_posts;
}

const char *store_last_words(const struct store *store)
{
    return store->last_words;
}

/* Takes the act. */
static int store_do(struct store *store, struct edit_act *act, struct error *err)
{
    int failed = 0;
    if (act->n) {
        failed = act_stack_reserve(&store->undo) ? error_memory(err, store->path)
                                                 : store_change(store, JOURNAL_EDIT, act, err);
        if (!failed) {
            act_stack_push(&store->undo, act);
            act_stack_free(&store->redo);
            history_end_redo(store->history);
            *act = (struct edit_act){0};
        }
    }
    edit_act_free(act);
    return failed ? -1 : 0;
}

static int compare_posts(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Each batch was built against its post as it is, so that two of one post would not fit together. */
static int check_distinct(const struct store *store, const struct edit_act *act, struct error *err)
{
    size_t *posts = array_new(act->n, sizeof *posts);
    int failed = posts ? 0 : error_memory(err, store->path);
    for (size_t i = 0; !failed && i < act->n; i++)
        posts[i] = act->batches[i].post;
    if (!failed)
        qsort(posts, act->n, sizeof *posts, compare_posts);
    for (size_t i = 1; !failed && i < act->n; i++)
        if (posts[i] == posts[i - 1])
            failed = error_set(err, ERROR_INPUT, "%s: post %zu is changed twice in one act", store->path, posts[i] + 1);
    free(posts);
    return failed;
}

int store_apply_all(struct store *store, struct edit_batch *batches, size_t n, struct error *err)
{
    struct edit_act act = {0};
    int failed = 0;
    for (size_t i = 0; i < n; i++) {
        if (failed || !batches[i].n)
            edit_batch_free(&batches[i]);
        else if (edit_act_push(&act, &batches[i]))
            failed = error_memory(err, store->path);
    }
    if (!failed && !check_distinct(store, &act, err))
        return store_do(store, &act, err);
    edit_act_free(&act);
    return -1;
}

int store_apply(struct store *store, struct edit_batch *batch, struct error *err)
{
    return store_apply_all(store, batch, 1, err);
}

/* An act whose posts are told by the first of them. */
static size_t first_post(const struct edit_act *act)
{
    return act->n ? act->batches[0].post : 0;
}

/* Where a stack has nothing, the history may: 1 when there is something now. */
static int reach_back(struct store *store, struct act_stack *stack,
                      int (*next)(struct history *, struct edit_act *, struct error *), struct error *err)
{
    struct edit_act act;
    if (stack->n)
        return 1;
    if (!store->history)
        return 0;
    if (act_stack_reserve(stack))
        return error_memory(err, store->path);
    int got = next(store->history, &act, err);
    if (got > 0)
        act_stack_push(stack, &act);
    return got;
}

int store_undo(struct store *store, size_t *post, struct error *err)
{
    int got = reach_back(store, &store->undo, history_undo, err);
    if (got <= 0)
        return got;
    struct edit_act *last = &store->undo.acts[store->undo.n - 1];
    if (act_stack_reserve(&store->redo))
        return error_memory(err, store->path);
    edit_act_invert(last);
    int failed = store_change(store, JOURNAL_UNDO, last, err);
    edit_act_invert(last);
    if (failed)
        return -1;
    struct edit_act act = act_stack_pop(&store->undo);
    act_stack_push(&store->redo, &act);
    edit_batch_words(&act.batches[0], true, store->last_words, sizeof store->last_words);
    *post = first_post(&act);
    return 1;
}

int store_redo(struct store *store, size_t *post, struct error *err)
{
    int got = reach_back(store, &store->redo, history_redo, err);
    if (got <= 0)
        return got;
    if (act_stack_reserve(&store->undo))
        return error_memory(err, store->path);
    if (store_change(store, JOURNAL_REDO, &store->redo.acts[store->redo.n - 1], err))
        return -1;
    struct edit_act act = act_stack_pop(&store->redo);
    act_stack_push(&store->undo, &act);
    edit_batch_words(&act.batches[0], false, store->last_words, sizeof store->last_words);
    *post = first_post(&act);
    return 1;
}
