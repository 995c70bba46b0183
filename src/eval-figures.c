/* SPDX-License-Identifier: Apache-2.0 */
#include "src/eval-figures.h"

#include "corpora/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void eval_figures_free(struct eval_figures *figures)
{
    text_list_free(figures->names, figures->n);
    free(figures->values);
    name_table_free(&figures->places);
    *figures = (struct eval_figures){0};
}

static void add(struct eval_figures *figures, double value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(struct eval_figures *figures, double value, const char *format, ...)
{
    char name[512]; /* types of such length cannot be asked for */
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    if (figures->failed || n < 0 || n >= (int)sizeof name || name_table_peek(&figures->places, name))
        return;
    double *grown = array_grow(figures->values, figures->n, sizeof *grown);
    if (grown) {
        figures->values = grown;
        grown[figures->n] = value;
    }
    figures->failed = !grown || text_list_add(&figures->names, &figures->n, name) ||
                      name_table_add(&figures->places, figures->names[figures->n - 1], figures->n - 1, NULL) < 0;
}

static void add_ratios(struct eval_figures *figures, const char *prefix, const char *name, struct score_ratios ratios)
{
    add(figures, ratios.p, "%s%s.p", prefix, name);
    add(figures, ratios.r, "%s%s.r", prefix, name);
    add(figures, ratios.f1, "%s%s.f1", prefix, name);
}

static void add_counts(struct eval_figures *figures, const char *prefix, const char *name,
                       const struct score_counts *counts)
{
    add_ratios(figures, prefix, name, score_ratios(counts));
    add(figures, (double)counts->tp, "%s%s.tp", prefix, name);
    add(figures, (double)counts->fp, "%s%s.fp", prefix, name);
    add(figures, (double)counts->fn, "%s%s.fn", prefix, name);
}

static void add_score(struct eval_figures *figures, const char *prefix, const struct score *score)
{
    char micro[64]; /* "b.ner.f1" is short for "b.ner.micro.f1" */
    for (size_t i = 0; i < score->n_types; i++)
        add_counts(figures, prefix, score->types[i].name, &score->types[i].counts);
    add_counts(figures, prefix, "micro", &score->micro);
    add_ratios(figures, prefix, "macro", score_macro(score));
    add_ratios(figures, prefix, "weighted", score_weighted(score));
    snprintf(micro, sizeof micro, "%.*s", (int)strlen(prefix) - 1, prefix);
    add_counts(figures, "", micro, &score->micro);
}

static void add_classes(struct eval_figures *figures, const char *prefix, const struct cases_total *total,
                        bool relation)
{
    for (int class = 0; class < (int)taxonomy_n_classes(relation); class++) {
        const char *name = taxonomy_class_name(relation, class);
        add(figures, (double)total->classes[class].n, "%s%s.cases", prefix, name);
        add(figures, cases_points(total, &total->classes[class].counts), "%s%s.points", prefix, name);
        for (int kind = TAXONOMY_KIND_SHORT; kind < TAXONOMY_KINDS; kind++)
            if (class == TAXONOMY_BOUNDARY || class == TAXONOMY_BOUNDARY_TYPE)
                add(figures, (double)total->kinds[class][kind], "%s%s.%s.cases", prefix, name,
                    taxonomy_kind_name(kind));
    }
    add(figures, cases_points(total, &total->counts), "%sgap", prefix);
}

static void add_buckets(struct eval_figures *figures, const char *prefix, const struct buckets *buckets)
{
    for (int attribute = 0; attribute < BUCKET_ATTRIBUTES; attribute++)
        for (int value = 0; value < (int)bucket_n_values((enum bucket_attribute)attribute); value++) {
            char name[64];
            snprintf(name, sizeof name, "%s.%s", bucket_attribute_name((enum bucket_attribute)attribute),
                     bucket_value_name((enum bucket_attribute)attribute, value));
            add(figures, (double)buckets->rows[attribute][value].n, "%s%s.n", prefix, name);
            add_counts(figures, prefix, name, &buckets->rows[attribute][value].counts);
        }
}

static void add_entities(struct eval_figures *figures, const char *prefix, const struct eval_analysis_system *system)
{
    struct semeval_counts counts[SEMEVAL_SCHEMES];
    for (int mode = 0; mode < 2; mode++) {
        char within[64];
        snprintf(within, sizeof within, "%s%s.", prefix, score_mode_name((enum score_mode)mode));
        add_score(figures, within, &system->entities[mode]);
    }
    add(figures, (double)system->entities[SCORE_DEFAULT].n_invalid_gold, "%sinvalid.gold", prefix);
    add(figures, (double)system->entities[SCORE_DEFAULT].n_invalid_predicted, "%sinvalid.predicted", prefix);
    semeval_count(system->cases, counts);
    for (int i = 0; i < SEMEVAL_SCHEMES; i++) {
        char name[64];
        snprintf(name, sizeof name, "semeval.%s", semeval_scheme_name((enum semeval_scheme)i));
        add_ratios(figures, prefix, name, semeval_ratios(&counts[i]));
    }
}

static void add_system(struct eval_figures *figures, const struct eval_analysis *analysis, size_t at)
{
    for (int level = 0; level < CASES_LEVELS; level++) {
        const struct score *score = eval_analysis_score(analysis, at, (enum cases_level)level);
        bool relation = level == CASES_RELATIONS;
        char prefix[16];
        if (!score)
            continue;
        snprintf(prefix, sizeof prefix, "%s%s.", at ? "b." : "", relation ? "re" : "ner");
        add_score(figures, prefix, score); /* first: a type that is called like a class stays a type */
        add_classes(figures, prefix, &analysis->systems[at].cases->totals[level], relation);
        if (!relation)
            add_entities(figures, prefix, &analysis->systems[at]);
        add_buckets(figures, prefix, &analysis->systems[at].buckets[level]);
    }
}

static void add_pairs(struct eval_figures *figures, const struct eval_analysis_pairs *pairs, const char *prefix)
{
    const struct paired_flips *flips = &pairs->table.total;
    add(figures, pairs->bootstrap.delta, "%s.delta.f1", prefix);
    add(figures, pairs->bootstrap.low, "%s.delta.low", prefix);
    add(figures, pairs->bootstrap.high, "%s.delta.high", prefix);
    add(figures, pairs->bootstrap.p, "%s.delta.p", prefix);
    add(figures, pairs->mcnemar.p, "%s.mcnemar.p", prefix);
    add(figures, pairs->mcnemar.difference, "%s.mcnemar.difference", prefix);
    add(figures, pairs->mcnemar.low, "%s.mcnemar.low", prefix);
    add(figures, pairs->mcnemar.high, "%s.mcnemar.high", prefix);
    add(figures, (double)flips->both, "%s.flips.both", prefix);
    add(figures, (double)flips->only_a, "%s.flips.only_a", prefix);
    add(figures, (double)flips->only_b, "%s.flips.only_b", prefix);
    add(figures, (double)flips->neither, "%s.flips.neither", prefix);
}

int eval_figures_make(const struct eval_analysis *analysis, struct eval_figures *out)
{
    *out = (struct eval_figures){0};
    for (size_t i = 0; i < analysis->n_systems; i++)
        add_system(out, analysis, i);
    for (int level = 0; analysis->n_systems == 2 && level < CASES_LEVELS; level++)
        if (eval_analysis_has(analysis, (enum cases_level)level))
            add_pairs(out, &analysis->pairs[level], level == CASES_RELATIONS ? "re" : "ner");
    if (analysis->has_training) {
        add(out, (double)analysis->leaks.n_any, "leaked.posts");
        add(out, (double)analysis->leaks.n_text, "leaked.text");
        add(out, (double)analysis->leaks.n_picture, "leaked.picture");
    }
    if (!out->failed)
        return 0;
    eval_figures_free(out);
    return -1;
}

bool eval_figures_find(const struct eval_figures *figures, const char *name, double *out)
{
    static const char *const levels[] = {"", "ner.", "re."};
    const char *head = strncmp(name, "b.", 2) ? "" : "b.", *tail = name + strlen(head);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        char full[512];
        if (snprintf(full, sizeof full, "%s%s%s", head, levels[i], tail) >= (int)sizeof full)
            continue;
        const struct name_slot *slot = name_table_peek(&figures->places, full);
        if (slot) {
            *out = figures->values[slot->value];
            return true;
        }
    }
    return false;
}
