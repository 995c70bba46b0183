/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-list.h"

#include "ui/text-cells.h"
#include "ui/view.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LIST_COLUMNS_FOR_WORDS = 28 /* a narrower list says "no picture" by mark and grey alone */ };

/* What the rules above the posts say: one row of words, or two where one is too narrow. */
struct list_title {
    char rows[2][320];
    size_t n;
};

static void list_title(WINDOW *window, const struct session *session, struct list_title *title)
{
    const struct queue *queue = &session->queue;
    size_t columns = (size_t)getmaxx(window) - 2, n = store_count(session->store);
    char filter[128], order[80], counts[64], done[24];
    *title = (struct list_title){.n = 1};
    if (queue->whole) {
        view_count(store_status_count(session->store, STATUS_DONE), done);
        snprintf(title->rows[0], sizeof title->rows[0], "posts · %s of %zu done", done, n);
        if (text_cells_width(title->rows[0], strlen(title->rows[0])) > columns)
            snprintf(title->rows[0], sizeof title->rows[0], "done %s/%zu", done, n);
        return;
    }
    queue_filter_words(queue, filter, sizeof filter);
    queue_order_words(queue, false, order, sizeof order);
    snprintf(counts, sizeof counts, "%zu/%zu%s", queue_fitting(queue), n, queue_is_busy(queue) ? "…" : "");
    snprintf(title->rows[0], sizeof title->rows[0], "posts (%s%s%s) %s", filter, *order ? ", " : "", order, counts);
    if (text_cells_width(title->rows[0], strlen(title->rows[0])) <= columns)
        return;
    snprintf(title->rows[0], sizeof title->rows[0], "%s %s", counts, filter);
    if (text_cells_width(order, strlen(order)) > columns)
        queue_order_words(queue, true, order, sizeof order);
    snprintf(title->rows[1], sizeof title->rows[1], "%s", order);
    title->n += *order != '\0';
}

/* Position in the queue of the first row. */
static size_t list_top(size_t rows, const struct session *session)
{
    size_t n = queue_count(&session->queue), at = queue_position(&session->queue, session->post);
    if (n <= rows || at == SIZE_MAX || at < rows / 2)
        return 0;
    return at - rows / 2 + rows > n ? n - rows : at - rows / 2;
}

size_t view_list_at(WINDOW *window, const struct session *session, size_t row)
{
    struct list_title title;
    list_title(window, session, &title);
    size_t rows = (size_t)getmaxy(window) - title.n;
    if (row < title.n || row >= title.n + rows)
        return SIZE_MAX;
    size_t position = list_top(rows, session) + row - title.n;
    return position < queue_count(&session->queue) ? queue_at(&session->queue, position) : SIZE_MAX;
}

static size_t list_digits(size_t n)
{
    size_t digits = 1;
    while (n >= 10) {
        n /= 10;
        digits++;
    }
    return digits;
}

static void list_words(struct view_pen *pen, const struct post *post, enum screen_ink ink, enum screen_ground ground,
                       attr_t attributes)
{
    for (size_t i = 0; i < post->n_tokens && pen->x < pen->end; i++) {
        view_put(pen, ink, ground, attributes, post->tokens[i]);
        if (pen->x < pen->end)
            view_put(pen, ink, ground, attributes, " ");
    }
}

/* Beside the status: a flag, else a note, else how many proposals are open: nothing where the model has not run. */
static void list_remark(struct view_pen *pen, const struct session *session, size_t index, const struct post *post,
                        enum screen_ground ground)
{
    struct scores_of_post scores = {.state = SCORES_UNSEEN};
    if (session->scores && !session_hides(session, post))
        scores_of(session->scores, index, post, session_threshold(session), &scores);
    if (pen->end >= LIST_COLUMNS_FOR_WORDS) /* "–3" is no negative number */
        view_put(pen, INK_DIM, ground, 0, " ");
    if (post->n_flags)
        view_put(pen, INK_WARN, ground, A_BOLD, "!");
    else if (post->note)
        view_put(pen, INK_TEXT, ground, 0, ";");
    else if (scores.state == SCORES_FAILED)
        view_put(pen, INK_BAD, ground, 0, "×");
    else if (!scores.has_proposals)
        view_put(pen, INK_DIM, ground, 0, " ");
    else if (scores.n_proposals > 9)
        view_put(pen, INK_TEXT, ground, 0, "+");
    else
        view_format(pen, scores.n_proposals ? INK_TEXT : INK_DIM, ground, 0, "%zu", scores.n_proposals);
}

