/* What is remembered of every post: what it belongs to, and that none of it outlives the words or labels it was for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/scores.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *tokens[] = {"Rob", "Lind", "met", "Ana"};
static struct analysis_entity said[] = {{.start = 0, .end = 2, .type = "PER", .score = 0.9},
                                        {.start = 3, .end = 4, .type = "PER", .score = 0.55}};
static struct schema schema;

static struct post a_post(void)
{
    return (struct post){.id = "1", .tokens = tokens, .n_tokens = 4};
}

static void put(struct scores *scores, size_t index, const struct post *post, const struct analysis *analysis,
                float words)
{
    struct scores_result result;
    assert_int_equal(scores_result_make(post, analysis, &schema, &result), 0);
    result.words = result.picture = words;
    scores_put(scores, index, &result);
    scores_result_free(&result);
}

static void seen_is_not_unseen(void **state)
{
    (void)state;
    struct post post = a_post();
    struct analysis nothing = {.n_tokens = 4}, two = {.n_tokens = 4, .entities = said, .n_entities = 2,
                                                      .has_consistency = true, .consistency = 0.25};
    struct scores *scores = scores_new(4, NULL);
    struct scores_of_post s;
    put(scores, 0, &post, &nothing, NAN);
    put(scores, 1, &post, &two, NAN);
    put(scores, 2, &post, NULL, NAN);
    scores_of(scores, 0, &post, 0, &s);
    assert_true(s.state == SCORES_SEEN && s.has_proposals && s.n_proposals == 0 && isnan(s.match) && isnan(s.words));
    scores_of(scores, 1, &post, 0.6, &s);
    assert_true(s.state == SCORES_SEEN && s.n_proposals == 1 && s.n_below == 1);
    assert_true(s.match == 0.25f);
    scores_of(scores, 2, &post, 0, &s);
    assert_true(s.state == SCORES_FAILED && !s.has_proposals);
    scores_of(scores, 3, &post, 0, &s);
    assert_true(s.state == SCORES_UNSEEN && !s.has_proposals);
    scores_free(scores);
}

static void scores_go_with_the_words(void **state)
{
    (void)state;
    struct post post = a_post(), other = a_post();
    char *others[] = {"Rob", "Lind", "met", "Anna"};
    struct entity label = {.id = "e1", .start = 0, .end = 2, .type = "PER",
                           .origin = {.source = SOURCE_HUMAN, .has_source = true}};
    struct object box = {.id = "o1", .box = {0, 0, 9, 9}};
    struct analysis two = {.n_tokens = 4, .entities = said, .n_entities = 2};
    struct scores *scores = scores_new(1, NULL);
    struct scores_of_post s;
    scores_set_need(scores, SCORES_NEED_PROPOSALS);
    assert_true(scores_lack(scores, 0));
    put(scores, 0, &post, &two, 0.5f);
    assert_false(scores_lack(scores, 0));
    other.tokens = others;
    scores_of(scores, 0, &other, 0, &s);
    assert_true(s.state == SCORES_UNSEEN && isnan(s.words));
    assert_true(scores_lack(scores, 0));
    put(scores, 0, &post, &two, 0.5f);
    other = a_post();
    other.objects = &box;
    other.n_objects = 1;
    scores_of(scores, 0, &other, 0, &s);
    assert_true(s.state == SCORES_UNSEEN);

    put(scores, 0, &post, &two, 0.5f);
    post.entities = &label; /* the words are the same, what is offered may not be */
    post.n_entities = 1;
    scores_of(scores, 0, &post, 0, &s);
    assert_true(s.state == SCORES_SEEN && !s.has_proposals && s.words == 0.5f);
    assert_true(scores_lack(scores, 0));
    put(scores, 0, &post, &two, NAN);
    scores_of(scores, 0, &post, 0, &s);
    assert_true(s.has_proposals && s.n_proposals == 1 && s.words == 0.5f); /* the draws need not be drawn again */
    scores_free(scores);
}

static void draws_are_asked_for_only_where_needed(void **state)
{
    (void)state;
    struct post post = a_post();
    struct analysis two = {.n_tokens = 4, .entities = said, .n_entities = 2};
    struct scores *scores = scores_new(1, NULL);
    assert_false(scores_lack(scores, 0));
    scores_set_need(scores, SCORES_NEED_PROPOSALS);
    put(scores, 0, &post, &two, NAN);
    assert_false(scores_lack(scores, 0));
    scores_set_need(scores, SCORES_NEED_DRAWS);
    assert_true(scores_lack(scores, 0));
    put(scores, 0, &post, &two, 0.25f);
    assert_false(scores_lack(scores, 0));
    scores_free(scores);
}

/* Every post is put again and again: memory that is left behind is used again, and nobody gets another's numbers. */
static void many_posts_keep_their_own(void **state)
{
    (void)state;
    enum { POSTS = 3000, ROUNDS = 8 };
    struct post post = a_post();
    struct scores *scores = scores_new(POSTS, NULL);
    struct scores_of_post s;
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < POSTS; i++) {
            float values[3] = {0.9f, 0.8f, 0.7f};
            struct scores_result result;
            assert_int_equal(scores_result_make(&post, NULL, &schema, &result), 0);
            result.failed = false;
            result.proposals = values;
            result.n_proposals = (i + round) % 4;
            scores_put(scores, i, &result);
        }
    for (size_t i = 0; i < POSTS; i++) {
        size_t n = (i + ROUNDS - 1) % 4;
        scores_at(scores, i, 0.75, &s);
        assert_int_equal(s.n_proposals, n < 2 ? n : 2);
        assert_int_equal(s.n_below, n > 2);
    }
    scores_free(scores);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seen_is_not_unseen),
        cmocka_unit_test(scores_go_with_the_words),
        cmocka_unit_test(draws_are_asked_for_only_where_needed),
        cmocka_unit_test(many_posts_keep_their_own),
    };
    return cmocka_run_group_tests_name("scores", tests, NULL, NULL);
}
