/* SPDX-License-Identifier: Apache-2.0 */
#include "model/attention.h"

#include "model/blas.h"
#include "model/kernel-elementwise.h"

#include <math.h>

struct attention_run {
    const struct attention *attention;
    const struct attention_scratch *scratch;
    const struct attention_gradients *gradients;
    double dropout;
};

/* One post and head of a run. */
struct attention_part {
    size_t queries, keys, width;
    size_t query_at, key_at, value_at, out_at; /* of its first row and column */
    size_t weights_at;
    float scale;
};

static struct attention_part attention_part(const struct attention_run *run, size_t index)
{
    const struct attention *a = run->attention;
    size_t item = index / a->heads, head = index % a->heads, width = a->d / a->heads;
    size_t q0 = a->query_offsets[item], queries = a->query_offsets[item + 1] - q0;
    size_t k0 = a->key_offsets[item], keys = a->key_offsets[item + 1] - k0;
    return (struct attention_part){.queries = queries,
                                   .keys = keys,
                                   .width = width,
                                   .query_at = q0 * a->query_ld + head * width,
                                   .key_at = k0 * a->key_ld + head * width,
                                   .value_at = k0 * a->value_ld + head * width,
                                   .out_at = q0 * a->d + head * width,
                                   .weights_at = run->scratch->offsets[item] + head * queries * keys,
                                   .scale = 1.0f / sqrtf((float)width)};
}

static void attention_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct attention_run *run = context;
    const struct attention *a = run->attention;
    struct attention_part p = attention_part(run, index);
    float *weights = run->scratch->weights + p.weights_at, *dropped = run->scratch->dropped + p.weights_at;
    blas_gemm(false, true, p.queries, p.keys, p.width, 1, a->query + p.query_at, a->query_ld, a->key + p.key_at,
              a->key_ld, 0, weights, p.keys);
    for (size_t q = 0; q < p.queries; q++)
        kernel_softmax(weights + q * p.keys, p.keys, p.scale);
    if (run->dropout > 0)
        kernel_dropout(weights, p.queries * p.keys, run->scratch->key, (uint32_t)p.weights_at, run->dropout, dropped);
    blas_gemm(false, false, p.queries, p.width, p.keys, 1, dropped, p.keys, a->value + p.value_at, a->value_ld, 0,
              a->out + p.out_at, a->d);
}

int attention_prepare(size_t items, const size_t *query_offsets, const size_t *key_offsets, size_t heads,
                      struct training_pass *pass, struct attention_scratch *out)
{
    *out = (struct attention_scratch){.offsets = arena_take(pass->arena, items, sizeof *out->offsets)};
    if (!out->offsets)
        return -1;
    for (size_t i = 0; i < items; i++) {
        out->offsets[i] = out->total;
        out->total += heads * (query_offsets[i + 1] - query_offsets[i]) * (key_offsets[i + 1] - key_offsets[i]);
    }
    out->weights = out->dropped = arena_take(pass->arena, out->total, sizeof *out->weights);
    if (pass->dropout > 0) {
        out->dropped = arena_take(pass->arena, out->total, sizeof *out->dropped);
        out->key = training_pass_key(pass);
    }
    return out->weights && out->dropped ? 0 : -1;
}

void attention_forward(const struct attention *attention, const struct attention_scratch *scratch,
                       const struct training_pass *pass)
{
    struct attention_run run = {attention, scratch, NULL, pass->dropout};
    threads_run(pass->threads, attention->items * attention->heads, attention_task, &run);
}

static void attention_backward_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct attention_run *run = context;
    const struct attention *a = run->attention;
    const struct attention_gradients *g = run->gradients;
    struct attention_part p = attention_part(run, index);
    const float *weights = run->scratch->weights + p.weights_at, *dropped = run->scratch->dropped + p.weights_at;
    const float *dout = g->dout + p.out_at;
    float *dweights = g->scratch + p.weights_at;
    blas_gemm(true, false, p.keys, p.width, p.queries, 1, dropped, p.keys, dout, a->d, 0, g->dvalue + p.value_at,
              a->value_ld);
    blas_gemm(false, true, p.queries, p.keys, p.width, 1, dout, a->d, a->value + p.value_at, a->value_ld, 0, dweights,
              p.keys);
    if (run->dropout > 0)
        kernel_dropout(dweights, p.queries * p.keys, run->scratch->key, (uint32_t)p.weights_at, run->dropout,
                       dweights);
    for (size_t q = 0; q < p.queries; q++)
        kernel_softmax_backward(weights + q * p.keys, p.keys, p.scale, dweights + q * p.keys);
    blas_gemm(false, false, p.queries, p.width, p.keys, 1, dweights, p.keys, a->key + p.key_at, a->key_ld, 0,
              g->dquery + p.query_at, a->query_ld);
    blas_gemm(true, false, p.keys, p.width, p.queries, 1, dweights, p.keys, a->query + p.query_at, a->query_ld, 0,
              g->dkey + p.key_at, a->key_ld);
}

void attention_backward(const struct attention *attention, const struct attention_scratch *scratch,
                        const struct attention_gradients *gradients, const struct training_pass *pass)
{
    struct attention_run run = {attention, scratch, gradients, pass->dropout};
    threads_run(pass->threads, attention->items * attention->heads, attention_backward_task, &run);
}
