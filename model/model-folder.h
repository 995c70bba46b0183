/* The folder of a model that is being made: config.json, vocab.txt, model.safetensors.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_MODEL_FOLDER_H
#define MMIB_MODEL_MODEL_FOLDER_H

#include "corpora/error.h"
#include "model/new-weights.h"

#include <stdbool.h>
#include <stddef.h>

struct model_folder {
    char *path, *config, *vocab, *weights; /* names; owned */
};

int model_folder_name(const char *path, struct model_folder *out, struct error *err);
void model_folder_free(struct model_folder *folder); /* the names */

/* What goes into the two text files. */
struct model_folder_text {
    const void *bytes; /* NULL: there is no vocabulary, for a folder that holds an encoder of pictures alone */
    size_t n;
};

/* Makes the folder where it is not there, and in it the config, the vocabulary and last the weights (whose path is the
 * folder's): a folder that was left half done has no weights and does not open. A model that is there is an error
 * unless replace is set. */
int model_folder_write(const struct model_folder *folder, struct model_folder_text config,
                       struct model_folder_text vocab, const struct new_weights *weights, bool replace,
                       struct error *err);

#endif
