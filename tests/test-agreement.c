/* Agreement: chance-corrected figures against published examples, pairings, and whole corpora worked out by hand.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/agreement.h"
#include "corpora/overlap.h"
#include "tests/corpus-try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define assert_near(got, wanted, within)                                                                               \
    do {                                                                                                               \
        double got_ = (got), wanted_ = (wanted);                                                                       \
        if (!(fabs(got_ - wanted_) <= (within)))                                                                       \
            fail_msg("%s is %.6f, not %.6f", #got, got_, wanted_);                                                     \
    } while (0)

/* ---- Kappa ---- */

static double kappa_of(size_t yes_yes, size_t yes_no, size_t no_yes, size_t no_no, double *of_no)
{
    const size_t times[4] = {yes_yes, yes_no, no_yes, no_no};
    struct reliability_kappa counts = {0};
    for (int i = 0; i < 4; i++)
        for (size_t k = 0; k < times[i]; k++)
            assert_int_equal(reliability_kappa_add(&counts, i / 2, i % 2), 0);
    double kappa = reliability_kappa(&counts);
    *of_no = reliability_kappa_of(&counts, 1);
    reliability_kappa_free(&counts);
    return kappa;
}

static void test_kappa_of_published_tables(void **state)
{
    double of_no;
    (void)state;
    assert_near(kappa_of(20, 5, 10, 15, &of_no), 0.4, 1e-12);
    assert_near(of_no, 0.4, 1e-12); /* of two labels, one against the other is the whole */
    assert_near(kappa_of(45, 15, 25, 15, &of_no), 0.1304, 5e-5);
    assert_near(kappa_of(25, 35, 5, 35, &of_no), 0.2593, 5e-5);
    assert_near(kappa_of(10, 0, 0, 10, &of_no), 1, 1e-12);
    assert_near(kappa_of(0, 10, 10, 0, &of_no), -1, 1e-12);
    assert_true(isnan(kappa_of(10, 0, 0, 0, &of_no)));
    assert_true(isnan(kappa_of(0, 0, 0, 0, &of_no)));
}

/* ---- Alpha: the examples of K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011 ---- */

/* A row of labels an observer, '.' = missing. */
static double alpha_of(const char *const *rows, size_t n_observers, size_t *n_units, size_t *n_values)
{
    struct reliability_alpha counts = {0};
    for (size_t unit = 0; unit < strlen(rows[0]); unit++) {
        size_t values[8];
        for (size_t i = 0; i < n_observers; i++)
            values[i] = rows[i][unit] == '.' ? RELIABILITY_MISSING : (size_t)(rows[i][unit] - '0');
        assert_int_equal(reliability_alpha_add(&counts, values, n_observers), 0);
    }
    double alpha = reliability_alpha(&counts);
    *n_units = counts.n_units;
    *n_values = counts.n_values;
    reliability_alpha_free(&counts);
    return alpha;
}

static void test_alpha_of_published_data(void **state)
{
    size_t units, values;
    (void)state;
    static const char *const binary[2] = {"0100000010", "1110010000"};
    assert_near(alpha_of(binary, 2, &units, &values), 0.095, 5e-4);
    static const char *const five_labels[2] = {"001132224330", "101112224333"};
    assert_near(alpha_of(five_labels, 2, &units, &values), 0.692, 5e-4);
    static const char *const with_missing[4] = {"123321412...", "1233224125.3", ".3332342251.", "12332441251."};
    assert_near(alpha_of(with_missing, 4, &units, &values), 0.743, 5e-4);
    assert_int_equal(units, 11); /* the last has one value: it cannot agree or differ */
    assert_int_equal(values, 40);
    static const char *const unanimous[2] = {"000", "000"}, *const alone[2] = {"01.", "..1"};
    assert_true(isnan(alpha_of(unanimous, 2, &units, &values)));
    assert_true(isnan(alpha_of(alone, 2, &units, &values)));
    assert_int_equal(units, 0);
}

/* ---- Pairings ---- */

