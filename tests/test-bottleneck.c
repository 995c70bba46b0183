/* Readings of a post and what they saved or lost, by what must hold whatever the weights are; the deletion test's ends.
 * That the numbers are right is tried in tests/readings.sh.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/analysis.h"
#include "model/bottleneck-effect.h"
#include "model/faithfulness.h"
#include "tests/demo-try.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_POSTS = 68 };

static struct inference inference;

static int open_all(void **state)
{
    (void)state;
    return demo_open(MAX_POSTS);
}

static void infer(size_t n)
{
    struct error err = {0};
    const struct inference_options options = {.folder = images};
    if (inference_run(model, posts, n, &options, &inference, &err))
        fail_msg("%s", err.message);
}

static struct bottleneck *read_post(size_t index, uint64_t seed)
{
    struct error err = {0};
    struct bottleneck *out;
    const struct bottleneck_options options = {.seed = seed};
    if (bottleneck_of(model, &inference, index, &options, &out, &err))
        fail_msg("%s", err.message);
    return out;
}

/* The mean is what is proposed: the same entities with the same scores, the same labels of given pairs. */
static void the_mean_is_what_is_proposed(void **state)
{
    (void)state;
    struct analysis *proposed[MAX_POSTS];
    struct error err = {0};
    size_t entities = 0, pairs = 0;
    const struct analysis_options options = {.images = images, .pairs = PAIRS_GIVEN};
    assert_int_equal(analysis_run(model, posts, n_posts, &options, proposed, &err), 0);
    infer(n_posts);
    for (size_t p = 0; p < n_posts; p++) {
        struct bottleneck *b = read_post(p, 1);
        size_t of_mean = 0;
        for (size_t i = 0; i < b->n_entities; i++) {
            const struct bottleneck_entity *e = &b->entities[i];
            if (!e->in[READING_MEAN])
                continue;
            const struct analysis_entity *same = &proposed[p]->entities[of_mean++];
            assert_true(of_mean <= proposed[p]->n_entities);
            assert_true(e->start == same->start && e->end == same->end && e->type == same->type);
            assert_true(e->score[READING_MEAN] == same->score);
        }
        assert_int_equal(of_mean, proposed[p]->n_entities);
        assert_int_equal(b->n_pairs, proposed[p]->n_relations);
        for (size_t i = 0; i < b->n_pairs; i++) {
            assert_string_equal(b->pairs[i].types[READING_MEAN], proposed[p]->relations[i].type);
            assert_true(fabs(b->pairs[i].scores[READING_MEAN] - proposed[p]->relations[i].score) < 1e-5);
        }
        for (size_t t = 0; t < b->n_tokens; t++)
            assert_true(b->token_used[t] == proposed[p]->token_contribution[t]);
        assert_int_equal(b->has_picture, proposed[p]->has_consistency);
        entities += of_mean;
        pairs += b->n_pairs;
        bottleneck_free(b);
        analysis_free(proposed[p]);
    }
    assert_true(entities > n_posts / 2 && pairs > 10);
}

/* Posteriors without variance, and with the encoders' rows as their mean: all readings are one. */
static void readings_part_by_what_parts_them(void **state)
{
    (void)state;
    size_t d = mmib_config(model)->text.hidden_size, differ = 0, returned = 0;
    infer(n_posts);
    struct mmib_states *s = &inference.states;
    for (size_t p = 0; p < n_posts; p++) {
        struct bottleneck *b = read_post(p, 1);
        differ += !bottleneck_agree(b, READING_MEAN, READING_BYPASSED);
        differ += !bottleneck_agree(b, READING_MEAN, READING_SAMPLE);
        bottleneck_free(b);
    }
    assert_true(differ > 4);
    for (size_t i = 0; i < s->text_offsets[n_posts] * d; i++)
        s->text_logvar[i] = -INFINITY;
    for (size_t i = 0; i < s->image_offsets[n_posts] * d; i++)
        s->image_logvar[i] = -INFINITY;
    for (size_t p = 0; p < n_posts; p++) {
        struct bottleneck *b = read_post(p, 1);
        assert_true(bottleneck_agree(b, READING_MEAN, READING_SAMPLE));
        for (size_t i = 0; i < b->n_entities; i++) {
            assert_int_equal(b->entities[i].samples, b->entities[i].in[READING_MEAN] ? b->n_samples : 0);
            returned += b->entities[i].samples;
        }
        for (size_t i = 0; i < b->n_pairs; i++)
            assert_int_equal(b->pairs[i].samples, b->n_samples);
        bottleneck_free(b);
    }
    assert_true(returned > 0);
    memcpy(s->text_hidden, s->text_mean, s->text_offsets[n_posts] * d * sizeof *s->text_hidden);
    memcpy(s->image_hidden, s->image_mean, s->image_offsets[n_posts] * d * sizeof *s->image_hidden);
    for (size_t p = 0; p < n_posts; p++) {
        struct bottleneck *b = read_post(p, 1);
        assert_true(bottleneck_agree(b, READING_MEAN, READING_BYPASSED));
        bottleneck_free(b);
    }
}

