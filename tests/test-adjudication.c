/* Adjudication: every disagreement can be settled, by each version and by none, and is settled then.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/adjudication.h"
#include "corpora/merge.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD "{\"format\": \"mmib-corpus\", \"version\": 1, \"schema\": {\"entities\": [\"PER\"]}, \"posts\": [\n"
#define WORDS "{\"id\": \"1\", \"tokens\": [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]"

static const struct edit_context dora = {.by = "dora", .at = "2026-01-01T12:00:00Z"};
static unsigned seed;

static size_t pick(size_t n)
{
    seed = seed * 1103515245u + 12345u;
    return n ? (seed >> 16) % n : 0;
}

/* A post with labels at random: entities that nest and cross, relations, boxes, answers. */
static void put_post(char *out, size_t size, const char *by)
{
    static const char *const types[3] = {"PER", "LOC", "ORG"}, *const names[2] = {"in", "near"};
    size_t n = pick(5), n_boxes = pick(3), used = 0;
#define PUT(...) used += (size_t)snprintf(out + used, size - used, __VA_ARGS__)
    PUT(HEAD WORDS ", \"status\": \"done\", \"objects\": [");
    for (size_t i = 0; i < n_boxes; i++) {
        size_t x = pick(3) * 4, y = pick(2) * 100;
        PUT("%s{\"id\": \"o%zu\", \"box\": [%zu, %zu, %zu, %zu], \"source\": \"human\"}", i ? ", " : "", i, x, y,
            x + 20 + pick(3), y + 20);
    }
    PUT("], \"entities\": [");
    for (size_t i = 0; i < n; i++) {
        size_t start = pick(6), end = start + 1 + pick(6 - start);
        PUT("%s{\"id\": \"e%zu\", \"start\": %zu, \"end\": %zu, \"type\": \"%s\", \"source\": \"human\"",
            i ? ", " : "", i, start, end, types[pick(3)]);
        PUT(", \"by\": \"%s\"", by);
        if (n_boxes && pick(2))
            PUT(", \"grounding\": [%s]", pick(2) ? "\"o0\"" : "");
        PUT("}");
    }
    PUT("], \"relations\": [");
    for (size_t i = 0; n > 1 && i < 2; i++) {
        size_t head = pick(n), tail = (head + 1) % n;
        PUT("%s{\"id\": \"r%zu\", \"head\": \"e%zu\", \"tail\": \"e%zu\", \"type\": \"%s\", \"source\": \"human\"}",
            i ? ", " : "", i, head, tail, names[pick(2)]);
    }
    PUT("]}]}\n");
}

static void apply(struct post *post, int code, struct edit_batch *batch, const struct error *err)
{
    struct error failed;
    if (code)
        fail_msg("%s", err->message);
    if (edit_batch_apply(batch, post, 1, &failed))
        fail_msg("%s", failed.message);
    edit_batch_free(batch);
}

/* Takes choices at random until nothing is open; how many it took. */
static size_t settle(struct adjudication *a, struct post *post)
{
    struct adjudication_look look;
    struct error err = {0};
    size_t taken = 0;
    for (;;) {
        if (adjudication_look(a, post, &look, &err))
            fail_msg("%s", err.message);
        size_t n = look.n_items;
        if (!n)
            break;
        const struct adjudication_item *item = &look.items[pick(n)];
        struct edit_batch batch = {0};
        size_t choice = pick(item->n + 1);
        assert_true(item->n >= 2);
        int code = adjudication_take(&batch, post, &look, item, choice, &dora, &err);
        if (!code && !batch.n)
            code = adjudication_pass(a, post, item, &err);
        apply(post, code, &batch, &err);
        adjudication_look_free(&look);
        if (++taken > 60)
            fail_msg("it never ends (seed)");
    }
    adjudication_look_free(&look);
    return taken;
}

static void test_everything_can_be_settled(void **state)
{
    size_t taken = 0, agreed = 0, dropped = 0;
    (void)state;
    for (unsigned round = 0; round < 500; round++) {
        static const char *const names[3] = {"ana.json", "bob.json", "carla.json"};
        static char paths[3][300], text[8000];
        const char *list[3] = {paths[0], paths[1], paths[2]};
        struct adjudication *a;
        struct adjudication_look look;
        struct edit_batch batch = {0};
        struct error err = {0};
        seed = round;
        for (int i = 0; i < 3; i++) {
            put_post(text, sizeof text, names[i]);
            snprintf(paths[i], sizeof paths[i], "%s", try_file(names[i], text));
        }
        struct corpus *gold = try_read("gold.json", HEAD WORDS "}]}\n");
        if (adjudication_open(list, 2 + round % 2, NULL, &a, &err) ||
            adjudication_look(a, &gold->posts[0], &look, &err))
            fail_msg("%s", err.message);
        apply(&gold->posts[0], adjudication_agreed(a, &batch, &gold->posts[0], &look, &agreed, &dropped, &err), &batch,
              &err);
        adjudication_look_free(&look);
        bool done = gold->posts[0].status == STATUS_DONE;
        size_t asked = settle(a, &gold->posts[0]);
        if (done) /* what hangs on agreed labels counts too: relations, and where things are in the picture */
            assert_int_equal(asked, 0);
        taken += asked;
        /* The result is a corpus, and says of every label taken who had it. */
        char *written = try_write(gold, FORMAT_JSON, NULL);
        struct corpus *again = try_read("again.json", written);
        for (size_t i = 0; i < again->posts[0].n_entities; i++) {
            const struct entity *e = &again->posts[0].entities[i];
            if (!e->has_grounding) /* else it is signed by who answered */
                assert_true(strcmp(e->origin.by, "dora") || (e->extra && strstr(e->extra, "\"from\"")));
        }
        corpus_free(again);
        free(written);
        corpus_free(gold);
        adjudication_close(a);
    }
    assert_true(taken > 500);
    assert_true(agreed > 50);
}

