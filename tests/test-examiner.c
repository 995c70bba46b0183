/* What runs a model for an inspection: which order comes next, what is kept, what it says about decisions; and labels
 * that are aligned over the same words.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/aligned.h"
#include "ui/examiner.h"
#include "ui/inspector.h"
#include "ui/layout.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *words[] = {"Rob", "Lind", "met", "Ana", "at", "Camp", "Nou"};
static struct entity gold_entities[] = {
    {.id = "e1", .start = 0, .end = 2, .type = "PER", .origin = {.source = SOURCE_HUMAN, .has_source = true}},
    {.id = "e2", .start = 5, .end = 7, .type = "LOC", .origin = {.source = SOURCE_HUMAN, .has_source = true}},
    {.id = "e3", .start = 3, .end = 4, .type = "PER", .origin = {.source = SOURCE_MODEL, .has_source = true}}};
static struct relation gold_relations[] = {{.id = "r1",
                                            .head = "e1",
                                            .tail = "e2",
                                            .type = "/per/loc/live_in",
                                            .origin = {.source = SOURCE_HUMAN, .has_source = true}}};
static const struct post gold = {.id = "a",
                                 .tokens = words,
                                 .n_tokens = 7,
                                 .entities = gold_entities,
                                 .n_entities = 3,
                                 .relations = gold_relations,
                                 .n_relations = 1};
static const struct post other = {.id = "b", .tokens = words, .n_tokens = 7};

/* --- the examiner ------------------------------------------------------------------------------------------------- */

static struct examiner_order order_of(enum examiner_task task, size_t index)
{
    return (struct examiner_order){.task = task, .index = index, .post = &other};
}

/* Lets the next job end without a model: as cancelled, or as failed. Its index, or -1. */
static int take(struct examiner *e, enum examiner_urgency urgency, struct examiner_job **out)
{
    *out = examiner_take(e, urgency);
    return *out ? 1 : 0;
}

/* The next result's index; -1: none. */
static int next_index(struct examiner *e)
{
    struct examiner_result result;
    examiner_collect(e);
    if (!examiner_next(e, &result))
        return -1;
    int index = (int)result.index;
    examiner_result_free(&result);
    return index;
}

static void finish(struct examiner *e, enum examiner_urgency urgency)
{
    struct examiner_job *job;
    assert_true(take(e, urgency, &job));
    assert_true(examiner_give_back(e, job));
}

static void orders_come_by_urgency(void **state)
{
    (void)state;
    struct examiner *e = examiner_new();
    struct examiner_job *job;
    bool stop;
    struct examiner_order aside[] = {order_of(TASK_EXAMINE, 7), order_of(TASK_PREDICT, 8)};
    struct examiner_order wanted[] = {order_of(TASK_EXAMINE, 1), order_of(TASK_TEST, 1)};
    assert_non_null(e);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(examiner_aside(e, &aside[i], NULL), 0);
    assert_int_equal(examiner_want(e, wanted, 2, NULL, &stop, NULL), 0);
    assert_false(stop);
    finish(e, EXAMINER_AT_HAND);
    assert_int_equal(next_index(e), 1);
    finish(e, EXAMINER_AT_HAND);
    assert_false(take(e, EXAMINER_AT_HAND, &job));
    finish(e, EXAMINER_PREDICTIONS); /* before the examination that was ordered first */
    assert_false(take(e, EXAMINER_PREDICTIONS, &job));
    finish(e, EXAMINER_ASIDE);
    assert_int_equal(next_index(e), 1);
    assert_int_equal(next_index(e), 8);
    assert_int_equal(next_index(e), 7);
    assert_int_equal(next_index(e), -1);
    examiner_free(e);
}

static void new_wishes_stop_what_is_in_their_way(void **state)
{
    (void)state;
    struct examiner *e = examiner_new();
    struct examiner_job *job, *aside;
    bool stop;
    struct examiner_order first = order_of(TASK_TEST, 1), second = order_of(TASK_EXAMINE, 2);
    assert_int_equal(examiner_want(e, &first, 1, NULL, &stop, NULL), 0);
    assert_true(take(e, EXAMINER_AT_HAND, &job));
    assert_int_equal(examiner_want(e, &first, 1, job, &stop, NULL), 0);
    assert_false(stop); /* it runs already, and is not asked for twice */
    assert_false(take(e, EXAMINER_AT_HAND, &aside));
    assert_int_equal(examiner_want(e, &second, 1, job, &stop, NULL), 0);
    assert_true(stop);
    examiner_give_back(e, job);
    finish(e, EXAMINER_AT_HAND);

    /* Something aside gives way, and gets its turn again. */
    assert_int_equal(examiner_aside(e, &second, NULL), 0);
    assert_true(take(e, EXAMINER_ASIDE, &aside));
    assert_int_equal(examiner_want(e, &first, 1, aside, &stop, NULL), 0);
    assert_true(stop);
    assert_int_equal(examiner_want(e, NULL, 0, aside, &stop, NULL), 0);
    assert_false(stop);
    examiner_give_back(e, aside);
    examiner_free(e);
}

