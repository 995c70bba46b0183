/* Edits: what each builder makes of a post, and that every edit has an inverse that brings the post back to the letter.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/store-try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct edit_context ana = {"ana", "2026-11-24T15:00:00Z"};
static struct corpus *corpus;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    err = (struct error){0};
    return corpus_read(try_put("edit.json", try_native), NULL, &corpus, &err);
}

static int tear_down(void **state)
{
    (void)state;
    corpus_free(corpus);
    return 0;
}

/* Applies the batch to post 0, checks that its inverse brings the post back, applies it again, and frees it. */
static const struct post *apply(struct edit_batch *batch)
{
    struct post *post = &corpus->posts[batch->post];
    char *before = try_post_text(post);
    if (edit_batch_apply(batch, post, 1, &err))
        fail_msg("%s", err.message);
    char *after = try_post_text(post);
    assert_int_equal(edit_batch_apply(batch, post, 0, &err), 0);
    char *back = try_post_text(post);
    assert_string_equal(back, before);
    assert_int_equal(edit_batch_apply(batch, post, 1, &err), 0);
    char *again = try_post_text(post);
    assert_string_equal(again, after);
    free(before), free(after), free(back), free(again);
    edit_batch_free(batch);
    return post;
}

static void assert_origin(const struct provenance *origin, enum label_decision decision, const char *by,
                          const char *model)
{
    assert_true(origin->has_source);
    assert_int_equal(origin->source, SOURCE_HUMAN);
    assert_int_equal(origin->decision, decision);
    assert_non_null(origin->at);
    assert_int_equal(strlen(origin->at), 20);
    if (by)
        assert_string_equal(origin->by, by);
    else
        assert_null(origin->by);
    if (model)
        assert_string_equal(origin->model, model);
    else
        assert_null(origin->model);
}

static void a_new_entity_is_created_by_a_human(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    assert_int_equal(edit_create_entity(&batch, corpus->posts, 0, 1, "ORG", &ana, &err), 0);
    assert_string_equal(edit_batch_entity_at_peek(&batch, corpus->posts, 0, 1), "e3");
    const struct post *post = apply(&batch);
    assert_int_equal(post->n_entities, 3);
    assert_string_equal(post->entities[2].id, "e3");
    assert_string_equal(post->entities[2].type, "ORG");
    assert_origin(&post->entities[2].origin, DECISION_CREATED, "ana", NULL);
    assert_false(post->entities[2].origin.has_score);
    assert_string_equal(post->entities[2].origin.at, ana.at);
}

static void creating_on_the_same_tokens_retypes(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    assert_int_equal(edit_create_entity(&batch, corpus->posts, 1, 3, "ORG", NULL, &err), 0);
    const struct post *post = apply(&batch);
    assert_int_equal(post->n_entities, 2);
    assert_string_equal(post->entities[0].id, "e1");
    assert_string_equal(post->entities[0].type, "ORG");
    assert_non_null(post->entities[0].extra);
    assert_origin(&post->entities[0].origin, DECISION_EDITED, NULL, NULL);
    /* Again the same says nothing new. */
    assert_int_equal(edit_create_entity(&batch, corpus->posts, 1, 3, "ORG", NULL, &err), 0);
    assert_int_equal(batch.n, 0);
    /* A model's label that is said again is taken over, with what the model said of it. */
    assert_int_equal(edit_create_entity(&batch, corpus->posts, 4, 6, "LOC", &ana, &err), 0);
    post = apply(&batch);
    assert_origin(&post->entities[1].origin, DECISION_ACCEPTED, "ana", NULL);
    assert_true(post->entities[1].origin.score == 0.61);
}

static void an_accepted_proposal_keeps_score_and_model(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    assert_int_equal(edit_reject_entity(&batch, corpus->posts, 6, 7, "MISC", 0.25, "m", &ana, &err), 0);
    apply(&batch);
    assert_int_equal(edit_accept_entity(&batch, corpus->posts, 6, 7, "MISC", 0.25, "m", &ana, &err), 0);
    const struct post *post = apply(&batch);
    assert_int_equal(post->n_rejected_entities, 0); /* refused no longer */
    assert_origin(&post->entities[2].origin, DECISION_ACCEPTED, "ana", "m");
    assert_true(post->entities[2].origin.has_score && post->entities[2].origin.score == 0.25);
    /* On the tokens of another entity, that one is given the type. */
    assert_int_equal(edit_accept_entity(&batch, post, 1, 3, "LOC", 0.5, "m", &ana, &err), 0);
    post = apply(&batch);
    assert_int_equal(post->n_entities, 3);
    assert_string_equal(post->entities[0].type, "LOC");
    assert_origin(&post->entities[0].origin, DECISION_ACCEPTED, "ana", "m");
}

