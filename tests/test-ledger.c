/* The ledger: its parts add up to the gap, whatever was corrected and said; and the published gold is found.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/json.h"
#include "corpora/ledger.h"
#include "corpora/published.h"
#include "corpora/score.h"
#include "corpora/text.h"
#include "tests/store-try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct edit_context ana = {"ana", "2026-11-25T01:00:00Z"}, bob = {"bob", "2026-11-25T02:00:00Z"};
static struct error err;

/* Gold: Mara Lind (PER), Camp Nou (LOC), Spain (LOC). Predicted: Lind (PER), Camp Nou (ORG), Spain (LOC), at (MISC).
 * Boundary, type, correct, spurious: 1 right, 3 wrong, 2 missed; 100 / (3 + 4) points a share. */
static const char *const gold_content =
    "{\"format\": \"mmib-corpus\", \"version\": 1, \"posts\": [{\"id\": \"p\", "
    "\"tokens\": [\"Mara\", \"Lind\", \"at\", \"Camp\", \"Nou\", \"Spain\"], \"entities\": ["
    "{\"id\": \"e1\", \"start\": 0, \"end\": 2, \"type\": \"PER\"}, "
    "{\"id\": \"e2\", \"start\": 3, \"end\": 5, \"type\": \"LOC\"}, "
    "{\"id\": \"e3\", \"start\": 5, \"end\": 6, \"type\": \"LOC\"}]}]}";
static const char *const predicted_content =
    "{\"format\": \"mmib-corpus\", \"version\": 1, \"posts\": [{\"id\": \"p\", "
    "\"tokens\": [\"Mara\", \"Lind\", \"at\", \"Camp\", \"Nou\", \"Spain\"], \"entities\": ["
    "{\"id\": \"e1\", \"start\": 1, \"end\": 2, \"type\": \"PER\"}, "
    "{\"id\": \"e2\", \"start\": 3, \"end\": 5, \"type\": \"ORG\"}, "
    "{\"id\": \"e3\", \"start\": 5, \"end\": 6, \"type\": \"LOC\"}, "
    "{\"id\": \"e4\", \"start\": 2, \"end\": 3, \"type\": \"MISC\"}]}]}";

static struct corpus *published, *gold, *predicted;

static struct corpus *read_corpus(const char *name, const char *content)
{
    struct corpus *corpus;
    if (corpus_read(try_put(name, content), NULL, &corpus, &err))
        fail_msg("%s", err.message);
    return corpus;
}

static int set_up(void **state)
{
    (void)state;
    err = (struct error){0};
    published = read_corpus("published.json", gold_content);
    gold = read_corpus("gold.json", gold_content);
    predicted = read_corpus("predicted.json", predicted_content);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    corpus_free(published);
    corpus_free(gold);
    corpus_free(predicted);
    return 0;
}

static void assert_sum(const struct ledger_sum *sum)
{
    size_t halves = 0;
    for (int i = 0; i < LEDGER_ENTRIES; i++)
        halves += sum->halves[i];
    assert_int_equal(halves, 2 * sum->n);
    assert_true(2 * (sum->n_unsure + sum->n_disputed) <= sum->halves[LEDGER_OPEN]);
}

