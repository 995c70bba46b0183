/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-list.h"

#include "ui/view.h"

#include <stdint.h>
#include <stdio.h>

enum { LIST_COLUMNS_FOR_WORDS = 26 /* a narrower list says "no picture" by mark and grey alone */ };

/* First post shown: row 0 is the title. */
static size_t list_top(size_t rows, size_t n, size_t current)
{
    if (n <= rows || current < rows / 2)
        return 0;
    return current - rows / 2 + rows > n ? n - rows : current - rows / 2;
}

size_t view_list_at(WINDOW *window, const struct store *store, size_t current, size_t row)
{
    size_t rows = (size_t)getmaxy(window) - 1, n = store_count(store);
    if (!row || row > rows)
        return SIZE_MAX;
    size_t index = list_top(rows, n, current) + row - 1;
    return index < n ? index : SIZE_MAX;
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

static void list_post(struct view_pen *pen, const struct store *store, struct finder *finder, size_t index,
                      bool is_current)
{
    static const struct {
        const char *mark;
        enum screen_ink ink;
    } statuses[] = {[STATUS_NEW] = {"·", INK_TEXT},
                    [STATUS_STARTED] = {"~", INK_WARN},
                    [STATUS_DONE] = {"✓", INK_GOOD},
                    [STATUS_SKIPPED] = {"»", INK_DIM}};
    const struct post *post = store_post_peek(store, index);
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
    view_format(pen, words, ground, attributes, "%*zu ", (int)list_digits(store_count(store)), index + 1);
    view_put(pen, none && post->status == STATUS_NEW ? INK_DIM : ink, ground, attributes,
             none && post->status == STATUS_NEW ? "–" : statuses[post->status].mark);
    if (post->n_flags)
        view_put(pen, INK_WARN, ground, A_BOLD, "!");
    else
        view_put(pen, words, ground, attributes, post->note ? ";" : " ");
    if (none && pen->end >= LIST_COLUMNS_FOR_WORDS)
        view_put(pen, INK_DIM, ground, 0, picture.state == FINDER_NONE ? "(no picture) " : "(missing) ");
    list_words(pen, post, words, ground, attributes);
}

void view_list_draw(struct screen *screen, WINDOW *window, const struct store *store, struct finder *finder,
                    size_t current)
{
    size_t rows = (size_t)getmaxy(window) - 1, n = store_count(store), top = list_top(rows, n, current);
    screen_erase(screen, window, GROUND_NONE);
    struct view_pen pen = view_pen(screen, window, 0);
    view_space(&pen, 1);
    pen.end--;
    char done[24];
    view_count(store_status_count(store, STATUS_DONE), done);
    view_format(&pen, INK_DIM, GROUND_NONE, 0, "posts · %s of %zu done", done, n);
    for (size_t row = 0; row < rows && top + row < n; row++) {
        pen = view_pen(screen, window, row + 1);
        pen.end--;
        list_post(&pen, store, finder, top + row, top + row == current);
    }
    screen_style(screen, window, INK_DIM, GROUND_NONE, 0);
    for (int y = 0; y < getmaxy(window); y++) {
        pen = view_pen(screen, window, (size_t)y);
        pen.x = pen.end - 1;
        view_put(&pen, INK_DIM, GROUND_NONE, 0, "│");
    }
}