static bool yes(void *context)
{
    ++*(int *)context;
    return true;
}

static void memory_is_given_back_and_work_can_be_dropped(void **state)
{
    (void)state;
    struct error err;
    infer(16);
    size_t used = mmib_arena(model)->used_bytes;
    int asked = 0;
    for (size_t p = 0; p < 16; p++) {
        struct bottleneck *b = read_post(p, 1);
        bottleneck_free(b);
        struct faithfulness f;
        const struct bottleneck_options dropped = {.cancelled = yes, .context = &asked};
        const struct faithfulness_options test = {.orders = 1}, stopped = {.cancelled = yes, .context = &asked};
        assert_int_equal(bottleneck_of(model, &inference, p, &dropped, &b, &err), 1);
        assert_null(b);
        assert_int_equal(faithfulness_of(model, &inference, p, &test, &f, &err), 0);
        if (f.n_labels)
            assert_int_equal(faithfulness_of(model, &inference, p, &stopped, &f, &err), 1);
        assert_int_equal(mmib_arena(model)->used_bytes, used);
    }
    assert_true(asked > 16);
}

/* --- against gold ------------------------------------------------------------------------------------------------- */

static void effects_follow_gold(void **state)
{
    (void)state;
    struct entity gold_entities[] = {
        {.id = "e0", .start = 0, .end = 1, .type = "PER"},  /* right both ways */
        {.id = "e1", .start = 2, .end = 4, .type = "ORG"},  /* the mean only */
        {.id = "e2", .start = 5, .end = 6, .type = "LOC"},  /* bypassed only: the mean says PER */
        {.id = "e3", .start = 7, .end = 8, .type = "MISC"}, /* neither */
        {.id = "e4", .start = 9, .end = 10},                /* nobody knows */
        {.id = "e5", .start = 11, .end = 12, .type = "PER", .origin = {.source = SOURCE_MODEL, .has_source = true}},
    };
    struct relation gold_relations[] = {{.id = "r0", .head = "e0", .tail = "e1", .type = "None"},
                                        {.id = "r1", .head = "e1", .tail = "e0", .type = "in"},
                                        {.id = "r2", .head = "e0", .tail = "e2", .type = "in"}};
    struct post gold = {.id = "p", .n_tokens = 13, .entities = gold_entities, .n_entities = 6,
                        .relations = gold_relations, .n_relations = 3};
    struct bottleneck_entity entities[] = {
        {0, 1, "PER", {true, true, true}, {0}, 8},   {2, 4, "ORG", {true, false, false}, {0}, 6},
        {5, 6, "LOC", {false, false, true}, {0}, 0}, {5, 6, "PER", {true, true, false}, {0}, 8},
        {9, 10, "LOC", {true, true, false}, {0}, 8}, {10, 11, "LOC", {false, false, true}, {0}, 1},
        {11, 12, "PER", {true, true, true}, {0}, 8}, {12, 13, "ORG", {false, true, false}, {0}, 1},
    };
    struct bottleneck_pair pairs[] = {
        {{0, 1}, {2, 4}, {"in", "None", "None"}, {0}, 3}, {{2, 4}, {0, 1}, {"in", "in", "None"}, {0}, 8}};
    float rows[13] = {0}, row[1] = {0};
    size_t object[1] = {SIZE_MAX};
    rows[3] = 2;
    const struct bottleneck b = {.n_tokens = 13, .cut = 1, .token_kept = rows, .token_used = rows, .token_before = rows,
                                 .n_images = 1, .image_kept = row, .image_used = row, .image_before = row,
                                 .image_objects = object, .n_samples = 8, .entities = entities, .n_entities = 8,
                                 .pairs = pairs, .n_pairs = 2};
    assert_int_equal(bottleneck_effect_on_entity(&b, 0, 1, "PER"), EFFECT_KEPT_RIGHT);
    assert_int_equal(bottleneck_effect_on_entity(&b, 2, 4, "ORG"), EFFECT_SAVED);
    assert_int_equal(bottleneck_effect_on_entity(&b, 5, 6, "LOC"), EFFECT_LOST);
    assert_int_equal(bottleneck_effect_on_entity(&b, 7, 8, "MISC"), EFFECT_KEPT_WRONG);
    assert_int_equal(bottleneck_effect_on_extra(&b, 5, 6, "PER"), EFFECT_LOST);
    assert_int_equal(bottleneck_effect_on_extra(&b, 10, 11, "LOC"), EFFECT_SAVED);
    const size_t spans[3][2] = {{0, 1}, {2, 4}, {5, 6}};
    assert_int_equal(bottleneck_effect_on_pair(&b, spans[0], spans[1], "None"), EFFECT_LOST);
    assert_int_equal(bottleneck_effect_on_pair(&b, spans[1], spans[0], "in"), EFFECT_SAVED);
    assert_int_equal(bottleneck_effect_on_pair(&b, spans[0], spans[2], "in"), EFFECT_UNKNOWN);

    /* Extras: 5-6 PER lost, 10-11 LOC saved, 11-12 PER wrong both ways (gold's is a proposal); 9-10 has no gold type,
     * and what only a sample has is no decision. */
    struct bottleneck_judgement judged = bottleneck_judge(&b, &gold);
    assert_true(judged.entities.saved == 2 && judged.entities.lost == 2);
    assert_true(judged.entities.kept_right == 1 && judged.entities.kept_wrong == 2);
    assert_true(judged.relations.saved == 1 && judged.relations.lost == 1);
    assert_true(judged.relations.kept_right == 0 && judged.relations.kept_wrong == 0);

    struct bottleneck_totals totals = {0};
    assert_int_equal(bottleneck_totals_add(&totals, &b, &gold), 0);
    assert_int_equal(bottleneck_totals_add(&totals, &b, &gold), 0);
    assert_true(totals.entities.saved == 4 && totals.entities.lost == 4 && totals.relations.saved == 2);
    assert_int_equal(totals.n_entity_types, 4);
    static const char *const names[] = {"LOC", "MISC", "ORG", "PER"};
    size_t saved = 0, decisions = 0;
    for (size_t i = 0; i < 4; i++) {
        const struct bottleneck_counts *c = &totals.entity_types[i].counts;
        assert_string_equal(totals.entity_types[i].name, names[i]);
        saved += c->saved;
        decisions += c->saved + c->lost + c->kept_right + c->kept_wrong;
    }
    assert_true(saved == 4 && decisions == 14);
    assert_int_equal(totals.n_relation_types, 2);
    assert_int_equal(totals.n_decided, 2 * (5 + 2));
    assert_int_equal(totals.n_unstable, 2 * (1 + 1));
    assert_true(totals.n_posts == 2 && totals.n_changed == 2);
    assert_int_equal(totals.rows[ROWS_ENTITY_WORDS].n, 2 * 6);
    assert_int_equal(totals.rows[ROWS_OTHER_WORDS].n, 2 * 6); /* the last token was cut */
    assert_true(totals.rows[ROWS_ENTITY_WORDS].kept == 4 && totals.rows[ROWS_PICTURES].n == 0);
    bottleneck_totals_free(&totals);
}

