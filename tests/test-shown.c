/* What is offered of a model's proposals, and what must never be: nothing over a person's label, nothing refused.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/shown.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "Rob Lind met Ana at Camp Nou": people and models label its seven words. */
static char *tokens[] = {"Rob", "Lind", "met", "Ana", "at", "Camp", "Nou"};

static struct entity entity(const char *id, size_t start, size_t end, const char *type, enum label_source source)
{
    return (struct entity){.id = (char *)id,
                           .start = start,
                           .end = end,
                           .type = (char *)type,
                           .origin = {.source = source, .has_source = true, .has_score = source == SOURCE_MODEL,
                                      .score = 0.5}};
}

static struct analysis_entity proposal(size_t start, size_t end, const char *type)
{
    return (struct analysis_entity){.start = start, .end = end, .type = type, .score = 0.9};
}

static void proposals_stand_beside_labels(void **state)
{
    (void)state;
    struct entity own[] = {entity("e1", 3, 4, "PER", SOURCE_HUMAN)};
    struct analysis_entity said[] = {proposal(0, 2, "PER"), proposal(3, 4, "ORG"), proposal(5, 7, "LOC")};
    struct post post = {.tokens = tokens, .n_tokens = 7, .entities = own, .n_entities = 1};
    struct analysis analysis = {.n_tokens = 7, .entities = said, .n_entities = 3};
    struct schema schema = {0};
    struct shown shown;
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown.n_entities, 3); /* the model's ORG is only a remark about e1 */
    assert_int_equal(shown_proposals(&shown), 2);
    assert_true(shown.entities[0].proposed && shown.entities[0].model == &said[0]);
    assert_false(shown.entities[1].proposed);
    assert_string_equal(shown.entities[1].type, "PER");
    assert_ptr_equal(shown.entities[1].model, &said[1]);
    assert_int_equal(shown_entity_at(&shown, 6), 2);
    assert_true(shown_entity_at(&shown, 2) == SIZE_MAX);
    shown_free(&shown);
}

static void nothing_is_offered_over_a_label(void **state)
{
    (void)state;
    struct entity own[] = {entity("e1", 1, 4, "ORG", SOURCE_IMPORT)};
    struct analysis_entity said[] = {proposal(0, 2, "PER"), proposal(3, 4, "PER"), proposal(4, 5, "LOC")};
    struct post post = {.tokens = tokens, .n_tokens = 7, .entities = own, .n_entities = 1};
    struct analysis analysis = {.n_tokens = 7, .entities = said, .n_entities = 3};
    struct schema schema = {0};
    struct shown shown;
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown.n_entities, 2);
    assert_int_equal(shown.entities[1].start, 4);
    assert_null(shown.entities[0].model);
    shown_free(&shown);
}

static void refused_proposals_stay_away(void **state)
{
    (void)state;
    struct entity refused[] = {entity("x1", 0, 2, "PER", SOURCE_MODEL)};
    struct relation refused_relation = {.id = "y1", .head = "3-4", .tail = "5-7", .type = "/per/loc/live_in"};
    struct analysis_entity said[] = {proposal(0, 2, "PER"), proposal(3, 4, "PER"), proposal(5, 7, "LOC")};
    struct analysis_relation joined[] = {{.head = {3, 4}, .tail = {5, 7}, .type = "/per/loc/live_in", .score = 0.8},
                                         {.head = {0, 2}, .tail = {5, 7}, .type = "/per/loc/live_in", .score = 0.7}};
    struct post post = {.tokens = tokens,
                        .n_tokens = 7,
                        .rejected_entities = refused,
                        .n_rejected_entities = 1,
                        .rejected_relations = &refused_relation,
                        .n_rejected_relations = 1};
    struct analysis analysis = {
        .n_tokens = 7, .entities = said, .n_entities = 3, .relations = joined, .n_relations = 2};
    struct schema schema = {0};
    struct shown shown;
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown.n_entities, 2);
    assert_int_equal(shown.n_relations, 0); /* one refused, one whose head is refused */
    shown_free(&shown);

    refused[0].type = "ORG"; /* another type was refused: PER is a new question */
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown.n_entities, 3);
    assert_int_equal(shown.n_relations, 1);
    shown_free(&shown);
}

