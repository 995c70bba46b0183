/* How a training run goes, on stderr: one line that changes on a terminal, a plain line every ten seconds elsewhere.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_TRAIN_PROGRESS_H
#define MMIB_SRC_TRAIN_PROGRESS_H

#include "model/train.h"

#include <stdbool.h>
#include <stddef.h>

struct train_progress {
    bool quiet, terminal;
    double start_ms, shown_ms;
    size_t first_step, posts; /* where this process began; done since */
    struct training_losses losses[TRAINING_TASKS]; /* smoothed */
    bool seen[TRAINING_TASKS];
    double score; /* of the last epoch; negative: none yet */
    size_t epochs;
    char title[32]; /* before the line: which of several runs; "" = none */
};

void train_progress_start(struct train_progress *progress, const struct train_start *start, size_t epochs, bool quiet);
void train_progress_step(struct train_progress *progress, const struct train_step *step);

/* names [n] of the development corpora */
void train_progress_epoch(struct train_progress *progress, const struct train_epoch *epoch, const char *const *names,
                          size_t n);
void train_progress_end(struct train_progress *progress); /* clears the line */

#endif
