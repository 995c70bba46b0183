/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/overlap.h"

#include "corpora/text.h"

#include <math.h>
#include <stdlib.h>

static int compare_ends(const void *left, const void *right)
{
    const struct overlap_span *a = left, *b = right;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* Takes the first span of list, from from on, that overlaps the other, out of the list. */
static bool take_overlapping(struct overlap_span *list, size_t from, size_t n, const struct overlap_span *other)
{
    for (size_t i = from; i < n; i++)
        if (list[i].start < list[i].end && overlap_spans(&list[i], other)) {
            list[i].start = list[i].end; /* empty: taken */
            return true;
        }
    return false;
}

/* Whichever span ends first: all that overlap it hold its last token, so of those the one that ends first has the
 * fewest other partners, and pairing these two loses nothing. */
size_t overlap_count_pairs(struct overlap_span *a, size_t n_a, struct overlap_span *b, size_t n_b)
{
    size_t pairs = 0;
    if (!n_a || !n_b)
        return 0;
    qsort(a, n_a, sizeof *a, compare_ends);
    qsort(b, n_b, sizeof *b, compare_ends);
    for (size_t i = 0, k = 0; i < n_a && k < n_b;) {
        if (a[i].start == a[i].end)
            i++;
        else if (b[k].start == b[k].end)
            k++;
        else if (a[i].end <= b[k].end)
            pairs += take_overlapping(b, k, n_b, &a[i++]);
        else
            pairs += take_overlapping(a, i, n_a, &b[k++]);
    }
    return pairs;
}

static double area(const double box[4])
{
    return box[2] > box[0] && box[3] > box[1] ? (box[2] - box[0]) * (box[3] - box[1]) : 0;
}

double overlap_iou(const double a[4], const double b[4])
{
    const double shared[4] = {fmax(a[0], b[0]), fmax(a[1], b[1]), fmin(a[2], b[2]), fmin(a[3], b[3])};
    double both = area(a) > 0 && area(b) > 0 ? area(shared) : 0;
    return both > 0 ? both / (area(a) + area(b) - both) : 0;
}

struct box_pair {
    size_t a, b;
    double iou;
};

static int compare_pairs(const void *left, const void *right)
{
    const struct box_pair *x = left, *y = right;
    if (x->iou != y->iou)
        return x->iou > y->iou ? -1 : 1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

int overlap_match_boxes(const double (*a)[4], size_t n_a, const double (*b)[4], size_t n_b, double threshold,
                        size_t *partner_out, struct error *err)
{
    struct box_pair *pairs = NULL;
    size_t n = 0;
    bool *taken = n_b ? calloc(n_b, sizeof *taken) : NULL;
    int result = n_b && !taken ? error_memory(err, "boxes") : 0;
    for (size_t i = 0; i < n_a; i++) {
        partner_out[i] = SIZE_MAX;
        for (size_t k = 0; !result && k < n_b; k++) {
            double iou = overlap_iou(a[i], b[k]);
            if (iou < threshold)
                continue;
            struct box_pair *grown = array_grow(pairs, n, sizeof *grown);
            if (!grown) {
                result = error_memory(err, "boxes");
                break;
            }
            pairs = grown;
            pairs[n++] = (struct box_pair){i, k, iou};
        }
    }
    if (n && !result)
        qsort(pairs, n, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < n && !result; i++) {
        if (partner_out[pairs[i].a] != SIZE_MAX || taken[pairs[i].b])
            continue;
        partner_out[pairs[i].a] = pairs[i].b;
        taken[pairs[i].b] = true;
    }
    free(pairs);
    free(taken);
    return result;
}
