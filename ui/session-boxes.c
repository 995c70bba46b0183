/* Box mode: what its commands and the mouse do to the boxes of the post on the screen.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/hash.h"
#include "ui/decisions.h"
#include "ui/key-names.h"
#include "ui/session-parts.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

const struct object *session_box(const struct session *session)
{
    const struct post *post = session_post(session);
    size_t chosen = session->boxes.chosen;
    return chosen && chosen <= post->n_objects ? &post->objects[chosen - 1] : NULL;
}

bool session_is_at_boxes(const struct session *session)
{
    return session->mode == MODE_BOX || (session->mode == MODE_PROMPT && session->prompt_back == MODE_BOX);
}

static const char *session_box_label(const struct object *object)
{
    return object->label && *object->label ? object->label : "no label";
}

void session_box_choose(struct session *session, size_t index)
{
    const struct post *post = session_post(session);
    session->boxes.chosen = index < post->n_objects ? index + 1 : 0;
    snprintf(session->box_id, sizeof session->box_id, "%s", index < post->n_objects ? post->objects[index].id : "");
}

/* Says what is chosen, and what may be done with it. */
static void session_box_tell(struct session *session)
{
    const struct object *box = session_box(session);
    char accept[KEY_NAME_MAX], delete[KEY_NAME_MAX];
    if (box && provenance_is_proposal(&box->origin))
        session_say(session, TONE_PLAIN, "box %zu %s: %s accepts it, %s deletes it", session->boxes.chosen,
                    session_box_label(box), keymap_command_key(MODE_BOX, COMMAND_BOX_ACCEPT, accept, sizeof accept),
                    keymap_command_key(MODE_BOX, COMMAND_BOX_DELETE, delete, sizeof delete));
    else if (box)
        session_say(session, TONE_PLAIN, "box %zu %s", session->boxes.chosen, session_box_label(box));
}

static void session_box_tell_none(struct session *session)
{
    char draw[KEY_NAME_MAX], detect[KEY_NAME_MAX];
    session_say(session, TONE_PLAIN, "no box yet: %s draws one, %s looks for objects",
                keymap_command_key(MODE_BOX, COMMAND_BOX_NEW, draw, sizeof draw),
                keymap_command_key(MODE_BOX, COMMAND_DETECT, detect, sizeof detect));
}

static uint64_t session_boxes_fingerprint(const struct post *post)
{
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < post->n_objects; i++)
        hash = hash_bytes(hash, post->objects[i].box, sizeof post->objects[i].box);
    return hash;
}

/* The chosen box by its id, which stays while numbers change; masks belong to the boxes as they were. */
void session_boxes_refresh(struct session *session)
{
    struct boxes *boxes = &session->boxes;
    const struct post *post = session_post(session);
    uint64_t fingerprint = session_boxes_fingerprint(post);
    if (fingerprint != boxes->fingerprint)
        boxes->masked = 0;
    boxes->fingerprint = fingerprint;
    if (!boxes->chosen)
        return;
    size_t index = 0;
    while (index < post->n_objects && strcmp(post->objects[index].id, session->box_id))
        index++;
    if (index == post->n_objects && boxes->pending == BOXES_CHANGED)
        boxes_drop(boxes);
    if (index == post->n_objects && index) /* it is gone: the one that took its place */
        index = boxes->chosen <= index ? boxes->chosen - 1 : index - 1;
    session_box_choose(session, index);
}

/* Another post: nothing of the old one's is left. */
void session_boxes_forget(struct session *session)
{
    boxes_drop(&session->boxes);
    session->boxes.chosen = 0;
    session->boxes.masked = 0;
    session->boxes.width_px = session->boxes.height_px = 0;
    session->masked = NULL;
}

