/* SPDX-License-Identifier: Apache-2.0 */
#include "src/experiment.h"

#include "corpora/files.h"
#include "corpora/json.h"
#include "corpora/text.h"
#include "model/train-settings.h"
#include "src/experiment-folder.h"
#include "src/stop-signals.h"

#include <math.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXPERIMENT_HASH_BYTES = 8, EXPERIMENT_NAME_BYTES = 2 * EXPERIMENT_HASH_BYTES + sizeof ".json" };

/* Beginning and end */

static size_t experiment_most_posts(const struct train_setup *setup)
{
    const struct train_corpus *const lists[] = {setup->train, setup->dev, setup->test};
    size_t most = 0;
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < OPTION_REPEAT_MAX; i++)
            if (lists[k][i].corpus && lists[k][i].corpus->n_posts > most)
                most = lists[k][i].corpus->n_posts;
    return most;
}

static int experiment_open_blind(struct experiment *experiment, struct error *err)
{
    struct experiment_blind *blind = &experiment->blind;
    struct train_setup *setup = &experiment->setup;
    size_t most = experiment_most_posts(setup);
    blind->pictures = malloc((most + 1) * sizeof *blind->pictures);
    if (!blind->pictures)
        return error_memory(err, "pictures");
    for (size_t i = 0; i < most; i++)
        blind->pictures[i] = SIZE_MAX;
    for (size_t i = 0; i < experiment->arguments->train.n; i++)
        if (training_data_add(&blind->data, setup->model, setup->train[i].corpus, blind->pictures, err))
            return -1;
    for (size_t i = 0; i < experiment->arguments->dev.n; i++)
        blind->dev[i] = (struct evaluation_set){setup->dev[i].corpus, blind->pictures};
    for (size_t i = 0; i < experiment->n_scored; i++)
        blind->scored[i] = (struct evaluation_set){experiment->scored[i].corpus, blind->pictures};
    blind->features = features_store_new(setup->model, setup->directory, NULL, err);
    return blind->features ? 0 : -1;
}

/* 0, 1 (stopped) or -1. */
static int experiment_open_scored(struct experiment *experiment, struct error *err)
{
    struct train_setup *setup = &experiment->setup;
    const struct train_arguments *arguments = experiment->arguments;
    bool test = arguments->test.n;
    experiment->n_scored = test ? arguments->test.n : arguments->dev.n;
    if (test) {
        int result = train_setup_encode_others(setup, setup->test, arguments->test.n, &experiment->test_features, err);
        if (result)
            return result;
    }
    for (size_t i = 0; i < experiment->n_scored; i++)
        experiment->scored[i] = test ? (struct evaluation_set){setup->test[i].corpus, setup->test[i].pictures}
                                     : setup->sets[i];
    return 0;
}

int experiment_open(struct experiment *experiment, struct error *err)
{
    struct train_setup *setup = &experiment->setup;
    struct train_arguments *arguments = experiment->arguments;
    setup->arguments = arguments;
    setup->command = experiment->command;
    stop_signals_watch();
    if (train_setup_directory(setup, err) || experiment_folder_check(arguments->out, setup->directory, err) ||
        train_setup_read(setup, err) || !(setup->model = mmib_open(setup->directory, arguments->threads, err)) ||
        train_arguments_settle(arguments, mmib_config(setup->model), err) || train_setup_check(setup, err))
        return -1;
    int result = train_setup_encode(setup, err);
    if (!result)
        result = train_setup_learn(setup, err) ? -1 : experiment_open_scored(experiment, err);
    if (result)
        return result;
    if (experiment_open_blind(experiment, err))
        return -1;
    return experiment_folder_make(arguments->out, &experiment->runs, &experiment->running, &experiment->lock, err);
}

void experiment_close(struct experiment *experiment)
{
    lock_release(&experiment->lock);
    free(experiment->runs);
    free(experiment->running);
    training_data_free(&experiment->blind.data);
    features_store_free(experiment->blind.features);
    free(experiment->blind.pictures);
    features_store_free(experiment->test_features);
    train_setup_free(&experiment->setup);
}

void experiment_finished(const struct experiment *experiment)
{
    if (experiment->reused && !experiment->arguments->quiet)
        fprintf(stderr, "%zu of %zu runs were done before\n", experiment->reused, experiment->total);
}

