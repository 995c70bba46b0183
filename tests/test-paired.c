/* Two systems: flips, McNemar's test against worked examples, and the bootstrap against what must hold of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/paired.h"
#include "tests/corpus-try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define assert_near(got, wanted, within)                                                                               \
    do {                                                                                                               \
        double got_ = (got), wanted_ = (wanted);                                                                       \
        if (!(fabs(got_ - wanted_) <= (within)))                                                                       \
            fail_msg("%s is %.9f, not %.9f", #got, got_, wanted_);                                                     \
    } while (0)

/* ---- Flips ---- */

struct three {
    struct corpus *gold, *predicted[2];
    struct cases *cases[2];
};

static void three_read(struct three *out, const char *name, const char *gold, const char *a, const char *b)
{
    const char *texts[] = {a, b};
    struct error err;
    out->gold = try_read(name, gold);
    for (int i = 0; i < 2; i++) {
        out->predicted[i] = try_read(name, texts[i]);
        assert_int_equal(score_check_pairs(out->gold, out->predicted[i], &err), 0);
        assert_int_equal(cases_of_corpora(out->gold, out->predicted[i], SCORE_DEFAULT, false, &out->cases[i], &err), 0);
    }
}

static void three_free(struct three *three)
{
    corpus_free(three->gold);
    for (int i = 0; i < 2; i++) {
        corpus_free(three->predicted[i]);
        cases_free(three->cases[i]);
    }
}

static void three_compare(const struct three *three, enum cases_level level, struct paired_table *out)
{
    const struct corpus *const predicted[2] = {three->predicted[0], three->predicted[1]};
    struct error err;
    struct paired_flips sum = {0};
    assert_int_equal(paired_compare(three->cases[0], three->cases[1], three->gold, predicted, level, out, &err), 0);
    for (size_t i = 0; i < three->gold->n_posts; i++) /* and post by post */
        if (!three->cases[0]->posts[i].left_out)
            assert_int_equal(paired_add_post(&three->gold->posts[i], &three->cases[0]->posts[i],
                                             &three->cases[1]->posts[i], level, &sum), 0);
    assert_memory_equal(&sum, &out->total, sizeof sum);
}

static void assert_flips(const struct paired_flips *flips, size_t both, size_t only_a, size_t only_b, size_t neither)
{
    assert_int_equal(flips->both, both);
    assert_int_equal(flips->only_a, only_a);
    assert_int_equal(flips->only_b, only_b);
    assert_int_equal(flips->neither, neither);
}

static void flips_of_entities(void **state)
{
    struct three three;
    struct paired_table table;
    (void)state;
    three_read(&three, "a.conll", "IMGID:1\na\tB-PER\nb\tB-LOC\nc\tB-PER\nd\tB-ORG\ne\tO\nf\tO\n\n",
               "IMGID:1\na\tB-PER\nb\tB-LOC\nc\tB-ORG\nd\tO\ne\tB-PER\nf\tB-LOC\n\n",
               "IMGID:1\na\tB-PER\nb\tB-PER\nc\tB-PER\nd\tB-PER\ne\tB-PER\nf\tB-PER\n\n");
    three_compare(&three, CASES_ENTITIES, &table);
    assert_flips(&table.total, 1, 1, 1, 1);
    assert_int_equal(table.n_types, 3);
    assert_string_equal(table.types[0].name, "LOC");
    assert_flips(&table.types[0].flips, 0, 1, 0, 0);
    assert_flips(&table.types[1].flips, 0, 0, 0, 1); /* ORG */
    assert_flips(&table.types[2].flips, 1, 0, 1, 0); /* PER */
    assert_int_equal(table.classes[TAXONOMY_CORRECT][TAXONOMY_CORRECT], 1);
    assert_int_equal(table.classes[TAXONOMY_CORRECT][TAXONOMY_TYPE], 1);
    assert_int_equal(table.classes[TAXONOMY_TYPE][TAXONOMY_CORRECT], 1);
    assert_int_equal(table.classes[TAXONOMY_MISSED][TAXONOMY_TYPE], 1);
    assert_int_equal(table.wrong_both, 1); /* PER at e */
    assert_int_equal(table.wrong_a, 2);    /* ORG at c, LOC at f */
    assert_int_equal(table.wrong_b, 3);
    paired_table_free(&table);
    cases_leave_out(three.cases[0], 0, true);
    three_compare(&three, CASES_ENTITIES, &table);
    assert_flips(&table.total, 0, 0, 0, 0);
    paired_table_free(&table);
    three_free(&three);
}

