/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/examiner.h"

#include <stdlib.h>
#include <string.h>

struct examiner_job {
    struct examiner_result result; /* task, index and post; later what came of it */
    enum analysis_pairs pairs;
    bool has_predicted;
    struct post predicted;
    bool has_gold_entities, has_gold_relations;
    uint64_t of;
    bool cancelled;
    bool unwanted; /* others took its place while it ran */
    struct examiner_job *next; /* of those that are finished */
};

struct examiner_kept {
    size_t index;
    struct examination *examination;
    unsigned long used; /* the largest was used last; 0 = an empty place */
};

struct examiner {
    /* One place more, for the job that runs and may come back. */
    struct examiner_job *wanted[EXAMINER_WANTED_MAX + 1], *aside[EXAMINER_ASIDE_MAX + 1];
    size_t n_wanted, n_aside;
    struct examiner_job *finished; /* newest first */

    struct examiner_job *inbox; /* the input thread's own, oldest first */
    struct examiner_kept kept[EXAMINER_KEPT];
    unsigned long clock;
};

void examiner_result_free(struct examiner_result *result)
{
    post_free(&result->post);
    if (result->analysis)
        analysis_free(result->analysis);
    examination_free(result->examination);
    free(result->failure);
    *result = (struct examiner_result){0};
}

static void examiner_job_free(struct examiner_job *job)
{
    examiner_result_free(&job->result);
    post_free(&job->predicted);
    free(job);
}

static struct examiner_job *examiner_job_new(const struct examiner_order *order, bool aside, struct error *err)
{
    struct examiner_job *job = calloc(1, sizeof *job);
    bool copied = job && !post_copy(order->post, &job->result.post);
    if (copied && order->predicted) {
        copied = !post_copy(order->predicted, &job->predicted);
        job->has_predicted = copied;
    }
    if (!copied) {
        error_memory(err, "asking the model");
        if (job)
            examiner_job_free(job);
        return NULL;
    }
    job->result.task = order->task;
    job->result.index = order->index;
    job->result.aside = aside;
    job->pairs = order->pairs;
    job->has_gold_entities = order->has_gold_entities;
    job->has_gold_relations = order->has_gold_relations;
    job->of = examination_of(order->post, order->predicted);
    return job;
}

static bool examiner_is(const struct examiner_job *job, const struct examiner_order *order)
{
    return job->result.task == order->task && job->result.index == order->index && job->pairs == order->pairs &&
           job->of == examination_of(order->post, order->predicted);
}

struct examiner *examiner_new(void)
{
    return calloc(1, sizeof(struct examiner));
}

static void examiner_free_list(struct examiner_job *list)
{
    while (list) {
        struct examiner_job *next = list->next;
        examiner_job_free(list);
        list = next;
    }
}

static void examiner_clear_wanted(struct examiner *examiner)
{
    while (examiner->n_wanted)
        examiner_job_free(examiner->wanted[--examiner->n_wanted]);
}

void examiner_free(struct examiner *examiner)
{
    if (!examiner)
        return;
    examiner_clear_wanted(examiner);
    while (examiner->n_aside)
        examiner_job_free(examiner->aside[--examiner->n_aside]);
    examiner_free_list(examiner->finished);
    examiner_free_list(examiner->inbox);
    for (size_t i = 0; i < EXAMINER_KEPT; i++)
        examination_free(examiner->kept[i].examination);
    free(examiner);
}

/* --- for the worker ----------------------------------------------------------------------------------------------- */

static struct examiner_job *examiner_pull(struct examiner_job **jobs, size_t *n, size_t at)
{
    struct examiner_job *job = jobs[at];
    --*n;
    memmove(jobs + at, jobs + at + 1, (*n - at) * sizeof *jobs);
    return job;
}

struct examiner_job *examiner_take(struct examiner *examiner, enum examiner_urgency urgency)
{
    if (urgency == EXAMINER_AT_HAND)
        return examiner->n_wanted ? examiner_pull(examiner->wanted, &examiner->n_wanted, 0) : NULL;
    for (size_t i = 0; i < examiner->n_aside; i++)
        if (urgency == EXAMINER_ASIDE || examiner->aside[i]->result.task == TASK_PREDICT)
            return examiner_pull(examiner->aside, &examiner->n_aside, i);
    return NULL;
}

void examiner_run(struct mmib *model, struct examiner_job *job, const struct examiner_setting *setting)
{
    struct examiner_result *result = &job->result;
    struct error err = {0};
    int code;
    if (result->task == TASK_PREDICT) {
        const struct post *posts[] = {&result->post};
        const struct analysis_options options = {.images = setting->images,
                                                 .no_image = setting->no_image,
                                                 .pairs = job->pairs,
                                                 .schema = setting->schema,
                                                 .cancelled = setting->cancelled,
                                                 .context = setting->context};
        code = analysis_run(model, posts, 1, &options, &result->analysis, &err);
    } else {
        const struct examination_options options = {.images = setting->images,
                                                    .no_image = setting->no_image,
                                                    .predicted = job->has_predicted ? &job->predicted : NULL,
                                                    .pool = setting->pool,
                                                    .has_gold_entities = job->has_gold_entities,
                                                    .has_gold_relations = job->has_gold_relations,
                                                    .faithful = result->task == TASK_TEST,
                                                    .cancelled = setting->cancelled,
                                                    .context = setting->context};
        code = examination_run(model, &result->post, &options, &result->examination, &err);
    }
    job->cancelled = code > 0;
    if (code < 0)
        result->failure = strdup(err.message);
}

