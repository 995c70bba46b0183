/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kernel-mobile.h"

#include "model/kernel-inline.h"

#include <stdbool.h>
#include <string.h>

/* One wide register, or as many narrow ones as the processor needs. Left to itself a compiler keeps no sum there over a
 * window, and turns a minimum that lets NaN through into jumps. Pixels are of at least 16 channels, and all widths of
 * the network are multiples of 8. */
enum { MOBILE_LANES = 16, MOBILE_FEW = 8 };
typedef float mobile_lanes __attribute__((vector_size(MOBILE_LANES * sizeof(float))));
typedef float mobile_few __attribute__((vector_size(MOBILE_FEW * sizeof(float))));
typedef int32_t mobile_mask __attribute__((vector_size(MOBILE_FEW * sizeof(int32_t))));

/* Vectors go by pointer: by value they would be passed otherwise on each processor. */

/* The first n values, at most MOBILE_FEW; zeros behind them. */
KERNEL_INLINE void mobile_load(const float *from, size_t n, mobile_few *x)
{
    if (n >= MOBILE_FEW) {
        memcpy(x, from, sizeof *x);
        return;
    }
    *x = (mobile_few){0};
    for (size_t i = 0; i < n; i++)
        (*x)[i] = from[i];
}

KERNEL_INLINE void mobile_store(const mobile_few *x, float *to, size_t n)
{
    if (n >= MOBILE_FEW)
        memcpy(to, x, sizeof *x);
    for (size_t i = 0; n < MOBILE_FEW && i < n; i++)
        to[i] = (*x)[i];
}

/* max(x, 0); NaN stays NaN. */
KERNEL_INLINE void mobile_relu(mobile_few *x)
{
    *x = (mobile_few)((mobile_mask)*x & ~(mobile_mask)(*x < 0));
}

/* gain min(max(x + shift, 0), 6); NaN stays NaN. */
KERNEL_INLINE void mobile_hard_sigmoid(mobile_few *x, float shift, float gain)
{
    const mobile_few six = {6, 6, 6, 6, 6, 6, 6, 6};
    *x += shift;
    mobile_relu(x);
    mobile_mask above = *x > six;
    *x = gain * (mobile_few)(((mobile_mask)*x & ~above) | ((mobile_mask)six & above));
}

/* bias and residual NULL = none. */
KERNEL_INLINE void mobile_finish_run(float *y, size_t rows, size_t n, const float *bias, const float *residual,
                                     struct mobile_finish finish)
{
    mobile_few x, more;
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < n; i += MOBILE_FEW) {
            float *at = y + r * n + i;
            mobile_load(at, n - i, &x);
            if (bias) {
                mobile_load(bias + i, n - i, &more);
                x += more;
            }
            if (residual) {
                mobile_load(residual + r * n + i, n - i, &more);
                x += more;
            }
            if (finish.activation == MOBILE_RELU)
                mobile_relu(&x);
            more = x;
            if (finish.activation == MOBILE_HARD_SWISH) {
                mobile_hard_sigmoid(&more, finish.shift, finish.gain);
                x *= more;
            }
            mobile_store(&x, at, n - i);
        }
}

/* A loop for each activation, so that none is asked for inside. */
KERNEL_INLINE void mobile_finish_rows(float *y, size_t rows, size_t n, const float *bias, const float *residual,
                                      struct mobile_finish finish)
{
    switch (finish.activation) {
    case MOBILE_IDENTITY:
        mobile_finish_run(y, rows, n, bias, residual, (struct mobile_finish){MOBILE_IDENTITY, 0, 0});
        break;
    case MOBILE_RELU:
        mobile_finish_run(y, rows, n, bias, residual, (struct mobile_finish){MOBILE_RELU, 0, 0});
        break;
    case MOBILE_HARD_SWISH:
        mobile_finish_run(y, rows, n, bias, residual,
                          (struct mobile_finish){MOBILE_HARD_SWISH, finish.shift, finish.gain});
        break;
    }
}

KERNEL_CLONES void kernel_mobile_finish(float *y, size_t rows, size_t n, const float *bias, const float *residual,
                                        struct mobile_finish finish)
{
    mobile_finish_rows(y, rows, n, bias, residual, finish);
}

KERNEL_CLONES void kernel_hard_sigmoid(float *x, size_t n, float shift, float gain)
{
    mobile_few few;
    for (size_t i = 0; i < n; i += MOBILE_FEW) {
        mobile_load(x + i, n - i, &few);
        mobile_hard_sigmoid(&few, shift, gain);
        mobile_store(&few, x + i, n - i);
    }
}

KERNEL_CLONES void kernel_multiply(float *x, const float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= y[i];
}

KERNEL_CLONES void kernel_vector_matrix(const float *x, size_t inputs, const float *weight, const float *bias,
                                        size_t outputs, float *out)
{
    memcpy(out, bias, outputs * sizeof *out);
    for (size_t i = 0; i < inputs; i++)
        for (size_t o = 0; o < outputs; o++)
            out[o] += x[i] * weight[i * outputs + o];
}

struct mobile_window mobile_window(size_t side, size_t kernel, size_t stride)
{
    struct mobile_window window = {side, kernel, stride, (side + stride - 1) / stride, 0};
    size_t covered = (window.out_side - 1) * stride + kernel;
    window.before = covered > side ? (covered - side) / 2 : 0;
    return window;
}

