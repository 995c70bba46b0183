/* t-SNE: joint probabilities against a search of their own, the gradient by finite differences, clusters, threads.
 *
 * With arguments N D PERPLEXITY ITERATIONS SEED it is no test: it reads points [N, D] (float) and writes P [N, N], the
 * embedding [N, 2] and its cost (double), for a comparison with another implementation.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/random.h"
#include "model/tsne.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 40, D = 5 };

static float points[N * D];

/* Two clusters, far from each other: even and odd points. */
static void make_points(float apart)
{
    struct random random;
    random_seed(&random, 3, "points");
    for (size_t i = 0; i < N * D; i++)
        points[i] = random_normal(&random) + (i / D % 2 ? apart : 0);
}

static double distance(size_t i, size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < D; k++)
        sum += pow((double)points[i * D + k] - points[j * D + k], 2);
    return sum;
}

/* p_j|i for b; returns the perplexity. */
static double conditional(size_t i, double b, double p[N])
{
    double sum = 0, entropy = 0;
    for (size_t j = 0; j < N; j++)
        sum += p[j] = j == i ? 0 : exp(-b * distance(i, j));
    for (size_t j = 0; j < N; j++) {
        p[j] /= sum;
        entropy -= p[j] > 0 ? p[j] * log2(p[j]) : 0;
    }
    return exp2(entropy);
}

static void test_joint(void **state)
{
    (void)state;
    static double p[N * N], expected[N][N];
    struct error err;
    double sum = 0;
    make_points(1);
    assert_int_equal(tsne_joint(points, N, D, 10, NULL, p, &err), 0);
    for (size_t i = 0; i < N; i++) {
        double low = 1e-6, high = 10;
        for (int step = 0; step < 100; step++) {
            double middle = (low + high) / 2;
            *(conditional(i, middle, expected[i]) > 10 ? &low : &high) = middle;
        }
        assert_true(fabs(conditional(i, low, expected[i]) - 10) < 1e-9);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            assert_true(fabs(p[i * N + j] - (expected[i][j] + expected[j][i]) / (2 * N)) < 1e-7);
            assert_true(p[i * N + j] == p[j * N + i]);
            sum += p[i * N + j];
        }
    assert_true(fabs(sum - 1) < 1e-12);
}

static void test_gradient(void **state)
{
    (void)state;
    static double p[N * N], y[2 * N], gradient[2 * N];
    struct error err;
    struct random random;
    make_points(1);
    assert_int_equal(tsne_joint(points, N, D, 7, NULL, p, &err), 0);
    random_seed(&random, 5, "y");
    for (size_t i = 0; i < 2 * N; i++)
        y[i] = 3 * random_normal(&random);
    double cost;
    assert_int_equal(tsne_cost(p, y, N, 1, NULL, gradient, &cost), 0);

    /* The cost as it is written down. */
    double z = 0, direct = 0;
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            z += i == j ? 0 : 1 / (1 + pow(y[2 * i] - y[2 * j], 2) + pow(y[2 * i + 1] - y[2 * j + 1], 2));
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            if (i != j)
                direct += p[i * N + j] * log(p[i * N + j] * z *
                                             (1 + pow(y[2 * i] - y[2 * j], 2) + pow(y[2 * i + 1] - y[2 * j + 1], 2)));
    assert_true(fabs(cost - direct) < 1e-10);

    for (size_t i = 0; i < 2 * N; i++) {
        double kept = y[i], ahead, behind;
        y[i] = kept + 1e-5;
        tsne_cost(p, y, N, 1, NULL, NULL, &ahead);
        y[i] = kept - 1e-5;
        tsne_cost(p, y, N, 1, NULL, NULL, &behind);
        y[i] = kept;
        assert_true(fabs((ahead - behind) / 2e-5 - gradient[i]) < 1e-8);
    }
}