/* The parts of every sum add up, sums over classes and over types are that of all, and all is the gap of the scores. */
static void assert_part(const struct ledger_part *part, const struct score *before, const struct score *now)
{
    struct ledger_sum classes = {0}, types = {0};
    size_t at = 0;
    assert_sum(&part->all);
    for (int i = 0; i < TAXONOMY_CLASSES_MAX; i++) {
        assert_sum(&part->classes[i]);
        classes.n += part->classes[i].n;
        for (int k = 0; k < LEDGER_ENTRIES; k++)
            classes.halves[k] += part->classes[i].halves[k];
    }
    for (size_t i = 0; i < part->n_types; i++) {
        const struct score_counts *counts = &part->types[i].counts;
        assert_sum(&part->types[i].sum);
        assert_int_equal(part->types[i].sum.n, counts->fp + counts->fn);
        types.n += part->types[i].sum.n;
        for (int k = 0; k < LEDGER_ENTRIES; k++)
            types.halves[k] += part->types[i].sum.halves[k];
    }
    for (size_t i = 0; i < before->n_types; i++) {
        while (at < part->n_types && strcmp(part->types[at].name, before->types[i].name) != 0)
            at++;
        const struct score_counts *want = &before->types[i].counts;
        if (want->tp + want->fp + want->fn == 0)
            continue;
        assert_true(at < part->n_types);
        assert_memory_equal(&part->types[at].counts, want, sizeof *want);
        at = 0;
    }
    assert_int_equal(classes.n, part->all.n);
    assert_int_equal(types.n, part->all.n);
    assert_memory_equal(classes.halves, part->all.halves, sizeof classes.halves);
    assert_memory_equal(types.halves, part->all.halves, sizeof types.halves);
    assert_memory_equal(&part->published, &before->micro, sizeof part->published);
    assert_memory_equal(&part->now, &now->micro, sizeof part->now);
    double sum = 0, f1 = score_ratios(&before->micro).f1;
    for (int k = 0; k < LEDGER_ENTRIES; k++)
        sum += ledger_points(part, part->all.halves[k]);
    if (isnan(f1))
        assert_true(isnan(ledger_gap(part)));
    else
        assert_float_equal(sum, 100 - 100 * f1, 1e-9);
    /* What is an error now: what was one and was not corrected, and the new ones. */
    assert_int_equal(now->micro.fp + now->micro.fn,
                     part->all.n - part->all.halves[LEDGER_CORRECTED] / 2 + part->n_new);
}

static struct ledger ledger_of(void)
{
    struct ledger ledger = {0};
    struct score before, now;
    for (size_t i = 0; i < gold->n_posts; i++) {
        const struct ledger_post post = {.published = {.post = &published->posts[i]},
                                         .gold = {.post = &gold->posts[i]},
                                         .predicted = {.post = &predicted->posts[i]}};
        assert_int_equal(ledger_add(&ledger, &post, &gold->schema, NULL, &err), 0);
    }
    for (int level = 0; level < 2; level++) {
        int (*score)(const struct corpus *, const struct corpus *, struct score *, struct error *) = score_relations;
        if (level ? score(published, predicted, &before, &err)
                  : score_entities(published, predicted, SCORE_DEFAULT, &before, &err))
            fail_msg("%s", err.message);
        if (level ? score(gold, predicted, &now, &err) : score_entities(gold, predicted, SCORE_DEFAULT, &now, &err))
            fail_msg("%s", err.message);
        assert_part(&ledger.parts[level], &before, &now);
        score_free(&before);
        score_free(&now);
    }
    return ledger;
}

static void say(size_t gold_entity, size_t predicted_entity, enum verdict_answer answer,
                const struct edit_context *context)
{
    const struct taxonomy_case found = {.gold = gold_entity, .predicted = predicted_entity, .beside = TAXONOMY_ABSENT};
    struct verdict key;
    struct edit_batch batch = {0};
    ledger_key(&found, published->posts, predicted->posts, &key);
    if (edit_set_verdict(&batch, gold->posts, &key, &answer, NULL, context, &err) ||
        edit_batch_apply(&batch, gold->posts, 1, &err))
        fail_msg("%s", err.message);
    edit_batch_free(&batch);
}

static void assert_halves(const struct ledger_sum *sum, size_t model, size_t corpus, size_t corrected, size_t open)
{
    const size_t want[] = {model, corpus, corrected, open};
    assert_memory_equal(sum->halves, want, sizeof want);
}

