/* SPDX-License-Identifier: Apache-2.0 */
#include "model/discriminator.h"

#include "model/blas.h"
#include "model/kernel-elementwise.h"
#include "model/linear-backward.h"

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

/* Before the sigmoid: pairs [n, 2 d] -> [n, size]. hidden [n, d] is filled under "mlp", and is the result otherwise. */
static void discriminator_logits(const struct discriminator *discriminator, const float *pairs, size_t n,
                                 const struct training_pass *pass, float *hidden, float *logits)
{
    size_t d = discriminator->d;
    bool mlp = discriminator->kind == DISCRIMINATOR_MLP;
    blas_linear_run(pass->threads, &(struct blas_linear){pairs, 2 * d, n, 2 * d, discriminator->hidden,
                                                         discriminator->hidden_bias, d, NULL,
                                                         mlp ? BLAS_RELU : BLAS_IDENTITY, hidden, d}, 1);
    if (mlp)
        blas_linear_run(pass->threads, &(struct blas_linear){hidden, d, n, d, discriminator->output,
                                                             discriminator->output_bias, 1, NULL, BLAS_IDENTITY, logits,
                                                             1}, 1);
}

float *discriminator_forward(const struct discriminator *discriminator, const float *text, const size_t *text_offsets,
                             const float *image, const size_t *image_offsets, size_t n,
                             const struct training_pass *pass)
{
    size_t d = discriminator->d, size = discriminator_size(discriminator);
    float *pairs = arena_take(pass->arena, n * d, 2 * sizeof *pairs);
    float *hidden = arena_take(pass->arena, n * d, sizeof *hidden);
    float *out = size == 1 ? arena_take(pass->arena, n, sizeof *out) : hidden;
    if (!pairs || !hidden || !out)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        discriminator_pool(discriminator, text + text_offsets[i] * d, text_offsets[i + 1] - text_offsets[i],
                           pairs + i * 2 * d);
        discriminator_pool(discriminator, image + image_offsets[i] * d, image_offsets[i + 1] - image_offsets[i],
                           pairs + i * 2 * d + d);
    }
    discriminator_logits(discriminator, pairs, n, pass, hidden, out);
    for (size_t i = 0; i < n * size; i++)
        out[i] = (float)(1 / (1 + exp(-(double)out[i])));
    return out;
}

/* Alignment */

static void discriminator_pool_backward(const struct discriminator *discriminator, const float *dpooled, size_t rows,
                                        float *dx)
{
    size_t d = discriminator->d;
    if (discriminator->pooling == POOLING_FIRST)
        kernel_add(dx, dpooled, d, dx);
    else
        for (size_t r = 0; r < rows; r++)
            kernel_axpy(1.0f / (float)rows, dpooled, d, dx + r * d);
}

/* Which post's picture stands in pair i of 2 n: its own, then that of the post before it. */
static size_t discriminator_partner(const size_t *posts, size_t n, size_t i)
{
    return i < n ? posts[i] : posts[(i - n + n - 1) % n];
}

/* Binary cross-entropy of the pairs, the first `matching` of which belong together; the logits become their gradients. */
static double discriminator_loss(float *logits, size_t pairs, size_t matching, size_t size, double share)
{
    double loss = 0;
    for (size_t i = 0; i < pairs * size; i++) {
        double x = logits[i], sign = i < matching * size ? -1 : 1; /* log(1 + exp(sign x)) */
        loss += (sign * x > 0 ? sign * x : 0) + log1p(exp(-fabs(x)));
        logits[i] = (float)(share * sign / (1 + exp(-sign * x)) / (double)(matching * size));
    }
    return loss / (double)(matching * size);
}

static void discriminator_logits_backward(const struct discriminator *discriminator, const float *pairs, size_t n,
                                         const struct training_pass *pass, const float *hidden, const float *dlogits,
                                         float *dhidden, float *dpairs)
{
    size_t d = discriminator->d;
    if (discriminator->kind == DISCRIMINATOR_MLP) {
        linear_backward(pass, &(struct linear_backward){hidden, d, n, d, discriminator->output,
                                                        discriminator->output_bias, 1, dlogits, 1, dhidden, d, false});
        for (size_t i = 0; i < n * d; i++)
            dhidden[i] = hidden[i] > 0 ? dhidden[i] : 0;
        dlogits = dhidden;
    }
    linear_backward(pass, &(struct linear_backward){pairs, 2 * d, n, 2 * d, discriminator->hidden,
                                                    discriminator->hidden_bias, d, dlogits, d, dpairs, 2 * d, false});
}

int discriminator_alignment(const struct discriminator *discriminator, const float *text, const size_t *text_offsets,
                            const float *image, const size_t *image_offsets, const size_t *posts, size_t n,
                            double share, const struct training_pass *pass, double *loss, float *dtext, float *dimage)
{
    struct arena *arena = pass->arena;
    size_t d = discriminator->d, size = discriminator_size(discriminator), pairs_n = n > 1 ? 2 * n : n;
    float *pairs = arena_take(arena, pairs_n * d, 2 * sizeof *pairs);
    float *dpairs = arena_take(arena, pairs_n * d, 2 * sizeof *dpairs);
    float *hidden = arena_take(arena, pairs_n * d, sizeof *hidden);
    float *dhidden = arena_take(arena, pairs_n * d, sizeof *dhidden);
    float *logits = size == 1 ? arena_take(arena, pairs_n, sizeof *logits) : hidden;
    if (!pairs || !dpairs || !hidden || !dhidden || !logits)
        return -1;
    for (size_t i = 0; i < pairs_n; i++) {
        size_t t = posts[i % n], v = discriminator_partner(posts, n, i);
        discriminator_pool(discriminator, text + text_offsets[t] * d, text_offsets[t + 1] - text_offsets[t],
                           pairs + i * 2 * d);
        discriminator_pool(discriminator, image + image_offsets[v] * d, image_offsets[v + 1] - image_offsets[v],
                           pairs + i * 2 * d + d);
    }
    discriminator_logits(discriminator, pairs, pairs_n, pass, hidden, logits);
    *loss = discriminator_loss(logits, pairs_n, n, size, share);
    discriminator_logits_backward(discriminator, pairs, pairs_n, pass, hidden, logits, dhidden, dpairs);
    for (size_t i = 0; i < pairs_n; i++) {
        size_t t = posts[i % n], v = discriminator_partner(posts, n, i);
        discriminator_pool_backward(discriminator, dpairs + i * 2 * d, text_offsets[t + 1] - text_offsets[t],
                                    dtext + text_offsets[t] * d);
        discriminator_pool_backward(discriminator, dpairs + i * 2 * d + d, image_offsets[v + 1] - image_offsets[v],
                                    dimage + image_offsets[v] * d);
    }
    return 0;
}