/* Pairs x-y, x-z, y-z of one post with these labels. */
static void relations_text(char *out, size_t size, const char *xy, const char *xz, const char *yz)
{
    static const char form[] =
        "{'token': ['x', 'y', 'z'], 'h': {'name': 'x', 'pos': [0, 1]}, 't': {'name': 'y', 'pos': [1, 2]}, 'img_id': "
        "'b.jpg', 'relation': '%s'}\n"
        "{'token': ['x', 'y', 'z'], 'h': {'name': 'x', 'pos': [0, 1]}, 't': {'name': 'z', 'pos': [2, 3]}, 'img_id': "
        "'b.jpg', 'relation': '%s'}\n"
        "{'token': ['x', 'y', 'z'], 'h': {'name': 'y', 'pos': [1, 2]}, 't': {'name': 'z', 'pos': [2, 3]}, 'img_id': "
        "'b.jpg', 'relation': '%s'}\n";
    assert_true(snprintf(out, size, form, xy, xz, yz) < (int)size);
}

static void flips_of_relations(void **state)
{
    char texts[3][600];
    struct three three;
    struct paired_table table;
    (void)state;
    relations_text(texts[0], sizeof texts[0], "/per/per/peer", "None", "None");
    relations_text(texts[1], sizeof texts[1], "/per/per/peer", "None", "/per/per/peer");
    relations_text(texts[2], sizeof texts[2], "None", "None", "None");
    three_read(&three, "a.mnre", texts[0], texts[1], texts[2]);
    three_compare(&three, CASES_RELATIONS, &table);
    assert_flips(&table.total, 1, 1, 1, 0); /* None counts: it is an answer */
    assert_int_equal(table.n_types, 2);
    assert_flips(&table.types[0].flips, 0, 1, 0, 0);
    assert_string_equal(table.types[1].name, "None");
    assert_flips(&table.types[1].flips, 1, 0, 1, 0);
    assert_int_equal(table.classes[TAXONOMY_RELATION_SPURIOUS][TAXONOMY_RELATION_CORRECT], 1);
    assert_int_equal(table.wrong_a, 1);
    assert_int_equal(table.wrong_b + table.wrong_both, 0);
    paired_table_free(&table);
    three_free(&three);
}

/* A relation that A found the wrong way round makes two pairs wrong: the pair, and the reversed one that is None. */
static void flips_of_directions(void **state)
{
    static const char form[] =
        "{'token': ['x', 'y'], 'h': {'name': 'x', 'pos': [0, 1]}, 't': {'name': 'y', 'pos': [1, 2]}, 'img_id': "
        "'b.jpg', 'relation': '%s'}\n"
        "{'token': ['x', 'y'], 'h': {'name': 'y', 'pos': [1, 2]}, 't': {'name': 'x', 'pos': [0, 1]}, 'img_id': "
        "'b.jpg', 'relation': '%s'}\n";
    const char *const labels[][2] = {{"/per/loc/at", "None"}, {"None", "/per/loc/at"}, {"/per/loc/at", "None"}};
    char texts[3][400];
    struct three three;
    struct paired_table table;
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(snprintf(texts[i], sizeof texts[i], form, labels[i][0], labels[i][1]) < (int)sizeof texts[i]);
    three_read(&three, "a.mnre", texts[0], texts[1], texts[2]);
    assert_int_equal(three.cases[0]->totals[CASES_RELATIONS].classes[TAXONOMY_RELATION_DIRECTION].n, 1);
    three_compare(&three, CASES_RELATIONS, &table);
    assert_flips(&table.total, 0, 0, 2, 0);
    paired_table_free(&table);
    three_free(&three);
}

/* ---- McNemar ---- */

static struct paired_mcnemar mcnemar(size_t both, size_t only_a, size_t only_b, size_t neither)
{
    return paired_mcnemar(&(struct paired_flips){both, only_a, only_b, neither});
}

static void mcnemar_by_hand(void **state)
{
    struct paired_mcnemar test = mcnemar(10, 3, 9, 5);
    (void)state;
    assert_true(test.exact && isnan(test.statistic));
    assert_near(test.p, 2 * (1 + 12 + 66 + 220) / 4096.0, 1e-12); /* at most 3 heads of 12 coins, twice */
    assert_near(test.difference, 6 / 27.0, 1e-12);
    test = mcnemar(101, 121, 59, 33); /* |121 - 59| less 1, squared, over 180 */
    assert_true(!test.exact);
    assert_near(test.statistic, 61 * 61 / 180.0, 1e-12);
    assert_near(test.p, 5.4e-6, 5e-7); /* of chi-squared 20.67 */
    assert_near(mcnemar(0, 5, 5, 0).p, 1, 1e-12);
    assert_near(mcnemar(7, 0, 0, 7).p, 1, 1e-12);
    assert_near(mcnemar(7, 0, 0, 7).difference, 0, 0);
    assert_true(isnan(mcnemar(0, 0, 0, 0).p));
    assert_true(mcnemar(0, 24, 0, 0).exact && !mcnemar(0, 25, 0, 0).exact);
    assert_near(mcnemar(0, 30, 30, 0).p, 1, 1e-12); /* the correction does not turn the difference around */
}

