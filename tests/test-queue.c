/* Which posts the list shows, and in which order: against a list made the slow way.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { POSTS = 300 };

/* A corpus that the tests change as they like. */
struct world {
    struct post posts[POSTS];
    struct entity entities[POSTS];
    double values[POSTS];
    enum queue_model models[POSTS];
    size_t n_read; /* posts that were asked for */
};

static char *words[][2] = {{"Rob", "sings"}, {"Camp", "Nou"}, {"nothing", "here"}};
static char *flags[] = {"flag", "conflict"};

static const struct post *world_post(void *context, size_t post)
{
    struct world *world = context;
    world->n_read++;
    return &world->posts[post];
}

static enum post_status world_status(void *context, size_t post)
{
    return ((struct world *)context)->posts[post].status;
}

static double world_value(void *context, enum queue_order order, size_t post)
{
    double value = ((struct world *)context)->values[post];
    return order == QUEUE_PICTURE ? -value : value;
}

static enum queue_model world_model(void *context, size_t post)
{
    return ((struct world *)context)->models[post];
}

static unsigned world_random(void)
{
    static unsigned state = 12345;
    state = state * 1103515245u + 12345u;
    return state >> 16 & 0x7fff;
}

static void world_shuffle_post(struct world *world, size_t i)
{
    struct post *post = &world->posts[i];
    world->entities[i] = (struct entity){.start = 0, .end = 1, .type = world_random() % 2 ? "PER" : "LOC"};
    world->entities[i].origin.has_source = true;
    world->entities[i].origin.source = world_random() % 3 ? SOURCE_HUMAN : SOURCE_MODEL;
    *post = (struct post){.tokens = words[world_random() % 3],
                          .n_tokens = 2,
                          .entities = &world->entities[i],
                          .n_entities = world_random() % 2,
                          .status = (enum post_status)(world_random() % 4),
                          .flags = flags,
                          .n_flags = world_random() % 3};
    world->values[i] = world_random() % 4 ? (double)(world_random() % 50) / 50 - 0.3 : NAN;
    world->models[i] = (enum queue_model)(QUEUE_UNSEEN + world_random() % 3);
}

static struct queue_source world_make(struct world *world)
{
    *world = (struct world){0};
    for (size_t i = 0; i < POSTS; i++)
        world_shuffle_post(world, i);
    return (struct queue_source){POSTS, world_post, world_status, world_value, world_model, world};
}

/* The definition of what is let through, written a second time. */
static bool slow_fits(const struct world *world, const struct queue *queue, size_t i)
{
    const struct queue_filter *f = &queue->filter;
    const struct post *post = &world->posts[i];
    const char *status = post_status_name(post->status);
    if (f->status == QUEUE_OPEN && strcmp(status, "new") != 0 && strcmp(status, "started") != 0)
        return false;
    if (f->status > QUEUE_OPEN && strcmp(status, queue_status_name(f->status)) != 0)
        return false;
    if (f->type && (!post->n_entities || post->entities[0].origin.source == SOURCE_MODEL ||
                    strcmp(post->entities[0].type, f->type) != 0))
        return false;
    if ((f->flag == QUEUE_FLAGGED && !post->n_flags) || (f->flag == QUEUE_UNFLAGGED && post->n_flags) ||
        (f->flag == QUEUE_CONFLICT && post->n_flags < 2))
        return false;
    if ((f->model == QUEUE_UNSEEN && world->models[i] != QUEUE_UNSEEN) ||
        (f->model == QUEUE_SEEN && world->models[i] == QUEUE_UNSEEN) ||
        (f->model == QUEUE_PROPOSALS && world->models[i] != QUEUE_PROPOSALS))
        return false;
    return !f->text.text || strstr(post->tokens[0], "Camp");
}

static double slow_key(const struct world *world, enum queue_order order, size_t i)
{
    static const double ranks[] = {
        [STATUS_STARTED] = 0, [STATUS_NEW] = 1, [STATUS_DONE] = 2, [STATUS_SKIPPED] = 3};
    double value = world->values[i];
    switch (order) {
    case QUEUE_WORDS:
        return isnan(value) ? INFINITY : -value;
    case QUEUE_PICTURE:
    case QUEUE_MATCH:
        return isnan(value) ? INFINITY : value;
    case QUEUE_STATUS:
        return ranks[world->posts[i].status];
    default:
        return 0;
    }
}

static void work(struct queue *queue)
{
    struct error err = {0};
    int code;
    while ((code = queue_work(queue, 1, &err)) > 0)
        continue;
    assert_int_equal(code, 0);
}

