/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/decisions.h"

#include <math.h>
#include <string.h>

static struct edit_context decision_context(const struct decision *decision)
{
    return (struct edit_context){.by = decision->by};
}

/* Where a proposal comes from: one that stands in the file says it itself. */
static const char *decision_model(const struct decision *decision, const struct provenance *stored)
{
    return stored ? stored->model : decision->model;
}

static int decision_begin(struct edit_batch *batch, const struct decision *decision, enum post_status status,
                          struct error *err)
{
    const struct post *post = decision->post;
    if (post->status != status && edit_set_status(batch, post, status, err))
        return -1;
    if (decision->by && !post->annotator && edit_set_annotator(batch, post, decision->by, err))
        return -1;
    return 0;
}

int decision_touch(struct edit_batch *batch, const struct decision *decision, struct error *err)
{
    enum post_status status = decision->post->status;
    return decision_begin(batch, decision, status == STATUS_NEW ? STATUS_STARTED : status, err);
}

static int decision_take_entity(struct edit_batch *batch, const struct decision *decision, size_t index,
                                struct error *err)
{
    const struct shown_entity *e = &decision->shown->entities[index];
    struct edit_context context = decision_context(decision);
    return edit_accept_entity(batch, decision->post, e->start, e->end, e->type, e->score,
                              decision_model(decision, e->entity ? &e->entity->origin : NULL), &context, err);
}

const char *decision_settle_entity(struct edit_batch *batch, const struct decision *decision, size_t index,
                                   struct error *err)
{
    const struct shown_entity *e = &decision->shown->entities[index];
    if (!e->proposed)
        return e->entity->id;
    /* One that stands in the file already is taken again for each relation: the same edit once more does no harm. */
    if ((e->entity || !edit_batch_entity_at_peek(batch, decision->post, e->start, e->end)) &&
        decision_take_entity(batch, decision, index, err))
        return NULL;
    const char *id = edit_batch_entity_at_peek(batch, decision->post, e->start, e->end);
    if (!id)
        error_set(err, ERROR_INPUT, "a relation's entity is not there");
    return id;
}

static int decision_put_relation(struct edit_batch *batch, const struct decision *decision, size_t head, size_t tail,
                                 const char *type, double score, const char *model, struct error *err)
{
    struct edit_context context = decision_context(decision);
    const char *head_id = decision_settle_entity(batch, decision, head, err);
    if (!head_id)
        return -1;
    const char *tail_id = decision_settle_entity(batch, decision, tail, err);
    if (!tail_id)
        return -1;
    return edit_put_relation(batch, decision->post, head_id, tail_id, type, score, model, &context, err);
}

static int decision_take_relation(struct edit_batch *batch, const struct decision *decision, size_t index,
                                  struct error *err)
{
    const struct shown_relation *r = &decision->shown->relations[index];
    return decision_put_relation(batch, decision, r->head, r->tail, r->type, r->score,
                                 decision_model(decision, r->relation ? &r->relation->origin : NULL), err);
}

int decision_accept_entity(struct edit_batch *batch, const struct decision *decision, size_t index, struct error *err)
{
    return decision_touch(batch, decision, err) || decision_take_entity(batch, decision, index, err) ? -1 : 0;
}

int decision_accept_relation(struct edit_batch *batch, const struct decision *decision, size_t index,
                             struct error *err)
{
    return decision_touch(batch, decision, err) || decision_take_relation(batch, decision, index, err) ? -1 : 0;
}

int decision_accept_all(struct edit_batch *batch, const struct decision *decision, struct error *err)
{
    const struct shown *shown = decision->shown;
    if (decision_begin(batch, decision, STATUS_DONE, err))
        return -1;
    for (size_t i = 0; i < shown->n_entities; i++)
        if (shown->entities[i].proposed && decision_take_entity(batch, decision, i, err))
            return -1;
    for (size_t i = 0; i < shown->n_relations; i++)
        if (shown->relations[i].proposed && decision_take_relation(batch, decision, i, err))
            return -1;
    return 0;
}

