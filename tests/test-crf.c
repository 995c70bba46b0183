/* The CRF against sums over every path, written out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/crf.h"
#include "model/tagset.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LABELS = 5, ROWS = 5, PATHS = 5 * 5 * 5 * 5 * 5 };

static char *const names[LABELS] = {(char *)"O", (char *)"B-PER", (char *)"I-PER", (char *)"B-LOC", (char *)"I-LOC"};
static float start[LABELS], end[LABELS], transitions[LABELS * LABELS], emissions[ROWS * LABELS];
static const struct crf crf = {LABELS, start, end, transitions};

static float noise(void)
{
    return (float)(rand() % 2001 - 1000) / 400;
}

static void fill(unsigned seed)
{
    srand(seed);
    for (size_t i = 0; i < LABELS; i++) {
        start[i] = noise();
        end[i] = noise();
    }
    for (size_t i = 0; i < LABELS * LABELS; i++)
        transitions[i] = noise();
    for (size_t i = 0; i < ROWS * LABELS; i++)
        emissions[i] = noise();
}

static void nth_path(size_t index, int32_t path[ROWS])
{
    for (size_t t = 0; t < ROWS; t++, index /= LABELS)
        path[t] = (int32_t)(index % LABELS);
}

static int follows_bio(const struct tagset *tagset, const int32_t path[ROWS])
{
    for (size_t t = 0; t < ROWS; t++)
        if (!tagset_bio_rule(tagset, t ? (size_t)path[t - 1] : SIZE_MAX, (size_t)path[t]))
            return 0;
    return 1;
}

static void best_path_is_the_best(void **state)
{
    (void)state;
    struct tagset tagset;
    struct arena arena = {0};
    assert_int_equal(tagset_make(names, LABELS, &tagset, NULL), 0);
    for (unsigned seed = 1; seed <= 20; seed++) {
        fill(seed);
        double free_best = -INFINITY, bio_best = -INFINITY;
        int32_t path[ROWS];
        for (size_t i = 0; i < PATHS; i++) {
            nth_path(i, path);
            double score = crf_score(&crf, emissions, ROWS, path);
            free_best = fmax(free_best, score);
            if (follows_bio(&tagset, path))
                bio_best = fmax(bio_best, score);
        }
        double got = crf_viterbi(&crf, emissions, ROWS, NULL, NULL, &arena, path);
        assert_true(fabs(got - free_best) < 1e-9);
        assert_true(fabs(crf_score(&crf, emissions, ROWS, path) - free_best) < 1e-9);
        got = crf_viterbi(&crf, emissions, ROWS, tagset_bio_rule, &tagset, &arena, path);
        assert_true(fabs(got - bio_best) < 1e-9);
        assert_true(follows_bio(&tagset, path));
    }
    arena_free(&arena);
    tagset_free(&tagset);
}

static void sums_are_over_all_paths(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (unsigned seed = 1; seed <= 10; seed++) {
        fill(seed);
        double total = 0, marginals[ROWS * LABELS] = {0};
        int32_t path[ROWS];
        for (size_t i = 0; i < PATHS; i++) {
            nth_path(i, path);
            double weight = exp(crf_score(&crf, emissions, ROWS, path));
            total += weight;
            for (size_t t = 0; t < ROWS; t++)
                marginals[t * LABELS + (size_t)path[t]] += weight;
        }
        struct crf_sums sums;
        float got[ROWS * LABELS];
        assert_int_equal(crf_sum(&crf, emissions, ROWS, &arena, &sums), 0);
        assert_true(fabs(sums.log_partition - log(total)) < 1e-9);
        crf_marginals(&crf, &sums, got);
        for (size_t i = 0; i < ROWS * LABELS; i++)
            assert_true(fabs(got[i] - marginals[i] / total) < 1e-6);
    }
    arena_free(&arena);
}

/* P(exactly rows[0] B, rows[1..] I, the row after not I), with other rows free, by counting. */
static double span_by_counting(const size_t *rows, size_t n, size_t after, int32_t first, int32_t inside)
{
    double total = 0, hits = 0;
    int32_t path[ROWS];
    for (size_t i = 0; i < PATHS; i++) {
        nth_path(i, path);
        double weight = exp(crf_score(&crf, emissions, ROWS, path));
        int hit = path[rows[0]] == first && (after == SIZE_MAX || path[after] != inside);
        for (size_t k = 1; k < n; k++)
            hit = hit && path[rows[k]] == inside;
        total += weight;
        hits += hit ? weight : 0;
    }
    return hits / total;
}

static void span_confidence_is_a_probability_of_paths(void **state)
{
    (void)state;
    static const struct {
        size_t rows[3], n, after;
    } spans[] = {
        {{0}, 1, 1},           {{0, 1}, 2, 2},      {{3, 4}, 2, SIZE_MAX}, {{4}, 1, SIZE_MAX},
        {{1, 2, 3}, 3, 4},     {{0, 2}, 2, 4},      {{1, 3}, 2, SIZE_MAX}, {{1}, 1, 4}, /* rows of word pieces between */
    };
    struct arena arena = {0};
    for (unsigned seed = 1; seed <= 10; seed++) {
        fill(seed);
        struct crf_sums sums;
        assert_int_equal(crf_sum(&crf, emissions, ROWS, &arena, &sums), 0);
        for (size_t s = 0; s < sizeof spans / sizeof *spans; s++)
            for (int32_t type = 0; type < 2; type++) {
                int32_t first = 1 + 2 * type, inside = first + 1;
                double want = span_by_counting(spans[s].rows, spans[s].n, spans[s].after, first, inside);
                double got = exp(crf_span_log_probability(&crf, &sums, spans[s].rows, spans[s].n, spans[s].after,
                                                          (size_t)first, (size_t)inside));
                assert_true(fabs(got - want) < 1e-9);
            }
    }
    arena_free(&arena);
}

static void tags_become_spans(void **state)
{
    (void)state;
    struct tagset tagset;
    struct tag_span spans[8];
    /* An I- that continues nothing begins a span; another type ends one; a token without a row is outside. */
    static const size_t labels[8] = {2, 2, 1, 4, 0, 3, SIZE_MAX, 4};
    static const size_t want[5][2] = {{0, 2}, {2, 3}, {3, 4}, {5, 6}, {7, 8}};
    assert_int_equal(tagset_make(names, LABELS, &tagset, NULL), 0);
    assert_int_equal(tagset_spans(&tagset, labels, 8, spans), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(spans[i].start, want[i][0]);
        assert_int_equal(spans[i].end, want[i][1]);
    }
    assert_string_equal(tagset.names[spans[2].type], "LOC");
    assert_string_equal(tagset.names[spans[1].type], "PER");
    tagset_free(&tagset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_path_is_the_best),
        cmocka_unit_test(sums_are_over_all_paths),
        cmocka_unit_test(span_confidence_is_a_probability_of_paths),
        cmocka_unit_test(tags_become_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
