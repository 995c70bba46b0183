/* SPDX-License-Identifier: Apache-2.0 */
#include "model/linear-backward.h"

#include "model/blas.h"
#include "model/kernel-elementwise.h"

#include <string.h>

enum { LINEAR_MULTIPLE = 32 };

/* Parts of a product's rows or columns: OpenBLAS packs the uncut side anew for each part, so the longer side is cut. */
struct linear_cut {
    size_t parts, step;
    bool by_row;
};

struct linear_run {
    const struct linear_backward *job;
    float *dweight, *dbias;
    struct linear_cut dx, dweight_cut;
};

static struct linear_cut linear_cut_for(size_t rows, size_t columns, size_t parts)
{
    struct linear_cut cut = {1, 0, rows > columns};
    size_t whole = cut.by_row ? rows : columns;
    cut.step = (whole + parts - 1) / parts;
    cut.step = (cut.step + LINEAR_MULTIPLE - 1) / LINEAR_MULTIPLE * LINEAR_MULTIPLE;
    cut.parts = (whole + cut.step - 1) / cut.step;
    return cut;
}

/* What part index of a [rows, columns] product covers. */
static void linear_part(const struct linear_cut *cut, size_t index, size_t rows, size_t columns, size_t from[2],
                        size_t n[2])
{
    size_t whole[2] = {rows, columns}, side = cut->by_row ? 0 : 1;
    from[0] = from[1] = 0;
    n[0] = rows;
    n[1] = columns;
    from[side] = index * cut->step;
    n[side] = whole[side] - from[side] < cut->step ? whole[side] - from[side] : cut->step;
}

static void linear_bias(const struct linear_backward *job, float *dbias, size_t from, size_t n)
{
    for (size_t r = 0; r < job->rows; r++)
        kernel_add(dbias + from, job->dy + r * job->lddy + from, n, dbias + from);
}

static void linear_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct linear_run *run = context;
    const struct linear_backward *job = run->job;
    size_t from[2], n[2];
    if (index < run->dx.parts) { /* dx = dy weight */
        linear_part(&run->dx, index, job->rows, job->inputs, from, n);
        blas_gemm(false, false, n[0], n[1], job->outputs, 1, job->dy + from[0] * job->lddy, job->lddy,
                  job->weight + from[1], job->inputs, job->add ? 1 : 0, job->dx + from[0] * job->lddx + from[1],
                  job->lddx);
        return;
    }
    index -= run->dx.parts; /* dweight += dy^T x */
    linear_part(&run->dweight_cut, index, job->outputs, job->inputs, from, n);
    blas_gemm(true, false, n[0], n[1], job->rows, 1, job->dy + from[0], job->lddy, job->x + from[1], job->ldx, 1,
              run->dweight + from[0] * job->inputs + from[1], job->inputs);
    if (run->dbias && from[1] == 0)
        linear_bias(job, run->dbias, from[0], n[0]);
}

void linear_backward(const struct training_pass *pass, const struct linear_backward *job)
{
    struct linear_run run = {.job = job,
                             .dweight = parameters_gradient(pass->parameters, job->weight),
                             .dbias = parameters_gradient(pass->parameters, job->bias)};
    size_t count = threads_count(pass->threads);
    if (!job->rows)
        return;
    if (job->dx)
        run.dx = linear_cut_for(job->rows, job->inputs, count);
    if (run.dweight)
        run.dweight_cut = linear_cut_for(job->outputs, job->inputs, count);
    threads_run(pass->threads, run.dx.parts + run.dweight_cut.parts, linear_task, &run);
}
