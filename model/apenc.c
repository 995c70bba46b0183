/* SPDX-License-Identifier: Apache-2.0 */
#include "model/apenc.h"

#include "model/attention.h"
#include "model/blas.h"
#include "model/kernel-elementwise.h"

#include <stdio.h>

#define APENC_EPS 1e-5f

static int apenc_find(struct safetensors *file, const char *prefix, const char *name, size_t rows, size_t columns,
                      const float **out, struct error *err)
{
    char full[160];
    snprintf(full, sizeof full, "%s.%s", prefix, name);
    size_t shape[2] = {rows, columns};
    *out = safetensors_f32(file, full, columns ? 2 : 1, shape, err);
    return *out ? 0 : -1;
}

int apenc_load(struct safetensors *file, const struct config *config, const char *prefix, struct apenc *out,
               struct error *err)
{
    size_t d = config->text.hidden_size, wide = config->mmib.ffn_size;
    *out = (struct apenc){.d = d, .heads = config->mmib.heads, .ffn_size = wide};
    if (apenc_find(file, prefix, "attention.query.weight", d, d, &out->query, err) ||
        apenc_find(file, prefix, "attention.key.weight", d, d, &out->key, err) ||
        apenc_find(file, prefix, "attention.value.weight", d, d, &out->value, err) ||
        apenc_find(file, prefix, "attention.output.weight", d, d, &out->output, err) ||
        apenc_find(file, prefix, "attention.output.bias", d, 0, &out->output_bias, err) ||
        apenc_find(file, prefix, "norm1.weight", d, 0, &out->norm1_weight, err) ||
        apenc_find(file, prefix, "norm1.bias", d, 0, &out->norm1_bias, err) ||
        apenc_find(file, prefix, "norm2.weight", d, 0, &out->norm2_weight, err) ||
        apenc_find(file, prefix, "norm2.bias", d, 0, &out->norm2_bias, err))
        return -1;
    if (!wide)
        return apenc_find(file, prefix, "ffn.linear.weight", d, d, &out->down, err) ||
                       apenc_find(file, prefix, "ffn.linear.bias", d, 0, &out->down_bias, err)
                   ? -1
                   : 0;
    return apenc_find(file, prefix, "ffn.up.weight", wide, d, &out->up, err) ||
                   apenc_find(file, prefix, "ffn.up.bias", wide, 0, &out->up_bias, err) ||
                   apenc_find(file, prefix, "ffn.down.weight", d, wide, &out->down, err) ||
                   apenc_find(file, prefix, "ffn.down.bias", d, 0, &out->down_bias, err)
               ? -1
               : 0;
}

float *apenc_forward(const struct apenc *a, const float *q, const size_t *query_offsets, const float *k,
                     const size_t *key_offsets, size_t items, struct threads *threads, struct arena *arena)
{
    size_t d = a->d, queries = query_offsets[items], keys = key_offsets[items], wide = a->ffn_size;
    float *query = arena_take(arena, queries * d, sizeof *query), *mixed = arena_take(arena, queries * d, sizeof *mixed);
    float *key = arena_take(arena, keys * d, sizeof *key), *value = arena_take(arena, keys * d, sizeof *value);
    float *out = arena_take(arena, queries * d, sizeof *out);
    float *up = arena_take(arena, queries * wide, sizeof *up);
    struct attention_scratch scratch;
    if (!query || !mixed || !key || !value || !out || !up ||
        attention_prepare(items, query_offsets, key_offsets, a->heads, arena, &scratch))
        return NULL;
    const struct blas_linear projections[] = {
        {q, d, queries, d, a->query, NULL, d, NULL, BLAS_IDENTITY, query, d},
        {k, d, keys, d, a->key, NULL, d, NULL, BLAS_IDENTITY, key, d},
        {k, d, keys, d, a->value, NULL, d, NULL, BLAS_IDENTITY, value, d},
    };
    blas_linear_run(threads, projections, 3);
    const struct attention attention = {items, query_offsets, key_offsets, a->heads, d, query, key,
                                        value, d,             d,           d,        mixed};
    attention_forward(&attention, &scratch, threads);
    blas_linear_run(threads, &(struct blas_linear){mixed, d, queries, d, a->output, a->output_bias, d, q,
                                                   BLAS_IDENTITY, out, d}, 1);
    kernel_layer_norm(out, queries, d, a->norm1_weight, a->norm1_bias, APENC_EPS, out);
    if (wide) {
        blas_linear_run(threads, &(struct blas_linear){out, d, queries, d, a->up, a->up_bias, wide, NULL, BLAS_GELU, up,
                                                       wide}, 1);
        blas_linear_run(threads, &(struct blas_linear){up, wide, queries, wide, a->down, a->down_bias, d, out,
                                                       BLAS_IDENTITY, out, d}, 1);
    } else {
        /* The layer reads what it adds to: its result must not stand in out yet. */
        blas_linear_run(threads, &(struct blas_linear){out, d, queries, d, a->down, a->down_bias, d, out,
                                                       BLAS_IDENTITY, mixed, d}, 1);
        out = mixed;
    }
    kernel_layer_norm(out, queries, d, a->norm2_weight, a->norm2_bias, APENC_EPS, out);
    return out;
}