/* saved - lost is the difference of errors of the two readings, counted here by hand. */
static void sums_are_differences_of_errors(void **state)
{
    (void)state;
    struct bottleneck_totals totals = {0};
    long mean_errors = 0, bypassed_errors = 0;
    for (size_t first = 0; first < n_posts; first += 32) {
        struct error err = {0};
        const struct inference_options options = {.folder = images};
        size_t n = n_posts - first < 32 ? n_posts - first : 32;
        assert_int_equal(inference_run(model, posts + first, n, &options, &inference, &err), 0);
        for (size_t p = 0; p < n; p++) {
            const struct post *gold = posts[first + p];
            struct bottleneck *b = read_post(p, 1);
            assert_int_equal(bottleneck_totals_add(&totals, b, gold), 0);
            for (int bypassed = 0; bypassed < 2; bypassed++) {
                enum bottleneck_reading reading = bypassed ? READING_BYPASSED : READING_MEAN;
                long right = 0, predicted = 0;
                for (size_t i = 0; i < b->n_entities; i++) {
                    predicted += b->entities[i].in[reading];
                    for (size_t k = 0; b->entities[i].in[reading] && k < gold->n_entities; k++)
                        right += gold->entities[k].start == b->entities[i].start &&
                                 gold->entities[k].end == b->entities[i].end &&
                                 !strcmp(gold->entities[k].type, b->entities[i].type);
                }
                *(bypassed ? &bypassed_errors : &mean_errors) += predicted + (long)gold->n_entities - 2 * right;
            }
            bottleneck_free(b);
        }
    }
    assert_int_equal((long)totals.entities.saved - (long)totals.entities.lost, bypassed_errors - mean_errors);
    assert_true(totals.entities.saved > 0);
    bottleneck_totals_free(&totals);
}

