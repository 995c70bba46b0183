/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-case.h"

#include "ui/regions.h"
#include "ui/text-cells.h"
#include "ui/view-case-parts.h"
#include "ui/view-text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From so many columns on, the table stands at the right; it takes that many. */
enum { CASE_BESIDE_FROM = 108, CASE_TABLE_COLUMNS = 52 };

/* The pane is a list of lines, the most important first; a line is drawn only when it is in sight. */
enum case_kind { LINE_NOTE, LINE_ROW, LINE_PAIR_WORDS, LINE_PAIR_ROW, LINE_PAIR, LINE_MATCH, LINE_FACT, LINE_TABLE };

struct case_line {
    enum case_kind kind;
    size_t at, line; /* what the kind needs: row, pair or system; line of it */
};

struct case_lines {
    struct case_line *items;
    size_t n;
};

static void case_add(struct case_lines *lines, enum case_kind kind, size_t at, size_t line)
{
    lines->items[lines->n++] = (struct case_line){kind, at, line};
}

/* Gold and the systems, line by line: those with words of the case, or the others that anybody has a label in. */
static void case_add_rows(struct case_lines *lines, const struct case_view *view, bool at_hand)
{
    size_t n_rows = 1 + view->inspection->n_systems;
    for (size_t line = 0; line < view->aligned.n_lines; line++) {
        bool any = case_line_is_at_hand(view, line);
        if (any != at_hand)
            continue;
        for (size_t row = 0; row < n_rows; row++)
            any |= aligned_has(&view->aligned, &view->rows[row], line);
        for (size_t row = 0; any && row < n_rows; row++)
            if (at_hand || row == 0 || aligned_has(&view->aligned, &view->rows[row], line))
                case_add(lines, LINE_ROW, row, line);
    }
}

static void case_add_pairs(struct case_lines *lines, const struct case_view *view, bool at_hand)
{
    for (size_t i = 0; i < view->n_pairs; i++) {
        if (view->pairs[i].at_hand != at_hand)
            continue;
        if (!at_hand) {
            case_add(lines, LINE_PAIR, i, 0);
            continue;
        }
        case_add(lines, LINE_PAIR_WORDS, i, 0);
        for (size_t row = 0; row < 1 + view->inspection->n_systems; row++)
            case_add(lines, LINE_PAIR_ROW, i, row);
    }
}

static bool case_has_model(const struct case_view *view)
{
    for (size_t s = 0; s < view->inspection->n_systems; s++)
        if (view->inspection->systems[s].model)
            return true;
    return false;
}

static void case_add_facts(struct case_lines *lines, const struct case_view *view)
{
    for (size_t fact = 0; fact < FACTS; fact++)
        for (size_t s = 0; s < view->inspection->n_systems; s++) {
            size_t places = view->inspection->systems[s].model ? case_fact_places(view, s, (enum case_fact)fact) : 0;
            for (size_t place = 0; place < places; place++)
                case_add(lines, LINE_FACT, s, fact * FACT_PLACES + place);
        }
    if (case_has_model(view))
        case_add(lines, LINE_MATCH, 0, 0);
}

/* Tables of two models take turns with as many lines as fit together. */
static void case_add_tables(struct case_lines *lines, const struct case_view *view, size_t rows)
{
    size_t n[INSPECTION_SYSTEMS_MAX] = {0}, n_tables = 0, most = 0;
    for (size_t s = 0; s < view->inspection->n_systems; s++) {
        n[s] = case_table_lines(view, s);
        n_tables += n[s] > 0;
        most = n[s] > most ? n[s] : most;
    }
    size_t turn = n_tables > 1 && rows / n_tables > 2 ? rows / n_tables : most;
    for (size_t from = 0; from < most; from += turn)
        for (size_t s = 0; s < view->inspection->n_systems; s++)
            for (size_t line = from; line < from + turn && line < n[s]; line++)
                case_add(lines, LINE_TABLE, s, line);
}

static size_t case_most_lines(const struct case_view *view)
{
    size_t n = 2 + CASE_ROWS * view->aligned.n_lines + (2 + CASE_ROWS) * view->n_pairs +
               FACTS * FACT_PLACES * INSPECTION_SYSTEMS_MAX;
    for (size_t s = 0; s < view->inspection->n_systems; s++)
        n += case_table_lines(view, s);
    return n;
}