static struct examiner_result result_of(const struct post *post, size_t index, bool filter, bool test)
{
    struct examiner_result result = {.task = test ? TASK_TEST : TASK_EXAMINE, .index = index};
    result.examination = calloc(1, sizeof *result.examination);
    assert_non_null(result.examination);
    result.examination->of = examination_of(post, NULL);
    if (filter)
        result.examination->bottleneck = calloc(1, sizeof *result.examination->bottleneck);
    result.examination->has_faithfulness = test;
    return result;
}

static void an_examination_is_kept_while_it_is_right(void **state)
{
    (void)state;
    struct examiner *e = examiner_new();
    struct examiner_result filter = result_of(&gold, 3, true, false), test = result_of(&gold, 3, false, true);
    examiner_keep(e, &filter);
    examiner_keep(e, &test);
    const struct examination *x = examiner_peek(e, 3, &gold, NULL);
    assert_non_null(x);
    assert_non_null(x->bottleneck); /* both halves together */
    assert_true(x->has_faithfulness);
    assert_null(examiner_peek(e, 4, &gold, NULL));
    assert_null(examiner_peek(e, 3, &gold, &other)); /* the system says something by now */

    struct entity changed[3];
    struct post edited = gold;
    memcpy(changed, gold_entities, sizeof changed);
    changed[0].type = "ORG";
    edited.entities = changed;
    assert_null(examiner_peek(e, 3, &edited, NULL));
    struct examiner_result anew = result_of(&edited, 3, true, false);
    examiner_keep(e, &anew);
    assert_false(examiner_peek(e, 3, &edited, NULL)->has_faithfulness); /* that was about the other label */

    for (size_t i = 100; i < 100 + EXAMINER_KEPT; i++) {
        struct examiner_result more = result_of(&other, i, true, false);
        examiner_keep(e, &more);
    }
    assert_null(examiner_peek(e, 3, &edited, NULL)); /* not looked at for longest */
    assert_non_null(examiner_peek(e, 101, &other, NULL));
    examiner_free(e);
}

/* --- what it says about decisions --------------------------------------------------------------------------------- */

static const struct inspection_mark *mark_at(const struct inspection_mark *marks, size_t n, size_t start, bool relation)
{
    for (size_t i = 0; i < n; i++)
        if (marks[i].key.relation == relation && marks[i].key.span[0] == start)
            return &marks[i];
    return NULL;
}

static void marks_say_what_the_filter_did(void **state)
{
    (void)state;
    /* Rob Lind: right only with the mean. Camp Nou: right only when bypassed. Ana (a proposal, so no gold): too much
     * with both. met: too much only when bypassed. The pair is right either way. */
    struct bottleneck_entity entities[] = {
        {.start = 0, .end = 2, .type = "PER", .in = {true, true, false}},
        {.start = 0, .end = 2, .type = "ORG", .in = {false, false, true}},
        {.start = 2, .end = 3, .type = "MISC", .in = {false, false, true}},
        {.start = 3, .end = 4, .type = "PER", .in = {true, true, true}},
        {.start = 5, .end = 7, .type = "LOC", .in = {false, false, true}},
    };
    struct bottleneck_pair pair = {.head = {0, 2},
                                   .tail = {5, 7},
                                   .types = {"/per/loc/live_in", "/per/loc/live_in", "/per/loc/live_in"}};
    struct bottleneck b = {.entities = entities, .n_entities = 5, .pairs = &pair, .n_pairs = 1};
    const struct examination x = {.bottleneck = &b};
    size_t n;
    struct inspection_mark *marks = inspector_marks(&gold, &x, &n);
    assert_non_null(marks);
    assert_int_equal(n, 5);
    assert_int_equal(mark_at(marks, n, 0, false)->filtered, FILTERED_SAVED);
    assert_int_equal(mark_at(marks, n, 5, false)->filtered, FILTERED_LOST);
    assert_int_equal(mark_at(marks, n, 3, false)->filtered, FILTERED_SAME);
    assert_int_equal(mark_at(marks, n, 2, false)->filtered, FILTERED_SAVED);
    assert_int_equal(mark_at(marks, n, 0, true)->filtered, FILTERED_SAME);
    assert_int_equal(mark_at(marks, n, 0, false)->picture, -1); /* nobody looked */
    free(marks);

    pair.types[READING_BYPASSED] = "None";
    marks = inspector_marks(&gold, &x, &n);
    assert_int_equal(mark_at(marks, n, 0, true)->filtered, FILTERED_SAVED);
    free(marks);
}

static void pairs_of_both_sides_are_asked_about_once(void **state)
{
    (void)state;
    struct entity entities[] = {{.id = "x", .start = 0, .end = 2, .type = "PER"},
                                {.id = "y", .start = 5, .end = 7, .type = "LOC"}};
    struct relation relations[] = {{.id = "1", .head = "x", .tail = "y", .type = "None"},
                                   {.id = "2", .head = "y", .tail = "x", .type = "/per/loc/live_in"}};
    const struct post said = {.id = "a", .tokens = words, .n_tokens = 7, .entities = entities, .n_entities = 2,
                              .relations = relations, .n_relations = 2};
    size_t n;
    struct relation_pair *pairs = examination_pairs(&gold, &said, &n);
    assert_non_null(pairs);
    assert_int_equal(n, 2); /* the same pair once, and its reverse */
    assert_int_equal(pairs[0].head[0], 0);
    assert_int_equal(pairs[1].head[0], 5);
    free(pairs);
}

