/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/session-parts.h"

#include <stdint.h>

void session_move(struct session *session, size_t token)
{
    session->cursor = token;
    session->eye_column = SIZE_MAX;
    session->entity = session->relation = SIZE_MAX;
}

static void session_move_by_line(struct session *session, int lines)
{
    size_t column = session->eye_column;
    session_move(session, text_layout_step(session->layout, session->cursor, lines, &column));
    session->eye_column = column;
}

void session_point(struct session *session, size_t token, bool extend)
{
    if (token >= session_post(session)->n_tokens)
        return;
    if (session->mode & (MODE_HEAD | MODE_TAIL)) {
        size_t entity = shown_entity_at(&session->shown, token);
        if (entity != SIZE_MAX && !extend)
            session_hint(session, entity);
        return;
    }
    if (extend && session->mode == MODE_NORMAL) {
        session->mode = MODE_SELECT;
        session->anchor = session->cursor;
    } else if (!extend && session->mode == MODE_SELECT) {
        session->mode = MODE_NORMAL;
        session->anchor = SIZE_MAX;
    }
    if (session->mode == MODE_NORMAL || session->mode == MODE_SELECT)
        session_move(session, token);
}

void session_point_label(struct session *session, size_t entity, size_t relation)
{
    if (session->mode & (MODE_HEAD | MODE_TAIL)) {
        if (entity != SIZE_MAX)
            session_hint(session, entity);
    } else if (session->mode & (MODE_NORMAL | MODE_BOX)) {
        if (session->mode == MODE_BOX && entity == SIZE_MAX)
            return;
        if (entity != SIZE_MAX)
            session_move(session, session->shown.entities[entity].start);
        session->entity = entity;
        session->relation = relation;
    }
}

/* Tab goes over entities, then relations, then round. */
static void session_step_label(struct session *session, int by)
{
    const struct shown *shown = &session->shown;
    size_t n = shown->n_entities + shown->n_relations, at;
    if (!n) {
        session_say(session, TONE_PLAIN, "no label here");
        return;
    }
    size_t entity = session_entity(session);
    if (session->relation != SIZE_MAX)
        at = (shown->n_entities + session->relation + n + (size_t)by) % n;
    else if (entity != SIZE_MAX)
        at = (entity + n + (size_t)by) % n;
    else {
        size_t behind = 0; /* entities before the cursor */
        while (behind < shown->n_entities && shown->entities[behind].start < session->cursor)
            behind++;
        at = (behind + n + (by < 0 ? (size_t)-1 : 0)) % n;
    }
    if (at < shown->n_entities) {
        session_move(session, shown->entities[at].start);
        session->entity = at;
    } else {
        session->entity = SIZE_MAX;
        session->relation = at - shown->n_entities;
    }
}

/* False: the command is none for the cursor. */
static bool session_moves_cursor(struct session *session, enum command command)
{
    size_t n = session_post(session)->n_tokens, c = session->cursor;
    const struct text_layout *layout = session->layout && session->layout->n_tokens == n ? session->layout : NULL;
    switch (command) {
    case COMMAND_LEFT:
        session_move(session, c ? c - 1 : 0);
        return true;
    case COMMAND_RIGHT:
        session_move(session, c + 1 < n ? c + 1 : c);
        return true;
    case COMMAND_LINE_UP:
    case COMMAND_LINE_DOWN:
        if (layout)
            session_move_by_line(session, command == COMMAND_LINE_UP ? -1 : 1);
        return true;
    case COMMAND_LINE_START:
        if (layout && n)
            session_move(session, text_layout_line_start(layout, c));
        return true;
    case COMMAND_LINE_END:
        if (layout && n)
            session_move(session, text_layout_line_end(layout, c));
        return true;
    case COMMAND_NEXT_LABEL:
        session_step_label(session, 1);
        return true;
    case COMMAND_PREVIOUS_LABEL:
        session_step_label(session, -1);
        return true;
    default:
        return false;
    }
}

bool session_moves_act(struct session *session, enum command command)
{
    return session_moves_cursor(session, command);
}
