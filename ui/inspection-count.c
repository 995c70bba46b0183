/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/inspection-parts.h"

#include <stdlib.h>
#include <string.h>

int inspection_find_buckets(struct inspection *inspection, size_t system, size_t post, struct error *err)
{
    struct inspection_prediction *prediction = &inspection->systems[system].predictions[post];
    const struct cases_post *cases = &inspection->systems[system].cases->posts[post];
    free(prediction->buckets);
    prediction->buckets = NULL;
    if (!cases->known)
        return 0;
    prediction->buckets = malloc((cases->n + 1) * sizeof *prediction->buckets);
    if (!prediction->buckets)
        return error_memory(err, "inspecting");
    struct bucket_context context =
        bucket_context_of(store_post_peek(inspection->store, post), prediction->post, inspection->training);
    context.match = prediction->match;
    context.has_picture = inspection->pictures[post];
    for (size_t i = 0; i < cases->n; i++)
        for (int k = 0; k < BUCKET_ATTRIBUTES; k++)
            prediction->buckets[i][k] =
                (signed char)bucket_of((enum bucket_attribute)k, &context, &cases->entries[i].found);
    return 0;
}

static void tally_add(struct cases_tally *tally, const struct taxonomy_case *found)
{
    tally->n++;
    tally->counts.tp += found->tp;
    tally->counts.fp += found->fp;
    tally->counts.fn += found->fn;
}

void inspection_fill_buckets(const struct inspection *inspection, size_t system, struct buckets *buckets)
{
    for (size_t i = 0; i < inspection->counted; i++) {
        const struct cases_post *post = &inspection->systems[system].cases->posts[i];
        const struct inspection_prediction *prediction = &inspection->systems[system].predictions[i];
        if (!post->known || post->left_out)
            continue;
        for (size_t k = 0; k < post->n; k++)
            for (int a = 0; a < BUCKET_ATTRIBUTES && post->entries[k].found.relation == inspection->of_relations; a++)
                if (prediction->buckets[k][a] >= 0)
                    tally_add(&buckets->rows[a][prediction->buckets[k][a]], &post->entries[k].found);
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

struct count_pairs {
    const struct inspection *inspection;
    struct inspection_pairs *out;
};

static int count_pair(void *context, const struct inspection_item *item, const struct cases_entry *entry)
{
    const struct count_pairs *c = context;
    int pair[2];
    if (entry->found.relation != c->inspection->of_relations)
        return 0;
    inspection_pair(c->inspection, item, entry, pair);
    c->out->counts[pair[0] < 0 ? TAXONOMY_CLASSES_MAX : pair[0]][pair[1] < 0 ? TAXONOMY_CLASSES_MAX : pair[1]]++;
    return 0;
}

void inspection_count_pairs(const struct inspection *inspection, struct inspection_pairs *out)
{
    *out = (struct inspection_pairs){0};
    struct count_pairs context = {inspection, out};
    for (size_t i = 0; i < inspection->counted; i++)
        inspection_each(inspection, i, count_pair, &context);
}

struct count_buckets {
    const struct inspection *inspection;
    size_t (*counts)[BUCKET_VALUES_MAX];
};

static int count_bucket(void *context, const struct inspection_item *item, const struct cases_entry *entry)
{
    const struct count_buckets *c = context;
    if (entry->found.relation != c->inspection->of_relations)
        return 0;
    const signed char *values =
        c->inspection->systems[item->system].predictions[item->post].buckets[item->number];
    for (int i = 0; i < BUCKET_ATTRIBUTES; i++)
        if (values[i] >= 0)
            c->counts[i][values[i]]++;
    return 0;
}

void inspection_count_buckets(const struct inspection *inspection,
                              size_t counts[BUCKET_ATTRIBUTES][BUCKET_VALUES_MAX])
{
    struct count_buckets context = {inspection, counts};
    memset(counts, 0, BUCKET_ATTRIBUTES * sizeof *counts);
    for (size_t i = 0; i < inspection->counted; i++)
        inspection_each(inspection, i, count_bucket, &context);
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
    *out = (struct inspection_found){0};
    struct count_found context = {inspection, out};
    for (size_t i = 0; i < inspection->counted; i++)
        inspection_each(inspection, i, count_found, &context);
}

/* ---- Whose the gap is ---- */

int inspection_ledger(const struct inspection *inspection, size_t system, struct ledger *out, struct error *err)
{
    const struct inspection_system *s = &inspection->systems[system];
    for (size_t i = 0; i < inspection->counted; i++) {
        const struct cases_post *cases = &s->cases->posts[i];
        if (!cases->known || cases->left_out)
            continue;
        const struct ledger_post post = {.published = {.post = inspection_published(inspection, i)},
                                         .gold = {.post = store_post_peek(inspection->store, i)},
                                         .predicted = {.post = s->predictions[i].post},
                                         .without_entities = s->cases->without_entities};
        if (ledger_add(out, &post, store_schema_peek(inspection->store), s->name, err))
            return -1;
    }
    return 0;
}

/* ---- Is B better than A? ---- */

static struct score_counts post_counts(const struct cases_post *post, bool relation)
{
    struct score_counts counts = {0};
    for (size_t i = 0; i < post->n; i++) {
        const struct taxonomy_case *found = &post->entries[i].found;
        if (found->relation != relation)
            continue;
        counts.tp += found->tp;
        counts.fp += found->fp;
        counts.fn += found->fn;
    }
    return counts;
}

int inspection_compare(const struct inspection *inspection, struct inspection_difference *out, struct error *err)
{
    struct paired_flips flips = {0};
    struct paired_post *posts = calloc(inspection->counted + 1, sizeof *posts);
    size_t n = 0;
    int failed = 0;
    *out = (struct inspection_difference){0};
    if (!posts)
        return error_memory(err, "comparing");
    for (size_t i = 0; !failed && i < inspection->counted; i++) {
        const struct cases_post *a = &inspection->systems[0].cases->posts[i];
        const struct cases_post *b = &inspection->systems[1].cases->posts[i];
        if (!a->known || !b->known || a->left_out)
            continue;
        posts[n].counts[0] = post_counts(a, inspection->of_relations);
        posts[n++].counts[1] = post_counts(b, inspection->of_relations);
        failed = paired_add_post(store_post_peek(inspection->store, i), a, b, inspection_level(inspection), &flips);
    }
    out->labels = paired_mcnemar(&flips);
    int code = failed ? error_memory(err, "comparing")
                      : paired_bootstrap(posts, n, PAIRED_RESAMPLES, PAIRED_SEED, &out->f1, err);
    free(posts);
    return code;
}
