/* mmib verdict: what pictures, and what the bottleneck, did to the labels of a corpus.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "model/bottleneck.h"
#include "model/inference.h"
#include "src/model-run.h"
#include "src/progress.h"
#include "src/subcommands.h"
#include "src/verdict-print.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct model_run_arguments verdict_arguments;
static size_t verdict_others = PICTURE_OTHERS, verdict_seed;
static bool verdict_json, verdict_cases;

struct verdict_run {
    struct model_run *run;
    struct picture_pool *pool;
    struct verdict_summary summary;
};

/* Is there anything that a person, or the file, says? The entities of MNRE lines are given, and typed by the relations'
 * labels: to judge them would say nothing. */
static void verdict_look_for_gold(const struct corpus *corpus, struct verdict_summary *summary)
{
    for (size_t i = 0; i < corpus->n_posts; i++) {
        const struct post *post = &corpus->posts[i];
        for (size_t k = 0; corpus->format != FORMAT_MNRE && k < post->n_entities; k++)
            if (post->entities[k].type && !provenance_is_proposal(&post->entities[k].origin))
                summary->has_gold_entities = true;
        for (size_t k = 0; k < post->n_relations; k++)
            if (!provenance_is_proposal(&post->relations[k].origin))
                summary->has_gold_relations = true;
    }
}

static const struct post *verdict_post_at(void *context, size_t index)
{
    const struct corpus *corpus = context;
    return &corpus->posts[index];
}

/* Where gold has no relations, the pairs of what was proposed are asked about. *out may be NULL; the caller frees it. */
static int verdict_pairs(const struct verdict_run *v, const struct post *post, struct relation_pair **out, size_t *n,
                         struct error *err)
{
    *out = NULL;
    *n = 0;
    if (v->summary.has_gold_relations || !post->n_relations)
        return 0;
    *out = relation_pairs_of(post, 0, n);
    return *out ? 0 : error_memory(err, post->id);
}

/* The picture's verdict on post `index` of a batch. */
static int verdict_on_picture(struct verdict_run *v, const struct inference *inference, size_t index, struct text *out,
                              struct error *err)
{
    const struct post *post = inference->posts[index];
    struct mmib *model = v->run->model;
    struct picture_pool_picture others[PICTURE_OTHERS_MAX];
    struct picture_verdict *verdict = NULL;
    struct relation_pair *pairs = NULL;
    struct picture_verdict_options options = {.others = others,
                                              .has_gold_entities = v->summary.has_gold_entities,
                                              .has_gold_relations = v->summary.has_gold_relations};
    int result = 0;
    if (inference->features[index].features)
        result = picture_pool_choose(v->pool, model, post, verdict_others, NULL, NULL, others, &options.n_others, err);
    if (!result)
        result = verdict_pairs(v, post, &pairs, &options.n_pairs, err);
    options.pairs = pairs;
    if (!result)
        result = picture_verdict_of(model, inference, index, &options, &verdict, err);
    if (!result && picture_totals_add(&v->summary.picture, verdict, verdict_others))
        result = error_memory(err, post->id);
    if (!result && verdict_cases) {
        if (verdict_json)
            verdict_print_cases_json(out, post, verdict);
        else
            verdict_print_cases(out, post, verdict);
    }
    picture_verdict_free(verdict);
    free(pairs);
    return result;
}

static int verdict_on_bottleneck(struct verdict_run *v, const struct inference *inference, size_t index,
                                 struct error *err)
{
    struct bottleneck *bottleneck;
    const struct bottleneck_options options = {.samples = v->summary.samples, .seed = v->summary.seed};
    if (bottleneck_of(v->run->model, inference, index, &options, &bottleneck, err))
        return -1;
    int result = bottleneck_totals_add(&v->summary.filter, bottleneck, inference->posts[index]);
    bottleneck_free(bottleneck);
    return result ? error_memory(err, inference->posts[index]->id) : 0;
}

/* Writes what was gathered, and empties it. */
static int verdict_write(struct text *out, struct error *err)
{
    if (out->failed)
        return error_memory(err, "verdict");
    if (out->n && (fwrite(out->bytes, 1, out->n, stdout) != out->n || fflush(stdout)))
        return error_errno(err, "standard output");
    text_clear(out);
    return 0;
}

