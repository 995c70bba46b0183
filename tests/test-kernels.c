/* Products, convolutions, attention and elementwise loops against plain loops in double precision, with 1 to 3 threads.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/attention.h"
#include "model/blas.h"
#include "model/convolution.h"
#include "model/kernel-elementwise.h"
#include "model/threads.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static float *noise(size_t n)
{
    float *out = malloc((n + 1) * sizeof *out);
    assert_non_null(out);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(rand() % 2001 - 1000) / 1000;
    return out;
}

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) <= 2e-5 + 2e-5 * fabs(want)))
        fail_msg("%.9g instead of %.9g", got, want);
}

static _Atomic int task_runs[1000];

static void count_task(void *context, size_t index, size_t thread)
{
    assert_true(thread < *(size_t *)context);
    task_runs[index]++;
}

static void every_task_runs_once(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 3; count++) {
        struct threads *threads = threads_new(count);
        for (size_t round = 0; round < 300; round++) {
            size_t n = round * 7 % 1000;
            for (size_t i = 0; i < n; i++)
                task_runs[i] = 0;
            threads_run(threads, n, count_task, &count);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(task_runs[i], 1);
        }
        threads_free(threads);
    }
}

static double gelu(double x)
{
    return x * 0.5 * (1 + erf(x / sqrt(2)));
}

static void check_linear(struct threads *threads, size_t rows, size_t inputs, size_t outputs,
                         enum blas_activation activation, int with_bias, int with_residual)
{
    float *x = noise(rows * inputs), *w = noise(outputs * inputs), *b = noise(outputs), *r = noise(rows * outputs);
    float *y = noise(rows * outputs);
    struct blas_linear job = {x, inputs, rows, inputs, w, with_bias ? b : NULL, outputs, with_residual ? r : NULL,
                              activation, y, outputs};
    blas_linear_run(threads, &job, 1);
    for (size_t i = 0; i < rows; i++)
        for (size_t o = 0; o < outputs; o++) {
            double sum = (with_bias ? b[o] : 0) + (with_residual ? r[i * outputs + o] : 0);
            for (size_t k = 0; k < inputs; k++)
                sum += (double)x[i * inputs + k] * w[o * inputs + k];
            assert_near(y[i * outputs + o], activation == BLAS_RELU   ? fmax(sum, 0)
                                            : activation == BLAS_GELU ? gelu(sum)
                                                                      : sum);
        }
    free(x);
    free(w);
    free(b);
    free(r);
    free(y);
}

static void layers_are_their_formula(void **state)
{
    (void)state;
    static const size_t shapes[][3] = {{1, 1, 1}, {3, 7, 5}, {30, 48, 96}, {200, 33, 9}, {17, 64, 130}};
    for (size_t count = 1; count <= 3; count++) {
        struct threads *threads = threads_new(count);
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            for (int bits = 0; bits < 12; bits++)
                check_linear(threads, shapes[s][0], shapes[s][1], shapes[s][2], (enum blas_activation)(bits / 4),
                             bits & 1, bits & 2);
        threads_free(threads);
    }
}

/* weight [outputs, inputs, k, k] as files have it, with a norm behind it. */
static void check_convolution(struct threads *threads, size_t inputs, size_t outputs, size_t kernel, size_t stride,
                              size_t n, size_t side)
{
    struct convolution c = {inputs, outputs, kernel, stride, kernel / 2, NULL, NULL};
    float *w = noise(outputs * inputs * kernel * kernel), *x = noise(n * side * side * inputs);
    float *gain = noise(outputs), *bias = noise(outputs), *mean = noise(outputs), *variance = noise(outputs);
    for (size_t o = 0; o < outputs; o++)
        variance[o] = fabsf(variance[o]) + 0.1f;
    assert_int_equal(convolution_fold(&c, w, gain, bias, mean, variance, 1e-5f), 0);
    size_t out = convolution_side(&c, side);
    float *y = noise(n * out * out * outputs), *residual = noise(n * out * out * outputs);
    float *scratch = noise(convolution_scratch(&c, n, side, threads_count(threads)));
    convolution_forward(&c, x, n, side, residual, true, y, scratch, threads);
    for (size_t at = 0; at < n * out * out * outputs; at++) {
        size_t o = at % outputs, ox = at / outputs % out, oy = at / outputs / out % out, p = at / outputs / out / out;
        double sum = 0;
        for (size_t i = 0; i < inputs; i++)
            for (size_t ky = 0; ky < kernel; ky++)
                for (size_t kx = 0; kx < kernel; kx++) {
                    size_t iy = oy * stride + ky - kernel / 2, ix = ox * stride + kx - kernel / 2;
                    if (iy < side && ix < side)
                        sum += (double)x[((p * side + iy) * side + ix) * inputs + i] *
                               w[((o * inputs + i) * kernel + ky) * kernel + kx];
                }
        sum = (sum - mean[o]) * gain[o] / sqrt(variance[o] + 1e-5) + bias[o] + residual[at];
        assert_near(y[at], fmax(sum, 0));
    }
    convolution_free(&c);
    free(w);
    free(x);
    free(gain);
    free(bias);
    free(mean);
    free(variance);
    free(y);
    free(residual);
    free(scratch);
}

