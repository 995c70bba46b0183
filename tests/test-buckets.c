/* Buckets of cases: what words look like, what training says of them, and in which bucket a case falls.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/buckets.h"
#include "corpora/token-marks.h"
#include "tests/corpus-try.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct post post_of(char **tokens, size_t n)
{
    return (struct post){.id = "1", .tokens = tokens, .n_tokens = n};
}

#define POST_OF(...)                                                                                                   \
    post_of((char *[]){__VA_ARGS__}, sizeof((char *[]){__VA_ARGS__}) / sizeof(char *))

/* ---- Words ---- */

static void marks_of_tokens(void **state)
{
    (void)state;
    struct post post = POST_OF("#tag", "#", "tag", "@ana", "@", "ana", "x", "#1", "#", "!");
    assert_int_equal(token_marks(&post, 0), TOKEN_HASH);
    assert_int_equal(token_marks(&post, 1), TOKEN_HASH);
    assert_int_equal(token_marks(&post, 2), TOKEN_HASH);
    assert_int_equal(token_marks(&post, 3), TOKEN_HANDLE);
    assert_int_equal(token_marks(&post, 5), TOKEN_HANDLE);
    assert_int_equal(token_marks(&post, 6), 0);
    assert_int_equal(token_marks(&post, 9), 0);
    post = POST_OF("http://t.co/x", "(https://a.b", "http://t.", "co/x", "co/x", "htt…", "www.a.org", "http", "what");
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(token_marks(&post, i), TOKEN_URL);
    assert_int_equal(token_marks(&post, 4), 0);
    assert_int_equal(token_marks(&post, 5), TOKEN_URL);
    assert_int_equal(token_marks(&post, 6), TOKEN_URL);
    assert_int_equal(token_marks(&post, 7) | token_marks(&post, 8), 0);
    post = POST_OF("&amp;", "&amp", ";", ";", "&", "AT&T", "&#39", "&ouml;", "a&gt;b", "&ouml");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(token_marks(&post, i), TOKEN_HTML);
    for (size_t i = 3; i < 6; i++)
        assert_int_equal(token_marks(&post, i), 0);
    for (size_t i = 6; i < 9; i++)
        assert_int_equal(token_marks(&post, i), TOKEN_HTML);
    assert_int_equal(token_marks(&post, 9), 0);
    post = POST_OF("😀", "x❤️", "🇩🇪", "©", "©️", "5", "…", "é");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(token_marks(&post, i), TOKEN_EMOJI);
    assert_int_equal(token_marks(&post, 3), 0);
    assert_int_equal(token_marks(&post, 4), TOKEN_EMOJI);
    for (size_t i = 5; i < 8; i++)
        assert_int_equal(token_marks(&post, i), 0);
}

static void capitals_of_spans(void **state)
{
    (void)state;
    struct post post = POST_OF("NBA", "Finals", "Bank", "of", "England", "iPhone", "A", "ÉCOLE", "2015", "北京", "#NBA");
    assert_int_equal(token_capitals(&post, 0, 1), CAPITALS_ALL);
    assert_int_equal(token_capitals(&post, 0, 2), CAPITALS_MIXED);
    assert_int_equal(token_capitals(&post, 1, 2), CAPITALS_FIRST);
    assert_int_equal(token_capitals(&post, 2, 5), CAPITALS_FIRST);
    assert_int_equal(token_capitals(&post, 3, 4), CAPITALS_LOWER);
    assert_int_equal(token_capitals(&post, 3, 5), CAPITALS_MIXED);
    assert_int_equal(token_capitals(&post, 5, 6), CAPITALS_MIXED);
    assert_int_equal(token_capitals(&post, 6, 7), CAPITALS_FIRST);
    assert_int_equal(token_capitals(&post, 7, 8), CAPITALS_ALL);
    assert_int_equal(token_capitals(&post, 8, 10), CAPITALS_NONE);
    assert_int_equal(token_capitals(&post, 8, 11), CAPITALS_ALL);
}

/* ---- Training ---- */

static const char training_text[] = "IMGID:1\nNew\tB-LOC\nYork\tI-LOC\nand\tO\nNew\tB-LOC\nYork\tI-LOC\n\n"
                                    "IMGID:2\nNew\tB-ORG\nYork\tI-ORG\nTimes\tO\nin\tO\nNew\tO\nYork\tO\n\n"
                                    "IMGID:3\nAna\tB-PER\n\n";

static struct training_set *training_of(const char *text)
{
    struct corpus *corpus = try_read("train.conll", text);
    struct training_set *set;
    struct error err;
    assert_int_equal(training_set_make(&corpus, 1, &set, &err), 0);
    corpus_free(corpus);
    return set;
}

