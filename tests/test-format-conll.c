/* CoNLL: what is read, what comes back, what is refused, what is lost.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-conll.h"
#include "tests/corpus-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_entity(const struct post *post, size_t index, size_t start, size_t end, const char *type)
{
    assert_true(index < post->n_entities);
    assert_int_equal(post->entities[index].start, start);
    assert_int_equal(post->entities[index].end, end);
    assert_string_equal(post->entities[index].type, type);
}

static void test_posts_are_read(void **state)
{
    (void)state;
    struct corpus *corpus = try_read("a.conll", "IMGID:16_05_01_4\nGo\tO\nMessi\tB-PER\n"
                                                "at\tO\nCamp\tB-LOC\nNou\tI-LOC\n\n"
                                                "IMGID:7\n\xf0\x9f\x98\x80\tO\n\n");
    assert_int_equal(corpus->format, FORMAT_CONLL);
    assert_int_equal(corpus->n_posts, 2);
    const struct post *post = &corpus->posts[0];
    assert_string_equal(post->id, "16_05_01_4");
    assert_string_equal(post->image, "16_05_01_4");
    assert_int_equal(post->n_tokens, 5);
    assert_int_equal(post->n_entities, 2);
    assert_entity(post, 0, 1, 2, "PER");
    assert_entity(post, 1, 3, 5, "LOC");
    assert_string_equal(post->entities[1].id, "e2");
    assert_int_equal(post->entities[0].origin.source, SOURCE_IMPORT);
    assert_int_equal(post->status, STATUS_NEW);
    assert_null(post->source);
    assert_string_equal(corpus->posts[1].tokens[0], "\xf0\x9f\x98\x80");
    assert_int_equal(corpus->posts[1].n_entities, 0);
    corpus_free(corpus);
}

/* As seqeval's default: an I- after another type, or after O, starts an entity; a B- always does. */
static void test_orphans_start_entities(void **state)
{
    (void)state;
    const char *content = "IMGID:1\na\tI-PER\nb\tI-PER\nc\tI-LOC\nd\tB-LOC\ne\tB-LOC\nf\tO\ng\tI-LOC\n\n";
    struct corpus *corpus = try_read("a.conll", content);
    const struct post *post = &corpus->posts[0];
    assert_int_equal(post->n_entities, 5);
    assert_entity(post, 0, 0, 2, "PER");
    assert_entity(post, 1, 2, 3, "LOC");
    assert_entity(post, 2, 3, 4, "LOC");
    assert_entity(post, 3, 4, 5, "LOC");
    assert_entity(post, 4, 6, 7, "LOC");
    bool *orphans;
    assert_int_equal(conll_orphans(corpus, post, &orphans, NULL), 0);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(orphans[i], i == 0 || i == 2 || i == 6);
    free(orphans);
    corpus_free(corpus);
    try_unchanged("a.conll", content);
}

