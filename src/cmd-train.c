/* mmib train: train a model on corpora, choose the best epoch on others.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/files.h"
#include "corpora/lock.h"
#include "model/train.h"
#include "src/corpus-arguments.h"
#include "src/model-run.h"
#include "src/progress.h"
#include "src/subcommands.h"
#include "src/train-log.h"
#include "src/train-plot.h"
#include "src/train-progress.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    struct corpus_arguments corpus;
    struct option_texts train, dev, exclude;
    const char *model, *out, *log, *type, *plot, *figure;
    size_t threads;
    bool quiet, force, no_image, no_refinement, no_alignment;
} arguments = {.type = "f32"};

/* NAN: what the model's config, or another option, says. */
static struct train_options options = {.epochs = 20,
                                       .batch = 8,
                                       .accumulate = 1,
                                       .rate = 3e-5,
                                       .head_rate = NAN,
                                       .crf_rate = 5e-2,
                                       .warmup = 0.05,
                                       .decay = 0.01,
                                       .clip = 1,
                                       .dropout = NAN,
                                       .beta_text = NAN,
                                       .beta_image = NAN,
                                       .patience = 5};
static size_t seed;

/* Signals */

static volatile sig_atomic_t train_signal;

static void train_on_signal(int number)
{
    train_signal = number;
}

static bool train_stop(void *context)
{
    (void)context;
    return train_signal != 0;
}

/* The first signal asks for an end after the step; the second one ends the program at once. */
static void train_watch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction action = {.sa_handler = train_on_signal, .sa_flags = SA_RESETHAND | SA_RESTART}, old;
        sigemptyset(&action.sa_mask);
        if (!sigaction(numbers[i], NULL, &old) && old.sa_handler != SIG_IGN) /* as nohup wants it */
            sigaction(numbers[i], &action, NULL);
    }
}

/* Options */

static int train_check_range(const char *name, double value, double least, double most, struct error *err)
{
    if (value >= least && value <= most)
        return 0;
    return error_set(err, ERROR_USAGE, "--%s: %g is not between %g and %g", name, value, least, most);
}

static int train_check_options(struct error *err)
{
    static const char *const names[] = {"f32", "f16", "bf16"};
    static const enum tensor_type types[] = {TENSOR_F32, TENSOR_F16, TENSOR_BF16};
    const struct {
        const char *name;
        double value, least, most;
    } ranges[] = {{"epochs", (double)options.epochs, 1, 1e5},   {"batch", (double)options.batch, 1, 4096},
                  {"accumulate", (double)options.accumulate, 1, 4096},
                  {"lr", options.rate, 0, 1e6},                 {"head-lr", options.head_rate, 0, 1e6},
                  {"crf-lr", options.crf_rate, 0, 1e6},         {"warmup", options.warmup, 0, 1},
                  {"decay", options.decay, 0, 1e6},             {"clip", options.clip, 0, 1e9},
                  {"dropout", options.dropout, 0, 0.999},       {"beta-text", options.beta_text, 0, 1e6},
                  {"beta-image", options.beta_image, 0, 1e6},   {"average", options.average, 0, 0.999999},
                  {"lend-images", options.variation.lend_images, 0, 1},
                  {"hide-images", options.variation.hide_images, 0, 1},
                  {"mask", options.variation.mask, 0, 1}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (train_check_range(ranges[i].name, ranges[i].value, ranges[i].least, ranges[i].most, err))
            return -1;
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(names[i], arguments.type)) {
            options.type = types[i];
            return 0;
        }
    return error_set(err, ERROR_USAGE, "--type: %s is not one of f32, f16, bf16", arguments.type);
}

/* What the options leave open. */
static int train_settle_options(const struct mmib *model, struct error *err)
{
    const struct config *config = mmib_config(model);
    options.head_rate = isnan(options.head_rate) ? options.rate : options.head_rate;
    options.dropout = isnan(options.dropout) ? config->mmib.dropout : options.dropout;
    options.beta_text = isnan(options.beta_text) ? config->mmib.beta_text : options.beta_text;
    options.beta_image = isnan(options.beta_image) ? config->mmib.beta_image : options.beta_image;
    options.refinement = !arguments.no_refinement;
    options.alignment = !arguments.no_alignment;
    options.variation.seed = seed;
    if (options.freeze_text > config->text.num_hidden_layers)
        return error_set(err, ERROR_USAGE, "--freeze-text: %zu is more than the text encoder's %zu layers",
                         options.freeze_text, config->text.num_hidden_layers);
    return train_check_options(err);
}

