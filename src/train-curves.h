/* The numbers of a training log, as curves over the steps.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_TRAIN_CURVES_H
#define MMIB_SRC_TRAIN_CURVES_H

#include "corpora/error.h"

#include <stddef.h>

enum train_panel { PANEL_LOSS, PANEL_F1, PANEL_RATE, PANELS };

struct train_curve {
    char *name;
    enum train_panel panel;
    double *x, *y; /* [n] steps and values, all finite */
    size_t n;
};

struct train_curves {
    struct train_curve *each;
    size_t n;
};

/* Reads a log of `mmib train`. Losses are smoothed; F1 is in per cent. ERROR_INPUT for what is no log, and an
 * empty one. */
int train_curves_read(const char *path, struct train_curves *out, struct error *err);
void train_curves_free(struct train_curves *curves); /* what it owns */

#endif
