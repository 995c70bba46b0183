/* SPDX-License-Identifier: Apache-2.0 */
#include "src/train-plot.h"

#include "corpora/files.h"
#include "src/train-curves.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    PLOT_WIDTH = 900, PLOT_HEIGHT = 900, PLOT_LEFT = 80, PLOT_RIGHT = 20, PLOT_TOP = 30, PLOT_GAP = 50,
    PLOT_BOTTOM = 40, PLOT_LINE = 16 /* of text */, PLOT_COLOURS = 8, PLOT_MAX_TICKS = 12,
};

/* Okabe and Ito's, which colour-blind people tell apart. */
static const double plot_colours[PLOT_COLOURS][3] = {{0, .45, .70}, {.84, .37, 0}, {0, .62, .45}, {.80, .47, .65},
                                                     {.90, .62, 0}, {.34, .71, .91}, {.3, .3, .3}, {.94, .89, .26}};

/* A panel: what it shows, and where. */
struct plot_panel {
    enum train_panel which;
    const char *title;
    bool logarithmic;
    double left, top, width, height; /* of the frame, in pixels */
    double x1, y0, y1;               /* of the values; x begins at 0; y as drawn (a logarithm where logarithmic) */
};

static double plot_x(const struct plot_panel *panel, double x)
{
    return panel->left + panel->width * x / panel->x1;
}

/* Of a value that is on the axis already. */
static double plot_y(const struct plot_panel *panel, double y)
{
    return panel->top + panel->height * (panel->y1 - y) / (panel->y1 - panel->y0);
}

static double plot_on_axis(const struct plot_panel *panel, double value)
{
    return panel->logarithmic ? log10(value) : value;
}

static bool plot_shown(const struct plot_panel *panel, double value)
{
    return !panel->logarithmic || value > 1e-9;
}

static void plot_range(struct plot_panel *panel, const struct train_curves *curves)
{
    panel->y0 = INFINITY;
    panel->y1 = -INFINITY;
    panel->x1 = 1;
    for (size_t i = 0; i < curves->n; i++)
        for (size_t k = 0; k < curves->each[i].n; k++) {
            double value = curves->each[i].y[k];
            panel->x1 = fmax(panel->x1, curves->each[i].x[k]);
            if (curves->each[i].panel != panel->which || !plot_shown(panel, value))
                continue;
            panel->y0 = fmin(panel->y0, plot_on_axis(panel, value));
            panel->y1 = fmax(panel->y1, plot_on_axis(panel, value));
        }
    if (panel->which == PANEL_RATE)
        panel->y0 = 0;
    if (!(panel->y0 <= panel->y1)) /* there is nothing to show */
        panel->y0 = panel->y1 = 0;
    double margin = panel->y1 > panel->y0 ? 0.05 * (panel->y1 - panel->y0) : fmax(fabs(panel->y1) * 0.1, 1e-12);
    panel->y1 += margin;
    panel->y0 -= panel->which == PANEL_RATE ? 0 : margin;
}

/* A distance of ticks that reads well: 1, 2 or 5 times a power of ten. */
static double plot_tick_step(double span)
{
    double power = pow(10, floor(log10(span / 4))), ratio = span / 4 / power;
    return power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
}

static void plot_text(cairo_t *cairo, double x, double y, double align, const char *text)
{
    cairo_text_extents_t extents;
    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, x - align * extents.x_advance, y);
    cairo_show_text(cairo, text);
}

static void plot_line(cairo_t *cairo, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cairo, x0, y0);
    cairo_line_to(cairo, x1, y1);
    cairo_stroke(cairo);
}

static void plot_axes(cairo_t *cairo, const struct plot_panel *panel)
{
    char label[32];
    double right = panel->left + panel->width, bottom = panel->top + panel->height;
    double step = panel->logarithmic ? fmax(1, round(plot_tick_step(panel->y1 - panel->y0)))
                                     : plot_tick_step(panel->y1 - panel->y0);
    cairo_set_line_width(cairo, 1);
    double first = ceil(panel->y0 / step);
    for (int i = 0; i < PLOT_MAX_TICKS && (first + i) * step <= panel->y1; i++) {
        double y = (first + i) * step;
        cairo_set_source_rgb(cairo, .88, .88, .88);
        plot_line(cairo, panel->left, plot_y(panel, y), right, plot_y(panel, y));
        cairo_set_source_rgb(cairo, .2, .2, .2);
        snprintf(label, sizeof label, "%.4g", panel->logarithmic ? pow(10, y) : fabs(y) < step / 1e6 ? 0 : y);
        plot_text(cairo, panel->left - 6, plot_y(panel, y) + 4, 1, label);
    }
    step = fmax(1, plot_tick_step(panel->x1));
    for (int i = 0; i < PLOT_MAX_TICKS && i * step <= panel->x1; i++) {
        snprintf(label, sizeof label, "%.10g", i * step);
        plot_text(cairo, plot_x(panel, i * step), bottom + PLOT_LINE, 0.5, label);
    }
    cairo_rectangle(cairo, panel->left, panel->top, panel->width, panel->height);
    cairo_stroke(cairo);
    plot_text(cairo, panel->left, panel->top - 8, 0, panel->title);
}

