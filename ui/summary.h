/* What was done in a corpus so far: counted post by post, so that it can be done in slices, and the time it took, out of
 * the history.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SUMMARY_H
#define MMIB_UI_SUMMARY_H

#include "corpora/anchoring.h"
#include "corpora/error.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

enum { SUMMARY_PAUSE_SECONDS = 300 /* a longer gap between two acts is a pause: so much of it counts as work */ };

/* A type, a relation's name, or an annotator. */
struct summary_row {
    char *name;
    size_t n;                                  /* kept labels; of an annotator: posts done */
    size_t created, accepted, edited, imported; /* of n: decisions of people, and labels that came with the file */
    size_t rejected;                           /* proposals of it that people refused */
};

struct summary_list {
    struct summary_row *rows;
    size_t n;
};

struct summary { /* starts zeroed */
    size_t scanned; /* posts counted */
    size_t statuses[4];
    struct summary_list types, relations, annotators;
    size_t n_flagged;
    struct anchoring anchoring;

    /* Time, of posts that are done by now or were worked on. */
    bool has_time;
    size_t n_timed;
    double median_s, mean_s, total_s; /* seconds a post, gaps over SUMMARY_PAUSE_SECONDS cut to that */
    struct error time_failure;        /* the history could not be read: message, else empty */
};

void summary_free(struct summary *summary); /* what it owns; empty afterwards */

/* Counts the next post: number scanned. 0, or -1 when memory is out. */
int summary_add(struct summary *summary, const struct post *post, struct error *err);

/* Times from the history beside the corpus. An act belongs to its post (the first, of several); the time since the act
 * before it, by the same person, counts for it. Failures stand in time_failure. */
void summary_time(struct summary *summary, const char *corpus_path);

/* accepted (also after an edit of the type or span) of all proposals that people decided about; NAN where there are
 * none. */
double summary_acceptance(const struct summary_row *row);

#endif
