/* JSON that a file says, read strictly: valid UTF-8, bounded depth, no object with the same name twice.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_JSONFILE_H
#define MMIB_MODEL_JSONFILE_H

#include "corpora/error.h"

#include <cjson/cJSON.h>
#include <stddef.h>

enum { JSONFILE_MAX_DEPTH = 64 };

/* Parses n bytes as one JSON object; text[n] is NUL. The caller frees the result with cJSON_Delete.
 * NULL with "PATH:LINE: reason", or "PATH: NAME: stands twice". */
cJSON *jsonfile_parse(const char *text, size_t n, const char *path, struct error *err);

#endif
