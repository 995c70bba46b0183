/* The draft: a post whose labels are its own and whose words are borrowed until an edit changes them, so that a batch
 * is carried out in full or not at all, and pointers to tokens stay good.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-value.h"

#include "corpora/post-json.h"
#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

void edit_draft_free(struct edit_draft *draft)
{
    /* What is borrowed stays. */
    struct post *post = &draft->now;
    post->id = post->text = post->image = post->extra = NULL;
    if (!draft->own_words) {
        post->tokens = NULL;
        post->n_tokens = 0;
        post->offsets = NULL;
    }
    if (!draft->own_source)
        post->source = NULL;
    post_free(post);
    *draft = (struct edit_draft){0};
}

int edit_draft_copy(const struct post *post, struct edit_draft *out)
{
    struct post labels = *post;
    *out = (struct edit_draft){0};
    labels.id = labels.text = labels.image = labels.source = labels.extra = NULL;
    labels.tokens = NULL;
    labels.n_tokens = 0;
    labels.offsets = NULL;
    if (post_copy(&labels, &out->now))
        return -1;
    out->now.id = post->id;
    out->now.tokens = post->tokens;
    out->now.n_tokens = post->n_tokens;
    out->now.text = post->text;
    out->now.offsets = post->offsets;
    out->now.image = post->image;
    out->now.source = post->source;
    out->now.extra = post->extra;
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
    case EDIT_VERDICT:
        return (struct label_list){(char *)post->verdicts, post->n_verdicts, sizeof *post->verdicts};
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
    case EDIT_VERDICT:
        post->verdicts = items;
        post->n_verdicts = list->n;
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
    case EDIT_PROPOSED:
        value.as.text = post->proposed;
        break;
    case EDIT_SOURCE:
        value.as.text = post->source;
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

static void field_change(struct edit_draft *owner, const struct edit *edit, const struct edit_value *after)
{
    struct post *draft = &owner->now;
    struct edit_value old = value_in(draft, edit->target, 0);
    if (edit->target != EDIT_SOURCE || owner->own_source)
        edit_value_free(edit->target, &old);
    switch (edit->target) {
    case EDIT_NOTE:
        draft->note = after->present ? after->as.text : NULL;
        break;
    case EDIT_ANNOTATOR:
        draft->annotator = after->present ? after->as.text : NULL;
        break;
    case EDIT_PROPOSED:
        draft->proposed = after->present ? after->as.text : NULL;
        break;
    case EDIT_SOURCE:
        draft->source = after->present ? after->as.text : NULL;
        owner->own_source = true;
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

/* Puts copies of the words in the place of as many as the edit expects there. */
static int words_change(struct edit_draft *owner, const struct edit *edit,
                        const struct edit_words *after)
{
    struct post *draft = &owner->now;
    const size_t at = edit->at, n_before = edit->before.as.words.n, n_after = after->n;
    const size_t n = draft->n_tokens - n_before + n_after, tail = draft->n_tokens - at - n_before;
    char **tokens = array_new(n, sizeof *tokens);
    size_t(*offsets)[2] = draft->offsets ? array_new(n, sizeof *offsets) : NULL;
    struct post old = {.tokens = draft->tokens, .n_tokens = draft->n_tokens, .offsets = draft->offsets};
    bool failed = !tokens || (draft->offsets && !offsets);
    for (size_t i = 0; i < n && !failed; i++) {
        bool inside = i >= at && i < at + n_after;
        const char *token = inside ? after->tokens[i - at] : draft->tokens[i < at ? i : i - n_after + n_before];
        failed = !(tokens[i] = strdup(token));
    }
    if (failed) {
        text_list_free(tokens, tokens ? n : 0);
        free(offsets);
        return -1;
    }
    if (offsets) {
        memcpy(offsets, draft->offsets, at * sizeof *offsets);
        memcpy(offsets + at, after->offsets, n_after * sizeof *offsets);
        memcpy(offsets + at + n_after, draft->offsets + at + n_before, tail * sizeof *offsets);
    }
    draft->tokens = tokens;
    draft->n_tokens = n;
    draft->offsets = offsets;
    if (owner->own_words)
        post_free(&old);
    owner->own_words = true;
    return 0;
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

/* Is "3-5" a span of the post? */
static bool span_fits(const char *span, size_t n_tokens)
{
    char *dash;
    size_t start = strtoull(span, &dash, 10), end = *dash == '-' ? strtoull(dash + 1, NULL, 10) : 0;
    return start < end && end <= n_tokens;
}

static bool tokens_fit(const size_t span[2], size_t n_tokens)
{
    return span[0] < span[1] && span[1] <= n_tokens;
}

static bool verdict_label_fits(const struct verdict_label *label, bool relation, size_t n_tokens)
{
    const size_t span[2] = {label->start, label->end};
    if (!label->has)
        return true;
    return relation ? tokens_fit(label->head, n_tokens) && tokens_fit(label->tail, n_tokens)
                    : tokens_fit(span, n_tokens);
}

static bool verdict_fits(const struct verdict *verdict, size_t n_tokens)
{
    return verdict_label_fits(&verdict->gold, verdict->relation, n_tokens) &&
           verdict_label_fits(&verdict->predicted, verdict->relation, n_tokens);
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
    if (target == EDIT_REJECTED_RELATION &&
        (!span_fits(relation->head, draft->n_tokens) || !span_fits(relation->tail, draft->n_tokens)))
        return "has a span that is not in the post";
    if (target == EDIT_VERDICT && !value->as.verdict.gold.has && !value->as.verdict.predicted.has)
        return "has a verdict on no label";
    if (target == EDIT_VERDICT && !verdict_fits(&value->as.verdict, draft->n_tokens))
        return "has a span that is not in the post";
    return NULL;
}

/* Are these words that stand at a place of the draft? */
static bool words_are_there(const struct post *draft, size_t at, const struct edit_words *words)
{
    struct edit_value now = {.present = true}, expected = {.present = true, .as.words = *words};
    if (at > draft->n_tokens || words->n > draft->n_tokens - at)
        return false;
    now.as.words = (struct edit_words){draft->tokens + at, words->n, draft->offsets ? draft->offsets + at : NULL};
    return edit_value_equal(EDIT_TOKENS, &now, &expected);
}

static const char *words_objection(const struct post *draft, const struct edit *edit)
{
    const struct edit_words *before = &edit->before.as.words, *after = &edit->after.as.words;
    if (!edit->before.present || !edit->after.present || !before->n || !after->n)
        return "leaves no token";
    if (!words_are_there(draft, edit->at, before))
        return "does not fit the post as it is";
    if (!draft->offsets != !after->offsets)
        return "does not say where its tokens are in the text";
    const size_t n_text = draft->offsets && draft->text ? utf8_code_points(draft->text) : 0;
    for (size_t i = 0; i < after->n; i++)
        if (post_token_fault(after->tokens[i], strlen(after->tokens[i])) ||
            (after->offsets && (after->offsets[i][0] > after->offsets[i][1] || after->offsets[i][1] > n_text)))
            return "has a token that posts may not have";
    return NULL;
}

/* Is what the edit expects there, and is what it would put there sound? NULL, or what is wrong. */
static const char *edit_objection(const struct post *draft, const struct edit *edit)
{
    if (edit->target == EDIT_TOKENS)
        return words_objection(draft, edit);
    struct edit_value now = value_in(draft, edit->target, edit->at);
    const char *mismatch = "does not fit the post as it is";
    if (!edit_target_is_list(edit->target)) {
        if (edit->target == EDIT_STATUS && !edit->after.present)
            return "has no status";
        return edit_value_equal(edit->target, &now, &edit->before) ? NULL : mismatch;
    }
    if (edit->before.present ? !edit_value_equal(edit->target, &now, &edit->before)
                             : edit->at > list_of(draft, edit->target).n)
        return mismatch;
    size_t except = edit->before.present ? edit->at : (size_t)-1;
    if (edit->after.present && id_is_taken(draft, edit->target, except, value_id(edit->target, &edit->after)))
        return "would give an id twice";
    return label_objection(draft, edit->target, &edit->after);
}

static int change(struct edit_draft *draft, const struct edit *edit)
{
    struct edit_value after;
    if (edit->target == EDIT_TOKENS)
        return words_change(draft, edit, &edit->after.as.words);
    if (edit_value_copy(edit->target, &edit->after, &after))
        return -1;
    if (!edit_target_is_list(edit->target)) {
        field_change(draft, edit, &after);
    } else if (list_change(&draft->now, edit, &after)) {
        edit_value_free(edit->target, &after);
        return -1;
    }
    return 0;
}

int edit_draft_apply(struct edit_draft *draft, const struct edit_batch *batch, size_t n_from, struct error *err)
{
    for (size_t i = n_from; i < batch->n; i++) {
        const char *objection = edit_objection(&draft->now, &batch->edits[i]), *id = draft->now.id;
        if (objection)
            return error_set(err, ERROR_INPUT, "post %s: edit %zu %s", id ? id : "?", i + 1, objection);
        if (change(draft, &batch->edits[i]))
            return error_memory(err, "edit");
    }
    return 0;
}

/* No relation may be left with an end that is no entity: neither one that the batch writes, nor one whose entity it
 * takes away. */
static const char *relations_objection(const struct post *draft, const struct edit *edit)
{
    bool gone = edit->target == EDIT_ENTITY && edit->before.present &&
                !post_entity_peek(draft, edit->before.as.entity.id);
    bool written = edit->target == EDIT_RELATION && edit->after.present;
    for (size_t j = 0; j < draft->n_relations; j++) {
        const struct relation *relation = &draft->relations[j];
        if (gone && (!strcmp(relation->head, edit->before.as.entity.id) ||
                     !strcmp(relation->tail, edit->before.as.entity.id)))
            return "takes away an entity that a relation needs";
        if (written && !strcmp(relation->id, edit->after.as.relation.id) &&
            (!post_entity_peek(draft, relation->head) || !post_entity_peek(draft, relation->tail)))
            return "joins entities that are not there";
    }
    return NULL;
}

/* Nor may an entity be left in an object that is not there. */
static const char *grounding_objection(const struct post *draft)
{
    for (size_t i = 0; i < draft->n_entities; i++)
        for (size_t j = 0; j < draft->entities[i].n_grounding; j++)
            if (!post_object_peek(draft, draft->entities[i].grounding[j]))
                return "grounds an entity in an object that is not there";
    return NULL;
}

/* Nor a label behind the last token. */
static const char *spans_objection(const struct post *draft)
{
    const size_t n = draft->n_tokens;
    bool fit = true;
    for (size_t i = 0; i < draft->n_entities; i++)
        fit = fit && draft->entities[i].end <= n;
    for (size_t i = 0; i < draft->n_rejected_entities; i++)
        fit = fit && draft->rejected_entities[i].end <= n;
    for (size_t i = 0; i < draft->n_rejected_relations; i++)
        fit = fit && span_fits(draft->rejected_relations[i].head, n) && span_fits(draft->rejected_relations[i].tail, n);
    for (size_t i = 0; i < draft->n_verdicts; i++)
        fit = fit && verdict_fits(&draft->verdicts[i], n);
    return fit ? NULL : "leaves a label on tokens that are not there";
}

static const char *batch_objection(const struct post *draft, const struct edit_batch *batch)
{
    const char *objection = NULL;
    for (size_t i = 0; i < batch->n && !objection; i++) {
        enum edit_target target = batch->edits[i].target;
        objection = relations_objection(draft, &batch->edits[i]);
        if (!objection && (target == EDIT_ENTITY || target == EDIT_OBJECT))
            objection = grounding_objection(draft);
        if (!objection && target == EDIT_TOKENS)
            objection = spans_objection(draft);
    }
    return objection;
}

int edit_batch_apply_to_draft(const struct edit_batch *batch, const struct post *post, struct edit_draft *draft,
                              struct error *err)
{
    if (edit_draft_copy(post, draft))
        return error_memory(err, "edit");
    int failed = edit_draft_apply(draft, batch, 0, err);
    const char *objection = failed ? NULL : batch_objection(&draft->now, batch);
    if (objection)
        failed = error_set(err, ERROR_INPUT, "post %s: a change %s", post->id, objection);
    if (failed)
        edit_draft_free(draft);
    return failed;
}

void edit_draft_swap(struct post *post, struct edit_draft *draft)
{
    /* What the draft borrowed is in both, and stays with the post. */
    struct post old = *post;
    *post = draft->now;
    draft->now = old;
    edit_draft_free(draft);
}
