/* What keys do to labels, without a terminal: and how many of them people need.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/session.h"

#include <curses.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Three posts; the model will propose Rob Lind PER, Camp Nou LOC, and that he lives there, in each. */
static const char corpus[] =
    "{\"format\": \"mmib-corpus\", \"version\": 1,\n"
    " \"schema\": {\"entities\": [\"PER\", \"LOC\", \"ORG\", \"MISC\"], \"relations\": [\n"
    "  {\"name\": \"/per/loc/live_in\", \"head\": [\"PER\"], \"tail\": [\"LOC\"]},\n"
    "  {\"name\": \"/per/per/peer\", \"head\": [\"PER\"], \"tail\": [\"PER\"]},\n"
    "  {\"name\": \"/per/org/member_of\", \"head\": [\"PER\"], \"tail\": [\"ORG\"]}]},\n"
    " \"posts\": [\n"
    "  {\"id\": \"a\", \"tokens\": [\"Rob\", \"Lind\", \"met\", \"Ana\", \"at\", \"Camp\", \"Nou\"]},\n"
    "  {\"id\": \"b\", \"tokens\": [\"Rob\", \"Lind\", \"met\", \"Ana\", \"at\", \"Camp\", \"Nou\"]},\n"
    "  {\"id\": \"c\", \"tokens\": [\"Rob\", \"Lind\", \"met\", \"Ana\", \"at\", \"Camp\", \"Nou\"]}]}\n";

static struct analysis_entity said[] = {{.start = 0, .end = 2, .type = "PER", .score = 0.9},
                                        {.start = 5, .end = 7, .type = "LOC", .score = 0.8}};
static struct analysis_relation joined[] = {{.head = {0, 2}, .tail = {5, 7}, .type = "/per/loc/live_in", .score = 0.7}};
static const struct analysis analysis = {
    .n_tokens = 7, .entities = said, .n_entities = 2, .relations = joined, .n_relations = 1};

struct desk {
    char folder[64], path[96];
    struct store *store;
    struct session session;
};

static void desk_open(struct desk *desk)
{
    struct error err = {0};
    struct store_options options = {.annotator = "ana"};
    if (store_open(desk->path, &options, &desk->store, &err) || session_start(&desk->session, desk->store, &err))
        fail_msg("%s", err.message);
}

static void desk_close(struct desk *desk)
{
    session_end(&desk->session);
    store_close(desk->store);
}

static int desk_set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    const char *tmp = getenv("TMPDIR");
    snprintf(desk->folder, sizeof desk->folder, "%s/mmib-session-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
    assert_non_null(mkdtemp(desk->folder));
    snprintf(desk->path, sizeof desk->path, "%s/corpus.json", desk->folder);
    FILE *file = fopen(desk->path, "w");
    assert_non_null(file);
    fputs(corpus, file);
    assert_int_equal(fclose(file), 0);
    desk_open(desk);
    *state = desk;
    return 0;
}

static int desk_tear_down(void **state)
{
    struct desk *desk = *state;
    char command[160];
    desk_close(desk);
    snprintf(command, sizeof command, "rm -r '%s'", desk->folder);
    int code = system(command);
    free(desk);
    return code;
}

/* Types the keys; '>' stands for the right arrow. Returns how many they are. */
static size_t type(struct desk *desk, const char *keys)
{
    for (const char *p = keys; *p; p++)
        session_key(&desk->session, *p == '>' ? KEYMAP_FUNCTION + KEY_RIGHT : (unsigned char)*p);
    return strlen(keys);
}

static const struct entity *label_at(const struct desk *desk, size_t post, size_t start, size_t end)
{
    return post_entity_at_peek(store_post_peek(desk->store, post), start, end);
}

static void assert_label(const struct desk *desk, size_t post, size_t start, size_t end, const char *expected)
{
    const struct entity *e = label_at(desk, post, start, end);
    assert_non_null(e);
    assert_string_equal(e->type, expected);
    assert_true(e->origin.source == SOURCE_HUMAN);
    assert_string_equal(e->origin.by, "ana");
}

static void a_new_label_takes_four_keys_at_most(void **state)
{
    struct desk *desk = *state;
    assert_true(type(desk, "v>p") <= 4);
    assert_label(desk, 0, 0, 2, "PER");
    type(desk, "J");
    assert_true(type(desk, "vltl") <= 4); /* l moves, and behind t it is LOC */
    assert_label(desk, 1, 0, 2, "LOC");
    type(desk, "J");
    assert_true(type(desk, "vw\rl") <= 4);
    assert_label(desk, 2, 0, 2, "LOC");
    type(desk, "ww");
    assert_true(type(desk, "vwL") <= 4);
    assert_label(desk, 2, 3, 5, "LOC");
    assert_int_equal(store_type_count(desk->store, "LOC"), 3);
    assert_true(type(desk, "$m") <= 4);
}