static int decision_refuse_entity(struct edit_batch *batch, const struct decision *decision, size_t start, size_t end,
                                  const char *type, double score, const char *model, struct error *err)
{
    struct edit_context context = decision_context(decision);
    return edit_reject_entity(batch, decision->post, start, end, type, score, model, &context, err);
}

int decision_remove_entity(struct edit_batch *batch, const struct decision *decision, size_t index, struct error *err)
{
    const struct shown_entity *e = &decision->shown->entities[index];
    if (decision_touch(batch, decision, err))
        return -1;
    if (e->entity && edit_delete_entity(batch, decision->post, e->entity->id, err))
        return -1;
    if (e->proposed && e->entity)
        return decision_refuse_entity(batch, decision, e->start, e->end, e->type, e->score, e->entity->origin.model,
                                      err);
    if (e->model && e->type && !strcmp(e->model->type, e->type))
        return decision_refuse_entity(batch, decision, e->start, e->end, e->type, e->model->score, decision->model,
                                      err);
    return 0;
}

int decision_remove_relation(struct edit_batch *batch, const struct decision *decision, size_t index,
                             struct error *err)
{
    const struct shown_relation *r = &decision->shown->relations[index];
    const struct shown_entity *h = &decision->shown->entities[r->head], *t = &decision->shown->entities[r->tail];
    struct edit_context context = decision_context(decision);
    if (decision_touch(batch, decision, err))
        return -1;
    if (r->relation && edit_delete_relation(batch, decision->post, r->relation->id, err))
        return -1;
    bool stored = r->proposed && r->relation;
    bool said = r->model && !strcmp(r->model->type, r->type);
    if (!stored && !said)
        return 0;
    return edit_reject_relation(batch, decision->post, (size_t[]){h->start, h->end}, (size_t[]){t->start, t->end},
                                r->type, stored ? r->score : r->model->score,
                                stored ? r->relation->origin.model : decision->model, &context, err);
}

/* The kept entity of exactly this span, else a proposal there, else SIZE_MAX. */
static size_t decision_at(const struct shown *shown, size_t start, size_t end)
{
    size_t found = shown_entity_of_span(shown, start, end);
    for (size_t i = 0; i < shown->n_entities; i++)
        if (shown->entities[i].start == start && shown->entities[i].end == end && !shown->entities[i].proposed)
            return i;
    return found;
}

int decision_label(struct edit_batch *batch, const struct decision *decision, size_t start, size_t end,
                   const char *type, struct error *err)
{
    struct edit_context context = decision_context(decision);
    size_t index = decision_at(decision->shown, start, end);
    const struct shown_entity *e = index == (size_t)-1 ? NULL : &decision->shown->entities[index];
    bool same = e && e->type && !strcmp(e->type, type);
    if (same && !e->proposed)
        return 0;
    if (decision_touch(batch, decision, err))
        return -1;
    if (!e)
        return edit_create_entity(batch, decision->post, start, end, type, &context, err);
    if (!e->proposed)
        return edit_retype_entity(batch, decision->post, e->entity->id, type, &context, err);
    if (decision_take_entity(batch, decision, index, err))
        return -1;
    if (same)
        return 0;
    const char *id = edit_batch_entity_at_peek(batch, decision->post, start, end);
    return edit_retype_entity(batch, decision->post, id, type, &context, err);
}

int decision_relate(struct edit_batch *batch, const struct decision *decision, size_t head, size_t tail,
                    const char *type, struct error *err)
{
    /* Choosing what the model proposed is accepting it. */
    for (size_t i = 0; i < decision->shown->n_relations; i++) {
        const struct shown_relation *r = &decision->shown->relations[i];
        if (r->proposed && r->head == head && r->tail == tail && !strcmp(r->type, type))
            return decision_accept_relation(batch, decision, i, err);
    }
    if (decision_touch(batch, decision, err))
        return -1;
    return decision_put_relation(batch, decision, head, tail, type, NAN, NULL, err);
}

int decision_status(struct edit_batch *batch, const struct decision *decision, enum post_status status,
                    struct error *err)
{
    return decision_begin(batch, decision, status, err);
}