static void interval_of_the_difference(void **state)
{
    struct paired_mcnemar test = mcnemar(10, 3, 9, 5);
    double a = 3.5 / 29, b = 9.5 / 29, half = 1.959964 * sqrt((a + b - (b - a) * (b - a)) / 29);
    (void)state;
    assert_near(test.low, b - a - half, 1e-6);
    assert_near(test.high, b - a + half, 1e-6);
    test = mcnemar(0, 0, 3, 0);
    assert_true(test.high <= 1 && test.low < test.high);
}

/* ---- Bootstrap ---- */

static struct paired_bootstrap bootstrap(const struct paired_post *posts, size_t n, size_t n_resamples, uint64_t seed)
{
    struct paired_bootstrap out;
    struct error err;
    assert_int_equal(paired_bootstrap(posts, n, n_resamples, seed, &out, &err), 0);
    return out;
}

static void a_seed_gives_its_numbers(void **state)
{
    struct paired_post posts[50];
    (void)state;
    for (size_t i = 0; i < 50; i++)
        posts[i] = (struct paired_post){{{i % 3, i % 2, 1}, {i % 4, 1, i % 3}}};
    struct paired_bootstrap a = bootstrap(posts, 50, 1000, 7), b = bootstrap(posts, 50, 1000, 7),
                            c = bootstrap(posts, 50, 1000, 8);
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(a.low != c.low && a.delta == c.delta);
    assert_true(a.low < a.delta && a.delta < a.high);
    assert_near(a.low, c.low, 0.05);
    assert_near(a.high, c.high, 0.05);
}

static void what_must_hold(void **state)
{
    struct paired_post same[20], better[20], empty[3] = {0};
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        same[i] = (struct paired_post){{{i, 2, 3}, {i, 2, 3}}};
        better[i] = (struct paired_post){{{1, 2, 3}, {3, 0, 1}}};
    }
    struct paired_bootstrap said = bootstrap(same, 20, 500, 1);
    assert_true(said.delta == 0 && said.low == 0 && said.high == 0 && said.p == 1);
    said = bootstrap(better, 20, 999, 1);
    assert_near(said.p, 0.002, 1e-12); /* no resample on the other side: 2 / 1000 */
    assert_near(said.delta, 6 / 7.0 - 2 / 7.0, 1e-12);
    assert_near(said.low, said.delta, 1e-12); /* all posts are alike */
    said = bootstrap(empty, 3, 100, 1);
    assert_true(isnan(said.delta) && isnan(said.p) && said.n_undefined == 100);
    said = bootstrap(NULL, 0, 10, 1);
    assert_true(isnan(said.low) && said.n_undefined == 10);
}

/* The spread of a mean is known: of n posts each right or wrong, recall's is sqrt(pq / n). */
static void the_interval_is_as_wide_as_it_should(void **state)
{
    struct paired_post posts[400];
    (void)state;
    for (size_t i = 0; i < 400; i++) /* A finds everything, B nine in ten of what is there; no false positives */
        posts[i] = (struct paired_post){{{1, 0, 0}, {i % 10 != 0, 0, i % 10 == 0}}};
    struct paired_bootstrap said = bootstrap(posts, 400, 4000, 3);
    double recall = 0.9, spread = sqrt(recall * (1 - recall) / 400), slope = 2 / ((1 + recall) * (1 + recall));
    assert_near(said.delta, 2 * recall / (1 + recall) - 1, 1e-12);
    assert_near(said.high - said.low, 2 * 1.96 * spread * slope, 0.1 * 2 * 1.96 * spread * slope);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flips_of_entities),        cmocka_unit_test(flips_of_relations),
        cmocka_unit_test(flips_of_directions),
        cmocka_unit_test(mcnemar_by_hand),          cmocka_unit_test(interval_of_the_difference),
        cmocka_unit_test(a_seed_gives_its_numbers), cmocka_unit_test(what_must_hold),
        cmocka_unit_test(the_interval_is_as_wide_as_it_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
