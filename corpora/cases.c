/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/cases.h"

#include "corpora/format-conll.h"
#include "corpora/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct cases *cases_new(size_t n_posts, const struct schema *schema, bool without_entities)
{
    struct cases *cases = calloc(1, sizeof *cases);
    if (!cases)
        return NULL;
    cases->schema = schema;
    cases->without_entities = without_entities;
    cases->posts = calloc(n_posts ? n_posts : 1, sizeof *cases->posts);
    if (!cases->posts) {
        free(cases);
        return NULL;
    }
    cases->n_posts = n_posts;
    return cases;
}

void cases_free(struct cases *cases)
{
    if (!cases)
        return;
    for (size_t i = 0; i < cases->n_posts; i++)
        free(cases->posts[i].entries);
    free(cases->posts);
    for (int level = 0; level < CASES_LEVELS; level++) {
        struct cases_total *total = &cases->totals[level];
        for (size_t i = 0; i < total->n_names; i++) {
            free(total->names[i]->name);
            free(total->names[i]);
        }
        free(total->names);
        name_table_free(&total->places);
    }
    free(cases);
}

/* ---- Names ---- */

/* The place of a type's name, entered where it is new. */
static int place_of(struct cases_total *total, const char *name, size_t *out)
{
    const struct name_slot *slot = name_table_peek(&total->places, name);
    if (slot) {
        *out = slot->value;
        return 0;
    }
    struct cases_name **grown = array_grow(total->names, total->n_names, sizeof *grown);
    if (!grown)
        return -1;
    total->names = grown;
    struct cases_name *entered = calloc(1, sizeof *entered);
    if (!entered || text_copy(name, &entered->name) ||
        name_table_add(&total->places, entered->name, total->n_names, NULL) < 0) {
        if (entered)
            free(entered->name);
        free(entered);
        return -1;
    }
    *out = total->n_names;
    grown[total->n_names++] = entered;
    return 0;
}

static const char *type_of(const struct post *post, bool relation, size_t index)
{
    if (index == TAXONOMY_ABSENT)
        return NULL;
    const char *type = relation ? post->relations[index].type : post->entities[index].type;
    return relation && !strcmp(type, "None") ? NULL : type;
}

static int entry_make(struct cases *cases, const struct taxonomy_case *found, const struct post *gold,
                      const struct post *predicted, struct cases_entry *out)
{
    struct cases_total *total = &cases->totals[found->relation ? CASES_RELATIONS : CASES_ENTITIES];
    const char *types[2] = {type_of(gold, found->relation, found->gold),
                            type_of(predicted, found->relation, found->predicted)};
    *out = (struct cases_entry){.found = *found, .types = {CASES_NONE, CASES_NONE}};
    for (int side = 0; side < 2; side++)
        if (types[side] && place_of(total, types[side], &out->types[side]))
            return -1;
    return 0;
}

/* ---- Totals ---- */

/* Adds, or takes away: unsigned numbers wrap around and come back. */
static void counts_add(struct score_counts *counts, const struct taxonomy_case *found, size_t sign)
{
    counts->tp += sign * found->tp;
    counts->fp += sign * found->fp;
    counts->fn += sign * found->fn;
}

static void total_add(struct cases_total *total, const struct cases_entry *entry, size_t sign)
{
    const struct taxonomy_case *found = &entry->found;
    struct cases_tally *tally = &total->classes[found->class];
    counts_add(&total->counts, found, sign);
    counts_add(&tally->counts, found, sign);
    tally->n += sign;
    total->kinds[found->class][found->kind] += sign;
    if (found->tp || found->fn) {
        struct score_counts *gold = &total->names[entry->types[0]]->counts;
        gold->tp += sign * found->tp;
        gold->fn += sign * found->fn;
    }
    if (found->fp)
        total->names[entry->types[1]]->counts.fp += sign;
}

static void post_add(struct cases *cases, const struct cases_post *post, size_t sign)
{
    if (post->left_out)
        return;
    for (size_t i = 0; i < post->n; i++)
        total_add(&cases->totals[post->entries[i].found.relation ? CASES_RELATIONS : CASES_ENTITIES],
                  &post->entries[i], sign);
    cases->totals[CASES_RELATIONS].n_none += sign * post->n_none;
}

static const size_t plus = 1, minus = SIZE_MAX; /* minus one */

int cases_set_sides(struct cases *cases, size_t index, const struct taxonomy_side *gold,
                    const struct taxonomy_side *predicted, struct error *err)
{
    struct taxonomy_list list = {0};
    struct cases_post *post = &cases->posts[index];
    struct cases_entry *entries = NULL;
    if (predicted->post) {
        if ((!cases->without_entities && taxonomy_entities(gold, predicted, &list, err)) ||
            taxonomy_relations(cases->schema, gold->post, predicted->post, &list, err)) {
            taxonomy_list_free(&list);
            return -1;
        }
        int failed = list.n && !(entries = calloc(list.n, sizeof *entries));
        for (size_t i = 0; !failed && i < list.n; i++)
            failed = entry_make(cases, &list.items[i], gold->post, predicted->post, &entries[i]);
        if (failed) {
            free(entries);
            taxonomy_list_free(&list);
            return error_memory(err, "the cases of a post");
        }
    }
    post_add(cases, post, minus);
    free(post->entries);
    cases->n_known += (size_t)(predicted->post != NULL) - (size_t)post->known;
    *post = (struct cases_post){.entries = entries,
                                .n = list.n,
                                .n_none = list.n_none,
                                .known = predicted->post != NULL,
                                .left_out = post->left_out};
    post_add(cases, post, plus);
    taxonomy_list_free(&list);
    return 0;
}