static void labels_of_a_model_in_the_file_are_proposals(void **state)
{
    (void)state;
    struct entity own[] = {entity("e1", 0, 2, "PER", SOURCE_MODEL), entity("e2", 5, 7, "LOC", SOURCE_MODEL)};
    own[1].origin.decision = DECISION_ACCEPTED;
    struct analysis_entity said[] = {proposal(0, 2, "ORG")};
    struct post post = {.tokens = tokens, .n_tokens = 7, .entities = own, .n_entities = 2};
    struct analysis analysis = {.n_tokens = 7, .entities = said, .n_entities = 1};
    struct schema schema = {0};
    struct shown shown;
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown.n_entities, 2);
    assert_true(shown.entities[0].proposed);
    assert_string_equal(shown.entities[0].type, "PER");
    assert_false(shown.entities[1].proposed);
    shown_free(&shown);
}

static void relations_fit_and_are_answered_once(void **state)
{
    (void)state;
    char *per[] = {"PER"}, *loc[] = {"LOC"};
    struct schema_relation lives = {.name = "/per/loc/live_in", .head = per, .n_head = 1, .tail = loc, .n_tail = 1};
    struct schema schema = {.relations = &lives, .n_relations = 1};
    struct entity own[] = {entity("e1", 0, 2, "PER", SOURCE_HUMAN), entity("e2", 5, 7, "LOC", SOURCE_HUMAN)};
    struct relation kept = {.id = "r1", .head = "e2", .tail = "e1", .type = "None", .origin = {.source = SOURCE_HUMAN}};
    struct analysis_relation joined[] = {{.head = {0, 2}, .tail = {5, 7}, .type = "/per/loc/live_in", .score = 0.8}};
    struct post post = {.tokens = tokens, .n_tokens = 7, .entities = own, .n_entities = 2};
    struct analysis analysis = {.n_tokens = 7, .relations = joined, .n_relations = 1};
    struct shown shown;
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown.n_relations, 1);
    assert_true(shown.relations[0].proposed);
    shown_free(&shown);

    own[1].type = "ORG"; /* retyped: the relation no longer fits its signature */
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown.n_relations, 0);
    shown_free(&shown);

    own[1].type = "LOC"; /* a person said that these two have no relation */
    post.relations = &kept;
    post.n_relations = 1;
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown.n_relations, 1);
    assert_false(shown.relations[0].proposed);
    assert_string_equal(shown.relations[0].type, "None");
    shown_free(&shown);
}

static void nested_labels_and_the_innermost(void **state)
{
    (void)state;
    struct entity own[] = {entity("e1", 6, 7, "PER", SOURCE_HUMAN), entity("e2", 5, 7, "LOC", SOURCE_HUMAN)};
    struct post post = {.tokens = tokens, .n_tokens = 7, .entities = own, .n_entities = 2};
    struct schema schema = {0};
    struct shown shown;
    assert_int_equal(shown_make(&post, NULL, &schema, &shown, NULL), 0);
    assert_int_equal(shown.entities[0].start, 5);
    assert_int_equal(shown_entity_at(&shown, 5), 0);
    assert_int_equal(shown_entity_at(&shown, 6), 1);
    shown_free(&shown);
}

/* A result stays right while what the relation head would be asked is the same. */
static void pairing_tells_old_results(void **state)
{
    (void)state;
    struct analysis_entity said[] = {proposal(0, 2, "PER"), proposal(5, 7, "LOC")};
    struct analysis analysis = {.n_tokens = 7, .entities = said, .n_entities = 2};
    struct entity own[] = {entity("e1", 0, 2, "PER", SOURCE_HUMAN)};
    struct post before = {.tokens = tokens, .n_tokens = 7};
    struct post after = {.tokens = tokens, .n_tokens = 7, .entities = own, .n_entities = 1};
    unsigned long long then = shown_pairing(&before, &analysis);
    assert_true(then == shown_pairing(&after, &analysis)); /* accepting changes nothing */
    own[0].type = "ORG";
    assert_false(then == shown_pairing(&after, &analysis));
    own[0].type = "PER";
    own[0].end = 3;
    assert_false(then == shown_pairing(&after, &analysis));
}

