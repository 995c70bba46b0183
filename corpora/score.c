/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/score.h"

#include "corpora/format-conll.h"
#include "corpora/text.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *const mode_names[] = {"default", "strict"};

const char *score_mode_name(enum score_mode mode)
{
    return mode_names[mode];
}

int score_mode_from_name(const char *name)
{
    for (int i = 0; i < 2; i++)
        if (!strcmp(mode_names[i], name))
            return i;
    return -1;
}

/* ---- Ratios ---- */

static double ratio(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : NAN;
}

struct score_ratios score_ratios(const struct score_counts *counts)
{
    return (struct score_ratios){
        .p = ratio(counts->tp, counts->tp + counts->fp),
        .r = ratio(counts->tp, counts->tp + counts->fn),
        .f1 = ratio(2 * counts->tp, 2 * counts->tp + counts->fp + counts->fn),
    };
}

static double or_zero(double x)
{
    return isnan(x) ? 0 : x;
}

static struct score_ratios score_mean(const struct score *score, bool weighted)
{
    struct score_ratios mean = {0};
    double weights = 0;
    for (size_t i = 0; i < score->n_types; i++) {
        const struct score_counts *counts = &score->types[i].counts;
        struct score_ratios ratios = score_ratios(counts);
        double weight = weighted ? (double)(counts->tp + counts->fn) : 1;
        mean.p += weight * or_zero(ratios.p);
        mean.r += weight * or_zero(ratios.r);
        mean.f1 += weight * or_zero(ratios.f1);
        weights += weight;
    }
    if (weights == 0)
        return (struct score_ratios){NAN, NAN, NAN};
    return (struct score_ratios){mean.p / weights, mean.r / weights, mean.f1 / weights};
}

struct score_ratios score_macro(const struct score *score)
{
    return score_mean(score, false);
}

struct score_ratios score_weighted(const struct score *score)
{
    return score_mean(score, true);
}

/* ---- Counting ---- */

/* The counts of a type, entered where it is new; NULL when memory is out. */
static struct score_counts *counts_of(struct score *score, const char *name)
{
    for (size_t i = 0; i < score->n_types; i++)
        if (!strcmp(score->types[i].name, name))
            return &score->types[i].counts;
    struct score_type *grown = array_grow(score->types, score->n_types, sizeof *grown);
    if (!grown)
        return NULL;
    score->types = grown;
    grown[score->n_types] = (struct score_type){0};
    if (text_copy(name, &grown[score->n_types].name))
        return NULL;
    return &grown[score->n_types++].counts;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct score_type *)a)->name, ((const struct score_type *)b)->name);
}

static void score_finish(struct score *score)
{
    if (score->n_types)
        qsort(score->types, score->n_types, sizeof *score->types, by_name);
    for (size_t i = 0; i < score->n_types; i++) {
        score->micro.tp += score->types[i].counts.tp;
        score->micro.fp += score->types[i].counts.fp;
        score->micro.fn += score->types[i].counts.fn;
    }
}

void score_free(struct score *score)
{
    for (size_t i = 0; i < score->n_types; i++)
        free(score->types[i].name);
    free(score->types);
    *score = (struct score){0};
}

int score_check_pairs(const struct corpus *gold, const struct corpus *predicted, struct error *err)
{
    for (size_t i = 0; i < gold->n_posts && i < predicted->n_posts; i++) {
        const struct post *a = &gold->posts[i], *b = &predicted->posts[i];
        size_t k = 0;
        while (k < a->n_tokens && k < b->n_tokens && !strcmp(a->tokens[k], b->tokens[k]))
            k++;
        if (k == a->n_tokens && k == b->n_tokens)
            continue;
        const char *token = k < b->n_tokens ? b->tokens[k] : "nothing";
        const char *wanted = k < a->n_tokens ? a->tokens[k] : "nothing";
        return error_set(err, ERROR_INPUT, "%s: post %zu (%.*s): token %zu is %.*s, and in %s it is %.*s",
                         predicted->path, i + 1, utf8_head(b->id, 80), b->id, k + 1, utf8_head(token, 80), token,
                         gold->path, utf8_head(wanted, 80), wanted);
    }
    if (gold->n_posts == predicted->n_posts)
        return 0;
    return error_set(err, ERROR_INPUT, "%s: it has %zu posts, and %s has %zu: the first without a partner is post %zu",
                     predicted->path, predicted->n_posts, gold->path, gold->n_posts,
                     1 + (gold->n_posts < predicted->n_posts ? gold->n_posts : predicted->n_posts));
}

/* ---- Entities ---- */

struct span {
    size_t start, end;
    const char *type; /* borrowed */
};

struct spans {
    struct span *items;
    size_t n, capacity;
};

static int compare_spans(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    return strcmp(a->type, b->type);
}

/* The typed entities of a post, sorted, each once. */
static int collect_spans(const struct corpus *corpus, const struct post *post, bool strict, struct spans *out,
                         size_t *n_invalid, struct error *err)
{
    bool *orphans;
    if (post->n_entities > out->capacity) {
        struct span *grown = realloc(out->items, post->n_entities * sizeof *grown);
        if (!grown)
            return error_memory(err, corpus->path);
        out->items = grown;
        out->capacity = post->n_entities;
    }
    if (conll_orphans(corpus, post, &orphans, err))
        return -1;
    out->n = 0;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i];
        bool invalid = orphans && orphans[entity->start];
        *n_invalid += invalid && entity->type;
        if (entity->type && !(strict && invalid))
            out->items[out->n++] = (struct span){entity->start, entity->end, entity->type};
    }
    free(orphans);
    if (out->n)
        qsort(out->items, out->n, sizeof *out->items, compare_spans);
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++)
        if (!kept || compare_spans(&out->items[kept - 1], &out->items[i]))
            out->items[kept++] = out->items[i];
    out->n = kept;
    return 0;
}