/* --- aligned labels ----------------------------------------------------------------------------------------------- */

static void words_stand_below_each_other(void **state)
{
    (void)state;
    struct aligned_label gold_labels[] = {{.start = 5, .end = 7, .tag = "LOC"}, {.start = 0, .end = 2, .tag = "PER"}};
    struct aligned_label said[] = {{.start = 0, .end = 1, .tag = "ORG .61"}};
    struct aligned_row rows[] = {{gold_labels, 2}, {said, 1}, {NULL, 0}};
    struct aligned a;
    size_t start, end;
    aligned_sort(&rows[0]);
    assert_int_equal(rows[0].labels[0].start, 0);
    assert_int_equal(aligned_make(words, 7, rows, 3, 200, &a, NULL), 0);
    assert_int_equal(a.n_lines, 1);
    /* "[Rob" and then room for "]ORG .61", which only the second row needs. */
    assert_int_equal(a.places[0].column, 1);
    assert_int_equal(a.places[0].columns, 3);
    assert_int_equal(a.places[1].column, 1 + 3 + 8 + 1);
    assert_int_equal(a.places[2].column, a.places[1].column + 4 + 4 + 1); /* "]PER" */
    aligned_free(&a);

    /* Wrapped together: no word, bracket or tag passes the edge, and none stands on another. */
    for (size_t columns = 16; columns < 60; columns++) {
        assert_int_equal(aligned_make(words, 7, rows, 3, columns, &a, NULL), 0);
        for (size_t t = 0; t < 7; t++) {
            assert_true(a.places[t].column + a.places[t].columns <= columns);
            if (t && a.places[t].line == a.places[t - 1].line)
                assert_true(a.places[t].column > a.places[t - 1].column + a.places[t - 1].columns);
            else if (t)
                assert_int_equal(a.places[t].line, a.places[t - 1].line + 1);
        }
        assert_int_equal(a.n_lines, a.places[6].line + 1);
        aligned_line(&a, a.n_lines - 1, &start, &end);
        assert_int_equal(end, 7);
        assert_true(aligned_has(&a, &rows[0], a.n_lines - 1));
        assert_int_equal(aligned_has(&a, &rows[1], a.n_lines - 1), a.n_lines == 1);
        aligned_free(&a);
    }
    assert_int_equal(aligned_make(NULL, 0, rows, 3, 20, &a, NULL), 0);
    assert_int_equal(a.n_lines, 0);
    aligned_free(&a);
}

/* --- the panes of a case ------------------------------------------------------------------------------------------ */

static bool inside(const struct layout_pane *pane, const struct layout_pane *room)
{
    return pane->y >= room->y && pane->x >= room->x && pane->y + pane->rows <= room->y + room->rows &&
           pane->x + pane->columns <= room->x + room->columns;
}

static void a_case_has_room(void **state)
{
    (void)state;
    for (size_t rows = LAYOUT_ROWS_MIN; rows <= 110; rows++) {
        for (size_t columns = LAYOUT_COLUMNS_MIN; columns <= 310; columns += 1 + columns / 9) {
            for (size_t text = 0; text <= 120; text += 1 + text / 3) {
                struct layout plain, l;
                assert_true(layout_make(rows, columns, text, true, &plain));
                l = plain;
                layout_give_case(&l, text);
                assert_true(l.picture.rows >= 5 && l.text.rows >= 3);
                assert_true(l.labels.rows >= plain.labels.rows && l.labels.rows >= 7);
                assert_int_equal(l.labels.y + l.labels.rows, plain.labels.y + plain.labels.rows);
                assert_int_equal(l.text.y + l.text.rows, l.labels.y);
                assert_true(l.text.x != l.picture.x || l.picture.y + l.picture.rows == l.text.y);

                const struct layout_pane room = l.picture;
                layout_compare(&l);
                assert_true(inside(&l.picture, &room) && inside(&l.other_picture, &room) && inside(&l.caption, &room));
                assert_true(l.picture.x + l.picture.columns < l.other_picture.x);
                assert_int_equal(l.picture.columns, l.other_picture.columns);
                assert_true(l.picture.columns >= 19 && l.picture.y == l.caption.y + 1);
            }
        }
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_come_by_urgency),
        cmocka_unit_test(new_wishes_stop_what_is_in_their_way),
        cmocka_unit_test(an_examination_is_kept_while_it_is_right),
        cmocka_unit_test(marks_say_what_the_filter_did),
        cmocka_unit_test(pairs_of_both_sides_are_asked_about_once),
        cmocka_unit_test(words_stand_below_each_other),
        cmocka_unit_test(a_case_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
