/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart.h"

#include "ui/canvas.h"

#include <math.h>
#include <string.h>

enum {
    CHART_TEXT = 9,        /* points */
    CHART_LINE_PT = 13,    /* of text */
    CHART_SMALL_TEXT = 8,
};

enum { CHART_BLACK = 0x202020, CHART_GRID = 0xe4e4e4 };

/* Okabe and Ito's, without their yellow, which is lost on white. */
static const unsigned chart_inks[] = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x404040};

enum { CHART_INKS = sizeof chart_inks / sizeof *chart_inks, CHART_DASHES = 5, CHART_DASH_PARTS = 4 };

static const double chart_dashes[CHART_DASHES][CHART_DASH_PARTS] = {
    {0}, {6, 2.5}, {2, 2}, {8, 2, 2, 2}, {12, 3}};

/* A chart on its way to the page. */
struct chart_plot {
    cairo_t *cairo;
    const struct chart *chart;
    double left, top, width, height; /* of the frame */
    double low[2], high[2];          /* of the values, x and y; logarithms where the axis is logarithmic */
};

struct chart_look {
    unsigned colour;
    enum chart_marker marker;
    size_t dash;
};

unsigned chart_ink(size_t number)
{
    return chart_inks[number % CHART_INKS];
}

static struct chart_look chart_look(const struct chart_series *series, size_t place)
{
    return (struct chart_look){
        .colour = chart_ink(series->has_look ? series->ink : place),
        .marker = (enum chart_marker)((series->has_look ? series->marker : place) % MARKERS),
        .dash = (series->has_look ? series->dash : place) % CHART_DASHES,
    };
}

/* ---- Ranges ---- */

static const struct chart_axis *chart_axis(const struct chart *chart, int axis)
{
    return axis ? &chart->y : &chart->x;
}

static bool chart_fits(const struct chart_axis *axis, double value)
{
    return isfinite(value) && (!axis->logarithmic || value > 0);
}

static double chart_on_axis(const struct chart_axis *axis, double value)
{
    return axis->logarithmic ? log10(value) : value;
}

static bool chart_is_shown(const struct chart *chart, const struct chart_series *series, size_t i)
{
    return chart_fits(&chart->x, series->x[i]) && chart_fits(&chart->y, series->y[i]);
}

static bool chart_has_error(const struct chart *chart, const struct chart_series *series, size_t i)
{
    return series->low && series->high && chart_fits(&chart->y, series->low[i]) &&
           chart_fits(&chart->y, series->high[i]);
}

static void chart_extend(struct chart_plot *plot, int axis, double value)
{
    double at = chart_on_axis(chart_axis(plot->chart, axis), value);
    plot->low[axis] = fmin(plot->low[axis], at);
    plot->high[axis] = fmax(plot->high[axis], at);
}

/* Some air around the points; what holds nothing has a range as well. */
static void chart_widen(struct chart_plot *plot, int axis)
{
    const struct chart_axis *rule = chart_axis(plot->chart, axis);
    double *low = &plot->low[axis], *high = &plot->high[axis];
    if (rule->from_zero && !rule->logarithmic)
        *low = fmin(*low, 0);
    if (rule->names) {
        *low = -0.3;
        *high = (double)rule->n_names - 0.7;
    } else if (rule->low < rule->high && chart_fits(rule, rule->low) && chart_fits(rule, rule->high)) {
        *low = chart_on_axis(rule, rule->low);
        *high = chart_on_axis(rule, rule->high);
    } else if (!(*low <= *high)) {
        *low = 0;
        *high = 1;
    } else {
        bool is_zero = rule->from_zero && !rule->logarithmic && *low >= 0;
        double margin = *high > *low ? 0.05 * (*high - *low) : fmax(fabs(*high) * 0.1, 1e-12);
        *high += margin;
        *low -= is_zero ? 0 : margin;
    }
}

static void chart_ranges(struct chart_plot *plot)
{
    plot->low[0] = plot->low[1] = INFINITY;
    plot->high[0] = plot->high[1] = -INFINITY;
    for (size_t k = 0; k < plot->chart->n_series; k++) {
        const struct chart_series *series = &plot->chart->series[k];
        for (size_t i = 0; i < series->n; i++) {
            if (!chart_is_shown(plot->chart, series, i))
                continue;
            chart_extend(plot, 0, series->x[i]);
            chart_extend(plot, 1, series->y[i]);
            if (chart_has_error(plot->chart, series, i)) {
                chart_extend(plot, 1, series->low[i]);
                chart_extend(plot, 1, series->high[i]);
            }
        }
    }
    chart_widen(plot, 0);
    chart_widen(plot, 1);
}

