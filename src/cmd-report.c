/* mmib report: cases of gold against a system as one HTML page.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/files.h"
#include "corpora/score.h"
#include "src/model-run.h"
#include "src/predicted.h"
#include "src/progress.h"
#include "src/report.h"
#include "src/subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { REPORT_LIMIT = 200 };

static struct model_run_arguments report_arguments;
static const char *report_gold, *report_pred, *report_pred_from, *report_said, *report_words;
static struct option_texts report_classes, report_types;
static size_t report_limit = REPORT_LIMIT, report_seed;

/* ---- What is compared ---- */

struct report_run {
    struct corpus *gold, *predicted;
    struct mmib *model;
    struct picture_pool *pool;
    char *folder, *name;
    struct cases *cases;
    struct eval_ledger ledger;
};

static void run_free(struct report_run *run)
{
    picture_pool_free(run->pool);
    mmib_close(run->model);
    cases_free(run->cases);
    eval_ledger_free(&run->ledger);
    corpus_free(run->predicted);
    corpus_free(run->gold);
    free(run->folder);
    free(run->name);
}

/* Gold's posts once more, for the labels of the model of that name, which verdicts know it by. */
static struct corpus *run_copy(const struct corpus *gold, const char *name)
{
    struct corpus *copy = calloc(1, sizeof *copy);
    if (!copy)
        return NULL;
    copy->format = gold->format;
    copy->path = strdup(name);
    copy->posts = calloc(gold->n_posts + 1, sizeof *copy->posts);
    int failed = !copy->path || !copy->posts || schema_copy(&gold->schema, &copy->schema);
    for (; !failed && copy->n_posts < gold->n_posts; copy->n_posts += !failed)
        failed = post_copy(&gold->posts[copy->n_posts], &copy->posts[copy->n_posts]);
    if (failed) {
        corpus_free(copy);
        return NULL;
    }
    return copy;
}

static int run_predict(struct report_run *run, struct error *err)
{
    bool given = run->gold->format == FORMAT_MNRE || !mmib_config(run->model)->ner.present;
    struct progress progress;
    int result = 0;
    if (!(run->predicted = run_copy(run->gold, run->name)) || predicted_extend_schema(&run->predicted->schema, run->model))
        return error_memory(err, run->gold->path);
    const struct analysis_options options = {.images = run->folder,
                                             .no_image = !run->folder,
                                             .pairs = given ? PAIRS_GIVEN : PAIRS_PROPOSED,
                                             .schema = given ? NULL : &run->predicted->schema};
    progress_start(&progress, "posts", run->gold->n_posts, report_arguments.quiet);
    for (size_t first = 0; !result && first < run->gold->n_posts; first += MODEL_RUN_BATCH) {
        const struct post *posts[MODEL_RUN_BATCH];
        struct analysis *analyses[MODEL_RUN_BATCH];
        size_t n = 0;
        for (; n < MODEL_RUN_BATCH && first + n < run->gold->n_posts; n++)
            posts[n] = &run->gold->posts[first + n];
        if (analysis_run(run->model, posts, n, &options, analyses, err)) {
            result = -1;
            break;
        }
        for (size_t i = 0; i < n; i++) {
            if (!result && predicted_put(&run->predicted->posts[first + i], analyses[i], given))
                result = error_memory(err, run->gold->path);
            analysis_free(analyses[i]);
        }
        progress_show(&progress, first + n);
    }
    progress_end(&progress);
    return result;
}

static const struct post *run_post_at(void *context, size_t index)
{
    const struct corpus *corpus = context;
    return &corpus->posts[index];
}

static int run_open_model(struct report_run *run, struct error *err)
{
    char *directory = model_run_directory(report_arguments.model, err);
    if (!directory)
        return -1;
    run->model = mmib_open(directory, report_arguments.threads, err);
    free(directory);
    if (!run->model)
        return -1;
    const struct picture_pool_options options = {.folder = run->folder,
                                                 .seed = report_seed,
                                                 .n_posts = run->gold->n_posts,
                                                 .post = run_post_at,
                                                 .context = run->gold};
    if (!(run->name = strdup(mmib_name(run->model))))
        return error_memory(err, run->gold->path);
    return !run->folder || (run->pool = picture_pool_new(&options, err)) ? 0 : -1;
}

