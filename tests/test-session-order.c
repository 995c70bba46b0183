/* Finding posts, labelling all places of the same words, and counting, without a terminal.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/session.h"

#include <curses.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* "Camp Nou" stands free in a, b (twice) and d; in c a person said ORG; in e it was refused as LOC; in f a label has one
 * word more; g has other letters; h has a model's proposal. */
static const char corpus[] =
    "{\"format\": \"mmib-corpus\", \"version\": 1,\n"
    " \"schema\": {\"entities\": [\"PER\", \"LOC\", \"ORG\", \"MISC\"]},\n"
    " \"posts\": [\n"
    "  {\"id\": \"a\", \"tokens\": [\"at\", \"Camp\", \"Nou\"]},\n"
    "  {\"id\": \"b\", \"tokens\": [\"Camp\", \"Nou\", \"is\", \"Camp\", \"Nou\"], \"status\": \"done\"},\n"
    "  {\"id\": \"c\", \"tokens\": [\"Camp\", \"Nou\", \"wins\"], \"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 2,\n"
    "    \"type\": \"ORG\", \"source\": \"human\", \"decision\": \"created\", \"by\": \"bo\"}]},\n"
    "  {\"id\": \"d\", \"tokens\": [\"to\", \"Camp\", \"Nou\"], \"note\": \"ask Ana\"},\n"
    "  {\"id\": \"e\", \"tokens\": [\"Camp\", \"Nou\"], \"rejected\": [{\"start\": 0, \"end\": 2,\n"
    "    \"type\": \"LOC\", \"source\": \"model\", \"score\": 0.5}]},\n"
    "  {\"id\": \"f\", \"tokens\": [\"new\", \"Camp\", \"Nou\"], \"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 3,\n"
    "    \"type\": \"LOC\", \"source\": \"human\", \"decision\": \"created\"}]},\n"
    "  {\"id\": \"g\", \"tokens\": [\"camp\", \"nou\", \"!\"]},\n"
    "  {\"id\": \"h\", \"tokens\": [\"Camp\", \"Nou\"], \"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 2,\n"
    "    \"type\": \"PER\", \"source\": \"model\", \"score\": 0.6, \"model\": \"m\"}]}]}\n";
enum { A, B, C, D, E, F, G, H, POSTS };

struct desk {
    char folder[64], path[96];
    struct store *store;
    struct session session;
};

static int desk_set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    const char *tmp = getenv("TMPDIR");
    struct error err = {0};
    struct store_options options = {.annotator = "ana"};
    snprintf(desk->folder, sizeof desk->folder, "%s/mmib-order-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
    assert_non_null(mkdtemp(desk->folder));
    snprintf(desk->path, sizeof desk->path, "%s/corpus.json", desk->folder);
    FILE *file = fopen(desk->path, "w");
    assert_non_null(file);
    fputs(corpus, file);
    assert_int_equal(fclose(file), 0);
    if (store_open(desk->path, &options, &desk->store, &err) || session_start(&desk->session, desk->store, &err))
        fail_msg("%s", err.message);
    *state = desk;
    return 0;
}

static int desk_tear_down(void **state)
{
    struct desk *desk = *state;
    char command[160];
    session_end(&desk->session);
    store_close(desk->store);
    snprintf(command, sizeof command, "rm -r '%s'", desk->folder);
    int failed = system(command);
    free(desk);
    return failed;
}

/* Types the keys, and lets everything that takes long come to its end. */
static void type(struct desk *desk, const char *keys)
{
    for (const char *p = keys; *p; p++)
        session_key(&desk->session, *p == '\r' ? '\n' : (unsigned char)*p);
    while (session_has_work(&desk->session))
        session_work(&desk->session, 4);
}

static const struct post *post(const struct desk *desk, size_t index)
{
    return store_post_peek(desk->store, index);
}

static const char *label(const struct desk *desk, size_t index, size_t start, size_t end)
{
    const struct entity *e = post_entity_at_peek(post(desk, index), start, end);
    return e ? e->type : "none";
}

static void filters_are_walked(void **state)
{
    struct desk *desk = *state;
    type(desk, "Fo\x1b");
    assert_int_equal(queue_fitting(&desk->session.queue), POSTS - 1);
    type(desk, "J");
    assert_int_equal(desk->session.post, C); /* b is done */
    type(desk, "D");
    assert_int_equal(desk->session.post, C); /* it stays until one leaves it */
    type(desk, "JKK");
    assert_int_equal(desk->session.post, A);
    type(desk, "Ftask\r\x1b");
    assert_int_equal(queue_fitting(&desk->session.queue), 1); /* in the note of d */
    type(desk, "G");
    assert_int_equal(desk->session.post, D);
    type(desk, "Fa\x1bgJ");
    assert_int_equal(desk->session.post, B);
    type(desk, "OsG");
    assert_int_equal(desk->session.post, C); /* done ones are last, in file order */
    type(desk, "Of");
    type(desk, "Fee\x1b"); /* LOC, kept: f alone */
    assert_int_equal(queue_fitting(&desk->session.queue), 1);
}

