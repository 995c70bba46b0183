/* SPDX-License-Identifier: Apache-2.0 */
#include "src/experiment-table.h"

#include "corpora/files.h"
#include "corpora/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const table_tasks[EXPERIMENT_TASKS] = {"ner", "re"};
static const char *const table_ratios[EXPERIMENT_RATIOS] = {"p", "r", "f1"};

static double table_or_zero(double x)
{
    return isnan(x) ? 0 : x;
}

/* P, R, F1 of one task of a run; false where it was not scored. */
static bool table_ratios_of(const struct experiment_record *run, size_t task, double out[EXPERIMENT_RATIOS])
{
    struct score_ratios ratios = score_ratios(task ? &run->re : &run->ner);
    out[0] = table_or_zero(ratios.p);
    out[1] = table_or_zero(ratios.r);
    out[2] = table_or_zero(ratios.f1);
    return task ? run->has_re : run->has_ner;
}

struct experiment_summary experiment_summarise(const struct experiment_record *runs, size_t n)
{
    struct experiment_summary out;
    for (size_t task = 0; task < EXPERIMENT_TASKS; task++)
        for (size_t k = 0; k < EXPERIMENT_RATIOS; k++) {
            double sum = 0, squares = 0, ratios[EXPERIMENT_RATIOS];
            bool scored = n > 0;
            for (size_t i = 0; i < n; i++) {
                scored &= table_ratios_of(&runs[i], task, ratios);
                sum += ratios[k];
            }
            double mean = sum / (double)n;
            for (size_t i = 0; i < n; i++) {
                table_ratios_of(&runs[i], task, ratios);
                squares += (ratios[k] - mean) * (ratios[k] - mean);
            }
            out.mean[task][k] = scored ? mean : NAN;
            out.deviation[task][k] = scored && n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
        }
    return out;
}

void experiment_cell(double mean, double deviation, char out[EXPERIMENT_CELL_BYTES])
{
    if (isnan(mean))
        snprintf(out, EXPERIMENT_CELL_BYTES, "-");
    else if (isnan(deviation))
        snprintf(out, EXPERIMENT_CELL_BYTES, "%.2f", 100 * mean);
    else
        snprintf(out, EXPERIMENT_CELL_BYTES, "%.2f \u00b1 %.2f", 100 * mean, 100 * deviation);
}

void experiment_put_cell(struct text *out, const char *text, int width)
{
    int blanks = abs(width) - (int)utf8_code_points(text);
    for (int i = 0; width < 0 && i < blanks; i++)
        text_add_char(out, ' ');
    text_add(out, text);
    for (int i = 0; width > 0 && i < blanks; i++)
        text_add_char(out, ' ');
}

static void table_put_files(struct text *out, const struct option_texts *files)
{
    for (size_t i = 0; i < files->n; i++) {
        text_add(out, i ? ", " : "");
        text_add(out, files->values[i]);
    }
}

void experiment_put_note(struct text *out, const struct experiment *experiment, const size_t *seeds, size_t n_seeds)
{
    const struct train_arguments *arguments = experiment->arguments;
    text_add(out, "per cent; ");
    if (n_seeds > 1)
        text_add_format(out, "mean \u00b1 standard deviation over %zu seeds (", n_seeds);
    else
        text_add(out, "one seed (");
    for (size_t i = 0; i < n_seeds; i++)
        text_add_format(out, "%s%zu", i ? ", " : "", seeds[i]);
    text_add(out, "); scored on ");
    table_put_files(out, arguments->test.n ? &arguments->test : &arguments->dev);
    text_add(out, arguments->test.n ? "\n" : ", by which the epochs were chosen (--test FILE: others)\n");
}

void experiment_put_json_head(struct text *out, const struct experiment *experiment, const size_t *seeds,
                              size_t n_seeds)
{
    const struct train_arguments *arguments = experiment->arguments;
    const struct option_texts *scored = arguments->test.n ? &arguments->test : &arguments->dev;
    json_put_name(out, "command");
    json_put_text(out, experiment->command);
    json_put_name(out, "model");
    json_put_text(out, experiment->setup.directory);
    json_put_name(out, "scored");
    text_add_char(out, '[');
    for (size_t i = 0; i < scored->n; i++) {
        text_add(out, i ? ", " : "");
        json_put_text(out, scored->values[i]);
    }
    text_add(out, "], \"scored_is\": ");
    json_put_text(out, arguments->test.n ? "test" : "dev");
    json_put_name(out, "seeds");
    for (size_t i = 0; i < n_seeds; i++)
        text_add_format(out, "%s%zu", i ? ", " : "[", seeds[i]);
    text_add_char(out, ']');
}

