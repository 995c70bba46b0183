/* Which posts make which step: an order for each epoch, and tasks that alternate.
 *
 * Everything is drawn from seed and epoch, nothing is carried on: a run can be taken up at any step.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TRAINING_PLAN_H
#define MMIB_MODEL_TRAINING_PLAN_H

#include "model/training-data.h"

#include <stddef.h>
#include <stdint.h>

struct training_plan {
    uint64_t seed;
    size_t n_posts[TRAINING_TASKS];
    size_t n_steps[TRAINING_TASKS]; /* of an epoch */
    size_t step_posts;              /* of a step; the last of an epoch may have fewer */
    size_t epoch_steps;             /* of both tasks */
    size_t epoch;                   /* that was drawn; SIZE_MAX = none */
    size_t *order[TRAINING_TASKS];  /* [n_posts] */
    enum training_task *tasks;      /* [epoch_steps] */
    size_t *starts;                 /* [epoch_steps] place in the task's order */
};

struct training_plan_step {
    size_t epoch; /* from 0 */
    enum training_task task;
    const size_t *posts; /* [n] numbers among the task's posts; until another epoch is asked for */
    size_t n;
};

/* n_posts of each task; one of them may be 0. -1 when memory is out. */
int training_plan_make(const size_t n_posts[TRAINING_TASKS], size_t step_posts, uint64_t seed,
                       struct training_plan *out);
void training_plan_free(struct training_plan *plan); /* what it owns */

/* Step 0, 1, ... of the run. */
struct training_plan_step training_plan_at(struct training_plan *plan, size_t step);

#endif
