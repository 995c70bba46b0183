/* Two systems on the same posts: who is right where, and whether the difference could be chance.
 *
 * A is the first system, B the second; differences are B - A.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_PAIRED_H
#define MMIB_CORPORA_PAIRED_H

#include "corpora/cases.h"
#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/score.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Flips ---- */

struct paired_flips {
    size_t both, only_a, only_b, neither; /* right */
};

struct paired_type {
    const char *name; /* borrowed from the cases of A; "None" for pairs that gold labels so */
    struct paired_flips flips;
};

struct paired_table {
    struct paired_flips total; /* over gold's entities, or gold's pairs, those that gold labels None included */
    struct paired_type *types; /* by gold's type, by name */
    size_t n_types;
    size_t classes[TAXONOMY_CLASSES_MAX][TAXONOMY_CLASSES_MAX]; /* gold labels by their class in A and in B */
    size_t wrong_both, wrong_a, wrong_b; /* false positives: the same label at the same place in both, or in one only */
};

/* Both cases must be of the same gold and mode, and all posts known; those left out in a do not count. predicted are
 * the corpora that they come from. *out is freed with paired_table_free. */
int paired_compare(const struct cases *a, const struct cases *b, const struct corpus *gold,
                   const struct corpus *const predicted[2], enum cases_level level, struct paired_table *out,
                   struct error *err);
void paired_table_free(struct paired_table *table);

/* Adds one post's labels to flips, counted in the same way; both systems' cases of it must be known. -1: memory is
 * out. */
int paired_add_post(const struct post *gold, const struct cases_post *a, const struct cases_post *b,
                    enum cases_level level, struct paired_flips *flips);

/* ---- McNemar's test ---- */

struct paired_mcnemar {
    size_t only_a, only_b;         /* the discordant counts */
    bool exact;                    /* fewer than 25 of them: two-sided binomial test; else chi-squared (1 degree of
                                    * freedom) with continuity correction */
    double statistic;              /* chi-squared; NAN when exact */
    double p;                      /* 1 without discordant items; NAN without any items */
    double difference, low, high;  /* B's share of right items less A's, and its 95 % interval (Agresti and Min 2005:
                                    * Wald's after 1/2 is added to each of the four counts) */
};

struct paired_mcnemar paired_mcnemar(const struct paired_flips *flips);

/* ---- Paired bootstrap ---- */

struct paired_post {
    struct score_counts counts[2]; /* of A and of B */
};

struct paired_bootstrap {
    double f1[2], delta; /* of the corpus itself; NAN where undefined */
    size_t n_resamples;
    size_t n_undefined;  /* of these: an F1 is undefined; left out */
    double low, high;    /* 2.5th and 97.5th percentile of the resamples' deltas, interpolated between neighbours */
    double p;            /* two-sided: 2 (1 + the fewer of deltas <= 0 and deltas >= 0) / (1 + resamples), at most 1 */
};

/* Of who does not ask for others: so all that is shown of two systems is the same. */
enum { PAIRED_SEED = 1, PAIRED_RESAMPLES = 1000, PAIRED_RESAMPLES_MAX = 1000000 };

/* Draws the posts anew, with replacement, n_resamples times; the same seed gives the same numbers. Only memory can be
 * wanting. */
int paired_bootstrap(const struct paired_post *posts, size_t n, size_t n_resamples, uint64_t seed,
                     struct paired_bootstrap *out, struct error *err);

/* What the bootstrap draws from: the posts that are not left out in a. *out [*n_out] is the caller's. */
int paired_posts(const struct cases *a, const struct cases *b, enum cases_level level, struct paired_post **out,
                 size_t *n_out, struct error *err);

#endif
