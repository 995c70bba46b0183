/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tsne.h"

#include "model/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TSNE_SEARCH_STEPS = 200 };

static const double tsne_tolerance = 1e-5, tsne_exaggeration = 12, tsne_start = 1e-4;

/* Joint probabilities */

struct tsne_rows {
    const float *points; /* [n, d] */
    size_t n, d;
    double entropy; /* wanted, nats */
    double *p;      /* [n, n] */
};

/* Entropy of row i for b, its probabilities in p; distances are above the smallest, which changes nothing in p: so their
 * sum is at least 1. */
static double tsne_entropy(const double *distances, size_t n, size_t i, double b, double *p)
{
    double sum = 0, weighted = 0;
    for (size_t j = 0; j < n; j++) {
        p[j] = j == i ? 0 : exp(-b * distances[j]);
        sum += p[j];
        weighted += p[j] * distances[j];
    }
    for (size_t j = 0; j < n; j++)
        p[j] /= sum;
    return log(fmax(sum, 1)) + b * weighted / sum;
}

/* Squared distances of point i, less that of its nearest neighbour. Returns the mean of what is left. */
static double tsne_distances(const struct tsne_rows *rows, size_t i, double *out)
{
    double nearest = INFINITY, sum = 0;
    for (size_t j = 0; j < rows->n; j++) {
        const float *a = rows->points + i * rows->d, *b = rows->points + j * rows->d;
        out[j] = 0;
        for (size_t k = 0; k < rows->d; k++)
            out[j] += ((double)a[k] - b[k]) * ((double)a[k] - b[k]);
        if (j != i)
            nearest = fmin(nearest, out[j]);
    }
    for (size_t j = 0; j < rows->n; j++) {
        out[j] = j == i ? 0 : out[j] - nearest;
        sum += out[j];
    }
    return sum / (double)(rows->n - 1);
}

/* Conditional probabilities of point i; row i of p serves as memory for the distances too. */
static void tsne_row(const struct tsne_rows *rows, size_t i, double *distances)
{
    double mean = tsne_distances(rows, i, distances), low = 0, high = INFINITY, b = mean > 0 ? 1 / mean : 1;
    double *p = rows->p + i * rows->n;
    for (int step = 0; step < TSNE_SEARCH_STEPS; step++) {
        double off = tsne_entropy(distances, rows->n, i, b, p) - rows->entropy;
        if (fabs(off) < tsne_tolerance)
            return;
        if (off > 0)
            low = b;
        else
            high = b;
        double next = isinf(high) ? b * 2 : (low + high) / 2;
        if (isinf(next) || next == b) /* points that coincide: no b is large enough */
            return;
        b = next;
    }
}

struct tsne_joint_work {
    struct tsne_rows rows;
    double *distances; /* [threads, n] */
};

static void tsne_row_task(void *context, size_t index, size_t thread)
{
    const struct tsne_joint_work *work = context;
    tsne_row(&work->rows, index, work->distances + thread * work->rows.n);
}

int tsne_joint(const float *points, size_t n, size_t d, double perplexity, struct threads *threads, double *p_out,
               struct error *err)
{
    if (!(perplexity >= 1) || !(perplexity < (double)n - 1))
        return error_set(err, ERROR_INPUT, "%zu points are too few for a perplexity of %g", n, perplexity);
    for (size_t i = 0; i < n * d; i++)
        if (!isfinite(points[i]))
            return error_set(err, ERROR_INPUT, "point %zu has a value that is not finite", i / d + 1);
    struct tsne_joint_work work = {.rows = {points, n, d, log(perplexity), p_out}};
    work.distances = calloc(threads ? threads_count(threads) : 1, n * sizeof *work.distances);
    if (!work.distances)
        return error_memory(err, "t-SNE");
    threads_run(threads, n, tsne_row_task, &work);
    free(work.distances);
    for (size_t i = 0; i < n; i++) {
        p_out[i * n + i] = 0;
        for (size_t j = 0; j < i; j++)
            p_out[i * n + j] = p_out[j * n + i] = (p_out[i * n + j] + p_out[j * n + i]) / (2 * (double)n);
    }
    return 0;
}

/* Cost and gradient */

struct tsne_sums {
    double attraction[2], repulsion[2]; /* sums over j of p w (y_i - y_j) and of w^2 (y_i - y_j) */
    double z, logs;                     /* sums over j of w, and of p log(p / w) */
};

struct tsne_cost_work {
    const double *p, *y;
    size_t n;
    bool cost;              /* logs are asked for */
    struct tsne_sums *sums; /* [n] */
};

static void tsne_sum_task(void *context, size_t i, size_t thread)
{
    const struct tsne_cost_work *work = context;
    const double *p = work->p + i * work->n, *y = work->y, x0 = y[2 * i], x1 = y[2 * i + 1];
    struct tsne_sums sums = {.z = 0};
    (void)thread;
    for (size_t j = 0; j < work->n; j++) {
        double d0 = x0 - y[2 * j], d1 = x1 - y[2 * j + 1], w = j == i ? 0 : 1 / (1 + d0 * d0 + d1 * d1);
        double attraction = p[j] * w, repulsion = w * w;
        sums.attraction[0] += attraction * d0;
        sums.attraction[1] += attraction * d1;
        sums.repulsion[0] += repulsion * d0;
        sums.repulsion[1] += repulsion * d1;
        sums.z += w;
    }
    for (size_t j = 0; work->cost && j < work->n; j++)
        if (p[j] > 0) {
            double d0 = x0 - y[2 * j], d1 = x1 - y[2 * j + 1];
            sums.logs += p[j] * log(p[j] * (1 + d0 * d0 + d1 * d1));
        }
    work->sums[i] = sums;
}

