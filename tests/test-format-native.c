/* The native format: everything a post can have comes back, and what is not ours as it was.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-native.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_everything_is_read(void **state)
{
    (void)state;
    char *content = try_data("everything.json");
    struct corpus *corpus = try_read("a.json", content);
    assert_string_equal(corpus->images, "pictures");
    assert_int_equal(corpus->n_posts, 3);
    assert_int_equal(corpus->schema.n_relations, 2);
    assert_int_equal(corpus->schema.relations[1].n_tail, 2);
    const struct post *post = &corpus->posts[0];
    assert_int_equal(post->n_tokens, 6);
    assert_int_equal(post->offsets[5][1], 25);
    assert_int_equal(post->status, STATUS_DONE);
    assert_string_equal(post->note, "say \"hi\"\n\tto\x1b[31m \xc2\x9b them");
    assert_int_equal(post->n_flags, 2);
    const struct entity *entity = &post->entities[0];
    assert_int_equal(entity->origin.decision, DECISION_ACCEPTED);
    assert_float_equal(entity->origin.score, 0.1, 0);
    assert_string_equal(entity->origin.model, "ab12");
    assert_int_equal(entity->n_grounding, 2);
    assert_string_equal(entity->extra, "{\"colour\": \"red\"}");
    assert_true(post->entities[1].has_grounding);
    assert_int_equal(post->entities[1].n_grounding, 0);
    assert_false(post->entities[2].has_grounding);
    assert_false(post->entities[2].origin.has_source);
    assert_null(post->entities[2].type);
    assert_string_equal(post->relations[1].id, "r2"); /* made up */
    assert_string_equal(post->objects[2].id, "o2");
    assert_float_equal(post->objects[0].box[3], 200.123456789, 0);
    assert_int_equal(post->n_rejected_entities, 1);
    assert_string_equal(post->rejected_relations[0].head, "2-3");
    assert_string_equal(post->rejected_relations[0].tail, "4-6");
    assert_int_equal(post->n_verdicts, 3);
    const struct verdict *verdicts = post->verdicts;
    assert_int_equal(verdicts[0].answer, VERDICT_BOTH);
    assert_true(verdicts[0].gold.has && verdicts[0].gold.start == 2 && verdicts[0].predicted.start == 1);
    assert_string_equal(verdicts[0].note, "say \"hi\"");
    assert_string_equal(verdicts[0].extra, "{\"weight\": 1e-400}");
    assert_true(!verdicts[1].gold.has && !verdicts[1].predicted.type);
    assert_true(verdicts[2].relation && verdicts[2].gold.tail[1] == 6 && !verdicts[2].predicted.has);
    assert_string_equal(post->extra, "{\"tweet_id\": 1234567890123456789, \"ratio\": 0.10000000000000000001, "
                                     "\"nested\": {\"deep\": [1, {\"er\": null}]}}");
    assert_string_equal(corpus->posts[2].id, "\xc3\xa9\xf0\x9f\x98\x80");
    corpus_free(corpus);
    free(content);
}

/* JSON to JSON Lines to JSON is a fixed point, and keeps what is not ours to the digit. */
static void test_everything_comes_back(void **state)
{
    static const char *const kept[] = {
        "\"line\": 12345678901234567890",
        "\"licence\": {\"name\": \"CC0\", \"years\": [2024, 2025]}",
        "\"tweet_id\": 1234567890123456789, \"ratio\": 0.10000000000000000001",
        "\"classifier\": {\"weights\": [1e-400, 0.10]}",
        "\"colour\": 7",
        "\"verdicts\": [{\"gold\": {\"start\": 2, \"end\": 3, \"type\": \"PER\"}, "
        "\"predicted\": {\"start\": 1, \"end\": 3, \"type\": \"PER\", \"score\": 0.70}, "
        "\"verdict\": \"both\", \"note\": \"say \\\"hi\\\"\", \"system\": \"ab12\", "
        "\"by\": \"ana\", \"at\": \"2026-11-25T01:00:00Z\", \"weight\": 1e-400}, {\"gold\": null, \"predicted\": "
        "{\"start\": 0, \"end\": 1, \"type\": null}, \"verdict\": \"unsure\"}, {\"gold\": {\"head\": [2, 3], \"tail\": "
        "[4, 6], \"type\": \"knows\"}, \"predicted\": null, \"verdict\": \"gold\", \"by\": \"bob\"}]",
        "\"made by\": \"hand\"",
        "\"box\": [12, 8.5, 130.25, 200.123456789]",
        "\"score\": 0.1,",
        "\"grounding\": [\"o1\", \"second\"]",
        "\"grounding\": []}",
        "\"head\": [2, 3], \"tail\": [4, 6], \"type\": \"knows\"",
        "\"type\": null",
        "\"note\": \"say \\\"hi\\\"\\n\\tto\\u001b[31m \\u009b them\"",
        "\"offsets\": [[0, 1], [2, 4], [5, 9], [10, 12], [13, 20], [21, 25]]",
    };
    (void)state;
    char *content = try_data("everything.json");
    struct corpus *corpus = try_read("a.json", content);
    char *json = try_write(corpus, FORMAT_JSON, NULL), *jsonl = try_write(corpus, FORMAT_JSONL, NULL);
    corpus_free(corpus);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (!strstr(json, kept[i]) || !strstr(jsonl, kept[i]))
            fail_msg("not kept: %s", kept[i]);
    }
    corpus = try_read("a.jsonl", jsonl);
    char *again = try_write(corpus, FORMAT_JSON, NULL);
    assert_string_equal(again, json);
    corpus_free(corpus);
    free(again);
    try_unchanged("a.json", json);
    try_unchanged("a.jsonl", jsonl);
    size_t lines = 0;
    for (const char *p = jsonl; *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 4);
    free(jsonl);
    free(json);
    free(content);
}

