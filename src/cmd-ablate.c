/* mmib ablate: what each part of the model brings, by training without it (the paper's Table V).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/json.h"
#include "src/experiment-options.h"
#include "src/experiment-table.h"
#include "src/subcommands.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct train_arguments arguments = TRAIN_ARGUMENTS_DEFAULT;
static struct experiment_options ablate_experiment = {.seeds = "1,2,3"};

enum { ABLATE_VARIANTS = 5, ABLATE_TITLE_CELLS = 20, ABLATE_CELLS = 16 };

static const struct experiment_variant ablate_variants[ABLATE_VARIANTS] = {
    {"full", "full", true, true, true, NAN, NAN},
    {"without refinement", "no-refinement", false, true, true, NAN, NAN},
    {"without alignment", "no-alignment", true, false, true, NAN, NAN},
    {"without both", "neither", false, false, true, NAN, NAN},
    {"without picture", "no-picture", true, true, false, NAN, NAN},
};

/* Runs of each variant. */
struct ablate_runs {
    struct experiment_record each[ABLATE_VARIANTS][NUMBER_LIST_MAX];
};

/* Seed by seed, so that what is there after some hours can be compared. 0, 1 (stopped) or -1. */
static int ablate_train(struct experiment *experiment, struct ablate_runs *out, struct error *err)
{
    for (size_t s = 0; s < ablate_experiment.n_seeds; s++)
        for (size_t v = 0; v < ABLATE_VARIANTS; v++)
            if (experiment_check(experiment, &ablate_variants[v], ablate_experiment.each_seed[s], err))
                return -1;
    for (size_t s = 0; s < ablate_experiment.n_seeds; s++)
        for (size_t v = 0; v < ABLATE_VARIANTS; v++) {
            int result = experiment_run(experiment, &ablate_variants[v], ablate_experiment.each_seed[s],
                                        &out->each[v][s], err);
            if (result)
                return result;
        }
    return 0;
}

/* Only what was scored has columns. */
static void ablate_put_table(struct text *out, const struct experiment *experiment, const struct ablate_runs *runs)
{
    static const char *const tasks[EXPERIMENT_TASKS] = {"entities", "relations"},
                             *const ratios[EXPERIMENT_RATIOS] = {"P", "R", "F1"};
    const bool scored[EXPERIMENT_TASKS] = {runs->each[0][0].has_ner, runs->each[0][0].has_re};
    experiment_put_cell(out, "", ABLATE_TITLE_CELLS);
    for (size_t t = 0; t < EXPERIMENT_TASKS; t++)
        for (size_t k = 0; scored[t] && k < EXPERIMENT_RATIOS; k++) {
            char title[EXPERIMENT_CELL_BYTES];
            snprintf(title, sizeof title, "%s %s", tasks[t], ratios[k]);
            experiment_put_cell(out, title, -ABLATE_CELLS);
        }
    text_add_char(out, '\n');
    for (size_t v = 0; v < ABLATE_VARIANTS; v++) {
        struct experiment_summary summary = experiment_summarise(runs->each[v], ablate_experiment.n_seeds);
        experiment_put_cell(out, ablate_variants[v].title, ABLATE_TITLE_CELLS);
        for (size_t t = 0; t < EXPERIMENT_TASKS; t++)
            for (size_t k = 0; scored[t] && k < EXPERIMENT_RATIOS; k++) {
                char cell[EXPERIMENT_CELL_BYTES];
                experiment_cell(summary.mean[t][k], summary.deviation[t][k], cell);
                experiment_put_cell(out, cell, -ABLATE_CELLS);
            }
        text_add_char(out, '\n');
    }
    experiment_put_note(out, experiment, ablate_experiment.each_seed, ablate_experiment.n_seeds);
}

static void ablate_put_json(struct text *out, const struct experiment *experiment, const struct ablate_runs *runs)
{
    text_add_char(out, '{');
    experiment_put_json_head(out, experiment, ablate_experiment.each_seed, ablate_experiment.n_seeds);
    json_put_name(out, "variants");
    for (size_t v = 0; v < ABLATE_VARIANTS; v++) {
        text_add(out, v ? ", {" : "[{");
        json_put_name(out, "variant");
        json_put_text(out, ablate_variants[v].title);
        experiment_put_json_runs(out, runs->each[v], ablate_experiment.n_seeds);
        text_add_char(out, '}');
    }
    text_add(out, "]}\n");
}

static void ablate_put_csv(struct text *out, const struct ablate_runs *runs)
{
    experiment_put_csv_head(out, "variant");
    for (size_t v = 0; v < ABLATE_VARIANTS; v++)
        for (size_t s = 0; s < ablate_experiment.n_seeds; s++)
            experiment_put_csv_run(out, ablate_variants[v].title, &runs->each[v][s]);
}

/* The table to standard output, and all forms of it to the folder. */
static int ablate_tell(const struct experiment *experiment, const struct ablate_runs *runs, struct error *err)
{
    struct text table = {0}, json = {0}, csv = {0};
    experiment_finished(experiment);
    ablate_put_table(&table, experiment, runs);
    ablate_put_json(&json, experiment, runs);
    ablate_put_csv(&csv, runs);
    int result = table.failed || json.failed || csv.failed ? error_memory(err, "table") : 0;
    if (!result && (experiment_write(experiment, "ablate.txt", table.bytes, err) ||
                    experiment_write(experiment, "ablate.json", json.bytes, err) ||
                    experiment_write(experiment, "ablate.csv", csv.bytes, err)))
        result = -1;
    if (!result && (fputs(ablate_experiment.json ? json.bytes : table.bytes, stdout) < 0 || fflush(stdout)))
        result = error_errno(err, "standard output");
    text_free(&table);
    text_free(&json);
    text_free(&csv);
    return result;
}

static int ablate_main(int n_arguments, char **rest)
{
    struct experiment experiment = {.arguments = &arguments, .command = "ablate", .keep = ablate_experiment.keep};
    struct error err;
    (void)n_arguments;
    (void)rest;
    struct ablate_runs *runs = calloc(1, sizeof *runs);
    int result = !runs ? error_memory(&err, "runs") : experiment_options_check(&arguments, &ablate_experiment, &err);
    experiment.total = ABLATE_VARIANTS * ablate_experiment.n_seeds;
    if (!result)
        result = experiment_open(&experiment, &err);
    if (!result)
        result = ablate_train(&experiment, runs, &err);
    if (!result)
        result = ablate_tell(&experiment, runs, &err);
    int code = result < 0 ? report_error(&err) : result ? experiment_stopped(&experiment) : 0;
    experiment_close(&experiment);
    free(runs);
    return code;
}

static const struct option_spec ablate_options[] = {
    TRAIN_OPTIONS_DATA(arguments),
    EXPERIMENT_OPTIONS(arguments, ablate_experiment),
    TRAIN_OPTIONS_RATES(arguments),
    TRAIN_OPTIONS_BETAS(arguments),
    TRAIN_OPTIONS_CHANCE(arguments),
    TRAIN_OPTIONS_CORPUS(arguments),
    {0},
};

const struct subcommand ablate_subcommand = {
    .name = "ablate",
    .usage = "--train FILE... --dev FILE... --out DIR",
    .summary = "train without refinement, alignment or pictures, and compare",
    .details = "Trains the model whole, without refinement, without alignment, without both, and with every picture\n"
               "hidden, each with every seed, and prints precision, recall and F1 of all. What was done is kept in\n"
               "--out: the same command goes on where it was stopped.",
    .options = ablate_options,
    .max_arguments = 0,
    .run = ablate_main,
};
