/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/text-marks.h"

#include "corpora/text.h"
#include "ui/text-cells.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARKS_LEVELS = 3, MARKS_NAME_MIN = 5 /* columns from which on a cut name says more than a letter */ };

/* How much of a tag is shown, from all to the least. */
enum marks_form { FORM_FULL, FORM_LETTERS, FORM_BARE, FORMS };

static const char marks_open[] = "[(<", marks_close[] = "])>";

int text_marks_make(const struct session *session, const struct text_layout *layout, struct text_marks *out,
                    struct error *err)
{
    const struct shown *shown = &session->shown;
    *out = (struct text_marks){.session = session, .layout = layout};
    out->levels = calloc(shown->n_entities + 1, sizeof *out->levels);
    if (!out->levels)
        return error_memory(err, "showing labels");
    for (size_t i = 0; i < shown->n_entities; i++) {
        unsigned taken = 0;
        for (size_t k = 0; k < i; k++)
            if (shown->entities[k].end > shown->entities[i].start)
                taken |= 1u << out->levels[k];
        while (out->levels[i] + 1 < MARKS_LEVELS && (taken & 1u << out->levels[i]))
            out->levels[i]++;
    }
    return 0;
}

void text_marks_free(struct text_marks *marks)
{
    free(marks->levels);
    *marks = (struct text_marks){0};
}

char text_marks_bracket(const struct text_marks *marks, size_t token, bool opening, bool closing, size_t *owner_out)
{
    const struct shown *shown = &marks->session->shown;
    size_t opens = 0, closes = 0;
    *owner_out = SIZE_MAX;
    for (size_t i = 0; i < shown->n_entities; i++) {
        bool opens_here = opening && shown->entities[i].start == token;
        bool closes_here = closing && shown->entities[i].end == token;
        if (opens_here || (closes_here && !opens))
            *owner_out = i;
        opens += opens_here;
        closes += closes_here;
    }
    if (*owner_out == SIZE_MAX)
        return 0;
    unsigned char level = marks->levels[*owner_out];
    if (opens && closes)
        return '|';
    return opens ? (opens > 1 ? '{' : marks_open[level]) : (closes > 1 ? '}' : marks_close[level]);
}

/* --- relations ---------------------------------------------------------------------------------------------------- */

static bool marks_speaks_of(const struct session *session, size_t relation)
{
    if (session->relation != SIZE_MAX)
        return session->relation == relation;
    size_t entity = session_entity(session);
    const struct shown_relation *r = &session->shown.relations[relation];
    return entity != SIZE_MAX && (r->head == entity || r->tail == entity);
}

static size_t marks_arrow(char *out, size_t size, size_t used, const char *arrow, size_t other, bool proposed)
{
    char hint[2] = {other == SIZE_MAX ? '\0' : keymap_hint(other), '\0'};
    int n = used < size ? snprintf(out + used, size - used, "%s%s%s", arrow, hint, proposed ? "?" : "") : 0;
    return used + (n > 0 ? (size_t)n : 0);
}

/* "→2←3?": to and from which entities the relations go that are spoken of, proposals with their mark. */
static void marks_arrows(const struct session *session, size_t entity, char *out, size_t size)
{
    size_t used = 0;
    *out = '\0';
    if (session->mode == MODE_TAIL || session->mode == MODE_RELATION_TYPE) { /* one in the making */
        bool has_tail = session->mode == MODE_RELATION_TYPE;
        if (entity == session->head)
            marks_arrow(out, size, used, "→", has_tail ? session->tail : SIZE_MAX, false);
        else if (has_tail && entity == session->tail)
            marks_arrow(out, size, used, "←", session->head, false);
        return;
    }
    for (size_t i = 0; i < session->shown.n_relations; i++) {
        const struct shown_relation *r = &session->shown.relations[i];
        if (!marks_speaks_of(session, i))
            continue;
        if (r->head == entity)
            used = marks_arrow(out, size, used, "→", r->tail, r->proposed);
        else if (r->tail == entity)
            used = marks_arrow(out, size, used, "←", r->head, r->proposed);
    }
}