static int run_open(const char *path, struct report_run *run, struct error *err)
{
    struct corpus_options options;
    *run = (struct report_run){0};
    if (corpus_arguments_options(&report_arguments.corpus, &options, err))
        return -1;
    struct corpus_options pred_options = options;
    pred_options.images = pred_options.boxes = NULL;
    if (corpus_arguments_format("pred-from", report_pred_from, &pred_options.from, err) ||
        corpus_read(path, &options, &run->gold, err))
        return -1;
    if (!report_arguments.no_image && !(run->folder = corpus_image_folder(run->gold)))
        return error_memory(err, path);
    if (report_pred) {
        if (corpus_read(report_pred, &pred_options, &run->predicted, err) ||
            score_check_pairs(run->gold, run->predicted, err))
            return -1;
        if (!(run->name = file_last_part(report_pred)))
            return error_memory(err, report_pred);
    } else if (run_open_model(run, err) || run_predict(run, err)) {
        return -1;
    }
    /* Entities that are given say nothing: those of MNRE, and those of a model that only labels pairs. */
    bool without_entities = run->gold->format == FORMAT_MNRE || run->predicted->format == FORMAT_MNRE ||
                            (run->model && !mmib_config(run->model)->ner.present);
    if (cases_of_corpora(run->gold, run->predicted, SCORE_DEFAULT, without_entities, &run->cases, err))
        return -1;
    return eval_ledger_make(run->gold, run->predicted, &options, without_entities, SCORE_DEFAULT, &run->ledger, err);
}

/* ---- The filter ---- */

static int filter_class(const char *name, struct report_filter *filter, struct error *err)
{
    bool known = false;
    for (int level = 0; level < CASES_LEVELS; level++) {
        int class = taxonomy_class_from_name(level == CASES_RELATIONS, name);
        if (class >= 0)
            filter->classes[level] |= UINT32_C(1) << class;
        if (!strcmp(name, "all"))
            filter->classes[level] = UINT32_MAX;
        known = known || class >= 0 || !strcmp(name, "all");
    }
    if (known)
        return 0;
    return error_set(err, ERROR_USAGE,
                     "--class %s: is none of correct, type, boundary, boundary+type, split, merge, missed, spurious, "
                     "direction, signature, argument and all",
                     name);
}

/* Without --class, all errors. */
static int filter_make(struct report_filter *out, struct error *err)
{
    *out = (struct report_filter){.types = report_types.values,
                                  .n_types = report_types.n,
                                  .verdict = report_said,
                                  .text = report_words,
                                  .limit = report_limit};
    if (report_said && !report_is_verdict(report_said))
        return error_set(err, ERROR_USAGE, "--verdict %s: is none of none, model, gold, both, unsure and differ",
                         report_said);
    for (size_t i = 0; i < report_classes.n; i++)
        if (filter_class(report_classes.values[i], out, err))
            return -1;
    for (int level = 0; !report_classes.n && level < CASES_LEVELS; level++)
        out->classes[level] = ~UINT32_C(1); /* class 0 is correct in both */
    return 0;
}

/* ---- The page ---- */

static int report_write(struct report *report, const char *path, long *bytes_out, struct error *err)
{
    struct file_writer writer;
    struct progress progress;
    size_t n = 0;
    if (file_writer_open(path, &writer, err))
        return -1;
    int result = report_put_head(report, writer.stream, err);
    progress_start(&progress, "pages", report->n_posts, report_arguments.quiet || !report->model);
    for (size_t i = 0; !result && n < report->n_posts && i < report->cases->n_posts; i++) {
        bool any = false;
        for (size_t k = 0; !any && k < report->cases->posts[i].n; k++)
            any = report_fits(report, i, &report->cases->posts[i].entries[k]);
        if (!any)
            continue;
        result = report_put_post(report, i, writer.stream, err);
        progress_show(&progress, ++n);
    }
    progress_end(&progress);
    if (result) {
        file_writer_abandon(&writer);
        return -1;
    }
    report_put_foot(writer.stream);
    *bytes_out = ftell(writer.stream);
    return file_writer_finish(&writer, err);
}

/* A corpus without any relation has just not been asked for them: what a model says there is not wrong. */
static void report_levels(const struct report_run *run, bool levels[CASES_LEVELS])
{
    bool has_relations = false;
    for (size_t i = 0; !has_relations && i < run->gold->n_posts; i++)
        has_relations = run->gold->posts[i].n_relations > 0;
    levels[CASES_ENTITIES] = !run->cases->without_entities;
    levels[CASES_RELATIONS] = has_relations && (!run->model || mmib_config(run->model)->re.present);
}

