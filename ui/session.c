/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/session.h"

#include "ui/key-names.h"
#include "ui/session-parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SESSION_ESCAPE = 27, SESSION_HELP_PAGE = 10 };

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

void session_fail(struct session *session, const struct error *err)
{
    session_say(session, TONE_BAD, "%s", err->message);
}

/* What is shown, after the post or the analysis changed. */
void session_refresh(struct session *session)
{
    struct error err = {0};
    shown_free(&session->shown);
    store_hold(session->store, session->post); /* what is shown borrows from it */
    session_proposals_see(session);
    if (shown_make(session_post(session), session->analysis, store_schema_peek(session->store), &session->shown, &err))
        session_fail(session, &err);
    session_proposals_cut(session);
    session->entity = session->relation = SIZE_MAX;
    size_t n = session_post(session)->n_tokens;
    if (session->cursor >= n)
        session->cursor = n ? n - 1 : 0;
    session_adjudicate_refresh(session);
    session_boxes_refresh(session);
    session_search_refresh(session);
}

void session_refresh_types(struct session *session)
{
    struct error err = {0};
    if (chooser_of_entities(&session->types, store_schema_peek(session->store), NULL, &err))
        session_fail(session, &err);
}

int session_start(struct session *session, struct store *store, struct error *err)
{
    *session = (struct session){
        .store = store, .mode = MODE_NORMAL, .anchor = SIZE_MAX, .entity = SIZE_MAX, .relation = SIZE_MAX};
    session->eye_column = SIZE_MAX;
    store_hold(store, 0);
    if (chooser_of_entities(&session->types, store_schema_peek(store), NULL, err) ||
        shown_make(session_post(session), NULL, store_schema_peek(store), &session->shown, err)) {
        session_end(session);
        return -1;
    }
    session_order_start(session);
    return 0;
}

void session_set_proposals(struct session *session, int threshold, size_t blind)
{
    session->proposals.threshold = threshold;
    session->proposals.blind = blind;
    session_refresh(session);
}

void session_end(struct session *session)
{
    markdown_lines_free(&session->page.lines);
    shown_free(&session->shown);
    free(session->proposals.uncovered);
    chooser_free(&session->types);
    chooser_free(&session->relations);
    session_adjudicate_end(session);
    queue_end(&session->queue);
    occurrences_free(&session->occurrences.list);
    session_summary_end(session);
    session_inspect_end(session);
    search_pattern_free(&session->search.pattern);
    search_hits_free(&session->search.hits);
}

void session_see(struct session *session, const struct analysis *analysis, const char *model)
{
    size_t entity = session->entity, relation = session->relation;
    size_t n_entities = session->shown.n_entities, n_relations = session->shown.n_relations;
    session->model = model;
    session->proposals.said = analysis;
    session_refresh(session);
    /* A new result of the same shape leaves the choice where it was; else numbers may have changed their meaning. */
    if (session->shown.n_entities == n_entities && session->shown.n_relations == n_relations) {
        session->entity = entity;
        session->relation = relation;
    }
}

bool session_is_asking(const struct session *session)
{
    return session->mode & (MODE_TYPE | MODE_HEAD | MODE_TAIL | MODE_RELATION_TYPE | MODE_PROMPT);
}

