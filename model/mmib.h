/* The MMIB model: opening a model directory, and the forward pass over a ragged batch of posts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_MMIB_H
#define MMIB_MODEL_MMIB_H

#include "corpora/error.h"
#include "model/config.h"

struct mmib;

/* Opens config.json, vocab.txt and model.safetensors of a directory and checks that they agree. threads 0 = one a core.
 * NULL with "FILE: reason". */
struct mmib *mmib_open(const char *directory, size_t threads, struct error *err);
void mmib_close(struct mmib *model);

const struct config *mmib_config(const struct mmib *model);

/* SHA-256 of config, vocabulary and weights, 64 hex digits: stands as "model" with accepted labels. Computed at the first
 * call. NULL when a file cannot be read any more. */
const char *mmib_hash(struct mmib *model);

/* Directory's last name, for the screen. */
const char *mmib_name(const struct mmib *model);

#endif
