/* Verdicts of people: they are changed by edits that have an inverse, follow the tokens, and are never lost on the way
 * through journal, files and merges.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-words.h"
#include "corpora/losses.h"
#include "corpora/merge.h"
#include "corpora/replay.h"
#include "tests/store-try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct edit_context ana = {"ana", "2026-11-25T01:00:00Z"}, bob = {"bob", "2026-11-25T02:00:00Z"};
static const enum verdict_answer model = VERDICT_MODEL, gold = VERDICT_GOLD, both = VERDICT_BOTH;
static struct error err;

/* Tokens 0..2 are PER in the gold, and 1..3 LOC for a system: a boundary and its type. */
static const struct verdict on_entities = {.gold = {.has = true, .start = 0, .end = 2, .type = (char *)"PER"},
                                           .predicted = {.has = true, .start = 1, .end = 3, .type = (char *)"LOC"},
                                           .system = (char *)"model-a"};
static const struct verdict on_relations = {
    .relation = true,
    .predicted = {.has = true, .head = {0, 2}, .tail = {3, 4}, .type = (char *)"/per/loc/place_of_birth"}};

static int set_up(void **state)
{
    (void)state;
    err = (struct error){0};
    return 0;
}

static struct corpus *read_corpus(const char *name, const char *content)
{
    struct corpus *corpus;
    if (corpus_read(try_put(name, content), NULL, &corpus, &err))
        fail_msg("%s", err.message);
    return corpus;
}

static void set(struct post *post, const struct verdict *key, const enum verdict_answer *answer, const char *note,
                const struct edit_context *context)
{
    struct edit_batch batch = {0};
    if (edit_set_verdict(&batch, post, key, answer, note, context, &err) || edit_batch_apply(&batch, post, 1, &err))
        fail_msg("%s", err.message);
    edit_batch_free(&batch);
}

static void one_verdict_a_person_and_case(void **state)
{
    (void)state;
    struct corpus *corpus = read_corpus("one.json", try_native);
    struct post *post = corpus->posts;
    assert_null(post_verdict_peek(post, &on_entities));
    set(post, &on_entities, &model, "the hash tag", &ana);
    set(post, &on_entities, &gold, NULL, &ana); /* the note stays */
    assert_int_equal(post->n_verdicts, 1);
    assert_int_equal(post->verdicts[0].answer, VERDICT_GOLD);
    assert_string_equal(post->verdicts[0].note, "the hash tag");
    assert_string_equal(post->verdicts[0].system, "model-a");
    assert_string_equal(post->verdicts[0].by, "ana");
    assert_string_equal(post->verdicts[0].at, ana.at);

    struct edit_batch batch = {0};
    assert_int_equal(edit_set_verdict(&batch, post, &on_entities, &gold, NULL, &bob, &err), 0);
    assert_int_equal(batch.n, 1); /* bob's own */
    edit_batch_free(&batch);
    assert_int_equal(edit_set_verdict(&batch, post, &on_entities, &gold, "the hash tag", &ana, &err), 0);
    assert_int_equal(batch.n, 0); /* said already */

    set(post, &on_entities, &both, "", &bob);
    set(post, &on_relations, &model, NULL, &bob);
    assert_int_equal(post->n_verdicts, 3);
    struct verdict key = on_entities;
    assert_ptr_equal(post_verdict_peek(post, &key), &post->verdicts[1]); /* the last */
    key.by = (char *)"ana";
    assert_ptr_equal(post_verdict_peek(post, &key), &post->verdicts[0]);
    key.system = (char *)"model-b"; /* the same labels of another system */
    assert_ptr_equal(post_verdict_peek(post, &key), &post->verdicts[0]);
    key.gold.type = (char *)"ORG";
    assert_null(post_verdict_peek(post, &key));

    set(post, &on_entities, NULL, NULL, &ana);
    assert_int_equal(post->n_verdicts, 2);
    assert_string_equal(post->verdicts[0].by, "bob");
    set(post, &on_entities, NULL, NULL, &ana); /* nothing there */
    assert_int_equal(post->n_verdicts, 2);

    struct verdict outside = on_entities, nothing = {.by = NULL};
    outside.predicted.end = post->n_tokens + 1;
    assert_int_equal(edit_set_verdict(&batch, post, &outside, &gold, NULL, &ana, &err), -1);
    assert_int_equal(edit_set_verdict(&batch, post, &nothing, &gold, NULL, &ana, &err), -1);
    assert_int_equal(batch.n, 0);
    edit_batch_free(&batch);
    corpus_free(corpus);
}

