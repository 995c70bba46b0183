/* What explain says on request: the labels of the bottleneck's readings, and the deletion test. Each writes one more
 * member, with the comma before it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EXPLAIN_READINGS_H
#define MMIB_SRC_EXPLAIN_READINGS_H

#include "corpora/error.h"
#include "corpora/text.h"
#include "model/inference.h"

#include <stddef.h>
#include <stdint.h>

struct explain_request {
    const struct relation_pair *pairs; /* of the post */
    size_t n_pairs;
    size_t draws; /* samples, or random orders; 0 = the default number */
    uint64_t seed;
};

/* "readings" of post `index` of the batch. 0, or -1. */
int explain_put_readings(struct text *out, struct mmib *model, const struct inference *inference, size_t index,
                         const struct explain_request *request, struct error *err);

/* "faithfulness". 0, or -1. */
int explain_put_faithfulness(struct text *out, struct mmib *model, const struct inference *inference, size_t index,
                             const struct explain_request *request, struct error *err);

#endif