static void retyped_and_moved_entities_are_edited(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    assert_int_equal(edit_retype_entity(&batch, corpus->posts, "e2", "ORG", &ana, &err), 0);
    assert_int_equal(edit_respan_entity(&batch, corpus->posts, "e2", 5, 6, &ana, &err), 0);
    assert_null(edit_batch_entity_at_peek(&batch, corpus->posts, 4, 6));
    assert_string_equal(edit_batch_entity_at_peek(&batch, corpus->posts, 5, 6), "e2");
    const struct post *post = apply(&batch);
    assert_int_equal(post->entities[1].start, 5);
    assert_string_equal(post->entities[1].type, "ORG");
    assert_origin(&post->entities[1].origin, DECISION_EDITED, "ana", NULL);
    assert_false(post->entities[1].origin.has_score); /* it was the score of another label */
    assert_int_equal(edit_respan_entity(&batch, post, "e2", 1, 3, &ana, &err), -1);
    assert_string_equal(err.message, "post a: entity e1 stands on these tokens already");
}

static void deleting_an_entity_takes_its_relations(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    assert_int_equal(edit_put_relation(&batch, corpus->posts, "e2", "e1", "None", NAN, NULL, &ana, &err), 0);
    apply(&batch);
    assert_int_equal(edit_delete_entity(&batch, corpus->posts, "e1", &err), 0);
    const struct post *post = apply(&batch);
    assert_int_equal(post->n_entities, 1);
    assert_int_equal(post->n_relations, 0);
}

static void relations_join_entities_of_the_batch(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 1};
    const struct post *post = &corpus->posts[1];
    assert_int_equal(edit_create_entity(&batch, post, 0, 1, "MISC", &ana, &err), 0);
    assert_int_equal(edit_create_entity(&batch, post, 2, 3, "LOC", &ana, &err), 0);
    assert_int_equal(edit_put_relation(&batch, post, "e1", "e2", "/misc/loc/held_on", 0.75, "m", &ana, &err), 0);
    post = apply(&batch);
    assert_int_equal(post->n_relations, 1);
    assert_string_equal(post->relations[0].id, "r1");
    assert_origin(&post->relations[0].origin, DECISION_ACCEPTED, "ana", "m");
    /* Another type for the same pair. */
    assert_int_equal(edit_put_relation(&batch, post, "e1", "e2", "None", NAN, NULL, NULL, &err), 0);
    post = apply(&batch);
    assert_int_equal(post->n_relations, 1);
    assert_string_equal(post->relations[0].type, "None");
    assert_origin(&post->relations[0].origin, DECISION_EDITED, NULL, "m");
    assert_false(post->relations[0].origin.has_score);
    /* The other direction is another relation. */
    assert_int_equal(edit_put_relation(&batch, post, "e2", "e1", "x", NAN, NULL, NULL, &err), 0);
    post = apply(&batch);
    assert_origin(&post->relations[1].origin, DECISION_CREATED, NULL, NULL);
    assert_int_equal(edit_delete_relation(&batch, post, "r1", &err), 0);
    post = apply(&batch);
    assert_string_equal(post->relations[0].id, "r2");
}

static void refused_proposals_stand_once(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    const size_t head[2] = {1, 3}, tail[2] = {4, 6};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(edit_reject_entity(&batch, corpus->posts, 3, 4, "ORG", 0.5, "m", &ana, &err), 0);
        assert_int_equal(edit_reject_relation(&batch, corpus->posts, head, tail, "x", 0.5, "m", &ana, &err), 0);
    }
    const struct post *post = apply(&batch);
    assert_int_equal(post->n_rejected_entities, 1);
    assert_int_equal(post->n_rejected_relations, 1);
    assert_string_equal(post->rejected_relations[0].head, "1-3");
    assert_string_equal(post->rejected_entities[0].origin.by, "ana");
    assert_int_equal(post->rejected_entities[0].origin.source, SOURCE_MODEL);
    /* A person who says the same creates it; that the model's proposal was refused stays. */
    assert_int_equal(edit_create_entity(&batch, post, 3, 4, "ORG", &ana, &err), 0);
    post = apply(&batch);
    assert_int_equal(post->n_rejected_entities, 1);
}

static void fields_change(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 1};
    assert_int_equal(edit_set_status(&batch, &corpus->posts[1], STATUS_DONE, &err), 0);
    assert_int_equal(edit_set_note(&batch, &corpus->posts[1], "", &err), 0);
    assert_int_equal(edit_set_annotator(&batch, &corpus->posts[1], "ben", &err), 0);
    assert_int_equal(edit_set_annotator(&batch, &corpus->posts[1], "ana", &err), 0);
    const struct post *post = apply(&batch);
    assert_int_equal(post->status, STATUS_DONE);
    assert_null(post->note);
    assert_string_equal(post->annotator, "ana");
    assert_int_equal(edit_set_status(&batch, post, STATUS_DONE, &err), 0);
    assert_int_equal(edit_set_note(&batch, post, NULL, &err), 0);
    assert_int_equal(edit_set_annotator(&batch, post, "ana", &err), 0);
    assert_int_equal(batch.n, 0); /* nothing changed, nothing to undo */
}

