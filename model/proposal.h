/* From tags and probabilities to proposals: spans with their confidence and runners-up.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_PROPOSAL_H
#define MMIB_MODEL_PROPOSAL_H

#include "model/analysis.h"
#include "model/inference.h"

#include <stddef.h>

/* The spans of the post's best path. *out [*n] is allocated, each with allocated runners_up. -1 when memory is out. */
int proposal_entities(const struct mmib *model, const struct inference_post *post, struct analysis_entity **out,
                      size_t *n);
void proposal_entities_free(struct analysis_entity *entities, size_t n);

/* Natural log of the probability that exactly these tokens carry the type (index in the tagset's names): -INFINITY when
 * one of them was cut or the type has no label for it. */
double proposal_span_log_probability(const struct mmib *model, const struct inference_post *post, size_t start,
                                     size_t end, size_t type);

/* The probability itself. */
double proposal_span_probability(const struct mmib *model, const struct inference_post *post, size_t start, size_t end,
                                 size_t type);

#endif
