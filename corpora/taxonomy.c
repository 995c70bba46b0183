/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/taxonomy.h"

#include <stdlib.h>
#include <string.h>

static const char *const class_names[TAXONOMY_CLASSES] = {
    "correct", "type", "boundary", "boundary+type", "split", "merge", "missed", "spurious",
};
static const char *const relation_class_names[TAXONOMY_RELATION_CLASSES] = {
    "correct", "type", "direction", "signature", "argument", "missed", "spurious",
};
static const char *const kind_names[TAXONOMY_KINDS] = {"", "short", "long", "left", "right", "crossing"};

static int find_name(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return (int)i;
    return -1;
}

const char *taxonomy_class_name(bool relation, int class)
{
    return relation ? relation_class_names[class] : class_names[class];
}

int taxonomy_class_from_name(bool relation, const char *name)
{
    return find_name(relation ? relation_class_names : class_names, taxonomy_n_classes(relation), name);
}

size_t taxonomy_n_classes(bool relation)
{
    return relation ? (size_t)TAXONOMY_RELATION_CLASSES : (size_t)TAXONOMY_CLASSES;
}

const char *taxonomy_kind_name(int kind)
{
    return kind_names[kind];
}

void taxonomy_list_free(struct taxonomy_list *list)
{
    free(list->items);
    *list = (struct taxonomy_list){0};
}

int taxonomy_list_reserve(struct taxonomy_list *list, size_t n)
{
    if (n > SIZE_MAX / sizeof *list->items / 2 - list->n)
        return -1;
    if (list->n + n <= list->capacity)
        return 0;
    size_t capacity = 2 * (list->n + n);
    struct taxonomy_case *grown = realloc(list->items, capacity * sizeof *grown);
    if (!grown)
        return -1;
    list->items = grown;
    list->capacity = capacity;
    return 0;
}

/* ---- Entities ---- */

struct span {
    size_t start, end;
    const char *type;
    size_t index;   /* in the post's entities */
    size_t partner; /* in the other side's list; TAXONOMY_ABSENT = not matched */
};

struct spans {
    struct span *items;
    size_t n;
};

static int compare_spans(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    int order = strcmp(a->type, b->type);
    return order ? order : a->index < b->index ? -1 : a->index > b->index;
}

static bool same_tokens(const struct span *a, const struct span *b)
{
    return a->start == b->start && a->end == b->end;
}

static bool same_type(const struct span *a, const struct span *b)
{
    return !strcmp(a->type, b->type);
}

/* The entities that count, sorted, each once (the first in the file): as score.c has them. */
static int collect_spans(const struct taxonomy_side *side, struct spans *out)
{
    const struct post *post = side->post;
    *out = (struct spans){0};
    if (!post->n_entities)
        return 0;
    out->items = calloc(post->n_entities, sizeof *out->items);
    if (!out->items)
        return -1;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i];
        if (entity->type && !(side->left_out && side->left_out[entity->start]))
            out->items[out->n++] = (struct span){entity->start, entity->end, entity->type, i, TAXONOMY_ABSENT};
    }
    if (out->n)
        qsort(out->items, out->n, sizeof *out->items, compare_spans);
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++) {
        const struct span *last = kept ? &out->items[kept - 1] : NULL;
        if (!last || !same_tokens(last, &out->items[i]) || !same_type(last, &out->items[i]))
            out->items[kept++] = out->items[i];
    }
    out->n = kept;
    return 0;
}

static void match(struct spans *gold, size_t g, struct spans *predicted, size_t p)
{
    gold->items[g].partner = p;
    predicted->items[p].partner = g;
}

static void match_same_tokens(struct spans *gold, struct spans *predicted, bool any_type)
{
    for (size_t g = 0; g < gold->n; g++)
        for (size_t p = 0; gold->items[g].partner == TAXONOMY_ABSENT && p < predicted->n; p++) {
            const struct span *a = &gold->items[g], *b = &predicted->items[p];
            if (b->partner == TAXONOMY_ABSENT && same_tokens(a, b) && (any_type || same_type(a, b)))
                match(gold, g, predicted, p);
        }
}

static size_t shared_tokens(const struct span *a, const struct span *b)
{
    size_t start = a->start > b->start ? a->start : b->start, end = a->end < b->end ? a->end : b->end;
    return end > start ? end - start : 0;
}

/* Two spans that share tokens. */
struct candidate {
    size_t gold, predicted; /* in the lists, which are sorted: a smaller number is further left */
    size_t shared, whole;
    bool other_type;
};

static int compare_sizes(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

/* The best first. */
static int compare_overlaps(const struct candidate *a, const struct candidate *b)
{
    int order = compare_sizes(b->shared, a->shared);
    if (!order)
        order = compare_sizes(a->whole, b->whole);
    if (!order)
        order = compare_sizes(a->gold, b->gold);
    return order ? order : compare_sizes(a->predicted, b->predicted);
}

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    return a->other_type != b->other_type ? (a->other_type ? 1 : -1) : compare_overlaps(a, b);
}

static struct candidate candidate_of(const struct spans *gold, size_t g, const struct spans *predicted, size_t p)
{
    const struct span *a = &gold->items[g], *b = &predicted->items[p];
    size_t shared = shared_tokens(a, b);
    return (struct candidate){
        .gold = g,
        .predicted = p,
        .shared = shared,
        .whole = a->end - a->start + b->end - b->start - shared,
        .other_type = !same_type(a, b),
    };
}

