/* What mmib eval knows: scores, cases and their buckets of one or two systems, what leaked from training, and how the
 * two compare.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EVAL_ANALYSIS_H
#define MMIB_SRC_EVAL_ANALYSIS_H

#include "corpora/buckets.h"
#include "corpora/cases.h"
#include "corpora/corpus.h"
#include "corpora/leak.h"
#include "corpora/paired.h"
#include "corpora/score.h"
#include "corpora/semeval.h"
#include "corpora/training-set.h"
#include "src/eval-ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct eval_analysis_request {
    const char *paths[3]; /* gold, A, B; NULL = no B */
    struct corpus_options gold, predicted, training;
    const char *const *train;
    size_t n_train;
    enum score_mode mode; /* of cases, buckets and comparisons */
    bool without_leaked;
    size_t n_resamples;
    uint64_t seed;
};

/* One system's predictions. */
struct eval_analysis_system {
    struct corpus *corpus;
    struct score entities[2]; /* by mode */
    struct score relations;
    struct cases *cases;
    struct buckets buckets[CASES_LEVELS];
};

struct eval_analysis_pairs {
    struct paired_table table;
    struct paired_mcnemar mcnemar;
    struct paired_bootstrap bootstrap;
};

struct eval_analysis_leaks {
    size_t n_posts; /* of gold, before any were left out */
    size_t n_text, n_picture, n_any;
    char **ids; /* [n_any] of the posts */
    size_t n_ids;
    size_t n_training; /* posts */
};

struct eval_analysis {
    enum score_mode mode;
    bool has_entities; /* are they scored at all? Not where they are given (MNRE) */
    struct corpus *gold;
    struct eval_analysis_system systems[2];
    size_t n_systems;
    struct eval_analysis_pairs pairs[CASES_LEVELS]; /* with two systems */
    uint64_t seed;
    bool has_training, without_leaked;
    struct eval_analysis_leaks leaks; /* with a training set */
    struct eval_ledger ledger;     /* of the first system */
};

/* On failure *out owns nothing. */
int eval_analysis_make(const struct eval_analysis_request *request, struct eval_analysis *out, struct error *err);
void eval_analysis_free(struct eval_analysis *analysis);

/* The level's score in the mode of the cases; NULL = not scored. */
const struct score *eval_analysis_score(const struct eval_analysis *analysis, size_t system, enum cases_level level);

/* Is there anything of the level to tell? Entities that are scored, or relations in gold or a prediction. */
bool eval_analysis_has(const struct eval_analysis *analysis, enum cases_level level);

#endif
