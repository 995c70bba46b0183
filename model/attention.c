/* SPDX-License-Identifier: Apache-2.0 */
#include "model/attention.h"

#include "model/blas.h"
#include "model/kernel-elementwise.h"

#include <math.h>

struct attention_run {
    const struct attention *attention;
    const struct attention_scratch *scratch;
};

static void attention_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct attention_run *run = context;
    const struct attention *a = run->attention;
    size_t item = index / a->heads, head = index % a->heads, width = a->d / a->heads;
    size_t q0 = a->query_offsets[item], queries = a->query_offsets[item + 1] - q0;
    size_t k0 = a->key_offsets[item], keys = a->key_offsets[item + 1] - k0;
    float *scores = run->scratch->scores + run->scratch->offsets[item] + head * queries * keys;
    blas_gemm(false, true, queries, keys, width, 1, a->query + q0 * a->query_ld + head * width, a->query_ld,
              a->key + k0 * a->key_ld + head * width, a->key_ld, 0, scores, keys);
    for (size_t q = 0; q < queries; q++)
        kernel_softmax(scores + q * keys, keys, 1.0f / sqrtf((float)width));
    blas_gemm(false, false, queries, width, keys, 1, scores, keys, a->value + k0 * a->value_ld + head * width,
              a->value_ld, 0, a->out + q0 * a->d + head * width, a->d);
}

int attention_prepare(size_t items, const size_t *query_offsets, const size_t *key_offsets, size_t heads,
                      struct arena *arena, struct attention_scratch *out)
{
    size_t total = 0;
    out->offsets = arena_take(arena, items, sizeof *out->offsets);
    if (!out->offsets)
        return -1;
    for (size_t i = 0; i < items; i++) {
        out->offsets[i] = total;
        total += heads * (query_offsets[i + 1] - query_offsets[i]) * (key_offsets[i + 1] - key_offsets[i]);
    }
    out->scores = arena_take(arena, total, sizeof *out->scores);
    return out->scores ? 0 : -1;
}

void attention_forward(const struct attention *attention, const struct attention_scratch *scratch,
                       struct threads *threads)
{
    struct attention_run run = {attention, scratch};
    threads_run(threads, attention->items * attention->heads, attention_task, &run);
}
