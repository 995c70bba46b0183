/* Whole passes of the bundled model over the demonstration corpus: what must hold whatever the weights are.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/analysis.h"
#include "model/inference.h"
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

enum { MAX_POSTS = 16 }; /* enough to meet posts with a picture, without one, and with one that is missing */

static int open_all(void **state)
{
    (void)state;
    return demo_open(MAX_POSTS);
}

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) <= 2e-4 + 2e-4 * fabs(want)))
        fail_msg("%.9g instead of %.9g", got, want);
}

/* The pieces' scores add up to the tokens', the cells' to the picture's, the marginals of a row to 1. */
static void parts_add_up(void **state)
{
    (void)state;
    struct inference inference;
    struct error err;
    const struct inference_options options = {.folder = images};
    size_t pictures = 0, labels = mmib_crf(model)->labels;
    assert_int_equal(inference_run(model, posts, n_posts, &options, &inference, &err), 0);
    for (size_t p = 0; p < n_posts; p++) {
        const struct inference_post *post = &inference.each[p];
        const struct explanation *e = &post->explanation;
        double tokens = 0, pieces = 0;
        for (size_t t = 0; t < post->example.n_tokens; t++)
            tokens += e->token_contribution[t];
        for (size_t r = 1; r + 1 < post->example.n_pieces; r++)
            pieces += e->text_contribution[r];
        assert_near(tokens, pieces);
        for (size_t i = 0; i < post->features.n_images; i++) {
            double cells = 0;
            for (size_t c = 0; c < e->grid * e->grid; c++)
                cells += e->grid_contribution[i * e->grid * e->grid + c];
            assert_near(cells, e->image_contribution[i]);
        }
        pictures += post->features.features != NULL;
        float marginals[MAX_POSTS * 64];
        assert_true(post->tags.n_rows * labels <= sizeof marginals / sizeof *marginals);
        crf_marginals(mmib_crf(model), &post->tags.sums, marginals);
        for (size_t r = 0; r < post->tags.n_rows; r++) {
            double sum = 0;
            for (size_t l = 0; l < labels; l++)
                sum += marginals[r * labels + l];
            assert_near(sum, 1);
        }
        assert_true(post->tags.path_score <= post->tags.sums.log_partition + 1e-9);
    }
    assert_true(pictures > n_posts / 2); /* else the picture half was not looked at */
}

static void assert_same_analysis(const struct analysis *a, const struct analysis *b)
{
    assert_int_equal(a->n_entities, b->n_entities);
    for (size_t i = 0; i < a->n_entities; i++) {
        assert_int_equal(a->entities[i].start, b->entities[i].start);
        assert_int_equal(a->entities[i].end, b->entities[i].end);
        assert_string_equal(a->entities[i].type, b->entities[i].type);
        assert_near(a->entities[i].score, b->entities[i].score);
        for (size_t k = 1; k < a->entities[i].n_runners_up; k++)
            assert_true(a->entities[i].runners_up[k].score <= a->entities[i].runners_up[k - 1].score);
    }
    assert_int_equal(a->n_relations, b->n_relations);
    for (size_t i = 0; i < a->n_relations; i++)
        assert_near(a->relations[i].score, b->relations[i].score);
    assert_int_equal(a->n_images, b->n_images);
    for (size_t i = 0; i < a->n_tokens; i++)
        assert_near(a->token_contribution[i], b->token_contribution[i]);
    for (size_t i = 0; i < a->n_images; i++)
        assert_near(a->image_contribution[i], b->image_contribution[i]);
}

/* A post's numbers do not depend on its neighbours in the batch, nor on whether its picture's features were kept. */
static void company_changes_nothing(void **state)
{
    (void)state;
    struct analysis *together[MAX_POSTS], *alone;
    struct error err;
    const struct analysis_options options = {.images = images, .pairs = PAIRS_PROPOSED, .schema = &corpus->schema};
    size_t entities = 0;
    assert_int_equal(analysis_run(model, posts, n_posts, &options, together, &err), 0);
    for (size_t p = 0; p < n_posts; p++) {
        assert_int_equal(analysis_run(model, &posts[p], 1, &options, &alone, &err), 0);
        assert_same_analysis(together[p], alone);
        entities += alone->n_entities;
        analysis_free(together[p]);
        analysis_free(alone);
    }
    assert_true(entities > 0);
}