/* Pairs what is open on both sides and shares tokens. Counts first: most posts have no such pair. */
static int match_overlapping(struct spans *gold, struct spans *predicted)
{
    struct candidate *candidates = NULL;
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t found = 0;
        for (size_t g = 0; g < gold->n; g++)
            for (size_t p = 0; gold->items[g].partner == TAXONOMY_ABSENT && p < predicted->n; p++)
                if (predicted->items[p].partner == TAXONOMY_ABSENT &&
                    shared_tokens(&gold->items[g], &predicted->items[p])) {
                    if (candidates)
                        candidates[found] = candidate_of(gold, g, predicted, p);
                    found++;
                }
        if (!found)
            return 0;
        if (!pass && !(candidates = calloc(found, sizeof *candidates)))
            return -1;
        n = found;
    }
    qsort(candidates, n, sizeof *candidates, compare_candidates);
    for (size_t i = 0; i < n; i++)
        if (gold->items[candidates[i].gold].partner == TAXONOMY_ABSENT &&
            predicted->items[candidates[i].predicted].partner == TAXONOMY_ABSENT)
            match(gold, candidates[i].gold, predicted, candidates[i].predicted);
    free(candidates);
    return 0;
}

static int kind_of(const struct span *gold, const struct span *predicted)
{
    if (predicted->start >= gold->start && predicted->end <= gold->end)
        return TAXONOMY_KIND_SHORT;
    if (predicted->start <= gold->start && predicted->end >= gold->end)
        return TAXONOMY_KIND_LONG;
    if (predicted->end - predicted->start != gold->end - gold->start)
        return TAXONOMY_KIND_CROSSING;
    return predicted->start < gold->start ? TAXONOMY_KIND_LEFT : TAXONOMY_KIND_RIGHT;
}

static struct taxonomy_case case_of_match(const struct span *gold, const struct span *predicted)
{
    bool correct = same_tokens(gold, predicted) && same_type(gold, predicted);
    struct taxonomy_case found = {
        .class = correct                        ? TAXONOMY_CORRECT
                 : same_tokens(gold, predicted) ? TAXONOMY_TYPE
                 : same_type(gold, predicted)   ? TAXONOMY_BOUNDARY
                                                : TAXONOMY_BOUNDARY_TYPE,
        .gold = gold->index,
        .predicted = predicted->index,
        .beside = TAXONOMY_ABSENT,
        .tp = correct,
        .fp = !correct,
        .fn = !correct,
    };
    if (!same_tokens(gold, predicted))
        found.kind = kind_of(gold, predicted);
    return found;
}

/* The span of the other list that overlaps this one best; NULL when none does. All that overlap what is left over are
 * matched: else they would be matched with it. */
static const struct span *find_beside(const struct spans *open, size_t at, const struct spans *others)
{
    struct candidate best = {0};
    for (size_t i = 0; i < others->n; i++) {
        struct candidate candidate = candidate_of(open, at, others, i);
        if (candidate.shared && (!best.shared || compare_overlaps(&candidate, &best) < 0))
            best = candidate;
    }
    return best.shared ? &others->items[best.predicted] : NULL;
}

static struct taxonomy_case case_of_missed(const struct spans *gold, size_t at, const struct spans *predicted)
{
    const struct span *beside = find_beside(gold, at, predicted);
    return (struct taxonomy_case){.class = beside ? TAXONOMY_MERGE : TAXONOMY_MISSED,
                                  .gold = gold->items[at].index,
                                  .predicted = TAXONOMY_ABSENT,
                                  .beside = beside ? beside->index : TAXONOMY_ABSENT,
                                  .fn = 1};
}

static struct taxonomy_case case_of_spurious(const struct spans *gold, const struct spans *predicted, size_t at)
{
    const struct span *beside = find_beside(predicted, at, gold);
    return (struct taxonomy_case){.class = beside ? TAXONOMY_SPLIT : TAXONOMY_SPURIOUS,
                                  .gold = TAXONOMY_ABSENT,
                                  .predicted = predicted->items[at].index,
                                  .beside = beside ? beside->index : TAXONOMY_ABSENT,
                                  .fp = 1};
}

/* Gold in its order, and predictions without a partner where they stand between. */
static void add_cases(const struct spans *gold, const struct spans *predicted, struct taxonomy_list *list)
{
    size_t p = 0;
    for (size_t g = 0; g <= gold->n; g++) {
        for (; p < predicted->n && (g == gold->n || compare_spans(&predicted->items[p], &gold->items[g]) < 0); p++)
            if (predicted->items[p].partner == TAXONOMY_ABSENT)
                list->items[list->n++] = case_of_spurious(gold, predicted, p);
        if (g < gold->n)
            list->items[list->n++] = gold->items[g].partner == TAXONOMY_ABSENT
                                         ? case_of_missed(gold, g, predicted)
                                         : case_of_match(&gold->items[g], &predicted->items[gold->items[g].partner]);
    }
}

int taxonomy_entities(const struct taxonomy_side *gold, const struct taxonomy_side *predicted,
                      struct taxonomy_list *list, struct error *err)
{
    struct spans a = {0}, b = {0};
    int failed = collect_spans(gold, &a) || collect_spans(predicted, &b) || taxonomy_list_reserve(list, a.n + b.n);
    if (!failed) {
        match_same_tokens(&a, &b, false);
        match_same_tokens(&a, &b, true);
        failed = match_overlapping(&a, &b);
    }
    if (!failed)
        add_cases(&a, &b, list);
    free(a.items);
    free(b.items);
    return failed ? error_memory(err, "the cases of a post") : 0;
}