static void training_counts_words(void **state)
{
    struct training_set *set = training_of(training_text);
    char *words[] = {"New", "York", "Ana", "new"};
    (void)state;
    struct training_counts counts = training_set_of(set, words, 0, 2, "LOC");
    assert_int_equal(counts.n_places, 4);
    assert_int_equal(counts.n_labelled, 3);
    assert_int_equal(counts.n_typed, 2);
    counts = training_set_of(set, words, 0, 2, "ORG");
    assert_int_equal(counts.n_typed, 1);
    counts = training_set_of(set, words, 0, 2, "PER");
    assert_int_equal(counts.n_typed, 0);
    assert_int_equal(counts.n_labelled, 3);
    assert_int_equal(training_set_of(set, words, 0, 2, NULL).n_typed, 0);
    counts = training_set_of(set, words, 0, 1, "LOC"); /* stands there, but was never labelled alone */
    assert_int_equal(counts.n_labelled + counts.n_places, 0);
    assert_int_equal(training_set_of(set, words, 2, 3, "PER").n_typed, 1);
    assert_int_equal(training_set_of(set, words, 3, 4, "LOC").n_labelled, 0); /* as it is written */
    training_set_free(set);
}

/* ---- Buckets ---- */

static struct entity gold_entity, predicted_entity;
static struct post gold, predicted;

/* The bucket's name for an entity; where says whose span there is: 'g', 'p' or 'b' for both. */
static const char *bucket(enum bucket_attribute attribute, const struct training_set *training, char where)
{
    gold.entities = &gold_entity;
    gold.n_entities = where != 'p';
    predicted.entities = &predicted_entity;
    predicted.n_entities = where != 'g';
    struct bucket_context context = bucket_context_of(&gold, &predicted, training);
    struct taxonomy_case found = {.class = TAXONOMY_BOUNDARY,
                                  .gold = where == 'p' ? TAXONOMY_ABSENT : 0,
                                  .predicted = where == 'g' ? TAXONOMY_ABSENT : 0,
                                  .beside = TAXONOMY_ABSENT};
    int value = bucket_of(attribute, &context, &found);
    assert_true(value < (int)bucket_n_values(attribute));
    return value < 0 ? "" : bucket_value_name(attribute, value);
}

static void buckets_of_words(void **state)
{
    (void)state;
    gold = POST_OF("the", "#", "nba", "at", "New", "York", "😀");
    predicted = gold;
    gold_entity = (struct entity){.id = "e", .start = 4, .end = 6, .type = "LOC"};
    predicted_entity = (struct entity){.id = "e", .start = 2, .end = 3, .type = "ORG"};
    struct training_set *training = training_of(training_text);
    assert_string_equal(bucket(BUCKET_LENGTH, NULL, 'g'), "2");
    assert_string_equal(bucket(BUCKET_LENGTH, NULL, 'b'), "2"); /* gold's */
    assert_string_equal(bucket(BUCKET_LENGTH, NULL, 'p'), "1");
    assert_string_equal(bucket(BUCKET_CAPITALS, NULL, 'g'), "capitalised");
    assert_string_equal(bucket(BUCKET_CAPITALS, NULL, 'p'), "lower");
    assert_string_equal(bucket(BUCKET_HASH, NULL, 'g'), "none");
    assert_string_equal(bucket(BUCKET_HASH, NULL, 'p'), "inside");
    assert_string_equal(bucket(BUCKET_HANDLE, NULL, 'p'), "none");
    assert_string_equal(bucket(BUCKET_EMOJI, NULL, 'g'), "beside");
    assert_string_equal(bucket(BUCKET_EMOJI, NULL, 'p'), "none");
    assert_string_equal(bucket(BUCKET_SEEN, NULL, 'g'), "");
    assert_string_equal(bucket(BUCKET_SEEN, training, 'g'), "seen");
    assert_string_equal(bucket(BUCKET_CONSISTENCY, training, 'g'), "0-0.5"); /* 2 of 4 */
    assert_string_equal(bucket(BUCKET_SEEN, training, 'p'), "unseen");
    assert_string_equal(bucket(BUCKET_CONSISTENCY, training, 'p'), "unseen");
    gold_entity.type = "PER";
    assert_string_equal(bucket(BUCKET_SEEN, training, 'g'), "other-type");
    assert_string_equal(bucket(BUCKET_CONSISTENCY, training, 'g'), "0");
    assert_string_equal(bucket(BUCKET_DISTANCE, NULL, 'g'), "");
    training_set_free(training);
}

static void buckets_of_posts(void **state)
{
    struct object boxes[7];
    char *words[31];
    (void)state;
    for (size_t i = 0; i < 31; i++)
        words[i] = "w";
    gold_entity = predicted_entity = (struct entity){.id = "e", .start = 0, .end = 1, .type = "LOC"};
    static const size_t lengths[] = {10, 11, 20, 21, 30, 31};
    static const char *const wanted[] = {"1-10", "11-20", "11-20", "21-30", "21-30", "31+"};
    for (size_t i = 0; i < 6; i++) {
        gold = post_of(words, lengths[i]);
        assert_string_equal(bucket(BUCKET_POST_LENGTH, NULL, 'g'), wanted[i]);
    }
    gold = post_of(words, 20);
    assert_string_equal(bucket(BUCKET_DENSITY, NULL, 'g'), "0-0.05"); /* 1 / 20 */
    assert_string_equal(bucket(BUCKET_DENSITY, NULL, 'p'), "0");
    gold = post_of(words, 10);
    assert_string_equal(bucket(BUCKET_DENSITY, NULL, 'g'), "0.05-0.1");
    assert_string_equal(bucket(BUCKET_BOXES, NULL, 'g'), "0");
    gold.objects = boxes;
    gold.n_objects = 4;
    assert_string_equal(bucket(BUCKET_BOXES, NULL, 'g'), "4");
    gold.n_objects = 7;
    assert_string_equal(bucket(BUCKET_BOXES, NULL, 'g'), "5+");
    assert_string_equal(bucket(BUCKET_PICTURE, NULL, 'g'), "none");
    gold.image = "a.jpg";
    assert_string_equal(bucket(BUCKET_PICTURE, NULL, 'g'), "picture");
    assert_string_equal(bucket(BUCKET_MATCH, NULL, 'g'), "");
}