static int verdict_batch(struct verdict_run *v, const struct post *const *posts, size_t n, struct text *out,
                         struct error *err)
{
    struct inference inference;
    const struct inference_options options = {.folder = v->run->folder};
    int result = inference_run(v->run->model, posts, n, &options, &inference, err);
    for (size_t i = 0; !result && i < n; i++) {
        const struct inference_post *post = &inference.each[i];
        model_run_note(v->run, posts[i], post->features.missing, post->features.failure, post->example.cut,
                       post->features.empty_boxes);
        result = verdict_on_picture(v, &inference, i, out, err) || verdict_on_bottleneck(v, &inference, i, err);
    }
    return result ? -1 : verdict_write(out, err);
}

static int verdict_corpus(struct verdict_run *v, struct text *out, struct error *err)
{
    const struct corpus *corpus = v->run->corpus;
    struct progress progress;
    int result = 0;
    progress_start(&progress, "posts", corpus->n_posts,
                   verdict_arguments.quiet || (verdict_cases && isatty(STDOUT_FILENO)));
    for (size_t first = 0; !result && first < corpus->n_posts; first += MODEL_RUN_BATCH) {
        const struct post *posts[MODEL_RUN_BATCH];
        size_t n = 0;
        for (; n < MODEL_RUN_BATCH && first + n < corpus->n_posts; n++)
            posts[n] = &corpus->posts[first + n];
        result = verdict_batch(v, posts, n, out, err);
        progress_show(&progress, first + n);
    }
    progress_end(&progress);
    if (result)
        return result;
    if (verdict_json)
        verdict_print_json(out, &v->summary);
    else
        verdict_print_tables(out, &v->summary);
    return verdict_write(out, err);
}

static int verdict_run(int n_arguments, char **arguments)
{
    (void)n_arguments;
    struct model_run run;
    struct verdict_run v = {.run = &run};
    struct text out = {0};
    struct error err;
    if (verdict_others < 1 || verdict_others > PICTURE_OTHERS_MAX) {
        error_set(&err, ERROR_USAGE, "others: from 1 to %d pictures", PICTURE_OTHERS_MAX);
        return report_error(&err);
    }
    if (model_run_open(arguments[0], &verdict_arguments, &run, &err))
        return report_error(&err);
    v.summary.model = mmib_name(run.model);
    v.summary.others = verdict_others;
    v.summary.seed = verdict_seed;
    v.summary.samples = BOTTLENECK_SAMPLES;
    verdict_look_for_gold(run.corpus, &v.summary);
    v.pool = picture_pool_new(&(struct picture_pool_options){.folder = run.folder,
                                                             .seed = verdict_seed,
                                                             .n_posts = run.corpus->n_posts,
                                                             .post = verdict_post_at,
                                                             .context = run.corpus},
                              &err);
    int failed = !v.pool || verdict_corpus(&v, &out, &err);
    int code = failed ? report_error(&err) : model_run_report(&run);
    text_free(&out);
    picture_pool_free(v.pool);
    picture_totals_free(&v.summary.picture);
    bottleneck_totals_free(&v.summary.filter);
    model_run_close(&run);
    return code;
}

static const struct option_spec verdict_options[] = {
    MODEL_OPTION_MODEL(verdict_arguments),
    {"others", 0, OPTION_COUNT, "K", "other posts' pictures that each post is read with (8)", &verdict_others},
    {"seed", 0, OPTION_COUNT, "N", "of the choice of others, and of the bottleneck's samples (0)", &verdict_seed},
    {"cases", 0, OPTION_FLAG, NULL, "first a line for each label that the picture changed; with --json for every one",
     &verdict_cases},
    {"json", 0, OPTION_FLAG, NULL, "one JSON object", &verdict_json},
    CORPUS_OPTION_FROM(verdict_arguments.corpus),
    CORPUS_OPTION_MAP(verdict_arguments.corpus),
    CORPUS_OPTION_IMAGES(verdict_arguments.corpus),
    CORPUS_OPTION_BOXES(verdict_arguments.corpus),
    MODEL_OPTION_THREADS(verdict_arguments),
    MODEL_OPTION_QUIET(verdict_arguments),
    {0},
};

const struct subcommand verdict_subcommand = {
    .name = "verdict",
    .usage = "CORPUS",
    .summary = "what pictures and the bottleneck did to each label",
    .details = "Every gold and every predicted label is read again without the picture and with other posts' pictures:\n"
               "the picture helped, hurt, was ignored, or any picture would do. Beside that, what the bottleneck saved\n"
               "and lost. Without gold it only tells which labels change.",
    .options = verdict_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = verdict_run,
};