static void session_box_step(struct session *session, size_t by)
{
    size_t n = session_post(session)->n_objects;
    if (!n) {
        session_box_tell_none(session);
        return;
    }
    session_box_choose(session, session->boxes.chosen ? (session->boxes.chosen - 1 + by) % n : by == 1 ? 0 : n - 1);
    session_box_tell(session);
}

void session_boxes_open(struct session *session)
{
    const struct post *post = session_post(session);
    if (!post->image && !post->n_objects) {
        session_say(session, TONE_PLAIN, "this post has no picture");
        return;
    }
    session_boxes_refresh(session); /* the first post was never refreshed */
    session->mode = MODE_BOX;
    session->anchor = SIZE_MAX;
    session->relation = SIZE_MAX;
    if (!session_box(session))
        session_box_choose(session, post->n_objects ? 0 : SIZE_MAX);
    if (session_box(session))
        session_box_tell(session);
    else
        session_box_tell_none(session);
}

/* Applies a batch of a person's about the picture, which marks the post started. */
bool session_boxes_apply(struct session *session, int code, struct edit_batch *batch, struct error *err)
{
    struct decision decision = session_decision(session);
    return session_apply(session, code ? code : decision_touch(batch, &decision, err), batch, err);
}

struct edit_context session_boxes_context(const struct session *session)
{
    return (struct edit_context){.by = store_annotator(session->store)};
}

/* --- rectangles --------------------------------------------------------------------------------------------------- */

/* What is pending becomes an edit. False: it could not. */
static bool session_box_keep(struct session *session)
{
    struct boxes *boxes = &session->boxes;
    struct edit_batch batch = {.post = session->post};
    struct edit_context context = session_boxes_context(session);
    struct error err = {0};
    const struct object *box = session_box(session);
    bool is_new = boxes->pending == BOXES_NEW;
    int code;
    if (!boxes->pending || (!is_new && !box))
        return true;
    if (is_new) {
        const struct provenance origin = {.source = SOURCE_HUMAN,
                                          .has_source = true,
                                          .decision = DECISION_CREATED,
                                          .by = (char *)(uintptr_t)context.by};
        code = edit_add_object(&batch, session_post(session), boxes->box, NULL, &origin, NULL, &err);
    } else
        code = edit_set_box(&batch, session_post(session), box->id, boxes->box, &context, &err);
    enum boxes_pending pending = boxes->pending;
    boxes->pending = BOXES_STILL;
    if (!session_boxes_apply(session, code, &batch, &err)) {
        boxes->pending = pending; /* still there to be tried again, or dropped */
        return false;
    }
    if (is_new)
        session_box_choose(session, session_post(session)->n_objects - 1);
    session_say(session, TONE_PLAIN, is_new ? "box %zu is new" : "box %zu changed", boxes->chosen);
    return true;
}

static void session_box_tell_pending(struct session *session)
{
    const struct boxes *b = &session->boxes;
    char what[32], keeps[KEY_NAME_MAX], drops[KEY_NAME_MAX];
    snprintf(what, sizeof what, b->pending == BOXES_NEW ? "new box" : "box %zu", b->chosen);
    session_say(session, TONE_PLAIN, "%s %.0f x %.0f at %.0f, %.0f: arrows, Shift-arrows; %s keeps, %s drops", what,
                b->box[2] - b->box[0], b->box[3] - b->box[1], b->box[0], b->box[1],
                keymap_command_key(MODE_BOX, COMMAND_BOX_ACCEPT, keeps, sizeof keeps),
                keymap_command_key(MODE_BOX, COMMAND_CANCEL, drops, sizeof drops));
}

static bool session_box_may_change(struct session *session)
{
    if (store_read_only(session->store))
        session_say(session, TONE_WARN, "opened read-only: boxes stay as they are");
    else if (!session->boxes.width_px)
        session_say(session, TONE_WARN, "there is no picture to draw on, or not yet");
    else
        return true;
    return false;
}

static void session_box_begin(struct session *session)
{
    if (session_box_may_change(session) && boxes_begin(&session->boxes))
        session_box_tell_pending(session);
}

