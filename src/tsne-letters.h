/* A scatter of embedded pairs as letters: small for text, capital for image, the first one of the type's name.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_TSNE_LETTERS_H
#define MMIB_SRC_TSNE_LETTERS_H

#include "src/tsne-figure.h"
#include "ui/terminal.h"

/* To standard output: one panel below the other, with a legend; in two colours where the terminal has them. */
int tsne_letters_show(const struct tsne_figure *figure, const struct terminal *terminal, struct error *err);

#endif
