/* SPDX-License-Identifier: Apache-2.0 */
#include "model/training-plan.h"

#include "model/random.h"

#include <stdio.h>
#include <stdlib.h>

int training_plan_make(const size_t n_posts[TRAINING_TASKS], size_t step_posts, uint64_t seed,
                       struct training_plan *out)
{
    *out = (struct training_plan){.seed = seed, .step_posts = step_posts, .epoch = SIZE_MAX};
    int result = 0;
    for (size_t t = 0; t < TRAINING_TASKS; t++) {
        out->n_posts[t] = n_posts[t];
        out->n_steps[t] = (n_posts[t] + step_posts - 1) / step_posts;
        out->epoch_steps += out->n_steps[t];
        out->order[t] = calloc(n_posts[t] + 1, sizeof *out->order[t]);
        result |= out->order[t] ? 0 : -1;
    }
    out->tasks = calloc(out->epoch_steps + 1, sizeof *out->tasks);
    out->starts = calloc(out->epoch_steps + 1, sizeof *out->starts);
    if (!result && out->tasks && out->starts)
        return 0;
    training_plan_free(out);
    return -1;
}

void training_plan_free(struct training_plan *plan)
{
    for (size_t t = 0; t < TRAINING_TASKS; t++)
        free(plan->order[t]);
    free(plan->tasks);
    free(plan->starts);
    *plan = (struct training_plan){0};
}

static void training_plan_shuffle(struct training_plan *plan, enum training_task task)
{
    struct random random;
    char stream[64];
    size_t *order = plan->order[task];
    snprintf(stream, sizeof stream, "order %d %zu", task, plan->epoch);
    random_seed(&random, plan->seed, stream);
    for (size_t i = 0; i < plan->n_posts[task]; i++) {
        size_t k = random_bits(&random) % (i + 1);
        order[i] = order[k];
        order[k] = i;
    }
}

/* Spreads the steps of entities evenly among those of relations, from a place that is drawn. */
static void training_plan_interleave(struct training_plan *plan)
{
    struct random random;
    char stream[64];
    size_t taken[TRAINING_TASKS] = {0}, all = plan->epoch_steps, first = plan->n_steps[TRAINING_NER];
    snprintf(stream, sizeof stream, "tasks %zu", plan->epoch);
    random_seed(&random, plan->seed, stream);
    size_t place = all ? random_bits(&random) % all : 0;
    for (size_t i = 0; i < all; i++) {
        place += first;
        enum training_task task = place >= all ? TRAINING_NER : TRAINING_RE;
        place -= place >= all ? all : 0;
        plan->tasks[i] = task;
        plan->starts[i] = taken[task];
        taken[task] += plan->step_posts;
    }
}

struct training_plan_step training_plan_at(struct training_plan *plan, size_t step)
{
    size_t epoch = step / plan->epoch_steps, at = step % plan->epoch_steps;
    if (epoch != plan->epoch) {
        plan->epoch = epoch;
        for (size_t t = 0; t < TRAINING_TASKS; t++)
            training_plan_shuffle(plan, (enum training_task)t);
        training_plan_interleave(plan);
    }
    enum training_task task = plan->tasks[at];
    size_t left = plan->n_posts[task] - plan->starts[at];
    return (struct training_plan_step){epoch, task, plan->order[task] + plan->starts[at],
                                       left < plan->step_posts ? left : plan->step_posts};
}