static void posts_are_gone_to(void **state)
{
    struct desk *desk = *state;
    type(desk, ":4\r");
    assert_int_equal(desk->session.post, D);
    type(desk, ":g\r");
    assert_int_equal(desk->session.post, G);
    type(desk, ":99\r");
    assert_int_equal(desk->session.post, G);
    assert_non_null(strstr(desk->session.message, "there is no post 99"));
    type(desk, "Fooo\x1b:b\r"); /* a post that the filter leaves out is shown all the same */
    assert_int_equal(desk->session.post, B);
    assert_true(queue_position(&desk->session.queue, B) != SIZE_MAX);
}

static void search_goes_round(void **state)
{
    struct desk *desk = *state;
    type(desk, "/camp\r");
    assert_int_equal(desk->session.post, A);
    assert_int_equal(desk->session.cursor, 1);
    assert_true(session_search_matches(&desk->session, 1));
    assert_false(session_search_matches(&desk->session, 2));
    type(desk, "]]");
    assert_int_equal(desk->session.post, B);
    assert_int_equal(desk->session.cursor, 3);
    type(desk, "[[");
    assert_int_equal(desk->session.post, A);
    type(desk, "[");
    assert_int_equal(desk->session.post, H);
    assert_non_null(strstr(desk->session.message, "went round"));
    type(desk, "/ORG\r");
    assert_int_equal(desk->session.post, C);
    type(desk, "/ask a\r");
    assert_int_equal(desk->session.post, D);
    type(desk, "/wins\r");
    assert_int_equal(desk->session.post, C);
    assert_int_equal(desk->session.cursor, 2);
    type(desk, "/nowhere\r");
    assert_int_equal(desk->session.post, C);
    assert_non_null(strstr(desk->session.message, "not in any post"));
    type(desk, "\x1b");
    assert_null(desk->session.search.pattern.text);
}

static void all_places_are_one_act(void **state)
{
    struct desk *desk = *state;
    type(desk, "wvwtl*"); /* Camp Nou in a is LOC */
    const struct occurrences *list = &desk->session.occurrences.list;
    assert_int_equal(desk->session.mode, MODE_OCCURRENCES);
    assert_int_equal(list->n, 8); /* not g: its letters are others */
    static const enum occurrence_state states[] = {OCCURRENCE_SAME,  OCCURRENCE_NONE,    OCCURRENCE_NONE,
                                                   OCCURRENCE_OTHER, OCCURRENCE_NONE,    OCCURRENCE_REFUSED,
                                                   OCCURRENCE_OTHER, OCCURRENCE_PROPOSAL};
    for (size_t i = 0; i < list->n; i++)
        assert_int_equal(list->items[i].state, states[i]);
    type(desk, "jjx"); /* the second one of b is left out */
    type(desk, "A");
    assert_int_equal(desk->session.mode, MODE_NORMAL);
    assert_string_equal(label(desk, B, 0, 2), "LOC");
    assert_string_equal(label(desk, B, 3, 5), "none");
    assert_string_equal(label(desk, C, 0, 2), "ORG");
    assert_string_equal(label(desk, D, 1, 3), "LOC");
    assert_string_equal(label(desk, E, 0, 2), "none");
    assert_string_equal(label(desk, F, 1, 3), "none");
    assert_string_equal(label(desk, G, 0, 2), "none");
    assert_string_equal(label(desk, H, 0, 2), "LOC");
    assert_int_equal(post(desk, D)->status, STATUS_STARTED);
    assert_string_equal(post_entity_at_peek(post(desk, D), 1, 3)->origin.by, "ana");
    type(desk, "u");
    assert_int_equal(desk->session.post, B); /* the first that it changed */
    assert_non_null(strstr(desk->session.message, "undone in 3 posts"));
    assert_string_equal(label(desk, B, 0, 2), "none");
    assert_string_equal(label(desk, D, 1, 3), "none");
    assert_string_equal(label(desk, H, 0, 2), "PER");
    assert_string_equal(label(desk, A, 1, 3), "LOC"); /* that was an act of its own */
    type(desk, "U");
    assert_string_equal(label(desk, H, 0, 2), "LOC");
}

