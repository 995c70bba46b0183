/* The features of all distinct pictures of some corpora: computed once, kept in memory, and in a file for the next run.
 *
 * Pictures are the same when their bytes and the boxes that the model looks at are. The file belongs to one image
 * encoder (weights and config); it is a safetensors file with a tensor [n_images, C] a picture.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_FEATURES_STORE_H
#define MMIB_MODEL_FEATURES_STORE_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "model/features-cache.h"
#include "model/mmib.h"

#include <stdbool.h>
#include <stddef.h>

struct features_store;

/* directory: of the opened model. folder: where files of features are kept, made where it is not there; NULL = nowhere.
 * What is wrong with it is no failure: features_store_problem tells. */
struct features_store *features_store_new(struct mmib *model, const char *directory, const char *folder,
                                          struct error *err);
void features_store_free(struct features_store *store);

/* Enters the pictures of a corpus, which must outlive the filling: out [n_posts] is each post's picture, SIZE_MAX
 * without one; a picture that is not there counts as none (*missing_out posts). A file that cannot be read is an error
 * that names corpus and post. */
int features_store_add(struct features_store *store, const struct corpus *corpus, size_t *out, size_t *missing_out,
                       struct error *err);

struct features_store_events {
    void (*progress)(void *context, size_t done, size_t n); /* pictures; may be NULL */
    bool (*cancelled)(void *context);                       /* may be NULL */
    void *context;
};

/* Computes what no file had, and writes the file. A picture that cannot be decoded is an error that names corpus and
 * post. 0, 1 (cancelled) or -1. */
int features_store_fill(struct features_store *store, const struct features_store_events *events, struct error *err);

size_t features_store_count(const struct features_store *store); /* distinct pictures */

/* Of one picture, or for SIZE_MAX of none; without cells, and all objects are SIZE_MAX. */
struct features features_store_get(const struct features_store *store, size_t picture);

/* Why the file could not be used or written; NULL = it could. */
const char *features_store_problem(const struct features_store *store);

#endif
