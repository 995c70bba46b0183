/* mmib tsne: how a model represents entities and the objects they are linked to, in a plane (the paper's Fig. 5).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/text.h"
#include "model/tsne.h"
#include "src/linked-pairs.h"
#include "src/model-run.h"
#include "src/subcommands.h"
#include "src/tsne-figure.h"
#include "ui/canvas.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TSNE_ITERATIONS_MAX = 100000, TSNE_TITLE_BYTES = 200 };

static struct model_run_arguments arguments;
static const char *tsne_model2, *tsne_types = "PER,LOC,ORG", *tsne_output;
static size_t tsne_per_type = 150, tsne_iterations = 500, tsne_seed;
static double tsne_perplexity = 10;

struct tsne_work {
    struct model_run run;
    struct mmib *models[LINKED_MODELS_MAX]; /* the first is run's */
    size_t n_models;
    char *types; /* the list, cut into names */
    struct linked_options options;
    struct linked_pairs pairs;
    double *y[LINKED_MODELS_MAX], cost[LINKED_MODELS_MAX];
    char titles[LINKED_MODELS_MAX][TSNE_TITLE_BYTES];
};

static int tsne_check_options(struct tsne_work *work, struct error *err)
{
    struct linked_options *options = &work->options;
    *options = (struct linked_options){.per_type = tsne_per_type, .seed = tsne_seed, .quiet = arguments.quiet};
    work->types = strdup(tsne_types);
    if (!work->types)
        return error_memory(err, "--types");
    for (char *next = work->types; next;) {
        char *name = next, *comma = strchr(next, ',');
        next = comma ? comma + 1 : NULL;
        if (comma)
            *comma = '\0';
        if (!*name)
            return error_set(err, ERROR_USAGE, "--types: %s has an empty name", tsne_types);
        for (size_t i = 0; i < options->n_types; i++)
            if (!strcmp(options->types[i], name))
                return error_set(err, ERROR_USAGE, "--types: %s stands twice", name);
        if (options->n_types == LINKED_TYPES_MAX)
            return error_set(err, ERROR_USAGE, "--types: more than %d", LINKED_TYPES_MAX);
        options->types[options->n_types++] = name;
    }
    if (!tsne_per_type)
        return error_set(err, ERROR_USAGE, "--per-type: 0 leaves no pair");
    if (!(tsne_perplexity >= 1 && tsne_perplexity <= 1e6))
        return error_set(err, ERROR_USAGE, "--perplexity: %g is not between 1 and 1e6", tsne_perplexity);
    if (!tsne_iterations || tsne_iterations > TSNE_ITERATIONS_MAX)
        return error_set(err, ERROR_USAGE, "--iterations: %zu is not between 1 and %d", tsne_iterations,
                         TSNE_ITERATIONS_MAX);
    return tsne_output ? canvas_check(tsne_output, err) : 0;
}

static int tsne_open(struct tsne_work *work, const char *corpus, struct error *err)
{
    if (model_run_open(corpus, &arguments, &work->run, err))
        return -1;
    work->models[work->n_models++] = work->run.model;
    if (tsne_model2) {
        work->models[1] = mmib_open(tsne_model2, arguments.threads, err);
        if (!work->models[1])
            return -1;
        work->n_models++;
    }
    for (size_t m = 0; m < work->n_models; m++)
        if (mmib_config(work->models[m])->image.architecture == IMAGE_NONE)
            return error_set(err, ERROR_USAGE, "model %s: it has no image encoder", mmib_name(work->models[m]));
    return 0;
}

static void tsne_close(struct tsne_work *work)
{
    linked_pairs_free(&work->pairs);
    for (size_t m = 0; m < LINKED_MODELS_MAX; m++)
        free(work->y[m]);
    if (work->n_models > 1)
        mmib_close(work->models[1]);
    model_run_close(&work->run);
    free(work->types);
}

/* A model's name; where both have the same one, as it was given. */
static const char *tsne_name(const struct tsne_work *work, size_t index)
{
    const char *const given[] = {arguments.model, tsne_model2};
    bool same = work->n_models > 1 && !strcmp(mmib_name(work->models[0]), mmib_name(work->models[1]));
    return same && given[index] ? given[index] : mmib_name(work->models[index]);
}

/* How many pairs there are, and what was left out. */
static void tsne_tell(const struct tsne_work *work)
{
    const struct linked_pairs *pairs = &work->pairs;
    struct text types = {0};
    for (size_t i = 0; i < pairs->n_types; i++)
        text_add_format(&types, "%s%s %zu of %zu", i ? ", " : "", pairs->types[i].name, pairs->types[i].taken,
                        pairs->types[i].candidates);
    printf("%zu linked entities with their objects (%s)\n", pairs->n, types.failed ? "" : types.bytes);
    text_free(&types);
    const struct {
        size_t n;
        const char *why;
    } left_out[] = {{pairs->without_picture, "their picture cannot be looked at"},
                    {pairs->without_row, "the model does not look at their object's box"},
                    {pairs->cut, "they lie behind the model's limit of pieces"}};
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (left_out[i].n)
            printf("%zu left out: %s\n", left_out[i].n, left_out[i].why);
}

