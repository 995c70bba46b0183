/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/decisions.h"
#include "model/config.h"
#include "ui/offered.h"
#include "ui/session-parts.h"

#include <stdint.h>
#include <string.h>

void session_relation_start(struct session *session)
{
    if (session->relation != SIZE_MAX) { /* another label for the chosen one */
        session->head = session->shown.relations[session->relation].head;
        session->tail = session->shown.relations[session->relation].tail;
    } else if (session->shown.n_entities < 2) {
        session_say(session, TONE_PLAIN, "a relation needs two entities");
    } else {
        session->mode = MODE_HEAD;
        session_say(session, TONE_PLAIN, "relation: number of the head?");
    }
}

/* Head and tail are known: which labels fit? */
void session_relation_choose(struct session *session)
{
    const struct shown *shown = &session->shown;
    const struct shown_entity *h = &shown->entities[session->head], *t = &shown->entities[session->tail];
    struct error err = {0};
    const char *current = NULL;
    char head[96], tail[96];
    for (size_t i = 0; i < shown->n_relations; i++)
        if (shown->relations[i].head == session->head && shown->relations[i].tail == session->tail)
            current = shown->relations[i].type;
    const struct config *config = session->config;
    struct schema offered;
    int code = offered_relations(store_schema_peek(session->store), config ? config->re.labels : NULL,
                                 config ? config->re.n_labels : 0, &offered, &err);
    if (!code) {
        code = chooser_of_relations(&session->relations, &offered, h->type, t->type, current, &err);
        schema_free(&offered);
    }
    if (code) {
        session->mode = MODE_NORMAL;
        session_fail(session, &err);
        return;
    }
    session->mode = MODE_RELATION_TYPE;
    session_words(session, h->start, h->end, head, sizeof head);
    session_words(session, t->start, t->end, tail, sizeof tail);
    session_say(session, TONE_PLAIN, "%s → %s: which relation?", head, tail);
}

void session_hint(struct session *session, size_t index)
{
    if (session->mode == MODE_HEAD) {
        session->head = index;
        session->mode = MODE_TAIL;
        session_say(session, TONE_PLAIN, "relation: number of the tail?");
    } else if (index == session->head) {
        session_say(session, TONE_WARN, "head and tail must be two entities");
    } else {
        session->tail = index;
        session_relation_choose(session);
    }
}

void session_relate(struct session *session, const char *type)
{
    struct decision decision = session_decision(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    session->mode = MODE_NORMAL;
    int code = decision_relate(&batch, &decision, session->head, session->tail, type, &err);
    if (session_apply(session, code, &batch, &err))
        session_say(session, TONE_PLAIN, "relation %s", type);
}

bool session_relations_act(struct session *session, enum command command)
{
    if (command != COMMAND_RELATION)
        return false;
    session->relation = SIZE_MAX;
    session_relation_start(session);
    return true;
}
