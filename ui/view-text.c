/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-text.h"

#include "ui/text-cells.h"
#include "ui/text-marks.h"
#include "ui/view.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_TAGS_MAX = 128, TEXT_ARC_COLUMNS = 1024 /* of a line */ };

/* One drawing of the text. */
struct text_view {
    struct screen *screen;
    WINDOW *window;
    const struct session *session;
    const struct text_layout *layout;
    size_t line_rows; /* of a line of words */
    size_t top;       /* first line shown */
    struct {
        const struct analysis *analysis;
        double scale; /* 0 = none shown */
    } heats[INSPECTION_SYSTEMS_MAX]; /* the second one where two are compared */
    bool shaded; /* heat also stands behind the words */
    struct text_marks marks;
};

static bool text_has_heat(enum session_heat heat)
{
    return heat == HEAT_BOTH || heat == HEAT_WORDS;
}

/* A row of bars a model. */
static size_t text_line_rows(const struct session *session)
{
    return text_has_heat(session->heat) ? session_compares(session) ? 4 : 3 : 2;
}

size_t view_text_rows(const struct text_layout *layout, const struct session *session)
{
    return layout->n_lines * text_line_rows(session);
}

double view_text_scale(const struct analysis *analysis)
{
    double scale = 0;
    for (size_t i = 0; analysis && i < analysis->n_tokens; i++)
        scale = fmax(scale, fabs((double)analysis->token_contribution[i]));
    return scale;
}

/* Lines that fit below the title, and the first of them. */
static size_t text_top(WINDOW *window, const struct session *session, const struct text_layout *layout, size_t *fit)
{
    size_t rows = (size_t)getmaxy(window) - 1, line_rows = text_line_rows(session);
    /* The last line's bars may be cut off: its words and tags still show. */
    *fit = (rows + line_rows - 2) / line_rows;
    *fit = *fit ? *fit : 1;
    if (layout->n_lines <= *fit || !layout->n_tokens)
        return 0;
    size_t line = layout->pieces[layout->first_piece[session->cursor]].line;
    size_t top = line < *fit / 2 ? 0 : line - *fit / 2;
    return top + *fit > layout->n_lines ? layout->n_lines - *fit : top;
}

/* The row of the pane where the words of a line stand; SIZE_MAX where it is not shown. */
static size_t text_row(const struct text_view *view, size_t line)
{
    size_t row = 1 + (line - view->top) * view->line_rows + 1;
    return line < view->top || row >= (size_t)getmaxy(view->window) ? SIZE_MAX : row;
}

static double text_heat(const struct text_view *view, size_t model, size_t token)
{
    const struct analysis *a = view->heats[model].analysis;
    double scale = view->heats[model].scale;
    return scale > 0 && token < a->n_tokens ? (double)a->token_contribution[token] / scale : 0;
}

static bool text_is_selected(const struct session *session, size_t token)
{
    size_t start, end;
    if (session->mode == MODE_TYPE)
        return token >= session->asked[0] && token < session->asked[1];
    if (session->anchor == SIZE_MAX)
        return false;
    session_span(session, &start, &end);
    return token >= start && token < end;
}

/* Is the entity spoken of: chosen, or an end of the chosen relation or of one in the making? */
static bool text_is_chosen(const struct session *session, size_t index)
{
    if (session->relation != SIZE_MAX) {
        const struct shown_relation *r = &session->shown.relations[session->relation];
        return r->head == index || r->tail == index;
    }
    if (session->entity != SIZE_MAX)
        return session->entity == index;
    if (session->mode == MODE_TAIL || session->mode == MODE_RELATION_TYPE)
        return index == session->head || (session->mode == MODE_RELATION_TYPE && index == session->tail);
    return false;
}

static void text_style(const struct text_view *view, size_t token, enum screen_ink *ink, enum screen_ground *ground,
                       attr_t *attributes)
{
    const struct session *session = view->session;
    size_t index = shown_entity_at(&session->shown, token), covering = 0;
    *ink = INK_TEXT;
    *ground = view->shaded ? screen_ground_of_heat(text_heat(view, 0, token)) : GROUND_NONE;
    *attributes = 0;
    for (size_t i = 0; i < session->shown.n_entities; i++)
        covering += token >= session->shown.entities[i].start && token < session->shown.entities[i].end;
    if (index != SIZE_MAX) {
        const struct shown_entity *e = &session->shown.entities[index];
        *ink = view_type_ink(&session->types, e->type);
        *attributes = e->proposed ? 0 : A_BOLD;
        if (text_is_chosen(session, index))
            *attributes |= A_UNDERLINE;
    }
    if (covering > 1 || session_is_disputed(session, token))
        *attributes |= A_UNDERLINE;
    if (text_is_selected(session, token)) {
        *ground = GROUND_SELECTED;
        *ink = INK_BRIGHT;
    }
    bool found = session_search_matches(session, token);
    if (found)
        *attributes |= A_UNDERLINE | A_BOLD;
    if (token == session->cursor) {
        *ground = GROUND_NONE;
        *attributes |= A_REVERSE;
    } else if (found) {
        *ground = GROUND_NONE;
        *ink = INK_WARN;
    } else if (*ground == GROUND_HEAT3 || *ground == GROUND_HEAT4 || *ground == GROUND_COLD3 ||
               *ground == GROUND_COLD4) {
        /* Strong heat takes the contrast from some types' colours: brackets and tag carry them then. */
        *ink = INK_TEXT;
    }
}

