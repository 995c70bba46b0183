/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-inspect.h"

#include "ui/text-cells.h"
#include "ui/view-inspect-head.h"
#include "ui/view.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    INSPECT_LABEL_COLUMNS = 28, /* of a row's name, at most */
    INSPECT_HEAD_COLUMNS = 7,   /* of a column's head in a table of many */
    INSPECT_MANY = 8,           /* columns */
    INSPECT_GAP = 3,            /* columns between two tables */
};

/* Where a table stands. */
struct inspect_block {
    bool shown;
    size_t x, columns;      /* of the window */
    size_t label, cell;     /* columns of a row's name, and of a number with the space before it */
    size_t n_cells;         /* numbers shown of a row */
};

struct inspect_layout {
    size_t y, rows; /* of the tables, their heads included */
    struct inspect_block blocks[INSPECT_TABLES];
};

static size_t text_columns(const char *text)
{
    return text_cells_width(text, strlen(text));
}

/* The columns that a table would like. */
static void block_measure(const struct inspect_table *table, struct inspect_block *block)
{
    size_t most = table->n_columns > INSPECT_MANY ? INSPECT_HEAD_COLUMNS : SIZE_MAX;
    block->label = text_columns(*table->corner ? table->corner : table->title);
    block->cell = 4;
    for (size_t i = 0; i < table->n_rows; i++) {
        size_t columns = text_columns(table->rows[i].label) + 2 * table->rows[i].indented;
        block->label = columns > block->label ? columns : block->label;
        for (size_t k = 0; k < table->n_columns; k++) {
            columns = strlen(inspect_cell(table, i, k)->text);
            block->cell = columns > block->cell ? columns : block->cell;
        }
    }
    for (size_t k = 0; k < table->n_columns; k++) {
        size_t columns = text_columns(table->columns[k]);
        columns = columns > most ? most : columns;
        block->cell = columns > block->cell ? columns : block->cell;
    }
    block->cell++;
    block->label = 1 + (block->label > INSPECT_LABEL_COLUMNS ? INSPECT_LABEL_COLUMNS : block->label);
    block->columns = block->label + block->cell * table->n_columns;
    block->n_cells = table->n_columns;
}

/* As many tables side by side as fit, in their order; those are shown among which the marked one is. */
static void inspect_lay_out(WINDOW *window, const struct session *session, struct inspect_layout *out)
{
    size_t columns = (size_t)getmaxx(window) - 2, head = view_inspect_head_rows(session) + 1, x = 0, first = 0;
    *out = (struct inspect_layout){.y = head, .rows = (size_t)getmaxy(window) - head - 1};
    for (size_t i = 0; i < INSPECT_TABLES; i++) {
        struct inspect_block *block = &out->blocks[i];
        block_measure(&session->inspect.tables.each[i], block);
        if (block->columns > columns) {
            block->n_cells = (columns - block->label) / block->cell;
            block->columns = block->label + block->cell * block->n_cells;
        }
        if (x && x + INSPECT_GAP + block->columns > columns) {
            if (session->inspect.table < i)
                break;
            first = i;
            x = 0;
        }
        block->x = x ? x + INSPECT_GAP : 1;
        x = block->x + block->columns;
        block->shown = true;
    }
    for (size_t i = 0; i < first; i++)
        out->blocks[i].shown = false;
}

/* Scrolls a table so that its mark is seen. */
static void block_scroll(const struct inspect_block *block, const struct inspect_table *table,
                         struct inspect_place *place, size_t rows)
{
    size_t lines = rows - 1; /* below the heads */
    if (place->row < place->top + 1) /* with the heading of its rows, where it is the next one */
        place->top = place->row > 0 ? place->row - 1 : 0;
    if (place->row >= place->top + lines)
        place->top = place->row - lines + 1;
    if (place->top + lines > table->n_rows)
        place->top = table->n_rows > lines ? table->n_rows - lines : 0;
    if (place->column < place->left)
        place->left = place->column;
    if (place->column >= place->left + block->n_cells)
        place->left = place->column - block->n_cells + 1;
    if (place->left + block->n_cells > table->n_columns)
        place->left = table->n_columns - block->n_cells;
}

/* ---- Drawing ---- */

