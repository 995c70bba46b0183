/* Option tables: what is accepted, what is refused, and where values go.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/error.h"
#include "src/options.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool flag;
static const char *text;
static size_t count;
static double real;
static struct option_texts repeated;

static const struct option_spec specs[] = {
    {"flag", 'f', OPTION_FLAG, NULL, "", &flag},
    {"text", 0, OPTION_TEXT, "TEXT", "", &text},
    {"count", 'n', OPTION_COUNT, "N", "", &count},
    {"real", 0, OPTION_REAL, "R", "", &real},
    {"repeat", 0, OPTION_REPEAT, "A=B", "", &repeated},
    {0},
};

static const struct subcommand sub = {.name = "try", .usage = "A [B]", .options = specs, .min_arguments = 1,
                                      .max_arguments = 2};

static int n;
static char **rest;

/* Parses "try" and these words; the list ends with NULL. */
static int parse_words(const char *const *words)
{
    static char copies[16][64]; /* getopt permutes what it is given */
    static char *argv[17];
    int argc = 1;

    flag = false, text = NULL, count = 0, real = NAN, repeated.n = 0;
    argv[0] = strcpy(copies[0], "try");
    for (; words[argc - 1]; argc++) {
        snprintf(copies[argc], sizeof copies[argc], "%s", words[argc - 1]);
        argv[argc] = copies[argc];
    }
    argv[argc] = NULL;
    return options_parse(&sub, argc, argv, &n, &rest);
}
#define PARSE(...) parse_words((const char *const[]){__VA_ARGS__, NULL})

static void test_values_arrive(void **state)
{
    (void)state;
    assert_int_equal(PARSE("one", "-f", "--text", "words", "-n12", "--real=-0.5", "--repeat", "A=B", "--repeat=C=D",
                           "two"), -1);
    assert_true(flag);
    assert_string_equal(text, "words");
    assert_int_equal(count, 12);
    assert_true(real == -0.5);
    assert_int_equal(repeated.n, 2);
    assert_string_equal(repeated.values[1], "C=D");
    assert_int_equal(n, 2);
    assert_string_equal(rest[0], "one");
    assert_string_equal(rest[1], "two");
}

static void test_lists_take_the_words_behind_them(void **state)
{
    (void)state;
    static struct option_texts one, two;
    static const struct option_spec lists[] = {{"one", 0, OPTION_LIST, "FILE", "", &one},
                                               {"two", 0, OPTION_LIST, "FILE", "", &two},
                                               {"flag", 'f', OPTION_FLAG, NULL, "", &flag},
                                               {0}};
    static const struct subcommand list = {.name = "list", .usage = "", .options = lists};
    static char words[][8] = {"list", "--one", "a", "b", "--two=c", "-", "-f", "--one", "d", "--two", "e", "f"};
    enum { WORDS = sizeof words / sizeof *words };
    char *argv[WORDS + 1] = {NULL};
    for (size_t i = 0; i < WORDS; i++)
        argv[i] = words[i];
    flag = false;
    assert_int_equal(options_parse(&list, WORDS, argv, &n, &rest), -1);
    assert_true(flag);
    assert_int_equal(n, 0);
    assert_int_equal(one.n, 3);
    assert_string_equal(one.values[1], "b");
    assert_string_equal(one.values[2], "d");
    assert_int_equal(two.n, 4);
    assert_string_equal(two.values[0], "c");
    assert_string_equal(two.values[1], "-");
    assert_string_equal(two.values[3], "f");
}

static void test_arguments_after_two_dashes(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--", "-f"), -1);
    assert_false(flag);
    assert_int_equal(n, 1);
    assert_string_equal(rest[0], "-f");
    assert_int_equal(PARSE("-"), -1); /* standard input is an argument */
    assert_string_equal(rest[0], "-");
}

static void test_wrong_usage_is_refused(void **state)
{
    (void)state;
    assert_int_equal(parse_words((const char *const[]){NULL}), ERROR_USAGE);                          /* an argument is missing */
    assert_int_equal(PARSE("one", "two", "three"), ERROR_USAGE);   /* one too many */
    assert_int_equal(PARSE("one", "--nothing"), ERROR_USAGE);
    assert_int_equal(PARSE("one", "-z"), ERROR_USAGE);
    assert_int_equal(PARSE("one", "--text"), ERROR_USAGE);         /* its value is missing */
    assert_int_equal(PARSE("one", "--flag=yes"), ERROR_USAGE);
}

static void test_numbers_are_checked(void **state)
{
    static const char *const bad_counts[] = {"", "x", "-1", "1x", "1.5", "99999999999999999999999"};
    static const char *const bad_reals[] = {"", "x", "1x", "nan", "inf", "1e999"};
    (void)state;
    for (size_t i = 0; i < sizeof bad_counts / sizeof *bad_counts; i++)
        assert_int_equal(PARSE("one", "--count", bad_counts[i]), ERROR_USAGE);
    for (size_t i = 0; i < sizeof bad_reals / sizeof *bad_reals; i++)
        assert_int_equal(PARSE("one", "--real", bad_reals[i]), ERROR_USAGE);
}

static void test_repeats_have_a_limit(void **state)
{
    char words[2 * OPTION_REPEAT_MAX + 8][16];
    char *argv[2 * OPTION_REPEAT_MAX + 8];
    int argc = 0;
    (void)state;
    repeated.n = 0;
    argv[argc++] = strcpy(words[0], "try");
    argv[argc++] = strcpy(words[1], "one");
    for (int i = 0; i < OPTION_REPEAT_MAX + 1; i++) {
        argv[argc] = strcpy(words[argc], "--repeat=A=B");
        argc++;
    }
    argv[argc] = NULL;
    assert_int_equal(options_parse(&sub, argc, argv, &n, &rest), ERROR_USAGE);
    assert_int_equal(repeated.n, OPTION_REPEAT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_arrive),
        cmocka_unit_test(test_lists_take_the_words_behind_them),        cmocka_unit_test(test_arguments_after_two_dashes),
        cmocka_unit_test(test_wrong_usage_is_refused), cmocka_unit_test(test_numbers_are_checked),
        cmocka_unit_test(test_repeats_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
