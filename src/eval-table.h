/* What mmib eval prints for people: scores, classes, confusions, buckets, leaks; and beside each other for two systems
 * (eval-paired).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EVAL_TABLE_H
#define MMIB_SRC_EVAL_TABLE_H

#include "corpora/error.h"
#include "corpora/text.h"
#include "src/eval-analysis.h"

#include <stdbool.h>

struct eval_table_options {
    bool one_mode;    /* only that of the analysis, else both */
    bool scores_only; /* without the analysis of errors */
};

int eval_table_put(struct text *out, const struct eval_analysis *analysis, const struct eval_table_options *options,
                   struct error *err);

/* Flips and tests of a level. Paragraphs end with an empty line. */
void eval_paired_put(struct text *out, const struct eval_analysis *analysis, enum cases_level level);

#endif
