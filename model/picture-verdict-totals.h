/* The picture's verdicts of a corpus, counted by type.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_PICTURE_VERDICT_TOTALS_H
#define MMIB_MODEL_PICTURE_VERDICT_TOTALS_H

#include "model/picture-verdict.h"

#include <stdbool.h>
#include <stddef.h>

struct picture_counts {
    size_t n;                       /* decisions */
    size_t answers[PICTURE_ANSWERS]; /* they add up to n */
    size_t changed;                 /* the label is another without the picture */
    size_t wrong_own, wrong_without; /* of those that are judged */
};

/* helped - hurt: what these very pictures did, without what any picture would do. */
long picture_net(const struct picture_counts *counts);

struct picture_type {
    char *name;
    struct picture_counts counts;
};

struct picture_table {
    struct picture_type *types; /* by name */
    size_t n_types;
    struct picture_counts all; /* the sum */
};

/* Over a corpus. Zero to begin with. */
struct picture_totals {
    struct picture_table entities;  /* of gold; those that are not judged, too */
    struct picture_table excess;    /* predicted, and gold lacks them */
    struct picture_table relations; /* of gold; those that are not judged, too */
    size_t n_posts, n_without;      /* posts; those that have no picture that can be used */
    size_t n_few;                   /* posts that had fewer others than were wanted */
};

/* wanted: how many others there were to be. -1 when memory is out. */
int picture_totals_add(struct picture_totals *totals, const struct picture_verdict *verdict, size_t wanted);
void picture_totals_free(struct picture_totals *totals); /* what it owns */

#endif
