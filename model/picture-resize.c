/* Bilinear resizing to the byte as Pillow does it.
 *
 * An output pixel at place i is the weighted mean of the input pixels around its centre c = (i + 0.5) * scale, with
 * scale = n_in / n_out, weights 1 - |x + 0.5 - c| / s for s = max(scale, 1) (so that shrinking averages), made to sum to
 * 1, and rounded to multiples of 2^-22. Rows are resized first and rounded to bytes, then columns.
 *
 * Rows of the source go by once, in order: each is resized horizontally and added to the output rows that it reaches, so
 * that the memory needed does not grow with the source.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/picture.h"

#include <stdbool.h>
#include <stdlib.h>

enum { PICTURE_WEIGHT_BITS = 22, PICTURE_HALF = 1 << (PICTURE_WEIGHT_BITS - 1) };

/* One direction: n_in pixels become n_out, of which [first, first + n) are wanted. */
struct picture_axis {
    size_t n_in, n_out, first, n;
};

/* Where an output pixel takes from: input pixels [begin, begin + n), and what their weights need. */
struct picture_reach {
    size_t begin, n;
    double centre, inverse, total;
};

static double picture_weight(const struct picture_reach *reach, size_t i)
{
    double x = ((double)(i + reach->begin) - reach->centre + 0.5) * reach->inverse;
    x = x < 0 ? -x : x;
    return x < 1 ? 1 - x : 0;
}

static int32_t picture_fixed_weight(const struct picture_reach *reach, size_t i)
{
    double weight = picture_weight(reach, i);
    if (reach->total != 0)
        weight /= reach->total;
    return (int32_t)(0.5 + weight * (1 << PICTURE_WEIGHT_BITS));
}

static struct picture_reach picture_reach(const struct picture_axis *axis, size_t i)
{
    double scale = (double)axis->n_in / (double)axis->n_out, support = scale < 1 ? 1 : scale;
    struct picture_reach reach = {.centre = ((double)(axis->first + i) + 0.5) * scale, .inverse = 1 / support};
    double begin = reach.centre - support + 0.5, end = reach.centre + support + 0.5;
    reach.begin = begin < 0 ? 0 : (size_t)begin;
    reach.n = (end > (double)axis->n_in ? axis->n_in : (size_t)end) - reach.begin;
    for (size_t k = 0; k < reach.n; k++)
        reach.total += picture_weight(&reach, k);
    return reach;
}

/* Horizontal weights: worked out once, used for every row. */
struct picture_columns {
    size_t n;
    size_t *begins, *ends; /* [n] bytes into a row: first and behind the last that the pixel takes */
    int32_t *weights;      /* of all pixels, one after the other */
};

static void picture_columns_free(struct picture_columns *columns)
{
    free(columns->begins);
    free(columns->ends);
    free(columns->weights);
}

/* False when memory is out; then too the columns are to be freed. Sides are limited, so that nothing overflows. */
static bool picture_columns_make(const struct picture_axis *axis, struct picture_columns *columns)
{
    size_t n_weights = 0, at = 0;
    *columns = (struct picture_columns){.n = axis->n};
    columns->begins = calloc(axis->n, sizeof *columns->begins);
    columns->ends = calloc(axis->n, sizeof *columns->ends);
    if (!columns->begins || !columns->ends)
        return false;
    for (size_t i = 0; i < axis->n; i++) {
        struct picture_reach reach = picture_reach(axis, i);
        columns->begins[i] = 3 * reach.begin;
        columns->ends[i] = 3 * (reach.begin + reach.n);
        n_weights += reach.n;
    }
    columns->weights = calloc(n_weights, sizeof *columns->weights);
    if (!columns->weights)
        return false;
    for (size_t i = 0; i < axis->n; i++) {
        struct picture_reach reach = picture_reach(axis, i);
        for (size_t k = 0; k < reach.n; k++)
            columns->weights[at++] = picture_fixed_weight(&reach, k);
    }
    return true;
}

/* Weights are rounded one by one and may sum to a little more than 1. */
static uint8_t picture_byte(int32_t sum)
{
    int32_t value = sum >> PICTURE_WEIGHT_BITS;
    return (uint8_t)(value > 255 ? 255 : value);
}

static void picture_resize_row(const struct picture_columns *columns, const uint8_t *row, uint8_t *out)
{
    const int32_t *weight = columns->weights;
    for (size_t i = 0; i < columns->n; i++, out += 3) {
        int32_t r = PICTURE_HALF, g = PICTURE_HALF, b = PICTURE_HALF;
        for (const uint8_t *p = row + columns->begins[i], *end = row + columns->ends[i]; p < end; p += 3, weight++) {
            r += p[0] * *weight;
            g += p[1] * *weight;
            b += p[2] * *weight;
        }
        out[0] = picture_byte(r);
        out[1] = picture_byte(g);
        out[2] = picture_byte(b);
    }
}

static void picture_add_row(const uint8_t *row, int32_t weight, int32_t *sums, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sums[i] += row[i] * weight;
}

static void picture_finish_row(const int32_t *sums, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = picture_byte(sums[i]);
}

/* Output rows that the current source row reaches. Both ends of the reach grow with the output row, so these are
 * neighbours: a ring of sums is enough. */
struct picture_lines {
    struct picture_reach *reaches; /* [vertical n] */
    int32_t *sums;                 /* [n_ring, n_values] */
    size_t n_ring, n_values;
};

