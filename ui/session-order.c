/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/clock.h"
#include "ui/key-names.h"
#include "ui/session-parts.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ORDER_FIRST_SLICE_MS = 8, /* most corpora are in order after it, before the next drawing */
    ORDER_LOOK_EVERY = 32,    /* posts between two looks at the clock */
};

/* --- what the queue asks ------------------------------------------------------------------------------------------ */

static const struct post *order_post(void *context, size_t post)
{
    const struct session *session = context;
    return store_post_peek(session->store, post);
}

static enum post_status order_status(void *context, size_t post)
{
    const struct session *session = context;
    return store_status_of(session->store, post);
}

static double order_value(void *context, enum queue_order order, size_t post)
{
    const struct session *session = context;
    struct scores_of_post scores;
    if (!session->scores)
        return NAN;
    scores_at(session->scores, post, 0, &scores);
    return (double)(order == QUEUE_WORDS ? scores.words : order == QUEUE_PICTURE ? scores.picture : scores.match);
}

static enum queue_model order_model(void *context, size_t post)
{
    struct session *session = context;
    struct scores_of_post scores = {.state = SCORES_UNSEEN};
    if (!session->scores)
        return QUEUE_UNSEEN;
    if (!session->proposals.blind || !session_hides(session, store_post_peek(session->store, post)))
        scores_at(session->scores, post, session_threshold(session), &scores);
    return scores.state != SCORES_SEEN ? QUEUE_UNSEEN : scores.n_proposals ? QUEUE_PROPOSALS : QUEUE_SEEN;
}

void session_order_start(struct session *session)
{
    const struct queue_source source = {.n = store_count(session->store),
                                        .post = order_post,
                                        .status = order_status,
                                        .value = order_value,
                                        .model = order_model,
                                        .context = session};
    queue_start(&session->queue, &source, session->post);
}

void session_order_rescore(struct session *session, size_t post)
{
    struct scores_of_post scores;
    if (session->scores)
        scores_of(session->scores, post, store_post_peek(session->store, post), 0, &scores);
}

/* --- the menu ----------------------------------------------------------------------------------------------------- */

/* After a change: most lists are ready at once. The model is asked for what the list needs. */
static void order_changed(struct session *session)
{
    const struct queue *queue = &session->queue;
    struct error err = {0};
    if (session->scores)
        scores_set_need(session->scores,
                        queue->order == QUEUE_WORDS || queue->order == QUEUE_PICTURE ? SCORES_NEED_DRAWS
                        : queue->order == QUEUE_MATCH || queue->filter.model         ? SCORES_NEED_PROPOSALS
                                                                                     : SCORES_NEED_NOTHING);
    if (queue_work(&session->queue, ORDER_FIRST_SLICE_MS, &err) < 0)
        session_fail(session, &err);
}

static void order_by(struct session *session, enum queue_order order)
{
    queue_set_order(&session->queue, order);
    session->mode = MODE_NORMAL;
    order_changed(session);
    if (session->scores || order == QUEUE_FILE || order == QUEUE_STATUS)
        session_say(session, TONE_PLAIN, "order of the list: %s", queue_order_name(order, false));
    else
        session_say(session, TONE_WARN, "order of the list: %s, but there is no model", queue_order_name(order, false));
}

static void order_next_type(struct session *session)
{
    const struct schema *schema = store_schema_peek(session->store);
    struct queue_filter *filter = &session->queue.filter;
    size_t next = 0;
    while (filter->type && next < schema->n_entities && strcmp(schema->entities[next], filter->type) != 0)
        next++;
    next += filter->type != NULL;
    free(filter->type);
    filter->type = next < schema->n_entities ? strdup(schema->entities[next]) : NULL;
}

static void order_filter(struct session *session, enum command command)
{
    struct queue_filter *filter = &session->queue.filter;
    switch (command) {
    case COMMAND_FILTER_STATUS:
        filter->status = (enum queue_status)((filter->status + 1) % QUEUE_STATUSES);
        break;
    case COMMAND_FILTER_TYPE:
        order_next_type(session);
        break;
    case COMMAND_FILTER_FLAG:
        filter->flag = (enum queue_flag)((filter->flag + 1) % QUEUE_FLAGS);
        break;
    case COMMAND_FILTER_MODEL:
        filter->model = (enum queue_model)((filter->model + 1) % QUEUE_MODELS);
        break;
    default:
        queue_filter_clear(&session->queue);
        break;
    }
    queue_filter_changed(&session->queue);
    order_changed(session);
}

void session_order_filter_text(struct session *session, const char *text)
{
    struct error err = {0};
    if (search_pattern_set(&session->queue.filter.text, text, &err))
        session_fail(session, &err);
    queue_filter_changed(&session->queue);
    order_changed(session);
}

/* --- the way through the list ------------------------------------------------------------------------------------- */

