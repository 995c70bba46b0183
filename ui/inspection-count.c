/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/inspection-parts.h"

#include <string.h>

void inspection_bucket_context(const struct inspection *inspection, size_t system, size_t post,
                               struct bucket_context *out)
{
    const struct inspection_prediction *prediction = &inspection->systems[system].predictions[post];
    *out = bucket_context_of(store_post_peek(inspection->store, post), prediction->post, inspection->training);
    out->match = prediction->match;
}

void inspection_fill_buckets(const struct inspection *inspection, size_t system, struct buckets *buckets)
{
    const struct cases *cases = inspection->systems[system].cases;
    for (size_t i = 0; i < inspection->counted; i++) {
        const struct cases_post *post = &cases->posts[i];
        struct bucket_context context;
        if (!post->known || post->left_out)
            continue;
        inspection_bucket_context(inspection, system, i, &context);
        for (size_t k = 0; k < post->n; k++)
            if (post->entries[k].found.relation == inspection->of_relations)
                buckets_add(buckets, &context, &post->entries[k].found);
    }
}

/* ---- Who is right ---- */

struct count_rights {
    const struct inspection *inspection;
    size_t (*counts)[RIGHTS];
};

static int count_right(void *context, const struct inspection_item *item, const struct cases_entry *entry)
{
    const struct count_rights *c = context;
    if (entry->found.relation == c->inspection->of_relations)
        c->counts[inspection_class(c->inspection, item, entry)][item->right]++;
    return 0;
}

void inspection_count_rights(const struct inspection *inspection, size_t counts[TAXONOMY_CLASSES_MAX][RIGHTS])
{
    struct count_rights context = {inspection, counts};
    memset(counts, 0, TAXONOMY_CLASSES_MAX * sizeof *counts);
    for (size_t i = 0; i < inspection->counted; i++)
        inspection_each(inspection, i, count_right, &context);
}

/* ---- What was found out ---- */

struct count_found {
    const struct inspection *inspection;
    struct inspection_found *out;
};

static int count_found(void *context, const struct inspection_item *item, const struct cases_entry *entry)
{
    const struct count_found *c = context;
    if (entry->found.relation != c->inspection->of_relations)
        return 0;
    const struct inspection_mark *mark =
        inspection_mark_peek(c->inspection, item->system, item->post, &item->decision);
    if (inspection_class(c->inspection, item, entry)) {
        const struct post *post = store_post_peek(c->inspection->store, item->post);
        int answer = post->n_verdicts ? inspection_answer(c->inspection, item) : -1;
        c->out->answers[answer < 0 ? INSPECTION_ANSWERS : answer]++;
    }
    c->out->pictures[inspection_picture(mark)]++;
    c->out->filtered[mark ? mark->filtered : FILTERED_UNKNOWN]++;
    return 0;
}

void inspection_count_found(const struct inspection *inspection, struct inspection_found *out)
{
    struct count_found context = {inspection, out};
    *out = (struct inspection_found){0};
    for (size_t i = 0; i < inspection->counted; i++)
        inspection_each(inspection, i, count_found, &context);
}

/* ---- The ledger ---- */

int inspection_ledger(const struct inspection *inspection, size_t system, struct ledger *out, struct error *err)
{
    const struct inspection_system *of = &inspection->systems[system];
    int code = 0;
    *out = (struct ledger){0};
    for (size_t i = 0; i < inspection->counted && !code; i++) {
        const struct post *gold = store_post_peek(inspection->store, i);
        if (!of->cases->posts[i].known || of->cases->posts[i].left_out)
            continue;
        const struct ledger_post post = {.published = {.post = published_post_peek(inspection->published, gold->id)},
                                         .gold = {.post = gold},
                                         .predicted = {.post = of->predictions[i].post},
                                         .without_entities = of->cases->without_entities};
        code = ledger_add(out, &post, of->cases->schema, of->name, err);
    }
    if (code)
        ledger_free(out);
    return code;
}
