/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/regions.h"

#include "model/picture.h"

#include <math.h>
#include <stdint.h>

double regions_scale(const struct analysis *analysis)
{
    double scale = 0;
    for (size_t i = 0; analysis && i < analysis->n_images * analysis->grid * analysis->grid; i++)
        scale = fmax(scale, fabs((double)analysis->grid_contribution[i]));
    return scale;
}

/* The part of the picture that the encoder saw of box (whole pixels): all, or the centre of what was resized. */
static void regions_seen(const struct config *config, double area[4])
{
    if (!config || config->image.preprocess != PREPROCESS_RESIZE_CROP || !config->image.resize)
        return;
    double width = area[2] - area[0], height = area[3] - area[1];
    double side = fmin(width, height) * (double)config->image.image_size / (double)config->image.resize;
    double x = (area[0] + area[2]) / 2, y = (area[1] + area[3]) / 2;
    area[0] = fmax(area[0], x - side / 2);
    area[1] = fmax(area[1], y - side / 2);
    area[2] = fmin(area[2], x + side / 2);
    area[3] = fmin(area[3], y + side / 2);
}

size_t regions_layers(const struct post *post, const struct analysis *analysis, const struct config *config,
                      bool other_boxes, size_t width_px, size_t height_px, struct scene_layer *out)
{
    size_t n = 0;
    for (size_t i = 0; i < analysis->n_images; i++) {
        size_t object = analysis->image_objects[i];
        struct picture_box box = {0, 0, width_px, height_px};
        if (object != SIZE_MAX && (other_boxes || object >= post->n_objects ||
                                   picture_box_clamp(post->objects[object].box, width_px, height_px, &box)))
            continue;
        struct scene_layer *layer = &out[n++];
        *layer = (struct scene_layer){.area = {(double)box.x0, (double)box.y0, (double)box.x1, (double)box.y1},
                                      .grid = analysis->grid,
                                      .cells = analysis->grid_contribution + i * analysis->grid * analysis->grid};
        regions_seen(config, layer->area);
    }
    return n;
}
