/* A small pool of worker threads for the model's own loops and matrix products.
 *
 * The caller works too. Tasks are dealt out one at a time, so that a busy core only slows its own share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_THREADS_H
#define MMIB_MODEL_THREADS_H

#include <stddef.h>

struct threads;

/* count 0 = one a core, at most 64. NULL when memory is out; where the system refuses a thread, the others do its work. */
struct threads *threads_new(size_t count);
void threads_free(struct threads *threads);
size_t threads_count(const struct threads *threads);

/* Runs task 0 .. n - 1, each once, and returns when all are done. thread < threads_count tells whose scratch memory a task
 * may use. One run at a time. threads NULL: the caller alone. */
void threads_run(struct threads *threads, size_t n, void (*task)(void *context, size_t index, size_t thread),
                 void *context);

#endif
