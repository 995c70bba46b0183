/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/session-parts.h"

#include <stdint.h>
#include <string.h>

static void session_step_history(struct session *session, bool redo)
{
    struct error err = {0};
    size_t post = session->post, here = session->post;
    enum mode mode = session->mode;
    int code = redo ? store_redo(session->store, &post, &err) : store_undo(session->store, &post, &err);
    if (code < 0)
        session_fail(session, &err);
    else if (!code)
        session_say(session, TONE_PLAIN, redo ? "nothing to do again" : "nothing to undo");
    else {
        if (post != here)
            session_go(session, post);
        else
            session_refresh(session);
        size_t n = store_last_posts(session->store);
        if (n > 1) {
            queue_posts_changed(&session->queue);
            session_inspect_changed(session, SIZE_MAX);
            session_say(session, TONE_PLAIN, "%s in %zu posts, the first of them is post %zu",
                        redo ? "done again" : "undone", n, post + 1);
        } else {
            queue_post_changed(&session->queue, post);
            session_inspect_changed(session, post);
            const char *words = store_last_words(session->store);
            session_say(session, TONE_PLAIN, "%s in post %zu%s%s", redo ? "done again" : "undone", post + 1,
                        *words ? ": " : "", words);
        }
        if (mode == MODE_INSPECT) /* its numbers say what came of it */
            session->mode = mode;
        if (mode == MODE_CASE) /* where the letters are verdicts, not labels */
            session_case_return(session, post);
    }
}

void session_save(struct session *session)
{
    struct error err = {0};
    if (store_read_only(session->store))
        session_say(session, TONE_WARN, "opened read-only: nothing to save");
    else if (store_save(session->store, &err))
        session_fail(session, &err);
    else {
        const struct loss_list *losses = store_losses_peek(session->store);
        const char *slash = strrchr(store_path(session->store), '/');
        const char *name = slash ? slash + 1 : store_path(session->store);
        if (losses->n)
            session_say(session, TONE_WARN, "saved %s; %zu %s not in the exports: %s", name, losses->n,
                        losses->n == 1 ? "thing is" : "things are", losses->lines[0]);
        else
            session_say(session, TONE_PLAIN, "saved %s", name);
    }
}

static void session_quit(struct session *session)
{
    if (store_unsaved(session->store)) {
        session->quit_back = session->mode;
        session->mode = MODE_QUIT;
    } else
        session->leaving = true;
}

bool session_history_act(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_UNDO:
    case COMMAND_REDO:
        session_step_history(session, command == COMMAND_REDO);
        return true;
    case COMMAND_QUIT:
        session_quit(session);
        return true;
    case COMMAND_QUIT_LEAVE:
        session->leaving = true;
        return true;
    default:
        return false;
    }
}