static void test_spans_pair_as_often_as_they_can(void **state)
{
    (void)state;
    /* [0,4) overlaps both of b, [3,5) only the second: taking the wrong one first would leave one alone. */
    struct overlap_span a[2] = {{0, 4}, {3, 5}}, b[2] = {{3, 6}, {0, 1}};
    assert_int_equal(overlap_count_pairs(a, 2, b, 2), 2);
    struct overlap_span outer[1] = {{0, 9}}, inner[3] = {{1, 2}, {3, 4}, {5, 6}};
    assert_int_equal(overlap_count_pairs(outer, 1, inner, 3), 1);
    struct overlap_span left[2] = {{0, 2}, {2, 3}}, right[2] = {{3, 4}, {4, 9}};
    assert_int_equal(overlap_count_pairs(left, 2, right, 2), 0);
}

/* Against trying every way, on random spans. */
static size_t most_pairs(const struct overlap_span *a, size_t n_a, const struct overlap_span *b, size_t n_b,
                         unsigned taken)
{
    if (!n_a)
        return 0;
    size_t best = most_pairs(a + 1, n_a - 1, b, n_b, taken);
    for (size_t k = 0; k < n_b; k++) {
        if (taken & 1u << k || !overlap_spans(a, &b[k]))
            continue;
        size_t pairs = 1 + most_pairs(a + 1, n_a - 1, b, n_b, taken | 1u << k);
        best = pairs > best ? pairs : best;
    }
    return best;
}

static void test_no_other_pairing_of_spans_has_more(void **state)
{
    unsigned seed = 7;
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct overlap_span spans[2][5];
        for (int s = 0; s < 2; s++)
            for (int i = 0; i < 5; i++) {
                seed = seed * 1103515245u + 12345u;
                spans[s][i].start = seed >> 16 & 7;
                spans[s][i].end = spans[s][i].start + 1 + (seed >> 20 & 3);
            }
        size_t wanted = most_pairs(spans[0], 5, spans[1], 5, 0);
        assert_int_equal(overlap_count_pairs(spans[0], 5, spans[1], 5), wanted);
    }
}

static void test_boxes_pair_best_first(void **state)
{
    (void)state;
    const double a[2][4] = {{0, 0, 10, 10}, {0, 0, 10, 8}};
    const double b[2][4] = {{0, 0, 10, 9}, {100, 100, 110, 110}};
    size_t partner[2];
    assert_near(overlap_iou(a[0], b[0]), 0.9, 1e-12);
    assert_near(overlap_iou(a[1], b[0]), 8.0 / 9, 1e-12);
    assert_near(overlap_iou(a[0], b[1]), 0, 0);
    const double empty[4] = {5, 5, 5, 9};
    assert_near(overlap_iou(empty, empty), 0, 0);
    assert_int_equal(overlap_match_boxes(a, 2, b, 2, 0.5, partner, NULL), 0);
    assert_int_equal(partner[0], 0);
    assert_true(partner[1] == SIZE_MAX);
}

/* ---- Corpora ---- */

#define HEAD "{\"format\": \"mmib-corpus\", \"version\": 1, \"schema\": {\"entities\": [\"PER\"]}, \"posts\": ["
#define FIVE "\"tokens\": [\"a\", \"b\", \"c\", \"d\", \"e\"]"

static void compare(struct corpus **corpora, size_t n, const struct agreement_options *options, struct agreement *out)
{
    struct error err;
    if (agreement_compare(corpora, n, options, out, &err))
        fail_msg("%s", err.message);
}

static double value(const struct agreement *agreement, enum agreement_measure measure)
{
    return agreement_figure(&agreement->pairs[0], measure).value;
}

