/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bert.h"

#include "model/attention.h"
#include "model/blas.h"
#include "model/kernel-elementwise.h"

#include <stdio.h>
#include <stdlib.h>

/* One weight of the layer, or of the embeddings when layer is SIZE_MAX. */
static int bert_find(struct safetensors *file, size_t layer, const char *name, size_t rows, size_t columns,
                     const float **out, struct error *err)
{
    char full[160];
    if (layer == SIZE_MAX)
        snprintf(full, sizeof full, "text.embeddings.%s", name);
    else
        snprintf(full, sizeof full, "text.encoder.layer.%zu.%s", layer, name);
    size_t shape[2] = {rows, columns};
    *out = safetensors_f32(file, full, columns ? 2 : 1, shape, err);
    return *out ? 0 : -1;
}

static int bert_load_layer(struct safetensors *file, size_t i, size_t d, size_t wide, struct bert_layer *l,
                           struct error *err)
{
    const struct {
        const char *name;
        size_t rows, columns;
        const float **out;
    } weights[] = {
        {"attention.self.query.weight", d, d, &l->query},
        {"attention.self.query.bias", d, 0, &l->query_bias},
        {"attention.self.key.weight", d, d, &l->key},
        {"attention.self.key.bias", d, 0, &l->key_bias},
        {"attention.self.value.weight", d, d, &l->value},
        {"attention.self.value.bias", d, 0, &l->value_bias},
        {"attention.output.dense.weight", d, d, &l->output},
        {"attention.output.dense.bias", d, 0, &l->output_bias},
        {"attention.output.LayerNorm.weight", d, 0, &l->attention_norm.weight},
        {"attention.output.LayerNorm.bias", d, 0, &l->attention_norm.bias},
        {"intermediate.dense.weight", wide, d, &l->up},
        {"intermediate.dense.bias", wide, 0, &l->up_bias},
        {"output.dense.weight", d, wide, &l->down},
        {"output.dense.bias", d, 0, &l->down_bias},
        {"output.LayerNorm.weight", d, 0, &l->output_norm.weight},
        {"output.LayerNorm.bias", d, 0, &l->output_norm.bias},
    };
    for (size_t w = 0; w < sizeof weights / sizeof *weights; w++)
        if (bert_find(file, i, weights[w].name, weights[w].rows, weights[w].columns, weights[w].out, err))
            return -1;
    return 0;
}

int bert_load(struct safetensors *file, const struct config *config, struct bert *out, struct error *err)
{
    size_t d = config->text.hidden_size;
    *out = (struct bert){.d = d,
                         .heads = config->text.num_attention_heads,
                         .intermediate = config->text.intermediate_size,
                         .n_layers = config->text.num_hidden_layers,
                         .vocab_size = config->text.vocab_size,
                         .max_positions = config->text.max_position_embeddings,
                         .eps = (float)config->text.layer_norm_eps};
    if (bert_find(file, SIZE_MAX, "word_embeddings.weight", out->vocab_size, d, &out->word_embeddings, err) ||
        bert_find(file, SIZE_MAX, "position_embeddings.weight", out->max_positions, d, &out->position_embeddings,
                  err) ||
        bert_find(file, SIZE_MAX, "token_type_embeddings.weight", config->text.type_vocab_size, d,
                  &out->type_embeddings, err) ||
        bert_find(file, SIZE_MAX, "LayerNorm.weight", d, 0, &out->embedding_norm.weight, err) ||
        bert_find(file, SIZE_MAX, "LayerNorm.bias", d, 0, &out->embedding_norm.bias, err))
        return -1;
    out->layers = calloc(out->n_layers, sizeof *out->layers);
    if (!out->layers)
        return error_memory(err, "text encoder");
    for (size_t i = 0; i < out->n_layers; i++)
        if (bert_load_layer(file, i, d, out->intermediate, &out->layers[i], err)) {
            bert_free(out);
            return -1;
        }
    return 0;
}

void bert_free(struct bert *bert)
{
    free(bert->layers);
    bert->layers = NULL;
}

/* Word, position and type (always 0) embeddings, then their norm. */
static void bert_embed(const struct bert *bert, const int32_t *piece_ids, const size_t *offsets, size_t items,
                       float *x)
{
    size_t d = bert->d;
    for (size_t item = 0; item < items; item++)
        for (size_t r = offsets[item]; r < offsets[item + 1]; r++) {
            kernel_add(bert->word_embeddings + (size_t)piece_ids[r] * d,
                       bert->position_embeddings + (r - offsets[item]) * d, d, x + r * d);
            kernel_add(x + r * d, bert->type_embeddings, d, x + r * d);
        }
    kernel_layer_norm(x, offsets[items], d, bert->embedding_norm.weight, bert->embedding_norm.bias, bert->eps, x);
}

float *bert_forward(const struct bert *bert, const int32_t *piece_ids, const size_t *offsets, size_t items,
                    struct threads *threads, struct arena *arena)
{
    size_t d = bert->d, rows = offsets[items], wide = bert->intermediate;
    float *x = arena_take(arena, rows * d, sizeof *x), *qkv = arena_take(arena, rows * d, 3 * sizeof *qkv);
    float *mixed = arena_take(arena, rows * d, sizeof *mixed), *up = arena_take(arena, rows * wide, sizeof *up);
    struct attention_scratch scratch;
    if (!x || !qkv || !mixed || !up || attention_prepare(items, offsets, offsets, bert->heads, arena, &scratch))
        return NULL;
    bert_embed(bert, piece_ids, offsets, items, x);
    for (size_t i = 0; i < bert->n_layers; i++) {
        const struct bert_layer *l = &bert->layers[i];
        const struct blas_linear projections[] = {
            {x, d, rows, d, l->query, l->query_bias, d, NULL, BLAS_IDENTITY, qkv, 3 * d},
            {x, d, rows, d, l->key, l->key_bias, d, NULL, BLAS_IDENTITY, qkv + d, 3 * d},
            {x, d, rows, d, l->value, l->value_bias, d, NULL, BLAS_IDENTITY, qkv + 2 * d, 3 * d},
        };
        blas_linear_run(threads, projections, 3);
        const struct attention attention = {items, offsets, offsets,     bert->heads, d,     qkv,  qkv + d,
                                            qkv + 2 * d, 3 * d,   3 * d, 3 * d,       mixed};
        attention_forward(&attention, &scratch, threads);
        blas_linear_run(threads, &(struct blas_linear){mixed, d, rows, d, l->output, l->output_bias, d, x,
                                                       BLAS_IDENTITY, x, d}, 1);
        kernel_layer_norm(x, rows, d, l->attention_norm.weight, l->attention_norm.bias, bert->eps, x);
        blas_linear_run(threads, &(struct blas_linear){x, d, rows, d, l->up, l->up_bias, wide, NULL, BLAS_GELU, up,
                                                       wide}, 1);
        blas_linear_run(threads, &(struct blas_linear){up, wide, rows, wide, l->down, l->down_bias, d, x,
                                                       BLAS_IDENTITY, x, d}, 1);
        kernel_layer_norm(x, rows, d, l->output_norm.weight, l->output_norm.bias, bert->eps, x);
    }
    return x;
}
