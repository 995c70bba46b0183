/* Training: steps over epochs, choice of the best epoch on development corpora, and checkpoints.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TRAIN_H
#define MMIB_MODEL_TRAIN_H

#include "corpora/error.h"
#include "model/evaluation.h"
#include "model/features-store.h"
#include "model/mmib.h"
#include "model/tensor.h"
#include "model/training-batch.h"
#include "model/training-data.h"
#include "model/training-step.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct train_options {
    size_t epochs;
    size_t batch;      /* posts of a forward pass */
    size_t accumulate; /* batches of a step */
    double rate, head_rate, crf_rate;
    double warmup; /* share of all steps */
    double decay, clip, dropout, beta_text, beta_image;
    double average; /* decay of the moving average of the weights; 0 = none */
    bool refinement, alignment;
    bool standardise; /* begin with an image projection that sees features of mean 0 and deviation 1 */
    size_t freeze_text;
    size_t patience; /* epochs without a better score that end the run; 0 = never */
    struct training_variation variation; /* its seed is that of everything */
    enum tensor_type type;               /* of the weights that are written */
    bool resume;
};

/* What a run works on; all of it outlives the run. */
struct train_input {
    struct mmib *model;    /* opened for training */
    const char *directory; /* where it was opened */
    const char *out;       /* folder that is there */
    const struct training_data *data;
    const struct features_store *features;
    const struct evaluation_set *dev; /* [n_dev] at least one */
    size_t n_dev;
};

struct train_start {
    size_t step, total_steps; /* done, of all epochs */
    size_t epochs;            /* evaluated */
    double best;              /* score of the best so far; only where best_epoch */
    size_t best_epoch;
};

struct train_step {
    size_t step, total_steps, epoch; /* from 1 */
    enum training_task task;
    struct training_losses losses;
    double rate, norm; /* the base learning rate; of the gradients before clipping */
    size_t posts;
    double seconds;
};

struct train_epoch {
    size_t epoch, step;                     /* from 1; steps done */
    const struct evaluation_score *scores; /* [n_dev] */
    double score;                           /* their mean, by which epochs are chosen */
    bool best;
    double seconds; /* of the evaluation */
};

/* All may be NULL; the ones that return an int end the run with -1. */
struct train_events {
    int (*start)(void *context, const struct train_start *start, struct error *err);
    int (*step)(void *context, const struct train_step *step, struct error *err);
    int (*epoch)(void *context, const struct train_epoch *epoch, struct error *err);
    bool (*stop)(void *context); /* asked after every step: true ends the run with a checkpoint */
    void *context;
};

struct train_result {
    size_t step, epochs;
    size_t best_epoch; /* from 1; 0 = no epoch ended */
    double best;
    bool finished; /* by its last epoch or by patience: there is nothing to resume */
};

/* Writes config and vocabulary to the folder, then the weights of the best epoch so far, and checkpoints. 0 when
 * finished, 1 when stopped, -1 after a failure: the weights and the checkpoint that were written last stay. */
int train_run(const struct train_input *input, const struct train_options *options, const struct train_events *events,
              struct train_result *out, struct error *err);

/* Path of a run's checkpoint; allocated, NULL when memory is out. */
char *train_checkpoint_path(const char *out);

#endif
