/* Edits as values: owning them, turning them round, applying them to a post. They are built in edit-build.c and written
 * as JSON in edit-json.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit.h"

#include "corpora/edit-value.h"
#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

bool edit_target_is_list(enum edit_target target)
{
    return target <= EDIT_REJECTED_RELATION;
}

/* Values */

void edit_value_free(enum edit_target target, struct edit_value *value)
{
    if (!value->present)
        return;
    switch (target) {
    case EDIT_ENTITY:
    case EDIT_REJECTED_ENTITY:
        entity_free(&value->as.entity);
        break;
    case EDIT_RELATION:
    case EDIT_REJECTED_RELATION:
        relation_free(&value->as.relation);
        break;
    case EDIT_OBJECT:
        object_free(&value->as.object);
        break;
    case EDIT_FLAGS:
        text_list_free(value->as.flags.items, value->as.flags.n);
        break;
    case EDIT_NOTE:
    case EDIT_ANNOTATOR:
        free(value->as.text);
        break;
    case EDIT_STATUS:
        break;
    }
    *value = (struct edit_value){0};
}

int edit_value_copy(enum edit_target target, const struct edit_value *from, struct edit_value *out)
{
    int failed = 0;
    *out = (struct edit_value){0};
    if (!from->present)
        return 0;
    switch (target) {
    case EDIT_ENTITY:
    case EDIT_REJECTED_ENTITY:
        failed = entity_copy(&from->as.entity, &out->as.entity);
        break;
    case EDIT_RELATION:
    case EDIT_REJECTED_RELATION:
        failed = relation_copy(&from->as.relation, &out->as.relation);
        break;
    case EDIT_OBJECT:
        failed = object_copy(&from->as.object, &out->as.object);
        break;
    case EDIT_FLAGS:
        failed = text_list_copy(from->as.flags.items, from->as.flags.n, &out->as.flags.items);
        out->as.flags.n = from->as.flags.n;
        break;
    case EDIT_NOTE:
    case EDIT_ANNOTATOR:
        failed = text_copy(from->as.text, &out->as.text);
        break;
    case EDIT_STATUS:
        out->as.status = from->as.status;
        break;
    }
    out->present = !failed;
    return failed;
}

static bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool texts_equal(char *const *a, size_t n_a, char *const *b, size_t n_b)
{
    for (size_t i = 0; i < n_a && i < n_b; i++)
        if (strcmp(a[i], b[i]))
            return false;
    return n_a == n_b;
}

static bool entity_equal(const struct entity *a, const struct entity *b)
{
    return text_equal(a->id, b->id) && a->start == b->start && a->end == b->end && text_equal(a->type, b->type) &&
           a->has_grounding == b->has_grounding &&
           texts_equal(a->grounding, a->n_grounding, b->grounding, b->n_grounding);
}

/* Says whether both are the same label. Where a label comes from (provenance, members that are not ours) does not take
 * part: it never makes an edit unsafe, and must not be what keeps a journal from being read. */
static bool value_equal(enum edit_target target, const struct edit_value *a, const struct edit_value *b)
{
    if (a->present != b->present || !a->present)
        return a->present == b->present;
    switch (target) {
    case EDIT_ENTITY:
    case EDIT_REJECTED_ENTITY:
        return entity_equal(&a->as.entity, &b->as.entity);
    case EDIT_RELATION:
    case EDIT_REJECTED_RELATION:
        return text_equal(a->as.relation.id, b->as.relation.id) &&
               text_equal(a->as.relation.head, b->as.relation.head) &&
               text_equal(a->as.relation.tail, b->as.relation.tail) &&
               text_equal(a->as.relation.type, b->as.relation.type);
    case EDIT_OBJECT:
        return text_equal(a->as.object.id, b->as.object.id) && text_equal(a->as.object.label, b->as.object.label) &&
               !memcmp(a->as.object.box, b->as.object.box, sizeof a->as.object.box);
    case EDIT_FLAGS:
        return texts_equal(a->as.flags.items, a->as.flags.n, b->as.flags.items, b->as.flags.n);
    case EDIT_NOTE:
    case EDIT_ANNOTATOR:
        return text_equal(a->as.text, b->as.text);
    case EDIT_STATUS:
        return a->as.status == b->as.status;
    }
    return false;
}

/* Batches */

static void edit_free(struct edit *edit)
{
    edit_value_free(edit->target, &edit->before);
    edit_value_free(edit->target, &edit->after);
}

