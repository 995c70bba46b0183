/* One post as a figure, in the manner of the paper's Fig. 3: the picture with the heat of its regions, the words with
 * theirs, numbers beside, and what gold and models say; one or two models as columns, each in colours of its own.
 *
 * What the numbers are: model/bottleneck.h. Colours are scaled by the post's largest magnitude, for each model, for
 * words and regions apart; the colour bars say which it is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_POST_FIGURE_H
#define MMIB_UI_POST_FIGURE_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "model/analysis.h"
#include "model/bottleneck.h"
#include "model/config.h"
#include "model/picture.h"

#include <stdbool.h>
#include <stddef.h>

enum { POST_FIGURE_MODELS_MAX = 2 };

/* Values of words. */
enum post_figure_row { FIGURE_USED, FIGURE_BEFORE, FIGURE_KEPT, FIGURE_ROWS };

enum post_figure_level { FIGURE_ENTITIES, FIGURE_RELATIONS, FIGURE_LEVELS };

/* All borrowed. */
struct post_figure_model {
    const char *name;
    const struct config *config;
    const struct analysis *analysis;
    const struct bottleneck *bottleneck;
};

struct post_figure {
    const struct post *post; /* gold */
    const char *corpus;      /* its file, for the title */
    const struct picture *picture; /* NULL = none */
    const char *no_picture;  /* why there is none, in words */
    struct post_figure_model models[POST_FIGURE_MODELS_MAX];
    size_t n_models;
    bool rows[FIGURE_ROWS];  /* which are shown; numbers of all stand in the CSV */
    bool judges[FIGURE_LEVELS]; /* gold has such labels, so that what a model says is marked as right or wrong by it */
};

/* The figure at path (canvas.h: .png, .svg, .pdf), and its numbers beside it as CSV: a line a word, region and cell of
 * a feature map, label and match. */
int post_figure_save(const struct post_figure *figure, const char *path, struct error *err);

#endif