/* Why there is no post to go to. */
static void order_say_end(struct session *session, bool forward)
{
    const struct queue *queue = &session->queue;
    char filter[KEY_NAME_MAX], clear[KEY_NAME_MAX];
    if (queue_is_busy(queue))
        session_say(session, TONE_PLAIN, "the list is still being made: %zu posts so far", queue_fitting(queue));
    else if (!queue_fitting(queue))
        session_say(session, TONE_WARN, "the filter lets no post through: %s, then %s, shows all",
                    keymap_command_key(MODE_NORMAL, COMMAND_FILTER, filter, sizeof filter),
                    keymap_command_key(MODE_ORDER, COMMAND_FILTER_CLEAR, clear, sizeof clear));
    else if (queue_is_filtered(queue))
        session_say(session, TONE_PLAIN, "this is the %s of the posts that the filter lets through",
                    forward ? "last" : "first");
    else
        session_say(session, TONE_PLAIN, "this is the %s post", forward ? "last" : "first");
}

bool session_order_step(struct session *session, long by)
{
    size_t post = queue_step_from(&session->queue, session->post, by);
    if (post == SIZE_MAX) {
        order_say_end(session, by > 0);
        return false;
    }
    session_go(session, post);
    return true;
}

static void order_to_end(struct session *session, bool last)
{
    size_t n = queue_count(&session->queue);
    if (n)
        session_go(session, queue_at(&session->queue, last ? n - 1 : 0));
}

static void order_to_open(struct session *session, int by)
{
    size_t post = queue_open_from(&session->queue, session->post, by);
    if (post != SIZE_MAX)
        session_go(session, post);
    else if (queue_is_busy(&session->queue))
        order_say_end(session, by > 0);
    else
        session_say(session, TONE_PLAIN, "no open post %s this one%s", by > 0 ? "behind" : "before",
                    queue_is_filtered(&session->queue) ? " in the list" : "");
}

/* A post that the filter leaves out is gone to all the same: it has a row as long as one stays. */
static void order_arrive(struct session *session, size_t post)
{
    session_go(session, post);
    if (!session->queue.held_fits)
        session_say(session, TONE_WARN, "post %zu; the filter leaves it out", post + 1);
}

void session_order_go_to(struct session *session, const char *text)
{
    size_t n = store_count(session->store);
    char *end;
    while (*text == ' ')
        text++;
    if (!*text)
        return;
    unsigned long long number = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && number >= 1 && number <= n) {
        order_arrive(session, (size_t)number - 1);
        return;
    }
    struct session_finding *finding = &session->finding;
    snprintf(finding->id, sizeof finding->id, "%s", text);
    finding->at = 0;
    finding->running = true;
    session_order_find(session, ORDER_FIRST_SLICE_MS);
}

/* Looks for the post of an id, as far as it comes in the time. */
void session_order_find(struct session *session, double budget_ms)
{
    struct session_finding *finding = &session->finding;
    double until_ms = clock_ms() + budget_ms;
    size_t n = store_count(session->store);
    for (size_t since = 0; finding->at < n; finding->at++) {
        if (++since % ORDER_LOOK_EVERY == 0 && clock_ms() >= until_ms) {
            session_say(session, TONE_PLAIN, "looking for post %s: %zu of %zu", finding->id, finding->at, n);
            return;
        }
        if (!strcmp(store_post_peek(session->store, finding->at)->id, finding->id)) {
            finding->running = false;
            order_arrive(session, finding->at);
            return;
        }
    }
    finding->running = false;
    session_say(session, TONE_WARN, "there is no post %s (numbers go from 1 to %zu)", finding->id, n);
}

/* What the model has found out since may change the list. */
void session_order_refresh(struct session *session)
{
    struct session_known *known = &session->known;
    if (!session->scores || queue_is_busy(&session->queue) ||
        (scores_version(session->scores) == known->version && session_threshold(session) == known->threshold))
        return;
    *known = (struct session_known){scores_version(session->scores), session_threshold(session)};
    queue_values_changed(&session->queue);
}

bool session_order_act(struct session *session, enum command command)
{
    switch (command) {
    case COMMAND_NEXT_POST:
    case COMMAND_PREVIOUS_POST:
        session_order_step(session, command == COMMAND_NEXT_POST ? 1 : -1);
        return true;
    case COMMAND_FIRST_POST:
    case COMMAND_LAST_POST:
        order_to_end(session, command == COMMAND_LAST_POST);
        return true;
    case COMMAND_NEXT_OPEN:
    case COMMAND_PREVIOUS_OPEN:
        order_to_open(session, command == COMMAND_NEXT_OPEN ? 1 : -1);
        return true;
    case COMMAND_GO_TO:
        session_ask_text(session, PROMPT_GO_TO, "go to post number or id", NULL);
        return true;
    case COMMAND_ORDER:
    case COMMAND_FILTER:
        session->filtering = command == COMMAND_FILTER;
        session->mode = MODE_ORDER;
        return true;
    case COMMAND_ORDER_FILE:
    case COMMAND_ORDER_WORDS:
    case COMMAND_ORDER_PICTURE:
    case COMMAND_ORDER_MATCH:
    case COMMAND_ORDER_STATUS:
        order_by(session, (enum queue_order)(command - COMMAND_ORDER_FILE + QUEUE_FILE));
        return true;
    case COMMAND_FILTER_STATUS:
    case COMMAND_FILTER_TYPE:
    case COMMAND_FILTER_FLAG:
    case COMMAND_FILTER_MODEL:
    case COMMAND_FILTER_CLEAR:
        order_filter(session, command);
        return true;
    case COMMAND_FILTER_TEXT:
        session_ask_text(session, PROMPT_FILTER, "posts with the text", session->queue.filter.text.text);
        return true;
    default:
        return false;
    }
}
