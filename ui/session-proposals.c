/* Which proposals are shown: the threshold, and posts whose proposals stay hidden until the person is done.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/text.h"
#include "ui/blind.h"
#include "ui/session-parts.h"

#include <math.h>
#include <stdio.h>

enum { PROPOSALS_STEP = 5, PROPOSALS_MOST = 100 }; /* hundredths */

double session_threshold(const struct session *session)
{
    return session->proposals.threshold / 100.0;
}

bool session_hides(const struct session *session, const struct post *post)
{
    const struct session_proposals *p = &session->proposals;
    if (!blind_hides(p->blind, store_path(session->store), post))
        return false;
    for (size_t i = 0; i < p->n_uncovered; i++)
        if (p->uncovered[i] == blind_name(post->id))
            return false;
    return true;
}

void session_proposals_see(struct session *session)
{
    struct session_proposals *p = &session->proposals;
    p->hidden = session_hides(session, session_post(session));
    session->analysis = p->hidden ? NULL : p->said;
}

void session_proposals_cut(struct session *session)
{
    struct error err = {0};
    double threshold = session->proposals.hidden ? INFINITY : session_threshold(session);
    if (shown_keep_above(&session->shown, threshold, &err))
        session_fail(session, &err);
}

int session_proposals_record(struct session *session, struct edit_batch *batch, bool accepting, struct error *err)
{
    const struct session_proposals *p = &session->proposals;
    const struct blind_commit commit = {.post = session_post(session),
                                        .shown = &session->shown,
                                        .accepting = accepting,
                                        .hidden = p->hidden,
                                        .analysis = p->said,
                                        .threshold = session_threshold(session),
                                        .model = session->model};
    return p->blind ? blind_record(batch, &commit, err) : 0;
}

void session_proposals_uncover(struct session *session)
{
    struct session_proposals *p = &session->proposals;
    unsigned long long *grown = array_grow(p->uncovered, p->n_uncovered, sizeof *grown);
    if (grown) { /* else an undo hides them again, which is all that is lost */
        p->uncovered = grown;
        grown[p->n_uncovered++] = blind_name(session_post(session)->id);
    }
    size_t n = shown_proposals(&session->shown);
    char accept[32], next[32];
    keymap_command_key(MODE_NORMAL, COMMAND_ACCEPT, accept, sizeof accept);
    keymap_command_key(MODE_NORMAL, COMMAND_NEXT_POST, next, sizeof next);
    if (!session->proposals.said)
        session_say(session, TONE_PLAIN, "post %zu done; not seen by the model yet, %s goes on", session->post + 1,
                    next);
    else if (n)
        session_say(session, TONE_WARN, "post %zu done. %zu %s shown only now: %s accepts, %s goes on",
                    session->post + 1, n, n == 1 ? "proposal" : "proposals", accept, next);
    else
        session_say(session, TONE_PLAIN, "post %zu done; nothing else is proposed, %s goes on", session->post + 1,
                    next);
}

static void session_set_threshold(struct session *session, int hundredths)
{
    char threshold[16];
    session->proposals.threshold = hundredths < 0 ? 0 : hundredths > PROPOSALS_MOST ? PROPOSALS_MOST : hundredths;
    session_refresh(session);
    snprintf(threshold, sizeof threshold, "%.2f", session_threshold(session));
    if (session->proposals.hidden || !session->analysis)
        session_say(session, TONE_PLAIN, "proposals of %s or more", threshold);
    else
        session_say(session, TONE_PLAIN, "proposals of %s or more: %zu shown, %zu below", threshold,
                    shown_proposals(&session->shown), session->shown.n_below);
}

bool session_proposals_act(struct session *session, enum command command)
{
    int now = session->proposals.threshold;
    switch (command) {
    case COMMAND_THRESHOLD_UP:
        session_set_threshold(session, now / PROPOSALS_STEP * PROPOSALS_STEP + PROPOSALS_STEP);
        return true;
    case COMMAND_THRESHOLD_DOWN:
        session_set_threshold(session, (now + PROPOSALS_STEP - 1) / PROPOSALS_STEP * PROPOSALS_STEP - PROPOSALS_STEP);
        return true;
    default:
        return false;
    }
}
