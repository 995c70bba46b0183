/* SPDX-License-Identifier: Apache-2.0 */
#include "model/training-pass.h"

#include "model/kernel-elementwise.h"

#include <string.h>

/* Rows and values that one task takes: the same for any number of threads, so that sums come out the same. */
enum { PASS_ROWS = 64, PASS_VALUES = 1 << 14 };

struct kernel_key training_pass_key(struct training_pass *pass)
{
    return kernel_key_make(pass->seed, pass->step, pass->sites++);
}

struct pass_run {
    const float *x, *residual, *weight, *bias, *dy;
    float *y, *dx, *sums;
    size_t n, d; /* rows, or values; values a row */
    float eps;
    struct kernel_key key;
    double dropout;
};

static size_t pass_part(size_t index, size_t step, size_t n, size_t *from)
{
    *from = index * step;
    return n - *from < step ? n - *from : step;
}

static size_t pass_tasks(size_t n, size_t step)
{
    return (n + step - 1) / step;
}

static void pass_norm_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct pass_run *run = context;
    size_t from, rows = pass_part(index, PASS_ROWS, run->n, &from);
    kernel_layer_norm(run->x + from * run->d, rows, run->d, run->weight, run->bias, run->eps, run->y + from * run->d);
}

void training_pass_norm(const struct training_pass *pass, const float *x, size_t rows, size_t d, const float *weight,
                        const float *bias, float eps, float *y)
{
    struct pass_run run = {.x = x, .weight = weight, .bias = bias, .y = y, .n = rows, .d = d, .eps = eps};
    threads_run(pass->threads, pass_tasks(rows, PASS_ROWS), pass_norm_task, &run);
}

static void pass_norm_backward_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct pass_run *run = context;
    size_t from, rows = pass_part(index, PASS_ROWS, run->n, &from), d = run->d;
    float *sums = run->sums + index * 2 * d;
    memset(sums, 0, 2 * d * sizeof *sums);
    kernel_layer_norm_backward(run->x + from * d, rows, d, run->weight, run->eps, run->dy + from * d,
                               run->dx + from * d, sums, sums + d);
}

int training_pass_norm_backward(const struct training_pass *pass, const float *x, size_t rows, size_t d,
                                const float *weight, const float *bias, float eps, const float *dy, float *dx)
{
    size_t tasks = pass_tasks(rows, PASS_ROWS);
    float *dweight = parameters_gradient(pass->parameters, weight);
    float *dbias = parameters_gradient(pass->parameters, bias);
    struct pass_run run = {.x = x, .weight = weight, .dy = dy, .dx = dx, .n = rows, .d = d, .eps = eps};
    run.sums = arena_take(pass->arena, tasks * 2 * d, sizeof *run.sums);
    if (!run.sums)
        return -1;
    threads_run(pass->threads, tasks, pass_norm_backward_task, &run);
    for (size_t t = 0; t < tasks && dweight; t++) {
        kernel_add(dweight, run.sums + t * 2 * d, d, dweight);
        kernel_add(dbias, run.sums + t * 2 * d + d, d, dbias);
    }
    return 0;
}

static void pass_gelu_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct pass_run *run = context;
    size_t from, n = pass_part(index, PASS_VALUES, run->n, &from);
    memcpy(run->y + from, run->x + from, n * sizeof *run->y);
    kernel_gelu(run->y + from, n);
}

void training_pass_gelu(const struct training_pass *pass, const float *x, size_t n, float *y)
{
    struct pass_run run = {.x = x, .y = y, .n = n};
    threads_run(pass->threads, pass_tasks(n, PASS_VALUES), pass_gelu_task, &run);
}

static void pass_gelu_backward_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct pass_run *run = context;
    size_t from, n = pass_part(index, PASS_VALUES, run->n, &from);
    kernel_gelu_backward(run->x + from, n, run->y + from);
}

void training_pass_gelu_backward(const struct training_pass *pass, const float *x, size_t n, float *dy)
{
    struct pass_run run = {.x = x, .y = dy, .n = n};
    threads_run(pass->threads, pass_tasks(n, PASS_VALUES), pass_gelu_backward_task, &run);
}

static void pass_dropout_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct pass_run *run = context;
    size_t from, n = pass_part(index, PASS_VALUES, run->n, &from);
    if (run->dropout > 0)
        kernel_dropout(run->x + from, n, run->key, (uint32_t)from, run->dropout, run->y + from);
    else if (run->y != run->x)
        memcpy(run->y + from, run->x + from, n * sizeof *run->y);
    if (run->residual)
        kernel_add(run->y + from, run->residual + from, n, run->y + from);
}

void training_pass_dropout(const struct training_pass *pass, struct kernel_key key, const float *x,
                           const float *residual, size_t n, float *y)
{
    struct pass_run run = {.x = x, .residual = residual, .y = y, .n = n, .key = key, .dropout = pass->dropout};
    threads_run(pass->threads, pass_tasks(n, PASS_VALUES), pass_dropout_task, &run);
}

void training_pass_sublayer(const struct training_pass *pass, const struct blas_linear *layer, struct kernel_key key)
{
    struct blas_linear job = *layer;
    if (pass->dropout > 0)
        job.residual = NULL;
    blas_linear_run(pass->threads, &job, 1);
    if (pass->dropout > 0)
        training_pass_dropout(pass, key, job.y, layer->residual, job.rows * job.outputs, job.y);
}