/* What both ways of scoring end with. */
static int score_end(struct score *score, int failed)
{
    if (failed)
        score_free(score);
    else
        score_finish(score);
    return failed ? -1 : 0;
}

/* Both lists are sorted: walks them together. */
static int count_spans(const struct spans *gold, const struct spans *predicted, struct score *score)
{
    for (size_t i = 0, k = 0; i < gold->n || k < predicted->n;) {
        int order = i == gold->n ? 1 : k == predicted->n ? -1 : compare_spans(&gold->items[i], &predicted->items[k]);
        struct score_counts *counts = counts_of(score, order <= 0 ? gold->items[i].type : predicted->items[k].type);
        if (!counts)
            return -1;
        counts->tp += order == 0;
        counts->fn += order < 0;
        counts->fp += order > 0;
        i += order <= 0;
        k += order >= 0;
    }
    return 0;
}

int score_entities(const struct corpus *gold, const struct corpus *predicted, enum score_mode mode, struct score *out,
                   struct error *err)
{
    struct spans a = {0}, b = {0};
    int failed = 0;
    *out = (struct score){0};
    for (size_t i = 0; !failed && i < gold->n_posts; i++) {
        failed = collect_spans(gold, &gold->posts[i], mode == SCORE_STRICT, &a, &out->n_invalid_gold, err) ||
                 collect_spans(predicted, &predicted->posts[i], mode == SCORE_STRICT, &b, &out->n_invalid_predicted,
                               err);
        if (!failed && count_spans(&a, &b, out))
            failed = error_memory(err, gold->path);
    }
    free(a.items);
    free(b.items);
    return score_end(out, failed);
}

/* ---- Relations ---- */

struct pair {
    size_t spans[4]; /* head start, end, tail start, end */
    size_t order;    /* in its post */
    const char *type; /* borrowed */
};

struct pairs {
    struct pair *items;
    size_t n, capacity;
};

static int compare_spans_of(const struct pair *a, const struct pair *b)
{
    for (int i = 0; i < 4; i++)
        if (a->spans[i] != b->spans[i])
            return a->spans[i] < b->spans[i] ? -1 : 1;
    return 0;
}

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    int order = compare_spans_of(a, b);
    return order ? order : a->order < b->order ? -1 : a->order > b->order;
}

static int collect_pairs(const struct corpus *corpus, const struct post *post, struct pairs *out, struct error *err)
{
    if (post->n_relations > out->capacity) {
        struct pair *grown = realloc(out->items, post->n_relations * sizeof *grown);
        if (!grown)
            return error_memory(err, corpus->path);
        out->items = grown;
        out->capacity = post->n_relations;
    }
    out->n = 0;
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct entity *head = post_entity_peek(post, post->relations[i].head);
        const struct entity *tail = post_entity_peek(post, post->relations[i].tail);
        if (head && tail)
            out->items[out->n++] = (struct pair){.spans = {head->start, head->end, tail->start, tail->end},
                                                 .order = i,
                                                 .type = post->relations[i].type};
    }
    if (out->n)
        qsort(out->items, out->n, sizeof *out->items, compare_pairs);
    return 0;
}

static bool is_relation(const char *type)
{
    return strcmp(type, "None") != 0;
}

static int count_pair(struct score *score, const char *gold, const char *predicted)
{
    bool right = !strcmp(gold, predicted);
    struct score_counts *counts;
    score->n_pairs++;
    if (is_relation(gold)) {
        if (!(counts = counts_of(score, gold)))
            return -1;
        counts->tp += right;
        counts->fn += !right;
    }
    if (is_relation(predicted) && !right) {
        if (!(counts = counts_of(score, predicted)))
            return -1;
        counts->fp++;
    }
    return 0;
}

/* Both lists are sorted. Where a pair comes several times, its labels pair in their order. */
static int count_pairs(const struct pairs *gold, const struct pairs *predicted, struct score *score)
{
    for (size_t i = 0, k = 0; i < gold->n || k < predicted->n;) {
        int order = i == gold->n ? 1 : k == predicted->n ? -1 : compare_spans_of(&gold->items[i], &predicted->items[k]);
        if (order > 0)
            score->n_outside += is_relation(predicted->items[k].type);
        else if (count_pair(score, gold->items[i].type, order ? "None" : predicted->items[k].type))
            return -1;
        i += order <= 0;
        k += order >= 0;
    }
    return 0;
}

int score_relations(const struct corpus *gold, const struct corpus *predicted, struct score *out, struct error *err)
{
    struct pairs a = {0}, b = {0};
    int failed = 0;
    *out = (struct score){0};
    for (size_t i = 0; !failed && i < gold->n_posts; i++) {
        failed = collect_pairs(gold, &gold->posts[i], &a, err) ||
                 collect_pairs(predicted, &predicted->posts[i], &b, err);
        if (!failed && count_pairs(&a, &b, out))
            failed = error_memory(err, gold->path);
    }
    free(a.items);
    free(b.items);
    return score_end(out, failed);
}