static const struct verdict *case_verdict(const struct case_view *view)
{
    struct verdict key;
    return inspection_verdict_key(view->inspection, view->item, view->item->system, &key)
               ? post_verdict_peek(view->gold, &key)
               : NULL;
}

static void case_draw_line(struct view_pen *pen, const struct case_view *view, struct case_line line)
{
    switch (line.kind) {
    case LINE_NOTE:
        view_space(pen, 1);
        view_format(pen, INK_TEXT, GROUND_NONE, 0, "; %s", case_verdict(view)->note);
        break;
    case LINE_ROW:
        case_draw_row(pen, view, line.at, line.line);
        break;
    case LINE_PAIR_WORDS:
        view_space(pen, 1);
        case_draw_pair_words(pen, view, &view->pairs[line.at]);
        break;
    case LINE_PAIR_ROW:
        case_draw_pair_row(pen, view, &view->pairs[line.at], line.line);
        break;
    case LINE_PAIR:
        case_draw_pair(pen, view, &view->pairs[line.at]);
        break;
    case LINE_MATCH:
        case_draw_match(pen, view);
        break;
    case LINE_FACT:
        case_draw_fact(pen, view, line.at, (enum case_fact)(line.line / FACT_PLACES), line.line % FACT_PLACES);
        break;
    case LINE_TABLE:
        case_draw_table(pen, view, line.at, line.line);
        break;
    }
}

/* --- the title ---------------------------------------------------------------------------------------------------- */

static void case_put_class(struct view_pen *pen, const struct case_view *view, size_t system)
{
    const struct cases_entry *entry = view->entries[system];
    if (!entry) {
        view_put(pen, INK_DIM, GROUND_NONE, 0, view->said[system] ? "no case" : "not known");
        return;
    }
    const struct taxonomy_case *found = &entry->found;
    bool right = found->tp > 0;
    const char *kind = taxonomy_kind_name(found->kind);
    view_format(pen, right ? INK_GOOD : INK_BAD, GROUND_NONE, A_BOLD, "%s%s%s",
                taxonomy_class_name(found->relation, found->class), *kind ? " " : "", kind);
}

static void case_put_verdict(struct view_pen *pen, const struct case_view *view)
{
    static const char *const words[] = {[VERDICT_MODEL] = "model wrong",
                                        [VERDICT_GOLD] = "gold wrong",
                                        [VERDICT_BOTH] = "both wrong",
                                        [VERDICT_UNSURE] = "unsure"};
    const struct verdict *verdict = case_verdict(view);
    const char *you = store_annotator(view->session->store);
    if (!verdict)
        return;
    view_put(pen, INK_DIM, GROUND_NONE, 0, "  verdict: ");
    view_put(pen, INK_WARN, GROUND_NONE, A_BOLD, words[verdict->answer]);
    if (verdict->by && (!you || strcmp(you, verdict->by)))
        view_format(pen, INK_DIM, GROUND_NONE, 0, " (%s)", verdict->by);
}

static void case_title(struct view_pen *pen, const struct case_view *view)
{
    const struct inspection *inspection = view->inspection;
    enum bottleneck_reading reading = view->session->case_.reading;
    for (size_t s = 0; s < inspection->n_systems; s++) {
        if (inspection->n_systems > 1)
            view_format(pen, INK_DIM, GROUND_NONE, 0, "%s%c ", s ? "  " : " ", 'A' + (int)s);
        else
            view_put(pen, INK_DIM, GROUND_NONE, 0, " ");
        case_put_class(pen, view, s);
    }
    if (inspection->gone)
        view_put(pen, INK_WARN, GROUND_NONE, A_BOLD, "  not in this list any more");
    if (reading != READING_MEAN)
        view_format(pen, INK_WARN, GROUND_NONE, A_BOLD, "  reading: %s", bottleneck_reading_name(reading));
    case_put_verdict(pen, view);
    view_format(pen, INK_DIM, GROUND_NONE, 0, "  %s ", view->gold->id);
}

/* --- the pane ----------------------------------------------------------------------------------------------------- */

/* Lines from a first one on, in columns [left, right). */
static void case_draw_lines(struct screen *screen, WINDOW *window, const struct case_view *view,
                            const struct case_lines *lines, size_t top, size_t left, size_t right)
{
    size_t rows = (size_t)getmaxy(window) - 1;
    for (size_t row = 0; row < rows && top + row < lines->n; row++) {
        struct view_pen pen = view_pen(screen, window, row + 1);
        pen.x = left;
        pen.end = right < pen.end ? right : pen.end;
        case_draw_line(&pen, view, lines->items[top + row]);
    }
}

