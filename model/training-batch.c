/* SPDX-License-Identifier: Apache-2.0 */
#include "model/training-batch.h"

#include "model/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRAINING_BATCH_MARKERS = 4 };

static int32_t training_batch_mask(const struct wordpiece *wordpiece)
{
    for (size_t i = 0; i < wordpiece_count(wordpiece); i++)
        if (!strcmp(wordpiece_piece(wordpiece, (int32_t)i), "[MASK]"))
            return (int32_t)i;
    return wordpiece_unk(wordpiece);
}

int training_batch_make(const struct mmib *model, const struct training_data *data,
                        const struct features_store *features, const struct training_variation *variation,
                        size_t max_posts, struct training_batch *out, struct error *err)
{
    *out = (struct training_batch){.model = model, .data = data, .features = features, .variation = *variation};
    out->max_posts = max_posts;
    out->max_pieces = mmib_config(model)->text.max_pieces;
    out->mask_id = training_batch_mask(mmib_wordpiece(model));
    out->items = calloc(max_posts, sizeof *out->items);
    out->piece_ids = max_posts <= SIZE_MAX / sizeof(int32_t) / out->max_pieces
                         ? calloc(max_posts * out->max_pieces, sizeof *out->piece_ids)
                         : NULL;
    if (out->items && out->piece_ids)
        return 0;
    training_batch_free(out);
    return error_memory(err, "batch");
}

void training_batch_free(struct training_batch *batch)
{
    free(batch->items);
    free(batch->piece_ids);
    *batch = (struct training_batch){0};
}

static double training_batch_uniform(struct random *random)
{
    return (double)(random_bits(random) >> 11) * 0x1p-53;
}

static size_t training_batch_picture(const struct training_batch *batch, const struct training_post *post,
                                     struct random *random)
{
    const struct training_data *data = batch->data;
    double chance = training_batch_uniform(random);
    uint64_t which = random_bits(random); /* drawn in any case: what follows shall not depend on it */
    if (post->picture != SIZE_MAX)
        return chance < batch->variation.hide_images ? SIZE_MAX : post->picture;
    if (!data->n_pictures || chance >= batch->variation.lend_images)
        return SIZE_MAX;
    return data->pictures[which % data->n_pictures];
}

static const int32_t *training_batch_pieces(const struct training_batch *batch, const struct training_post *post,
                                            struct random *random, int32_t *room)
{
    const struct config *config = mmib_config(batch->model);
    int32_t end = (int32_t)wordpiece_count(mmib_wordpiece(batch->model));
    if (config->re.present && config->re.representation == RELATION_MARKER)
        end -= TRAINING_BATCH_MARKERS;
    if (batch->variation.mask <= 0)
        return post->piece_ids;
    memcpy(room, post->piece_ids, post->n_pieces * sizeof *room);
    for (size_t i = 1; i + 1 < post->n_pieces; i++)
        if (training_batch_uniform(random) < batch->variation.mask && room[i] < end)
            room[i] = batch->mask_id;
    return room;
}

void training_batch_fill(struct training_batch *batch, enum training_task task, size_t epoch, const size_t *posts,
                         size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct training_post *post = &batch->data->posts[task][posts[i]];
        struct random random;
        char stream[96];
        snprintf(stream, sizeof stream, "post %d %zu %zu", task, posts[i], epoch);
        random_seed(&random, batch->variation.seed, stream);
        const struct features features =
            features_store_get(batch->features, training_batch_picture(batch, post, &random));
        batch->items[i] = (struct training_item){
            .input = {.piece_ids = training_batch_pieces(batch, post, &random,
                                                         batch->piece_ids + i * batch->max_pieces),
                      .n_pieces = post->n_pieces,
                      .features = features.features,
                      .n_images = features.n_images},
            .unrelated = post->picture == SIZE_MAX,
            .rows = post->rows,
            .labels = post->labels,
            .n_rows = post->n_rows,
            .pairs = post->pairs,
            .n_pairs = post->n_pairs,
        };
    }
}