void edit_batch_free(struct edit_batch *batch)
{
    for (size_t i = 0; i < batch->n; i++)
        edit_free(&batch->edits[i]);
    free(batch->edits);
    batch->edits = NULL;
    batch->n = 0;
}

void edit_batch_truncate(struct edit_batch *batch, size_t n)
{
    while (batch->n > n)
        edit_free(&batch->edits[--batch->n]);
}

int edit_batch_push(struct edit_batch *batch, struct edit *edit, struct error *err)
{
    struct edit *edits = array_grow(batch->edits, batch->n, sizeof *edits);
    if (!edits) {
        edit_free(edit);
        return error_memory(err, "edit");
    }
    batch->edits = edits;
    batch->edits[batch->n++] = *edit;
    return 0;
}

void edit_batch_invert(struct edit_batch *batch)
{
    for (size_t i = 0; i < batch->n; i++) {
        struct edit_value before = batch->edits[i].before;
        batch->edits[i].before = batch->edits[i].after;
        batch->edits[i].after = before;
    }
    for (size_t i = 0, j = batch->n; i + 1 < j; i++) {
        struct edit edit = batch->edits[i];
        batch->edits[i] = batch->edits[--j];
        batch->edits[j] = edit;
    }
}

int edit_batch_add_to_schema(const struct edit_batch *batch, struct schema *schema)
{
    for (size_t i = 0; i < batch->n; i++) {
        const struct edit_value *after = &batch->edits[i].after;
        if (!after->present)
            continue;
        if (batch->edits[i].target == EDIT_ENTITY && after->as.entity.type &&
            schema_add_entity(schema, after->as.entity.type))
            return -1;
        /* "None" is a relation in every schema. */
        if (batch->edits[i].target == EDIT_RELATION && strcmp(after->as.relation.type, "None") &&
            schema_add_relation(schema, after->as.relation.type))
            return -1;
    }
    return 0;
}

/* The draft: a post whose labels are its own and whose words are borrowed, so that a batch is carried out in full or
 * not at all, and pointers to tokens stay good. */

static void draft_clear(struct post *draft)
{
    draft->entities = draft->rejected_entities = NULL;
    draft->relations = draft->rejected_relations = NULL;
    draft->objects = NULL;
    draft->flags = NULL;
    draft->note = draft->annotator = NULL;
    draft->n_entities = draft->n_rejected_entities = draft->n_relations = draft->n_rejected_relations = 0;
    draft->n_objects = draft->n_flags = 0;
}

void edit_draft_free(struct post *draft)
{
    struct post labels = {
        .entities = draft->entities, .n_entities = draft->n_entities,
        .relations = draft->relations, .n_relations = draft->n_relations,
        .objects = draft->objects, .n_objects = draft->n_objects,
        .rejected_entities = draft->rejected_entities, .n_rejected_entities = draft->n_rejected_entities,
        .rejected_relations = draft->rejected_relations, .n_rejected_relations = draft->n_rejected_relations,
        .flags = draft->flags, .n_flags = draft->n_flags, .note = draft->note, .annotator = draft->annotator,
    };
    post_free(&labels);
    draft_clear(draft);
}

int edit_draft_copy(const struct post *post, struct post *out)
{
    struct post words = *post;
    words.id = words.text = words.image = words.source = words.extra = NULL;
    words.tokens = NULL;
    words.n_tokens = 0;
    words.offsets = NULL;
    struct post labels;
    if (post_copy(&words, &labels))
        return -1;
    *out = labels;
    out->id = post->id;
    out->tokens = post->tokens;
    out->n_tokens = post->n_tokens;
    out->text = post->text;
    out->offsets = post->offsets;
    out->image = post->image;
    out->source = post->source;
    out->extra = post->extra;
    return 0;
}

/* A list of a post, without regard to what its elements are. */
struct label_list {
    char *items;
    size_t n, size;
};

static struct label_list list_of(const struct post *post, enum edit_target target)
{
    switch (target) {
    case EDIT_ENTITY:
        return (struct label_list){(char *)post->entities, post->n_entities, sizeof *post->entities};
    case EDIT_RELATION:
        return (struct label_list){(char *)post->relations, post->n_relations, sizeof *post->relations};
    case EDIT_OBJECT:
        return (struct label_list){(char *)post->objects, post->n_objects, sizeof *post->objects};
    case EDIT_REJECTED_ENTITY:
        return (struct label_list){(char *)post->rejected_entities, post->n_rejected_entities,
                                   sizeof *post->rejected_entities};
    default:
        return (struct label_list){(char *)post->rejected_relations, post->n_rejected_relations,
                                   sizeof *post->rejected_relations};
    }
}

