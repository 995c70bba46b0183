/* Threads of this room, beside those of the program.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_HELPER_THREAD_H
#define MMIB_CORPORA_HELPER_THREAD_H

#include "corpora/error.h"

#include <pthread.h>

/* Starts a thread that takes no signals but its own faults: they are for the threads of the program. what names it in
 * the message. */
int helper_thread_start(pthread_t *thread, void *(*run)(void *context), void *context, const char *what,
                        struct error *err);

/* The calling thread gives way to others from now on, where the system lets single threads do so. */
void helper_thread_yield(void);

#endif