static void convolutions_are_their_formula(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 2; count++) {
        struct threads *threads = threads_new(count);
        check_convolution(threads, 3, 8, 7, 2, 2, 17);
        check_convolution(threads, 5, 6, 1, 1, 3, 8);
        check_convolution(threads, 5, 6, 1, 2, 2, 9);
        check_convolution(threads, 4, 7, 3, 1, 2, 11);
        check_convolution(threads, 4, 7, 3, 2, 1, 12);
        check_convolution(threads, 600, 40, 3, 1, 1, 3); /* more outputs than rows a task: unrolled first */
        threads_free(threads);
    }
}

static void attention_is_its_formula(void **state)
{
    (void)state;
    enum { D = 12, HEADS = 3, WIDTH = D / HEADS };
    const size_t q_offsets[] = {0, 4, 5, 9}, k_offsets[] = {0, 2, 9, 10};
    float *q = noise(9 * D), *k = noise(10 * D), *v = noise(10 * D), *out = noise(9 * D);
    struct arena arena = {0};
    struct threads *threads = threads_new(2);
    struct attention_scratch scratch;
    struct attention attention = {3, q_offsets, k_offsets, HEADS, D, q, k, v, D, D, D, out};
    struct training_pass pass = {.threads = threads, .arena = &arena};
    assert_int_equal(attention_prepare(3, q_offsets, k_offsets, HEADS, &pass, &scratch), 0);
    attention_forward(&attention, &scratch, &pass);
    for (size_t item = 0; item < 3; item++)
        for (size_t i = q_offsets[item]; i < q_offsets[item + 1]; i++)
            for (size_t column = 0; column < D; column++) {
                size_t head = column / WIDTH * WIDTH;
                double total = 0, sum = 0;
                for (size_t j = k_offsets[item]; j < k_offsets[item + 1]; j++) {
                    double score = 0;
                    for (size_t c = head; c < head + WIDTH; c++)
                        score += (double)q[i * D + c] * k[j * D + c];
                    double weight = exp(score / sqrt(WIDTH));
                    total += weight;
                    sum += weight * v[j * D + column];
                }
                assert_near(out[i * D + column], sum / total);
            }
    threads_free(threads);
    arena_free(&arena);
    free(q);
    free(k);
    free(v);
    free(out);
}

static void rows_are_normalised(void **state)
{
    (void)state;
    static const size_t widths[] = {1, 5, 16, 48, 51, 768};
    for (size_t s = 0; s < sizeof widths / sizeof *widths; s++) {
        size_t d = widths[s];
        float *x = noise(2 * d), *w = noise(d), *b = noise(d), *y = noise(2 * d);
        kernel_layer_norm(x, 2, d, w, b, 1e-5f, y);
        for (size_t r = 0; r < 2; r++) {
            double mean = 0, variance = 0, total = 0;
            for (size_t i = 0; i < d; i++)
                mean += x[r * d + i] / (double)d;
            for (size_t i = 0; i < d; i++)
                variance += (x[r * d + i] - mean) * (x[r * d + i] - mean) / (double)d;
            for (size_t i = 0; i < d; i++)
                assert_near(y[r * d + i], (x[r * d + i] - mean) / sqrt(variance + 1e-5) * w[i] + b[i]);
            for (size_t i = 0; i < d; i++)
                total += exp(3 * (double)x[r * d + i]);
            double first = exp(3 * (double)x[r * d]) / total;
            kernel_softmax(x + r * d, d, 3);
            assert_near(x[r * d], first);
        }
        free(x);
        free(w);
        free(b);
        free(y);
    }
}

static void gelu_holds_far_out(void **state)
{
    (void)state;
    for (double x = -12; x <= 12; x += 0.01) {
        float y = (float)x;
        kernel_gelu(&y, 1);
        assert_true(fabs(y - gelu((float)x)) < 2e-6);
    }
}

static int open_blas(void **state)
{
    (void)state;
    struct error err;
    return blas_open(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_runs_once),         cmocka_unit_test(layers_are_their_formula),
        cmocka_unit_test(convolutions_are_their_formula), cmocka_unit_test(attention_is_its_formula),
        cmocka_unit_test(rows_are_normalised),          cmocka_unit_test(gelu_holds_far_out),
    };
    return cmocka_run_group_tests(tests, open_blas, NULL);
}
