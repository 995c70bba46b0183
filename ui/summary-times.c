/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/summary-times.h"

#include "corpora/clock.h"
#include "corpora/text.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int summary_times_new(struct summary_times *times, size_t n_posts, struct error *err)
{
    *times = (struct summary_times){.n_posts = n_posts};
    times->seconds = array_new(n_posts, sizeof *times->seconds);
    times->timed = array_new(n_posts, sizeof *times->timed);
    if (times->seconds && times->timed)
        return 0;
    summary_times_free(times);
    return error_memory(err, "the times of posts");
}

void summary_times_free(struct summary_times *times)
{
    for (size_t i = 0; i < times->n_people; i++)
        free(times->people[i].name);
    free(times->people);
    free(times->seconds);
    free(times->timed);
    *times = (struct summary_times){0};
}

static struct summary_times_person *times_person(struct summary_times *times, const char *name, bool *is_new)
{
    *is_new = false;
    for (size_t i = 0; i < times->n_people; i++)
        if (text_equal(name, times->people[i].name))
            return &times->people[i];
    struct summary_times_person *grown = array_grow(times->people, times->n_people, sizeof *grown);
    if (!grown)
        return NULL;
    times->people = grown;
    if (text_copy(name, &grown[times->n_people].name))
        return NULL;
    *is_new = true;
    return &grown[times->n_people++];
}

int summary_times_add(struct summary_times *times, const struct history_act *act)
{
    long long now_s;
    bool is_new;
    if (!act->n_posts || !clock_read(act->time, &now_s))
        return 0;
    struct summary_times_person *person = times_person(times, act->by, &is_new);
    if (!person)
        return -1;
    long long gap_s = now_s - person->last_s;
    person->last_s = now_s;
    if (is_new || gap_s < 0)
        return 0;
    gap_s = gap_s > SUMMARY_PAUSE_S ? SUMMARY_PAUSE_S : gap_s;
    times->work_s += (unsigned long long)gap_s;
    size_t post = act->posts[0].index;
    if (act->n_posts > 1 || post >= times->n_posts)
        return 0;
    times->timed[post] = true;
    if (times->seconds[post] < UINT_MAX - SUMMARY_PAUSE_S)
        times->seconds[post] += (unsigned)gap_s;
    return 0;
}

static int times_compare(const void *a, const void *b)
{
    const unsigned *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

int summary_times_pace(const struct summary_times *times, enum post_status (*status_of)(void *context, size_t post),
                       void *context, struct summary_pace *out, struct error *err)
{
    size_t n = 0;
    double sum_s = 0;
    *out = (struct summary_pace){times->work_s, 0, NAN, NAN, NAN};
    for (size_t i = 0; i < times->n_posts; i++)
        n += times->timed[i];
    unsigned *done = array_new(n, sizeof *done);
    if (!done)
        return error_memory(err, "the times of posts");
    for (size_t i = 0; i < times->n_posts; i++) {
        if (!times->timed[i] || status_of(context, i) != STATUS_DONE)
            continue;
        done[out->n_done++] = times->seconds[i];
        sum_s += times->seconds[i];
    }
    n = out->n_done;
    qsort(done, n, sizeof *done, times_compare);
    if (n) {
        out->median_s = (done[(n - 1) / 2] + (double)done[n / 2]) / 2;
        out->mean_s = sum_s / (double)n;
    }
    if (n && times->work_s)
        out->posts_an_hour = (double)n * 3600 / (double)times->work_s;
    free(done);
    return 0;
}
