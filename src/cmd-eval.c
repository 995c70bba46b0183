/* mmib eval: how good predictions are, what is wrong with them, and which of two systems is better.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/score.h"
#include "corpora/text.h"
#include "src/corpus-arguments.h"
#include "src/eval-analysis.h"
#include "src/eval-condition.h"
#include "src/eval-figures.h"
#include "src/eval-json.h"
#include "src/eval-table.h"
#include "src/subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct corpus_arguments eval_arguments;
static const char *eval_pred_from, *eval_mode, *eval_fail_if, *eval_train_images;
static struct option_texts eval_train;
static size_t eval_resamples = PAIRED_RESAMPLES, eval_seed = PAIRED_SEED;
static bool eval_json, eval_scores_only, eval_without_leaked;

static int request_make(char **paths, int n_paths, struct eval_analysis_request *out, struct error *err)
{
    int mode = eval_mode ? score_mode_from_name(eval_mode) : SCORE_DEFAULT;
    *out = (struct eval_analysis_request){
        .paths = {paths[0], paths[1], n_paths > 2 ? paths[2] : NULL},
        .train = eval_train.values,
        .n_train = eval_train.n,
        .mode = mode < 0 ? SCORE_DEFAULT : (enum score_mode)mode,
        .without_leaked = eval_without_leaked,
        .n_resamples = eval_resamples,
        .seed = eval_seed,
    };
    if (mode < 0)
        return error_set(err, ERROR_USAGE, "--mode: %s is neither default nor strict", eval_mode);
    if (!eval_resamples || eval_resamples > PAIRED_RESAMPLES_MAX)
        return error_set(err, ERROR_USAGE, "--resamples: 1 to %d", PAIRED_RESAMPLES_MAX);
    if (eval_without_leaked && !eval_train.n)
        return error_set(err, ERROR_USAGE, "--without-leaked: --train says what leaked posts are looked for in");
    if (corpus_arguments_options(&eval_arguments, &out->gold, err))
        return -1;
    out->predicted = out->training = out->gold;
    out->training.from = FORMAT_UNKNOWN;
    out->training.images = eval_train_images;
    return corpus_arguments_format("pred-from", eval_pred_from, &out->predicted.from, err);
}

/* ---- Warnings ---- */

/* A type that one side lacks altogether is often a name that should be mapped. */
static void warn_one_sided(const struct score *score, const char *predicted_name)
{
    for (size_t i = 0; i < score->n_types; i++) {
        const struct score_counts *counts = &score->types[i].counts;
        bool in_gold = counts->tp + counts->fn, predicted = counts->tp + counts->fp;
        struct error line;
        if (in_gold && predicted)
            continue;
        error_set(&line, ERROR_NONE, "warning: type %s occurs in %s only (--map OLD=NEW renames types)",
                  score->types[i].name, in_gold ? "GOLD" : predicted_name);
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

static void warn_all(const struct eval_analysis *analysis)
{
    for (size_t i = 0; analysis->has_entities && i < analysis->n_systems; i++)
        warn_one_sided(&analysis->systems[i].entities[analysis->mode], i ? "PRED2" : "PRED");
    if (analysis->has_entities)
        warn_proposals(analysis->gold);
    if (eval_json && analysis->leaks.n_any && !analysis->without_leaked) /* the table says so */
        fprintf(stderr, "mmib: warning: %zu of %zu posts are in training too (--without-leaked leaves them out)\n",
                analysis->leaks.n_any, analysis->leaks.n_posts);
}

/* ---- The command ---- */

static int analysis_print(const struct eval_analysis *analysis, struct error *err)
{
    const struct eval_table_options options = {.one_mode = eval_mode != NULL, .scores_only = eval_scores_only};
    struct text out = {0};
    int failed = eval_json ? eval_json_put(&out, analysis, err) : eval_table_put(&out, analysis, &options, err);
    if (!failed && out.failed)
        failed = error_memory(err, "eval");
    if (!failed && (fputs(out.bytes, stdout) == EOF || fflush(stdout)))
        failed = error_errno(err, "standard output");
    text_free(&out);
    return failed;
}

/* Does the condition hold? Then *why_out says so. */
static int analysis_check(const struct eval_analysis *analysis, bool *holds_out, struct error *why_out,
                          struct error *err)
{
    struct eval_figures figures;
    *holds_out = false;
    if (!eval_fail_if)
        return 0;
    if (eval_figures_make(analysis, &figures))
        return error_memory(err, "eval");
    const struct eval_scores scores = {eval_analysis_score(analysis, 0, CASES_ENTITIES),
                                       eval_analysis_score(analysis, 0, CASES_RELATIONS), &figures};
    int failed = eval_condition_check(eval_fail_if, &scores, holds_out, why_out, err);
    eval_figures_free(&figures);
    return failed;
}

static int eval_run(int n_arguments, char **arguments)
{
    struct eval_analysis_request request;
    struct eval_analysis analysis;
    struct error err, why;
    bool holds;
    if (request_make(arguments, n_arguments, &request, &err) || eval_analysis_make(&request, &analysis, &err))
        return report_error(&err);
    int failed = analysis_check(&analysis, &holds, &why, &err);
    if (!failed) {
        warn_all(&analysis);
        failed = analysis_print(&analysis, &err);
    }
    eval_analysis_free(&analysis);
    return failed ? report_error(&err) : holds ? report_error(&why) : 0;
}

static const struct option_spec eval_options[] = {
    {"mode", 0, OPTION_TEXT, "MODE", "default (an I- may start an entity) or strict (IOB2); else both",
     &eval_mode},
    CORPUS_OPTION_FROM(eval_arguments),
    {"pred-from", 0, OPTION_TEXT, "FORMAT", "format of PRED and PRED2", &eval_pred_from},
    CORPUS_OPTION_MAP(eval_arguments),
    CORPUS_OPTION_IMAGES(eval_arguments),
    CORPUS_OPTION_BOXES(eval_arguments),
    {"train", 0, OPTION_REPEAT, "FILE", "a training set: what was seen in it, and what leaked from it; repeatable",
     &eval_train},
    {"train-images", 0, OPTION_TEXT, "DIR", "folder of its pictures, instead of its own", &eval_train_images},
    {"without-leaked", 0, OPTION_FLAG, NULL, "leave posts out whose text or picture is in training",
     &eval_without_leaked},
    {"resamples", 0, OPTION_COUNT, "N", "of the bootstrap over posts, with PRED2 (1000)", &eval_resamples},
    {"seed", 0, OPTION_COUNT, "N", "of the bootstrap (1)", &eval_seed},
    {"fail-if", 0, OPTION_TEXT, "CONDITION", "exit with 1 if it holds, as in 'PER.f1<0.86 or re.f1<0.6'",
     &eval_fail_if},
    {"scores", 0, OPTION_FLAG, NULL, "print the scores only, without the analysis of errors", &eval_scores_only},
    {"json", 0, OPTION_FLAG, NULL, "one JSON object, ratios as fractions", &eval_json},
    {0},
};

const struct subcommand eval_subcommand = {
    .name = "eval",
    .usage = "GOLD PRED [PRED2]",
    .summary = "score predictions, class their errors, compare two systems",
    .details = "Posts pair by their place and must have equal tokens. Entities are scored as seqeval does (default:\n"
               "an I- that continues nothing starts an entity; strict: it does not), relations as in MNRE, without\n"
               "None. Every label gets one class of error; the points of the classes add up to 100 less the F1.",
    .options = eval_options,
    .min_arguments = 2,
    .max_arguments = 3,
    .run = eval_run,
};
