/* The finder: each post that was asked for gets its answer, also when many were asked for since.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/store-try.h"

#include "ui/finder.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static atomic_int n_told;

static void told(void *context)
{
    (void)context;
    atomic_fetch_add(&n_told, 1);
}

static struct finder *start(const char *folder)
{
    struct error err = {0};
    struct finder *finder = finder_new(folder, told, NULL, &err);
    if (!finder)
        fail_msg("%s", err.message);
    atomic_store(&n_told, 0);
    return finder;
}

static struct finder_answer answer_to(struct finder *finder, size_t index, const char *image)
{
    const struct timespec tick = {.tv_nsec = 1000000};
    char id[] = "x", name[100] = "";
    struct finder_answer answer;
    snprintf(name, sizeof name, "%s", image ? image : "");
    const struct post post = {.id = id, .image = image ? name : NULL};
    for (int i = 0; i < 5000; i++) {
        finder_want(finder, index, &post, &answer);
        if (answer.state != FINDER_PENDING)
            return answer;
        nanosleep(&tick, NULL);
    }
    fail_msg("no answer about %s", name);
    return answer;
}

static void every_post_gets_its_answer(void **state)
{
    (void)state;
    struct finder *finder = start(try_folder());
    try_put("here.png", "");
    struct finder_answer answer = answer_to(finder, 5, "here.png");
    assert_int_equal(answer.state, FINDER_FOUND);
    assert_string_equal(answer.path, try_path("here.png"));
    assert_true(atomic_load(&n_told) > 0);
    assert_int_equal(answer_to(finder, 6, NULL).state, FINDER_NONE);
    answer = answer_to(finder, 7, "../out.png");
    assert_int_equal(answer.state, FINDER_REFUSED);
    assert_non_null(strstr(answer.reason, "post x: the picture's name ../out.png leads out of the folder"));
    assert_int_equal(answer_to(finder, 8, "later.png").state, FINDER_MISSING);
    try_put("later.png", "");
    assert_int_equal(answer_to(finder, 8, "later.png").state, FINDER_MISSING); /* not looked for at every key */
    answer_to(finder, 5, "here.png");
    assert_int_equal(answer_to(finder, 8, "later.png").state, FINDER_FOUND); /* but when one comes back to it */
    finder_free(finder);
}

static void without_a_folder_there_are_none(void **state)
{
    (void)state;
    struct finder *finder = start(NULL);
    assert_int_equal(answer_to(finder, 0, "here.png").state, FINDER_NONE);
    finder_free(finder);
}

/* More posts than are kept: the first ones are forgotten, and looked for again. */
static void many_posts_take_turns(void **state)
{
    (void)state;
    struct finder *finder = start(try_folder());
    char id[] = "x", image[] = "here.png";
    const struct post post = {.id = id, .image = image};
    struct finder_answer answer;
    try_put("here.png", "");
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 3 * FINDER_KEPT; i++)
            finder_peek(finder, i * 1000, &post, &answer);
        assert_int_equal(answer_to(finder, 0, "here.png").state, FINDER_FOUND); /* before all others */
        assert_int_equal(answer_to(finder, 1000 * (3 * FINDER_KEPT - 1), "here.png").state, FINDER_FOUND);
    }
    finder_free(finder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_post_gets_its_answer),
        cmocka_unit_test(without_a_folder_there_are_none),
        cmocka_unit_test(many_posts_take_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
