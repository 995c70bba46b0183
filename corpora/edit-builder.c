/* What all builders do: open a draft, change it step by step, and name who decided.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-builder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int builder_open(struct builder *builder, struct edit_batch *batch, const struct post *post, struct error *err)
{
    *builder = (struct builder){.batch = batch, .n_before = batch->n, .err = err};
    if (edit_draft_copy(post, &builder->draft))
        return error_memory(err, "edit");
    builder->now = &builder->draft.now;
    if (!edit_draft_apply(&builder->draft, batch, 0, err))
        return 0;
    edit_draft_free(&builder->draft);
    return -1;
}

int builder_close(struct builder *builder, int failed)
{
    if (failed)
        edit_batch_truncate(builder->batch, builder->n_before);
    edit_draft_free(&builder->draft);
    return failed ? -1 : 0;
}

int builder_change(struct builder *builder, enum edit_target target, size_t at, const struct edit_value *before,
                   const struct edit_value *after)
{
    struct edit edit = {.target = target, .at = at};
    if ((before && edit_value_copy(target, before, &edit.before)) ||
        (after && edit_value_copy(target, after, &edit.after))) {
        edit_value_free(target, &edit.before);
        return error_memory(builder->err, "edit");
    }
    size_t n = builder->batch->n;
    if (edit_batch_push(builder->batch, &edit, builder->err))
        return -1;
    return edit_draft_apply(&builder->draft, builder->batch, n, builder->err);
}

static struct edit_value value_of_entity(const struct entity *entity)
{
    return (struct edit_value){.present = true, .as.entity = *entity};
}

static struct edit_value value_of_relation(const struct relation *relation)
{
    return (struct edit_value){.present = true, .as.relation = *relation};
}

int builder_entity(struct builder *builder, enum edit_target target, size_t at, const struct entity *before,
                   const struct entity *after)
{
    struct edit_value values[2] = {{0}};
    if (before)
        values[0] = value_of_entity(before);
    if (after)
        values[1] = value_of_entity(after);
    return builder_change(builder, target, at, &values[0], &values[1]);
}

int builder_relation(struct builder *builder, enum edit_target target, size_t at, const struct relation *before,
                     const struct relation *after)
{
    struct edit_value values[2] = {{0}};
    if (before)
        values[0] = value_of_relation(before);
    if (after)
        values[1] = value_of_relation(after);
    return builder_change(builder, target, at, &values[0], &values[1]);
}

struct provenance builder_human(const struct edit_context *context, enum label_decision decision, double score,
                                const char *model, char time_out[EDIT_TIME_BYTES])
{
    edit_time_now(time_out);
    return (struct provenance){
        .source = SOURCE_HUMAN,
        .has_source = true,
        .has_score = !isnan(score),
        .score = isnan(score) ? 0 : score,
        .by = context ? (char *)context->by : NULL,
        .at = context && context->at ? (char *)context->at : time_out,
        .decision = decision,
        .model = (char *)model,
    };
}

struct provenance builder_edited(const struct edit_context *context, const struct provenance *old,
                                 char time_out[EDIT_TIME_BYTES])
{
    return builder_human(context, DECISION_EDITED, NAN, old->model, time_out);
}

struct provenance builder_confirmed(const struct edit_context *context, const struct provenance *old,
                                    char time_out[EDIT_TIME_BYTES])
{
    return builder_human(context, DECISION_ACCEPTED, old->has_score ? old->score : NAN, old->model, time_out);
}

bool builder_is_human(const struct provenance *origin)
{
    return origin->has_source && origin->source == SOURCE_HUMAN;
}

void edit_time_now(char out[EDIT_TIME_BYTES])
{
    time_t now = time(NULL);
    struct tm utc;
    if (!gmtime_r(&now, &utc) || !strftime(out, EDIT_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc))
        out[0] = '\0';
}

/* Checks */

int builder_check_span(const struct builder *builder, size_t start, size_t end)
{
    if (start < end && end <= builder->now->n_tokens)
        return 0;
    return error_set(builder->err, ERROR_INPUT, "post %s: tokens %zu to %zu are not a span of its %zu tokens",
                     builder->now->id, start, end, builder->now->n_tokens);
}

int builder_check_type(const struct builder *builder, const char *type)
{
    if (type && *type)
        return 0;
    return error_set(builder->err, ERROR_INPUT, "post %s: a label needs a type", builder->now->id);
}

int builder_check_score(const struct builder *builder, double score)
{
    if (isnan(score) || (score >= 0 && score <= 1))
        return 0;
    return error_set(builder->err, ERROR_INPUT, "post %s: a score of %g is not between 0 and 1", builder->now->id,
                     score);
}

const struct entity *builder_find_entity(const struct builder *builder, const char *id)
{
    const struct entity *entity = id ? post_entity_peek(builder->now, id) : NULL;
    if (!entity)
        error_set(builder->err, ERROR_INPUT, "post %s: it has no entity %s", builder->now->id, id ? id : "");
    return entity;
}

bool builder_same(const char *a, const char *b)
{
    return a && b && !strcmp(a, b);
}

void builder_span_name(size_t start, size_t end, char out[BUILDER_SPAN_BYTES])
{
    snprintf(out, BUILDER_SPAN_BYTES, "%zu-%zu", start, end);
}
