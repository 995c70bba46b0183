/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/semeval.h"

#include <math.h>

const char *semeval_scheme_name(enum semeval_scheme scheme)
{
    static const char *const names[SEMEVAL_SCHEMES] = {"strict", "exact", "partial", "type"};
    return names[scheme];
}

void semeval_count(const struct cases *cases, struct semeval_counts out[SEMEVAL_SCHEMES])
{
    const struct cases_tally *classes = cases->totals[CASES_ENTITIES].classes;
    size_t correct = classes[TAXONOMY_CORRECT].n, type = classes[TAXONOMY_TYPE].n,
           boundary = classes[TAXONOMY_BOUNDARY].n, both = classes[TAXONOMY_BOUNDARY_TYPE].n;
    out[SEMEVAL_STRICT] = (struct semeval_counts){.correct = correct, .incorrect = type + boundary + both};
    out[SEMEVAL_EXACT] = (struct semeval_counts){.correct = correct + type, .incorrect = boundary + both};
    out[SEMEVAL_PARTIAL] = (struct semeval_counts){.correct = correct + type, .partial = boundary + both};
    out[SEMEVAL_TYPE] = (struct semeval_counts){.correct = correct + boundary, .incorrect = type + both};
    for (int i = 0; i < SEMEVAL_SCHEMES; i++) {
        out[i].missed = classes[TAXONOMY_MISSED].n + classes[TAXONOMY_MERGE].n;
        out[i].spurious = classes[TAXONOMY_SPURIOUS].n + classes[TAXONOMY_SPLIT].n;
    }
}

struct score_ratios semeval_ratios(const struct semeval_counts *counts)
{
    double right = (double)counts->correct + 0.5 * (double)counts->partial;
    size_t matched = counts->correct + counts->incorrect + counts->partial;
    double actual = (double)(matched + counts->spurious), possible = (double)(matched + counts->missed);
    return (struct score_ratios){
        .p = actual > 0 ? right / actual : NAN,
        .r = possible > 0 ? right / possible : NAN,
        .f1 = actual + possible > 0 ? 2 * right / (actual + possible) : NAN,
    };
}
