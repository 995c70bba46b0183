/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-boxes.h"

#include "corpora/text.h"

#include <stdint.h>
#include <string.h>

enum { BOXES_INKS = 4 };

/* The entities that are said to be in the box. */
static void boxes_entities(struct view_pen *pen, const struct session *session, const char *id)
{
    const struct post *post = session_post(session);
    const char *gap = "  ";
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        for (size_t k = 0; k < e->n_grounding; k++) {
            char words[96];
            if (strcmp(e->grounding[k], id))
                continue;
            session_words(session, e->start, e->end, words, sizeof words);
            view_format(pen, INK_TEXT, GROUND_NONE, A_BOLD, "%s%s", gap, words);
            gap = ", ";
            break;
        }
    }
}

void view_boxes_line(struct view_pen *pen, const struct session *session, size_t index)
{
    const struct post *post = session_post(session);
    const struct object *o = &post->objects[index];
    const struct boxes *boxes = &session->boxes;
    const char *you = store_annotator(session->store);
    bool chosen = boxes->chosen == index + 1, detected = o->origin.has_source && o->origin.source == SOURCE_DETECTOR;
    enum screen_ink ink = (enum screen_ink)(INK_TYPE_FIRST + index % BOXES_INKS);
    enum screen_ground ground = chosen ? GROUND_SELECTED : GROUND_NONE;
    const double *box = chosen && boxes->pending == BOXES_CHANGED ? boxes->box : o->box;
    char score[16];
    view_format(pen, ink, ground, A_BOLD, "%s%zu %.*s%s", chosen ? ">" : " ", index + 1,
                utf8_head(o->label ? o->label : "no label", 40), o->label ? o->label : "no label",
                detected && o->origin.decision == DECISION_NONE ? "?" : "");
    if (o->origin.has_score) {
        view_probability(o->origin.score, score);
        view_format(pen, ink, ground, 0, " %s", score);
    }
    if (index < BOXES_MASKED_MAX && boxes->masked >> index & 1)
        view_put(pen, INK_WARN, GROUND_NONE, A_BOLD, "  hidden from the model");
    boxes_entities(pen, session, o->id);
    view_format(pen, INK_DIM, GROUND_NONE, 0, "  %.0f, %.0f to %.0f, %.0f  ", box[0], box[1], box[2], box[3]);
    if (o->origin.by)
        view_format(pen, INK_DIM, GROUND_NONE, 0, "by %s", you && !strcmp(you, o->origin.by) ? "you" : o->origin.by);
    else
        view_put(pen, INK_DIM, GROUND_NONE, 0,
                 o->origin.has_source ? label_source_name(o->origin.source) : "from the file");
}

/* The number of the post's object of that id, from 1; 0 = it is not there. */
static size_t boxes_number(const struct post *post, const char *id)
{
    for (size_t i = 0; i < post->n_objects; i++)
        if (!strcmp(post->objects[i].id, id))
            return i + 1;
    return 0;
}

void view_boxes_grounding(struct view_pen *pen, const struct session *session, const struct entity *entity)
{
    const struct post *post = session_post(session);
    if (!entity || !entity->has_grounding) {
        if (session->mode == MODE_BOX)
            view_put(pen, INK_WARN, GROUND_NONE, 0, "  #?");
        return;
    }
    if (!entity->n_grounding)
        view_put(pen, INK_DIM, GROUND_NONE, 0, "  not in picture");
    for (size_t i = 0; i < entity->n_grounding; i++) {
        size_t number = boxes_number(post, entity->grounding[i]);
        if (number)
            view_format(pen, (enum screen_ink)(INK_TYPE_FIRST + (number - 1) % BOXES_INKS), GROUND_NONE, A_BOLD, "%s#%zu",
                        i ? " " : "  ", number);
    }
}
