/* The curves of a training log as a figure: loss terms, development F1, learning rate.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_TRAIN_PLOT_H
#define MMIB_SRC_TRAIN_PLOT_H

#include "corpora/error.h"

/* Reads the log and writes the figure, PNG, SVG or PDF by its name, with its numbers beside it (ui/chart.h). */
int train_plot(const char *log, const char *figure, struct error *err);

#endif
