/* mmib predict: the model's labels for a whole corpus.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "model/analysis.h"
#include "src/lent-pictures.h"
#include "src/model-run.h"
#include "src/predicted.h"
#include "src/progress.h"
#include "src/subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct model_run_arguments predict_arguments;
static const char *predict_to, *predict_out = "-";
static bool predict_gold_entities, predict_shuffle;
static const char *predict_lend;
static size_t predict_seed;

static int predict_corpus(struct model_run *run, bool gold, const struct lent_pictures *lent, struct error *err)
{
    struct corpus *corpus = run->corpus;
    struct progress progress;
    int result = 0;
    if (predicted_extend_schema(&corpus->schema, run->model))
        return error_memory(err, corpus->path);
    const struct analysis_options options = {.images = run->folder,
                                             .no_image = !run->folder,
                                             .pairs = gold ? PAIRS_GIVEN : PAIRS_PROPOSED,
                                             .schema = gold ? NULL : &corpus->schema};
    progress_start(&progress, "posts", corpus->n_posts, predict_arguments.quiet);
    for (size_t first = 0; !result && first < corpus->n_posts; first += MODEL_RUN_BATCH) {
        struct post shown[MODEL_RUN_BATCH]; /* what the model sees */
        const struct post *posts[MODEL_RUN_BATCH];
        struct analysis *analyses[MODEL_RUN_BATCH];
        size_t n = 0;
        while (n < MODEL_RUN_BATCH && first + n < corpus->n_posts) {
            shown[n] = lent_pictures_post(lent, corpus, first + n);
            posts[n] = &shown[n];
            n++;
        }
        if (analysis_run(run->model, posts, n, &options, analyses, err))
            result = -1;
        for (size_t i = 0; i < n; i++) {
            /* Noted first: what is shown borrows from the post that changes. */
            if (!result)
                model_run_note(run, posts[i], analyses[i]->picture_missing, analyses[i]->picture_error,
                               analyses[i]->cut, analyses[i]->empty_boxes);
            if (!result && predicted_put(&corpus->posts[first + i], analyses[i], gold))
                result = error_memory(err, corpus->path);
            analysis_free(analyses[i]);
        }
        progress_show(&progress, first + n);
    }
    progress_end(&progress);
    return result;
}

/* A model without the head that the task needs would write nothing, and say nothing of it. */
static int predict_check_head(const struct model_run *run, bool gold, struct error *err)
{
    const struct config *config = mmib_config(run->model);
    if (gold ? config->re.present : config->ner.present)
        return 0;
    return error_set(err, ERROR_USAGE, "model %s: it has no %s head%s", mmib_name(run->model),
                     gold ? "relation" : "entity",
                     gold ? "" : "; --gold-entities labels the pairs that the corpus has");
}

/* The pictures that the posts are to show; *out is NULL where they show their own. */
static int predict_lend_pictures(struct model_run *run, struct lent_pictures *lent, const struct lent_pictures **out,
                                 struct error *err)
{
    *out = NULL;
    if (!predict_shuffle && !predict_lend)
        return 0;
    if ((predict_shuffle && predict_lend) || predict_arguments.no_image)
        return error_set(err, ERROR_USAGE, "--shuffle-images, --lend-images and --no-image exclude each other");
    *out = lent;
    if (predict_shuffle)
        return lent_pictures_shuffle(run->corpus, predict_seed, lent, err);
    char *folder = strdup(predict_lend);
    if (!folder)
        return error_memory(err, predict_lend);
    free(run->folder);
    run->folder = folder;
    return lent_pictures_from(run->corpus, folder, predict_seed, lent, err);
}

static int predict_run(int n_arguments, char **arguments)
{
    (void)n_arguments;
    struct model_run run;
    struct lent_pictures lent = {0};
    const struct lent_pictures *lent_or_none;
    struct error err;
    enum corpus_format to;
    if (corpus_arguments_format("to", predict_to, &to, &err))
        return report_error(&err);
    if (model_run_open(arguments[0], &predict_arguments, &run, &err))
        return report_error(&err);
    bool gold = predict_gold_entities || run.corpus->format == FORMAT_MNRE;
    if (!to)
        to = corpus_format_from_path(predict_out);
    if (!to)
        to = corpus_format_has_labels(run.corpus->format) ? run.corpus->format : FORMAT_JSON;
    if (!gold) {
        free(run.corpus->source); /* what the published file looked like is not what is written */
        run.corpus->source = NULL;
    }
    int failed = predict_check_head(&run, gold, &err) ||
                 predict_lend_pictures(&run, &lent, &lent_or_none, &err) ||
                 predict_corpus(&run, gold, lent_or_none, &err) ||
                 corpus_write(run.corpus, predict_out, to, NULL, &err);
    int code = failed ? report_error(&err) : model_run_report(&run);
    lent_pictures_free(&lent);
    model_run_close(&run);
    return code;
}

static const struct option_spec predict_options[] = {
    MODEL_OPTION_MODEL(predict_arguments),
    {"to", 0, OPTION_TEXT, "FORMAT", "format of the output: " CORPUS_FORMATS " (default: by FILE, else CORPUS's)",
     &predict_to},
    {"output", 'o', OPTION_TEXT, "FILE", "where to (default: standard output)", &predict_out},
    {"gold-entities", 0, OPTION_FLAG, NULL, "keep entities and pairs, predict only relations (default for MNRE)",
     &predict_gold_entities},
    MODEL_OPTION_NO_IMAGE(predict_arguments),
    {"shuffle-images", 0, OPTION_FLAG, NULL, "show the model each post with another post's picture and boxes",
     &predict_shuffle},
    {"lend-images", 0, OPTION_TEXT, "DIR", "show the model every post with some picture of this folder", &predict_lend},
    {"seed", 0, OPTION_COUNT, "N", "of --shuffle-images and --lend-images (0)", &predict_seed},
    CORPUS_OPTION_FROM(predict_arguments.corpus),
    CORPUS_OPTION_MAP(predict_arguments.corpus),
    CORPUS_OPTION_IMAGES(predict_arguments.corpus),
    CORPUS_OPTION_BOXES(predict_arguments.corpus),
    MODEL_OPTION_THREADS(predict_arguments),
    MODEL_OPTION_QUIET(predict_arguments),
    {0},
};

const struct subcommand predict_subcommand = {
    .name = "predict",
    .usage = "CORPUS",
    .summary = "write the model's labels for a corpus",
    .details = "Entities first, then relations of their pairs. The output holds the model's labels only, with their scores\n"
               "where the format has room. A post whose picture is missing counts as one without a picture; pictures that\n"
               "cannot be read are named, and the exit status is then 3 with the output complete.",
    .options = predict_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = predict_run,
};
