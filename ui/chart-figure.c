/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/canvas.h"
#include "ui/chart.h"
#include "ui/numbers.h"

#include <math.h>

enum {
    FIGURE_GAP = 14, /* points, between panels */
    FIGURE_PANEL_WIDTH = 320, FIGURE_PANEL_HEIGHT = 240, FIGURE_MARGIN = 10, FIGURE_LINE_PT = 13,
    FIGURE_SMALL_TEXT = 8, FIGURE_BLACK = 0x202020,
};

/* Of the height, of the row that begins with this chart. */
static double figure_share(const struct chart_figure *figure, size_t first)
{
    return figure->charts[first].height > 0 ? figure->charts[first].height : 1;
}

static void figure_draw(cairo_t *cairo, const struct chart_figure *figure, double width, double height, size_t columns)
{
    size_t rows = (figure->n_charts + columns - 1) / columns;
    double top = FIGURE_MARGIN, bottom = height - FIGURE_MARGIN, shares = 0;
    canvas_source(cairo, FIGURE_BLACK, 1);
    if (figure->title) {
        canvas_text_clipped(cairo, FIGURE_MARGIN, top + 10, width - 2 * FIGURE_MARGIN, 11, CANVAS_BOLD, figure->title);
        top += 20;
    }
    if (figure->note) {
        canvas_text_clipped(cairo, FIGURE_MARGIN, bottom, width - 2 * FIGURE_MARGIN, FIGURE_SMALL_TEXT, 0,
                            figure->note);
        bottom -= FIGURE_LINE_PT + 2;
    }
    for (size_t i = 0; i < figure->n_charts; i += columns)
        shares += figure_share(figure, i);
    double row_room = bottom - top - FIGURE_GAP * (double)(rows - 1);
    double panel = (width - 2 * FIGURE_MARGIN - FIGURE_GAP * (double)(columns - 1)) / (double)columns;
    for (size_t k = 0; k < columns; k++) {
        double area[4] = {FIGURE_MARGIN + (double)k * (panel + FIGURE_GAP), top, panel, 0}, margin = 0;
        for (size_t i = k; i < figure->n_charts; i += columns) {
            area[3] = row_room * figure_share(figure, i - k) / shares;
            margin = fmax(margin, chart_margin(cairo, area, &figure->charts[i]));
        }
        for (size_t i = k; i < figure->n_charts; i += columns) {
            area[3] = row_room * figure_share(figure, i - k) / shares;
            chart_draw_at(cairo, area, margin, &figure->charts[i]);
            area[1] += area[3] + FIGURE_GAP;
        }
    }
}

/* x as its name, where it has one. */
static void figure_put_x(struct numbers *numbers, const struct chart_axis *axis, double x)
{
    bool is_named = axis->names && x >= 0 && x < (double)axis->n_names && floor(x) == x;
    if (is_named)
        numbers_text(numbers, axis->names[(size_t)x]);
    else
        numbers_real(numbers, x);
}

static void figure_numbers(struct numbers *numbers, const struct chart_figure *figure)
{
    for (size_t c = 0; c < figure->n_charts; c++)
        for (size_t k = 0; k < figure->charts[c].n_series; k++) {
            const struct chart *chart = &figure->charts[c];
            const struct chart_series *series = &chart->series[k];
            for (size_t i = 0; i < series->n; i++) {
                numbers_text(numbers, chart->title ? chart->title : chart->y.label);
                numbers_text(numbers, series->name);
                figure_put_x(numbers, &chart->x, series->x[i]);
                numbers_real(numbers, series->y[i]);
                numbers_real(numbers, series->low ? series->low[i] : NAN);
                numbers_real(numbers, series->high ? series->high[i] : NAN);
                numbers_end_line(numbers);
            }
        }
}

int chart_save(const struct chart_figure *figure, const char *path, struct error *err)
{
    struct numbers numbers;
    size_t columns = figure->columns ? figure->columns : 1, rows = (figure->n_charts + columns - 1) / columns;
    double width = figure->width_pt, height = figure->height_pt;
    if (!(width > 0))
        width = 2 * FIGURE_MARGIN + (double)columns * (FIGURE_PANEL_WIDTH + FIGURE_GAP) - FIGURE_GAP;
    if (!(height > 0))
        height = 2 * FIGURE_MARGIN + (figure->title ? 20 : 0) + (figure->note ? FIGURE_LINE_PT + 2 : 0) +
                 (double)rows * (FIGURE_PANEL_HEIGHT + FIGURE_GAP) - FIGURE_GAP;
    if (numbers_open(path, "chart,series,x,y,low,high", &numbers, err))
        return -1;
    figure_numbers(&numbers, figure);
    struct canvas *canvas = canvas_open(path, width, height, err);
    if (!canvas) {
        numbers_abandon(&numbers);
        return -1;
    }
    figure_draw(canvas_cairo(canvas), figure, width, height, columns);
    if (canvas_close(canvas, err)) {
        numbers_abandon(&numbers);
        return -1;
    }
    return numbers_close(&numbers, err);
}
