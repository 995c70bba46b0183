/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bert.h"

#include "model/blas.h"
#include "model/kernel-elementwise.h"
#include "model/linear-backward.h"

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

/* Word, position and type (always 0) embeddings. */
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
}

static struct attention bert_attention(const struct bert *bert, const size_t *offsets, size_t items,
                                       const struct bert_layer_tape *t)
{
    size_t d = bert->d;
    return (struct attention){items,         offsets, offsets, bert->heads, d,       t->qkv,
                              t->qkv + d, t->qkv + 2 * d, 3 * d,   3 * d,       3 * d, t->mixed};
}

static void bert_layer_forward(const struct bert *bert, const struct bert_layer *l, const size_t *offsets,
                               size_t items, const struct training_pass *pass, const struct bert_layer_tape *t)
{
    size_t d = bert->d, rows = offsets[items], wide = bert->intermediate;
    const struct blas_linear projections[] = {
        {t->in, d, rows, d, l->query, l->query_bias, d, NULL, BLAS_IDENTITY, t->qkv, 3 * d},
        {t->in, d, rows, d, l->key, l->key_bias, d, NULL, BLAS_IDENTITY, t->qkv + d, 3 * d},
        {t->in, d, rows, d, l->value, l->value_bias, d, NULL, BLAS_IDENTITY, t->qkv + 2 * d, 3 * d},
    };
    blas_linear_run(pass->threads, projections, 3);
    const struct attention attention = bert_attention(bert, offsets, items, t);
    attention_forward(&attention, &t->attention, pass);
    training_pass_sublayer(pass, &(struct blas_linear){t->mixed, d, rows, d, l->output, l->output_bias, d, t->in, BLAS_IDENTITY,
                                        t->middle_sum, d}, t->middle_key);
    training_pass_norm(pass, t->middle_sum, rows, d, l->attention_norm.weight, l->attention_norm.bias, bert->eps,
                       t->middle);
    bool fused = t->up == t->up_sum;
    blas_linear_run(pass->threads, &(struct blas_linear){t->middle, d, rows, d, l->up, l->up_bias, wide, NULL,
                                                         fused ? BLAS_GELU : BLAS_IDENTITY, t->up_sum, wide}, 1);
    if (!fused)
        training_pass_gelu(pass, t->up_sum, rows * wide, t->up);
    training_pass_sublayer(pass, &(struct blas_linear){t->up, wide, rows, wide, l->down, l->down_bias, d, t->middle, BLAS_IDENTITY,
                                        t->out_sum, d}, t->out_key);
    training_pass_norm(pass, t->out_sum, rows, d, l->output_norm.weight, l->output_norm.bias, bert->eps, t->out);
}

/* Memory of its own for all that a layer leaves behind. */
static int bert_layer_keep(const struct bert *bert, const size_t *offsets, size_t items, struct training_pass *pass,
                           struct bert_layer_tape *t)
{
    size_t d = bert->d, rows = offsets[items], wide = bert->intermediate;
    t->qkv = arena_take(pass->arena, rows * d, 3 * sizeof *t->qkv);
    t->mixed = arena_take(pass->arena, rows * d, sizeof *t->mixed);
    t->middle_sum = arena_take(pass->arena, rows * d, sizeof *t->middle_sum);
    t->middle = arena_take(pass->arena, rows * d, sizeof *t->middle);
    t->up_sum = arena_take(pass->arena, rows * wide, sizeof *t->up_sum);
    t->up = arena_take(pass->arena, rows * wide, sizeof *t->up);
    t->out_sum = arena_take(pass->arena, rows * d, sizeof *t->out_sum);
    t->out = arena_take(pass->arena, rows * d, sizeof *t->out);
    if (!t->qkv || !t->mixed || !t->middle_sum || !t->middle || !t->up_sum || !t->up || !t->out_sum || !t->out ||
        attention_prepare(items, offsets, offsets, bert->heads, pass, &t->attention))
        return -1;
    t->middle_key = training_pass_key(pass);
    t->out_key = training_pass_key(pass);
    return 0;
}

