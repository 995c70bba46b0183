/* The overview of an inspection: its numbers, each a door to its cases.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/session-parts.h"

#include <stdint.h>

int session_inspect_start(struct session *session, struct inspection *inspection, struct error *err)
{
    (void)err;
    session->inspect.from = inspection;
    session->mode = MODE_INSPECT;
    return 0;
}

bool session_inspects(const struct session *session)
{
    return session->inspect.from != NULL;
}

void session_inspect_changed(struct session *session, size_t post)
{
    struct error err = {0};
    if (!session_inspects(session))
        return;
    int code = post == SIZE_MAX ? inspection_posts_changed(session->inspect.from, &err)
                                : inspection_post_changed(session->inspect.from, post, &err);
    if (code)
        session_fail(session, &err);
}

void session_inspect_work(struct session *session, double budget_ms)
{
    struct error err = {0};
    if (session_inspects(session) && inspection_has_work(session->inspect.from) &&
        inspection_work(session->inspect.from, budget_ms, &err))
        session_fail(session, &err);
}

bool session_inspect_act(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_OVERVIEW:
        session->mode = MODE_INSPECT;
        return true;
    case COMMAND_CANCEL:
        if (session->mode == MODE_CASE) {
            session->mode = MODE_INSPECT;
            return true;
        }
        if (session->mode == MODE_INSPECT) {
            session_case_show(session);
            return true;
        }
        return false;
    default:
        return false;
    }
}
