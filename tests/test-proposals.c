/* What becomes of proposals: the threshold, blind posts, and what every decision says about where its label came from.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/anchoring.h"
#include "corpora/json.h"
#include "corpora/post-json.h"
#include "tests/session-try.h"
#include "ui/blind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct post *post_of(const struct desk *desk)
{
    return session_post(&desk->session);
}

/* --- the threshold ------------------------------------------------------------------------------------------------ */

static void what_is_below_is_neither_shown_nor_accepted(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "+++++++++++++++++"); /* .85: the LOC of .8 and the relation of .7 go */
    assert_true(session_threshold(&desk->session) == 0.85);
    assert_int_equal(shown_proposals(&desk->session.shown), 1);
    assert_int_equal(desk->session.shown.n_below, 2);
    desk_type(desk, "\r");
    const struct post *post = store_post_peek(desk->store, 0);
    assert_int_equal(post->n_entities, 1);
    desk_assert_label(desk, 0, 0, 2, "PER");
    assert_int_equal(post->n_relations + post->n_rejected_entities + post->n_rejected_relations, 0);

    desk_type(desk, "K"); /* nothing was decided about the rest: it is offered again, without the model */
    session_see(&desk->session, &desk_said, "hash");
    assert_int_equal(shown_proposals(&desk->session.shown), 0);
    desk_type(desk, "-");
    assert_int_equal(shown_proposals(&desk->session.shown), 1); /* exactly .8 */
    desk_type(desk, "--");
    assert_int_equal(shown_proposals(&desk->session.shown), 2);
    assert_int_equal(desk->session.shown.n_below, 0);
}

static void the_threshold_stays_between_0_and_1(void **state)
{
    struct desk *desk = *state;
    session_set_proposals(&desk->session, 33, 0);
    desk_type(desk, "+");
    assert_true(session_threshold(&desk->session) == 0.35);
    session_set_proposals(&desk->session, 33, 0);
    desk_type(desk, "-");
    assert_true(session_threshold(&desk->session) == 0.3);
    desk_type(desk, "----------");
    assert_true(session_threshold(&desk->session) == 0);
    desk_type(desk, "++++++++++++++++++++++++++");
    assert_true(session_threshold(&desk->session) == 1);
}

/* A word of a hidden proposal is labelled by hand: created, since the person did not see what the model says. */
static void a_hidden_proposal_is_not_accepted_by_chance(void **state)
{
    struct desk *desk = *state;
    session_set_proposals(&desk->session, 95, 0);
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "v>p");
    desk_assert_label(desk, 0, 0, 2, "PER");
    const struct provenance *origin = &desk_label_at(desk, 0, 0, 2)->origin;
    assert_true(origin->decision == DECISION_CREATED && !origin->has_score && !origin->model);
}

/* --- decisions stand ---------------------------------------------------------------------------------------------- */

static void refused_is_refused(void **state)
{
    struct desk *desk = *state;
    struct analysis_entity again[] = {{.start = 0, .end = 2, .type = "PER", .score = 0.99},
                                      {.start = 5, .end = 7, .type = "LOC", .score = 0.99}};
    struct analysis_relation relation[] = {
        {.head = {0, 2}, .tail = {5, 7}, .type = "/per/loc/live_in", .score = 0.99}};
    struct analysis another = {
        .n_tokens = 7, .entities = again, .n_entities = 2, .relations = relation, .n_relations = 1};
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "\t\tx"); /* the relation */
    desk_type(desk, "hhhhhhhx"); /* Rob Lind */
    assert_int_equal(post_of(desk)->n_rejected_relations, 1);
    assert_int_equal(post_of(desk)->n_rejected_entities, 1);
    session_see(&desk->session, &another, "another hash"); /* the model runs again, and is surer now */
    assert_int_equal(shown_proposals(&desk->session.shown), 1);
    desk_close(desk);
    desk_open(desk); /* the next day */
    session_see(&desk->session, &another, "another hash");
    assert_int_equal(shown_proposals(&desk->session.shown), 1);
    session_save(&desk->session);
    desk_close(desk);
    desk_open(desk); /* from the file this time, not from the journal */
    session_see(&desk->session, &another, "another hash");
    assert_int_equal(shown_proposals(&desk->session.shown), 1);
    desk_type(desk, "\r");
    assert_null(desk_label_at(desk, 0, 0, 2));
    assert_int_equal(store_post_peek(desk->store, 0)->n_relations, 0);
}

