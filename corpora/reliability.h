/* How much observers agree beyond chance: figures from counts alone, without regard to what was observed.
 *
 * Cohen's kappa = (p_o - p_e) / (1 - p_e) for two observers: p_o is the share of units to which both gave the same
 * label, p_e = sum over labels of the product of both observers' shares of it.
 *
 * Krippendorff's alpha = 1 - D_o / D_e for any number of observers, nominal labels and missing values: a unit with m >=
 * 2 values adds 1 / (m - 1) for each ordered pair of its values; D_o is the share of pairs that differ, D_e what it
 * would be were all n values of those units shuffled: sum over labels c != k of n_c n_k / (n (n - 1)).
 *
 * Both are NAN where there is nothing to compare, or where only one label was given and chance would agree as well.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_RELIABILITY_H
#define MMIB_CORPORA_RELIABILITY_H

#include <stddef.h>
#include <stdint.h>

#define RELIABILITY_MISSING SIZE_MAX

/* Two observers' labels, counted. Starts zeroed. Labels are numbers from 0; the lists grow with them. */
struct reliability_kappa {
    size_t n, agreed;
    size_t *a, *b, *both; /* [n_labels]: units that the one, the other, both gave the label */
    size_t n_labels;
};

/* One more unit, that was labelled a and b. 0, or -1 when memory is out. */
int reliability_kappa_add(struct reliability_kappa *counts, size_t a, size_t b);
double reliability_kappa(const struct reliability_kappa *counts);
double reliability_kappa_of(const struct reliability_kappa *counts, size_t label); /* the label against all others */
void reliability_kappa_free(struct reliability_kappa *counts);

/* Any number of observers' labels. Starts zeroed. */
struct reliability_alpha {
    size_t n_units, n_values; /* those that count: of units with at least two values */
    double differing;         /* sum over units of the ordered pairs that differ / (m - 1) */
    size_t *labels;           /* [n_labels]: values of each label, in the units that count */
    size_t n_labels;
};

/* One more unit: a label of each observer, or RELIABILITY_MISSING. 0, or -1 when memory is out. */
int reliability_alpha_add(struct reliability_alpha *counts, const size_t *values, size_t n_observers);
double reliability_alpha(const struct reliability_alpha *counts);
void reliability_alpha_free(struct reliability_alpha *counts);

#endif
