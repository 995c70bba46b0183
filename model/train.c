/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train.h"

#include "corpora/clock.h"
#include "corpora/files.h"
#include "model/checkpoint.h"
#include "model/model-writer.h"
#include "model/optimizer.h"
#include "model/parameters.h"
#include "model/schedule.h"
#include "model/standardise.h"
#include "model/train-settings.h"
#include "model/training-plan.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRAIN_CHECKPOINT_MS = 10 * 60 * 1000 };

struct train {
    const struct train_input *input;
    const struct train_options *options;
    const struct train_events *events;
    struct training_plan plan;
    struct training_batch batch;
    struct optimizer *optimizer;
    struct model_writer *writer;
    struct evaluation_score *scores; /* [n_dev] */
    char *settings, *checkpoint;     /* JSON; path */
    size_t total_steps, warmup_steps;
    struct checkpoint_state state;
    bool has_checkpoint; /* one of this run is on disk, */
    size_t checkpoint_step; /* with so many steps */
    double checkpoint_ms;
};

char *train_checkpoint_path(const char *out)
{
    return file_join(out, "checkpoint.safetensors");
}

static bool train_stopped(const struct train *train)
{
    return train->events->stop && train->events->stop(train->events->context);
}

static bool train_finished(const struct train *train)
{
    const struct checkpoint_state *state = &train->state;
    return state->epochs >= train->options->epochs ||
           (train->options->patience && state->epochs - state->best_epoch >= train->options->patience && state->epochs);
}

/* Beginning and end */

static void train_end(struct train *train)
{
    training_plan_free(&train->plan);
    training_batch_free(&train->batch);
    optimizer_free(train->optimizer);
    model_writer_free(train->writer);
    free(train->scores);
    free(train->settings);
    free(train->checkpoint);
}

/* Counts that a checkpoint brought: such as a run of this plan comes to? */
static int train_check_state(const struct train *train, struct error *err)
{
    const struct checkpoint_state *state = &train->state;
    size_t n = train->plan.epoch_steps;
    if (state->epochs <= train->options->epochs && state->best_epoch <= state->epochs &&
        !state->best_epoch == !state->epochs && state->step >= state->epochs * n &&
        state->step <= (state->epochs + 1) * n)
        return 0;
    return error_set(err, ERROR_INPUT, "%s: is broken: %zu steps and %zu epochs of %zu steps do not fit",
                     train->checkpoint, state->step, state->epochs, n);
}

static int train_begin(struct train *train, struct error *err)
{
    const struct train_input *input = train->input;
    const struct train_options *options = train->options;
    struct parameters *parameters = mmib_parameters(input->model);
    train->scores = calloc(input->n_dev + 1, sizeof *train->scores);
    train->checkpoint = train_checkpoint_path(input->out);
    if (!train->scores || !train->checkpoint ||
        training_plan_make(input->data->n_posts, options->batch * options->accumulate, options->variation.seed,
                           &train->plan))
        return error_memory(err, "training");
    if (!train->plan.epoch_steps)
        return error_set(err, ERROR_INPUT, "there is nothing to learn: no post is left for a head of the model");
    train->total_steps = options->epochs * train->plan.epoch_steps;
    train->warmup_steps = (size_t)(options->warmup * (double)train->total_steps);
    parameters_freeze_text(parameters, options->freeze_text);
    if (options->standardise && !options->resume &&
        standardise_projection(parameters, input->features, mmib_config(input->model)->image.channels, err))
        return -1;
    if (training_batch_make(input->model, input->data, input->features, &options->variation, options->batch,
                            &train->batch, err) ||
        !(train->optimizer = optimizer_new(parameters, options->average > 0, err)) ||
        !(train->settings = train_settings(input, options, err)) ||
        (options->resume &&
         (checkpoint_read(train->checkpoint, train->optimizer, train->settings, &train->state, err) ||
          train_check_state(train, err))) ||
        !(train->writer = model_writer_new(input->directory, input->out, options->type, err)))
        return -1;
    train->has_checkpoint = options->resume;
    train->checkpoint_step = train->state.step;
    const struct model_writer_config config = {options->dropout, options->beta_text, options->beta_image,
                                               train->settings};
    if (model_writer_frame(train->writer, &config, err))
        return -1;
    train->checkpoint_ms = clock_ms();
    const struct train_start start = {train->state.step, train->total_steps, train->state.epochs, train->state.best,
                                      train->state.best_epoch};
    return train->events->start ? train->events->start(train->events->context, &start, err) : 0;
}

static int train_save(struct train *train, struct error *err)
{
    if (checkpoint_write(train->checkpoint, train->optimizer, &train->state, train->settings, err))
        return -1;
    train->has_checkpoint = true;
    train->checkpoint_step = train->state.step;
    train->checkpoint_ms = clock_ms();
    return 0;
}

/* Steps */

/* The failure's own message, with the step, and what can be gone on with. */
static int train_blame(const struct train *train, struct error *err)
{
    struct error cause = *err;
    char kept[64] = "no checkpoint was written yet";
    if (train->has_checkpoint)
        snprintf(kept, sizeof kept, "the checkpoint holds step %zu", train->checkpoint_step);
    return error_set(err, cause.kind, "step %zu of epoch %zu: %.600s (%s)", train->state.step + 1,
                     train->state.step / train->plan.epoch_steps + 1, cause.message, kept);
}