static void hidden_pictures_are_no_pictures(void **state)
{
    (void)state;
    struct analysis *analyses[MAX_POSTS];
    struct error err;
    const struct analysis_options options = {.images = images, .no_image = true, .pairs = PAIRS_PROPOSED};
    assert_int_equal(analysis_run(model, posts, n_posts, &options, analyses, &err), 0);
    for (size_t p = 0; p < n_posts; p++) {
        assert_false(analyses[p]->has_consistency);
        assert_int_equal(analyses[p]->n_images, 1);
        assert_int_equal(analyses[p]->grid, 0);
        analysis_free(analyses[p]);
    }
}

/* Given pairs keep order and direction and always get a label; live pairs are those of the post's own entities. */
static void pairs_are_those_asked_for(void **state)
{
    (void)state;
    struct error err;
    size_t relations = 0;
    const struct analysis_options given = {.images = images, .pairs = PAIRS_GIVEN};
    const struct analysis_options live = {.images = images, .pairs = PAIRS_LIVE, .schema = &corpus->schema};
    for (size_t p = 0; p < n_posts; p++) {
        struct analysis *analysis;
        assert_int_equal(analysis_run(model, &posts[p], 1, &given, &analysis, &err), 0);
        assert_int_equal(analysis->n_relations, posts[p]->n_relations);
        for (size_t r = 0; r < analysis->n_relations; r++, relations++) {
            const struct entity *head = post_entity_peek(posts[p], posts[p]->relations[r].head);
            assert_int_equal(analysis->relations[r].head[0], head->start);
            assert_int_equal(analysis->relations[r].head[1], head->end);
        }
        analysis_free(analysis);
        assert_int_equal(analysis_run(model, &posts[p], 1, &live, &analysis, &err), 0);
        for (size_t r = 0; r < analysis->n_relations; r++) {
            const struct entity *head = post_entity_at_peek(posts[p], analysis->relations[r].head[0],
                                                            analysis->relations[r].head[1]);
            const struct entity *tail = post_entity_at_peek(posts[p], analysis->relations[r].tail[0],
                                                            analysis->relations[r].tail[1]);
            if (head && tail)
                assert_true(schema_fits(&corpus->schema, analysis->relations[r].type, head->type, tail->type));
            assert_string_not_equal(analysis->relations[r].type, "None");
        }
        analysis_free(analysis);
    }
    assert_true(relations > 0);
}

static bool always(void *context)
{
    ++*(int *)context;
    return true;
}

static void cancelled_work_leaves_nothing(void **state)
{
    (void)state;
    int asked = 0;
    struct analysis *analysis;
    struct error err;
    const struct analysis_options options = {.images = images, .cancelled = always, .context = &asked};
    assert_int_equal(analysis_run(model, posts, 1, &options, &analysis, &err), 1);
    assert_null(analysis);
    assert_true(asked > 0);
}

/* A picture that is missing, broken, or outside the folder: no failure, a state. */
static void bad_pictures_are_states(void **state)
{
    (void)state;
    static const struct {
        const char *image;
        bool missing, broken;
    } cases[] = {{"no-such-picture.jpg", true, false}, {"../demo.json", false, true}, {"demo.json", false, true}};
    char *folder = strdup(images);
    assert_non_null(folder);
    for (size_t i = 0; i < 3; i++) {
        struct post post;
        struct analysis *analysis;
        struct error err;
        assert_int_equal(post_copy(posts[0], &post), 0);
        free(post.image);
        post.image = strdup(cases[i].image);
        if (i == 2)
            *strrchr(folder, '/') = '\0'; /* the folder above, where demo.json lies */
        const struct analysis_options options = {.images = folder, .pairs = PAIRS_PROPOSED};
        const struct post *one = &post;
        assert_int_equal(analysis_run(model, &one, 1, &options, &analysis, &err), 0);
        assert_int_equal(analysis->picture_missing, cases[i].missing);
        assert_int_equal(analysis->picture_error != NULL, cases[i].broken);
        assert_false(analysis->has_consistency);
        analysis_free(analysis);
        post_free(&post);
    }
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(company_changes_nothing),
        cmocka_unit_test(hidden_pictures_are_no_pictures),
        cmocka_unit_test(pairs_are_those_asked_for),
        cmocka_unit_test(cancelled_work_leaves_nothing),
        cmocka_unit_test(bad_pictures_are_states),
    };
    return cmocka_run_group_tests(tests, open_all, demo_close);
}
