/* What PyTorch's pickle says about the tensors of a model: names, shapes, and where in which storage they lie.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_STATE_DICT_H
#define MMIB_MODEL_STATE_DICT_H

#include "corpora/error.h"
#include "model/tensor.h"

#include <stddef.h>
#include <stdint.h>

struct state_tensor {
    char *name;
    char *storage; /* the key that names its file */
    enum tensor_type type;
    size_t storage_numbers; /* length of the storage */
    size_t offset;          /* of the first number; all of them lie inside the storage */
    size_t rank, shape[TENSOR_MAX_RANK], strides[TENSOR_MAX_RANK];
};

struct state_dict {
    struct state_tensor *tensors; /* in the order of the file */
    size_t n;
};

/* A dict of tensors, or a dict whose member "state_dict", "model_state_dict" or "model" is one; other values in it are
 * passed over. Messages are "PATH: NAME: reason". */
int state_dict_read(const uint8_t *bytes, size_t n, const char *path, struct state_dict *out, struct error *err);
void state_dict_free(struct state_dict *state); /* what it owns */

#endif
