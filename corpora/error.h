/* The error value that every room returns instead of printing or exiting.
 *
 * The function that detects a failure writes the one message; everybody above passes it on unchanged.
 * A message names file, place and reason ("corpus.json:12: entity e1 ends after the last token") and has no
 * trailing newline; src/ prints it behind "mmib: ".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_ERROR_H
#define MMIB_CORPORA_ERROR_H

#include <stddef.h>

enum error_kind {
    ERROR_NONE = 0,
    ERROR_FINDING = 1, /* the work was done and something was found that the caller asked to hear of */
    ERROR_USAGE = 2,
    ERROR_INPUT = 3, /* what a file says is wrong */
    ERROR_IO = 4,    /* the system refused: missing file, full disk, no memory */
};

struct error {
    enum error_kind kind; /* its number is the exit code */
    char message[1024];
};

/* Writes the message and returns -1, so that "return error_set(...)" is a whole error path. err may be NULL.
 * Control characters that come out of a file are shown as symbols, so that a message never drives a terminal. */
int error_set(struct error *err, enum error_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same for an errno value: "what: strerror". A missing or unreadable file is ERROR_IO. */
int error_errno(struct error *err, const char *what);

/* Out of memory while doing what. */
int error_memory(struct error *err, const char *what);

#endif