static void list_put(struct post *post, enum edit_target target, const struct label_list *list)
{
    void *items = list->items;
    switch (target) {
    case EDIT_ENTITY:
        post->entities = items;
        post->n_entities = list->n;
        break;
    case EDIT_RELATION:
        post->relations = items;
        post->n_relations = list->n;
        break;
    case EDIT_OBJECT:
        post->objects = items;
        post->n_objects = list->n;
        break;
    case EDIT_REJECTED_ENTITY:
        post->rejected_entities = items;
        post->n_rejected_entities = list->n;
        break;
    default:
        post->rejected_relations = items;
        post->n_rejected_relations = list->n;
        break;
    }
}

/* The value as it stands in the post, borrowed. */
static struct edit_value value_in(const struct post *post, enum edit_target target, size_t at)
{
    struct edit_value value = {.present = true};
    if (edit_target_is_list(target)) {
        struct label_list list = list_of(post, target);
        value.present = at < list.n;
        if (value.present)
            memcpy(&value.as, list.items + at * list.size, list.size);
        return value;
    }
    switch (target) {
    case EDIT_NOTE:
        value.as.text = post->note;
        break;
    case EDIT_ANNOTATOR:
        value.as.text = post->annotator;
        break;
    case EDIT_FLAGS:
        value.as.flags = (struct edit_texts){post->flags, post->n_flags};
        value.present = post->n_flags > 0;
        return value;
    default:
        value.as.status = post->status;
        return value;
    }
    value.present = value.as.text != NULL;
    return value;
}

static int list_change(struct post *draft, const struct edit *edit, struct edit_value *after)
{
    struct label_list list = list_of(draft, edit->target);
    char *place;
    if (!edit->before.present) {
        char *items = array_grow(list.items, list.n, list.size);
        if (!items)
            return -1;
        list.items = items;
        place = items + edit->at * list.size;
        memmove(place + list.size, place, (list.n - edit->at) * list.size);
        list.n++;
    } else {
        struct edit_value old = value_in(draft, edit->target, edit->at);
        edit_value_free(edit->target, &old);
        place = list.items + edit->at * list.size;
        if (!after->present) {
            memmove(place, place + list.size, (list.n - edit->at - 1) * list.size);
            list.n--;
        }
    }
    if (after->present)
        memcpy(place, &after->as, list.size);
    list_put(draft, edit->target, &list);
    return 0;
}

static void field_change(struct post *draft, const struct edit *edit, const struct edit_value *after)
{
    struct edit_value old = value_in(draft, edit->target, 0);
    edit_value_free(edit->target, &old);
    switch (edit->target) {
    case EDIT_NOTE:
        draft->note = after->present ? after->as.text : NULL;
        break;
    case EDIT_ANNOTATOR:
        draft->annotator = after->present ? after->as.text : NULL;
        break;
    case EDIT_FLAGS:
        draft->flags = after->present ? after->as.flags.items : NULL;
        draft->n_flags = after->present ? after->as.flags.n : 0;
        break;
    default:
        draft->status = after->as.status;
        break;
    }
}

static const char *value_id(enum edit_target target, const struct edit_value *value)
{
    const char *id = target == EDIT_ENTITY     ? value->as.entity.id
                     : target == EDIT_RELATION ? value->as.relation.id
                     : target == EDIT_OBJECT   ? value->as.object.id
                                               : NULL;
    return value->present ? id : NULL;
}

/* An id must stay unique among the post's labels of its kind. */
static bool id_is_taken(const struct post *draft, enum edit_target target, size_t except, const char *id)
{
    struct label_list list = list_of(draft, target);
    for (size_t i = 0; id && i < list.n; i++) {
        struct edit_value value = value_in(draft, target, i);
        if (i != except && text_equal(value_id(target, &value), id))
            return true;
    }
    return false;
}

/* Has a label what every label needs? NULL, or what is wrong. */
static const char *label_objection(const struct post *draft, enum edit_target target, const struct edit_value *value)
{
    bool is_entity = target == EDIT_ENTITY || target == EDIT_REJECTED_ENTITY;
    bool is_relation = target == EDIT_RELATION || target == EDIT_REJECTED_RELATION;
    bool needs_id = target == EDIT_ENTITY || target == EDIT_RELATION || target == EDIT_OBJECT;
    const struct relation *relation = &value->as.relation;
    if (!value->present)
        return NULL;
    if (needs_id && !value_id(target, value))
        return "gives a label no id";
    if (is_entity && (value->as.entity.start >= value->as.entity.end || value->as.entity.end > draft->n_tokens))
        return "has a span that is not in the post";
    if (is_relation && (!relation->head || !relation->tail || !relation->type))
        return "has a relation without ends or type";
    return NULL;
}

