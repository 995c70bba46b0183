/* What predict and explain share: a corpus, a model, and what is to be told about pictures and cut texts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_MODEL_RUN_H
#define MMIB_SRC_MODEL_RUN_H

#include "corpora/corpus.h"
#include "model/mmib.h"
#include "src/corpus-arguments.h"

#include <stdbool.h>
#include <stddef.h>

enum { MODEL_RUN_BATCH = 32 }; /* posts that go through the model together */

struct model_run_arguments {
    struct corpus_arguments corpus;
    const char *model;
    size_t threads;
    bool no_image, quiet;
};

#define MODEL_OPTION_MODEL(arguments)                                                                                  \
    {"model", 0, OPTION_TEXT, "DIR", "model directory (default: $MMIB_MODEL, else the bundled one)", &(arguments).model}
#define MODEL_OPTION_THREADS(arguments)                                                                                \
    {"threads", 0, OPTION_COUNT, "N", "threads of the model (default: one a core)", &(arguments).threads}
#define MODEL_OPTION_NO_IMAGE(arguments)                                                                               \
    {"no-image", 0, OPTION_FLAG, NULL, "hide every picture", &(arguments).no_image}
#define MODEL_OPTION_QUIET(arguments)                                                                                  \
    {"quiet", 'q', OPTION_FLAG, NULL, "no progress on standard error", &(arguments).quiet}

struct model_run {
    struct corpus *corpus;
    struct mmib *model;
    char *folder; /* of the pictures; NULL with --no-image */
    size_t noted; /* posts that were looked at */
    size_t missing, unreadable, cut_tokens, cut_posts, empty_boxes;
};

/* The model directory that is meant, allocated; NULL with a message. */
char *model_run_directory(const char *argument, struct error *err);

/* Reads the corpus at path and opens the model. On failure there is nothing to close. */
int model_run_open(const char *path, const struct model_run_arguments *arguments, struct model_run *out,
                   struct error *err);
void model_run_close(struct model_run *run);

/* Notes what one post lacked. A picture that cannot be used is named on stderr at once. failure NULL = it can. */
void model_run_note(struct model_run *run, const struct post *post, bool missing, const char *failure, size_t cut,
                    size_t empty_boxes);

/* Says on stderr what was noted, a line each, and returns the exit code: ERROR_INPUT when a picture could not be used. */
int model_run_report(const struct model_run *run);

#endif
