/* A disk that fills at any moment while a corpus is worked on and saved: on a small one of its own, so that it is the
 * kernel that says so. Nothing that was acknowledged is lost, and with room again work goes on as if nothing had been.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/store-try.h"

#include "corpora/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DISK_BYTES = 256 << 10, PAGE_BYTES = 4096 };

static struct error err;
static const char *skip_why;

/* A folder that is a disk of DISK_BYTES, or NULL with skip_why. */
static const char *mount_disk(void)
{
    static char folder[400];
    snprintf(folder, sizeof folder, "%s", try_path("disk"));
    mkdir(folder, 0700);
    if (geteuid() != 0)
        skip_why = "only the superuser can mount a small disk";
    else if (mount("none", folder, "tmpfs", 0, "size=256k"))
        skip_why = "a small disk cannot be mounted here";
    return skip_why ? NULL : folder;
}

/* Fills the disk but for so many bytes. */
static void leave_room(const char *folder, size_t bytes)
{
    char name[500], page[PAGE_BYTES] = {0};
    snprintf(name, sizeof name, "%s/filler", folder);
    unlink(name);
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    off_t size = 0;
    for (ssize_t n; (n = write(fd, page, sizeof page)) > 0;)
        size += n;
    size -= (off_t)bytes;
    assert_int_equal(ftruncate(fd, size > 0 ? size : 0), 0);
    close(fd);
}

static void make_room(const char *folder)
{
    char name[500];
    snprintf(name, sizeof name, "%s/filler", folder);
    unlink(name);
}

static char *saved_text(const char *path, struct store *store)
{
    if (store_save(store, &err))
        fail_msg("%s", err.message);
    assert_int_equal(store_mark(store), STORE_SAVED);
    return try_get(path, NULL);
}

/* Work with so much room left: what is acknowledged is what a reader finds, whatever else fails. */
static void work_without_room(const char *path, const char *folder, size_t room, uint64_t *seed)
{
    struct store *store = try_open(path, NULL);
    size_t post;
    int n_refused = 0;
    leave_room(folder, room);
    for (int i = 0; i < 60; i++) {
        struct edit_batch batches[3];
        char *before = try_store_text(store);
        size_t kind = try_random(seed, 8), n;
        int failed = 0;
        if (kind == 0) {
            failed = store_save(store, &err);
        } else if (kind == 1) {
            failed = store_undo(store, &post, &err) < 0;
        } else {
            n = try_random_batches(seed, store, batches);
            failed = store_apply_all(store, batches, n, &err);
        }
        char *now = try_store_text(store), *read = try_read_text(path);
        if (failed) {
            n_refused++;
            assert_int_equal(err.kind, ERROR_IO);
            assert_string_equal(now, before);
        }
        assert_string_equal(read, now);
        free(before), free(now), free(read);
    }
    char *now = try_store_text(store);
    store_close(store);
    char *read = try_read_text(path);
    assert_string_equal(read, now);
    make_room(folder);
    store = try_open(path, NULL);
    assert_null(store_notice(store));
    char *again = try_store_text(store);
    assert_string_equal(again, now);
    char *content = saved_text(path, store);
    store_close(store);
    print_message("# %zu bytes of room: %d of 60 refused\n", room, n_refused);
    free(now), free(read), free(again), free(content);
}

static void nothing_is_lost_on_a_full_disk(void **state)
{
    (void)state;
    uint64_t seed = 9;
    size_t post;
    const char *folder = mount_disk();
    if (!folder) {
        print_message("# SKIP %s\n", skip_why);
        skip();
        return;
    }
    try_put("disk/full.json", try_native);
    char path[500], name[520];
    snprintf(path, sizeof path, "%s/full.json", folder);
    struct store *store = try_open(path, NULL);
    char *beginning = try_store_text(store);
    store_close(store);
    for (size_t room = 0; room <= 6 * PAGE_BYTES; room += PAGE_BYTES)
        work_without_room(path, folder, room, &seed);

    store = try_open(path, NULL);
    char *content = try_get(path, NULL), *bytes = NULL;
    struct corpus *corpus;
    struct replay_counts counts;
    size_t n;
    snprintf(name, sizeof name, "%s.journal", path);
    if (replay_corpus(name, NULL, &corpus, &counts, &err))
        fail_msg("%s", err.message);
    FILE *memory = open_memstream(&bytes, &n);
    assert_int_equal(corpus_write_stream(corpus, corpus->path, memory, corpus->format, NULL, &err), 0);
    fclose(memory);
    assert_string_equal(bytes, content);
    assert_true(counts.n_saves >= 7);
    corpus_free(corpus);
    while (store_undo(store, &post, &err) == 1)
        continue;
    char *text = try_store_text(store);
    assert_string_equal(text, beginning);
    store_close(store);
    free(beginning), free(content), free(bytes), free(text);
}

static int unmount(void **state)
{
    (void)state;
    umount2(try_path("disk"), MNT_DETACH);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(nothing_is_lost_on_a_full_disk, unmount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
