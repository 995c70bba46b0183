/* Linear-chain CRF (Lafferty et al., 2001) over the rows of one post: best path, marginals, probability of a span.
 *
 * score(y) = start[y_0] + sum emission[t][y_t] + sum transitions[y_t-1][y_t] + end[y_n-1]. Sums run in double precision in the
 * log domain.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_CRF_H
#define MMIB_MODEL_CRF_H

#include "model/arena.h"

#include <stddef.h>
#include <stdint.h>

enum { CRF_MAX_LABELS = 512 };

struct crf {
    size_t labels;            /* L <= CRF_MAX_LABELS */
    const float *start, *end; /* [L] */
    const float *transitions; /* [L, L], from row to column */
};

/* Which label may follow which: allowed(from, to), from = SIZE_MAX asks whether the path may begin with `to`. */
typedef int crf_rule(const void *context, size_t from, size_t to);

/* Best path of emissions [n, L] into path [n]; its score is returned. rule NULL = every path. Ties go to the lower label.
 * NAN when memory is out. n >= 1. */
double crf_viterbi(const struct crf *crf, const float *emissions, size_t n, crf_rule *rule, const void *context,
                   struct arena *arena, int32_t *path);

/* Score of a given path. */
double crf_score(const struct crf *crf, const float *emissions, size_t n, const int32_t *path);

/* The sums of all paths, kept for questions about spans. */
struct crf_sums {
    size_t n;
    const float *emissions; /* [n, L], borrowed */
    double *forward;        /* [n, L] log sum of the paths up to row t that end in the label, emission of t included */
    double *backward;       /* [n, L] log sum of what follows row t when it has the label, emission of t not included */
    double log_partition;
};

/* The same in two steps, for threads that must not ask the arena: memory first (-1 when it is out), then the sums. */
int crf_sums_prepare(const struct crf *crf, const float *emissions, size_t n, struct arena *arena, struct crf_sums *out);
void crf_sums_run(const struct crf *crf, struct crf_sums *sums);

/* -1 when memory is out. n >= 1. */
int crf_sum(const struct crf *crf, const float *emissions, size_t n, struct arena *arena, struct crf_sums *out);

/* The gradient of scale (log_partition - score(path)), the negative log-likelihood of path [n]: of the emissions into
 * demissions [n, L] (set), of start [L], end [L] and transitions [L, L] added to the rest. */
void crf_backward(const struct crf *crf, const struct crf_sums *sums, const int32_t *path, double scale,
                  float *demissions, float *dstart, float *dend, float *dtransitions);

/* marginals [n, L]: P(y_t = label). */
void crf_marginals(const struct crf *crf, const struct crf_sums *sums, float *marginals);

/* Natural log of the probability that rows[0] has label `first`, rows[1 ..] have label `inside`, and, where after is a row
 * (not SIZE_MAX), that row does not have `inside`. Rows between them are free. rows is ascending, n_rows >= 1; inside may be
 * SIZE_MAX when the type has no I- label (then n_rows must be 1). */
double crf_span_log_probability(const struct crf *crf, const struct crf_sums *sums, const size_t *rows, size_t n_rows,
                                size_t after, size_t first, size_t inside);

#endif
