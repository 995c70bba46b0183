/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-footer.h"

#include "ui/key-names.h"
#include "ui/text-cells.h"
#include "ui/view.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FOOTER_ROWS_MAX = 48,
    FOOTER_NARROW = 76, /* columns of a screen below which words and gaps are saved */
    FOOTER_HELP = 10,   /* columns of "? help" with what is between */
    FOOTER_NAME = 40,   /* columns of a label's name, at most */
};

static size_t footer_gap(const struct view_pen *pen)
{
    return pen->end < FOOTER_NARROW ? 1 : 2;
}

static size_t footer_name_columns(const struct chooser *chooser, size_t i, size_t most)
{
    size_t columns = text_cells_width(chooser->names[i], strlen(chooser->names[i]));
    return columns < most ? columns : most;
}

/* The legend's columns, "p PER  l LOC", with names of at most so many. */
static size_t footer_legend_columns(const struct view_pen *pen, const struct chooser *chooser, size_t name)
{
    size_t columns = 0;
    for (size_t i = 0; i < chooser->n; i++)
        columns += (i ? footer_gap(pen) : 0) + 2 + footer_name_columns(chooser, i, name);
    return columns;
}

/* The letters are always seen: a great many types get shorter names first, then the keys' room but for the help's, then
 * that too. Returns the columns, and of a name in *name_out. */
static size_t footer_legend_fit(const struct view_pen *pen, const struct chooser *chooser, size_t most,
                                size_t *name_out)
{
    const struct {
        size_t columns, name;
    } steps[] = {{most * 2 / 3, 4}, {most > FOOTER_HELP ? most - FOOTER_HELP : most, 3}, {pen->end, 0}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        for (*name_out = FOOTER_NAME; *name_out >= steps[i].name; (*name_out)--) {
            size_t columns = footer_legend_columns(pen, chooser, *name_out);
            if (columns <= steps[i].columns)
                return columns;
            if (!*name_out)
                break;
        }
    }
    return pen->end;
}

/* Bytes of the name's head that fits into the columns, for "%.*s". */
static int footer_name_bytes(const char *name, size_t columns)
{
    size_t used = 0, at = 0, n = strlen(name);
    struct text_cluster cluster;
    for (; text_cells_next(name, n, at, &cluster) && used + cluster.columns <= columns; at += cluster.n_bytes)
        used += cluster.columns;
    return (int)at;
}

static void footer_legend(struct view_pen *pen, const struct chooser *chooser, enum mode mode, size_t name)
{
    for (size_t i = 0; i < chooser->n; i++) {
        enum screen_ink ink = screen_ink_of_type(chooser->names[i], i);
        /* A letter that moves the cursor in this mode works behind t only: it is not bold then. */
        bool works = keymap_label(mode, chooser->letters[i], chooser->letters, chooser->n) == i;
        if (i)
            view_space(pen, footer_gap(pen));
        view_format(pen, works ? INK_BRIGHT : INK_DIM, GROUND_NONE, works ? A_BOLD : 0, "%c",
                    chooser->letters[i] ? chooser->letters[i] : '-');
        view_format(pen, ink, GROUND_NONE, 0, " %.*s", footer_name_bytes(chooser->names[i], name), chooser->names[i]);
    }
}

/* A key and its words; returns their columns. */
static size_t footer_hint(const struct view_pen *pen, const struct keymap_row *row, char name[KEY_NAME_MAX],
                          char words[48])
{
    snprintf(words, 48, "%s", row->footer);
    if (pen->end < FOOTER_NARROW)
        words[strcspn(words, ",")] = '\0';
    keymap_row_name(row, name, KEY_NAME_MAX);
    if (!strcmp(name, "Enter"))
        snprintf(name, KEY_NAME_MAX, "⏎");
    return text_cells_width(name, strlen(name)) + 1 + strlen(words);
}

/* Rows point into the one table, whose order is that of the help. */
static int footer_compare_place(const void *a, const void *b)
{
    const struct keymap_row *const *left = a, *const *right = b;
    return *left < *right ? -1 : *left > *right;
}

/* How the last line is shared out. */
struct footer_row {
    struct view_pen pen; /* at the first key */
    size_t keys;         /* columns of keys */
    enum mode mode;      /* whose keys they are */
    const struct session *session;
    bool legend;
    size_t legend_x, name; /* columns of a label's name */
};

/* Would the command have nothing to do just now? Then it is not offered. */
static bool footer_is_idle(const struct session *session, enum command command)
{
    const struct inspection *from = session->inspect.from;
    switch (command) {
    case COMMAND_PROMPT_COMPLETE:
        return !session_prompt_completes(session);
    case COMMAND_CASE:
        return !from;
    case COMMAND_INSPECT_SYSTEM:
    case COMMAND_CASE_FLIPS:
    case COMMAND_CASE_COMPARE:
        return !from || from->n_systems < 2;
    case COMMAND_INSPECT_LEAKED:
        return !from || !from->leaked;
    default:
        return false;
    }
}

/* Writes the most important keys that fit into the columns, in the order of the table; or, where at is not SIZE_MAX,
 * only looks which one stands at that column: its key, else 0. */