static void objects_are_drawn_changed_and_taken_over(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    const double box[4] = {1, 2, 3, 4.5}, other[4] = {0, 0, 9, 9};
    const struct provenance detector = {
        .source = SOURCE_DETECTOR, .has_source = true, .has_score = true, .score = 0.75, .model = (char *)"d"};
    const char *id, *other_id;
    assert_int_equal(edit_add_object(&batch, corpus->posts, box, "", &detector, &id, &err), 0);
    assert_string_equal(id, "o2");
    assert_int_equal(edit_add_object(&batch, corpus->posts, other, "cat", &detector, &other_id, &err), 0);
    assert_string_equal(other_id, "o3");
    assert_string_equal(id, "o2"); /* still good when the batch has grown */
    const struct post *post = apply(&batch);
    assert_int_equal(post->n_objects, 3);
    assert_null(post->objects[1].label);
    assert_true(post->objects[1].box[3] == 4.5 && post->objects[1].origin.score == 0.75);
    assert_int_equal(post->objects[1].origin.source, SOURCE_DETECTOR);

    assert_int_equal(edit_accept_object(&batch, post, "o2", &ana, &err), 0);
    assert_int_equal(edit_accept_object(&batch, post, "o2", &ana, &err), 0);
    assert_int_equal(batch.n, 1);
    assert_int_equal(edit_set_box(&batch, post, "o3", box, &ana, &err), 0);
    assert_int_equal(edit_set_box(&batch, post, "o3", box, &ana, &err), 0);
    assert_int_equal(batch.n, 2);
    assert_int_equal(edit_relabel_object(&batch, post, "o1", "dog", &ana, &err), 0);
    post = apply(&batch);
    assert_origin(&post->objects[1].origin, DECISION_ACCEPTED, "ana", "d");
    assert_true(post->objects[1].origin.score == 0.75);
    assert_origin(&post->objects[2].origin, DECISION_EDITED, "ana", "d");
    assert_false(post->objects[2].origin.has_score);
    assert_true(post->objects[2].box[2] == 3);
    assert_string_equal(post->objects[0].label, "dog");
    assert_origin(&post->objects[0].origin, DECISION_EDITED, "ana", NULL);
    assert_int_equal(edit_relabel_object(&batch, post, "o1", NULL, &ana, &err), 0);
    post = apply(&batch);
    assert_null(post->objects[0].label);
}

static void grounding_has_three_states(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    const double box[4] = {1, 2, 3, 4.5};
    const struct provenance drawn = {.source = SOURCE_HUMAN, .has_source = true, .decision = DECISION_CREATED};
    const char *const in[] = {"o1", "o2", "o1"}, *const absent[] = {"o9"};
    assert_int_equal(edit_add_object(&batch, corpus->posts, box, NULL, &drawn, NULL, &err), 0);
    assert_int_equal(edit_ground_entity(&batch, corpus->posts, "e2", true, in, 3, &ana, &err), 0);
    assert_int_equal(edit_ground_entity(&batch, corpus->posts, "e1", true, NULL, 0, &ana, &err), 0);
    const struct post *post = apply(&batch);
    assert_int_equal(post->entities[1].n_grounding, 2);
    assert_string_equal(post->entities[1].grounding[1], "o2");
    assert_origin(&post->entities[1].origin, DECISION_ACCEPTED, "ana", NULL); /* the model's, on which nobody decided */
    assert_true(post->entities[1].origin.score == 0.61);
    assert_true(post->entities[0].has_grounding); /* not in the picture */
    assert_int_equal(post->entities[0].n_grounding, 0);
    assert_int_equal(post->entities[0].origin.source, SOURCE_IMPORT); /* a published label stays one */
    assert_string_equal(post->entities[0].origin.by, "ana");

    assert_int_equal(edit_delete_object(&batch, post, "o1", &err), 0);
    post = apply(&batch);
    assert_int_equal(post->entities[1].n_grounding, 1);
    assert_int_equal(edit_delete_object(&batch, post, "o2", &err), 0);
    post = apply(&batch);
    assert_int_equal(post->n_objects, 0);
    assert_false(post->entities[1].has_grounding); /* nobody said that it is not in the picture */
    assert_true(post->entities[0].has_grounding);
    assert_int_equal(edit_ground_entity(&batch, post, "e1", false, NULL, 0, &ana, &err), 0);
    post = apply(&batch);
    assert_false(post->entities[0].has_grounding);
    assert_int_equal(edit_ground_entity(&batch, post, "e1", true, absent, 1, &ana, &err), -1);
    assert_string_equal(err.message, "post a: it has no object o9");
    assert_null(batch.edits);
}

