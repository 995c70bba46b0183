/* Who is right where: the flips.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/paired.h"

#include "corpora/names.h"
#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

/* What a system did to each label of a post's gold: class + 1; 0 = it is no item (a double, without a type). */
struct marks {
    unsigned char *of[2];
    size_t capacity;
};

static int marks_reserve(struct marks *marks, size_t n)
{
    if (n <= marks->capacity)
        return 0;
    for (int side = 0; side < 2; side++) {
        unsigned char *grown = realloc(marks->of[side], n);
        if (!grown)
            return -1;
        marks->of[side] = grown;
    }
    marks->capacity = n;
    return 0;
}

static size_t count_labels(const struct post *gold, enum cases_level level)
{
    return level == CASES_ENTITIES ? gold->n_entities : gold->n_relations;
}

static enum cases_level level_of(const struct cases_entry *entry)
{
    return entry->found.relation ? CASES_RELATIONS : CASES_ENTITIES;
}

/* A pair of gold that both call None has no case: it stays right unless a case says otherwise. */
static void marks_set(unsigned char *marks, const struct cases_post *post, enum cases_level level)
{
    for (size_t i = 0; i < post->n; i++) {
        const struct taxonomy_case *found = &post->entries[i].found;
        if (level_of(&post->entries[i]) != level)
            continue;
        if (found->gold != TAXONOMY_ABSENT)
            marks[found->gold] = (unsigned char)(found->class + 1);
        if (found->relation && found->beside != TAXONOMY_ABSENT) /* the reversed pair, which is None in gold */
            marks[found->beside] = TAXONOMY_RELATION_SPURIOUS + 1;
    }
}

/* Pairs count if both their entities are there: as score.c has it. */
static void marks_begin(unsigned char *marks, const struct post *gold, enum cases_level level)
{
    if (level == CASES_ENTITIES) {
        memset(marks, 0, gold->n_entities);
        return;
    }
    for (size_t i = 0; i < gold->n_relations; i++)
        marks[i] = post_entity_peek(gold, gold->relations[i].head) && post_entity_peek(gold, gold->relations[i].tail)
                       ? TAXONOMY_RELATION_CORRECT + 1
                       : 0;
}

static void flips_add(struct paired_flips *flips, bool right_a, bool right_b)
{
    flips->both += right_a && right_b;
    flips->only_a += right_a && !right_b;
    flips->only_b += !right_a && right_b;
    flips->neither += !right_a && !right_b;
}

static struct paired_flips *flips_of(struct paired_table *table, struct name_table *places, const char *name)
{
    size_t at = table->n_types;
    int entered = name_table_add(places, name, at, &at);
    if (entered < 0)
        return NULL;
    if (entered) {
        struct paired_type *grown = array_grow(table->types, table->n_types, sizeof *grown);
        if (!grown)
            return NULL;
        table->types = grown;
        grown[table->n_types++] = (struct paired_type){.name = name};
    }
    return &table->types[at].flips;
}

/* What both systems did to the post's labels. */
static int marks_fill(struct marks *marks, const struct post *gold, enum cases_level level, const struct cases_post *a,
                      const struct cases_post *b)
{
    const struct cases_post *posts[2] = {a, b};
    if (marks_reserve(marks, count_labels(gold, level)))
        return -1;
    for (int side = 0; count_labels(gold, level) && side < 2; side++) {
        marks_begin(marks->of[side], gold, level);
        marks_set(marks->of[side], posts[side], level);
    }
    return 0;
}

static int post_flips(const struct post *gold, enum cases_level level, const struct marks *marks,
                      const struct cases_total *names, struct name_table *places, struct paired_table *out)
{
    for (size_t i = 0; i < count_labels(gold, level); i++) {
        if (!marks->of[0][i] || !marks->of[1][i])
            continue;
        int a = marks->of[0][i] - 1, b = marks->of[1][i] - 1;
        bool right_a = a == TAXONOMY_CORRECT, right_b = b == TAXONOMY_CORRECT;
        const char *type = level == CASES_ENTITIES ? gold->entities[i].type : gold->relations[i].type;
        const struct name_slot *slot = name_table_peek(&names->places, type);
        struct paired_flips *flips = flips_of(out, places, slot ? names->names[slot->value]->name : "None");
        if (!flips)
            return -1;
        flips_add(flips, right_a, right_b);
        flips_add(&out->total, right_a, right_b);
        out->classes[a][b]++;
    }
    return 0;
}

