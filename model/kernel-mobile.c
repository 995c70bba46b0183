/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kernel-mobile.h"

#include "model/kernel-inline.h"

#include <string.h>

/* One wide register, or as many narrow ones as the processor needs: a compiler keeps it there over a whole window, which
 * it does not do with an array. */
enum { MOBILE_LANES = 16 };
typedef float mobile_lanes __attribute__((vector_size(MOBILE_LANES * sizeof(float))));

KERNEL_INLINE float mobile_clamped(float x)
{
    x = x < 0 ? 0 : x; /* NaN stays NaN */
    return x > 6 ? 6 : x;
}

KERNEL_INLINE float mobile_activate(float x, struct mobile_finish finish)
{
    if (finish.activation == MOBILE_RELU)
        return x < 0 ? 0 : x;
    return finish.activation == MOBILE_HARD_SWISH ? finish.gain * x * mobile_clamped(x + finish.shift) : x;
}

KERNEL_INLINE void mobile_activate_run(float *x, size_t n, struct mobile_finish finish)
{
    switch (finish.activation) { /* outside of the loops, so that each is a plain one */
    case MOBILE_IDENTITY:
        break;
    case MOBILE_RELU:
        for (size_t i = 0; i < n; i++)
            x[i] = mobile_activate(x[i], (struct mobile_finish){MOBILE_RELU, 0, 0});
        break;
    case MOBILE_HARD_SWISH:
        for (size_t i = 0; i < n; i++)
            x[i] = mobile_activate(x[i], (struct mobile_finish){MOBILE_HARD_SWISH, finish.shift, finish.gain});
        break;
    }
}

KERNEL_CLONES void kernel_mobile_finish(float *y, size_t rows, size_t n, const float *bias, const float *residual,
                                        struct mobile_finish finish)
{
    for (size_t r = 0; r < rows; r++, y += n) {
        for (size_t i = 0; i < n; i++)
            y[i] += bias[i];
        for (size_t i = 0; residual && i < n; i++)
            y[i] += residual[r * n + i];
        mobile_activate_run(y, n, finish);
    }
}

KERNEL_CLONES void kernel_hard_sigmoid(float *x, size_t n, float shift, float gain)
{
    for (size_t i = 0; i < n; i++)
        x[i] = gain * mobile_clamped(x[i] + shift);
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

/* Channels c .. c + 15 of one pixel. */
KERNEL_INLINE void mobile_depthwise_lanes(const struct mobile_window *window, const float *corner, size_t channels,
                                          const float *weight, const float *bias, size_t rows, size_t columns,
                                          float *out)
{
    mobile_lanes sum, value, factor;
    memcpy(&sum, bias, sizeof sum);
    for (size_t ky = 0; ky < rows; ky++) {
        const float *in = corner + ky * window->side * channels, *w = weight + ky * window->kernel * channels;
        for (size_t kx = 0; kx < columns; kx++, in += channels, w += channels) {
            memcpy(&value, in, sizeof value);
            memcpy(&factor, w, sizeof factor);
            sum += value * factor;
        }
    }
    memcpy(out, &sum, sizeof sum);
}

KERNEL_INLINE void mobile_depthwise_one(const struct mobile_window *window, const float *corner, size_t channels,
                                        const float *weight, const float *bias, size_t rows, size_t columns, float *out)
{
    float sum = *bias;
    for (size_t ky = 0; ky < rows; ky++)
        for (size_t kx = 0; kx < columns; kx++)
            sum += corner[(ky * window->side + kx) * channels] * weight[(ky * window->kernel + kx) * channels];
    *out = sum;
}

KERNEL_CLONES void kernel_depthwise_row(const struct mobile_window *window, const float *picture, size_t channels,
                                        const float *weight, const float *bias, struct mobile_finish finish, size_t oy,
                                        float *out)
{
    size_t y0, y1, y, x0, x1, x;
    mobile_part(window, oy, &y0, &y1, &y);
    for (size_t ox = 0; ox < window->out_side; ox++, out += channels) {
        mobile_part(window, ox, &x0, &x1, &x);
        const float *corner = picture + (y * window->side + x) * channels;
        const float *w = weight + (y0 * window->kernel + x0) * channels;
        size_t c = 0;
        for (; c + MOBILE_LANES <= channels; c += MOBILE_LANES)
            mobile_depthwise_lanes(window, corner + c, channels, w + c, bias + c, y1 - y0, x1 - x0, out + c);
        if (c < channels && c) { /* the last lanes once more, as far as they were computed before */
            c = channels - MOBILE_LANES;
            mobile_depthwise_lanes(window, corner + c, channels, w + c, bias + c, y1 - y0, x1 - x0, out + c);
            c = channels;
        }
        for (; c < channels; c++)
            mobile_depthwise_one(window, corner + c, channels, w + c, bias + c, y1 - y0, x1 - x0, out + c);
        mobile_activate_run(out, channels, finish);
    }
}

KERNEL_CLONES void kernel_stem_row(const struct mobile_window *window, const uint8_t *picture, const float *weight,
                                   const float *bias, struct mobile_finish finish, size_t oy, float *out)
{
    size_t y0, y1, y, x0, x1, x;
    mobile_lanes sum, factor;
    mobile_part(window, oy, &y0, &y1, &y);
    for (size_t ox = 0; ox < window->out_side; ox++, out += MOBILE_STEM_CHANNELS) {
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
        memcpy(out, &sum, sizeof sum);
        mobile_activate_run(out, MOBILE_STEM_CHANNELS, finish);
    }
}