static void they_follow_the_tokens(void **state)
{
    (void)state;
    struct corpus *corpus = read_corpus("tokens.json", try_native);
    struct post *post = corpus->posts;
    set(post, &on_entities, &model, NULL, &ana);
    set(post, &on_relations, &gold, NULL, &ana);
    char *before = try_post_text(post);
    struct edit_batch batch = {0};
    assert_int_equal(edit_split_token(&batch, post, 1, 1, &err), 0); /* in both labels' spans */
    assert_int_equal(edit_batch_apply(&batch, post, 1, &err), 0);
    const struct verdict *verdicts = post->verdicts;
    assert_true(verdicts[0].gold.start == 0 && verdicts[0].gold.end == 3);
    assert_true(verdicts[0].predicted.start == 1 && verdicts[0].predicted.end == 4);
    assert_true(verdicts[1].predicted.head[0] == 0 && verdicts[1].predicted.head[1] == 3);
    assert_true(verdicts[1].predicted.tail[0] == 4 && verdicts[1].predicted.tail[1] == 5);
    assert_int_equal(edit_batch_apply(&batch, post, 0, &err), 0);
    char *back = try_post_text(post);
    assert_string_equal(back, before);
    free(back);
    edit_batch_free(&batch);

    assert_int_equal(edit_join_tokens(&batch, post, post->n_tokens - 2, &err), 0);
    assert_int_equal(edit_batch_apply(&batch, post, 1, &err), 0);
    assert_int_equal(post->n_verdicts, 2);
    assert_int_equal(edit_batch_apply(&batch, post, 0, &err), 0);
    back = try_post_text(post);
    assert_string_equal(back, before);
    free(back), free(before);
    edit_batch_free(&batch);
    corpus_free(corpus);
}

static void put_verdict(struct store *store, const struct verdict *key, const enum verdict_answer *answer,
                        const char *note)
{
    struct edit_batch batch = {0};
    if (edit_set_verdict(&batch, store_post_peek(store, 0), key, answer, note, &ana, &err) ||
        store_apply(store, &batch, &err))
        fail_msg("%s", err.message);
}

