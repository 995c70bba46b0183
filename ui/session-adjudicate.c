/* Adjudication: what the annotators disagree on, one place after the other, each settled by one key.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/key-names.h"
#include "ui/session-parts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool session_adjudicates(const struct session *session)
{
    return session->adjudicate.from != NULL;
}

const struct adjudication_item *session_disagreement(const struct session *session)
{
    const struct session_adjudicate *a = &session->adjudicate;
    return a->from && a->item < a->look.n_items ? &a->look.items[a->item] : NULL;
}

static bool adjudicate_covers(const struct post *version, const char *id, size_t token)
{
    const struct entity *entity = post_entity_peek(version, id);
    return entity && entity->start <= token && token < entity->end;
}

bool session_is_disputed(const struct session *session, size_t token)
{
    const struct adjudication_item *item = session_disagreement(session);
    const struct adjudication_look *look = &session->adjudicate.look;
    if (!item || item->kind == DISAGREEMENT_OBJECTS || token < item->start || token >= item->end)
        return false;
    if (item->kind == DISAGREEMENT_ENTITIES)
        return true;
    for (size_t c = 0; c < item->n; c++) {
        const struct disagreement_said *said = adjudication_said(look, item, c);
        const struct post *version = look->versions[item->choices[c].version];
        for (size_t i = 0; i < said->n; i++) {
            const struct relation *relation = &version->relations[said->labels[i]];
            if (adjudicate_covers(version, relation->head, token) || adjudicate_covers(version, relation->tail, token))
                return true;
        }
    }
    return false;
}

void session_disagreement_words(const struct session *session, char *out, size_t size)
{
    const struct adjudication_item *item = session_disagreement(session);
    const struct adjudication_look *look = &session->adjudicate.look;
    out[0] = '\0';
    if (item && item->kind == DISAGREEMENT_OBJECTS)
        snprintf(out, size, "box");
    if (item && item->kind == DISAGREEMENT_ENTITIES)
        session_words(session, item->start, item->end, out, size);
    for (size_t c = 0; item && item->kind == DISAGREEMENT_RELATIONS && c < item->n; c++) {
        const struct disagreement_said *said = adjudication_said(look, item, c);
        const struct post *version = look->versions[item->choices[c].version];
        if (!said->n)
            continue;
        const struct relation *relation = &version->relations[said->labels[0]];
        const struct entity *head = post_entity_peek(version, relation->head);
        const struct entity *tail = post_entity_peek(version, relation->tail);
        char words[2][100] = {"", ""};
        if (head && tail) {
            session_words(session, head->start, head->end, words[0], sizeof words[0]);
            session_words(session, tail->start, tail->end, words[1], sizeof words[1]);
        }
        snprintf(out, size, "%s, %s", words[0], words[1]);
        return;
    }
}

const struct object *session_disagreement_box(const struct session *session, size_t choice, size_t nth)
{
    const struct adjudication_item *item = session_disagreement(session);
    const struct adjudication_look *look = &session->adjudicate.look;
    if (!item || choice >= item->n)
        return NULL;
    const struct post *version = look->versions[item->choices[choice].version];
    if (item->grounding) {
        const struct entity *entity = adjudication_grounded(look, item, choice);
        return nth < entity->n_grounding ? post_object_peek(version, entity->grounding[nth]) : NULL;
    }
    const struct disagreement_said *said = adjudication_said(look, item, choice);
    return item->kind == DISAGREEMENT_OBJECTS && nth < said->n ? &version->objects[said->labels[nth]] : NULL;
}

static struct edit_context adjudicate_context(const struct session *session)
{
    return (struct edit_context){.by = store_annotator(session->store)};
}

/* How many are open in a post. */
static void adjudicate_count(struct session_adjudicate *a, size_t post, size_t n)
{
    a->n_posts += (n > 0) - (a->open[post] > 0);
    a->n_open += n - a->open[post];
    a->open[post] = n;
}