/* Another type is a change of mind about the label, not about the places that were left out. */
static void skipped_places_stay_skipped(void **state)
{
    struct desk *desk = *state;
    const struct occurrences *list = &desk->session.occurrences.list;
    type(desk, "wvw*pjjxl");
    assert_int_equal(list->n, 8);
    assert_true(list->items[2].skipped);
    assert_int_equal(list->items[3].state, OCCURRENCE_OTHER);
    assert_int_equal(list->items[5].state, OCCURRENCE_REFUSED); /* LOC was, PER was not */
    assert_int_equal(list->items[7].state, OCCURRENCE_PROPOSAL);
    assert_int_equal(desk->session.occurrences.marked, 3);
    type(desk, "A");
    assert_string_equal(label(desk, A, 1, 3), "LOC");
    assert_string_equal(label(desk, B, 0, 2), "LOC");
    assert_string_equal(label(desk, B, 3, 5), "none");
    assert_string_equal(label(desk, F, 1, 3), "none");
}

static void each_place_is_one_key(void **state)
{
    struct desk *desk = *state;
    type(desk, "wvw*A"); /* no type yet */
    assert_int_equal(desk->session.mode, MODE_OCCURRENCES);
    assert_non_null(strstr(desk->session.message, "which type"));
    type(desk, "la"); /* a's own place */
    assert_string_equal(label(desk, A, 1, 3), "LOC");
    type(desk, "jja"); /* a person says another thing in c now, on purpose */
    assert_string_equal(label(desk, C, 0, 2), "LOC");
    type(desk, "jja"); /* what stands on more words is not touched */
    assert_string_equal(label(desk, F, 0, 3), "LOC");
    assert_string_equal(label(desk, F, 1, 3), "none");
    type(desk, "i");
    assert_int_equal(desk->session.occurrences.list.n, 9);
    type(desk, "A");
    assert_string_equal(label(desk, G, 0, 2), "LOC");
}

/* A proposal that is not shown is not accepted: the label is the person's own. */
static void hidden_proposals_are_not_accepted(void **state)
{
    struct desk *desk = *state;
    static struct analysis_entity said = {.start = 1, .end = 3, .type = "LOC", .score = 0.4};
    static const struct analysis analysis = {.n_tokens = 3, .entities = &said, .n_entities = 1};
    const size_t places[] = {A, D};
    session_set_proposals(&desk->session, 50, 0);
    session_see(&desk->session, &analysis, "hash");
    type(desk, "wvw*lA");
    for (size_t i = 0; i < 2; i++) {
        const struct entity *e = post_entity_at_peek(post(desk, places[i]), 1, 3);
        assert_non_null(e);
        assert_int_equal(e->origin.decision, DECISION_CREATED);
        assert_null(e->origin.model);
    }
    type(desk, "ug");
    session_set_proposals(&desk->session, 30, 0);
    session_see(&desk->session, &analysis, "hash");
    type(desk, "0w*A");
    const struct entity *e = post_entity_at_peek(post(desk, A), 1, 3);
    assert_int_equal(e->origin.decision, DECISION_ACCEPTED);
    assert_string_equal(e->origin.model, "hash");
    assert_int_equal(post_entity_at_peek(post(desk, D), 1, 3)->origin.decision, DECISION_CREATED);
    session_see(&desk->session, NULL, NULL);
}

static void everything_is_counted(void **state)
{
    struct desk *desk = *state;
    type(desk, "wvwtlC");
    const struct summary *s = &desk->session.summary.counts;
    assert_int_equal(s->scanned, POSTS);
    assert_int_equal(s->statuses[STATUS_DONE], 1);
    assert_int_equal(s->statuses[STATUS_STARTED], 1);
    for (size_t i = 0; i < s->types.n; i++) {
        const struct summary_row *row = &s->types.rows[i];
        if (!strcmp(row->name, "LOC")) {
            assert_int_equal(row->n, 2);
            assert_int_equal(row->created, 2);
            assert_int_equal(row->rejected, 1);
            assert_true(summary_acceptance(row) == 0);
        } else
            assert_string_not_equal(row->name, "PER"); /* nobody accepted it */
    }
    assert_true(desk->session.summary.has_pace);
    assert_true(isnan(desk->session.summary.pace.median_s)); /* one change alone */
    type(desk, "q");
    assert_int_equal(desk->session.mode, MODE_NORMAL);
}

#define desk_test(f) cmocka_unit_test_setup_teardown(f, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        desk_test(filters_are_walked),    desk_test(posts_are_gone_to),     desk_test(search_goes_round),
        desk_test(all_places_are_one_act), desk_test(skipped_places_stay_skipped), desk_test(everything_is_counted),
        desk_test(all_places_are_one_act), desk_test(each_place_is_one_key), desk_test(everything_is_counted),
        desk_test(hidden_proposals_are_not_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
