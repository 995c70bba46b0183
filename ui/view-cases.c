/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-cases.h"

#include "ui/text-cells.h"
#include "ui/view.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    CASES_TITLE_ROWS = 2,
    CASES_COLUMNS_FOR_CLASS = 38, /* a narrower list says the class by a mark alone */
    CASES_CLASS_COLUMNS = 13,
    CASES_WORDS_BYTES = 160,
};

bool view_cases_shown(const struct session *session)
{
    return session_inspects(session) && session_mode_below(session) == MODE_CASE;
}

/* Rows of the pane that show cases, and the place in the list of the first. */
static size_t cases_top(WINDOW *window, const struct inspection *from, size_t *rows_out)
{
    size_t rows = (size_t)getmaxy(window), n = from->n_items, at = from->at;
    rows = rows > CASES_TITLE_ROWS ? rows - CASES_TITLE_ROWS : 0;
    *rows_out = rows;
    if (n <= rows || at < rows / 2)
        return 0;
    return at - rows / 2 + rows > n ? n - rows : at - rows / 2;
}

size_t view_cases_at(WINDOW *window, const struct session *session, size_t row)
{
    size_t rows, top = cases_top(window, session->inspect.from, &rows);
    if (row < CASES_TITLE_ROWS || row - CASES_TITLE_ROWS >= rows)
        return SIZE_MAX;
    size_t at = top + row - CASES_TITLE_ROWS;
    return at < session->inspect.from->n_items ? at : SIZE_MAX;
}

/* One character for a class. */
static const char *cases_mark(bool relation, int class)
{
    static const char *const entities[TAXONOMY_CLASSES] = {"✓", "t", "b", "x", "s", "m", "−", "+"};
    static const char *const relations[TAXONOMY_RELATION_CLASSES] = {"✓", "t", "d", "g", "a", "−", "+"};
    return relation ? relations[class] : entities[class];
}

/* Of an entity: "OTHER→MISC"; where one side has nothing it is "-". */
static void cases_types(const struct session *session, const struct inspection_item *item,
                        const struct cases_entry *entry, char out[48])
{
    const struct cases_total *total = &session->inspect.from->systems[item->system].cases->totals[CASES_ENTITIES];
    const char *names[2];
    for (int i = 0; i < 2; i++)
        names[i] = entry->types[i] == CASES_NONE ? "-" : total->names[entry->types[i]]->name;
    snprintf(out, 48, "%.20s→%.20s", names[0], names[1]);
}

/* The class in words, or, where all have the same, what was taken for what. */
static void cases_class(struct view_pen *pen, const struct session *session, const struct inspection_item *item,
                        const struct cases_entry *entry, int class, enum screen_ground ground)
{
    const struct inspection_filter *filter = &session->inspect.from->filter;
    struct view_pen inner = *pen;
    char types[48];
    inner.end = pen->x + CASES_CLASS_COLUMNS;
    if (entry && !item->decision.relation && (filter->class >= 0 || filter->has_cell)) {
        cases_types(session, item, entry, types);
        view_put(&inner, INK_DIM, ground, 0, types);
    } else
        view_put(&inner, class ? INK_TEXT : INK_GOOD, ground, 0, taxonomy_class_name(item->decision.relation, class));
    view_space(pen, CASES_CLASS_COLUMNS + 1);
}

static void cases_words(const struct session *session, const struct inspection_item *item, char *out, size_t size)
{
    const struct post *post = store_post_peek(session->store, item->post);
    const size_t *spans[2] = {item->decision.span, item->decision.tail};
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < 1 + (size_t)item->decision.relation; i++) {
        used += i && used < size ? (size_t)snprintf(out + used, size - used, " → ") : 0;
        for (size_t k = spans[i][0]; k < spans[i][1] && k < post->n_tokens && used < size; k++)
            used += (size_t)snprintf(out + used, size - used, "%s%s", k > spans[i][0] ? " " : "", post->tokens[k]);
    }
}