static void test_a_pair_worked_out_by_hand(void **state)
{
    (void)state;
    struct corpus *corpora[2] = {
        try_read("a.json",
                 HEAD "{\"id\": \"1\", " FIVE ", \"image\": \"x.jpg\", \"entities\": ["
                      "{\"id\": \"e1\", \"start\": 0, \"end\": 2, \"type\": \"PER\", \"grounding\": [\"o1\"]},"
                      "{\"id\": \"e2\", \"start\": 3, \"end\": 5, \"type\": \"LOC\", \"grounding\": []}], "
                      "\"relations\": [{\"head\": \"e1\", \"tail\": \"e2\", \"type\": \"in\"}], "
                      "\"objects\": [{\"id\": \"o1\", \"box\": [0, 0, 10, 10], \"label\": \"man\"},"
                      "{\"id\": \"o2\", \"box\": [50, 50, 60, 60]}]},"
                      "{\"id\": \"2\", " FIVE ", \"entities\": ["
                      "{\"id\": \"e1\", \"start\": 1, \"end\": 2, \"type\": \"LOC\"},"
                      "{\"id\": \"e2\", \"start\": 4, \"end\": 5, \"type\": \"PER\"},"
                      "{\"id\": \"e3\", \"start\": 2, \"end\": 3, \"type\": \"PER\", \"source\": \"model\"}]},"
                      "{\"id\": \"3\", \"tokens\": [\"z\"]}, {\"id\": \"4\", \"tokens\": [\"x\", \"y\"]}]}"),
        try_read("b.json",
                 HEAD "{\"id\": \"2\", " FIVE ", \"entities\": ["
                      "{\"id\": \"e1\", \"start\": 1, \"end\": 2, \"type\": \"LOC\"},"
                      "{\"id\": \"e2\", \"start\": 4, \"end\": 5, \"type\": \"PER\"}],"
                      "\"relations\": [{\"head\": \"e1\", \"tail\": \"e2\", \"type\": \"None\"}]},"
                      "{\"id\": \"1\", " FIVE ", \"image\": \"x.jpg\", \"entities\": ["
                      "{\"id\": \"e7\", \"start\": 0, \"end\": 2, \"type\": \"PER\", \"grounding\": [\"o7\"]},"
                      "{\"id\": \"e9\", \"start\": 3, \"end\": 4, \"type\": \"LOC\", \"grounding\": []}], "
                      "\"relations\": [{\"head\": \"e9\", \"tail\": \"e7\", \"type\": \"in\"}], "
                      "\"objects\": [{\"id\": \"o7\", \"box\": [0, 0, 10, 8], \"label\": \"woman\"}]},"
                      "{\"id\": \"4\", \"tokens\": [\"x y\"]}]}"),
    };
    struct agreement agreement;
    compare(corpora, 2, NULL, &agreement);
    const struct agreement_pair *pair = &agreement.pairs[0];
    assert_int_equal(pair->n_posts, 2);
    assert_int_equal(pair->n_only[0], 1);
    assert_int_equal(pair->n_only[1], 0);
    assert_int_equal(pair->n_other_tokens, 1);
    assert_int_equal(pair->n_proposals[0], 1);

    /* a: B-PER I-PER O B-LOC I-LOC | O B-LOC O O B-PER; b has O for that I-LOC. p_o = 9/10; the same labels come
     * 2 1 3 2 1 (+1 O of b) times: p_e = (2*2 + 1*1 + 4*5 + 2*2 + 1*0) / 100 with O 4 and 5. */
    assert_near(value(&agreement, AGREEMENT_KAPPA), (0.9 - 0.29) / (1 - 0.29), 1e-12);
    /* Types: PER 3 3, LOC 3 2, O 4 5. */
    assert_near(value(&agreement, AGREEMENT_KAPPA_TYPES), (0.9 - 0.35) / (1 - 0.35), 1e-12);
    assert_near(value(&agreement, AGREEMENT_SPANS), 2 * 3.0 / 8, 1e-12);
    assert_near(value(&agreement, AGREEMENT_SPANS_PARTIAL), 2 * 3.5 / 8, 1e-12);
    assert_string_equal(pair->types.items[0].name, "LOC");
    assert_near(agreement_type_figure(&pair->types.items[0], false).value, 0.5, 1e-12);
    assert_near(agreement_type_figure(&pair->types.items[0], true).value, 0.75, 1e-12);
    assert_near(agreement_type_figure(&pair->types.items[1], true).value, 1, 1e-12);

    /* The one pair of spans that both have says None twice; the other relation's second entity is not the same. */
    assert_int_equal(pair->relations.n_units, 1);
    assert_int_equal(pair->n_outside[0], 1);
    assert_int_equal(pair->n_outside[1], 1);
    assert_string_equal(agreement_figure(pair, AGREEMENT_RELATIONS).reason, "everybody gave every pair the same value");

    assert_near(value(&agreement, AGREEMENT_BOXES), 2 * 1.0 / 3, 1e-12);
    assert_near(value(&agreement, AGREEMENT_IOU), 0.8, 1e-12);
    assert_int_equal(pair->n_same_label, 0);
    assert_int_equal(pair->n_answered, 1);
    assert_near(value(&agreement, AGREEMENT_GROUNDING), 1, 1e-12);
    agreement_free(&agreement);

    compare(corpora, 2, &(struct agreement_options){.with_proposals = true}, &agreement);
    assert_int_equal(agreement.pairs[0].n_spans[0], 5);
    agreement_free(&agreement);
    corpus_free(corpora[0]);
    corpus_free(corpora[1]);
}

