/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/post-check.h"

#include "corpora/hash.h"
#include "corpora/post-json.h"
#include "corpora/thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Finds doubles among ids by 64 bits of each: where those are equal, the ids are read again. */
struct id_table {
    uint64_t *sums;  /* [n posts] */
    uint32_t *slots; /* [n_slots]: a post, from 1; 0 = free */
    size_t n_slots;  /* a power of two */
};

struct post_check {
    struct post_file *file;
    size_t n;
    pthread_t thread;
    bool joined;     /* the caller's */
    struct id_table ids; /* the thread's own, as are buffers and text */
    struct line_buffer line, other;
    struct text text;
    bool *uncounted; /* [n] */

    atomic_bool stopping, done;
    struct tally tally; /* the thread's until it is done */

    pthread_mutex_t lock; /* of the following */
    bool damaged, failed;
    struct error damage, failure;
};

static uint64_t id_sum(const char *id)
{
    uint64_t sum = hash_text(HASH_START, id);
    return sum ^ sum >> 29;
}

static void check_report(struct post_check *check, const struct error *err, bool failed)
{
    pthread_mutex_lock(&check->lock);
    if (!check->damaged) {
        check->damage = *err;
        check->damaged = true;
    }
    if (failed && !check->failed) {
        check->failure = *err;
        check->failed = true;
    }
    pthread_mutex_unlock(&check->lock);
}

/* Has the post at this place the id? 1, 0, or -1 with a message. One that cannot be read has none. */
static int id_is(struct post_check *check, size_t index, const char *id, struct error *err)
{
    struct post other;
    if (post_file_read(check->file, index, &check->other, &other, err))
        return err->kind == ERROR_INPUT ? 0 : -1;
    int same = !strcmp(other.id, id);
    post_free(&other);
    return same;
}

/* 1 when an earlier post has the id, else it is entered: 0. -1 with a message. */
static int id_enter(struct post_check *check, size_t index, const char *id, struct error *err)
{
    struct id_table *ids = &check->ids;
    const uint64_t sum = ids->sums[index] = id_sum(id);
    size_t at = (size_t)sum & (ids->n_slots - 1);
    for (; ids->slots[at]; at = (at + 1) & (ids->n_slots - 1)) {
        int same = ids->sums[ids->slots[at] - 1] == sum ? id_is(check, ids->slots[at] - 1, id, err) : 0;
        if (same)
            return same;
    }
    ids->slots[at] = (uint32_t)index + 1;
    return 0;
}

/* Returns -1 when nothing more can be read. */
static int check_post(struct post_check *check, size_t index, struct error *err)
{
    struct post post;
    if (post_file_read(check->file, index, &check->line, &post, err)) {
        if (err->kind != ERROR_INPUT)
            return -1;
        check_report(check, err, false);
        post_file_set_state(check->file, index, POST_LINE_READ | POST_LINE_DAMAGED);
        return 0;
    }
    int state = POST_LINE_READ | (int)post.status | (post.n_flags ? POST_LINE_FLAGGED : 0);
    text_clear(&check->text);
    post_json_put(&check->text, &post);
    if (!check->text.failed && check->text.n == check->line.n &&
        !memcmp(check->text.bytes, check->line.text, check->line.n))
        state |= POST_LINE_AS_WRITTEN;
    post_file_set_state(check->file, index, (unsigned char)state);
    int result = id_enter(check, index, post.id, err);
    if (result > 0) {
        post_file_double_id(check->file, index, post.id, err);
        check_report(check, err, false);
        result = 0;
    }
    if (!result && !check->uncounted[index]) {
        result = tally_reserve(&check->tally, &post) ? error_memory(err, "counting posts") : 0;
        if (!result)
            tally_add(&check->tally, &post, true);
    }
    post_free(&post);
    return result;
}

static void *check_main(void *context)
{
    struct post_check *check = context;
    struct error err = {0};
    thread_give_way();
    for (size_t i = 0; i < check->n && !atomic_load(&check->stopping); i++)
        if (check_post(check, i, &err)) {
            check_report(check, &err, true);
            break;
        }
    free(check->ids.sums);
    free(check->ids.slots);
    free(check->uncounted);
    line_buffer_free(&check->line);
    line_buffer_free(&check->other);
    text_free(&check->text);
    atomic_store(&check->done, true);
    return NULL;
}

struct post_check *post_check_start(struct post_file *file, struct error *err)
{
    struct post_check *check = calloc(1, sizeof *check);
    size_t n = post_file_count(file);
    if (!check || pthread_mutex_init(&check->lock, NULL)) {
        free(check);
        error_memory(err, "counting posts");
        return NULL;
    }
    check->file = file;
    check->n = n;
    for (check->ids.n_slots = 2; check->ids.n_slots < 2 * n; check->ids.n_slots *= 2)
        ;
    check->ids.sums = malloc((n + 1) * sizeof *check->ids.sums);
    check->ids.slots = calloc(check->ids.n_slots, sizeof *check->ids.slots);
    check->uncounted = calloc(n + 1, sizeof *check->uncounted);
    bool ready = check->ids.sums && check->ids.slots && check->uncounted && n < UINT32_MAX;
    for (size_t i = 0; ready && i < n; i++)
        check->uncounted[i] = post_file_changed_peek(file, i) != NULL;
    if (!ready)
        error_memory(err, "counting posts");
    else if (!thread_start(&check->thread, check_main, check, "counting posts", err))
        return check;
    free(check->ids.sums);
    free(check->ids.slots);
    free(check->uncounted);
    pthread_mutex_destroy(&check->lock);
    free(check);
    return NULL;
}

void post_check_wait(struct post_check *check)
{
    if (!check->joined)
        pthread_join(check->thread, NULL);
    check->joined = true;
}

void post_check_free(struct post_check *check)
{
    if (!check)
        return;
    atomic_store(&check->stopping, true);
    post_check_wait(check);
    tally_free(&check->tally);
    pthread_mutex_destroy(&check->lock);
    free(check);
}

bool post_check_done(const struct post_check *check)
{
    return atomic_load(&check->done);
}

const struct tally *post_check_tally_peek(const struct post_check *check)
{
    return &check->tally;
}

int post_check_damage(struct post_check *check, struct error *err)
{
    pthread_mutex_lock(&check->lock);
    bool damaged = check->damaged;
    if (damaged && err)
        *err = check->damage;
    pthread_mutex_unlock(&check->lock);
    return damaged ? -1 : 0;
}

int post_check_failure(struct post_check *check, struct error *err)
{
    pthread_mutex_lock(&check->lock);
    bool failed = check->failed;
    if (failed && err)
        *err = check->failure;
    pthread_mutex_unlock(&check->lock);
    return failed ? -1 : 0;
}
