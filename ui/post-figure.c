/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/post-figure.h"

#include "corpora/text.h"
#include "ui/canvas.h"
#include "ui/colours.h"
#include "ui/numbers.h"
#include "ui/post-figure-parts.h"
#include "ui/regions.h"
#include "ui/scene-boxes.h"
#include "ui/scene-heat.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIGURE_MARGIN = 14, FIGURE_GAP = 24, FIGURE_ONE_WIDTH = 430, FIGURE_TWO_WIDTH = 330, FIGURE_PICTURE_HEIGHT = 260,
    FIGURE_PIXELS = 2 /* of the picture, in a point */, FIGURE_TAG_PX = 22, FIGURE_TAG_MAX = 96, FIGURE_BOX_INKS = 4,
};

/* ---- Parts ---- */

const float *figure_word_values(const struct post_figure_model *model, enum post_figure_row row)
{
    const struct bottleneck *b = model->bottleneck;
    return row == FIGURE_USED ? b->token_used : row == FIGURE_BEFORE ? b->token_before : b->token_kept;
}

const float *figure_region_values(const struct post_figure_model *model, enum post_figure_row row)
{
    const struct bottleneck *b = model->bottleneck;
    return row == FIGURE_USED ? b->image_used : row == FIGURE_BEFORE ? b->image_before : b->image_kept;
}

size_t figure_first_cut(const struct post_figure_model *model)
{
    size_t n = model->bottleneck->n_tokens;
    return model->analysis->cut < n ? n - model->analysis->cut : 0;
}

double figure_magnitude(const float *values, size_t n)
{
    double magnitude = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(values[i]))
            magnitude = fmax(magnitude, fabs((double)values[i]));
    return magnitude;
}

void figure_number(double value, double scale, bool is_signed, char out[32])
{
    int decimals = scale > 0 ? (int)(2 - floor(log10(scale))) : 0;
    decimals = decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
    char number[24];
    if (value == 0)
        decimals = 0;
    snprintf(number, sizeof number, "%.*f", decimals, fabs(value));
    bool is_zero = !number[strspn(number, "0.")];
    snprintf(out, 32, "%s%s", is_zero || (!is_signed && value > 0) ? "" : value < 0 ? "\u2212" : "+", number);
}

/* On white it may be stronger than over a photograph. */
static uint32_t figure_heat_colour(enum scene_scale scale, double share, double *alpha_out)
{
    uint32_t colour = scene_heat_colour(scale, share, alpha_out);
    *alpha_out = fmin(1.4 * *alpha_out, 1);
    return colour;
}

void figure_heat(cairo_t *cairo, enum scene_scale scale, double value, double magnitude)
{
    double alpha;
    uint32_t colour = figure_heat_colour(scale, magnitude > 0 ? value / magnitude : 0, &alpha);
    canvas_source(cairo, colour, alpha);
}

void figure_line(struct figure_pen *pen, double size_pt, unsigned style, unsigned colour, const char *text)
{
    pen->y += 1.4 * size_pt;
    if (!pen->draws)
        return;
    canvas_source(pen->cairo, colour, 1);
    canvas_text_clipped(pen->cairo, pen->x, pen->y - 0.3 * size_pt, pen->width, size_pt, style, text);
}

