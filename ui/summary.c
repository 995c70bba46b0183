/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/summary.h"

#include "corpora/history.h"
#include "corpora/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void summary_list_free(struct summary_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->rows[i].name);
    free(list->rows);
    *list = (struct summary_list){0};
}

void summary_free(struct summary *summary)
{
    summary_list_free(&summary->types);
    summary_list_free(&summary->relations);
    summary_list_free(&summary->annotators);
    *summary = (struct summary){0};
}

/* NULL when memory is out. */
static struct summary_row *summary_row(struct summary_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->rows[i].name, name))
            return &list->rows[i];
    struct summary_row *grown = array_grow(list->rows, list->n, sizeof *grown);
    if (!grown)
        return NULL;
    list->rows = grown;
    grown[list->n] = (struct summary_row){0};
    if (text_copy(name, &grown[list->n].name))
        return NULL;
    return &grown[list->n++];
}

static int summary_label(struct summary_list *list, const char *type, const struct provenance *origin)
{
    struct summary_row *row = summary_row(list, type ? type : "?");
    if (!row)
        return -1;
    if (origin->has_source && origin->source == SOURCE_MODEL && origin->decision == DECISION_NONE)
        return 0;
    row->n++;
    row->created += origin->decision == DECISION_CREATED;
    row->accepted += origin->decision == DECISION_ACCEPTED;
    row->edited += origin->decision == DECISION_EDITED;
    row->imported += origin->decision == DECISION_NONE;
    return 0;
}

static int summary_refused(struct summary_list *list, const char *type)
{
    struct summary_row *row = summary_row(list, type ? type : "?");
    if (!row)
        return -1;
    row->rejected++;
    return 0;
}

int summary_add(struct summary *summary, const struct post *post, struct error *err)
{
    int failed = 0;
    summary->scanned++;
    summary->statuses[post->status]++;
    summary->n_flagged += post->n_flags > 0;
    for (size_t i = 0; i < post->n_entities; i++)
        failed |= summary_label(&summary->types, post->entities[i].type, &post->entities[i].origin);
    for (size_t i = 0; i < post->n_relations; i++)
        failed |= summary_label(&summary->relations, post->relations[i].type, &post->relations[i].origin);
    for (size_t i = 0; i < post->n_rejected_entities; i++)
        failed |= summary_refused(&summary->types, post->rejected_entities[i].type);
    for (size_t i = 0; i < post->n_rejected_relations; i++)
        failed |= summary_refused(&summary->relations, post->rejected_relations[i].type);
    if (post->status == STATUS_DONE) {
        struct summary_row *row = summary_row(&summary->annotators, post->annotator ? post->annotator : "(not said)");
        failed |= row ? 0 : -1;
        if (row)
            row->n++;
    }
    failed |= anchoring_add(&summary->anchoring, post, NULL);
    return failed ? error_memory(err, "counting") : 0;
}

double summary_acceptance(const struct summary_row *row)
{
    size_t decided = row->accepted + row->rejected;
    return decided ? (double)row->accepted / (double)decided : NAN;
}

/* --- time --------------------------------------------------------------------------------------------------------- */

struct summary_clock {
    double *seconds; /* [n] by post */
    size_t n;
    double last_s;    /* when the act before was done */
    char last_by[64]; /* and by whom */
    bool has_last;
};

/* Days since 1970-01-01 of the Gregorian calendar. */
static long summary_days(long year, long month, long day)
{
    static const long before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    long y = year - (month <= 2), leaps = y / 4 - y / 100 + y / 400;
    return (year - 1970) * 365 + before[month - 1] + day - 1 + leaps - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* Seconds of an RFC 3339 time; NAN for what is none. */
static double summary_seconds(const char *time)
{
    int year, month, day, hour, minute, sign_hour = 0, sign_minute = 0;
    double second;
    char sign = 'Z';
    if (!time || sscanf(time, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%lf%c%2d:%2d", &year, &month, &day, &hour, &minute, &second,
                        &sign, &sign_hour, &sign_minute) < 6 ||
        month < 1 || month > 12 || day < 1 || day > 31)
        return NAN;
    double offset = (sign == '-' ? -60 : sign == '+' ? 60 : 0) * (sign_hour * 60.0 + sign_minute);
    return (double)summary_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
}

static int summary_visit(void *context, const struct history_act *act)
{
    struct summary_clock *clock = context;
    double now = summary_seconds(act->time);
    const char *by = act->by ? act->by : "";
    if (act->kind == JOURNAL_SAVE || act->kind == JOURNAL_RENAME || isnan(now))
        return 0;
    size_t post = act->n_posts ? act->posts[0].index : SIZE_MAX;
    bool follows = clock->has_last && !strncmp(by, clock->last_by, sizeof clock->last_by - 1);
    /* A clock that jumped back says nothing; a gap that is a pause counts as far as work may have gone on. */
    double gap = follows ? fmin(fmax(now - clock->last_s, 0), SUMMARY_PAUSE_SECONDS) : 0;
    if (post < clock->n && act->n_posts == 1)
        clock->seconds[post] += gap;
    clock->last_s = now;
    clock->has_last = true;
    snprintf(clock->last_by, sizeof clock->last_by, "%s", by);
    return 0;
}

static int summary_compare(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

void summary_time(struct summary *summary, const char *corpus_path)
{
    struct summary_clock clock = {.n = summary->scanned};
    struct error *err = &summary->time_failure;
    *err = (struct error){0};
    summary->has_time = false;
    summary->n_timed = 0;
    summary->total_s = 0;
    clock.seconds = calloc(clock.n + 1, sizeof *clock.seconds);
    if (!clock.seconds) {
        error_memory(err, "counting");
        return;
    }
    if (!history_walk(corpus_path, summary_visit, &clock, err)) {
        for (size_t i = 0; i < clock.n; i++) {
            if (clock.seconds[i] > 0) {
                summary->total_s += clock.seconds[i];
                clock.seconds[summary->n_timed++] = clock.seconds[i];
            }
        }
        size_t n = summary->n_timed;
        if (n) {
            qsort(clock.seconds, n, sizeof *clock.seconds, summary_compare);
            summary->has_time = true;
            summary->mean_s = summary->total_s / (double)n;
            summary->median_s = (clock.seconds[(n - 1) / 2] + clock.seconds[n / 2]) / 2;
        }
    }
    free(clock.seconds);
}