/* The run */

/* A corpus with its pictures' numbers. */
struct train_corpus {
    struct corpus *corpus;
    size_t *pictures; /* [n_posts] */
};

struct train_run {
    struct lock lock; /* of --out */
    struct mmib *model;
    char *directory;
    struct train_corpus train[OPTION_REPEAT_MAX], dev[OPTION_REPEAT_MAX];
    struct evaluation_set sets[OPTION_REPEAT_MAX]; /* of dev */
    const char *names[OPTION_REPEAT_MAX];          /* the same */
    struct training_data data;
    struct features_store *features;
    struct evaluation_score best[OPTION_REPEAT_MAX]; /* the same; of the best epoch of this process */
    bool has_best;
    struct train_log log;
    struct train_progress progress;
    struct progress pictures;
    bool encoding; /* the progress of pictures has begun */
};

static void train_close(struct train_run *run)
{
    for (size_t i = 0; i < OPTION_REPEAT_MAX; i++) {
        corpus_free(run->train[i].corpus);
        corpus_free(run->dev[i].corpus);
        free(run->train[i].pictures);
        free(run->dev[i].pictures);
    }
    training_data_free(&run->data);
    features_store_free(run->features);
    mmib_close(run->model);
    free(run->directory);
    lock_release(&run->lock);
}

/* Nothing of another run may be there, unless it shall be replaced or gone on with. */
static int train_check_out(const char *directory, struct error *err)
{
    struct stat here, there;
    const char *const names[] = {"checkpoint.safetensors", "model.safetensors"};
    if (!stat(directory, &there) && !stat(arguments.out, &here) && here.st_dev == there.st_dev &&
        here.st_ino == there.st_ino)
        return error_set(err, ERROR_USAGE, "--out: %s is the folder of the model that is to be trained", arguments.out);
    for (size_t i = 0; i < 2 && !arguments.force && !options.resume; i++) {
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
    if (train_log_check(arguments.log, err) ||
        (arguments.log && stat(arguments.log, &there) && train_check_parent(arguments.log, err)))
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
    return result || train_check_out(run->directory, err) ? -1 : 0;
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
        else if (!options.resume && remove(path) && errno != ENOENT)
            result = error_errno(err, path);
        else
            file_remove_temporaries(path);
        free(path);
        if (result)
            return -1;
    }
    return 0;
}

/* A post that nobody has worked on yet teaches that there is nothing in it. */
static void train_warn_undone(const struct corpus *corpus)
{
    size_t done = 0;
    for (size_t i = 0; i < corpus->n_posts; i++)
        done += corpus->posts[i].status == STATUS_DONE;
    if (done && done < corpus->n_posts)
        fprintf(stderr, "mmib: warning: %s: %zu of %zu posts are not done; they count as they are\n", corpus->path,
                corpus->n_posts - done, corpus->n_posts);
}

static int train_read(struct train_run *run, struct error *err)
{
    struct corpus_options how;
    struct digest_set texts = {0};
    size_t left_out = 0;
    int result = corpus_arguments_options(&arguments.corpus, &how, err);
    for (size_t i = 0; !result && i < arguments.dev.n; i++)
        result = corpus_read(arguments.dev.values[i], &how, &run->dev[i].corpus, err) ||
                 training_data_remember(&texts, run->dev[i].corpus, err);
    for (size_t i = 0; !result && i < arguments.exclude.n; i++) {
        struct corpus *corpus = NULL;
        result = corpus_read(arguments.exclude.values[i], &how, &corpus, err) ||
                 training_data_remember(&texts, corpus, err);
        corpus_free(corpus);
    }
    for (size_t i = 0; !result && i < arguments.train.n; i++) {
        result = corpus_read(arguments.train.values[i], &how, &run->train[i].corpus, err);
        if (!result) {
            left_out += training_data_exclude(run->train[i].corpus, &texts);
            train_warn_undone(run->train[i].corpus);
        }
    }
    digest_set_free(&texts);
    if (!result && left_out)
        fprintf(stderr, "mmib: train: %zu training posts left out: their text is in a --dev or --exclude file\n",
                left_out);
    return result ? -1 : 0;
}

