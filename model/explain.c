/* SPDX-License-Identifier: Apache-2.0 */
#include "model/explain.h"

#include "model/kernel-elementwise.h"

#include <math.h>

/* KL(N(mean, exp(logvar)) || N(0, I)) of one row, summed over dimensions. */
static double explain_rate(const float *mean, const float *logvar, size_t d)
{
    double sum = 0;
    for (size_t i = 0; i < d; i++)
        sum += (double)mean[i] * mean[i] + exp((double)logvar[i]) - 1 - logvar[i];
    return sum / 2;
}

/* Splits each picture's score over its cells: its features are the mean of the cells, so each cell carries a share of the
 * product, and an even share of the bias. */
static int explain_grid(struct mmib *model, const struct features *features, const float *z_sum,
                        struct explanation *out)
{
    struct arena *arena = mmib_arena(model);
    size_t channels = mmib_config(model)->image.channels, grid = mmib_grid(model), cells = grid * grid;
    double bias;
    float *direction = arena_take(arena, channels, sizeof *direction);
    out->grid = grid;
    out->grid_contribution = arena_take(arena, features->n_images * cells, sizeof *out->grid_contribution);
    if (!direction || !out->grid_contribution)
        return -1;
    mmib_project_back(model, z_sum, direction, &bias);
    for (size_t i = 0; i < features->n_images * cells; i++)
        out->grid_contribution[i] =
            (float)((kernel_dot(features->cells + i * channels, direction, channels) + bias) / (double)cells);
    return 0;
}

int explain_post(struct mmib *model, const struct mmib_states *states, size_t index, const struct example *example,
                 const struct features *features, struct explanation *out)
{
    struct arena *arena = mmib_arena(model);
    size_t d = mmib_config(model)->text.hidden_size, pieces = example->n_pieces, images = features->n_images;
    size_t text = states->text_offsets[index] * d, image = states->image_offsets[index] * d;
    *out = (struct explanation){.text_contribution = arena_take(arena, pieces, sizeof(float)),
                                .token_contribution = arena_take_zero(arena, example->n_tokens, sizeof(float)),
                                .token_before = arena_take_zero(arena, example->n_tokens, sizeof(float)),
                                .image_contribution = arena_take(arena, images, sizeof(float)),
                                .image_before = arena_take(arena, images, sizeof(float)),
                                .token_rate = arena_take_zero(arena, example->n_tokens, sizeof(float)),
                                .image_rate = arena_take(arena, images, sizeof(float))};
    float *piece_rate = arena_take(arena, pieces, sizeof *piece_rate), *x_sum = arena_take(arena, d, sizeof *x_sum);
    float *z_sum = arena_take(arena, d, sizeof *z_sum);
    if (!out->text_contribution || !out->token_contribution || !out->token_before || !out->image_contribution ||
        !out->image_before || !out->token_rate || !out->image_rate || !piece_rate || !x_sum || !z_sum)
        return -1;

    kernel_row_sum(states->text_hidden + text, pieces, d, x_sum);
    kernel_row_sum(states->text_z + text, pieces, d, z_sum);
    for (size_t r = 0; r < pieces; r++) {
        out->text_contribution[r] = (float)kernel_dot(states->text_hidden + text + r * d, z_sum, d);
        double rate = explain_rate(states->text_mean + text + r * d, states->text_logvar + text + r * d, d);
        piece_rate[r] = (float)rate;
        out->text_kl += rate / (double)(pieces * d);
    }
    for (size_t t = 0; t < example->n_tokens; t++)
        for (size_t r = example->rows[t]; r < example->rows[t + 1]; r++) {
            out->token_contribution[t] += out->text_contribution[r];
            out->token_before[t] += (float)kernel_dot(states->text_hidden + text + r * d, x_sum, d);
            out->token_rate[t] += piece_rate[r];
        }

    kernel_row_sum(states->image_hidden + image, images, d, x_sum);
    kernel_row_sum(states->image_z + image, images, d, z_sum);
    for (size_t r = 0; r < images; r++) {
        out->image_before[r] = (float)kernel_dot(states->image_hidden + image + r * d, x_sum, d);
        out->image_contribution[r] = (float)kernel_dot(states->image_hidden + image + r * d, z_sum, d);
        double rate = explain_rate(states->image_mean + image + r * d, states->image_logvar + image + r * d, d);
        out->image_rate[r] = (float)rate;
        out->image_kl += rate / (double)(images * d);
    }
    if (features->cells)
        return explain_grid(model, features, z_sum, out);
    out->grid = 1;
    out->grid_contribution = out->image_contribution;
    return 0;
}