/* More points than the perplexity has neighbours are needed. */
static int tsne_check_pairs(const struct tsne_work *work, struct error *err)
{
    const struct linked_pairs *pairs = &work->pairs;
    size_t needed = (size_t)ceil((tsne_perplexity + 1) / 2), linked = 0;
    char lack[64] = "";
    needed += 2 * (double)needed <= tsne_perplexity + 1;
    if (pairs->n >= needed)
        return 0;
    for (size_t i = 0; i < pairs->n_types; i++)
        linked += pairs->types[i].candidates;
    if (pairs->without_picture)
        snprintf(lack, sizeof lack, " (the picture of %zu is not there)", pairs->without_picture);
    return error_set(err, ERROR_INPUT,
                     "%s: %zu entities of %s are linked to an object, %zu can be used%s: a perplexity of %g needs %zu",
                     work->run.corpus->path, linked, tsne_types, pairs->n, lack, tsne_perplexity, needed);
}

static int tsne_embed(struct tsne_work *work, struct error *err)
{
    struct tsne_options options = {.perplexity = tsne_perplexity, .iterations = tsne_iterations, .seed = tsne_seed};
    size_t n = 2 * work->pairs.n;
    for (size_t m = 0; m < work->n_models; m++) {
        options.threads = mmib_threads(work->models[m]);
        work->y[m] = calloc(2 * n + 1, sizeof *work->y[m]);
        if (!work->y[m])
            return error_memory(err, "t-SNE");
        if (tsne_run(work->pairs.points[m], n, work->pairs.d[m], &options, work->y[m], &work->cost[m], err))
            return -1;
        snprintf(work->titles[m], sizeof work->titles[m], "%.*s: KL %.4f", utf8_head(tsne_name(work, m), 150),
                 tsne_name(work, m), work->cost[m]);
    }
    return 0;
}

static int tsne_draw(struct tsne_work *work, struct error *err)
{
    struct tsne_figure figure = {.corpus = work->run.corpus, .pairs = &work->pairs, .n_panels = work->n_models};
    for (size_t m = 0; m < work->n_models; m++)
        figure.panels[m] = (struct tsne_panel){work->titles[m], tsne_name(work, m), work->y[m]};
    if (tsne_output && tsne_figure_save(&figure, tsne_output, err))
        return -1;
    if (tsne_figure_show(&figure, err))
        return -1;
    for (size_t m = 0; m < work->n_models; m++)
        printf("%s: KL %.4f nats (%zu points of %zu dimensions, perplexity %g, %zu iterations, seed %zu)\n",
               tsne_name(work, m), work->cost[m], 2 * work->pairs.n, work->pairs.d[m], tsne_perplexity,
               tsne_iterations, tsne_seed);
    return fflush(stdout) || ferror(stdout) ? error_errno(err, "standard output") : 0;
}

static int tsne_main(int n_arguments, char **rest)
{
    struct tsne_work work = {0};
    struct error err;
    (void)n_arguments;
    int result = tsne_check_options(&work, &err) || tsne_open(&work, rest[0], &err) ||
                 linked_pairs_make(&work.run, work.models, work.n_models, &work.options, &work.pairs, &err) ||
                 tsne_check_pairs(&work, &err) || tsne_embed(&work, &err);
    if (!result) {
        tsne_tell(&work);
        result = tsne_draw(&work, &err);
    }
    int code = result ? report_error(&err) : model_run_report(&work.run);
    tsne_close(&work);
    return code;
}

static const struct option_spec tsne_options[] = {
    MODEL_OPTION_MODEL(arguments),
    {"model2", 0, OPTION_TEXT, "DIR", "a second model, beside the first one", &tsne_model2},
    {"per-type", 0, OPTION_COUNT, "N", "at most so many pairs of each type (150)", &tsne_per_type},
    {"types", 0, OPTION_TEXT, "LIST", "entity types, with commas between (PER,LOC,ORG)", &tsne_types},
    {"perplexity", 0, OPTION_REAL, "R", "about how many neighbours count (10)", &tsne_perplexity},
    {"iterations", 0, OPTION_COUNT, "N", "steps of the embedding (500)", &tsne_iterations},
    {"seed", 0, OPTION_COUNT, "N", "of the choice of pairs and of the embedding's start (0)", &tsne_seed},
    {"output", 'o', OPTION_TEXT, "FILE", "figure: .png, .svg or .pdf; its points go to .csv", &tsne_output},
    CORPUS_OPTION_FROM(arguments.corpus),
    CORPUS_OPTION_MAP(arguments.corpus),
    CORPUS_OPTION_IMAGES(arguments.corpus),
    CORPUS_OPTION_BOXES(arguments.corpus),
    MODEL_OPTION_THREADS(arguments),
    MODEL_OPTION_QUIET(arguments),
    {0},
};

const struct subcommand tsne_subcommand = {
    .name = "tsne",
    .usage = "CORPUS",
    .summary = "show how entities and their objects are represented, in a plane",
    .details = "Takes entities that people linked to an object (grounding), with the model's text and image\n"
               "representation of each, and embeds all of them by exact t-SNE. Two models: a column each.",
    .options = tsne_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = tsne_main,
};
