/* The classes of labels: what is matched with what, which class it gets, and that the sums are those of the scores.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/cases.h"
#include "corpora/semeval.h"
#include "corpora/text.h"
#include "tests/corpus-try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABELS_MAX = 12 };

/* A post of which only the labels matter. */
struct labelled {
    struct post post;
    struct entity entities[LABELS_MAX];
    struct relation relations[LABELS_MAX];
    char names[2 * LABELS_MAX][40]; /* types, ids */
    size_t n_names;
};

static char *keep(struct labelled *out, const char *text, int n)
{
    char *name = out->names[out->n_names++];
    snprintf(name, sizeof out->names[0], "%.*s", n, text);
    return name;
}

/* "PER 0-2, LOC 3-4": entities, whose ids are e0, e1, ...; "? 0-1" has no type. */
static void labels(struct labelled *out, const char *text)
{
    *out = (struct labelled){0};
    out->post.entities = out->entities;
    out->post.relations = out->relations;
    for (const char *at = text; *at;) {
        char type[20], id[8];
        size_t start, end;
        int used = 0;
        assert_int_equal(sscanf(at, "%19[^ ] %zu-%zu%n", type, &start, &end, &used), 3);
        snprintf(id, sizeof id, "e%zu", out->post.n_entities);
        out->entities[out->post.n_entities++] =
            (struct entity){.id = keep(out, id, 8),
                            .start = start,
                            .end = end,
                            .type = strcmp(type, "?") ? keep(out, type, 20) : NULL};
        at += used;
        at += strspn(at, ", ");
    }
}

static void put_span(struct text *out, const struct post *post, size_t index)
{
    if (index == TAXONOMY_ABSENT)
        text_add(out, "-");
    else
        text_add_format(out, "%zu-%zu", post->entities[index].start, post->entities[index].end);
}

static void put_case(struct text *out, const struct taxonomy_case *found, const struct post *gold,
                     const struct post *predicted)
{
    text_add_format(out, "%s%s%s%s ", out->n ? ", " : "", taxonomy_class_name(false, found->class),
                    found->kind ? " " : "", taxonomy_kind_name(found->kind));
    put_span(out, gold, found->gold);
    text_add_char(out, '/');
    put_span(out, predicted, found->predicted);
    if (found->beside != TAXONOMY_ABSENT) {
        text_add(out, " by ");
        put_span(out, found->class == TAXONOMY_SPLIT ? gold : predicted, found->beside);
    }
}

/* The cases as "CLASS[ KIND] GOLD/PREDICTED[ by BESIDE], ...". */
static void assert_cases(const char *gold, const char *predicted, const char *wanted)
{
    struct labelled a, b;
    struct taxonomy_list list = {0};
    struct text got = {0};
    struct error err;
    labels(&a, gold);
    labels(&b, predicted);
    assert_int_equal(taxonomy_entities(&(struct taxonomy_side){.post = &a.post},
                                       &(struct taxonomy_side){.post = &b.post}, &list, &err),
                     0);
    text_add(&got, "");
    for (size_t i = 0; i < list.n; i++) {
        const struct taxonomy_case *found = &list.items[i];
        put_case(&got, found, &a.post, &b.post);
        bool correct = found->class == TAXONOMY_CORRECT;
        assert_int_equal(found->tp, correct);
        assert_int_equal(found->fp, !correct && found->predicted != TAXONOMY_ABSENT);
        assert_int_equal(found->fn, !correct && found->gold != TAXONOMY_ABSENT);
    }
    assert_string_equal(got.bytes, wanted);
    text_free(&got);
    taxonomy_list_free(&list);
}

/* ---- Entities ---- */

static void one_class_each(void **state)
{
    (void)state;
    assert_cases("PER 0-2, LOC 3-4", "PER 0-2, LOC 3-4", "correct 0-2/0-2, correct 3-4/3-4");
    assert_cases("LOC 1-3", "ORG 1-3", "type 1-3/1-3");
    assert_cases("PER 2-3", "", "missed 2-3/-");
    assert_cases("", "PER 2-3", "spurious -/2-3");
    assert_cases("", "", "");
    assert_cases("PER 0-1", "PER 1-2", "missed 0-1/-, spurious -/1-2"); /* they touch, and share nothing */
}

