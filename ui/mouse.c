/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mouse.h"

#include "ui/view-adjudicate.h"
#include "ui/view-cases.h"
#include "ui/view-footer.h"
#include "ui/view-inspect.h"
#include "ui/view-popup.h"
#include "ui/view-text.h"

#include <stdint.h>

enum { MOUSE_DOUBLE_MS = 400, MOUSE_WHEEL_LINES = 3 };

bool mouse_presses(const MEVENT *event)
{
    return event->bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED);
}

bool mouse_scrolls(const MEVENT *event)
{
    return event->bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED);
}

bool mouse_inside(WINDOW *window, const MEVENT *event, size_t *row, size_t *column)
{
    if (!window || !wenclose(window, event->y, event->x))
        return false;
    *row = (size_t)(event->y - getbegy(window));
    *column = (size_t)(event->x - getbegx(window));
    return true;
}

static enum command mouse_do(struct session *session, enum command command, int times)
{
    for (int i = 0; i < times; i++)
        session_do(session, command);
    return command;
}

/* The wheel scrolls what lies under it; where there is nothing to scroll it goes through the posts. */
static enum command mouse_wheel(const struct mouse_screen *screen, const MEVENT *event)
{
    struct session *s = screen->session;
    bool down = event->bstate & BUTTON5_PRESSED;
    size_t row, column;
    if (!screen->popup && mouse_inside(screen->page, event, &row, &column))
        return mouse_do(s, down ? COMMAND_PAGE_DOWN : COMMAND_PAGE_UP, MOUSE_WHEEL_LINES);
    switch (s->mode) {
    case MODE_HELP:
        return mouse_do(s, down ? COMMAND_HELP_DOWN : COMMAND_HELP_UP, MOUSE_WHEEL_LINES);
    case MODE_TYPE:
    case MODE_RELATION_TYPE:
        return mouse_do(s, down ? COMMAND_CHOOSER_DOWN : COMMAND_CHOOSER_UP, 1);
    case MODE_OCCURRENCES:
        return mouse_do(s, down ? COMMAND_OCCURRENCE_DOWN : COMMAND_OCCURRENCE_UP, 1);
    case MODE_SUMMARY:
        return mouse_do(s, down ? COMMAND_SUMMARY_DOWN : COMMAND_SUMMARY_UP, 1);
    case MODE_CASE:
        if (mouse_inside(screen->labels, event, &row, &column))
            return mouse_do(s, down ? COMMAND_CASE_DOWN : COMMAND_CASE_UP, 1);
        return mouse_do(s, down ? COMMAND_CASE_NEXT : COMMAND_CASE_PREVIOUS, 1);
    case MODE_NORMAL:
    case MODE_SELECT:
        break;
    default:
        return COMMAND_NONE;
    }
    if (mouse_inside(screen->text, event, &row, &column) && view_text_scrolls(screen->text, s, screen->layout))
        return mouse_do(s, down ? COMMAND_LINE_DOWN : COMMAND_LINE_UP, 1);
    if (s->mode != MODE_NORMAL)
        return COMMAND_NONE;
    if (mouse_inside(screen->labels, event, &row, &column) &&
        s->shown.n_entities + s->shown.n_relations >= (size_t)getmaxy(screen->labels))
        return mouse_do(s, down ? COMMAND_NEXT_LABEL : COMMAND_PREVIOUS_LABEL, 1);
    return mouse_do(s, down ? COMMAND_NEXT_POST : COMMAND_PREVIOUS_POST, 1);
}

/* A word: a click goes there, dragging selects, a second click asks for its type. */
static enum command mouse_text(struct mouse *mouse, const struct mouse_screen *screen, const MEVENT *event,
                               size_t token, long long now_ms)
{
    struct session *s = screen->session;
    bool ends = event->bstate & (BUTTON1_RELEASED | BUTTON1_CLICKED);
    if (mouse_presses(event)) {
        mouse->second = token == mouse->clicked && now_ms - mouse->clicked_ms < MOUSE_DOUBLE_MS;
        session_point(s, token, false);
        mouse->pressed = token;
        mouse->clicked = token;
        mouse->clicked_ms = now_ms;
    }
    if (mouse->pressed != SIZE_MAX && token != s->cursor) {
        session_point(s, token, true);
        mouse->clicked = SIZE_MAX;
    }
    if (!ends || !mouse->second || token != mouse->clicked || s->mode != MODE_NORMAL)
        return COMMAND_NONE;
    mouse->clicked = SIZE_MAX;
    return mouse_do(s, COMMAND_TYPE, 1);
}

static enum command mouse_popup(struct session *s, WINDOW *popup, size_t row, size_t column)
{
    size_t choice, table;
    if (s->mode == MODE_INSPECT) {
        if (view_inspect_at(popup, s, row, column, &table, &row, &column))
            session_inspect_point(s, table, row, column);
        return COMMAND_NONE;
    }
    enum command command = view_popup_at(popup, s, row, &choice);
    if (command == COMMAND_CHOOSER_TAKE)
        (s->mode == MODE_TYPE ? &s->types : &s->relations)->marked = choice;
    if (command == COMMAND_OCCURRENCE_MARK)
        s->occurrences.marked = choice;
    else if (command != COMMAND_NONE)
        session_do(s, command);
    return command;
}

enum command mouse_act(struct mouse *mouse, const struct mouse_screen *screen, const MEVENT *event, long long now_ms)
{
    struct session *s = screen->session;
    size_t row, column, token;
    enum command command = COMMAND_NONE;
    if (mouse_scrolls(event))
        return mouse_wheel(screen, event);
    if (mouse_presses(event) && s->mode & (MODE_NORMAL | MODE_SELECT))
        session_say(s, TONE_PLAIN, "%s", "");
    if (screen->popup) { /* what it covers is out of reach */
        if (mouse_presses(event) && mouse_inside(screen->popup, event, &row, &column))
            command = mouse_popup(s, screen->popup, row, column);
    } else if (mouse_inside(screen->page, event, &row, &column)) {
        return COMMAND_NONE;
    } else if (mouse_inside(screen->text, event, &row, &column)) {
        if (view_text_at(screen->text, s, screen->layout, row, column, &token))
            command = mouse_text(mouse, screen, event, token, now_ms);
    } else if (mouse_presses(event) && mouse_inside(screen->labels, event, &row, &column)) {
        struct view_labels_spot spot;
        size_t version = view_adjudicate_at(screen->labels, s, row);
        if (version != SIZE_MAX)
            command = session_point_version(s, version);
        else if (!session_disagreement(s) && view_labels_at(screen->labels, &screen->labels_view, row, &spot)) {
            if (spot.box != SIZE_MAX)
                session_box_point(s, spot.box);
            else
                session_point_label(s, spot.entity, spot.relation);
        }
    } else if (mouse_presses(event) && view_cases_shown(s) && mouse_inside(screen->list, event, &row, &column)) {
        session_case_point(s, view_cases_at(screen->list, s, row));
    } else if (mouse_presses(event) && mouse_inside(screen->footer, event, &row, &column)) {
        keymap_key key = view_footer_at(screen->footer, s, row, column);
        if (key)
            command = session_key(s, key);
    }
    if (event->bstate & (BUTTON1_RELEASED | BUTTON1_CLICKED))
        mouse->pressed = SIZE_MAX;
    return command;
}
