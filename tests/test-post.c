/* Posts, schemas and texts in memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/names.h"
#include "corpora/post-json.h"
#include "corpora/schema.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *put_post(const struct post *post)
{
    struct text text = {0};
    post_json_put(&text, post);
    char *bytes = text_take(&text);
    assert_non_null(bytes);
    return bytes;
}

/* A copy is equal in everything that can be written, and shares nothing. */
static void test_copies_are_whole(void **state)
{
    (void)state;
    char *content = try_data("everything.json");
    struct corpus *corpus = try_read("a.json", content);
    struct post copies[3];
    char *before[3];
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(post_copy(&corpus->posts[i], &copies[i]), 0);
        before[i] = put_post(&corpus->posts[i]);
    }
    struct schema schema;
    assert_int_equal(schema_copy(&corpus->schema, &schema), 0);
    corpus_free(corpus);
    for (size_t i = 0; i < 3; i++) {
        char *after = put_post(&copies[i]);
        assert_string_equal(after, before[i]);
        free(after);
        free(before[i]);
        post_free(&copies[i]);
        assert_null(copies[i].id);
    }
    assert_int_equal(schema.n_relations, 2);
    assert_string_equal(schema.relations[1].tail[1], "LOC");
    assert_string_equal(schema.extra, "{\"made by\": \"hand\"}");
    assert_int_equal(schema_add_entity(&schema, "ORG"), 0);
    assert_int_equal(schema_add_entity(&schema, "ORG"), 0);
    assert_int_equal(schema.n_entities, 3);
    schema_free(&schema);
    free(content);
}

static void test_labels_are_found(void **state)
{
    (void)state;
    char *content = try_data("everything.json"), id[16];
    struct corpus *corpus = try_read("a.json", content);
    struct post *post = &corpus->posts[0];
    assert_ptr_equal(post_entity_peek(post, "e2"), &post->entities[1]);
    assert_null(post_entity_peek(post, "e3"));
    assert_ptr_equal(post_object_peek(post, "second"), &post->objects[1]);
    assert_ptr_equal(post_entity_at_peek(post, 4, 6), &post->entities[1]);
    assert_null(post_entity_at_peek(post, 4, 5));
    post_fresh_id(post, 'e', id, sizeof id);
    assert_string_equal(id, "e10");
    post_fresh_id(post, 'r', id, sizeof id);
    assert_string_equal(id, "r3");
    post_fresh_id(post, 'o', id, sizeof id);
    assert_string_equal(id, "o3");
    post_fresh_id(&corpus->posts[1], 'e', id, sizeof id);
    assert_string_equal(id, "e1");
    free(post->entities[0].id);
    post->entities[0].id = strdup("e99999999999999999999"); /* not a number that could be counted up */
    post_fresh_id(post, 'e', id, sizeof id);
    assert_string_equal(id, "e10");
    corpus_free(corpus);
    free(content);
}

static void test_names_go_both_ways(void **state)
{
    (void)state;
    for (int i = SOURCE_HUMAN; i <= SOURCE_IMPORT; i++)
        assert_int_equal(label_source_from_name(label_source_name((enum label_source)i)), i);
    for (int i = DECISION_NONE; i <= DECISION_CREATED; i++)
        assert_int_equal(label_decision_from_name(label_decision_name((enum label_decision)i)), i);
    for (int i = STATUS_NEW; i <= STATUS_SKIPPED; i++)
        assert_int_equal(post_status_from_name(post_status_name((enum post_status)i)), i);
    assert_int_equal(post_status_from_name("Done"), -1);
    assert_int_equal(label_source_from_name(""), -1);
}