static void kinds_of_boundaries(void **state)
{
    (void)state;
    assert_cases("PER 2-5", "PER 2-4", "boundary short 2-5/2-4");
    assert_cases("PER 2-5", "PER 3-4", "boundary short 2-5/3-4");
    assert_cases("PER 2-4", "PER 1-5", "boundary long 2-4/1-5");
    assert_cases("PER 2-4", "PER 2-5", "boundary long 2-4/2-5");
    assert_cases("PER 2-4", "PER 1-3", "boundary left 2-4/1-3");
    assert_cases("PER 2-4", "PER 3-5", "boundary right 2-4/3-5");
    assert_cases("PER 2-5", "PER 4-6", "boundary crossing 2-5/4-6");
    assert_cases("PER 2-5", "LOC 4-6", "boundary+type crossing 2-5/4-6");
    assert_cases("PER 2-5", "LOC 2-4", "boundary+type short 2-5/2-4");
}

static void splits_and_merges(void **state)
{
    (void)state;
    assert_cases("PER 0-4", "PER 0-2, PER 2-4", "boundary short 0-4/0-2, split -/2-4 by 0-4");
    assert_cases("PER 0-4", "PER 0-1, PER 1-4", "split -/0-1 by 0-4, boundary short 0-4/1-4");
    assert_cases("PER 0-2, PER 2-4", "PER 0-4", "boundary long 0-2/0-4, merge 2-4/- by 0-4");
    assert_cases("PER 0-2, LOC 2-4", "LOC 0-4", "merge 0-2/- by 0-4, boundary long 2-4/0-4"); /* the type first */
    assert_cases("PER 0-3", "PER 0-3, LOC 1-2", "correct 0-3/0-3, split -/1-2 by 0-3");
}

static void better_matches_come_first(void **state)
{
    (void)state;
    /* the same tokens, though a label of the right type overlaps */
    assert_cases("PER 1-3", "PER 0-3, LOC 1-3", "split -/0-3 by 1-3, type 1-3/1-3");
    /* most shared tokens, then the smallest union, then the leftmost */
    assert_cases("PER 0-5", "PER 0-2, PER 2-5", "split -/0-2 by 0-5, boundary short 0-5/2-5");
    assert_cases("PER 2-4", "PER 1-3, PER 3-6", "boundary left 2-4/1-3, split -/3-6 by 2-4");
    assert_cases("PER 0-1, PER 3-4", "PER 0-4", "boundary long 0-1/0-4, merge 3-4/- by 0-4");
    /* the right type before more tokens */
    assert_cases("PER 0-4", "LOC 0-3, PER 3-5", "split -/0-3 by 0-4, boundary crossing 0-4/3-5");
    /* the best pair first, wherever it stands: else the first of gold would take the second's partner */
    assert_cases("PER 0-3, PER 2-6", "PER 1-6", "merge 0-3/- by 1-6, boundary long 2-6/1-6");
}

static void nested_gold(void **state)
{
    (void)state;
    assert_cases("ORG 0-4, LOC 2-4", "LOC 2-4", "merge 0-4/- by 2-4, correct 2-4/2-4");
    assert_cases("ORG 0-4, LOC 2-4", "ORG 0-4", "correct 0-4/0-4, merge 2-4/- by 0-4");
    assert_cases("ORG 0-2, PER 0-2", "PER 0-2", "merge 0-2/- by 0-2, correct 0-2/0-2");
    assert_cases("ORG 0-2, PER 0-2", "LOC 0-2, PER 0-2", "type 0-2/0-2, correct 0-2/0-2");
}

static void doubles_and_unknown_types(void **state)
{
    (void)state;
    assert_cases("PER 0-2, PER 0-2", "PER 0-2, PER 0-2, PER 0-2", "correct 0-2/0-2");
    assert_cases("? 0-2", "PER 0-2", "spurious -/0-2");
    assert_cases("? 0-2", "? 0-2", "");
}

/* ---- Relations ---- */

/* "0>1 LABEL, 2>1 None": between the entities of these numbers, added to a post. */
static void relate(struct labelled *out, const char *text)
{
    for (const char *at = text; *at;) {
        char type[40];
        int head, tail, used = 0;
        assert_int_equal(sscanf(at, "%d>%d %39[^,]%n", &head, &tail, type, &used), 3);
        out->relations[out->post.n_relations++] = (struct relation){.id = "r",
                                                                    .head = out->entities[head].id,
                                                                    .tail = out->entities[tail].id,
                                                                    .type = keep(out, type, 40)};
        at += used;
        at += strspn(at, ", ");
    }
}

