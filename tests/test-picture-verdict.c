/* The picture's verdict: the rule by its truth table, the readings against plain passes over posts that are given the
 * other pictures, the choice of others by what must hold of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/picture-verdict-totals.h"
#include "model/picture-verdict.h"
#include "model/proposal.h"
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

enum { MAX_POSTS = 40, OTHERS = 3 };

static int open_all(void **state)
{
    (void)state;
    return demo_open(MAX_POSTS);
}

static void the_rule_has_this_truth_table(void **state)
{
    (void)state;
    static const struct {
        bool own, without;
        size_t right, others;
        enum picture_answer answer;
    } table[] = {
        {true, false, 0, 8, PICTURE_HELPED},  {true, false, 4, 8, PICTURE_HELPED}, /* half is not more than half */
        {true, false, 5, 8, PICTURE_ANY},     {true, false, 8, 8, PICTURE_ANY},
        {true, false, 1, 3, PICTURE_HELPED},  {true, false, 2, 3, PICTURE_ANY},
        {true, false, 0, 1, PICTURE_HELPED},  {true, false, 1, 1, PICTURE_ANY},
        {true, false, 0, 0, PICTURE_HELPED},  {false, true, 0, 8, PICTURE_HURT},
        {false, true, 8, 8, PICTURE_HURT},    {false, false, 8, 8, PICTURE_IGNORED},
        {false, false, 0, 8, PICTURE_IGNORED}, {true, true, 0, 8, PICTURE_IGNORED},
        {true, true, 8, 8, PICTURE_IGNORED},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(picture_answer_of(table[i].own, table[i].without, table[i].right, table[i].others),
                         table[i].answer);
    assert_string_equal(picture_answer_name(PICTURE_ANY), "any picture would do");
}

static bool has_file(const struct post *post)
{
    struct error err;
    char *path = NULL;
    bool found = !corpus_image_path(images, post, &path, NULL, &err) && path;
    free(path);
    return found;
}

static const struct post *post_of(void *context, size_t index)
{
    (void)context;
    return posts[index];
}

static struct picture_pool *new_pool(uint64_t seed)
{
    struct error err;
    struct picture_pool *pool = picture_pool_new(
        &(struct picture_pool_options){.folder = images, .seed = seed, .n_posts = n_posts, .post = post_of}, &err);
    assert_non_null(pool);
    return pool;
}

static void run_inference(struct mmib *m, const struct post *const *some, size_t n, struct inference *out)
{
    struct error err;
    assert_int_equal(inference_run(m, some, n, &(struct inference_options){.folder = images}, out, &err), 0);
}

static struct picture_verdict *judge(struct mmib *m, struct picture_pool *pool, const struct inference *inference,
                                     size_t index, bool gold)
{
    struct picture_pool_picture others[OTHERS];
    struct picture_verdict *verdict;
    struct error err;
    size_t n = 0;
    if (inference->features[index].features)
        assert_int_equal(picture_pool_choose(pool, m, inference->posts[index], OTHERS, NULL, NULL, others, &n, &err), 0);
    assert_int_equal(picture_verdict_of(m, inference, index,
                                        &(struct picture_verdict_options){.others = others,
                                                                          .n_others = n,
                                                                          .has_gold_entities = gold,
                                                                          .has_gold_relations = gold},
                                        &verdict, &err),
                     0);
    return verdict;
}

/* The post as it would be with another one's picture (NULL = none). */
static struct post lend(const struct post *post, const struct post *lender)
{
    struct post out = *post;
    out.image = lender ? lender->image : NULL;
    out.objects = lender ? lender->objects : NULL;
    out.n_objects = lender ? lender->n_objects : 0;
    return out;
}

static const struct post *post_named(const char *id)
{
    for (size_t i = 0; i < n_posts; i++)
        if (!strcmp(posts[i]->id, id))
            return posts[i];
    fail_msg("no post %s", id);
    return NULL;
}

/* What a plain pass over such a post says of a decision. */
static void plain_reading(const struct inference *inference, const struct picture_decision *d, const char **label,
                          double *log_probability)
{
    struct error err;
    *label = NULL;
    *log_probability = -INFINITY;
    if (d->relation) {
        const struct relation_pair pair = {0, {d->head[0], d->head[1]}, {d->tail[0], d->tail[1]}};
        float *probabilities;
        assert_int_equal(inference_relations(model, inference, &pair, 1, NULL, NULL, &probabilities, &err), 0);
        *label = relation_label(model, probabilities);
        for (size_t l = 0; l < mmib_config(model)->re.n_labels; l++)
            if (!strcmp(mmib_config(model)->re.labels[l], d->type))
                *log_probability = log((double)probabilities[l]);
        return;
    }
    struct analysis_entity *entities;
    const struct tagset *tagset = mmib_tagset(model);
    size_t n;
    assert_int_equal(proposal_entities(model, &inference->each[0], &entities, &n), 0);
    for (size_t i = 0; i < n; i++)
        if (entities[i].start == d->head[0] && entities[i].end == d->head[1])
            *label = entities[i].type;
    proposal_entities_free(entities, n);
    for (size_t t = 0; t < tagset->n_types; t++)
        if (!strcmp(tagset->names[t], d->type))
            *log_probability = log(proposal_span_probability(model, &inference->each[0], d->head[0], d->head[1], t));
}