/* A post is done by itself only where nothing will be asked, also about what hangs on labels that all agree on. */
static void test_done_only_when_nothing_is_left(void **state)
{
#define SAID(relation, box) \
    HEAD WORDS ", \"status\": \"done\", \"objects\": [" \
    "{\"id\": \"o1\", \"box\": [0, 0, 20, 20], \"source\": \"human\"}, " \
    "{\"id\": \"o2\", \"box\": [50, 50, 90, 90], \"source\": \"human\"}], \"entities\": [" \
    "{\"id\": \"e1\", \"start\": 0, \"end\": 1, \"type\": \"PER\", \"source\": \"human\", " \
    "\"grounding\": [\"" box "\"]}, " \
    "{\"id\": \"e2\", \"start\": 2, \"end\": 3, \"type\": \"LOC\", \"source\": \"human\"}], " \
    "\"relations\": [" \
    "{\"id\": \"r1\", \"head\": \"e1\", \"tail\": \"e2\", \"type\": \"" relation "\", \"source\": \"human\"}]}]}\n"
    static const char *const said[3] = {SAID("in", "o1"), SAID("near", "o1"), SAID("in", "o2")};
    (void)state;
    for (size_t with = 0; with < 3; with++) {
        char first[300], second[300];
        const char *list[2] = {first, second};
        struct adjudication *a;
        struct adjudication_look look;
        struct edit_batch batch = {0};
        struct error err = {0};
        size_t agreed = 0, dropped = 0;
        snprintf(first, sizeof first, "%s", try_file("ana.json", said[0]));
        snprintf(second, sizeof second, "%s", try_file("bob.json", said[with]));
        struct corpus *gold = try_read("gold.json", HEAD WORDS "}]}\n");
        struct post *post = &gold->posts[0];
        if (adjudication_open(list, 2, NULL, &a, &err) || adjudication_look(a, post, &look, &err))
            fail_msg("%s", err.message);
        apply(post, adjudication_agreed(a, &batch, post, &look, &agreed, &dropped, &err), &batch, &err);
        adjudication_look_free(&look);
        assert_int_equal(post->status, with ? STATUS_STARTED : STATUS_DONE);
        size_t asked = settle(a, post);
        assert_int_equal(asked > 0, with > 0);
        corpus_free(gold);
        adjudication_close(a);
    }
}

/* The same by way of merge, whose conflicts stand in the corpus. */
static void test_conflicts_of_a_merge_can_be_settled(void **state)
{
    size_t taken = 0;
    (void)state;
    for (unsigned round = 0; round < 500; round++) {
        static char text[8000];
        struct merge_report report;
        struct adjudication *a;
        struct corpus *base = try_read("base.json", HEAD WORDS "}]}\n"), *versions[2], *out;
        struct error err = {0};
        seed = round;
        for (int i = 0; i < 2; i++) {
            put_post(text, sizeof text, i ? "bob" : "ana");
            versions[i] = try_read(i ? "bob.json" : "ana.json", text);
        }
        if (merge_corpora(base, versions, 2, &out, &report, &err) || adjudication_open(NULL, 0, NULL, &a, &err))
            fail_msg("%s", err.message);
        taken += settle(a, &out->posts[0]);
        struct edit_batch batch = {0};
        apply(&out->posts[0], adjudication_done(&batch, &out->posts[0], &dora, &err), &batch, &err);
        for (size_t i = 0; i < out->posts[0].n_flags; i++)
            assert_string_not_equal(out->posts[0].flags[i], MERGE_FLAG);
        adjudication_close(a);
        merge_report_free(&report);
        corpus_free(out);
        corpus_free(base);
        corpus_free(versions[0]);
        corpus_free(versions[1]);
    }
    assert_true(taken > 300);
}