static void flags_go_on_and_off(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    assert_int_equal(edit_set_flag(&batch, corpus->posts, "hard", true, &err), 0);
    assert_int_equal(edit_set_flag(&batch, corpus->posts, "hard", true, &err), 0);
    assert_int_equal(batch.n, 1);
    const struct post *post = apply(&batch);
    assert_int_equal(post->n_flags, 2);
    assert_string_equal(post->flags[1], "hard");
    assert_int_equal(edit_set_flag(&batch, post, "unsure", false, &err), 0);
    assert_int_equal(edit_set_flag(&batch, post, "hard", false, &err), 0);
    post = apply(&batch);
    assert_int_equal(post->n_flags, 0);
    assert_int_equal(edit_set_flag(&batch, post, "", true, &err), -1);
}

static void assert_span(const struct entity *entity, size_t start, size_t end)
{
    assert_int_equal(entity->start, start);
    assert_int_equal(entity->end, end);
}

static void what_is_on_a_token_follows_when_it_is_cut(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    const size_t head[2] = {1, 3}, tail[2] = {4, 6};
    assert_int_equal(edit_reject_entity(&batch, corpus->posts, 2, 3, "ORG", 0.5, "m", &ana, &err), 0);
    assert_int_equal(edit_reject_entity(&batch, corpus->posts, 0, 2, "ORG", 0.5, "m", &ana, &err), 0);
    assert_int_equal(edit_reject_relation(&batch, corpus->posts, head, tail, "x", 0.5, "m", &ana, &err), 0);
    const struct post *post = apply(&batch);
    char **tokens = post->tokens;
    assert_int_equal(edit_set_note(&batch, post, "no word is touched", &err), 0);
    post = apply(&batch);
    assert_ptr_equal(post->tokens, tokens);

    assert_int_equal(edit_split_token(&batch, post, 2, 1, &err), 0); /* Lind, inside e1 */
    post = apply(&batch);
    assert_int_equal(post->n_tokens, 8);
    assert_string_equal(post->tokens[2], "L");
    assert_string_equal(post->tokens[3], "ind");
    assert_string_equal(post->tokens[7], "!");
    assert_span(&post->entities[0], 1, 4);
    assert_span(&post->entities[1], 5, 7);
    assert_int_equal(post->entities[0].origin.source, SOURCE_IMPORT); /* the label is the same */
    assert_non_null(post->entities[0].extra);
    assert_span(&post->rejected_entities[0], 2, 4);
    assert_span(&post->rejected_entities[1], 0, 2);
    assert_string_equal(post->rejected_relations[0].head, "1-4");
    assert_string_equal(post->rejected_relations[0].tail, "5-7");

    /* Chained with what uses the new tokens, and with the way back. */
    assert_int_equal(edit_create_entity(&batch, post, 7, 8, "MISC", &ana, &err), 0);
    assert_int_equal(edit_join_tokens(&batch, post, 6, &err), 0); /* "Nou" and "!": e2 and the new one grow */
    assert_int_equal(edit_join_tokens(&batch, post, 2, &err), 0);
    post = apply(&batch);
    assert_int_equal(post->n_tokens, 6);
    assert_string_equal(post->tokens[5], "Nou!");
    assert_span(&post->entities[0], 1, 3);
    assert_span(&post->entities[1], 4, 6);
    assert_span(&post->entities[2], 5, 6);
    assert_string_equal(post->rejected_relations[0].tail, "4-6");
}

/* What stands in the text between the tokens comes and goes with them. */
static void offsets_follow_the_tokens(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 2};
    const struct post *post = &corpus->posts[2]; /* "(emoji)  cafe(mark) " */
    assert_int_equal(edit_join_tokens(&batch, post, 0, &err), 0);
    post = apply(&batch);
    assert_int_equal(post->n_tokens, 2);
    assert_string_equal(post->tokens[0], "\xf0\x9f\x98\x80  caf\xc3\xa9");
    assert_true(post->offsets[0][0] == 0 && post->offsets[0][1] == 7);
    assert_true(post->offsets[1][0] == 7 && post->offsets[1][1] == 8);
    for (size_t at = 1; at <= 3; at++) { /* before, between and behind the blanks */
        assert_int_equal(edit_split_token(&batch, post, 0, at, &err), 0);
        post = apply(&batch);
        assert_int_equal(post->n_tokens, 3);
        assert_string_equal(post->tokens[0], "\xf0\x9f\x98\x80");
        assert_string_equal(post->tokens[1], "caf\xc3\xa9");
        assert_true(post->offsets[0][1] == 1 && post->offsets[1][0] == 3 && post->offsets[1][1] == 7);
        assert_int_equal(edit_join_tokens(&batch, post, 0, &err), 0);
        post = apply(&batch);
        assert_string_equal(post->tokens[0], "\xf0\x9f\x98\x80  caf\xc3\xa9");
    }
    assert_int_equal(edit_split_token(&batch, post, 0, 6, &err), 0);
    post = apply(&batch);
    assert_string_equal(post->tokens[1], "\xc3\xa9");
    assert_true(post->offsets[1][0] == 6 && post->offsets[1][1] == 7);
}