/* The part of the kernel, from *first to before *last, that lies on the picture at this output position; *start is the
 * pixel under *first. */
KERNEL_INLINE void mobile_part(const struct mobile_window *window, size_t position, size_t *first, size_t *last,
                               size_t *start)
{
    size_t at = position * window->stride, room = window->side + window->before - at;
    *first = at < window->before ? window->before - at : 0;
    *last = room < window->kernel ? room : window->kernel;
    *start = at + *first - window->before;
}

/* The part of a window that lies on the picture: rows x columns from the pixel and the weight that it begins with. */
struct mobile_patch {
    const float *pixel, *weight;
    size_t rows, columns;
    size_t pixel_row, weight_row; /* floats from a row to the next */
};

/* 16 channels of one pixel. */
KERNEL_INLINE void mobile_depthwise_lanes(struct mobile_patch p, size_t channels, const float *bias, float *out)
{
    mobile_lanes sum, value, factor;
    memcpy(&sum, bias, sizeof sum);
    for (size_t ky = 0; ky < p.rows; ky++)
        for (size_t kx = 0; kx < p.columns; kx++) {
            memcpy(&value, p.pixel + ky * p.pixel_row + kx * channels, sizeof value);
            memcpy(&factor, p.weight + ky * p.weight_row + kx * channels, sizeof factor);
            sum += value * factor;
        }
    memcpy(out, &sum, sizeof sum);
}

KERNEL_INLINE void mobile_depthwise_pixel(struct mobile_patch p, size_t channels, const float *bias, float *out)
{
    size_t c = 0;
    for (; c + MOBILE_LANES <= channels; c += MOBILE_LANES, p.pixel += MOBILE_LANES, p.weight += MOBILE_LANES)
        mobile_depthwise_lanes(p, channels, bias + c, out + c);
    if (c && c < channels) { /* the last lanes once more, as far as they were computed before */
        size_t back = c + MOBILE_LANES - channels;
        p.pixel -= back;
        p.weight -= back;
        mobile_depthwise_lanes(p, channels, bias + c - back, out + c - back);
        return;
    }
    for (; c < channels; c++, p.pixel++, p.weight++) {
        out[c] = bias[c];
        for (size_t ky = 0; ky < p.rows; ky++)
            for (size_t kx = 0; kx < p.columns; kx++)
                out[c] += p.pixel[ky * p.pixel_row + kx * channels] * p.weight[ky * p.weight_row + kx * channels];
    }
}

/* A patch whose size the compiler knows, so that it unrolls the loops. */
KERNEL_INLINE struct mobile_patch mobile_whole_patch(struct mobile_patch p, size_t kernel)
{
    p.rows = p.columns = kernel;
    return p;
}

KERNEL_CLONES void kernel_depthwise_row(const struct mobile_window *window, const float *picture, size_t channels,
                                        const float *weight, const float *bias, struct mobile_finish finish, size_t oy,
                                        float *out)
{
    size_t y0, y1, y, x0, x1, x;
    mobile_part(window, oy, &y0, &y1, &y);
    for (size_t ox = 0; ox < window->out_side; ox++) {
        mobile_part(window, ox, &x0, &x1, &x);
        struct mobile_patch p = {picture + (y * window->side + x) * channels,
                                 weight + (y0 * window->kernel + x0) * channels,
                                 y1 - y0,
                                 x1 - x0,
                                 window->side * channels,
                                 window->kernel * channels};
        bool whole = p.rows == window->kernel && p.columns == window->kernel;
        if (whole && window->kernel == 3)
            mobile_depthwise_pixel(mobile_whole_patch(p, 3), channels, bias, out + ox * channels);
        else if (whole && window->kernel == 5)
            mobile_depthwise_pixel(mobile_whole_patch(p, 5), channels, bias, out + ox * channels);
        else
            mobile_depthwise_pixel(p, channels, bias, out + ox * channels);
    }
    mobile_finish_rows(out, window->out_side, channels, NULL, NULL, finish);
}

KERNEL_CLONES void kernel_stem_row(const struct mobile_window *window, const uint8_t *picture, const float *weight,
                                   const float *bias, struct mobile_finish finish, size_t oy, float *out)
{
    size_t y0, y1, y, x0, x1, x;
    mobile_lanes sum, factor;
    mobile_part(window, oy, &y0, &y1, &y);
    for (size_t ox = 0; ox < window->out_side; ox++) {
        mobile_part(window, ox, &x0, &x1, &x);
        memcpy(&sum, bias, sizeof sum);
        for (size_t ky = y0; ky < y1; ky++) {
            const uint8_t *in = picture + ((y + ky - y0) * window->side + x) * 3;
            const float *w = weight + (ky * window->kernel + x0) * 3 * MOBILE_STEM_CHANNELS;
            for (size_t i = 0; i < (x1 - x0) * 3; i++, w += MOBILE_STEM_CHANNELS) {
                memcpy(&factor, w, sizeof factor);
                sum += factor * (float)in[i];
            }
        }
        memcpy(out + ox * MOBILE_STEM_CHANNELS, &sum, sizeof sum);
    }
    mobile_finish_rows(out, window->out_side, MOBILE_STEM_CHANNELS, NULL, NULL, finish);
}
