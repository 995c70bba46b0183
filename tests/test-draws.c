/* Dropout and sampling noise: distributions, and that only key and place decide.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/kernel-backward.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DRAWS = 1 << 20 };

static float x[DRAWS], a[DRAWS], b[DRAWS];

/* Beyond this many standard deviations a number is wrong, not unlucky: the keys are fixed. */
static const double deviations = 4;

static void assert_share(size_t count, size_t n, double share)
{
    double error = (double)count / (double)n - share, deviation = sqrt(share * (1 - share) / (double)n);
    if (!(fabs(error) <= deviations * deviation))
        fail_msg("%zu of %zu where a share of %g was expected", count, n, share);
}

static int make_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRAWS; i++)
        x[i] = (float)(i % 97 + 1) / 16;
    return 0;
}

static void dropout_drops_its_share(void **state)
{
    (void)state;
    static const double probabilities[] = {0.1, 0.5, 0.9};
    for (size_t k = 0; k < 3; k++)
        for (uint64_t step = 0; step < 4; step++) {
            double p = probabilities[k];
            size_t dropped = 0, pairs = 0;
            kernel_dropout(x, DRAWS, kernel_key_make(1, step, 7), 0, p, a);
            for (size_t i = 0; i < DRAWS; i++) {
                if (a[i] == 0)
                    dropped++;
                else if (!(fabs(a[i] * (1 - p) - x[i]) <= 1e-6 * x[i]))
                    fail_msg("%g became %g", (double)x[i], (double)a[i]);
                pairs += i % 2 && a[i - 1] == 0 && a[i] == 0; /* neighbours know nothing of each other */
            }
            assert_share(dropped, DRAWS, p);
            assert_share(pairs, DRAWS / 2, p * p);
        }
    kernel_dropout(x, DRAWS, kernel_key_make(1, 1, 1), 0, 0, a);
    assert_memory_equal(a, x, sizeof a);
}

/* Seed, step and place of the network: a difference in one makes another mask, which has nothing in common with it. */
static void keys_make_masks(void **state)
{
    (void)state;
    static const uint64_t keys[][3] = {{1, 0, 0}, {2, 0, 0}, {1, 1, 0}, {1, 0, 1}, {0, 1, 1}, {UINT64_MAX, 0, 0}};
    const double p = 0.5;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (size_t k = 0; k <= i; k++) {
            size_t differ = 0;
            kernel_dropout(x, DRAWS, kernel_key_make(keys[i][0], keys[i][1], keys[i][2]), 0, p, a);
            kernel_dropout(x, DRAWS, kernel_key_make(keys[k][0], keys[k][1], keys[k][2]), 0, p, b);
            for (size_t j = 0; j < DRAWS; j++)
                differ += a[j] != b[j];
            if (i == k)
                assert_int_equal(differ, 0);
            else
                assert_share(differ, DRAWS, 2 * p * (1 - p));
        }
}

static void splits_change_nothing(void **state)
{
    (void)state;
    const struct kernel_key key = kernel_key_make(3, 4, 5);
    kernel_dropout(x, DRAWS, key, 0, 0.3, a);
    memcpy(b, x, sizeof b);
    for (size_t from = 0, n = 1; from < DRAWS; from += n, n = n * 3 % 1021 + 1) {
        size_t part = n < DRAWS - from ? n : DRAWS - from;
        kernel_dropout(b + from, part, key, (uint32_t)from, 0.3, b + from); /* in place */
    }
    assert_memory_equal(a, b, sizeof a);
    kernel_normal(key, 0, DRAWS, a);
    for (size_t from = 0, n = 2; from < DRAWS; from += n, n = 2 * (n * 3 % 509 + 1)) {
        size_t part = n < DRAWS - from ? n : DRAWS - from;
        kernel_normal(key, (uint32_t)from, part, b + from);
    }
    assert_memory_equal(a, b, sizeof a);
}

/* n numbers of mean 0 whose variance is known. */
static void assert_mean(const char *what, double sum, double variance)
{
    if (!(fabs(sum / DRAWS) <= deviations * sqrt(variance / DRAWS)))
        fail_msg("%s: %g", what, sum / DRAWS);
}

static void noise_is_normal(void **state)
{
    (void)state;
    for (uint64_t site = 0; site < 4; site++) {
        double powers[5] = {0}, neighbours = 0, across = 0;
        size_t within = 0, beyond = 0;
        float largest = 0;
        kernel_normal(kernel_key_make(1, 2, site), 0, DRAWS, a);
        kernel_normal(kernel_key_make(1, 2, site + 1), 0, DRAWS, b);
        for (size_t i = 0; i < DRAWS; i++) {
            double v = a[i], power = 1;
            assert_true(isfinite(v));
            for (size_t k = 0; k < 5; k++, power *= v)
                powers[k] += power;
            neighbours += i ? v * a[i - 1] : 0;
            across += v * b[i];
            within += fabs(v) < 1;
            beyond += fabs(v) > 3;
            largest = fmaxf(largest, fabsf(a[i]));
        }
        assert_mean("mean", powers[1], 1);
        assert_mean("variance", powers[2] - DRAWS, 2);
        assert_mean("third moment", powers[3], 15);
        assert_mean("fourth moment", powers[4] - 3.0 * DRAWS, 96);
        assert_mean("neighbours", neighbours, 1);
        assert_mean("another key", across, 1);
        assert_share(within, DRAWS, 0.682689492);
        assert_share(beyond, DRAWS, 0.002699796);
        assert_true(largest > 4 && largest < 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dropout_drops_its_share),
        cmocka_unit_test(keys_make_masks),
        cmocka_unit_test(splits_change_nothing),
        cmocka_unit_test(noise_is_normal),
    };
    return cmocka_run_group_tests(tests, make_values, NULL);
}
