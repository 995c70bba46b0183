/* An inspection: its numbers are eval's, every number opens as many cases as it says, and what is edited counts as if
 * all were counted anew.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/score.h"
#include "corpora/text.h"
#include "corpora/training-corpora.h"
#include "tests/store-try.h"
#include "ui/inspect-tables.h"
#include "ui/inspection.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POSTS = 80, FOREVER_MS = 1000000 };

static uint64_t seed;

static size_t pick(size_t n)
{
    return try_random(&seed, n);
}

/* ---- Corpora at random ---- */

static const char *const types[] = {"PER", "LOC", "ORG"};
static const char *const relations[] = {"in", "at", "None"};

/* Entities of which few overlap, and pairs of them. */
static void put_labels(struct text *out, size_t n_tokens)
{
    size_t n = 0;
    text_add(out, "\"entities\": [");
    for (size_t at = pick(2); at < n_tokens; at += 1 + pick(3)) {
        size_t end = at + 1 + pick(2) <= n_tokens ? at + 1 + pick(2) : n_tokens;
        end = end > n_tokens ? n_tokens : end;
        text_add_format(out, "%s{\"id\": \"e%zu\", \"start\": %zu, \"end\": %zu, \"type\": \"%s\", ", n ? ", " : "",
                        n, at, end, types[pick(3)]);
        text_add_format(out, "\"score\": 0.%zu, \"source\": \"human\"}", 1 + pick(9));
        n++;
        at = pick(5) ? end : at;
    }
    text_add(out, "], \"relations\": [");
    for (size_t i = 0; n > 1 && i + 1 < n; i++)
        text_add_format(out, "%s{\"id\": \"r%zu\", \"head\": \"e%zu\", \"tail\": \"e%zu\", \"type\": \"%s\"}",
                        i ? ", " : "", i, pick(2) ? i : i + 1, i, relations[pick(3)]);
    text_add(out, "]");
}

/* A file of posts whose words are the same in every file of the same length. */
static const char *corpus_file(const char *name, size_t n_posts)
{
    struct text out = {0};
    text_add(&out, "{\"format\": \"mmib-corpus\", \"version\": 1, "
                   "\"schema\": {\"entities\": [\"PER\", \"LOC\", \"ORG\"], \"relations\": [{\"name\": \"in\"}, {\"name\": \"at\"}]}, \"posts\": [");
    for (size_t i = 0; i < n_posts; i++) {
        size_t n_tokens = 4 + i % 5;
        text_add_format(&out, "%s\n{\"id\": \"p%zu\", \"tokens\": [", i ? "," : "", i);
        for (size_t k = 0; k < n_tokens; k++)
            text_add_format(&out, "%s\"%c%zu\"", k ? ", " : "", k % 2 ? 'w' : 'W', i + k);
        text_add(&out, "], ");
        put_labels(&out, n_tokens);
        text_add(&out, "}");
    }
    text_add(&out, "]}\n");
    const char *path = try_put(name, out.bytes);
    text_free(&out);
    return path;
}

static struct corpus *read_corpus(const char *path)
{
    struct error err;
    struct corpus *corpus;
    if (corpus_read(path, NULL, &corpus, &err))
        fail_msg("%s", err.message);
    return corpus;
}

struct desk {
    char gold[256], given[2][256], train[256];
    struct store *store;
    struct inspection *inspection;
};

