/* mmib eval: precision, recall and F1 of predictions against gold.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/json.h"
#include "corpora/score.h"
#include "corpora/text.h"
#include "src/corpus-arguments.h"
#include "src/eval-condition.h"
#include "src/eval-ledger.h"
#include "src/subcommands.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct corpus_arguments eval_arguments;
static const char *eval_pred_from, *eval_mode, *eval_fail_if;
static bool eval_json;

static const char *const mode_titles[] = {"seqeval default", "seqeval strict, IOB2"};

/* ---- JSON ---- */

static void put_ratio(struct text *out, const char *name, double ratio)
{
    json_put_name(out, name);
    if (isnan(ratio))
        text_add(out, "null");
    else
        json_put_number(out, ratio);
}

static void put_counts(struct text *out, const struct score_counts *counts)
{
    struct score_ratios ratios = score_ratios(counts);
    text_add_char(out, '{');
    put_ratio(out, "p", ratios.p);
    put_ratio(out, "r", ratios.r);
    put_ratio(out, "f1", ratios.f1);
    text_add_format(out, ", \"tp\": %zu, \"fp\": %zu, \"fn\": %zu}", counts->tp, counts->fp, counts->fn);
}

static void put_score(struct text *out, const char *name, const char *mode, const struct score *score)
{
    json_put_name(out, name);
    if (!score) {
        text_add(out, "null");
        return;
    }
    text_add_format(out, "{\"mode\": \"%s\", \"micro\": ", mode);
    put_counts(out, &score->micro);
    text_add(out, ", \"types\": {");
    for (size_t i = 0; i < score->n_types; i++) {
        json_put_name(out, score->types[i].name);
        put_counts(out, &score->types[i].counts);
    }
    text_add(out, "}}");
}

/* ---- Table ---- */

static void put_percent(struct text *out, double ratio)
{
    if (isnan(ratio))
        text_add_format(out, "%8s", "-");
    else
        text_add_format(out, "%8.2f", 100 * ratio);
}

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
    struct text cell = {0};
    json_put_text(&cell, name); /* shows control characters as escapes */
    int bytes = cell.failed ? 0 : (int)cell.n - 2;
    int padding = width - (cell.failed ? 0 : (int)utf8_code_points(cell.bytes) - 2);
    text_add_format(out, "  %.*s%*s", bytes, cell.failed ? "" : cell.bytes + 1, padding > 0 ? padding : 0, "");
    text_free(&cell);
    put_percent(out, ratios.p);
    put_percent(out, ratios.r);
    put_percent(out, ratios.f1);
    if (counts)
        text_add_format(out, "%7zu%7zu%7zu%s", counts->tp, counts->fp, counts->fn, reason(counts));
    text_add_char(out, '\n');
}

static void put_table(struct text *out, const struct score *score)
{
    int width = (int)strlen("weighted");
    for (size_t i = 0; i < score->n_types; i++) {
        int n = (int)utf8_code_points(score->types[i].name);
        width = n > width ? n : width;
    }
    text_add_format(out, "  %-*s%8s%8s%8s%7s%7s%7s\n", width, "", "P", "R", "F1", "TP", "FP", "FN");
    for (size_t i = 0; i < score->n_types; i++)
        put_row(out, width, score->types[i].name, score_ratios(&score->types[i].counts), &score->types[i].counts);
    put_row(out, width, "micro", score_ratios(&score->micro), &score->micro);
    put_row(out, width, "macro", score_macro(score), NULL);
    put_row(out, width, "weighted", score_weighted(score), NULL);
}

static void put_entities_table(struct text *out, const struct score *score, enum score_mode mode)
{
    text_add_format(out, "Entities (%s)\n", mode_titles[mode]);
    put_table(out, score);
    if (score->n_invalid_gold || score->n_invalid_predicted)
        text_add_format(out, "  %s: %zu of GOLD, %zu of PRED that start with I-\n",
                        mode == SCORE_STRICT ? "left out" : "counted", score->n_invalid_gold,
                        score->n_invalid_predicted);
    text_add_char(out, '\n');
}

