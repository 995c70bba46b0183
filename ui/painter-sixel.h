/* Paints pixels as sixel: 256 colours of their own, error diffusion, with exact colours for what is drawn over
 * pictures.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_PAINTER_SIXEL_H
#define MMIB_UI_PAINTER_SIXEL_H

#include "corpora/error.h"
#include "model/picture.h"
#include "ui/painter.h"

/* image must be of columns x rows whole cells. The n_exact colours (0xRRGGBB; at most half of the palette, the rest of
 * them is ignored), black and white come out exact. colours: registers of the terminal, 2..256. */
int painter_sixel_paint(const struct picture *image, size_t columns, size_t rows, size_t colours,
                        const uint32_t *exact, size_t n_exact, struct blob **out, struct error *err);

#endif
