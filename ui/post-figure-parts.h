/* What the files of post-figure.h share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_POST_FIGURE_PARTS_H
#define MMIB_UI_POST_FIGURE_PARTS_H

#include "ui/post-figure.h"
#include "ui/scene.h"

#include <cairo.h>

enum { FIGURE_BLACK = 0x202020, FIGURE_GREY = 0x606060, FIGURE_PALE = 0xd0d0d0 };

/* Where drawing goes on: parts move y down. The same code measures (draws is false) and draws. */
struct figure_pen {
    cairo_t *cairo;
    bool draws;
    double x, y, width; /* points */
};

/* Values of a row of words, or of regions ([n_images]); NULL where there are none. */
const float *figure_word_values(const struct post_figure_model *model, enum post_figure_row row);
const float *figure_region_values(const struct post_figure_model *model, enum post_figure_row row);

/* Words from here on lie behind the place where the model's text was cut: they have no values. */
size_t figure_first_cut(const struct post_figure_model *model);

double figure_magnitude(const float *values, size_t n);

/* A value with as many decimals as scale, the largest magnitude, calls for. Signs are written where is_signed. */
void figure_number(double value, double scale, bool is_signed, char out[32]);

/* The background of a value. */
void figure_heat(cairo_t *cairo, enum scene_scale scale, double value, double magnitude);

/* Lines of text in the pen's width; a colour bar with its unit. */
void figure_line(struct figure_pen *pen, double size_pt, unsigned style, unsigned colour, const char *text);
void figure_bar(struct figure_pen *pen, enum scene_scale scale, double magnitude, bool is_signed, const char *what);

/* The words of a model's column with one kind of value behind them; spans: gold above and predictions below them. */
int figure_words(struct figure_pen *pen, const struct post_figure *figure, size_t model, enum post_figure_row row,
                 bool spans, struct error *err);

/* Tables over the whole width: entities and relations of gold and of the models, side by side. */
int figure_labels(struct figure_pen *pen, const struct post_figure *figure, struct error *err);

enum { FIGURE_SYSTEMS = POST_FIGURE_MODELS_MAX + 1 };

/* What a system says of a span, or of a pair of spans. */
struct figure_label_cell {
    bool has;
    const char *type;
    double score; /* NAN = none */
};

struct figure_label_row {
    size_t spans[4];                        /* start, end; of a pair the head's, then the tail's */
    struct figure_label_cell cells[FIGURE_SYSTEMS]; /* gold, then the models */
};

struct figure_label_table {
    struct figure_label_row *rows;
    size_t n, n_spans;
};

/* The labels of all systems, by their spans. rows: free them. -1 when memory is out. */
int figure_entities(const struct post_figure *figure, struct figure_label_table *table);
int figure_relations(const struct post_figure *figure, struct figure_label_table *table);

/* "Camp Nou", or "Messi -> Camp Nou" with a real arrow. isolates: with marks that keep head and tail in this order
 * where they are written from right to left. */
struct text;
void figure_label_name(struct text *out, const struct post *post, const struct figure_label_table *table,
                       const struct figure_label_row *row, bool isolates);

/* The numbers beside the figure, under their first line. */
struct numbers;
extern const char figure_numbers_head[];
int figure_numbers(struct numbers *numbers, const struct post_figure *figure, struct error *err);

#endif