/* Text at the right end of so many columns; cut where it is longer. */
static void put_right(struct view_pen *pen, enum screen_ink ink, enum screen_ground ground, attr_t attributes,
                      const char *text, size_t columns)
{
    struct view_pen inner = *pen;
    size_t used = text_columns(text), room = columns - 1; /* a space before it */
    inner.end = pen->x + columns < pen->end ? pen->x + columns : pen->end;
    if (ground != GROUND_NONE)
        for (struct view_pen space = inner; space.x < space.end;)
            if (!view_put(&space, ink, ground, 0, " "))
                break;
    inner.x += used < room ? columns - used : 1;
    view_put(&inner, ink, ground, attributes, text);
    pen->x += columns;
}

static void draw_heads(struct screen *screen, WINDOW *window, const struct inspect_table *table,
                       const struct inspect_block *block, const struct inspect_place *place, size_t y, bool marked)
{
    struct view_pen pen = view_pen(screen, window, y);
    pen.x = block->x;
    struct view_pen label = pen;
    label.end = pen.x + block->label;
    view_put(&label, marked ? INK_WARN : INK_DIM, GROUND_NONE, marked ? A_BOLD : 0,
             *table->corner ? table->corner : table->title);
    pen.x += block->label;
    for (size_t k = 0; k < block->n_cells; k++)
        put_right(&pen, INK_DIM, GROUND_NONE, 0, table->columns[place->left + k], block->cell);
}

static void draw_row(struct screen *screen, WINDOW *window, const struct session *session,
                     const struct inspect_table *table, const struct inspect_block *block, size_t row, size_t y,
                     bool marked)
{
    const struct inspect_place *place = &session->inspect.places[table - session->inspect.tables.each];
    const struct inspect_row *r = &table->rows[row];
    struct view_pen pen = view_pen(screen, window, y);
    pen.x = block->x;
    struct view_pen label = pen;
    label.end = pen.x + (r->heading ? block->columns : block->label);
    view_space(&label, r->indented ? 2 : 0);
    view_put(&label, r->heading ? INK_DIM : view_type_ink(&session->types, r->type), GROUND_NONE, 0, r->label);
    pen.x += block->label;
    for (size_t k = 0; k < block->n_cells && !r->heading; k++) {
        const struct inspect_cell *cell = inspect_cell(table, row, place->left + k);
        bool at = marked && row == place->row && place->left + k == place->column;
        enum screen_ground ground = at ? GROUND_CURSOR : screen_ground_of_heat(cell->shade * 2);
        struct view_pen left = pen;
        put_right(&pen, at ? INK_BRIGHT : cell->door ? INK_TEXT : INK_DIM, ground, at ? A_BOLD : 0, cell->text,
                  block->cell);
        if (at) /* it reads without colour too */
            view_put(&left, INK_BRIGHT, ground, A_BOLD, "▸");
    }
}

static void draw_table(struct screen *screen, WINDOW *window, struct session *session,
                       const struct inspect_layout *layout, size_t index)
{
    const struct inspect_table *table = &session->inspect.tables.each[index];
    const struct inspect_block *block = &layout->blocks[index];
    struct inspect_place *place = &session->inspect.places[index];
    bool marked = index == session->inspect.table;
    block_scroll(block, table, place, layout->rows);
    draw_heads(screen, window, table, block, place, layout->y, marked);
    for (size_t i = 0; i + 1 < layout->rows && place->top + i < table->n_rows; i++)
        draw_row(screen, window, session, table, block, place->top + i, layout->y + 1 + i, marked);
    if (place->top + layout->rows - 1 < table->n_rows) {
        struct view_pen more = view_pen(screen, window, layout->y + layout->rows);
        more.x = block->x + block->columns - 1;
        view_put(&more, INK_WARN, GROUND_NONE, 0, "▼");
    }
    if (block->x == 1)
        return;
    for (size_t y = 0; y < layout->rows; y++) {
        struct view_pen pen = view_pen(screen, window, layout->y + y);
        pen.x = block->x - 2;
        view_put(&pen, INK_DIM, GROUND_NONE, 0, "│");
    }
}

