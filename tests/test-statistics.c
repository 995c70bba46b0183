/* Counts, as people and as programs read them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/statistics.h"
#include "tests/corpus-try.h"

#include <stdlib.h>
#include <string.h>

static void assert_json(const struct corpus *corpus, const char *folder, const char *wanted)
{
    struct statistics statistics;
    struct text text = {0};
    struct error err;
    assert_int_equal(statistics_count(corpus, folder, &statistics, &err), 0);
    statistics_put_json(&text, &statistics);
    const char *from = strstr(text.bytes, "\"format\"");
    assert_non_null(from);
    assert_string_equal(from, wanted);
    text_free(&text);
    statistics_free(&statistics);
}

static void test_orphans_are_told_apart(void **state)
{
    (void)state;
    char *content = try_data("tweets.conll");
    struct corpus *corpus = try_read("a.conll", content);
    static const char counts[] =
        "\"posts\": 5, \"tokens\": 30, \"status\": {\"new\": 5, \"started\": 0, \"done\": 0, \"skipped\": 0}, "
        "\"entities\": {\"total\": 8, \"strict\": 6, \"invalid_tags\": 2, \"untyped\": 0, "
        "\"types\": {\"PER\": 3, \"LOC\": 3, \"ORG\": 1, \"OTHER\": 1}, "
        "\"strict_types\": {\"PER\": 3, \"LOC\": 2, \"ORG\": 0, \"OTHER\": 1}}, "
        "\"relations\": {\"total\": 0, \"against_signature\": 0, \"types\": {}}, "
        "\"images\": {\"named\": 5, \"distinct\": 5}, \"boxes\": 0}";
    char wanted[800];
    snprintf(wanted, sizeof wanted, "\"format\": \"conll\", %s", counts);
    assert_json(corpus, NULL, wanted);

    /* Kept in a native file, they are still known. */
    char *json = try_write(corpus, FORMAT_JSON, NULL);
    struct corpus *native = try_read("a.json", json);
    snprintf(wanted, sizeof wanted, "\"format\": \"json\", %s", counts);
    assert_json(native, NULL, wanted);
    corpus_free(native);
    corpus_free(corpus);
    free(json);
    free(content);
}

static void test_relations_and_pictures_are_counted(void **state)
{
    static const char wanted[] =
        "\"format\": \"json\", \"posts\": 5, \"tokens\": 2, "
        "\"status\": {\"new\": 4, \"started\": 0, \"done\": 1, \"skipped\": 0}, "
        "\"entities\": {\"total\": 3, \"strict\": 3, \"invalid_tags\": 0, \"untyped\": 1, "
        "\"types\": {\"PER\": 1, \"LOC\": 1}, \"strict_types\": {\"PER\": 1, \"LOC\": 1}}, "
        "\"relations\": {\"total\": 3, \"against_signature\": 1, \"types\": {\"in\": 2, \"None\": 1}}, "
        "\"images\": {\"named\": 4, \"distinct\": 3, \"present\": 1, \"missing\": 1, \"refused\": 1}, \"boxes\": 1}";
    (void)state;
    char *content = try_data("counted.json");
    struct corpus *corpus = try_read("a.json", content);
    char *folder = corpus_image_folder(corpus);
    try_file("there.jpg", "x");
    assert_json(corpus, folder, wanted);
    free(folder);
    corpus_free(corpus);
    free(content);
}

static void test_table_is_tame(void **state)
{
    (void)state;
    struct corpus *corpus = try_read("a.conll", "IMGID:1\na\tB-\x1b[31mred\n\n");
    struct statistics statistics;
    struct text text = {0};
    assert_int_equal(statistics_count(corpus, NULL, &statistics, NULL), 0);
    statistics_put_table(&text, &statistics);
    assert_null(strchr(text.bytes, '\x1b'));
    assert_non_null(strstr(text.bytes, "    ?[31mred "));
    text_free(&text);
    statistics_free(&statistics);
    corpus_free(corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orphans_are_told_apart),
        cmocka_unit_test(test_relations_and_pictures_are_counted),
        cmocka_unit_test(test_table_is_tame),
    };
    return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
