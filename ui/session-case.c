/* A case of an inspection: going through the list, verdicts, and the way to gold.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/session-parts.h"

/* Shows the post of the item at hand. */
bool session_case_show(struct session *session)
{
    const struct inspection_item *item = session_inspects(session) ? inspection_item(session->inspect.from) : NULL;
    if (!item) {
        session_say(session, TONE_WARN, session_inspects(session) ? "no case fits" : "nothing is inspected here");
        return false;
    }
    session_go(session, item->post);
    session->mode = MODE_CASE;
    size_t n = session_post(session)->n_tokens;
    session_move(session, item->decision.span[0] < n ? item->decision.span[0] : 0);
    return true;
}

static void case_step(struct session *session, long by)
{
    if (inspection_step(session->inspect.from, by))
        session_case_show(session);
    else
        session_say(session, TONE_PLAIN, "this is the %s case of the list", by > 0 ? "last" : "first");
}

static void case_to_end(struct session *session, bool last)
{
    size_t n = session->inspect.from->n_items;
    if (n && inspection_go(session->inspect.from, last ? n - 1 : 0))
        session_case_show(session);
}

bool session_case_act(struct session *session, enum command command)
{
    if (command == COMMAND_CASE) {
        session_case_show(session);
        return true;
    }
    if (session->mode != MODE_CASE)
        return false;
    switch (command) {
    case COMMAND_CASE_NEXT:
    case COMMAND_CASE_PREVIOUS:
        case_step(session, command == COMMAND_CASE_NEXT ? 1 : -1);
        return true;
    case COMMAND_CASE_FIRST:
    case COMMAND_CASE_LAST:
        case_to_end(session, command == COMMAND_CASE_LAST);
        return true;
    case COMMAND_CASE_EDIT:
        session->mode = MODE_NORMAL;
        return true;
    default:
        return false;
    }
}