/* The queue against all pairs of posts. fresh: nothing changed since it was put in order. */
static void check(const struct world *world, struct queue *queue, bool fresh)
{
    size_t fitting = 0, position = SIZE_MAX;
    bool listed[POSTS] = {false};
    work(queue);
    for (size_t i = 0; i < queue_count(queue); i++) {
        size_t post = queue_at(queue, i);
        assert_false(listed[post]);
        listed[post] = true;
        if (post == queue->held)
            position = i;
        if (!i || !fresh)
            continue;
        size_t before = queue_at(queue, i - 1);
        double a = slow_key(world, queue->order, before), b = slow_key(world, queue->order, post);
        assert_true(a < b || (a == b && before < post));
    }
    for (size_t i = 0; i < POSTS; i++) {
        fitting += slow_fits(world, queue, i);
        assert_int_equal(listed[i], slow_fits(world, queue, i) || i == queue->held);
    }
    assert_int_equal(queue_fitting(queue), fitting);
    assert_int_equal(queue_position(queue, queue->held), position);
}

static void starts_with_all_posts(void **state)
{
    (void)state;
    static struct world world;
    struct queue queue;
    struct queue_source source = world_make(&world);
    queue_start(&queue, &source, 7);
    assert_false(queue_is_busy(&queue));
    assert_int_equal(queue_count(&queue), POSTS);
    assert_int_equal(queue_step_from(&queue, 7, 1), 8);
    assert_int_equal(queue_step_from(&queue, 7, -7), 0);
    assert_true(queue_step_from(&queue, 7, -8) == SIZE_MAX);
    assert_true(queue_step_from(&queue, POSTS - 1, 1) == SIZE_MAX);
    assert_int_equal(world.n_read, 0);
    check(&world, &queue, true);
    queue_end(&queue);
}

static void orders_and_filters(void **state)
{
    (void)state;
    static struct world world;
    struct queue queue;
    struct queue_source source = world_make(&world);
    queue_start(&queue, &source, 7);
    for (enum queue_order order = QUEUE_FILE; order < QUEUE_ORDERS; order++) {
        for (size_t i = 0; i < 12; i++) {
            queue_set_order(&queue, order);
            check(&world, &queue, true);
            queue.filter.status = (enum queue_status)(world_random() % QUEUE_STATUSES);
            queue.filter.flag = (enum queue_flag)(world_random() % QUEUE_FLAGS);
            queue.filter.model = (enum queue_model)(world_random() % QUEUE_MODELS);
            free(queue.filter.type);
            queue.filter.type = world_random() % 2 ? strdup("PER") : NULL;
            search_pattern_set(&queue.filter.text, world_random() % 4 ? NULL : "camp", NULL);
            queue_filter_changed(&queue);
            check(&world, &queue, true);
            queue_hold(&queue, world_random() % POSTS);
            check(&world, &queue, true);
        }
        queue_filter_clear(&queue);
        check(&world, &queue, true);
    }
    queue_end(&queue);
}

/* Whatever happens while the list is being made anew, it ends up right, and the post on the screen keeps its row. */
static void stays_right_while_posts_change(void **state)
{
    (void)state;
    static struct world world;
    struct queue queue;
    struct queue_source source = world_make(&world);
    queue_start(&queue, &source, 0);
    for (size_t round = 0; round < 3000; round++) {
        size_t post = world_random() % POSTS;
        switch (world_random() % 7) {
        case 0:
            queue_set_order(&queue, (enum queue_order)(world_random() % QUEUE_ORDERS));
            break;
        case 1:
            queue.filter.status = (enum queue_status)(world_random() % QUEUE_STATUSES);
            queue.filter.flag = (enum queue_flag)(world_random() % QUEUE_FLAGS);
            queue_filter_changed(&queue);
            break;
        case 2:
            queue_hold(&queue, post);
            break;
        case 3:
            world_shuffle_post(&world, queue.held);
            queue_post_changed(&queue, queue.held);
            break;
        case 4:
            world_shuffle_post(&world, post);
            queue_post_changed(&queue, post);
            break;
        case 5:
            world.values[post] = 0.25;
            queue_values_changed(&queue);
            break;
        default:
            queue_work(&queue, -1, NULL); /* one slice at most */
            break;
        }
        assert_true(queue_position(&queue, queue.held) != SIZE_MAX);
        if (round % 16 == 0)
            check(&world, &queue, false);
    }
    queue_posts_changed(&queue);
    check(&world, &queue, true);
    queue_end(&queue);
}

