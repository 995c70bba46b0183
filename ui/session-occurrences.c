/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/clock.h"
#include "ui/key-names.h"
#include "ui/session-parts.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    OCCURRENCES_FIRST_SLICE_MS = 8, /* most corpora are through in it, before the next drawing */
    OCCURRENCES_LOOK_EVERY = 32,    /* posts between two looks at the clock */
};

/* --- looking for them --------------------------------------------------------------------------------------------- */

void session_occurrences_work(struct session *session, double budget_ms)
{
    struct session_occurrences *s = &session->occurrences;
    struct error err = {0};
    double until_ms = clock_ms() + budget_ms;
    size_t n = store_count(session->store);
    for (size_t since = 0; s->list.stale < s->list.stale_end || (s->list.scanned < n && !s->list.full);) {
        if (++since % OCCURRENCES_LOOK_EVERY == 0 && clock_ms() >= until_ms)
            return;
        if (s->list.stale < s->list.stale_end) {
            struct occurrence *item = &s->list.items[s->list.stale++];
            occurrences_ask(&s->list, item, store_post_peek(session->store, item->post));
        } else if (occurrences_scan(&s->list, store_post_peek(session->store, s->list.scanned), &err)) {
            session_fail(session, &err);
            break;
        }
    }
    s->running = false;
}

static void occurrences_look(struct session *session)
{
    session->occurrences.running = true;
    session_occurrences_work(session, OCCURRENCES_FIRST_SLICE_MS);
}

static void occurrences_open(struct session *session)
{
    struct session_occurrences *s = &session->occurrences;
    const struct post *post = session_post(session);
    struct error err = {0};
    size_t start, end, index = session_entity(session);
    if (!post->n_tokens)
        return;
    session_target(session, &start, &end);
    const char *type =
        session->anchor == SIZE_MAX && index != SIZE_MAX ? session->shown.entities[index].type : NULL;
    if (occurrences_start(&s->list, post, start, end < post->n_tokens ? end : post->n_tokens, type, &err)) {
        session_fail(session, &err);
        return;
    }
    session->anchor = SIZE_MAX;
    session->mode = MODE_OCCURRENCES;
    s->marked = 0;
    occurrences_look(session);
    /* The place where one stands is the one that is marked. */
    for (size_t i = 0; i < s->list.n; i++)
        if (s->list.items[i].post == session->post && s->list.items[i].start == start)
            s->marked = i;
}

/* --- labelling them ----------------------------------------------------------------------------------------------- */

/* Appends to the batch what makes the place a label of the type, as a person who labels it there would. */
static int occurrences_build(struct session *session, struct edit_batch *batch, const struct occurrence *item,
                             struct error *err)
{
    const struct occurrences *list = &session->occurrences.list;
    const struct post *post = store_post_peek(session->store, item->post);
    const struct analysis *analysis = item->post == session->post ? session->analysis : NULL;
    struct shown shown;
    if (item->start + list->n_words > post->n_tokens)
        return error_set(err, ERROR_INPUT, "post %zu: its words are others by now", item->post + 1);
    if (shown_make(post, analysis, store_schema_peek(session->store), &shown, err))
        return -1;
    /* Only what the person can see there is accepted; else the label is made. */
    if (shown_keep_above(&shown, session_hides(session, post) ? INFINITY : session_threshold(session), err)) {
        shown_free(&shown);
        return -1;
    }
    struct decision decision = {
        .post = post, .shown = &shown, .model = session->model, .by = store_annotator(session->store)};
    int failed = decision_label(batch, &decision, item->start, item->start + list->n_words, list->type, err);
    shown_free(&shown);
    return failed;
}

/* What stands at all places of a post, after it changed. */
static void occurrences_refresh(struct session *session, size_t post)
{
    struct occurrences *list = &session->occurrences.list;
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].post == post)
            occurrences_ask(list, &list->items[i], store_post_peek(session->store, post));
}

static bool occurrences_may(struct session *session)
{
    const struct session_occurrences *s = &session->occurrences;
    if (!s->list.type)
        session_say(session, TONE_WARN, "which type? its letter, or Shift and its letter, chooses it");
    else if (!s->list.n)
        session_say(session, TONE_PLAIN, "no place was found");
    else
        return true;
    return false;
}

/* Changed labels may be new to the legend, and the post on the screen one of those that changed. */
static void occurrences_changed(struct session *session)
{
    session_refresh(session);
    session_refresh_types(session);
}

static void occurrences_accept(struct session *session)
{
    struct session_occurrences *s = &session->occurrences;
    struct error err = {0};
    if (!occurrences_may(session))
        return;
    struct occurrence *item = &s->list.items[s->marked];
    struct edit_batch batch = {.post = item->post};
    const struct post *post = store_post_peek(session->store, item->post);
    const struct entity *there = occurrences_label_peek(post, item->start, item->start + s->list.n_words);
    if (item->state == OCCURRENCE_OTHER && there &&
        (there->start != item->start || there->end != item->start + s->list.n_words)) {
        char go[KEY_NAME_MAX];
        session_say(session, TONE_WARN, "a label stands on some of these words, or on more: %s goes there",
                    keymap_command_key(MODE_OCCURRENCES, COMMAND_OCCURRENCE_GO, go, sizeof go));
        return;
    }
    if (occurrences_build(session, &batch, item, &err)) {
        edit_batch_free(&batch);
        session_fail(session, &err);
        return;
    }
    if (store_apply(session->store, &batch, &err)) {
        session_fail(session, &err);
        return;
    }
    item->skipped = false;
    session_order_rescore(session, item->post);
    queue_post_changed(&session->queue, item->post);
    session_inspect_changed(session, item->post);
    occurrences_refresh(session, item->post);
    occurrences_changed(session);
    session_say(session, TONE_PLAIN, "post %zu: %s", item->post + 1, s->list.type);
    s->marked += s->marked + 1 < s->list.n;
}