static void plot_curve(cairo_t *cairo, const struct plot_panel *panel, const struct train_curve *curve)
{
    bool begun = false;
    cairo_set_line_width(cairo, 1.5);
    for (size_t i = 0; i < curve->n; i++) {
        if (!plot_shown(panel, curve->y[i]))
            continue;
        double x = plot_x(panel, curve->x[i]), y = plot_y(panel, plot_on_axis(panel, curve->y[i]));
        if (begun)
            cairo_line_to(cairo, x, y);
        else
            cairo_move_to(cairo, x, y);
        begun = true;
    }
    cairo_stroke(cairo);
    for (size_t i = 0; panel->which == PANEL_F1 && i < curve->n; i++) {
        cairo_arc(cairo, plot_x(panel, curve->x[i]), plot_y(panel, curve->y[i]), 3, 0, 2 * acos(-1));
        cairo_fill(cairo);
    }
}

static void plot_panel(cairo_t *cairo, struct plot_panel *panel, const struct train_curves *curves)
{
    double x = panel->left + panel->width;
    plot_range(panel, curves);
    cairo_set_source_rgb(cairo, .2, .2, .2);
    plot_axes(cairo, panel);
    for (size_t i = curves->n, n = 0; i-- > 0;)
        if (curves->each[i].panel == panel->which) {
            const double *colour = plot_colours[n++ % PLOT_COLOURS];
            cairo_text_extents_t extents;
            cairo_set_source_rgb(cairo, colour[0], colour[1], colour[2]);
            plot_curve(cairo, panel, &curves->each[i]);
            /* The legend stands right of the title, and grows to the left. */
            cairo_text_extents(cairo, curves->each[i].name, &extents);
            plot_text(cairo, x, panel->top - 8, 1, curves->each[i].name);
            x -= extents.x_advance + PLOT_LINE;
        }
}

static void plot_draw(cairo_t *cairo, const struct train_curves *curves)
{
    struct plot_panel panels[PANELS] = {{.which = PANEL_LOSS, .title = "loss", .logarithmic = true},
                                        {.which = PANEL_F1, .title = "dev F1 (%)"},
                                        {.which = PANEL_RATE, .title = "learning rate"}};
    static const double shares[PANELS] = {.45, .33, .22};
    double height = PLOT_HEIGHT - PLOT_TOP - PLOT_BOTTOM - (PANELS - 1) * PLOT_GAP, top = PLOT_TOP;
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_select_font_face(cairo, "sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, 12);
    for (size_t i = 0; i < PANELS; i++) {
        panels[i].left = PLOT_LEFT;
        panels[i].width = PLOT_WIDTH - PLOT_LEFT - PLOT_RIGHT;
        panels[i].top = top;
        panels[i].height = height * shares[i];
        plot_panel(cairo, &panels[i], curves);
        top += panels[i].height + PLOT_GAP;
    }
    cairo_set_source_rgb(cairo, .2, .2, .2);
    plot_text(cairo, PLOT_LEFT + panels[0].width / 2, PLOT_HEIGHT - 6, 0.5, "step");
}

static cairo_status_t plot_write(void *closure, const unsigned char *bytes, unsigned int n)
{
    const struct file_writer *writer = closure;
    return fwrite(bytes, 1, n, writer->stream) == n ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static int plot_save(const struct train_curves *curves, struct file_writer *writer, bool svg, struct error *err)
{
    cairo_surface_t *surface =
        svg ? cairo_svg_surface_create_for_stream(plot_write, writer, PLOT_WIDTH, PLOT_HEIGHT)
            : cairo_image_surface_create(CAIRO_FORMAT_RGB24, PLOT_WIDTH, PLOT_HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    plot_draw(cairo, curves);
    errno = 0; /* fonts may have left one */
    cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    if (status == CAIRO_STATUS_SUCCESS && !svg)
        status = cairo_surface_write_to_png_stream(surface, plot_write, writer);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return 0;
    return errno ? error_errno(err, writer->path)
                 : error_set(err, ERROR_IO, "%s: %s", writer->path, cairo_status_to_string(status));
}

int train_plot(const char *log, const char *figure, struct error *err)
{
    struct train_curves curves;
    struct file_writer writer;
    size_t n = strlen(figure);
    bool svg = n > 4 && !strcmp(figure + n - 4, ".svg");
    if (!svg && !(n > 4 && !strcmp(figure + n - 4, ".png")))
        return error_set(err, ERROR_USAGE, "%s: a figure's name ends with .png or .svg", figure);
    if (train_curves_read(log, &curves, err))
        return -1;
    int result = file_writer_open(figure, &writer, err);
    if (!result) {
        result = plot_save(&curves, &writer, svg, err);
        if (result)
            file_writer_abandon(&writer);
        else
            result = file_writer_finish(&writer, err);
    }
    train_curves_free(&curves);
    return result;
}