static void verdicts_say_whose_it_is(void **state)
{
    (void)state;
    struct ledger ledger = ledger_of();
    assert_int_equal(ledger.parts[0].all.n, 5);
    assert_halves(&ledger.parts[0].all, 0, 0, 0, 10);
    assert_false(ledger_is_judged(&ledger));
    assert_float_equal(ledger_gap(&ledger.parts[0]), 500.0 / 7, 1e-9);
    ledger_free(&ledger);

    say(0, 0, VERDICT_MODEL, &ana);               /* the boundary: two shares */
    say(1, 1, VERDICT_BOTH, &ana);                /* the type: two */
    say(TAXONOMY_ABSENT, 3, VERDICT_GOLD, &ana);  /* the spurious one */
    ledger = ledger_of();
    const struct ledger_part *part = &ledger.parts[0];
    assert_halves(&part->all, 4 + 2, 2 + 2, 0, 0);
    assert_halves(&part->classes[TAXONOMY_BOUNDARY], 4, 0, 0, 0);
    assert_halves(&part->classes[TAXONOMY_TYPE], 2, 2, 0, 0);
    assert_halves(&part->classes[TAXONOMY_SPURIOUS], 0, 2, 0, 0);
    assert_string_equal(part->types[0].name, "LOC");
    assert_halves(&part->types[0].sum, 1, 1, 0, 0);
    assert_string_equal(part->types[1].name, "MISC");
    assert_halves(&part->types[1].sum, 0, 2, 0, 0);
    assert_float_equal(ledger_points(part, part->all.halves[LEDGER_CORPUS]), 200.0 / 7, 1e-9);
    ledger_free(&ledger);

    say(0, 0, VERDICT_UNSURE, &bob); /* ana is sure */
    say(1, 1, VERDICT_MODEL, &bob);  /* ana said both */
    say(TAXONOMY_ABSENT, 3, VERDICT_GOLD, &bob);
    ledger = ledger_of();
    assert_halves(&ledger.parts[0].all, 4, 2, 0, 4);
    assert_int_equal(ledger.parts[0].all.n_disputed, 2);
    assert_int_equal(ledger.parts[0].all.n_unsure, 0);
    ledger_free(&ledger);
}

static void what_another_system_was_told_counts_after_its_own(void **state)
{
    (void)state;
    const struct taxonomy_case found = {.gold = 1, .predicted = 1};
    struct verdict key;
    ledger_key(&found, published->posts, predicted->posts, &key);
    assert_int_equal(ledger_opinion(gold->posts, &key), LEDGER_NOBODY);
    struct verdict both[2] = {key, key};
    both[0].system = (char *)"a";
    both[0].answer = VERDICT_MODEL;
    both[1].system = (char *)"b";
    both[1].answer = VERDICT_GOLD;
    struct post post = gold->posts[0];
    post.verdicts = both;
    post.n_verdicts = 2;
    assert_int_equal(ledger_opinion(&post, &key), LEDGER_SAYS_DIFFER);
    key.system = (char *)"a";
    assert_int_equal(ledger_opinion(&post, &key), LEDGER_SAYS_MODEL);
    key.system = (char *)"b";
    assert_int_equal(ledger_opinion(&post, &key), LEDGER_SAYS_GOLD);
    post.n_verdicts = 1;
    assert_int_equal(ledger_opinion(&post, &key), LEDGER_SAYS_MODEL);
}

static void edit(int failed, struct edit_batch *batch)
{
    if (failed || edit_batch_apply(batch, &gold->posts[batch->post], 1, &err))
        fail_msg("%s", err.message);
    edit_batch_free(batch);
}