void session_adjudicate_refresh(struct session *session)
{
    struct session_adjudicate *a = &session->adjudicate;
    struct error err = {0};
    if (!a->from)
        return;
    adjudication_look_free(&a->look);
    if (adjudication_look(a->from, session_post(session), &a->look, &err)) {
        session_fail(session, &err);
        return;
    }
    adjudicate_count(a, session->post, a->look.n_items);
    bool moved = a->post != session->post;
    if (moved)
        a->item = 0;
    a->post = session->post;
    if (a->item >= a->look.n_items)
        a->item = 0;
    if (moved && a->look.n_items)
        session->cursor = a->look.items[0].start;
}

void session_adjudicate_end(struct session *session)
{
    adjudication_look_free(&session->adjudicate.look);
    free(session->adjudicate.open);
    free(session->adjudicate.had);
}

/* ---- The beginning ---- */

/* What is open in each post. */
static int adjudicate_count_all(struct session *session, struct error *err)
{
    struct session_adjudicate *a = &session->adjudicate;
    for (size_t i = 0; i < store_count(session->store); i++) {
        struct adjudication_look look;
        if (adjudication_look(a->from, store_post_peek(session->store, i), &look, err))
            return -1;
        adjudicate_count(a, i, look.n_items);
        a->had[i] = look.n_items > 0;
        a->n_other_words += look.n_other_words > 0;
        adjudication_look_free(&look);
    }
    return 0;
}

/* What all agree on, taken over as one act. */
static int adjudicate_take_over(struct session *session, size_t *n_labels, size_t *n_dropped, size_t *n_begun,
                                struct error *err)
{
    struct session_adjudicate *a = &session->adjudicate;
    size_t n = store_count(session->store), n_batches = 0;
    struct edit_batch *batches = calloc(n + 1, sizeof *batches);
    int result = batches ? 0 : error_memory(err, "adjudication");
    *n_labels = *n_dropped = *n_begun = 0;
    for (size_t i = 0; i < n && !result; i++) {
        struct adjudication_look look;
        struct edit_batch *batch = &batches[n_batches];
        const struct post *post = store_post_peek(session->store, i);
        size_t n_before = *n_labels + *n_dropped;
        batch->post = i;
        if ((result = adjudication_look(a->from, post, &look, err)))
            break;
        if (!store_read_only(session->store))
            result = adjudication_agreed(a->from, batch, post, &look, n_labels, n_dropped, err);
        *n_begun += *n_labels + *n_dropped > n_before;
        n_batches += batch->n > 0;
        adjudication_look_free(&look);
    }
    if (!result && n_batches)
        result = store_apply_all(session->store, batches, n_batches, err);
    else
        for (size_t i = 0; batches && i <= n_batches && i < n; i++)
            edit_batch_free(&batches[i]);
    free(batches);
    return result;
}

/* The first post from a place on, wrapping round, in which something is open; SIZE_MAX = none. */
static size_t adjudicate_find(const struct session *session, size_t from, bool back)
{
    size_t n = store_count(session->store);
    for (size_t i = 0; i < n; i++) {
        size_t post = back ? (from + n - i) % n : (from + i) % n;
        if (session->adjudicate.open[post])
            return post;
    }
    return SIZE_MAX;
}

/* Only posts with disagreements are in the list. */
static bool adjudicate_among(void *context, size_t post)
{
    const struct session *session = context;
    return session->adjudicate.had[post];
}