/* The end of a corpus's path that tells it from the others. */
static const char *train_name(const struct train_run *run, size_t index)
{
    const char *path = run->dev[index].corpus->path, *name = path + strlen(path);
    bool alone = false;
    while (!alone && name > path) {
        while (name > path && *--name == '/')
            ;
        while (name > path && name[-1] != '/')
            name--;
        alone = true;
        for (size_t i = 0; i < arguments.dev.n; i++) {
            const char *other = run->dev[i].corpus->path;
            size_t n = strlen(other), tail = strlen(name);
            alone &= i == index || n < tail || strcmp(other + n - tail, name);
        }
    }
    return name;
}

static bool train_has_entities(const struct corpus *corpus)
{
    size_t i = 0;
    while (i < corpus->n_posts && !corpus->posts[i].n_entities)
        i++;
    return i < corpus->n_posts;
}

static int train_check_dev(struct train_run *run, struct error *err)
{
    for (size_t i = 0; i < arguments.dev.n; i++) {
        const struct corpus *corpus = run->dev[i].corpus;
        if (!train_has_entities(corpus) || /* relations are of entities */
            (!training_data_has(run->model, corpus, TRAINING_NER) &&
             !training_data_has(run->model, corpus, TRAINING_RE)))
            return error_set(err, ERROR_INPUT, "%s: has no labels that this model can be scored by", corpus->path);
        run->names[i] = train_name(run, i);
    }
    return 0;
}

/* $XDG_CACHE_HOME/mmib/features, by default under ~/.cache; allocated, NULL where neither is known. */
static char *train_cache_folder(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/')
        return file_join(cache, "mmib/features");
    return home && *home ? file_join(home, ".cache/mmib/features") : NULL;
}

static void train_show_pictures(void *context, size_t done, size_t n)
{
    struct train_run *run = context;
    if (!run->encoding)
        progress_start(&run->pictures, "pictures", n, arguments.quiet);
    run->encoding = true;
    progress_show(&run->pictures, done);
}

static int train_find_pictures(struct train_run *run, struct train_corpus *corpora, size_t n, size_t *missing,
                               struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t posts = corpora[i].corpus->n_posts, lost = 0;
        corpora[i].pictures = malloc((posts + 1) * sizeof *corpora[i].pictures);
        if (!corpora[i].pictures)
            return error_memory(err, corpora[i].corpus->path);
        for (size_t k = 0; k < posts; k++)
            corpora[i].pictures[k] = SIZE_MAX;
        if (!arguments.no_image &&
            features_store_add(run->features, corpora[i].corpus, corpora[i].pictures, &lost, err))
            return -1;
        *missing += lost;
    }
    return 0;
}

/* 0, 1 (stopped) or -1. */
static int train_encode_pictures(struct train_run *run, struct error *err)
{
    const struct features_store_events events = {train_show_pictures, train_stop, run};
    size_t missing = 0;
    char *folder = train_cache_folder();
    run->features = features_store_new(run->model, run->directory, folder, err);
    free(folder);
    if (!run->features || train_find_pictures(run, run->train, arguments.train.n, &missing, err) ||
        train_find_pictures(run, run->dev, arguments.dev.n, &missing, err))
        return -1;
    if (missing)
        fprintf(stderr, "mmib: train: %zu posts name a picture that is not there: they count as posts without one\n",
                missing);
    int result = features_store_fill(run->features, &events, err);
    if (run->encoding)
        progress_end(&run->pictures);
    if (features_store_problem(run->features))
        fprintf(stderr, "mmib: warning: features of pictures are not kept: %s\n",
                features_store_problem(run->features));
    return result;
}

