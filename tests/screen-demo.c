/* A small program on top of the screen and the gallery, for tests/screen.sh: a list, a picture with boxes and heat, a
 * popup, a status line.
 *
 * Keys: Down moves the list's selection, n shows the next picture, b the boxes, h the heat, p opens and closes a popup,
 * x crashes, t sends SIGTERM, q leaves. Arguments: [--graphics MODE] PICTURE...
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/gallery.h"
#include "ui/screen.h"
#include "ui/text-cells.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_COLUMNS = 24, GRID = 7, TEXT_ROWS = 4, POPUP_ROWS = 7, POPUP_COLUMNS = 30 };

struct demo {
    struct terminal terminal;
    struct screen *screen;
    struct gallery *gallery;
    WINDOW *list, *picture, *text, *status, *popup;
    char **paths;
    size_t n_paths, shown, selected, n_events;
    bool has_boxes, has_heat;
    enum gallery_state state;
    char last[80];
};

static void demo_wake(void *context)
{
    screen_wake(context);
}

static void demo_layout(struct demo *d)
{
    size_t rows = (size_t)LINES, columns = (size_t)COLS;
    size_t picture_rows = rows > TEXT_ROWS + 2 ? rows - TEXT_ROWS - 2 : 1;
    screen_window_place(d->screen, d->list, rows - 1, LIST_COLUMNS, 0, 0);
    screen_window_place(d->screen, d->picture, picture_rows, columns - LIST_COLUMNS - 1, 0, LIST_COLUMNS + 1);
    screen_window_place(d->screen, d->text, TEXT_ROWS, columns - LIST_COLUMNS - 1, picture_rows, LIST_COLUMNS + 1);
    screen_window_place(d->screen, d->status, 1, columns, rows - 1, 0);
}

static void demo_draw_list(struct demo *d)
{
    screen_erase(d->screen, d->list, GROUND_NONE);
    for (size_t i = 0; i < 12 && i < (size_t)getmaxy(d->list); i++) {
        char line[64];
        snprintf(line, sizeof line, "%2zu \u00b7 post number %zu, Paris in the morning", i, i);
        screen_style(d->screen, d->list, i == d->selected ? INK_BRIGHT : INK_TEXT,
                     i == d->selected ? GROUND_SELECTED : GROUND_NONE, 0);
        text_cells_puts(d->list, (int)i, 0, LIST_COLUMNS, line);
    }
}

static void demo_draw_text(struct demo *d)
{
    static const char tweet[] = "[@ana] h\u00e9llo \U0001f63b \U0001f469\u200d\U0001f4bb \u65e5\u672c\u8a9e "
                                "\u05e9\u05dc\u05d5\u05dd \033[31mred\007 \u202eevil";
    screen_erase(d->screen, d->text, GROUND_NONE);
    for (size_t i = 0; i < 4; i++) {
        char word[16];
        snprintf(word, sizeof word, "heat%zu", i + 1);
        screen_style(d->screen, d->text, INK_TEXT, GROUND_HEAT1 + (enum screen_ground)i, 0);
        text_cells_puts(d->text, 0, (int)(7 * i), 7, word);
        snprintf(word, sizeof word, "cold%zu", i + 1);
        screen_style(d->screen, d->text, INK_TEXT, GROUND_COLD1 + (enum screen_ground)i, 0);
        text_cells_puts(d->text, 0, (int)(28 + 7 * i), 7, word);
    }
    int x = 0;
    static const char *const types[] = {"PER", "LOC", "ORG", "MISC", "A", "B", "C", "D", "E", "F", "G", "H"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        screen_style(d->screen, d->text, screen_ink_of_type(types[i], i), GROUND_NONE, A_BOLD);
        x += (int)text_cells_puts(d->text, 1, x, 5, types[i]) + 1;
    }
    screen_style(d->screen, d->text, INK_TEXT, GROUND_NONE, 0);
    size_t used = text_cells_puts(d->text, 2, 0, SIZE_MAX, tweet);
    text_cells_puts(d->text, 2, (int)used, 1, "|");
}

static void demo_draw_picture(struct demo *d)
{
    static float cells[GRID * GRID];
    for (size_t i = 0; i < GRID * GRID; i++)
        cells[i] = i / GRID == 2 && i % GRID >= 1 && i % GRID <= 3 ? 1 : i % GRID == 5 ? -0.5f : 0;
    const char *path = d->paths[d->shown];
    struct gallery_request request;
    struct gallery_answer answer;
    size_t width = 1, height = 1;
    gallery_request_begin(&d->terminal, (size_t)getmaxx(d->picture), (size_t)getmaxy(d->picture), &request);
    gallery_size(d->gallery, path, &width, &height);
    double w = (double)width, h = (double)height;
    struct scene_box boxes[] = {
        {{0.1 * w, 0.1 * h, 0.6 * w, 0.9 * h}, "1 cat .61", screen_ink_rgb(INK_PER), false},
        {{0.5 * w, 0.3 * h, 0.8 * w, 0.7 * h}, "2 face .22", screen_ink_rgb(INK_MISC), true},
    };
    struct scene_layer layer = {{0, 0, w, h}, GRID, cells};
    request.path = path;
    request.background = screen_ground_rgb(d->screen, GROUND_PICTURE);
    if (d->has_boxes) {
        request.marks.boxes = boxes;
        request.marks.n_boxes = 2;
    }
    if (d->has_heat) {
        request.marks.layers = &layer;
        request.marks.n_layers = 1;
        request.marks.heat_scale = 1;
        request.marks.legend = true;
    }
    gallery_want(d->gallery, 0, &request, &answer);
    d->state = answer.state;
    if (answer.state == GALLERY_READY) {
        screen_picture(d->screen, d->picture, answer.blob);
    } else if (answer.state != GALLERY_PENDING) { /* while it is made, the last one stays */
        char line[400];
        screen_picture(d->screen, d->picture, NULL);
        screen_style(d->screen, d->picture, INK_WARN, GROUND_PICTURE, 0);
        if (answer.state == GALLERY_MISSING)
            snprintf(line, sizeof line, "picture missing: %s", path);
        else
            snprintf(line, sizeof line, "cannot be read: %s: %s", path, answer.reason);
        text_cells_puts(d->picture, 1, 1, SIZE_MAX, line);
    }
    blob_unref(answer.blob);
}