void figure_bar(struct figure_pen *pen, enum scene_scale scale, double magnitude, bool is_signed, const char *what)
{
    enum { STEPS = 64, BAR_WIDTH = 130, BAR_HEIGHT = 7 };
    double top = pen->y + 3, low = is_signed ? -1 : 0;
    pen->y += BAR_HEIGHT + 16;
    if (!pen->draws)
        return;
    cairo_t *cairo = pen->cairo;
    cairo_pattern_t *pattern = cairo_pattern_create_linear(pen->x, 0, pen->x + BAR_WIDTH, 0);
    for (int i = 0; i <= STEPS; i++) {
        double alpha, value = low + (1 - low) * i / STEPS;
        uint32_t colour = figure_heat_colour(scale, value, &alpha);
        cairo_pattern_add_color_stop_rgba(pattern, (double)i / STEPS, (colour >> 16 & 255) / 255.0,
                                          (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0, alpha);
    }
    cairo_set_source(cairo, pattern);
    cairo_rectangle(cairo, pen->x, top, BAR_WIDTH, BAR_HEIGHT);
    cairo_fill(cairo);
    cairo_pattern_destroy(pattern);
    canvas_source(cairo, FIGURE_BLACK, 1);
    cairo_set_line_width(cairo, 0.5);
    cairo_rectangle(cairo, pen->x, top, BAR_WIDTH, BAR_HEIGHT);
    cairo_stroke(cairo);
    for (int i = is_signed ? 0 : 1; i < 3; i++) {
        char number[32];
        double share = is_signed ? i / 2.0 : i - 1.0;
        figure_number((low + (1 - low) * share) * magnitude, magnitude, is_signed, number);
        canvas_text(cairo, pen->x + BAR_WIDTH * share, top + BAR_HEIGHT + 8, share, 7, 0, number);
    }
    canvas_text_clipped(cairo, pen->x + BAR_WIDTH + 8, top + BAR_HEIGHT - 0.5, pen->width - BAR_WIDTH - 8, 7.5, 0,
                        what);
}

/* ---- The picture ---- */

static void figure_region_name(const struct post_figure *figure, const struct post_figure_model *model, size_t region,
                               char out[FIGURE_TAG_MAX])
{
    size_t object = model->bottleneck->image_objects[region];
    if (object == SIZE_MAX || object >= figure->post->n_objects) {
        snprintf(out, FIGURE_TAG_MAX, "whole picture");
        return;
    }
    const struct object *o = &figure->post->objects[object];
    snprintf(out, FIGURE_TAG_MAX, "#%zu %.*s", object + 1, o->label ? utf8_head(o->label, 60) : 0,
             o->label ? o->label : "");
}

/* Scaled to width x height pixels, with the model's heat, as a surface of cairo's. NULL with an error. */
static cairo_surface_t *figure_picture_surface(const struct post_figure *figure, const struct scene_marks *marks,
                                               size_t width, size_t height, struct error *err)
{
    uint8_t *rgb = malloc(3 * width * height);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    if (!rgb || cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        error_memory(err, "picture");
        goto fail;
    }
    if (picture_resize(figure->picture, NULL, width, height, rgb, err) ||
        (marks->n_layers && scene_heat_blend(rgb, width, height, marks, (double)width / (double)figure->picture->width,
                                             (double)height / (double)figure->picture->height, err)))
        goto fail;
    unsigned char *bytes = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const uint8_t *from = rgb + 3 * (y * width + x);
            uint32_t pixel = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
            memcpy(bytes + y * stride + 4 * x, &pixel, sizeof pixel);
        }
    cairo_surface_mark_dirty(surface);
    free(rgb);
    return surface;
fail:
    free(rgb);
    cairo_surface_destroy(surface);
    return NULL;
}

static int figure_draw_picture(struct figure_pen *pen, const struct post_figure *figure,
                               const struct scene_marks *marks, size_t width, size_t height, struct error *err)
{
    cairo_t *cairo = pen->cairo;
    cairo_surface_t *surface = figure_picture_surface(figure, marks, width, height, err);
    if (!surface)
        return -1;
    const struct scene_frame frame = {
        .width = width,
        .height = height,
        .scale_x = (double)width / (double)figure->picture->width,
        .scale_y = (double)height / (double)figure->picture->height,
    };
    cairo_save(cairo);
    cairo_translate(cairo, pen->x, pen->y);
    cairo_scale(cairo, 1.0 / FIGURE_PIXELS, 1.0 / FIGURE_PIXELS);
    cairo_set_source_surface(cairo, surface, 0, 0);
    cairo_paint(cairo);
    int result = scene_boxes_paint(cairo, width, height, &frame, marks, FIGURE_TAG_PX, err);
    cairo_restore(cairo);
    cairo_surface_destroy(surface);
    return result;
}