static double chart_x(const struct chart_plot *plot, double value)
{
    double at = chart_on_axis(&plot->chart->x, value);
    return plot->left + plot->width * (at - plot->low[0]) / (plot->high[0] - plot->low[0]);
}

static double chart_y(const struct chart_plot *plot, double value)
{
    double at = chart_on_axis(&plot->chart->y, value);
    return plot->top + plot->height * (plot->high[1] - at) / (plot->high[1] - plot->low[1]);
}

/* The ticks of an axis, in values. */
static size_t chart_axis_ticks(const struct chart_plot *plot, int axis, struct chart_tick out[CHART_MAX_TICKS])
{
    const struct chart_axis *rule = chart_axis(plot->chart, axis);
    double low = plot->low[axis], high = plot->high[axis], length = axis ? plot->height / 32 : plot->width / 60;
    if (rule->bare || rule->names)
        return 0;
    return rule->logarithmic ? chart_ticks(pow(10, low), pow(10, high), true, length, out)
                             : chart_ticks(low, high, false, length, out);
}

/* ---- Axes ---- */

static void chart_line(cairo_t *cairo, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cairo, x0, y0);
    cairo_line_to(cairo, x1, y1);
    cairo_stroke(cairo);
}

/* The width that the labels of the y axis take. */
static double chart_y_width(const struct chart_plot *plot)
{
    struct chart_tick ticks[CHART_MAX_TICKS];
    double width = 0;
    const struct chart_axis *axis = &plot->chart->y;
    size_t n = chart_axis_ticks(plot, 1, ticks);
    for (size_t i = 0; i < n; i++)
        width = fmax(width, canvas_text_width(plot->cairo, CHART_TEXT, 0, ticks[i].text));
    for (size_t i = 0; axis->names && i < axis->n_names; i++)
        width = fmax(width, canvas_text_width(plot->cairo, CHART_TEXT, 0, axis->names[i]));
    return width + (width > 0 ? 7 : 0) + (axis->label ? CHART_LINE_PT + 2 : 0);
}

static void chart_tick_draw(const struct chart_plot *plot, int axis, double at, const char *text)
{
    cairo_t *cairo = plot->cairo;
    double bottom = plot->top + plot->height;
    if (axis) {
        double y = chart_y(plot, at);
        canvas_source(cairo, CHART_GRID, 1);
        chart_line(cairo, plot->left, y, plot->left + plot->width, y);
        canvas_source(cairo, CHART_BLACK, 1);
        chart_line(cairo, plot->left - 3, y, plot->left, y);
        canvas_text(cairo, plot->left - 6, y + CHART_TEXT * 0.36, 1, CHART_TEXT, 0, text);
    } else {
        double x = chart_x(plot, at);
        canvas_source(cairo, CHART_BLACK, 1);
        chart_line(cairo, x, bottom, x, bottom + 3);
        canvas_text(cairo, x, bottom + CHART_LINE_PT, 0.5, CHART_TEXT, 0, text);
    }
}

static void chart_axes(const struct chart_plot *plot)
{
    cairo_t *cairo = plot->cairo;
    cairo_set_line_width(cairo, 0.7);
    for (int axis = 1; axis >= 0; axis--) {
        struct chart_tick ticks[CHART_MAX_TICKS];
        const struct chart_axis *rule = chart_axis(plot->chart, axis);
        size_t n = chart_axis_ticks(plot, axis, ticks);
        for (size_t i = 0; i < n; i++)
            chart_tick_draw(plot, axis, ticks[i].at, ticks[i].text);
        for (size_t i = 0; rule->names && i < rule->n_names; i++)
            chart_tick_draw(plot, axis, (double)i, rule->names[i]);
    }
    canvas_source(cairo, CHART_BLACK, 1);
    cairo_rectangle(cairo, plot->left, plot->top, plot->width, plot->height);
    cairo_stroke(cairo);
}

static void chart_axis_labels(const struct chart_plot *plot, const double area[4])
{
    cairo_t *cairo = plot->cairo;
    canvas_source(cairo, CHART_BLACK, 1);
    if (plot->chart->x.label)
        canvas_text(cairo, plot->left + plot->width / 2, area[1] + area[3] - 3, 0.5, CHART_TEXT, 0,
                    plot->chart->x.label);
    if (plot->chart->y.label) {
        cairo_save(cairo);
        cairo_translate(cairo, area[0] + CHART_TEXT, plot->top + plot->height / 2);
        cairo_rotate(cairo, -acos(-1) / 2);
        canvas_text(cairo, 0, 0, 0.5, CHART_TEXT, 0, plot->chart->y.label);
        cairo_restore(cairo);
    }
}