static void train_add(struct training_losses *sum, const struct training_losses *losses, double share)
{
    sum->task += share * losses->task;
    sum->alignment += share * losses->alignment;
    sum->text_kl += share * losses->text_kl;
    sum->image_kl += share * losses->image_kl;
    sum->total += share * losses->total;
}

/* Gradients of all batches of a step. */
static int train_gradients(struct train *train, const struct training_plan_step *step, struct training_losses *losses,
                           struct error *err)
{
    const struct train_options *options = train->options;
    size_t batches = (step->n + options->batch - 1) / options->batch;
    struct training_options how = {.beta_text = options->beta_text,
                                   .beta_image = options->beta_image,
                                   .refinement = options->refinement,
                                   .alignment = options->alignment,
                                   .dropout = options->dropout,
                                   .seed = options->variation.seed,
                                   .share = 1 / (double)batches};
    *losses = (struct training_losses){0};
    for (size_t b = 0; b < batches; b++) {
        struct training_losses one;
        size_t first = b * options->batch, left = step->n - first, n = left < options->batch ? left : options->batch;
        how.step = train->state.step * options->accumulate + b;
        training_batch_fill(&train->batch, step->task, step->epoch, step->posts + first, n);
        if (training_step(train->input->model, step->task, train->batch.items, n, &how, &one, err))
            return -1;
        train_add(losses, &one, how.share);
    }
    return 0;
}

static int train_step(struct train *train, struct error *err)
{
    const struct train_options *options = train->options;
    double start = clock_ms(), norm, share = schedule_rate(train->state.step, train->warmup_steps, train->total_steps);
    double n = (double)train->state.step, warm = (1 + n) / (10 + n);
    struct training_plan_step step = training_plan_at(&train->plan, train->state.step);
    const struct optimizer_settings settings = {.base = share * options->rate,
                                                .head = share * options->head_rate,
                                                .crf = share * options->crf_rate,
                                                .decay = options->decay,
                                                .clip = options->clip,
                                                .average = warm < options->average ? warm : options->average};
    struct training_losses losses;
    if (train_gradients(train, &step, &losses, err) ||
        optimizer_step(train->optimizer, &settings, mmib_threads(train->input->model), &norm, err))
        return train_blame(train, err);
    train->state.step++;
    const struct train_step told = {.step = train->state.step,
                                    .total_steps = train->total_steps,
                                    .epoch = step.epoch + 1,
                                    .task = step.task,
                                    .losses = losses,
                                    .rate = settings.base,
                                    .norm = norm,
                                    .posts = step.n,
                                    .seconds = (clock_ms() - start) / 1000};
    return train->events->step ? train->events->step(train->events->context, &told, err) : 0;
}

/* Scores all development corpora, and writes the weights where they are the best so far. 0, 1 (stopped) or -1. */
static int train_choose(struct train *train, struct error *err)
{
    const struct train_input *input = train->input;
    double start = clock_ms();
    int result = 0;
    optimizer_swap_average(train->optimizer);
    for (size_t i = 0; !result && i < input->n_dev; i++)
        result = evaluation_run(input->model, &input->dev[i], input->features, train->events->stop,
                                train->events->context, &train->scores[i], err);
    double score = result ? 0 : evaluation_mean(train->scores, input->n_dev);
    bool best = !result && (!train->state.best_epoch || score > train->state.best);
    if (best)
        result = model_writer_weights(train->writer, mmib_parameters(input->model), err);
    optimizer_swap_average(train->optimizer);
    if (result)
        return result < 0 ? train_blame(train, err) : result;
    train->state.epochs++;
    if (best) {
        train->state.best = score;
        train->state.best_epoch = train->state.epochs;
    }
    const struct train_epoch told = {.epoch = train->state.epochs,
                                     .step = train->state.step,
                                     .scores = train->scores,
                                     .score = score,
                                     .best = best,
                                     .seconds = (clock_ms() - start) / 1000};
    return train->events->epoch ? train->events->epoch(train->events->context, &told, err) : 0;
}

/* 0 when finished, 1 when stopped, -1. */
static int train_loop(struct train *train, struct error *err)
{
    for (;;) {
        int result = 0;
        if (train->state.step == (train->state.epochs + 1) * train->plan.epoch_steps) {
            result = train_choose(train, err);
            if (result < 0 || (!result && train_save(train, err)))
                return -1;
        }
        if (train_finished(train))
            return 0;
        if (result || train_stopped(train))
            return train_save(train, err) ? -1 : 1;
        if (clock_ms() - train->checkpoint_ms > TRAIN_CHECKPOINT_MS && train_save(train, err))
            return -1;
        if (train_step(train, err))
            return -1;
    }
}

int train_run(const struct train_input *input, const struct train_options *options, const struct train_events *events,
              struct train_result *out, struct error *err)
{
    struct train train = {.input = input, .options = options, .events = events};
    int result = train_begin(&train, err);
    if (!result)
        result = train_loop(&train, err);
    *out = (struct train_result){.step = train.state.step,
                                 .epochs = train.state.epochs,
                                 .best_epoch = train.state.best_epoch,
                                 .best = train.state.best,
                                 .finished = !result};
    train_end(&train);
    return result;
}
