/* SPDX-License-Identifier: Apache-2.0 */
#include "model/apenc.h"

#include "model/blas.h"
#include "model/kernel-elementwise.h"
#include "model/linear-backward.h"

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

/* Memory for a pass: with keep nothing is overwritten. */
static int apenc_prepare(const struct apenc *a, struct training_pass *pass, bool keep, struct apenc_tape *t)
{
    struct arena *arena = pass->arena;
    size_t d = a->d, queries = t->query_offsets[t->items], keys = t->key_offsets[t->items], wide = a->ffn_size;
    t->query = arena_take(arena, queries * d, sizeof *t->query);
    t->mixed = arena_take(arena, queries * d, sizeof *t->mixed);
    t->key = arena_take(arena, keys * d, sizeof *t->key);
    t->value = arena_take(arena, keys * d, sizeof *t->value);
    t->out_sum = t->out = arena_take(arena, queries * d, sizeof *t->out);
    t->up_sum = t->up = arena_take(arena, queries * wide, sizeof *t->up);
    /* Without a wide layer the last one reads what it adds to: the result must not stand in the same memory yet. */
    t->middle_sum = t->middle = wide && !keep ? t->out : arena_take(arena, queries * d, sizeof *t->middle);
    if (keep) {
        t->middle_sum = arena_take(arena, queries * d, sizeof *t->middle_sum);
        t->out_sum = arena_take(arena, queries * d, sizeof *t->out_sum);
        t->up_sum = arena_take(arena, queries * wide, sizeof *t->up_sum);
        t->middle_key = training_pass_key(pass);
        t->out_key = training_pass_key(pass);
    }
    return !t->query || !t->mixed || !t->key || !t->value || !t->out_sum || !t->out || !t->up_sum || !t->up ||
                   !t->middle_sum || !t->middle ||
                   attention_prepare(t->items, t->query_offsets, t->key_offsets, a->heads, pass, &t->attention)
               ? -1
               : 0;
}

static struct attention apenc_attention(const struct apenc *a, const struct apenc_tape *t)
{
    size_t d = a->d;
    return (struct attention){t->items, t->query_offsets, t->key_offsets, a->heads, d, t->query,
                              t->key,   t->value,         d,              d,        d, t->mixed};
}

float *apenc_forward(const struct apenc *a, const float *q, const size_t *query_offsets, const float *k,
                     const size_t *key_offsets, size_t items, struct training_pass *pass, struct apenc_tape *tape)
{
    size_t d = a->d, queries = query_offsets[items], keys = key_offsets[items], wide = a->ffn_size;
    struct apenc_tape own = {0}, *t = tape ? tape : &own;
    *t = (struct apenc_tape){.q = q, .k = k, .query_offsets = query_offsets, .key_offsets = key_offsets, .items = items};
    if (apenc_prepare(a, pass, tape, t))
        return NULL;
    const struct blas_linear projections[] = {
        {q, d, queries, d, a->query, NULL, d, NULL, BLAS_IDENTITY, t->query, d},
        {k, d, keys, d, a->key, NULL, d, NULL, BLAS_IDENTITY, t->key, d},
        {k, d, keys, d, a->value, NULL, d, NULL, BLAS_IDENTITY, t->value, d},
    };
    blas_linear_run(pass->threads, projections, 3);
    const struct attention attention = apenc_attention(a, t);
    attention_forward(&attention, &t->attention, pass);
    training_pass_sublayer(pass, &(struct blas_linear){t->mixed, d, queries, d, a->output, a->output_bias, d, q, BLAS_IDENTITY,
                                         t->middle_sum, d}, t->middle_key);
    training_pass_norm(pass, t->middle_sum, queries, d, a->norm1_weight, a->norm1_bias, APENC_EPS, t->middle);
    const float *in = t->middle;
    if (wide) {
        bool fused = t->up == t->up_sum;
        blas_linear_run(pass->threads, &(struct blas_linear){t->middle, d, queries, d, a->up, a->up_bias, wide, NULL,
                                                             fused ? BLAS_GELU : BLAS_IDENTITY, t->up_sum, wide}, 1);
        if (!fused)
            training_pass_gelu(pass, t->up_sum, queries * wide, t->up);
        in = t->up;
    }
    size_t inputs = wide ? wide : d;
    training_pass_sublayer(pass, &(struct blas_linear){in, inputs, queries, inputs, a->down, a->down_bias, d, t->middle,
                                         BLAS_IDENTITY, t->out_sum, d}, t->out_key);
    training_pass_norm(pass, t->out_sum, queries, d, a->norm2_weight, a->norm2_bias, APENC_EPS, t->out);
    return t->out;
}

