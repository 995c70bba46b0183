/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-order.h"

#include "ui/view.h"

#include <stdio.h>

enum { ORDER_COLUMNS = 46, ORDER_WORDS_AT = 6, ORDER_VALUE_AT = 21 };

struct order_row {
    enum command command;
    const char *what;
};

static const struct order_row order_rows[] = {
    {COMMAND_ORDER_FILE, "file order"},
    {COMMAND_ORDER_WORDS, "uncertainty of the words"},
    {COMMAND_ORDER_PICTURE, "uncertainty of the picture"},
    {COMMAND_ORDER_MATCH, "text-picture match, worst first"},
    {COMMAND_ORDER_STATUS, "status"},
};
static const struct order_row filter_rows[] = {
    {COMMAND_FILTER_STATUS, "status"}, {COMMAND_FILTER_TYPE, "entity type"}, {COMMAND_FILTER_TEXT, "text"},
    {COMMAND_FILTER_FLAG, "flag"},     {COMMAND_FILTER_MODEL, "model"},      {COMMAND_FILTER_CLEAR, "all posts"},
};
enum {
    ORDER_ROWS = sizeof order_rows / sizeof order_rows[0],
    FILTER_ROWS = sizeof filter_rows / sizeof filter_rows[0],
};

void view_order_size(const struct session *session, size_t *rows, size_t *columns)
{
    *rows = (session->filtering ? FILTER_ROWS : ORDER_ROWS) + 2;
    *columns = ORDER_COLUMNS;
}

enum command view_order_at(const struct session *session, size_t row)
{
    if (!row || row > (size_t)(session->filtering ? FILTER_ROWS : ORDER_ROWS))
        return COMMAND_NONE;
    return session->filtering ? filter_rows[row - 1].command : order_rows[row - 1].command;
}

void view_order_title(const struct session *session, char *out, size_t size)
{
    const struct queue *queue = &session->queue;
    if (session->filtering)
        snprintf(out, size, " posts in the list: %zu of %zu%s ", queue_fitting(queue), queue->source.n,
                 queue_is_busy(queue) ? ", so far" : "");
    else
        snprintf(out, size, " order of the list ");
}

/* What a row of the filter says, and whether it leaves anything out. NULL: it says nothing. */
static const char *order_value(const struct queue_filter *filter, enum command command, bool *set)
{
    switch (command) {
    case COMMAND_FILTER_STATUS:
        *set = filter->status;
        return queue_status_name(filter->status);
    case COMMAND_FILTER_TYPE:
        *set = filter->type;
        return filter->type ? filter->type : "any";
    case COMMAND_FILTER_TEXT:
        *set = filter->text.text;
        return filter->text.text ? filter->text.text : "any";
    case COMMAND_FILTER_FLAG:
        *set = filter->flag;
        return queue_flag_name(filter->flag);
    case COMMAND_FILTER_MODEL:
        *set = filter->model;
        return queue_model_name(filter->model);
    default:
        return NULL;
    }
}

static void order_row(struct view_pen *pen, const struct session *session, const struct order_row *row)
{
    char key[24];
    bool set = false;
    view_space(pen, 2);
    view_put(pen, INK_BRIGHT, GROUND_POPUP, A_BOLD, keymap_command_key(MODE_ORDER, row->command, key, sizeof key));
    pen->x = ORDER_WORDS_AT;
    if (session->filtering) {
        const char *value = order_value(&session->queue.filter, row->command, &set);
        view_put(pen, INK_TEXT, GROUND_POPUP, 0, row->what);
        pen->x = ORDER_VALUE_AT;
        view_put(pen, set ? INK_BRIGHT : INK_DIM, GROUND_POPUP, set ? A_BOLD : 0, value ? value : "");
    } else {
        bool chosen = session->queue.order == (enum queue_order)(row->command - COMMAND_ORDER_FILE);
        view_put(pen, INK_BRIGHT, GROUND_POPUP, A_BOLD, chosen ? "▶ " : "  ");
        view_put(pen, chosen ? INK_BRIGHT : INK_TEXT, GROUND_POPUP, 0, row->what);
    }
}

void view_order_draw(struct screen *screen, WINDOW *window, const struct session *session)
{
    size_t n = session->filtering ? FILTER_ROWS : ORDER_ROWS;
    for (size_t i = 0; i < n && (int)i + 2 < getmaxy(window); i++) {
        struct view_pen pen = view_pen(screen, window, i + 1);
        pen.end--;
        order_row(&pen, session, session->filtering ? &filter_rows[i] : &order_rows[i]);
    }
}