/* Which tables there are, on the rule above them; those that have no room are reached by Tab. */
static void draw_tabs(struct screen *screen, WINDOW *window, const struct session *session, size_t y)
{
    const struct inspection *from = session->inspect.from;
    const char *level = from->of_relations ? "relations" : "entities";
    char title[64];
    if (inspection_compares(from))
        snprintf(title, sizeof title, "%s: A and B", level);
    else
        snprintf(title, sizeof title, from->n_systems > 1 ? "%s of %c" : "%s", level, (char)('A' + from->system));
    struct view_pen pen = view_rule(screen, window, y, title);
    for (size_t i = 0; i < INSPECT_TABLES; i++) {
        bool marked = i == session->inspect.table;
        view_space(&pen, 1);
        view_format(&pen, marked ? INK_BRIGHT : INK_DIM, GROUND_NONE, marked ? A_BOLD : 0, " %s ",
                    session->inspect.tables.each[i].title);
    }
}

/* A matrix has the same names in its columns as in its rows. */
static const char *marked_column(const struct inspect_table *table, size_t column)
{
    bool named = column < table->n_rows && table->rows[column].name;
    return named ? table->rows[column].name : table->columns[column];
}

/* The marked number in words. */
static void draw_marked(struct screen *screen, WINDOW *window, const struct session *session)
{
    const struct inspect_table *table = &session->inspect.tables.each[session->inspect.table];
    const struct inspect_place *place = &session->inspect.places[session->inspect.table];
    struct view_pen pen = view_pen(screen, window, (size_t)getmaxy(window) - 1);
    size_t heading = place->row;
    view_space(&pen, 1);
    if (place->row >= table->n_rows) {
        view_put(&pen, INK_DIM, GROUND_NONE, 0, "nothing to count yet");
        return;
    }
    const struct inspect_row *row = &table->rows[place->row];
    while (row->indented && heading > 0 && table->rows[heading].indented)
        heading--;
    const struct inspect_cell *cell = inspect_cell(table, place->row, place->column);
    const char *number = !*cell->text || !strcmp(cell->text, "·") ? "0" : cell->text;
    if (session->inspect.table == TABLE_MATRIX)
        view_format(&pen, INK_TEXT, GROUND_NONE, 0, session->inspect.tables.compares ? "A: %s, B: %s, %s cases"
                                                                                     : "gold %s, said %s: %s cases",
                    row->name ? row->name : row->label, marked_column(table, place->column), number);
    else if (heading != place->row)
        view_format(&pen, INK_TEXT, GROUND_NONE, 0, "%s, %s: %s %s", table->rows[heading].label, row->label, number,
                    table->columns[place->column]);
    else
        view_format(&pen, INK_TEXT, GROUND_NONE, 0, "%s: %s %s", row->label, number,
                    table->columns[place->column]);
}

void view_inspect_draw(struct screen *screen, WINDOW *window, struct session *session)
{
    struct inspect_layout layout;
    screen_erase(screen, window, GROUND_NONE);
    if (!session_inspect_tables(session))
        return;
    inspect_lay_out(window, session, &layout);
    view_inspect_head_draw(screen, window, session);
    draw_tabs(screen, window, session, layout.y - 1);
    draw_marked(screen, window, session);
    for (size_t i = 0; i < INSPECT_TABLES; i++)
        if (layout.blocks[i].shown)
            draw_table(screen, window, session, &layout, i);
}

bool view_inspect_at(WINDOW *window, struct session *session, size_t row, size_t column, size_t *table_out,
                     size_t *row_out, size_t *column_out)
{
    struct inspect_layout layout;
    if (!session_inspect_tables(session))
        return false;
    inspect_lay_out(window, session, &layout);
    if (row <= layout.y || row >= layout.y + layout.rows)
        return false;
    for (size_t i = 0; i < INSPECT_TABLES; i++) {
        const struct inspect_block *block = &layout.blocks[i];
        const struct inspect_place *place = &session->inspect.places[i];
        if (!block->shown || column < block->x || column >= block->x + block->columns)
            continue;
        size_t cell = column < block->x + block->label ? 0 : (column - block->x - block->label) / block->cell;
        *table_out = i;
        *row_out = place->top + row - layout.y - 1;
        *column_out = place->left + cell;
        return *row_out < session->inspect.tables.each[i].n_rows;
    }
    return false;
}