void session_go(struct session *session, size_t post)
{
    if (post == session->post)
        return;
    session->post = post;
    session->cursor = 0;
    session->eye_column = session->anchor = SIZE_MAX;
    session->mode = MODE_NORMAL;
    session->proposals.said = NULL;
    session_boxes_forget(session);
    queue_hold(&session->queue, post);
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

struct decision session_decision(const struct session *session)
{
    return (struct decision){.post = session_post(session),
                             .shown = &session->shown,
                             .model = session->model,
                             .by = store_annotator(session->store)};
}

/* Applies a batch that a decision built (code: what the decision returned). True when it stands. */
bool session_apply(struct session *session, int code, struct edit_batch *batch, struct error *err)
{
    if (code)
        edit_batch_free(batch);
    else if (!store_apply(session->store, batch, err)) {
        size_t n_types = store_schema_peek(session->store)->n_entities;
        session_refresh(session);
        queue_post_changed(&session->queue, session->post);
        session_inspect_changed(session, session->post);
        if (n_types != session->types.n)
            session_refresh_types(session);
        return true;
    }
    session_fail(session, err);
    return false;
}

/* A label's words, for messages. */
void session_words(const struct session *session, size_t start, size_t end, char *out, size_t size)
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

/* --- keys --------------------------------------------------------------------------------------------------------- */

enum mode session_mode_below(const struct session *session)
{
    enum mode mode = session->mode;
    for (int i = 0; i < 3; i++) /* the help may lie over a question */
        mode = mode == MODE_HELP     ? session->help_back
               : mode == MODE_PROMPT ? session->prompt_back
               : mode == MODE_QUIT   ? session->quit_back
                                     : mode;
    return mode;
}

static void session_cancel(struct session *session)
{
    bool chosen = session->entity != SIZE_MAX || session->relation != SIZE_MAX;
    if (session->mode == MODE_NORMAL && !chosen) {
        if (session_search_clear(session) || !session_inspects(session))
            return;
        session_case_show(session);
        return;
    }
    session->mode = session->mode == MODE_HELP   ? session->help_back
                    : session->mode == MODE_QUIT ? session->quit_back
                                                 : MODE_NORMAL;
    session->anchor = SIZE_MAX;
    session->entity = session->relation = SIZE_MAX;
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

/* What touches nothing but the session itself. */
static bool session_screen_act(struct session *session, enum command command)
{
    static const char *const heats[] = {[HEAT_BOTH] = "heat over words and picture",
                                        [HEAT_WORDS] = "heat over words",
                                        [HEAT_REGIONS] = "heat over the picture",
                                        [HEAT_OFF] = "no heat"};
    switch (command) {
    case COMMAND_HEAT:
        session->heat = (enum session_heat)((session->heat + 1) % (HEAT_OFF + 1));
        session_say(session, TONE_PLAIN, "%s", heats[session->heat]);
        return true;
    case COMMAND_HELP:
        session->help_back = session->mode;
        session->mode = MODE_HELP;
        session->help_line =
            session->help_back == MODE_NORMAL && !session_adjudicates(session) ? 0 : SESSION_HELP_OF_MODE;
        return true;
    case COMMAND_CANCEL:
        session_cancel(session);
        return true;
    case COMMAND_CHOOSER_UP:
    case COMMAND_CHOOSER_DOWN:
    case COMMAND_CHOOSER_TAKE:
        session_choose(session, command);
        return true;
    case COMMAND_HELP_DOWN:
    case COMMAND_HELP_PAGE_DOWN: /* too far is put back when it is drawn */
        session->help_line += command == COMMAND_HELP_DOWN ? 1 : SESSION_HELP_PAGE;
        return true;
    case COMMAND_HELP_PAGE_UP:
        session->help_line -= session->help_line < SESSION_HELP_PAGE ? session->help_line : SESSION_HELP_PAGE;
        return true;
    case COMMAND_HELP_UP:
        session->help_line -= session->help_line > 0;
        return true;
    default:
        return false;
    }
}

/* Every feature in turn, until one takes the command. */
static void session_act(struct session *session, enum command command)
{
    static bool (*const features[])(struct session *session, enum command command) = {
        session_boxes_act,     session_moves_act,  session_labels_act, session_relations_act,
        session_history_act,   session_notes_act,  session_tokens_act, session_page_act,
        session_proposals_act, session_order_act,  session_search_act, session_occurrences_act,
        session_summary_act,   session_case_act,   session_inspect_act, session_screen_act,
    };
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++)
        if (features[i](session, command))
            return;
}

void session_do(struct session *session, enum command command)
{
    session->message[0] = '\0';
    session->tone = TONE_PLAIN;
    session_act(session, command);
}

/* A key that does nothing says so. */
static void session_no_command(struct session *session, keymap_key key)
{
    char name[KEY_NAME_MAX], help[KEY_NAME_MAX];
    key_names_key(key, name, sizeof name);
    if (key == SESSION_ESCAPE)
        return;
    if (session->mode == MODE_HEAD || session->mode == MODE_TAIL)
        session_say(session, TONE_WARN, "there is no entity %s: number of the %s?", name,
                    session->mode == MODE_HEAD ? "head" : "tail");
    else if (session->mode == MODE_NORMAL && session->relation != SIZE_MAX &&
             keymap_label(MODE_TYPE, key, session->types.letters, session->types.n) < session->types.n)
        session_say(session, TONE_WARN, "a relation is chosen: %s changes its label",
                    keymap_command_key(MODE_NORMAL, COMMAND_RELATION, help, sizeof help));
    else if (*keymap_command_key(session->mode, COMMAND_HELP, help, sizeof help))
        session_say(session, TONE_PLAIN, "%s does nothing here; %s shows the keys", name, help);
    else
        session_say(session, TONE_PLAIN, "%s does nothing here", name);
}

/* Nobody is taken to another post in the middle of something else. */
void session_stop_looking(struct session *session)
{
    session->search.running = session->finding.running = false;
}

enum command session_key(struct session *session, keymap_key key)
{
    session->message[0] = '\0';
    session->tone = TONE_PLAIN;
    session_stop_looking(session);
    if (session->mode == MODE_PROMPT)
        return session_prompt_key(session, key);
    if (session->mode == MODE_HEAD || session->mode == MODE_TAIL) {
        for (size_t i = 0; i < session->shown.n_entities; i++) {
            if (keymap_hint(i) && keymap_hint(i) == key) {
                session_hint(session, i);
                return COMMAND_HINT;
            }
        }
    }
    enum command settled;
    if (session_adjudicate_key(session, key, &settled))
        return settled;
    if (session->mode == MODE_BOX && key >= '1' && key <= '9') {
        session_box_mask(session, (size_t)(key - '1'));
        return COMMAND_BOX_MASK;
    }
    bool asks_relation = session->mode == MODE_RELATION_TYPE;
    /* A type means nothing while a relation is chosen. */
    bool labels = session->mode & (MODE_TYPE | MODE_RELATION_TYPE) ||
                  (session->mode & (MODE_NORMAL | MODE_SELECT) && session->relation == SIZE_MAX);
    if (labels) {
        const struct chooser *chooser = asks_relation ? &session->relations : &session->types;
        size_t label = keymap_label(session->mode, key, chooser->letters, chooser->n);
        if (label < chooser->n) {
            session_take(session, label);
            return COMMAND_LABEL;
        }
    }
    enum command command = keymap_find(session->mode, key);
    if (session->mode == MODE_OCCURRENCES && command == COMMAND_NONE &&
        session_occurrences_label(session,
                                  keymap_label(MODE_OCCURRENCES, key, session->types.letters, session->types.n)))
        return COMMAND_LABEL;
    if (command == COMMAND_NONE)
        session_no_command(session, key);
    session_act(session, command);
    return command;
}

/* --- what takes long ---------------------------------------------------------------------------------------------- */

bool session_has_work(const struct session *session)
{
    return session->search.running || session->finding.running || queue_is_busy(&session->queue) ||
           (session->mode == MODE_OCCURRENCES && session->occurrences.running) ||
           (session->mode == MODE_SUMMARY && session->summary.running) ||
           (session_inspects(session) && inspection_has_work(session->inspect.from));
}

void session_work(struct session *session, double budget_ms)
{
    struct error err = {0};
    if (queue_work(&session->queue, budget_ms / 2, &err) < 0)
        session_fail(session, &err);
    if (session->search.running)
        session_search_work(session, budget_ms / 2);
    if (session->finding.running)
        session_order_find(session, budget_ms / 2);
    if (session->mode == MODE_OCCURRENCES && session->occurrences.running)
        session_occurrences_work(session, budget_ms / 2);
    if (session->mode == MODE_SUMMARY && session->summary.running)
        session_summary_work(session, budget_ms / 2);
    session_inspect_work(session, budget_ms / 2);
}
