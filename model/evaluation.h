/* How good a model is on development corpora: F1 of entities as seqeval counts them, and of given pairs without "None".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_EVALUATION_H
#define MMIB_MODEL_EVALUATION_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/score.h"
#include "model/features-store.h"
#include "model/mmib.h"

#include <stdbool.h>
#include <stddef.h>

struct evaluation_set {
    const struct corpus *corpus;
    const size_t *pictures; /* [n_posts] in the features store */
};

struct evaluation_score {
    double ner, re; /* F1, fractions; NAN: not scored. Where neither side has anything it is 0 */
    struct score_counts ner_counts, re_counts; /* behind them */
};

/* Predicts the corpus as `mmib predict` does, the entities of given pairs being those of the corpus, and scores it as
 * `mmib eval` does. 0, 1 (cancelled) or -1. */
int evaluation_run(struct mmib *model, const struct evaluation_set *set, const struct features_store *features,
                   bool (*cancelled)(void *context), void *context, struct evaluation_score *out, struct error *err);

/* The mean of all scores that are there. */
double evaluation_mean(const struct evaluation_score *scores, size_t n);

#endif
