/* SPDX-License-Identifier: Apache-2.0 */
#include "model/standardise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Channels that hardly ever differ must not be blown up: their variance counts as at least this share of the mean one. */
#define STANDARDISE_LEAST 1e-3

/* Sums of x and x^2 over all rows of all pictures, from [channels] of zeros; returns the number of rows. */
static size_t standardise_sum(const struct features_store *features, size_t channels, double *sums, double *squares)
{
    size_t rows = 0;
    for (size_t picture = 0; picture < features_store_count(features); picture++) {
        const struct features one = features_store_get(features, picture);
        for (size_t r = 0; one.features && r < one.n_images; r++, rows++)
            for (size_t c = 0; c < channels; c++) {
                double x = one.features[r * channels + c];
                sums[c] += x;
                squares[c] += x * x;
            }
    }
    return rows;
}

static const struct parameter *standardise_find(const struct parameters *parameters, const char *name)
{
    for (size_t i = 0; i < parameters->n; i++)
        if (!strcmp(parameters->each[i].name, name))
            return &parameters->each[i];
    return NULL;
}

int standardise_projection(struct parameters *parameters, const struct features_store *features, size_t channels,
                           struct error *err)
{
    const struct parameter *weight = standardise_find(parameters, "image_projection.weight");
    const struct parameter *bias = standardise_find(parameters, "image_projection.bias");
    if (!weight || !bias || !channels)
        return 0;
    double *mean = calloc(channels, sizeof *mean), *scale = calloc(channels, sizeof *scale);
    if (!mean || !scale) {
        free(mean);
        free(scale);
        return error_memory(err, "image projection");
    }
    size_t rows = standardise_sum(features, channels, mean, scale);
    double typical = 0;
    for (size_t c = 0; rows && c < channels; c++) {
        mean[c] /= (double)rows;
        scale[c] = scale[c] / (double)rows - mean[c] * mean[c]; /* the variance */
        typical += scale[c] / (double)channels;
    }
    float *w = parameters->values + weight->offset, *b = parameters->values + bias->offset;
    for (size_t o = 0; typical > 0 && o < bias->count; o++) {
        double shift = 0;
        for (size_t c = 0; c < channels; c++) {
            w[o * channels + c] /= (float)sqrt(fmax(scale[c], STANDARDISE_LEAST * typical));
            shift += w[o * channels + c] * mean[c];
        }
        b[o] -= (float)shift;
    }
    free(mean);
    free(scale);
    return 0;
}