static char *text_of_labels(const struct post *post)
{
    struct text text = {0};
    for (size_t i = 0; i < post->n_entities; i++)
        post_json_put_entity(&text, &post->entities[i]);
    for (size_t i = 0; i < post->n_relations; i++)
        post_json_put_relation(&text, &post->relations[i]);
    return text_take(&text);
}

/* Whatever a model says, in however many runs, no key but one that names a label changes what a person said. */
static void a_model_changes_no_decision(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "a");    /* Rob Lind PER, accepted */
    desk_type(desk, "to");   /* Camp Nou ORG, edited */
    desk_type(desk, "hhm");  /* Ana MISC, created */
    desk_type(desk, "r13m"); /* Rob Lind a member of it */
    assert_int_equal(post_of(desk)->n_entities, 3);
    assert_int_equal(post_of(desk)->n_relations, 1);
    char *before = text_of_labels(post_of(desk));
    for (size_t start = 0; start < 7; start++)
        for (size_t end = start + 1; end <= 7; end++) {
            static const char *const types[] = {"PER", "LOC", "ORG", "MISC"};
            for (size_t t = 0; t < 4; t++) {
                struct analysis_entity said[] = {{.start = start, .end = end, .type = types[t], .score = 1}};
                struct analysis_relation joined[] = {
                    {.head = {0, 2}, .tail = {5, 7}, .type = "/per/per/peer", .score = 1},
                    {.head = {5, 7}, .tail = {0, 2}, .type = "/per/org/member_of", .score = 1}};
                struct analysis other = {
                    .n_tokens = 7, .entities = said, .n_entities = 1, .relations = joined, .n_relations = 2};
                bool is_free = start == 2 && end == 3; /* the tokens without a label: there it may say something */
                is_free = is_free || (start == 4 && end == 5);
                session_see(&desk->session, &other, "another hash");
                if (is_free)
                    continue;
                assert_int_equal(shown_proposals(&desk->session.shown), 0);
                desk_type(desk, "a\rKhhhhhhhwwa"); /* accepting, over and over */
                session_see(&desk->session, &other, "another hash");
            }
        }
    char *after = text_of_labels(post_of(desk));
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* --- blind posts -------------------------------------------------------------------------------------------------- */

static void blind_posts_are_chosen_by_name(void **state)
{
    (void)state;
    size_t n = 0, elsewhere = 0, both = 0;
    for (int i = 0; i < 20000; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        bool here = blind_is_chosen(5, "/a/corpus.json", id), there = blind_is_chosen(5, "other.json", id);
        assert_true(here == blind_is_chosen(5, "corpus.json", id)); /* the folder does not matter */
        assert_false(blind_is_chosen(0, "corpus.json", id));
        assert_true(blind_is_chosen(1, "corpus.json", id));
        n += here;
        elsewhere += there;
        both += here && there;
    }
    assert_true(n > 3700 && n < 4300 && elsewhere > 3700 && elsewhere < 4300); /* five deviations of 57 */
    assert_true(both > 640 && both < 960);                                     /* one in 25, so independent */
}

static struct anchoring_record record_of(const struct post *post)
{
    struct anchoring_record record;
    assert_int_equal(anchoring_read(post, &record), 1);
    return record;
}

static void a_blind_post_shows_nothing_until_it_is_done(void **state)
{
    struct desk *desk = *state;
    session_set_proposals(&desk->session, 0, 1);
    session_see(&desk->session, &desk_said, "hash");
    assert_true(desk->session.proposals.hidden);
    assert_int_equal(desk->session.shown.n_entities + desk->session.shown.n_relations, 0);
    assert_null(desk->session.analysis); /* no heat, no match either */
    desk_type(desk, "a+-");
    assert_int_equal(post_of(desk)->n_entities, 0);
    desk_type(desk, "v>p");
    const struct provenance *origin = &desk_label_at(desk, 0, 0, 2)->origin;
    assert_true(origin->decision == DECISION_CREATED); /* although the model says so too */

    desk_type(desk, "\r");
    assert_int_equal(desk->session.post, 0); /* stays, to be looked at */
    assert_int_equal(post_of(desk)->status, STATUS_DONE);
    assert_int_equal(post_of(desk)->n_entities, 1);
    assert_false(desk->session.proposals.hidden);
    assert_int_equal(shown_proposals(&desk->session.shown), 2); /* Camp Nou, and that he lives there */
    struct anchoring_record record = record_of(post_of(desk));
    assert_true(record.blind && record.n_entities == 2 && record.n_relations == 1 && record.n_tokens == 7);
    assert_true(record.entities[0].kept && !record.entities[1].kept && !record.relations[0].kept);
    assert_string_equal(record.model, "hash");
    assert_true(record.entities[1].score == 0.8);
    anchoring_record_free(&record);

    desk_type(desk, "\r"); /* what is seen now can be accepted; the record is of what was before */
    assert_int_equal(store_post_peek(desk->store, 0)->n_entities, 2);
    assert_int_equal(desk->session.post, 1);
    record = record_of(store_post_peek(desk->store, 0));
    assert_false(record.entities[1].kept);
    anchoring_record_free(&record);
    assert_true(desk->session.proposals.hidden); /* the next one is blind again */

    desk_type(desk, "uu");
    assert_null(post_of(desk)->proposed);
    assert_int_equal(post_of(desk)->status, STATUS_STARTED);
    assert_false(desk->session.proposals.hidden); /* seen is seen: what is made of it now is not blind */
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "\r");
    record = record_of(store_post_peek(desk->store, 0));
    assert_true(!record.blind && record.entities[1].kept);
    anchoring_record_free(&record);
}