/* budget_ms 0: counted in slices. */
static struct inspection *open_inspection(struct store *store, char given[2][256], size_t n, const char *train,
                                          double budget_ms)
{
    struct inspection_source sources[2] = {{.name = "A"}, {.name = "B"}};
    struct training_corpora training = {0};
    const struct inspection_options options = {.train = &training};
    struct inspection *inspection;
    struct error err = {0};
    if (train && training_corpora_read(&train, 1, NULL, &training, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < n; i++)
        sources[i].given = read_corpus(given[i]);
    if (inspection_open(store, sources, n, &options, &inspection, &err))
        fail_msg("%s", err.message);
    while (inspection_has_work(inspection))
        if (inspection_work(inspection, budget_ms, &err))
            fail_msg("%s", err.message);
    return inspection;
}

static void desk_open(struct desk *desk, uint64_t how)
{
    static const char *const names[] = {"a.json", "b.json"};
    char gold[32];
    seed = how;
    snprintf(gold, sizeof gold, "gold%zu.json", (size_t)how);
    snprintf(desk->gold, sizeof desk->gold, "%s", corpus_file(gold, POSTS));
    for (size_t i = 0; i < 2; i++)
        snprintf(desk->given[i], sizeof desk->given[i], "%s", corpus_file(names[i], POSTS));
    snprintf(desk->train, sizeof desk->train, "%s", corpus_file("train.json", 10));
    desk->store = try_open(desk->gold, &(struct store_options){.annotator = "ana"});
    desk->inspection = open_inspection(desk->store, desk->given, 2, desk->train, 0);
}

static void desk_close(struct desk *desk)
{
    inspection_free(desk->inspection);
    store_close(desk->store);
}

/* ---- Numbers ---- */

static void assert_counts(const struct score_counts *got, const struct score_counts *wanted)
{
    assert_int_equal(got->tp, wanted->tp);
    assert_int_equal(got->fp, wanted->fp);
    assert_int_equal(got->fn, wanted->fn);
}

static void its_counts_are_those_of_eval(void **state)
{
    (void)state;
    for (uint64_t how = 1; how <= 5; how++) {
        struct desk desk = {0};
        struct error err;
        desk_open(&desk, how);
        /* The list that grew while posts were counted is that of all. */
        struct inspection_item item = desk.inspection->items[desk.inspection->n_items / 2];
        size_t n_items = desk.inspection->n_items;
        assert_int_equal(inspection_list(desk.inspection, &err), 0);
        assert_int_equal(desk.inspection->n_items, n_items);
        assert_true(inspection_key_equal(&item.decision, &desk.inspection->items[n_items / 2].decision));
        struct corpus *gold = read_corpus(desk.gold);
        for (size_t i = 0; i < 2; i++) {
            struct corpus *given = read_corpus(desk.given[i]);
            const struct cases_total *totals = desk.inspection->systems[i].cases->totals;
            struct score score;
            assert_int_equal(score_entities(gold, given, SCORE_DEFAULT, &score, &err), 0);
            assert_true(score.micro.tp && score.micro.fp && score.micro.fn);
            assert_counts(&totals[CASES_ENTITIES].counts, &score.micro);
            score_free(&score);
            assert_int_equal(score_relations(gold, given, &score, &err), 0);
            assert_counts(&totals[CASES_RELATIONS].counts, &score.micro);
            score_free(&score);
            corpus_free(given);
        }
        corpus_free(gold);
        desk_close(&desk);
    }
}

/* Of every table of the overview. Returns how many numbers were opened. */
static size_t open_all(struct inspection *inspection)
{
    struct inspect_tables tables;
    struct error err = {0};
    size_t opened = 0;
    if (inspect_tables_make(inspection, &tables, &err))
        fail_msg("%s", err.message);
    for (size_t t = 0; t < INSPECT_TABLES; t++) {
        const struct inspect_table *table = &tables.each[t];
        for (size_t row = 0; row < table->n_rows; row++)
            for (size_t column = 0; column < table->n_columns; column++) {
                const struct inspect_cell *cell = inspect_cell(table, row, column);
                if (!cell->door)
                    continue;
                inspection->filter = cell->filter;
                assert_int_equal(inspection_list(inspection, &err), 0);
                assert_true(inspection->n_items > 0);
                if (!strchr(cell->text, '.') && strcmp(cell->text, "-") &&
                    (size_t)atoi(cell->text) != inspection->n_items)
                    fail_msg("%s, %s, %s: %s, but there are %zu cases", table->title, table->rows[row].label,
                             table->columns[column], cell->text, inspection->n_items);
                opened++;
            }
    }
    inspect_tables_free(&tables);
    return opened;
}

static void every_number_opens_its_cases(void **state)
{
    (void)state;
    struct desk desk = {0};
    struct error err;
    desk_open(&desk, 11);
    struct inspection *inspection = desk.inspection;
    for (size_t post = 0; post < POSTS; post += 3) { /* some were examined */
        const struct post *gold = store_post_peek(desk.store, post);
        if (!gold->n_entities)
            continue;
        const struct inspection_mark mark = {.key = {.span = {gold->entities[0].start, gold->entities[0].end}},
                                             .picture = (int)(1 + post % 4),
                                             .filtered = FILTERED_SAVED};
        assert_int_equal(inspection_mark(inspection, 0, post, &mark, 1, &err), 0);
    }
    for (int leaked = 0; leaked < 2; leaked++) {
        inspection_leave_out_leaked(inspection, leaked);
        for (int level = 0; level < 2; level++)
            for (inspection->system = 0; inspection->system <= 2; inspection->system++) {
                inspection->of_relations = level;
                assert_true(open_all(inspection) > 20);
            }
    }
    desk_close(&desk);
}

static void leaked_posts_are_left_out(void **state)
{
    (void)state;
    struct desk desk = {0};
    struct error err;
    desk_open(&desk, 12);
    struct inspection *inspection = desk.inspection;
    assert_int_equal(inspection->n_leaked, 10);
    inspection_leave_out_leaked(inspection, true);
    assert_int_equal(inspection_n_known(inspection), POSTS - 10);
    assert_int_equal(inspection_list(inspection, &err), 0);
    assert_true(inspection->n_items > 0);
    for (size_t i = 0; i < inspection->n_items; i++)
        assert_true(inspection->items[i].post >= 10);
    desk_close(&desk);
}

/* ---- Edits ---- */

static void assert_same(const struct inspection *got, const struct inspection *wanted)
{
    for (size_t i = 0; i < 2; i++)
        for (int level = 0; level < CASES_LEVELS; level++) {
            const struct cases_total *a = &got->systems[i].cases->totals[level];
            const struct cases_total *b = &wanted->systems[i].cases->totals[level];
            assert_counts(&a->counts, &b->counts);
            for (size_t k = 0; k < TAXONOMY_CLASSES_MAX; k++)
                assert_int_equal(a->classes[k].n, b->classes[k].n);
        }
    assert_int_equal(got->n_items, wanted->n_items);
    for (size_t i = 0; i < got->n_items; i++) {
        assert_int_equal(got->items[i].post, wanted->items[i].post);
        assert_int_equal(got->items[i].number, wanted->items[i].number);
        assert_int_equal(got->items[i].system, wanted->items[i].system);
    }
}

static void what_is_edited_counts_at_once(void **state)
{
    (void)state;
    for (uint64_t how = 21; how < 27; how++) {
        struct desk desk = {0};
        struct error err = {0};
        desk_open(&desk, how);
        desk.inspection->system = how % 3;
        assert_int_equal(inspection_list(desk.inspection, &err), 0);
        for (size_t i = 0; i < 60; i++) {
            size_t post = pick(POSTS);
            struct edit_batch batch = {.post = post};
            if (pick(4)) {
                try_random_batch(&seed, store_post_peek(desk.store, post), post, &batch);
                if (store_apply(desk.store, &batch, &err))
                    fail_msg("%s", err.message);
            } else if (store_undo(desk.store, &post, &err) <= 0)
                continue;
            if (inspection_post_changed(desk.inspection, post, &err))
                fail_msg("%s", err.message);
        }
        struct inspection *anew = open_inspection(desk.store, desk.given, 2, NULL, FOREVER_MS);
        anew->system = how % 3;
        assert_int_equal(inspection_list(anew, &err), 0);
        assert_same(desk.inspection, anew);
        inspection_free(anew);
        desk_close(&desk);
    }
}

static void label(struct desk *desk, size_t post, size_t entity, const char *type)
{
    const struct post *at = store_post_peek(desk->store, post);
    const struct entity *e = &at->entities[entity];
    struct error err = {0};
    try_label(desk->store, post, e->start, e->end, type);
    if (inspection_post_changed(desk->inspection, post, &err))
        fail_msg("%s", err.message);
}

/* Corrected, a case is one no more: it stays at hand, and the next one is the one that was behind it. */
static void a_corrected_case_stays_at_hand(void **state)
{
    (void)state;
    struct desk desk = {0};
    struct error err;
    desk_open(&desk, 31);
    struct inspection *inspection = desk.inspection;
    inspection->filter.class = TAXONOMY_TYPE;
    assert_int_equal(inspection_list(inspection, &err), 0);
    assert_null(inspection_item(inspection));
    assert_true(inspection->n_items > 3 && inspection_go(inspection, 1));
    struct inspection_item before = inspection->items[0], next = inspection->items[2];
    struct inspection_item item = *inspection_item(inspection);
    const struct cases_entry *entry = inspection_case(inspection, &item, 0);
    const char *type = inspection->systems[0].given->posts[item.post].entities[entry->found.predicted].type;
    size_t n = inspection->n_items;
    label(&desk, item.post, entry->found.gold, type);
    assert_int_equal(inspection->n_items, n - 1);
    assert_true(inspection->gone);
    assert_int_equal(inspection_item(inspection)->post, item.post);
    assert_true(inspection_step(inspection, 1));
    assert_true(inspection_key_equal(&inspection_item(inspection)->decision, &next.decision));
    assert_int_equal(inspection_item(inspection)->post, next.post);
    assert_true(inspection_step(inspection, -1));
    assert_true(inspection_key_equal(&inspection_item(inspection)->decision, &before.decision));
    assert_false(inspection_step(inspection, -1));

    /* And what it cost was the corpus's. */
    struct ledger ledger = {0};
    assert_int_equal(inspection_ledger(inspection, 0, &ledger, &err), 0);
    assert_int_equal(ledger.n_changed, 1);
    assert_int_equal(ledger.parts[0].all.halves[LEDGER_CORRECTED], 4); /* one too many, one too few */
    ledger_free(&ledger);
    desk_close(&desk);
}

/* ---- Two systems ---- */

static void flips_are_those_of_eval(void **state)
{
    (void)state;
    struct desk desk = {0};
    struct error err;
    desk_open(&desk, 41);
    struct inspection *inspection = desk.inspection;
    struct corpus *gold = read_corpus(desk.gold);
    const struct corpus *const given[2] = {inspection->systems[0].given, inspection->systems[1].given};
    struct paired_table table;
    struct inspection_difference difference;
    struct paired_post *posts;
    struct paired_bootstrap bootstrap;
    size_t n;
    inspection->system = 2;
    assert_int_equal(paired_compare(inspection->systems[0].cases, inspection->systems[1].cases, gold, given,
                                    CASES_ENTITIES, &table, &err), 0);
    struct paired_mcnemar test = paired_mcnemar(&table.total);
    assert_int_equal(inspection_compare(inspection, &difference, &err), 0);
    assert_int_equal(difference.labels.only_a, test.only_a);
    assert_int_equal(difference.labels.only_b, test.only_b);
    assert_true(difference.labels.p == test.p && test.only_a > 0);
    assert_int_equal(paired_posts(inspection->systems[0].cases, inspection->systems[1].cases, CASES_ENTITIES, &posts,
                                  &n, &err), 0);
    assert_int_equal(paired_bootstrap(posts, n, PAIRED_RESAMPLES, PAIRED_SEED, &bootstrap, &err), 0);
    assert_true(difference.f1.delta == bootstrap.delta && difference.f1.low == bootstrap.low);

    size_t rights[TAXONOMY_CLASSES_MAX][RIGHTS], sums[RIGHTS] = {0};
    inspection_count_rights(inspection, rights);
    for (size_t i = 0; i < TAXONOMY_CLASSES_MAX; i++)
        for (size_t k = 0; k < RIGHTS; k++)
            sums[k] += rights[i][k];
    assert_int_equal(sums[RIGHT_BOTH], table.total.both);
    assert_int_equal(sums[RIGHT_A], table.total.only_a + rights[TAXONOMY_SPURIOUS][RIGHT_A] +
                                        rights[TAXONOMY_SPLIT][RIGHT_A]);
    assert_true(rights[TAXONOMY_TYPE][RIGHT_A] > 0); /* by the class of the one that is wrong */
    assert_int_equal(rights[TAXONOMY_TYPE][RIGHT_A], table.classes[TAXONOMY_CORRECT][TAXONOMY_TYPE]);
    assert_int_equal(rights[TAXONOMY_MISSED][RIGHT_B], table.classes[TAXONOMY_MISSED][TAXONOMY_CORRECT]);
    inspection->filter.flips = true; /* also what this system has right */
    assert_int_equal(inspection_list(inspection, &err), 0);
    assert_int_equal(inspection->n_items, sums[RIGHT_A] + sums[RIGHT_B]);
    free(posts);
    paired_table_free(&table);
    inspection->of_relations = true;
    assert_int_equal(paired_compare(inspection->systems[0].cases, inspection->systems[1].cases, gold, given,
                                    CASES_RELATIONS, &table, &err), 0);
    test = paired_mcnemar(&table.total);
    assert_int_equal(inspection_compare(inspection, &difference, &err), 0);
    assert_int_equal(difference.labels.only_a, test.only_a);
    assert_int_equal(difference.labels.only_b, test.only_b);
    assert_true(difference.labels.difference == test.difference && test.only_a + test.only_b > 0);
    paired_table_free(&table);
    corpus_free(gold);
    desk_close(&desk);
}

/* ---- Words ---- */

static void other_words_are_refused_or_not_compared(void **state)
{
    (void)state;
    struct desk desk = {0};
    struct error err = {0};
    desk_open(&desk, 51);
    struct edit_batch batch = {.post = 3};
    assert_int_equal(edit_join_tokens(&batch, store_post_peek(desk.store, 3), 0, &err), 0);
    if (store_apply(desk.store, &batch, &err) || inspection_post_changed(desk.inspection, 3, &err))
        fail_msg("%s", err.message);
    assert_int_equal(desk.inspection->systems[0].n_other_words, 1);
    assert_int_equal(inspection_n_known(desk.inspection), POSTS - 1);
    size_t post;
    assert_int_equal(store_undo(desk.store, &post, &err), 1);
    assert_int_equal(inspection_post_changed(desk.inspection, post, &err), 0);
    assert_int_equal(inspection_n_known(desk.inspection), POSTS);

    struct corpus *other = read_corpus(desk.given[0]);
    free(other->posts[7].tokens[2]);
    other->posts[7].tokens[2] = strdup("else");
    struct inspection_source source = {.name = "other", .given = other};
    struct inspection *refused;
    assert_int_equal(inspection_open(desk.store, &source, 1, &(struct inspection_options){0}, &refused, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.message, "post 8 (p7): token 3 is else"));
    assert_null(refused);
    desk_close(&desk);
}

/* ---- Models ---- */

static void a_models_labels_fill_in(void **state)
{
    (void)state;
    struct desk desk = {0};
    struct error err = {0};
    desk_open(&desk, 61);
    const struct inspection_source source = {.name = "mini", .model = "folder"};
    struct inspection *inspection;
    assert_int_equal(inspection_open(desk.store, &source, 1, &(struct inspection_options){0}, &inspection, &err), 0);
    assert_int_equal(inspection_work(inspection, FOREVER_MS, &err), 0);
    assert_int_equal(inspection_n_known(inspection), 0);
    assert_true(inspection_lacks(inspection, 0, 5));

    /* It finds the first entity and no other, and says "in" of the first pair. */
    size_t at = 0;
    while (!store_post_peek(desk.store, at)->n_relations)
        at++;
    const struct post *gold = store_post_peek(desk.store, at);
    const struct entity *head = post_entity_peek(gold, gold->relations[0].head);
    const struct entity *tail = post_entity_peek(gold, gold->relations[0].tail);
    struct analysis_entity entity = {.start = gold->entities[0].start, .end = gold->entities[0].end, .score = .75};
    struct analysis_relation relation = {
        .head = {head->start, head->end}, .tail = {tail->start, tail->end}, .type = "in", .score = .5};
    entity.type = gold->entities[0].type;
    const struct analysis said = {.n_tokens = gold->n_tokens,
                                  .entities = &entity,
                                  .n_entities = 1,
                                  .relations = &relation,
                                  .n_relations = 1,
                                  .has_consistency = true,
                                  .consistency = .25};
    assert_int_equal(inspection_put(inspection, 0, at, gold, &said, &err), 0);
    assert_false(inspection_lacks(inspection, 0, at));
    assert_int_equal(inspection_n_known(inspection), 1);
    const struct cases_total *totals = inspection->systems[0].cases->totals;
    assert_int_equal(totals[CASES_ENTITIES].counts.tp, 1);
    assert_int_equal(totals[CASES_ENTITIES].counts.fp, 0); /* the pair's ends are nobody's labels */
    bool in = !strcmp(gold->relations[0].type, "in");
    assert_int_equal(totals[CASES_RELATIONS].counts.tp, in);
    assert_int_equal(totals[CASES_RELATIONS].counts.fp, !in);

    const struct inspection_mark mark = {.key.span = {entity.start, entity.end}, .filtered = FILTERED_SAVED};
    assert_int_equal(inspection_mark(inspection, 0, at, &mark, 1, &err), 0);
    assert_int_equal(inspection_post_changed(inspection, at, &err), 0); /* not its labels */
    assert_non_null(inspection_mark_peek(inspection, 0, at, &mark.key));

    /* Another pair needs the model again; what it said of the others holds meanwhile. What was saved is to be asked. */
    struct edit_batch batch = {.post = at};
    assert_int_equal(edit_delete_relation(&batch, gold, gold->relations[0].id, &err), 0);
    if (store_apply(desk.store, &batch, &err) || inspection_post_changed(inspection, at, &err))
        fail_msg("%s", err.message);
    assert_true(inspection_lacks(inspection, 0, at));
    assert_null(inspection_mark_peek(inspection, 0, at, &mark.key));
    assert_int_equal(inspection_n_known(inspection), 1);
    assert_int_equal(inspection_put(inspection, 0, at, store_post_peek(desk.store, at), NULL, &err), 0);
    assert_int_equal(inspection->systems[0].n_failed, 1);
    assert_int_equal(inspection_n_known(inspection), 0);
    inspection_free(inspection);
    desk_close(&desk);
}

static void the_list_is_in_order(void **state)
{
    (void)state;
    struct desk desk = {0};
    struct error err;
    desk_open(&desk, 71);
    struct inspection *inspection = desk.inspection;
    inspection->order = INSPECTION_CONFIDENCE;
    assert_int_equal(inspection_list(inspection, &err), 0);
    double last = 2;
    bool missing = false;
    for (size_t i = 0; i < inspection->n_items; i++) {
        double value = inspection_confidence(inspection, &inspection->items[i]);
        missing |= isnan(value);
        assert_true(missing ? isnan(value) : value <= last);
        last = value;
    }
    assert_true(missing);
    inspection->order = INSPECTION_POINTS;
    assert_int_equal(inspection_list(inspection, &err), 0);
    const struct cases_total *total = &inspection->systems[0].cases->totals[CASES_ENTITIES];
    size_t cost = SIZE_MAX;
    for (size_t i = 0; i < inspection->n_items; i++) {
        const struct cases_entry *entry = inspection_case(inspection, &inspection->items[i], 0);
        const struct score_counts *counts = &total->classes[entry->found.class].counts;
        assert_true(counts->fp + counts->fn <= cost);
        cost = counts->fp + counts->fn;
    }
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_counts_are_those_of_eval),
        cmocka_unit_test(every_number_opens_its_cases),
        cmocka_unit_test(leaked_posts_are_left_out),
        cmocka_unit_test(what_is_edited_counts_at_once),
        cmocka_unit_test(a_corrected_case_stays_at_hand),
        cmocka_unit_test(flips_are_those_of_eval),
        cmocka_unit_test(other_words_are_refused_or_not_compared),
        cmocka_unit_test(a_models_labels_fill_in),
        cmocka_unit_test(the_list_is_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