/* Is what the edit expects there, and is what it would put there sound? NULL, or what is wrong. */
static const char *edit_objection(const struct post *draft, const struct edit *edit)
{
    struct edit_value now = value_in(draft, edit->target, edit->at);
    const char *mismatch = "does not fit the post as it is";
    if (!edit_target_is_list(edit->target)) {
        if (edit->target == EDIT_STATUS && !edit->after.present)
            return "has no status";
        return value_equal(edit->target, &now, &edit->before) ? NULL : mismatch;
    }
    if (edit->before.present ? !value_equal(edit->target, &now, &edit->before)
                             : edit->at > list_of(draft, edit->target).n)
        return mismatch;
    size_t except = edit->before.present ? edit->at : (size_t)-1;
    if (edit->after.present && id_is_taken(draft, edit->target, except, value_id(edit->target, &edit->after)))
        return "would give an id twice";
    return label_objection(draft, edit->target, &edit->after);
}

int edit_draft_apply(struct post *draft, const struct edit_batch *batch, size_t n_from, struct error *err)
{
    for (size_t i = n_from; i < batch->n; i++) {
        const struct edit *edit = &batch->edits[i];
        const char *objection = edit_objection(draft, edit);
        if (objection)
            return error_set(err, ERROR_INPUT, "post %s: edit %zu %s", draft->id ? draft->id : "?", i + 1, objection);
        struct edit_value after;
        if (edit_value_copy(edit->target, &edit->after, &after))
            return error_memory(err, "edit");
        if (!edit_target_is_list(edit->target)) {
            field_change(draft, edit, &after);
        } else if (list_change(draft, edit, &after)) {
            edit_value_free(edit->target, &after);
            return error_memory(err, "edit");
        }
    }
    return 0;
}

/* No relation may be left with an end that is no entity: neither one that the batch writes, nor one whose entity it
 * takes away. */
static const char *batch_objection(const struct post *draft, const struct edit_batch *batch)
{
    for (size_t i = 0; i < batch->n; i++) {
        const struct edit *edit = &batch->edits[i];
        bool gone = edit->target == EDIT_ENTITY && edit->before.present &&
                    !post_entity_peek(draft, edit->before.as.entity.id);
        for (size_t j = 0; gone && j < draft->n_relations; j++)
            if (!strcmp(draft->relations[j].head, edit->before.as.entity.id) ||
                !strcmp(draft->relations[j].tail, edit->before.as.entity.id))
                return "takes away an entity that a relation needs";
        if (edit->target != EDIT_RELATION || !edit->after.present)
            continue;
        for (size_t j = 0; j < draft->n_relations; j++)
            if (!strcmp(draft->relations[j].id, edit->after.as.relation.id) &&
                (!post_entity_peek(draft, draft->relations[j].head) ||
                 !post_entity_peek(draft, draft->relations[j].tail)))
                return "joins entities that are not there";
    }
    return NULL;
}

int edit_batch_apply_to_draft(const struct edit_batch *batch, const struct post *post, struct post *draft,
                              struct error *err)
{
    if (edit_draft_copy(post, draft))
        return error_memory(err, "edit");
    int failed = edit_draft_apply(draft, batch, 0, err);
    const char *objection = failed ? NULL : batch_objection(draft, batch);
    if (objection)
        failed = error_set(err, ERROR_INPUT, "post %s: a change %s", draft->id, objection);
    if (failed)
        edit_draft_free(draft);
    return failed;
}

void edit_draft_swap(struct post *post, struct post *draft)
{
    struct post old = *post;
    *post = *draft;
    *draft = old;
    edit_draft_free(draft);
}

int edit_batch_apply(const struct edit_batch *batch, struct post *post, int forward, struct error *err)
{
    /* The inverse borrows the values: nothing of it is freed. */
    struct edit_batch turned = {.post = batch->post, .n = batch->n};
    struct post draft;
    int failed = -1;
    if (!forward && batch->n) {
        turned.edits = calloc(batch->n, sizeof *turned.edits);
        if (!turned.edits)
            return error_memory(err, "edit");
        memcpy(turned.edits, batch->edits, batch->n * sizeof *turned.edits);
        edit_batch_invert(&turned);
    }
    if (!edit_batch_apply_to_draft(forward ? batch : &turned, post, &draft, err)) {
        edit_draft_swap(post, &draft);
        failed = 0;
    }
    free(turned.edits);
    return failed;
}
