/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/reliability.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Makes a list of n zero-extended counters at least as long as wanted. */
static int grow(size_t **list, size_t n, size_t wanted)
{
    if (wanted > SIZE_MAX / 2 / sizeof **list)
        return -1;
    size_t *grown = realloc(*list, wanted * sizeof *grown);
    if (!grown)
        return -1;
    memset(grown + n, 0, (wanted - n) * sizeof *grown);
    *list = grown;
    return 0;
}

/* ---- Kappa ---- */

int reliability_kappa_add(struct reliability_kappa *counts, size_t a, size_t b)
{
    size_t wanted = (a > b ? a : b) + 1;
    if (wanted > counts->n_labels) {
        wanted += wanted / 2;
        if (grow(&counts->a, counts->n_labels, wanted) || grow(&counts->b, counts->n_labels, wanted) ||
            grow(&counts->both, counts->n_labels, wanted))
            return -1;
        counts->n_labels = wanted;
    }
    counts->n++;
    counts->a[a]++;
    counts->b[b]++;
    if (a == b) {
        counts->agreed++;
        counts->both[a]++;
    }
    return 0;
}

/* From the number of agreeing units and the sum over labels of the products of both observers' counts. */
static double kappa(double n, double agreed, double products)
{
    double expected = products / (n * n), observed = agreed / n;
    return n > 0 && expected < 1 ? (observed - expected) / (1 - expected) : NAN;
}

double reliability_kappa(const struct reliability_kappa *counts)
{
    double products = 0;
    for (size_t i = 0; i < counts->n_labels; i++)
        products += (double)counts->a[i] * (double)counts->b[i];
    return kappa((double)counts->n, (double)counts->agreed, products);
}

double reliability_kappa_of(const struct reliability_kappa *counts, size_t label)
{
    if (label >= counts->n_labels)
        return NAN;
    double n = (double)counts->n, a = (double)counts->a[label], b = (double)counts->b[label];
    double both = (double)counts->both[label];
    return kappa(n, both + (n - a - b + both), a * b + (n - a) * (n - b));
}

void reliability_kappa_free(struct reliability_kappa *counts)
{
    free(counts->a);
    free(counts->b);
    free(counts->both);
    *counts = (struct reliability_kappa){0};
}

/* ---- Alpha ---- */

int reliability_alpha_add(struct reliability_alpha *counts, const size_t *values, size_t n_observers)
{
    size_t n = 0, wanted = 0, differing = 0;
    for (size_t i = 0; i < n_observers; i++) {
        if (values[i] == RELIABILITY_MISSING)
            continue;
        n++;
        wanted = values[i] + 1 > wanted ? values[i] + 1 : wanted;
    }
    if (n < 2)
        return 0;
    if (wanted > counts->n_labels) {
        wanted += wanted / 2;
        if (grow(&counts->labels, counts->n_labels, wanted))
            return -1;
        counts->n_labels = wanted;
    }
    for (size_t i = 0; i < n_observers; i++) {
        if (values[i] == RELIABILITY_MISSING)
            continue;
        counts->labels[values[i]]++;
        for (size_t k = 0; k < n_observers; k++)
            differing += values[k] != RELIABILITY_MISSING && values[k] != values[i];
    }
    counts->n_units++;
    counts->n_values += n;
    counts->differing += (double)differing / (double)(n - 1);
    return 0;
}

double reliability_alpha(const struct reliability_alpha *counts)
{
    double n = (double)counts->n_values, expected = n * n;
    for (size_t i = 0; i < counts->n_labels; i++)
        expected -= (double)counts->labels[i] * (double)counts->labels[i];
    return expected > 0 ? 1 - (n - 1) * counts->differing / expected : NAN;
}

void reliability_alpha_free(struct reliability_alpha *counts)
{
    free(counts->labels);
    *counts = (struct reliability_alpha){0};
}