/* --- tags --------------------------------------------------------------------------------------------------------- */

static char marks_letter(const struct session *session, const char *type)
{
    for (size_t i = 0; type && i < session->types.n; i++)
        if (!strcmp(session->types.names[i], type))
            return session->types.letters[i];
    return 0;
}

/* The type's name, cut to columns. */
static void marks_name(const char *type, size_t columns, char *out, size_t size)
{
    char *clean = text_cells_clean(type, strlen(type), columns, NULL);
    snprintf(out, size, "%.*s", clean ? utf8_head(clean, size - 1) : 0, clean ? clean : "");
    free(clean);
}

/* One tag in a form; name_columns: of the type's name in the full one. */
static void marks_tag(const struct text_marks *marks, size_t entity, enum marks_form form, size_t name_columns,
                      struct text_tag *tag)
{
    const struct session *session = marks->session;
    const struct shown_entity *e = &session->shown.entities[entity];
    bool asks = session->mode == MODE_HEAD || session->mode == MODE_TAIL;
    char name[64], arrows[64] = "", letter = marks_letter(session, e->type);
    char bracket[2] = {marks->levels[entity] && form == FORM_FULL ? marks_open[marks->levels[entity]] : '\0', '\0'};
    *tag = (struct text_tag){.entity = entity, .hint = asks ? keymap_hint(entity) : '\0'};
    if (!e->type)
        snprintf(name, sizeof name, "?");
    else if (form == FORM_FULL)
        marks_name(e->type, name_columns, name, sizeof name);
    else if (letter)
        snprintf(name, sizeof name, "%c", letter);
    else
        marks_name(e->type, 1, name, sizeof name);
    if (form != FORM_BARE)
        marks_arrows(session, entity, arrows, sizeof arrows);
    if (form == FORM_BARE && tag->hint) { /* what can be answered comes before what it is */
        tag->columns = 1;
        return;
    }
    snprintf(tag->text, sizeof tag->text, "%s%s%s%s", bracket, name, e->proposed && e->type ? "?" : "", arrows);
    tag->columns = text_cells_width(tag->text, strlen(tag->text)) + (tag->hint != 0);
}

/* Tags of the n entities from first on, which start at one token, in columns cells. Returns how many were written. */
static size_t marks_group(const struct text_marks *marks, size_t first, size_t n, size_t column, size_t columns,
                          struct text_tag *out)
{
    for (enum marks_form form = FORM_FULL; form < FORMS; form++) {
        size_t gap = form == FORM_FULL, name = SIZE_MAX, at = column;
        for (int attempt = 0; attempt < (form == FORM_FULL ? 2 : 1); attempt++) {
            at = column;
            for (size_t i = 0; i < n; i++) {
                marks_tag(marks, first + i, form, name, &out[i]);
                out[i].column = at;
                at += out[i].columns + (i + 1 < n ? gap : 0);
            }
            if (at <= column + columns)
                return n;
            /* One tag alone may be cut. */
            size_t over = at - column - columns, whole = 0;
            const char *type = marks->session->shown.entities[first].type;
            if (n == 1 && type)
                whole = text_cells_width(type, strlen(type));
            if (whole < over + MARKS_NAME_MIN)
                break;
            name = whole - over;
        }
    }
    /* Not even the letters: as many as fit, and a sign that there are more. */
    size_t fit = 0;
    while (fit < n && out[fit].column + out[fit].columns <= column + columns)
        fit++;
    if (columns && (!fit || fit < n)) {
        fit -= fit && out[fit - 1].column + out[fit - 1].columns + 1 > column + columns;
        size_t at = fit ? out[fit - 1].column + out[fit - 1].columns : column;
        out[fit] = (struct text_tag){.entity = first + fit, .column = at, .columns = 1, .text = "+"};
        fit++;
    }
    return fit;
}

