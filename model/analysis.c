/* SPDX-License-Identifier: Apache-2.0 */
#include "model/analysis.h"

#include "corpora/clock.h"
#include "model/inference.h"
#include "model/proposal.h"
#include "model/uncertainty.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A token span that may take part in a relation. */
struct analysis_span {
    size_t span[2];
    const char *type; /* NULL = unknown */
};

struct analysis_pairs_list {
    struct relation_pair *pairs;
    const char *(*types)[2]; /* [n] entity types of head and tail */
    size_t n, room;
};

static int analysis_add_pair(struct analysis_pairs_list *list, size_t post, const struct analysis_span *head,
                             const struct analysis_span *tail)
{
    if (list->n == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        struct relation_pair *pairs = realloc(list->pairs, room * sizeof *pairs);
        if (pairs)
            list->pairs = pairs;
        const char *(*types)[2] = realloc(list->types, room * sizeof *types);
        if (types)
            list->types = types;
        if (!pairs || !types)
            return -1;
        list->room = room;
    }
    list->types[list->n][0] = head->type;
    list->types[list->n][1] = tail->type;
    list->pairs[list->n++] = (struct relation_pair){post, {head->span[0], head->span[1]}, {tail->span[0], tail->span[1]}};
    return 0;
}

static bool analysis_overlaps_own(const struct post *post, size_t start, size_t end)
{
    for (size_t i = 0; i < post->n_entities; i++)
        if (start < post->entities[i].end && post->entities[i].start < end)
            return true;
    return false;
}

/* Both directions of every pair, next to each other: 2 k and 2 k + 1. */
static int analysis_pair_up(struct analysis_pairs_list *list, size_t index, const struct post *post,
                            const struct analysis *analysis, enum analysis_pairs which)
{
    size_t n = 0;
    struct analysis_span *spans = calloc(post->n_entities + analysis->n_entities + 1, sizeof *spans);
    int result = spans ? 0 : -1;
    for (size_t i = 0; spans && which == PAIRS_LIVE && i < post->n_entities; i++)
        spans[n++] = (struct analysis_span){{post->entities[i].start, post->entities[i].end}, post->entities[i].type};
    for (size_t i = 0; spans && i < analysis->n_entities; i++) {
        const struct analysis_entity *e = &analysis->entities[i];
        if (which != PAIRS_LIVE || !analysis_overlaps_own(post, e->start, e->end))
            spans[n++] = (struct analysis_span){{e->start, e->end}, e->type};
    }
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; !result && b < n; b++)
            if (memcmp(spans[a].span, spans[b].span, sizeof spans[a].span))
                result = analysis_add_pair(list, index, &spans[a], &spans[b]) ||
                         analysis_add_pair(list, index, &spans[b], &spans[a]);
    free(spans);
    return result;
}

static int analysis_given_pairs(struct analysis_pairs_list *list, size_t index, const struct post *post)
{
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct entity *head = post_entity_peek(post, post->relations[i].head);
        const struct entity *tail = post_entity_peek(post, post->relations[i].tail);
        if (!head || !tail) /* readers refuse this; a post made by hand may lack it */
            continue;
        struct analysis_span spans[2] = {{{head->start, head->end}, head->type}, {{tail->start, tail->end}, tail->type}};
        if (analysis_add_pair(list, index, &spans[0], &spans[1]))
            return -1;
    }
    return 0;
}

/* The best label but for the one that was chosen. */
static struct analysis_runner_up analysis_runner_up(const struct mmib *model, const float *probabilities,
                                                    const char *chosen)
{
    const struct config *config = mmib_config(model);
    struct analysis_runner_up out = {0};
    for (size_t l = 0; l < config->re.n_labels; l++)
        if (strcmp(config->re.labels[l], chosen) && (!out.type || (double)probabilities[l] > out.score))
            out = (struct analysis_runner_up){config->re.labels[l], probabilities[l]};
    return out;
}

