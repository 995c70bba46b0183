/* SPDX-License-Identifier: Apache-2.0 */
#include "src/tsne-figure.h"

#include "corpora/text.h"
#include "src/tsne-letters.h"
#include "ui/canvas.h"
#include "ui/chart.h"
#include "ui/numbers.h"
#include "ui/painter-sixel.h"
#include "ui/terminal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIGURE_PANEL_PT = 300, FIGURE_GAP_PT = 16, FIGURE_MARGIN_PT = 10, FIGURE_SIDES = 2, FIGURE_NAME_BYTES = 96 };
enum { FIGURE_SIXEL_MAX_PX = 700 /* of height: what a scatter needs */ };

static const char *const figure_sides[FIGURE_SIDES] = {"text", "image"};

/* The series of a panel: types times sides. */
struct figure_series {
    struct chart_series each[LINKED_TYPES_MAX * FIGURE_SIDES];
    char names[LINKED_TYPES_MAX * FIGURE_SIDES][FIGURE_NAME_BYTES];
    size_t n;
    double *numbers; /* [4 n] what x and y of all series point to */
};

static int figure_series_make(const struct linked_pairs *pairs, const double *y, struct figure_series *out)
{
    size_t at = 0;
    out->n = pairs->n_types * FIGURE_SIDES;
    out->numbers = calloc(4 * pairs->n + 1, sizeof *out->numbers);
    if (!out->numbers)
        return -1;
    for (size_t s = 0; s < out->n; s++) {
        size_t type = s / FIGURE_SIDES, side = s % FIGURE_SIDES, n = 0, taken = pairs->types[type].taken;
        double *xs = out->numbers + at, *ys = xs + taken;
        for (size_t i = 0; i < pairs->n; i++)
            if (pairs->each[i].type == type) {
                xs[n] = y[2 * (2 * i + side)];
                ys[n++] = y[2 * (2 * i + side) + 1];
            }
        at += 2 * taken;
        snprintf(out->names[s], sizeof out->names[s], "%.*s %s", utf8_head(pairs->types[type].name, 80),
                 pairs->types[type].name, figure_sides[side]);
        out->each[s] = (struct chart_series){.name = taken ? out->names[s] : NULL,
                                             .x = xs,
                                             .y = ys,
                                             .n = n,
                                             .style = CHART_SCATTER,
                                             .has_look = true,
                                             .ink = side,
                                             .marker = type};
    }
    return 0;
}

/* Equal ranges on both axes, so that distances are the same in all directions. */
static void figure_ranges(const double *y, size_t n, struct chart *chart)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (size_t i = 0; i < 2 * n; i++) {
        low[i % 2] = fmin(low[i % 2], y[i]);
        high[i % 2] = fmax(high[i % 2], y[i]);
    }
    double half = fmax(fmax(high[0] - low[0], high[1] - low[1]) * 0.53, 1e-6);
    struct chart_axis *const axes[] = {&chart->x, &chart->y};
    for (size_t k = 0; k < 2; k++) {
        double middle = (low[k] + high[k]) / 2;
        *axes[k] = (struct chart_axis){.low = middle - half, .high = middle + half, .bare = true};
    }
}

static double figure_width(const struct tsne_figure *figure)
{
    return 2 * FIGURE_MARGIN_PT + (double)figure->n_panels * (FIGURE_PANEL_PT + FIGURE_GAP_PT) - FIGURE_GAP_PT;
}

static const double figure_height = FIGURE_PANEL_PT + 2 * FIGURE_MARGIN_PT + 44; /* title and legend */

static int figure_draw(cairo_t *cairo, const struct tsne_figure *figure, struct error *err)
{
    for (size_t m = 0; m < figure->n_panels; m++) {
        struct figure_series series;
        const double area[4] = {FIGURE_MARGIN_PT + (double)m * (FIGURE_PANEL_PT + FIGURE_GAP_PT), FIGURE_MARGIN_PT,
                                FIGURE_PANEL_PT, figure_height - 2 * FIGURE_MARGIN_PT};
        if (figure_series_make(figure->pairs, figure->panels[m].y, &series))
            return error_memory(err, "figure");
        struct chart chart = {.title = figure->panels[m].title, .series = series.each, .n_series = series.n};
        figure_ranges(figure->panels[m].y, 2 * figure->pairs->n, &chart);
        chart_draw(cairo, area, &chart);
        free(series.numbers);
    }
    return 0;
}

/* The entity's words, with blanks between. */
static char *figure_words(const struct post *post, const struct entity *entity)
{
    struct text words = {0};
    for (size_t t = entity->start; t < entity->end; t++) {
        text_add(&words, t > entity->start ? " " : "");
        text_add(&words, post->tokens[t]);
    }
    return text_take(&words);
}

