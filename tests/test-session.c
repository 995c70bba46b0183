/* What keys do to labels, without a terminal: and how many of them people need.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/session-try.h"

#include <stdlib.h>
#include <string.h>

static void a_new_label_takes_four_keys_at_most(void **state)
{
    struct desk *desk = *state;
    assert_true(desk_type(desk, "v>p") <= 4);
    desk_assert_label(desk, 0, 0, 2, "PER");
    desk_type(desk, "J");
    assert_true(desk_type(desk, "vltl") <= 4); /* l moves, and behind t it is LOC */
    desk_assert_label(desk, 1, 0, 2, "LOC");
    desk_type(desk, "J");
    assert_true(desk_type(desk, "vw\rl") <= 4);
    desk_assert_label(desk, 2, 0, 2, "LOC");
    desk_type(desk, "ww");
    assert_true(desk_type(desk, "vwL") <= 4);
    desk_assert_label(desk, 2, 3, 5, "LOC");
    assert_int_equal(store_type_count(desk->store, "LOC"), 3);
    assert_true(desk_type(desk, "$m") <= 4);
}

static void accepting_takes_one_key(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &desk_said, "hash");
    assert_int_equal(desk_type(desk, "a"), 1);
    desk_assert_label(desk, 0, 0, 2, "PER");
    const struct entity *e = desk_label_at(desk, 0, 0, 2);
    assert_true(e->origin.decision == DECISION_ACCEPTED && e->origin.has_score);
    assert_string_equal(e->origin.model, "hash");
    assert_int_equal(desk->session.cursor, 5); /* the next proposal */
    assert_int_equal(desk_type(desk, "a"), 1);
    desk_assert_label(desk, 0, 5, 7, "LOC");
    assert_int_equal(desk->session.relation, 0);
    assert_int_equal(desk_type(desk, "a"), 1);
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_relations, 1);
    assert_string_equal(post->relations[0].type, "/per/loc/live_in");
    assert_int_equal(post->status, STATUS_STARTED);
    desk_type(desk, "a"); /* nothing is left: nothing changes */
    assert_int_equal(post->n_entities + post->n_relations, 3);
}

static void enter_accepts_all_and_goes_on(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &desk_said, "hash");
    assert_int_equal(desk_type(desk, "\r"), 1);
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_entities, 2);
    assert_int_equal(post->n_relations, 1);
    assert_int_equal(post->status, STATUS_DONE);
    assert_int_equal(desk->session.post, 1);
    assert_null(desk->session.analysis); /* the old post's proposals do not stand here */
    desk_type(desk, "u");                     /* one act, one undo */
    assert_int_equal(desk->session.post, 0);
    assert_int_equal(post->n_entities + post->n_relations, 0);
    assert_int_equal(post->status, STATUS_NEW);
    desk_type(desk, "\x12");
    assert_int_equal(post->n_entities, 2);
    assert_int_equal(post->status, STATUS_DONE);
}

static void a_relation_alone_brings_its_entities(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "\t\t"); /* from the entity under the cursor to the second, to the relation */
    assert_int_equal(desk->session.relation, 0);
    desk_type(desk, "a");
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_entities, 2);
    assert_int_equal(post->n_relations, 1);
    assert_string_equal(post->relations[0].head, desk_label_at(desk, 0, 0, 2)->id);
    assert_string_equal(post->relations[0].tail, desk_label_at(desk, 0, 5, 7)->id);
}

static void retyping_takes_two_keys(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &desk_said, "hash");
    assert_int_equal(desk_type(desk, "to"), 2); /* a proposal, corrected */
    desk_assert_label(desk, 0, 0, 2, "ORG");
    assert_true(desk_label_at(desk, 0, 0, 2)->origin.decision == DECISION_EDITED);
    assert_int_equal(desk_type(desk, "tl"), 2);
    desk_assert_label(desk, 0, 0, 2, "LOC");
    assert_int_equal(desk_type(desk, "m"), 1);
    desk_assert_label(desk, 0, 0, 2, "MISC");
    assert_int_equal(store_post_peek(desk->store, 0)->n_entities, 1);
    /* The model still says PER there, but neither key that accepts may touch what a person said. */
    desk_type(desk, "0a");
    desk_assert_label(desk, 0, 0, 2, "MISC");
    desk_type(desk, "\r");
    desk_assert_label(desk, 0, 0, 2, "MISC");
}

