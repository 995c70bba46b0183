/* The committee of draws: the vote by hand-made cases, the draws by what must hold whatever the weights are.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/analysis.h"
#include "model/uncertainty.h"
#include "tests/demo-try.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX_POSTS = 12, DRAWS = 8 };

static int open_all(void **state)
{
    (void)state;
    return demo_open(MAX_POSTS);
}

static void the_vote_is_counted(void **state)
{
    (void)state;
    const struct tag_span mean[] = {{0, 2, 1}, {4, 5, 0}};
    /* Four draws: all find the first, one finds the second as it is, one gives it another type, one finds a third. */
    const struct tag_span drawn[] = {{0, 2, 1}, {4, 5, 0}, {0, 2, 1}, {4, 5, 3}, {0, 2, 1}, {0, 2, 1}, {3, 4, 2}};
    const size_t first[] = {0, 2, 4, 5, 7};
    float shares[2];
    double doubt = uncertainty_vote(mean, 2, drawn, first, 4, shares);
    /* F1 of the draws: 4/4, 2/4, 2/3, 2/4. */
    assert_true(fabs(doubt - (1 - (1 + 0.5 + 2.0 / 3 + 0.5) / 4)) < 1e-12);
    assert_true(shares[0] == 1 && shares[1] == 0.25f);

    const size_t none[] = {0, 0, 0};
    assert_true(uncertainty_vote(mean, 0, drawn, none, 2, shares) == 0); /* nothing found, nothing doubted */
    assert_true(uncertainty_vote(mean, 2, drawn, none, 2, shares) == 1); /* no draw finds what the mean does */
    const size_t agreed[] = {0, 2}, one_of_two[] = {0, 1, 1};
    assert_true(uncertainty_vote(mean, 2, drawn, agreed, 1, shares) == 0);
    assert_true(uncertainty_vote(mean, 0, drawn, one_of_two, 2, shares) == 0.5); /* one draw sees more than the mean */
}

/* A bottleneck that is sure has draws that are all the mean. */
static void no_variance_no_doubt(void **state)
{
    (void)state;
    struct inference inference;
    struct error err;
    const struct inference_options options = {.folder = images};
    size_t spans = 0, d = mmib_config(model)->text.hidden_size;
    assert_int_equal(inference_run(model, posts, n_posts, &options, &inference, &err), 0);
    for (size_t i = 0; i < inference.states.text_offsets[n_posts] * d; i++)
        inference.states.text_logvar[i] = -INFINITY;
    for (size_t i = 0; i < inference.states.image_offsets[n_posts] * d; i++)
        inference.states.image_logvar[i] = -INFINITY;
    for (size_t p = 0; p < n_posts; p++) {
        struct uncertainty doubt;
        assert_int_equal(uncertainty_of(model, &inference, p, DRAWS, 1, &doubt), 0);
        assert_true(doubt.words == 0 && doubt.picture == 0);
        for (size_t i = 0; i < doubt.n_spans; i++)
            assert_true(doubt.words_share[i] == 1 && doubt.picture_share[i] == 1);
        spans += doubt.n_spans;
    }
    assert_true(spans > n_posts / 2);
}

/* A wide enough posterior of one modality is doubt that comes from that one. */
static void doubt_has_the_right_side(void **state)
{
    (void)state;
    struct inference inference;
    struct error err;
    const struct inference_options options = {.folder = images};
    size_t d = mmib_config(model)->text.hidden_size;
    double words = 0, picture = 0;
    assert_int_equal(inference_run(model, posts, n_posts, &options, &inference, &err), 0);
    for (size_t i = 0; i < inference.states.text_offsets[n_posts] * d; i++)
        inference.states.text_logvar[i] = 6;
    for (size_t i = 0; i < inference.states.image_offsets[n_posts] * d; i++)
        inference.states.image_logvar[i] = -INFINITY;
    for (size_t p = 0; p < n_posts; p++) {
        struct uncertainty doubt;
        assert_int_equal(uncertainty_of(model, &inference, p, DRAWS, 1, &doubt), 0);
        words += doubt.words;
        picture += doubt.picture;
    }
    assert_true(words / (double)n_posts > 0.5);
    assert_true(picture == 0);
}

static void run(struct mmib *which, const struct post *const *some, size_t n, uint64_t seed, struct analysis **out)
{
    struct error err = {0};
    const struct analysis_options options = {.images = images, .pairs = PAIRS_PROPOSED, .draws = DRAWS, .seed = seed};
    if (analysis_run(which, some, n, &options, out, &err))
        fail_msg("%s", err.message);
}

