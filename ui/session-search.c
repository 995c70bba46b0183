/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/clock.h"
#include "ui/key-names.h"
#include "ui/session-parts.h"

#include <stdint.h>

enum {
    SEARCH_FIRST_SLICE_MS = 8, /* in most corpora the match is found in it, before the next drawing */
    SEARCH_LOOK_EVERY = 32,    /* posts between two looks at the clock */
};

void session_search_refresh(struct session *session)
{
    struct session_search *search = &session->search;
    struct error err = {0};
    search->hits.n = 0;
    if (search->pattern.text &&
        search_post(&search->pattern, session_post(session), SEARCH_EVERYWHERE, &search->hits, &err))
        session_fail(session, &err);
}

bool session_search_matches(const struct session *session, size_t token)
{
    const struct search_hits *hits = &session->search.hits;
    for (size_t i = 0; i < hits->n; i++)
        if (token >= hits->hits[i].start && token < hits->hits[i].end)
            return true;
    return false;
}

bool session_search_clear(struct session *session)
{
    if (!session->search.pattern.text)
        return false;
    session->search.running = false;
    search_pattern_free(&session->search.pattern);
    session_search_refresh(session);
    return true;
}

/* Several places may match at one token: they count as one stop. */
static size_t search_stops(const struct search_hits *hits, size_t until)
{
    size_t n = 0;
    for (size_t i = 0; i < until; i++)
        n += !i || hits->hits[i].start != hits->hits[i - 1].start;
    return n;
}

static void search_arrive(struct session *session, size_t index)
{
    static const struct {
        enum search_place place;
        const char *said;
    } places[] = {{SEARCH_WORDS, ""},
                  {SEARCH_TYPES, ", in a type"},
                  {SEARCH_RELATIONS, ", in a relation"},
                  {SEARCH_NOTES, ", in the note"}};
    struct session_search *search = &session->search;
    const struct search_hit *hit = &search->hits.hits[index];
    const char *said = "";
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (places[i].place == hit->place)
            said = places[i].said;
    search->running = false;
    session_move(session, hit->start);
    session_say(session, search->round ? TONE_WARN : TONE_PLAIN, "\"%s\": match %zu of %zu in post %zu%s%s",
                search->pattern.text, search_stops(&search->hits, index + 1),
                search_stops(&search->hits, search->hits.n), session->post + 1, said,
                !search->round     ? ""
                : search->by > 0 ? " (went round, from the first post on)"
                                 : " (went round, from the last post back)");
}

/* The match of the post on the screen that is next from the cursor; SIZE_MAX = none. here: one at the cursor counts. */
static size_t search_in_post(const struct session *session, int by, bool here)
{
    const struct search_hits *hits = &session->search.hits;
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < hits->n; i++) {
        size_t start = hits->hits[i].start;
        if (by > 0 && (start > session->cursor || (here && start == session->cursor)))
            return i;
        if (by < 0 && start < session->cursor && (found == SIZE_MAX || hits->hits[found].start != start))
            found = i;
    }
    return found;
}

/* Goes to a post that matches: to its first match, or its last on the way back. */
static void search_go(struct session *session, size_t post)
{
    struct session_search *search = &session->search;
    session_go(session, post);
    size_t index = search->by > 0 || !search->hits.n ? 0 : search->hits.n - 1;
    while (index && search->hits.hits[index].start == search->hits.hits[index - 1].start)
        index--;
    if (search->hits.n)
        search_arrive(session, index);
}

void session_search_work(struct session *session, double budget_ms)
{
    struct session_search *search = &session->search;
    double until_ms = clock_ms() + budget_ms;
    size_t n = queue_count(&session->queue);
    for (size_t since = 0; search->left; search->left--, search->looked++) {
        if (++since % SEARCH_LOOK_EVERY == 0 && clock_ms() >= until_ms) {
            session_say(session, TONE_PLAIN, "searching \"%s\": %zu posts so far; any key stops it",
                        search->pattern.text, search->looked);
            return;
        }
        bool at_end = search->by > 0 ? search->position + 1 >= n : !search->position || search->position >= n;
        search->round = search->round || at_end;
        search->position = !at_end ? search->position + (size_t)search->by : search->by > 0 ? 0 : n - 1;
        size_t post = queue_at(&session->queue, search->position);
        if (search_has(&search->pattern, store_post_peek(session->store, post), SEARCH_EVERYWHERE)) {
            search_go(session, post);
            if (!search->running)
                return;
        }
    }
    char filter[KEY_NAME_MAX];
    search->running = false;
    if (queue_is_filtered(&session->queue))
        session_say(session, TONE_WARN, "\"%s\" is not in the posts of the list (%s changes the filter)",
                    search->pattern.text, keymap_command_key(MODE_NORMAL, COMMAND_FILTER, filter, sizeof filter));
    else
        session_say(session, TONE_WARN, "\"%s\" is not in any post", search->pattern.text);
}

static void search_start(struct session *session, int by, bool here)
{
    struct session_search *search = &session->search;
    size_t index = search_in_post(session, by, here), n = queue_count(&session->queue);
    search->by = by;
    search->round = false;
    if (index != SIZE_MAX) {
        search_arrive(session, index);
        return;
    }
    search->position = queue_position(&session->queue, session->post);
    search->left = n; /* the post on the screen last: a match on the other side of the cursor */
    search->looked = 0;
    search->running = n > 0;
    if (n)
        session_search_work(session, SEARCH_FIRST_SLICE_MS);
}

void session_search_for(struct session *session, const char *text)
{
    struct error err = {0};
    if (*text && search_pattern_set(&session->search.pattern, text, &err)) {
        session_fail(session, &err);
        return;
    }
    session_search_refresh(session);
    if (session->search.pattern.text)
        search_start(session, 1, *text);
}

bool session_search_act(struct session *session, enum command command)
{
    char search[KEY_NAME_MAX];
    switch (command) {
    case COMMAND_SEARCH:
        session_ask_text(session, PROMPT_SEARCH, "search", NULL);
        return true;
    case COMMAND_NEXT_MATCH:
    case COMMAND_PREVIOUS_MATCH:
        if (session->search.pattern.text)
            search_start(session, command == COMMAND_NEXT_MATCH ? 1 : -1, false);
        else
            session_say(session, TONE_PLAIN, "nothing was searched for: %s does",
                        keymap_command_key(MODE_NORMAL, COMMAND_SEARCH, search, sizeof search));
        return true;
    default:
        return false;
    }
}
