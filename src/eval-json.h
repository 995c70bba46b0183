/* What mmib eval --json prints: one object, described in mmib-eval(1).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EVAL_JSON_H
#define MMIB_SRC_EVAL_JSON_H

#include "corpora/error.h"
#include "corpora/text.h"
#include "src/eval-analysis.h"

int eval_json_put(struct text *out, const struct eval_analysis *analysis, struct error *err);

#endif
