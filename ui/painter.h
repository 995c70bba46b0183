/* A painted picture: bytes that a terminal turns into pixels. Made by painter-sixel or painter-blocks, kept by the
 * gallery, written by the screen, which alone knows where it goes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_PAINTER_H
#define MMIB_UI_PAINTER_H

#include <stddef.h>
#include <stdint.h>

enum painter_kind { PAINTER_SIXEL, PAINTER_BLOCKS };

/* Immutable once made, counted: each holder has a reference. Safe between threads. */
struct blob {
    int references; /* changed by blob_ref and blob_unref only */
    enum painter_kind kind;
    size_t column, row;    /* of its top left cell in the pane */
    size_t columns, rows;  /* cells that it covers, each wholly */
    uint8_t *bytes;        /* no cursor addressing in it, ends with default attributes */
    size_t n_bytes;
    size_t *line_starts; /* [rows + 1] offsets in bytes: each row is placed by itself; NULL: one piece */
};

/* Takes bytes and line_starts (malloc) over; frees them and returns NULL when memory is out. One reference. */
struct blob *blob_new(enum painter_kind kind, size_t columns, size_t rows, uint8_t *bytes, size_t n_bytes,
                      size_t *line_starts);
struct blob *blob_ref(struct blob *blob); /* returns it; NULL stays NULL */
void blob_unref(struct blob *blob);       /* NULL is fine */

#endif
