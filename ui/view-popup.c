/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-popup.h"

#include "ui/glossary.h"
#include "ui/key-names.h"
#include "ui/text-cells.h"
#include "ui/view-inspect.h"
#include "ui/view-occurrences.h"
#include "ui/view-order.h"
#include "ui/view-summary.h"
#include "ui/view.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { POPUP_HELP_COLUMNS = 96, POPUP_HELP_KEYS = 18, POPUP_MARGIN = 2 };

/* A line says what its command does; COMMAND_NONE: words alone. */
static const struct {
    enum command command;
    const char *words;
} popup_question[] = {
    {COMMAND_NONE, "There are labels that the corpus file does not hold yet."},
    {COMMAND_NONE, ""},
    {COMMAND_QUIT_SAVE, "save them and quit"},
    {COMMAND_QUIT_LEAVE, "quit: the journal keeps them for the next time"},
    {COMMAND_CANCEL, "go on working"},
};
enum { POPUP_QUESTION_LINES = sizeof popup_question / sizeof popup_question[0], POPUP_QUESTION_COLUMNS = 56 };

static const struct chooser *popup_chooser(const struct session *session)
{
    return session->mode == MODE_RELATION_TYPE ? &session->relations : &session->types;
}

static size_t popup_widest(const char *const *lines, size_t n)
{
    size_t widest = 0;
    for (size_t i = 0; i < n; i++) {
        size_t columns = text_cells_width(lines[i], strlen(lines[i]));
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

bool view_popup_size(const struct session *session, size_t *rows, size_t *columns)
{
    switch (session->mode) {
    case MODE_TYPE:
    case MODE_RELATION_TYPE: {
        const struct chooser *chooser = popup_chooser(session);
        *rows = chooser->n + 2;
        *columns = popup_widest((const char *const *)chooser->names, chooser->n) + 5 + 2 * POPUP_MARGIN;
        return true;
    }
    case MODE_QUIT:
        *rows = POPUP_QUESTION_LINES + 2;
        *columns = POPUP_QUESTION_COLUMNS + 2 * POPUP_MARGIN + 2;
        return true;
    case MODE_OCCURRENCES:
        view_occurrences_size(session, rows, columns);
        return true;
    case MODE_SUMMARY:
    case MODE_INSPECT:
        *rows = *columns = (size_t)-1;
        return true;
    case MODE_ORDER:
        view_order_size(session, rows, columns);
        return true;
    case MODE_HELP:
        *rows = (size_t)-1;
        *columns = POPUP_HELP_COLUMNS;
        return true;
    default:
        return false;
    }
}

/* First label shown: the marked one is seen. */
static size_t popup_top(WINDOW *window, const struct chooser *chooser)
{
    size_t rows = (size_t)getmaxy(window) - 2;
    return chooser->marked >= rows ? chooser->marked - rows + 1 : 0;
}

enum command view_popup_at(WINDOW *window, const struct session *session, size_t row, size_t *choice)
{
    if (row < 1 || row + 1 >= (size_t)getmaxy(window))
        return COMMAND_NONE;
    if (session->mode == MODE_QUIT)
        return row <= POPUP_QUESTION_LINES ? popup_question[row - 1].command : COMMAND_NONE;
    if (session->mode == MODE_ORDER)
        return view_order_at(session, row);
    if (session->mode == MODE_OCCURRENCES)
        return view_occurrences_at(window, session, row, choice) ? COMMAND_OCCURRENCE_MARK : COMMAND_NONE;
    if (!(session->mode & (MODE_TYPE | MODE_RELATION_TYPE)))
        return COMMAND_NONE;
    const struct chooser *chooser = popup_chooser(session);
    *choice = popup_top(window, chooser) + row - 1;
    return *choice < chooser->n ? COMMAND_CHOOSER_TAKE : COMMAND_NONE;
}

static void popup_choose(struct screen *screen, WINDOW *window, const struct session *session)
{
    const struct chooser *chooser = popup_chooser(session);
    size_t rows = (size_t)getmaxy(window) - 2, top = popup_top(window, chooser);
    for (size_t row = 0; row < rows && top + row < chooser->n; row++) {
        size_t i = top + row;
        enum screen_ground ground = i == chooser->marked ? GROUND_SELECTED : GROUND_POPUP;
        enum screen_ink ink =
            session->mode == MODE_TYPE ? screen_ink_of_type(chooser->names[i], i) : INK_TEXT;
        struct view_pen pen = view_pen(screen, window, row + 1);
        pen.x = 1;
        pen.end--;
        screen_style(screen, window, INK_TEXT, ground, 0);
        mvwhline(window, pen.y, 1, ' ', getmaxx(window) - 2);
        view_space(&pen, POPUP_MARGIN - 1);
        view_format(&pen, INK_BRIGHT, ground, A_BOLD, "%c", chooser->letters[i] ? chooser->letters[i] : ' ');
        view_space(&pen, 2);
        view_put(&pen, ink, ground, 0, chooser->names[i]);
    }
}

static void popup_ask(struct screen *screen, WINDOW *window)
{
    for (size_t i = 0; i < POPUP_QUESTION_LINES; i++) {
        struct view_pen pen = view_pen(screen, window, i + 1);
        char key[KEY_NAME_MAX] = "";
        pen.end--;
        view_space(&pen, POPUP_MARGIN);
        if (popup_question[i].command != COMMAND_NONE) {
            keymap_command_key(MODE_QUIT, popup_question[i].command, key, sizeof key);
            view_format(&pen, INK_BRIGHT, GROUND_POPUP, A_BOLD, "%-4s ", key);
        }
        view_put(&pen, i ? INK_TEXT : INK_WARN, GROUND_POPUP, i ? 0 : A_BOLD, popup_question[i].words);
    }
}

/* An entry of the help: a key's, or a word's of the glossary, which stands behind the keys of a case. */
struct popup_entry {
    const char *group; /* NULL = that of the entry before */
    char names[64];
    const char *words;
    unsigned modes;
};

static size_t popup_count(void)
{
    return keymap_count() + glossary_count();
}

/* Where the glossary stands: behind the last key that is a case's alone. */
static size_t popup_glossary_start(void)
{
    size_t start = 0;
    for (size_t i = 0; i < keymap_count(); i++)
        if (keymap_at(i)->modes == MODE_CASE)
            start = i + 1;
    return start;
}

static struct popup_entry popup_entry(size_t i)
{
    size_t start = popup_glossary_start();
    struct popup_entry entry = {0};
    if (i >= start && i < start + glossary_count()) {
        entry.group = i == start ? glossary_heading : NULL;
        entry.words = glossary_entries[i - start].words;
        snprintf(entry.names, sizeof entry.names, "%s", glossary_entries[i - start].term);
        return entry;
    }
    const struct keymap_row *row = keymap_at(i < start ? i : i - glossary_count());
    entry.group = row->group;
    entry.words = row->help;
    entry.modes = row->modes;
    keymap_row_names(row, entry.names, sizeof entry.names);
    return entry;
}

/* One entry of the help at a line of it; text that does not fit goes on below. Returns the lines used. y: the line
 * minus what is scrolled away; only what is inside of the window is drawn. */
static size_t popup_help_entry(struct screen *screen, WINDOW *window, const struct popup_entry *entry, long y,
                               long last)
{
    size_t left = POPUP_MARGIN + POPUP_HELP_KEYS, width = (size_t)getmaxx(window) - left - 2, lines = 0;
    if (y >= 1 && y <= last) {
        struct view_pen pen = view_pen(screen, window, (size_t)y);
        view_space(&pen, POPUP_MARGIN);
        pen.end = left - 1;
        view_put(&pen, INK_BRIGHT, GROUND_POPUP, A_BOLD, entry->names);
    }
    for (const char *text = entry->words; *text; lines++) {
        size_t n = strlen(text); /* the help is ASCII: a byte is a column */
        if (n > width) {
            for (n = width; n > 0 && text[n] != ' '; n--)
                continue;
            n = n ? n : width;
        }
        if (y + (long)lines >= 1 && y + (long)lines <= last) {
            struct view_pen pen = view_pen(screen, window, (size_t)(y + (long)lines));
            pen.x = left;
            view_format(&pen, INK_TEXT, GROUND_POPUP, 0, "%.*s", (int)n, text);
        }
        text += n;
        text += *text == ' ';
    }
    return lines;
}

static size_t popup_help_lines(struct screen *screen, WINDOW *window, size_t top)
{
    long y = 1 - (long)top, last = getmaxy(window) - 2;
    for (size_t i = 0; i < popup_count(); i++) {
        const struct popup_entry entry = popup_entry(i);
        if (entry.group) {
            y += i > 0;
            if (y >= 1 && y <= last) {
                struct view_pen pen = view_pen(screen, window, (size_t)y);
                view_space(&pen, POPUP_MARGIN);
                view_put(&pen, INK_WARN, GROUND_POPUP, A_BOLD, entry.group);
            }
            y++;
        }
        y += (long)popup_help_entry(screen, window, &entry, y, last);
    }
    return (size_t)(y - 1 + (long)top);
}

/* The line of the heading above the mode's own keys; 0 where it has none of its own. */
static size_t popup_help_of_mode(struct screen *screen, WINDOW *window, enum mode mode)
{
    size_t line = 0, heading = 0;
    for (size_t i = 0; i < popup_count(); i++) {
        const struct popup_entry entry = popup_entry(i);
        if (entry.group) {
            line += i > 0;
            heading = line++;
        }
        if (entry.modes & mode && !(entry.modes & MODE_NORMAL))
            return heading;
        line += popup_help_entry(screen, window, &entry, LONG_MIN / 2, 0); /* nothing is drawn */
    }
    return 0;
}

/* Returns how many lines stand further down. */
static size_t popup_help(struct screen *screen, WINDOW *window, struct session *session)
{
    size_t rows = (size_t)getmaxy(window) - 2;
    if (session->help_line == SESSION_HELP_OF_MODE)
        session->help_line = popup_help_of_mode(
            screen, window, session->help_back == MODE_NORMAL ? MODE_ADJUDICATE : session->help_back);
    size_t lines = popup_help_lines(screen, window, session->help_line);
    if (session->help_line && session->help_line + rows > lines) {
        session->help_line = lines > rows ? lines - rows : 0;
        screen_erase(screen, window, GROUND_POPUP);
        popup_help_lines(screen, window, session->help_line);
    }
    return lines > session->help_line + rows ? lines - session->help_line - rows : 0;
}

static void popup_frame(struct screen *screen, WINDOW *window)
{
    size_t rows = (size_t)getmaxy(window), columns = (size_t)getmaxx(window);
    for (size_t y = 0; y < rows; y++) {
        struct view_pen pen = view_pen(screen, window, y);
        bool top = y == 0, edge = top || y + 1 == rows;
        view_put(&pen, INK_DIM, GROUND_POPUP, 0, top ? "┌" : edge ? "└" : "│");
        while (edge && pen.x + 1 < columns)
            view_put(&pen, INK_DIM, GROUND_POPUP, 0, "─");
        pen.x = columns - 1;
        view_put(&pen, INK_DIM, GROUND_POPUP, 0, top ? "┐" : edge ? "┘" : "│");
    }
}

void view_popup_draw(struct screen *screen, WINDOW *window, struct session *session)
{
    static const char *const titles[] = {" type ", " relation ", " quit? ", " keys "};
    if (session->mode == MODE_INSPECT) {
        view_inspect_draw(screen, window, session);
        return;
    }
    screen_erase(screen, window, GROUND_POPUP);
    char own[192];
    const char *title = titles[0];
    size_t below = 0;
    switch (session->mode) {
    case MODE_RELATION_TYPE:
        title = titles[1];
        popup_choose(screen, window, session);
        break;
    case MODE_QUIT:
        title = titles[2];
        popup_ask(screen, window);
        break;
    case MODE_OCCURRENCES:
        view_occurrences_title(session, own, sizeof own);
        title = own;
        view_occurrences_draw(screen, window, session);
        break;
    case MODE_SUMMARY:
        title = " counts ";
        view_summary_draw(screen, window, session);
        break;
    case MODE_ORDER:
        view_order_title(session, own, sizeof own);
        title = own;
        view_order_draw(screen, window, session);
        break;
    case MODE_HELP:
        title = titles[3];
        below = popup_help(screen, window, session);
        break;
    default:
        popup_choose(screen, window, session);
        break;
    }
    popup_frame(screen, window);
    struct view_pen pen = view_pen(screen, window, 0);
    view_space(&pen, 2);
    view_put(&pen, INK_TEXT, GROUND_POPUP, 0, title);
    if (below) {
        int columns = snprintf(own, sizeof own, " %zu lines further down", below);
        pen.x = pen.end - (size_t)columns - 5;
        view_format(&pen, INK_WARN, GROUND_POPUP, 0, "%s ▼ ", own);
    }
}