static void buckets_of_numbers(void **state)
{
    (void)state;
    gold = predicted = POST_OF("a");
    gold_entity = predicted_entity = (struct entity){.id = "e", .start = 0, .end = 1, .type = "LOC"};
    assert_string_equal(bucket(BUCKET_CONFIDENCE, NULL, 'b'), ""); /* the label has no score */
    predicted_entity.origin = (struct provenance){.has_score = true, .score = 0.9};
    assert_string_equal(bucket(BUCKET_CONFIDENCE, NULL, 'b'), "0.9-0.99");
    predicted_entity.origin.score = 0.4999;
    assert_string_equal(bucket(BUCKET_CONFIDENCE, NULL, 'b'), "0-0.5");
    predicted_entity.origin.score = 1;
    assert_string_equal(bucket(BUCKET_CONFIDENCE, NULL, 'b'), "0.99-1");
    assert_string_equal(bucket(BUCKET_CONFIDENCE, NULL, 'g'), ""); /* nothing was predicted */
    struct bucket_context context = bucket_context_of(&gold, &predicted, NULL);
    struct taxonomy_case found = {.gold = 0, .predicted = TAXONOMY_ABSENT};
    context.match = 0.25;
    assert_int_equal(bucket_of(BUCKET_MATCH, &context, &found), 1);
    context.match = 1;
    assert_int_equal(bucket_of(BUCKET_MATCH, &context, &found), 3);
}

static void buckets_of_relations(void **state)
{
    struct entity entities[] = {{.id = "a", .start = 0, .end = 2}, {.id = "b", .start = 5, .end = 6}};
    struct relation relation = {.id = "r", .head = "b", .tail = "a", .type = "x"};
    (void)state;
    gold = POST_OF("a", "b", "c", "d", "e", "f");
    gold.entities = entities;
    gold.n_entities = 2;
    gold.relations = &relation;
    gold.n_relations = 1;
    struct bucket_context context = bucket_context_of(&gold, &gold, NULL);
    struct taxonomy_case found = {.relation = true, .gold = 0, .predicted = TAXONOMY_ABSENT};
    assert_int_equal(bucket_of(BUCKET_DISTANCE, &context, &found), 1); /* three words */
    entities[1].start = 1;
    assert_int_equal(bucket_of(BUCKET_DISTANCE, &context, &found), 0); /* they overlap */
    assert_int_equal(bucket_of(BUCKET_LENGTH, &context, &found), -1);
    assert_int_equal(bucket_of(BUCKET_HASH, &context, &found), -1);
    assert_int_equal(bucket_of(BUCKET_POST_LENGTH, &context, &found), 0);
}

static void a_case_counts_once(void **state)
{
    struct buckets buckets = {0};
    struct taxonomy_case found = {.class = TAXONOMY_TYPE, .gold = 0, .predicted = 0, .fp = 1, .fn = 1};
    (void)state;
    gold = predicted = POST_OF("a");
    gold_entity = predicted_entity = (struct entity){.id = "e", .start = 0, .end = 1, .type = "LOC"};
    gold.entities = &gold_entity;
    predicted.entities = &predicted_entity;
    gold.n_entities = predicted.n_entities = 1;
    struct bucket_context context = bucket_context_of(&gold, &predicted, NULL);
    buckets_add(&buckets, &context, &found);
    buckets_add(&buckets, &context, &found);
    for (int attribute = 0; attribute < BUCKET_ATTRIBUTES; attribute++) {
        size_t n = 0, fp = 0;
        for (int value = 0; value < BUCKET_VALUES_MAX; value++) {
            n += buckets.rows[attribute][value].n;
            fp += buckets.rows[attribute][value].counts.fp;
        }
        bool known = attribute != BUCKET_SEEN && attribute != BUCKET_CONSISTENCY && attribute != BUCKET_DISTANCE &&
                     attribute != BUCKET_MATCH && attribute != BUCKET_CONFIDENCE;
        assert_int_equal(n, known ? 2 : 0);
        assert_int_equal(fp, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_of_tokens),       cmocka_unit_test(capitals_of_spans),
        cmocka_unit_test(training_counts_words), cmocka_unit_test(buckets_of_words),
        cmocka_unit_test(buckets_of_posts),      cmocka_unit_test(buckets_of_numbers),
        cmocka_unit_test(buckets_of_relations),  cmocka_unit_test(a_case_counts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
