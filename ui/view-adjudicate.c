/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-adjudicate.h"

#include "ui/text-cells.h"
#include "ui/view.h"

#include <stdio.h>
#include <string.h>

enum { ADJUDICATE_NAMES = 24 }; /* columns of the names, at most */

/* All versions have the words of the post. */
static void adjudicate_entity(struct view_pen *pen, const struct session *session, const struct entity *entity)
{
    char words[200];
    session_words(session, entity->start, entity->end, words, sizeof words);
    view_put(pen, INK_BRIGHT, GROUND_NONE, 0, words);
    view_space(pen, 1);
    view_put(pen, view_type_ink(&session->types, entity->type), GROUND_NONE, A_BOLD, entity->type ? entity->type : "?");
}

static void adjudicate_relation(struct view_pen *pen, const struct session *session, const struct post *version,
                                const struct relation *relation)
{
    const struct entity *head = post_entity_peek(version, relation->head);
    const struct entity *tail = post_entity_peek(version, relation->tail);
    char words[2][100] = {"", ""};
    if (head && tail) {
        session_words(session, head->start, head->end, words[0], sizeof words[0]);
        session_words(session, tail->start, tail->end, words[1], sizeof words[1]);
    }
    view_put(pen, INK_BRIGHT, GROUND_NONE, A_BOLD, relation->type);
    view_format(pen, INK_TEXT, GROUND_NONE, 0, "  %s → %s", words[0], words[1]);
}

static void adjudicate_box(struct view_pen *pen, const struct object *object)
{
    view_put(pen, INK_BRIGHT, GROUND_NONE, A_BOLD, object->label ? object->label : "box");
    const double *box = object->box;
    view_format(pen, INK_TEXT, GROUND_NONE, 0, " %.0f,%.0f to %.0f,%.0f", box[0], box[1], box[2], box[3]);
}

static void adjudicate_answer(struct view_pen *pen, const struct post *version, const struct entity *entity)
{
    if (!entity->n_grounding)
        view_put(pen, INK_TEXT, GROUND_NONE, 0, "not in the picture");
    for (size_t i = 0; i < entity->n_grounding; i++) {
        const struct object *object = post_object_peek(version, entity->grounding[i]);
        if (i)
            view_put(pen, INK_DIM, GROUND_NONE, 0, ", ");
        if (object)
            adjudicate_box(pen, object);
    }
}

/* What there is where nobody has anything. */
static const char *adjudicate_none(const struct adjudication_item *item)
{
    return item->grounding                            ? "no answer"
           : item->kind == DISAGREEMENT_ENTITIES  ? "no label"
           : item->kind == DISAGREEMENT_RELATIONS ? "no relation"
                                                  : "no box";
}

static void adjudicate_choice(struct view_pen *pen, const struct session *session, const struct adjudication_item *item,
                              size_t choice, size_t names)
{
    const struct adjudication_look *look = &session->adjudicate.look;
    const struct post *version = look->versions[item->choices[choice].version];
    view_space(pen, 1);
    if (choice < 9)
        view_format(pen, INK_BRIGHT, GROUND_NONE, A_BOLD, "%zu", choice + 1);
    else
        view_space(pen, 1);
    view_space(pen, 1);
    size_t end = pen->end, start = pen->x;
    pen->end = start + names < end ? start + names : end;
    view_put(pen, INK_TEXT, GROUND_NONE, 0, item->choices[choice].names);
    pen->end = end;
    pen->x = start + names + 2;
    if (item->grounding) {
        adjudicate_answer(pen, version, adjudication_grounded(look, item, choice));
        return;
    }
    const struct disagreement_said *said = adjudication_said(look, item, choice);
    if (!said->n)
        view_put(pen, INK_DIM, GROUND_NONE, 0, adjudicate_none(item));
    for (size_t i = 0; i < said->n; i++) {
        if (i)
            view_put(pen, INK_DIM, GROUND_NONE, 0, ", ");
        if (item->kind == DISAGREEMENT_ENTITIES)
            adjudicate_entity(pen, session, &version->entities[said->labels[i]]);
        else if (item->kind == DISAGREEMENT_OBJECTS)
            adjudicate_box(pen, &version->objects[said->labels[i]]);
        else
            adjudicate_relation(pen, session, version, &version->relations[said->labels[i]]);
    }
}

