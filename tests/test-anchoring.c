/* How often wrong proposals are kept, by cases counted by hand; and that the record of what was proposed is not lost.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/anchoring.h"

#include "corpora/json.h"
#include "tests/store-try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char work[] =
    "{\"format\": \"mmib-corpus\", \"version\": 1, \"schema\": {\"entities\": [\"PER\", \"LOC\"], \"relations\": []},\n"
    " \"posts\": [\n"
    /* seen: a wrong one kept, a right one kept, a right relation refused */
    "{\"id\": \"1\", \"tokens\": [\"a\", \"b\", \"c\"], \"proposed\": {\"blind\": false, \"model\": \"m\","
    " \"threshold\": 0, \"tokens\": 3,"
    " \"entities\": [{\"start\": 0, \"end\": 1, \"type\": \"PER\", \"score\": 0.5, \"kept\": true},"
    " {\"start\": 1, \"end\": 2, \"type\": \"LOC\", \"score\": 0.5, \"kept\": true}],"
    " \"relations\": [{\"head\": [0, 1], \"tail\": [1, 2], \"type\": \"/x\", \"score\": 0.5, \"kept\": false}]}},\n"
    /* seen: a wrong one refused */
    "{\"id\": \"2\", \"tokens\": [\"a\"], \"proposed\": {\"blind\": false, \"threshold\": 0.5, \"tokens\": 1,"
    " \"entities\": [{\"start\": 0, \"end\": 1, \"type\": \"LOC\", \"kept\": false}], \"relations\": []}},\n"
    /* hidden: a wrong one not made */
    "{\"id\": \"3\", \"tokens\": [\"a\"], \"proposed\": {\"blind\": true, \"threshold\": 0.5, \"tokens\": 1,"
    " \"entities\": [{\"start\": 0, \"end\": 1, \"type\": \"LOC\", \"kept\": false}], \"relations\": []}},\n"
    /* hidden, and gold does not have the post */
    "{\"id\": \"4\", \"tokens\": [\"a\"], \"proposed\": {\"blind\": true, \"threshold\": 0.5, \"tokens\": 1,"
    " \"entities\": [{\"start\": 0, \"end\": 1, \"type\": \"PER\", \"kept\": true}], \"relations\": []}},\n"
    /* its tokens are others now; somebody else's member; none */
    "{\"id\": \"5\", \"tokens\": [\"a\"], \"proposed\": {\"blind\": true, \"tokens\": 2, \"entities\": []}},\n"
    "{\"id\": \"6\", \"tokens\": [\"a\"], \"proposed\": \"later\"},\n"
    "{\"id\": \"7\", \"tokens\": [\"a\"]}]}\n";

static const char truth[] =
    "{\"format\": \"mmib-corpus\", \"version\": 1, \"schema\": {\"entities\": [\"PER\", \"LOC\"], \"relations\": []},\n"
    " \"posts\": [\n"
    "{\"id\": \"3\", \"tokens\": [\"a\"]},\n"
    "{\"id\": \"2\", \"tokens\": [\"a\"],"
    " \"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 1, \"type\": \"PER\"}]},\n"
    "{\"id\": \"1\", \"tokens\": [\"a\", \"b\", \"c\"],"
    " \"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 1, \"type\": \"LOC\"},"
    " {\"id\": \"e2\", \"start\": 1, \"end\": 2, \"type\": \"LOC\"}],"
    " \"relations\": [{\"id\": \"r1\", \"head\": \"e1\", \"tail\": \"e2\", \"type\": \"/x\"}]}]}\n";

static struct corpus *read_corpus(const char *name, const char *content)
{
    struct corpus *corpus;
    struct error err;
    if (corpus_read(try_put(name, content), NULL, &corpus, &err))
        fail_msg("%s", err.message);
    return corpus;
}

static void assert_rate(const struct anchoring_rate *rate, size_t kept, size_t n)
{
    assert_int_equal(rate->kept, kept);
    assert_int_equal(rate->n, n);
}

static void wrong_proposals_are_told_by_gold(void **state)
{
    (void)state;
    struct corpus *corpus = read_corpus("work.json", work), *gold = read_corpus("gold.json", truth);
    struct anchoring a;
    assert_int_equal(anchoring_count(corpus, gold, &a, NULL), 0);
    assert_true(a.seen.n_posts == 2 && a.seen.n_judged == 2);
    assert_true(a.hidden.n_posts == 2 && a.hidden.n_judged == 1);
    assert_rate(&a.seen.entities.all, 2, 3);
    assert_rate(&a.seen.entities.wrong, 1, 2);
    assert_rate(&a.seen.entities.right, 1, 1);
    assert_rate(&a.seen.relations.right, 0, 1);
    assert_rate(&a.hidden.entities.all, 1, 2);
    assert_rate(&a.hidden.entities.wrong, 0, 1);
    assert_rate(&a.hidden.entities.right, 0, 0);
    assert_true(anchoring_share(&a.seen.entities.wrong) == 0.5);
    assert_true(isnan(anchoring_share(&a.hidden.relations.all)));

    struct text text = {0};
    anchoring_put_table(&text, &a);
    assert_non_null(strstr(text.bytes, "1 of 2 (50.0 %)"));
    assert_non_null(strstr(text.bytes, "- (none proposed)"));
    assert_null(strstr(text.bytes, "not known"));
    assert_null(strstr(text.bytes, "nan"));
    text_clear(&text);
    anchoring_put_json(&text, &a);
    struct json_document document = {.text = text.bytes, .n = text.n, .path = "json", .first_line = 1};
    struct json_value value;
    assert_int_equal(json_document_check(&document, &value, NULL), 0);
    assert_non_null(strstr(text.bytes, "\"wrong\": {\"n\": 2, \"kept\": 1, \"share\": 0.5}"));
    text_free(&text);
    corpus_free(corpus);
    corpus_free(gold);
}

