/* SPDX-License-Identifier: Apache-2.0 */
#include "src/eval-table.h"

#include "src/table-cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MATRIX_NAMES_MAX = 8, MATRIX_NAME_CELLS = 7, CONFUSIONS_MAX = 20 };

static const char *const mode_titles[] = {"seqeval default", "seqeval strict, IOB2"};
static const char *const level_titles[] = {"entities", "relations"};

/* ", A" where there are two systems. */
static const char *system_suffix(const struct eval_analysis *analysis, size_t system)
{
    return analysis->n_systems == 1 ? "" : system ? ", B" : ", A";
}

/* ---- Scores ---- */

/* Why a ratio is undefined. */
static const char *reason(const struct score_counts *counts)
{
    bool predicted = counts->tp + counts->fp, gold = counts->tp + counts->fn;
    return predicted ? (gold ? "" : "  none in gold") : gold ? "  none predicted" : "  none on either side";
}

/* counts NULL = an average, which has none. */
static void put_row(struct text *out, int width, const char *name, struct score_ratios ratios,
                    const struct score_counts *counts)
{
    text_add(out, "  ");
    table_cells_name(out, width, name);
    table_cells_percent(out, ratios.p);
    table_cells_percent(out, ratios.r);
    table_cells_percent(out, ratios.f1);
    if (counts)
        text_add_format(out, "%7zu%7zu%7zu%s", counts->tp, counts->fp, counts->fn, reason(counts));
    text_add_char(out, '\n');
}

static void put_scores(struct text *out, const struct score *score)
{
    int width = (int)strlen("weighted");
    for (size_t i = 0; i < score->n_types; i++)
        width = table_cells_width(score->types[i].name, width);
    text_add_format(out, "  %-*s%8s%8s%8s%7s%7s%7s\n", width, "", "P", "R", "F1", "TP", "FP", "FN");
    for (size_t i = 0; i < score->n_types; i++)
        put_row(out, width, score->types[i].name, score_ratios(&score->types[i].counts), &score->types[i].counts);
    put_row(out, width, "micro", score_ratios(&score->micro), &score->micro);
    put_row(out, width, "macro", score_macro(score), NULL);
    put_row(out, width, "weighted", score_weighted(score), NULL);
}

static void put_entities(struct text *out, const struct eval_analysis *analysis, size_t system, enum score_mode mode)
{
    const struct score *score = &analysis->systems[system].entities[mode];
    text_add_format(out, "Entities (%s)%s\n", mode_titles[mode], system_suffix(analysis, system));
    put_scores(out, score);
    if (score->n_invalid_gold || score->n_invalid_predicted)
        text_add_format(out, "  %s: %zu of GOLD, %zu of PRED%s that start with I-\n",
                        mode == SCORE_STRICT ? "left out" : "counted", score->n_invalid_gold,
                        score->n_invalid_predicted, system ? "2" : "");
    text_add_char(out, '\n');
}

static void put_relations(struct text *out, const struct eval_analysis *analysis, size_t system)
{
    const struct score *score = &analysis->systems[system].relations;
    text_add_format(out, "Relations (MNRE, without None; %zu pairs of GOLD)%s\n", score->n_pairs,
                    system_suffix(analysis, system));
    put_scores(out, score);
    if (score->n_outside)
        text_add_format(out, "  not counted: %zu predicted on pairs that GOLD lacks\n", score->n_outside);
    text_add_char(out, '\n');
}

static void put_all_scores(struct text *out, const struct eval_analysis *analysis, bool one_mode)
{
    if (!analysis->has_entities)
        text_add(out, "Entities: not scored (those of MNRE are given)\n\n");
    for (size_t i = 0; analysis->has_entities && i < analysis->n_systems; i++) {
        put_entities(out, analysis, i, analysis->mode);
        if (!one_mode)
            put_entities(out, analysis, i, SCORE_STRICT);
    }
    if (!eval_analysis_has(analysis, CASES_RELATIONS))
        text_add(out, "Relations: GOLD has none\n\n");
    for (size_t i = 0; eval_analysis_has(analysis, CASES_RELATIONS) && i < analysis->n_systems; i++)
        put_relations(out, analysis, i);
}

/* ---- Classes ---- */

