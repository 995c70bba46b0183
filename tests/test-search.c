/* Searching in posts: what matches, and where.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *tokens[] = {"Rob", "Lind", "met", "ÉMILE", "at", "Camp", "Nou", "campcamp", "STRASSE", "e\xcc\x81mu"};
static struct entity entities[] = {{.id = "e1", .start = 0, .end = 2, .type = "PER"},
                                   {.id = "e2", .start = 5, .end = 7, .type = "LOC"},
                                   {.id = "e3", .start = 3, .end = 4}};
static struct relation relations[] = {{.id = "r1", .head = "e1", .tail = "e2", .type = "/per/loc/live_in"},
                                      {.id = "r2", .head = "e9", .tail = "e2", .type = "/per/loc/live_in"}};
static const struct post post = {.tokens = tokens,
                                 .n_tokens = 10,
                                 .entities = entities,
                                 .n_entities = 3,
                                 .relations = relations,
                                 .n_relations = 2,
                                 .note = "Ask Ana"};

/* The hits as text: "0-2 5-7". */
static const char *found(const char *text, unsigned places)
{
    static char out[256];
    struct search_pattern pattern = {0};
    struct search_hits hits = {0};
    size_t used = 0;
    assert_int_equal(search_pattern_set(&pattern, text, NULL), 0);
    assert_int_equal(search_post(&pattern, &post, places, &hits, NULL), 0);
    assert_int_equal(search_has(&pattern, &post, places), hits.n > 0);
    out[0] = '\0';
    for (size_t i = 0; i < hits.n; i++)
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%zu-%zu", i ? " " : "", hits.hits[i].start,
                                 hits.hits[i].end);
    search_hits_free(&hits);
    search_pattern_free(&pattern);
    return out;
}

static void words_match_with_smart_case(void **state)
{
    (void)state;
    assert_string_equal(found("camp", SEARCH_WORDS), "5-6 7-8"); /* twice in a word is once */
    assert_string_equal(found("Camp", SEARCH_WORDS), "5-6");
    assert_string_equal(found("rob lind", SEARCH_WORDS), "0-2");
    assert_string_equal(found("b lin", SEARCH_WORDS), "0-2");
    assert_string_equal(found("  lind \t met ", SEARCH_WORDS), "1-3");
    assert_string_equal(found("roblind", SEARCH_WORDS), "");
    assert_string_equal(found("CAMP", SEARCH_WORDS), "");
    assert_string_equal(found("", SEARCH_EVERYWHERE), "");
    assert_string_equal(found(" ", SEARCH_EVERYWHERE), "");
}

static void case_is_folded_in_any_script(void **state)
{
    (void)state;
    assert_string_equal(found("émile", SEARCH_WORDS), "3-4");
    assert_string_equal(found("e\xcc\x81mile", SEARCH_WORDS), "3-4"); /* decomposed, as some keyboards type it */
    assert_string_equal(found("Émile", SEARCH_WORDS), "");
    assert_string_equal(found("ÉMILE", SEARCH_WORDS), "3-4");
    assert_string_equal(found("straße", SEARCH_WORDS), "8-9");
    assert_string_equal(found("ému", SEARCH_WORDS), "9-10");
}

static void labels_and_notes_match(void **state)
{
    (void)state;
    assert_string_equal(found("loc", SEARCH_TYPES), "5-7");
    assert_string_equal(found("live", SEARCH_RELATIONS), "0-2"); /* the one without a head is nowhere to go to */
    assert_string_equal(found("ana", SEARCH_NOTES), "0-0");
    assert_string_equal(found("per", SEARCH_EVERYWHERE), "0-2 0-2");
    assert_string_equal(found("live", SEARCH_WORDS | SEARCH_TYPES | SEARCH_NOTES), "");
}

static bool words_at(size_t token, const char *a, const char *b, bool fold_case)
{
    char *wanted[] = {search_fold(a, fold_case), b ? search_fold(b, fold_case) : NULL};
    const char *borrowed[] = {fold_case ? wanted[0] : a, fold_case ? wanted[1] : b};
    bool same = search_words_at(&post, token, borrowed, b ? 2 : 1, fold_case);
    free(wanted[0]);
    free(wanted[1]);
    return same;
}

static void the_same_words_are_found(void **state)
{
    (void)state;
    assert_true(words_at(5, "Camp", "Nou", false));
    assert_false(words_at(5, "camp", "Nou", false));
    assert_true(words_at(5, "CAMP", "nOU", true));
    assert_false(words_at(7, "camp", NULL, true)); /* not a part of a word */
    assert_true(words_at(3, "émile", NULL, true));
    assert_true(words_at(9, "É", NULL, true) == false);
    assert_true(words_at(9, "Ému", NULL, true));
    assert_false(words_at(9, "e\xcc\x81mu", "more", true)); /* behind the end */
    assert_false(words_at(11, "Rob", NULL, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_match_with_smart_case),
        cmocka_unit_test(case_is_folded_in_any_script),
        cmocka_unit_test(labels_and_notes_match),
        cmocka_unit_test(the_same_words_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
