/* SPDX-License-Identifier: Apache-2.0 */
#include "model/discriminator.h"

#include "model/blas.h"
#include "model/kernel-elementwise.h"

#include <math.h>
#include <string.h>

int discriminator_load(struct safetensors *file, const struct config *config, struct discriminator *out,
                       struct error *err)
{
    size_t d = config->text.hidden_size, wide[2] = {d, 2 * d}, narrow[2] = {1, d}, one = 1;
    *out = (struct discriminator){.d = d, .pooling = config->mmib.pooling, .kind = config->mmib.discriminator};
    bool mlp = out->kind == DISCRIMINATOR_MLP;
    out->hidden = safetensors_f32(file, mlp ? "discriminator.hidden.weight" : "discriminator.linear.weight", 2, wide,
                                  err);
    if (!out->hidden)
        return -1;
    out->hidden_bias = safetensors_f32(file, mlp ? "discriminator.hidden.bias" : "discriminator.linear.bias", 1, &d,
                                       err);
    if (!out->hidden_bias || !mlp)
        return out->hidden_bias ? 0 : -1;
    out->output = safetensors_f32(file, "discriminator.output.weight", 2, narrow, err);
    if (!out->output)
        return -1;
    out->output_bias = safetensors_f32(file, "discriminator.output.bias", 1, &one, err);
    return out->output_bias ? 0 : -1;
}

size_t discriminator_size(const struct discriminator *discriminator)
{
    return discriminator->kind == DISCRIMINATOR_MLP ? 1 : discriminator->d;
}

static void discriminator_pool(const struct discriminator *discriminator, const float *x, size_t rows, float *out)
{
    if (discriminator->pooling == POOLING_MEAN)
        kernel_row_mean(x, rows, discriminator->d, out);
    else
        memcpy(out, x, discriminator->d * sizeof *out);
}

float *discriminator_forward(const struct discriminator *discriminator, const float *text, const size_t *text_offsets,
                             const float *image, const size_t *image_offsets, size_t n, struct threads *threads,
                             struct arena *arena)
{
    size_t d = discriminator->d, size = discriminator_size(discriminator);
    bool mlp = discriminator->kind == DISCRIMINATOR_MLP;
    float *pooled = arena_take(arena, n * d, 2 * sizeof *pooled), *hidden = arena_take(arena, n * d, sizeof *hidden);
    float *out = mlp ? arena_take(arena, n, sizeof *out) : hidden;
    if (!pooled || !hidden || !out)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        discriminator_pool(discriminator, text + text_offsets[i] * d, text_offsets[i + 1] - text_offsets[i],
                           pooled + i * 2 * d);
        discriminator_pool(discriminator, image + image_offsets[i] * d, image_offsets[i + 1] - image_offsets[i],
                           pooled + i * 2 * d + d);
    }
    blas_linear_run(threads, &(struct blas_linear){pooled, 2 * d, n, 2 * d, discriminator->hidden,
                                                   discriminator->hidden_bias, d, NULL,
                                                   mlp ? BLAS_RELU : BLAS_IDENTITY, hidden, d}, 1);
    if (mlp)
        blas_linear_run(threads, &(struct blas_linear){hidden, d, n, d, discriminator->output,
                                                       discriminator->output_bias, 1, NULL, BLAS_IDENTITY, out, 1}, 1);
    for (size_t i = 0; i < n * size; i++)
        out[i] = (float)(1 / (1 + exp(-(double)out[i])));
    return out;
}
