/* One batch of posts through the whole model: pieces, pictures, states, tags, explanation.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_INFERENCE_H
#define MMIB_MODEL_INFERENCE_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "model/crf.h"
#include "model/example.h"
#include "model/explain.h"
#include "model/features.h"
#include "model/mmib.h"
#include "model/relation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The entity head's view of a post. Rows are words (their first piece) under "word" tagging, all pieces under "subword". */
struct inference_tags {
    size_t n_rows; /* 0 for a post without tokens under "word" */
    const float *emissions;  /* [n_rows, labels] */
    int32_t *path;           /* [n_rows] best path: under BIO for "word", without constraints for "subword" */
    double path_score;       /* of that path */
    struct crf_sums sums;
    size_t *token_rows;   /* [n_tokens] CRF row of each token's first piece; SIZE_MAX = cut */
    size_t *token_labels; /* [n_tokens] label of each token; SIZE_MAX = cut */
};

struct inference_post {
    struct example example;
    struct features features;
    struct inference_tags tags; /* zero without an entity head */
    struct explanation explanation;
};

/* Everything is from the model's arena and lives until the next run. */
struct inference {
    size_t n;
    const struct post *const *posts;
    struct inference_post *each; /* [n] */
    struct example *examples;    /* [n] the same as in each */
    struct features *features;   /* [n] the same */
    struct mmib_states states;
};

struct inference_options {
    const char *folder;               /* of the pictures; NULL hides all */
    uint64_t masked;                  /* objects that are hidden: see features.h */
    const struct features *features;  /* [n] where they are known already; NULL = made from the pictures */
    bool (*cancelled)(void *context); /* asked between stages; may be NULL */
    void *context;
};

/* 0, 1 (cancelled) or -1. A value of the model that is not finite is ERROR_INPUT naming the post. */
int inference_run(struct mmib *model, const struct post *const *posts, size_t n,
                  const struct inference_options *options, struct inference *out, struct error *err);

/* Best path and labels of one post from the emissions of its rows [n_pieces, labels]; the sums stay zero. -1 when memory is
 * out (a path_score of NAN too). */
int inference_decode(struct mmib *model, const float *emissions, const struct example *example,
                     struct inference_tags *out);

/* The same for item `index` of states, with the sums. */
int inference_tag(struct mmib *model, const struct mmib_states *states, size_t index, const struct example *example,
                  struct inference_tags *out);

/* Relation probabilities of pairs within the batch; see relation_probabilities. 0, 1 (cancelled) or -1: memory is out, or
 * a probability is not finite. */
int inference_relations(struct mmib *model, const struct inference *inference, const struct relation_pair *pairs,
                        size_t n, bool (*cancelled)(void *context), void *context, float **out, struct error *err);

#endif
