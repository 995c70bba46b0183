/* What a model learns from: posts of corpora as pieces with labels (for the entity head) and pairs (for the relation
 * head).
 *
 * A corpus trains entities unless they are given there (MNRE, or any entity without a type); it trains the relations
 * that it lists, "None" included.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TRAINING_DATA_H
#define MMIB_MODEL_TRAINING_DATA_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "model/arena.h"
#include "model/digest-set.h"
#include "model/mmib.h"
#include "model/training-step.h"

#include <stdbool.h>
#include <stddef.h>

enum { TRAINING_TASKS = TRAINING_RE + 1 };

/* A post (under "marker": a marked pair) of one task. */
struct training_post {
    const int32_t *piece_ids; /* [n_pieces] */
    size_t n_pieces;
    const size_t *rows; /* the rest as in struct training_item */
    const int32_t *labels;
    size_t n_rows;
    const struct training_pair *pairs;
    size_t n_pairs;
    size_t picture; /* in the features store; SIZE_MAX = none */
};

struct training_data {
    struct training_post *posts[TRAINING_TASKS];
    size_t n_posts[TRAINING_TASKS];
    size_t n_entities, n_pairs;
    size_t *pictures; /* [n_pictures] those of the corpora's posts */
    size_t n_pictures;
    struct arena memory;

    /* What could not be learned */
    size_t cut_tokens, cut_posts; /* entities: tokens behind the model's limit of pieces */
    size_t cut_pairs;             /* left out: an argument lies behind it as a whole */
    size_t overlaps;              /* entities that overlap an earlier one */
    size_t proposals;             /* entities and relations that nobody accepted: they count */
};

/* Does the corpus tell of entities, and of relations, that this model's heads can learn? */
bool training_data_has(const struct mmib *model, const struct corpus *corpus, enum training_task task);

/* Adds a corpus; pictures [n_posts] as from the features store. ERROR_INPUT, naming corpus and post, for a type or
 * relation that the model lacks. */
int training_data_add(struct training_data *data, const struct mmib *model, const struct corpus *corpus,
                      const size_t *pictures, struct error *err);
void training_data_free(struct training_data *data); /* what it owns */

/* Enters the tokens of every post. -1 when memory is out. */
int training_data_remember(struct digest_set *texts, const struct corpus *corpus, struct error *err);

/* Takes the posts of these tokens out of the corpus; returns how many there were. */
size_t training_data_exclude(struct corpus *corpus, const struct digest_set *texts);

#endif