static void test_clusters(void **state)
{
    (void)state;
    double y[2 * N], cost, again[2 * N], cost_again, before, p[N * N], other[2 * N];
    struct error err;
    struct tsne_options options = {.perplexity = 8, .iterations = 500, .seed = 1};
    make_points(8);
    assert_int_equal(tsne_run(points, N, D, &options, y, &cost, &err), 0);
    double inside = 0, between = INFINITY;
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < i; j++) {
            double apart = hypot(y[2 * i] - y[2 * j], y[2 * i + 1] - y[2 * j + 1]);
            if (i % 2 == j % 2)
                inside = fmax(inside, apart);
            else
                between = fmin(between, apart);
        }
    assert_true(between > inside);

    /* As good as the way down can be expected to make it, and the cost is that of what is given out. */
    assert_int_equal(tsne_joint(points, N, D, 8, NULL, p, &err), 0);
    tsne_cost(p, y, N, 1, NULL, NULL, &before);
    assert_true(fabs(before - cost) < 1e-12 && cost > 0 && cost < 0.5);

    options.threads = threads_new(3);
    assert_int_equal(tsne_run(points, N, D, &options, again, &cost_again, &err), 0);
    assert_memory_equal(y, again, sizeof y);
    assert_true(cost == cost_again);
    threads_free(options.threads);
    options.threads = NULL;
    options.seed = 2;
    assert_int_equal(tsne_run(points, N, D, &options, other, &cost_again, &err), 0);
    assert_memory_not_equal(y, other, sizeof y);
}

static bool stop(void *context)
{
    return ++*(int *)context > 3;
}

static void test_odd_points(void **state)
{
    (void)state;
    double y[2 * N], cost;
    int asked = 0;
    struct error err;
    struct tsne_options options = {.perplexity = 5, .iterations = 100};
    memset(points, 0, sizeof points); /* all in one place, and one of them far away */
    points[0] = 1e15F;
    assert_int_equal(tsne_run(points, N, D, &options, y, &cost, &err), 0);
    for (size_t i = 0; i < 2 * N; i++)
        assert_true(isfinite(y[i]));
    assert_true(isfinite(cost));
    points[7] = NAN;
    assert_int_equal(tsne_run(points, N, D, &options, y, &cost, &err), -1);
    assert_string_equal(err.message, "point 2 has a value that is not finite");
    make_points(1);
    options.perplexity = 10;
    assert_int_equal(tsne_run(points, 11, D, &options, y, &cost, &err), -1);
    assert_string_equal(err.message, "11 points are too few for a perplexity of 10");
    assert_int_equal(tsne_run(points, 12, D, &options, y, &cost, &err), 0);
    options.perplexity = NAN;
    assert_int_equal(tsne_run(points, N, D, &options, y, &cost, &err), -1);
    options = (struct tsne_options){.perplexity = 5, .iterations = 100, .cancelled = stop, .context = &asked};
    assert_int_equal(tsne_run(points, N, D, &options, y, &cost, &err), 1);
    assert_int_equal(asked, 4);
}

static int compare(char **arguments)
{
    size_t n = strtoul(arguments[1], NULL, 10), d = strtoul(arguments[2], NULL, 10);
    struct tsne_options options = {.perplexity = strtod(arguments[3], NULL),
                                   .iterations = strtoul(arguments[4], NULL, 10),
                                   .seed = strtoul(arguments[5], NULL, 10)};
    float *x = calloc(n * d + 1, sizeof *x);
    double *p = calloc(n * n + 1, sizeof *p), *y = calloc(2 * n + 1, sizeof *y);
    struct error err;
    int code = !x || !p || !y || fread(x, sizeof *x, n * d, stdin) != n * d ||
               tsne_joint(x, n, d, options.perplexity, NULL, p, &err) ||
               tsne_run(x, n, d, &options, y, &y[2 * n], &err) || fwrite(p, sizeof *p, n * n, stdout) != n * n ||
               fwrite(y, sizeof *y, 2 * n + 1, stdout) != 2 * n + 1;
    free(x);
    free(p);
    free(y);
    return code;
}

int main(int n_arguments, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joint),
        cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_odd_points),
    };
    return n_arguments == 6 ? compare(arguments) : cmocka_run_group_tests(tests, NULL, NULL);
}
