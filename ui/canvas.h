/* A cairo target for figures: PNG (at twice the size, 144 dpi), SVG or PDF by the file's name; and text through pango.
 *
 *     struct canvas *canvas = canvas_open("fig.pdf", 400, 300, &err);
 *     if (!canvas) ...
 *     canvas_text(canvas_cairo(canvas), 10, 20, 0, 9, CANVAS_BOLD, "hello");
 *     if (canvas_close(canvas, &err)) ...
 *
 * Units are points (1/72 inch), y grows downwards. The file appears under its name when it is whole and on disk.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_CANVAS_H
#define MMIB_UI_CANVAS_H

#include "corpora/error.h"

#include <cairo.h>
#include <stdint.h>

struct canvas;

/* 0 where path ends with .png, .svg or .pdf (in any case); else -1 with ERROR_USAGE. For asking before long work. */
int canvas_check(const char *path, struct error *err);

/* A white page. NULL with an error: another ending, a folder that is not there, too large. */
struct canvas *canvas_open(const char *path, double width_pt, double height_pt, struct error *err);
cairo_t *canvas_cairo(struct canvas *canvas);

/* Writes what was drawn and frees the canvas. A failure, also of what was drawn, leaves what was there. */
int canvas_close(struct canvas *canvas, struct error *err);
void canvas_abandon(struct canvas *canvas); /* nothing is written; NULL is fine */

enum canvas_text_style { CANVAS_PLAIN = 0, CANVAS_BOLD = 1, CANVAS_ITALIC = 2 };

/* A line of text at size_pt in the current source. x is its left end with align 0, its middle with 0.5, its right end
 * with 1; y is its baseline. Line breaks are shown as signs, each script in its own direction. Returns its width. */
double canvas_text(cairo_t *cairo, double x, double y, double align, double size_pt, unsigned style, const char *text);
double canvas_text_width(cairo_t *cairo, double size_pt, unsigned style, const char *text);

/* The same, with an ellipsis where it is wider than width_pt. */
double canvas_text_clipped(cairo_t *cairo, double x, double y, double width_pt, double size_pt, unsigned style,
                           const char *text);

void canvas_source(cairo_t *cairo, uint32_t colour, double alpha); /* 0xRRGGBB */

#endif
