/* All cases of a corpus and a system, kept up to date post by post, with their totals.
 *
 * The classes' counts add up to those of score.h, and their points to the gap between 100 and the F1.
 * Nothing is borrowed from posts: entries hold indices and the places of type names.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_CASES_H
#define MMIB_CORPORA_CASES_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/names.h"
#include "corpora/schema.h"
#include "corpora/score.h"
#include "corpora/taxonomy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cases_level { CASES_ENTITIES, CASES_RELATIONS, CASES_LEVELS };

#define CASES_NONE SIZE_MAX /* no label of that side: the row and the column "none" */

struct cases_entry {
    struct taxonomy_case found;
    size_t types[2]; /* gold's and predicted's: places in the level's names; CASES_NONE = none, or the label "None" */
};

struct cases_post {
    struct cases_entry *entries; /* entities, then relations, in the order of the text */
    size_t n;
    size_t n_none;  /* see struct taxonomy_list */
    bool known;     /* predictions were given */
    bool left_out;  /* not in the totals */
};

struct cases_name {
    char *name;
    struct score_counts counts; /* of this type, as score.h counts it */
};

struct cases_tally {
    size_t n;
    struct score_counts counts;
};

struct cases_total {
    struct score_counts counts;
    struct cases_tally classes[TAXONOMY_CLASSES_MAX];
    size_t kinds[TAXONOMY_CLASSES_MAX][TAXONOMY_KINDS]; /* cases of a class by kind */
    struct cases_name **names;                          /* types, as they came; those that left stay, counts 0 */
    size_t n_names;
    struct name_table places;
    size_t n_none; /* relations: pairs that are None on both sides */
};

struct cases {
    const struct schema *schema; /* borrowed; NULL = relations are judged by their names alone */
    bool without_entities;       /* they are given (MNRE): to class them would say nothing */
    struct cases_post *posts;
    size_t n_posts, n_known; /* left out or not */
    struct cases_total totals[CASES_LEVELS];
};

/* Room for n posts, none known. NULL when memory is out. */
struct cases *cases_new(size_t n_posts, const struct schema *schema, bool without_entities);
void cases_free(struct cases *cases);

/* The post's cases are made anew; predicted NULL = not known (any more). Fails only when memory is out, and then the
 * post is as it was. */
int cases_set_post(struct cases *cases, size_t index, const struct post *gold, const struct post *predicted,
                   struct error *err);

/* The same where some entities do not count. */
int cases_set_sides(struct cases *cases, size_t index, const struct taxonomy_side *gold,
                    const struct taxonomy_side *predicted, struct error *err);

/* All posts of two corpora that were checked by score_check_pairs. *out is the caller's. */
int cases_of_corpora(const struct corpus *gold, const struct corpus *predicted, enum score_mode mode,
                     bool without_entities, struct cases **out, struct error *err);

/* A post that is left out keeps its cases, and is in no total. */
void cases_leave_out(struct cases *cases, size_t index, bool left_out);

/* The part of the gap 100 - F1 (points of F1 in per cent) that these counts make: 100 (fp + fn) / (gold + predicted).
 * NAN where nothing is counted. */
double cases_points(const struct cases_total *total, const struct score_counts *counts);

/* The confusion matrix over the level's names, [n_names + 1, n_names + 1], row gold, column predicted, the last of each
 * "none". Rows sum to the number of gold labels, columns to that of predictions that score.h counts; the cell
 * none x none is n_none. *out is the caller's, made anew at each call; -1 when memory is out. */
int cases_matrix(const struct cases *cases, enum cases_level level, size_t **out, struct error *err);

/* The names by place, sorted by name, those that no label has left out: *out [*n_out] is the caller's. */
int cases_sorted_names(const struct cases *cases, enum cases_level level, size_t **out, size_t *n_out,
                       struct error *err);

/* The two cells of the matrix that an entry counts in: { {gold, predicted}, ... }; returns how many, 0 to 2 (a reversed
 * relation may be one label too few here and one too many there). */
size_t cases_cells(const struct cases_entry *entry, size_t out[2][2]);

#endif