static void test_oddities_come_back(void **state)
{
    static const char *const contents[] = {
        "IMGID:1\na\tO\n",                                   /* no final blank line */
        "IMGID:1\na\tB-OTHER",                               /* nor line end */
        "IMGID:1\na\tO\n\n\n\n",                             /* too many blank lines */
        "IMGID:1\na\tO\n\n\nIMGID:2\nb\tO\n\n",              /* the same between posts */
        "IMGID:1\na\tO\nIMGID:2\nb\tO\n\n",                  /* none between posts */
        "\n\nIMGID:1\na\tO\n\n",                             /* blank lines at the start */
        "IMGID:1\r\na\tO\r\n\r\nIMGID:2\r\nb\tO\r\n\r\n",    /* line ends of Windows */
        "IMGID:1\r\na\tO\r\n\r\nIMGID:2\r\nb\tO",            /* and one missing */
        "\xef\xbb\xbfIMGID:1\na\tO\n\n",                     /* a byte order mark */
        "IMGID:1\n\xc2\xa0\tO\n \tO\n\xe3\x80\x80\tO\n\n",   /* blanks of all kinds as tokens */
        "IMGID:1\na\rb\tO\n\xe2\x80\xa8\tO\n\xc2\x85\tO\n\n", /* what others take for line ends */
        "IMGID:1\n\x1b[31mred\x07\tO\n\n",                   /* escape sequences */
        "IMGID:1\nIMGID:2\tO\n\n",                           /* a token like a header */
        "IMGID:1\na\tO\n\nIMGID:1\nb\tO\n\nIMGID:1\nc\tO\n\nIMGID:1#2\nd\tO\n\n", /* one picture, several posts */
        "IMGID:\na\tO\n\nIMGID:\nb\tO\n\n",                  /* a header that says nothing */
        "IMGID:5 \na\tO\n\n",                                /* a blank behind it */
        "IMGID:1\n\nIMGID:2\nb\tO\n\n",                      /* a post without tokens */
        "IMGID:1\na\tO\n\nb\tB-PER\nc\tI-PER\n\nd\tO\n\n",   /* posts without a header */
        "IMGID:1\na\tB-PER-X\nb\tI-PER-X\nc\tI-per\n\n",     /* types with dashes, in other cases */
        "IMGID:1\na\tB- \nb\tI-\xc3\xa9\n\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
        try_unchanged("a.conll", contents[i]);
}

static void test_fixture_comes_back(void **state)
{
    (void)state;
    char *content = try_data("tweets.conll");
    try_unchanged("a.conll", content);
    struct corpus *corpus = try_read("a.txt", content); /* known by its first line */
    assert_int_equal(corpus->format, FORMAT_CONLL);
    corpus_free(corpus);
    free(content);
}

static void test_ids_are_distinct(void **state)
{
    (void)state;
    struct corpus *corpus =
        try_read("a.conll", "IMGID:1\na\tO\n\nIMGID:1#2\nb\tO\n\nIMGID:1\nc\tO\n\nIMGID:\nd\tO\n\ne\tO\n\n");
    static const char *const ids[] = {"1", "1#2", "1#3", "post-4", "post-5"};
    static const char *const images[] = {"1", "1#2", "1", NULL, NULL};
    assert_int_equal(corpus->n_posts, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(corpus->posts[i].id, ids[i]);
        if (images[i])
            assert_string_equal(corpus->posts[i].image, images[i]);
        else
            assert_null(corpus->posts[i].image);
    }
    corpus_free(corpus);
}

static void test_schema_is_ready_to_label(void **state)
{
    static const struct {
        const char *content, *types[6];
    } cases[] = {
        {"IMGID:1\na\tB-OTHER\nb\tB-PER\n\n", {"PER", "LOC", "ORG", "OTHER"}},
        {"IMGID:1\na\tO\n\n", {"PER", "LOC", "ORG", "MISC"}},
        {"IMGID:1\na\tB-Gene\nb\tB-PER\n\n", {"PER", "Gene"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct corpus *corpus = try_read("a.conll", cases[i].content);
        size_t n = 0;
        for (; cases[i].types[n]; n++)
            assert_string_equal(corpus->schema.entities[n], cases[i].types[n]);
        assert_int_equal(corpus->schema.n_entities, n);
        corpus_free(corpus);
    }
}

static void test_bad_lines_are_refused(void **state)
{
    static char huge[1200];
    (void)state;
    try_refused("a.conll", "IMGID:1\nGo\n\n", ERROR_INPUT,
                "a.conll:2: one column where a token, a TAB and a tag are expected");
    try_refused("a.conll", "IMGID:1\na O\n\n", ERROR_INPUT,
                "a.conll:2: one column where a token, a TAB and a tag are expected");
    try_refused("a.conll", "IMGID:1\na\tb\tO\n\n", ERROR_INPUT, "a.conll:2: more than two columns");
    try_refused("a.conll", "IMGID:1\na\tO\n\tO\n\n", ERROR_INPUT, "a.conll:3: the token is empty");
    try_refused("a.conll", "IMGID:1\na\tX-PER\n", ERROR_INPUT, "a.conll:2: tag \"X-PER\" is not O, B-TYPE or I-TYPE");
    try_refused("a.conll", "IMGID:1\na\tB-\n", ERROR_INPUT, "a.conll:2: tag \"B-\" is not O, B-TYPE or I-TYPE");
    try_refused("a.conll", "IMGID:1\na\t\n", ERROR_INPUT, "a.conll:2: tag \"\" is not O, B-TYPE or I-TYPE");
    try_refused("a.conll", "IMGID:1\na\t\x1b[2J\n", ERROR_INPUT, "a.conll:2: tag \"?[2J\" is not O, B-TYPE or I-TYPE");
    try_refused("a.conll", "IMGID:1\n\xc3\tO\n", ERROR_INPUT, "a.conll:2: invalid UTF-8");
    try_refused("a.conll", "IMGID:1\n\xed\xa0\x80\tO\n", ERROR_INPUT, "a.conll:2: invalid UTF-8");
    try_refused("a.conll", "IMGID:1\na\tO\r\n", ERROR_INPUT,
                "a.conll:2: this line ends in CR LF, those before it in LF");
    try_refused("a.conll", "", ERROR_INPUT, "a.conll:1: the file is empty");
    try_refused("a.conll", "\n\n", ERROR_INPUT, "a.conll:2: the file is empty");
    snprintf(huge, sizeof huge, "IMGID:1\n%01001d\tO\n", 0);
    try_refused("a.conll", huge, ERROR_INPUT, "a.conll:2: the token is longer than 1000 bytes");
    snprintf(huge, sizeof huge, "IMGID:1\n%01000d\tO\n", 0);
    try_unchanged("a.conll", huge);
}

static void test_nul_is_refused(void **state)
{
    (void)state;
    static const char content[] = "IMGID:1\na\0b\tO\n";
    struct corpus *corpus;
    struct error err = {0};
    assert_int_equal(corpus_read(try_file_bytes("a.conll", content, sizeof content - 1), NULL, &corpus, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.message, "a.conll:2: a NUL byte"));
}

/* What a person decided is written as it should be; what nobody touched stays as it was published. */
static void test_only_what_was_edited_changes(void **state)
{
    (void)state;
    struct corpus *corpus =
        try_read("a.conll", "IMGID:1\na\tI-PER\nb\tO\nc\tI-LOC\nd\tO\n\n\nIMGID:2\nx\tI-ORG\ny\tB-ORG\nz\tI-PER\n");
    struct post *post = &corpus->posts[0];
    free(post->entities[0].type);
    post->entities[0].type = strdup("ORG");
    post->entities[0].origin.source = SOURCE_HUMAN;
    post->entities[0].origin.decision = DECISION_EDITED;
    char *text = try_write(corpus, FORMAT_CONLL, NULL);
    assert_string_equal(text, "IMGID:1\na\tB-ORG\nb\tO\nc\tI-LOC\nd\tO\n\n\nIMGID:2\nx\tI-ORG\ny\tB-ORG\nz\tI-PER\n");
    free(text);

    /* z, an orphan, would become part of y when y turns into its type: then it must start with B-. */
    post = &corpus->posts[1];
    free(post->entities[1].type);
    post->entities[1].type = strdup("PER");
    post->entities[1].origin.decision = DECISION_EDITED;
    text = try_write(corpus, FORMAT_CONLL, NULL);
    assert_string_equal(text, "IMGID:1\na\tB-ORG\nb\tO\nc\tI-LOC\nd\tO\n\n\nIMGID:2\nx\tI-ORG\ny\tB-PER\nz\tB-PER\n");
    free(text);

    /* A model's label where an orphan stood is a new label. */
    post->entities[0].origin.source = SOURCE_MODEL;
    text = try_write(corpus, FORMAT_CONLL, NULL);
    assert_non_null(strstr(text, "x\tB-ORG\n"));
    free(text);
    corpus_free(corpus);
}

static void test_losses_are_named(void **state)
{
    static const char *const lines[] = {
        "post p: entity e2 overlaps e1",
        "post p: entity e4 has no type",
        "post p: entity e5 has a type with a TAB or line break",
        "post p: the name of its picture, q.jpg",
        "post p: token 1 has a TAB or line break: written as a blank",
        "post p: 2 relations",
        "post p: 2 boxes",
        "post p: 1 grounding",
        "post p: 1 flag",
        "post p: its text",
        "post p: its note",
        "post s: entity e1 has no type",
        "post s: 1 relation",
    };
    (void)state;
    char *content = try_data("crowded.json");
    struct corpus *corpus = try_read("a.json", content);
    struct loss_list losses = {0};
    char *text = try_write(corpus, FORMAT_CONLL, &losses);
    assert_string_equal(text, "IMGID:p\na\tB-PER\nb c\tI-PER\nd\tB-LOC\n\nIMGID:q\nx\tB-PER\n\nIMGID:s\nit's\tO\n\n");
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
        cmocka_unit_test(test_posts_are_read),
        cmocka_unit_test(test_orphans_start_entities),
        cmocka_unit_test(test_oddities_come_back),
        cmocka_unit_test(test_fixture_comes_back),
        cmocka_unit_test(test_ids_are_distinct),
        cmocka_unit_test(test_schema_is_ready_to_label),
        cmocka_unit_test(test_bad_lines_are_refused),
        cmocka_unit_test(test_nul_is_refused),
        cmocka_unit_test(test_only_what_was_edited_changes),
        cmocka_unit_test(test_losses_are_named),
    };
    return cmocka_run_group_tests_name("format-conll", tests, NULL, NULL);
}
