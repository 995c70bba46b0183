/* A file of weights from elsewhere, as tensors by name: safetensors, or what PyTorch's torch.save writes (a zip file with
 * a pickle, of which nothing is run).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_FOREIGN_WEIGHTS_H
#define MMIB_MODEL_FOREIGN_WEIGHTS_H

#include "corpora/error.h"
#include "model/safetensors.h"

#include <stddef.h>

struct foreign_weights;

struct foreign_weights *foreign_weights_open(const char *path, struct error *err);
void foreign_weights_close(struct foreign_weights *weights);

const char *foreign_weights_path(const struct foreign_weights *weights);

/* The tensor of that name, or of that name behind "module." (as wrappers for several devices write it); NULL when there
 * is none. Its numbers are contiguous, and live as long as the checkpoint is open. */
const struct safetensors_entry *foreign_weights_find(const struct foreign_weights *weights, const char *name);

#endif