static void accepting_takes_one_key(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &analysis, "hash");
    assert_int_equal(type(desk, "a"), 1);
    assert_label(desk, 0, 0, 2, "PER");
    const struct entity *e = label_at(desk, 0, 0, 2);
    assert_true(e->origin.decision == DECISION_ACCEPTED && e->origin.has_score);
    assert_string_equal(e->origin.model, "hash");
    assert_int_equal(desk->session.cursor, 5); /* the next proposal */
    assert_int_equal(type(desk, "a"), 1);
    assert_label(desk, 0, 5, 7, "LOC");
    assert_int_equal(desk->session.relation, 0);
    assert_int_equal(type(desk, "a"), 1);
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_relations, 1);
    assert_string_equal(post->relations[0].type, "/per/loc/live_in");
    assert_int_equal(post->status, STATUS_STARTED);
    type(desk, "a"); /* nothing is left: nothing changes */
    assert_int_equal(post->n_entities + post->n_relations, 3);
}

static void enter_accepts_all_and_goes_on(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &analysis, "hash");
    assert_int_equal(type(desk, "\r"), 1);
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_entities, 2);
    assert_int_equal(post->n_relations, 1);
    assert_int_equal(post->status, STATUS_DONE);
    assert_int_equal(desk->session.post, 1);
    assert_null(desk->session.analysis); /* the old post's proposals do not stand here */
    type(desk, "u");                     /* one act, one undo */
    assert_int_equal(desk->session.post, 0);
    assert_int_equal(post->n_entities + post->n_relations, 0);
    assert_int_equal(post->status, STATUS_NEW);
    type(desk, "\x12");
    assert_int_equal(post->n_entities, 2);
    assert_int_equal(post->status, STATUS_DONE);
}

static void a_relation_alone_brings_its_entities(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &analysis, "hash");
    type(desk, "\t\t"); /* from the entity under the cursor to the second, to the relation */
    assert_int_equal(desk->session.relation, 0);
    type(desk, "a");
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_entities, 2);
    assert_int_equal(post->n_relations, 1);
    assert_string_equal(post->relations[0].head, label_at(desk, 0, 0, 2)->id);
    assert_string_equal(post->relations[0].tail, label_at(desk, 0, 5, 7)->id);
}

static void retyping_takes_two_keys(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &analysis, "hash");
    assert_int_equal(type(desk, "to"), 2); /* a proposal, corrected */
    assert_label(desk, 0, 0, 2, "ORG");
    assert_true(label_at(desk, 0, 0, 2)->origin.decision == DECISION_EDITED);
    assert_int_equal(type(desk, "tl"), 2);
    assert_label(desk, 0, 0, 2, "LOC");
    assert_int_equal(type(desk, "m"), 1);
    assert_label(desk, 0, 0, 2, "MISC");
    assert_int_equal(store_post_peek(desk->store, 0)->n_entities, 1);
    /* The model still says PER there, but neither key that accepts may touch what a person said. */
    type(desk, "0a");
    assert_label(desk, 0, 0, 2, "MISC");
    type(desk, "\r");
    assert_label(desk, 0, 0, 2, "MISC");
}

static void a_relation_takes_four_keys(void **state)
{
    struct desk *desk = *state;
    type(desk, "v>pwwp"); /* Rob Lind, Ana */
    assert_int_equal(store_type_count(desk->store, "PER"), 2);
    assert_true(type(desk, "r12p") <= 4);
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_relations, 1);
    assert_string_equal(post->relations[0].type, "/per/per/peer");
    assert_string_equal(post->relations[0].head, label_at(desk, 0, 0, 2)->id);
    type(desk, "r12"); /* only what fits two people is offered, and None */
    assert_int_equal(desk->session.relations.n, 2);
    type(desk, "0");
    assert_string_equal(post->relations[0].type, "None");
    assert_int_equal(post->n_relations, 1);
    type(desk, "r11"); /* not with itself */
    assert_int_equal(desk->session.mode, MODE_TAIL);
    type(desk, "\x1b");
    assert_int_equal(desk->session.mode, MODE_NORMAL);
    assert_int_equal(post->n_relations, 1);
}

