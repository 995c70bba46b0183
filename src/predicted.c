/* SPDX-License-Identifier: Apache-2.0 */
#include "src/predicted.h"

#include "model/config.h"
#include "model/tagset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct provenance predicted_origin(double score)
{
    return (struct provenance){.source = SOURCE_MODEL, .has_source = true, .has_score = true, .score = score};
}

/* Forgets what people did with the post. What the picture shows (boxes) is input, and stays. */
static void predicted_forget(struct post *post)
{
    for (size_t i = 0; i < post->n_rejected_entities; i++)
        entity_free(&post->rejected_entities[i]);
    for (size_t i = 0; i < post->n_rejected_relations; i++)
        relation_free(&post->rejected_relations[i]);
    free(post->rejected_entities);
    free(post->rejected_relations);
    for (size_t i = 0; i < post->n_verdicts; i++)
        verdict_free(&post->verdicts[i]);
    free(post->verdicts);
    post->verdicts = NULL;
    post->n_verdicts = 0;
    free(post->annotator);
    post->rejected_entities = NULL;
    post->rejected_relations = NULL;
    post->n_rejected_entities = post->n_rejected_relations = 0;
    post->annotator = NULL;
    post->status = STATUS_NEW;
}

static void predicted_drop_labels(struct post *post)
{
    for (size_t i = 0; i < post->n_relations; i++)
        relation_free(&post->relations[i]);
    for (size_t i = 0; i < post->n_entities; i++)
        entity_free(&post->entities[i]);
    free(post->relations);
    free(post->entities);
    free(post->source); /* tags as they were published */
    post->relations = NULL;
    post->entities = NULL;
    post->source = NULL;
    post->n_relations = post->n_entities = 0;
}

static int predicted_put_entities(struct post *post, const struct analysis *analysis)
{
    post->entities = calloc(analysis->n_entities + 1, sizeof *post->entities);
    if (!post->entities)
        return -1;
    for (size_t i = 0; i < analysis->n_entities; i++) {
        const struct analysis_entity *from = &analysis->entities[i];
        struct entity *to = &post->entities[post->n_entities++];
        char id[32];
        snprintf(id, sizeof id, "e%zu", i + 1);
        *to = (struct entity){.id = strdup(id), .start = from->start, .end = from->end, .type = strdup(from->type)};
        to->origin = predicted_origin(from->score);
        if (!to->id || !to->type)
            return -1;
    }
    return 0;
}

/* Relations between the post's entities, as the analysis has them by their spans. */
static int predicted_put_relations(struct post *post, const struct analysis *analysis)
{
    post->relations = calloc(analysis->n_relations + 1, sizeof *post->relations);
    if (!post->relations)
        return -1;
    for (size_t i = 0; i < analysis->n_relations; i++) {
        const struct analysis_relation *from = &analysis->relations[i];
        const struct entity *head = post_entity_at_peek(post, from->head[0], from->head[1]);
        const struct entity *tail = post_entity_at_peek(post, from->tail[0], from->tail[1]);
        struct relation *to = &post->relations[post->n_relations++];
        char id[32];
        snprintf(id, sizeof id, "r%zu", i + 1);
        *to = (struct relation){
            .id = strdup(id), .head = strdup(head->id), .tail = strdup(tail->id), .type = strdup(from->type)};
        to->origin = predicted_origin(from->score);
        if (!to->id || !to->head || !to->tail || !to->type)
            return -1;
    }
    return 0;
}

/* The input's own pairs keep their ids, order and direction; only type and origin are the model's. */
static int predicted_relabel(struct post *post, const struct analysis *analysis)
{
    for (size_t i = 0; i < post->n_relations && i < analysis->n_relations; i++) {
        struct relation *relation = &post->relations[i];
        char *type = strdup(analysis->relations[i].type);
        if (!type)
            return -1;
        free(relation->type);
        relation->type = type;
        provenance_free(&relation->origin);
        relation->origin = predicted_origin(analysis->relations[i].score);
    }
    return 0;
}

int predicted_put(struct post *post, const struct analysis *analysis, bool given)
{
    predicted_forget(post);
    if (given)
        return predicted_relabel(post, analysis);
    predicted_drop_labels(post);
    return predicted_put_entities(post, analysis) || predicted_put_relations(post, analysis) ? -1 : 0;
}

int predicted_extend_schema(struct schema *schema, const struct mmib *model)
{
    const struct tagset *tagset = mmib_tagset(model);
    const struct config *config = mmib_config(model);
    for (size_t i = 0; i < tagset->n_types; i++)
        if (schema_add_entity(schema, tagset->names[i]))
            return -1;
    for (size_t i = 0; config->re.present && i < config->re.n_labels; i++)
        if (strcmp(config->re.labels[i], "None") && schema_add_relation(schema, config->re.labels[i]))
            return -1;
    return 0;
}