static void a_blind_post_may_be_done_by_d(void **state)
{
    struct desk *desk = *state;
    session_set_proposals(&desk->session, 75, 1);
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "D");
    assert_false(desk->session.proposals.hidden);
    struct anchoring_record record = record_of(post_of(desk));
    assert_true(record.blind && record.threshold == 0.75);
    assert_int_equal(record.n_entities, 2);
    assert_int_equal(record.n_relations, 0); /* .7 would not have been offered */
    anchoring_record_free(&record);
    desk_close(desk);
    desk_open(desk); /* what was shown once is not hidden again */
    session_set_proposals(&desk->session, 75, 1);
    assert_false(desk->session.proposals.hidden);
}

static void posts_that_are_seen_are_recorded_too(void **state)
{
    struct desk *desk = *state;
    session_set_proposals(&desk->session, 0, 0);
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "\r");
    assert_null(store_post_peek(desk->store, 0)->proposed); /* only where somebody wants to know */

    size_t one_in = 2;
    while (blind_is_chosen(one_in, desk->path, "b"))
        one_in++;
    session_set_proposals(&desk->session, 0, one_in);
    session_see(&desk->session, &desk_said, "hash");
    assert_int_equal(desk->session.post, 1);
    assert_false(desk->session.proposals.hidden);
    desk_type(desk, "x\r"); /* Rob Lind refused, and the relation with it; Camp Nou accepted */
    struct anchoring_record record = record_of(store_post_peek(desk->store, 1));
    assert_false(record.blind);
    assert_true(!record.entities[0].kept && record.entities[1].kept && !record.relations[0].kept);
    anchoring_record_free(&record);
    assert_int_equal(desk->session.post, 2);
}

/* --- where labels come from --------------------------------------------------------------------------------------- */

static void assert_origin(const struct provenance *o, enum label_decision decision, const char *model, double score)
{
    /* What was refused is the model's still; by and at say who refused it. */
    assert_true(o->has_source && o->source == (decision == DECISION_NONE ? SOURCE_MODEL : SOURCE_HUMAN));
    assert_int_equal(o->decision, decision);
    assert_string_equal(o->by, "ana");
    assert_non_null(o->at);
    assert_int_equal(strlen(o->at), strlen("2026-11-24T20:51:07Z"));
    if (model)
        assert_string_equal(o->model, model);
    else
        assert_null(o->model);
    assert_int_equal(o->has_score, !isnan(score));
    if (o->has_score)
        assert_true(o->score == score);
}

static void every_entity_says_where_it_comes_from(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "a");
    assert_origin(&desk_label_at(desk, 0, 0, 2)->origin, DECISION_ACCEPTED, "hash", 0.9);
    desk_type(desk, "to"); /* Camp Nou: a proposal that is corrected; its score was for LOC */
    assert_origin(&desk_label_at(desk, 0, 5, 7)->origin, DECISION_EDITED, "hash", NAN);
    desk_type(desk, "hhhhhhhm"); /* an accepted one that is corrected */
    assert_origin(&desk_label_at(desk, 0, 0, 2)->origin, DECISION_EDITED, "hash", NAN);
    desk_type(desk, "wwwp");
    assert_origin(&desk_label_at(desk, 0, 3, 4)->origin, DECISION_CREATED, NULL, NAN);
    desk_type(desk, "o");
    assert_origin(&desk_label_at(desk, 0, 3, 4)->origin, DECISION_EDITED, NULL, NAN);
    desk_type(desk, "J");
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "x");
    assert_origin(&post_of(desk)->rejected_entities[0].origin, DECISION_NONE, "hash", 0.9);
    desk_type(desk, "ax"); /* accepted, and deleted after all */
    assert_origin(&post_of(desk)->rejected_entities[1].origin, DECISION_NONE, "hash", 0.8);
    desk_type(desk, "J");
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "v>p"); /* choosing what the model proposed is accepting it */
    assert_origin(&desk_label_at(desk, 2, 0, 2)->origin, DECISION_ACCEPTED, "hash", 0.9);
    desk_type(desk, "\r");
    assert_origin(&desk_label_at(desk, 2, 5, 7)->origin, DECISION_ACCEPTED, "hash", 0.8);
    assert_origin(&store_post_peek(desk->store, 2)->relations[0].origin, DECISION_ACCEPTED, "hash", 0.7);
}

