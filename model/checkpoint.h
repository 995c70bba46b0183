/* Everything that a training run needs to go on as if it had never stopped, in one file that is whole or not there.
 *
 * It is a safetensors file: "values", "first", "second" and "average" [count] in the order of model/parameters.h,
 * "steps" of each tensor, and "state", the JSON text of the rest.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_CHECKPOINT_H
#define MMIB_MODEL_CHECKPOINT_H

#include "corpora/error.h"
#include "model/optimizer.h"

#include <stddef.h>

struct checkpoint_state {
    size_t step;   /* steps done */
    size_t epochs; /* epochs that were evaluated */
    size_t best_epoch; /* from 1; 0 = none yet */
    double best;       /* its score */
};

/* settings: the text of a JSON object, what the run depends on. */
int checkpoint_write(const char *path, const struct optimizer *optimizer, const struct checkpoint_state *state,
                     const char *settings, struct error *err);

/* Reads it into the optimizer and its parameters. ERROR_USAGE, with a list, where its settings are others; then, and
 * after any other failure, nothing was changed. */
int checkpoint_read(const char *path, struct optimizer *optimizer, const char *settings,
                    struct checkpoint_state *state_out, struct error *err);

#endif
