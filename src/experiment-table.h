/* Runs of an experiment as numbers: means and deviations over seeds, as text, CSV and JSON.
 *
 * A ratio that is not defined (precision without predictions) counts as 0, as in seqeval. The deviation is that of a
 * sample (divided by n - 1); there is none of one run.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EXPERIMENT_TABLE_H
#define MMIB_SRC_EXPERIMENT_TABLE_H

#include "corpora/text.h"
#include "src/experiment.h"

#include <stddef.h>

enum { EXPERIMENT_TASKS = 2, EXPERIMENT_RATIOS = 3 }; /* entities, relations; P, R, F1 */

/* Fractions; NAN: not scored, or no deviation. */
struct experiment_summary {
    double mean[EXPERIMENT_TASKS][EXPERIMENT_RATIOS], deviation[EXPERIMENT_TASKS][EXPERIMENT_RATIOS];
};

/* The runs [n] of one way of training. */
struct experiment_summary experiment_summarise(const struct experiment_record *runs, size_t n);

/* A mean with its deviation in per cent, as "84.12 ± 0.31", "84.12" or "-". out has room for EXPERIMENT_CELL_BYTES. */
enum { EXPERIMENT_CELL_BYTES = 64 };
void experiment_cell(double mean, double deviation, char out[EXPERIMENT_CELL_BYTES]);

/* text with blanks behind it (before it, where width is negative) until it fills that many columns. */
void experiment_put_cell(struct text *out, const char *text, int width);

/* What stands below a table: seeds, and what was scored. */
void experiment_put_note(struct text *out, const struct experiment *experiment, const size_t *seeds, size_t n_seeds);

/* The same as members of a JSON object, and the member "runs" of one way of training. */
void experiment_put_json_head(struct text *out, const struct experiment *experiment, const size_t *seeds,
                              size_t n_seeds);
void experiment_put_json_runs(struct text *out, const struct experiment_record *runs, size_t n);

/* OUT/NAME, with the text in it; whole or not at all. */
int experiment_write(const struct experiment *experiment, const char *name, const char *text, struct error *err);

/* One line a run; columns and fields tell the way of training, and come first. */
void experiment_put_csv_head(struct text *out, const char *columns);
void experiment_put_csv_run(struct text *out, const char *fields, const struct experiment_record *run);

#endif