static void put_relations_table(struct text *out, const struct score *score)
{
    text_add_format(out, "Relations (MNRE, without None; %zu pairs of GOLD)\n", score->n_pairs);
    put_table(out, score);
    if (score->n_outside)
        text_add_format(out, "  not counted: %zu predicted on pairs that GOLD lacks\n", score->n_outside);
    text_add_char(out, '\n');
}

/* ---- The command ---- */

struct evaluation {
    struct corpus *gold, *predicted;
    bool has_entities;         /* scored at all */
    struct score entities[2]; /* by mode */
    struct score relations;
    struct eval_ledger ledger; /* of the mode that is scored first */
};

static void evaluation_free(struct evaluation *evaluation)
{
    score_free(&evaluation->entities[SCORE_DEFAULT]);
    score_free(&evaluation->entities[SCORE_STRICT]);
    score_free(&evaluation->relations);
    eval_ledger_free(&evaluation->ledger);
    corpus_free(evaluation->gold);
    corpus_free(evaluation->predicted);
}

static int evaluation_read(struct evaluation *out, char **paths, enum score_mode mode, struct error *err)
{
    struct corpus_options options;
    if (!strcmp(paths[0], "-") && !strcmp(paths[1], "-"))
        return error_set(err, ERROR_USAGE, "standard input cannot be both GOLD and PRED");
    if (corpus_arguments_options(&eval_arguments, &options, err))
        return -1;
    struct corpus_options pred_options = options;
    if (corpus_arguments_format("pred-from", eval_pred_from, &pred_options.from, err) ||
        corpus_read(paths[0], &options, &out->gold, err) ||
        corpus_read(paths[1], &pred_options, &out->predicted, err) ||
        score_check_pairs(out->gold, out->predicted, err))
        return -1;
    /* The entities of MNRE lines are given, and typed by the relations' labels: to score them would say nothing. */
    out->has_entities = out->gold->format != FORMAT_MNRE && out->predicted->format != FORMAT_MNRE;
    if (score_entities(out->gold, out->predicted, SCORE_DEFAULT, &out->entities[SCORE_DEFAULT], err) ||
        score_entities(out->gold, out->predicted, SCORE_STRICT, &out->entities[SCORE_STRICT], err))
        return -1;
    if (score_relations(out->gold, out->predicted, &out->relations, err))
        return -1;
    return eval_ledger_make(out->gold, out->predicted, &options, !out->has_entities, mode, &out->ledger, err);
}

/* A type that one side lacks altogether is often a name that should be mapped. */
static void warn_one_sided(const struct score *score)
{
    for (size_t i = 0; i < score->n_types; i++) {
        const struct score_counts *counts = &score->types[i].counts;
        bool in_gold = counts->tp + counts->fn, predicted = counts->tp + counts->fp;
        struct error line;
        if (in_gold && predicted)
            continue;
        error_set(&line, ERROR_NONE, "warning: type %s occurs in %s only (--map OLD=NEW renames types)",
                  score->types[i].name, in_gold ? "GOLD" : "PRED");
        fprintf(stderr, "mmib: %s\n", line.message);
    }
}

/* GOLD should hold what people said. Proposals beside that would be scored as if they were. */
static void warn_proposals(const struct corpus *gold)
{
    size_t n_said = 0, n_proposed = 0;
    for (size_t i = 0; i < gold->n_posts; i++)
        for (size_t k = 0; k < gold->posts[i].n_entities; k++) {
            bool proposed = provenance_is_proposal(&gold->posts[i].entities[k].origin);
            n_proposed += proposed;
            n_said += !proposed;
        }
    if (n_said && n_proposed)
        fprintf(stderr, "mmib: warning: %zu of GOLD's entities are proposals that nobody accepted; they count\n",
                n_proposed);
}

