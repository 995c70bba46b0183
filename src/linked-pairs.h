/* Entities and the objects that people linked them to, as models represent both.
 *
 * A pair is an entity (nobody's mere proposal) whose grounding names objects, with the first of them that has a row in
 * the picture of every model: a model looks at the first max_objects boxes of a post. Its text representation is the
 * mean of the text's Z (the means of the posteriors, eq. 6-9) over the pieces of the entity's tokens, its image
 * representation the picture's Z in the object's row. Both have the width of the model's text encoder, since the
 * picture's features were projected to it, and neither is scaled: where the two lie apart, that is what there is to see.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_LINKED_PAIRS_H
#define MMIB_SRC_LINKED_PAIRS_H

#include "src/model-run.h"

#include <stddef.h>
#include <stdint.h>

enum { LINKED_TYPES_MAX = 32, LINKED_MODELS_MAX = 2 };

struct linked_pair {
    size_t post, entity, object; /* numbers in the corpus, the post, the post */
    size_t type;                 /* number among the types that were asked for */
};

struct linked_type {
    const char *name;
    size_t candidates, taken; /* linked entities; pairs */
};

struct linked_options {
    const char *types[LINKED_TYPES_MAX];
    size_t n_types;
    size_t per_type; /* at most so many pairs of each type */
    uint64_t seed;   /* of the choice among more */
    bool quiet;
};

struct linked_pairs {
    struct linked_type types[LINKED_TYPES_MAX];
    size_t n_types;
    struct linked_pair *each; /* [n] those of a type in the order of the choice */
    size_t n;
    size_t without_picture, without_row, cut; /* entities left out: why */
    size_t d[LINKED_MODELS_MAX];              /* of each model */
    float *points[LINKED_MODELS_MAX];         /* [2 n, d] text and image of pair 0, of pair 1, ... */
};

/* models [n_models]: the first is run's. What pictures lack is noted in run. On failure nothing is to be freed. */
int linked_pairs_make(struct model_run *run, struct mmib *const *models, size_t n_models,
                      const struct linked_options *options, struct linked_pairs *out, struct error *err);
void linked_pairs_free(struct linked_pairs *pairs); /* what it owns */

#endif