#define ENTITIES                                                                                                       \
    "\"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 1, \"type\": \"PER\"}, "                                   \
    "{\"id\": \"e2\", \"start\": 1, \"end\": 2, \"type\": \"LOC\"}, "                                                  \
    "{\"id\": \"e3\", \"start\": 3, \"end\": 4, \"type\": \"LOC\"}]"

/* Three units, (e1 e2), (e1 e3), (e2 e3), four values of "in", one of them the other way round, two of "near", three of
 * None; the third annotator lacks e3. */
static void test_alpha_of_relations_of_three(void **state)
{
    (void)state;
    struct corpus *corpora[3] = {
        try_read("a.json", HEAD "{\"id\": \"1\", " FIVE ", " ENTITIES ", \"relations\": ["
                                "{\"head\": \"e1\", \"tail\": \"e2\", \"type\": \"in\"},"
                                "{\"head\": \"e1\", \"tail\": \"e3\", \"type\": \"near\"}]}]}"),
        try_read("b.json", HEAD "{\"id\": \"1\", " FIVE ", " ENTITIES ", \"relations\": ["
                                "{\"head\": \"e2\", \"tail\": \"e1\", \"type\": \"in\"},"
                                "{\"head\": \"e1\", \"tail\": \"e3\", \"type\": \"near\"}]}]}"),
        try_read("c.json", HEAD "{\"id\": \"1\", " FIVE ", \"entities\": ["
                                "{\"id\": \"e1\", \"start\": 0, \"end\": 1, \"type\": \"LOC\"},"
                                "{\"id\": \"e2\", \"start\": 1, \"end\": 2, \"type\": \"LOC\"}], \"relations\": ["
                                "{\"head\": \"e1\", \"tail\": \"e2\", \"type\": \"in\"}]}]}"),
    };
    struct agreement agreement;
    size_t n;
    compare(corpora, 3, NULL, &agreement);
    assert_int_equal(agreement.n_pairs, 3);
    /* Values: in> in< in> | near> near> | None None. D_o = (4 / 2) / 7; n_c = 2 1 2 2: D_e = (49 - 13) / 42. */
    assert_int_equal(agreement.relations.n_units, 3);
    assert_int_equal(agreement.relations.n_values, 7);
    assert_near(agreement_alpha(&agreement.relations).value, 1 - (2.0 / 7) / (36.0 / 42), 1e-12);
    /* a, b: in> in< | near near | None None: D_o = 2 / 6, D_e = (36 - 10) / 30. */
    assert_near(agreement_figure(&agreement.pairs[0], AGREEMENT_RELATIONS).value, 1 - (2.0 / 6) / (26.0 / 30), 1e-12);
    /* a, c: in> in>: one value only. b, c: in< in>: 1 - 1 / (2 / 2). */
    assert_non_null(agreement_figure(&agreement.pairs[1], AGREEMENT_RELATIONS).reason);
    assert_near(agreement_figure(&agreement.pairs[2], AGREEMENT_RELATIONS).value, 0, 1e-12);
    assert_int_equal(agreement.pairs[1].n_outside[0], 1);
    double mean = agreement_mean(&agreement, AGREEMENT_RELATIONS, &n).value;
    assert_int_equal(n, 2);
    assert_near(mean, (1 - (2.0 / 6) / (26.0 / 30)) / 2, 1e-12);
    assert_string_equal(agreement.pairs[0].relation_types.items[0].name, "in");
    assert_int_equal(agreement.pairs[0].relation_types.items[0].exact, 0);
    assert_int_equal(agreement.pairs[0].relation_types.items[1].exact, 1);
    agreement_free(&agreement);
    for (int i = 0; i < 3; i++)
        corpus_free(corpora[i]);
}

