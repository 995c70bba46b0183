/* The cases of a corpus: sums that equal the scores on any data, and totals that follow every change of a post.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/cases.h"
#include "corpora/json.h"
#include "corpora/text.h"
#include "tests/corpus-try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Sums ---- */

static void assert_counts(const struct score_counts *got, const struct score_counts *wanted)
{
    assert_int_equal(got->tp, wanted->tp);
    assert_int_equal(got->fp, wanted->fp);
    assert_int_equal(got->fn, wanted->fn);
}

static void counts_add(struct score_counts *sum, const struct score_counts *counts)
{
    sum->tp += counts->tp;
    sum->fp += counts->fp;
    sum->fn += counts->fn;
}

/* Classes, types, matrix and entries all add up to the score. */
static void assert_sums(const struct cases *cases, enum cases_level level, const struct score *score)
{
    const struct cases_total *total = &cases->totals[level];
    struct score_counts classes = {0}, types = {0}, entries = {0};
    struct error err;
    size_t *cells, gold = 0, predicted = 0, width = total->n_names + 1;
    double points = 0;
    for (int class = 0; class < TAXONOMY_CLASSES_MAX; class++) {
        counts_add(&classes, &total->classes[class].counts);
        points += cases_points(total, &total->classes[class].counts);
    }
    for (size_t i = 0; i < cases->n_posts; i++)
        for (size_t k = 0; k < cases->posts[i].n; k++) {
            const struct taxonomy_case *found = &cases->posts[i].entries[k].found;
            if (found->relation == (level == CASES_RELATIONS))
                counts_add(&entries, &(struct score_counts){found->tp, found->fp, found->fn});
        }
    for (size_t i = 0; i < score->n_types; i++) {
        const struct name_slot *slot = name_table_peek(&total->places, score->types[i].name);
        assert_non_null(slot);
        assert_counts(&total->names[slot->value]->counts, &score->types[i].counts);
    }
    for (size_t i = 0; i < total->n_names; i++)
        counts_add(&types, &total->names[i]->counts);
    assert_counts(&total->counts, &score->micro);
    assert_counts(&classes, &score->micro);
    assert_counts(&entries, &score->micro);
    assert_counts(&types, &score->micro);
    if (classes.tp + classes.fp + classes.fn)
        assert_true(fabs(points - (100 - 100 * score_ratios(&score->micro).f1)) < 1e-9);
    assert_int_equal(cases_matrix(cases, level, &cells, &err), 0);
    for (size_t row = 0; row < width; row++)
        for (size_t column = 0; column < width; column++) {
            gold += row + 1 < width ? cells[row * width + column] : 0;
            predicted += column + 1 < width ? cells[row * width + column] : 0;
        }
    assert_int_equal(gold, score->micro.tp + score->micro.fn);
    assert_int_equal(predicted, score->micro.tp + score->micro.fp);
    if (level == CASES_RELATIONS) {
        size_t none = 0; /* the row of pairs that are None in gold, both sides None included */
        for (size_t column = 0; column < width; column++)
            none += cells[(width - 1) * width + column];
        assert_int_equal(gold + none, score->n_pairs);
    }
    free(cells);
}

static void assert_equal_scores(const struct corpus *gold, const struct corpus *predicted)
{
    struct error err;
    for (int mode = 0; mode < 2; mode++) {
        struct score entities, relations;
        struct cases *cases;
        assert_int_equal(cases_of_corpora(gold, predicted, (enum score_mode)mode, false, &cases, &err), 0);
        assert_int_equal(score_entities(gold, predicted, (enum score_mode)mode, &entities, &err), 0);
        assert_int_equal(score_relations(gold, predicted, &relations, &err), 0);
        assert_sums(cases, CASES_ENTITIES, &entities);
        assert_sums(cases, CASES_RELATIONS, &relations);
        score_free(&entities);
        score_free(&relations);
        cases_free(cases);
    }
}

/* ---- Made up ---- */

static unsigned draw(uint64_t *state, unsigned n)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)((*state >> 33) % n);
}

/* Entities at random, overlapping and double, a relation or more; as native JSON. */
static void put_random(struct text *out, uint64_t *state)
{
    static const char *const types[] = {"\"PER\"", "\"LOC\"", "\"ORG\"", "null"};
    static const char *const labels[] = {"None", "/per/loc/a", "/per/per/b", "plain"};
    text_add(out, "{\"format\": \"mmib-corpus\", \"version\": 1, \"posts\": [");
    for (int i = 0; i < 60; i++) {
        unsigned n = draw(state, 6);
        text_add_format(out, "%s{\"id\": \"%d\", \"tokens\": [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"], ", i ? ", " : "", i);
        text_add(out, "\"entities\": [");
        for (unsigned k = 0; k < n; k++) {
            unsigned start = draw(state, 6), end = start + 1 + draw(state, 6 - start);
            text_add_format(out, "%s{\"id\": \"e%u\", \"start\": %u, \"end\": %u, \"type\": %s}", k ? ", " : "", k,
                            start, end, types[draw(state, 4)]);
        }
        text_add(out, "], \"relations\": [");
        for (unsigned k = 0; n > 1 && k < draw(state, 6); k++)
            text_add_format(out, "%s{\"id\": \"r%u\", \"head\": \"e%u\", \"tail\": \"e%u\", \"type\": \"%s\"}",
                            k ? ", " : "", k, draw(state, n), draw(state, n), labels[draw(state, 4)]);
        text_add(out, "]}");
    }
    text_add(out, "]}\n");
}