/* ---- Points ---- */

void chart_marker(cairo_t *cairo, enum chart_marker marker, double x, double y, double radius)
{
    double r = radius, turned = marker == MARKER_DOWN ? -1 : 1;
    cairo_new_path(cairo);
    switch (marker) {
    case MARKER_SQUARE:
        cairo_rectangle(cairo, x - 0.88 * r, y - 0.88 * r, 1.76 * r, 1.76 * r);
        break;
    case MARKER_TRIANGLE:
    case MARKER_DOWN:
        cairo_move_to(cairo, x, y - turned * 1.2 * r);
        cairo_line_to(cairo, x + 1.1 * r, y + turned * 0.8 * r);
        cairo_line_to(cairo, x - 1.1 * r, y + turned * 0.8 * r);
        cairo_close_path(cairo);
        break;
    case MARKER_DIAMOND:
        cairo_move_to(cairo, x, y - 1.3 * r);
        cairo_line_to(cairo, x + 1.1 * r, y);
        cairo_line_to(cairo, x, y + 1.3 * r);
        cairo_line_to(cairo, x - 1.1 * r, y);
        cairo_close_path(cairo);
        break;
    case MARKER_CROSS:
        cairo_move_to(cairo, x - r, y - r);
        cairo_line_to(cairo, x + r, y + r);
        cairo_move_to(cairo, x - r, y + r);
        cairo_line_to(cairo, x + r, y - r);
        cairo_set_line_width(cairo, 0.6 * r);
        cairo_stroke(cairo);
        return;
    case MARKER_CIRCLE:
    case MARKERS:
        cairo_arc(cairo, x, y, r, 0, 2 * acos(-1));
        break;
    }
    cairo_fill(cairo);
}

static void chart_dash(cairo_t *cairo, size_t dash)
{
    int n = 0;
    while (n < CHART_DASH_PARTS && chart_dashes[dash][n] > 0)
        n++;
    cairo_set_dash(cairo, chart_dashes[dash], n, 0);
}

static double chart_point_x(const struct chart_plot *plot, const struct chart_series *series, size_t i)
{
    return chart_x(plot, series->x[i]) + series->shift_pt;
}

static void chart_errors(const struct chart_plot *plot, const struct chart_series *series, unsigned colour)
{
    cairo_t *cairo = plot->cairo;
    const struct chart *chart = plot->chart;
    canvas_source(cairo, colour, chart->band ? 0.18 : 0.8);
    cairo_set_line_width(cairo, 1);
    cairo_new_path(cairo);
    for (size_t i = 0; i < series->n; i++) {
        if (!chart_is_shown(chart, series, i) || !chart_has_error(chart, series, i))
            continue;
        double x = chart_point_x(plot, series, i), low = chart_y(plot, series->low[i]);
        double high = chart_y(plot, series->high[i]);
        if (chart->band) {
            cairo_line_to(cairo, x, high);
        } else {
            chart_line(cairo, x, low, x, high);
            chart_line(cairo, x - 2.5, low, x + 2.5, low);
            chart_line(cairo, x - 2.5, high, x + 2.5, high);
        }
    }
    if (!chart->band)
        return;
    for (size_t i = series->n; i-- > 0;)
        if (chart_is_shown(chart, series, i) && chart_has_error(chart, series, i))
            cairo_line_to(cairo, chart_point_x(plot, series, i), chart_y(plot, series->low[i]));
    cairo_close_path(cairo);
    cairo_fill(cairo);
}

static void chart_curve(const struct chart_plot *plot, const struct chart_series *series, const struct chart_look *look)
{
    cairo_t *cairo = plot->cairo;
    canvas_source(cairo, look->colour, 1);
    cairo_set_line_width(cairo, 1.4);
    chart_dash(cairo, look->dash);
    cairo_new_path(cairo);
    for (size_t i = 0; i < series->n; i++)
        if (chart_is_shown(plot->chart, series, i))
            cairo_line_to(cairo, chart_point_x(plot, series, i), chart_y(plot, series->y[i]));
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
}

