/* The figures of the summary, by posts and a history made by hand.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/summary-times.h"
#include "ui/summary.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct provenance made(enum label_source source, enum label_decision decision, char *model)
{
    return (struct provenance){.source = source, .has_source = true, .decision = decision, .model = model};
}

static char *words[] = {"Rob", "met", "Ana"};

/* Three entities of PER (accepted, corrected, created), one of LOC (edited without a model), one that nobody decided
 * about; PER was refused once; and a relation that came with the file. */
static struct post first(void)
{
    static struct entity entities[5], refused;
    static struct relation relation;
    static char *flag = "unsure";
    entities[0] = (struct entity){.type = "PER", .end = 1, .origin = made(SOURCE_HUMAN, DECISION_ACCEPTED, "abc")};
    entities[1] = (struct entity){.type = "PER", .end = 1, .origin = made(SOURCE_HUMAN, DECISION_EDITED, "abc")};
    entities[2] = (struct entity){.type = "PER", .end = 1, .origin = made(SOURCE_HUMAN, DECISION_CREATED, NULL)};
    entities[3] = (struct entity){.type = "LOC", .end = 1, .origin = made(SOURCE_HUMAN, DECISION_EDITED, NULL)};
    entities[4] = (struct entity){.type = "ORG", .end = 1, .origin = made(SOURCE_MODEL, DECISION_NONE, "abc")};
    refused = (struct entity){.type = "PER", .end = 1, .origin = made(SOURCE_MODEL, DECISION_NONE, "abc")};
    relation = (struct relation){.type = "/per/per/peer", .origin = made(SOURCE_IMPORT, DECISION_NONE, NULL)};
    return (struct post){.id = "a", .tokens = words, .n_tokens = 3, .entities = entities, .n_entities = 5,
                         .relations = &relation, .n_relations = 1, .rejected_entities = &refused,
                         .n_rejected_entities = 1, .status = STATUS_DONE, .annotator = "ana", .flags = &flag, .n_flags = 1};
}

static void count(struct summary *summary)
{
    struct post posts[] = {first(), {.id = "b", .status = STATUS_STARTED, .annotator = "eva"}, {.id = "c"},
                           {.id = "d", .status = STATUS_SKIPPED, .annotator = "ana"}, {.id = "e", .status = STATUS_DONE}};
    struct error err = {0};
    for (size_t i = 0; i < sizeof posts / sizeof posts[0]; i++)
        assert_int_equal(summary_add(summary, &posts[i], NULL, &err), 0);
}

static const struct summary_row *label(const struct summary_list *labels, const char *name)
{
    for (size_t i = 0; i < labels->n; i++)
        if (!strcmp(labels->rows[i].name, name))
            return &labels->rows[i];
    return NULL;
}

static void posts_and_labels_are_counted(void **state)
{
    (void)state;
    struct summary summary = {0};
    count(&summary);
    assert_int_equal(summary.scanned, 5);
    assert_int_equal(summary.statuses[STATUS_DONE], 2);
    assert_int_equal(summary.statuses[STATUS_NEW], 1);
    assert_int_equal(summary.n_flagged, 1);
    assert_int_equal(summary.annotators.n, 2);
    assert_int_equal(label(&summary.annotators, "ana")->n, 1);
    assert_int_equal(label(&summary.annotators, "(not said)")->n, 1);
    const struct summary_row *per = label(&summary.types, "PER"), *loc = label(&summary.types, "LOC");
    assert_int_equal(per->n, 3);
    assert_int_equal(per->accepted, 1);
    assert_int_equal(per->edited, 1);
    assert_int_equal(per->corrected, 1);
    assert_int_equal(per->created, 1);
    assert_int_equal(per->rejected, 1);
    assert_true(fabs(summary_acceptance(per) - 1.0 / 3) < 1e-12);
    assert_int_equal(loc->edited, 1);
    assert_int_equal(loc->corrected, 0);
    assert_true(isnan(summary_acceptance(loc))); /* no proposal was decided about */
    assert_null(label(&summary.types, "ORG"));
    assert_int_equal(label(&summary.relations, "/per/per/peer")->imported, 1);
    summary_free(&summary);
}