static void session_box_adjust(struct session *session, int columns, int rows, bool resize)
{
    struct boxes *boxes = &session->boxes;
    const struct object *box = session_box(session);
    if (!boxes->pending && !box) {
        char draw[KEY_NAME_MAX];
        session_say(session, TONE_PLAIN, "no box is chosen: %s draws one",
                    keymap_command_key(MODE_BOX, COMMAND_BOX_NEW, draw, sizeof draw));
        return;
    }
    if (!session_box_may_change(session))
        return;
    if (!boxes->pending)
        boxes_change(boxes, box->box);
    if (resize)
        boxes_resize(boxes, columns, rows);
    else
        boxes_move(boxes, columns, rows);
    session_box_tell_pending(session);
}

void session_box_point(struct session *session, size_t index)
{
    if (session->mode != MODE_BOX || !session_box_keep(session))
        return;
    session_box_choose(session, index);
    session_box_tell(session);
}

void session_box_press(struct session *session, const double area[4], size_t index)
{
    if (!session_box_keep(session))
        return;
    const struct object *box = session_box(session);
    session->pressed_box = index;
    boxes_press(&session->boxes, area, box ? box->box : NULL);
}

void session_box_drag(struct session *session, const double area[4])
{
    struct boxes *boxes = &session->boxes;
    if (boxes->grip == GRIP_NONE || (!boxes->dragged && !memcmp(area, boxes->from, sizeof boxes->from)) ||
        !session_box_may_change(session))
        return;
    boxes_drag(boxes, area);
    session_say(session, TONE_PLAIN, "%.0f x %.0f at %.0f, %.0f", boxes->box[2] - boxes->box[0],
                boxes->box[3] - boxes->box[1], boxes->box[0], boxes->box[1]);
}

void session_box_release(struct session *session)
{
    struct boxes *boxes = &session->boxes;
    bool is_new = boxes->grip == GRIP_NEW, pressed = boxes->grip != GRIP_NONE;
    if (boxes_release(boxes)) {
        if (session_box_keep(session) && is_new)
            session_box_ask_label(session);
    } else if (pressed) {
        session_box_choose(session, session->pressed_box);
        session_box_tell(session);
    }
}

/* --- decisions ---------------------------------------------------------------------------------------------------- */

static void session_box_accept(struct session *session)
{
    struct edit_batch batch = {.post = session->post};
    struct edit_context context = session_boxes_context(session);
    struct error err = {0};
    const struct object *box = session_box(session);
    const struct post *post = session_post(session);
    if (session->boxes.pending) {
        bool is_new = session->boxes.pending == BOXES_NEW;
        if (session_box_keep(session) && is_new)
            session_box_ask_label(session);
        return;
    }
    if (box && provenance_is_proposal(&box->origin)) {
        char label[BOXES_LABEL_MAX];
        snprintf(label, sizeof label, "%s", session_box_label(box));
        size_t number = session->boxes.chosen;
        if (!session_boxes_apply(session, edit_accept_object(&batch, post, box->id, &context, &err), &batch, &err))
            return;
        session_say(session, TONE_PLAIN, "accepted box %zu %s", number, label);
        post = session_post(session);
    } else if (box)
        session_say(session, TONE_PLAIN, "box %zu is accepted already", session->boxes.chosen);
    for (size_t i = 0; i < post->n_objects; i++) {
        size_t index = (session->boxes.chosen + i) % post->n_objects;
        if (provenance_is_proposal(&post->objects[index].origin)) {
            session_box_choose(session, index);
            return;
        }
    }
}

