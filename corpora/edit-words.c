/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-words.h"

#include "corpora/edit-value.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MOST = 3, WORDS_PHRASE = 160 };

/* What an element is called: "PER", "box dog", "refused PER". */
static void name_of(enum edit_target target, const struct edit_value *value, char *out, size_t size)
{
    const char *type = target == EDIT_OBJECT                                             ? value->as.object.label
                       : target == EDIT_RELATION || target == EDIT_REJECTED_RELATION ? value->as.relation.type
                                                                                         : value->as.entity.type;
    const char *kind = target == EDIT_OBJECT                                                     ? "box "
                       : target == EDIT_REJECTED_ENTITY || target == EDIT_REJECTED_RELATION ? "refused "
                                                                                                 : "";
    snprintf(out, size, "%s%s", kind, type ? type : "without a label");
}

static bool is_grounded_otherwise(const struct entity *a, const struct entity *b)
{
    if (a->has_grounding != b->has_grounding || a->n_grounding != b->n_grounding)
        return true;
    for (size_t i = 0; i < a->n_grounding; i++)
        if (strcmp(a->grounding[i], b->grounding[i]) != 0)
            return true;
    return false;
}

/* "+model wrong", "gold wrong is both wrong". */
static void phrase_of_verdict(const struct edit_value *before, const struct edit_value *after, char *out, size_t size)
{
    static const char *const names[] = {"model wrong", "gold wrong", "both wrong", "unsure"};
    const char *was = before->present ? names[before->as.verdict.answer] : NULL;
    const char *is = after->present ? names[after->as.verdict.answer] : NULL;
    if (!was || !is)
        snprintf(out, size, "%s%s", is ? "+" : "-", is ? is : was);
    else if (strcmp(was, is) != 0)
        snprintf(out, size, "%s is %s", was, is);
    else
        snprintf(out, size, "note on %s", is);
}

static void phrase_of_element(enum edit_target target, const struct edit_value *before, const struct edit_value *after,
                              char *out, size_t size)
{
    char was[WORDS_PHRASE / 2] = "", is[WORDS_PHRASE / 2] = "";
    if (before->present)
        name_of(target, before, was, sizeof was);
    if (after->present)
        name_of(target, after, is, sizeof is);
    if (!before->present)
        snprintf(out, size, "+%s", is);
    else if (!after->present)
        snprintf(out, size, "-%s", was);
    else if (strcmp(was, is) != 0)
        snprintf(out, size, "%s is %s", was, is);
    else if (target == EDIT_OBJECT && memcmp(before->as.object.box, after->as.object.box, sizeof before->as.object.box))
        snprintf(out, size, "%s moved", is);
    else if (target == EDIT_ENTITY && is_grounded_otherwise(&before->as.entity, &after->as.entity))
        snprintf(out, size, "%s in the picture", is);
    else
        snprintf(out, size, "who decided on %s", is);
}

/* "" where there is nothing that a person did. */
static void phrase_of(const struct edit *edit, bool undone, char *out, size_t size)
{
    const struct edit_value *before = undone ? &edit->after : &edit->before;
    const struct edit_value *after = undone ? &edit->before : &edit->after;
    out[0] = '\0';
    switch (edit->target) {
    case EDIT_ENTITY:
    case EDIT_RELATION:
    case EDIT_OBJECT:
    case EDIT_REJECTED_ENTITY:
    case EDIT_REJECTED_RELATION:
        phrase_of_element(edit->target, before, after, out, size);
        break;
    case EDIT_VERDICT:
        phrase_of_verdict(before, after, out, size);
        break;
    case EDIT_STATUS:
        snprintf(out, size, "%s", post_status_name(after->as.status));
        break;
    case EDIT_NOTE:
        snprintf(out, size, "%snote", before->present ? after->present ? "" : "-" : "+");
        break;
    case EDIT_FLAGS:
        snprintf(out, size, "flags");
        break;
    case EDIT_ANNOTATOR:
    case EDIT_PROPOSED:
    case EDIT_TOKENS:
    case EDIT_SOURCE:
        break;
    }
}

void edit_batch_words(const struct edit_batch *batch, bool undone, char *out, size_t size)
{
    size_t n = 0, used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < batch->n; i++) {
        if (batch->edits[i].target == EDIT_TOKENS) { /* labels only follow */
            snprintf(out, size, "words as %s", undone ? "before" : "split or joined");
            return;
        }
    }
    for (size_t i = 0; i < batch->n; i++) {
        char phrase[WORDS_PHRASE];
        phrase_of(&batch->edits[undone ? batch->n - 1 - i : i], undone, phrase, sizeof phrase);
        if (!*phrase || ++n > WORDS_MOST || used >= size)
            continue;
        used += (size_t)snprintf(out + used, size - used, "%s%s", n > 1 ? ", " : "", phrase);
    }
    if (n > WORDS_MOST && used < size)
        snprintf(out + used, size - used, " and %zu more", n - WORDS_MOST);
}
