/* The classes of relations: pairs are walked as score.c walks them, then what is missing on one side is looked for
 * among what is too much on the other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/taxonomy.h"

#include <stdlib.h>
#include <string.h>

struct pair {
    size_t spans[4]; /* head start, end, tail start, end */
    const char *type;
    const char *types[2]; /* of head and tail; NULL = unknown */
    size_t index;         /* in the post's relations */
};

struct pairs {
    struct pair *items;
    size_t n;
};

/* A case that is being made; the list gets them once they are final. */
struct finding {
    struct taxonomy_case found;
    const struct pair *gold, *predicted; /* NULL = the side has no such pair */
    bool taken;                          /* joined to another one */
};

struct findings {
    struct finding *items;
    size_t n;
};

static bool is_relation(const char *type)
{
    return strcmp(type, "None") != 0;
}

static int compare_spans(const struct pair *a, const struct pair *b)
{
    for (int i = 0; i < 4; i++)
        if (a->spans[i] != b->spans[i])
            return a->spans[i] < b->spans[i] ? -1 : 1;
    return 0;
}

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    int order = compare_spans(a, b);
    return order ? order : a->index < b->index ? -1 : a->index > b->index;
}

static int collect_pairs(const struct post *post, struct pairs *out)
{
    *out = (struct pairs){0};
    if (!post->n_relations)
        return 0;
    out->items = calloc(post->n_relations, sizeof *out->items);
    if (!out->items)
        return -1;
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct entity *head = post_entity_peek(post, post->relations[i].head);
        const struct entity *tail = post_entity_peek(post, post->relations[i].tail);
        if (head && tail)
            out->items[out->n++] = (struct pair){.spans = {head->start, head->end, tail->start, tail->end},
                                                 .type = post->relations[i].type,
                                                 .types = {head->type, tail->type},
                                                 .index = i};
    }
    if (out->n)
        qsort(out->items, out->n, sizeof *out->items, compare_pairs);
    return 0;
}

static bool fits(const struct schema *schema, const char *label, const struct pair *pair)
{
    struct schema_name_part head, tail;
    if (schema && schema_relation_peek(schema, label))
        return schema_fits(schema, label, pair->types[0], pair->types[1]);
    if (!schema_split_relation(label, &head, &tail))
        return true;
    return (!pair->types[0] || schema_part_means(&head, pair->types[0])) &&
           (!pair->types[1] || schema_part_means(&tail, pair->types[1]));
}

/* ---- The same pair on both sides ---- */

/* A pair of gold, and its label in the prediction (NULL: it has none). False where both are None. */
static bool judge_pair(const struct schema *schema, const struct pair *gold, const struct pair *predicted,
                       struct finding *out)
{
    bool in_gold = is_relation(gold->type), in_prediction = predicted && is_relation(predicted->type);
    if (!in_gold && !in_prediction)
        return false;
    bool right = predicted && !strcmp(gold->type, predicted->type);
    int class = right                                 ? TAXONOMY_RELATION_CORRECT
                : !in_gold                            ? TAXONOMY_RELATION_SPURIOUS
                : !in_prediction                      ? TAXONOMY_RELATION_MISSED
                : fits(schema, predicted->type, gold) ? TAXONOMY_RELATION_TYPE
                                                      : TAXONOMY_RELATION_SIGNATURE;
    *out = (struct finding){
        .found = {.relation = true,
                  .class = class,
                  .gold = gold->index,
                  .predicted = predicted ? predicted->index : TAXONOMY_ABSENT,
                  .beside = TAXONOMY_ABSENT,
                  .tp = right,
                  .fp = in_prediction && !right,
                  .fn = in_gold && !right},
        .gold = gold,
        .predicted = predicted,
    };
    return true;
}

/* A relation on a pair that gold has not: score.h does not count it. */
static struct finding judge_outside(const struct pair *predicted)
{
    return (struct finding){
        .found = {.relation = true,
                  .class = TAXONOMY_RELATION_SPURIOUS,
                  .gold = TAXONOMY_ABSENT,
                  .predicted = predicted->index,
                  .beside = TAXONOMY_ABSENT},
        .predicted = predicted,
    };
}

/* Where a pair comes several times, its labels pair in their order. out has room for all pairs of both sides. */
static size_t judge_pairs(const struct schema *schema, const struct pairs *gold, const struct pairs *predicted,
                          struct findings *out)
{
    size_t n_none = 0;
    for (size_t i = 0, k = 0; i < gold->n || k < predicted->n;) {
        int order = i == gold->n ? 1 : k == predicted->n ? -1 : compare_spans(&gold->items[i], &predicted->items[k]);
        if (order <= 0) {
            if (judge_pair(schema, &gold->items[i], order ? NULL : &predicted->items[k], &out->items[out->n]))
                out->n++;
            else
                n_none++;
        } else if (is_relation(predicted->items[k].type)) {
            out->items[out->n++] = judge_outside(&predicted->items[k]);
        }
        i += order <= 0;
        k += order >= 0;
    }
    return n_none;
}

