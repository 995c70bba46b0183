/* What stands inside an edit: owning, copying and comparing it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-value.h"

#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

bool edit_target_is_list(enum edit_target target)
{
    return target <= EDIT_VERDICT;
}

bool edit_target_has_place(enum edit_target target)
{
    return edit_target_is_list(target) || target == EDIT_TOKENS;
}

static void words_free(struct edit_words *words)
{
    text_list_free(words->tokens, words->n);
    free(words->offsets);
}

static int words_copy(const struct edit_words *from, struct edit_words *out)
{
    *out = (struct edit_words){0};
    if (text_list_copy(from->tokens, from->n, &out->tokens))
        return -1;
    out->n = from->n;
    if (!from->offsets)
        return 0;
    if (!(out->offsets = array_new(from->n, sizeof *out->offsets))) {
        words_free(out);
        return -1;
    }
    memcpy(out->offsets, from->offsets, from->n * sizeof *out->offsets);
    return 0;
}

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
    case EDIT_VERDICT:
        verdict_free(&value->as.verdict);
        break;
    case EDIT_FLAGS:
        text_list_free(value->as.flags.items, value->as.flags.n);
        break;
    case EDIT_NOTE:
    case EDIT_ANNOTATOR:
    case EDIT_PROPOSED:
    case EDIT_SOURCE:
        free(value->as.text);
        break;
    case EDIT_TOKENS:
        words_free(&value->as.words);
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
    case EDIT_VERDICT:
        failed = verdict_copy(&from->as.verdict, &out->as.verdict);
        break;
    case EDIT_FLAGS:
        failed = text_list_copy(from->as.flags.items, from->as.flags.n, &out->as.flags.items);
        out->as.flags.n = from->as.flags.n;
        break;
    case EDIT_NOTE:
    case EDIT_ANNOTATOR:
    case EDIT_PROPOSED:
    case EDIT_SOURCE:
        failed = text_copy(from->as.text, &out->as.text);
        break;
    case EDIT_TOKENS:
        failed = words_copy(&from->as.words, &out->as.words);
        break;
    case EDIT_STATUS:
        out->as.status = from->as.status;
        break;
    }
    out->present = !failed;
    return failed;
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
    return text_equal(a->id, b->id) && a->start == b->start && a->end == b->end &&
           text_equal(a->type, b->type) && a->has_grounding == b->has_grounding &&
           texts_equal(a->grounding, a->n_grounding, b->grounding, b->n_grounding);
}

static bool words_equal(const struct edit_words *a, const struct edit_words *b)
{
    return texts_equal(a->tokens, a->n, b->tokens, b->n) && !a->offsets == !b->offsets &&
           (!a->offsets || !memcmp(a->offsets, b->offsets, a->n * sizeof *a->offsets));
}

bool edit_value_equal(enum edit_target target, const struct edit_value *a, const struct edit_value *b)
{
    if (a->present != b->present || !a->present)
        return a->present == b->present || target == EDIT_SOURCE || target == EDIT_PROPOSED;
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
        return text_equal(a->as.object.id, b->as.object.id) &&
               text_equal(a->as.object.label, b->as.object.label) &&
               !memcmp(a->as.object.box, b->as.object.box, sizeof a->as.object.box);
    case EDIT_VERDICT:
        return verdict_equal(&a->as.verdict, &b->as.verdict);
    case EDIT_FLAGS:
        return texts_equal(a->as.flags.items, a->as.flags.n, b->as.flags.items, b->as.flags.n);
    case EDIT_NOTE:
    case EDIT_ANNOTATOR:
        return text_equal(a->as.text, b->as.text);
    case EDIT_STATUS:
        return a->as.status == b->as.status;
    case EDIT_TOKENS:
        return words_equal(&a->as.words, &b->as.words);
    case EDIT_PROPOSED:
    case EDIT_SOURCE:
        return true;
    }
    return false;
}
