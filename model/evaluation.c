/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluation.h"

#include "corpora/score.h"
#include "model/analysis.h"
#include "model/training-data.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { EVALUATION_BATCH = 32 };

/* The corpus once more: with the model's entities, and with the model's labels of its pairs. Posts borrow all else. */
struct evaluation {
    struct mmib *model;
    const struct evaluation_set *set;
    const struct features_store *features;
    struct corpus entities, relations;
    bool ner, re;
};

static int evaluation_start(struct evaluation *e, struct error *err)
{
    const struct corpus *corpus = e->set->corpus;
    e->entities = e->relations = (struct corpus){.path = corpus->path};
    e->entities.posts = calloc(corpus->n_posts + 1, sizeof *e->entities.posts);
    e->relations.posts = calloc(corpus->n_posts + 1, sizeof *e->relations.posts);
    if (!e->entities.posts || !e->relations.posts)
        return error_memory(err, corpus->path);
    for (size_t i = 0; i < corpus->n_posts; i++) {
        const struct post *post = &corpus->posts[i];
        e->entities.posts[i] = (struct post){.id = post->id, .tokens = post->tokens, .n_tokens = post->n_tokens};
        e->relations.posts[i] = (struct post){.id = post->id,
                                              .tokens = post->tokens,
                                              .n_tokens = post->n_tokens,
                                              .entities = post->entities,
                                              .n_entities = post->n_entities};
    }
    e->entities.n_posts = e->relations.n_posts = corpus->n_posts;
    return 0;
}

static void evaluation_end(struct evaluation *e)
{
    for (size_t i = 0; i < e->entities.n_posts; i++) {
        free(e->entities.posts[i].entities);
        free(e->relations.posts[i].relations);
    }
    free(e->entities.posts);
    free(e->relations.posts);
}

static int evaluation_take(struct evaluation *e, size_t index, const struct analysis *analysis)
{
    const struct post *gold = &e->set->corpus->posts[index];
    struct post *tagged = &e->entities.posts[index], *related = &e->relations.posts[index];
    tagged->entities = calloc(analysis->n_entities + 1, sizeof *tagged->entities);
    related->relations = calloc(gold->n_relations + 1, sizeof *related->relations);
    if (!tagged->entities || !related->relations)
        return -1;
    for (size_t i = 0; i < analysis->n_entities; i++)
        tagged->entities[tagged->n_entities++] = (struct entity){.start = analysis->entities[i].start,
                                                                 .end = analysis->entities[i].end,
                                                                 .type = (char *)analysis->entities[i].type};
    for (size_t i = 0; i < gold->n_relations && i < analysis->n_relations; i++)
        related->relations[related->n_relations++] = (struct relation){.head = gold->relations[i].head,
                                                                       .tail = gold->relations[i].tail,
                                                                       .type = (char *)analysis->relations[i].type};
    return 0;
}

static int evaluation_batch(struct evaluation *e, size_t first, size_t n, bool (*cancelled)(void *context),
                            void *context, struct error *err)
{
    const struct post *posts[EVALUATION_BATCH];
    struct features features[EVALUATION_BATCH];
    struct analysis *analyses[EVALUATION_BATCH];
    const struct analysis_options options = {
        .features = features, .pairs = PAIRS_GIVEN, .cancelled = cancelled, .context = context};
    for (size_t i = 0; i < n; i++) {
        posts[i] = &e->set->corpus->posts[first + i];
        features[i] = features_store_get(e->features, e->set->pictures[first + i]);
    }
    int result = analysis_run(e->model, posts, n, &options, analyses, err);
    for (size_t i = 0; !result && i < n; i++)
        if (evaluation_take(e, first + i, analyses[i]))
            result = error_memory(err, e->set->corpus->path);
    for (size_t i = 0; i < n; i++)
        analysis_free(analyses[i]);
    return result;
}

static double evaluation_f1(struct score *score, struct score_counts *counts_out)
{
    double f1 = score_ratios(&score->micro).f1;
    *counts_out = score->micro;
    score_free(score);
    return isnan(f1) ? 0 : f1;
}

static int evaluation_score(const struct evaluation *e, struct evaluation_score *out, struct error *err)
{
    struct score score;
    if (e->ner) {
        if (score_entities(e->set->corpus, &e->entities, SCORE_DEFAULT, &score, err))
            return -1;
        out->ner = evaluation_f1(&score, &out->ner_counts);
    }
    if (e->re) {
        if (score_relations(e->set->corpus, &e->relations, &score, err))
            return -1;
        out->re = evaluation_f1(&score, &out->re_counts);
    }
    return 0;
}

int evaluation_run(struct mmib *model, const struct evaluation_set *set, const struct features_store *features,
                   bool (*cancelled)(void *context), void *context, struct evaluation_score *out, struct error *err)
{
    struct evaluation e = {.model = model,
                           .set = set,
                           .features = features,
                           .ner = training_data_has(model, set->corpus, TRAINING_NER),
                           .re = training_data_has(model, set->corpus, TRAINING_RE)};
    *out = (struct evaluation_score){.ner = NAN, .re = NAN};
    int result = evaluation_start(&e, err);
    for (size_t first = 0; !result && first < set->corpus->n_posts; first += EVALUATION_BATCH) {
        size_t left = set->corpus->n_posts - first, n = left < EVALUATION_BATCH ? left : EVALUATION_BATCH;
        result = evaluation_batch(&e, first, n, cancelled, context, err);
    }
    if (!result)
        result = evaluation_score(&e, out, err);
    evaluation_end(&e);
    return result;
}

double evaluation_mean(const struct evaluation_score *scores, size_t n)
{
    double sum = 0, parts = 0;
    for (size_t i = 0; i < n; i++) {
        sum += isnan(scores[i].ner) ? 0 : scores[i].ner;
        sum += isnan(scores[i].re) ? 0 : scores[i].re;
        parts += !isnan(scores[i].ner) + !isnan(scores[i].re);
    }
    return parts > 0 ? sum / parts : 0;
}
