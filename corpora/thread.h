/* Threads beside the one that the program began with.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_THREAD_H
#define MMIB_CORPORA_THREAD_H

#include "corpora/error.h"

#include <pthread.h>

/* Starts a thread that takes no signals, which are for the first one, but its own faults, whose
 * handlers must run. what names it in the message. */
int thread_start(pthread_t *thread, void *(*run)(void *context), void *context, const char *what, struct error *err);

/* The calling thread, and those that it starts, give way to others from now on, where the system lets single threads do
 * so. Where it does not, all works, and typing may wait. */
void thread_give_way(void);

#endif
