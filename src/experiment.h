/* Experiments: a model trained many times, each time another way, and scored; what was done is not done again.
 *
 * In the folder of the experiment:
 *   runs/HASH.json  what a finished run came to; HASH is that of its settings (options, data, the model to begin with)
 *   running/        the run that goes on: as a folder of `mmib train`, with its settings in settings.json
 *   NAME-sSEED/     the trained models, with --keep only
 * A run that was killed goes on from its checkpoint; where the settings are others by now, it is thrown away.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EXPERIMENT_H
#define MMIB_SRC_EXPERIMENT_H

#include "corpora/lock.h"
#include "src/experiment-record.h"
#include "src/train-progress.h"
#include "src/train-setup.h"

#include <stdbool.h>
#include <stddef.h>

/* What a way of training changes of the options. */
struct experiment_variant {
    const char *title;  /* in tables */
    const char *folder; /* NAME above */
    bool refinement, alignment, pictures;
    double beta_text, beta_image; /* NAN: as the options say */
};

/* The same corpora and what is learned from them, with every picture hidden. */
struct experiment_blind {
    struct training_data data;
    struct features_store *features;
    size_t *pictures; /* [posts of the largest corpus] SIZE_MAX */
    struct evaluation_set dev[OPTION_REPEAT_MAX], scored[OPTION_REPEAT_MAX];
};

struct experiment {
    struct train_arguments *arguments;
    const char *command; /* for messages */
    bool keep;
    struct train_setup setup;
    struct features_store *test_features;
    struct evaluation_set scored[OPTION_REPEAT_MAX]; /* test, or without one, dev */
    size_t n_scored;
    struct experiment_blind blind;
    struct lock lock;
    char *runs, *running; /* folders */
    size_t total, done, reused; /* runs, for messages */
    char title[160];            /* of the run that goes on */
    struct train_progress progress;
};

/* arguments, command, keep and total are set, all else is zero. Reads, encodes, and makes the folders. 0, 1 (stopped by
 * a signal) or -1; to be closed in any case. */
int experiment_open(struct experiment *experiment, struct error *err);
void experiment_close(struct experiment *experiment);

/* With --keep: is the place of the run's model free, or has it that very model? To be asked of all runs before the first
 * one. */
int experiment_check(struct experiment *experiment, const struct experiment_variant *variant, size_t seed,
                     struct error *err);

/* One run, or what it came to earlier. 0, 1 (stopped by a signal, with a checkpoint) or -1. */
int experiment_run(struct experiment *experiment, const struct experiment_variant *variant, size_t seed,
                   struct experiment_record *out, struct error *err);

/* All runs are done: says on stderr how many of them were so before. */
void experiment_finished(const struct experiment *experiment);

/* Says on stderr how to go on after a signal; returns the exit code. */
int experiment_stopped(const struct experiment *experiment);

#endif
