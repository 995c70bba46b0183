/* The log of a training run: JSON Lines, a line a step and a line an epoch, each complete on disk before the next step.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_TRAIN_LOG_H
#define MMIB_SRC_TRAIN_LOG_H

#include "corpora/error.h"
#include "corpora/text.h"
#include "model/train.h"

#include <stdio.h>

struct train_log {
    const char *path; /* NULL: no log is kept */
    FILE *stream;
    struct text line; /* that is being written */
};

/* Before anything else: a file that is there and no log (a corpus, say) must not be replaced by one. */
int train_log_check(const char *path, struct error *err);

/* path NULL: nothing is written. A resumed run goes on behind what the log has of the steps and epochs that are done;
 * what it has beyond them is dropped. */
int train_log_open(struct train_log *log, const char *path, bool resume, const struct train_start *start,
                   struct error *err);
int train_log_step(struct train_log *log, const struct train_step *step, struct error *err);

/* names [n] of the development corpora */
int train_log_epoch(struct train_log *log, const struct train_epoch *epoch, const char *const *names, size_t n,
                    struct error *err);
int train_log_close(struct train_log *log, struct error *err);

#endif