int session_adjudicate_start(struct session *session, struct adjudication *adjudication, struct error *err)
{
    struct session_adjudicate *a = &session->adjudicate;
    size_t n = store_count(session->store), n_labels, n_dropped, n_begun;
    a->post = SIZE_MAX;
    a->open = calloc(n + 1, sizeof *a->open);
    a->had = calloc(n + 1, sizeof *a->had);
    if (!a->open || !a->had)
        return error_memory(err, "adjudication");
    a->from = adjudication;
    if (adjudicate_take_over(session, &n_labels, &n_dropped, &n_begun, err) || adjudicate_count_all(session, err))
        return -1;
    queue_set_among(&session->queue, adjudicate_among, "disputed");
    size_t first = adjudicate_find(session, 0, false);
    if (first != SIZE_MAX && first != session->post)
        session_go(session, first);
    else
        session_refresh(session);
    session_refresh_types(session);
    char dropped[48] = "", undo[KEY_NAME_MAX];
    if (n_dropped)
        snprintf(dropped, sizeof dropped, ", %zu dropped", n_dropped);
    if (n_begun) /* what is left stands above the versions */
        session_say(session, TONE_PLAIN, "%zu agreed label%s in %zu post%s taken over%s (%s undoes it)", n_labels,
                    n_labels == 1 ? "" : "s", n_begun, n_begun == 1 ? "" : "s", dropped,
                    keymap_command_key(MODE_NORMAL, COMMAND_UNDO, undo, sizeof undo));
    else
        session_say(session, TONE_PLAIN, "%zu disagreement%s in %zu post%s", a->n_open, a->n_open == 1 ? "" : "s",
                    a->n_posts, a->n_posts == 1 ? "" : "s");
    if (a->n_other_words) {
        char said[SESSION_MESSAGE_MAX];
        snprintf(said, sizeof said, "%s", session->message);
        session_say(session, TONE_WARN, "%zu post%s in other words in a file: not compared; %s", a->n_other_words,
                    a->n_other_words == 1 ? " is" : "s are", said);
    }
    return 0;
}

/* ---- Keys ---- */

static void adjudicate_step(struct session *session, bool back)
{
    struct session_adjudicate *a = &session->adjudicate;
    if (!a->look.n_items) {
        session_say(session, TONE_PLAIN, "no disagreement is left here");
        return;
    }
    a->item = (a->item + (back ? a->look.n_items - 1 : 1)) % a->look.n_items;
    session_move(session, a->look.items[a->item].start);
}

static void adjudicate_go(struct session *session, bool back)
{
    size_t n = store_count(session->store);
    size_t post = adjudicate_find(session, (session->post + (back ? n - 1 : 1)) % n, back);
    if (post == SIZE_MAX)
        session_say(session, TONE_PLAIN, "no disagreement is left");
    else if (post == session->post)
        session_say(session, TONE_PLAIN, "there is none in another post");
    else
        session_go(session, post);
}