static void put_class(struct text *out, const struct eval_analysis *analysis, enum cases_level level, int class)
{
    text_add_format(out, "  %-15s", taxonomy_class_name(level == CASES_RELATIONS, class));
    for (size_t i = 0; i < analysis->n_systems; i++) {
        const struct cases_total *total = &analysis->systems[i].cases->totals[level];
        const struct cases_tally *tally = &total->classes[class];
        text_add_format(out, "%7zu", tally->n);
        table_cells_real(out, class == TAXONOMY_CORRECT ? NAN : cases_points(total, &tally->counts));
        if (analysis->n_systems == 1)
            text_add_format(out, "%7zu%7zu%7zu", tally->counts.tp, tally->counts.fp, tally->counts.fn);
    }
    text_add_char(out, '\n');
}

/* The kinds of a boundary, those that occur. */
static void put_kinds(struct text *out, const struct eval_analysis *analysis, int class)
{
    for (int kind = TAXONOMY_KIND_SHORT; kind < TAXONOMY_KINDS; kind++) {
        size_t n = 0;
        for (size_t i = 0; i < analysis->n_systems; i++)
            n += analysis->systems[i].cases->totals[CASES_ENTITIES].kinds[class][kind];
        if (!n)
            continue;
        text_add_format(out, "    %-13s", taxonomy_kind_name(kind));
        for (size_t i = 0; i < analysis->n_systems; i++)
            text_add_format(out, "%7zu%s", analysis->systems[i].cases->totals[CASES_ENTITIES].kinds[class][kind],
                            i + 1 < analysis->n_systems ? "        " : "\n");
    }
}

static void put_classes(struct text *out, const struct eval_analysis *analysis, enum cases_level level)
{
    bool relation = level == CASES_RELATIONS;
    text_add_format(out, "Errors of %s, in points of F1\n  %-15s", level_titles[level], "");
    text_add_format(out, analysis->n_systems == 1 ? "%7s%8s%7s%7s%7s\n" : "%7s%8s%7s%8s\n",
                    analysis->n_systems == 1 ? "cases" : "A", "points", analysis->n_systems == 1 ? "TP" : "B",
                    analysis->n_systems == 1 ? "FP" : "points", "FN");
    for (int class = 0; class < (int)taxonomy_n_classes(relation); class++) {
        put_class(out, analysis, level, class);
        if (!relation)
            put_kinds(out, analysis, class);
    }
    text_add_format(out, "  %-15s", "gap to 100");
    for (size_t i = 0; i < analysis->n_systems; i++) {
        const struct cases_total *total = &analysis->systems[i].cases->totals[level];
        text_add_format(out, "%7s", "");
        table_cells_real(out, cases_points(total, &total->counts));
        if (analysis->n_systems == 1)
            text_add_format(out, "%7zu%7zu%7zu", total->counts.tp, total->counts.fp, total->counts.fn);
    }
    text_add(out, "\n\n");
}

/* ---- Confusions ---- */

struct confusion {
    size_t gold, predicted; /* places of names */
    size_t n;
};

static int compare_confusions(const void *left, const void *right)
{
    const struct confusion *a = left, *b = right;
    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return a->gold != b->gold ? (a->gold < b->gold ? -1 : 1) : a->predicted < b->predicted ? -1 : 1;
}

static const char *name_at(const struct cases_total *total, size_t place)
{
    return place < total->n_names ? total->names[place]->name : "none";
}

/* The most frequent ones: for many or long names. */
static int put_confusions(struct text *out, const struct cases_total *total, const size_t *cells, struct error *err)
{
    size_t width = total->n_names + 1, n = 0;
    struct confusion *list = calloc(width * width, sizeof *list); /* the matrix itself was of this size */
    if (!list)
        return error_memory(err, "the confusion matrix");
    for (size_t gold = 0; gold < width; gold++)
        for (size_t predicted = 0; predicted < width; predicted++)
            if (gold != predicted && cells[gold * width + predicted])
                list[n++] = (struct confusion){gold, predicted, cells[gold * width + predicted]};
    if (n)
        qsort(list, n, sizeof *list, compare_confusions);
    text_add_format(out, "  %7s  gold -> predicted\n", "n");
    for (size_t i = 0; i < n && i < CONFUSIONS_MAX; i++) {
        text_add_format(out, "  %7zu  ", list[i].n);
        table_cells_name(out, 0, name_at(total, list[i].gold));
        text_add(out, " -> ");
        table_cells_name(out, 0, name_at(total, list[i].predicted));
        text_add_char(out, '\n');
    }
    if (n > CONFUSIONS_MAX)
        text_add_format(out, "  and %zu more pairs of labels\n", n - CONFUSIONS_MAX);
    free(list);
    return 0;
}