/* What the list is sorted by, at the right end; "" = nothing. */
static void cases_value(const struct inspection *from, const struct inspection_item *item, char out[16])
{
    double value = NAN;
    out[0] = '\0';
    if (from->order == INSPECTION_CONFIDENCE)
        value = inspection_confidence(from, item);
    else if (from->order == INSPECTION_MATCH)
        value = from->systems[item->system].predictions[item->post].match;
    if (!isnan(value))
        view_probability(value, out);
}

static void cases_row(struct view_pen *pen, const struct session *session, const struct inspection_item *item,
                      bool at_hand)
{
    const struct inspection *from = session->inspect.from;
    const struct cases_entry *entry = inspection_case(from, item, item->system);
    enum screen_ground ground = at_hand ? GROUND_SELECTED : GROUND_NONE;
    int class = entry ? inspection_class(from, item, entry) : 0, answer = inspection_answer(from, item);
    enum screen_ink ink = class ? INK_TEXT : INK_GOOD;
    char words[CASES_WORDS_BYTES], value[16], number[24];
    if (at_hand) {
        screen_style(pen->screen, pen->window, INK_TEXT, ground, 0);
        mvwhline(pen->window, pen->y, 0, ' ', (int)pen->end);
    }
    view_put(pen, INK_BRIGHT, ground, at_hand ? A_BOLD : 0, at_hand ? "▶" : " ");
    int digits = snprintf(number, sizeof number, "%zu", store_count(session->store));
    view_format(pen, INK_DIM, ground, 0, "%*zu ", digits, item->post + 1);
    if (inspection_compares(from) || from->filter.flips)
        view_format(pen, INK_TEXT, ground, 0, "%c ", "=AB-"[item->right]);
    if (pen->end >= CASES_COLUMNS_FOR_CLASS)
        cases_class(pen, session, item, entry, class, ground);
    else
        view_format(pen, ink, ground, 0, "%s ", cases_mark(item->decision.relation, class));
    view_put(pen, answer < 0 ? INK_DIM : INK_WARN, ground, 0,
             answer < 0 ? " " : (const char *[]){"m", "g", "b", "?"}[answer]);
    view_space(pen, 1);
    cases_words(session, item, words, sizeof words);
    cases_value(from, item, value);
    struct view_pen end = *pen;
    pen->end -= *value ? strlen(value) + 1 : 0;
    view_put(pen, at_hand ? INK_BRIGHT : INK_TEXT, ground, at_hand ? A_BOLD : 0, words);
    end.x = pen->end + 1;
    view_put(&end, INK_DIM, ground, 0, value);
}

void view_cases_draw(struct screen *screen, WINDOW *window, const struct session *session)
{
    const struct inspection *from = session->inspect.from;
    char filter[192];
    size_t rows, top = cases_top(window, from, &rows);
    screen_erase(screen, window, GROUND_NONE);
    inspection_filter_words(from, filter, sizeof filter);
    for (size_t i = 0; i < CASES_TITLE_ROWS; i++) {
        struct view_pen pen = view_pen(screen, window, i);
        view_space(&pen, 1);
        pen.end--;
        if (i == 0)
            view_put(&pen, INK_WARN, GROUND_NONE, 0, filter);
        else
            view_format(&pen, INK_DIM, GROUND_NONE, 0, "%zu %s, by %s", from->n_items,
                        from->n_items == 1 ? "case" : "cases", inspection_order_name(from->order));
    }
    for (size_t i = 0; i < rows && top + i < from->n_items; i++) {
        struct view_pen pen = view_pen(screen, window, i + CASES_TITLE_ROWS);
        pen.end--;
        cases_row(&pen, session, &from->items[top + i], !from->gone && top + i == from->at);
    }
    for (int y = 0; y < getmaxy(window); y++) {
        struct view_pen pen = view_pen(screen, window, (size_t)y);
        pen.x = pen.end - 1;
        view_put(&pen, INK_DIM, GROUND_NONE, 0, "│");
    }
}