/* Whatever stands in "conflicts": files come from anywhere. */
static void test_foreign_conflicts_do_no_harm(void **state)
{
    static const char *const conflicts[] = {
        "3", "null", "[]", "{}", "[1, null, [], {}]", "[{\"kind\": 3, \"versions\": 4}]",
        "[{\"kind\": \"entities\", \"versions\": [3, {}, {\"by\": 4}, {\"by\": \"ana\", \"entities\": 3}]}]",
        "[{\"kind\": \"entities\", \"versions\": [{\"by\": \"ana\", \"entities\": [{\"id\": \"e1\", \"start\": 0, "
        "\"end\": 2, \"type\": \"PER\", \"grounding\": [\"o77\"]}]}, {\"by\": \"bob\"}], "
        "\"beside\": [3, [1], [1, 2, 3]]}]",
        "[{\"kind\": \"relations\", \"versions\": [{\"by\": \"ana\", \"relations\": [{\"head\": [0, 1], "
        "\"tail\": [3, 4], \"type\": \"in\"}]}, {\"by\": \"bob\"}]}]",
        "[{\"kind\": \"note\", \"tokens\": 5, \"versions\": [{\"by\": \"ana\", \"note\": \"x\"}]}]", /* it has 6 */
        "[{\"kind\": \"grounding\", \"name\": 3, \"versions\": [{\"by\": \"ana\", \"grounding\": [3]}]}]",
    };
    static const char *const bad[] = {
        "[{\"kind\": \"entities\", \"versions\": [{\"by\": \"ana\", \"entities\": [{\"id\": \"e1\", \"start\": 0, "
        "\"end\": 99, \"type\": \"PER\"}]}]}]",
        "[{\"kind\": \"objects\", \"versions\": [{\"by\": \"ana\", \"objects\": [{\"box\": [1, 2]}]}]}]",
        "[{\"kind\": \"post\", \"versions\": [{\"by\": \"ana\", \"post\": {\"id\": \"1\"}}]}]",
    };
    struct post *posts;
    char **names;
    size_t n;
    struct error err;
    char text[2000];
    (void)state;
    for (size_t i = 0; i < sizeof conflicts / sizeof *conflicts; i++) {
        snprintf(text, sizeof text, HEAD WORDS ", \"flags\": [\"conflict\"], \"conflicts\": %s}]}\n", conflicts[i]);
        struct corpus *corpus = try_read("foreign.json", text);
        if (merge_versions(&corpus->posts[0], &posts, &names, &n, &err))
            fail_msg("%s: %s", conflicts[i], err.message);
        assert_int_equal(n, strstr(conflicts[i], "\"tokens\": 5") ? 0 : strstr(conflicts[i], "\"bob\"") ? 2 : n);
        merge_versions_free(posts, names, n);
        corpus_free(corpus);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, HEAD WORDS ", \"flags\": [\"conflict\"], \"conflicts\": %s}]}\n", bad[i]);
        struct corpus *corpus = try_read("foreign.json", text);
        assert_int_equal(merge_versions(&corpus->posts[0], &posts, &names, &n, &err), -1);
        assert_int_equal(err.kind, ERROR_INPUT);
        corpus_free(corpus);
    }
}

/* A corpus to begin with: everybody's posts, nobody's labels. */
static void test_a_corpus_is_made_of_the_posts(void **state)
{
    struct adjudication *a;
    struct error err = {0};
    char paths[2][300], gold[300];
    (void)state;
    snprintf(paths[0], sizeof paths[0], "%s",
             try_file("ana.json", HEAD WORDS ", \"note\": \"x\", \"entities\": [{\"id\": \"e1\", \"start\": 0, "
                                             "\"end\": 1, \"type\": \"PER\"}]}]}"));
    snprintf(paths[1], sizeof paths[1], "%s",
             try_file("bob.json", HEAD WORDS "}, {\"id\": \"2\", \"tokens\": [\"z\"], \"image\": \"z.jpg\"}]}"));
    snprintf(gold, sizeof gold, "%.*s/made.json", (int)(strrchr(paths[0], '/') - paths[0]), paths[0]);
    assert_int_equal(adjudication_open((const char *const[]){paths[0], paths[1]}, 2, NULL, &a, &err), 0);
    assert_int_equal(adjudication_begin(a, gold, &err), 0);
    assert_int_equal(adjudication_begin(a, gold, &err), -1); /* never written over */
    assert_int_equal(adjudication_begin(a, "made.conll", &err), -1);
    struct corpus *corpus;
    assert_int_equal(corpus_read(gold, NULL, &corpus, &err), 0);
    assert_int_equal(corpus->n_posts, 2);
    assert_int_equal(corpus->posts[0].n_entities, 0);
    assert_null(corpus->posts[0].note);
    assert_string_equal(corpus->posts[1].image, "z.jpg");
    corpus_free(corpus);
    adjudication_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_can_be_settled),
        cmocka_unit_test(test_done_only_when_nothing_is_left),
        cmocka_unit_test(test_conflicts_of_a_merge_can_be_settled),
        cmocka_unit_test(test_foreign_conflicts_do_no_harm),
        cmocka_unit_test(test_a_corpus_is_made_of_the_posts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
