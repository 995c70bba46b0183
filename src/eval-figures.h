/* The numbers of mmib eval by name, for conditions: what stands beside the scores of the first system.
 *
 *   ner.missed.points      re.type.cases          ner.boundary.short.cases   ner.gap
 *   ner.strict.PER.f1      ner.default.micro.p    ner.semeval.partial.f1
 *   ner.seen.unseen.f1     ner.length.1.n         re.distance.0.fp           (bucket: ATTRIBUTE.VALUE.METRIC)
 *   b.ner.PER.f1           b.ner.missed.points    ...                        (the same of the second system)
 *   ner.delta.f1           ner.delta.low          ner.delta.high             ner.delta.p
 *   ner.mcnemar.p          ner.mcnemar.low        ner.flips.only_a           re.flips.neither
 *   leaked.posts           leaked.text            leaked.picture             ner.invalid.gold
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EVAL_FIGURES_H
#define MMIB_SRC_EVAL_FIGURES_H

#include "corpora/names.h"
#include "src/eval-analysis.h"

#include <stdbool.h>
#include <stddef.h>

struct eval_figures { /* starts zeroed */
    char **names;
    size_t n;
    double *values; /* NAN = undefined; fractions, but for points and the gap, as they are printed */
    struct name_table places;
    bool failed; /* memory is out */
};

/* 0, or -1 when memory is out. */
int eval_figures_make(const struct eval_analysis *analysis, struct eval_figures *out);
void eval_figures_free(struct eval_figures *figures);

/* "ner." may be left out, and "re." where there is no such number under "ner.". False when there is none. */
bool eval_figures_find(const struct eval_figures *figures, const char *name, double *out);

#endif
