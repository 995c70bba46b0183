/* Which tensors a model of a config has: every name and shape, stated once.
 *
 * Of "mobilenetv3-centernet", what encodes a picture is listed, not the detector behind it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_LAYOUT_H
#define MMIB_MODEL_LAYOUT_H

#include "model/config.h"

#include <stddef.h>

/* Is called for each tensor; name and shape last for the call. Anything but 0 ends the walk. */
typedef int layout_visitor(const char *name, size_t rank, const size_t *shape, void *context);

/* 0, or what the visitor returned. */
int layout_each(const struct config *config, layout_visitor *visit, void *context);

#endif