int cases_set_post(struct cases *cases, size_t index, const struct post *gold, const struct post *predicted,
                   struct error *err)
{
    return cases_set_sides(cases, index, &(struct taxonomy_side){.post = gold},
                           &(struct taxonomy_side){.post = predicted}, err);
}

static int set_from_corpora(struct cases *cases, size_t index, const struct corpus *gold,
                            const struct corpus *predicted, bool strict, struct error *err)
{
    const struct post *posts[2] = {&gold->posts[index], &predicted->posts[index]};
    bool *orphans[2] = {NULL, NULL};
    int failed = strict && (conll_orphans(gold, posts[0], &orphans[0], err) ||
                            conll_orphans(predicted, posts[1], &orphans[1], err));
    if (!failed)
        failed = cases_set_sides(cases, index, &(struct taxonomy_side){posts[0], orphans[0]},
                                 &(struct taxonomy_side){posts[1], orphans[1]}, err);
    free(orphans[0]);
    free(orphans[1]);
    return failed;
}

int cases_of_corpora(const struct corpus *gold, const struct corpus *predicted, enum score_mode mode,
                     bool without_entities, struct cases **out, struct error *err)
{
    *out = cases_new(gold->n_posts, &gold->schema, without_entities);
    if (!*out)
        return error_memory(err, gold->path);
    for (size_t i = 0; i < gold->n_posts; i++)
        if (set_from_corpora(*out, i, gold, predicted, mode == SCORE_STRICT, err)) {
            cases_free(*out);
            *out = NULL;
            return -1;
        }
    return 0;
}

void cases_leave_out(struct cases *cases, size_t index, bool left_out)
{
    struct cases_post *post = &cases->posts[index];
    if (post->left_out == left_out)
        return;
    post_add(cases, post, minus);
    post->left_out = left_out;
    post_add(cases, post, plus);
}

/* ---- Tables ---- */

double cases_points(const struct cases_total *total, const struct score_counts *counts)
{
    size_t both = 2 * total->counts.tp + total->counts.fp + total->counts.fn;
    return both ? 100 * (double)(counts->fp + counts->fn) / (double)both : NAN;
}

size_t cases_cells(const struct cases_entry *entry, size_t out[2][2])
{
    const struct taxonomy_case *found = &entry->found;
    bool in_gold = found->tp || found->fn, predicted = found->tp || found->fp;
    bool apart = found->relation && found->class == TAXONOMY_RELATION_DIRECTION;
    size_t n = 0;
    if (in_gold) {
        out[n][0] = entry->types[0];
        out[n++][1] = predicted && !apart ? entry->types[1] : CASES_NONE;
    }
    if (predicted && (!in_gold || apart)) {
        out[n][0] = CASES_NONE;
        out[n++][1] = entry->types[1];
    }
    return n;
}

int cases_matrix(const struct cases *cases, enum cases_level level, size_t **out, struct error *err)
{
    const struct cases_total *total = &cases->totals[level];
    size_t width = total->n_names + 1;
    *out = width > SIZE_MAX / width / sizeof **out ? NULL : calloc(width * width, sizeof **out);
    if (!*out)
        return error_memory(err, "the confusion matrix");
    for (size_t i = 0; i < cases->n_posts; i++) {
        const struct cases_post *post = &cases->posts[i];
        for (size_t k = 0; !post->left_out && k < post->n; k++) {
            size_t cells[2][2];
            size_t n = (post->entries[k].found.relation ? CASES_RELATIONS : CASES_ENTITIES) == level
                           ? cases_cells(&post->entries[k], cells)
                           : 0;
            while (n--) {
                size_t row = cells[n][0] == CASES_NONE ? total->n_names : cells[n][0];
                size_t column = cells[n][1] == CASES_NONE ? total->n_names : cells[n][1];
                (*out)[row * width + column]++;
            }
        }
    }
    (*out)[width * width - 1] = total->n_none;
    return 0;
}

struct named_place {
    const char *name;
    size_t place;
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct named_place *)a)->name, ((const struct named_place *)b)->name);
}

int cases_sorted_names(const struct cases *cases, enum cases_level level, size_t **out, size_t *n_out,
                       struct error *err)
{
    const struct cases_total *total = &cases->totals[level];
    struct named_place *list = calloc(total->n_names + 1, sizeof *list);
    *n_out = 0;
    *out = calloc(total->n_names + 1, sizeof **out);
    if (!list || !*out) {
        free(list);
        free(*out);
        *out = NULL;
        return error_memory(err, "the names of types");
    }
    for (size_t i = 0; i < total->n_names; i++) {
        const struct score_counts *counts = &total->names[i]->counts;
        if (counts->tp + counts->fp + counts->fn)
            list[(*n_out)++] = (struct named_place){total->names[i]->name, i};
    }
    if (*n_out)
        qsort(list, *n_out, sizeof *list, compare_names);
    for (size_t i = 0; i < *n_out; i++)
        (*out)[i] = list[i].place;
    free(list);
    return 0;
}
