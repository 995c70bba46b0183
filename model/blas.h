/* Every matrix product of the model: OpenBLAS, one thread a call, dealt out over our own pool.
 *
 * The library is loaded when the first model is opened, so that commands without a model never pay for it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_BLAS_H
#define MMIB_MODEL_BLAS_H

#include "corpora/error.h"
#include "model/threads.h"

#include <stdbool.h>
#include <stddef.h>

/* Loads OpenBLAS, once. OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE pin the library to the kernels of another processor; they
 * are cleared for this process only after the kernel that it picks without them has passed a self-test in a child
 * process. It changes the environment: call it first while there is one thread. 0, or -1 with a message. */
int blas_open(struct error *err);

/* Name of the kernels in use, such as "Cooperlake"; NULL before blas_open. */
const char *blas_kernel(void);

enum blas_activation { BLAS_IDENTITY, BLAS_RELU, BLAS_GELU };

/* y = activation(x weight^T + bias + residual): a layer over rows. */
struct blas_linear {
    const float *x; /* [rows, inputs], rows ldx floats apart */
    size_t ldx, rows, inputs;
    const float *weight; /* [outputs, inputs] */
    const float *bias;   /* [outputs]; NULL = none */
    size_t outputs;
    const float *residual; /* [rows, outputs], rows ldy floats apart; NULL = none; may be y */
    enum blas_activation activation;
    float *y; /* [rows, outputs], rows ldy floats apart */
    size_t ldy;
};

/* Computes n independent layers, shared out over the pool. */
void blas_linear_run(struct threads *threads, const struct blas_linear *jobs, size_t n);

/* One layer on the calling thread: for use inside a task of the pool. */
void blas_linear_here(const struct blas_linear *job);

/* c = alpha op(a) op(b) + beta c, row-major, on the calling thread. m x k times k x n. */
void blas_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda,
               const float *b, size_t ldb, float beta, float *c, size_t ldc);

#endif
