/* A list of label names out of a file: a name a line, or JSON (a list of names, a list of a schema's relations, or a whole
 * native corpus, whose schema's relations they are).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_LABEL_LIST_H
#define MMIB_MODEL_LABEL_LIST_H

#include "corpora/error.h"

#include <stddef.h>

/* *out is the caller's (text_list_free), in the order of the file; a name that stands twice, an empty list, and what is
 * not UTF-8 are errors. */
int label_list_read(const char *path, char ***out, size_t *n, struct error *err);

#endif