/* --- the deletion test -------------------------------------------------------------------------------------------- */

/* Without its cells, the whole picture is as if its features were zero; a curve begins with the whole post. */
static void a_curve_has_the_right_ends(void **state)
{
    (void)state;
    struct error err = {0};
    size_t curves = 0, tested[12] = {0};
    double last[12] = {0};
    infer(12);
    for (size_t p = 0; p < 12; p++) {
        struct faithfulness f;
        const struct faithfulness_options options = {.orders = 2, .seed = 4};
        assert_int_equal(faithfulness_of(model, &inference, p, &options, &f, &err), 0);
        const struct faithfulness_curve *each[] = {&f.words, &f.cells};
        for (size_t k = 0; k < 2; k++) {
            const struct faithfulness_curve *c = each[k];
            if (!c->n_points) {
                assert_true(isnan(c->area));
                continue;
            }
            assert_true(c->n_points <= FAITHFULNESS_STEPS + 1 && c->gone[0] == 0);
            assert_int_equal(c->gone[c->n_points - 1], c->n_parts);
            size_t end = c->n_points - 1;
            assert_true(c->hottest[0] == c->random[0] && fabs(c->hottest[end] - c->random[end]) < 1e-9);
            for (size_t i = 1; i < c->n_points; i++)
                assert_true(c->gone[i] > c->gone[i - 1] && c->hottest[i] <= 0 && c->random[i] <= 0);
            assert_true(c->n_beaten <= 2);
            curves++;
        }
        if (f.cells.n_points && f.n_labels == 1) {
            tested[p] = 1;
            last[p] = f.cells.hottest[f.cells.n_points - 1];
        }
    }
    assert_true(curves > 16);

    /* The same last point by another way: zero features from the start. */
    size_t channels = mmib_config(model)->image.channels, compared = 0;
    struct features features[12];
    float *zero[12];
    struct inference_options options = {.features = features};
    struct bottleneck *labels[12];
    for (size_t p = 0; p < 12; p++) {
        const struct features *own = &inference.features[p];
        labels[p] = read_post(p, 1);
        features[p] = *own;
        zero[p] = calloc(own->n_images * channels + 1, sizeof **zero);
        features[p].objects = malloc(own->n_images * sizeof *own->objects);
        assert_true(zero[p] && features[p].objects);
        memcpy(features[p].objects, own->objects, own->n_images * sizeof *own->objects);
        for (size_t i = channels; own->features && i < own->n_images * channels; i++)
            zero[p][i] = own->features[i];
        features[p].features = own->features ? zero[p] : NULL;
        features[p].cells = NULL;
    }
    assert_int_equal(inference_run(model, posts, 12, &options, &inference, &err), 0);
    for (size_t p = 0; p < 12; p++) {
        struct bottleneck *without = read_post(p, 1);
        for (size_t i = 0; tested[p] && i < labels[p]->n_entities; i++) {
            const struct bottleneck_entity *e = &labels[p]->entities[i];
            for (size_t k = 0; e->in[READING_MEAN] && k < without->n_entities; k++) {
                const struct bottleneck_entity *w = &without->entities[k];
                if (w->start == e->start && w->end == e->end && !strcmp(w->type, e->type)) {
                    assert_true(fabs(log(w->score[READING_MEAN]) - last[p]) < 1e-4);
                    compared++;
                }
            }
        }
        bottleneck_free(without);
        bottleneck_free(labels[p]);
        free(features[p].objects);
        free(zero[p]);
    }
    assert_true(compared > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mean_is_what_is_proposed),
        cmocka_unit_test(readings_part_by_what_parts_them),
        cmocka_unit_test(memory_is_given_back_and_work_can_be_dropped),
        cmocka_unit_test(effects_follow_gold),
        cmocka_unit_test(sums_are_differences_of_errors),
        cmocka_unit_test(a_curve_has_the_right_ends),
    };
    return cmocka_run_group_tests_name("bottleneck", tests, open_all, demo_close);
}
