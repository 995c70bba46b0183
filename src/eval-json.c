/* SPDX-License-Identifier: Apache-2.0 */
#include "src/eval-json.h"

#include "corpora/json.h"
#include "src/table-cells.h"

#include <stdbool.h>
#include <stdlib.h>

static void open_member(struct text *out, const char *name)
{
    json_put_name(out, name);
    text_add_char(out, '{');
}

/* ---- Scores ---- */

static void put_ratios(struct text *out, const char *name, struct score_ratios ratios)
{
    open_member(out, name);
    table_cells_member(out, "p", ratios.p);
    table_cells_member(out, "r", ratios.r);
    table_cells_member(out, "f1", ratios.f1);
    text_add_char(out, '}');
}

static void put_scores(struct text *out, const struct score *score)
{
    json_put_name(out, "micro");
    table_cells_counts(out, &score->micro);
    open_member(out, "types");
    for (size_t i = 0; i < score->n_types; i++) {
        json_put_name(out, score->types[i].name);
        table_cells_counts(out, &score->types[i].counts);
    }
    text_add_char(out, '}');
    put_ratios(out, "macro", score_macro(score));
    put_ratios(out, "weighted", score_weighted(score));
}

static void put_modes(struct text *out, const struct eval_analysis_system *system)
{
    for (int mode = 0; mode < 2; mode++) {
        open_member(out, score_mode_name((enum score_mode)mode));
        put_scores(out, &system->entities[mode]);
        text_add_char(out, '}');
    }
    open_member(out, "invalid");
    table_cells_member_count(out, "gold", system->entities[SCORE_DEFAULT].n_invalid_gold);
    table_cells_member_count(out, "predicted", system->entities[SCORE_DEFAULT].n_invalid_predicted);
    text_add_char(out, '}');
}

static void put_semeval(struct text *out, const struct cases *cases)
{
    struct semeval_counts counts[SEMEVAL_SCHEMES];
    semeval_count(cases, counts);
    open_member(out, "semeval");
    for (int i = 0; i < SEMEVAL_SCHEMES; i++) {
        struct score_ratios ratios = semeval_ratios(&counts[i]);
        open_member(out, semeval_scheme_name((enum semeval_scheme)i));
        table_cells_member_count(out, "correct", counts[i].correct);
        table_cells_member_count(out, "incorrect", counts[i].incorrect);
        table_cells_member_count(out, "partial", counts[i].partial);
        table_cells_member_count(out, "missed", counts[i].missed);
        table_cells_member_count(out, "spurious", counts[i].spurious);
        table_cells_member(out, "p", ratios.p);
        table_cells_member(out, "r", ratios.r);
        table_cells_member(out, "f1", ratios.f1);
        text_add_char(out, '}');
    }
    text_add_char(out, '}');
}

/* ---- Cases ---- */

static void put_kinds(struct text *out, const size_t kinds[TAXONOMY_KINDS])
{
    open_member(out, "kinds");
    for (int kind = TAXONOMY_KIND_SHORT; kind < TAXONOMY_KINDS; kind++)
        table_cells_member_count(out, taxonomy_kind_name(kind), kinds[kind]);
    text_add_char(out, '}');
}

static void put_classes(struct text *out, const struct cases_total *total, bool relation)
{
    table_cells_member(out, "gap", cases_points(total, &total->counts));
    open_member(out, "classes");
    for (int class = 0; class < (int)taxonomy_n_classes(relation); class++) {
        const struct cases_tally *tally = &total->classes[class];
        open_member(out, taxonomy_class_name(relation, class));
        table_cells_member_count(out, "cases", tally->n);
        table_cells_member(out, "points", cases_points(total, &tally->counts));
        table_cells_member_count(out, "tp", tally->counts.tp);
        table_cells_member_count(out, "fp", tally->counts.fp);
        table_cells_member_count(out, "fn", tally->counts.fn);
        if (!relation && (class == TAXONOMY_BOUNDARY || class == TAXONOMY_BOUNDARY_TYPE))
            put_kinds(out, total->kinds[class]);
        text_add_char(out, '}');
    }
    text_add_char(out, '}');
}

enum { MATRIX_NAMES_MAX = 1000 };

