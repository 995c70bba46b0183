/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/examination.h"

#include "corpora/hash.h"
#include "model/inference.h"
#include "ui/scores.h"

#include <stdlib.h>
#include <string.h>

static uint64_t examination_mix(uint64_t hash, const char *text)
{
    static const char absent = 1;
    return text ? hash_bytes(hash, text, strlen(text) + 1) : hash_bytes(hash, &absent, 1);
}

static uint64_t examination_mix_labels(uint64_t hash, const struct post *post)
{
    hash = hash_bytes(hash, &post->n_entities, sizeof post->n_entities);
    for (size_t i = 0; i < post->n_entities; i++) {
        const size_t span[] = {post->entities[i].start, post->entities[i].end};
        hash = examination_mix(hash_bytes(hash, span, sizeof span), post->entities[i].type);
    }
    hash = hash_bytes(hash, &post->n_relations, sizeof post->n_relations);
    for (size_t i = 0; i < post->n_relations; i++) {
        hash = examination_mix(hash, post->relations[i].head);
        hash = examination_mix(hash, post->relations[i].tail);
        hash = examination_mix(hash, post->relations[i].type);
    }
    return hash;
}

uint64_t examination_of(const struct post *post, const struct post *predicted)
{
    uint64_t hash = examination_mix_labels(scores_content(post), post);
    return predicted ? examination_mix_labels(hash, predicted) : hash;
}

static bool examination_has_pair(const struct relation_pair *pairs, size_t n, const struct relation_pair *pair)
{
    for (size_t i = 0; i < n; i++)
        if (!memcmp(pairs[i].head, pair->head, sizeof pair->head) &&
            !memcmp(pairs[i].tail, pair->tail, sizeof pair->tail))
            return true;
    return false;
}

struct relation_pair *examination_pairs(const struct post *post, const struct post *predicted, size_t *n_out)
{
    const struct post *sides[] = {post, predicted};
    size_t most = post->n_relations + (predicted ? predicted->n_relations : 0), n = 0;
    struct relation_pair *pairs = calloc(most + 1, sizeof *pairs);
    for (size_t side = 0; pairs && side < 2 && sides[side]; side++)
        for (size_t i = 0; i < sides[side]->n_relations; i++) {
            const struct relation *relation = &sides[side]->relations[i];
            const struct entity *head = post_entity_peek(sides[side], relation->head);
            const struct entity *tail = post_entity_peek(sides[side], relation->tail);
            if (!head || !tail)
                continue;
            const struct relation_pair pair = {0, {head->start, head->end}, {tail->start, tail->end}};
            if (!examination_has_pair(pairs, n, &pair))
                pairs[n++] = pair;
        }
    *n_out = n;
    return pairs;
}

/* With other posts' pictures. */
static int examination_show(struct mmib *model, const struct inference *inference,
                            const struct examination_options *options, const struct relation_pair *pairs,
                            size_t n_pairs, struct examination *out, struct error *err)
{
    struct picture_pool_picture others[PICTURE_OTHERS];
    size_t n_others = 0;
    int result = 0;
    if (options->pool && inference->each[0].features.features)
        result = picture_pool_choose(options->pool, model, inference->posts[0], PICTURE_OTHERS, options->cancelled,
                                     options->context, others, &n_others, err);
    const struct picture_verdict_options how = {.others = others,
                                                .n_others = n_others,
                                                .has_gold_entities = options->has_gold_entities,
                                                .has_gold_relations = options->has_gold_relations,
                                                .pairs = pairs,
                                                .n_pairs = n_pairs,
                                                .cancelled = options->cancelled,
                                                .context = options->context};
    return result ? result : picture_verdict_of(model, inference, 0, &how, &out->picture, err);
}

/* With the post encoded. */
static int examination_look(struct mmib *model, const struct inference *inference,
                            const struct examination_options *options, const struct relation_pair *pairs,
                            size_t n_pairs, struct examination *out, struct error *err)
{
    if (options->faithful) {
        const struct faithfulness_options test = {
            .pairs = pairs, .n_pairs = n_pairs, .cancelled = options->cancelled, .context = options->context};
        int code = faithfulness_of(model, inference, 0, &test, &out->faithfulness, err);
        out->has_faithfulness = !code;
        return code;
    }
    const struct bottleneck_options how = {
        .pairs = pairs, .n_pairs = n_pairs, .cancelled = options->cancelled, .context = options->context};
    int result = bottleneck_of(model, inference, 0, &how, &out->bottleneck, err);
    return result ? result : examination_show(model, inference, options, pairs, n_pairs, out, err);
}

int examination_run(struct mmib *model, const struct post *post, const struct examination_options *options,
                    struct examination **out, struct error *err)
{
    const struct post *posts[] = {post};
    const struct inference_options how = {.folder = options->no_image ? NULL : options->images,
                                          .cancelled = options->cancelled,
                                          .context = options->context};
    struct inference inference;
    size_t n_pairs;
    struct relation_pair *pairs = examination_pairs(post, options->predicted, &n_pairs);
    *out = calloc(1, sizeof **out);
    int result = pairs && *out ? 0 : error_memory(err, "examination");
    if (!result) {
        (*out)->of = examination_of(post, options->predicted);
        result = inference_run(model, posts, 1, &how, &inference, err);
    }
    if (!result)
        result = examination_look(model, &inference, options, pairs, n_pairs, *out, err);
    free(pairs);
    if (result) {
        examination_free(*out);
        *out = NULL;
    }
    return result;
}

void examination_join(struct examination *to, struct examination *from)
{
    if (from->bottleneck) {
        bottleneck_free(to->bottleneck);
        to->bottleneck = from->bottleneck;
        from->bottleneck = NULL;
    }
    if (from->picture) {
        picture_verdict_free(to->picture);
        to->picture = from->picture;
        from->picture = NULL;
    }
    if (from->has_faithfulness) {
        to->has_faithfulness = true;
        to->faithfulness = from->faithfulness;
    }
}

void examination_free(struct examination *examination)
{
    if (!examination)
        return;
    bottleneck_free(examination->bottleneck);
    picture_verdict_free(examination->picture);
    free(examination);
}
