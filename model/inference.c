/* SPDX-License-Identifier: Apache-2.0 */
#include "model/inference.h"

#include "corpora/clock.h"

#include <math.h>
#include <string.h>

/* Gives each token its CRF row, and gathers the emissions of those rows. */
static int inference_rows(struct mmib *model, const float *emissions, const struct example *example,
                          struct inference_tags *out)
{
    struct arena *arena = mmib_arena(model);
    size_t labels = mmib_crf(model)->labels;
    bool words = mmib_config(model)->ner.tagging == TAGGING_WORD;
    out->token_rows = arena_take(arena, example->n_tokens, sizeof *out->token_rows);
    out->token_labels = arena_take(arena, example->n_tokens, sizeof *out->token_labels);
    float *gathered = words ? arena_take(arena, example->n_tokens * labels, sizeof *gathered) : NULL;
    if (!out->token_rows || !out->token_labels || (words && !gathered))
        return -1;
    out->n_rows = words ? 0 : example->n_pieces;
    for (size_t t = 0; t < example->n_tokens; t++) {
        size_t piece = example->rows[t];
        bool cut = piece == example->rows[t + 1];
        out->token_rows[t] = cut ? SIZE_MAX : words ? out->n_rows : piece;
        if (words && !cut)
            memcpy(gathered + out->n_rows++ * labels, emissions + piece * labels, labels * sizeof *gathered);
    }
    out->emissions = words ? gathered : emissions;
    return 0;
}

int inference_decode(struct mmib *model, const float *emissions, const struct example *example,
                     struct inference_tags *out)
{
    struct arena *arena = mmib_arena(model);
    bool words = mmib_config(model)->ner.tagging == TAGGING_WORD;
    *out = (struct inference_tags){0};
    if (inference_rows(model, emissions, example, out))
        return -1;
    out->path = arena_take(arena, out->n_rows, sizeof *out->path);
    if (!out->path)
        return -1;
    if (out->n_rows)
        out->path_score = crf_viterbi(mmib_crf(model), out->emissions, out->n_rows, words ? tagset_bio_rule : NULL,
                                      mmib_tagset(model), arena, out->path);
    for (size_t t = 0; t < example->n_tokens; t++)
        out->token_labels[t] = out->token_rows[t] == SIZE_MAX ? SIZE_MAX : (size_t)out->path[out->token_rows[t]];
    return 0;
}

int inference_tag(struct mmib *model, const struct mmib_states *states, size_t index, const struct example *example,
                  struct inference_tags *out)
{
    const struct crf *crf = mmib_crf(model);
    if (inference_decode(model, states->emissions + states->text_offsets[index] * crf->labels, example, out))
        return -1;
    return out->n_rows && crf_sum(crf, out->emissions, out->n_rows, mmib_arena(model), &out->sums) ? -1 : 0;
}

static int inference_refuse(const struct mmib *model, const struct post *post, struct error *err)
{
    return error_set(err, ERROR_INPUT, "model %s: post %s: a value is not finite", mmib_name(model), post->id);
}

/* A weight that is not a number spreads to everything behind it, so the last sums tell. */
static bool inference_finite(const struct inference_post *post, const struct mmib_states *states, size_t index)
{
    double sum = post->explanation.text_kl + post->explanation.image_kl + post->tags.sums.log_partition +
                 post->tags.path_score;
    for (size_t r = 0; r < post->example.n_pieces; r++)
        sum += post->explanation.text_contribution[r];
    for (size_t r = 0; r < post->features.n_images; r++)
        sum += post->explanation.image_contribution[r];
    for (size_t k = 0; post->features.features && k < states->consistency_size; k++)
        sum += states->consistency[index * states->consistency_size + k];
    return isfinite(sum);
}

static int inference_finish(struct mmib *model, struct inference *out, struct error *err)
{
    double start = clock_ms();
    for (size_t i = 0; i < out->n; i++) {
        struct inference_post *post = &out->each[i];
        post->example = out->examples[i];
        post->features = out->features[i];
        if ((mmib_config(model)->ner.present &&
             inference_tag(model, &out->states, i, &post->example, &post->tags)) ||
            explain_post(model, &out->states, i, &post->example, &post->features, &post->explanation))
            return error_memory(err, "inference");
        if (!inference_finite(post, &out->states, i))
            return inference_refuse(model, out->posts[i], err);
    }
    mmib_times(model)->heads += clock_ms() - start;
    return 0;
}

int inference_run(struct mmib *model, const struct post *const *posts, size_t n,
                  const struct inference_options *options, struct inference *out, struct error *err)
{
    struct arena *arena = mmib_arena(model);
    arena_reset(arena);
    double start = clock_ms();
    *out = (struct inference){.n = n, .posts = posts};
    out->each = arena_take_zero(arena, n, sizeof *out->each);
    out->examples = arena_take(arena, n, sizeof *out->examples);
    out->features = arena_take(arena, n, sizeof *out->features);
    struct mmib_item *items = arena_take(arena, n, sizeof *items);
    if (!out->each || !out->examples || !out->features || !items)
        return error_memory(err, "inference");
    for (size_t i = 0; i < n; i++)
        if (example_make(posts[i], mmib_wordpiece(model), mmib_config(model)->text.max_pieces, arena,
                         &out->examples[i]))
            return error_memory(err, "inference");
    mmib_times(model)->prepare += clock_ms() - start;
    int stopped = 0;
    if (options->features)
        memcpy(out->features, options->features, n * sizeof *out->features);
    else
        stopped = features_make(model, posts, n,
                                &(struct features_options){.folder = options->folder,
                                                           .masked = options->masked,
                                                           .cancelled = options->cancelled,
                                                           .context = options->context},
                                out->features);
    if (!stopped && options->cancelled && options->cancelled(options->context))
        stopped = 1;
    if (!stopped) {
        for (size_t i = 0; i < n; i++)
            items[i] = (struct mmib_item){.piece_ids = out->examples[i].piece_ids,
                                          .n_pieces = out->examples[i].n_pieces,
                                          .features = out->features[i].features,
                                          .n_images = out->features[i].n_images};
        stopped = mmib_forward(model, items, n, options->cancelled, options->context, &out->states);
    }
    if (stopped)
        return stopped < 0 ? error_memory(err, "inference") : 1;
    return inference_finish(model, out, err);
}

int inference_relations(struct mmib *model, const struct inference *inference, const struct relation_pair *pairs,
                        size_t n, bool (*cancelled)(void *context), void *context, float **out, struct error *err)
{
    struct relation_batch batch = {inference->posts, inference->examples, inference->features, &inference->states};
    size_t labels = mmib_config(model)->re.n_labels;
    int stopped = relation_probabilities(model, &batch, pairs, n, cancelled, context, out);
    if (stopped)
        return stopped < 0 ? error_memory(err, "relations") : stopped;
    for (size_t i = 0; i < n * labels; i++)
        if (!isfinite((*out)[i]))
            return inference_refuse(model, inference->posts[pairs[i / labels].post], err);
    return 0;
}