static void put_square(struct text *out, const struct cases_total *total, const size_t *cells, const size_t *places,
                       size_t n)
{
    size_t width = total->n_names + 1;
    text_add_format(out, "  %-*s", MATRIX_NAME_CELLS, "");
    for (size_t i = 0; i <= n; i++)
        text_add_format(out, "%8s", name_at(total, places[i]));
    text_add(out, "  predicted\n");
    for (size_t i = 0; i <= n; i++) {
        text_add_format(out, "  %-*s", MATRIX_NAME_CELLS, name_at(total, places[i]));
        for (size_t k = 0; k <= n; k++)
            text_add_format(out, "%8zu", cells[places[i] * width + places[k]]);
        text_add_char(out, '\n');
    }
    text_add(out, "  gold\n");
}

/* Short names of printable ASCII only: the others are listed, escaped where needed. */
static bool is_short(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++)
        if (name[i] < ' ' || name[i] > '~')
            return false;
    return n <= MATRIX_NAME_CELLS;
}

static int put_matrix(struct text *out, const struct eval_analysis *analysis, size_t system, enum cases_level level,
                      struct error *err)
{
    const struct cases *cases = analysis->systems[system].cases;
    const struct cases_total *total = &cases->totals[level];
    size_t *cells = NULL, *places = NULL, n = 0;
    int failed = cases_matrix(cases, level, &cells, err) || cases_sorted_names(cases, level, &places, &n, err);
    if (!failed && n) {
        bool square = n <= MATRIX_NAMES_MAX;
        for (size_t i = 0; i < n; i++)
            square = square && is_short(total->names[places[i]]->name);
        places[n] = total->n_names;
        text_add_format(out, "Confusions of %s%s\n", level_titles[level], system_suffix(analysis, system));
        if (square)
            put_square(out, total, cells, places, n);
        else
            failed = put_confusions(out, total, cells, err);
        text_add_char(out, '\n');
    }
    free(cells);
    free(places);
    return failed;
}

/* ---- SemEval ---- */

static void put_semeval(struct text *out, const struct eval_analysis *analysis, size_t system)
{
    struct semeval_counts counts[SEMEVAL_SCHEMES];
    semeval_count(analysis->systems[system].cases, counts);
    text_add_format(out, "Entities (SemEval-2013 task 9.1)%s\n", system_suffix(analysis, system));
    text_add_format(out, "  %-8s%8s%8s%8s%7s%7s%7s%7s%7s\n", "", "P", "R", "F1", "COR", "INC", "PAR", "MIS", "SPU");
    for (int i = 0; i < SEMEVAL_SCHEMES; i++) {
        struct score_ratios ratios = semeval_ratios(&counts[i]);
        text_add_format(out, "  %-8s", semeval_scheme_name((enum semeval_scheme)i));
        table_cells_percent(out, ratios.p);
        table_cells_percent(out, ratios.r);
        table_cells_percent(out, ratios.f1);
        text_add_format(out, "%7zu%7zu%7zu%7zu%7zu\n", counts[i].correct, counts[i].incorrect, counts[i].partial,
                        counts[i].missed, counts[i].spurious);
    }
    text_add_char(out, '\n');
}

/* ---- Buckets ---- */

static size_t bucket_cases(const struct eval_analysis *analysis, enum cases_level level, int attribute, int value)
{
    size_t n = 0;
    for (size_t i = 0; i < analysis->n_systems; i++)
        n += analysis->systems[i].buckets[level].rows[attribute][value].n;
    return n;
}

static double bucket_f1(const struct eval_analysis *analysis, size_t system, enum cases_level level, int attribute,
                        int value)
{
    return score_ratios(&analysis->systems[system].buckets[level].rows[attribute][value].counts).f1;
}