static int figure_put_numbers(const struct tsne_figure *figure, struct numbers *numbers)
{
    for (size_t m = 0; m < figure->n_panels; m++)
        for (size_t i = 0; i < 2 * figure->pairs->n; i++) {
            const struct linked_pair *pair = &figure->pairs->each[i / 2];
            const struct post *post = &figure->corpus->posts[pair->post];
            char *words = figure_words(post, &post->entities[pair->entity]);
            if (!words)
                return -1;
            numbers_text(numbers, figure->panels[m].name);
            numbers_text(numbers, figure->pairs->types[pair->type].name);
            numbers_text(numbers, figure_sides[i % 2]);
            numbers_real(numbers, figure->panels[m].y[2 * i]);
            numbers_real(numbers, figure->panels[m].y[2 * i + 1]);
            numbers_text(numbers, post->id);
            numbers_text(numbers, words);
            numbers_text(numbers, post->objects[pair->object].id);
            numbers_end_line(numbers);
            free(words);
        }
    return 0;
}

int tsne_figure_save(const struct tsne_figure *figure, const char *path, struct error *err)
{
    struct numbers numbers;
    if (numbers_open(path, "model,type,side,x,y,post,entity,object", &numbers, err))
        return -1;
    struct canvas *canvas = canvas_open(path, figure_width(figure), figure_height, err);
    int result = !canvas ? -1 : figure_draw(canvas_cairo(canvas), figure, err);
    if (!result && figure_put_numbers(figure, &numbers))
        result = error_memory(err, path);
    if (result)
        canvas_abandon(canvas);
    else
        result = canvas_close(canvas, err);
    if (!result)
        return numbers_close(&numbers, err);
    numbers_abandon(&numbers);
    return -1;
}

/* Cairo's pixels, 0xXXRRGGBB each, as a picture's. */
static int figure_pixels(cairo_surface_t *surface, struct picture *out)
{
    size_t width = (size_t)cairo_image_surface_get_width(surface);
    size_t height = (size_t)cairo_image_surface_get_height(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    const unsigned char *data = cairo_image_surface_get_data(surface);
    *out = (struct picture){.rgb = calloc(width * height + 1, 3), .width = width, .height = height};
    for (size_t i = 0; out->rgb && i < width * height; i++) {
        uint32_t pixel;
        memcpy(&pixel, data + i / width * stride + i % width * 4, sizeof pixel);
        for (unsigned k = 0; k < 3; k++)
            out->rgb[3 * i + k] = (uint8_t)(pixel >> (16 - 8 * k));
    }
    return out->rgb ? 0 : -1;
}

static int figure_put_sixel(const struct picture *image, size_t columns, size_t rows, const struct terminal *terminal,
                            struct error *err)
{
    const uint32_t exact[] = {chart_ink(0), chart_ink(1)};
    struct blob *blob;
    if (painter_sixel_paint(image, columns, rows, terminal->registers, exact, 2, &blob, err))
        return -1;
    printf("%s", terminal->sixel_display_mode_is_set ? "\033[?80l" : "");
    fwrite(blob->bytes, 1, blob->n_bytes, stdout);
    printf("%s\n", terminal->sixel_display_mode_is_set ? "\033[?80h" : "");
    blob_unref(blob);
    return 0;
}

static int figure_show_sixel(const struct tsne_figure *figure, const struct terminal *terminal, struct error *err)
{
    size_t width_px = terminal->columns * terminal->cell_width_px;
    size_t height_px = terminal->rows * terminal->cell_height_px;
    width_px = width_px < terminal->max_width_px ? width_px : terminal->max_width_px;
    height_px = height_px < terminal->max_height_px ? height_px : terminal->max_height_px;
    double tallest = fmin((double)height_px * 0.85, FIGURE_SIXEL_MAX_PX);
    double scale = fmin((double)width_px / figure_width(figure), tallest / figure_height);
    size_t columns = (size_t)(scale * figure_width(figure)) / terminal->cell_width_px;
    size_t rows = (size_t)(scale * figure_height) / terminal->cell_height_px;
    if (columns < 20 || rows < 10)
        return tsne_letters_show(figure, terminal, err);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(columns * terminal->cell_width_px),
                                                          (int)(rows * terminal->cell_height_px));
    cairo_t *cairo = cairo_create(surface);
    struct picture image = {0};
    canvas_source(cairo, 0xffffff, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, scale, scale);
    int result = figure_draw(cairo, figure, err);
    cairo_surface_flush(surface);
    if (!result && (cairo_status(cairo) != CAIRO_STATUS_SUCCESS || figure_pixels(surface, &image)))
        result = error_memory(err, "figure");
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    if (!result)
        result = figure_put_sixel(&image, columns, rows, terminal, err);
    free(image.rgb);
    return result;
}

int tsne_figure_show(const struct tsne_figure *figure, struct error *err)
{
    struct terminal terminal = {.columns = 80, .rows = 24, .graphics = GRAPHICS_NONE, .colours = COLOURS_NONE};
    if (isatty(STDOUT_FILENO))
        terminal_ask(&terminal, STDIN_FILENO, STDOUT_FILENO, GRAPHICS_AUTO);
    return terminal.graphics == GRAPHICS_SIXEL ? figure_show_sixel(figure, &terminal, err)
                                               : tsne_letters_show(figure, &terminal, err);
}
