/* Charts: panels with axes, curves with errors, scatters, a legend; drawn into a figure with the numbers beside.
 *
 *     double beta[] = {0, 0.1, 1}, f1[] = {80.1, 81.5, 81.0}, low[] = {79, 81, 80}, high[] = {81, 82, 82};
 *     const struct chart_series series[] = {{.name = "both", .x = beta, .y = f1, .low = low, .high = high, .n = 3}};
 *     const struct chart chart = {.title = "Twitter-2017", .x = {.label = "beta"}, .y = {.label = "F1 (%)"},
 *                                 .series = series, .n_series = 1};
 *     const struct chart_figure figure = {.charts = &chart, .n_charts = 1};
 *     chart_save(&figure, "sweep.pdf", &err);                  also writes sweep.csv
 *
 * Points that are equidistant whatever their value (0, 0.01, 0.1, ...): x[i] = i, and .x.names = the values as texts. A
 * scatter: .style = CHART_SCATTER, and .x.bare = .y.bare = true where the axes mean nothing (t-SNE). Several panels: a
 * chart each, .columns tells how many stand in a row. Series of one number have the same look in all charts.
 *
 * Inks are Okabe and Ito's, which colour-blind people tell apart; dashes and marker shapes differ too, so that a figure
 * reads in grey. Everything is in points (1/72 inch); names are UTF-8 of any script.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_CHART_H
#define MMIB_UI_CHART_H

#include "corpora/error.h"

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>

enum chart_style {
    CHART_MARKED, /* a curve with a marker at each point */
    CHART_LINE,
    CHART_SCATTER,
};

enum chart_marker { MARKER_CIRCLE, MARKER_SQUARE, MARKER_TRIANGLE, MARKER_DIAMOND, MARKER_CROSS, MARKER_DOWN, MARKERS };

/* All borrowed. Points with a coordinate that is not finite, or not above zero on a logarithmic axis, are left out. */
struct chart_series {
    const char *name;         /* in legend and CSV; NULL = not in the legend */
    const double *x, *y;      /* [n] */
    const double *low, *high; /* [n] ends of the error about y; NULL = none */
    size_t n;
    enum chart_style style;
    bool has_look;            /* false: colour, dash and marker are those of its place among the series */
    size_t ink, marker, dash; /* with has_look: which; each wraps round */
    double shift_pt;          /* drawn so much to the right, so that errors over one x can be told apart */
};

struct chart_axis {
    const char *label;        /* with its unit: "F1 (%)"; NULL = none */
    double low, high;         /* a fixed range; where low >= high it is that of the points */
    bool from_zero;           /* the range holds 0 at its low end */
    bool logarithmic;
    bool bare;                /* no ticks and no grid */
    const char *const *names; /* [n_names] of the positions 0, 1, ...: ticks stand there only; NULL = round numbers */
    size_t n_names;
};

struct chart {
    const char *title; /* NULL = none */
    struct chart_axis x, y;
    const struct chart_series *series;
    size_t n_series;
    bool band;      /* errors as bands instead of bars */
    bool no_legend; /* a single series has none either, unless it is named */
    double height;  /* share of the figure's height, where charts stand in one column; 0 = the same for all */
};

struct chart_figure {
    const char *title; /* NULL = none */
    const char *note;  /* small, below: what the numbers are; NULL = none */
    const struct chart *charts;
    size_t n_charts;
    size_t columns;              /* 0 = 1 */
    double width_pt, height_pt;  /* 0 = by the number of panels */
};

/* Draws a chart into area x, y, width, height. */
void chart_draw(cairo_t *cairo, const double area[4], const struct chart *chart);

/* The same with the frame's left end at x + margin, so that charts below each other have the same one; margin is at
 * least chart_margin, what the labels of the y axis need. */
void chart_draw_at(cairo_t *cairo, const double area[4], double margin, const struct chart *chart);
double chart_margin(cairo_t *cairo, const double area[4], const struct chart *chart);

/* The figure at path (.png, .svg, .pdf: canvas_check) and its numbers as CSV beside it: chart, series, x, y, low,
 * high. */
int chart_save(const struct chart_figure *figure, const char *path, struct error *err);

/* Parts for other figures: the ink of a number as 0xRRGGBB, a marker about x, y, and ticks at round numbers. */
unsigned chart_ink(size_t number);
void chart_marker(cairo_t *cairo, enum chart_marker marker, double x, double y, double radius);

enum { CHART_MAX_TICKS = 16 };

/* Ticks in [low, high], about `wanted` of them, as positions and texts; returns their number. */
struct chart_tick {
    double at;
    char text[32];
};
size_t chart_ticks(double low, double high, bool logarithmic, double wanted, struct chart_tick out[CHART_MAX_TICKS]);

#endif
