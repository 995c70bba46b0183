/* MNRE: pairs become posts and come back as the lines they were.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_entity(const struct post *post, size_t index, size_t start, size_t end, const char *type)
{
    assert_true(index < post->n_entities);
    assert_int_equal(post->entities[index].start, start);
    assert_int_equal(post->entities[index].end, end);
    if (type)
        assert_string_equal(post->entities[index].type, type);
    else
        assert_null(post->entities[index].type);
}

static void assert_relation(const struct post *post, size_t index, const char *head, const char *tail, const char *type)
{
    assert_true(index < post->n_relations);
    assert_string_equal(post->relations[index].head, head);
    assert_string_equal(post->relations[index].tail, tail);
    assert_string_equal(post->relations[index].type, type);
}

static void test_pairs_join_into_posts(void **state)
{
    (void)state;
    char *content = try_data("pairs.mnre");
    struct corpus *corpus = try_read("a.txt", content); /* known by its first line */
    assert_int_equal(corpus->format, FORMAT_MNRE);
    assert_int_equal(corpus->n_posts, 4);
    const struct post *post = &corpus->posts[0];
    assert_string_equal(post->id, "rob");
    assert_string_equal(post->image, "rob.jpg");
    assert_int_equal(post->n_tokens, 15);
    assert_int_equal(post->n_entities, 3);
    assert_entity(post, 0, 3, 5, "PER");
    assert_entity(post, 1, 13, 14, "ORG");
    assert_entity(post, 2, 9, 11, "LOC"); /* unknown in the second line, known by the third */
    assert_int_equal(post->n_relations, 3);
    assert_relation(post, 0, "e1", "e2", "/per/org/member_of");
    assert_relation(post, 1, "e1", "e3", "None");
    assert_relation(post, 2, "e2", "e3", "/org/loc/locate_at");
    assert_null(post->source);

    post = &corpus->posts[1]; /* head and tail overlap */
    assert_string_equal(post->id, "lisbon.v2");
    assert_entity(post, 0, 1, 3, NULL);
    assert_entity(post, 1, 1, 5, "ORG");
    assert_entity(post, 2, 4, 5, "LOC");
    assert_string_equal(corpus->posts[2].relations[0].type, "/per/per/alumi");
    assert_entity(&corpus->posts[3], 0, 0, 1, NULL);
    const struct schema_relation *relation = schema_relation_peek(&corpus->schema, "/org/loc/locate_at");
    assert_non_null(relation);
    assert_int_equal(relation->n_head, 1);
    assert_string_equal(relation->head[0], "ORG");
    assert_string_equal(relation->tail[0], "LOC");
    assert_null(schema_relation_peek(&corpus->schema, "None"));
    corpus_free(corpus);
    free(content);
}

static void test_fixtures_come_back(void **state)
{
    static const char *const names[] = {"pairs.mnre", "pairs-ascii.mnre", "pairs-utf8.mnre", "pairs-mixed.mnre"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *content = try_data(names[i]);
        try_unchanged(names[i], content);
        free(content);
    }
}

#define LINE(tokens, rest)                                                                                             \
    "{'token': [" tokens "], 'h': {'name': 'a', 'pos': [0, 1]}, 't': {'name': 'b', 'pos': [1, 2]}, " rest "}"
#define PAIR(image, relation) LINE("'a', 'b'", "'img_id': '" image "', 'relation': '" relation "'")