static int figure_picture(struct figure_pen *pen, const struct post_figure *figure, size_t model, struct error *err)
{
    const struct post_figure_model *m = &figure->models[model];
    const struct analysis *a = m->analysis;
    double width_px = (double)figure->picture->width, height_px = (double)figure->picture->height;
    double fit = fmin(pen->width / width_px, FIGURE_PICTURE_HEIGHT / height_px);
    double height = fmax(round(height_px * fit * FIGURE_PIXELS), 1);
    double width = fmax(round(width_px * fit * FIGURE_PIXELS), 1);
    struct scene_layer *layers = calloc(a->n_images + 1, sizeof *layers);
    struct scene_box *boxes = calloc(a->n_images + 1, sizeof *boxes);
    char(*tags)[FIGURE_TAG_MAX + 32] = calloc(a->n_images + 1, sizeof *tags);
    int result = layers && boxes && tags ? 0 : error_memory(err, "picture");
    struct scene_marks marks = {.layers = layers, .boxes = boxes, .scale = (enum scene_scale)model,
                                .heat_scale = regions_scale(a)};
    if (!result && marks.heat_scale > 0)
        marks.n_layers = regions_layers(figure->post, a, m->config, false, figure->picture->width,
                                        figure->picture->height, layers);
    const float *used = figure_region_values(m, FIGURE_USED);
    for (size_t i = 1; !result && i < m->bottleneck->n_images; i++) {
        size_t object = m->bottleneck->image_objects[i];
        char name[FIGURE_TAG_MAX], number[32];
        figure_region_name(figure, m, i, name);
        figure_number(used[i], figure_magnitude(used, m->bottleneck->n_images), true, number);
        snprintf(tags[i], sizeof *tags, "%s %s", name, number);
        boxes[marks.n_boxes] = (struct scene_box){
            .label = tags[i], .colour = screen_ink_rgb((enum screen_ink)(INK_TYPE_FIRST + object % FIGURE_BOX_INKS))};
        memcpy(boxes[marks.n_boxes++].box, figure->post->objects[object].box, sizeof boxes->box);
    }
    if (!result && pen->draws)
        result = figure_draw_picture(pen, figure, &marks, (size_t)width, (size_t)height, err);
    pen->y += height / FIGURE_PIXELS;
    if (marks.n_layers)
        figure_bar(pen, marks.scale, marks.heat_scale, true, "a cell's part of X Z\u1d40 (dot product)");
    free(layers);
    free(boxes);
    free(tags);
    return result;
}

/* The numbers of the regions: name, used, before, kept. */
static void figure_regions(struct figure_pen *pen, const struct post_figure *figure, const struct post_figure_model *m)
{
    enum { NUMBER_WIDTH = 58, SIZE = 8 };
    static const char *const heads[FIGURE_ROWS] = {"used", "before", "kept (nats)"};
    double first = pen->x + pen->width - FIGURE_ROWS * NUMBER_WIDTH;
    for (size_t i = 0; i <= m->bottleneck->n_images; i++) {
        pen->y += 1.5 * SIZE;
        if (!pen->draws)
            continue;
        char name[FIGURE_TAG_MAX] = "region", number[32];
        if (i)
            figure_region_name(figure, m, i - 1, name);
        canvas_source(pen->cairo, i ? FIGURE_BLACK : FIGURE_GREY, 1);
        canvas_text_clipped(pen->cairo, pen->x, pen->y - 3, first - pen->x, SIZE, 0, name);
        for (int row = 0; row < FIGURE_ROWS; row++) {
            const float *values = figure_region_values(m, (enum post_figure_row)row);
            if (i)
                figure_number(values[i - 1], figure_magnitude(values, m->bottleneck->n_images), row != FIGURE_KEPT,
                              number);
            canvas_text(pen->cairo, first + (row + 1) * NUMBER_WIDTH, pen->y - 3, 1, SIZE, 0, i ? number : heads[row]);
        }
    }
    pen->y += 4;
}

/* ---- The page ---- */

static int figure_column(struct figure_pen *pen, const struct post_figure *figure, size_t model, struct error *err)
{
    static const char *const titles[FIGURE_ROWS] = {"words, after the bottleneck (used)",
                                                    "words, before the bottleneck",
                                                    "words, what the bottleneck let through (kept)"};
    const struct post_figure_model *m = &figure->models[model];
    char head[160];
    snprintf(head, sizeof head, "%s%.*s", figure->n_models < 2 ? "" : model ? "B  " : "A  ", utf8_head(m->name, 120),
             m->name);
    figure_line(pen, 10, CANVAS_BOLD, FIGURE_BLACK, head);
    pen->y += 3;
    if (figure->picture) {
        if (figure_picture(pen, figure, model, err))
            return -1;
        figure_regions(pen, figure, m);
    } else {
        figure_line(pen, 8, CANVAS_ITALIC, FIGURE_GREY, figure->no_picture ? figure->no_picture : "no picture");
    }
    bool spans = true;
    for (int row = 0; row < FIGURE_ROWS; row++) {
        if (!figure->rows[row])
            continue;
        pen->y += 6;
        figure_line(pen, 8, 0, FIGURE_GREY, titles[row]);
        if (figure_words(pen, figure, model, (enum post_figure_row)row, spans, err))
            return -1;
        spans = false;
    }
    return 0;
}

