/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gradient-try.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Entries of a tensor that are looked at, the one with the largest gradient among them: in all, and of a model's many.
 * Directions of everything together. */
enum { TRY_ENTRIES = 8, TRY_MODEL_ENTRIES = 3, TRY_DIRECTIONS = 4 };

static const float try_before = 0.5f; /* where gradients start */

/* Gradients below this share of the largest of all tensors count as that: differences have no more digits. */
static const double try_floor = 3e-2;

void gradient_try_start(struct gradient_try *try)
{
    try->n = 0;
    memset(try->own_gradients, 0, sizeof try->own_gradients);
    try->own = (struct parameters){.each = try->own_each, .values = try->own_values, .gradients = try->own_gradients};
    try->parameters = &try->own;
    try->dropout = 0;
    try->context = NULL;
    random_seed(&try->random, 11, "gradients");
}

void gradient_try_free(struct gradient_try *try)
{
    arena_free(&try->arena);
    threads_free(try->threads);
}

float *gradient_try_tensor(struct gradient_try *try, const char *name, size_t n, float mean, float spread)
{
    struct parameters *own = &try->own;
    assert_true(own->n < TRY_OWN_TENSORS && own->count + n <= TRY_OWN_VALUES && try->n < TRY_TENSORS);
    float *values = own->values + own->count;
    own->each[own->n++] = (struct parameter){
        .name = (char *)name, .rank = 1, .shape = {n}, .offset = own->count, .count = n};
    for (size_t i = 0; i < n; i++)
        values[i] = mean + spread * random_normal(&try->random);
    try->tensors[try->n++] = (struct gradient_tensor){name, values, own->gradients + own->count, n, false, false};
    own->count += (n + 15) / 16 * 16;
    return values;
}

float *gradient_try_beside(struct gradient_try *try, const float *values)
{
    return try->own.gradients + (values - try->own.values);
}

static void try_fill(struct gradient_try *try, struct gradient_tensor *tensor)
{
    bool norm = strstr(tensor->name, "norm") || strstr(tensor->name, "LayerNorm");
    bool hidden = strstr(tensor->name, "discriminator.hidden"), bias = strstr(tensor->name, "hidden.bias");
    for (size_t i = 0; i < tensor->n; i++) {
        float mean = norm && strstr(tensor->name, "weight") ? 1 : 0;
        if (bias)
            mean = i % 2 ? 4 : -4;
        tensor->values[i] = mean + (hidden ? 0.05f : 0.3f) * random_normal(&try->random);
    }
}

void gradient_try_model(struct gradient_try *try, struct parameters *parameters, const char *prefix)
{
    try->parameters = parameters;
    for (size_t i = 0; i < parameters->n; i++) {
        const struct parameter *one = &parameters->each[i];
        if (strncmp(one->name, prefix, strlen(prefix)))
            continue;
        assert_true(try->n < TRY_TENSORS);
        struct gradient_tensor *tensor = &try->tensors[try->n++];
        *tensor = (struct gradient_tensor){.name = one->name,
                                           .values = parameters->values + one->offset,
                                           .gradients = parameters->gradients + one->offset,
                                           .n = one->count,
                                           .frozen = one->frozen};
        try_fill(try, tensor);
    }
}

struct training_pass gradient_try_pass(struct gradient_try *try)
{
    arena_reset(&try->arena);
    return (struct training_pass){.threads = try->threads,
                                  .arena = &try->arena,
                                  .parameters = try->parameters,
                                  .dropout = try->dropout,
                                  .seed = 3,
                                  .step = 5};
}

void gradient_try_weigh(size_t n, float *out)
{
    struct random random;
    random_seed(&random, 12, "scalar");
    for (size_t i = 0; i < n; i++)
        out[i] = random_normal(&random);
}

double gradient_try_scalar(const float *out, size_t n)
{
    struct random random;
    double sum = 0;
    random_seed(&random, 12, "scalar");
    for (size_t i = 0; i < n; i++)
        sum += (double)out[i] * (double)random_normal(&random);
    return sum;
}

/* All values of all tensors one after the other. */
static size_t try_count(const struct gradient_try *try)
{
    size_t count = 0;
    for (size_t i = 0; i < try->n; i++)
        count += try->tensors[i].n;
    return count;
}

static void try_get(const struct gradient_try *try, double *values)
{
    for (size_t i = 0; i < try->n; values += try->tensors[i++].n)
        for (size_t k = 0; k < try->tensors[i].n; k++)
            values[k] = try->tensors[i].values[k];
}

static void try_put(struct gradient_try *try, const double *values, const double *direction, double step)
{
    for (size_t i = 0; i < try->n; i++)
        for (size_t k = 0; k < try->tensors[i].n; k++)
            try->tensors[i].values[k] = (float)(*values++ + step * *direction++);
}

