/* Embedded pairs as a picture: a figure with its CSV, and on standard output as sixel or as letters.
 *
 * A panel a model; text and image in two colours, a marker (or letter) a type.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_TSNE_FIGURE_H
#define MMIB_SRC_TSNE_FIGURE_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "src/linked-pairs.h"

#include <stddef.h>

struct tsne_panel {
    const char *title;
    const char *name; /* of the model, in the CSV */
    const double *y;  /* [2 n, 2] text and image of each pair */
};

struct tsne_figure {
    const struct corpus *corpus;
    const struct linked_pairs *pairs;
    struct tsne_panel panels[LINKED_MODELS_MAX];
    size_t n_panels;
};

/* PNG, SVG or PDF by the name's ending, and beside it the points as CSV: model, type, side (text or image), x, y, post,
 * entity (its words), object (its id). */
int tsne_figure_save(const struct tsne_figure *figure, const char *path, struct error *err);

/* On a terminal that has sixel as a picture, in colour on any other terminal, else as plain characters. */
int tsne_figure_show(const struct tsne_figure *figure, struct error *err);

#endif