static void test_format_is_found(void **state)
{
    static const struct {
        const char *content;
        enum corpus_format format;
    } cases[] = {
        {"{\"format\": \"mmib-corpus\", \"posts\": []}", FORMAT_JSON},
        {"\n\n  {\n \"format\":\n\"mmib-corpus\", \"posts\": []}", FORMAT_JSON},
        {"\xef\xbb\xbf{\"format\": \"mmib-corpus\"}\n{\"id\": \"a\", \"tokens\": []}\n\n", FORMAT_JSONL},
        {"{\"format\": \"mmib-corpus\"}\r\n{\"id\": \"a\", \"tokens\": []}\n", FORMAT_JSONL},
        {"{\"posts\": [], \"format\": \"mmib-corpus\"}", FORMAT_JSON},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct corpus *corpus = try_read("a", cases[i].content);
        assert_int_equal(corpus->format, cases[i].format);
        corpus_free(corpus);
    }
    try_refused("a.txt", "IMG:1\n", ERROR_INPUT,
                "a.txt:1: not a format that mmib knows; --from says which: json, jsonl, conll, mnre, raw, gmner, coco, text");
    try_refused("a.txt", "[1]", ERROR_INPUT,
                "a.txt:1: not a format that mmib knows; --from says which: json, jsonl, conll, mnre, raw, gmner, coco, text");
    try_refused("a", " \n\t\n", ERROR_INPUT, "a:1: the file is empty");
}

#define PER "\"start\": 0, \"end\": 1, \"type\": \"PER\""
#define POSTS(posts) "{\"format\": \"mmib-corpus\",\n \"posts\": [\n" posts "\n]}"
#define POST(members) POSTS("{\"id\": \"p\", \"tokens\": [\"a\", \"b\"],\n" members "}")
#define ENTITY(members) POST("\"entities\": [{\"id\": \"e1\", " members "}]")

