/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/session-parts.h"

enum {
    SUMMARY_FIRST_SLICE_MS = 10, /* most corpora are counted in it, before the next drawing */
    SUMMARY_LOOK_EVERY = 32,     /* posts between two looks at the clock */
};

void session_summary_work(struct session *session, double budget_ms)
{
    struct session_summary *s = &session->summary;
    struct error err = {0};
    double until_ms = queue_now_ms() + budget_ms;
    size_t n = store_count(session->store);
    for (size_t since = 0; s->counts.scanned < n;) {
        if (++since % SUMMARY_LOOK_EVERY == 0 && queue_now_ms() >= until_ms)
            return;
        if (summary_add(&s->counts, session_look(session, s->counts.scanned), &err)) {
            session_fail(session, &err);
            break;
        }
    }
    summary_time(&s->counts, store_path(session->store));
    s->running = false;
}

bool session_summary_act(struct session *session, enum command command)
{
    struct session_summary *s = &session->summary;
    switch (command) {
    case COMMAND_SUMMARY:
        summary_free(&s->counts);
        s->line = 0;
        s->running = true;
        session->mode = MODE_SUMMARY;
        session_summary_work(session, SUMMARY_FIRST_SLICE_MS);
        return true;
    case COMMAND_SUMMARY_UP:
        s->line -= s->line > 0;
        return true;
    case COMMAND_SUMMARY_DOWN:
        s->line++;
        return true;
    default:
        return false;
    }
}