static void sums_of_anything(void **state)
{
    uint64_t random = 1;
    (void)state;
    for (int round = 0; round < 40; round++) {
        struct text texts[2] = {{0}};
        struct corpus *corpora[2];
        for (int i = 0; i < 2; i++) {
            put_random(&texts[i], &random);
            corpora[i] = try_read("a.json", texts[i].bytes);
            text_free(&texts[i]);
        }
        assert_equal_scores(corpora[0], corpora[1]);
        corpus_free(corpora[0]);
        corpus_free(corpora[1]);
    }
}

/* Tags with I- that continue nothing, on both sides: strict leaves those entities out. */
static void sums_with_invalid_tags(void **state)
{
    static const char *const tags[] = {"O", "B-PER", "I-PER", "B-LOC", "I-LOC"};
    uint64_t random = 2;
    (void)state;
    for (int round = 0; round < 40; round++) {
        struct corpus *corpora[2];
        for (int i = 0; i < 2; i++) {
            struct text text = {0};
            for (int k = 0; k < 40; k++)
                text_add_format(&text, "IMGID:%d\na\t%s\nb\t%s\nc\t%s\nd\t%s\n\n", k, tags[draw(&random, 5)],
                                tags[draw(&random, 5)], tags[draw(&random, 5)], tags[draw(&random, 5)]);
            corpora[i] = try_read("a.conll", text.bytes);
            text_free(&text);
        }
        assert_equal_scores(corpora[0], corpora[1]);
        corpus_free(corpora[0]);
        corpus_free(corpora[1]);
    }
}

static void orphans_in_both_modes(void **state)
{
    struct corpus *gold = try_read("gold.conll", "IMGID:1\na\tI-PER\nb\tI-PER\nc\tO\nd\tB-LOC\n\n");
    struct corpus *predicted = try_read("pred.conll", "IMGID:1\na\tB-PER\nb\tI-PER\nc\tO\nd\tI-LOC\n\n");
    struct cases *cases;
    struct error err;
    (void)state;
    assert_int_equal(cases_of_corpora(gold, predicted, SCORE_DEFAULT, false, &cases, &err), 0);
    assert_int_equal(cases->totals[CASES_ENTITIES].classes[TAXONOMY_CORRECT].n, 2);
    cases_free(cases);
    assert_int_equal(cases_of_corpora(gold, predicted, SCORE_STRICT, false, &cases, &err), 0);
    assert_int_equal(cases->totals[CASES_ENTITIES].classes[TAXONOMY_SPURIOUS].n, 1); /* PER, in gold with I- */
    assert_int_equal(cases->totals[CASES_ENTITIES].classes[TAXONOMY_MISSED].n, 1);   /* LOC, the reverse */
    assert_int_equal(cases->posts[0].n, 2);
    cases_free(cases);
    corpus_free(gold);
    corpus_free(predicted);
}

/* ---- Published data ---- */

static char *shared_path(const char *name)
{
    char *path = NULL;
    const char *source = getenv("SRCDIR");
    struct text text = {0};
    text_add_format(&text, "%s/../shared/%s", source ? source : ".", name);
    path = text_take(&text);
    if (path && access(path, R_OK)) {
        free(path);
        path = NULL;
    }
    return path;
}

/* Gold with the tags that a file of predictions has, a line {"tags": [...]} a post. */
static struct corpus *read_predicted(const struct corpus *gold, const char *path)
{
    struct text text = {0};
    char *content = try_content(path), *line = content;
    for (size_t i = 0; i < gold->n_posts; i++) {
        const struct post *post = &gold->posts[i];
        size_t n = strcspn(line, "\n"), k = 0;
        line[n] = '\0';
        struct json_walk walk = json_walk(json_member(json_value_of(line), "tags"));
        struct json_value tag;
        text_add_format(&text, "IMGID:%s\n", post->id);
        for (; json_next_item(&walk, &tag); k++)
            text_add_format(&text, "%s\t%.*s\n", post->tokens[k], (int)tag.n - 2, tag.text + 1);
        assert_int_equal(k, post->n_tokens);
        text_add(&text, "\n");
        line += n + 1;
    }
    struct corpus *predicted = try_read("predicted.conll", text.bytes);
    text_free(&text);
    free(content);
    return predicted;
}

