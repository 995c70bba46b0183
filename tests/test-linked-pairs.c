/* Linked entities and objects: which are taken, and their representations against a pass of each post by itself.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/inference.h"
#include "src/linked-pairs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct model_run run;
static struct mmib *models[2];

static int open_all(void **state)
{
    (void)state;
    static char corpus[4096], model[4096];
    static struct model_run_arguments arguments;
    struct error err = {0};
    snprintf(corpus, sizeof corpus, "%s/corpora/demo/demo.json", getenv("SRCDIR"));
    snprintf(model, sizeof model, "%s/model/pretrained/mini", getenv("SRCDIR"));
    arguments.model = model;
    arguments.threads = 2;
    if (model_run_open(corpus, &arguments, &run, &err) || !(models[1] = mmib_open(model, 1, &err))) {
        print_error("%s\n", err.message);
        return -1;
    }
    models[0] = run.model;
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    mmib_close(models[1]);
    model_run_close(&run);
    return 0;
}

static size_t linked_entities(const char *type)
{
    size_t n = 0;
    for (size_t i = 0; i < run.corpus->n_posts; i++)
        for (size_t k = 0; k < run.corpus->posts[i].n_entities; k++) {
            const struct entity *entity = &run.corpus->posts[i].entities[k];
            n += entity->n_grounding && !strcmp(entity->type, type);
        }
    return n;
}

static void assert_near(const float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_true(fabsf(a[i] - b[i]) <= 1e-4F * (1 + fabsf(b[i])));
}

static void test_representations(void **state)
{
    (void)state;
    struct linked_options options = {.types = {"PER", "ORG"}, .n_types = 2, .per_type = 1000, .quiet = true};
    struct linked_pairs pairs;
    struct error err;
    assert_int_equal(linked_pairs_make(&run, models, 2, &options, &pairs, &err), 0);
    assert_int_equal(pairs.types[0].candidates, linked_entities("PER"));
    assert_int_equal(pairs.types[1].candidates, linked_entities("ORG"));
    assert_int_equal(pairs.n + pairs.without_picture + pairs.without_row + pairs.cut,
                     pairs.types[0].candidates + pairs.types[1].candidates);
    assert_true(pairs.n > 20);
    const struct inference_options how = {.folder = run.folder};
    for (size_t i = 0; i < pairs.n; i++) {
        const struct linked_pair *pair = &pairs.each[i];
        const struct post *post = &run.corpus->posts[pair->post];
        const struct entity *entity = &post->entities[pair->entity];
        struct inference inference;
        size_t d = pairs.d[0], row = 0, first, n = 0;
        assert_string_equal(entity->type, options.types[pair->type]);
        assert_string_equal(entity->grounding[0], post->objects[pair->object].id);
        assert_int_equal(inference_run(models[1], &post, 1, &how, &inference, &err), 0);
        float *mean = calloc(d, sizeof *mean);
        assert_non_null(mean);
        /* Pieces of the words before the entity, and [CLS], stand before its own. */
        for (first = 1; first < inference.examples[0].rows[entity->start]; first++)
            ;
        for (size_t r = first; r < inference.examples[0].rows[entity->end]; r++, n++)
            for (size_t k = 0; k < d; k++)
                mean[k] += inference.states.text_mean[r * d + k];
        for (size_t k = 0; k < d; k++)
            mean[k] /= (float)n;
        while (inference.features[0].objects[row] != pair->object)
            row++;
        for (size_t m = 0; m < 2; m++) {
            assert_near(pairs.points[m] + 2 * i * d, mean, d);
            assert_near(pairs.points[m] + (2 * i + 1) * d, inference.states.image_mean + row * d, d);
        }
        free(mean);
    }
    linked_pairs_free(&pairs);
}

static void test_choice(void **state)
{
    (void)state;
    struct linked_options options = {.types = {"PER", "LOC", "NONE"}, .n_types = 3, .per_type = 7, .quiet = true};
    struct linked_pairs pairs, again, other;
    struct error err;
    assert_int_equal(linked_pairs_make(&run, models, 1, &options, &pairs, &err), 0);
    assert_int_equal(linked_pairs_make(&run, models, 1, &options, &again, &err), 0);
    options.seed = 1;
    assert_int_equal(linked_pairs_make(&run, models, 1, &options, &other, &err), 0);
    assert_int_equal(pairs.n, 14);
    assert_int_equal(pairs.types[0].taken, 7);
    assert_int_equal(pairs.types[1].taken, 7);
    assert_int_equal(pairs.types[2].candidates, 0);
    assert_memory_equal(pairs.each, again.each, 14 * sizeof *pairs.each);
    assert_memory_not_equal(pairs.each, other.each, 14 * sizeof *pairs.each);
    for (size_t i = 0; i < pairs.n; i++)
        for (size_t k = 0; k < i; k++)
            assert_false(pairs.each[i].post == pairs.each[k].post && pairs.each[i].entity == pairs.each[k].entity);
    linked_pairs_free(&pairs);
    linked_pairs_free(&again);
    linked_pairs_free(&other);
}

static void test_without_pictures(void **state)
{
    (void)state;
    struct linked_options options = {.types = {"PER"}, .n_types = 1, .per_type = 1000, .quiet = true};
    struct linked_pairs pairs;
    struct error err;
    char *folder = run.folder;
    run.folder = NULL;
    assert_int_equal(linked_pairs_make(&run, models, 1, &options, &pairs, &err), 0);
    run.folder = folder;
    assert_int_equal(pairs.n, 0);
    assert_int_equal(pairs.without_picture, pairs.types[0].candidates);
    linked_pairs_free(&pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_representations),
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_without_pictures),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