/* choice: from 0; the item's n = none of them. */
static void adjudicate_take(struct session *session, size_t choice)
{
    struct session_adjudicate *a = &session->adjudicate;
    const struct adjudication_item *item = session_disagreement(session);
    const struct edit_context context = adjudicate_context(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    char names[96] = "", words[220];
    size_t item_at = a->item;
    if (choice > item->n) {
        session_say(session, TONE_WARN, "there are %zu versions here", item->n);
        return;
    }
    bool nothing = adjudication_is_none(&a->look, item, choice);
    const char *none = item->grounding                           ? "not answered"
                       : item->kind == DISAGREEMENT_ENTITIES  ? "no label"
                       : item->kind == DISAGREEMENT_RELATIONS ? "no relation"
                                                              : "none";
    if (choice < item->n)
        snprintf(names, sizeof names, "%s", item->choices[choice].names);
    session_disagreement_words(session, words, sizeof words);
    bool refusable = !item->grounding && item->kind != DISAGREEMENT_OBJECTS;
    int code = adjudication_take(&batch, session_post(session), &a->look, item, choice, &context, &err);
    if (!code && nothing && !refusable)
        code = adjudication_pass(a->from, session_post(session), item, &err);
    if (!session_apply(session, code, &batch, &err))
        return;
    /* What was settled is gone from the list: its place is the next one's. */
    a->item = item_at < a->look.n_items ? item_at : 0;
    if (a->look.n_items)
        session_move(session, a->look.items[a->item].start);
    session_say(session, TONE_PLAIN, "%s: %s%s%s%s", words, nothing ? none : "as ", nothing ? "" : names,
                nothing && *names ? ", as " : "", nothing ? names : "");
    if (!a->look.n_items) {
        size_t used = strlen(session->message);
        char settle[KEY_NAME_MAX];
        snprintf(session->message + used, sizeof session->message - used, "; nothing is left here, %s goes on",
                 keymap_command_key(MODE_ADJUDICATE, COMMAND_SETTLE, settle, sizeof settle));
    }
}

/* Enter: the post is done, if nothing is open in it. */
static void adjudicate_settle(struct session *session)
{
    struct session_adjudicate *a = &session->adjudicate;
    const struct edit_context context = adjudicate_context(session);
    struct edit_batch batch = {.post = session->post};
    struct error err = {0};
    size_t post = session->post;
    if (a->look.n_items) {
        char none[KEY_NAME_MAX];
        session_say(session, TONE_WARN, "%zu %s left here: a number takes a version, %s none", a->look.n_items,
                    a->look.n_items == 1 ? "disagreement is" : "disagreements are",
                    keymap_command_key(MODE_ADJUDICATE, COMMAND_VERSION_NONE, none, sizeof none));
        return;
    }
    if (session_post(session)->status != STATUS_DONE) {
        int code = adjudication_done(&batch, session_post(session), &context, &err);
        if (!session_apply(session, code, &batch, &err))
            return;
    }
    size_t next = adjudicate_find(session, (post + 1) % store_count(session->store), false);
    if (next != SIZE_MAX)
        session_go(session, next);
    if (a->n_open)
        session_say(session, TONE_PLAIN, "post %zu done; %zu disagreement%s left in %zu post%s", post + 1, a->n_open,
                    a->n_open == 1 ? "" : "s", a->n_posts, a->n_posts == 1 ? "" : "s");
    else
        session_say(session, TONE_PLAIN, "post %zu done; no disagreement is left in any post", post + 1);
}

enum command session_point_version(struct session *session, size_t choice)
{
    const struct adjudication_item *item = session_disagreement(session);
    if (!item || session->mode != MODE_NORMAL || choice > item->n)
        return COMMAND_NONE;
    enum command command = choice == item->n ? COMMAND_VERSION_NONE : COMMAND_VERSION;
    session_say(session, TONE_PLAIN, "%s", "");
    adjudicate_take(session, choice); /* the item goes with it */
    return command;
}

bool session_adjudicate_key(struct session *session, keymap_key key, enum command *command)
{
    const struct adjudication_item *item = session_disagreement(session);
    if (!session_adjudicates(session) || session->mode != MODE_NORMAL)
        return false;
    if (item && key >= '1' && key <= '9') {
        *command = COMMAND_VERSION;
        adjudicate_take(session, (size_t)(key - '1') < item->n ? (size_t)(key - '1') : item->n + 1);
        return true;
    }
    *command = keymap_find(MODE_ADJUDICATE, key);
    switch (*command) {
    case COMMAND_VERSION_NONE:
        if (!item)
            return false; /* the key has its usual meaning */
        adjudicate_take(session, item->n);
        return true;
    case COMMAND_SETTLE:
        adjudicate_settle(session);
        return true;
    case COMMAND_NEXT_DISAGREEMENT:
    case COMMAND_PREVIOUS_DISAGREEMENT:
        adjudicate_step(session, *command == COMMAND_PREVIOUS_DISAGREEMENT);
        return true;
    case COMMAND_NEXT_OPEN:
    case COMMAND_PREVIOUS_OPEN:
        adjudicate_go(session, *command == COMMAND_PREVIOUS_OPEN);
        return true;
    default:
        return false;
    }
}