static bool is_page(const char *path)
{
    size_t n = strlen(path);
    return (n > 5 && !strcasecmp(path + n - 5, ".html")) || (n > 4 && !strcasecmp(path + n - 4, ".htm"));
}

/* GOLD OUT.html, or OUT.html with --gold. What is no page is not written to: it might be a corpus. */
static int report_paths(int n, char **arguments, const char **gold, const char **page, struct error *err)
{
    *gold = n == 2 ? arguments[0] : report_gold;
    *page = arguments[n - 1];
    if (n == 2 ? report_gold != NULL : !report_gold)
        return error_set(err, ERROR_USAGE, "report: takes GOLD and OUT.html, or OUT.html and --gold FILE");
    if (!is_page(*page))
        return error_set(err, ERROR_USAGE, "%s: a report's name ends with .html", *page);
    if (report_pred && report_arguments.model)
        return error_set(err, ERROR_USAGE, "report: --pred and --model exclude each other");
    return 0;
}

static int report_run(int n_arguments, char **arguments)
{
    struct report_run run = {0};
    struct report_filter filter;
    struct error err;
    const char *gold, *page;
    long bytes = 0;
    if (report_paths(n_arguments, arguments, &gold, &page, &err) || filter_make(&filter, &err))
        return report_error(&err);
    if (run_open(gold, &run, &err)) {
        run_free(&run);
        return report_error(&err);
    }
    struct report report = {.gold = run.gold,
                            .predicted = run.predicted,
                            .system = run.name,
                            .cases = run.cases,
                            .ledger = &run.ledger,
                            .filter = filter,
                            .folder = run.folder,
                            .model = run.model,
                            .pool = run.pool};
    report_levels(&run, report.levels);
    report_count(&report);
    int result = report_write(&report, page, &bytes, &err);
    if (!result && !report_arguments.quiet)
        fprintf(stderr, "mmib: %s: %zu cases in %zu posts of %zu that fit, %zu with a picture, %.1f MB\n", page,
                report.n_cases, report.n_posts, report.n_fit_posts, report.n_pictures, (double)bytes / 1e6);
    run_free(&run);
    return result ? report_error(&err) : 0;
}

static const struct option_spec report_options[] = {
    {"pred", 0, OPTION_TEXT, "FILE", "predicted labels of the same posts, in any format", &report_pred},
    {"model", 0, OPTION_TEXT, "DIR", "or the model that is asked (default: $MMIB_MODEL, else the bundled one)",
     &report_arguments.model},
    {"gold", 0, OPTION_TEXT, "FILE", "the corpus, where only OUT.html stands alone", &report_gold},
    {"class", 0, OPTION_REPEAT, "CLASS", "only cases of this class, or all (default: all but correct); repeatable",
     &report_classes},
    {"type", 0, OPTION_REPEAT, "TYPE", "only cases with this type in gold or predicted; repeatable", &report_types},
    {"verdict", 0, OPTION_TEXT, "WORD", "only what people say so of: none, model, gold, both, unsure, differ",
     &report_said},
    {"text", 0, OPTION_TEXT, "WORDS", "only posts with these words", &report_words},
    {"limit", 0, OPTION_COUNT, "N", "at most so many posts; 0 = all (default: 200)", &report_limit},
    {"seed", 0, OPTION_COUNT, "N", "of the other posts' pictures (default: 0)", &report_seed},
    MODEL_OPTION_NO_IMAGE(report_arguments),
    CORPUS_OPTION_FROM(report_arguments.corpus),
    {"pred-from", 0, OPTION_TEXT, "FORMAT", "format of --pred, instead of by its name", &report_pred_from},
    CORPUS_OPTION_MAP(report_arguments.corpus),
    CORPUS_OPTION_IMAGES(report_arguments.corpus),
    CORPUS_OPTION_BOXES(report_arguments.corpus),
    MODEL_OPTION_THREADS(report_arguments),
    MODEL_OPTION_QUIET(report_arguments),
    {0},
};

const struct subcommand report_subcommand = {
    .name = "report",
    .usage = "GOLD OUT.html",
    .summary = "write cases of a corpus as one HTML page",
    .details = "The page holds all that it shows, needs no network, and filters by itself.",
    .options = report_options,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = report_run,
};
