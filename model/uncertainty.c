/* SPDX-License-Identifier: Apache-2.0 */
#include "model/uncertainty.h"

#include "model/posterior.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum uncertainty_modality { UNCERTAINTY_WORDS, UNCERTAINTY_PICTURE };

/* --- the vote ----------------------------------------------------------------------------------------------------- */

static bool uncertainty_same(const struct tag_span *a, const struct tag_span *b)
{
    return a->start == b->start && a->end == b->end && a->type == b->type;
}

double uncertainty_vote(const struct tag_span *mean, size_t n_mean, const struct tag_span *drawn, const size_t *first,
                        size_t draws, float *shares_out)
{
    double agreement = 0;
    for (size_t i = 0; i < n_mean; i++)
        shares_out[i] = 0;
    for (size_t k = 0; k < draws; k++) {
        size_t both = 0, n = n_mean + first[k + 1] - first[k];
        for (size_t j = first[k]; j < first[k + 1]; j++)
            for (size_t i = 0; i < n_mean; i++)
                if (uncertainty_same(&drawn[j], &mean[i])) {
                    shares_out[i]++;
                    both++;
                }
        agreement += n ? 2 * (double)both / (double)n : 1;
    }
    for (size_t i = 0; i < n_mean; i++)
        shares_out[i] /= (float)draws;
    return fmax(0, 1 - agreement / (double)draws);
}

/* --- the draws ---------------------------------------------------------------------------------------------------- */

/* z [draws, rows, d] as drawn, or the mean each time. From the arena. */
static float *uncertainty_z(struct mmib *model, const struct posterior *posterior, size_t draws, uint64_t seed,
                            const char *stream, bool is_drawn)
{
    size_t n = posterior->rows * mmib_config(model)->text.hidden_size;
    float *z = arena_take(mmib_arena(model), n, draws * sizeof *z);
    if (!z || (is_drawn && posterior_draw(model, posterior, draws, seed, stream, z)))
        return NULL;
    for (size_t k = 0; !is_drawn && k < draws; k++)
        memcpy(z + k * n, posterior->mean, n * sizeof *z);
    return z;
}

/* All draws of one modality through fusion and entity head, as one ragged batch. */
static int uncertainty_run(struct mmib *model, const struct inference *inference, size_t index, size_t draws,
                           uint64_t seed, enum uncertainty_modality drawn, struct mmib_states *out)
{
    const struct mmib_states *s = &inference->states;
    const struct posterior words = posterior_of_text(model, s, index), picture = posterior_of_image(model, s, index);
    char stream[POSTERIOR_STREAM_BYTES];
    posterior_stream(drawn == UNCERTAINTY_WORDS ? "words" : "picture", &inference->examples[index], stream);
    *out = (struct mmib_states){.n = draws,
                                .text_offsets = posterior_offsets(model, words.rows, draws),
                                .image_offsets = posterior_offsets(model, picture.rows, draws)};
    out->text_z = uncertainty_z(model, &words, draws, seed, stream, drawn == UNCERTAINTY_WORDS);
    out->image_z = uncertainty_z(model, &picture, draws, seed, stream, drawn == UNCERTAINTY_PICTURE);
    if (!out->text_offsets || !out->image_offsets || !out->text_z || !out->image_z)
        return -1;
    return mmib_fuse(model, out);
}

/* Decodes the draws and counts the votes. */
static int uncertainty_count(struct mmib *model, const struct example *example, const struct mmib_states *states,
                             const struct tag_span *mean, size_t n_mean, double *out, float *shares_out)
{
    struct arena *arena = mmib_arena(model);
    size_t draws = states->n, labels = mmib_crf(model)->labels, tokens = example->n_tokens;
    struct tag_span *drawn = arena_take(arena, draws * tokens, sizeof *drawn);
    size_t first[UNCERTAINTY_DRAWS_MAX + 1] = {0};
    if (!drawn)
        return -1;
    for (size_t k = 0; k < draws; k++) {
        struct inference_tags tags;
        if (inference_decode(model, states->emissions + states->text_offsets[k] * labels, example, &tags) ||
            isnan(tags.path_score))
            return -1;
        first[k + 1] = first[k] + tagset_spans(mmib_tagset(model), tags.token_labels, tokens, drawn + first[k]);
    }
    *out = uncertainty_vote(mean, n_mean, drawn, first, draws, shares_out);
    return 0;
}

int uncertainty_of(struct mmib *model, const struct inference *inference, size_t index, size_t draws, uint64_t seed,
                   struct uncertainty *out)
{
    const struct inference_post *post = &inference->each[index];
    const struct example *example = &post->example;
    struct arena *arena = mmib_arena(model);
    *out = (struct uncertainty){0};
    if (!mmib_config(model)->ner.present || !example->n_tokens)
        return 0;
    struct tag_span *mean = arena_take(arena, example->n_tokens, sizeof *mean);
    if (!mean)
        return -1;
    out->n_spans = tagset_spans(mmib_tagset(model), post->tags.token_labels, example->n_tokens, mean);
    out->words_share = arena_take(arena, out->n_spans, sizeof *out->words_share);
    out->picture_share = arena_take(arena, out->n_spans, sizeof *out->picture_share);
    if (!out->words_share || !out->picture_share)
        return -1;
    struct mmib_states states;
    if (uncertainty_run(model, inference, index, draws, seed, UNCERTAINTY_WORDS, &states) ||
        uncertainty_count(model, example, &states, mean, out->n_spans, &out->words, out->words_share))
        return -1;
    if (!post->features.features) {
        for (size_t i = 0; i < out->n_spans; i++)
            out->picture_share[i] = 1;
        return 0;
    }
    return uncertainty_run(model, inference, index, draws, seed, UNCERTAINTY_PICTURE, &states) ||
                   uncertainty_count(model, example, &states, mean, out->n_spans, &out->picture, out->picture_share)
               ? -1
               : 0;
}