/* The cases as "CLASS GOLD/PREDICTED tp fp fn[ by BESIDE], ...", by the relations' numbers. */
static void assert_relations(const char *gold, const char *gold_relations, const char *predicted,
                             const char *predicted_relations, size_t n_none, const char *wanted)
{
    struct labelled a, b;
    struct taxonomy_list list = {0};
    struct text got = {0};
    struct error err;
    labels(&a, gold);
    relate(&a, gold_relations);
    labels(&b, predicted);
    relate(&b, predicted_relations);
    assert_int_equal(taxonomy_relations(NULL, &a.post, &b.post, &list, &err), 0);
    text_add(&got, "");
    for (size_t i = 0; i < list.n; i++) {
        const struct taxonomy_case *found = &list.items[i];
        text_add_format(&got, "%s%s ", i ? ", " : "", taxonomy_class_name(true, found->class));
        text_add_format(&got, found->gold == TAXONOMY_ABSENT ? "-" : "%zu", found->gold);
        text_add_format(&got, found->predicted == TAXONOMY_ABSENT ? "/-" : "/%zu", found->predicted);
        text_add_format(&got, " %d%d%d", found->tp, found->fp, found->fn);
        if (found->beside != TAXONOMY_ABSENT)
            text_add_format(&got, " by %zu", found->beside);
    }
    assert_string_equal(got.bytes, wanted);
    assert_int_equal(list.n_none, n_none);
    text_free(&got);
    taxonomy_list_free(&list);
}

static void relations_on_gold_pairs(void **state)
{
    const char *two = "PER 0-1, ORG 2-3";
    (void)state;
    assert_relations(two, "0>1 /per/org/member_of", two, "0>1 /per/org/member_of", 0, "correct 0/0 100");
    assert_relations(two, "0>1 /per/org/member_of", two, "0>1 /per/org/leader", 0, "type 0/0 011");
    assert_relations(two, "0>1 /per/org/member_of", two, "0>1 /per/loc/born", 0, "signature 0/0 011");
    assert_relations(two, "0>1 works", two, "0>1 owns", 0, "type 0/0 011"); /* a name that says no types fits all */
    assert_relations(two, "0>1 works", two, "0>1 None", 0, "missed 0/0 001");
    assert_relations(two, "0>1 works", two, "", 0, "missed 0/- 001");
    assert_relations(two, "0>1 None", two, "0>1 works", 0, "spurious 0/0 010");
    assert_relations(two, "0>1 None", two, "0>1 None", 1, "");
    assert_relations(two, "0>1 None", two, "", 1, "");
}

static void relations_elsewhere(void **state)
{
    const char *two = "PER 0-1, ORG 2-3", *other = "PER 0-2, ORG 2-3";
    (void)state;
    assert_relations(two, "", two, "0>1 works", 0, "spurious -/0 000"); /* gold has both entities, and no such pair */
    assert_relations(two, "0>1 works", two, "1>0 works", 0, "direction 0/0 001");
    assert_relations(two, "0>1 works", two, "1>0 owns", 0, "missed 0/- 001, spurious -/0 000");
    assert_relations(two, "0>1 works, 1>0 None", two, "0>1 None, 1>0 works", 0, "direction 0/1 011 by 1");
    assert_relations(two, "0>1 works, 1>0 None", two, "0>1 works, 1>0 works", 0, "correct 0/0 100, spurious 1/1 010");
    assert_relations(two, "0>1 works", other, "0>1 works", 0, "argument 0/0 001");
    assert_relations(two, "0>1 works", other, "0>1 owns", 0, "argument 0/0 001");
    assert_relations(two, "0>1 works", "PER 0-2", "", 0, "argument 0/- 001");
    assert_relations(two, "", other, "0>1 works", 0, "argument -/0 000");
    /* of two that overlap, that with the same label */
    assert_relations(two, "0>1 works", "PER 0-2, ORG 2-3, ORG 2-4", "0>1 owns, 0>2 works", 0,
                     "argument 0/1 001, argument -/0 000");
}

/* ---- Whole corpora ---- */

static const char six_gold[] = "IMGID:1\na\tO\nb\tB-PER\nc\tI-PER\nd\tO\ne\tB-LOC\n\n"
                               "IMGID:2\na\tB-ORG\nb\tI-ORG\nc\tO\nd\tO\ne\tO\n\n"
                               "IMGID:3\na\tO\nb\tB-LOC\nc\tI-LOC\nd\tO\ne\tO\n\n"
                               "IMGID:4\na\tO\nb\tB-MISC\nc\tI-MISC\nd\tO\ne\tO\n\n"
                               "IMGID:5\na\tO\nb\tO\nc\tO\nd\tB-PER\ne\tO\n\n"
                               "IMGID:6\na\tO\nb\tO\nc\tO\nd\tO\ne\tO\n\n";