static void list_post(struct view_pen *pen, const struct session *session, struct finder *finder, size_t index)
{
    static const struct {
        const char *mark;
        enum screen_ink ink;
    } statuses[] = {[STATUS_NEW] = {"·", INK_TEXT},
                    [STATUS_STARTED] = {"~", INK_WARN},
                    [STATUS_DONE] = {"✓", INK_GOOD},
                    [STATUS_SKIPPED] = {"»", INK_DIM}};
    const struct post *post = store_post_peek(session->store, index);
    bool is_current = index == session->post;
    enum screen_ground ground = is_current ? GROUND_SELECTED : GROUND_NONE;
    enum screen_ink ink = statuses[post->status].ink, words = post->status == STATUS_STARTED ? INK_TEXT : ink;
    struct finder_answer picture;
    finder_peek(finder, index, post, &picture);
    bool none = picture.state != FINDER_FOUND && picture.state != FINDER_PENDING;
    if (none && words == INK_TEXT)
        words = INK_DIM;
    attr_t attributes = 0;
    if (is_current) {
        words = INK_BRIGHT;
        attributes = A_BOLD;
        screen_style(pen->screen, pen->window, INK_TEXT, ground, 0);
        mvwhline(pen->window, pen->y, 0, ' ', (int)pen->end);
    }
    view_put(pen, INK_BRIGHT, ground, attributes, is_current ? "▶" : " ");
    view_format(pen, words, ground, attributes, "%*zu ", (int)list_digits(store_count(session->store)),
                index + 1);
    view_put(pen, none && post->status == STATUS_NEW ? INK_DIM : ink, ground, attributes,
             none && post->status == STATUS_NEW ? "–" : statuses[post->status].mark);
    list_remark(pen, session, index, post, ground);
    view_put(pen, words, ground, 0, " ");
    if (none && pen->end >= LIST_COLUMNS_FOR_WORDS)
        view_put(pen, INK_DIM, ground, 0, picture.state == FINDER_NONE ? "(no picture) " : "(missing) ");
    list_words(pen, post, words, ground, attributes);
}

void view_list_draw(struct screen *screen, WINDOW *window, const struct session *session, struct finder *finder)
{
    struct list_title title;
    screen_erase(screen, window, GROUND_NONE);
    list_title(window, session, &title);
    for (size_t i = 0; i < title.n; i++) {
        struct view_pen pen = view_pen(screen, window, i);
        view_space(&pen, 1);
        pen.end--;
        view_put(&pen, session->queue.whole ? INK_DIM : INK_WARN, GROUND_NONE, 0, title.rows[i]);
    }
    size_t rows = (size_t)getmaxy(window) - title.n, n = queue_count(&session->queue), top = list_top(rows, session);
    for (size_t row = 0; row < rows && top + row < n; row++) {
        struct view_pen pen = view_pen(screen, window, row + title.n);
        pen.end--;
        list_post(&pen, session, finder, queue_at(&session->queue, top + row));
    }
    screen_style(screen, window, INK_DIM, GROUND_NONE, 0);
    for (int y = 0; y < getmaxy(window); y++) {
        struct view_pen pen = view_pen(screen, window, (size_t)y);
        pen.x = pen.end - 1;
        view_put(&pen, INK_DIM, GROUND_NONE, 0, "│");
    }
}
