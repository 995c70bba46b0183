/* The screen of counts: counted anew each time that it is opened, in slices between the keys.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/clock.h"
#include "ui/session-parts.h"

#include <string.h>
#include <time.h>

enum {
    SUMMARY_FIRST_SLICE_MS = 10, /* most corpora are counted in it, before the next drawing */
    SUMMARY_LOOK_EVERY = 32,     /* posts between two looks at the clock */
    SUMMARY_PAGE_LINES = 10,
    SUMMARY_NAP_NS = 2000000,    /* while only the history is waited for */
};

void session_summary_end(struct session *session)
{
    struct session_summary *s = &session->summary;
    summary_history_stop(s->history);
    summary_free(&s->counts);
    *s = (struct session_summary){.gold = s->gold};
}

static void summary_open(struct session *session)
{
    struct session_summary *s = &session->summary;
    session_summary_end(session);
    s->counts.anchoring.has_gold = s->gold != NULL;
    s->running = true;
    s->history =
        summary_history_start(store_path(session->store), store_count(session->store), &s->pace_failure);
    session->mode = MODE_SUMMARY;
    session_summary_work(session, SUMMARY_FIRST_SLICE_MS);
}

/* The post's true labels, which only one with a record of what was proposed needs. Mostly the posts are the same. */
static const struct post *summary_gold(const struct corpus *gold, const struct post *post, size_t index)
{
    if (!gold || !post->proposed)
        return NULL;
    if (index < gold->n_posts && !strcmp(gold->posts[index].id, post->id))
        return &gold->posts[index];
    for (size_t i = 0; i < gold->n_posts; i++)
        if (!strcmp(gold->posts[i].id, post->id))
            return &gold->posts[i];
    return NULL;
}

static enum post_status summary_status(void *context, size_t post)
{
    const struct session *session = context;
    return store_status_of(session->store, post);
}

/* Takes over the times once they have been read. */
static void summary_ask_history(struct session *session)
{
    struct session_summary *s = &session->summary;
    const struct summary_times *times;
    int code = summary_history_times(s->history, &times, &s->pace_failure);
    if (!code) {
        nanosleep(&(struct timespec){.tv_nsec = SUMMARY_NAP_NS}, NULL);
        return;
    }
    s->has_pace = code > 0 && !summary_times_pace(times, summary_status, session, &s->pace, &s->pace_failure);
    summary_history_stop(s->history);
    s->history = NULL;
}

void session_summary_work(struct session *session, double budget_ms)
{
    struct session_summary *s = &session->summary;
    struct error err = {0};
    double until_ms = clock_ms() + budget_ms;
    size_t n = store_count(session->store);
    for (size_t since = 0; s->counts.scanned < n;) {
        if (++since % SUMMARY_LOOK_EVERY == 0 && clock_ms() >= until_ms)
            return;
        const struct post *post = store_post_peek(session->store, s->counts.scanned);
        if (summary_add(&s->counts, post, summary_gold(s->gold, post, s->counts.scanned), &err)) {
            session_fail(session, &err);
            s->running = false;
            return;
        }
    }
    if (s->history)
        summary_ask_history(session);
    s->running = s->history != NULL;
}

bool session_summary_act(struct session *session, enum command command)
{
    struct session_summary *s = &session->summary;
    switch (command) {
    case COMMAND_SUMMARY:
        summary_open(session);
        return true;
    case COMMAND_SUMMARY_UP:
        s->line -= s->line > 0;
        return true;
    case COMMAND_SUMMARY_DOWN:
        s->line++;
        return true;
    case COMMAND_SUMMARY_PAGE_UP:
        s->line -= s->line < SUMMARY_PAGE_LINES ? s->line : SUMMARY_PAGE_LINES;
        return true;
    case COMMAND_SUMMARY_PAGE_DOWN:
        s->line += SUMMARY_PAGE_LINES;
        return true;
    default:
        return false;
    }
}