static void every_relation_says_where_it_comes_from(void **state)
{
    struct desk *desk = *state;
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "\t\ta");
    assert_origin(&post_of(desk)->relations[0].origin, DECISION_ACCEPTED, "hash", 0.7);
    desk_type(desk, "r120"); /* None: there is none after all */
    assert_string_equal(post_of(desk)->relations[0].type, "None");
    assert_origin(&post_of(desk)->relations[0].origin, DECISION_EDITED, "hash", NAN);
    desk_type(desk, "r21");
    desk_type(desk, "0");
    assert_int_equal(post_of(desk)->n_relations, 2);
    assert_origin(&post_of(desk)->relations[1].origin, DECISION_CREATED, NULL, NAN);
    desk_type(desk, "J");
    session_see(&desk->session, &desk_said, "hash");
    desk_type(desk, "\t\tx");
    assert_origin(&post_of(desk)->rejected_relations[0].origin, DECISION_NONE, "hash", 0.7);
}

/* Boxes, by the builders that the box mode uses. */
static void every_box_says_where_it_comes_from(void **state)
{
    struct desk *desk = *state;
    struct error err;
    const double box[4] = {1, 2, 30, 40}, other[4] = {2, 2, 30, 40};
    const struct edit_context context = {.by = "ana"};
    struct edit_batch batch = {.post = 0};
    const char *ids[3];
    const struct provenance found = {
        .source = SOURCE_DETECTOR, .has_source = true, .has_score = true, .score = 0.6, .model = "detector hash"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(edit_add_object(&batch, post_of(desk), box, "cat", &found, &ids[i], &err), 0);
    }
    assert_int_equal(store_apply(desk->store, &batch, &err), 0);
    assert_true(post_of(desk)->objects[2].origin.source == SOURCE_DETECTOR); /* nobody decided */
    const char *first = post_of(desk)->objects[0].id, *second = post_of(desk)->objects[1].id;
    const char *third = post_of(desk)->objects[2].id;
    batch = (struct edit_batch){.post = 0};
    assert_int_equal(edit_accept_object(&batch, post_of(desk), first, &context, &err), 0);
    assert_int_equal(edit_set_box(&batch, post_of(desk), second, other, &context, &err), 0);
    assert_int_equal(edit_relabel_object(&batch, post_of(desk), third, "dog", &context, &err), 0);
    assert_int_equal(store_apply(desk->store, &batch, &err), 0);
    assert_origin(&post_of(desk)->objects[0].origin, DECISION_ACCEPTED, "detector hash", 0.6);
    assert_origin(&post_of(desk)->objects[1].origin, DECISION_EDITED, "detector hash", NAN);
    assert_origin(&post_of(desk)->objects[2].origin, DECISION_EDITED, "detector hash", NAN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        desk_test(what_is_below_is_neither_shown_nor_accepted),
        desk_test(the_threshold_stays_between_0_and_1),
        desk_test(a_hidden_proposal_is_not_accepted_by_chance),
        desk_test(refused_is_refused),
        desk_test(a_model_changes_no_decision),
        cmocka_unit_test(blind_posts_are_chosen_by_name),
        desk_test(a_blind_post_shows_nothing_until_it_is_done),
        desk_test(a_blind_post_may_be_done_by_d),
        desk_test(posts_that_are_seen_are_recorded_too),
        desk_test(every_entity_says_where_it_comes_from),
        desk_test(every_relation_says_where_it_comes_from),
        desk_test(every_box_says_where_it_comes_from),
    };
    return cmocka_run_group_tests_name("proposals", tests, NULL, NULL);
}