static keymap_key footer_keys(struct footer_row *row, size_t at)
{
    const struct keymap_row *rows[FOOTER_ROWS_MAX];
    struct view_pen *pen = &row->pen;
    size_t n = keymap_footer(row->mode, rows, FOOTER_ROWS_MAX), columns = row->keys, kept = 0, fit = 0, used = 0;
    for (size_t i = 0; i < n; i++)
        if (!footer_is_idle(row->session, rows[i]->command))
            rows[kept++] = rows[i];
    char name[KEY_NAME_MAX], words[48];
    for (; fit < kept; fit++) {
        size_t width = footer_hint(pen, rows[fit], name, words) + (fit ? 2 : 0);
        if (used + width > columns)
            break;
        used += width;
    }
    qsort(rows, fit, sizeof *rows, footer_compare_place);
    for (size_t i = 0; i < fit; i++) {
        if (i)
            view_space(pen, 2);
        size_t width = footer_hint(pen, rows[i], name, words);
        if (at >= pen->x && at < pen->x + width)
            return rows[i]->keys[0];
        if (at != SIZE_MAX) {
            view_space(pen, width);
            continue;
        }
        view_put(pen, INK_BRIGHT, GROUND_NONE, A_BOLD, name);
        view_format(pen, INK_TEXT, GROUND_NONE, 0, " %s", words);
    }
    return 0;
}

/* The line that is being typed, scrolled so that its cursor is seen. */
static void footer_prompt(struct screen *screen, WINDOW *window, const struct prompt *prompt)
{
    struct view_pen pen = view_pen(screen, window, 0);
    view_format(&pen, INK_BRIGHT, GROUND_NONE, A_BOLD, " %s ", prompt->title);
    size_t room = pen.end > pen.x + 2 ? pen.end - pen.x - 2 : 1, from = 0, before = 0;
    struct text_cluster cluster = {0};
    while (from < prompt->cursor && (before = text_cells_width(prompt->text + from, prompt->cursor - from)) > room &&
           text_cells_next(prompt->text, prompt->n, from, &cluster))
        from += cluster.n_bytes;
    view_format(&pen, INK_BRIGHT, GROUND_NONE, 0, "%.*s", (int)(prompt->cursor - from), prompt->text + from);
    bool inside = text_cells_next(prompt->text, prompt->n, prompt->cursor, &cluster);
    size_t under = inside ? cluster.n_bytes : 0;
    view_format(&pen, INK_BRIGHT, GROUND_NONE, A_REVERSE, "%.*s", inside ? (int)under : 1,
                inside ? prompt->text + prompt->cursor : " ");
    view_put(&pen, INK_BRIGHT, GROUND_NONE, 0, prompt->text + prompt->cursor + under);
    while (pen.x < pen.end)
        view_put(&pen, INK_BRIGHT, GROUND_NONE, 0, " ");
}

static struct footer_row footer_row(struct screen *screen, WINDOW *window, const struct session *session)
{
    struct footer_row row = {.pen = view_pen(screen, window, 1), .session = session, .mode = session->mode};
    size_t most = row.pen.end - 2, columns = 0;
    row.legend = session->mode & (MODE_NORMAL | MODE_SELECT | MODE_TYPE | MODE_OCCURRENCES);
    if (row.legend)
        columns = footer_legend_fit(&row.pen, &session->types, most, &row.name);
    if (session->mode == MODE_NORMAL && session_adjudicates(session))
        row.mode = MODE_ADJUDICATE;
    row.keys = columns + 2 < most ? most - columns - (columns ? 2 : 0) : 0;
    row.legend_x = row.pen.end - columns - (columns < row.pen.end);
    view_space(&row.pen, 1);
    return row;
}

void view_footer_draw(struct screen *screen, WINDOW *window, const struct session *session)
{
    static const enum screen_ink inks[] = {[TONE_PLAIN] = INK_TEXT, [TONE_WARN] = INK_WARN, [TONE_BAD] = INK_BAD};
    screen_erase(screen, window, GROUND_NONE);
    struct view_pen pen = view_rule(screen, window, 0, "");
    if (session->mode == MODE_PROMPT)
        footer_prompt(screen, window, &session->prompt);
    else if (*session->message) {
        view_format(&pen, inks[session->tone], GROUND_NONE, session->tone == TONE_PLAIN ? 0 : A_BOLD, " %s ",
                    session->message);
    }
    struct footer_row row = footer_row(screen, window, session);
    footer_keys(&row, SIZE_MAX);
    if (row.legend) {
        row.pen.x = row.legend_x;
        footer_legend(&row.pen, &session->types, session->mode, row.name);
    }
}

/* What gives the label in the mode: its letter, or its capital where the letter moves the cursor. */
static keymap_key footer_label_key(const struct session *session, size_t label)
{
    const struct chooser *types = &session->types;
    char letter = types->letters[label];
    bool works = keymap_label(session->mode, letter, types->letters, types->n) == label;
    return works ? letter : toupper((unsigned char)letter);
}

keymap_key view_footer_at(WINDOW *window, const struct session *session, size_t row, size_t column)
{
    if (row != 1)
        return 0;
    struct footer_row place = footer_row(NULL, window, session);
    if (!place.legend || column < place.legend_x)
        return footer_keys(&place, column);
    size_t x = place.legend_x;
    for (size_t i = 0; i < session->types.n; i++) {
        size_t width = 2 + footer_name_columns(&session->types, i, place.name);
        if (column >= x && column < x + width)
            return footer_label_key(session, i);
        x += width + footer_gap(&place.pen);
    }
    return 0;
}
