/* SPDX-License-Identifier: Apache-2.0 */
#include "model/training-head.h"

#include "model/blas.h"
#include "model/kernel-elementwise.h"
#include "model/linear-backward.h"
#include "model/mmib-parts.h"

#include <math.h>
#include <string.h>

/* Entities */

struct head_ner {
    const struct crf *crf;
    const struct training_item *items;
    const size_t *offsets;
    double scale;           /* what the gradient of a post counts */
    float *emissions;       /* [text rows, labels] */
    float *demissions;      /* [text rows, labels], zero where the CRF has no row */
    float *rows, *drows;    /* [text rows, labels]: a post's CRF rows one after the other, and their gradients */
    float *changes;         /* [n, 2 labels + labels^2]: gradients of start, end, transitions by each post */
    double *losses;         /* [n] */
    struct crf_sums *sums;  /* [n] */
};

static size_t head_changes(const struct crf *crf)
{
    return 2 * crf->labels + crf->labels * crf->labels;
}

static void head_ner_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct head_ner *run = context;
    const struct training_item *item = &run->items[index];
    const struct crf *crf = run->crf;
    size_t labels = crf->labels, at = run->offsets[index] * labels;
    float *rows = run->rows + at, *drows = run->drows + at, *changes = run->changes + index * head_changes(crf);
    if (!item->n_rows)
        return;
    for (size_t r = 0; r < item->n_rows; r++)
        memcpy(rows + r * labels, run->emissions + at + item->rows[r] * labels, labels * sizeof *rows);
    crf_sums_run(crf, &run->sums[index]);
    run->losses[index] = run->sums[index].log_partition - crf_score(crf, rows, item->n_rows, item->labels);
    crf_backward(crf, &run->sums[index], item->labels, run->scale, drows, changes, changes + labels,
                 changes + 2 * labels);
    for (size_t r = 0; r < item->n_rows; r++)
        memcpy(run->demissions + at + item->rows[r] * labels, drows + r * labels, labels * sizeof *drows);
}

static int head_ner_prepare(struct head_ner *run, struct arena *arena, size_t n)
{
    size_t labels = run->crf->labels, values = run->offsets[n] * labels;
    run->emissions = arena_take(arena, values, sizeof *run->emissions);
    run->demissions = arena_take_zero(arena, values, sizeof *run->demissions);
    run->rows = arena_take(arena, values, sizeof *run->rows);
    run->drows = arena_take(arena, values, sizeof *run->drows);
    run->changes = arena_take_zero(arena, n, head_changes(run->crf) * sizeof *run->changes);
    run->losses = arena_take_zero(arena, n, sizeof *run->losses);
    run->sums = arena_take(arena, n, sizeof *run->sums);
    if (!run->emissions || !run->demissions || !run->rows || !run->drows || !run->changes || !run->losses || !run->sums)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (run->items[i].n_rows && crf_sums_prepare(run->crf, run->rows + run->offsets[i] * labels,
                                                     run->items[i].n_rows, arena, &run->sums[i]))
            return -1;
    return 0;
}

int training_head_ner(struct mmib *model, const struct training_pass *pass, const struct training_item *items, size_t n,
                      const struct mmib_states *states, double share, float *dfused, double *loss)
{
    const struct crf *crf = &model->crf;
    size_t d = model->bert.d, labels = crf->labels, text_rows = states->text_offsets[n];
    struct head_ner run = {.crf = crf, .items = items, .offsets = states->text_offsets, .scale = share / (double)n};
    if (head_ner_prepare(&run, pass->arena, n))
        return -1;
    blas_linear_run(pass->threads, &(struct blas_linear){states->fused_text, d, text_rows, d, model->emission,
                                                         model->emission_bias, labels, NULL, BLAS_IDENTITY,
                                                         run.emissions, labels}, 1);
    threads_run(pass->threads, n, head_ner_task, &run);
    float *start = parameters_gradient(pass->parameters, crf->start), *end = parameters_gradient(pass->parameters, crf->end);
    float *transitions = parameters_gradient(pass->parameters, crf->transitions);
    *loss = 0;
    for (size_t i = 0; i < n; i++) {
        const float *changes = run.changes + i * head_changes(crf);
        kernel_add(start, changes, labels, start);
        kernel_add(end, changes + labels, labels, end);
        kernel_add(transitions, changes + 2 * labels, labels * labels, transitions);
        *loss += run.losses[i] / (double)n;
    }
    linear_backward(pass, &(struct linear_backward){states->fused_text, d, text_rows, d, model->emission,
                                                    model->emission_bias, labels, run.demissions, labels, dfused, d,
                                                    true});
    return 0;
}