/* x holds the gradient of the second norm's result, and then that of the first norm's. dup [query rows, ffn_size], other
 * [query rows, d]: room. */
static int apenc_backward_ffn(const struct apenc *a, const struct apenc_tape *t, const struct training_pass *pass,
                              float *dup, float *other, float *x)
{
    size_t d = a->d, rows = t->query_offsets[t->items], wide = a->ffn_size;
    if (training_pass_norm_backward(pass, t->out_sum, rows, d, a->norm2_weight, a->norm2_bias, APENC_EPS, x, x))
        return -1;
    /* A copy even without dropout: x is added to while it is read where there is one linear layer. */
    training_pass_dropout(pass, t->out_key, x, NULL, rows * d, other);
    if (!wide) {
        linear_backward(pass, &(struct linear_backward){t->middle, d, rows, d, a->down, a->down_bias, d, other, d, x, d,
                                                        true});
        return 0;
    }
    linear_backward(pass, &(struct linear_backward){t->up, wide, rows, wide, a->down, a->down_bias, d, other, d, dup,
                                                    wide, false});
    training_pass_gelu_backward(pass, t->up_sum, rows * wide, dup);
    linear_backward(pass, &(struct linear_backward){t->middle, d, rows, d, a->up, a->up_bias, wide, dup, wide, x, d,
                                                    true});
    return 0;
}

int apenc_backward(const struct apenc *a, const struct apenc_tape *t, const struct training_pass *pass, float *dout,
                   float *dq, float *dk)
{
    struct arena *arena = pass->arena;
    size_t d = a->d, queries = t->query_offsets[t->items], keys = t->key_offsets[t->items];
    float *dup = arena_take(arena, queries * a->ffn_size, sizeof *dup);
    float *other = arena_take(arena, queries * d, sizeof *other), *dmixed = arena_take(arena, queries * d, sizeof *dmixed);
    float *dquery = arena_take(arena, queries * d, sizeof *dquery);
    float *dkey = arena_take(arena, keys * d, sizeof *dkey), *dvalue = arena_take(arena, keys * d, sizeof *dvalue);
    float *weights = arena_take(arena, t->attention.total, sizeof *weights);
    if (!dup || !other || !dmixed || !dquery || !dkey || !dvalue || !weights ||
        apenc_backward_ffn(a, t, pass, dup, other, dout) ||
        training_pass_norm_backward(pass, t->middle_sum, queries, d, a->norm1_weight, a->norm1_bias, APENC_EPS, dout,
                                    dout))
        return -1;
    kernel_add(dq, dout, queries * d, dq);
    training_pass_dropout(pass, t->middle_key, dout, NULL, queries * d, other);
    linear_backward(pass, &(struct linear_backward){t->mixed, d, queries, d, a->output, a->output_bias, d, other, d,
                                                    dmixed, d, false});
    const struct attention attention = apenc_attention(a, t);
    const struct attention_gradients gradients = {dmixed, dquery, dkey, dvalue, weights};
    attention_backward(&attention, &t->attention, &gradients, pass);
    linear_backward(pass, &(struct linear_backward){t->q, d, queries, d, a->query, NULL, d, dquery, d, dq, d, true});
    linear_backward(pass, &(struct linear_backward){t->k, d, keys, d, a->key, NULL, d, dkey, d, dk, d, true});
    linear_backward(pass, &(struct linear_backward){t->k, d, keys, d, a->value, NULL, d, dvalue, d, dk, d, true});
    return 0;
}