static void put_bucket(struct text *out, const struct eval_analysis *analysis, enum cases_level level, int attribute,
                       int value)
{
    text_add_format(out, "    %-14s", bucket_value_name((enum bucket_attribute)attribute, value));
    for (size_t i = 0; i < analysis->n_systems; i++) {
        const struct cases_tally *row = &analysis->systems[i].buckets[level].rows[attribute][value];
        text_add_format(out, "%7zu", row->n);
        table_cells_percent(out, bucket_f1(analysis, i, level, attribute, value));
        if (analysis->n_systems == 1)
            text_add_format(out, "%7zu%7zu%7zu", row->counts.tp, row->counts.fp, row->counts.fn);
    }
    if (analysis->n_systems == 2)
        table_cells_percent(out, bucket_f1(analysis, 1, level, attribute, value) -
                                    bucket_f1(analysis, 0, level, attribute, value));
    text_add_char(out, '\n');
}

/* Attributes that tell cases apart: with one bucket for all, there is nothing to see. */
static void put_buckets(struct text *out, const struct eval_analysis *analysis, enum cases_level level)
{
    text_add_format(out, "Buckets of %s\n  %-16s", level_titles[level], "");
    text_add_format(out, analysis->n_systems == 1 ? "%7s%8s%7s%7s%7s\n" : "%7s%8s%7s%8s%8s\n",
                    analysis->n_systems == 1 ? "cases" : "A", "F1", analysis->n_systems == 1 ? "TP" : "B",
                    analysis->n_systems == 1 ? "FP" : "F1", analysis->n_systems == 1 ? "FN" : "B - A");
    for (int attribute = 0; attribute < BUCKET_ATTRIBUTES; attribute++) {
        int n_values = (int)bucket_n_values((enum bucket_attribute)attribute), n_used = 0;
        for (int value = 0; value < n_values; value++)
            n_used += bucket_cases(analysis, level, attribute, value) > 0;
        if (n_used < 2)
            continue;
        text_add_format(out, "  %s\n", bucket_attribute_title((enum bucket_attribute)attribute));
        for (int value = 0; value < n_values; value++)
            if (bucket_cases(analysis, level, attribute, value))
                put_bucket(out, analysis, level, attribute, value);
    }
    text_add_char(out, '\n');
}

/* ---- All of it ---- */

static void put_systems(struct text *out, const struct eval_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_systems; i++) {
        text_add(out, i ? ", B: " : "A: ");
        table_cells_name(out, 0, analysis->systems[i].corpus->path);
    }
    text_add(out, "\n\n");
}

static void put_leaks(struct text *out, const struct eval_analysis *analysis)
{
    const struct eval_analysis_leaks *leaks = &analysis->leaks;
    text_add_format(out, "Leaked: %zu of %zu posts are in training too (text %zu, picture %zu)%s\n\n", leaks->n_any,
                    leaks->n_posts, leaks->n_text, leaks->n_picture,
                    !leaks->n_any              ? ""
                    : analysis->without_leaked ? "; left out"
                                               : "; they count (--without-leaked leaves them out)");
}

static int put_level(struct text *out, const struct eval_analysis *analysis, enum cases_level level, struct error *err)
{
    size_t n_systems = analysis->n_systems;
    for (size_t i = 0; level == CASES_ENTITIES && i < n_systems; i++)
        put_semeval(out, analysis, i);
    put_classes(out, analysis, level);
    for (size_t i = 0; i < n_systems; i++)
        if (put_matrix(out, analysis, i, level, err))
            return -1;
    put_buckets(out, analysis, level);
    if (n_systems == 2)
        eval_paired_put(out, analysis, level);
    return 0;
}

int eval_table_put(struct text *out, const struct eval_analysis *analysis, const struct eval_table_options *options,
                   struct error *err)
{
    if (analysis->n_systems == 2)
        put_systems(out, analysis);
    if (analysis->has_training)
        put_leaks(out, analysis);
    put_all_scores(out, analysis, options->one_mode);
    for (int i = 0; !options->scores_only && i < CASES_LEVELS; i++) {
        enum cases_level level = (enum cases_level)i;
        if (eval_analysis_has(analysis, level) && put_level(out, analysis, level, err))
            return -1;
    }
    if (!options->scores_only)
        eval_ledger_put_table(out, &analysis->ledger);
    if (out->n && !out->failed) /* no blank line at the end */
        out->bytes[--out->n] = '\0';
    return 0;
}
