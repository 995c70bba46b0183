/* A lock file that keeps a second writer out, and dies with its process.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_LOCK_H
#define MMIB_CORPORA_LOCK_H

#include "corpora/error.h"

struct lock {
    char *path; /* NULL = not held */
    int fd;
};

/* Takes path.lock. When somebody holds it, -1 with ERROR_FINDING and a message that says who. */
int lock_take(const char *path, struct lock *out, struct error *err);

/* -1 with such a message when somebody holds it. */
int lock_check(const char *path, struct error *err);

/* Gives it back and removes the file. */
void lock_release(struct lock *lock);

#endif
