/* mmib sweep: what the weights of the two KL terms do, by training with many of them (the paper's Fig. 4).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/files.h"
#include "corpora/json.h"
#include "src/experiment-options.h"
#include "src/experiment-table.h"
#include "src/subcommands.h"
#include "ui/canvas.h"
#include "ui/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct train_arguments arguments = TRAIN_ARGUMENTS_DEFAULT;
static struct experiment_options sweep_experiment = {.seeds = "1,2,3"};
static const char *sweep_betas = "0,0.01,0.1,0.5,1,1.5,2", *sweep_output;

enum { SWEEP_SERIES = 3, SWEEP_POINTS_MAX = SWEEP_SERIES * NUMBER_LIST_MAX };
enum { SWEEP_TITLE_CELLS = 14, SWEEP_CELLS = 20, SWEEP_NAME_BYTES = 80, SWEEP_SHIFT_PT = 4 };

static const char *const sweep_series[SWEEP_SERIES] = {"beta_image varies", "beta_text varies", "both vary"};
static const char *const sweep_tasks[EXPERIMENT_TASKS] = {"entities", "relations"};

struct sweep_point {
    double text, image; /* weights */
    char title[SWEEP_NAME_BYTES], folder[SWEEP_NAME_BYTES];
    struct experiment_record runs[NUMBER_LIST_MAX]; /* of each seed */
    struct experiment_summary summary;
};

struct sweep {
    double betas[NUMBER_LIST_MAX];
    size_t n_betas;
    struct sweep_point points[SWEEP_POINTS_MAX]; /* different ones */
    size_t n_points;
    size_t at[SWEEP_SERIES][NUMBER_LIST_MAX]; /* which point each series has for each beta */
    struct experiment experiment;
};

/* Points and runs */

static size_t sweep_point_of(struct sweep *sweep, double text, double image)
{
    size_t i = 0;
    while (i < sweep->n_points && (sweep->points[i].text != text || sweep->points[i].image != image))
        i++;
    if (i == sweep->n_points) {
        struct sweep_point *point = &sweep->points[sweep->n_points++];
        point->text = text;
        point->image = image;
        snprintf(point->title, sizeof point->title, "beta_text %g, beta_image %g", text, image);
        snprintf(point->folder, sizeof point->folder, "text%.15g-image%.15g", text, image);
    }
    return i;
}

static void sweep_plan(struct sweep *sweep)
{
    for (size_t b = 0; b < sweep->n_betas; b++) {
        double beta = sweep->betas[b];
        sweep->at[0][b] = sweep_point_of(sweep, 1, beta);
        sweep->at[1][b] = sweep_point_of(sweep, beta, 1);
        sweep->at[2][b] = sweep_point_of(sweep, beta, beta);
    }
    sweep->experiment.total = sweep->n_points * sweep_experiment.n_seeds;
}

static struct experiment_variant sweep_variant(const struct sweep_point *point)
{
    return (struct experiment_variant){.title = point->title,
                                       .folder = point->folder,
                                       .refinement = true,
                                       .alignment = true,
                                       .pictures = true,
                                       .beta_text = point->text,
                                       .beta_image = point->image};
}

/* Seed by seed. 0, 1 (stopped) or -1. */
static int sweep_train(struct sweep *sweep, struct error *err)
{
    const size_t *seeds = sweep_experiment.each_seed;
    for (size_t i = 0; i < sweep->n_points * sweep_experiment.n_seeds; i++) {
        const struct experiment_variant variant = sweep_variant(&sweep->points[i % sweep->n_points]);
        if (experiment_check(&sweep->experiment, &variant, seeds[i / sweep->n_points], err))
            return -1;
    }
    for (size_t i = 0; i < sweep->n_points * sweep_experiment.n_seeds; i++) {
        struct sweep_point *point = &sweep->points[i % sweep->n_points];
        size_t s = i / sweep->n_points;
        const struct experiment_variant variant = sweep_variant(point);
        int result = experiment_run(&sweep->experiment, &variant, seeds[s], &point->runs[s], err);
        if (result)
            return result;
    }
    for (size_t i = 0; i < sweep->n_points; i++)
        sweep->points[i].summary = experiment_summarise(sweep->points[i].runs, sweep_experiment.n_seeds);
    return 0;
}

static bool sweep_scored(const struct sweep *sweep, size_t task)
{
    return !isnan(sweep->points[0].summary.mean[task][2]);
}

/* Table, JSON, CSV */

