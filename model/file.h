/* Whole files, read with a limit. (corpora/files.h has the writing of them.)
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_FILE_H
#define MMIB_MODEL_FILE_H

#include "corpora/error.h"

#include <stddef.h>
#include <stdint.h>

/* Reads the regular file into *out (the caller's, with a NUL behind the last of its *n bytes). ERROR_IO where the system
 * refuses, ERROR_INPUT for what is no regular file or longer than limit bytes. */
int file_read(const char *path, size_t limit, uint8_t **out, size_t *n, struct error *err);

#endif