/* The words stand above the versions where there is room; they stand in the text too. */
static size_t adjudicate_first_row(WINDOW *window, const struct adjudication_item *item)
{
    return (size_t)getmaxy(window) > item->n + 2 ? 2 : 1;
}

size_t view_adjudicate_at(WINDOW *window, const struct session *session, size_t row)
{
    const struct adjudication_item *item = session_disagreement(session);
    size_t first = item ? adjudicate_first_row(window, item) : 0;
    return !item || row < first || row > first + item->n ? SIZE_MAX : row - first;
}

bool view_adjudicate_draw(struct screen *screen, WINDOW *window, const struct session *session)
{
    const struct session_adjudicate *a = &session->adjudicate;
    const struct adjudication_item *item = session_disagreement(session);
    size_t rows = (size_t)getmaxy(window), row = 1, names = 0;
    char title[96], words[200];
    if (!item)
        return false;
    screen_erase(screen, window, GROUND_NONE);
    snprintf(title, sizeof title, "disagreement %zu of %zu", a->item + 1, a->look.n_items);
    view_rule(screen, window, 0, title);
    view_adjudicate_left(screen, window, session);
    for (size_t c = 0; c < item->n; c++) {
        size_t columns = text_cells_width(item->choices[c].names, strlen(item->choices[c].names));
        names = columns > names ? columns : names;
    }
    names = names < ADJUDICATE_NAMES ? names : ADJUDICATE_NAMES;
    if (adjudicate_first_row(window, item) > row) {
        struct view_pen pen = view_pen(screen, window, row++);
        session_disagreement_words(session, words, sizeof words);
        view_space(&pen, 1);
        view_put(&pen, INK_TEXT, GROUND_NONE, 0,
                 item->grounding                            ? "where in the picture is  "
                 : item->kind == DISAGREEMENT_ENTITIES  ? "entity in  "
                 : item->kind == DISAGREEMENT_RELATIONS ? "relation of  "
                                                        : "in the picture:  ");
        view_put(&pen, INK_BRIGHT, GROUND_NONE, A_BOLD, words);
    }
    for (size_t c = 0; c < item->n && row < rows; c++) {
        struct view_pen pen = view_pen(screen, window, row++);
        adjudicate_choice(&pen, session, item, c, names);
    }
    if (row < rows) {
        struct view_pen pen = view_pen(screen, window, row);
        view_space(&pen, 1);
        view_put(&pen, INK_BRIGHT, GROUND_NONE, A_BOLD, "0");
        view_space(&pen, 1);
        view_format(&pen, INK_DIM, GROUND_NONE, 0, "none of them: %s", adjudicate_none(item));
    }
    return true;
}

void view_adjudicate_left(struct screen *screen, WINDOW *window, const struct session *session)
{
    const struct session_adjudicate *a = &session->adjudicate;
    char left[64];
    if (!a->from)
        return;
    if (a->n_open)
        snprintf(left, sizeof left, " %zu left in %zu post%s ", a->n_open, a->n_posts, a->n_posts == 1 ? "" : "s");
    else
        snprintf(left, sizeof left, " no disagreement left ");
    size_t columns = strlen(left);
    struct view_pen pen = view_pen(screen, window, 0);
    if (pen.end < columns + 30)
        return;
    pen.x = pen.end - columns - 1;
    view_put(&pen, a->n_open ? INK_WARN : INK_GOOD, GROUND_NONE, 0, left);
}