static void test_posts_that_were_not_answered(void **state)
{
    (void)state;
    struct corpus *corpora[2] = {
        try_read("a.json", HEAD "{\"id\": \"1\", " FIVE ", " ENTITIES ", \"status\": \"done\"},"
                                "{\"id\": \"2\", " FIVE ", " ENTITIES ", \"status\": \"started\"},"
                                "{\"id\": \"3\", " FIVE ", \"status\": \"skipped\"}, {\"id\": \"4\", " FIVE "}]}"),
        try_read("b.json", HEAD "{\"id\": \"1\", " FIVE ", " ENTITIES ", \"status\": \"done\"},"
                                "{\"id\": \"2\", " FIVE ", " ENTITIES ", \"status\": \"done\"},"
                                "{\"id\": \"3\", " FIVE ", " ENTITIES "}, {\"id\": \"4\", " FIVE ", " ENTITIES "}]}"),
    };
    struct agreement agreement;
    compare(corpora, 2, NULL, &agreement);
    assert_int_equal(agreement.pairs[0].n_posts, 2);
    assert_int_equal(agreement.pairs[0].n_skipped, 1);
    assert_int_equal(agreement.pairs[0].n_not_begun, 1);
    assert_near(value(&agreement, AGREEMENT_SPANS), 1, 0);
    agreement_free(&agreement);
    compare(corpora, 2, &(struct agreement_options){.only_done = true}, &agreement);
    assert_int_equal(agreement.pairs[0].n_posts, 1);
    assert_int_equal(agreement.pairs[0].n_not_done, 2);
    agreement_free(&agreement);
    corpus_free(corpora[0]);
    corpus_free(corpora[1]);
}

/* Without statuses every post is an answer; longer entities cover shorter ones; what is undefined says why. */
static void test_nested_and_nothing(void **state)
{
    (void)state;
    struct corpus *corpora[2] = {
        try_read("a.json", HEAD "{\"id\": \"1\", " FIVE ", \"entities\": ["
                                "{\"id\": \"e1\", \"start\": 0, \"end\": 1, \"type\": \"PER\"},"
                                "{\"id\": \"e2\", \"start\": 0, \"end\": 5, \"type\": \"LOC\"}]}]}"),
        try_read("b.json", HEAD "{\"id\": \"1\", " FIVE ", \"entities\": ["
                                "{\"id\": \"e1\", \"start\": 0, \"end\": 5, \"type\": \"LOC\"},"
                                "{\"id\": \"e2\", \"start\": 0, \"end\": 5, \"type\": null}]}]}"),
    };
    struct agreement agreement;
    compare(corpora, 2, NULL, &agreement);
    assert_int_equal(agreement.pairs[0].n_covered[0], 1);
    assert_int_equal(agreement.pairs[0].n_untyped[1], 1);
    assert_int_equal(agreement.pairs[0].tags.agreed, 5);
    assert_string_equal(agreement_figure(&agreement.pairs[0], AGREEMENT_KAPPA_TYPES).reason,
                        "both gave every token the same one label");
    assert_string_equal(agreement_figure(&agreement.pairs[0], AGREEMENT_RELATIONS).reason, "neither has a relation");
    assert_string_equal(agreement_alpha(&agreement.relations).reason,
                        "no two entities of a post are entities of two annotators");
    assert_string_equal(agreement_figure(&agreement.pairs[0], AGREEMENT_BOXES).reason, "neither has a box");
    agreement_free(&agreement);
    corpus_free(corpora[0]);
    corpus_free(corpora[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kappa_of_published_tables),
        cmocka_unit_test(test_alpha_of_published_data),
        cmocka_unit_test(test_spans_pair_as_often_as_they_can),
        cmocka_unit_test(test_no_other_pairing_of_spans_has_more),
        cmocka_unit_test(test_boxes_pair_best_first),
        cmocka_unit_test(test_a_pair_worked_out_by_hand),
        cmocka_unit_test(test_alpha_of_relations_of_three),
        cmocka_unit_test(test_posts_that_were_not_answered),
        cmocka_unit_test(test_nested_and_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