static int train_make_data(struct train_run *run, struct error *err)
{
    const struct training_data *data = &run->data;
    for (size_t i = 0; i < arguments.train.n; i++)
        if (training_data_add(&run->data, run->model, run->train[i].corpus, run->train[i].pictures, err))
            return -1;
    if (!data->n_entities && !data->n_pairs)
        return error_set(err, ERROR_INPUT, "there is nothing to learn: no label is left for a head of the model");
    for (size_t i = 0; i < arguments.dev.n; i++)
        run->sets[i] = (struct evaluation_set){run->dev[i].corpus, run->dev[i].pictures};
    if (data->cut_tokens)
        fprintf(stderr, "mmib: train: %zu tokens of %zu posts lie behind the model's limit of pieces\n",
                data->cut_tokens, data->cut_posts);
    if (data->cut_pairs)
        fprintf(stderr, "mmib: train: %zu pairs left out: an argument lies behind the model's limit of pieces\n",
                data->cut_pairs);
    if (data->overlaps)
        fprintf(stderr, "mmib: train: %zu entities left out: they overlap an earlier one\n", data->overlaps);
    if (data->proposals)
        fprintf(stderr, "mmib: warning: %zu labels are proposals that nobody accepted; they count\n", data->proposals);
    if (!arguments.quiet)
        fprintf(stderr, "%zu posts for entities, %zu %s with %zu pairs, %zu pictures\n", data->n_posts[TRAINING_NER],
                data->n_posts[TRAINING_RE],
                mmib_config(run->model)->re.representation == RELATION_MARKER ? "marked texts" : "posts", data->n_pairs,
                features_store_count(run->features));
    return 0;
}

static int train_on_start(void *context, const struct train_start *start, struct error *err)
{
    struct train_run *run = context;
    train_progress_start(&run->progress, start, options.epochs, arguments.quiet);
    if (options.resume && !arguments.quiet)
        fprintf(stderr, "going on at step %zu of %zu\n", start->step, start->total_steps);
    return train_log_open(&run->log, arguments.log, options.resume, start, err);
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
    train_progress_epoch(&run->progress, epoch, run->names, arguments.dev.n);
    if (epoch->best) {
        memcpy(run->best, epoch->scores, arguments.dev.n * sizeof *run->best);
        run->has_best = true;
    }
    return train_log_epoch(&run->log, epoch, run->names, arguments.dev.n, err);
}

