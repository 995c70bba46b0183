/* The picture as it is shown: scaled to its pane, with heat over its regions and boxes with their labels.
 *
 * Two resolutions: pixels of the terminal (sixel), where labels are drawn, and half cells (blocks), where labels are
 * text. Thread-safe as long as each thread has its own scene.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SCENE_H
#define MMIB_UI_SCENE_H

#include "corpora/error.h"
#include "model/picture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The room for a picture. */
struct scene_pane {
    size_t columns, rows; /* cells */
    size_t cell_width_px, cell_height_px;
    size_t max_width_px, max_height_px; /* the terminal's limit, 0 = none; a smaller picture is then centred */
};

/* A box over the picture. */
struct scene_box {
    double box[4];     /* x0, y0, x1, y1 in pixels of the stored picture */
    const char *label; /* all of the tag, as in "1 cat .61"; NULL = none. Untrusted: shown cleaned and clipped */
    uint32_t colour;   /* 0xRRGGBB */
    bool selected;     /* emphasised, and drawn last */
};

/* Signed heat over one area of the picture. */
struct scene_layer {
    double area[4];     /* pixels of the stored picture that the grid covers */
    size_t grid;        /* cells a side */
    const float *cells; /* [grid, grid], row by row */
};

/* Two models side by side have a scale each. */
enum scene_scale { SCALE_AMBER_BLUE, SCALE_GREEN_PURPLE };

/* All that is drawn over a picture. */
struct scene_marks {
    const struct scene_box *boxes;
    size_t n_boxes;
    const struct scene_layer *layers; /* where they overlap, their values add up */
    size_t n_layers;
    enum scene_scale scale;
    double heat_scale; /* the magnitude that gets the full colour, > 0; without layers ignored */
    bool legend;       /* a bar with -scale .. scale in the bottom right corner */
};

struct scene {
    const struct picture *picture;
    struct scene_pane pane;
    struct scene_marks marks;
    uint32_t background; /* 0xRRGGBB around the picture */
};

/* A tag of a box as text cells, in a pane of half blocks. */
struct scene_label {
    size_t column, row; /* in the picture that scene_compose_blocks makes */
    size_t columns;     /* display width of text */
    char *text;         /* cleaned and clipped; owned */
    uint32_t colour;    /* of the box: background of the tag; its text is black */
    bool selected;
};

/* Where the picture lies. */
struct scene_fit {
    size_t column, row, columns, rows; /* cells of the pane that the composed image covers */
    double x, y, width, height;        /* of the picture in that image, in cells (fractions) */
};

/* 0, or -1 where the pane has no room for anything. */
int scene_fit(const struct scene_pane *pane, size_t width_px, size_t height_px, struct scene_fit *out);

/* The pixel of the stored picture under the middle of a cell of the pane; false outside of the picture. */
bool scene_point(const struct scene_pane *pane, size_t width_px, size_t height_px, size_t column, size_t row, double *x,
                 double *y);

/* The part of the stored picture under a cell of the pane: out x0, y0, x1, y1 in pixels. A cell outside counts as the
 * nearest one that the picture touches. 0, or -1 where the pane has no room for anything. */
int scene_area(const struct scene_pane *pane, size_t width_px, size_t height_px, size_t column, size_t row,
               double out[4]);

/* The smallest of the boxes at that cell (its frame and tag count too), or SIZE_MAX. */
size_t scene_box_at(const struct scene_pane *pane, size_t width_px, size_t height_px, const struct scene_box *boxes,
                    size_t n_boxes, size_t column, size_t row);

/* Heat as a colour of the scale, one above zero and one below; value / heat_scale in [-1, 1]. alpha [0, 1]. For legends
 * elsewhere too. */
uint32_t scene_heat_colour(enum scene_scale scale, double value, double *alpha_out);

/* out: RGB of fit.columns x fit.rows whole cells, to be freed with picture_free. */
int scene_compose(const struct scene *scene, struct picture *out, struct error *err);

/* out: [2 * fit.rows, fit.columns]; labels: freed with scene_labels_free. */
int scene_compose_blocks(const struct scene *scene, struct picture *out, struct scene_label **labels, size_t *n_labels,
                         struct error *err);
void scene_labels_free(struct scene_label *labels, size_t n);

/* Loads the fonts ahead of the first label, and frees what the calling thread holds of them. */
void scene_warm_up(void);
void scene_cool_down(void);

#endif
