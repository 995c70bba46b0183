/* SPDX-License-Identifier: Apache-2.0 */
#include "model/crf.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

double crf_score(const struct crf *crf, const float *emissions, size_t n, const int32_t *path)
{
    size_t labels = crf->labels;
    double score = (double)crf->start[path[0]] + crf->end[path[n - 1]];
    for (size_t t = 0; t < n; t++) {
        score += emissions[t * labels + (size_t)path[t]];
        if (t)
            score += crf->transitions[(size_t)path[t - 1] * labels + (size_t)path[t]];
    }
    return score;
}

double crf_viterbi(const struct crf *crf, const float *emissions, size_t n, crf_rule *rule, const void *context,
                   struct arena *arena, int32_t *path)
{
    size_t labels = crf->labels;
    double *best = arena_take(arena, 2 * labels, sizeof *best), *next;
    uint16_t *from = arena_take(arena, n * labels, sizeof *from);
    if (!best || !from)
        return NAN;
    next = best + labels;
    for (size_t y = 0; y < labels; y++)
        best[y] = rule && !rule(context, SIZE_MAX, y) ? -INFINITY : (double)crf->start[y] + emissions[y];
    for (size_t t = 1; t < n; t++) {
        for (size_t y = 0; y < labels; y++) {
            double top = -INFINITY;
            size_t arg = 0;
            for (size_t x = 0; x < labels; x++) {
                if (rule && !rule(context, x, y))
                    continue;
                double score = best[x] + crf->transitions[x * labels + y];
                if (score > top) {
                    top = score;
                    arg = x;
                }
            }
            next[y] = top + emissions[t * labels + y];
            from[t * labels + y] = (uint16_t)arg;
        }
        memcpy(best, next, labels * sizeof *best);
    }
    double top = -INFINITY;
    size_t arg = 0;
    for (size_t y = 0; y < labels; y++)
        if (best[y] + crf->end[y] > top) {
            top = best[y] + crf->end[y];
            arg = y;
        }
    for (size_t t = n; t-- > 0;) {
        path[t] = (int32_t)arg;
        if (t)
            arg = from[t * labels + arg];
    }
    return top;
}

static double crf_log_sum(const double *terms, size_t n)
{
    double largest = -INFINITY, sum = 0;
    for (size_t i = 0; i < n; i++)
        largest = terms[i] > largest ? terms[i] : largest;
    if (largest == -INFINITY)
        return largest;
    for (size_t i = 0; i < n; i++)
        sum += exp(terms[i] - largest);
    return largest + log(sum);
}

/* out[y] = log sum over x of exp(in[x] + transition(x, y)) + emission(y): one row further. in and out differ. */
static void crf_step(const struct crf *crf, const double *in, const float *emission, double *out)
{
    size_t labels = crf->labels;
    double terms[CRF_MAX_LABELS];
    for (size_t y = 0; y < labels; y++) {
        for (size_t x = 0; x < labels; x++)
            terms[x] = in[x] + crf->transitions[x * labels + y];
        out[y] = crf_log_sum(terms, labels) + emission[y];
    }
}

int crf_sums_prepare(const struct crf *crf, const float *emissions, size_t n, struct arena *arena, struct crf_sums *out)
{
    *out = (struct crf_sums){.n = n, .emissions = emissions};
    out->forward = arena_take(arena, n * crf->labels, sizeof *out->forward);
    out->backward = arena_take(arena, n * crf->labels, sizeof *out->backward);
    return out->forward && out->backward ? 0 : -1;
}