static int analysis_add_relation(const struct mmib *model, struct analysis *analysis, const struct relation_pair *pair,
                                 const char *type, double score, const float *probabilities)
{
    struct analysis_relation *grown =
        realloc(analysis->relations, (analysis->n_relations + 1) * sizeof *analysis->relations);
    if (!grown)
        return -1;
    analysis->relations = grown;
    grown[analysis->n_relations++] =
        (struct analysis_relation){.head = {pair->head[0], pair->head[1]},
                                   .tail = {pair->tail[0], pair->tail[1]},
                                   .type = type,
                                   .score = score,
                                   .runner_up = analysis_runner_up(model, probabilities, type)};
    return 0;
}

/* The label that a pair gets in this direction: the argmax, where it is not None and fits its signature; else SIZE_MAX. */
static size_t analysis_fitting(const struct mmib *model, const float *probabilities, const char *const types[2],
                               const struct schema *schema)
{
    size_t best = relation_best(model, probabilities);
    const char *name = mmib_config(model)->re.labels[best];
    if (best == relation_none(model) || probabilities[best] <= 0 ||
        (schema && !schema_fits(schema, name, types[0], types[1])))
        return SIZE_MAX;
    return best;
}

static int analysis_propose_relations(const struct mmib *model, const struct analysis_pairs_list *list,
                                      const float *probabilities, const struct analysis_options *options,
                                      struct analysis **out)
{
    const struct config *config = mmib_config(model);
    size_t labels = config->re.n_labels;
    for (size_t p = 0; p + 1 < list->n; p += 2) {
        size_t chosen = SIZE_MAX, label = SIZE_MAX;
        for (size_t k = p; k < p + 2; k++) {
            size_t best = analysis_fitting(model, probabilities + k * labels, list->types[k], options->schema);
            if (best != SIZE_MAX && (chosen == SIZE_MAX || probabilities[k * labels + best] >
                                                               probabilities[chosen * labels + label])) {
                chosen = k;
                label = best;
            }
        }
        if (chosen == SIZE_MAX)
            continue;
        const float *row = probabilities + chosen * labels;
        if (analysis_add_relation(model, out[list->pairs[chosen].post], &list->pairs[chosen], config->re.labels[label],
                                  row[label], row))
            return -1;
    }
    return 0;
}

/* Every pair gets its argmax, None included. */
static int analysis_label_given(const struct mmib *model, const struct analysis_pairs_list *list,
                                const float *probabilities, struct analysis **out)
{
    const struct config *config = mmib_config(model);
    for (size_t p = 0; p < list->n; p++) {
        const float *row = probabilities + p * config->re.n_labels;
        if (analysis_add_relation(model, out[list->pairs[p].post], &list->pairs[p], relation_label(model, row),
                                  row[relation_best(model, row)], row))
            return -1;
    }
    return 0;
}

static int analysis_by_score(const void *a, const void *b)
{
    double x = ((const struct analysis_relation *)a)->score, y = ((const struct analysis_relation *)b)->score;
    return (x < y) - (x > y);
}

/* 0, 1 (cancelled) or -1. */
static int analysis_relations(struct mmib *model, const struct inference *inference,
                              const struct analysis_options *options, struct analysis **out, struct error *err)
{
    struct analysis_pairs_list list = {0};
    bool given = options->pairs == PAIRS_GIVEN;
    float *probabilities = NULL;
    int result = 0;
    for (size_t i = 0; !result && i < inference->n; i++)
        result = given ? analysis_given_pairs(&list, i, inference->posts[i])
                       : analysis_pair_up(&list, i, inference->posts[i], out[i], options->pairs);
    if (result)
        error_memory(err, "analysis");
    if (!result && list.n)
        result = inference_relations(model, inference, list.pairs, list.n, options->cancelled, options->context,
                                     &probabilities, err);
    if (!result && list.n &&
        (given ? analysis_label_given(model, &list, probabilities, out)
               : analysis_propose_relations(model, &list, probabilities, options, out)))
        result = error_memory(err, "analysis");
    for (size_t i = 0; !result && !given && i < inference->n; i++)
        if (out[i]->n_relations)
            qsort(out[i]->relations, out[i]->n_relations, sizeof *out[i]->relations, analysis_by_score);
    free(list.pairs);
    free(list.types);
    return result;
}

static void *analysis_copy(const void *from, size_t n, size_t size)
{
    void *out = malloc(n ? n * size : 1);
    if (out && n)
        memcpy(out, from, n * size);
    return out;
}