/* Every reading of every decision, against a pass of its own. Returns how many labels a picture changed. */
static size_t compare_with_plain_passes(struct picture_pool *pool, size_t index)
{
    struct inference inference;
    size_t n_changed = 0;
    run_inference(model, &posts[index], 1, &inference);
    struct picture_verdict *v = judge(model, pool, &inference, 0, true);
    for (size_t k = 0; k < PICTURE_FIRST_OTHER + v->n_others; k++) {
        struct post lent = k == PICTURE_OWN ? *posts[index]
                                            : lend(posts[index], k == PICTURE_WITHOUT
                                                                     ? NULL
                                                                     : post_named(v->others[k - PICTURE_FIRST_OTHER]));
        const struct post *const shown = &lent;
        run_inference(model, &shown, 1, &inference);
        for (size_t i = 0; i < v->n_decisions; i++) {
            const struct picture_decision *d = &v->decisions[i];
            const char *label;
            double log_probability;
            plain_reading(&inference, d, &label, &log_probability);
            assert_true((label == NULL) == (d->readings[k].label == NULL));
            if (label)
                assert_string_equal(label, d->readings[k].label);
            if (fabs(exp(log_probability) - exp(d->readings[k].log_probability)) >= 1e-5)
                fail_msg("%s, decision %zu, reading %zu: %.9f, and a plain pass says %.9f", posts[index]->id, i, k,
                         d->readings[k].log_probability, log_probability);
            assert_true(d->readings[k].right == ((label && !strcmp(label, d->type)) == d->is_gold));
            n_changed += k == PICTURE_WITHOUT && d->changed;
        }
    }
    picture_verdict_free(v);
    return n_changed;
}

static void readings_are_those_of_plain_passes(void **state)
{
    (void)state;
    struct picture_pool *pool = new_pool(5);
    size_t n_changed = 0;
    for (size_t i = 0; i < n_posts; i++)
        n_changed += compare_with_plain_passes(pool, i);
    assert_true(n_changed > 0); /* else nothing was tried */
    picture_pool_free(pool);
}

static void others_are_other_pictures(void **state)
{
    (void)state;
    struct picture_pool *pool = new_pool(5), *again = new_pool(5), *different = new_pool(6);
    struct picture_pool_picture a[OTHERS], b[OTHERS], c[OTHERS], all[MAX_POSTS];
    struct error err;
    size_t n, n_with = 0, n_moved = 0;
    for (size_t i = 0; i < n_posts; i++)
        n_with += has_file(posts[i]);
    for (size_t i = 0; i < n_posts; i++) {
        const struct post *own = posts[n_posts - 1 - i]; /* in another order: the same others */
        assert_int_equal(picture_pool_choose(pool, model, posts[i], OTHERS, NULL, NULL, a, &n, &err), 0);
        assert_int_equal(n, OTHERS);
        for (size_t k = 0; k < n; k++) {
            assert_true(!posts[i]->image || strcmp(a[k].image, posts[i]->image));
            for (size_t l = 0; l < k; l++)
                assert_string_not_equal(a[k].image, a[l].image);
        }
        assert_int_equal(picture_pool_choose(again, model_of_one_thread, own, OTHERS, NULL, NULL, b, &n, &err), 0);
        assert_int_equal(picture_pool_choose(pool, model, own, OTHERS, NULL, NULL, a, &n, &err), 0);
        assert_int_equal(picture_pool_choose(different, model, own, OTHERS, NULL, NULL, c, &n, &err), 0);
        for (size_t k = 0; k < n; k++) {
            assert_string_equal(a[k].post, b[k].post);
            n_moved += strcmp(a[k].post, c[k].post) != 0;
        }
    }
    assert_true(n_moved > n_posts);
    /* More than there are: all of them. */
    const struct post *own = posts[0];
    for (size_t i = 0; !has_file(own); i++)
        own = posts[i];
    assert_int_equal(picture_pool_choose(pool, model, own, MAX_POSTS, NULL, NULL, all, &n, &err), 0);
    assert_int_equal(n, n_with - 1);
    assert_true(n_with < n_posts); /* so that some had to be passed over */
    picture_pool_free(different);
    picture_pool_free(again);
    picture_pool_free(pool);
}

/* Every second time a post is asked for it cannot be had. */
static const struct post *post_now_and_then(void *context, size_t index)
{
    size_t *n_asked = context;
    return ++*n_asked % 2 ? NULL : posts[index];
}