static void what_was_corrected_is_the_corpus_s(void **state)
{
    (void)state;
    struct edit_batch batch = {0};
    say(1, 1, VERDICT_MODEL, &ana); /* thought better of it since */
    edit(edit_retype_entity(&batch, gold->posts, "e2", "ORG", &ana, &err), &batch);
    struct ledger ledger = ledger_of();
    assert_int_equal(ledger.n_changed, 1);
    assert_halves(&ledger.parts[0].all, 0, 0, 4, 6);
    assert_halves(&ledger.parts[0].classes[TAXONOMY_TYPE], 0, 0, 4, 0);
    assert_int_equal(ledger.parts[0].n_new, 0);
    ledger_free(&ledger);

    edit(edit_delete_entity(&batch, gold->posts, "e3", &err), &batch); /* which the model had right */
    ledger = ledger_of();
    assert_halves(&ledger.parts[0].all, 0, 0, 4, 6);
    assert_int_equal(ledger.parts[0].n_new, 1);
    ledger_free(&ledger);

    /* Corrected, and the model is still wrong: the missed label was the corpus's error, the prediction is judged. */
    edit(edit_retype_entity(&batch, gold->posts, "e1", "MISC", &ana, &err), &batch);
    ledger = ledger_of();
    assert_halves(&ledger.parts[0].all, 0, 0, 6, 4);
    assert_int_equal(ledger.parts[0].n_new, 2);
    ledger_free(&ledger);
    const enum verdict_answer model = VERDICT_MODEL;
    const struct taxonomy_case found = {.gold = 0, .predicted = 0};
    struct verdict key;
    ledger_key(&found, gold->posts, predicted->posts, &key); /* of the case as it is now */
    edit(edit_set_verdict(&batch, gold->posts, &key, &model, NULL, &ana, &err), &batch);
    ledger = ledger_of();
    assert_halves(&ledger.parts[0].all, 2, 0, 6, 2);
    ledger_free(&ledger);

    /* Words that are others than those of the predictions: what was an error stays one. */
    edit(edit_split_token(&batch, gold->posts, 0, 1, &err), &batch);
    struct ledger split = {0};
    const struct ledger_post post = {.published = {.post = published->posts},
                                     .gold = {.post = gold->posts},
                                     .predicted = {.post = predicted->posts}};
    assert_int_equal(ledger_add(&split, &post, NULL, NULL, &err), 0);
    assert_halves(&split.parts[0].all, 0, 0, 0, 10);
    assert_int_equal(split.n_changed, 1);
    ledger_free(&split);
}

/* Random gold, predictions, corrections and verdicts. */
static void parts_always_add_up(void **state)
{
    (void)state;
    size_t n_corrected = 0, n_judged = 0, n_new = 0;
    for (uint64_t round = 0; round < 300; round++) {
        uint64_t seed = round;
        struct corpus *corpora[] = {published, gold, predicted};
        for (size_t i = 0; i < 3; i++) {
            corpus_free(corpora[i]);
            corpora[i] = read_corpus("random.json", try_native);
        }
        published = corpora[0], gold = corpora[1], predicted = corpora[2];
        for (size_t act = 0; act < 60; act++) {
            const size_t post = try_random(&seed, 3), side = try_random(&seed, 2);
            struct edit_batch batch;
            try_random_batch(&seed, &corpora[1 + side]->posts[post], post, &batch);
            bool words = false;
            char *json = NULL;
            assert_int_equal(edit_batch_to_json(&batch, &json, &err), 0);
            words = strstr(json, "\"tokens\"") != NULL;
            free(json);
            if (!words) {
                assert_int_equal(edit_batch_apply(&batch, &corpora[1 + side]->posts[post], 1, &err), 0);
                if (act < 20 && side == 0) /* gold as it was published has it too */
                    assert_int_equal(edit_batch_apply(&batch, &published->posts[post], 1, &err), 0);
            }
            edit_batch_free(&batch);
        }
        for (size_t i = 0; i < 3; i++) { /* something is said of every other error */
            struct taxonomy_list list = {0};
            const struct taxonomy_side a = {&published->posts[i], NULL}, b = {&predicted->posts[i], NULL};
            assert_int_equal(taxonomy_entities(&a, &b, &list, &err), 0);
            assert_int_equal(taxonomy_relations(NULL, a.post, b.post, &list, &err), 0);
            for (size_t k = 0; k < list.n; k++) {
                const enum verdict_answer answer = (enum verdict_answer)try_random(&seed, 4);
                struct verdict key;
                struct edit_batch batch = {.post = i};
                ledger_key(&list.items[k], a.post, b.post, &key);
                if (try_random(&seed, 2))
                    continue;
                edit(edit_set_verdict(&batch, &gold->posts[i], &key, &answer, NULL, try_random(&seed, 2) ? &ana : &bob,
                                      &err),
                     &batch);
            }
            taxonomy_list_free(&list);
        }
        struct ledger ledger = ledger_of();
        for (size_t level = 0; level < 2; level++) {
            n_corrected += ledger.parts[level].all.halves[LEDGER_CORRECTED];
            n_judged += ledger.parts[level].all.halves[LEDGER_MODEL] + ledger.parts[level].all.halves[LEDGER_CORPUS];
            n_new += ledger.parts[level].n_new;
        }
        ledger_free(&ledger);
    }
    assert_true(n_corrected > 300 && n_judged > 300 && n_new > 300);
}