/* ---- What one side lacks, found on the other ---- */

static bool is_missed(const struct finding *finding)
{
    return !finding->taken && finding->found.class == TAXONOMY_RELATION_MISSED;
}

static bool is_spurious(const struct finding *finding)
{
    return !finding->taken && finding->found.class == TAXONOMY_RELATION_SPURIOUS;
}

/* Makes one case of a missed and a spurious relation. */
static void join(struct finding *missed, struct finding *spurious, int class)
{
    missed->found.class = class;
    missed->found.predicted = spurious->found.predicted;
    missed->found.beside = spurious->found.gold; /* the reversed pair, which gold labels None */
    missed->found.fp = (unsigned char)(missed->found.fp + spurious->found.fp);
    spurious->taken = true;
}

static bool is_reversed(const struct pair *a, const struct pair *b)
{
    return a->spans[0] == b->spans[2] && a->spans[1] == b->spans[3] && a->spans[2] == b->spans[0] &&
           a->spans[3] == b->spans[1];
}

static void join_reversed(struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++)
        for (size_t k = 0; is_missed(&findings->items[i]) && k < findings->n; k++) {
            struct finding *missed = &findings->items[i], *spurious = &findings->items[k];
            if (is_spurious(spurious) && is_reversed(missed->gold, spurious->predicted) &&
                !strcmp(missed->gold->type, spurious->predicted->type))
                join(missed, spurious, TAXONOMY_RELATION_DIRECTION);
        }
}

static size_t shared_tokens(const size_t a[2], const size_t b[2])
{
    size_t start = a[0] > b[0] ? a[0] : b[0], end = a[1] < b[1] ? a[1] : b[1];
    return end > start ? end - start : 0;
}

/* How well a relation on other spans stands for this one of gold: 0 = one of its arguments does not overlap. The same
 * label is worth more than any overlap. */
static double likeness(const struct pair *gold, const struct pair *predicted)
{
    size_t head = shared_tokens(gold->spans, predicted->spans);
    size_t tail = shared_tokens(gold->spans + 2, predicted->spans + 2);
    if (!head || !tail)
        return 0;
    return (double)(head + tail) + (strcmp(gold->type, predicted->type) ? 0 : 1e9);
}

static bool has_spans(const struct post *post, const struct pair *pair)
{
    return post_entity_at_peek(post, pair->spans[0], pair->spans[1]) &&
           post_entity_at_peek(post, pair->spans[2], pair->spans[3]);
}

/* Pairs that the prediction never had, because its entities are others. */
static void join_arguments(struct findings *findings, const struct post *predicted_post)
{
    for (size_t i = 0; i < findings->n; i++) {
        struct finding *missed = &findings->items[i], *best = NULL;
        if (!is_missed(missed) || missed->predicted)
            continue;
        for (size_t k = 0; k < findings->n; k++) {
            struct finding *other = &findings->items[k];
            if (is_spurious(other) && !other->gold && likeness(missed->gold, other->predicted) > 0 &&
                (!best || likeness(missed->gold, other->predicted) > likeness(missed->gold, best->predicted)))
                best = other;
        }
        if (best)
            join(missed, best, TAXONOMY_RELATION_ARGUMENT);
        else if (!has_spans(predicted_post, missed->gold))
            missed->found.class = TAXONOMY_RELATION_ARGUMENT;
    }
}

/* Relations on spans that gold has not, alone. */
static void name_arguments(struct findings *findings, const struct post *gold_post)
{
    for (size_t i = 0; i < findings->n; i++) {
        struct finding *finding = &findings->items[i];
        if (is_spurious(finding) && !finding->gold && !has_spans(gold_post, finding->predicted))
            finding->found.class = TAXONOMY_RELATION_ARGUMENT;
    }
}

int taxonomy_relations(const struct schema *schema, const struct post *gold, const struct post *predicted,
                       struct taxonomy_list *list, struct error *err)
{
    struct pairs a = {0}, b = {0};
    struct findings findings = {0};
    int failed = collect_pairs(gold, &a) || collect_pairs(predicted, &b) || taxonomy_list_reserve(list, a.n + b.n);
    if (!failed && a.n + b.n && !(findings.items = calloc(a.n + b.n, sizeof *findings.items)))
        failed = -1;
    if (!failed && findings.items) {
        list->n_none += judge_pairs(schema, &a, &b, &findings);
        join_reversed(&findings);
        join_arguments(&findings, predicted);
        name_arguments(&findings, gold);
        for (size_t i = 0; i < findings.n; i++)
            if (!findings.items[i].taken)
                list->items[list->n++] = findings.items[i].found;
    }
    free(findings.items);
    free(a.items);
    free(b.items);
    return failed ? error_memory(err, "the cases of a post") : 0;
}
