/* How long posts take, by the times of the acts in a corpus's history.
 *
 * The time from one act of a person to the next counts for the post of the later one. Of a gap over five minutes, five
 * count. A clock that went back says nothing. An act over several posts is work, but of no post in particular. Saving is
 * no act.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SUMMARY_TIMES_H
#define MMIB_UI_SUMMARY_TIMES_H

#include "corpora/error.h"
#include "corpora/history.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

enum { SUMMARY_PAUSE_S = 300 };

struct summary_times_person {
    char *name;       /* NULL = not known */
    long long last_s; /* of the last act, seconds since 1970 */
};

struct summary_times { /* made by summary_times_new */
    size_t n_posts;
    unsigned *seconds; /* [n_posts] that each took */
    bool *timed;       /* [n_posts]: is anything known of it? */
    struct summary_times_person *people;
    size_t n_people;
    unsigned long long work_s; /* all that counts */
};

/* 0, or -1 when memory is out (then it is empty). */
int summary_times_new(struct summary_times *times, size_t n_posts, struct error *err);
void summary_times_free(struct summary_times *times); /* what it owns; empty afterwards */

/* The next act, in the order of the history. 0, or -1 when memory is out. */
int summary_times_add(struct summary_times *times, const struct history_act *act);

struct summary_pace {
    unsigned long long work_s;
    size_t n_done;           /* posts that are done, and took time */
    double median_s, mean_s; /* over those; NAN where there is none */
    double posts_an_hour;    /* those, by an hour of all work; NAN where there was none */
};

/* status_of says what a post is now. 0, or -1 when memory is out. */
int summary_times_pace(const struct summary_times *times, enum post_status (*status_of)(void *context, size_t post),
                       void *context, struct summary_pace *out, struct error *err);

#endif
