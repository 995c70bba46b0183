/* SPDX-License-Identifier: Apache-2.0 */
#include "model/convolution.h"

#include "model/blas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Floats of unrolled patches that a task works on at a time: about half of a second-level cache. */
enum { CONVOLUTION_PATCH_FLOATS = 128 * 1024 };

int convolution_fold(struct convolution *c, const float *weight, const float *norm_weight, const float *norm_bias,
                     const float *norm_mean, const float *norm_variance, float eps)
{
    size_t area = c->kernel * c->kernel;
    c->weight = malloc(c->outputs * area * c->inputs * sizeof *c->weight);
    c->bias = malloc(c->outputs * sizeof *c->bias);
    if (!c->weight || !c->bias) {
        convolution_free(c);
        return -1;
    }
    for (size_t o = 0; o < c->outputs; o++) {
        double gain = norm_weight[o] / sqrt((double)norm_variance[o] + eps);
        c->bias[o] = (float)(norm_bias[o] - norm_mean[o] * gain);
        for (size_t i = 0; i < c->inputs; i++)
            for (size_t a = 0; a < area; a++)
                c->weight[(o * area + a) * c->inputs + i] = (float)(weight[(o * c->inputs + i) * area + a] * gain);
    }
    return 0;
}

void convolution_free(struct convolution *c)
{
    free(c->weight);
    free(c->bias);
    c->weight = c->bias = NULL;
}

size_t convolution_side(const struct convolution *c, size_t side)
{
    return (side + 2 * c->padding - c->kernel) / c->stride + 1;
}

struct convolution_run {
    const struct convolution *c;
    const float *x, *residual;
    float *y, *patches; /* patches: a block a thread, or all rows when `unroll_only` */
    size_t side, out_side, rows, rows_per_task;
    bool relu, unroll_only;
};

static struct convolution_run convolution_plan(const struct convolution *c, size_t n, size_t side)
{
    size_t out_side = convolution_side(c, side), width = c->kernel * c->kernel * c->inputs;
    struct convolution_run run = {.c = c, .side = side, .out_side = out_side, .rows = n * out_side * out_side};
    run.rows_per_task = CONVOLUTION_PATCH_FLOATS / width;
    if (run.rows_per_task < 16)
        run.rows_per_task = 16;
    /* Large weights would be packed anew for every few rows: unroll all, then cut the product by outputs. */
    run.unroll_only = c->outputs > run.rows_per_task;
    return run;
}

/* Writes the patches of output pixels row0 .. row1 (of all pictures in order): [rows, kernel, kernel, inputs]. */
static void convolution_unroll(const struct convolution_run *run, size_t row0, size_t row1, float *out)
{
    const struct convolution *c = run->c;
    size_t side = run->side, inputs = c->inputs, area = run->out_side * run->out_side;
    for (size_t row = row0; row < row1; row++) {
        const float *picture = run->x + row / area * side * side * inputs;
        size_t oy = row % area / run->out_side, ox = row % run->out_side;
        for (size_t ky = 0; ky < c->kernel; ky++) {
            /* Unsigned wrap-around makes a row above the picture a row far below it. */
            size_t y = oy * c->stride + ky - c->padding;
            for (size_t kx = 0; kx < c->kernel; kx++, out += inputs) {
                size_t x = ox * c->stride + kx - c->padding;
                if (y < side && x < side)
                    memcpy(out, picture + (y * side + x) * inputs, inputs * sizeof *out);
                else
                    memset(out, 0, inputs * sizeof *out);
            }
        }
    }
}

static struct blas_linear convolution_job(const struct convolution_run *run, const float *x, size_t ldx, size_t row0,
                                          size_t rows)
{
    const struct convolution *c = run->c;
    return (struct blas_linear){.x = x,
                                .ldx = ldx,
                                .rows = rows,
                                .inputs = c->kernel * c->kernel * c->inputs,
                                .weight = c->weight,
                                .bias = c->bias,
                                .outputs = c->outputs,
                                .residual = run->residual ? run->residual + row0 * c->outputs : NULL,
                                .activation = run->relu ? BLAS_RELU : BLAS_IDENTITY,
                                .y = run->y + row0 * c->outputs,
                                .ldy = c->outputs};
}

static void convolution_task(void *context, size_t index, size_t thread)
{
    const struct convolution_run *run = context;
    const struct convolution *c = run->c;
    size_t width = c->kernel * c->kernel * c->inputs;
    size_t row0 = index * run->rows_per_task, row1 = row0 + run->rows_per_task;
    if (row1 > run->rows)
        row1 = run->rows;
    float *patches = run->patches + (run->unroll_only ? row0 : thread * run->rows_per_task) * width;
    convolution_unroll(run, row0, row1, patches);
    if (!run->unroll_only) {
        struct blas_linear job = convolution_job(run, patches, width, row0, row1 - row0);
        blas_linear_here(&job);
    }
}

size_t convolution_scratch(const struct convolution *c, size_t n, size_t side, size_t threads)
{
    if (c->kernel == 1 && c->stride == 1)
        return 0;
    struct convolution_run run = convolution_plan(c, n, side);
    return (run.unroll_only ? run.rows : threads * run.rows_per_task) * c->kernel * c->kernel * c->inputs;
}

void convolution_forward(const struct convolution *c, const float *x, size_t n, size_t side, const float *residual,
                         bool relu, float *y, float *scratch, struct threads *threads)
{
    struct convolution_run run = convolution_plan(c, n, side);
    run.x = x;
    run.residual = residual;
    run.y = y;
    run.patches = scratch;
    run.relu = relu;
    struct blas_linear job;
    if (c->kernel == 1 && c->stride == 1) {
        job = convolution_job(&run, x, c->inputs, 0, run.rows);
        blas_linear_run(threads, &job, 1);
        return;
    }
    threads_run(threads, (run.rows + run.rows_per_task - 1) / run.rows_per_task, convolution_task, &run);
    if (run.unroll_only) {
        job = convolution_job(&run, scratch, c->kernel * c->kernel * c->inputs, 0, run.rows);
        blas_linear_run(threads, &job, 1);
    }
}