/* The threshold takes proposals away and nothing else; a kept relation keeps what it stands on. */
static void the_threshold_hides_proposals_alone(void **state)
{
    (void)state;
    struct entity own[] = {entity("e1", 0, 2, "PER", SOURCE_HUMAN), entity("e2", 2, 3, "MISC", SOURCE_MODEL),
                           entity("e3", 4, 5, "LOC", SOURCE_MODEL)};
    own[1].origin.score = own[2].origin.score = 0.1;
    struct relation kept = {.id = "r1", .head = "e1", .tail = "e2", .type = "/per/misc/present_in",
                            .origin = {.source = SOURCE_HUMAN, .has_source = true}};
    struct analysis_entity said[] = {proposal(3, 4, "PER"), proposal(5, 7, "LOC")};
    struct analysis_relation joined[] = {{.head = {3, 4}, .tail = {5, 7}, .type = "/per/loc/live_in", .score = 0.99},
                                         {.head = {0, 2}, .tail = {3, 4}, .type = "/per/per/peer", .score = 0.4}};
    said[1].score = 0.6;
    struct post post = {
        .tokens = tokens, .n_tokens = 7, .entities = own, .n_entities = 3, .relations = &kept, .n_relations = 1};
    struct analysis analysis = {
        .n_tokens = 7, .entities = said, .n_entities = 2, .relations = joined, .n_relations = 2};
    struct schema schema = {0};
    struct shown shown;
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown_proposals(&shown), 6);
    assert_int_equal(shown_keep_above(&shown, 0.6, NULL), 0); /* the LOC of exactly .6 stays */
    assert_int_equal(shown.n_entities, 4);
    assert_int_equal(shown.n_relations, 2);
    assert_int_equal(shown.n_below, 2); /* e3 and the peer */
    assert_int_equal(shown_keep_above(&shown, 0.61, NULL), 0);
    assert_int_equal(shown.n_relations, 1); /* live_in went with its tail, whatever its own score */
    assert_int_equal(shown.n_below, 4);
    shown_free(&shown);

    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown_keep_above(&shown, INFINITY, NULL), 0);
    assert_int_equal(shown.n_entities, 2);
    assert_string_equal(shown.entities[0].entity->id, "e1");
    assert_string_equal(shown.entities[1].entity->id, "e2"); /* r1 stands on it */
    assert_int_equal(shown.n_relations, 1);
    assert_true(shown.relations[0].head == 0 && shown.relations[0].tail == 1);
    shown_free(&shown);
}

/* A corpus of raw posts lists types but no relations yet: the names of the model's say what they join. */
static void unlisted_relations_fit_their_names(void **state)
{
    (void)state;
    static char *types[] = {"PER", "LOC", "ORG", "OTHER"};
    struct schema schema = {.entities = types, .n_entities = 4};
    struct analysis_entity said[] = {proposal(0, 2, "PER"), proposal(3, 4, "OTHER"), proposal(5, 7, "LOC")};
    struct analysis_relation joined[] = {{.head = {0, 2}, .tail = {5, 7}, .type = "/per/loc/live_in", .score = 0.9},
                                         {.head = {3, 4}, .tail = {0, 2}, .type = "/per/per/couple", .score = 0.8},
                                         {.head = {0, 2}, .tail = {3, 4}, .type = "/per/misc/race", .score = 0.7},
                                         {.head = {3, 4}, .tail = {5, 7}, .type = "near", .score = 0.6}};
    struct post post = {.tokens = tokens, .n_tokens = 7};
    struct analysis analysis = {
        .n_tokens = 7, .entities = said, .n_entities = 3, .relations = joined, .n_relations = 4};
    struct shown shown;
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown.n_relations, 3);
    assert_string_equal(shown.relations[0].type, "/per/loc/live_in");
    assert_string_equal(shown.relations[1].type, "/per/misc/race");
    assert_string_equal(shown.relations[2].type, "near");
    shown_free(&shown);
    static char *other_types[] = {"PERSON", "PLACE"}; /* types of which the names do not speak */
    schema = (struct schema){.entities = other_types, .n_entities = 2};
    said[1].type = "PERSON";
    assert_int_equal(shown_make(&post, &analysis, &schema, &shown, NULL), 0);
    assert_int_equal(shown.n_relations, 4);
    shown_free(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unlisted_relations_fit_their_names),
        cmocka_unit_test(proposals_stand_beside_labels),
        cmocka_unit_test(nothing_is_offered_over_a_label),
        cmocka_unit_test(refused_proposals_stay_away),
        cmocka_unit_test(labels_of_a_model_in_the_file_are_proposals),
        cmocka_unit_test(relations_fit_and_are_answered_once),
        cmocka_unit_test(nested_labels_and_the_innermost),
        cmocka_unit_test(pairing_tells_old_results),
        cmocka_unit_test(the_threshold_hides_proposals_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
