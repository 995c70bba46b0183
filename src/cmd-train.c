/* mmib train: train a model on corpora, choose the best epoch on others.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/files.h"
#include "corpora/lock.h"
#include "model/train.h"
#include "src/stop-signals.h"
#include "src/subcommands.h"
#include "src/train-arguments.h"
#include "src/train-log.h"
#include "src/train-plot.h"
#include "src/train-progress.h"
#include "src/train-setup.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct train_arguments arguments = TRAIN_ARGUMENTS_DEFAULT;
static struct train_options *const options = &arguments.options;
static const char *train_log_file, *train_plot_log, *train_figure;
static bool train_force, train_no_refinement, train_no_alignment;
static size_t train_seed;

/* The run */

struct train_run {
    struct lock lock; /* of --out */
    struct train_setup setup;
    struct evaluation_score best[OPTION_REPEAT_MAX]; /* of each development corpus, in the best epoch of this process */
    bool has_best;
    struct train_log log;
    struct train_progress progress;
};

/* Nothing of another run may be there, unless it shall be replaced or gone on with. */
static int train_check_out(const char *directory, struct error *err)
{
    struct stat here, there;
    const char *const names[] = {"checkpoint.safetensors", "model.safetensors"};
    if (!stat(directory, &there) && !stat(arguments.out, &here) && here.st_dev == there.st_dev &&
        here.st_ino == there.st_ino)
        return error_set(err, ERROR_USAGE, "--out: %s is the folder of the model that is to be trained", arguments.out);
    for (size_t i = 0; i < 2 && !train_force && !options->resume; i++) {
        char *path = file_join(arguments.out, names[i]);
        bool is_there = path && !lstat(path, &here);
        int result = !path ? error_memory(err, arguments.out)
                     : is_there ? error_set(err, ERROR_IO, "%s: is there already (%s--force replaces it)", path,
                                            i ? "" : "--resume goes on with it, ")
                                : 0;
        free(path);
        if (result)
            return -1;
    }
    return 0;
}

/* Can it be made? */
static int train_check_parent(const char *path, struct error *err)
{
    char *parent = file_folder(path);
    int result = !parent ? error_memory(err, path) : access(parent, W_OK | X_OK) ? error_errno(err, path) : 0;
    free(parent);
    return result;
}

/* Can what the run writes be written? Asked before the pictures are encoded, which takes long. */
static int train_check_access(struct error *err)
{
    struct stat there;
    if (train_log_check(train_log_file, err) ||
        (train_log_file && stat(train_log_file, &there) && train_check_parent(train_log_file, err)))
        return -1;
    if (stat(arguments.out, &there))
        return train_check_parent(arguments.out, err);
    if (!S_ISDIR(there.st_mode))
        return error_set(err, ERROR_IO, "%s: is no folder", arguments.out);
    return access(arguments.out, W_OK | X_OK) ? error_errno(err, arguments.out) : 0;
}

/* Makes the folder, and keeps other runs out of it. */
static int train_lock_out(struct train_run *run, struct error *err)
{
    if (mkdir(arguments.out, 0777) && errno != EEXIST)
        return error_errno(err, arguments.out);
    char *path = train_checkpoint_path(arguments.out);
    int result = path ? lock_take(path, &run->lock, err) : error_memory(err, arguments.out);
    free(path);
    if (result && err->kind == ERROR_FINDING)
        error_set(err, ERROR_IO, "%s: another run is training into this folder", arguments.out);
    return result || train_check_out(run->setup.directory, err) ? -1 : 0;
}

/* Old weights go first, so that no moment pairs them with the new config; so does what a run that was killed left. */
static int train_clear_out(struct error *err)
{
    static const char *const names[] = {"model.safetensors", "checkpoint.safetensors"};
    for (size_t i = 0; i < 2; i++) {
        char *path = file_join(arguments.out, names[i]);
        int result = 0;
        if (!path)
            result = error_memory(err, arguments.out);
        else if (!options->resume && remove(path) && errno != ENOENT)
            result = error_errno(err, path);
        else
            file_remove_temporaries(path);
        free(path);
        if (result)
            return -1;
    }
    return 0;
}

static int train_on_start(void *context, const struct train_start *start, struct error *err)
{
    struct train_run *run = context;
    train_progress_start(&run->progress, start, options->epochs, arguments.quiet);
    if (options->resume && !arguments.quiet)
        fprintf(stderr, "going on at step %zu of %zu\n", start->step, start->total_steps);
    return train_log_open(&run->log, train_log_file, options->resume, start, err);
}

static int train_on_step(void *context, const struct train_step *step, struct error *err)
{
    struct train_run *run = context;
    train_progress_step(&run->progress, step);
    return train_log_step(&run->log, step, err);
}

static int train_on_epoch(void *context, const struct train_epoch *epoch, struct error *err)
{
    struct train_run *run = context;
    train_progress_epoch(&run->progress, epoch, run->setup.names, arguments.dev.n);
    if (epoch->best) {
        memcpy(run->best, epoch->scores, arguments.dev.n * sizeof *run->best);
        run->has_best = true;
    }
    return train_log_epoch(&run->log, epoch, run->setup.names, arguments.dev.n, err);
}