/* Above zero the bar stands, below zero it is hatched: it reads without colour. Never the full cell, so that it does not
 * run into the ground of the word above. */
static void text_bars(const struct text_view *view, const struct text_piece *piece, size_t model, size_t row)
{
    static const char *const up[] = {"▁", "▂", "▃", "▄", "▅", "▆"};
    static const char *const down[] = {"░", "▒", "▓"};
    static const enum screen_ink inks[][2] = {{INK_HEAT, INK_COLD}, {INK_HEAT_OTHER, INK_COLD_OTHER}};
    double heat = text_heat(view, model, piece->token);
    if (heat == 0 || row >= (size_t)getmaxy(view->window))
        return;
    size_t level = (size_t)fmin(5, floor(fabs(heat) * 6));
    struct view_pen pen = view_pen(view->screen, view->window, row);
    pen.x = piece->column;
    pen.end = piece->column + piece->columns;
    while (pen.x < pen.end &&
           view_put(&pen, inks[model][heat < 0], GROUND_NONE, 0, heat > 0 ? up[level] : down[level / 2]))
        continue;
}

static void text_piece(const struct text_view *view, const struct text_piece *piece, size_t row)
{
    const char *text = session_post(view->session)->tokens[piece->token] + piece->offset;
    enum screen_ink ink;
    enum screen_ground ground;
    attr_t attributes;
    text_style(view, piece->token, &ink, &ground, &attributes);
    screen_style(view->screen, view->window, ink, ground, attributes);
    mvwhline(view->window, (int)row, (int)piece->column, ' ', (int)piece->columns);
    text_cells_put(view->window, (int)row, (int)piece->column, piece->columns, text, piece->n_bytes);

    for (size_t model = 0; model < INSPECTION_SYSTEMS_MAX; model++)
        text_bars(view, piece, model, row + 1 + model);
}

/* The cell beside the words where labels open and close. */
static void text_bracket(const struct text_view *view, size_t line, size_t column, size_t token, bool opening,
                         bool closing)
{
    size_t row = text_row(view, line), owner;
    char bracket = row == SIZE_MAX ? 0 : text_marks_bracket(&view->marks, token, opening, closing, &owner);
    if (!bracket)
        return;
    const struct shown_entity *e = &view->session->shown.entities[owner];
    struct view_pen pen = view_pen(view->screen, view->window, row);
    pen.x = column;
    view_format(&pen, view_type_ink(&view->session->types, e->type), GROUND_NONE, e->proposed ? 0 : A_BOLD, "%c", bracket);
}

static void text_brackets(const struct text_view *view)
{
    const struct text_layout *layout = view->layout;
    for (size_t token = 0; token <= layout->n_tokens; token++) {
        size_t first = layout->first_piece[token]; /* of the word behind the boundary */
        const struct text_piece *behind = token < layout->n_tokens ? &layout->pieces[first] : NULL;
        const struct text_piece *before = token > 0 ? &layout->pieces[first - 1] : NULL;
        bool together = before && behind && before->line == behind->line;
        if (before && !together)
            text_bracket(view, before->line, before->column + before->columns, token, false, true);
        if (behind)
            text_bracket(view, behind->line, behind->column - 1, token, true, together);
    }
}

/* The cell between two words of one label belongs to it: it carries the selection and the underline on. */
static void text_join(const struct text_view *view, const struct text_piece *piece, size_t row)
{
    const struct session *session = view->session;
    size_t next = view->layout->first_piece[piece->token + 1];
    if (next >= view->layout->n_pieces || view->layout->pieces[next].line != piece->line)
        return;
    if (text_is_selected(session, piece->token) && text_is_selected(session, piece->token + 1)) {
        struct view_pen pen = view_pen(view->screen, view->window, row);
        pen.x = piece->column + piece->columns;
        view_put(&pen, INK_BRIGHT, GROUND_SELECTED, 0, " ");
    }
}