/* The column where the labels of the entity's first word stand; SIZE_MAX when it starts in another line. */
static size_t marks_column(const struct text_marks *marks, size_t entity, size_t line)
{
    const struct text_layout *layout = marks->layout;
    const struct text_piece *piece = &layout->pieces[layout->first_piece[marks->session->shown.entities[entity].start]];
    return piece->line == line ? piece->column : SIZE_MAX;
}

size_t text_marks_tags(const struct text_marks *marks, size_t line, size_t columns, struct text_tag *out,
                       size_t capacity)
{
    const struct shown *shown = &marks->session->shown;
    size_t n = 0, from = 0;
    for (size_t i = 0, group; i < shown->n_entities; i += group) {
        size_t column = marks_column(marks, i, line), limit = columns, next;
        for (group = 1; i + group < shown->n_entities; group++)
            if (shown->entities[i + group].start != shown->entities[i].start)
                break;
        if (column == SIZE_MAX || n + group > capacity)
            continue;
        if (i + group < shown->n_entities && (next = marks_column(marks, i + group, line)) != SIZE_MAX)
            limit = next;
        column = column > from ? column : from;
        if (column >= limit)
            continue;
        /* A blank before the next tag, where there is room for it. */
        size_t room = limit - column, added = marks_group(marks, i, group, column, room > 1 ? room - 1 : room, out + n);
        if (limit < columns && room > 1 && out[n + added - 1].text[0] == '+')
            added = marks_group(marks, i, group, column, room, out + n);
        n += added;
        from = added ? out[n - 1].column + out[n - 1].columns : from;
    }
    return n;
}

/* --- arcs --------------------------------------------------------------------------------------------------------- */

static size_t marks_line(const struct text_marks *marks, size_t entity)
{
    const struct text_layout *layout = marks->layout;
    return layout->pieces[layout->first_piece[marks->session->shown.entities[entity].start]].line;
}

/* The entity's own tag; NULL where it has none in this line. */
static const struct text_tag *marks_own_tag(size_t entity, const struct text_tag *tags, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tags[i].entity == entity)
            return &tags[i];
    return NULL;
}

static void marks_arc(const struct text_marks *marks, const struct shown_relation *r, size_t line,
                      const struct text_tag *tags, size_t n, unsigned char *cells, size_t columns)
{
    const struct shown_entity *entities = marks->session->shown.entities;
    bool forward = entities[r->head].start <= entities[r->tail].start;
    size_t left = forward ? r->head : r->tail, right = forward ? r->tail : r->head;
    size_t left_line = marks_line(marks, left), right_line = marks_line(marks, right);
    const struct text_tag *left_tag = marks_own_tag(left, tags, n), *right_tag = marks_own_tag(right, tags, n);
    if (line < left_line || line > right_line || (line == left_line && !left_tag) || (line == right_line && !right_tag))
        return;
    size_t from = line == left_line ? left_tag->column + left_tag->columns + 1 : 0;
    size_t to = line == right_line ? right_tag->column : columns + 1;
    if (to < from + 2) /* no room for a cell and the blank before the tag */
        return;
    for (size_t x = from; x + 1 < to && x < columns; x++) {
        enum text_arc arc = r->proposed ? ARC_PROPOSED : ARC_KEPT;
        if (forward && line == right_line && x + 2 == to)
            arc = ARC_TO_RIGHT;
        if (!forward && line == left_line && x == from)
            arc = ARC_TO_LEFT;
        if (cells[x] < arc)
            cells[x] = (unsigned char)arc;
    }
}

void text_marks_arcs(const struct text_marks *marks, size_t line, const struct text_tag *tags, size_t n,
                     unsigned char *cells, size_t columns)
{
    const struct shown *shown = &marks->session->shown;
    memset(cells, ARC_NONE, columns);
    for (size_t i = 0; i < shown->n_relations; i++)
        if (marks_speaks_of(marks->session, i))
            marks_arc(marks, &shown->relations[i], line, tags, n, cells, columns);
    for (size_t i = 0; i < n; i++)
        for (size_t x = tags[i].column ? tags[i].column - 1 : 0; x <= tags[i].column + tags[i].columns && x < columns; x++)
            cells[x] = ARC_NONE;
}