static size_t picture_ring_size(const struct picture_reach *reaches, size_t n)
{
    size_t most = 1;
    for (size_t i = 0, first = 0; i < n; i++) {
        while (reaches[first].begin + reaches[first].n <= reaches[i].begin)
            first++;
        if (i - first + 1 > most)
            most = i - first + 1;
    }
    return most;
}

static int32_t *picture_sums(const struct picture_lines *lines, size_t i)
{
    return lines->sums + i % lines->n_ring * lines->n_values;
}

static void picture_resize_rows(const struct picture *src, const struct picture_box *box,
                                const struct picture_columns *columns, const struct picture_axis *vertical,
                                const struct picture_lines *lines, uint8_t *row, uint8_t *out)
{
    const struct picture_reach *reaches = lines->reaches;
    size_t last = vertical->n - 1, first = 0, next = 0; /* rows [first, next) are open */
    for (size_t y = reaches[0].begin; y < reaches[last].begin + reaches[last].n; y++) {
        for (; next <= last && reaches[next].begin <= y; next++)
            for (size_t i = 0; i < lines->n_values; i++)
                picture_sums(lines, next)[i] = PICTURE_HALF;
        picture_resize_row(columns, src->rgb + ((box->y0 + y) * src->width + box->x0) * 3, row);
        for (size_t i = first; i < next; i++)
            picture_add_row(row, picture_fixed_weight(&reaches[i], y - reaches[i].begin), picture_sums(lines, i),
                            lines->n_values);
        for (; first < next && reaches[first].begin + reaches[first].n == y + 1; first++)
            picture_finish_row(picture_sums(lines, first), out + first * lines->n_values, lines->n_values);
    }
}

static int picture_resize_window(const struct picture *src, const struct picture_box *box,
                                 const struct picture_axis *horizontal, const struct picture_axis *vertical,
                                 uint8_t *out, struct error *err)
{
    int result = -1;
    uint8_t *row = NULL;
    struct picture_columns columns;
    struct picture_lines lines = {.n_values = 3 * horizontal->n};
    bool have = picture_columns_make(horizontal, &columns);
    lines.reaches = calloc(vertical->n, sizeof *lines.reaches);
    if (!have || !lines.reaches)
        goto out;
    for (size_t i = 0; i < vertical->n; i++)
        lines.reaches[i] = picture_reach(vertical, i);
    lines.n_ring = picture_ring_size(lines.reaches, vertical->n);
    lines.sums = calloc(lines.n_ring, lines.n_values * sizeof *lines.sums);
    row = malloc(lines.n_values);
    if (!lines.sums || !row)
        goto out;
    picture_resize_rows(src, box, &columns, vertical, &lines, row, out);
    result = 0;
out:
    if (result)
        error_memory(err, "resizing a picture");
    picture_columns_free(&columns);
    free(lines.reaches);
    free(lines.sums);
    free(row);
    return result;
}

static int picture_check_box(const struct picture *src, const struct picture_box *box, struct picture_box *out,
                             struct error *err)
{
    *out = box ? *box : (struct picture_box){0, 0, src->width, src->height};
    if (out->x0 >= out->x1 || out->y0 >= out->y1 || out->x1 > src->width || out->y1 > src->height)
        return error_set(err, ERROR_INPUT, "a box that is empty or leaves its picture");
    return 0;
}

int picture_resize(const struct picture *src, const struct picture_box *box, size_t width, size_t height, uint8_t *out,
                   struct error *err)
{
    struct picture_box whole;
    if (picture_check_box(src, box, &whole, err))
        return -1;
    if (!width || !height || width > PICTURE_MAX_SIDE || height > PICTURE_MAX_SIDE)
        return error_set(err, ERROR_INPUT, "a picture cannot be made %zu x %zu pixels large", width, height);
    struct picture_axis horizontal = {whole.x1 - whole.x0, width, 0, width};
    struct picture_axis vertical = {whole.y1 - whole.y0, height, 0, height};
    return picture_resize_window(src, &whole, &horizontal, &vertical, out, err);
}

/* (n - size) / 2 rounded half to even, as Python's round does. */
static size_t picture_centre(size_t n, size_t size)
{
    size_t twice = n - size;
    return twice / 2 + (twice % 2 && twice / 2 % 2);
}

int picture_preprocess(const struct picture *src, const struct picture_box *box, const struct config *config,
                       uint8_t *out, struct error *err)
{
    size_t size = config->image.image_size;
    if (config->image.preprocess == PREPROCESS_SQUASH)
        return picture_resize(src, box, size, size, out, err);

    struct picture_box whole;
    if (picture_check_box(src, box, &whole, err))
        return -1;
    size_t width = whole.x1 - whole.x0, height = whole.y1 - whole.y0, resize = config->image.resize;
    size_t shorter = width < height ? width : height, longer = width < height ? height : width;
    size_t longer_out = (size_t)((double)(resize * longer) / (double)shorter);
    size_t width_out = width < height ? resize : longer_out, height_out = width < height ? longer_out : resize;
    struct picture_axis horizontal = {width, width_out, picture_centre(width_out, size), size};
    struct picture_axis vertical = {height, height_out, picture_centre(height_out, size), size};
    return picture_resize_window(src, &whole, &horizontal, &vertical, out, err);
}