static struct analysis *analysis_new(const struct mmib *model, const struct mmib_states *states, size_t index,
                                     const struct inference_post *post)
{
    struct analysis *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    const struct explanation *e = &post->explanation;
    bool picture = post->features.features != NULL;
    a->n_tokens = post->example.n_tokens;
    a->cut = post->example.cut;
    a->n_images = post->features.n_images;
    a->grid = picture ? e->grid : 0;
    a->token_contribution = analysis_copy(e->token_contribution, a->n_tokens, sizeof(float));
    a->image_contribution = analysis_copy(e->image_contribution, a->n_images, sizeof(float));
    a->image_objects = analysis_copy(post->features.objects, a->n_images, sizeof(size_t));
    a->grid_contribution = analysis_copy(e->grid_contribution, a->n_images * a->grid * a->grid, sizeof(float));
    a->empty_boxes = post->features.empty_boxes;
    a->picture_missing = post->features.missing;
    a->picture_error = post->features.failure ? strdup(post->features.failure) : NULL;
    a->has_consistency = picture;
    a->uncertainty_words = a->uncertainty_picture = NAN;
    for (size_t k = 0; k < states->consistency_size; k++)
        a->consistency +=
            states->consistency[index * states->consistency_size + k] / (double)states->consistency_size;
    if (!a->token_contribution || !a->image_contribution || !a->image_objects || !a->grid_contribution ||
        (post->features.failure && !a->picture_error) ||
        proposal_entities(model, post, &a->entities, &a->n_entities)) {
        analysis_free(a);
        return NULL;
    }
    return a;
}

/* 0, 1 (cancelled) or -1. */
static int analysis_doubt(struct mmib *model, const struct inference *inference, const struct analysis_options *options,
                          struct analysis **out, struct error *err)
{
    for (size_t i = 0; i < inference->n; i++) {
        struct uncertainty doubt;
        if (options->cancelled && options->cancelled(options->context))
            return 1;
        if (uncertainty_of(model, inference, i, options->draws, options->seed, &doubt))
            return error_memory(err, "uncertainty");
        out[i]->uncertainty_words = doubt.words;
        out[i]->uncertainty_picture = doubt.picture;
        for (size_t k = 0; k < out[i]->n_entities; k++) { /* both are the spans of the best path, in its order */
            out[i]->entities[k].words_share = (double)doubt.words_share[k];
            out[i]->entities[k].picture_share = (double)doubt.picture_share[k];
        }
    }
    return 0;
}

int analysis_run(struct mmib *model, const struct post *const *posts, size_t n, const struct analysis_options *options,
                 struct analysis **out, struct error *err)
{
    double start = clock_ms();
    struct inference inference;
    for (size_t i = 0; i < n; i++)
        out[i] = NULL;
    const struct inference_options how = {.folder = options->no_image ? NULL : options->images,
                                          .masked = options->masked,
                                          .features = options->features,
                                          .cancelled = options->cancelled,
                                          .context = options->context};
    int result = inference_run(model, posts, n, &how, &inference, err);
    if (result)
        return result;
    for (size_t i = 0; !result && i < n; i++) {
        out[i] = analysis_new(model, &inference.states, i, &inference.each[i]);
        result = out[i] ? 0 : error_memory(err, "analysis");
    }
    if (!result && mmib_config(model)->re.present)
        result = analysis_relations(model, &inference, options, out, err);
    if (!result && options->draws)
        result = analysis_doubt(model, &inference, options, out, err);
    for (size_t i = 0; i < n; i++) {
        if (!result)
            out[i]->milliseconds = (clock_ms() - start) / (double)n;
        else {
            analysis_free(out[i]);
            out[i] = NULL;
        }
    }
    return result;
}

void analysis_free(struct analysis *analysis)
{
    if (!analysis)
        return;
    proposal_entities_free(analysis->entities, analysis->n_entities);
    free(analysis->relations);
    free(analysis->token_contribution);
    free(analysis->image_contribution);
    free(analysis->image_objects);
    free(analysis->grid_contribution);
    free(analysis->picture_error);
    free(analysis);
}
