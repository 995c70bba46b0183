/* Scores of predictions against gold: entities as seqeval counts them, relations as MNRE's published scripts do.
 *
 * An entity is right when tokens and type are. By default an I- that continues nothing starts an entity, as conlleval
 * and seqeval have it; strict (seqeval's mode='strict', scheme=IOB2) does not count such entities on either side.
 * Labels that have no tags count as valid ones.
 *
 * Relations follow the MNRE convention: gold gives the ordered pairs, each has one label, and "None" is no relation.
 *   precision = right and not None / predicted not None, recall = right and not None / gold not None.
 * A pair that the prediction lacks counts as predicted None; a pair that gold lacks does not count.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_SCORE_H
#define MMIB_CORPORA_SCORE_H

#include "corpora/corpus.h"
#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>

enum score_mode { SCORE_DEFAULT, SCORE_STRICT };

struct score_counts {
    size_t tp, fp, fn;
};

struct score_type {
    char *name;
    struct score_counts counts;
};

struct score {
    struct score_type *types; /* those of either side, by name */
    size_t n_types;
    struct score_counts micro;              /* the sum over types */
    size_t n_invalid_gold, n_invalid_predicted; /* entities that start with I-; left out when strict */
    size_t n_pairs;   /* relations: pairs of gold, None included */
    size_t n_outside; /* relations: predicted, not None, on pairs that gold lacks */
};

/* Ratios in [0, 1]; NAN where there is nothing to divide by: precision without predictions, recall without gold,
 * F1 = 2 tp / (2 tp + fp + fn) without either. */
struct score_ratios {
    double p, r, f1;
};

struct score_ratios score_ratios(const struct score_counts *counts);

/* The mean over types, plain or weighted by their number in gold. An undefined ratio counts as 0 in it, as in
 * seqeval. */
struct score_ratios score_macro(const struct score *score);
struct score_ratios score_weighted(const struct score *score);

/* Do both corpora have the same posts, by place and tokens? Else ERROR_INPUT, with the first that differs. */
int score_check_pairs(const struct corpus *gold, const struct corpus *predicted, struct error *err);

/* Both need corpora that were checked. *out is freed with score_free; on failure it owns nothing. */
int score_entities(const struct corpus *gold, const struct corpus *predicted, enum score_mode mode, struct score *out,
                   struct error *err);
int score_relations(const struct corpus *gold, const struct corpus *predicted, struct score *out, struct error *err);
void score_free(struct score *score);

/* "default" and "strict"; -1 for any other name. */
const char *score_mode_name(enum score_mode mode);
int score_mode_from_name(const char *name);

#endif