int experiment_stopped(const struct experiment *experiment)
{
    if (experiment->running)
        fprintf(stderr, "mmib: %s: stopped with %zu of %zu runs done; the same command goes on from there\n",
                experiment->command, experiment->done, experiment->total);
    return 128 + stop_signals_number();
}

/* A run */

struct experiment_work {
    struct experiment *experiment;
    struct train_options options;
    struct train_input input;
    const struct evaluation_set *scored;
    const struct features_store *scored_features;
    char *settings, *record, *kept; /* JSON; path; folder for the trained model, NULL without --keep */
};

static void experiment_plan(struct experiment *experiment, const struct experiment_variant *variant, size_t seed,
                            struct experiment_work *out)
{
    const struct train_setup *setup = &experiment->setup;
    const struct experiment_blind *blind = &experiment->blind;
    struct train_options *options = &out->options;
    bool sees = variant->pictures;
    *out = (struct experiment_work){.experiment = experiment, .options = experiment->arguments->options};
    options->refinement = variant->refinement;
    options->alignment = variant->alignment;
    options->beta_text = isnan(variant->beta_text) ? options->beta_text : variant->beta_text;
    options->beta_image = isnan(variant->beta_image) ? options->beta_image : variant->beta_image;
    options->variation.seed = seed;
    out->input = (struct train_input){.model = setup->model,
                                      .directory = setup->directory,
                                      .out = experiment->running,
                                      .data = sees ? &setup->data : &blind->data,
                                      .features = sees ? setup->features : blind->features,
                                      .dev = sees ? setup->sets : blind->dev,
                                      .n_dev = experiment->arguments->dev.n};
    out->scored = sees ? experiment->scored : blind->scored;
    out->scored_features = !sees                        ? blind->features
                           : experiment->arguments->test.n ? experiment->test_features
                                                        : setup->features;
}

static void experiment_work_free(struct experiment_work *work)
{
    free(work->settings);
    free(work->record);
    free(work->kept);
}

