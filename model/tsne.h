/* Exact t-SNE: points of many dimensions in a plane, neighbours beside each other (van der Maaten and Hinton 2008).
 *
 *   p_j|i = exp(-b_i |x_i - x_j|^2) / sum over k != i of the same with k,  b_i so that 2^entropy(p_.|i) = perplexity
 *   p_ij  = (p_j|i + p_i|j) / (2 n)
 *   q_ij  = w_ij / Z,  w_ij = 1 / (1 + |y_i - y_j|^2),  Z = sum over k != l of w_kl
 *   cost  = KL(P || Q) = sum of p_ij log(p_ij / q_ij);  dcost/dy_i = 4 sum over j of (p_ij - q_ij) w_ij (y_i - y_j)
 *
 * It begins with small normal numbers of the seed and goes down the gradient with momentum and a gain for each
 * coordinate; P counts 12 times in the first quarter of the iterations (early exaggeration), so that clusters form.
 * Every sum runs in the order of the points, so that the result depends on points and options alone, however many
 * threads there are. Time and memory grow with the square of the number of points.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TSNE_H
#define MMIB_MODEL_TSNE_H

#include "corpora/error.h"
#include "model/threads.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tsne_options {
    double perplexity; /* about how many neighbours count: from 1 on, below the number of points less one */
    size_t iterations;
    uint64_t seed;
    struct threads *threads;          /* NULL: the caller alone */
    bool (*cancelled)(void *context); /* asked in every iteration; may be NULL */
    void *context;
};

/* P [n, n] of points [n, d]: symmetric, of sum 1, with a diagonal of zeros. The search for a b_i ends where the entropy
 * is within 1e-5 nats, or after 200 steps (where more points coincide than the perplexity allows, it is out of reach).
 * ERROR_INPUT for a perplexity out of range and for points that are not finite. */
int tsne_joint(const float *points, size_t n, size_t d, double perplexity, struct threads *threads, double *p_out,
               struct error *err);

/* The cost of an embedding y [n, 2] in nats; gradient_out [n, 2], where it is not NULL, is that of `exaggeration` P.
 * -1 when memory is out. */
int tsne_cost(const double *p, const double *y, size_t n, double exaggeration, struct threads *threads,
              double *gradient_out, double *cost_out);

/* From points [n, d] to y_out [n, 2], centred, and its cost. 0, 1 (cancelled) or -1. */
int tsne_run(const float *points, size_t n, size_t d, const struct tsne_options *options, double *y_out,
             double *cost_out, struct error *err);

#endif
