/* Raw posts, as JSON Lines and as plain text: what is read, what comes back, what is refused, what is lost.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-raw.h"
#include "corpora/format-text.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_lines(char *const *got, size_t n_got, const char *const *lines)
{
    size_t n = 0;
    for (; lines[n]; n++) {
        if (n >= n_got)
            fail_msg("not named: %s", lines[n]);
        assert_string_equal(got[n], lines[n]);
    }
    if (n_got > n)
        fail_msg("named too: %s", got[n]);
}

static void assert_losses(const struct corpus *corpus, enum corpus_format format, const char *written,
                          const char *const *lines, const char *const *records)
{
    struct loss_list losses = {0};
    char *text = try_write(corpus, format, &losses);
    assert_string_equal(text, written);
    assert_lines(losses.lines, losses.n, lines);
    assert_lines(losses.records, losses.n_records, records);
    loss_list_free(&losses);
    free(text);
}

static void test_raw_posts_are_read(void **state)
{
    (void)state;
    struct corpus *corpus = try_read("a.jsonl", "\n{\"text\": \"Go Messi\", \"image\": \"p/a.jpg\", \"lang\": \"es\"}\n"
                                                "{\"id\": 5, \"text\": \"b\", \"img_id\": null}\n \n"
                                                "{\"text\": \"\", \"id\": \"5\"}\n{\"image_id\": 12, \"text\": \"x\"}\n"
                                                "{\"text\": \"y\"}\n");
    static const char *const ids[] = {"p/a", "5", "5#2", "12", "line-7"};
    assert_int_equal(corpus->format, FORMAT_RAW);
    assert_int_equal(corpus->n_posts, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(corpus->posts[i].id, ids[i]);
    assert_string_equal(corpus->posts[0].image, "p/a.jpg");
    assert_int_equal(corpus->posts[0].n_tokens, 2);
    assert_int_equal(corpus->posts[0].offsets[1][0], 3);
    assert_null(corpus->posts[1].image);
    assert_string_equal(corpus->posts[3].image, "12");
    assert_int_equal(corpus->posts[2].n_tokens, 0);
    corpus_free(corpus);
}

/* Odd layouts, members that are not ours, long numbers, made-up ids. */
static void test_raw_comes_back(void **state)
{
    (void)state;
    try_unchanged("a.raw", "{\"text\":\"a\", \"n\": 12345678901234567890, \"entities\": {\"urls\": []}}\n"
                           "{\"id\": 7, \"text\": \"b \\u00e9\", \"source\": \"web\"}\n{\"text\": \"b\", \"id\": 7 }");
    try_unchanged("a.raw", "\xef\xbb\xbf{\"text\": \"a\"}\r\n{\"text\": \"\\ud83d\\ude00 b\"}\r\n");
}

static void test_raw_is_refused(void **state)
{
    (void)state;
    try_refused("a.raw", "{\"id\": 1}\n", ERROR_INPUT, "a.raw:1: a post without a string \"text\"");
    try_refused("a.jsonl", "{\"text\": \"a\"}\n{\"text\": 5}\n", ERROR_INPUT,
                "a.jsonl:2: a post without a string \"text\"");
    try_refused("a.raw", "{\"text\": \"a\"}\n{\"text\": \"b\", \"id\": []}\n", ERROR_INPUT,
                "a.raw:2: id is neither a string nor a number");
    try_refused("a.raw", "{\"text\": \"a\"}\n[1]\n", ERROR_INPUT, "a.raw:2: a post is not an object");
    try_refused("a.raw", "{\"text\": \"a\"}\n{\"text\": \"\xff\"}\n", ERROR_INPUT, "a.raw:2: invalid UTF-8");
    try_refused("a.raw", "\n\n", ERROR_INPUT, "the file is empty");
    /* Not raw: tokens are there already, and labels may be. */
    try_refused("a.jsonl", "{\"text\": \"a\", \"tokens\": [\"a\"], \"id\": \"p\"}\n", ERROR_INPUT,
                "a.jsonl:1: not an mmib corpus: no member \"format\": \"mmib-corpus\"");
}

static void test_text_is_read(void **state)
{
    (void)state;
    struct corpus *corpus = try_read("a.text", "\nIMGID:1 \t x\n  \nb\n");
    assert_int_equal(corpus->n_posts, 2);
    assert_string_equal(corpus->posts[0].id, "line-2");
    assert_string_equal(corpus->posts[0].text, "IMGID:1 \t x");
    assert_int_equal(corpus->posts[0].n_tokens, 4);
    assert_string_equal(corpus->posts[1].id, "line-4");
    corpus_free(corpus);
    try_refused("a.text", " \n\n", ERROR_INPUT, "the file is empty");
    try_refused("a.text", "a\n\xc3\n", ERROR_INPUT, "a.text:2: invalid UTF-8");
    try_refused("a.txt", "a\n", ERROR_INPUT, "; --from says which: " CORPUS_FORMATS);
}