static void demo_draw(struct demo *d)
{
    static const char *const states[] = {"pending", "ready", "missing", "broken"};
    char line[200];
    demo_draw_list(d);
    demo_draw_text(d);
    if (d->terminal.graphics != GRAPHICS_NONE)
        demo_draw_picture(d);
    if (d->popup) {
        screen_erase(d->screen, d->popup, GROUND_NONE);
        screen_style(d->screen, d->popup, INK_BRIGHT, GROUND_NONE, 0);
        text_cells_puts(d->popup, 1, 2, SIZE_MAX, "a popup");
        text_cells_puts(d->popup, 3, 2, SIZE_MAX, "with   gaps   in   it");
    }
    screen_erase(d->screen, d->status, GROUND_BAR);
    screen_style(d->screen, d->status, INK_TEXT, GROUND_BAR, 0);
    snprintf(line, sizeof line, " picture %zu %s  row %zu  %zux%zu  %s  %s", d->shown, states[d->state], d->selected,
             d->terminal.columns, d->terminal.rows, terminal_graphics_name(d->terminal.graphics), d->last);
    text_cells_puts(d->status, 0, 0, SIZE_MAX, line);
    screen_present(d->screen);
}

static void demo_toggle_popup(struct demo *d)
{
    if (d->popup) {
        screen_window_remove(d->screen, d->popup);
        d->popup = NULL;
    } else {
        d->popup = screen_window_add(d->screen, POPUP_ROWS, POPUP_COLUMNS, 3, LIST_COLUMNS - 8);
    }
}

static bool demo_key(struct demo *d, const struct screen_input *input)
{
    snprintf(d->last, sizeof d->last, "key %u%s%s", (unsigned)input->key, input->is_code ? " code" : "",
             input->is_pasted ? " pasted" : "");
    if (input->is_pasted)
        return true;
    if (input->is_code) {
        if (input->key == KEY_DOWN)
            d->selected = (d->selected + 1) % 12;
        return true;
    }
    switch (input->key) {
    case 'q':
        return false;
    case 'n':
        d->shown = (d->shown + 1) % d->n_paths;
        break;
    case 'b':
        d->has_boxes = !d->has_boxes;
        break;
    case 'h':
        d->has_heat = !d->has_heat;
        break;
    case 'p':
        demo_toggle_popup(d);
        break;
    case 'x':
        abort();
    case 't':
        raise(SIGTERM);
        break;
    }
    return true;
}

static int demo_run(struct demo *d)
{
    struct screen_input input;
    d->list = screen_window_add(d->screen, 1, 1, 0, 0);
    d->picture = screen_window_add(d->screen, 1, 1, 0, 0);
    d->text = screen_window_add(d->screen, 1, 1, 0, 0);
    d->status = screen_window_add(d->screen, 1, 1, 0, 0);
    demo_layout(d);
    for (;;) {
        demo_draw(d);
        screen_read(d->screen, -1, &input);
        d->n_events++;
        switch (input.event) {
        case SCREEN_KEY:
            if (!demo_key(d, &input))
                return 0;
            break;
        case SCREEN_MOUSE:
            snprintf(d->last, sizeof d->last, "mouse %d,%d", input.mouse.x, input.mouse.y);
            break;
        case SCREEN_RESIZE:
            if (d->popup)
                demo_toggle_popup(d);
            demo_layout(d);
            break;
        case SCREEN_TERMINATE:
        case SCREEN_GONE:
            return 7;
        case SCREEN_WAKE:
        case SCREEN_TIMEOUT:
            break;
        }
    }
}

int main(int argc, char **argv)
{
    struct demo d = {.has_boxes = true};
    struct error err = {0};
    int first = 1, fd_in, fd_out;
    enum terminal_graphics wanted = GRAPHICS_AUTO;
    setlocale(LC_ALL, "");
    if (argc > 2 && !strcmp(argv[1], "--graphics")) {
        int named = terminal_graphics_from_name(argv[2]);
        if (named < 0)
            return 2;
        wanted = (enum terminal_graphics)named;
        first = 3;
    }
    d.paths = argv + first;
    d.n_paths = (size_t)(argc - first);
    if (d.n_paths == 0)
        return 2;
    if (screen_terminal_fds(&fd_in, &fd_out, &err)) {
        fprintf(stderr, "screen-demo: %s\n", err.message);
        return 4;
    }
    terminal_ask(&d.terminal, fd_in, fd_out, wanted);
    if (screen_open(&d.terminal, &d.screen, &err)) {
        fprintf(stderr, "screen-demo: %s\n", err.message);
        return 4;
    }
    d.gallery = gallery_new(NULL, demo_wake, d.screen, &err);
    int code = d.gallery ? demo_run(&d) : 4;
    gallery_free(d.gallery);
    screen_close(d.screen);
    return code;
}
