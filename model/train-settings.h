/* What a training run depends on, as JSON: recorded in the trained model's config, and compared when a run is resumed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TRAIN_SETTINGS_H
#define MMIB_MODEL_TRAIN_SETTINGS_H

#include "model/train.h"

/* The text of an object: every option, and hashes of the model, the posts and the pictures. Allocated; NULL with a
 * message. */
char *train_settings(const struct train_input *input, const struct train_options *options, struct error *err);

/* The same of corpora that a model is scored on, with the store of their pictures. */
char *train_settings_of_sets(const struct mmib *model, const struct evaluation_set *sets, size_t n,
                             const struct features_store *features, struct error *err);

#endif
