/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/session.h"

#include "ui/decisions.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

const struct post *session_post(const struct session *session)
{
    return store_post_peek(session->store, session->post);
}

void session_say(struct session *session, enum session_tone tone, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(session->message, sizeof session->message, format, ap);
    va_end(ap);
    session->tone = tone;
}

static void session_fail(struct session *session, const struct error *err)
{
    session_say(session, TONE_BAD, "%s", err->message);
}

/* What is shown, after the post or the analysis changed. */
static void session_refresh(struct session *session)
{
    struct error err = {0};
    shown_free(&session->shown);
    if (shown_make(session_post(session), session->analysis, store_schema_peek(session->store), &session->shown, &err))
        session_fail(session, &err);
    session->entity = session->relation = SIZE_MAX;
    size_t n = session_post(session)->n_tokens;
    if (session->cursor >= n)
        session->cursor = n ? n - 1 : 0;
}

static void session_refresh_types(struct session *session)
{
    struct error err = {0};
    if (chooser_of_entities(&session->types, store_schema_peek(session->store), NULL, &err))
        session_fail(session, &err);
}

int session_start(struct session *session, struct store *store, struct error *err)
{
    *session = (struct session){
        .store = store, .mode = MODE_NORMAL, .anchor = SIZE_MAX, .entity = SIZE_MAX, .relation = SIZE_MAX};
    if (chooser_of_entities(&session->types, store_schema_peek(store), NULL, err) ||
        shown_make(session_post(session), NULL, store_schema_peek(store), &session->shown, err)) {
        session_end(session);
        return -1;
    }
    return 0;
}

void session_end(struct session *session)
{
    shown_free(&session->shown);
    chooser_free(&session->types);
    chooser_free(&session->relations);
}

void session_see(struct session *session, const struct analysis *analysis, const char *model)
{
    size_t entity = session->entity, relation = session->relation;
    size_t n_entities = session->shown.n_entities, n_relations = session->shown.n_relations;
    session->model = model;
    session->analysis = analysis;
    session_refresh(session);
    /* A new result of the same shape leaves the choice where it was; else numbers may have changed their meaning. */
    if (session->shown.n_entities == n_entities && session->shown.n_relations == n_relations) {
        session->entity = entity;
        session->relation = relation;
    }
}

bool session_is_asking(const struct session *session)
{
    return session->mode & (MODE_TYPE | MODE_HEAD | MODE_TAIL | MODE_RELATION_TYPE);
}

void session_go(struct session *session, size_t post)
{
    if (post == session->post)
        return;
    session->post = post;
    session->cursor = 0;
    session->anchor = SIZE_MAX;
    session->mode = MODE_NORMAL;
    session->analysis = NULL;
    session_refresh(session);
}

size_t session_entity(const struct session *session)
{
    if (session->relation != SIZE_MAX)
        return SIZE_MAX;
    return session->entity != SIZE_MAX ? session->entity : shown_entity_at(&session->shown, session->cursor);
}

void session_span(const struct session *session, size_t *start, size_t *end)
{
    size_t a = session->anchor != SIZE_MAX ? session->anchor : session->cursor;
    size_t b = session->cursor;
    *start = a < b ? a : b;
    *end = (a < b ? b : a) + 1;
}

/* --- edits -------------------------------------------------------------------------------------------------------- */

static struct decision session_decision(const struct session *session)
{
    return (struct decision){.post = session_post(session),
                             .shown = &session->shown,
                             .model = session->model,
                             .by = store_annotator(session->store)};
}

/* Applies a batch that a decision built (code: what the decision returned). True when it stands. */
static bool session_apply(struct session *session, int code, struct edit_batch *batch, struct error *err)
{
    if (code)
        edit_batch_free(batch);
    else if (!store_apply(session->store, batch, err)) {
        size_t n_types = store_schema_peek(session->store)->n_entities;
        session_refresh(session);
        if (n_types != session->types.n)
            session_refresh_types(session);
        return true;
    }
    session_fail(session, err);
    return false;
}

