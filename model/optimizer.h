/* AdamW with clipping by the global norm, as PyTorch computes it (Loshchilov and Hutter, "Decoupled Weight Decay
 * Regularization"; moments 0.9 and 0.999, eps 1e-8), and a moving average of the weights.
 *
 * What a step did not touch keeps its weights, moments and count of steps, as with a gradient of None in PyTorch.
 * Results do not depend on the number of threads.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_OPTIMIZER_H
#define MMIB_MODEL_OPTIMIZER_H

#include "corpora/error.h"
#include "model/parameters.h"
#include "model/threads.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct optimizer_chunk;

struct optimizer {
    struct parameters *parameters;
    float *first, *second; /* [parameters->count] moments */
    float *average;        /* [parameters->count] NULL: none is kept */
    uint64_t *steps;       /* [parameters->n] of each tensor */
    struct optimizer_chunk *chunks;
    size_t n_chunks;
};

struct optimizer_settings {
    double base; /* learning rate of the text encoder ("text.") */
    double head; /* of everything else */
    double crf;  /* of "ner.crf." */
    double decay;
    double clip;    /* largest norm of all gradients together; 0 = no limit */
    double average; /* the average keeps this share of itself */
};

/* Moments and counts are 0, the average is the weights. NULL when memory is out. The parameters must outlive it. */
struct optimizer *optimizer_new(struct parameters *parameters, bool with_average, struct error *err);
void optimizer_free(struct optimizer *optimizer);

/* Changes the weights by the gradients, which it sets to 0 and untouched. norm_out: of the gradients before
 * clipping. -1 when it is not finite: then weights and moments are untouched. */
int optimizer_step(struct optimizer *optimizer, const struct optimizer_settings *settings, struct threads *threads,
                   double *norm_out, struct error *err);

/* Exchanges the weights and their average, so that the model runs with the other. */
void optimizer_swap_average(struct optimizer *optimizer);

#endif