/* The same in a batch and alone, with one thread and with two; another seed is another committee. */
static void the_draws_are_the_posts_own(void **state)
{
    (void)state;
    struct analysis *together[MAX_POSTS], *alone, *other;
    size_t doubted = 0, changed = 0;
    run(model, posts, n_posts, 7, together);
    for (size_t p = 0; p < n_posts; p++) {
        run(model_of_one_thread, &posts[p], 1, 7, &alone);
        run(model, &posts[p], 1, 8, &other);
        assert_true(alone->uncertainty_words == together[p]->uncertainty_words);
        assert_true(alone->uncertainty_picture == together[p]->uncertainty_picture);
        assert_int_equal(alone->n_entities, together[p]->n_entities);
        for (size_t e = 0; e < alone->n_entities; e++) {
            assert_true(alone->entities[e].words_share == together[p]->entities[e].words_share);
            assert_true(alone->entities[e].picture_share == together[p]->entities[e].picture_share);
        }
        assert_true(alone->uncertainty_words >= 0 && alone->uncertainty_words <= 1);
        if (!posts[p]->image)
            assert_true(alone->uncertainty_picture == 0);
        doubted += alone->uncertainty_words > 0;
        changed += alone->uncertainty_words != other->uncertainty_words;
        analysis_free(alone);
        analysis_free(other);
        analysis_free(together[p]);
    }
    assert_true(doubted > 0); /* else nothing was compared */
    assert_true(changed > 0);
}

static void nothing_is_drawn_unasked(void **state)
{
    (void)state;
    struct analysis *analysis;
    struct error err;
    const struct analysis_options options = {.images = images, .pairs = PAIRS_PROPOSED};
    assert_int_equal(analysis_run(model, posts, 1, &options, &analysis, &err), 0);
    assert_true(isnan(analysis->uncertainty_words) && isnan(analysis->uncertainty_picture));
    for (size_t e = 0; e < analysis->n_entities; e++)
        assert_true(isnan(analysis->entities[e].words_share));
    analysis_free(analysis);
}

/* Models with random weights whose every stage is known: subword rows with [CLS] and [SEP], rows by word, cut posts. */
static void golden_models_are_drawn_from(void **state)
{
    (void)state;
    static const char *const names[] = {"ner-paper", "ner-released", "edge", "re-paper"};
    size_t looked = 0;
    for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
        char path[4096];
        struct error err = {0};
        struct corpus *posts_of;
        snprintf(path, sizeof path, "%s/../shared/golden/%s", getenv("SRCDIR"), names[m]);
        if (access(path, R_OK))
            continue;
        struct mmib *golden = mmib_open(path, 1, &err);
        strcat(path, "/corpus.json");
        if (!golden || corpus_read(path, NULL, &posts_of, &err))
            fail_msg("%s", err.message);
        char *folder = corpus_image_folder(posts_of);
        for (size_t p = 0; p < posts_of->n_posts; p++) {
            const struct post *post = &posts_of->posts[p];
            struct analysis *a, *again;
            const struct analysis_options options = {
                .images = folder, .pairs = PAIRS_PROPOSED, .draws = DRAWS, .seed = 3};
            if (analysis_run(golden, &post, 1, &options, &a, &err) ||
                analysis_run(golden, &post, 1, &options, &again, &err))
                fail_msg("%s", err.message);
            assert_true(a->uncertainty_words >= 0 && a->uncertainty_words <= 1);
            assert_true(a->uncertainty_picture >= 0 && a->uncertainty_picture <= 1);
            assert_true(a->uncertainty_words == again->uncertainty_words);
            if (!mmib_config(golden)->ner.present)
                assert_true(a->uncertainty_words == 0);
            for (size_t e = 0; e < a->n_entities; e++)
                assert_true(a->entities[e].words_share >= 0 && a->entities[e].words_share <= 1);
            looked++;
            analysis_free(a);
            analysis_free(again);
        }
        free(folder);
        corpus_free(posts_of);
        mmib_close(golden);
    }
    if (!looked) {
        print_message("# ../shared/golden is not there\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vote_is_counted),
        cmocka_unit_test(no_variance_no_doubt),
        cmocka_unit_test(doubt_has_the_right_side),
        cmocka_unit_test(the_draws_are_the_posts_own),
        cmocka_unit_test(nothing_is_drawn_unasked),
        cmocka_unit_test(golden_models_are_drawn_from),
    };
    return cmocka_run_group_tests_name("uncertainty", tests, open_all, demo_close);
}
