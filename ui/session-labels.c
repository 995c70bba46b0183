/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/decisions.h"
#include "ui/key-names.h"
#include "ui/session-parts.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Moves to the first proposal that starts at the token or behind it, else to the first there is: entities before
 * relations. False when nothing is left. */
static bool session_next_proposal(struct session *session, size_t start)
{
    const struct shown *shown = &session->shown;
    size_t entity = SIZE_MAX, relation = SIZE_MAX;
    for (size_t i = shown->n_entities; i-- > 0;) {
        const struct shown_entity *e = &shown->entities[i];
        if (e->proposed && (entity == SIZE_MAX || e->start >= start || shown->entities[entity].start < start))
            entity = i;
    }
    for (size_t i = shown->n_relations; i-- > 0;)
        if (shown->relations[i].proposed)
            relation = i;
    if (entity != SIZE_MAX) {
        session->cursor = shown->entities[entity].start;
        relation = SIZE_MAX;
    }
    session->entity = entity;
    session->relation = relation;
    return entity != SIZE_MAX || relation != SIZE_MAX;
}

static void session_accept(struct session *session)
{
    const struct shown *shown = &session->shown;
    struct decision decision = session_decision(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    char words[160];
    size_t index = session_entity(session), start = session->cursor;
    if (session->relation != SIZE_MAX && shown->relations[session->relation].proposed) {
        char type[96];
        snprintf(type, sizeof type, "%s", shown->relations[session->relation].type);
        int code = decision_accept_relation(&batch, &decision, session->relation, &err);
        if (session_apply(session, code, &batch, &err))
            session_say(session, TONE_PLAIN, "accepted %s", type);
    } else if (index != SIZE_MAX && shown->entities[index].proposed) {
        const struct shown_entity e = shown->entities[index];
        char type[96];
        snprintf(type, sizeof type, "%s", e.type ? e.type : "?");
        session_words(session, e.start, e.end, words, sizeof words);
        int code = decision_accept_entity(&batch, &decision, index, &err);
        if (session_apply(session, code, &batch, &err))
            session_say(session, TONE_PLAIN, "accepted %s %s", words, type);
        start = e.end;
    } else if (session_next_proposal(session, session->cursor)) {
        char accept[KEY_NAME_MAX], refuse[KEY_NAME_MAX];
        session_say(session, TONE_PLAIN, "%s accepts this one, %s refuses it",
                    keymap_command_key(MODE_NORMAL, COMMAND_ACCEPT, accept, sizeof accept),
                    keymap_command_key(MODE_NORMAL, COMMAND_REMOVE, refuse, sizeof refuse));
        return;
    } else {
        session_say(session, TONE_PLAIN, "no proposal is left here");
        return;
    }
    session_next_proposal(session, start);
}

static void session_accept_all(struct session *session)
{
    struct decision decision = session_decision(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    size_t n = shown_proposals(&session->shown), post = session->post;
    bool hidden = session->proposals.hidden;
    int code = decision_accept_all(&batch, &decision, &err) || session_proposals_record(session, &batch, true, &err);
    if (!session_apply(session, code, &batch, &err))
        return;
    if (hidden) { /* what the person made stands; now the model may say what it would have made of it */
        session_proposals_uncover(session);
        return;
    }
    session_order_step(session, 1);
    session_say(session, TONE_PLAIN, "post %zu done, %zu %s accepted%s", post + 1, n, n == 1 ? "proposal" : "proposals",
                post == session->post ? "; this is the last post" : "");
}

static void session_remove(struct session *session)
{
    struct decision decision = session_decision(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    char what[256], words[160];
    bool was_proposed;
    size_t start = session->cursor;
    int code;
    if (session->relation != SIZE_MAX) {
        const struct shown_relation *r = &session->shown.relations[session->relation];
        was_proposed = r->proposed;
        snprintf(what, sizeof what, "%s", r->type);
        code = decision_remove_relation(&batch, &decision, session->relation, &err);
    } else {
        size_t index = session_entity(session);
        if (index == SIZE_MAX) {
            session_say(session, TONE_PLAIN, "no label here");
            return;
        }
        const struct shown_entity *e = &session->shown.entities[index];
        was_proposed = e->proposed;
        session_words(session, e->start, e->end, words, sizeof words);
        snprintf(what, sizeof what, "%s %s", words, e->type ? e->type : "?");
        start = e->end;
        code = decision_remove_entity(&batch, &decision, index, &err);
    }
    if (!session_apply(session, code, &batch, &err))
        return;
    session_say(session, TONE_PLAIN, "%s %s", was_proposed ? "refused" : "deleted", what);
    if (was_proposed)
        session_next_proposal(session, start);
}

/* The span that a type is for: the selection, else the label or proposal under the cursor, else the word. */
void session_target(const struct session *session, size_t *start, size_t *end)
{
    session_span(session, start, end);
    size_t index = session_entity(session);
    if (session->anchor == SIZE_MAX && index != SIZE_MAX) {
        *start = session->shown.entities[index].start;
        *end = session->shown.entities[index].end;
    }
}

/* Gives a span a type: from the chooser or directly by a letter. */
void session_label(struct session *session, size_t start, size_t end, const char *type)
{
    struct decision decision = session_decision(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    char words[160], name[96];
    snprintf(name, sizeof name, "%s", type); /* the chooser may be made anew */
    session_words(session, start, end, words, sizeof words);
    session->mode = MODE_NORMAL;
    session->anchor = SIZE_MAX;
    int code = decision_label(&batch, &decision, start, end, type, &err);
    if (session_apply(session, code, &batch, &err))
        session_say(session, TONE_PLAIN, "%s is %s", words, name);
}

/* Starts to ask for a type, or for the chosen relation's label. */
static void session_ask_type(struct session *session)
{
    if (session->relation != SIZE_MAX) {
        session_relation_start(session);
        session_relation_choose(session);
        return;
    }
    size_t start, end, index = session_entity(session);
    session_target(session, &start, &end);
    if (!session_post(session)->n_tokens)
        return;
    const char *current = session->anchor == SIZE_MAX && index != SIZE_MAX ? session->shown.entities[index].type : NULL;
    session->types.marked = 0;
    for (size_t i = 0; current && i < session->types.n; i++)
        if (!strcmp(session->types.names[i], current))
            session->types.marked = i;
    char words[160];
    session_words(session, start, end, words, sizeof words);
    session_say(session, TONE_PLAIN, "type of %s?", words);
    session->asked[0] = start;
    session->asked[1] = end;
    session->mode = MODE_TYPE;
}

/* False: it could not be set, with a message. */
static bool session_status(struct session *session, enum post_status status)
{
    struct decision decision = session_decision(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    bool uncovers = session->proposals.hidden && status == STATUS_DONE;
    int code = decision_status(&batch, &decision, status, &err) ||
               (status == STATUS_DONE && session_proposals_record(session, &batch, false, &err));
    if (!session_apply(session, code, &batch, &err))
        return false;
    if (uncovers)
        session_proposals_uncover(session);
    else
        session_say(session, TONE_PLAIN, "post %zu is %s", session->post + 1,
                    status == STATUS_STARTED ? "open again" : post_status_name(status));
    return true;
}

static void session_select(struct session *session)
{
    if (!session_post(session)->n_tokens)
        return;
    session_move(session, session->cursor);
    session->mode = MODE_SELECT;
    session->anchor = session->cursor;
}

bool session_labels_act(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_ACCEPT:
        session_accept(session);
        return true;
    case COMMAND_ACCEPT_ALL:
        session_accept_all(session);
        return true;
    case COMMAND_REMOVE:
        session_remove(session);
        return true;
    case COMMAND_SELECT:
        session_select(session);
        return true;
    case COMMAND_TYPE:
        session_ask_type(session);
        return true;
    case COMMAND_DONE:
        session_status(session, session_post(session)->status == STATUS_DONE ? STATUS_STARTED : STATUS_DONE);
        return true;
    case COMMAND_SKIP:
        if (session_status(session, STATUS_SKIPPED))
            session_order_step(session, 1);
        return true;
    default:
        return false;
    }
}