static bool has_any(const struct score *score)
{
    return score->n_types || score->n_pairs;
}

static int evaluation_print(const struct evaluation *evaluation, enum score_mode mode)
{
    struct text out = {0};
    if (eval_json) {
        text_add_char(&out, '{');
        put_score(&out, "ner", score_mode_name(mode), evaluation->has_entities ? &evaluation->entities[mode] : NULL);
        put_score(&out, "re", "mnre", &evaluation->relations);
        eval_ledger_put_json(&out, &evaluation->ledger);
        text_add(&out, "}\n");
    } else {
        if (!evaluation->has_entities)
            text_add(&out, "Entities: not scored (those of MNRE are given)\n\n");
        else
            put_entities_table(&out, &evaluation->entities[mode], mode);
        if (evaluation->has_entities && !eval_mode)
            put_entities_table(&out, &evaluation->entities[SCORE_STRICT], SCORE_STRICT);
        if (has_any(&evaluation->relations))
            put_relations_table(&out, &evaluation->relations);
        else
            text_add(&out, "Relations: GOLD has none\n\n");
        eval_ledger_put_table(&out, &evaluation->ledger);
        if (out.n) /* no blank line at the end */
            out.bytes[--out.n] = '\0';
    }
    if (out.failed) {
        text_free(&out);
        fputs("mmib: eval: out of memory\n", stderr);
        return ERROR_IO;
    }
    fputs(out.bytes, stdout);
    text_free(&out);
    return 0;
}

static int evaluation_report(const struct evaluation *evaluation, enum score_mode mode)
{
    const struct eval_scores scores = {evaluation->has_entities ? &evaluation->entities[mode] : NULL,
                                       &evaluation->relations};
    struct error err, why;
    bool holds = false;
    if (eval_fail_if && eval_condition_check(eval_fail_if, &scores, &holds, &why, &err))
        return report_error(&err);
    if (evaluation->has_entities) {
        warn_one_sided(&evaluation->entities[mode]);
        warn_proposals(evaluation->gold);
    }
    int code = evaluation_print(evaluation, mode);
    return code ? code : holds ? report_error(&why) : 0;
}

static int eval_run(int n_arguments, char **arguments)
{
    struct evaluation evaluation = {0};
    struct error err;
    int mode = eval_mode ? score_mode_from_name(eval_mode) : SCORE_DEFAULT;
    (void)n_arguments;
    if (mode < 0) {
        error_set(&err, ERROR_USAGE, "--mode: %s is neither default nor strict", eval_mode);
        return report_error(&err);
    }
    int code = evaluation_read(&evaluation, arguments, (enum score_mode)mode, &err)
                   ? report_error(&err)
                   : evaluation_report(&evaluation, (enum score_mode)mode);
    evaluation_free(&evaluation);
    return code;
}

static const struct option_spec eval_options[] = {
    {"mode", 0, OPTION_TEXT, "MODE", "default (an I- may start an entity) or strict (IOB2); else both",
     &eval_mode},
    CORPUS_OPTION_FROM(eval_arguments),
    {"pred-from", 0, OPTION_TEXT, "FORMAT", "format of PRED", &eval_pred_from},
    CORPUS_OPTION_MAP(eval_arguments),
    {"fail-if", 0, OPTION_TEXT, "CONDITION", "exit with 1 if it holds, as in 'PER.f1<0.86 or re.f1<0.6'",
     &eval_fail_if},
    {"json", 0, OPTION_FLAG, NULL, "one JSON object, ratios as fractions", &eval_json},
    {0},
};

const struct subcommand eval_subcommand = {
    .name = "eval",
    .usage = "GOLD PRED",
    .summary = "score predictions: precision, recall, F1",
    .details = "Posts pair by their place and must have equal tokens. Entities are scored as seqeval does (default:\n"
               "an I- that continues nothing starts an entity; strict: it does not), relations as in MNRE, without None.",
    .options = eval_options,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = eval_run,
};
