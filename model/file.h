/* Whole files in and out: read with a limit, and written so that nobody ever sees half of one.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_FILE_H
#define MMIB_MODEL_FILE_H

#include "corpora/error.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Reads the regular file into *out (the caller's, with a NUL behind the last of its *n bytes). ERROR_IO where the system
 * refuses, ERROR_INPUT for what is no regular file or longer than limit bytes. */
int file_read(const char *path, size_t limit, uint8_t **out, size_t *n, struct error *err);

/* A file that is being written beside its final name. */
struct file_writer {
    FILE *stream; /* to write to */
    char *path, *temporary;
};

/* Opens a temporary file in path's folder. */
int file_writer_open(struct file_writer *out, const char *path, struct error *err);

/* Flushes, syncs and renames to the final name; the writer is closed whatever the result. */
int file_writer_commit(struct file_writer *writer, struct error *err);

/* Drops the temporary file. */
void file_writer_abandon(struct file_writer *writer);

#endif