/* One batch a post. False: failed, with a message; nothing changed. */
static bool occurrences_apply_all(struct session *session, size_t *n_places, size_t *n_posts)
{
    struct occurrences *list = &session->occurrences.list;
    struct error err = {0};
    size_t n = 0;
    int failed = 0;
    struct edit_batch *batches = calloc(list->n, sizeof *batches);
    if (!batches)
        failed = error_memory(&err, "labelling all places");
    *n_places = 0;
    for (size_t i = 0; !failed && i < list->n; i++) {
        struct occurrence *item = &list->items[i];
        occurrences_ask(list, item, store_post_peek(session->store, item->post));
        if (!occurrences_is_open(item))
            continue;
        if (!n || batches[n - 1].post != item->post)
            batches[n++].post = item->post;
        failed = occurrences_build(session, &batches[n - 1], item, &err);
        ++*n_places;
    }
    if (failed)
        for (size_t i = 0; batches && i < n; i++)
            edit_batch_free(&batches[i]);
    else
        failed = store_apply_all(session->store, batches, n, &err);
    free(batches);
    *n_posts = n;
    if (failed)
        session_fail(session, &err);
    return !failed;
}

static void occurrences_accept_all(struct session *session)
{
    struct session_occurrences *s = &session->occurrences;
    size_t n_places, n_posts;
    char undo[KEY_NAME_MAX];
    if (!occurrences_may(session))
        return;
    if (s->running) {
        session_say(session, TONE_WARN, "still looking for places: all can be labelled once they are known");
        return;
    }
    if (!occurrences_apply_all(session, &n_places, &n_posts))
        return;
    for (size_t i = 0; i < s->list.n; i++) {
        struct occurrence *item = &s->list.items[i];
        if (!occurrences_is_open(item))
            continue;
        occurrences_ask(&s->list, item, store_post_peek(session->store, item->post));
        session_order_rescore(session, item->post);
    }
    queue_posts_changed(&session->queue);
    session_inspect_changed(session, SIZE_MAX);
    session->mode = MODE_NORMAL;
    occurrences_changed(session);
    if (n_places)
        session_say(session, TONE_PLAIN, "%zu %s in %zu %s: %s; %s undoes all of it", n_places,
                    n_places == 1 ? "place" : "places", n_posts, n_posts == 1 ? "post" : "posts", s->list.type,
                    keymap_command_key(MODE_NORMAL, COMMAND_UNDO, undo, sizeof undo));
    else
        session_say(session, TONE_PLAIN, "no place was open: nothing changed");
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static void occurrences_mark(struct session *session, long by)
{
    struct session_occurrences *s = &session->occurrences;
    if (by < 0)
        s->marked = s->marked > (size_t)-by ? s->marked - (size_t)-by : 0;
    else
        s->marked = s->marked + (size_t)by < s->list.n ? s->marked + (size_t)by : s->list.n ? s->list.n - 1 : 0;
}

static void occurrences_go(struct session *session)
{
    const struct session_occurrences *s = &session->occurrences;
    if (!s->list.n)
        return;
    const struct occurrence item = s->list.items[s->marked];
    session->mode = MODE_NORMAL;
    session_go(session, item.post);
    if (item.start < session_post(session)->n_tokens)
        session_move(session, item.start);
}

bool session_occurrences_label(struct session *session, size_t label)
{
    struct error err = {0};
    if (label >= session->types.n)
        return false;
    if (occurrences_set_type(&session->occurrences.list, session->types.names[label], &err))
        session_fail(session, &err);
    occurrences_look(session);
    return true;
}

bool session_occurrences_act(struct session *session, enum command command)
{
    struct session_occurrences *s = &session->occurrences;
    switch (command) {
    case COMMAND_OCCURRENCES:
        occurrences_open(session);
        return true;
    case COMMAND_OCCURRENCE_ACCEPT:
        occurrences_accept(session);
        return true;
    case COMMAND_OCCURRENCE_SKIP:
        if (s->list.n)
            s->list.items[s->marked].skipped = !s->list.items[s->marked].skipped;
        occurrences_mark(session, 1);
        return true;
    case COMMAND_OCCURRENCE_ALL:
        occurrences_accept_all(session);
        return true;
    case COMMAND_OCCURRENCE_CASE:
        occurrences_set_case(&s->list, !s->list.fold_case);
        s->marked = 0;
        occurrences_look(session);
        return true;
    case COMMAND_OCCURRENCE_GO:
        occurrences_go(session);
        return true;
    case COMMAND_OCCURRENCE_UP:
        occurrences_mark(session, -1);
        return true;
    case COMMAND_OCCURRENCE_DOWN:
        occurrences_mark(session, 1);
        return true;
    case COMMAND_OCCURRENCE_PAGE_UP:
        occurrences_mark(session, -10);
        return true;
    case COMMAND_OCCURRENCE_PAGE_DOWN:
        occurrences_mark(session, 10);
        return true;
    default:
        return false;
    }
}