static void without_gold_nobody_knows(void **state)
{
    (void)state;
    struct corpus *corpus = read_corpus("work.json", work);
    struct anchoring a;
    struct text text = {0};
    assert_int_equal(anchoring_count(corpus, NULL, &a, NULL), 0);
    assert_rate(&a.seen.entities.all, 2, 3);
    assert_rate(&a.seen.entities.wrong, 0, 0);
    anchoring_put_table(&text, &a);
    assert_non_null(strstr(text.bytes, "which of them were wrong is not known"));
    assert_null(strstr(text.bytes, "wrong entities"));
    text_clear(&text);
    anchoring_put_json(&text, &a);
    assert_non_null(strstr(text.bytes, "\"wrong\": null"));
    text_clear(&text);
    a = (struct anchoring){0};
    anchoring_put_table(&text, &a);
    assert_non_null(strstr(text.bytes, "--blind"));
    text_free(&text);
    corpus_free(corpus);
}

/* A gold post with other words says nothing about this one. */
static void other_words_are_no_gold(void **state)
{
    (void)state;
    struct corpus *corpus = read_corpus("work.json", work);
    char *other[] = {"b"};
    struct post gold = {.id = "2", .tokens = other, .n_tokens = 1};
    struct anchoring a = {.has_gold = true};
    assert_int_equal(anchoring_add(&a, &corpus->posts[1], &gold), 0);
    assert_true(a.seen.n_posts == 1 && a.seen.n_judged == 0);
    assert_rate(&a.seen.entities.wrong, 0, 0);
    corpus_free(corpus);
}

static void records_are_written_and_read(void **state)
{
    (void)state;
    char *tokens[] = {"a", "b", "c"};
    struct anchoring_entity entity = {.start = 0, .end = 2, .type = "a \"type\"", .score = 0.12345678901, .kept = true};
    struct anchoring_relation relation = {.head = {0, 2}, .tail = {2, 3}, .type = "/x", .score = NAN};
    struct anchoring_record record = {.blind = true,
                                      .model = "hash",
                                      .at = "2026-11-24T20:51:07Z",
                                      .threshold = 0.35,
                                      .n_tokens = 3,
                                      .entities = &entity,
                                      .n_entities = 1,
                                      .relations = &relation,
                                      .n_relations = 1},
                            back;
    struct post post = {.id = "1", .tokens = tokens, .n_tokens = 3, .proposed = anchoring_write(&record)};
    assert_int_equal(anchoring_read(&post, &back), 1);
    assert_true(back.blind && back.threshold == 0.35 && back.n_entities == 1 && back.n_relations == 1);
    assert_string_equal(back.model, "hash");
    assert_string_equal(back.at, record.at);
    assert_string_equal(back.entities[0].type, entity.type);
    assert_true(back.entities[0].score == entity.score && back.entities[0].kept && back.entities[0].end == 2);
    assert_true(isnan(back.relations[0].score) && !back.relations[0].kept && back.relations[0].tail[0] == 2);
    anchoring_record_free(&back);
    free(post.proposed);
    post.proposed = "{\"blind\": true, \"tokens\": 3, \"relations\": [],"
                    " \"entities\": [{\"start\": 2, \"end\": 9, \"type\": \"PER\"}]}";
    assert_int_equal(anchoring_read(&post, &back), 0); /* a span that is not in the post */
}

/* What was proposed goes through the journal, saving, undo and redo like a label. */
static void records_survive(void **state)
{
    (void)state;
    static const char json[] =
        "{\"blind\": true, \"threshold\": 0, \"tokens\": 1, \"entities\": [], \"relations\": []}";
    struct error err;
    const char *path = try_put("kept.json", work);
    struct store *store = try_open(path, &(struct store_options){.annotator = "ana"});
    struct edit_batch batch = {.post = 6};
    size_t changed;
    assert_int_equal(edit_set_proposed(&batch, store_post_peek(store, 6), json, &err), 0);
    assert_int_equal(edit_set_status(&batch, store_post_peek(store, 6), STATUS_DONE, &err), 0);
    assert_int_equal(store_apply(store, &batch, &err), 0);
    assert_string_equal(store_post_peek(store, 6)->proposed, json);
    store_close(store); /* unsaved: the journal has it */

    store = try_open(path, &(struct store_options){.annotator = "ana"});
    assert_string_equal(store_post_peek(store, 6)->proposed, json);
    assert_int_equal(store_undo(store, &changed, &err), 1);
    assert_null(store_post_peek(store, 6)->proposed);
    assert_int_equal(store_redo(store, &changed, &err), 1);
    assert_int_equal(store_save(store, &err), 0);
    store_close(store);
    struct corpus *corpus;
    assert_int_equal(corpus_read(path, NULL, &corpus, &err), 0);
    assert_string_equal(corpus->posts[6].proposed, json);
    assert_string_equal(corpus->posts[5].proposed, "\"later\""); /* not ours, and kept as it is */
    corpus_free(corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_proposals_are_told_by_gold), cmocka_unit_test(without_gold_nobody_knows),
        cmocka_unit_test(other_words_are_no_gold),          cmocka_unit_test(records_are_written_and_read),
        cmocka_unit_test(records_survive),
    };
    return cmocka_run_group_tests_name("anchoring", tests, NULL, NULL);
}