static const char six_predicted[] = "IMGID:1\na\tO\nb\tB-PER\nc\tI-PER\nd\tO\ne\tB-LOC\n\n"
                                    "IMGID:2\na\tB-ORG\nb\tO\nc\tO\nd\tO\ne\tO\n\n"
                                    "IMGID:3\na\tO\nb\tB-ORG\nc\tI-ORG\nd\tO\ne\tO\n\n"
                                    "IMGID:4\na\tO\nb\tO\nc\tB-PER\nd\tO\ne\tO\n\n"
                                    "IMGID:5\na\tO\nb\tO\nc\tO\nd\tO\ne\tO\n\n"
                                    "IMGID:6\na\tB-LOC\nb\tO\nc\tO\nd\tO\ne\tO\n\n";

static void assert_scheme(const struct semeval_counts *counts, size_t correct, size_t incorrect, size_t partial,
                          double f1)
{
    struct score_ratios ratios = semeval_ratios(counts);
    assert_int_equal(counts->correct, correct);
    assert_int_equal(counts->incorrect, incorrect);
    assert_int_equal(counts->partial, partial);
    assert_int_equal(counts->missed, 1);
    assert_int_equal(counts->spurious, 1);
    assert_true(fabs(ratios.f1 - f1) < 5e-5 && fabs(ratios.p - f1) < 5e-5 && fabs(ratios.r - f1) < 5e-5);
}

static void six_cases(void **state)
{
    static const size_t wanted[TAXONOMY_CLASSES] = {2, 1, 1, 1, 0, 0, 1, 1};
    struct corpus *gold = try_read("gold.conll", six_gold), *predicted = try_read("pred.conll", six_predicted);
    struct semeval_counts counts[SEMEVAL_SCHEMES];
    struct cases *cases;
    struct error err;
    (void)state;
    assert_int_equal(cases_of_corpora(gold, predicted, SCORE_DEFAULT, false, &cases, &err), 0);
    const struct cases_total *total = &cases->totals[CASES_ENTITIES];
    double points = 0;
    for (int class = 0; class < TAXONOMY_CLASSES; class++) {
        assert_int_equal(total->classes[class].n, wanted[class]);
        points += cases_points(total, &total->classes[class].counts);
    }
    assert_int_equal(total->counts.tp, 2);
    assert_int_equal(total->counts.fp, 4);
    assert_int_equal(total->counts.fn, 4);
    assert_int_equal(total->kinds[TAXONOMY_BOUNDARY][TAXONOMY_KIND_SHORT], 1);
    assert_int_equal(total->kinds[TAXONOMY_BOUNDARY_TYPE][TAXONOMY_KIND_SHORT], 1);
    assert_true(fabs(points - 200.0 / 3) < 1e-9);
    semeval_count(cases, counts);
    assert_scheme(&counts[SEMEVAL_STRICT], 2, 3, 0, 0.3333);
    assert_scheme(&counts[SEMEVAL_EXACT], 3, 2, 0, 0.5);
    assert_scheme(&counts[SEMEVAL_PARTIAL], 3, 0, 2, 0.6667);
    assert_scheme(&counts[SEMEVAL_TYPE], 3, 2, 0, 0.5);
    cases_free(cases);
    corpus_free(gold);
    corpus_free(predicted);
}

static void names_stay_names(void **state)
{
    (void)state;
    for (int relation = 0; relation < 2; relation++)
        for (int class = 0; class < (int)taxonomy_n_classes(relation); class++)
            assert_int_equal(taxonomy_class_from_name(relation, taxonomy_class_name(relation, class)), class);
    assert_int_equal(taxonomy_class_from_name(false, "direction"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_class_each),          cmocka_unit_test(kinds_of_boundaries),
        cmocka_unit_test(splits_and_merges),       cmocka_unit_test(better_matches_come_first),
        cmocka_unit_test(nested_gold),             cmocka_unit_test(doubles_and_unknown_types),
        cmocka_unit_test(relations_on_gold_pairs), cmocka_unit_test(relations_elsewhere),
        cmocka_unit_test(six_cases),               cmocka_unit_test(names_stay_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
