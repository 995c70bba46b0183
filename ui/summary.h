/* What was done in a corpus so far: counted post by post, so that it can be done in slices. The time that it took is an
 * affair of summary-times.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SUMMARY_H
#define MMIB_UI_SUMMARY_H

#include "corpora/anchoring.h"
#include "corpora/error.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

/* A type, a relation's name, or an annotator. */
struct summary_row {
    char *name;
    size_t n;                                  /* kept labels; of an annotator: posts done */
    size_t created, accepted, edited, imported; /* of n: decisions of people, and labels that came with the file */
    size_t corrected;                          /* of edited: a model had proposed something else */
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
    struct anchoring anchoring; /* has_gold is the caller's to set */
};

void summary_free(struct summary *summary); /* what it owns; empty afterwards */

/* Counts the next post: number scanned. gold: the same post with its true labels, NULL = there is none. 0, or -1 when
 * memory is out. */
int summary_add(struct summary *summary, const struct post *post, const struct post *gold, struct error *err);

/* Of the proposals that people decided about, the share that was accepted as it stood: accepted / (accepted + corrected
 * + refused). One that was corrected counts under the name that it was given. NAN where there are none. */
double summary_acceptance(const struct summary_row *row);

#endif