static void test_bad_corpora_are_refused(void **state)
{
    static const struct {
        const char *content, *ending;
    } cases[] = {
        {"", "a.json:1: the JSON is cut: it ends too early"},
        {"{\"format\": \"mmib-corpus\",\n \"posts\": [{\"id\"", "a.json:2: the JSON is cut: it ends too early"},
        {"{\"format\": \"mmib-corpus\", \"posts\": [\n]}\n}",
         "a.json:3: not JSON: there is more after the end of the value"},
        {"{\"format\": \"other\", \"posts\": []}",
         "a.json:1: not an mmib corpus: no member \"format\": \"mmib-corpus\""},
        {"[1, 2]", "a.json:1: the corpus is not a JSON object"},
        {"{\"format\": \"mmib-corpus\", \"version\": 2, \"posts\": []}",
         "a.json:1: a version of the format that this mmib does not know"},
        {"{\"format\": \"mmib-corpus\"}", "a.json:1: the corpus has no list \"posts\""},
        {"{\"format\": \"mmib-corpus\",\n\"schema\": {\"entities\": [\"\"]}, \"posts\": []}",
         "a.json:2: schema: an entity type is empty"},
        {"{\"format\": \"mmib-corpus\",\n\"schema\": {\"relations\": [{\"name\": \"r\"}, {\"name\": \"r\"}]}}",
         "a.json:2: the schema has two relations \"r\""},
        {POSTS("7"), "a.json:3: a post is not a JSON object"},
        {POSTS("{\"tokens\": []}"), "a.json:3: a post's id is missing"},
        {POSTS("{\"id\": \"\", \"tokens\": []}"), "a.json:3: a post's id is empty"},
        {POSTS("{\"id\": \"p\"}"), "a.json:3: post p: tokens are missing"},
        {POSTS("{\"id\": \"p\", \"tokens\": []},\n{\"id\": \"p\", \"tokens\": []}"),
         "a.json:4: two posts have the id \"p\""},
        {POSTS("{\"id\": \"p\", \"id\": \"q\", \"tokens\": []}"), "a.json:3: a post has two members \"id\""},
        {POSTS("{\"id\": \"p\", \"tokens\": [\"a\", 5]}"), "a.json:3: post p: tokens: item 1 is not a string"},
        {POSTS("{\"id\": \"p\", \"tokens\": [\"\"]}"), "a.json:3: post p: tokens: item 0 is empty"},
        {POSTS("{\"id\": \"\xc3\", \"tokens\": []}"), "a.json:3: invalid UTF-8"},
        {POSTS("{\"id\": \"a\\u0000b\", \"tokens\": []}"), "a.json:3: not JSON: a string with a NUL in it"},
        {POSTS("{\"id\": \"\\ud800\", \"tokens\": []}"), "a.json:3: not JSON: half of a surrogate pair"},
        {POST("\"status\": \"finished\""), "a.json:4: post p: status \"finished\" is not one that mmib knows"},
        {POST("\"status\": \"\\u001b[31m\""), "a.json:4: post p: status \"?[31m\" is not one that mmib knows"},
        {POST("\"offsets\": [[0, 1], [1, 2]]"), "a.json:4: post p: offsets without the text that they count in"},
        {POST("\"text\": \"ab\", \"offsets\": [[0, 1]]"),
         "a.json:4: post p: offsets are not a list of 2, one for each token"},
        {POST("\"text\": \"\xc3\xa9\", \"offsets\": [[0, 1], [1, 2]]"),
         "a.json:4: post p: the offsets of token 1 are not [start, end] within the text"},
        {POST("\"image\": 7"), "a.json:4: post p: image is not a string"},
        {ENTITY("\"start\": 0, \"end\": 3, \"type\": \"PER\""),
         "a.json:4: post p: entity e1 ends at 3, after the last of 2 tokens"},
        {ENTITY("\"start\": 1, \"end\": 1, \"type\": \"PER\""), "a.json:4: post p: entity e1 is an empty span, 1 to 1"},
        {ENTITY("\"start\": -1, \"end\": 1, \"type\": \"PER\""),
         "a.json:4: post p: entity e1 needs two whole numbers, the first token and the one after the last"},
        {ENTITY("\"start\": 0.5, \"end\": 1, \"type\": \"PER\""),
         "a.json:4: post p: entity e1 needs two whole numbers, the first token and the one after the last"},
        {ENTITY("\"start\": 0, \"end\": 1e30, \"type\": \"PER\""),
         "a.json:4: post p: entity e1 needs two whole numbers, the first token and the one after the last"},
        {ENTITY("\"start\": 0, \"end\": 1"), "a.json:4: post p: an entity's type is missing"},
        {ENTITY(PER ", \"score\": \"high\""),
         "a.json:4: post p: score is not a number"},
        {ENTITY(PER ", \"score\": 1e999"),
         "a.json:4: post p: score is not a number"},
        {ENTITY(PER ", \"source\": \"robot\""),
         "a.json:4: post p: source \"robot\" is not one that mmib knows"},
        {ENTITY(PER ", \"grounding\": [\"o1\"]"),
         "a.json:4: post p: entity e1: its grounding \"o1\" is no object of the post"},
        {ENTITY(PER "}, {\"id\": \"e1\", \"start\": 1, \"end\": 2, \"type\": \"PER\""),
         "a.json:4: post p: two entities have the id \"e1\""},
        {POST("\"entities\": [{\"start\": 0, \"end\": 1, \"type\": \"PER\"}]"),
         "a.json:4: post p: an entity's id is missing"},
        {ENTITY(PER "}],\n"
                "\"relations\": [{\"id\": \"r1\", \"head\": \"e1\", \"tail\": \"e2\", \"type\": \"x\""),
         "a.json:5: post p: relation r1: its tail \"e2\" is no entity of the post"},
        {POST("\"relations\": [{\"id\": \"r1\", \"tail\": \"e2\", \"type\": \"x\"}]"),
         "a.json:4: post p: a relation's head is missing"},
        {POST("\"objects\": [{\"id\": \"o1\"}]"), "a.json:4: post p: an object's box is not four numbers"},
        {POST("\"objects\": [{\"box\": [0, 0, 1]}]"), "a.json:4: post p: an object's box is not four numbers"},
        {POST("\"objects\": [{\"box\": [0, 0, 1, 1e999]}]"), "a.json:4: post p: an object's box is not four numbers"},
        {POST("\"rejected\": [{\"head\": [0, 1], \"tail\": [1, 3], \"type\": \"x\"}]"),
         "a.json:4: post p: a relation's tail ends at 3, after the last of 2 tokens"},
        {POST("\"entities\": {}"), "a.json:4: post p: entities is not a list"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        try_refused("a.json", cases[i].content, ERROR_INPUT, cases[i].ending);
}

static void test_bad_lines_are_refused(void **state)
{
#define HEADER "{\"format\": \"mmib-corpus\"}\n"
    (void)state;
    try_refused("a.jsonl", "", ERROR_INPUT, "a.jsonl:1: the file is empty");
    try_refused("a.jsonl", "{\"id\": \"p\", \"tokens\": []}\n", ERROR_INPUT,
                "a.jsonl:1: not an mmib corpus: no member \"format\": \"mmib-corpus\"");
    try_refused("a.jsonl", HEADER "{\"id\": \"p\", \"tok", ERROR_INPUT,
        "a.jsonl:2: the JSON is cut: it ends too early");
    try_refused("a.jsonl", HEADER "\n{\"id\": \"p\", \"tokens\": []}\n{\"id\": \"p\", \"tokens\": []}\n", ERROR_INPUT,
                "a.jsonl:4: two posts have the id \"p\"");
    try_refused("a.jsonl", "{\"format\": \"mmib-corpus\", \"posts\": []}\n", ERROR_INPUT,
                "a.jsonl:1: posts stand on lines of their own in JSON Lines");
}

static void test_depth_and_size_are_bounded(void **state)
{
    static char content[3000];
    (void)state;
    char deep[200] = "";
    for (int i = 0; i < 63; i++)
        strcat(deep, "[");
    for (int i = 0; i < 63; i++)
        strcat(deep, "]");
    snprintf(content, sizeof content, "{\"format\": \"mmib-corpus\", \"posts\": [], \"x\": %s}", deep);
    corpus_free(try_read("a.json", content));
    snprintf(content, sizeof content, "{\"format\": \"mmib-corpus\", \"posts\": [], \"x\": [%s]}", deep);
    try_refused("a.json", content, ERROR_INPUT, "a.json:1: not JSON: nested too deeply");
    snprintf(content, sizeof content, POSTS("{\"id\": \"p\", \"tokens\": [\"%01000d\"]}"), 0);
    corpus_free(try_read("a.json", content));
    snprintf(content, sizeof content, POSTS("{\"id\": \"p\", \"tokens\": [\"%01001d\"]}"), 0);
    try_refused("a.json", content, ERROR_INPUT, "a.json:3: post p: tokens: item 0 is longer than 1000 bytes");
}

/* Ids, relations and posts are found by hash: a million would be too slow otherwise. */
static void test_large_corpora_are_read(void **state)
{
    (void)state;
    enum { POSTS_N = 100000 };
    struct text text = {0};
    text_add(&text, HEADER);
    for (int i = 0; i < POSTS_N; i++)
        text_add_format(&text, "{\"id\": \"%d\", \"tokens\": [\"a\", \"b\"]}\n", i);
    text_add(&text, "{\"id\": \"x\", \"tokens\": [\"a\"], \"entities\": [");
    for (int i = 0; i < POSTS_N; i++)
        text_add_format(&text, "%s{\"id\": \"e%d\", \"start\": 0, \"end\": 1, \"type\": null}", i ? "," : "", i);
    text_add(&text, "], \"relations\": [");
    for (int i = 0; i < POSTS_N; i++)
        text_add_format(&text, "%s{\"head\": \"e%d\", \"tail\": \"e1\", \"type\": \"x\"}", i ? "," : "", i);
    text_add(&text, "]}\n");
    struct corpus *corpus = try_read("a.jsonl", text.bytes);
    assert_int_equal(corpus->n_posts, POSTS_N + 1);
    assert_string_equal(corpus->posts[POSTS_N].relations[POSTS_N - 1].id, "r100000");
    corpus_free(corpus);
    text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_read),
        cmocka_unit_test(test_everything_comes_back),
        cmocka_unit_test(test_format_is_found),
        cmocka_unit_test(test_bad_corpora_are_refused),
        cmocka_unit_test(test_bad_lines_are_refused),
        cmocka_unit_test(test_depth_and_size_are_bounded),
        cmocka_unit_test(test_large_corpora_are_read),
    };
    return cmocka_run_group_tests_name("format-native", tests, NULL, NULL);
}
