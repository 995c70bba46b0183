/* What a training set says about words: which were labelled, as what, and how often they stand there at all.
 *
 * Words are compared as they are written, capitals included; a span of several tokens is all of them in their order.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_TRAINING_SET_H
#define MMIB_CORPORA_TRAINING_SET_H

#include "corpora/corpus.h"
#include "corpora/error.h"

#include <stddef.h>

struct training_set;

/* Counts over all corpora together; keeps nothing of them. *out is the caller's, NULL on failure. */
int training_set_make(struct corpus *const *corpora, size_t n, struct training_set **out, struct error *err);
void training_set_free(struct training_set *set);

/* Of the words of a span: how often they stand in the set, are labelled there as one entity of any type, and of this
 * one (type NULL: 0). Words that were never labelled are not counted: n_places is 0. */
struct training_counts {
    size_t n_places, n_labelled, n_typed;
};
struct training_counts training_set_of(const struct training_set *set, char *const *tokens, size_t start, size_t end,
                                       const char *type);

#endif