static void figure_match(struct figure_pen *pen, const struct post_figure *figure)
{
    char line[160] = "match of text and picture (0 to 1):";
    bool any = false;
    for (size_t i = 0; i < figure->n_models; i++)
        if (figure->models[i].analysis->has_consistency) {
            size_t n = strlen(line);
            snprintf(line + n, sizeof line - n, "%s %s%.2f", any ? "," : "",
                     figure->n_models < 2 ? "" : i ? "B " : "A ", figure->models[i].analysis->consistency);
            any = true;
        }
    if (any)
        figure_line(pen, 8, 0, FIGURE_BLACK, line);
}

static void figure_notes(struct figure_pen *pen)
{
    static const char *const notes[] = {
        "used: row sums of X Z\u1d40; before: of X X\u1d40; both are dot products. "
        "kept: divergence of a row's posterior from N(0, I), nats.",
        "Solid lines over words: gold. Dashed lines under words: the model.",
        "Each scale ends at its own largest magnitude. Where regions overlap, the values of their cells add up.",
    };
    pen->y += 6;
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        figure_line(pen, 6.5, 0, FIGURE_GREY, notes[i]);
}

/* Draws, or measures; *height_out is that of the page. */
static int figure_page(cairo_t *cairo, bool draws, double width, const struct post_figure *figure, double *height_out,
                       struct error *err)
{
    struct figure_pen pen = {.cairo = cairo, .draws = draws, .x = FIGURE_MARGIN, .y = FIGURE_MARGIN - 4,
                             .width = width - 2 * FIGURE_MARGIN};
    char title[256];
    const char *slash = strrchr(figure->corpus, '/');
    snprintf(title, sizeof title, "%.*s  (%.*s)", utf8_head(figure->post->id, 120), figure->post->id,
             utf8_head(slash ? slash + 1 : figure->corpus, 120), slash ? slash + 1 : figure->corpus);
    figure_line(&pen, 11, CANVAS_BOLD, FIGURE_BLACK, title);
    double top = pen.y, bottom = top;
    for (size_t i = 0; i < figure->n_models; i++) {
        struct figure_pen column = pen;
        column.width = (pen.width - FIGURE_GAP * (double)(figure->n_models - 1)) / (double)figure->n_models;
        column.x = pen.x + (double)i * (column.width + FIGURE_GAP);
        if (figure_column(&column, figure, i, err))
            return -1;
        bottom = fmax(bottom, column.y);
    }
    pen.y = bottom + 4;
    if (figure_labels(&pen, figure, err))
        return -1;
    figure_match(&pen, figure);
    figure_notes(&pen);
    *height_out = pen.y + FIGURE_MARGIN;
    return 0;
}

int post_figure_save(const struct post_figure *figure, const char *path, struct error *err)
{
    struct numbers numbers;
    double width = 2 * FIGURE_MARGIN + (figure->n_models < 2 ? FIGURE_ONE_WIDTH : 2 * FIGURE_TWO_WIDTH + FIGURE_GAP);
    double height = 0;
    cairo_surface_t *scratch = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    cairo_t *measure = cairo_create(scratch);
    int result = figure_page(measure, false, width, figure, &height, err);
    cairo_destroy(measure);
    cairo_surface_destroy(scratch);
    if (result || numbers_open(path, figure_numbers_head, &numbers, err))
        return -1;
    struct canvas *canvas =
        figure_numbers(&numbers, figure, err) ? NULL : canvas_open(path, width, height, err);
    if (!canvas || figure_page(canvas_cairo(canvas), true, width, figure, &height, err)) {
        canvas_abandon(canvas);
        numbers_abandon(&numbers);
        return -1;
    }
    if (canvas_close(canvas, err)) {
        numbers_abandon(&numbers);
        return -1;
    }
    return numbers_close(&numbers, err);
}
