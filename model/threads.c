/* SPDX-License-Identifier: Apache-2.0 */
#include "model/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS_MAX = 64, THREADS_SPINS = 2000 /* about 10 us before a thread sleeps */ };

struct threads_worker {
    struct threads *threads;
    size_t index; /* the caller is 0 */
};

struct threads {
    size_t count; /* with the caller */
    pthread_t ids[THREADS_MAX];
    struct threads_worker workers[THREADS_MAX];
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    bool stop;
    size_t sleeping;

    void (*task)(void *, size_t, size_t);
    void *context;
    size_t n;
    _Atomic size_t next;
    _Atomic size_t round;   /* grows with each run: what sleeping and spinning threads wait for */
    _Atomic size_t working; /* pool threads that have not finished this round */
};

static void threads_work(struct threads *threads, size_t thread)
{
    for (;;) {
        size_t index = atomic_fetch_add_explicit(&threads->next, 1, memory_order_relaxed);
        if (index >= threads->n)
            return;
        threads->task(threads->context, index, thread);
    }
}

static void threads_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/* Waits until the round is another one than seen, first spinning, then asleep. */
static void threads_wait(struct threads *threads, size_t seen)
{
    for (int i = 0; i < THREADS_SPINS; i++) {
        if (atomic_load_explicit(&threads->round, memory_order_acquire) != seen)
            return;
        threads_pause();
    }
    pthread_mutex_lock(&threads->lock);
    threads->sleeping++;
    while (atomic_load(&threads->round) == seen)
        pthread_cond_wait(&threads->work, &threads->lock);
    threads->sleeping--;
    pthread_mutex_unlock(&threads->lock);
}

static void *threads_main(void *argument)
{
    const struct threads_worker *worker = argument;
    struct threads *threads = worker->threads;
    size_t seen = 0;
    for (;;) {
        threads_wait(threads, seen);
        seen++;
        if (threads->stop)
            return NULL;
        threads_work(threads, worker->index);
        if (atomic_fetch_sub(&threads->working, 1) == 1) {
            pthread_mutex_lock(&threads->lock);
            pthread_cond_signal(&threads->done);
            pthread_mutex_unlock(&threads->lock);
        }
    }
}

struct threads *threads_new(size_t count)
{
    if (!count) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        count = cores > 0 ? (size_t)cores : 1;
    }
    if (count > THREADS_MAX)
        count = THREADS_MAX;
    struct threads *threads = calloc(1, sizeof *threads);
    if (!threads)
        return NULL;
    pthread_mutex_init(&threads->lock, NULL);
    pthread_cond_init(&threads->work, NULL);
    pthread_cond_init(&threads->done, NULL);
    threads->count = 1;
    while (threads->count < count) {
        threads->workers[threads->count] = (struct threads_worker){threads, threads->count};
        if (pthread_create(&threads->ids[threads->count], NULL, threads_main, &threads->workers[threads->count]))
            break; /* fewer threads do the same work */
        threads->count++;
    }
    return threads;
}

static void threads_start_round(struct threads *threads)
{
    atomic_store(&threads->working, threads->count - 1);
    pthread_mutex_lock(&threads->lock);
    atomic_fetch_add(&threads->round, 1);
    if (threads->sleeping)
        pthread_cond_broadcast(&threads->work);
    pthread_mutex_unlock(&threads->lock);
}

void threads_free(struct threads *threads)
{
    if (!threads)
        return;
    threads->stop = true;
    threads_start_round(threads);
    for (size_t i = 1; i < threads->count; i++)
        pthread_join(threads->ids[i], NULL);
    pthread_cond_destroy(&threads->done);
    pthread_cond_destroy(&threads->work);
    pthread_mutex_destroy(&threads->lock);
    free(threads);
}

size_t threads_count(const struct threads *threads)
{
    return threads ? threads->count : 1;
}

void threads_run(struct threads *threads, size_t n, void (*task)(void *context, size_t index, size_t thread),
                 void *context)
{
    if (!threads || threads->count == 1 || n <= 1) {
        for (size_t i = 0; i < n; i++)
            task(context, i, 0);
        return;
    }
    threads->task = task;
    threads->context = context;
    threads->n = n;
    atomic_store(&threads->next, 0);
    threads_start_round(threads);
    threads_work(threads, 0);
    for (int i = 0; i < THREADS_SPINS && atomic_load(&threads->working); i++)
        threads_pause();
    pthread_mutex_lock(&threads->lock);
    while (atomic_load(&threads->working))
        pthread_cond_wait(&threads->done, &threads->lock);
    pthread_mutex_unlock(&threads->lock);
}