static void train_print(const struct train_run *run, const struct train_result *result)
{
    printf("best epoch %zu of %zu: dev F1 %.2f\n", result->best_epoch, result->epochs, 100 * result->best);
    for (size_t i = 0; run->has_best && i < arguments.dev.n; i++) {
        printf("  %s", run->setup.names[i]);
        if (!isnan(run->best[i].ner))
            printf("  ner %.2f", 100 * run->best[i].ner);
        if (!isnan(run->best[i].re))
            printf("  re %.2f", 100 * run->best[i].re);
        putchar('\n');
    }
}

/* 0, 1 (stopped) or -1. */
static int train_do(struct train_run *run, struct error *err)
{
    struct train_result result = {0};
    struct train_setup *setup = &run->setup;
    if (train_setup_directory(setup, err) || train_check_out(setup->directory, err) || train_check_access(err) ||
        train_setup_read(setup, err) ||
        !(setup->model = mmib_open_trainable(setup->directory, arguments.threads, err)) ||
        train_arguments_settle(&arguments, mmib_config(setup->model), err) || train_setup_check(setup, err))
        return -1;
    int stopped = train_setup_encode(setup, err);
    if (stopped)
        return stopped;
    if (train_setup_learn(setup, err) || train_lock_out(run, err) || train_clear_out(err))
        return -1;
    const struct train_input input = {.model = setup->model,
                                      .directory = setup->directory,
                                      .out = arguments.out,
                                      .data = &setup->data,
                                      .features = setup->features,
                                      .dev = setup->sets,
                                      .n_dev = arguments.dev.n};
    const struct train_events events = {train_on_start, train_on_step, train_on_epoch, stop_signals_came, run};
    stopped = train_run(&input, options, &events, &result, err);
    train_progress_end(&run->progress);
    if (train_log_close(&run->log, stopped < 0 ? NULL : err) && stopped >= 0)
        return -1;
    if (!stopped)
        train_print(run, &result);
    else if (stopped > 0)
        fprintf(stderr, "mmib: train: stopped after step %zu; the same command with --resume goes on from there\n",
                result.step);
    return stopped;
}

static int train_usage(const char *what)
{
    fprintf(stderr, "mmib: train: %s (see 'mmib train --help')\n", what);
    return ERROR_USAGE;
}

static int train_main(int n_arguments, char **rest)
{
    struct error err;
    (void)n_arguments;
    (void)rest;
    if (train_plot_log) {
        if (!train_figure)
            return train_usage("--plot needs -o FILE");
        return train_plot(train_plot_log, train_figure, &err) ? report_error(&err) : 0;
    }
    if (!arguments.train.n || !arguments.dev.n || !arguments.out || !*arguments.out)
        return train_usage(!arguments.train.n ? "--train FILE is missing"
                           : !arguments.dev.n ? "--dev FILE is missing"
                                              : "--out DIR is missing");
    if (options->resume && train_force)
        return train_usage("--resume and --force exclude each other");
    struct train_run run = {.setup = {.arguments = &arguments, .command = "train"}};
    options->refinement = !train_no_refinement;
    options->alignment = !train_no_alignment;
    options->variation.seed = train_seed;
    stop_signals_watch();
    int stopped = train_do(&run, &err);
    int code = stopped < 0 ? report_error(&err) : stopped ? 128 + stop_signals_number() : 0;
    train_setup_free(&run.setup);
    lock_release(&run.lock);
    return code;
}

static const struct option_spec train_options[] = {
    TRAIN_OPTIONS_DATA(arguments),
    {"out", 0, OPTION_TEXT, "DIR", "folder of the trained model", &arguments.out},
    TRAIN_OPTIONS_RATES(arguments),
    {"seed", 0, OPTION_COUNT, "N", "everything random follows from it (0)", &train_seed},
    {"no-refinement", 0, OPTION_FLAG, NULL, "without the KL terms", &train_no_refinement},
    {"no-alignment", 0, OPTION_FLAG, NULL, "without the alignment of text and picture", &train_no_alignment},
    TRAIN_OPTIONS_BETAS(arguments),
    MODEL_OPTION_NO_IMAGE(arguments),
    TRAIN_OPTIONS_CHANCE(arguments),
    {"log", 0, OPTION_TEXT, "FILE", "JSON Lines, a line a step and an epoch", &train_log_file},
    {"resume", 0, OPTION_FLAG, NULL, "go on with the checkpoint in --out", &arguments.options.resume},
    {"force", 0, OPTION_FLAG, NULL, "replace a model or checkpoint in --out", &train_force},
    TRAIN_OPTIONS_CORPUS(arguments),
    {"plot", 0, OPTION_TEXT, "FILE", "draw the curves of this log, and do nothing else", &train_plot_log},
    {"output", 'o', OPTION_TEXT, "FILE", "figure that --plot draws: .png, .svg or .pdf", &train_figure},
    {0},
};

const struct subcommand train_subcommand = {
    .name = "train",
    .usage = "--train FILE... --dev FILE... --out DIR",
    .summary = "train a model, or go on training one",
    .details = "Learns entities from corpora that have them, relations from those that list them (None included),\n"
               "both on one text encoder. After every epoch the development corpora are scored; the weights of the best\n"
               "one are kept in --out. Ctrl-C ends the run after the step with a checkpoint; --resume goes on with it.",
    .options = train_options,
    .max_arguments = 0,
    .run = train_main,
};
