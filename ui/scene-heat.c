/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene-heat.h"

#include <math.h>
#include <stdlib.h>

/* The colours of a photograph must not pass for heat: with heat on, it keeps only so much of its colour and light. */
static const float heat_saturation = 0.35f, heat_light = 0.85f;
static const double heat_alpha_max = 0.55;

enum { HEAT_STEPS = 256 };

/* Where a pixel lies between two cells of a row or column. */
struct heat_place {
    size_t cell;  /* the lower one */
    float weight; /* of the next one, 0..1 */
};

static const uint32_t heat_colours[][2] = {[SCALE_AMBER_BLUE] = {HEAT_AMBER, HEAT_BLUE},
                                           [SCALE_GREEN_PURPLE] = {HEAT_GREEN, HEAT_PURPLE}};

uint32_t scene_heat_colour(enum scene_scale scale, double value, double *alpha_out)
{
    double magnitude = fabs(value) < 1 ? fabs(value) : 1;
    if (alpha_out) /* a little below linear, so that weak heat is still to be seen */
        *alpha_out = heat_alpha_max * pow(magnitude, 0.75);
    return heat_colours[scale][value < 0];
}

/* Places of pixels [begin, end) along an axis on which n cells cover [low, high). */
static void heat_places(struct heat_place *places, size_t begin, size_t end, double low, double high, size_t n)
{
    for (size_t i = begin; i < end; i++) {
        double at = ((double)i + 0.5 - low) / (high - low) * (double)n - 0.5;
        at = at < 0 ? 0 : at > (double)(n - 1) ? (double)(n - 1) : at;
        size_t cell = (size_t)at;
        places[i].cell = cell;
        places[i].weight = cell + 1 < n ? (float)(at - (double)cell) : 0;
    }
}

static float heat_cell(const struct scene_layer *layer, size_t y, size_t x)
{
    float value = layer->cells[y * layer->grid + x];
    return isfinite(value) ? value : 0;
}

static float heat_between(const struct scene_layer *layer, size_t y, const struct heat_place *x)
{
    float left = heat_cell(layer, y, x->cell);
    return x->weight > 0 ? left + x->weight * (heat_cell(layer, y, x->cell + 1) - left) : left;
}

static size_t heat_clamp(double at, size_t most)
{
    return at > 0 ? at < (double)most ? (size_t)at : most : 0;
}

/* Adds a layer to the field [height, width]. columns [width], rows [height]: room for places. */
static void heat_add(float *field, size_t width, size_t height, const struct scene_layer *layer, double scale_x,
                     double scale_y, struct heat_place *columns, struct heat_place *rows)
{
    double x0 = layer->area[0] * scale_x, y0 = layer->area[1] * scale_y;
    double x1 = layer->area[2] * scale_x, y1 = layer->area[3] * scale_y;
    if (!layer->grid || !(x1 > x0) || !(y1 > y0))
        return;
    size_t left = heat_clamp(round(x0), width), right = heat_clamp(round(x1), width);
    size_t top = heat_clamp(round(y0), height), bottom = heat_clamp(round(y1), height);
    heat_places(columns, left, right, x0, x1, layer->grid);
    heat_places(rows, top, bottom, y0, y1, layer->grid);
    for (size_t y = top; y < bottom; y++) {
        float *line = field + y * width;
        for (size_t x = left; x < right; x++) {
            float upper = heat_between(layer, rows[y].cell, &columns[x]);
            if (rows[y].weight > 0)
                upper += rows[y].weight * (heat_between(layer, rows[y].cell + 1, &columns[x]) - upper);
            line[x] += upper;
        }
    }
}

static void heat_blend_pixel(uint8_t *rgb, uint32_t colour, float alpha)
{
    float grey = 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
    for (int i = 0; i < 3; i++) {
        float pale = heat_light * (grey + heat_saturation * (rgb[i] - grey));
        float over = (float)(colour >> (16 - 8 * i) & 255);
        rgb[i] = (uint8_t)(pale + alpha * (over - pale) + 0.5f);
    }
}

int scene_heat_blend(uint8_t *rgb, size_t width, size_t height, const struct scene_marks *marks, double scale_x,
                     double scale_y, struct error *err)
{
    float *field = calloc(width * height, sizeof *field);
    struct heat_place *places = malloc((width + height) * sizeof *places);
    if (!field || !places) {
        free(field);
        free(places);
        return error_memory(err, "heat");
    }
    for (size_t i = 0; i < marks->n_layers; i++)
        heat_add(field, width, height, &marks->layers[i], scale_x, scale_y, places, places + width);

    float alphas[HEAT_STEPS + 1];
    for (int i = 0; i <= HEAT_STEPS; i++) {
        double alpha;
        scene_heat_colour(marks->scale, (double)i / HEAT_STEPS, &alpha);
        alphas[i] = (float)alpha;
    }
    float unit = marks->heat_scale > 0 ? (float)(HEAT_STEPS / marks->heat_scale) : 0;
    for (size_t i = 0; i < width * height; i++) {
        float step = fabsf(field[i]) * unit;
        heat_blend_pixel(rgb + 3 * i, heat_colours[marks->scale][field[i] < 0],
                         alphas[step < HEAT_STEPS ? (int)step : HEAT_STEPS]);
    }
    free(field);
    free(places);
    return 0;
}