/* Everything that the run's numbers depend on, and the names that follow from it. */
static int experiment_name(struct experiment_work *work, const struct experiment_variant *variant, size_t seed,
                           struct error *err)
{
    struct experiment *experiment = work->experiment;
    struct text text = {0}, folder = {0};
    uint8_t digest[EXPERIMENT_HASH_BYTES];
    char name[EXPERIMENT_NAME_BYTES];
    struct sha256_ctx sha;
    char *training = train_settings(&work->input, &work->options, err);
    char *scored = training ? train_settings_of_sets(experiment->setup.model, work->scored, experiment->n_scored,
                                                     work->scored_features, err)
                            : NULL;
    if (!scored) {
        free(training);
        return -1;
    }
    text_add_format(&text, "{\"training\": %s, \"scored\": %s}", training, scored);
    free(training);
    free(scored);
    work->settings = text_take(&text);
    if (!work->settings)
        return error_memory(err, "settings");
    sha256_init(&sha);
    sha256_update(&sha, strlen(work->settings), (const uint8_t *)work->settings);
    sha256_digest(&sha, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(name + 2 * i, 3, "%02x", digest[i]);
    strcat(name, ".json");
    work->record = file_join(experiment->runs, name);
    if (experiment->keep) {
        text_add_format(&folder, "%s/%s-s%zu", experiment->arguments->out, variant->folder, seed);
        work->kept = text_take(&folder);
    }
    return !work->record || (experiment->keep && !work->kept) ? error_memory(err, "settings") : 0;
}

static int experiment_on_start(void *context, const struct train_start *start, struct error *err)
{
    struct experiment *experiment = context;
    (void)err;
    train_progress_start(&experiment->progress, start, experiment->arguments->options.epochs,
                         experiment->arguments->quiet);
    snprintf(experiment->progress.title, sizeof experiment->progress.title, "run %zu/%zu, ", experiment->done + 1,
             experiment->total);
    if (!experiment->arguments->quiet && start->step)
        fprintf(stderr, "%s: going on at step %zu of %zu\n", experiment->title, start->step, start->total_steps);
    return 0;
}

static int experiment_on_step(void *context, const struct train_step *step, struct error *err)
{
    struct experiment *experiment = context;
    (void)err;
    train_progress_step(&experiment->progress, step);
    return 0;
}

static int experiment_on_epoch(void *context, const struct train_epoch *epoch, struct error *err)
{
    struct experiment *experiment = context;
    (void)err;
    experiment->progress.score = epoch->score;
    return 0;
}

static void experiment_add_counts(struct score_counts *sum, const struct score_counts *counts)
{
    sum->tp += counts->tp;
    sum->fp += counts->fp;
    sum->fn += counts->fn;
}

/* Scores the weights that the run left. 0, 1 (stopped) or -1. */
static int experiment_score(struct experiment_work *work, struct experiment_record *out, struct error *err)
{
    const struct experiment *experiment = work->experiment;
    struct mmib *model = mmib_open(experiment->running, experiment->arguments->threads, err);
    int result = model ? 0 : -1;
    for (size_t i = 0; !result && i < experiment->n_scored; i++) {
        struct evaluation_score score;
        result = evaluation_run(model, &work->scored[i], work->scored_features, stop_signals_came, NULL, &score, err);
        if (result)
            break;
        out->has_ner |= !isnan(score.ner);
        out->has_re |= !isnan(score.re);
        experiment_add_counts(&out->ner, &score.ner_counts);
        experiment_add_counts(&out->re, &score.re_counts);
    }
    mmib_close(model);
    return result;
}

/* 0, 1 (stopped) or -1. */
static int experiment_train(struct experiment_work *work, struct experiment_record *out, struct error *err)
{
    struct experiment *experiment = work->experiment;
    struct train_result result;
    const struct train_events events = {experiment_on_start, experiment_on_step, experiment_on_epoch, stop_signals_came,
                                        experiment};
    if (experiment_folder_begin(experiment->running, work->settings, &work->options.resume, err))
        return -1;
    struct train_input input = work->input;
    input.model = mmib_open_trainable(experiment->setup.directory, experiment->arguments->threads, err);
    if (!input.model)
        return -1;
    int stopped = train_run(&input, &work->options, &events, &result, err);
    train_progress_end(&experiment->progress);
    mmib_close(input.model);
    if (stopped)
        return stopped;
    *out = (struct experiment_record){.seed = work->options.variation.seed,
                                      .epochs = result.epochs,
                                      .best_epoch = result.best_epoch,
                                      .dev_f1 = result.best};
    return experiment_score(work, out, err);
}

int experiment_check(struct experiment *experiment, const struct experiment_variant *variant, size_t seed,
                     struct error *err)
{
    struct experiment_work work;
    if (!experiment->keep)
        return 0;
    experiment_plan(experiment, variant, seed, &work);
    int result = experiment_name(&work, variant, seed, err);
    if (!result)
        result = experiment_folder_check_kept(work.kept, work.settings, err);
    experiment_work_free(&work);
    return result;
}

/* The failure's own message, with the run. */
static void experiment_blame(const struct experiment *experiment, struct error *err)
{
    struct error cause = *err;
    error_set(err, cause.kind, "%s: %.700s", experiment->title, cause.message);
}

static void experiment_tell(const struct experiment *experiment, const struct experiment_record *record)
{
    fprintf(stderr, "%s: best epoch %zu of %zu, dev F1 %.2f\n", experiment->title, record->best_epoch, record->epochs,
            100 * record->dev_f1);
}

int experiment_run(struct experiment *experiment, const struct experiment_variant *variant, size_t seed,
                   struct experiment_record *out, struct error *err)
{
    struct experiment_work work;
    experiment_plan(experiment, variant, seed, &work);
    snprintf(experiment->title, sizeof experiment->title, "run %zu of %zu, %s, seed %zu", experiment->done + 1,
             experiment->total, variant->title, seed);
    int result = experiment_name(&work, variant, seed, err);
    bool reused = !result && experiment_record_read(work.record, work.settings, out);
    if (!result && !reused) {
        result = experiment_train(&work, out, err);
        if (result < 0)
            experiment_blame(experiment, err);
        if (!result)
            result = experiment_record_write(work.record, work.settings, out, err);
        if (!result && !experiment->arguments->quiet)
            experiment_tell(experiment, out);
    }
    if (!result)
        result = experiment_folder_end(experiment->running, work.settings, work.kept, err);
    if (!result && reused && work.kept && access(work.kept, F_OK))
        fprintf(stderr, "mmib: %s: %s: was trained without --keep; without %s it would be trained again\n",
                experiment->command, work.kept, work.record);
    experiment->done += !result;
    experiment->reused += !result && reused;
    experiment_work_free(&work);
    return result;
}
