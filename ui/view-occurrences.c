/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-occurrences.h"

#include "ui/text-cells.h"
#include "ui/view.h"

#include <stdio.h>
#include <string.h>

enum { OCCURRENCES_STATE_COLUMNS = 24, OCCURRENCES_POST_COLUMNS = 10 };

void view_occurrences_size(const struct session *session, size_t *rows, size_t *columns)
{
    size_t n = session->occurrences.list.n;
    *columns = (size_t)-1;
    *rows = session->occurrences.running ? (size_t)-1 : 2 + (n ? n : 1);
}

void view_occurrences_title(const struct session *session, char *out, size_t size)
{
    const struct session_occurrences *s = &session->occurrences;
    char words[96] = "";
    for (size_t i = 0, used = 0; i < s->list.n_words && used < sizeof words; i++)
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s", i ? " " : "", s->list.words[i]);
    words[utf8_head(words, sizeof words - 1)] = '\0';
    if (s->running)
        snprintf(out, size, " \"%s\": %zu so far, %zu of %zu posts ", words, s->list.n, s->list.scanned,
                 store_count(session->store));
    else
        snprintf(out, size, " \"%s\" → %s: %zu of %zu%s open, %s ", words, s->list.type ? s->list.type : "?",
                 occurrences_count_open(&s->list), s->list.n, s->list.full ? " (and more)" : "",
                 s->list.fold_case ? "any case" : "this case");
}

/* The words before a place, as many as end in so many columns: the first of them. *used_out: the columns that they
 * take, each with a blank. */
static size_t occurrences_context(const struct post *post, size_t start, size_t columns, size_t *used_out)
{
    size_t first = start;
    for (*used_out = 0; first > 0; first--) {
        const char *token = post->tokens[first - 1];
        size_t width = text_cells_width(token, strlen(token)) + 1;
        if (*used_out + width > columns)
            break;
        *used_out += width;
    }
    return first;
}

static void occurrences_state_words(struct view_pen *pen, const struct session *session, const struct occurrence *item,
                                    const struct post *post, enum screen_ground ground)
{
    static const char *const names[OCCURRENCE_STATES] = {[OCCURRENCE_NONE] = "no label",
                                                         [OCCURRENCE_PROPOSAL] = "proposal",
                                                         [OCCURRENCE_SAME] = "✓ same",
                                                         [OCCURRENCE_OTHER] = "≠ other",
                                                         [OCCURRENCE_REFUSED] = "× refused"};
    const struct entity *label =
        occurrences_label_peek(post, item->start, item->start + session->occurrences.list.n_words);
    enum occurrence_state state = item->state;
    if (state == OCCURRENCE_PROPOSAL && session_hides(session, post)) { /* a blind post gives nothing away */
        state = OCCURRENCE_NONE;
        label = NULL;
    }
    view_put(pen, item->state == OCCURRENCE_SAME ? INK_GOOD : item->state == OCCURRENCE_OTHER ? INK_WARN : INK_DIM,
             ground, 0, item->skipped ? "skipped" : names[state]);
    if (label && label->type) {
        view_space(pen, 1);
        view_put(pen, view_type_ink(&session->types, label->type), ground, 0, label->type);
    }
    if (label && label->origin.by)
        view_format(pen, INK_DIM, ground, 0, " %s", label->origin.by);
}

static void occurrences_row(struct view_pen *pen, const struct session *session, const struct occurrence *item,
                            bool marked)
{
    const struct post *post = store_post_peek(session->store, item->post);
    size_t end = item->start + session->occurrences.list.n_words;
    enum screen_ground ground = marked ? GROUND_SELECTED : GROUND_POPUP;
    enum screen_ink ink = occurrences_is_open(item) ? INK_TEXT : INK_DIM;
    screen_style(pen->screen, pen->window, INK_TEXT, ground, 0);
    mvwhline(pen->window, pen->y, 1, ' ', (int)pen->end - 1);
    pen->x = 1;
    view_format(pen, marked ? INK_BRIGHT : INK_DIM, ground, 0, "%s%*zu ", marked ? "▶" : " ",
                OCCURRENCES_POST_COLUMNS - 4, item->post + 1);
    size_t edge = pen->end > OCCURRENCES_STATE_COLUMNS + pen->x ? pen->end - OCCURRENCES_STATE_COLUMNS : pen->end;
    if (!post || end > post->n_tokens) {
        view_put(pen, INK_DIM, ground, 0, "its words are others by now");
        return;
    }
    struct view_pen words = *pen;
    words.end = edge - 1;
    size_t before = (words.end - words.x) / 3, used;
    size_t first = occurrences_context(post, item->start, before, &used);
    view_space(&words, before - used); /* the places stand below each other */
    view_put(&words, INK_DIM, ground, 0, first ? "… " : "  ");
    for (size_t i = first; i < post->n_tokens && words.x < words.end; i++) {
        bool inside = i >= item->start && i < end;
        if (i == item->start)
            view_put(&words, INK_BRIGHT, ground, A_BOLD, "[");
        view_put(&words, inside ? INK_BRIGHT : ink, ground, inside ? A_BOLD : 0, post->tokens[i]);
        if (i + 1 == end)
            view_put(&words, INK_BRIGHT, ground, A_BOLD, "]");
        if (words.x < words.end)
            view_put(&words, ink, ground, 0, " ");
    }
    pen->x = edge;
    occurrences_state_words(pen, session, item, post, ground);
}

/* First place shown: the marked one is seen. */
static size_t occurrences_top(WINDOW *window, const struct session_occurrences *s)
{
    size_t rows = (size_t)getmaxy(window) - 2, n = s->list.n;
    if (n <= rows || s->marked < rows / 2)
        return 0;
    return s->marked - rows / 2 + rows > n ? n - rows : s->marked - rows / 2;
}

bool view_occurrences_at(WINDOW *window, const struct session *session, size_t row, size_t *index)
{
    const struct session_occurrences *s = &session->occurrences;
    if (!row || row + 1 >= (size_t)getmaxy(window))
        return false;
    *index = occurrences_top(window, s) + row - 1;
    return *index < s->list.n;
}

void view_occurrences_draw(struct screen *screen, WINDOW *window, const struct session *session)
{
    const struct session_occurrences *s = &session->occurrences;
    size_t rows = (size_t)getmaxy(window) - 2, n = s->list.n, top = occurrences_top(window, s);
    for (size_t row = 0; row < rows && top + row < n; row++) {
        struct view_pen pen = view_pen(screen, window, row + 1);
        pen.end--;
        occurrences_row(&pen, session, &s->list.items[top + row], top + row == s->marked);
    }
    if (!n) {
        struct view_pen pen = view_pen(screen, window, 1);
        view_space(&pen, 2);
        view_put(&pen, INK_DIM, GROUND_POPUP, 0, s->running ? "looking …" : "no place in the corpus");
    }
}