static void session_box_delete(struct session *session)
{
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    const struct object *box = session_box(session);
    char label[BOXES_LABEL_MAX];
    size_t number = session->boxes.chosen;
    if (session->boxes.pending == BOXES_NEW) {
        boxes_drop(&session->boxes);
        return;
    }
    boxes_drop(&session->boxes);
    if (!box) {
        session_say(session, TONE_PLAIN, "no box is chosen");
        return;
    }
    snprintf(label, sizeof label, "%s", session_box_label(box));
    if (session_boxes_apply(session, edit_delete_object(&batch, session_post(session), box->id, &err), &batch, &err))
        session_say(session, TONE_PLAIN, "deleted box %zu %s", number, label);
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

static void session_boxes_leave(struct session *session)
{
    if (session->boxes.pending) {
        boxes_drop(&session->boxes);
        session_say(session, TONE_PLAIN, "as it was before");
        return;
    }
    session->mode = MODE_NORMAL;
}

/* Along the list, as everywhere. */
static void session_boxes_post(struct session *session, long by)
{
    if (session_order_step(session, by))
        session_boxes_open(session);
}

static bool session_boxes_change(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_BOX_LEFT:
        session_box_adjust(session, -1, 0, false);
        return true;
    case COMMAND_BOX_RIGHT:
        session_box_adjust(session, 1, 0, false);
        return true;
    case COMMAND_BOX_UP:
        session_box_adjust(session, 0, -1, false);
        return true;
    case COMMAND_BOX_DOWN:
        session_box_adjust(session, 0, 1, false);
        return true;
    case COMMAND_BOX_NARROWER:
        session_box_adjust(session, -1, 0, true);
        return true;
    case COMMAND_BOX_WIDER:
        session_box_adjust(session, 1, 0, true);
        return true;
    case COMMAND_BOX_SHORTER:
        session_box_adjust(session, 0, -1, true);
        return true;
    case COMMAND_BOX_TALLER:
        session_box_adjust(session, 0, 1, true);
        return true;
    case COMMAND_BOX_ACCEPT:
        session_box_accept(session);
        return true;
    case COMMAND_BOX_DELETE:
        session_box_delete(session);
        return true;
    case COMMAND_CANCEL:
        session_boxes_leave(session);
        return true;
    default:
        return false;
    }
}

/* What is about boxes that are kept. */
static bool session_boxes_work(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_NEXT_BOX:
        session_box_step(session, 1);
        return true;
    case COMMAND_PREVIOUS_BOX:
        session_box_step(session, (size_t)-1 + session_post(session)->n_objects);
        return true;
    case COMMAND_BOX_NEW:
        session_box_begin(session);
        return true;
    case COMMAND_BOX_LABEL:
        session_box_ask_label(session);
        return true;
    case COMMAND_NEXT_ENTITY:
        session_box_entity_step(session, 1);
        return true;
    case COMMAND_PREVIOUS_ENTITY:
        session_box_entity_step(session, session->shown.n_entities + (size_t)-1);
        return true;
    case COMMAND_BOX_LINK:
        session_box_link(session);
        return true;
    case COMMAND_BOX_OUTSIDE:
        session_box_outside(session);
        return true;
    case COMMAND_BOX_UNANSWERED:
        session_box_unanswered(session);
        return true;
    case COMMAND_BOX_MASK:
        session_box_mask(session, session->boxes.chosen - 1);
        return true;
    case COMMAND_BOX_UNMASK:
        session_boxes_unmask(session);
        return true;
    case COMMAND_NEXT_POST:
        session_boxes_post(session, 1);
        return true;
    case COMMAND_PREVIOUS_POST:
        session_boxes_post(session, -1);
        return true;
    default:
        return false;
    }
}

bool session_boxes_act(struct session *session, enum command command)
{
    if (command == COMMAND_BOXES) {
        session_boxes_open(session);
        return true;
    }
    if (session->mode != MODE_BOX)
        return false;
    if (session_boxes_change(session, command))
        return true;
    /* Whatever comes next, what stands there is kept first. */
    if (command != COMMAND_NONE && !session_box_keep(session))
        return true;
    return session_boxes_work(session, command);
}