/* From the journal alone, from the saved file, from the history; undone and done again over both. */
static void survive(const char *name, const char *content, const struct store_options *options)
{
    const char *path = try_put(name, content);
    char kept[200];
    snprintf(kept, sizeof kept, "%s", path);
    struct store *store = try_open(kept, options);
    put_verdict(store, &on_entities, &model, "a \"note\"\n");
    put_verdict(store, &on_entities, &gold, NULL);
    put_verdict(store, &on_relations, &both, NULL);
    char *all = try_store_text(store);
    assert_non_null(strstr(all, "\"verdicts\": ["));
    store_close(store); /* not saved: only the journal has them */
    char *read = try_read_text(kept);
    assert_string_equal(read, all);
    free(read);

    store = try_open(kept, options);
    assert_int_equal(store_post_peek(store, 0)->n_verdicts, 2);
    if (store_save(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
    store = try_open(kept, options);
    char *saved = try_store_text(store);
    assert_string_equal(saved, all);
    size_t post;
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_int_equal(store_post_peek(store, 0)->n_verdicts, 1);
    assert_int_equal(store_post_peek(store, 0)->verdicts[0].answer, VERDICT_MODEL);
    assert_string_equal(store_post_peek(store, 0)->verdicts[0].note, "a \"note\"\n");
    assert_int_equal(store_redo(store, &post, &err), 1);
    assert_int_equal(store_redo(store, &post, &err), 1);
    char *again = try_store_text(store);
    assert_string_equal(again, all);
    store_close(store);
    free(saved), free(again), free(all);
}

static void journal_file_and_history_keep_them(void **state)
{
    (void)state;
    survive("kept.json", try_native, NULL);
    struct corpus *corpus = read_corpus("lines-from.json", try_native);
    const char *lines = try_path("made.jsonl");
    if (corpus_write(corpus, lines, FORMAT_JSONL, NULL, &err))
        fail_msg("%s", err.message);
    corpus_free(corpus);
    char *content = try_get(lines, NULL);
    const struct store_options in_file = {.index_bytes_min = 1};
    survive("kept.jsonl", content, NULL);
    survive("large.jsonl", content, &in_file); /* posts stay in the file */
    free(content);
}

static void merged_answers_all_stand(void **state)
{
    (void)state;
    struct corpus *base = read_corpus("base.json", try_native), *a = read_corpus("a.json", try_native),
                  *b = read_corpus("b.json", try_native), *out;
    struct corpus *versions[2];
    const struct edit_context nobody = {NULL, "2026-11-25T03:00:00Z"};
    struct corpus *all[] = {base, a, b};
    for (size_t i = 0; i < 3; i++) {
        set(&all[i]->posts[0], &on_relations, &model, "from the start", &ana);
        set(&all[i]->posts[1], &on_entities, &model, "goes", &ana);
    }
    set(&a->posts[0], &on_entities, &model, "ana's", &ana);
    set(&b->posts[0], &on_entities, &gold, "bob's", &bob);
    set(&a->posts[2], &on_entities, &model, "one", &nobody); /* who knows whose */
    set(&b->posts[2], &on_entities, &gold, "two", &nobody);
    set(&b->posts[1], &on_entities, NULL, NULL, &ana);
    versions[0] = a;
    versions[1] = b;
    struct merge_report report;
    if (merge_corpora(base, versions, 2, &out, &report, &err))
        fail_msg("%s", err.message);
    assert_int_equal(report.n_conflicts, 0);
    assert_int_equal(out->posts[0].n_verdicts, 3);
    assert_string_equal(out->posts[0].verdicts[0].note, "from the start");
    assert_string_equal(out->posts[0].verdicts[1].note, "ana's");
    assert_string_equal(out->posts[0].verdicts[2].note, "bob's");
    assert_int_equal(out->posts[1].n_verdicts, 0);
    assert_int_equal(out->posts[2].n_verdicts, 2);
    set(&out->posts[2], &on_entities, &both, NULL, &nobody); /* settles it */
    assert_int_equal(out->posts[2].n_verdicts, 1);
    assert_string_equal(out->posts[2].verdicts[0].note, "one");
    merge_report_free(&report);
    corpus_free(out);

    /* Whole posts in conflict: what was said of the words as they were stands. */
    struct edit_batch batch = {0};
    assert_int_equal(edit_split_token(&batch, a->posts, 0, 1, &err), 0);
    assert_int_equal(edit_batch_apply(&batch, a->posts, 1, &err), 0);
    edit_batch_free(&batch);
    if (merge_corpora(base, versions, 2, &out, &report, &err))
        fail_msg("%s", err.message);
    assert_int_equal(report.n_conflicts, 1);
    assert_int_equal(out->posts[0].n_verdicts, 2);
    assert_string_equal(out->posts[0].verdicts[0].note, "from the start");
    assert_string_equal(out->posts[0].verdicts[1].note, "bob's");
    merge_report_free(&report);
    corpus_free(out), corpus_free(base), corpus_free(a), corpus_free(b);
}

static void formats_without_a_place_for_them_say_so(void **state)
{
    (void)state;
    struct corpus *corpus = read_corpus("losses.json", try_native);
    set(corpus->posts, &on_entities, &model, NULL, &ana);
    set(corpus->posts, &on_entities, &gold, NULL, &bob);
    struct loss_list losses = {0};
    assert_int_equal(loss_add_unheld(&losses, corpus->posts, ~0u), 0);
    bool named = false;
    for (size_t i = 0; i < losses.n; i++)
        named = named || strstr(losses.lines[i], "2 verdicts");
    assert_true(named);
    loss_list_free(&losses);
    corpus_free(corpus);
}

static void damaged_ones_are_named_and_refused(void **state)
{
    (void)state;
    static const struct {
        const char *verdict, *reason;
    } wrong[] = {
        {"7", "a verdict is not a JSON object"},
        {"{\"gold\": null, \"predicted\": null, \"verdict\": \"gold\"}", "neither a gold label nor a predicted one"},
        {"{\"gold\": {\"start\": 0, \"end\": 1, \"type\": \"PER\"}}", "does not say who is wrong"},
        {"{\"gold\": {\"start\": 0, \"end\": 1, \"type\": \"PER\"}, \"verdict\": \"me\"}", "verdict \"me\" is not one"},
        {"{\"gold\": {\"start\": 0, \"end\": 9, \"type\": \"PER\"}, \"verdict\": \"gold\"}", "after the last of 2"},
        {"{\"gold\": {\"start\": 1, \"end\": 1, \"type\": \"PER\"}, \"verdict\": \"gold\"}", "an empty span"},
        {"{\"gold\": {\"start\": 0, \"end\": 1}, \"verdict\": \"gold\"}", "type of a label under a verdict is missing"},
        {"{\"gold\": 3, \"verdict\": \"gold\"}", "a label under a verdict is not a JSON object"},
        {"{\"gold\": {\"head\": [0, 1], \"tail\": [1], \"type\": \"x\"}, \"verdict\": \"gold\"}", "not [start, end]"},
        {"{\"gold\": {\"head\": [0, 1], \"tail\": [1, 2], \"type\": \"x\"}, \"predicted\": {\"start\": 0, \"end\": 1, "
         "\"type\": \"PER\"}, \"verdict\": \"gold\"}",
         "head of a relation under a verdict"},
        {"{\"gold\": {\"start\": 0, \"end\": 1, \"type\": \"PER\"}, \"verdict\": \"gold\", \"verdict\": \"model\"}",
         "verdict"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char content[700];
        struct corpus *corpus;
        snprintf(content, sizeof content,
                 "{\"format\": \"mmib-corpus\", \"version\": 1, \"posts\": [\n"
                 "{\"id\": \"p1\", \"tokens\": [\"a\", \"b\"],\n\"verdicts\": [%s]}]}",
                 wrong[i].verdict);
        assert_int_equal(corpus_read(try_put("wrong.json", content), NULL, &corpus, &err), -1);
        assert_int_equal(err.kind, ERROR_INPUT);
        if (!strstr(err.message, wrong[i].reason) || !strstr(err.message, "wrong.json:3: "))
            fail_msg("\"%s\" does not say: %s", err.message, wrong[i].reason);
    }
}

static void undo_says_what_it_takes_back(void **state)
{
    (void)state;
    struct corpus *corpus = read_corpus("words.json", try_native);
    struct edit_batch batch = {0};
    char words[200];
    set(corpus->posts, &on_entities, &model, NULL, &ana);
    assert_int_equal(edit_set_verdict(&batch, corpus->posts, &on_entities, &gold, NULL, &ana, &err), 0);
    edit_batch_words(&batch, false, words, sizeof words);
    assert_string_equal(words, "model wrong is gold wrong");
    edit_batch_words(&batch, true, words, sizeof words);
    assert_string_equal(words, "gold wrong is model wrong");
    edit_batch_free(&batch);
    corpus_free(corpus);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(one_verdict_a_person_and_case),
        TEST(they_follow_the_tokens),
        TEST(journal_file_and_history_keep_them),
        TEST(merged_answers_all_stand),
        TEST(formats_without_a_place_for_them_say_so),
        TEST(damaged_ones_are_named_and_refused),
        TEST(undo_says_what_it_takes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
