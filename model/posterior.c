/* SPDX-License-Identifier: Apache-2.0 */
#include "model/posterior.h"

#include "model/random.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct posterior posterior_of_text(const struct mmib *model, const struct mmib_states *states, size_t index)
{
    size_t first = states->text_offsets[index], at = first * mmib_config(model)->text.hidden_size;
    return (struct posterior){states->text_hidden + at, states->text_mean + at, states->text_logvar + at,
                              states->text_offsets[index + 1] - first};
}

struct posterior posterior_of_image(const struct mmib *model, const struct mmib_states *states, size_t index)
{
    size_t first = states->image_offsets[index], at = first * mmib_config(model)->text.hidden_size;
    return (struct posterior){states->image_hidden + at, states->image_mean + at, states->image_logvar + at,
                              states->image_offsets[index + 1] - first};
}

void posterior_stream(const char *part, const struct example *example, char out[POSTERIOR_STREAM_BYTES])
{
    uint64_t hash = 1469598103934665603u; /* FNV-1a */
    for (size_t i = 0; i < example->n_pieces; i++)
        for (int byte = 0; byte < 4; byte++)
            hash = (hash ^ ((uint32_t)example->piece_ids[i] >> 8 * byte & 0xff)) * 1099511628211u;
    snprintf(out, POSTERIOR_STREAM_BYTES, "%s %016" PRIx64, part, hash);
}

int posterior_draw(struct mmib *model, const struct posterior *posterior, size_t n, uint64_t seed, const char *stream,
                   float *out)
{
    size_t values = posterior->rows * mmib_config(model)->text.hidden_size;
    float *deviation = arena_take(mmib_arena(model), values, sizeof *deviation);
    if (!deviation)
        return -1;
    for (size_t i = 0; i < values; i++)
        deviation[i] = expf(posterior->logvar[i] / 2);
    for (size_t k = 0; k < n; k++) {
        char name[POSTERIOR_STREAM_BYTES + 24];
        struct random random;
        snprintf(name, sizeof name, "%s %zu", stream, k);
        random_seed(&random, seed, name);
        for (size_t i = 0; i < values; i++)
            out[k * values + i] = posterior->mean[i] + deviation[i] * random_normal(&random);
    }
    return 0;
}

size_t *posterior_offsets(struct mmib *model, size_t rows, size_t n)
{
    size_t *offsets = arena_take(mmib_arena(model), n + 1, sizeof *offsets);
    for (size_t k = 0; offsets && k <= n; k++)
        offsets[k] = k * rows;
    return offsets;
}

int posterior_with_images(struct mmib *model, const struct mmib_states *states, size_t index,
                          const struct mmib_item *items, size_t n, struct mmib_states *out)
{
    const struct posterior words = posterior_of_text(model, states, index);
    size_t values = words.rows * mmib_config(model)->text.hidden_size;
    float *z = arena_take(mmib_arena(model), values, n * sizeof *z);
    *out = (struct mmib_states){.n = n, .text_offsets = posterior_offsets(model, words.rows, n), .text_z = z};
    if (!z || !out->text_offsets)
        return -1;
    for (size_t k = 0; k < n; k++)
        memcpy(z + k * values, words.mean, values * sizeof *z);
    return mmib_encode_images(model, items, n, out) || mmib_fuse(model, out) ? -1 : 0;
}
