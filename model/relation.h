/* Relations between pairs of token spans (eq. 19).
 *
 * "span-mean": softmax(classifier([mean of C over head pieces ; mean over tail pieces])), one forward pass for all pairs.
 * "marker": the pair is marked in the text, and the rows of the opening markers are taken; one pass a pair.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_RELATION_H
#define MMIB_MODEL_RELATION_H

#include "corpora/post.h"
#include "model/example.h"
#include "model/features-cache.h"
#include "model/mmib.h"

#include <stdbool.h>
#include <stddef.h>

struct relation_pair {
    size_t post; /* index in the batch */
    size_t head[2], tail[2]; /* token spans, half open */
};

/* The relations that the post has, in their order, as pairs of its batch's post `index`. Allocated, *n long; NULL when memory
 * is out. */
struct relation_pair *relation_pairs_of(const struct post *post, size_t index, size_t *n);

/* A batch of posts as it went through the model. */
struct relation_batch {
    const struct post *const *posts;
    const struct example *examples;
    const struct features *features;
    const struct mmib_states *states;
};

/* out [n, labels] from the arena: probabilities, all 0 for a pair of which an argument was cut (it counts as "None" with
 * score 0). 0, 1 (cancelled, between passes) or -1 (memory is out). */
int relation_probabilities(struct mmib *model, const struct relation_batch *batch, const struct relation_pair *pairs,
                           size_t n, bool (*cancelled)(void *context), void *context, float **out);

/* Passes of marked pairs, for "marker": states of n items, examples [n] and markers [n]. The same results. */
int relation_marked_forward(struct mmib *model, const struct relation_batch *batch, const struct relation_pair *pairs,
                            size_t n, struct example *examples, struct example_markers *markers,
                            struct mmib_states *states);

/* [C of the head's opening marker ; of the tail's] of item i of such states into row [2 d]; false where one was cut. */
bool relation_marked_row(const struct mmib *model, const struct mmib_states *states, size_t i,
                         const struct example_markers *markers, float *row);

/* Index of the label "None" of the relation head; SIZE_MAX when it has none. */
size_t relation_none(const struct mmib *model);

/* Index of the most probable label; ties, and a pair that was cut (all 0), go to "None", then to the lower index. */
size_t relation_best(const struct mmib *model, const float *probabilities);

/* Its name, owned by the model; "None" for a pair that was cut, whatever the labels are. */
const char *relation_label(const struct mmib *model, const float *probabilities);

#endif