static void test_oddities_come_back(void **state)
{
    static const char *const contents[] = {
        PAIR("x.jpg", "None"), /* no line end */
        PAIR("x.jpg", "None") "\r\n" PAIR("y.jpg", "None") "\r\n",
        "\xef\xbb\xbf" PAIR("x.jpg", "None") "\n",
        PAIR("x.jpg", "None") "\n" PAIR("x.jpg", "None") "\n", /* the same pair twice */
        PAIR("x.jpg", "/per/per/peer") "\n" PAIR("x.jpg", "/org/per/x") "\n", /* labels that disagree on a type */
        PAIR("x.jpg", "friend") "\n" PAIR("x.jpg", "/a") "\n" PAIR("x.jpg", "//x/") "\n",
        PAIR("x.jpg", "None") "\n" PAIR("x.png", "None") "\n" PAIR("x.jpg", "peer") "\n",
        PAIR("", "None") "\n" LINE("'a', 'b'", "'img_id': None, 'relation': 'None'") "\n",
        LINE("'a', 'b'", "'image_id': 'x.jpg', 'relation': 'None'") "\n",
        LINE("'a', 'b', '\\x1b[31m', '\\\\', '\\''", "'img_id': 'x.jpg', 'relation': 'None'") "\n",
        LINE("u'a', \"b\", '\\d', '\\101', '\\U0001f600', '\\ud83d\\ude00'", "'img_id': 'x', 'relation': 'None'") "\n",
        "  " LINE("'a' , 'b' ,'c'", "'img_id': 'x.jpg',\t'relation': 'None' , ") " \n",
        "{'token': ['a'], 'h': {'pos': [0, 1]}, 't': {'pos': [0, 1], 'name': 'b'}, 'img_id': 'x', 'relation': 'r'}\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
        try_unchanged("a.mnre", contents[i]);
}

static void set_text(char **text, const char *value)
{
    free(*text);
    *text = strdup(value);
}

/* In lines that are printed in a manner of their own, too. */
static void test_only_what_was_edited_changes(void **state)
{
    static const char others[] = PAIR("y.jpg", "None") "\n\n" PAIR("x.jpg", "None") "\n";
    static const char before[] = "{'relation': 'None', 'extra': 1.50, 'token': ['a',  'b', 'c'], "
                                 "'h': {'name': \"a\", 'pos': [0,1]}, 't': {'pos': [ 1, 2 ]}, 'img_id': 'x.jpg'}\n";
    static const char after[] = "{'relation': '/per/org/\"it\\'s\"', 'extra': 1.50, 'token': ['a',  'b', 'c'], "
                                "'h': {'name': 'a b', 'pos': [0, 2]}, 't': {'pos': [2, 3]}, 'img_id': 'x.jpg'}\n";
    char content[1000];
    (void)state;
    snprintf(content, sizeof content, "%s%s", before, others);
    struct corpus *corpus = try_read("a.mnre", content);
    struct post *post = &corpus->posts[0];
    set_text(&post->relations[0].type, "/per/org/\"it's\"");
    post->entities[0].end = 2; /* the head */
    post->entities[1].start = 2, post->entities[1].end = 3;
    char *text = try_write(corpus, FORMAT_MNRE, NULL);
    snprintf(content, sizeof content, "%s%s", after, others);
    assert_string_equal(text, content);
    free(text);
    corpus_free(corpus);
}

/* A pair that was added stands behind the one before it in its post; one that was deleted is gone. */
static void test_pairs_come_and_go_in_place(void **state)
{
    (void)state;
    struct corpus *corpus = try_read("a.mnre", PAIR("x.jpg", "one") "\n"
                                               PAIR("y.jpg", "two") "\n"
                                               PAIR("x.jpg", "three") "\n");
    struct post *post = &corpus->posts[0];
    relation_free(&post->relations[0]);
    post->relations[0] = post->relations[1];
    assert_int_equal(relation_copy(&post->relations[0], &post->relations[1]), 0);
    set_text(&post->relations[1].id, "r9");
    set_text(&post->relations[1].type, "four");
    char *text = try_write(corpus, FORMAT_MNRE, NULL);
    assert_string_equal(text, PAIR("y.jpg", "two") "\n" PAIR("x.jpg", "three") "\n" PAIR("x.jpg", "four") "\n");
    free(text);
    corpus_free(corpus);
}

static void test_bad_lines_are_refused(void **state)
{
    static const struct {
        const char *line, *ending;
    } cases[] = {
        {"hello", "not a Python or JSON dictionary (column 1)"},
        {"{'token': ['a', 'b'", "a comma or ']' is expected here (column 20)"},
        {"{'token': ['a', 'b", "a string that is not closed (column 19)"},
        {"{'token': 'a'}", "'token' is not a list (column 11)"},
        {"{'token': ['a'], 'token': ['a']}", "a member stands twice (column 27)"},
        {"{'token': ['a', 'b'], 'h': {'pos': [0, 1]}}", "the member 't' is missing (column 44)"},
        {PAIR("x", ""), "'relation' is empty (column 122)"},
        {PAIR("x", "r") " x", "there is more after the dictionary (column 125)"},
        {LINE("'a', 'b'", "'img_id': 5, 'relation': 'r'"), "a string is expected here (column 103)"},
        {LINE("'a', 'b'", "'img_id': 'x', 'relation': lambda: 0"), "a string is expected here (column 120)"},
        {LINE("'a'", "'img_id': 'x', 'relation': 'r'"), "the 'pos' of 't' is not a span of the tokens (column 119)"},
        {LINE("'a', '\\x00'", "'img_id': 'x', 'relation': 'r'"), "a string with a NUL in it (column 22)"},
        {LINE("'a', '\\ud83d'", "'img_id': 'x', 'relation': 'r'"), "half of a surrogate pair (column 24)"},
        {LINE("'a', '\\xq'", "'img_id': 'x', 'relation': 'r'"),
         "an escape with too few hexadecimal digits (column 20)"},
        {LINE("'a', '\\U00110000'", "'img_id': 'x', 'relation': 'r'"), "an escape for no character (column 28)"},
        {"{'token': ['a', 'b'], 'h': {'pos': [1, 1]}, 't': {'pos': [0, 1]}, 'img_id': 'x', 'relation': 'r'}",
         "the 'pos' of 'h' is not a span of the tokens (column 98)"},
        {"{'token': ['a', 'b'], 'h': {'pos': [-1, 1]}, 't': {'pos': [0, 1]}, 'img_id': 'x', 'relation': 'r'}",
         "a whole number is expected here (column 37)"},
        {"{'token': ['a', 'b'], 'h': {'pos': [0, 99999999999999999999999]}}", "a number that is too large (column 59)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char content[600], ending[200];
        snprintf(content, sizeof content, PAIR("x.jpg", "None") "\n%s\n", cases[i].line);
        snprintf(ending, sizeof ending, "a.mnre:2: not a line of MNRE: %s", cases[i].ending);
        try_refused("a.mnre", content, ERROR_INPUT, ending);
    }
    try_refused("a.mnre", "", ERROR_INPUT, "a.mnre:1: the file is empty");
    try_refused("a.mnre", "\n", ERROR_INPUT, "a.mnre:1: the file is empty");
    try_refused("a.mnre", LINE("'a', ''", "'img_id': 'x', 'relation': 'r'"), ERROR_INPUT, "a.mnre:1: token 1 is empty");
    try_refused("a.mnre", LINE("'a', '\xff'", "'img_id': 'x', 'relation': 'r'"), ERROR_INPUT,
        "a.mnre:1: invalid UTF-8");
}

static void test_nesting_is_bounded(void **state)
{
    static char content[100000];
    (void)state;
    strcpy(content, "{'x': ");
    memset(content + strlen(content), '[', 90000);
    try_refused("a.mnre", content, ERROR_INPUT, "nested too deeply (column 71)");
}

static void test_pairs_of_a_post_are_bounded(void **state)
{
    static const char line[] = PAIR("x.jpg", "None") "\n";
    size_t n = sizeof line - 1;
    (void)state;
    char *content = malloc(10001 * n + 1);
    assert_non_null(content);
    for (size_t i = 0; i < 10001; i++)
        memcpy(content + i * n, line, n);
    content[10000 * n] = '\0';
    struct corpus *corpus = try_read("a.mnre", content);
    assert_int_equal(corpus->posts[0].n_relations, 10000);
    corpus_free(corpus);
    memcpy(content + 10000 * n, line, n + 1);
    try_refused("a.mnre", content, ERROR_INPUT, "a.mnre:10001: more than 10000 pairs of one sentence and picture");
    free(content);
}

static void test_losses_are_named(void **state)
{
    static const char *const lines[] = {
        "post p: its id (its picture is q.jpg)",
        "post p: entity e3: no label implies its type LOC",
        "post p: entity e4 stands in no relation",
        "post p: entity e5 stands in no relation",
        "post p: 2 boxes",
        "post p: 1 grounding",
        "post p: 1 flag",
        "post p: its text",
        "post p: its note",
        "post q: left out: it has no relation, and MNRE is a list of relations",
    };
    static const char written[] =
        "{'token': ['a', 'b\\tc', 'd'], 'h': {'name': 'a b\\tc', 'pos': [0, 2]}, "
        "'t': {'name': 'b\\tc d', 'pos': [1, 3]}, 'img_id': 'q.jpg', 'relation': '/per/misc/present_in'}\n"
        "{'token': ['a', 'b\\tc', 'd'], 'h': {'name': 'a b\\tc', 'pos': [0, 2]}, "
        "'t': {'name': 'd', 'pos': [2, 3]}, 'img_id': 'q.jpg', 'relation': 'None'}\n"
        "{'token': [\"it's\"], 'h': {'name': \"it's\", 'pos': [0, 1]}, 't': {'name': \"it's\", 'pos': [0, 1]}, "
        "'img_id': 's', 'relation': 'None'}\n";
    (void)state;
    char *content = try_data("crowded.json");
    struct corpus *corpus = try_read("a.json", content);
    struct loss_list losses = {0};
    char *text = try_write(corpus, FORMAT_MNRE, &losses);
    assert_string_equal(text, written);
    assert_int_equal(losses.n, sizeof lines / sizeof *lines);
    for (size_t i = 0; i < losses.n; i++)
        assert_string_equal(losses.lines[i], lines[i]);
    loss_list_free(&losses);
    free(text);
    corpus_free(corpus);
    free(content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs_join_into_posts),
        cmocka_unit_test(test_fixtures_come_back),
        cmocka_unit_test(test_oddities_come_back),
        cmocka_unit_test(test_only_what_was_edited_changes),
        cmocka_unit_test(test_pairs_come_and_go_in_place),
        cmocka_unit_test(test_bad_lines_are_refused),
        cmocka_unit_test(test_nesting_is_bounded),
        cmocka_unit_test(test_pairs_of_a_post_are_bounded),
        cmocka_unit_test(test_losses_are_named),
    };
    return cmocka_run_group_tests_name("format-mnre", tests, NULL, NULL);
}