/* {"names": [..., "none"], "cells": [[...], ...]}: rows gold, columns predicted. A type may be called "none" too: the
 * last of each is the label that is not there. null where there are too many types for anybody to look at. */
static int put_matrix(struct text *out, const struct cases *cases, enum cases_level level, struct error *err)
{
    size_t *cells = NULL, *places = NULL, n = 0, width = cases->totals[level].n_names + 1;
    json_put_name(out, "matrix");
    if (width > MATRIX_NAMES_MAX) {
        text_add(out, "null");
        return 0;
    }
    int failed = cases_matrix(cases, level, &cells, err) || cases_sorted_names(cases, level, &places, &n, err);
    if (!failed) {
        places[n] = width - 1; /* none: there is room for it */
        text_add(out, "{\"names\": [");
        for (size_t i = 0; i < n; i++) {
            json_put_text(out, cases->totals[level].names[places[i]]->name);
            text_add(out, ", ");
        }
        text_add(out, "\"none\"], \"cells\": [");
        for (size_t i = 0; i <= n; i++) {
            text_add(out, i ? ", [" : "[");
            for (size_t k = 0; k <= n; k++)
                text_add_format(out, "%s%zu", k ? ", " : "", cells[places[i] * width + places[k]]);
            text_add_char(out, ']');
        }
        text_add(out, "]}");
    }
    free(cells);
    free(places);
    return failed;
}

static bool is_used(const struct cases_tally rows[BUCKET_VALUES_MAX])
{
    for (int value = 0; value < BUCKET_VALUES_MAX; value++)
        if (rows[value].n)
            return true;
    return false;
}

/* Attributes that say something of at least one case, with all their buckets. */
static void put_buckets(struct text *out, const struct buckets *buckets)
{
    open_member(out, "buckets");
    for (int a = 0; a < BUCKET_ATTRIBUTES; a++) {
        enum bucket_attribute attribute = (enum bucket_attribute)a;
        if (!is_used(buckets->rows[a]))
            continue;
        open_member(out, bucket_attribute_name(attribute));
        for (int value = 0; value < (int)bucket_n_values(attribute); value++) {
            const struct cases_tally *row = &buckets->rows[a][value];
            open_member(out, bucket_value_name(attribute, value));
            table_cells_member_count(out, "n", row->n);
            table_cells_count_members(out, &row->counts);
            text_add_char(out, '}');
        }
        text_add_char(out, '}');
    }
    text_add_char(out, '}');
}

static int put_level(struct text *out, const struct eval_analysis *analysis, size_t at, enum cases_level level,
                     struct error *err)
{
    const struct eval_analysis_system *system = &analysis->systems[at];
    const struct score *score = eval_analysis_score(analysis, at, level);
    bool relation = level == CASES_RELATIONS;
    json_put_name(out, relation ? "re" : "ner");
    if (!score) {
        text_add(out, "null");
        return 0;
    }
    text_add_format(out, "{\"mode\": \"%s\"", relation ? "mnre" : score_mode_name(analysis->mode));
    put_scores(out, score);
    if (relation) {
        table_cells_member_count(out, "pairs", score->n_pairs);
        table_cells_member_count(out, "outside", score->n_outside);
    } else {
        put_modes(out, system);
        put_semeval(out, system->cases);
    }
    put_classes(out, &system->cases->totals[level], relation);
    if (put_matrix(out, system->cases, level, err))
        return -1;
    put_buckets(out, &system->buckets[level]);
    text_add_char(out, '}');
    return 0;
}

/* ---- Two systems ---- */

static void put_flips(struct text *out, const struct paired_flips *flips)
{
    text_add_char(out, '{');
    table_cells_member_count(out, "both", flips->both);
    table_cells_member_count(out, "only_a", flips->only_a);
    table_cells_member_count(out, "only_b", flips->only_b);
    table_cells_member_count(out, "neither", flips->neither);
    text_add_char(out, '}');
}

static void put_flips_of_classes(struct text *out, const struct paired_table *table, bool relation)
{
    int n = (int)taxonomy_n_classes(relation);
    open_member(out, "classes");
    for (int a = 0; a < n; a++) {
        open_member(out, taxonomy_class_name(relation, a));
        for (int b = 0; b < n; b++)
            if (table->classes[a][b])
                table_cells_member_count(out, taxonomy_class_name(relation, b), table->classes[a][b]);
        text_add_char(out, '}');
    }
    text_add_char(out, '}');
}

