/* The zip file of torch.save (PyTorch 1.6 and later): FOLDER/data.pkl describes the tensors, FOLDER/data/KEY are their
 * storages, stored and not compressed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TORCH_ZIP_H
#define MMIB_MODEL_TORCH_ZIP_H

#include "corpora/error.h"
#include "model/safetensors.h"

#include <stddef.h>

struct torch_zip;

/* Reads all tensors into memory; what lies in strides is gathered. ERROR_INPUT names file and tensor. */
struct torch_zip *torch_zip_open(const char *path, struct error *err);
void torch_zip_close(struct torch_zip *zip);

const char *torch_zip_path(const struct torch_zip *zip);
const struct safetensors_entry *torch_zip_find(const struct torch_zip *zip, const char *name);

#endif