bool examiner_give_back(struct examiner *examiner, struct examiner_job *job)
{
    if (!job->cancelled) {
        job->next = examiner->finished;
        examiner->finished = job;
        return true;
    }
    job->cancelled = false;
    struct examiner_job **jobs = job->result.aside ? examiner->aside : examiner->wanted;
    size_t *n = job->result.aside ? &examiner->n_aside : &examiner->n_wanted;
    if (job->unwanted) {
        examiner_job_free(job);
        return false;
    }
    memmove(jobs + 1, jobs, *n * sizeof *jobs);
    jobs[0] = job;
    ++*n;
    return false;
}

int examiner_want(struct examiner *examiner, const struct examiner_order *orders, size_t n,
                  struct examiner_job *running, bool *stop_out, struct error *err)
{
    bool first_runs = false;
    examiner_clear_wanted(examiner);
    for (size_t i = 0; i < n && i < EXAMINER_WANTED_MAX; i++) {
        if (i == 0 && running && !running->result.aside && !running->unwanted && examiner_is(running, &orders[i])) {
            first_runs = true;
            continue;
        }
        struct examiner_job *job = examiner_job_new(&orders[i], false, err);
        if (!job)
            return -1;
        examiner->wanted[examiner->n_wanted++] = job;
    }
    *stop_out = running && !first_runs && (n || !running->result.aside);
    if (*stop_out && !running->result.aside)
        running->unwanted = true;
    return 0;
}

size_t examiner_room(const struct examiner *examiner)
{
    return examiner->n_aside < EXAMINER_ASIDE_MAX / 2 ? EXAMINER_ASIDE_MAX - examiner->n_aside : 0;
}

int examiner_aside(struct examiner *examiner, const struct examiner_order *order, struct error *err)
{
    struct examiner_job *job = examiner->n_aside < EXAMINER_ASIDE_MAX ? examiner_job_new(order, true, err) : NULL;
    if (!job)
        return examiner->n_aside < EXAMINER_ASIDE_MAX ? -1 : 0;
    examiner->aside[examiner->n_aside++] = job;
    return 0;
}

void examiner_collect(struct examiner *examiner)
{
    struct examiner_job **end = &examiner->inbox, *oldest_first = NULL;
    while (examiner->finished) {
        struct examiner_job *next = examiner->finished->next;
        examiner->finished->next = oldest_first;
        oldest_first = examiner->finished;
        examiner->finished = next;
    }
    while (*end)
        end = &(*end)->next;
    *end = oldest_first;
}

/* --- for the input thread ----------------------------------------------------------------------------------------- */

bool examiner_next(struct examiner *examiner, struct examiner_result *out)
{
    struct examiner_job *job = examiner->inbox;
    if (!job)
        return false;
    examiner->inbox = job->next;
    *out = job->result;
    job->result = (struct examiner_result){0};
    examiner_job_free(job);
    return true;
}

static struct examiner_kept *examiner_find(struct examiner *examiner, size_t index)
{
    for (size_t i = 0; i < EXAMINER_KEPT; i++)
        if (examiner->kept[i].used && examiner->kept[i].index == index)
            return &examiner->kept[i];
    return NULL;
}

void examiner_keep(struct examiner *examiner, struct examiner_result *result)
{
    struct examination *new = result->examination;
    struct examiner_kept *place = examiner_find(examiner, result->index);
    if (!new)
        return;
    result->examination = NULL;
    if (place && place->examination->of == new->of) {
        examination_join(place->examination, new);
        examination_free(new);
        place->used = ++examiner->clock;
        return;
    }
    for (size_t i = 0; !place && i < EXAMINER_KEPT; i++)
        if (!examiner->kept[i].used)
            place = &examiner->kept[i];
    if (!place) {
        place = &examiner->kept[0];
        for (size_t i = 1; i < EXAMINER_KEPT; i++)
            if (examiner->kept[i].used < place->used)
                place = &examiner->kept[i];
    }
    examination_free(place->examination);
    *place = (struct examiner_kept){result->index, new, ++examiner->clock};
}

const struct examination *examiner_peek(struct examiner *examiner, size_t index, const struct post *post,
                                        const struct post *predicted)
{
    struct examiner_kept *kept = examiner_find(examiner, index);
    if (!kept || kept->examination->of != examination_of(post, predicted))
        return NULL;
    kept->used = ++examiner->clock;
    return kept->examination;
}
