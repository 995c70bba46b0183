/* One model out of several: the mean of their weights.
 *
 * Models that were trained from the same beginning (with other seeds, say) often lie so close together that their mean is
 * better than each of them, and costs no more than one (Wortsman et al., "Model soups", 2022).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_AVERAGE_H
#define MMIB_MODEL_AVERAGE_H

#include "corpora/error.h"
#include "model/tensor.h"

#include <stdbool.h>
#include <stddef.h>

/* Makes the folder of the model (see model/model-folder.h): config and vocabulary are the first one's, the others must
 * have the same vocabulary and tensors. ERROR_INPUT names what differs. n >= 1. */
int average_write(const char *const *folders, size_t n, enum tensor_type type, bool force, const char *path,
                  struct error *err);

#endif
