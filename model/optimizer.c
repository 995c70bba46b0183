/* SPDX-License-Identifier: Apache-2.0 */
#include "model/optimizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define OPTIMIZER_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define OPTIMIZER_CLONES
#endif

/* Small enough that what a chunk needs twice is still in the cache; sums are made a chunk, so that they come out the
 * same whoever computes them. */
enum { OPTIMIZER_CHUNK = 1 << 14, OPTIMIZER_LANES = 16 };

static const double optimizer_beta1 = 0.9, optimizer_beta2 = 0.999, optimizer_eps = 1e-8;

struct optimizer_chunk {
    size_t parameter, offset, n;
    double square; /* of the gradients */
};

/* What the weights of one tensor are changed by. */
struct optimizer_rule {
    float keep;      /* 1 - rate * decay */
    float scale;     /* of the gradient: clipping */
    float step_size; /* rate / (1 - beta1^t) */
    float root;      /* 1 / sqrt(1 - beta2^t) */
};

static int optimizer_cut(struct optimizer *optimizer)
{
    const struct parameters *p = optimizer->parameters;
    for (size_t i = 0; i < p->n; i++)
        optimizer->n_chunks += (p->each[i].count + OPTIMIZER_CHUNK - 1) / OPTIMIZER_CHUNK;
    optimizer->chunks = calloc(optimizer->n_chunks + 1, sizeof *optimizer->chunks);
    if (!optimizer->chunks)
        return -1;
    struct optimizer_chunk *chunk = optimizer->chunks;
    for (size_t i = 0; i < p->n; i++)
        for (size_t from = 0; from < p->each[i].count; from += OPTIMIZER_CHUNK, chunk++) {
            size_t left = p->each[i].count - from;
            *chunk = (struct optimizer_chunk){.parameter = i,
                                              .offset = p->each[i].offset + from,
                                              .n = left < OPTIMIZER_CHUNK ? left : OPTIMIZER_CHUNK};
        }
    return 0;
}

struct optimizer *optimizer_new(struct parameters *parameters, bool with_average, struct error *err)
{
    struct optimizer *optimizer = calloc(1, sizeof *optimizer);
    if (!optimizer)
        goto fail;
    optimizer->parameters = parameters;
    if (!(optimizer->first = parameters_map(parameters->count)) ||
        !(optimizer->second = parameters_map(parameters->count)) ||
        !(optimizer->steps = calloc(parameters->n + 1, sizeof *optimizer->steps)) || optimizer_cut(optimizer) ||
        (with_average && !(optimizer->average = parameters_map(parameters->count))))
        goto fail;
    if (with_average)
        memcpy(optimizer->average, parameters->values, parameters->count * sizeof *optimizer->average);
    return optimizer;
fail:
    error_memory(err, "optimizer");
    optimizer_free(optimizer);
    return NULL;
}

void optimizer_free(struct optimizer *optimizer)
{
    if (!optimizer)
        return;
    size_t count = optimizer->parameters->count;
    parameters_unmap(optimizer->first, count);
    parameters_unmap(optimizer->second, count);
    parameters_unmap(optimizer->average, count);
    free(optimizer->steps);
    free(optimizer->chunks);
    free(optimizer);
}

OPTIMIZER_CLONES static double optimizer_square(const float *g, size_t n)
{
    double lanes[OPTIMIZER_LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + OPTIMIZER_LANES <= n; i += OPTIMIZER_LANES)
        for (size_t l = 0; l < OPTIMIZER_LANES; l++)
            lanes[l] += (double)g[i + l] * (double)g[i + l];
    for (; i < n; i++)
        sum += (double)g[i] * (double)g[i];
    for (size_t l = 0; l < OPTIMIZER_LANES; l++)
        sum += lanes[l];
    return sum;
}

/* Moments that have died away become 0: numbers below the normal range would take a hundred times as long, and change
 * nothing beside eps. */
