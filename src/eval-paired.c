/* Two systems beside each other: who is right where, and the tests.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "src/table-cells.h"
#include "src/eval-table.h"

#include <math.h>
#include <string.h>

static void put_flips(struct text *out, int width, const char *name, const struct paired_flips *flips)
{
    text_add(out, "  ");
    table_cells_name(out, width, name);
    text_add_format(out, "%9zu%9zu%9zu%9zu\n", flips->both, flips->only_a, flips->only_b, flips->neither);
}

static void put_table(struct text *out, const struct paired_table *table, bool relation)
{
    int width = (int)strlen("false positives");
    for (size_t i = 0; i < table->n_types; i++)
        width = table_cells_width(table->types[i].name, width);
    text_add_format(out, "Who is right: %s of GOLD\n", relation ? "pairs" : "entities");
    text_add_format(out, "  %-*s%9s%9s%9s%9s\n", width, "", "both", "A only", "B only", "neither");
    for (size_t i = 0; i < table->n_types; i++)
        put_flips(out, width, table->types[i].name, &table->types[i].flips);
    put_flips(out, width, "all", &table->total);
    text_add_format(out, "  %-*s%9zu%9zu%9zu\n\n", width, "false positives", table->wrong_both, table->wrong_a,
                    table->wrong_b);
}

/* Where one is right and the other is not: as what the other one's error counts. */
static void put_classes(struct text *out, const struct paired_table *table, bool relation)
{
    text_add_format(out, "Flips by class\n  %-18s%9s%9s\n", "error of the other", "A only", "B only");
    for (int class = TAXONOMY_CORRECT + 1; class < (int)taxonomy_n_classes(relation); class++) {
        size_t only_a = table->classes[TAXONOMY_CORRECT][class], only_b = table->classes[class][TAXONOMY_CORRECT];
        if (only_a || only_b)
            text_add_format(out, "  %-18s%9zu%9zu\n", taxonomy_class_name(relation, class), only_a, only_b);
    }
    text_add_char(out, '\n');
}

/* "p 0.0123", and where it is very small "p < 0.0001". */
static void put_p(struct text *out, double p)
{
    if (isnan(p))
        text_add(out, "p -");
    else if (p < 1e-4)
        text_add(out, "p < 0.0001");
    else
        text_add_format(out, "p %.4f", p);
}

static void put_interval(struct text *out, double value, double low, double high)
{
    if (isnan(value))
        text_add(out, "-");
    else
        text_add_format(out, "%+.2f", 100 * value);
    if (!isnan(low))
        text_add_format(out, " [%+.2f, %+.2f]", 100 * low, 100 * high);
}

static void put_tests(struct text *out, const struct eval_analysis *analysis, enum cases_level level)
{
    const struct paired_bootstrap *bootstrap = &analysis->pairs[level].bootstrap;
    const struct paired_mcnemar *mcnemar = &analysis->pairs[level].mcnemar;
    text_add_format(out, "B - A: %s (95 %% intervals)\n  F1        ",
                    level == CASES_RELATIONS ? "relations" : "entities");
    put_interval(out, bootstrap->delta, bootstrap->low, bootstrap->high);
    text_add(out, "  ");
    put_p(out, bootstrap->p);
    text_add_format(out, "  paired bootstrap over posts, %zu resamples, seed %llu\n", bootstrap->n_resamples,
                    (unsigned long long)analysis->seed);
    if (bootstrap->n_undefined)
        text_add_format(out, "            (%zu resamples without any label left out)\n", bootstrap->n_undefined);
    text_add(out, "  accuracy  ");
    put_interval(out, mcnemar->difference, mcnemar->low, mcnemar->high);
    text_add(out, "  ");
    put_p(out, mcnemar->p);
    text_add_format(out, "  McNemar over %s of GOLD: A only %zu, B only %zu",
                    level == CASES_RELATIONS ? "pairs" : "entities", mcnemar->only_a, mcnemar->only_b);
    if (mcnemar->exact)
        text_add(out, " (exact)\n\n");
    else
        text_add_format(out, " (chi-squared %.2f)\n\n", mcnemar->statistic);
}

void eval_paired_put(struct text *out, const struct eval_analysis *analysis, enum cases_level level)
{
    bool relation = level == CASES_RELATIONS;
    put_table(out, &analysis->pairs[level].table, relation);
    put_classes(out, &analysis->pairs[level].table, relation);
    put_tests(out, analysis, level);
}