static void sweep_put_table(struct text *out, const struct sweep *sweep)
{
    for (size_t task = 0; task < EXPERIMENT_TASKS; task++) {
        char cell[EXPERIMENT_CELL_BYTES];
        if (!sweep_scored(sweep, task))
            continue;
        snprintf(cell, sizeof cell, "%s F1", sweep_tasks[task]);
        experiment_put_cell(out, cell, SWEEP_TITLE_CELLS);
        for (size_t k = 0; k < SWEEP_SERIES; k++)
            experiment_put_cell(out, sweep_series[k], -SWEEP_CELLS);
        text_add_char(out, '\n');
        for (size_t b = 0; b < sweep->n_betas; b++) {
            snprintf(cell, sizeof cell, "%g", sweep->betas[b]);
            experiment_put_cell(out, cell, SWEEP_TITLE_CELLS);
            for (size_t k = 0; k < SWEEP_SERIES; k++) {
                const struct experiment_summary *summary = &sweep->points[sweep->at[k][b]].summary;
                experiment_cell(summary->mean[task][2], summary->deviation[task][2], cell);
                experiment_put_cell(out, cell, -SWEEP_CELLS);
            }
            text_add_char(out, '\n');
        }
    }
    text_add(out, "where one weight varies, the other is 1; ");
    experiment_put_note(out, &sweep->experiment, sweep_experiment.each_seed, sweep_experiment.n_seeds);
}

static void sweep_put_json(struct text *out, const struct sweep *sweep)
{
    text_add_char(out, '{');
    experiment_put_json_head(out, &sweep->experiment, sweep_experiment.each_seed, sweep_experiment.n_seeds);
    json_put_name(out, "points");
    for (size_t i = 0; i < sweep->n_points; i++) {
        text_add(out, i ? ", {" : "[{");
        json_put_name(out, "beta_text");
        json_put_number(out, sweep->points[i].text);
        json_put_name(out, "beta_image");
        json_put_number(out, sweep->points[i].image);
        experiment_put_json_runs(out, sweep->points[i].runs, sweep_experiment.n_seeds);
        text_add_char(out, '}');
    }
    text_add(out, "]}\n");
}

static void sweep_put_csv(struct text *out, const struct sweep *sweep)
{
    experiment_put_csv_head(out, "beta_text,beta_image");
    for (size_t i = 0; i < sweep->n_points; i++)
        for (size_t s = 0; s < sweep_experiment.n_seeds; s++) {
            char name[SWEEP_NAME_BYTES];
            snprintf(name, sizeof name, "%.15g,%.15g", sweep->points[i].text, sweep->points[i].image);
            experiment_put_csv_run(out, name, &sweep->points[i].runs[s]);
        }
}

/* The figure */

struct sweep_curve {
    double x[NUMBER_LIST_MAX], y[NUMBER_LIST_MAX], low[NUMBER_LIST_MAX], high[NUMBER_LIST_MAX];
};

struct sweep_figure {
    struct sweep_curve curves[EXPERIMENT_TASKS][SWEEP_SERIES];
    struct chart_series series[EXPERIMENT_TASKS][SWEEP_SERIES];
    struct chart charts[EXPERIMENT_TASKS];
    char betas[NUMBER_LIST_MAX][32];
    const char *names[NUMBER_LIST_MAX];
};

static struct chart sweep_chart(const struct sweep *sweep, struct sweep_figure *figure, size_t task)
{
    for (size_t k = 0; k < SWEEP_SERIES; k++) {
        struct sweep_curve *curve = &figure->curves[task][k];
        for (size_t b = 0; b < sweep->n_betas; b++) {
            const struct experiment_summary *summary = &sweep->points[sweep->at[k][b]].summary;
            curve->x[b] = (double)b;
            curve->y[b] = 100 * summary->mean[task][2];
            curve->low[b] = curve->y[b] - 100 * summary->deviation[task][2];
            curve->high[b] = curve->y[b] + 100 * summary->deviation[task][2];
        }
        figure->series[task][k] = (struct chart_series){
            .name = sweep_series[k], .x = curve->x, .y = curve->y, .n = sweep->n_betas, .style = CHART_MARKED};
        figure->series[task][k].shift_pt = SWEEP_SHIFT_PT * ((double)k - (SWEEP_SERIES - 1) / 2.0);
        if (sweep_experiment.n_seeds > 1) {
            figure->series[task][k].low = curve->low;
            figure->series[task][k].high = curve->high;
        }
    }
    return (struct chart){.title = sweep_tasks[task],
                          .x = {.label = "weight of the KL term", .names = figure->names, .n_names = sweep->n_betas},
                          .y = {.label = "F1 (%)"},
                          .series = figure->series[task],
                          .n_series = SWEEP_SERIES};
}

