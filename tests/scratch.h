/* A folder of a test's own, and small files in it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_TESTS_SCRATCH_H
#define MMIB_TESTS_SCRATCH_H

#include <stddef.h>

/* cmocka's group fixtures: make the folder, and remove it with everything in it. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* The path of a name in the folder; freed at the end. */
const char *scratch_path(const char *name);

/* Writes the file; returns its path. */
const char *scratch_write(const char *name, const void *bytes, size_t n);

/* The file's bytes, for the caller to free. */
unsigned char *scratch_read(const char *path, size_t *n);

#endif