int paired_add_post(const struct post *gold, const struct cases_post *a, const struct cases_post *b,
                    enum cases_level level, struct paired_flips *flips)
{
    struct marks marks = {0};
    int failed = marks_fill(&marks, gold, level, a, b);
    for (size_t i = 0; !failed && i < count_labels(gold, level); i++)
        if (marks.of[0][i] && marks.of[1][i])
            flips_add(flips, marks.of[0][i] - 1 == TAXONOMY_CORRECT, marks.of[1][i] - 1 == TAXONOMY_CORRECT);
    free(marks.of[0]);
    free(marks.of[1]);
    return failed;
}

/* ---- False positives ---- */

struct place {
    size_t spans[4]; /* an entity has two of them */
    const char *type;
};

static struct place place_of(const struct post *post, const struct taxonomy_case *found)
{
    if (!found->relation) {
        const struct entity *entity = &post->entities[found->predicted];
        return (struct place){{entity->start, entity->end}, entity->type};
    }
    const struct relation *relation = &post->relations[found->predicted];
    const struct entity *head = post_entity_peek(post, relation->head), *tail = post_entity_peek(post, relation->tail);
    return (struct place){{head->start, head->end, tail->start, tail->end}, relation->type};
}

static bool same_place(const struct place *a, const struct place *b)
{
    return !memcmp(a->spans, b->spans, sizeof a->spans) && !strcmp(a->type, b->type);
}

static bool is_wrong(const struct cases_entry *entry, enum cases_level level)
{
    return level_of(entry) == level && entry->found.fp;
}

static size_t count_wrong(const struct cases_post *post, enum cases_level level)
{
    size_t n = 0;
    for (size_t i = 0; i < post->n; i++)
        n += is_wrong(&post->entries[i], level);
    return n;
}

static void post_wrong(const struct cases_post *a, const struct cases_post *b, const struct post *predicted_a,
                       const struct post *predicted_b, enum cases_level level, struct paired_table *out)
{
    size_t both = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (!is_wrong(&a->entries[i], level))
            continue;
        struct place wrong = place_of(predicted_a, &a->entries[i].found);
        for (size_t k = 0; k < b->n; k++) {
            struct place other;
            if (!is_wrong(&b->entries[k], level))
                continue;
            other = place_of(predicted_b, &b->entries[k].found);
            if (same_place(&wrong, &other)) {
                both++;
                break;
            }
        }
    }
    out->wrong_both += both;
    out->wrong_a += count_wrong(a, level) - both;
    size_t wrong_b = count_wrong(b, level);
    out->wrong_b += wrong_b > both ? wrong_b - both : 0; /* a pair that stands twice may be wrong once in b */
}

/* ---- The table ---- */

static int compare_types(const void *a, const void *b)
{
    return strcmp(((const struct paired_type *)a)->name, ((const struct paired_type *)b)->name);
}

int paired_compare(const struct cases *a, const struct cases *b, const struct corpus *gold,
                   const struct corpus *const predicted[2], enum cases_level level, struct paired_table *out,
                   struct error *err)
{
    struct marks marks = {0};
    struct name_table places = {0};
    int failed = 0;
    *out = (struct paired_table){0};
    for (size_t i = 0; !failed && i < gold->n_posts; i++) {
        const struct post *post = &gold->posts[i];
        if (a->posts[i].left_out)
            continue;
        failed = marks_fill(&marks, post, level, &a->posts[i], &b->posts[i]) ||
                 post_flips(post, level, &marks, &a->totals[level], &places, out);
        if (!failed)
            post_wrong(&a->posts[i], &b->posts[i], &predicted[0]->posts[i], &predicted[1]->posts[i], level, out);
    }
    free(marks.of[0]);
    free(marks.of[1]);
    name_table_free(&places);
    if (failed) {
        paired_table_free(out);
        return error_memory(err, gold->path);
    }
    if (out->n_types)
        qsort(out->types, out->n_types, sizeof *out->types, compare_types);
    return 0;
}

void paired_table_free(struct paired_table *table)
{
    free(table->types);
    *table = (struct paired_table){0};
}
