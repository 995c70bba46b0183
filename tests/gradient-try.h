/* Gradients against finite differences: a scalar that depends on some tensors, computed with and without gradients.
 *
 * The tensors' gradients start from a number that is not 0, so that what is added to and what is set are told apart.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_TESTS_GRADIENT_TRY_H
#define MMIB_TESTS_GRADIENT_TRY_H

#include "model/parameters.h"
#include "model/random.h"
#include "model/training-pass.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRY_TENSORS = 256, TRY_OWN_TENSORS = 48, TRY_OWN_VALUES = 1 << 16 };

struct gradient_try;

/* The scalar; with backward its gradients go where the tensors have theirs. */
typedef double gradient_loss(struct gradient_try *try, bool backward);

struct gradient_tensor {
    const char *name;
    float *values, *gradients; /* [n] */
    size_t n;
    bool set;    /* the backward pass sets the gradient instead of adding to it */
    bool frozen; /* has none */
};

struct gradient_try {
    struct gradient_tensor tensors[TRY_TENSORS];
    size_t n;
    struct parameters *parameters; /* a model's, or those below */
    struct parameters own;
    struct parameter own_each[TRY_OWN_TENSORS];
    float own_values[TRY_OWN_VALUES], own_gradients[TRY_OWN_VALUES];
    struct threads *threads;
    struct arena arena;
    struct random random;
    double dropout;
    gradient_loss *loss;
    void *context; /* of the loss */
};

/* Empties it; the same numbers are drawn after every start. Threads are kept as they are. */
void gradient_try_start(struct gradient_try *try);
void gradient_try_free(struct gradient_try *try); /* what it owns */

/* A new tensor with numbers of this mean and spread; the weights that layers take, and what they read. */
float *gradient_try_tensor(struct gradient_try *try, const char *name, size_t n, float mean, float spread);

/* The gradients that stand beside values of gradient_try_tensor. */
float *gradient_try_beside(struct gradient_try *try, const float *values);

/* Takes those of a model whose names begin like that, and fills them with numbers that leave no term at 0: the weights
 * of norms around 1, biases of the discriminator far from 0, where its ReLU has its bend. */
void gradient_try_model(struct gradient_try *try, struct parameters *parameters, const char *prefix);

/* A pass of that dropout over the parameters: the same at every call. Resets the arena. */
struct training_pass gradient_try_pass(struct gradient_try *try);

/* Numbers that make a scalar of a result, sum of out[i] times the number: always the same. */
void gradient_try_weigh(size_t n, float *out);
double gradient_try_scalar(const float *out, size_t n);

/* Compares the gradients of single entries and along directions with the differences of the loss. An error of tolerance
 * times the tensor's largest gradient, or the sum's size, is a failure. */
void gradient_try_check(struct gradient_try *try, double tolerance);

#endif
