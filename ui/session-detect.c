/* Box mode: what the detector found, and what is hidden from the model.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/detector-edit.h"
#include "ui/session-parts.h"

#include <stdint.h>
#include <stdio.h>

void session_boxes_found(struct session *session, size_t post, const struct detection *found, size_t n)
{
    struct edit_batch batch = {.post = post};
    struct error err = {0};
    struct detector_change change;
    char where[32] = "";
    bool here = post == session->post;
    int code = detector_edit(&batch, store_post_peek(session->store, post), found, n, session->model, &change, &err);
    if (!here)
        snprintf(where, sizeof where, "post %zu: ", post + 1);
    if (code)
        edit_batch_free(&batch);
    else
        code = store_apply(session->store, &batch, &err);
    if (code) {
        session_fail(session, &err);
        return;
    }
    session_order_rescore(session, post);
    queue_post_changed(&session->queue, post);
    session_inspect_changed(session, post);
    if (here)
        session_refresh(session);
    if (here && session->mode == MODE_BOX && !session_box(session))
        session_box_choose(session, 0);
    session_say(session, TONE_PLAIN, "%sthe detector found %zu %s: %zu new, %zu there already", where, n,
                n == 1 ? "object" : "objects", change.added, change.kept + change.doubled);
}

void session_box_mask(struct session *session, size_t index)
{
    struct boxes *boxes = &session->boxes;
    if (index >= session_post(session)->n_objects || index >= BOXES_MASKED_MAX) {
        session_say(session, TONE_PLAIN, "there is no box %zu", index + 1);
        return;
    }
    if (!session->model && !boxes->masked) {
        session_say(session, TONE_PLAIN, "no model is there to hide it from");
        return;
    }
    boxes->masked ^= (uint64_t)1 << index;
    session->masked = NULL;
    bool hidden = boxes->masked >> index & 1;
    session_say(session, TONE_PLAIN, hidden ? "box %zu is hidden from the model" : "the model sees box %zu again",
                index + 1);
}

void session_boxes_unmask(struct session *session)
{
    session_say(session, TONE_PLAIN, session->boxes.masked ? "the model sees all of the picture again"
                                                           : "nothing is hidden from the model");
    session->boxes.masked = 0;
    session->masked = NULL;
}