static size_t case_clamp(size_t top, size_t n, size_t rows)
{
    size_t most = n > rows ? n - rows : 0;
    return top < most ? top : most;
}

static void case_draw(struct screen *screen, WINDOW *window, struct session *session, const struct case_view *view,
                      struct case_lines lines[2])
{
    size_t rows = (size_t)getmaxy(window) - 1, columns = (size_t)getmaxx(window), longest;
    bool beside = columns >= CASE_BESIDE_FROM;
    const struct verdict *verdict = case_verdict(view);
    struct case_lines *right = beside ? &lines[1] : &lines[0];
    if (verdict && verdict->note)
        case_add(&lines[0], LINE_NOTE, 0, 0);
    if (view->item->decision.relation)
        case_add_pairs(&lines[0], view, true);
    case_add_rows(&lines[0], view, true);
    case_add_facts(&lines[0], view);
    case_add_tables(right, view, beside ? rows : 0);
    case_add_pairs(&lines[0], view, false);
    case_add_rows(&lines[0], view, false);

    longest = lines[1].n > lines[0].n ? lines[1].n : lines[0].n;
    session->case_.line = case_clamp(session->case_.line, longest, rows);
    size_t top = session->case_.line;
    char title[64];
    snprintf(title, sizeof title, "case %zu/%zu", view->inspection->at + 1, view->inspection->n_items);
    struct view_pen rule = view_rule(screen, window, 0, title);
    case_title(&rule, view);
    if (longest > rows) {
        char more[48];
        const char *below = top + rows < longest ? "▼ " : "";
        snprintf(more, sizeof more, " %s%zu more %s", top ? "▲ " : "", longest - rows, below);
        size_t columns_more = text_cells_width(more, strlen(more));
        rule.x = rule.end > columns_more ? rule.end - columns_more : rule.x;
        view_put(&rule, INK_WARN, GROUND_NONE, 0, more);
    }
    case_draw_lines(screen, window, view, &lines[0], case_clamp(top, lines[0].n, rows), 0,
                    beside ? columns - CASE_TABLE_COLUMNS - 1 : columns);
    case_draw_lines(screen, window, view, &lines[1], case_clamp(top, lines[1].n, rows), columns - CASE_TABLE_COLUMNS,
                    columns);
}

bool view_case_draw(struct screen *screen, WINDOW *window, struct session *session)
{
    struct case_view view;
    struct case_lines lines[2] = {{0}};
    struct error err = {0};
    size_t columns = (size_t)getmaxx(window);
    if (!session_shows_case(session))
        return false;
    screen_erase(screen, window, GROUND_NONE);
    if (columns >= CASE_BESIDE_FROM)
        columns -= CASE_TABLE_COLUMNS + 1;
    if (case_view_make(session, columns, &view, &err))
        return true;
    size_t most = case_most_lines(&view);
    lines[0].items = calloc(2 * most, sizeof *lines[0].items);
    if (lines[0].items) {
        lines[1].items = lines[0].items + most;
        case_draw(screen, window, session, &view, lines);
    }
    free(lines[0].items);
    case_view_free(&view);
    return true;
}

void view_case_caption(struct screen *screen, WINDOW *window, const struct session *session, size_t second)
{
    static const enum screen_ink inks[INSPECTION_SYSTEMS_MAX] = {INK_HEAT, INK_HEAT_OTHER};
    const struct inspection *inspection = session->inspect.from;
    screen_erase(screen, window, GROUND_NONE);
    for (size_t i = 0; i < inspection->n_systems; i++) {
        struct view_pen pen = view_pen(screen, window, 0);
        char number[16];
        double scale = regions_scale(session->case_.analyses[i]);
        pen.x = 1 + i * second;
        pen.end = i || second >= pen.end ? pen.end : second;
        view_format(&pen, inks[i], GROUND_NONE, A_BOLD, "%c %s", 'A' + (int)i, inspection->systems[i].name);
        view_signed(scale, number);
        view_format(&pen, INK_DIM, GROUND_NONE, 0, scale > 0 ? "  regions ±%s" : "  no heat over regions yet",
                    number + (*number == '+'));
    }
}