static void a_relation_takes_four_keys(void **state)
{
    struct desk *desk = *state;
    desk_type(desk, "v>pwwp"); /* Rob Lind, Ana */
    assert_int_equal(store_type_count(desk->store, "PER"), 2);
    assert_true(desk_type(desk, "r12p") <= 4);
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_relations, 1);
    assert_string_equal(post->relations[0].type, "/per/per/peer");
    assert_string_equal(post->relations[0].head, desk_label_at(desk, 0, 0, 2)->id);
    desk_type(desk, "r12"); /* only what fits two people is offered, and None */
    assert_int_equal(desk->session.relations.n, 2);
    desk_type(desk, "0");
    assert_string_equal(post->relations[0].type, "None");
    assert_int_equal(post->n_relations, 1);
    desk_type(desk, "r11"); /* not with itself */
    assert_int_equal(desk->session.mode, MODE_TAIL);
    desk_type(desk, "\x1b");
    assert_int_equal(desk->session.mode, MODE_NORMAL);
    assert_int_equal(post->n_relations, 1);
}

static void deleting_takes_relations_along(void **state)
{
    struct desk *desk = *state;
    desk_type(desk, "v>pwwpr12p0x");
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_entities, 1);
    assert_int_equal(post->n_relations, 0);
    desk_type(desk, "u");
    assert_int_equal(post->n_entities, 2);
    assert_int_equal(post->n_relations, 1);
    desk_type(desk, "Uu");
    assert_int_equal(post->n_relations, 1);
}

static void what_was_removed_does_not_come_back(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "x"); /* a proposal refused */
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_rejected_entities, 1);
    assert_int_equal(desk->session.shown.n_entities, 1);
    desk_type(desk, "ax");          /* accepted, the cursor has nowhere to go, deleted after all */
    assert_int_equal(post->n_entities, 0);
    session_see(&desk->session, &desk_said, "hash");
    assert_int_equal(shown_proposals(&desk->session.shown), 0);
    desk_type(desk, "\r");
    assert_int_equal(post->n_entities, 0);
    assert_int_equal(post->status, STATUS_DONE);
}

static void the_question_keeps_its_meaning(void **state)
{
    struct desk *desk = *state;
    desk_type(desk, "t");
    assert_true(session_is_asking(&desk->session));
    desk_type(desk, "\x1b");
    assert_false(session_is_asking(&desk->session));
    assert_int_equal(store_type_count(desk->store, "PER"), 0);
    desk_type(desk, "vwt");
    desk_type(desk, "p");
    desk_assert_label(desk, 0, 0, 2, "PER");
}

static void posts_are_walked(void **state)
{
    struct desk *desk = *state;
    desk_type(desk, "DG");
    assert_int_equal(desk->session.post, 2);
    desk_type(desk, "J");
    assert_int_equal(desk->session.post, 2);
    desk_type(desk, "g");
    assert_int_equal(desk->session.post, 0);
    assert_int_equal(store_post_peek(desk->store, 0)->status, STATUS_DONE);
    desk_type(desk, "nSnN");
    assert_int_equal(desk->session.post, 2); /* post 2 is skipped, post 1 done: no open one before */
    assert_int_equal(store_post_peek(desk->store, 1)->status, STATUS_SKIPPED);
    desk_type(desk, "gD");
    assert_int_equal(store_post_peek(desk->store, 0)->status, STATUS_STARTED);
}

static void quitting_asks_only_when_there_is_something(void **state)
{
    struct desk *desk = *state;
    desk_type(desk, "p");
    desk_type(desk, "q");
    assert_int_equal(desk->session.mode, MODE_QUIT);
    assert_false(desk->session.leaving);
    desk_type(desk, "\x1b");
    assert_int_equal(desk->session.mode, MODE_NORMAL);
    session_save(&desk->session);
    assert_false(store_unsaved(desk->store));
    desk_type(desk, "q");
    assert_true(desk->session.leaving);
}

static void the_journal_keeps_what_was_left(void **state)
{
    struct desk *desk = *state;
    desk_type(desk, "v>pJo");
    desk_type(desk, "qq"); /* quit, without saving */
    assert_true(desk->session.leaving);
    desk_close(desk);
    desk_open(desk);
    desk_assert_label(desk, 0, 0, 2, "PER");
    desk_assert_label(desk, 1, 0, 1, "ORG");
    assert_int_equal(store_recovered(desk->store), 2);
    desk_type(desk, "u"); /* undo goes over the end of a session */
    assert_int_equal(desk->session.post, 1);
    assert_null(desk_label_at(desk, 1, 0, 1));
}

static void nested_labels_can_be_reached(void **state)
{
    struct desk *desk = *state;
    desk_type(desk, "wwwwwvwtl"); /* Camp Nou LOC, cursor on Nou */
    desk_assert_label(desk, 0, 5, 7, "LOC");
    desk_type(desk, "\x1bvp"); /* a selection of one word is a label of its own inside of it */
    desk_assert_label(desk, 0, 6, 7, "PER");
    desk_assert_label(desk, 0, 5, 7, "LOC");
    desk_type(desk, "x"); /* the innermost */
    assert_null(desk_label_at(desk, 0, 6, 7));
    desk_assert_label(desk, 0, 5, 7, "LOC");
}

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
