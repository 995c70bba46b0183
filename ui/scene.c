/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene.h"

#include "ui/scene-boxes.h"
#include "ui/scene-heat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCENE_CELLS_MAX = 10000 };

/* Scales width x height into room_width x room_height (pixels that are units of the same size), centred. */
static void scene_place(double width, double height, double room_width, double room_height, double out[4])
{
    double scale = fmin(room_width / width, room_height / height);
    out[2] = width * scale;
    out[3] = height * scale;
    out[0] = (room_width - out[2]) / 2;
    out[1] = (room_height - out[3]) / 2;
}

int scene_fit(const struct scene_pane *pane, size_t width_px, size_t height_px, struct scene_fit *out)
{
    if (!pane->cell_width_px || !pane->cell_height_px || !width_px || !height_px)
        return -1;
    size_t columns = pane->columns, rows = pane->rows;
    if (pane->max_width_px && columns > pane->max_width_px / pane->cell_width_px)
        columns = pane->max_width_px / pane->cell_width_px;
    if (pane->max_height_px && rows > pane->max_height_px / pane->cell_height_px)
        rows = pane->max_height_px / pane->cell_height_px;
    if (!columns || !rows || columns > SCENE_CELLS_MAX || rows > SCENE_CELLS_MAX)
        return -1;
    double place[4], cell_width = (double)pane->cell_width_px, cell_height = (double)pane->cell_height_px;
    scene_place((double)width_px, (double)height_px, (double)columns * cell_width, (double)rows * cell_height, place);
    *out = (struct scene_fit){
        .column = (pane->columns - columns) / 2,
        .row = (pane->rows - rows) / 2,
        .columns = columns,
        .rows = rows,
        .x = place[0] / cell_width,
        .y = place[1] / cell_height,
        .width = place[2] / cell_width,
        .height = place[3] / cell_height,
    };
    return 0;
}

bool scene_point(const struct scene_pane *pane, size_t width_px, size_t height_px, size_t column, size_t row, double *x,
                 double *y)
{
    struct scene_fit fit;
    if (scene_fit(pane, width_px, height_px, &fit))
        return false;
    double across = ((double)column + 0.5 - (double)fit.column - fit.x) / fit.width;
    double down = ((double)row + 0.5 - (double)fit.row - fit.y) / fit.height;
    /* A picture thinner than a cell still has the cells that it touches. */
    double slack_x = 0.5 / fit.width, slack_y = 0.5 / fit.height;
    if (across < -slack_x || across > 1 + slack_x || down < -slack_y || down > 1 + slack_y)
        return false;
    *x = fmin(fmax(across, 0), 1) * (double)width_px;
    *y = fmin(fmax(down, 0), 1) * (double)height_px;
    return true;
}

int scene_area(const struct scene_pane *pane, size_t width_px, size_t height_px, size_t column, size_t row,
               double out[4])
{
    struct scene_fit fit;
    if (scene_fit(pane, width_px, height_px, &fit))
        return -1;
    const double at[2] = {(double)column - (double)fit.column, (double)row - (double)fit.row};
    const double start[2] = {fit.x, fit.y}, size[2] = {fit.width, fit.height};
    const double pixels[2] = {(double)width_px, (double)height_px};
    for (int axis = 0; axis < 2; axis++) {
        double first = floor(start[axis]), last = ceil(start[axis] + size[axis]) - 1;
        double cell = fmax(first, fmin(at[axis], last));
        for (int end = 0; end < 2; end++)
            out[axis + 2 * end] = fmin(fmax((cell + end - start[axis]) / size[axis], 0), 1) * pixels[axis];
    }
    return 0;
}

size_t scene_box_at(const struct scene_pane *pane, size_t width_px, size_t height_px, const struct scene_box *boxes,
                    size_t n_boxes, size_t column, size_t row)
{
    struct scene_fit fit;
    double x, y, best_area = INFINITY;
    size_t best = SIZE_MAX;
    if (scene_fit(pane, width_px, height_px, &fit) || !scene_point(pane, width_px, height_px, column, row, &x, &y))
        return best;
    double slack_x = 0.5 * (double)width_px / fit.width, slack_y = 0.5 * (double)height_px / fit.height;
    for (size_t i = 0; i < n_boxes; i++) {
        const double *box = boxes[i].box;
        double area = (box[2] - box[0]) * (box[3] - box[1]);
        bool is_across = x >= box[0] - slack_x && x <= box[2] + slack_x;
        bool is_inside = is_across && y >= box[1] - slack_y && y <= box[3] + slack_y;
        if (is_inside && area < best_area) {
            best = i;
            best_area = area;
        }
    }
    return best;
}

