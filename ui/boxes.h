/* The boxes of a picture as box mode has them: which one is chosen, what becomes of a rectangle that keys or the mouse
 * move, and which ones are hidden from the model.
 *
 * Knows geometry, and nothing of posts, edits or windows. A rectangle is pending until it is kept: it is drawn, and stands
 * in no corpus. All sizes are in pixels of the stored picture.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_BOXES_H
#define MMIB_UI_BOXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum boxes_pending {
    BOXES_STILL,
    BOXES_NEW,     /* a rectangle that is no object yet */
    BOXES_CHANGED, /* the chosen object's, before the change is kept */
};

enum boxes_grip { GRIP_NONE, GRIP_NEW, GRIP_MOVE, GRIP_EDGES };

enum { BOXES_MASKED_MAX = 64, BOXES_LABEL_MAX = 64, BOXES_LABELS_KEPT = 16 };

struct boxes { /* starts zeroed */
    size_t chosen; /* number of an object, from 1; 0 = none */

    enum boxes_pending pending;
    double box[4]; /* of what is pending */

    size_t width_px, height_px; /* of the picture; 0 = not known */
    double step_x, step_y;      /* what a cell of the screen is wide and high */

    enum boxes_grip grip; /* what the mouse has hold of */
    bool edges[4];        /* GRIP_EDGES: left, top, right, bottom */
    bool dragged;         /* it has moved since the button went down */
    double from[4];       /* area of the cell where the button went down */
    double before[4];     /* the box then */

    uint64_t masked;     /* bit i: object i is hidden from the model */
    uint64_t fingerprint; /* of the objects that the bits are about */

    char labels[BOXES_LABELS_KEPT][BOXES_LABEL_MAX]; /* given before, the latest first */
    char stem[BOXES_LABEL_MAX];      /* what was typed before it was completed */
    char completed[BOXES_LABEL_MAX]; /* to what */
    size_t turn;                     /* how often, for the same stem */
};

/* What is known of the picture on the screen. */
void boxes_picture(struct boxes *boxes, size_t width_px, size_t height_px, double step_x, double step_y);

/* Starts a rectangle in the middle of the picture; false while its size is not known. */
bool boxes_begin(struct boxes *boxes);

/* Starts a change of the chosen object's box, unless one is pending already. */
void boxes_change(struct boxes *boxes, const double box[4]);

/* By so many cells. What is pending stays in the picture, and is never thinner than half a cell. */
void boxes_move(struct boxes *boxes, int columns, int rows);
void boxes_resize(struct boxes *boxes, int columns, int rows); /* its right and lower edge */

/* The mouse, by the area of the picture under its cell. chosen: the box of the object that is chosen, NULL = none. A
 * press on its edge or corner takes hold of it, inside of all of it, elsewhere a drag draws a new rectangle. */
void boxes_press(struct boxes *boxes, const double area[4], const double *chosen);
void boxes_drag(struct boxes *boxes, const double area[4]);

/* True when what is pending came of it. */
bool boxes_release(struct boxes *boxes);

/* Drops what is pending. */
void boxes_drop(struct boxes *boxes);

/* A label that was given: the next ones are completed from it. */
void boxes_remember(struct boxes *boxes, const char *label);

#endif