static void deleting_takes_relations_along(void **state)
{
    struct desk *desk = *state;
    type(desk, "v>pwwpr12p0x");
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_entities, 1);
    assert_int_equal(post->n_relations, 0);
    type(desk, "u");
    assert_int_equal(post->n_entities, 2);
    assert_int_equal(post->n_relations, 1);
    type(desk, "Uu");
    assert_int_equal(post->n_relations, 1);
}

static void what_was_removed_does_not_come_back(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &analysis, "hash");
    type(desk, "x"); /* a proposal refused */
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_rejected_entities, 1);
    assert_int_equal(desk->session.shown.n_entities, 1);
    type(desk, "ax");          /* accepted, the cursor has nowhere to go, deleted after all */
    assert_int_equal(post->n_entities, 0);
    session_see(&desk->session, &analysis, "hash");
    assert_int_equal(shown_proposals(&desk->session.shown), 0);
    type(desk, "\r");
    assert_int_equal(post->n_entities, 0);
    assert_int_equal(post->status, STATUS_DONE);
}

static void the_question_keeps_its_meaning(void **state)
{
    struct desk *desk = *state;
    type(desk, "t");
    assert_true(session_is_asking(&desk->session));
    type(desk, "\x1b");
    assert_false(session_is_asking(&desk->session));
    assert_int_equal(store_type_count(desk->store, "PER"), 0);
    type(desk, "vwt");
    type(desk, "p");
    assert_label(desk, 0, 0, 2, "PER");
}

static void posts_are_walked(void **state)
{
    struct desk *desk = *state;
    type(desk, "DG");
    assert_int_equal(desk->session.post, 2);
    type(desk, "J");
    assert_int_equal(desk->session.post, 2);
    type(desk, "g");
    assert_int_equal(desk->session.post, 0);
    assert_int_equal(store_post_peek(desk->store, 0)->status, STATUS_DONE);
    type(desk, "nSnN");
    assert_int_equal(desk->session.post, 2); /* post 2 is skipped, post 1 done: no open one before */
    assert_int_equal(store_post_peek(desk->store, 1)->status, STATUS_SKIPPED);
    type(desk, "gD");
    assert_int_equal(store_post_peek(desk->store, 0)->status, STATUS_STARTED);
}

static void quitting_asks_only_when_there_is_something(void **state)
{
    struct desk *desk = *state;
    type(desk, "p");
    type(desk, "q");
    assert_int_equal(desk->session.mode, MODE_QUIT);
    assert_false(desk->session.leaving);
    type(desk, "\x1b");
    assert_int_equal(desk->session.mode, MODE_NORMAL);
    session_save(&desk->session);
    assert_false(store_unsaved(desk->store));
    type(desk, "q");
    assert_true(desk->session.leaving);
}

static void the_journal_keeps_what_was_left(void **state)
{
    struct desk *desk = *state;
    type(desk, "v>pJo");
    type(desk, "qq"); /* quit, without saving */
    assert_true(desk->session.leaving);
    desk_close(desk);
    desk_open(desk);
    assert_label(desk, 0, 0, 2, "PER");
    assert_label(desk, 1, 0, 1, "ORG");
    assert_int_equal(store_recovered(desk->store), 2);
    type(desk, "u"); /* undo goes over the end of a session */
    assert_int_equal(desk->session.post, 1);
    assert_null(label_at(desk, 1, 0, 1));
}

static void nested_labels_can_be_reached(void **state)
{
    struct desk *desk = *state;
    type(desk, "wwwwwvwtl"); /* Camp Nou LOC, cursor on Nou */
    assert_label(desk, 0, 5, 7, "LOC");
    type(desk, "\x1bvp"); /* a selection of one word is a label of its own inside of it */
    assert_label(desk, 0, 6, 7, "PER");
    assert_label(desk, 0, 5, 7, "LOC");
    type(desk, "x"); /* the innermost */
    assert_null(label_at(desk, 0, 6, 7));
    assert_label(desk, 0, 5, 7, "LOC");
}

#define desk_test(f) cmocka_unit_test_setup_teardown(f, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        desk_test(a_new_label_takes_four_keys_at_most),
        desk_test(accepting_takes_one_key),
        desk_test(enter_accepts_all_and_goes_on),
        desk_test(a_relation_alone_brings_its_entities),
        desk_test(retyping_takes_two_keys),
        desk_test(a_relation_takes_four_keys),
        desk_test(deleting_takes_relations_along),
        desk_test(what_was_removed_does_not_come_back),
        desk_test(the_question_keeps_its_meaning),
        desk_test(posts_are_walked),
        desk_test(quitting_asks_only_when_there_is_something),
        desk_test(the_journal_keeps_what_was_left),
        desk_test(nested_labels_can_be_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