/* sums [n] is memory; cost_out and gradient_out may be NULL. */
static void tsne_evaluate(const double *p, const double *y, size_t n, double exaggeration, struct threads *threads,
                          struct tsne_sums *sums, double *gradient_out, double *cost_out)
{
    struct tsne_cost_work work = {p, y, n, cost_out, sums};
    double z = 0, logs = 0;
    threads_run(threads, n, tsne_sum_task, &work);
    for (size_t i = 0; i < n; i++) {
        z += sums[i].z;
        logs += sums[i].logs;
    }
    for (size_t i = 0; gradient_out && i < 2 * n; i++)
        gradient_out[i] =
            4 * (exaggeration * sums[i / 2].attraction[i % 2] - sums[i / 2].repulsion[i % 2] / z);
    if (cost_out) /* the p have sum 1 */
        *cost_out = logs + log(z);
}

int tsne_cost(const double *p, const double *y, size_t n, double exaggeration, struct threads *threads,
              double *gradient_out, double *cost_out)
{
    struct tsne_sums *sums = calloc(n + 1, sizeof *sums);
    if (!sums)
        return -1;
    tsne_evaluate(p, y, n, exaggeration, threads, sums, gradient_out, cost_out);
    free(sums);
    return 0;
}

/* The way down */

struct tsne_descent {
    const double *p;
    size_t n;
    const struct tsne_options *options;
    double *y;                        /* [n, 2] */
    double *gradient, *step, *gains;  /* [n, 2] */
    struct tsne_sums *sums;           /* [n] */
};

static void tsne_centre(double *y, size_t n)
{
    double mean[2] = {0, 0};
    for (size_t i = 0; i < 2 * n; i++)
        mean[i % 2] += y[i] / (double)n;
    for (size_t i = 0; i < 2 * n; i++)
        y[i] -= mean[i % 2];
}

/* Jacobs (1988): the gain of a coordinate grows while its gradient keeps its sign. */
static void tsne_step(struct tsne_descent *descent, double rate, double momentum)
{
    for (size_t i = 0; i < 2 * descent->n; i++) {
        bool onwards = descent->step[i] * descent->gradient[i] < 0;
        descent->gains[i] = fmax(onwards ? descent->gains[i] + 0.2 : descent->gains[i] * 0.8, 0.01);
        descent->step[i] = momentum * descent->step[i] - rate * descent->gains[i] * descent->gradient[i];
        descent->y[i] += descent->step[i];
    }
    tsne_centre(descent->y, descent->n);
}

static int tsne_descend(struct tsne_descent *descent, double *cost_out)
{
    const struct tsne_options *options = descent->options;
    struct random random;
    size_t n = descent->n, early = options->iterations / 4;
    double rate = fmax((double)n / tsne_exaggeration / 4, 50); /* Belkina et al. (2019) */
    random_seed(&random, options->seed, "t-SNE");
    for (size_t i = 0; i < 2 * n; i++) {
        descent->y[i] = tsne_start * random_normal(&random);
        descent->gains[i] = 1;
    }
    for (size_t t = 0; t < options->iterations; t++) {
        if (options->cancelled && options->cancelled(options->context))
            return 1;
        tsne_evaluate(descent->p, descent->y, n, t < early ? tsne_exaggeration : 1, options->threads, descent->sums,
                      descent->gradient, NULL);
        tsne_step(descent, rate, t < early ? 0.5 : 0.8);
    }
    tsne_evaluate(descent->p, descent->y, n, 1, options->threads, descent->sums, NULL, cost_out);
    return 0;
}

int tsne_run(const float *points, size_t n, size_t d, const struct tsne_options *options, double *y_out,
             double *cost_out, struct error *err)
{
    size_t cells;
    double *p = NULL;
    int result = -1;
    struct tsne_descent descent = {.n = n, .options = options, .y = y_out};
    descent.gradient = calloc(n + 1, 3 * 2 * sizeof *descent.gradient);
    descent.sums = calloc(n + 1, sizeof *descent.sums);
    if (!descent.gradient || !descent.sums || __builtin_mul_overflow(n, n, &cells) ||
        !(p = calloc(cells + 1, sizeof *p))) {
        error_memory(err, "t-SNE");
        goto done;
    }
    descent.step = descent.gradient + 2 * n;
    descent.gains = descent.step + 2 * n;
    descent.p = p;
    if (!tsne_joint(points, n, d, options->perplexity, options->threads, p, err))
        result = tsne_descend(&descent, cost_out);
done:
    free(descent.gradient);
    free(descent.sums);
    free(p);
    return result;
}