/* The frame in an image of width x height pixels that stands for columns x rows cells. */
static struct scene_frame scene_frame_of(const struct scene *scene, const struct scene_fit *fit, size_t width,
                                         size_t height)
{
    double unit_x = (double)width / (double)fit->columns, unit_y = (double)height / (double)fit->rows;
    struct scene_frame frame = {
        .width = (size_t)fmin(fmax(round(fit->width * unit_x), 1), (double)width),
        .height = (size_t)fmin(fmax(round(fit->height * unit_y), 1), (double)height),
    };
    frame.x = (width - frame.width) / 2;
    frame.y = (height - frame.height) / 2;
    frame.scale_x = (double)frame.width / (double)scene->picture->width;
    frame.scale_y = (double)frame.height / (double)scene->picture->height;
    return frame;
}

static void scene_fill(struct picture *image, uint32_t colour)
{
    for (size_t i = 0; i < image->width * image->height; i++) {
        image->rgb[3 * i] = (uint8_t)(colour >> 16);
        image->rgb[3 * i + 1] = (uint8_t)(colour >> 8);
        image->rgb[3 * i + 2] = (uint8_t)colour;
    }
}

/* The background with the scaled picture and its heat in it. */
static int scene_lay(const struct scene *scene, size_t width, size_t height, const struct scene_frame *frame,
                     struct picture *out, struct error *err)
{
    size_t stride = 3 * frame->width;
    uint8_t *scaled = malloc(stride * frame->height);
    *out = (struct picture){.rgb = malloc(3 * width * height), .width = width, .height = height};
    if (!scaled || !out->rgb) {
        error_memory(err, "picture");
        goto fail;
    }
    if (picture_resize(scene->picture, NULL, frame->width, frame->height, scaled, err))
        goto fail;
    if (scene->marks.n_layers && scene_heat_blend(scaled, frame->width, frame->height, &scene->marks, frame->scale_x,
                                                  frame->scale_y, err))
        goto fail;
    scene_fill(out, scene->background);
    for (size_t y = 0; y < frame->height; y++)
        memcpy(out->rgb + 3 * ((frame->y + y) * width + frame->x), scaled + y * stride, stride);
    free(scaled);
    return 0;
fail:
    free(scaled);
    picture_free(out);
    return -1;
}

int scene_compose(const struct scene *scene, struct picture *out, struct error *err)
{
    struct scene_fit fit;
    if (scene_fit(&scene->pane, scene->picture->width, scene->picture->height, &fit))
        return error_set(err, ERROR_INPUT, "picture: no room for it");
    size_t width = fit.columns * scene->pane.cell_width_px, height = fit.rows * scene->pane.cell_height_px;
    struct scene_frame frame = scene_frame_of(scene, &fit, width, height);
    if (scene_lay(scene, width, height, &frame, out, err))
        return -1;
    if (scene_boxes_draw(out, &frame, &scene->marks, (double)scene->pane.cell_height_px, err)) {
        picture_free(out);
        return -1;
    }
    return 0;
}

int scene_compose_blocks(const struct scene *scene, struct picture *out, struct scene_label **labels, size_t *n_labels,
                         struct error *err)
{
    struct scene_fit fit;
    *labels = NULL;
    *n_labels = 0;
    if (scene_fit(&scene->pane, scene->picture->width, scene->picture->height, &fit))
        return error_set(err, ERROR_INPUT, "picture: no room for it");
    struct scene_frame frame = scene_frame_of(scene, &fit, fit.columns, 2 * fit.rows);
    if (scene_lay(scene, fit.columns, 2 * fit.rows, &frame, out, err))
        return -1;
    if (scene_boxes_draw_blocks(out, &frame, &scene->marks, labels, n_labels, err)) {
        picture_free(out);
        return -1;
    }
    return 0;
}

void scene_labels_free(struct scene_label *labels, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(labels[i].text);
    free(labels);
}