static void try_published(const char *data, const char *predictions, const char *map)
{
    char *gold_path = shared_path(data), *predicted_path = shared_path(predictions);
    const char *const maps[] = {map};
    const struct corpus_options options = {.from = FORMAT_CONLL, .maps = maps, .n_maps = map != NULL};
    struct corpus *gold, *predicted;
    struct error err;
    bool there = gold_path && predicted_path;
    if (!there) {
        free(gold_path);
        free(predicted_path);
        skip();
        return; /* never: skip does not return */
    }
    assert_int_equal(corpus_read(gold_path, &options, &gold, &err), 0);
    predicted = read_predicted(gold, predicted_path);
    assert_int_equal(score_check_pairs(gold, predicted, &err), 0);
    assert_equal_scores(gold, predicted);
    assert_equal_scores(predicted, gold);
    corpus_free(gold);
    corpus_free(predicted);
    free(gold_path);
    free(predicted_path);
}

static void sums_of_twitter_2015(void **state)
{
    (void)state;
    try_published("data/twitter2015/test.txt", "models/interim/twitter2015-test.predicted", "OTHER=MISC");
}

static void sums_of_twitter_2017(void **state)
{
    (void)state;
    try_published("data/twitter2017/test.txt", "models/interim/twitter2017-test.predicted", NULL);
}

/* ---- Kept up to date ---- */

static void assert_same_totals(const struct cases *a, const struct cases *b)
{
    for (int level = 0; level < CASES_LEVELS; level++) {
        assert_counts(&a->totals[level].counts, &b->totals[level].counts);
        assert_memory_equal(a->totals[level].classes, b->totals[level].classes, sizeof a->totals[level].classes);
        assert_memory_equal(a->totals[level].kinds, b->totals[level].kinds, sizeof a->totals[level].kinds);
        assert_int_equal(a->totals[level].n_none, b->totals[level].n_none);
    }
}

/* However often posts are set, forgotten and left out, totals are those of what stands there now. */
static void totals_follow(void **state)
{
    uint64_t random = 3;
    struct text texts[3] = {{0}};
    struct corpus *corpora[3];
    struct error err;
    struct cases *plain;
    (void)state;
    for (int i = 0; i < 3; i++) {
        put_random(&texts[i], &random);
        corpora[i] = try_read("a.json", texts[i].bytes);
        text_free(&texts[i]);
    }
    size_t n = corpora[0]->n_posts;
    struct cases *cases = cases_new(n, &corpora[0]->schema, false);
    assert_non_null(cases);
    assert_int_equal(cases->n_known, 0);
    for (int round = 0; round < 600; round++) {
        size_t at = draw(&random, (unsigned)n), which = draw(&random, 3);
        assert_int_equal(cases_set_post(cases, at, &corpora[0]->posts[at],
                                        which ? &corpora[which]->posts[at] : NULL, &err),
                         0);
        cases_leave_out(cases, draw(&random, (unsigned)n), draw(&random, 2));
    }
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(cases_set_post(cases, i, &corpora[0]->posts[i], &corpora[1]->posts[i], &err), 0);
        cases_leave_out(cases, i, false);
    }
    assert_int_equal(cases->n_known, n);
    assert_int_equal(cases_of_corpora(corpora[0], corpora[1], SCORE_DEFAULT, false, &plain, &err), 0);
    assert_same_totals(cases, plain);
    for (size_t i = 0; i < n; i++)
        cases_leave_out(cases, i, true);
    assert_int_equal(cases->totals[CASES_ENTITIES].counts.tp + cases->totals[CASES_ENTITIES].counts.fn, 0);
    assert_true(cases->posts[0].known);
    cases_free(plain);
    cases_free(cases);
    for (int i = 0; i < 3; i++)
        corpus_free(corpora[i]);
}

static void given_entities_are_not_classed(void **state)
{
    struct corpus *gold = try_read("a.mnre", "{'token': ['Go', 'Messi'], 'h': {'name': 'Go', 'pos': [0, 1]}, "
                                             "'t': {'name': 'Messi', 'pos': [1, 2]}, 'img_id': 'a.jpg', "
                                             "'relation': '/per/per/peer'}\n");
    struct cases *cases;
    struct error err;
    (void)state;
    assert_int_equal(cases_of_corpora(gold, gold, SCORE_DEFAULT, true, &cases, &err), 0);
    assert_int_equal(cases->posts[0].n, 1);
    assert_true(cases->posts[0].entries[0].found.relation);
    cases_free(cases);
    corpus_free(gold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_of_anything),      cmocka_unit_test(sums_with_invalid_tags),
        cmocka_unit_test(orphans_in_both_modes), cmocka_unit_test(sums_of_twitter_2015),
        cmocka_unit_test(sums_of_twitter_2017),  cmocka_unit_test(totals_follow),
        cmocka_unit_test(given_entities_are_not_classed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
