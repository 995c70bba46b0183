/* Paints pixels as half blocks, two in a cell, for terminals without sixel; as shades where there is no colour.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_PAINTER_BLOCKS_H
#define MMIB_UI_PAINTER_BLOCKS_H

#include "corpora/error.h"
#include "model/picture.h"
#include "ui/painter.h"
#include "ui/scene.h"
#include "ui/terminal.h"

/* image [2 * rows, columns]: as scene_compose_blocks makes it. The labels are written over the blocks as text. */
int painter_blocks_paint(const struct picture *image, enum terminal_colours colours, const struct scene_label *labels,
                         size_t n_labels, struct blob **out, struct error *err);

#endif