static int sweep_draw(const struct sweep *sweep, const char *path, struct error *err)
{
    struct text note = {0};
    size_t n = 0;
    struct sweep_figure *figure = calloc(1, sizeof *figure);
    if (!figure)
        return error_memory(err, path);
    for (size_t b = 0; b < sweep->n_betas; b++) {
        snprintf(figure->betas[b], sizeof figure->betas[b], "%g", sweep->betas[b]);
        figure->names[b] = figure->betas[b];
    }
    for (size_t task = 0; task < EXPERIMENT_TASKS; task++)
        if (sweep_scored(sweep, task))
            figure->charts[n++] = sweep_chart(sweep, figure, task);
    text_add_format(&note, "where one weight varies, the other is 1; scored on %s",
                    arguments.test.n ? "test data" : "the development data, by which the epochs were chosen");
    if (sweep_experiment.n_seeds > 1)
        text_add_format(&note, "; mean \u00b1 standard deviation over %zu seeds", sweep_experiment.n_seeds);
    const struct chart_figure whole = {.note = note.bytes, .charts = figure->charts, .n_charts = n, .columns = n};
    int result = note.failed ? error_memory(err, path) : chart_save(&whole, path, err);
    text_free(&note);
    free(figure);
    return result;
}

/* The command */

static int sweep_write(const struct sweep *sweep, struct error *err)
{
    struct text table = {0}, json = {0}, csv = {0};
    const struct experiment *experiment = &sweep->experiment;
    char *figure = sweep_output ? strdup(sweep_output) : file_join(arguments.out, "sweep.svg");
    experiment_finished(experiment);
    sweep_put_table(&table, sweep);
    sweep_put_json(&json, sweep);
    sweep_put_csv(&csv, sweep);
    int result = table.failed || json.failed || csv.failed || !figure ? error_memory(err, "table") : 0;
    if (!result && (experiment_write(experiment, "sweep.txt", table.bytes, err) ||
                    experiment_write(experiment, "sweep.json", json.bytes, err) ||
                    experiment_write(experiment, "sweep-runs.csv", csv.bytes, err) || sweep_draw(sweep, figure, err)))
        result = -1;
    if (!result && (fputs(sweep_experiment.json ? json.bytes : table.bytes, stdout) < 0 || fflush(stdout)))
        result = error_errno(err, "standard output");
    text_free(&table);
    text_free(&json);
    text_free(&csv);
    free(figure);
    return result;
}

static int sweep_check(struct sweep *sweep, struct error *err)
{
    if (experiment_options_check(&arguments, &sweep_experiment, err) ||
        number_list_parse("betas", sweep_betas, 1e6, false, sweep->betas, &sweep->n_betas, err) ||
        (sweep_output && canvas_check(sweep_output, err)))
        return -1;
    sweep_plan(sweep);
    return 0;
}

static int sweep_main(int n_arguments, char **rest)
{
    struct sweep *sweep = calloc(1, sizeof *sweep);
    struct error err;
    (void)n_arguments;
    (void)rest;
    if (!sweep) {
        error_memory(&err, "sweep");
        return report_error(&err);
    }
    sweep->experiment.arguments = &arguments;
    sweep->experiment.command = "sweep";
    sweep->experiment.keep = sweep_experiment.keep;
    int result = sweep_check(sweep, &err);
    if (!result)
        result = experiment_open(&sweep->experiment, &err);
    if (!result)
        result = sweep_train(sweep, &err);
    if (!result)
        result = sweep_write(sweep, &err);
    int code = result < 0 ? report_error(&err) : result ? experiment_stopped(&sweep->experiment) : 0;
    experiment_close(&sweep->experiment);
    free(sweep);
    return code;
}

static const struct option_spec sweep_options[] = {
    TRAIN_OPTIONS_DATA(arguments),
    {"betas", 0, OPTION_TEXT, "LIST", "weights of the KL terms (0,0.01,0.1,0.5,1,1.5,2)", &sweep_betas},
    {"output", 'o', OPTION_TEXT, "FILE", "figure: .png, .svg or .pdf (without it, sweep.svg in --out)", &sweep_output},
    EXPERIMENT_OPTIONS(arguments, sweep_experiment),
    TRAIN_OPTIONS_RATES(arguments),
    MODEL_OPTION_NO_IMAGE(arguments),
    TRAIN_OPTIONS_CHANCE(arguments),
    TRAIN_OPTIONS_CORPUS(arguments),
    {0},
};

const struct subcommand sweep_subcommand = {
    .name = "sweep",
    .usage = "--train FILE... --dev FILE... --out DIR",
    .summary = "train with other weights of the KL terms, and draw the curves",
    .details = "Three series: beta_image varies and beta_text is 1, the reverse, and both vary and are equal. Each\n"
               "point is trained with every seed, and once where series share it. What was done is kept in --out: the\n"
               "same command goes on where it was stopped.",
    .options = sweep_options,
    .max_arguments = 0,
    .run = sweep_main,
};
