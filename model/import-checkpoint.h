/* The checkpoint of the released program as a model directory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_IMPORT_CHECKPOINT_H
#define MMIB_MODEL_IMPORT_CHECKPOINT_H

#include "corpora/error.h"

#include <stdbool.h>

struct import_checkpoint_options {
    const char *config; /* config.json of the model; NULL = from the shapes, see model/released.h */
    const char *vocab;  /* NULL = vocab.txt beside the file; markers that it lacks at its end are added */
    bool force;         /* replace what is there */
};

/* Numbers are stored as F32. Makes the folder of the model; see model/model-folder.h. */
int import_checkpoint(const char *file, const struct import_checkpoint_options *options, const char *path,
                      struct error *err);

#endif