/* The memory that all layers of an inference share; x holds what goes from layer to layer. */
static int bert_layer_share(const struct bert *bert, const size_t *offsets, size_t items, struct training_pass *pass,
                            float *x, struct bert_layer_tape *t)
{
    size_t d = bert->d, rows = offsets[items];
    *t = (struct bert_layer_tape){.in = x, .middle_sum = x, .middle = x, .out_sum = x, .out = x};
    t->qkv = arena_take(pass->arena, rows * d, 3 * sizeof *t->qkv);
    t->mixed = arena_take(pass->arena, rows * d, sizeof *t->mixed);
    t->up = t->up_sum = arena_take(pass->arena, rows * bert->intermediate, sizeof *t->up);
    return !t->qkv || !t->mixed || !t->up ||
                   attention_prepare(items, offsets, offsets, bert->heads, pass, &t->attention)
               ? -1
               : 0;
}

float *bert_forward(const struct bert *bert, const int32_t *piece_ids, const size_t *offsets, size_t items,
                    struct training_pass *pass, struct bert_tape *tape)
{
    size_t d = bert->d, rows = offsets[items];
    struct bert_layer_tape shared = {0};
    float *x = arena_take(pass->arena, rows * d, sizeof *x), *sum = x;
    if (!x)
        return NULL;
    if (tape) {
        *tape = (struct bert_tape){.piece_ids = piece_ids, .offsets = offsets, .items = items};
        tape->embedding_sum = sum = arena_take(pass->arena, rows * d, sizeof *sum);
        tape->layers = arena_take_zero(pass->arena, bert->n_layers, sizeof *tape->layers);
        tape->embedding_key = training_pass_key(pass);
        if (!sum || !tape->layers)
            return NULL;
    } else if (bert_layer_share(bert, offsets, items, pass, x, &shared)) {
        return NULL;
    }
    bert_embed(bert, piece_ids, offsets, items, sum);
    training_pass_norm(pass, sum, rows, d, bert->embedding_norm.weight, bert->embedding_norm.bias, bert->eps, x);
    if (pass->dropout > 0)
        training_pass_dropout(pass, tape->embedding_key, x, NULL, rows * d, x);
    for (size_t i = 0; i < bert->n_layers; i++) {
        struct bert_layer_tape *t = tape ? &tape->layers[i] : &shared;
        t->in = x;
        if (tape && bert_layer_keep(bert, offsets, items, pass, t))
            return NULL;
        bert_layer_forward(bert, &bert->layers[i], offsets, items, pass, t);
        x = t->out;
    }
    return x;
}

/* Backward */

struct bert_buffers {
    float *a, *b;     /* [rows, d] */
    float *dqkv;      /* [rows, 3 d] */
    float *dup;       /* [rows, intermediate] */
    float *attention; /* the scratch of attention_backward */
};

/* x = dropout(gradient) in memory of its own, or the gradient itself where there is no dropout. */
static const float *bert_dropped(const struct training_pass *pass, struct kernel_key key, const float *gradient,
                                 size_t n, float *buffer)
{
    if (!(pass->dropout > 0))
        return gradient;
    training_pass_dropout(pass, key, gradient, NULL, n, buffer);
    return buffer;
}