/* Relations of the entity at hand, between its tag and those at the other ends: in the same row, so that no word moves. */
static void text_arcs(const struct text_view *view, size_t line, size_t row, const struct text_tag *tags, size_t n)
{
    static const char *const signs[] = {
        [ARC_PROPOSED] = "┄", [ARC_KEPT] = "─", [ARC_TO_RIGHT] = "▸", [ARC_TO_LEFT] = "◂"};
    unsigned char cells[TEXT_ARC_COLUMNS];
    size_t columns = (size_t)getmaxx(view->window);
    columns = columns < TEXT_ARC_COLUMNS ? columns : TEXT_ARC_COLUMNS;
    text_marks_arcs(&view->marks, line, tags, n, cells, columns);
    for (size_t x = 0; x < columns; x++) {
        struct view_pen pen = view_pen(view->screen, view->window, row);
        pen.x = x;
        if (cells[x] != ARC_NONE)
            view_put(&pen, cells[x] > ARC_KEPT ? INK_TEXT : INK_DIM, GROUND_NONE, 0, signs[cells[x]]);
    }
}

static void text_tags(const struct text_view *view, size_t line, size_t row)
{
    const struct session *session = view->session;
    struct text_tag tags[TEXT_TAGS_MAX];
    size_t n = text_marks_tags(&view->marks, line, (size_t)getmaxx(view->window), tags, TEXT_TAGS_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct shown_entity *e = &session->shown.entities[tags[i].entity];
        struct view_pen pen = view_pen(view->screen, view->window, row);
        attr_t attributes = e->proposed ? A_ITALIC : A_BOLD;
        pen.x = tags[i].column;
        if (tags[i].hint)
            view_format(&pen, INK_WARN, GROUND_NONE, A_BOLD | A_REVERSE, "%c", tags[i].hint);
        if (text_is_chosen(session, tags[i].entity))
            attributes |= A_REVERSE;
        view_put(&pen, view_type_ink(&session->types, e->type), GROUND_NONE, attributes, tags[i].text);
    }
    text_arcs(view, line, row, tags, n);
}

void view_text_draw(struct screen *screen, WINDOW *window, const struct session *session,
                    const struct text_layout *layout, const char *title, bool shaded)
{
    struct text_view view = {.screen = screen,
                             .window = window,
                             .session = session,
                             .layout = layout,
                             .line_rows = text_line_rows(session),
                             .shaded = shaded && !session_compares(session)};
    struct error err = {0};
    size_t fit, n_heats = !text_has_heat(session->heat) ? 0 : session_compares(session) ? INSPECTION_SYSTEMS_MAX : 1;
    for (size_t i = 0; i < n_heats; i++) {
        view.heats[i].analysis = n_heats == 1 ? session->analysis : session->case_.analyses[i];
        view.heats[i].scale = view_text_scale(view.heats[i].analysis);
    }
    view.top = text_top(window, session, layout, &fit);
    screen_erase(screen, window, GROUND_NONE);
    struct view_pen rule = view_rule(screen, window, 0, title);
    if (view.top || view.top + fit < layout->n_lines) { /* over the title's end, if need be */
        char words[80];
        snprintf(words, sizeof words, "%s line %zu of %zu %s", view.top ? " ▲" : "",
                 layout->pieces[layout->first_piece[session->cursor]].line + 1, layout->n_lines,
                 view.top + fit < layout->n_lines ? "▼ " : "");
        size_t columns = text_cells_width(words, strlen(words));
        if (rule.x + columns > rule.end)
            rule.x = rule.end > columns ? rule.end - columns : 0;
        view_put(&rule, INK_WARN, GROUND_NONE, 0, words);
    }
    if (!layout->n_tokens) {
        struct view_pen pen = view_pen(screen, window, 1);
        view_put(&pen, INK_DIM, GROUND_NONE, 0, " (no words)");
    }
    for (size_t i = 0; i < layout->n_pieces; i++) {
        size_t row = text_row(&view, layout->pieces[i].line);
        if (row == SIZE_MAX)
            continue;
        text_piece(&view, &layout->pieces[i], row);
        text_join(&view, &layout->pieces[i], row);
    }
    if (text_marks_make(session, layout, &view.marks, &err))
        return; /* words without their labels: the labels' own pane has them */
    text_brackets(&view);
    for (size_t line = view.top; line < layout->n_lines; line++)
        if (text_row(&view, line) != SIZE_MAX)
            text_tags(&view, line, text_row(&view, line) - 1);
    text_marks_free(&view.marks);
}

bool view_text_at(WINDOW *window, const struct session *session, const struct text_layout *layout, size_t row,
                  size_t column, size_t *token)
{
    size_t fit, top = text_top(window, session, layout, &fit);
    if (!row || !layout->n_tokens)
        return false;
    size_t line = top + (row - 1) / text_line_rows(session);
    if (line >= layout->n_lines)
        return false;
    *token = text_layout_token_at(layout, line, column);
    return true;
}

bool view_text_scrolls(WINDOW *window, const struct session *session, const struct text_layout *layout)
{
    size_t fit;
    text_top(window, session, layout, &fit);
    return layout->n_lines > fit;
}
