/* Heat over a picture: signed values of cells, smoothly interpolated, as amber and blue, or green and purple, over a
 * paler picture.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SCENE_HEAT_H
#define MMIB_UI_SCENE_HEAT_H

#include "corpora/error.h"
#include "ui/scene.h"

#include <stddef.h>
#include <stdint.h>

/* Above and below zero, of each scale. All four can be told apart by colour-blind eyes (Okabe and Ito 2008, lighter, so that
 * they show over photographs). */
enum scene_heat_colours { HEAT_AMBER = 0xffa800, HEAT_BLUE = 0x3d8bff, HEAT_GREEN = 0x00c48c, HEAT_PURPLE = 0xe36fb8 };

/* Blends the layers of marks into rgb [height, width, 3], which shows all of a picture whose pixels are scale_x x
 * scale_y of these pixels. */
int scene_heat_blend(uint8_t *rgb, size_t width, size_t height, const struct scene_marks *marks, double scale_x,
                     double scale_y, struct error *err);

#endif
