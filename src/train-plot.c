/* SPDX-License-Identifier: Apache-2.0 */
#include "src/train-plot.h"

#include "src/train-curves.h"
#include "ui/canvas.h"
#include "ui/chart.h"

#include <stdlib.h>

/* The curves of one panel, in the order of the log. */
static void plot_panel(const struct train_curves *curves, enum train_panel which, struct chart_series *series,
                       struct chart *chart)
{
    chart->series = series;
    for (size_t i = 0; i < curves->n; i++) {
        const struct train_curve *curve = &curves->each[i];
        if (curve->panel == which)
            series[chart->n_series++] = (struct chart_series){
                .name = which == PANEL_RATE ? NULL : curve->name,
                .x = curve->x,
                .y = curve->y,
                .n = curve->n,
                .style = which == PANEL_F1 ? CHART_MARKED : CHART_LINE,
            };
    }
}

int train_plot(const char *log, const char *figure, struct error *err)
{
    struct train_curves curves;
    if (canvas_check(figure, err) || train_curves_read(log, &curves, err))
        return -1;
    double last = 1; /* step: all panels end there */
    for (size_t i = 0; i < curves.n; i++)
        if (curves.each[i].x[curves.each[i].n - 1] > last)
            last = curves.each[i].x[curves.each[i].n - 1];
    const struct chart_axis steps = {.label = "step", .low = 0, .high = last};
    struct chart charts[PANELS] = {
        [PANEL_LOSS] = {.title = "Loss", .x = steps, .y = {.label = "loss (nats, smoothed)", .logarithmic = true},
                        .height = .42},
        [PANEL_F1] = {.title = "Development set", .x = steps, .y = {.label = "F1 (%)"}, .height = .34},
        [PANEL_RATE] = {.title = "Learning rate", .x = steps, .y = {.label = "rate", .from_zero = true}, .height = .24},
    };
    struct chart_series *series = calloc(curves.n * PANELS, sizeof *series);
    int result = series ? 0 : error_memory(err, log);
    for (size_t i = 0; !result && i < PANELS; i++)
        plot_panel(&curves, (enum train_panel)i, series + i * curves.n, &charts[i]);
    const struct chart_figure all = {.charts = charts, .n_charts = PANELS, .width_pt = 500, .height_pt = 620};
    if (!result)
        result = chart_save(&all, figure, err);
    free(series);
    train_curves_free(&curves);
    return result;
}