static void tokens_that_cannot_be_are_refused(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    const struct post *post = corpus->posts;
    assert_int_equal(edit_split_token(&batch, post, 0, 0, &err), -1);
    assert_int_equal(edit_split_token(&batch, post, 0, 2, &err), -1);
    assert_string_equal(err.message, "post a: token 1 cannot be cut there");
    assert_int_equal(edit_split_token(&batch, post, 7, 1, &err), -1);
    assert_int_equal(edit_split_token(&batch, &corpus->posts[2], 0, 1, &err), -1); /* one code point of four bytes */
    assert_int_equal(edit_join_tokens(&batch, post, 6, &err), -1);
    assert_int_equal(edit_join_tokens(&batch, post, (size_t)-1, &err), -1);
    assert_string_equal(err.message, "post a: there is no token behind token 0 to join it with");
    assert_null(batch.edits);
    assert_int_equal(edit_create_entity(&batch, post, 3, 4, "PER", &ana, &err), 0);
    assert_int_equal(edit_create_entity(&batch, post, 3, 5, "PER", &ana, &err), 0);
    size_t n = batch.n;
    assert_int_equal(edit_join_tokens(&batch, post, 3, &err), -1);
    assert_string_equal(err.message,
                        "post a: joined, entities e3 and e4 would stand on the same tokens (delete one first)");
    assert_int_equal(batch.n, n);
    assert_int_equal(edit_delete_entity(&batch, post, "e3", &err), 0);
    assert_int_equal(edit_join_tokens(&batch, post, 3, &err), 0);
    post = apply(&batch);
    assert_string_equal(post->tokens[3], "atCamp");

    char *longest = calloc(1, 601);
    struct post long_tokens = {.id = (char *)"x", .tokens = (char *[]){longest, longest}, .n_tokens = 2};
    memset(longest, 'x', 600);
    assert_int_equal(edit_join_tokens(&batch, &long_tokens, 0, &err), -1);
    assert_string_equal(err.message, "post x: joined, token 1 would be longer than 1000 bytes");
    free(longest);
}

/* What a model had proposed keeps its place, or it would be compared with other words later. */
static void proposals_that_were_kept_follow_the_tokens(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    const char *proposed = "{\"blind\": true, \"threshold\": 0.5, \"tokens\": 7, \"at\": \"2026-11-24T15:00:00Z\", "
                           "\"entities\": [{\"start\": 1, \"end\": 3, \"type\": \"PER\", \"score\": 0.25, "
                           "\"kept\": true}, {\"start\": 5, \"end\": 6, \"type\": \"start\", \"kept\": false}], "
                           "\"relations\": [{\"head\": [1, 3], \"tail\": [5, 6], \"type\": \"x\", \"kept\": false}]}";
    const char *moved = "{\"blind\": true, \"threshold\": 0.5, \"tokens\": 8, \"at\": \"2026-11-24T15:00:00Z\", "
                        "\"entities\": [{\"start\": 1, \"end\": 4, \"type\": \"PER\", \"score\": 0.25, "
                        "\"kept\": true}, {\"start\": 6, \"end\": 7, \"type\": \"start\", \"kept\": false}], "
                        "\"relations\": [{\"head\": [1, 4], \"tail\": [6, 7], \"type\": \"x\", \"kept\": false}]}";
    assert_int_equal(edit_set_proposed(&batch, corpus->posts, proposed, &err), 0);
    const struct post *post = apply(&batch);
    assert_int_equal(edit_split_token(&batch, post, 2, 1, &err), 0);
    post = apply(&batch);
    assert_string_equal(post->proposed, moved);
    assert_int_equal(edit_join_tokens(&batch, post, 2, &err), 0);
    post = apply(&batch);
    assert_string_equal(post->proposed, proposed);
}