/* A label's words, for messages. */
static void session_words(const struct session *session, size_t start, size_t end, char *out, size_t size)
{
    const struct post *post = session_post(session);
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = start; i < end && i < post->n_tokens && used + 1 < size; i++) {
        int n = snprintf(out + used, size - used, "%s%s", i > start ? " " : "", post->tokens[i]);
        if (n < 0)
            return;
        used += (size_t)n;
    }
}

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
        snprintf(type, sizeof type, "%s", e.type);
        session_words(session, e.start, e.end, words, sizeof words);
        int code = decision_accept_entity(&batch, &decision, index, &err);
        if (session_apply(session, code, &batch, &err))
            session_say(session, TONE_PLAIN, "accepted %s %s", words, type);
        start = e.end;
    } else if (session_next_proposal(session, session->cursor)) {
        session_say(session, TONE_PLAIN, "a accepts this one, x refuses it");
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
    int code = decision_accept_all(&batch, &decision, &err);
    if (!session_apply(session, code, &batch, &err))
        return;
    if (post + 1 < store_count(session->store))
        session_go(session, post + 1);
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

/* Gives a span a type: from the chooser or directly by a letter. */
static void session_label(struct session *session, size_t start, size_t end, const char *type)
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

/* The span that a type is for: the selection, else the label or proposal under the cursor, else the word. */
static void session_target(const struct session *session, size_t *start, size_t *end)
{
    session_span(session, start, end);
    size_t index = session_entity(session);
    if (session->anchor == SIZE_MAX && index != SIZE_MAX) {
        *start = session->shown.entities[index].start;
        *end = session->shown.entities[index].end;
    }
}

static void session_status(struct session *session, enum post_status status)
{
    struct decision decision = session_decision(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    if (session_apply(session, decision_status(&batch, &decision, status, &err), &batch, &err))
        session_say(session, TONE_PLAIN, "post %zu is %s", session->post + 1,
                    status == STATUS_STARTED ? "open again" : post_status_name(status));
}

static void session_history(struct session *session, bool redo)
{
    struct error err = {0};
    size_t post = session->post, here = session->post;
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
        session_say(session, TONE_PLAIN, "%s in post %zu", redo ? "done again" : "undone", post + 1);
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

/* --- relations ---------------------------------------------------------------------------------------------------- */

static void session_relation_start(struct session *session)
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
static void session_relation_choose(struct session *session)
{
    const struct shown *shown = &session->shown;
    const struct shown_entity *h = &shown->entities[session->head], *t = &shown->entities[session->tail];
    struct error err = {0};
    const char *current = NULL;
    char head[96], tail[96];
    for (size_t i = 0; i < shown->n_relations; i++)
        if (shown->relations[i].head == session->head && shown->relations[i].tail == session->tail)
            current = shown->relations[i].type;
    if (chooser_of_relations(&session->relations, store_schema_peek(session->store), h->type, t->type, current, &err)) {
        session->mode = MODE_NORMAL;
        session_fail(session, &err);
        return;
    }
    session->mode = MODE_RELATION_TYPE;
    session_words(session, h->start, h->end, head, sizeof head);
    session_words(session, t->start, t->end, tail, sizeof tail);
    session_say(session, TONE_PLAIN, "%s → %s: which relation?", head, tail);
}

static void session_hint(struct session *session, size_t index)
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

static void session_relate(struct session *session, const char *type)
{
    struct decision decision = session_decision(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    session->mode = MODE_NORMAL;
    int code = decision_relate(&batch, &decision, session->head, session->tail, type, &err);
    if (session_apply(session, code, &batch, &err))
        session_say(session, TONE_PLAIN, "relation %s", type);
}

/* --- moving ------------------------------------------------------------------------------------------------------- */

static void session_move(struct session *session, size_t token)
{
    session->cursor = token;
    session->entity = session->relation = SIZE_MAX;
}

void session_point(struct session *session, size_t token, bool extend)
{
    if (token >= session_post(session)->n_tokens)
        return;
    if (extend && session->mode == MODE_NORMAL) {
        session->mode = MODE_SELECT;
        session->anchor = session->cursor;
    } else if (!extend && session->mode == MODE_SELECT) {
        session->mode = MODE_NORMAL;
        session->anchor = SIZE_MAX;
    }
    if (session->mode == MODE_NORMAL || session->mode == MODE_SELECT)
        session_move(session, token);
}

/* Tab goes over entities, then relations, then round. */
static void session_step_label(struct session *session, int by)
{
    const struct shown *shown = &session->shown;
    size_t n = shown->n_entities + shown->n_relations, at;
    if (!n) {
        session_say(session, TONE_PLAIN, "no label here");
        return;
    }
    size_t entity = session_entity(session);
    if (session->relation != SIZE_MAX)
        at = (shown->n_entities + session->relation + n + (size_t)by) % n;
    else if (entity != SIZE_MAX)
        at = (entity + n + (size_t)by) % n;
    else {
        size_t behind = 0; /* entities before the cursor */
        while (behind < shown->n_entities && shown->entities[behind].start < session->cursor)
            behind++;
        at = (behind + n + (by < 0 ? (size_t)-1 : 0)) % n;
    }
    if (at < shown->n_entities) {
        session_move(session, shown->entities[at].start);
        session->entity = at;
    } else {
        session->entity = SIZE_MAX;
        session->relation = at - shown->n_entities;
    }
}

static void session_next_open(struct session *session, int by)
{
    size_t n = store_count(session->store);
    for (size_t i = session->post + (size_t)by; i < n; i += (size_t)by) {
        enum post_status status = store_post_peek(session->store, i)->status;
        if (status == STATUS_NEW || status == STATUS_STARTED) {
            session_go(session, i);
            return;
        }
    }
    session_say(session, TONE_PLAIN, by > 0 ? "no open post behind this one" : "no open post before this one");
}

/* Motions of the cursor. False: the command is none. */
static bool session_motion(struct session *session, enum command command)
{
    size_t n = session_post(session)->n_tokens, c = session->cursor;
    const struct text_layout *layout = session->layout && session->layout->n_tokens == n ? session->layout : NULL;
    switch (command) {
    case COMMAND_LEFT:
        session_move(session, c ? c - 1 : 0);
        return true;
    case COMMAND_RIGHT:
        session_move(session, c + 1 < n ? c + 1 : c);
        return true;
    case COMMAND_LINE_UP:
    case COMMAND_LINE_DOWN:
        if (layout)
            session_move(session, text_layout_step(layout, c, command == COMMAND_LINE_UP ? -1 : 1));
        return true;
    case COMMAND_LINE_START:
        if (layout && n)
            session_move(session, text_layout_line_start(layout, c));
        return true;
    case COMMAND_LINE_END:
        if (layout && n)
            session_move(session, text_layout_line_end(layout, c));
        return true;
    case COMMAND_NEXT_LABEL:
        session_step_label(session, 1);
        return true;
    case COMMAND_PREVIOUS_LABEL:
        session_step_label(session, -1);
        return true;
    default:
        return false;
    }
}

static bool session_travel(struct session *session, enum command command)
{
    size_t n = store_count(session->store);
    switch (command) {
    case COMMAND_NEXT_POST:
        if (session->post + 1 < n)
            session_go(session, session->post + 1);
        return true;
    case COMMAND_PREVIOUS_POST:
        if (session->post)
            session_go(session, session->post - 1);
        return true;
    case COMMAND_FIRST_POST:
        session_go(session, 0);
        return true;
    case COMMAND_LAST_POST:
        session_go(session, n - 1);
        return true;
    case COMMAND_NEXT_OPEN:
        session_next_open(session, 1);
        return true;
    case COMMAND_PREVIOUS_OPEN:
        session_next_open(session, -1);
        return true;
    default:
        return false;
    }
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static void session_cancel(struct session *session)
{
    session->mode = MODE_NORMAL;
    session->anchor = SIZE_MAX;
    session->entity = session->relation = SIZE_MAX;
}

static void session_quit(struct session *session)
{
    if (store_unsaved(session->store))
        session->mode = MODE_QUIT;
    else
        session->leaving = true;
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

static void session_take(struct session *session, size_t label)
{
    if (session->mode == MODE_RELATION_TYPE) {
        if (label < session->relations.n)
            session_relate(session, session->relations.names[label]);
        return;
    }
    size_t start = session->asked[0], end = session->asked[1];
    if (session->mode != MODE_TYPE)
        session_target(session, &start, &end);
    if (label < session->types.n && session_post(session)->n_tokens)
        session_label(session, start, end, session->types.names[label]);
}

static void session_choose(struct session *session, enum command command)
{
    struct chooser *chooser = session->mode == MODE_TYPE ? &session->types : &session->relations;
    if (command == COMMAND_CHOOSER_TAKE)
        session_take(session, chooser->marked);
    else if (chooser->n)
        chooser->marked = (chooser->marked + (command == COMMAND_CHOOSER_UP ? chooser->n - 1 : 1)) % chooser->n;
}

/* Commands that change labels or what is asked. */
static void session_act(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_ACCEPT:
        session_accept(session);
        break;
    case COMMAND_ACCEPT_ALL:
        session_accept_all(session);
        break;
    case COMMAND_REMOVE:
        session_remove(session);
        break;
    case COMMAND_SELECT:
        if (session_post(session)->n_tokens) {
            session_move(session, session->cursor);
            session->mode = MODE_SELECT;
            session->anchor = session->cursor;
        }
        break;
    case COMMAND_TYPE:
        session_ask_type(session);
        break;
    case COMMAND_RELATION:
        session->relation = SIZE_MAX;
        session_relation_start(session);
        break;
    case COMMAND_DONE:
        session_status(session, session_post(session)->status == STATUS_DONE ? STATUS_STARTED : STATUS_DONE);
        break;
    case COMMAND_SKIP:
        session_status(session, STATUS_SKIPPED);
        session_travel(session, COMMAND_NEXT_POST);
        break;
    case COMMAND_UNDO:
    case COMMAND_REDO:
        session_history(session, command == COMMAND_REDO);
        break;
    case COMMAND_HEAT:
        session->heat = (enum session_heat)((session->heat + 1) % (HEAT_OFF + 1));
        break;
    case COMMAND_HELP:
        session->mode = MODE_HELP;
        session->help_line = 0;
        break;
    case COMMAND_QUIT:
        session_quit(session);
        break;
    case COMMAND_CANCEL:
        session_cancel(session);
        break;
    case COMMAND_CHOOSER_UP:
    case COMMAND_CHOOSER_DOWN:
    case COMMAND_CHOOSER_TAKE:
        session_choose(session, command);
        break;
    case COMMAND_QUIT_LEAVE:
        session->leaving = true;
        break;
    case COMMAND_HELP_DOWN:
        session->help_line++;
        break;
    case COMMAND_HELP_UP:
        session->help_line -= session->help_line > 0;
        break;
    default:
        break;
    }
}

enum command session_key(struct session *session, keymap_key key)
{
    session->message[0] = '\0';
    session->tone = TONE_PLAIN;
    if (session->mode == MODE_HEAD || session->mode == MODE_TAIL) {
        for (size_t i = 0; i < session->shown.n_entities; i++) {
            if (keymap_hint(i) && keymap_hint(i) == key) {
                session_hint(session, i);
                return COMMAND_HINT;
            }
        }
    }
    bool asks_relation = session->mode == MODE_RELATION_TYPE;
    /* A type means nothing while a relation is chosen. */
    bool labels = session_is_asking(session) || (session->relation == SIZE_MAX && session->mode != MODE_HELP &&
                                                 session->mode != MODE_QUIT);
    if (labels && session->mode != MODE_HEAD && session->mode != MODE_TAIL) {
        const struct chooser *chooser = asks_relation ? &session->relations : &session->types;
        size_t label = keymap_label(session->mode, key, chooser->letters, chooser->n);
        if (label < chooser->n) {
            session_take(session, label);
            return COMMAND_LABEL;
        }
    }
    enum command command = keymap_find(session->mode, key);
    if (!session_motion(session, command) && !session_travel(session, command))
        session_act(session, command);
    return command;
}
