/* Could it be chance: McNemar's test and the paired bootstrap.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/paired.h"

#include <math.h>
#include <stdlib.h>

enum { EXACT_BELOW = 25 };
static const double normal_975 = 1.959963984540054;

/* ---- McNemar ---- */

/* P(X <= k) twice, for X ~ Binomial(n, 1/2) and k the smaller count. */
static double binomial_p(size_t k, size_t n)
{
    double term = pow(0.5, (double)n), sum = term; /* n is below EXACT_BELOW */
    for (size_t i = 1; i <= k; i++) {
        term *= (double)(n - i + 1) / (double)i;
        sum += term;
    }
    return fmin(1, 2 * sum);
}

struct paired_mcnemar paired_mcnemar(const struct paired_flips *flips)
{
    size_t n = flips->both + flips->only_a + flips->only_b + flips->neither;
    size_t discordant = flips->only_a + flips->only_b;
    double a = (double)flips->only_a, b = (double)flips->only_b, all = (double)n;
    struct paired_mcnemar test = {.only_a = flips->only_a,
                                  .only_b = flips->only_b,
                                  .exact = discordant < EXACT_BELOW,
                                  .statistic = NAN,
                                  .p = NAN,
                                  .difference = NAN,
                                  .low = NAN,
                                  .high = NAN};
    if (!n)
        return test;
    if (test.exact) {
        test.p = binomial_p(flips->only_a < flips->only_b ? flips->only_a : flips->only_b, discordant);
    } else {
        double gap = fmax(0, fabs(a - b) - 1);
        test.statistic = gap * gap / (a + b);
        test.p = erfc(sqrt(test.statistic / 2));
    }
    double wide = all + 2, middle = (b - a) / wide; /* the halves that are added to a and b cancel here */
    double half = normal_975 * sqrt(fmax(0, a + b + 1 - (b - a) * (b - a) / wide)) / wide;
    test.difference = (b - a) / all;
    test.low = fmax(-1, middle - half);
    test.high = fmin(1, middle + half);
    return test;
}

/* ---- Bootstrap ---- */

static double f1_of(const struct score_counts *counts)
{
    return score_ratios(counts).f1;
}

static void counts_add(struct score_counts *sum, const struct score_counts *counts)
{
    sum->tp += counts->tp;
    sum->fp += counts->fp;
    sum->fn += counts->fn;
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Below n, which is below 2^32: the upper half of the bits, scaled. Off from even by less than 2^-32 n. */
static size_t draw(uint64_t *state, size_t n)
{
    return (size_t)((next_random(state) >> 32) * (uint64_t)n >> 32);
}

static double resample(const struct paired_post *posts, size_t n, uint64_t *state)
{
    struct score_counts sums[2] = {{0}};
    for (size_t i = 0; i < n; i++) {
        const struct paired_post *post = &posts[draw(state, n)];
        counts_add(&sums[0], &post->counts[0]);
        counts_add(&sums[1], &post->counts[1]);
    }
    return f1_of(&sums[1]) - f1_of(&sums[0]);
}

static int compare_reals(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

/* Of sorted values; between two of them linearly. */
static double quantile(const double *sorted, size_t n, double q)
{
    double at = q * (double)(n - 1);
    size_t lower = (size_t)at;
    return lower + 1 < n ? sorted[lower] + (at - (double)lower) * (sorted[lower + 1] - sorted[lower]) : sorted[lower];
}

static void summarise(double *deltas, size_t n, struct paired_bootstrap *out)
{
    size_t n_below = 0, n_above = 0; /* zeros count in both */
    if (!n)
        return;
    qsort(deltas, n, sizeof *deltas, compare_reals);
    for (size_t i = 0; i < n; i++) {
        n_below += deltas[i] <= 0;
        n_above += deltas[i] >= 0;
    }
    out->low = quantile(deltas, n, 0.025);
    out->high = quantile(deltas, n, 0.975);
    out->p = fmin(1, 2 * (1 + (double)(n_below < n_above ? n_below : n_above)) / (1 + (double)n));
}

int paired_bootstrap(const struct paired_post *posts, size_t n, size_t n_resamples, uint64_t seed,
                     struct paired_bootstrap *out, struct error *err)
{
    struct score_counts sums[2] = {{0}};
    for (size_t i = 0; i < n; i++)
        for (int side = 0; side < 2; side++)
            counts_add(&sums[side], &posts[i].counts[side]);
    *out = (struct paired_bootstrap){.f1 = {f1_of(&sums[0]), f1_of(&sums[1])},
                                     .n_resamples = n_resamples,
                                     .low = NAN,
                                     .high = NAN,
                                     .p = NAN};
    out->delta = out->f1[1] - out->f1[0];
    double *deltas = n_resamples && n_resamples <= PAIRED_RESAMPLES_MAX ? calloc(n_resamples, sizeof *deltas) : NULL;
    if (n_resamples && !deltas)
        return error_memory(err, "the bootstrap");
    size_t kept = 0;
    uint64_t state = seed;
    for (size_t i = 0; i < n_resamples; i++) {
        double delta = resample(posts, n, &state);
        if (isnan(delta))
            out->n_undefined++;
        else
            deltas[kept++] = delta;
    }
    summarise(deltas, kept, out);
    free(deltas);
    return 0;
}

int paired_posts(const struct cases *a, const struct cases *b, enum cases_level level, struct paired_post **out,
                 size_t *n_out, struct error *err)
{
    const struct cases *systems[2] = {a, b};
    *n_out = 0;
    *out = calloc(a->n_posts ? a->n_posts : 1, sizeof **out);
    if (!*out)
        return error_memory(err, "the bootstrap");
    for (size_t i = 0; i < a->n_posts; i++) {
        if (a->posts[i].left_out)
            continue;
        struct paired_post *post = &(*out)[(*n_out)++];
        for (int side = 0; side < 2; side++) {
            const struct cases_post *cases = &systems[side]->posts[i];
            for (size_t k = 0; k < cases->n; k++) {
                const struct taxonomy_case *found = &cases->entries[k].found;
                if (found->relation != (level == CASES_RELATIONS))
                    continue;
                post->counts[side].tp += found->tp;
                post->counts[side].fp += found->fp;
                post->counts[side].fn += found->fn;
            }
        }
    }
    return 0;
}
