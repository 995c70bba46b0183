/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-head.h"

#include "ui/text-cells.h"
#include "ui/view.h"

#include <stdio.h>
#include <string.h>

/* How much is left out, from nothing to all that can be. */
enum head_brevity {
    HEAD_FULL,
    HEAD_NO_ANNOTATOR,
    HEAD_SHORT_POSITION,
    HEAD_NO_NAME,
    HEAD_NO_MODEL,
    HEAD_NO_FILE,
    HEAD_LEVELS
};

static const char *head_mark(const struct view_head *head, enum screen_ink *ink)
{
    *ink = INK_WARN;
    if (store_read_only(head->store)) {
        *ink = INK_DIM;
        return "read-only";
    }
    switch (head->mark) {
    case STORE_SAVED:
        *ink = INK_GOOD;
        return "✓ saved";
    case STORE_JOURNALED:
        return "● journaled";
    case STORE_PENDING:
        return "○ pending";
    case STORE_FAILED:
        break;
    }
    *ink = INK_BAD;
    return "✗ FAILED";
}

static void head_model(const struct view_head *head, enum head_brevity brevity, char *out, size_t size)
{
    const char *what = brevity < HEAD_NO_NAME ? "model " : "";
    char name[64], state[48] = "working";
    snprintf(name, sizeof name, "%s%.40s ", what, head->model.name ? head->model.name : "");
    if (brevity >= HEAD_NO_MODEL)
        name[0] = '\0';
    switch (head->model.state) {
    case WORKER_OFF:
        snprintf(out, size, "no model");
        return;
    case WORKER_OPENING:
        snprintf(out, size, "%sopening", what);
        return;
    case WORKER_FAILED:
        snprintf(out, size, "%sFAILED", brevity < HEAD_NO_MODEL ? "model " : "");
        return;
    case WORKER_READY:
        break;
    }
    if (head->answer.state == WORKER_FRESH)
        snprintf(state, sizeof state, "%.0f ms", head->answer.analysis->milliseconds);
    else if (head->answer.state == WORKER_ERROR)
        snprintf(state, sizeof state, "FAILED");
    snprintf(out, size, "%s%s", name, state);
}

/* Writes the left half; returns its end. Measures only where pen is NULL. */
static size_t head_left(struct view_pen *pen, const struct view_head *head, enum head_brevity brevity)
{
    const char *file = strrchr(store_path(head->store), '/');
    file = file ? file + 1 : store_path(head->store);
    enum screen_ink mark_ink, model_ink = INK_TEXT;
    const char *mark = head_mark(head, &mark_ink);
    char position[64], model[128];
    size_t n = store_count(head->store);
    snprintf(position, sizeof position, brevity < HEAD_SHORT_POSITION ? "post %zu of %zu" : "%zu/%zu", head->post + 1,
             n);
    head_model(head, brevity, model, sizeof model);
    if (head->model.state == WORKER_FAILED || head->answer.state == WORKER_ERROR)
        model_ink = INK_BAD;
    else if (head->model.state != WORKER_READY || head->answer.state != WORKER_FRESH)
        model_ink = INK_DIM;
    struct {
        const char *text;
        enum screen_ink ink;
        attr_t attributes;
        bool shown;
    } parts[] = {
        {"mmib", INK_BRIGHT, A_BOLD, brevity < HEAD_NO_NAME},
        {file, INK_TEXT, 0, brevity < HEAD_NO_FILE},
        {position, INK_TEXT, 0, true},
        {mark, mark_ink, head->mark == STORE_FAILED ? A_BOLD : 0, true},
        {model, model_ink, 0, true},
    };
    size_t width = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!parts[i].shown)
            continue;
        size_t gap = width && brevity < HEAD_NO_MODEL ? 2 : 1;
        if (pen) {
            view_space(pen, gap);
            view_put(pen, parts[i].ink, GROUND_BAR, parts[i].attributes, parts[i].text);
        }
        width += gap + text_cells_width(parts[i].text, strlen(parts[i].text));
    }
    return width;
}

/* The right half: counts by type, annotator. */
static size_t head_right(struct view_pen *pen, const struct view_head *head, enum head_brevity brevity)
{
    const struct schema *schema = store_schema_peek(head->store);
    const char *annotator = brevity < HEAD_NO_ANNOTATOR ? store_annotator(head->store) : NULL;
    size_t width = 1, gap = brevity < HEAD_NO_MODEL ? 2 : 1;
    for (size_t i = 0; i < schema->n_entities; i++) {
        const char *type = schema->entities[i];
        char count[160], n[24];
        view_count(store_type_count(head->store, type), n);
        snprintf(count, sizeof count, "%.40s %s", type, n);
        if (pen) {
            view_put(pen, screen_ink_of_type(type, i), GROUND_BAR, 0, count);
            view_space(pen, gap);
        }
        width += text_cells_width(count, strlen(count)) + gap;
    }
    if (annotator) {
        if (pen)
            view_put(pen, INK_TEXT, GROUND_BAR, 0, annotator);
        width += text_cells_width(annotator, strlen(annotator));
    } else {
        width -= gap;
    }
    return width;
}

void view_head_draw(struct screen *screen, WINDOW *window, const struct view_head *head)
{
    screen_erase(screen, window, GROUND_BAR);
    struct view_pen pen = view_pen(screen, window, 0);
    enum head_brevity brevity = HEAD_FULL;
    while (brevity + 1 < HEAD_LEVELS && head_left(NULL, head, brevity) + 2 + head_right(NULL, head, brevity) > pen.end)
        brevity++;
    size_t right = head_right(NULL, head, brevity);
    head_left(&pen, head, brevity);
    /* A great many types: they are cut at the right edge, after the mark. */
    pen.x = pen.x + 2 + right > pen.end ? pen.x + 2 : pen.end - right;
    head_right(&pen, head, brevity);
}