static void table_put_json_mean(struct text *out, const char *name, const double means[EXPERIMENT_RATIOS],
                                const double deviations[EXPERIMENT_RATIOS])
{
    json_put_name(out, name);
    text_add_char(out, '{');
    for (size_t k = 0; k < EXPERIMENT_RATIOS; k++) {
        json_put_name(out, table_ratios[k]);
        text_add(out, "{\"mean\": ");
        json_put_number(out, means[k]);
        json_put_name(out, "sd");
        if (isnan(deviations[k]))
            text_add(out, "null");
        else
            json_put_number(out, deviations[k]);
        text_add_char(out, '}');
    }
    text_add_char(out, '}');
}

static void table_put_json_run(struct text *out, const struct experiment_record *run)
{
    text_add_format(out, "{\"seed\": %zu, \"epochs\": %zu, \"best_epoch\": %zu", run->seed, run->epochs,
                    run->best_epoch);
    json_put_name(out, "dev_f1");
    json_put_number(out, run->dev_f1);
    for (size_t task = 0; task < EXPERIMENT_TASKS; task++) {
        const struct score_counts *counts = task ? &run->re : &run->ner;
        double ratios[EXPERIMENT_RATIOS];
        if (!table_ratios_of(run, task, ratios))
            continue;
        json_put_name(out, table_tasks[task]);
        text_add_char(out, '{');
        for (size_t k = 0; k < EXPERIMENT_RATIOS; k++) {
            json_put_name(out, table_ratios[k]);
            json_put_number(out, ratios[k]);
        }
        text_add_format(out, ", \"tp\": %zu, \"fp\": %zu, \"fn\": %zu}", counts->tp, counts->fp, counts->fn);
    }
    text_add_char(out, '}');
}

void experiment_put_json_runs(struct text *out, const struct experiment_record *runs, size_t n)
{
    struct experiment_summary summary = experiment_summarise(runs, n);
    for (size_t task = 0; task < EXPERIMENT_TASKS; task++)
        if (!isnan(summary.mean[task][0]))
            table_put_json_mean(out, table_tasks[task], summary.mean[task], summary.deviation[task]);
    json_put_name(out, "runs");
    for (size_t i = 0; i < n; i++) {
        text_add(out, i ? ", " : "[");
        table_put_json_run(out, &runs[i]);
    }
    text_add_char(out, ']');
}

void experiment_put_csv_head(struct text *out, const char *columns)
{
    text_add(out, columns);
    text_add(out, ",seed,epochs,best_epoch,dev_f1");
    for (size_t task = 0; task < EXPERIMENT_TASKS; task++)
        for (size_t k = 0; k < EXPERIMENT_RATIOS; k++)
            text_add_format(out, ",%s_%s", table_tasks[task], table_ratios[k]);
    text_add(out, ",ner_tp,ner_fp,ner_fn,re_tp,re_fp,re_fn\n");
}

void experiment_put_csv_run(struct text *out, const char *fields, const struct experiment_record *run)
{
    text_add_format(out, "%s,%zu,%zu,%zu,%.9g", fields, run->seed, run->epochs, run->best_epoch, run->dev_f1);
    for (size_t task = 0; task < EXPERIMENT_TASKS; task++) {
        double ratios[EXPERIMENT_RATIOS];
        bool scored = table_ratios_of(run, task, ratios);
        for (size_t k = 0; k < EXPERIMENT_RATIOS; k++)
            text_add_format(out, scored ? ",%.9g" : ",", ratios[k]);
    }
    for (size_t task = 0; task < EXPERIMENT_TASKS; task++) {
        const struct score_counts *counts = task ? &run->re : &run->ner;
        if (task ? run->has_re : run->has_ner)
            text_add_format(out, ",%zu,%zu,%zu", counts->tp, counts->fp, counts->fn);
        else
            text_add(out, ",,,");
    }
    text_add_char(out, '\n');
}

int experiment_write(const struct experiment *experiment, const char *name, const char *text, struct error *err)
{
    char *path = file_join(experiment->arguments->out, name);
    int result = path ? experiment_text_write(path, text, err) : error_memory(err, name);
    free(path);
    return result;
}