static void open_conflicts_come_first(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    struct corpus *merged;
    const char *text = "{\"format\": \"mmib-corpus\", \"posts\": [{\"id\": \"a\", \"tokens\": [\"Rain\", \"in\"], "
                       "\"flags\": [\"conflict\"], \"conflicts\": [{\"kind\": \"note\", \"versions\": []}]}]}";
    assert_int_equal(corpus_read(try_put("merged.json", text), NULL, &merged, &err), 0);
    assert_int_equal(edit_split_token(&batch, merged->posts, 0, 1, &err), -1);
    assert_string_equal(err.message, "post a: its conflicts have to be settled before its tokens change");
    assert_int_equal(edit_join_tokens(&batch, merged->posts, 0, &err), -1);
    assert_int_equal(edit_set_flag(&batch, merged->posts, "conflict", false, &err), 0);
    assert_int_equal(edit_split_token(&batch, merged->posts, 0, 1, &err), 0); /* settled, and only a record now */
    edit_batch_free(&batch);
    corpus_free(merged);
}

/* An orphan is told by its token: its tag must be written on the token where it is now. */
static void orphan_tags_follow_the_tokens(void **state)
{
    (void)state;
    struct corpus *conll;
    struct edit_batch batch = {.post = 1};
    const char *out = try_path("orphans.out");
    assert_int_equal(corpus_read(try_put("orphans.conll", try_conll), NULL, &conll, &err), 0);
    assert_int_equal(edit_split_token(&batch, &conll->posts[1], 0, 2, &err), 0);
    char *json, *before = try_posts_text(conll);
    struct edit_batch again;
    assert_int_equal(edit_batch_to_json(&batch, &json, &err), 0);
    if (edit_batch_from_json(json, &again, &err))
        fail_msg("%s in %s", err.message, json);
    edit_batch_free(&batch);
    assert_int_equal(edit_batch_apply(&again, &conll->posts[1], 1, &err), 0);
    assert_int_equal(corpus_write(conll, out, FORMAT_CONLL, NULL, &err), 0);
    char *text = try_get(out, NULL);
    assert_non_null(strstr(text, "Ra\tO\nin\tO\nSpain\tI-OTHER\n"));
    assert_int_equal(edit_batch_apply(&again, &conll->posts[1], 0, &err), 0);
    char *after = try_posts_text(conll);
    assert_string_equal(after, before);
    assert_int_equal(corpus_write(conll, out, FORMAT_CONLL, NULL, &err), 0);
    free(text);
    text = try_get(out, NULL);
    assert_string_equal(text, try_conll);
    edit_batch_free(&again);
    corpus_free(conll);
    free(json), free(before), free(after), free(text);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0};
    const struct post *post = corpus->posts;
    const size_t good[2] = {0, 1}, bad[2] = {6, 8};
    assert_int_equal(edit_create_entity(&batch, post, 6, 8, "PER", NULL, &err), -1);
    assert_string_equal(err.message, "post a: tokens 6 to 8 are not a span of its 7 tokens");
    assert_int_equal(edit_create_entity(&batch, post, 3, 3, "PER", NULL, &err), -1);
    assert_int_equal(edit_create_entity(&batch, post, 3, 4, "", NULL, &err), -1);
    assert_int_equal(edit_accept_entity(&batch, post, 0, 1, "PER", 1.5, NULL, NULL, &err), -1);
    assert_int_equal(edit_retype_entity(&batch, post, "e9", "PER", NULL, &err), -1);
    assert_string_equal(err.message, "post a: it has no entity e9");
    assert_int_equal(edit_respan_entity(&batch, post, "e1", (size_t)-1, 2, NULL, &err), -1);
    assert_int_equal(edit_delete_entity(&batch, post, "r1", &err), -1);
    assert_int_equal(edit_put_relation(&batch, post, "e1", "e1", "x", NAN, NULL, NULL, &err), -1);
    assert_int_equal(edit_put_relation(&batch, post, "e1", "e9", "x", NAN, NULL, NULL, &err), -1);
    assert_int_equal(edit_put_relation(&batch, post, "e1", "e2", NULL, NAN, NULL, NULL, &err), -1);
    assert_int_equal(edit_delete_relation(&batch, post, "e1", &err), -1);
    assert_int_equal(edit_reject_entity(&batch, post, 0, 8, "PER", 0.5, NULL, NULL, &err), -1);
    assert_int_equal(edit_reject_relation(&batch, post, good, bad, "x", 0.5, NULL, NULL, &err), -1);
    assert_int_equal(batch.n, 0);
    assert_null(batch.edits);
}