/* Relations */

/* Mean of C over rows [span[0], span[1]) of a post, and the way back. */
static void head_span(const float *fused, const size_t span[2], size_t d, float *out)
{
    kernel_row_mean(fused + span[0] * d, span[1] - span[0], d, out);
}

static void head_span_backward(const float *dspan, const size_t span[2], size_t d, float *dfused)
{
    for (size_t r = span[0]; r < span[1]; r++)
        kernel_axpy(1.0f / (float)(span[1] - span[0]), dspan, d, dfused + r * d);
}

/* Logits [labels] of a pair become share times the gradient of its cross-entropy, which is returned. */
static double head_cross_entropy(float *logits, size_t labels, int32_t label, double share)
{
    double largest = -INFINITY, sum = 0;
    for (size_t y = 0; y < labels; y++)
        largest = logits[y] > largest ? logits[y] : largest;
    for (size_t y = 0; y < labels; y++)
        sum += exp(logits[y] - largest);
    double loss = largest + log(fmax(sum, 1)) - logits[label]; /* the largest alone adds 1 */
    for (size_t y = 0; y < labels; y++)
        logits[y] = (float)(share * (exp(logits[y] - largest) / sum - (y == (size_t)label)));
    return loss;
}

int training_head_re(struct mmib *model, const struct training_pass *pass, const struct training_item *items, size_t n,
                     const struct mmib_states *states, double share, float *dfused, double *loss)
{
    size_t d = model->bert.d, labels = model->config->re.n_labels, pairs = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        pairs += items[i].n_pairs;
    float *x = arena_take(pass->arena, pairs * d, 2 * sizeof *x), *dx = arena_take(pass->arena, pairs * d, 2 * sizeof *dx);
    float *logits = arena_take(pass->arena, pairs * labels, sizeof *logits);
    if (!x || !dx || !logits)
        return -1;
    *loss = 0;
    if (!pairs)
        return 0;
    for (size_t i = 0; i < n; i++)
        for (size_t p = 0; p < items[i].n_pairs; p++, at++) {
            const float *fused = states->fused_text + states->text_offsets[i] * d;
            head_span(fused, items[i].pairs[p].head, d, x + at * 2 * d);
            head_span(fused, items[i].pairs[p].tail, d, x + at * 2 * d + d);
        }
    blas_linear_run(pass->threads, &(struct blas_linear){x, 2 * d, pairs, 2 * d, model->classifier,
                                                         model->classifier_bias, labels, NULL, BLAS_IDENTITY, logits,
                                                         labels}, 1);
    at = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t p = 0; p < items[i].n_pairs; p++, at++)
            *loss += head_cross_entropy(logits + at * labels, labels, items[i].pairs[p].label, share / (double)pairs) /
                     (double)pairs;
    linear_backward(pass, &(struct linear_backward){x, 2 * d, pairs, 2 * d, model->classifier, model->classifier_bias,
                                                    labels, logits, labels, dx, 2 * d, false});
    at = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t p = 0; p < items[i].n_pairs; p++, at++) {
            float *rows = dfused + states->text_offsets[i] * d;
            head_span_backward(dx + at * 2 * d, items[i].pairs[p].head, d, rows);
            head_span_backward(dx + at * 2 * d + d, items[i].pairs[p].tail, d, rows);
        }
    return 0;
}