/* Slope of the loss along a direction, by a formula whose error is of the fourth power of the step. */
static double try_slope(struct gradient_try *try, const double *values, const double *direction)
{
    static const struct {
        double steps, weight;
    } points[] = {{1, 8}, {-1, -8}, {2, -1}, {-2, 1}};
    const double step = 1.0 / 64;
    double sum = 0;
    for (size_t i = 0; i < 4; i++) {
        try_put(try, values, direction, points[i].steps * step);
        sum += points[i].weight * try->loss(try, false);
    }
    try_put(try, values, direction, 0);
    return sum / 12 / step;
}

/* What the backward pass gave; where it was to add, less what stood there before. */
static void try_gradients(struct gradient_try *try, double *got)
{
    for (size_t i = 0; i < try->n; i++)
        for (size_t k = 0; k < try->tensors[i].n; k++)
            try->tensors[i].gradients[k] = try_before;
    try->loss(try, true);
    for (size_t i = 0; i < try->n; i++)
        for (size_t k = 0; k < try->tensors[i].n; k++)
            *got++ = (double)try->tensors[i].gradients[k] - (try->tensors[i].set ? 0 : (double)try_before);
}

static double try_largest(const double *x, size_t n, size_t *at)
{
    double largest = 0;
    *at = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) > largest) {
            largest = fabs(x[i]);
            *at = i;
        }
    return largest;
}

static void try_compare(const char *name, double got, double slope, double allowed)
{
    if (!(fabs(got - slope) <= allowed))
        fail_msg("%s: gradient %.9g, difference %.9g", name, got, slope);
}

/* Single entries of the tensor that starts at `from` of all values. */
static void try_check_tensor(struct gradient_try *try, const struct gradient_tensor *tensor, size_t from,
                             const double *values, const double *got, double *direction, double tolerance, double floor)
{
    size_t most = try->parameters == &try->own ? TRY_ENTRIES : TRY_MODEL_ENTRIES, top;
    size_t n = tensor->n < most ? tensor->n : most;
    double allowed = tolerance * fmax(try_largest(got + from, tensor->n, &top), floor);
    for (size_t i = 0; i < n; i++) {
        size_t k = i ? (size_t)(random_bits(&try->random) % tensor->n) : top;
        if (tensor->n <= most)
            k = i;
        if (tensor->frozen) {
            assert_true(got[from + k] == 0);
            continue;
        }
        direction[from + k] = 1;
        double slope = try_slope(try, values, direction);
        direction[from + k] = 0;
        char name[192];
        snprintf(name, sizeof name, "%s[%zu]", tensor->name, k);
        try_compare(name, got[from + k], slope, allowed);
    }
}

/* One length, so that the steps are small; half of the directions go with the gradient, where none of it can hide. */
static void try_check_direction(struct gradient_try *try, const char *name, size_t from, size_t n, bool with,
                                const double *values, const double *got, double *direction, double tolerance,
                                double floor)
{
    double square = 0, along = 0, size = 0;
    for (size_t i = from; i < from + n; i++) {
        double draw = random_normal(&try->random);
        direction[i] = with ? copysign(fabs(draw), got[i]) : draw;
        square += direction[i] * direction[i];
    }
    for (size_t i = from; i < from + n; i++) {
        direction[i] /= sqrt(square);
        along += got[i] * direction[i];
        size += got[i] * got[i];
    }
    try_compare(name, along, try_slope(try, values, direction), tolerance * fmax(sqrt(size), floor));
    memset(direction + from, 0, n * sizeof *direction);
}

void gradient_try_check(struct gradient_try *try, double tolerance)
{
    size_t count = try_count(try), at = 0;
    double *values = calloc(count, sizeof *values), *got = calloc(count, sizeof *got);
    double *direction = calloc(count, sizeof *direction);
    assert_true(values && got && direction);
    try_get(try, values);
    try_gradients(try, got);
    double floor = try_floor * try_largest(got, count, &at);
    assert_true(floor > 0);
    size_t from = 0;
    for (size_t i = 0; i < try->n; from += try->tensors[i++].n) {
        const struct gradient_tensor *tensor = &try->tensors[i];
        try_check_tensor(try, tensor, from, values, got, direction, tolerance, floor);
        for (size_t k = 0; k < 2 && !tensor->frozen; k++)
            try_check_direction(try, tensor->name, from, tensor->n, k, values, got, direction, tolerance, floor);
    }
    bool frozen = false;
    for (size_t i = 0; i < try->n; i++)
        frozen = frozen || try->tensors[i].frozen;
    for (size_t i = 0; i < TRY_DIRECTIONS && !frozen; i++)
        try_check_direction(try, "all tensors", 0, count, i % 2, values, got, direction, tolerance, floor);
    free(values);
    free(got);
    free(direction);
}