static struct history_act act(const char *time, const char *by, size_t post)
{
    static struct history_post posts[16];
    static size_t at;
    posts[at = (at + 1) % 16] = (struct history_post){.index = post, .id = "?"};
    return (struct history_act){.kind = JOURNAL_EDIT, .time = time, .by = by, .posts = &posts[at], .n_posts = 1};
}

static enum post_status status_of(void *context, size_t post)
{
    return ((const enum post_status *)context)[post];
}

static void times_are_from_act_to_act(void **state)
{
    (void)state;
    struct summary_times times;
    struct summary_pace pace;
    struct error err = {0};
    assert_int_equal(summary_times_new(&times, 5, &err), 0);
    struct history_post both[] = {{.index = 0, .id = "a"}, {.index = 1, .id = "b"}};
    struct history_act acts[] = {
        act("2026-11-24T23:59:50Z", "ana", 0), /* when she began is not known */
        act("2026-11-25T00:00:00Z", "ana", 0), /* 10 s, past midnight */
        act("2026-11-25T00:00:05Z", "eva", 3), /* another person's first */
        {.kind = JOURNAL_SAVE, .time = "2026-11-25T00:00:15Z"},
        act("2026-11-25T00:00:20Z", "ana", 0), /* 20 s: saving is no act */
        act("2026-11-25T00:00:40Z", "ana", 1), /* 20 s */
        act("2026-11-25T00:05:40Z", "ana", 2), /* 300 s: still no pause */
        act("2026-11-25T00:10:41Z", "ana", 2), /* 301 s: one more than counts */
        act("2026-11-25T00:10:01Z", "ana", 2), /* the clock went back */
        act("2026-11-25T00:10:09Z", "ana", 2), /* 8 s */
        {.kind = JOURNAL_EDIT, .time = "2026-11-25T00:10:11Z", .by = "ana", .posts = both, .n_posts = 2}, /* 2 s, of no post */
        act("2026-11-25T00:10:11Z", "eva", 3), /* 606 s: 300 */
        act("nonsense", "ana", 4),
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        assert_int_equal(summary_times_add(&times, &acts[i]), 0);
    assert_int_equal(times.seconds[0], 30);
    assert_int_equal(times.seconds[1], 20);
    assert_int_equal(times.seconds[2], 608);
    assert_int_equal(times.seconds[3], 300);
    assert_false(times.timed[4]);
    assert_int_equal(times.work_s, 960);
    const enum post_status statuses[] = {STATUS_DONE, STATUS_DONE, STATUS_DONE, STATUS_DONE, STATUS_DONE};
    assert_int_equal(summary_times_pace(&times, status_of, (void *)statuses, &pace, &err), 0);
    assert_int_equal(pace.n_done, 4); /* the fifth is done too, but nobody knows how long it took */
    assert_true(fabs(pace.median_s - 165) < 1e-9 && fabs(pace.mean_s - 958.0 / 4) < 1e-9);
    assert_true(fabs(pace.posts_an_hour - 15) < 1e-9);
    const enum post_status two[] = {STATUS_DONE, STATUS_DONE, STATUS_STARTED, STATUS_NEW, STATUS_NEW};
    assert_int_equal(summary_times_pace(&times, status_of, (void *)two, &pace, &err), 0);
    assert_true(fabs(pace.median_s - 25) < 1e-9 && fabs(pace.posts_an_hour - 7.5) < 1e-9);
    const enum post_status none[5] = {STATUS_NEW};
    assert_int_equal(summary_times_pace(&times, status_of, (void *)none, &pace, &err), 0);
    assert_true(isnan(pace.median_s) && isnan(pace.mean_s) && isnan(pace.posts_an_hour));
    summary_times_free(&times);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_and_labels_are_counted),
        cmocka_unit_test(times_are_from_act_to_act),
    };
    return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
