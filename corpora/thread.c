/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/thread.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREAD_NICE = 10 };

int thread_start(pthread_t *thread, void *(*run)(void *context), void *context, const char *what, struct error *err)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}; /* of the thread itself */
    sigset_t mask, before;
    sigfillset(&mask);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        sigdelset(&mask, faults[i]);
    pthread_sigmask(SIG_SETMASK, &mask, &before);
    int failure = pthread_create(thread, NULL, run, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = failure;
    return failure ? error_errno(err, what) : 0;
}

void thread_give_way(void)
{
#ifdef SYS_gettid /* on Linux, a thread has a priority of its own */
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), THREAD_NICE);
#endif
}
