/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/summary-history.h"

#include "corpora/text.h"
#include "corpora/thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct summary_history {
    pthread_t thread;
    char *path;
    struct summary_times times;
    struct error err; /* good once done */
    int failed;       /* the same */
    atomic_bool done, stopping;
};

static int history_visit(void *context, const struct history_act *act)
{
    struct summary_history *history = context;
    if (atomic_load(&history->stopping))
        return 1;
    return summary_times_add(&history->times, act) ? error_memory(&history->err, history->path) : 0;
}

static void *history_run(void *context)
{
    struct summary_history *history = context;
    thread_give_way();
    history->failed = history_walk(history->path, history_visit, history, &history->err);
    atomic_store(&history->done, true);
    return NULL;
}

static void history_free(struct summary_history *history)
{
    summary_times_free(&history->times);
    free(history->path);
    free(history);
}

struct summary_history *summary_history_start(const char *corpus_path, size_t n_posts, struct error *err)
{
    struct summary_history *history = calloc(1, sizeof *history);
    if (!history || text_copy(corpus_path, &history->path) || summary_times_new(&history->times, n_posts, err)) {
        error_memory(err, "reading the history");
        goto failed;
    }
    if (thread_start(&history->thread, history_run, history, "reading the history", err))
        goto failed;
    return history;
failed:
    if (history)
        history_free(history);
    return NULL;
}

void summary_history_stop(struct summary_history *history)
{
    if (!history)
        return;
    atomic_store(&history->stopping, true);
    pthread_join(history->thread, NULL);
    history_free(history);
}

int summary_history_times(struct summary_history *history, const struct summary_times **out, struct error *err)
{
    if (!atomic_load(&history->done))
        return 0;
    *out = &history->times;
    if (!history->failed)
        return 1;
    *err = history->err;
    return -1;
}