static void put_tests(struct text *out, const struct eval_analysis_pairs *pairs, uint64_t seed)
{
    const struct paired_bootstrap *bootstrap = &pairs->bootstrap;
    const struct paired_mcnemar *mcnemar = &pairs->mcnemar;
    open_member(out, "bootstrap");
    table_cells_member(out, "delta", bootstrap->delta);
    table_cells_member(out, "low", bootstrap->low);
    table_cells_member(out, "high", bootstrap->high);
    table_cells_member(out, "p", bootstrap->p);
    table_cells_member_count(out, "resamples", bootstrap->n_resamples);
    table_cells_member_count(out, "undefined", bootstrap->n_undefined);
    table_cells_member_count(out, "seed", (size_t)seed);
    text_add_char(out, '}');
    open_member(out, "mcnemar");
    table_cells_member_count(out, "only_a", mcnemar->only_a);
    table_cells_member_count(out, "only_b", mcnemar->only_b);
    text_add_format(out, ", \"test\": \"%s\"", mcnemar->exact ? "exact" : "chi-squared");
    table_cells_member(out, "statistic", mcnemar->statistic);
    table_cells_member(out, "p", mcnemar->p);
    table_cells_member(out, "difference", mcnemar->difference);
    table_cells_member(out, "low", mcnemar->low);
    table_cells_member(out, "high", mcnemar->high);
    text_add_char(out, '}');
}

static void put_pairs(struct text *out, const struct eval_analysis *analysis, enum cases_level level)
{
    const struct eval_analysis_pairs *pairs = &analysis->pairs[level];
    const struct paired_table *table = &pairs->table;
    json_put_name(out, level == CASES_RELATIONS ? "re" : "ner");
    if (!eval_analysis_has(analysis, level)) {
        text_add(out, "null");
        return;
    }
    text_add_char(out, '{');
    json_put_name(out, "flips");
    put_flips(out, &table->total);
    open_member(out, "types");
    for (size_t i = 0; i < table->n_types; i++) {
        json_put_name(out, table->types[i].name);
        put_flips(out, &table->types[i].flips);
    }
    text_add_char(out, '}');
    put_flips_of_classes(out, table, level == CASES_RELATIONS);
    open_member(out, "wrong");
    table_cells_member_count(out, "both", table->wrong_both);
    table_cells_member_count(out, "only_a", table->wrong_a);
    table_cells_member_count(out, "only_b", table->wrong_b);
    text_add_char(out, '}');
    put_tests(out, pairs, analysis->seed);
    text_add_char(out, '}');
}

static void put_leaks(struct text *out, const struct eval_analysis *analysis)
{
    const struct eval_analysis_leaks *leaks = &analysis->leaks;
    open_member(out, "leaked");
    table_cells_member_count(out, "posts", leaks->n_any);
    table_cells_member_count(out, "text", leaks->n_text);
    table_cells_member_count(out, "picture", leaks->n_picture);
    table_cells_member_count(out, "of", leaks->n_posts);
    table_cells_member_count(out, "training", leaks->n_training);
    text_add_format(out, ", \"left_out\": %s", analysis->without_leaked ? "true" : "false");
    json_put_list(out, "ids", leaks->ids, leaks->n_ids);
    text_add_char(out, '}');
}

int eval_json_put(struct text *out, const struct eval_analysis *analysis, struct error *err)
{
    text_add_char(out, '{');
    for (size_t i = 0; i < analysis->n_systems; i++) {
        if (i)
            open_member(out, "b");
        for (int level = 0; level < CASES_LEVELS; level++)
            if (put_level(out, analysis, i, (enum cases_level)level, err))
                return -1;
        if (i)
            text_add_char(out, '}');
    }
    if (analysis->n_systems == 2) {
        open_member(out, "paired");
        for (int level = 0; level < CASES_LEVELS; level++)
            put_pairs(out, analysis, (enum cases_level)level);
        text_add_char(out, '}');
    }
    if (analysis->has_training)
        put_leaks(out, analysis);
    eval_ledger_put_json(out, &analysis->ledger);
    text_add(out, "}\n");
    return 0;
}