static void test_signatures_come_from_names(void **state)
{
    struct schema schema = {0};
    (void)state;
    assert_int_equal(schema_add_entity(&schema, "PER"), 0);
    assert_int_equal(schema_add_entity(&schema, "Org"), 0);
    assert_int_equal(schema_add_entity(&schema, "OTHER"), 0);
    assert_int_equal(schema_add_relation(&schema, "/per/org/member_of"), 0);
    assert_int_equal(schema_add_relation(&schema, "/per/misc/present_in"), 0);
    assert_int_equal(schema_add_relation(&schema, "/per/event/in"), 0);
    assert_int_equal(schema_add_relation(&schema, "knows"), 0);
    assert_int_equal(schema_add_relation(&schema, "knows"), 0);
    assert_int_equal(schema.n_relations, 4);
    assert_true(schema_fits(&schema, "/per/org/member_of", "PER", "Org"));
    assert_false(schema_fits(&schema, "/per/org/member_of", "Org", "PER"));
    assert_false(schema_fits(&schema, "/per/org/member_of", "PER", "OTHER"));
    assert_true(schema_fits(&schema, "/per/misc/present_in", "PER", "OTHER"));
    assert_true(schema_fits(&schema, "/per/event/in", "PER", "OTHER")); /* no type of that name: any */
    assert_true(schema_fits(&schema, "knows", "OTHER", "PER"));
    assert_true(schema_fits(&schema, "None", "OTHER", "PER"));
    assert_true(schema_fits(&schema, "/per/org/member_of", NULL, NULL));
    assert_true(schema_fits(&schema, "/never/heard/of", "PER", "PER"));
    schema_free(&schema);

    struct schema_name_part head, tail;
    assert_true(schema_split_relation("/per/org/a/b", &head, &tail));
    assert_int_equal(head.n, 3);
    assert_memory_equal(tail.text, "org", 3);
    static const char *const others[] = {"None", "", "/", "/per", "/per/org", "/per/org/", "//org/x", "/per//x",
        "per/org/x"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(schema_split_relation(others[i], &head, &tail));
}

static void test_utf8_is_checked(void **state)
{
    static const struct {
        const char *text;
        size_t valid;
    } cases[] = {
        {"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10},
        {"\xf4\x8f\xbf\xbf", 4},
        {"\xf4\x90\x80\x80", 0}, /* past U+10FFFF */
        {"ab\xc0\x80", 2},       /* overlong */
        {"\xe0\x9f\xbf", 0},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xed\x9f\xbf", 3},
        {"\xed\xa0\x80", 0}, /* a surrogate */
        {"a\x80", 1},
        {"a\xe2\x82", 1}, /* cut */
        {"\xff", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(utf8_valid_bytes(cases[i].text, strlen(cases[i].text)), cases[i].valid);
    for (uint32_t c = 1; c < 0x110000; c += c == 0xd7ff ? 0x801 : 1) {
        char bytes[5] = "";
        uint32_t back;
        size_t n = utf8_write(c, bytes);
        if (utf8_valid_bytes(bytes, n) != n || utf8_read(bytes, &back) != n || back != c)
            fail_msg("U+%04X does not come back", c);
    }
    assert_int_equal(utf8_code_points("a\xc3\xa9\xf0\x9f\x98\x80"), 3);
    assert_int_equal(utf8_head("a\xc3\xa9z", 2), 1);
    assert_int_equal(utf8_head("a\xc3\xa9z", 3), 3);
    assert_int_equal(utf8_head("ab", 9), 2);
}

static void test_controls_are_tamed(void **state)
{
    (void)state;
    char text[] = "a\x1b[31m\tb\n\x7f\xc2\x9b\xc3\x9b\xc2\xa0";
    text_tame(text, "\n");
    assert_string_equal(text, "a?[31m?b\n???\xc3\x9b\xc2\xa0");
    struct error err;
    error_set(&err, ERROR_INPUT, "%s", "x\x1b]0;title\x07\nnext");
    assert_string_equal(err.message, "x?]0;title??next");
}

static void test_names_are_found(void **state)
{
    enum { N = 5000 };
    static char names[N][8];
    struct name_table table = {0};
    (void)state;
    assert_null(name_table_peek(&table, "0"));
    for (size_t i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "%zu", i);
        assert_int_equal(name_table_add(&table, names[i], i, NULL), 1);
    }
    for (size_t i = 0; i < N; i++) {
        size_t value;
        char copy[8];
        memcpy(copy, names[i], sizeof copy);
        assert_int_equal(name_table_add(&table, copy, 0, &value), 0);
        assert_int_equal(value, i);
        assert_int_equal(name_table_peek(&table, copy)->value, i);
    }
    assert_null(name_table_peek(&table, "x"));
    name_table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_are_whole),
        cmocka_unit_test(test_labels_are_found),
        cmocka_unit_test(test_names_go_both_ways),
        cmocka_unit_test(test_signatures_come_from_names),
        cmocka_unit_test(test_utf8_is_checked),
        cmocka_unit_test(test_controls_are_tamed),
        cmocka_unit_test(test_names_are_found),
    };
    return cmocka_run_group_tests_name("post", tests, NULL, NULL);
}