/* ---- The published gold ---- */

static void label(const char *path, const char *type, bool save)
{
    struct store *store = try_open(path, NULL);
    try_label(store, 0, 0, 1, type);
    if (save && store_save(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
}

static void assert_published(const char *path, const struct corpus_options *options, const char *name, size_t n,
                             const char *type)
{
    struct published *found;
    if (published_open(path, NULL, options, &found, &err))
        fail_msg("%s", err.message);
    if (!name) {
        assert_null(found);
        assert_null(published_post_peek(found, "a"));
        return;
    }
    assert_non_null(found);
    const char *slash = strrchr(published_name(found), '/');
    assert_string_equal(slash ? slash + 1 : published_name(found), name);
    const struct corpus *corpus = published_corpus_peek(found);
    const struct post *post = published_post_peek(found, corpus->posts[0].id);
    assert_ptr_equal(post, corpus->posts);
    assert_int_equal(post->n_entities, n);
    assert_string_equal(post->entities[n - 1].type, type);
    assert_null(published_post_peek(found, "no such post"));
    published_free(found);
}

static void the_published_gold_is_found(void **state)
{
    (void)state;
    char path[200], conll[200], work[220];
    snprintf(path, sizeof path, "%s", try_put("native.json", try_native));
    assert_published(path, NULL, NULL, 0, NULL);
    label(path, "PER", false); /* in the journal only */
    assert_published(path, NULL, "native.json", 2, "LOC");
    label(path, "LOC", true);
    label(path, "ORG", true);
    assert_published(path, NULL, "native.json", 2, "LOC");

    /* Another program changed it: what its history began with tells nothing about it. */
    char *content = try_get(path, NULL);
    try_put("native.json", "{\"format\": \"mmib-corpus\", \"version\": 1, \"posts\": []}");
    assert_published(path, NULL, NULL, 0, NULL);
    free(content);

    snprintf(conll, sizeof conll, "%s", try_put("test.conll", try_conll));
    snprintf(work, sizeof work, "%s", try_path("test.mmib.json"));
    assert_published(conll, NULL, NULL, 0, NULL); /* itself */
    label(conll, "PER", true);
    assert_published(work, NULL, "test.conll", 1, "PER");
    char moved[220];
    snprintf(moved, sizeof moved, "%s", try_path("copy.json")); /* without its history */
    content = try_get(work, NULL);
    try_put("copy.json", content);
    free(content);
    assert_published(moved, NULL, "test.conll", 1, "PER");
    try_put("test.conll", "IMGID:1\nGo\tO\nRob\tB-ORG\n"); /* not the file that the work is on */
    assert_published(moved, NULL, NULL, 0, NULL);
    assert_published(work, NULL, "test.mmib.json", 1, "PER"); /* but the history began with it */
}

static void types_have_the_names_of_now(void **state)
{
    (void)state;
    const char *const maps[] = {"PER=PERSON"};
    const struct store_options options = {.corpus = {.maps = maps, .n_maps = 1}};
    char path[200];
    snprintf(path, sizeof path, "%s", try_put("renamed.json", try_native));
    struct store *store = try_open(path, &options);
    try_label(store, 0, 0, 1, "LOC");
    if (store_save(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
    struct published *found;
    assert_int_equal(published_open(path, NULL, NULL, &found, &err), 0);
    assert_string_equal(published_post_peek(found, "a")->entities[0].type, "PERSON");
    published_free(found);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(verdicts_say_whose_it_is),
        TEST(what_another_system_was_told_counts_after_its_own),
        TEST(what_was_corrected_is_the_corpus_s),
        TEST(parts_always_add_up),
        TEST(the_published_gold_is_found),
        TEST(types_have_the_names_of_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
