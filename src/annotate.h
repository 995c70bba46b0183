/* What mmib annotate, mmib demo and mmib inspect share: opening a corpus for work and showing it in the workbench.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_ANNOTATE_H
#define MMIB_SRC_ANNOTATE_H

#include "corpora/error.h"
#include "src/corpus-arguments.h"

#include <stdbool.h>
#include <stddef.h>

struct inspection; /* ui/inspection.h */
struct store;      /* corpora/store.h */

/* As given on the command line; NULL = not given. */
struct annotate_options {
    struct corpus_arguments corpus;
    const char *model, *work, *exports, *annotator, *graphics, *guidelines, *gold;
    size_t threads;
    bool no_image, read_only, no_background;
    double threshold; /* 0..1 */
    struct option_texts adjudicate; /* the annotators' files; given without any: the conflicts in the corpus */
    size_t blind;
    /* Makes the inspection that is shown, once the store is open; NULL = the corpus is annotated. */
    int (*inspect)(struct store *store, struct inspection **out, struct error *err);
};

/* Rows of an option table that fill options, a struct annotate_options that lives as long as the table. */
#define ANNOTATE_OPTIONS(options)                                                                                      \
    {"model", 'm', OPTION_TEXT, "DIR", "the model that proposes labels (default: $MMIB_MODEL, else the bundled one)",  \
     &(options).model},                                                                                                \
        {"annotator", 'a', OPTION_TEXT, "NAME", "recorded with every label (default: $USER)", &(options).annotator},   \
        {"graphics", 'g', OPTION_TEXT, "auto|sixel|blocks|none", "how pictures are drawn", &(options).graphics},       \
        {"no-image", 0, OPTION_FLAG, NULL, "hide every picture from the model", &(options).no_image},                  \
        {"threads", 0, OPTION_COUNT, "N", "threads of the model (default: one a core)", &(options).threads},           \
        {"threshold", 0, OPTION_REAL, "P", "offer proposals of at least this probability (default: 0; + and - change it)", \
         &(options).threshold},                                                                                        \
        {"blind", 0, OPTION_COUNT, "N", "hide the proposals of one post in N until it is done (default: of none)",     \
         &(options).blind},                                                                                            \
        {"no-background", 0, OPTION_FLAG, NULL, "run the model on the post on the screen and the next ones only",      \
         &(options).no_background}

/* Makes the keys what the user's file says. */
int annotate_keys(struct error *err);

/* Returns the exit code; messages go to stderr. greeting: NULL = what there is to say about the work file. */
int annotate_run(const char *path, const struct annotate_options *options, const char *greeting);

#endif
