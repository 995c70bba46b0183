/* Conditions on scores, as --fail-if takes them: "PER.f1<0.86", "micro.r < 0.8 or re.f1 < 0.6".
 *
 * A condition is [ner.|re.][NAME.]METRIC OPERATOR NUMBER: NAME is a type or relation, or micro (the default), macro or
 * weighted; METRIC is p, r, f1, tp, fp or fn; OPERATOR is <, <=, > or >=; ratios are fractions. "and" binds closer than
 * "or". Instead of a score it may be any other number of eval-figures.h, as in "missed.points>3" or "delta.low<0"; a
 * score's name comes first.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EVAL_CONDITION_H
#define MMIB_SRC_EVAL_CONDITION_H

#include "corpora/error.h"
#include "corpora/score.h"
#include "src/eval-figures.h"

#include <stdbool.h>

struct eval_scores {
    const struct score *ner; /* NULL = entities are not scored */
    const struct score *re;
    const struct eval_figures *figures;
};

/* Does it hold? A condition on an undefined ratio does: what was asked for was not shown. In *holds_out; why says in
 * words which part holds. -1 with ERROR_USAGE when the text is no condition or names what neither file has. */
int eval_condition_check(const char *text, const struct eval_scores *scores, bool *holds_out, struct error *why,
                         struct error *err);

#endif
