/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/boxes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LEFT, TOP, RIGHT, BOTTOM };

void boxes_picture(struct boxes *boxes, size_t width_px, size_t height_px, double step_x, double step_y)
{
    boxes->width_px = width_px;
    boxes->height_px = height_px;
    boxes->step_x = step_x;
    boxes->step_y = step_y;
}

static double boxes_limit(const struct boxes *boxes, int axis)
{
    return (double)(axis ? boxes->height_px : boxes->width_px);
}

static double boxes_step(const struct boxes *boxes, int axis)
{
    return fmax(axis ? boxes->step_y : boxes->step_x, 1);
}

static double boxes_clamp(double value, double low, double high)
{
    return value > high ? high : value < low ? low : value;
}

/* To whole pixels inside of the picture, at least half a cell each way where the picture has that much. */
static void boxes_settle(struct boxes *boxes)
{
    for (int axis = 0; axis < 2; axis++) {
        double limit = boxes_limit(boxes, axis), least = fmin(ceil(boxes_step(boxes, axis) / 2), limit);
        double *low = &boxes->box[axis], *high = &boxes->box[axis + 2];
        *low = boxes_clamp(round(*low), 0, limit - least);
        *high = boxes_clamp(round(*high), *low + least, limit);
    }
}

bool boxes_begin(struct boxes *boxes)
{
    if (!boxes->width_px || !boxes->height_px)
        return false;
    for (int axis = 0; axis < 2; axis++) {
        double limit = boxes_limit(boxes, axis);
        boxes->box[axis] = limit * 3 / 8;
        boxes->box[axis + 2] = limit * 5 / 8;
    }
    boxes->pending = BOXES_NEW;
    boxes_settle(boxes);
    return true;
}

void boxes_change(struct boxes *boxes, const double box[4])
{
    if (boxes->pending)
        return;
    memcpy(boxes->box, box, sizeof boxes->box);
    boxes->pending = BOXES_CHANGED;
}

/* Moves it by dx, dy, as far as the picture goes: its size stays. */
static void boxes_shift(struct boxes *boxes, const double from[4], const double by[2])
{
    for (int axis = 0; axis < 2; axis++) {
        double size = from[axis + 2] - from[axis];
        boxes->box[axis] = boxes_clamp(from[axis] + by[axis], 0, fmax(boxes_limit(boxes, axis) - size, 0));
        boxes->box[axis + 2] = boxes->box[axis] + size;
    }
    boxes_settle(boxes);
}

void boxes_move(struct boxes *boxes, int columns, int rows)
{
    const double by[2] = {columns * boxes_step(boxes, 0), rows * boxes_step(boxes, 1)};
    double from[4];
    memcpy(from, boxes->box, sizeof from);
    boxes_shift(boxes, from, by);
}

void boxes_resize(struct boxes *boxes, int columns, int rows)
{
    boxes->box[RIGHT] += columns * boxes_step(boxes, 0);
    boxes->box[BOTTOM] += rows * boxes_step(boxes, 1);
    boxes_settle(boxes);
}

/* Is the edge in the cell, or nearly so? A corner is two edges. */
static bool boxes_grips(const double area[4], const double box[4], bool edges[4])
{
    bool any = false;
    memset(edges, 0, 4 * sizeof *edges);
    for (int axis = 0; axis < 2; axis++) {
        double slack = (area[axis + 2] - area[axis]) * 3 / 4, middle = (area[axis] + area[axis + 2]) / 2;
        double low = fabs(middle - box[axis]), high = fabs(middle - box[axis + 2]);
        edges[axis] = low <= slack && low <= high;
        edges[axis + 2] = high <= slack && high < low;
        any |= edges[axis] || edges[axis + 2];
    }
    return any;
}

static bool boxes_touches(const double area[4], const double box[4])
{
    return area[0] <= box[2] && box[0] <= area[2] && area[1] <= box[3] && box[1] <= area[3];
}

void boxes_press(struct boxes *boxes, const double area[4], const double *chosen)
{
    memcpy(boxes->from, area, sizeof boxes->from);
    boxes->dragged = false;
    boxes->grip = GRIP_NEW;
    if (chosen && boxes_touches(area, chosen)) {
        memcpy(boxes->before, chosen, sizeof boxes->before);
        boxes->grip = boxes_grips(area, chosen, boxes->edges) ? GRIP_EDGES : GRIP_MOVE;
    }
}

static void boxes_drag_edges(struct boxes *boxes, const double area[4])
{
    memcpy(boxes->box, boxes->before, sizeof boxes->box);
    for (int axis = 0; axis < 2; axis++) {
        double middle = (area[axis] + area[axis + 2]) / 2, least = ceil(boxes_step(boxes, axis) / 2);
        if (boxes->edges[axis])
            boxes->box[axis] = fmin(middle, boxes->before[axis + 2] - least);
        if (boxes->edges[axis + 2])
            boxes->box[axis + 2] = fmax(middle, boxes->before[axis] + least);
    }
    boxes_settle(boxes);
}

void boxes_drag(struct boxes *boxes, const double area[4])
{
    if (boxes->grip == GRIP_NONE || (!boxes->dragged && !memcmp(area, boxes->from, sizeof boxes->from)))
        return;
    boxes->dragged = true;
    boxes->pending = boxes->grip == GRIP_NEW ? BOXES_NEW : BOXES_CHANGED;
    if (boxes->grip == GRIP_NEW) {
        for (int i = 0; i < 2; i++) {
            boxes->box[i] = fmin(area[i], boxes->from[i]);
            boxes->box[i + 2] = fmax(area[i + 2], boxes->from[i + 2]);
        }
        boxes_settle(boxes);
    } else if (boxes->grip == GRIP_MOVE) {
        const double by[2] = {area[0] - boxes->from[0], area[1] - boxes->from[1]};
        boxes_shift(boxes, boxes->before, by);
    } else
        boxes_drag_edges(boxes, area);
}

bool boxes_release(struct boxes *boxes)
{
    bool pending = boxes->grip != GRIP_NONE && boxes->dragged;
    boxes->grip = GRIP_NONE;
    boxes->dragged = false;
    return pending;
}

void boxes_drop(struct boxes *boxes)
{
    boxes->pending = BOXES_STILL;
    boxes->grip = GRIP_NONE;
    boxes->dragged = false;
}

void boxes_remember(struct boxes *boxes, const char *label)
{
    size_t at = 0;
    char copy[BOXES_LABEL_MAX];
    if (!*label || strlen(label) >= sizeof copy)
        return;
    snprintf(copy, sizeof copy, "%s", label);
    while (at + 1 < BOXES_LABELS_KEPT && strcmp(boxes->labels[at], copy))
        at++;
    memmove(boxes->labels[1], boxes->labels[0], at * sizeof boxes->labels[0]);
    memcpy(boxes->labels[0], copy, sizeof copy);
}