/* x holds the gradient of the layer's result, and then that of what it read. */
static int bert_layer_backward(const struct bert *bert, const struct bert_layer *l, const struct bert_tape *tape,
                               const struct bert_layer_tape *t, const struct training_pass *pass,
                               const struct bert_buffers *buffers, float *x)
{
    size_t d = bert->d, rows = tape->offsets[tape->items], wide = bert->intermediate;
    if (training_pass_norm_backward(pass, t->out_sum, rows, d, l->output_norm.weight, l->output_norm.bias, bert->eps, x,
                                    x))
        return -1;
    const float *dy = bert_dropped(pass, t->out_key, x, rows * d, buffers->a);
    linear_backward(pass, &(struct linear_backward){t->up, wide, rows, wide, l->down, l->down_bias, d, dy, d,
                                                    buffers->dup, wide, false});
    training_pass_gelu_backward(pass, t->up_sum, rows * wide, buffers->dup);
    linear_backward(pass, &(struct linear_backward){t->middle, d, rows, d, l->up, l->up_bias, wide, buffers->dup, wide,
                                                    x, d, true});
    if (training_pass_norm_backward(pass, t->middle_sum, rows, d, l->attention_norm.weight, l->attention_norm.bias,
                                    bert->eps, x, x))
        return -1;
    dy = bert_dropped(pass, t->middle_key, x, rows * d, buffers->a);
    linear_backward(pass, &(struct linear_backward){t->mixed, d, rows, d, l->output, l->output_bias, d, dy, d,
                                                    buffers->b, d, false});
    const struct attention attention = bert_attention(bert, tape->offsets, tape->items, t);
    const struct attention_gradients gradients = {buffers->b, buffers->dqkv, buffers->dqkv + d, buffers->dqkv + 2 * d,
                                                  buffers->attention};
    attention_backward(&attention, &t->attention, &gradients, pass);
    const float *const weights[] = {l->query, l->key, l->value};
    const float *const biases[] = {l->query_bias, l->key_bias, l->value_bias};
    for (size_t i = 0; i < 3; i++)
        linear_backward(pass, &(struct linear_backward){t->in, d, rows, d, weights[i], biases[i], d,
                                                        buffers->dqkv + i * d, 3 * d, x, d, true});
    return 0;
}

static int bert_embed_backward(const struct bert *bert, const struct bert_tape *tape, const struct training_pass *pass,
                               float *x)
{
    size_t d = bert->d, rows = tape->offsets[tape->items];
    float *words = parameters_gradient(pass->parameters, bert->word_embeddings);
    float *positions = parameters_gradient(pass->parameters, bert->position_embeddings);
    float *types = parameters_gradient(pass->parameters, bert->type_embeddings);
    if (!words)
        return 0;
    if (pass->dropout > 0)
        training_pass_dropout(pass, tape->embedding_key, x, NULL, rows * d, x);
    if (training_pass_norm_backward(pass, tape->embedding_sum, rows, d, bert->embedding_norm.weight,
                                    bert->embedding_norm.bias, bert->eps, x, x))
        return -1;
    for (size_t item = 0; item < tape->items; item++)
        for (size_t r = tape->offsets[item]; r < tape->offsets[item + 1]; r++) {
            float *word = words + (size_t)tape->piece_ids[r] * d, *position = positions + (r - tape->offsets[item]) * d;
            kernel_add(word, x + r * d, d, word);
            kernel_add(position, x + r * d, d, position);
            kernel_add(types, x + r * d, d, types);
        }
    return 0;
}

int bert_backward(const struct bert *bert, const struct bert_tape *tape, const struct training_pass *pass, float *dout)
{
    size_t d = bert->d, rows = tape->offsets[tape->items];
    struct bert_buffers buffers = {
        .a = arena_take(pass->arena, rows * d, sizeof(float)),
        .b = arena_take(pass->arena, rows * d, sizeof(float)),
        .dqkv = arena_take(pass->arena, rows * d, 3 * sizeof(float)),
        .dup = arena_take(pass->arena, rows * bert->intermediate, sizeof(float)),
        .attention = arena_take(pass->arena, tape->layers[0].attention.total, sizeof(float)),
    };
    if (!buffers.a || !buffers.b || !buffers.dqkv || !buffers.dup || !buffers.attention)
        return -1;
    for (size_t i = bert->n_layers; i-- > 0;) {
        if (!parameters_gradient(pass->parameters, bert->layers[i].query))
            return 0;
        if (bert_layer_backward(bert, &bert->layers[i], tape, &tape->layers[i], pass, &buffers, dout))
            return -1;
    }
    return bert_embed_backward(bert, tape, pass, dout);
}
