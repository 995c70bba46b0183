/* The four schemes of SemEval-2013 task 9.1 over the matching of taxonomy.h.
 *
 *                                strict  exact  partial  type
 *   same span, same type          COR     COR    COR     COR
 *   same span, another type       INC     COR    COR     INC
 *   overlap, same type            INC     INC    PAR     COR
 *   overlap, another type         INC     INC    PAR     INC
 *   gold without a match          MIS     MIS    MIS     MIS
 *   prediction without a match    SPU     SPU    SPU     SPU
 *
 * Actual = COR + INC + PAR + SPU, possible = COR + INC + PAR + MIS. A PAR counts half:
 * precision = (COR + PAR / 2) / actual, recall = (COR + PAR / 2) / possible.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_SEMEVAL_H
#define MMIB_CORPORA_SEMEVAL_H

#include "corpora/cases.h"
#include "corpora/score.h"

#include <stddef.h>

enum semeval_scheme { SEMEVAL_STRICT, SEMEVAL_EXACT, SEMEVAL_PARTIAL, SEMEVAL_TYPE, SEMEVAL_SCHEMES };

struct semeval_counts {
    size_t correct, incorrect, partial, missed, spurious;
};

/* Of the entities' cases that are not left out. */
void semeval_count(const struct cases *cases, struct semeval_counts out[SEMEVAL_SCHEMES]);
struct score_ratios semeval_ratios(const struct semeval_counts *counts);
const char *semeval_scheme_name(enum semeval_scheme scheme); /* "strict" */

#endif
