/* Which of two people's spans, or boxes, are about the same thing: one-to-one pairings.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_OVERLAP_H
#define MMIB_CORPORA_OVERLAP_H

#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Half open, of tokens. */
struct overlap_span {
    size_t start, end;
};

static inline bool overlap_spans(const struct overlap_span *a, const struct overlap_span *b)
{
    return a->start < b->end && b->start < a->end;
}

/* The largest number of pairs (one of a, one of b) that share a token, each span in one pair at most. Sorts both. */
size_t overlap_count_pairs(struct overlap_span *a, size_t n_a, struct overlap_span *b, size_t n_b);

/* Intersection over union of two boxes [x0, y0, x1, y1]; 0 where either is empty. */
double overlap_iou(const double a[4], const double b[4]);

/* Pairs boxes of two lists whose IoU is at least threshold, the best first, each in one pair at most: partner_out[i] is
 * the place in b, or SIZE_MAX. Where two are as good, the first of a, then of b. */
int overlap_match_boxes(const double (*a)[4], size_t n_a, const double (*b)[4], size_t n_b, double threshold,
                        size_t *partner_out, struct error *err);

#endif
