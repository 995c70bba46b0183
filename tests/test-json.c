/* JSON and Python's literals: the grammar, and what is printed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/json.h"
#include "corpora/literal.h"
#include "tests/corpus-try.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check(const char *text, struct json_value *value, struct error *err)
{
    struct json_document document = {text, strlen(text), "f", 1};
    return json_document_check(&document, value, err);
}

static void test_grammar_is_strict(void **state)
{
    static const char *const good[] = {
        "{}", " [ ] ", "0", "-0", "10.5e-3", "1E+2", "\"\"", "\"\\u00e9\\ud83d\\ude00\\/\\b\"", "true", "null",
        "{\"a\": [1, {\"b\": false}], \"\": null}", "\"\x7f\xc2\x80\"",
    };
    static const char *const bad[] = {
        "", " ", "{", "[1", "[1,]", "{\"a\"}", "{\"a\": 1,}", "{a: 1}", "{'a': 1}", "[1 2]", "01", "1.", ".5", "-",
            "+1", "1e",
        "NaN", "Infinity", "tru", "nulll", "\"", "\"\\", "\"\\x41\"", "\"\\u12g4\"", "\"\\u0000\"", "\"\\udc00\"",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"a\nb\"", "\"\t\"", "\"\xff\"", "[]]", "1 2", "// x\n1",
            "\xef\xbb\xbf{}",
    };
    struct json_value value;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (check(good[i], &value, NULL))
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!check(bad[i], &value, NULL))
            fail_msg("not refused: %s", bad[i]);
}

static void test_values_are_walked(void **state)
{
    struct json_value value, item;
    struct error err;
    (void)state;
    static const char text_of_all[] = "\n{ \"a\" : [ 1 ,\"x,]\\\"\", {\"b\": [2]} ] ,\"c\\u0064\":7.5, \"t\": true}";
    assert_int_equal(check(text_of_all, &value, &err), 0);
    assert_int_equal(json_kind(value), JSON_OBJECT);
    item = json_member(value, "a");
    assert_int_equal(json_kind(item), JSON_ARRAY);
    assert_int_equal(json_count_items(item), 3);
    assert_float_equal(json_number(json_member(value, "cd")), 7.5, 0);
    assert_true(json_true(json_member(value, "t")));
    assert_int_equal(json_kind(json_member(value, "b")), JSON_ABSENT);
    struct json_walk walk = json_walk(item);
    assert_true(json_next_item(&walk, &item));
    size_t whole;
    assert_true(json_whole(item, &whole));
    assert_int_equal(whole, 1);
    assert_true(json_next_item(&walk, &item));
    char *text = json_text(item);
    assert_string_equal(text, "x,]\"");
    free(text);
    assert_true(json_next_item(&walk, &item));
    assert_int_equal(json_kind(item), JSON_OBJECT);
    assert_false(json_next_item(&walk, &item));
    assert_false(json_whole(json_member(value, "cd"), &whole));
}

static void test_messages_name_the_line(void **state)
{
    struct json_value value;
    struct error err;
    (void)state;
    assert_int_equal(check("{\n\n\"a\":\n]}", &value, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_string_equal(err.message, "f:4: not JSON: a value is expected here");
    assert_int_equal(check("{\"a\":\n", &value, &err), -1);
    assert_string_equal(err.message, "f:2: the JSON is cut: it ends too early");
}

static void test_numbers_come_back(void **state)
{
    static const double numbers[] = {0, 1, -1, 0.1, 1.0 / 3, 12.5, 1e21, 1e-7, 123456789012345680.0, DBL_MAX, DBL_MIN,
        5e-324};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct text text = {0};
        struct json_value value;
        json_put_number(&text, numbers[i]);
        assert_int_equal(check(text.bytes, &value, NULL), 0);
        assert_memory_equal(&(double){json_number(value)}, &numbers[i], sizeof(double));
        text_free(&text);
    }
    struct text text = {0};
    json_put_number(&text, 0.1);
    assert_string_equal(text.bytes, "0.1");
    text_free(&text);
}

static void test_members_are_sorted(void **state)
{
    static const char *const names[] = {"id", "n", NULL};
    static const char object[] = "{\"x\":1.10, \"id\": \"a\", \"\\u0079\": [ 1,\n 2 ]}";
    static const char twice[] = "{\"id\": 1,\n\"x\": 1, \"id\": 2}";
    struct json_document document = {object, sizeof object - 1, "f", 1};
    struct json_value value, values[2];
    char *extra;
    struct error err;
    (void)state;
    assert_int_equal(json_document_check(&document, &value, &err), 0);
    assert_int_equal(json_collect(&document, value, "it", names, values, &extra, &err), 0);
    assert_true(json_text_is(values[0], "a"));
    assert_null(values[1].text);
    assert_string_equal(extra, "{\"x\": 1.10, \"\\u0079\": [1, 2]}");
    free(extra);
    document = (struct json_document){twice, sizeof twice - 1, "f", 1};
    assert_int_equal(json_document_check(&document, &value, &err), 0);
    assert_int_equal(json_collect(&document, value, "it", names, values, &extra, &err), -1);
    assert_string_equal(err.message, "f:2: it has two members \"id\"");
}

/* What Python 3 printed for these. */
static void test_literals_are_printed_as_python_does(void **state)
{
    static const struct {
        const char *text, *python, *ascii, *utf8;
    } cases[] = {
        {"", "''", "\"\"", "\"\""},
        {"a", "'a'", "\"a\"", "\"a\""},
        {"it's", "\"it's\"", "\"it's\"", "\"it's\""},
        {"\"so\"", "'\"so\"'", "\"\\\"so\\\"\"", "\"\\\"so\\\"\""},
        {"o'\"x", "'o\\'\"x'", "\"o'\\\"x\"", "\"o'\\\"x\""},
        {"\\o/", "'\\\\o/'", "\"\\\\o/\"", "\"\\\\o/\""},
        {"\t\n\r\b\f\x1b\x7f", "'\\t\\n\\r\\x08\\x0c\\x1b\\x7f'", "\"\\t\\n\\r\\b\\f\\u001b\\u007f\"",
         "\"\\t\\n\\r\\b\\f\\u001b\x7f\""},
        {"\xc2\x9b\xc2\xa0\xc2\xad\xc3\xa9", "'\\x9b\\xa0\\xad\xc3\xa9'", "\"\\u009b\\u00a0\\u00ad\\u00e9\"",
         "\"\xc2\x9b\xc2\xa0\xc2\xad\xc3\xa9\""},
        {"\xe2\x80\x8d\xe2\x80\xa8\xe3\x80\x80\xe6\x9d\xb1", "'\\u200d\\u2028\\u3000\xe6\x9d\xb1'",
         "\"\\u200d\\u2028\\u3000\\u6771\"", "\"\xe2\x80\x8d\xe2\x80\xa8\xe3\x80\x80\xe6\x9d\xb1\""},
        {"\xf0\x9f\x98\x80\xf3\xa0\x81\xa7\xee\x80\x80", "'\xf0\x9f\x98\x80\\U000e0067\\ue000'",
         "\"\\ud83d\\ude00\\udb40\\udc67\\ue000\"",
         "\"\xf0\x9f\x98\x80\xf3\xa0\x81\xa7\xee\x80\x80\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const printed[3] = {cases[i].python, cases[i].ascii, cases[i].utf8};
        for (int manner = LITERAL_PYTHON; manner <= LITERAL_JSON_UTF8; manner++) {
            struct text text = {0}, back = {0};
            literal_put_text(&text, cases[i].text, (enum literal_manner)manner);
            assert_string_equal(text.bytes, printed[manner]);
            struct literal literal = {.start = text.bytes, .at = text.bytes};
            assert_int_equal(literal_text(&literal, &back), 0);
            assert_string_equal(back.bytes, cases[i].text);
            assert_int_equal(*literal.at, '\0');
            text_free(&text);
            text_free(&back);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grammar_is_strict),
        cmocka_unit_test(test_values_are_walked),
        cmocka_unit_test(test_messages_name_the_line),
        cmocka_unit_test(test_numbers_come_back),
        cmocka_unit_test(test_members_are_sorted),
        cmocka_unit_test(test_literals_are_printed_as_python_does),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