void crf_sums_run(const struct crf *crf, struct crf_sums *sums)
{
    size_t labels = crf->labels, n = sums->n;
    const float *emissions = sums->emissions;
    double terms[CRF_MAX_LABELS];
    for (size_t y = 0; y < labels; y++) {
        sums->forward[y] = (double)crf->start[y] + emissions[y];
        sums->backward[(n - 1) * labels + y] = crf->end[y];
    }
    for (size_t t = 1; t < n; t++)
        crf_step(crf, sums->forward + (t - 1) * labels, emissions + t * labels, sums->forward + t * labels);
    for (size_t t = n - 1; t-- > 0;)
        for (size_t x = 0; x < labels; x++) {
            for (size_t y = 0; y < labels; y++)
                terms[y] = crf->transitions[x * labels + y] + (double)emissions[(t + 1) * labels + y] +
                           sums->backward[(t + 1) * labels + y];
            sums->backward[t * labels + x] = crf_log_sum(terms, labels);
        }
    for (size_t y = 0; y < labels; y++)
        terms[y] = sums->forward[(n - 1) * labels + y] + crf->end[y];
    sums->log_partition = crf_log_sum(terms, labels);
}

int crf_sum(const struct crf *crf, const float *emissions, size_t n, struct arena *arena, struct crf_sums *out)
{
    if (crf_sums_prepare(crf, emissions, n, arena, out))
        return -1;
    crf_sums_run(crf, out);
    return 0;
}

void crf_marginals(const struct crf *crf, const struct crf_sums *sums, float *marginals)
{
    for (size_t i = 0; i < sums->n * crf->labels; i++)
        marginals[i] = (float)exp(sums->forward[i] + sums->backward[i] - sums->log_partition);
}

void crf_backward(const struct crf *crf, const struct crf_sums *sums, const int32_t *path, double scale,
                  float *demissions, float *dstart, float *dend, float *dtransitions)
{
    size_t labels = crf->labels, n = sums->n;
    for (size_t t = 0; t < n; t++)
        for (size_t y = 0; y < labels; y++) {
            size_t at = t * labels + y;
            double expected = exp(sums->forward[at] + sums->backward[at] - sums->log_partition);
            double change = scale * (expected - ((size_t)path[t] == y));
            demissions[at] = (float)change;
            if (t == 0)
                dstart[y] += (float)change;
            if (t == n - 1)
                dend[y] += (float)change;
        }
    for (size_t t = 1; t < n; t++)
        for (size_t x = 0; x < labels; x++) {
            double before = sums->forward[(t - 1) * labels + x] - sums->log_partition;
            for (size_t y = 0; y < labels; y++) {
                double expected = exp(before + crf->transitions[x * labels + y] + sums->emissions[t * labels + y] +
                                      sums->backward[t * labels + y]);
                bool observed = (size_t)path[t - 1] == x && (size_t)path[t] == y;
                dtransitions[x * labels + y] += (float)(scale * (expected - observed));
            }
        }
}

static void crf_keep_only(double *row, size_t labels, size_t label)
{
    for (size_t y = 0; y < labels; y++)
        if (y != label)
            row[y] = -INFINITY;
}

double crf_span_log_probability(const struct crf *crf, const struct crf_sums *sums, const size_t *rows, size_t n_rows,
                                size_t after, size_t first, size_t inside)
{
    size_t labels = crf->labels, last = after == SIZE_MAX ? rows[n_rows - 1] : after;
    double row[CRF_MAX_LABELS], next[CRF_MAX_LABELS];
    memcpy(row, sums->forward + rows[0] * labels, labels * sizeof *row);
    crf_keep_only(row, labels, first);
    for (size_t t = rows[0] + 1, i = 1; t <= last; t++) {
        crf_step(crf, row, sums->emissions + t * labels, next);
        memcpy(row, next, labels * sizeof *row);
        if (i < n_rows && t == rows[i]) {
            crf_keep_only(row, labels, inside);
            i++;
        }
    }
    if (after != SIZE_MAX && inside != SIZE_MAX)
        row[inside] = -INFINITY;
    for (size_t y = 0; y < labels; y++)
        next[y] = row[y] + sums->backward[last * labels + y];
    return crf_log_sum(next, labels) - sums->log_partition;
}