static void a_batch_is_applied_in_full_or_not_at_all(void **state)
{
    (void)state;
    struct edit_batch batch = {.post = 0}, other = {.post = 0};
    struct post *post = corpus->posts;
    assert_int_equal(edit_create_entity(&batch, post, 0, 1, "ORG", NULL, &err), 0);
    assert_int_equal(edit_delete_entity(&batch, post, "e2", &err), 0);
    assert_int_equal(edit_retype_entity(&other, post, "e2", "MISC", NULL, &err), 0);
    assert_int_equal(edit_batch_apply(&other, post, 1, &err), 0);
    char *before = try_post_text(post);
    assert_int_equal(edit_batch_apply(&batch, post, 1, &err), -1); /* e2 is not what it was */
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_int_equal(edit_batch_apply(&batch, post, 0, &err), -1);
    char *after = try_post_text(post);
    assert_string_equal(after, before);
    free(before), free(after);
    edit_batch_free(&batch);
    edit_batch_free(&other);
}

/* Random acts over all posts: every batch goes through its JSON; all undone is the beginning, all redone the end. */
static void any_sequence_can_be_undone_and_redone(void **state)
{
    (void)state;
    enum { N = 400 };
    static struct edit_batch batches[N];
    uint64_t seed = 1;
    char *begin = try_posts_text(corpus);
    size_t n_edits = 0;
    for (int i = 0; i < N; i++) {
        size_t index = try_random(&seed, corpus->n_posts);
        struct edit_batch batch;
        char *json, *again;
        try_random_batch(&seed, &corpus->posts[index], index, &batch);
        n_edits += batch.n;
        assert_int_equal(edit_batch_to_json(&batch, &json, &err), 0);
        assert_null(strchr(json, '\n'));
        if (edit_batch_from_json(json, &batches[i], &err))
            fail_msg("%s in %s", err.message, json);
        assert_int_equal(edit_batch_to_json(&batches[i], &again, &err), 0);
        assert_string_equal(again, json);
        if (edit_batch_apply(&batches[i], &corpus->posts[index], 1, &err))
            fail_msg("%s", err.message);
        free(json), free(again);
        edit_batch_free(&batch);
    }
    assert_true(n_edits > N);
    char *end = try_posts_text(corpus);
    for (int i = N; i-- > 0;)
        if (edit_batch_apply(&batches[i], &corpus->posts[batches[i].post], 0, &err))
            fail_msg("%s", err.message);
    char *undone = try_posts_text(corpus);
    assert_string_equal(undone, begin);
    for (int i = 0; i < N; i++)
        assert_int_equal(edit_batch_apply(&batches[i], &corpus->posts[batches[i].post], 1, &err), 0);
    char *redone = try_posts_text(corpus);
    assert_string_equal(redone, end);
    for (int i = 0; i < N; i++)
        edit_batch_free(&batches[i]);
    free(begin), free(end), free(undone), free(redone);
}

static void edits_of_boxes_and_flags_come_as_json(void **state)
{
    (void)state;
    struct edit_batch batch;
    const char *json = "{\"post\": 0, \"edits\": [{\"target\": \"object\", \"at\": 0, "
                       "\"before\": {\"id\": \"o1\", \"box\": [1.5, 2, 30, 40], \"label\": \"person\"}, "
                       "\"after\": {\"id\": \"o1\", \"box\": [0, 0, 3, 4.25]}}, "
                       "{\"target\": \"object\", \"at\": 1, \"before\": null, "
                       "\"after\": {\"id\": \"o2\", \"box\": [5, 6, 7, 8]}}, "
                       "{\"target\": \"flags\", \"before\": [\"unsure\"], \"after\": [\"a\", \"b\"]}]}";
    if (edit_batch_from_json(json, &batch, &err))
        fail_msg("%s", err.message);
    const struct post *post = apply(&batch);
    assert_int_equal(post->n_objects, 2);
    assert_true(post->objects[0].box[3] == 4.25);
    assert_string_equal(post->flags[1], "b");
}

static void damaged_json_is_refused(void **state)
{
    (void)state;
    static const char *const damaged[] = {
        "", "[]", "{\"post\": 0}", "{\"post\": -1, \"edits\": []}", "{\"post\": 0, \"edits\": [{}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"entity\", \"before\": null, \"after\": null}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"entity\", \"at\": 0, \"before\": null, \"after\": null}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"entity\", \"at\": 0, \"before\": null, "
        "\"after\": {\"id\": \"e9\"}}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"status\", \"before\": \"new\", \"after\": \"old\"}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"flags\", \"before\": null, \"after\": [1]}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"flags\", \"before\": null, \"after\": [\"a\", 1]}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"source\", \"before\": null, \"after\": \"x\"}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"tokens\", \"before\": {\"tokens\": [\"a\"]}, "
        "\"after\": {\"tokens\": [\"a\"]}}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"tokens\", \"at\": 0, \"before\": {\"tokens\": []}, "
        "\"after\": {\"tokens\": [\"a\"]}}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"tokens\", \"at\": 0, \"before\": {\"tokens\": [\"a\"]}, "
        "\"after\": {\"tokens\": [\"a\", \"b\"], \"offsets\": [[0, 1]]}}]}",
        "{\"post\": 0, \"edits\": [{\"target\": \"tokens\", \"at\": 0, \"before\": {\"tokens\": [\"a\"]}, "
        "\"after\": {\"tokens\": [\"b\"], \"offsets\": [[0, 1, 2]]}}]}",
    };
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        struct edit_batch batch;
        assert_int_equal(edit_batch_from_json(damaged[i], &batch, &err), -1);
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_int_equal(batch.n, 0);
    }
}