static void an_edit_does_not_take_the_post_away(void **state)
{
    (void)state;
    static struct world world;
    struct queue queue;
    char words_shown[64];
    struct queue_source source = world_make(&world);
    for (size_t i = 0; i < POSTS; i++)
        world.posts[i].status = i < 5 ? STATUS_NEW : STATUS_DONE;
    queue_start(&queue, &source, 2);
    queue.filter.status = QUEUE_OPEN;
    queue_filter_changed(&queue);
    work(&queue);
    assert_int_equal(queue_count(&queue), 5);
    world.posts[2].status = STATUS_DONE;
    queue_post_changed(&queue, 2);
    assert_int_equal(queue_position(&queue, 2), 2);
    assert_int_equal(queue_fitting(&queue), 4);
    assert_int_equal(queue_step_from(&queue, 2, 1), 3);
    queue_hold(&queue, 3);
    assert_true(queue_position(&queue, 2) == SIZE_MAX);
    assert_int_equal(queue_step_from(&queue, 3, -1), 1);
    queue_hold(&queue, 200); /* undo, or a number: it has a row as long as one stays */
    assert_int_equal(queue_position(&queue, 200), 4);
    assert_int_equal(queue_fitting(&queue), 4);
    assert_int_equal(queue_open_from(&queue, 200, -1), 4);
    assert_true(queue_open_from(&queue, 200, 1) == SIZE_MAX);
    queue_filter_words(&queue, words_shown, sizeof words_shown);
    assert_string_equal(words_shown, "open");
    queue_end(&queue);
}

static void unknown_values_stand_last_and_are_counted(void **state)
{
    (void)state;
    static struct world world;
    struct queue queue;
    char said[80];
    struct queue_source source = world_make(&world);
    for (size_t i = 0; i < POSTS; i++)
        world.values[i] = NAN;
    world.values[40] = 0.2;
    world.values[50] = 0.9;
    queue_start(&queue, &source, 0);
    queue_set_order(&queue, QUEUE_WORDS);
    work(&queue);
    assert_int_equal(queue_at(&queue, 0), 50);
    assert_int_equal(queue_at(&queue, 1), 40);
    assert_int_equal(queue_at(&queue, 2), 0);
    queue_order_words(&queue, false, said, sizeof said);
    assert_string_equal(said, "by uncertainty of the words (2/300 known)");
    world.values[7] = 0.5;
    queue_values_changed(&queue);
    work(&queue);
    assert_int_equal(queue_at(&queue, 1), 7);
    queue_set_order(&queue, QUEUE_PICTURE);
    work(&queue);
    assert_int_equal(queue_at(&queue, 0), 40);
    queue_order_words(&queue, true, said, sizeof said);
    assert_string_equal(said, "by picture (3/300 known)");
    queue_end(&queue);
}

static const struct post *many_post(void *context, size_t post)
{
    (void)post;
    return context;
}

static enum post_status many_status(void *context, size_t post)
{
    (void)context;
    return post % 3 ? STATUS_NEW : STATUS_DONE;
}

static double many_value(void *context, enum queue_order order, size_t post)
{
    (void)context;
    (void)order;
    return (double)((post * 2654435761u) & 0xffff);
}

/* A million posts: no slice takes much longer than it may, whatever is asked for. The limit leaves room for a busy
 * machine: without slices it would be exceeded several times over. */
static void a_million_posts_are_worked_in_slices(void **state)
{
    (void)state;
    struct post post = {.tokens = words[1], .n_tokens = 2};
    struct queue queue;
    struct queue_source source = {1000000, many_post, many_status, many_value, NULL, &post};
    queue_start(&queue, &source, 999999);
    queue.filter.status = QUEUE_OPEN;
    search_pattern_set(&queue.filter.text, "nou", NULL);
    queue_filter_changed(&queue);
    size_t slices = 0, rows = 0;
    while (queue_work(&queue, 2, NULL) > 0) {
        slices++;
        assert_true(queue_count(&queue) >= rows);
        rows = queue_count(&queue);
        assert_int_equal(queue_at(&queue, rows - 1), 999999);
    }
    assert_true(slices > 5);
    assert_int_equal(queue_fitting(&queue), 666666);
    queue_set_order(&queue, QUEUE_MATCH);
    for (slices = 0; queue_work(&queue, 2, NULL) > 0; slices++)
        assert_int_equal(queue_at(&queue, 0), 1); /* the old order stands until the new one is ready */
    assert_true(slices > 2);
    for (size_t i = 1; i < queue_count(&queue); i += 1000)
        assert_true(many_value(NULL, QUEUE_MATCH, queue_at(&queue, i - 1)) <=
                    many_value(NULL, QUEUE_MATCH, queue_at(&queue, i)));
    queue_end(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_with_all_posts),
        cmocka_unit_test(orders_and_filters),
        cmocka_unit_test(stays_right_while_posts_change),
        cmocka_unit_test(an_edit_does_not_take_the_post_away),
        cmocka_unit_test(unknown_values_stand_last_and_are_counted),
        cmocka_unit_test(a_million_posts_are_worked_in_slices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