static void test_text_comes_back(void **state)
{
    static const char *const texts[] = {
        "a\n", "a", "\n\na\n\n", "a\n \t\nb \n", "\xef\xbb\xbf" "a\r\n\r\nb\r\n", "  a  \n\xe2\x80\x8b\n", "a\n\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        try_unchanged("a.text", texts[i]);
}

static void test_losses_are_named(void **state)
{
    static const char content[] =
        "{\"format\": \"mmib-corpus\", \"schema\": {\"entities\": [\"PER\", \"DRUG\"]}, \"mine\": 1, \"posts\": ["
        "{\"id\": \"p\", \"tokens\": [\"don\", \"'t\"], \"image\": \"q.jpg\", \"lang\": \"en\", \"entities\": [{\"id\": \"e1\", "
        "\"start\": 0, \"end\": 1, \"type\": \"PER\", \"source\": \"human\", \"grounding\": []}], \"rejected\": "
        "[{\"start\": 0, \"end\": 1, \"type\": \"ORG\"}], \"status\": \"done\", \"annotator\": \"ana\", \"note\": \"n\", "
        "\"flags\": [\"f\"]}, {\"id\": \"s\", \"tokens\": [\"a\", \"b\"], \"text\": \"a\\nb\", \"offsets\": [[0, 1], [2, 3]]}, "
        "{\"id\": \"line-9\", \"tokens\": []}]}";
    static const char *const text_lines[] = {
        "post p: its tokens: the line, read again, has others",
        "post p: its id (its picture is q.jpg)",
        "post p: its picture, q.jpg",
        "post p: 1 entity",
        "post p: 1 grounding",
        "post p: 1 flag",
        "post p: its note",
        "post p: 1 member that is not mmib's",
        "post s: its text has line breaks: written as blanks",
        "post s: its id",
        "post line-9: left out: it has no words",
        "the corpus: 1 members that are not mmib's",
        NULL,
    };
    static const char *const raw_lines[] = {
        "post p: its tokens: the text, read again, has others",
        "post p: 1 entity",
        "post p: 1 grounding",
        "post p: 1 flag",
        "post p: its note",
        "the corpus: 1 members that are not mmib's",
        NULL,
    };
    static const char *const records[] = {
        "post p: 1 rejected proposal",
        "post p: its status, done",
        "post p: its annotator, ana",
        "the schema: 1 entity types and 0 relations that no label has",
        NULL,
    };
    (void)state;
    struct corpus *corpus = try_read("a.json", content);
    assert_losses(corpus, FORMAT_TEXT, "don 't\na b\n", text_lines, records);
    assert_losses(corpus, FORMAT_RAW,
                  "{\"id\": \"p\", \"text\": \"don 't\", \"image\": \"q.jpg\", \"lang\": \"en\"}\n"
                  "{\"id\": \"s\", \"text\": \"a\\nb\"}\n{\"id\": \"line-9\", \"text\": \"\"}\n",
                  raw_lines, records);
    corpus_free(corpus);
}

/* What was changed by hand is said anew; the rest of the object stays. */
static void test_changes_are_written(void **state)
{
    (void)state;
    struct corpus *corpus = try_read("a.raw", "{\"n\": 1.50,\"text\": \"a\", \"img_id\": \"x.jpg\"}\n");
    free(corpus->posts[0].image);
    corpus->posts[0].image = strdup("y.jpg");
    char *text = try_write(corpus, FORMAT_RAW, NULL);
    assert_string_equal(text, "{\"n\": 1.50, \"text\": \"a\", \"img_id\": \"y.jpg\"}\n");
    free(text);
    static const char *const lines[] = {"post x: its text", "post x: 1 member that is not mmib's", NULL};
    free(corpus->posts[0].image);
    corpus->posts[0].image = strdup("x.jpg");
    assert_losses(corpus, FORMAT_CONLL, "IMGID:x\na\tO\n\n", lines, &lines[2]);
    corpus_free(corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_raw_posts_are_read), cmocka_unit_test(test_raw_comes_back),
        cmocka_unit_test(test_raw_is_refused),     cmocka_unit_test(test_text_is_read),
        cmocka_unit_test(test_text_comes_back),    cmocka_unit_test(test_losses_are_named),
        cmocka_unit_test(test_changes_are_written),
    };
    return cmocka_run_group_tests_name("raw posts", tests, NULL, NULL);
}