static void train_print(const struct train_run *run, const struct train_result *result)
{
    printf("best epoch %zu of %zu: dev F1 %.2f\n", result->best_epoch, result->epochs, 100 * result->best);
    for (size_t i = 0; run->has_best && i < arguments.dev.n; i++) {
        printf("  %s", run->names[i]);
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
    run->directory = model_run_directory(arguments.model, err);
    if (!run->directory || train_check_out(run->directory, err) || train_check_access(err) ||
        train_read(run, err) ||
        !(run->model = mmib_open_trainable(run->directory, arguments.threads, err)) ||
        train_settle_options(run->model, err) || train_check_dev(run, err))
        return -1;
    int stopped = train_encode_pictures(run, err);
    if (stopped > 0)
        fprintf(stderr, "mmib: train: stopped before the first step; the same command goes on with the pictures\n");
    if (stopped)
        return stopped;
    if (train_make_data(run, err) || train_lock_out(run, err) || train_clear_out(err))
        return -1;
    const struct train_input input = {.model = run->model,
                                      .directory = run->directory,
                                      .out = arguments.out,
                                      .data = &run->data,
                                      .features = run->features,
                                      .dev = run->sets,
                                      .n_dev = arguments.dev.n};
    const struct train_events events = {train_on_start, train_on_step, train_on_epoch, train_stop, run};
    stopped = train_run(&input, &options, &events, &result, err);
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
    if (arguments.plot) {
        if (!arguments.figure)
            return train_usage("--plot needs -o FILE");
        return train_plot(arguments.plot, arguments.figure, &err) ? report_error(&err) : 0;
    }
    if (!arguments.train.n || !arguments.dev.n || !arguments.out || !*arguments.out)
        return train_usage(!arguments.train.n ? "--train FILE is missing"
                           : !arguments.dev.n ? "--dev FILE is missing"
                                              : "--out DIR is missing");
    if (options.resume && arguments.force)
        return train_usage("--resume and --force exclude each other");
    struct train_run run = {0};
    train_watch_signals();
    int stopped = train_do(&run, &err);
    int code = stopped < 0 ? report_error(&err) : stopped ? 128 + train_signal : 0;
    train_close(&run);
    return code;
}

static const struct option_spec train_options[] = {
    MODEL_OPTION_MODEL(arguments),
    {"train", 0, OPTION_LIST, "FILE", "corpora to learn from; several, and repeatable", &arguments.train},
    {"dev", 0, OPTION_LIST, "FILE", "corpora that choose the best epoch; several, and repeatable", &arguments.dev},
    {"out", 0, OPTION_TEXT, "DIR", "folder of the trained model", &arguments.out},
    {"exclude", 0, OPTION_LIST, "FILE", "leave out training posts whose text is in these corpora", &arguments.exclude},
    {"epochs", 0, OPTION_COUNT, "N", "passes over the data at most (20)", &options.epochs},
    {"batch", 0, OPTION_COUNT, "N", "posts of a batch (8)", &options.batch},
    {"accumulate", 0, OPTION_COUNT, "N", "batches of a step (1)", &options.accumulate},
    {"lr", 0, OPTION_REAL, "R", "learning rate (3e-5)", &options.rate},
    {"head-lr", 0, OPTION_REAL, "R", "learning rate of all but the text encoder (as --lr)", &options.head_rate},
    {"crf-lr", 0, OPTION_REAL, "R", "learning rate of the CRF (5e-2)", &options.crf_rate},
    {"warmup", 0, OPTION_REAL, "F", "share of the steps in which the rates rise (0.05)", &options.warmup},
    {"decay", 0, OPTION_REAL, "R", "weight decay (0.01)", &options.decay},
    {"dropout", 0, OPTION_REAL, "P", "probability of dropout (as the model's config has it)", &options.dropout},
    {"clip", 0, OPTION_REAL, "R", "largest norm of the gradients, 0 = none (1)", &options.clip},
    {"average", 0, OPTION_REAL, "R", "decay of a moving average of the weights, 0 = none (0)", &options.average},
    {"patience", 0, OPTION_COUNT, "N", "epochs without a better score, 0 = all (5)", &options.patience},
    {"seed", 0, OPTION_COUNT, "N", "everything random follows from it (0)", &seed},
    {"freeze-text", 0, OPTION_COUNT, "N", "keep embeddings and the first N layers of the text encoder",
     &options.freeze_text},
    {"no-refinement", 0, OPTION_FLAG, NULL, "without the KL terms", &arguments.no_refinement},
    {"no-alignment", 0, OPTION_FLAG, NULL, "without the alignment of text and picture", &arguments.no_alignment},
    {"beta-text", 0, OPTION_REAL, "R", "weight of the text's KL term (as the model's config has it)",
     &options.beta_text},
    {"beta-image", 0, OPTION_REAL, "R", "weight of the picture's KL term (the same)", &options.beta_image},
    MODEL_OPTION_NO_IMAGE(arguments),
    {"lend-images", 0, OPTION_REAL, "P", "probability that a post without picture borrows one",
     &options.variation.lend_images},
    {"hide-images", 0, OPTION_REAL, "P", "probability that a post's picture is hidden",
     &options.variation.hide_images},
    {"standardise-images", 0, OPTION_FLAG, NULL, "begin with picture features of mean 0 and deviation 1",
     &options.standardise},
    {"mask", 0, OPTION_REAL, "P", "probability that a piece is masked", &options.variation.mask},
    {"type", 0, OPTION_TEXT, "f32|f16|bf16", "numbers of the weights that are written (f32)", &arguments.type},
    {"log", 0, OPTION_TEXT, "FILE", "JSON Lines, a line a step and an epoch", &arguments.log},
    {"resume", 0, OPTION_FLAG, NULL, "go on with the checkpoint in --out", &options.resume},
    {"force", 0, OPTION_FLAG, NULL, "replace a model or checkpoint in --out", &arguments.force},
    CORPUS_OPTION_FROM(arguments.corpus),
    CORPUS_OPTION_MAP(arguments.corpus),
    CORPUS_OPTION_IMAGES(arguments.corpus),
    CORPUS_OPTION_BOXES(arguments.corpus),
    MODEL_OPTION_THREADS(arguments),
    MODEL_OPTION_QUIET(arguments),
    {"plot", 0, OPTION_TEXT, "FILE", "draw the curves of this log, and do nothing else", &arguments.plot},
    {"output", 'o', OPTION_TEXT, "FILE", "figure that --plot draws: .png, .svg or .pdf", &arguments.figure},
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
