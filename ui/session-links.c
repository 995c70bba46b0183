/* Box mode: labels of boxes, and where in the picture an entity is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/text.h"
#include "model/coco-classes.h"
#include "ui/decisions.h"
#include "ui/key-names.h"
#include "ui/session-parts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- labels ------------------------------------------------------------------------------------------------------- */

void session_box_ask_label(struct session *session)
{
    const struct object *box = session_box(session);
    char title[PROMPT_TITLE_MAX];
    if (!box)
        return;
    snprintf(title, sizeof title, "label of box %zu", session->boxes.chosen);
    *session->boxes.completed = '\0';
    session_ask_text(session, PROMPT_BOX_LABEL, title, box->label);
}

void session_box_labelled(struct session *session, const char *label)
{
    struct edit_batch batch = {.post = session->post};
    struct edit_context context = session_boxes_context(session);
    struct error err = {0};
    const struct object *box = session_box(session);
    if (!box)
        return;
    boxes_remember(&session->boxes, label);
    int code = edit_relabel_object(&batch, session_post(session), box->id, label, &context, &err);
    if (session_boxes_apply(session, code, &batch, &err))
        session_say(session, TONE_PLAIN, "box %zu: %s", session->boxes.chosen, *label ? label : "no label");
}

/* The turn-th label that begins with stem: of the post's objects, given before, of COCO; each once. NULL behind the last. */
static const char *session_box_candidate(const struct session *session, const char *stem, size_t turn)
{
    const struct post *post = session_post(session);
    const struct boxes *boxes = &session->boxes;
    const char *seen[BOXES_LABELS_KEPT + COCO_CLASSES + BOXES_MASKED_MAX] = {NULL};
    size_t n_seen = 0, own = post->n_objects < BOXES_MASKED_MAX ? post->n_objects : BOXES_MASKED_MAX;
    for (size_t i = 0; i < own + BOXES_LABELS_KEPT + COCO_CLASSES; i++) {
        const char *label = i < own                       ? post->objects[i].label
                            : i < own + BOXES_LABELS_KEPT ? boxes->labels[i - own]
                                                          : coco_class_name(i - own - BOXES_LABELS_KEPT);
        bool fits = label && *label && strlen(label) < BOXES_LABEL_MAX && !strncmp(label, stem, strlen(stem));
        for (size_t k = 0; fits && k < n_seen; k++)
            fits = strcmp(seen[k], label) != 0;
        if (!fits)
            continue;
        if (n_seen == turn)
            return label;
        seen[n_seen++] = label;
    }
    return NULL;
}

void session_box_complete(struct session *session)
{
    struct boxes *boxes = &session->boxes;
    struct prompt *prompt = &session->prompt;
    char title[PROMPT_TITLE_MAX];
    if (strlen(prompt->text) >= BOXES_LABEL_MAX)
        return;
    if (!*boxes->completed || strcmp(prompt->text, boxes->completed)) {
        snprintf(boxes->stem, sizeof boxes->stem, "%s", prompt->text);
        boxes->turn = 0;
    } else
        boxes->turn++;
    const char *label = session_box_candidate(session, boxes->stem, boxes->turn);
    if (!label) {
        boxes->turn = 0;
        label = session_box_candidate(session, boxes->stem, 0);
    }
    if (!label)
        return;
    snprintf(boxes->completed, sizeof boxes->completed, "%s", label);
    snprintf(title, sizeof title, "%s", prompt->title);
    prompt_open(prompt, PROMPT_BOX_LABEL, title, boxes->completed);
}

/* --- entities ----------------------------------------------------------------------------------------------------- */

void session_box_entity_step(struct session *session, size_t by)
{
    const struct shown *shown = &session->shown;
    size_t at = session_entity(session), n = shown->n_entities;
    if (!n) {
        session_say(session, TONE_PLAIN, "no entity in this post");
        return;
    }
    if (at == SIZE_MAX)
        at = by == 1 ? n - 1 : 0;
    at = (at + by) % n;
    session_move(session, shown->entities[at].start);
    session->entity = at;
}

enum box_answer { BOX_LINK, BOX_OUTSIDE, BOX_UNANSWERED };

/* The entity's objects after the answer: *n_out of them in out, which has room. False: nobody has said where it is. */
static bool session_box_links(const struct entity *entity, const char *id, enum box_answer answer, const char **out,
                              size_t *n_out)
{
    bool was_linked = false;
    *n_out = 0;
    for (size_t i = 0; answer == BOX_LINK && entity && i < entity->n_grounding; i++) {
        if (strcmp(entity->grounding[i], id))
            out[(*n_out)++] = entity->grounding[i];
        else
            was_linked = true;
    }
    if (answer == BOX_LINK && !was_linked)
        out[(*n_out)++] = id;
    return answer == BOX_OUTSIDE || *n_out; /* taking the last link back does not say that it is nowhere */
}

static void session_box_answer(struct session *session, enum box_answer answer)
{
    const struct object *box = session_box(session);
    struct decision decision = session_decision(session);
    struct edit_batch batch = {.post = session->post};
    struct edit_context context = session_boxes_context(session);
    struct error err = {0};
    size_t index = session_entity(session), n = 0;
    char words[160], next[KEY_NAME_MAX];
    if (index == SIZE_MAX) {
        session_say(session, TONE_PLAIN, "no entity is chosen: %s goes to the next one",
                    keymap_command_key(MODE_BOX, COMMAND_NEXT_ENTITY, next, sizeof next));
        return;
    }
    if (answer == BOX_LINK && !box) {
        session_say(session, TONE_PLAIN, "no box is chosen");
        return;
    }
    const struct shown_entity *shown = &session->shown.entities[index];
    session_words(session, shown->start, shown->end, words, sizeof words);
    size_t start = shown->start, end = shown->end;
    const char **objects = array_new(1 + (shown->entity ? shown->entity->n_grounding : 0), sizeof *objects);
    const char *id = objects ? decision_settle_entity(&batch, &decision, index, &err) : NULL;
    int code = objects ? -1 : error_memory(&err, "linking");
    bool answered = false;
    if (id) {
        answered = session_box_links(shown->entity, box ? box->id : "", answer, objects, &n);
        code = edit_ground_entity(&batch, decision.post, id, answered, objects, n, &context, &err);
    }
    free(objects);
    size_t number = session->boxes.chosen;
    if (!session_boxes_apply(session, code, &batch, &err))
        return;
    session->entity = shown_entity_of_span(&session->shown, start, end);
    if (answer == BOX_LINK && n)
        session_say(session, TONE_PLAIN, "%s: %s box %zu", words, answered ? "in" : "no more in", number);
    else
        session_say(session, TONE_PLAIN, "%s: %s", words, answered ? "not in the picture" : "not answered");
}

void session_box_link(struct session *session)
{
    session_box_answer(session, BOX_LINK);
}

void session_box_outside(struct session *session)
{
    session_box_answer(session, BOX_OUTSIDE);
}

void session_box_unanswered(struct session *session)
{
    session_box_answer(session, BOX_UNANSWERED);
}