static void chart_series(const struct chart_plot *plot, const struct chart_series *series, size_t place)
{
    cairo_t *cairo = plot->cairo;
    struct chart_look look = chart_look(series, place);
    cairo_save(cairo);
    cairo_rectangle(cairo, plot->left - 4, plot->top - 4, plot->width + 8, plot->height + 8);
    cairo_clip(cairo);
    if (series->low && series->high)
        chart_errors(plot, series, look.colour);
    if (series->style != CHART_SCATTER)
        chart_curve(plot, series, &look);
    canvas_source(cairo, look.colour, series->style == CHART_SCATTER ? 0.75 : 1);
    for (size_t i = 0; series->style != CHART_LINE && i < series->n; i++)
        if (chart_is_shown(plot->chart, series, i))
            chart_marker(cairo, look.marker, chart_point_x(plot, series, i), chart_y(plot, series->y[i]), 2.8);
    cairo_restore(cairo);
}

/* ---- Legend ---- */

static bool chart_has_legend(const struct chart *chart)
{
    for (size_t i = 0; !chart->no_legend && i < chart->n_series; i++)
        if (chart->series[i].name)
            return true;
    return false;
}

/* Draws the legend in lines of width from x, y on, or only measures it; returns its height. */
static double chart_legend(cairo_t *cairo, const struct chart *chart, double x, double y, double width, bool draws)
{
    enum { SAMPLE = 22, BETWEEN = 12 };
    double at = 0, height = CHART_LINE_PT;
    if (!chart_has_legend(chart))
        return 0;
    for (size_t i = 0; i < chart->n_series; i++) {
        const struct chart_series *series = &chart->series[i];
        if (!series->name)
            continue;
        struct chart_look look = chart_look(series, i);
        double room = fmin(canvas_text_width(cairo, CHART_SMALL_TEXT, 0, series->name), width - SAMPLE - 4);
        if (at > 0 && at + SAMPLE + 4 + room > width) {
            at = 0;
            height += CHART_LINE_PT;
        }
        if (draws) {
            double base = y + height - 3, middle = base - CHART_SMALL_TEXT * 0.36;
            canvas_source(cairo, look.colour, 1);
            cairo_set_line_width(cairo, 1.4);
            if (series->style != CHART_SCATTER) {
                chart_dash(cairo, look.dash);
                chart_line(cairo, x + at, middle, x + at + SAMPLE, middle);
                cairo_set_dash(cairo, NULL, 0, 0);
            }
            if (series->style != CHART_LINE)
                chart_marker(cairo, look.marker, x + at + SAMPLE / 2.0, middle, 2.8);
            canvas_source(cairo, CHART_BLACK, 1);
            canvas_text_clipped(cairo, x + at + SAMPLE + 4, base, room + 1, CHART_SMALL_TEXT, 0, series->name);
        }
        at += SAMPLE + 4 + room + BETWEEN;
    }
    return height + 2;
}

/* The ticks of the whole height: the frame has fewer, since the legend over it takes room, and how much is only known
 * once its left end is. */
double chart_margin(cairo_t *cairo, const double area[4], const struct chart *chart)
{
    struct chart_plot plot = {.cairo = cairo, .chart = chart, .height = area[3]};
    chart_ranges(&plot);
    return chart_y_width(&plot) + 3;
}

void chart_draw(cairo_t *cairo, const double area[4], const struct chart *chart)
{
    chart_draw_at(cairo, area, chart_margin(cairo, area, chart), chart);
}

void chart_draw_at(cairo_t *cairo, const double area[4], double margin, const struct chart *chart)
{
    enum { RIGHT = 11 /* half of the last tick's label */ };
    struct chart_plot plot = {.cairo = cairo, .chart = chart};
    bool has_x_ticks = !chart->x.bare;
    cairo_save(cairo);
    chart_ranges(&plot);
    plot.top = area[1] + (chart->title ? CHART_LINE_PT + 2 : 0);
    plot.left = area[0] + margin;
    plot.width = fmax(area[0] + area[2] - plot.left - (has_x_ticks ? RIGHT : 4), 20);
    double legend = chart_legend(cairo, chart, plot.left, 0, plot.width, false);
    double bottom = (has_x_ticks ? CHART_LINE_PT + 3 : 3) + (chart->x.label ? CHART_LINE_PT : 0);
    plot.top += legend + 5;
    plot.height = fmax(area[1] + area[3] - bottom - plot.top, 20);
    canvas_source(cairo, CHART_BLACK, 1);
    if (chart->title)
        canvas_text_clipped(cairo, area[0], area[1] + CHART_TEXT + 1, area[2], CHART_TEXT + 1, CANVAS_BOLD,
                            chart->title);
    chart_legend(cairo, chart, plot.left, plot.top - legend - 5, plot.width, true);
    chart_axes(&plot);
    for (size_t i = 0; i < chart->n_series; i++)
        chart_series(&plot, &chart->series[i], i);
    chart_axis_labels(&plot, area);
    cairo_restore(cairo);
}