OPTIMIZER_CLONES static void optimizer_change(float *restrict p, float *restrict g, float *restrict m,
                                              float *restrict v, size_t n, const struct optimizer_rule *rule)
{
    const float new1 = (float)(1 - optimizer_beta1), new2 = (float)(1 - optimizer_beta2);
    const float beta2 = (float)optimizer_beta2, eps = (float)optimizer_eps, tiny = 1e-30f;
    const float keep = rule->keep, scale = rule->scale;
    const float step_size = rule->step_size, root = rule->root;
    for (size_t i = 0; i < n; i++) {
        float gradient = g[i] * scale;
        float first = m[i] + (gradient - m[i]) * new1;
        float second = v[i] * beta2 + gradient * gradient * new2;
        first = fabsf(first) < tiny ? 0.0f : first;
        second = second < tiny ? 0.0f : second;
        m[i] = first;
        v[i] = second;
        g[i] = 0.0f;
        p[i] = p[i] * keep - step_size * (first / (sqrtf(second) * root + eps));
    }
}

OPTIMIZER_CLONES static void optimizer_mix(const float *restrict p, float *restrict average, size_t n, float share)
{
    for (size_t i = 0; i < n; i++)
        average[i] += (p[i] - average[i]) * share;
}

struct optimizer_pass {
    struct optimizer *optimizer;
    const struct optimizer_settings *settings;
    float scale;
};

static void optimizer_square_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct optimizer_pass *pass = context;
    struct optimizer_chunk *chunk = &pass->optimizer->chunks[index];
    const struct parameters *p = pass->optimizer->parameters;
    const struct parameter *parameter = &p->each[chunk->parameter];
    chunk->square = parameter->touched && !parameter->frozen ? optimizer_square(p->gradients + chunk->offset, chunk->n)
                                                             : 0;
}

static double optimizer_rate(const struct optimizer_settings *settings, const char *name)
{
    if (!strncmp(name, "ner.crf.", 8))
        return settings->crf;
    return strncmp(name, "text.", 5) ? settings->head : settings->base;
}

static void optimizer_change_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct optimizer_pass *pass = context;
    struct optimizer *optimizer = pass->optimizer;
    const struct optimizer_chunk *chunk = &optimizer->chunks[index];
    const struct parameters *p = optimizer->parameters;
    const struct parameter *parameter = &p->each[chunk->parameter];
    if (parameter->frozen)
        return;
    if (parameter->touched) {
        double rate = optimizer_rate(pass->settings, parameter->name);
        double t = (double)optimizer->steps[chunk->parameter];
        const struct optimizer_rule rule = {
            .keep = (float)(1 - rate * pass->settings->decay),
            .scale = pass->scale,
            .step_size = (float)(rate / (1 - pow(optimizer_beta1, t))),
            .root = (float)(1 / sqrt(1 - pow(optimizer_beta2, t))),
        };
        optimizer_change(p->values + chunk->offset, p->gradients + chunk->offset, optimizer->first + chunk->offset,
                         optimizer->second + chunk->offset, chunk->n, &rule);
    }
    if (optimizer->average)
        optimizer_mix(p->values + chunk->offset, optimizer->average + chunk->offset, chunk->n,
                      (float)(1 - pass->settings->average));
}

int optimizer_step(struct optimizer *optimizer, const struct optimizer_settings *settings, struct threads *threads,
                   double *norm_out, struct error *err)
{
    struct parameters *p = optimizer->parameters;
    struct optimizer_pass pass = {optimizer, settings, 1};
    double square = 0;
    threads_run(threads, optimizer->n_chunks, optimizer_square_task, &pass);
    for (size_t i = 0; i < optimizer->n_chunks; i++)
        square += optimizer->chunks[i].square;
    double norm = sqrt(square);
    *norm_out = norm;
    if (!isfinite(norm))
        return error_set(err, ERROR_INPUT, "the norm of the gradients is %s", isnan(norm) ? "nan" : "inf");
    if (settings->clip > 0 && norm + 1e-6 > settings->clip)
        pass.scale = (float)(settings->clip / (norm + 1e-6));
    for (size_t i = 0; i < p->n; i++)
        optimizer->steps[i] += p->each[i].touched && !p->each[i].frozen;
    threads_run(threads, optimizer->n_chunks, optimizer_change_task, &pass);
    for (size_t i = 0; i < p->n; i++)
        p->each[i].touched = false;
    return 0;
}

void optimizer_swap_average(struct optimizer *optimizer)
{
    size_t count = optimizer->average ? optimizer->parameters->count : 0;
    for (size_t i = 0; i < count; i++) {
        float value = optimizer->parameters->values[i];
        optimizer->parameters->values[i] = optimizer->average[i];
        optimizer->average[i] = value;
    }
}