static void what_could_not_be_had_is_asked_for_again(void **state)
{
    (void)state;
    size_t n_asked = 0, n_off = 0, n, n_again;
    struct error err;
    struct picture_pool_picture a[OTHERS], b[OTHERS];
    struct picture_pool *pool = new_pool(5);
    struct picture_pool *hindered = picture_pool_new(&(struct picture_pool_options){.folder = images,
                                                                                    .seed = 5,
                                                                                    .n_posts = n_posts,
                                                                                    .post = post_now_and_then,
                                                                                    .context = &n_asked},
                                                     &err);
    assert_non_null(hindered);
    int result;
    while ((result = picture_pool_choose(hindered, model, posts[0], OTHERS, NULL, NULL, a, &n, &err)) == 1)
        n_off++;
    assert_int_equal(result, 0);
    assert_true(n_off >= OTHERS);
    assert_int_equal(picture_pool_choose(pool, model, posts[0], OTHERS, NULL, NULL, b, &n_again, &err), 0);
    assert_int_equal(n, n_again);
    for (size_t k = 0; k < n; k++)
        assert_string_equal(a[k].post, b[k].post);
    picture_pool_free(hindered);
    picture_pool_free(pool);
}

static void a_batch_says_what_single_posts_say(void **state)
{
    (void)state;
    struct picture_pool *pool = new_pool(5), *pool_of_one = new_pool(5);
    struct inference batch, single;
    struct picture_totals totals = {0};
    size_t n_without = 0;
    run_inference(model, posts, n_posts, &batch);
    for (size_t i = 0; i < n_posts; i++) {
        struct picture_verdict *a = judge(model, pool, &batch, i, true);
        run_inference(model_of_one_thread, &posts[i], 1, &single);
        struct picture_verdict *b = judge(model_of_one_thread, pool_of_one, &single, 0, true);
        assert_int_equal(a->has_picture, has_file(posts[i]));
        assert_int_equal(a->n_decisions, b->n_decisions);
        for (size_t d = 0; d < a->n_decisions; d++) {
            assert_int_equal(a->decisions[d].answer, b->decisions[d].answer);
            assert_int_equal(a->decisions[d].changed, b->decisions[d].changed);
            for (size_t k = 0; k < PICTURE_FIRST_OTHER + a->n_others; k++)
                assert_true(fabs(exp(a->decisions[d].readings[k].log_probability) -
                                 exp(b->decisions[d].readings[k].log_probability)) < 1e-5);
        }
        n_without += !has_file(posts[i]);
        assert_int_equal(picture_totals_add(&totals, a, OTHERS), 0);
        picture_verdict_free(a);
        picture_verdict_free(b);
    }
    assert_int_equal(totals.n_posts, n_posts);
    assert_int_equal(totals.n_without, n_without);
    assert_int_equal(totals.n_few, 0);
    const struct picture_table *tables[] = {&totals.entities, &totals.excess, &totals.relations};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        const struct picture_counts *c = &tables[t]->all;
        size_t n = 0;
        for (size_t i = 0; i < tables[t]->n_types; i++)
            n += tables[t]->types[i].counts.n;
        assert_true(n == c->n && n > 0);
        assert_int_equal(c->wrong_without - c->wrong_own,
                         c->answers[PICTURE_HELPED] + c->answers[PICTURE_ANY] - c->answers[PICTURE_HURT]);
    }
    picture_totals_free(&totals);
    picture_pool_free(pool_of_one);
    picture_pool_free(pool);
}

static void without_gold_only_changes_are_told(void **state)
{
    (void)state;
    struct picture_pool *pool = new_pool(5);
    struct inference batch;
    size_t n_decisions = 0, n_changed = 0;
    run_inference(model, posts, n_posts, &batch);
    for (size_t i = 0; i < n_posts; i++) {
        struct picture_verdict *v = judge(model, pool, &batch, i, false);
        for (size_t d = 0; d < v->n_decisions; d++) {
            assert_int_equal(v->decisions[d].answer, PICTURE_UNJUDGED);
            assert_false(v->decisions[d].is_gold || v->decisions[d].relation);
            assert_true(v->decisions[d].readings[PICTURE_OWN].label || v->decisions[d].readings[PICTURE_WITHOUT].label);
            n_changed += v->decisions[d].changed;
        }
        n_decisions += v->n_decisions;
        picture_verdict_free(v);
    }
    assert_true(n_decisions > n_changed && n_changed > 0);
    picture_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rule_has_this_truth_table),
        cmocka_unit_test(readings_are_those_of_plain_passes),
        cmocka_unit_test(others_are_other_pictures),
        cmocka_unit_test(what_could_not_be_had_is_asked_for_again),
        cmocka_unit_test(a_batch_says_what_single_posts_say),
        cmocka_unit_test(without_gold_only_changes_are_told),
    };
    return cmocka_run_group_tests_name("picture-verdict", tests, open_all, demo_close);
}