/* What JSON can say and a post cannot be. */
static void edits_that_break_a_post_are_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "{\"target\": \"entity\", \"at\": 9, \"before\": null, \"after\": {\"id\": \"e9\", \"start\": 0, \"end\": 1, "
        "\"type\": \"PER\"}}",
        "{\"target\": \"entity\", \"at\": 2, \"before\": null, \"after\": {\"id\": \"e1\", \"start\": 0, \"end\": 1, "
        "\"type\": \"PER\"}}",
        "{\"target\": \"entity\", \"at\": 2, \"before\": null, \"after\": {\"id\": \"e9\", \"start\": 0, \"end\": 8, "
        "\"type\": \"PER\"}}",
        "{\"target\": \"entity\", \"at\": 0, \"after\": null, "
        "\"before\": {\"id\": \"e1\", \"start\": 1, \"end\": 3, \"type\": \"PER\"}}",
        "{\"target\": \"relation\", \"at\": 1, \"before\": null, "
        "\"after\": {\"id\": \"r2\", \"head\": \"e1\", \"tail\": \"e7\", \"type\": \"x\"}}",
        "{\"target\": \"note\", \"before\": \"other\", \"after\": null}",
        "{\"target\": \"entity\", \"at\": 2, \"before\": null, \"after\": {\"id\": \"e9\", \"start\": 0, \"end\": 1, "
        "\"type\": \"PER\", \"grounding\": [\"o7\"]}}",
        "{\"target\": \"object\", \"at\": 0, \"before\": {\"id\": \"o1\", \"box\": [1.5, 2, 30, 41]}, \"after\": null}",
        "{\"target\": \"tokens\", \"at\": 5, \"before\": {\"tokens\": [\"Nou\", \"!\"]}, "
        "\"after\": {\"tokens\": [\"Nou!\", \"\"]}}",
        "{\"target\": \"tokens\", \"at\": 5, \"before\": {\"tokens\": [\"Nou\"]}, \"after\": {\"tokens\": [\"Nou\"], "
        "\"offsets\": [[0, 3]]}}",
        "{\"target\": \"tokens\", \"at\": 6, \"before\": {\"tokens\": [\"!\", \"!\"]}, "
        "\"after\": {\"tokens\": [\"!\"]}}",
        /* Fewer tokens than a label needs. */
        "{\"target\": \"tokens\", \"at\": 3, \"before\": {\"tokens\": [\"at\", \"Camp\", \"Nou\", \"!\"]}, "
        "\"after\": {\"tokens\": [\"at\"]}}",
    };
    char *before = try_post_text(corpus->posts);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char json[600];
        struct edit_batch batch;
        snprintf(json, sizeof json, "{\"post\": 0, \"edits\": [%s]}", broken[i]);
        if (edit_batch_from_json(json, &batch, &err))
            fail_msg("%s", err.message);
        assert_int_equal(edit_batch_apply(&batch, corpus->posts, 1, &err), -1);
        edit_batch_free(&batch);
    }
    char *after = try_post_text(corpus->posts);
    assert_string_equal(after, before);
    free(before), free(after);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_new_entity_is_created_by_a_human),
        TEST(creating_on_the_same_tokens_retypes),
        TEST(an_accepted_proposal_keeps_score_and_model),
        TEST(retyped_and_moved_entities_are_edited),
        TEST(deleting_an_entity_takes_its_relations),
        TEST(relations_join_entities_of_the_batch),
        TEST(refused_proposals_stand_once),
        TEST(fields_change),
        TEST(objects_are_drawn_changed_and_taken_over),
        TEST(grounding_has_three_states),
        TEST(flags_go_on_and_off),
        TEST(what_is_on_a_token_follows_when_it_is_cut),
        TEST(offsets_follow_the_tokens),
        TEST(tokens_that_cannot_be_are_refused),
        TEST(proposals_that_were_kept_follow_the_tokens),
        TEST(open_conflicts_come_first),
        TEST(orphan_tags_follow_the_tokens),
        TEST(what_cannot_be_is_refused),
        TEST(a_batch_is_applied_in_full_or_not_at_all),
        TEST(any_sequence_can_be_undone_and_redone),
        TEST(edits_of_boxes_and_flags_come_as_json),
        TEST(damaged_json_is_refused),
        TEST(edits_that_break_a_post_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
