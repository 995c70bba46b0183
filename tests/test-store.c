/* The store: what is applied is there whatever happens, files of others are left alone, and counts follow.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/store-try.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct error err;

static int set_up(void **state)
{
    (void)state;
    err = (struct error){0};
    /* Every test has its own state folder and files. */
    return setenv("XDG_STATE_HOME", try_path("state"), 1);
}

static char *posts_of(const struct store *store)
{
    return try_posts_text(store_corpus_peek(store));
}

static void assert_posts(const struct store *store, const char *text)
{
    char *posts = posts_of(store);
    assert_string_equal(posts, text);
    free(posts);
}

static void assert_read(const char *path, const char *text)
{
    char *posts = try_read_text(path);
    assert_string_equal(posts, text);
    free(posts);
}

static void assert_content(const char *path, const char *content)
{
    char *now = try_get(path, NULL);
    assert_string_equal(now, content);
    free(now);
}

static void wait_until_synced(struct store *store)
{
    const struct timespec tick = {.tv_nsec = 1000000};
    for (int i = 0; store_mark(store) == STORE_PENDING && i < 5000; i++)
        nanosleep(&tick, NULL);
}

/* ---- Keeping ---- */

static void labels_are_in_the_journal_before_they_are_saved(void **state)
{
    (void)state;
    const char *path = try_put("keep.json", try_native);
    struct store *store = try_open(path, NULL);
    assert_int_equal(store_mark(store), STORE_SAVED);
    assert_false(try_exists(try_path("keep.json.journal")));
    try_label(store, 1, 2, 3, "LOC");
    assert_true(store_unsaved(store));
    assert_true(store_mark(store) == STORE_PENDING || store_mark(store) == STORE_JOURNALED);
    char *text = posts_of(store);
    assert_read(path, text); /* by another program, while we work */
    assert_content(path, try_native);
    wait_until_synced(store);
    assert_int_equal(store_mark(store), STORE_JOURNALED);
    store_close(store);
    assert_read(path, text);

    store = try_open(path, NULL);
    assert_int_equal(store_recovered(store), 1);
    assert_posts(store, text);
    if (store_save(store, &err))
        fail_msg("%s", err.message);
    assert_int_equal(store_mark(store), STORE_SAVED);
    assert_false(store_unsaved(store));
    store_close(store);
    assert_false(try_exists(try_path("keep.json.journal")));
    assert_false(try_exists(try_path("keep.json.lock")));
    assert_read(path, text);
    free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(labels_are_in_the_journal_before_they_are_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
