/* mmib explain --figure: one post of a corpus as a figure.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EXPLAIN_FIGURE_H
#define MMIB_SRC_EXPLAIN_FIGURE_H

#include "src/model-run.h"

#include <stdbool.h>

struct explain_figure_arguments {
    const char *figure; /* file; NULL = JSON is wanted */
    const char *post;   /* id, else a number from 1; NULL = the first post */
    const char *model2; /* directory; NULL = none */
    bool before, kept;  /* rows of words */
};

#define EXPLAIN_OPTIONS_FIGURE(arguments)                                                                              \
    {"figure", 0, OPTION_TEXT, "FILE", "draw one post: .png, .svg or .pdf, and its numbers as .csv beside",            \
     &(arguments).figure},                                                                                             \
        {"model2", 0, OPTION_TEXT, "DIR", "with --figure: a second model beside the first", &(arguments).model2},      \
        {"before", 0, OPTION_FLAG, NULL, "with --figure: the words before the bottleneck too", &(arguments).before},   \
        {"kept", 0, OPTION_FLAG, NULL, "with --figure: what it let through of each word too", &(arguments).kept}

#define EXPLAIN_OPTION_POST(arguments)                                                                                 \
    {"post", 0, OPTION_TEXT, "ID|N", "this post only: its id, else its number from 1", &(arguments).post}

/* The post that is meant: by its id, else by its number. ERROR_USAGE where there is none. */
int explain_figure_post(const struct corpus *corpus, const char *which, size_t *index_out, struct error *err);

/* Draws the figure; run is open. Options that do not go together are ERROR_USAGE. */
int explain_figure(struct model_run *run, const struct explain_figure_arguments *arguments, size_t threads,
                   struct error *err);

#endif
