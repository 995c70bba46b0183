/* Kills a process at its work on a corpus, at random moments and at every single step of writing, and makes every step
 * fail: each label that was acknowledged must be there afterwards, and nothing else.
 *
 * A child carries out random acts and tells through a pipe what it is about to do and what was acknowledged. What is
 * found afterwards must be the last acknowledged state, or that with the one act that was under way.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/store-try.h"

#include "corpora/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_KILLS = 80, N_POSTS = 3, HISTORY = 100000, SCRIPT_ACTS = 14 };

/* The corpus that is worked on: as one object, or as lines that stay in their file. */
struct subject {
    const char *name, *content;
    struct store_options options;
};

static const struct subject subjects[] = {
    {.name = "posts.json"}, /* try_native */
    {"posts.jsonl",
     "{\"format\": \"mmib-corpus\", \"version\": 1, \"mine\": 1}\n"
     "{\"id\":\"a\", \"tokens\": [\"Go\", \"Rob\", \"Lind\", \"!\"], \"entities\": [{\"id\": \"e1\", \"start\": 1, "
     "\"end\": 3, \"type\": \"PER\"}]}\n"
     "\n"
     "{\"id\": \"b\", \"tokens\": [\"Rain\", \"in\", \"Spain\"], \"note\": \"two\\nlines\", \"status\": \"new\"}\n"
     "{\"id\": \"c\", \"tokens\": [\"caf\xc3\xa9\", \"x\"], "
     "\"status\": \"started\", \"later\": {\"x\": [null, 1e400]}}",
     {.index_bytes_min = 1}},
};
static const struct subject *subject = subjects;

static const char *put_subject(void)
{
    return try_put(subject->name, subject->content ? subject->content : try_native);
}

static int set_lines(void **state)
{
    (void)state;
    subject = &subjects[1];
    return 0;
}

/* ---- The steps of writing: these stand before the C library's ---- */

enum fault { FAULT_NONE, FAULT_DIE, FAULT_DIE_HALFWAY, FAULT_POWER_CUT, FAULT_FAIL, FAULT_FULL };

static enum fault fault;
static int fault_step;        /* counts down */
static int fault_span;        /* FAULT_FULL: so many steps from that one on fail */
static int fault_errno;
/* Journal and history, and what is on disk of them. */
static struct {
    char path[400];
    off_t synced_bytes;
} logs[2];
static pthread_mutex_t fault_mutex = PTHREAD_MUTEX_INITIALIZER;

/* What a power cut leaves of them is what was synced. */
static void lose_power(void)
{
    struct stat st;
    for (int i = 0; i < 2; i++)
        if (!stat(logs[i].path, &st) && st.st_size > logs[i].synced_bytes &&
            syscall(SYS_truncate, logs[i].path, logs[i].synced_bytes))
            _exit(3);
    _exit(2);
}

/* Is this the step at which it happens? grows: a step that needs room on the disk. */
static bool fault_now(bool is_write, bool grows)
{
    pthread_mutex_lock(&fault_mutex);
    bool counts = fault != FAULT_NONE && (is_write || fault != FAULT_DIE_HALFWAY) && (grows || fault != FAULT_FULL);
    bool now = counts && (--fault_step == 0 || (fault == FAULT_FULL && fault_step < 0 && fault_step > -fault_span));
    pthread_mutex_unlock(&fault_mutex);
    if (now && fault == FAULT_DIE)
        _exit(2);
    if (now && fault == FAULT_POWER_CUT)
        lose_power();
    errno = fault_errno;
    return now;
}

static void note_synced(int fd)
{
    struct stat file, log;
    for (int i = 0; i < 2; i++)
        if (!fstat(fd, &file) && !stat(logs[i].path, &log) && file.st_ino == log.st_ino)
            logs[i].synced_bytes = file.st_size;
}

int link(const char *from, const char *to)
{
    return fault_now(false, true) ? -1 : (int)syscall(SYS_link, from, to);
}

int rename(const char *from, const char *to)
{
    return fault_now(false, false) ? -1 : (int)syscall(SYS_rename, from, to);
}

int ftruncate(int fd, off_t size)
{
    return fault_now(false, false) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int truncate(const char *path, off_t size)
{
    return fault_now(false, false) ? -1 : (int)syscall(SYS_truncate, path, size);
}

int fsync(int fd)
{
    int result = fault_now(false, false) ? -1 : (int)syscall(SYS_fsync, fd);
    note_synced(fd);
    return result;
}

int fdatasync(int fd)
{
    int result = fault_now(false, false) ? -1 : (int)syscall(SYS_fdatasync, fd);
    note_synced(fd);
    return result;
}

int unlink(const char *path)
{
    return fault_now(false, false) ? -1 : (int)syscall(SYS_unlink, path);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
    if (!fault_now(true, true))
        return syscall(SYS_pwrite64, fd, bytes, n, offset);
    if (syscall(SYS_pwrite64, fd, bytes, n / 2, offset) < 0 || fault == FAULT_DIE_HALFWAY)
        _exit(2);
    errno = fault_errno;
    return -1;
}

/* ---- The child ---- */

struct act {
    size_t post;
    char *before, *after;
};

static struct act *history;
static size_t n_done, n_undone; /* history[0, n_done) can be undone, the n_undone behind it redone */

static void say(int pipe, const char *line, size_t n)
{
    if (write(pipe, line, n) != (ssize_t)n)
        _exit(4);
}

static void say_intent(int pipe, size_t post, const char *text)
{
    char line[1 << 16];
    int n = snprintf(line, sizeof line, "I %zu %s\n", post, text);
    if (n < 0 || n >= (int)sizeof line)
        _exit(4);
    say(pipe, line, (size_t)n);
}

static void check_unchanged(const struct store *store, size_t post, const char *before)
{
    char *now = try_post_text(store_post_peek(store, post));
    if (strcmp(now, before))
        _exit(5);
    free(now);
}

/* One random act. It is told as "I POST TEXT" before, and "A" after; where it fails ("F"), the post must be as it
 * was. */
static void act(struct store *store, uint64_t *seed, int pipe)
{
    struct edit_batch batch = {0};
    size_t kind = try_random(seed, 5), post, changed;
    int result;
    if (kind == 0 && n_done) {
        const struct act *last = &history[n_done - 1];
        say_intent(pipe, last->post, last->before);
        result = store_undo(store, &changed, NULL);
        if (result == 1)
            n_done--, n_undone++;
        else
            check_unchanged(store, last->post, last->after);
    } else if (kind == 1 && n_undone) {
        const struct act *next = &history[n_done];
        say_intent(pipe, next->post, next->after);
        result = store_redo(store, &changed, NULL);
        if (result == 1)
            n_done++, n_undone--;
        else
            check_unchanged(store, next->post, next->before);
    } else {
        post = try_random(seed, store_count(store));
        try_random_batch(seed, store_post_peek(store, post), post, &batch);
        if (!batch.n || n_done == HISTORY)
            return;
        struct act done = {post, try_post_text(store_post_peek(store, post)), NULL};
        struct post copy;
        if (post_copy(store_post_peek(store, post), &copy) || edit_batch_apply(&batch, &copy, 1, NULL))
            _exit(6);
        done.after = try_post_text(&copy);
        post_free(&copy);
        say_intent(pipe, post, done.after);
        result = store_apply(store, &batch, NULL) ? -1 : 1;
        if (result == 1) {
            history[n_done++] = done;
            n_undone = 0;
        } else {
            check_unchanged(store, post, done.before);
        }
    }
    if (result == 0)
        _exit(7);
    if (fault == FAULT_POWER_CUT) /* then only what is on disk is acknowledged */
        while (store_mark(store) == STORE_PENDING)
            usleep(500);
    say(pipe, result == 1 ? "A\n" : "F\n", 2);
}

static struct store *child_open(const char *path)
{
    struct store *store;
    struct error err;
    history = calloc(HISTORY, sizeof *history);
    if (!history)
        _exit(6);
    if (!store_open(path, &subject->options, &store, &err))
        return store;
    fprintf(stderr, "# %s\n", err.message);
    _exit(8);
}

/* Works until it is killed. */
static void work_for_ever(const char *path, uint64_t seed, int pipe)
{
    struct store *store = child_open(path);
    while (n_done < HISTORY) {
        act(store, &seed, pipe);
        if (try_random(&seed, 12) == 0 && store_save(store, NULL))
            _exit(9);
    }
    _exit(0);
}

/* Works a little, with two saves, and leaves. */
static void work_script(const char *path, uint64_t seed, int pipe)
{
    struct store *store = child_open(path);
    bool slow = fault == FAULT_POWER_CUT;
    for (int i = 1; i <= (slow ? 5 : SCRIPT_ACTS); i++) {
        act(store, &seed, pipe);
        if (i % (slow ? 3 : 6) == 0)
            store_save(store, NULL);
    }
    store_close(store);
    _exit(0);
}

/* ---- The parent ---- */

/* What the child said: the posts as acknowledged, and the act that was under way. */
struct said {
    char *posts[N_POSTS];
    char *intended;
    size_t post;
    size_t n_acts;
};

static void said_line(struct said *said, char *line)
{
    if (line[0] == 'I') {
        char *text;
        said->post = strtoul(line + 2, &text, 10);
        assert_true(said->post < N_POSTS);
        free(said->intended);
        said->intended = strdup(text + 1);
    } else if (line[0] == 'A') {
        free(said->posts[said->post]);
        said->posts[said->post] = said->intended;
        said->intended = NULL;
        said->n_acts++;
    } else {
        free(said->intended);
        said->intended = NULL;
    }
}

/* Listens until the child's end. Kills it delay_us after so many more acts were acknowledged (SIZE_MAX = never): not by
 * the clock alone, or a busy machine would see children die before they did anything. */
static void listen_to(struct said *said, int pipe, pid_t child, size_t n_acts, useconds_t delay_us)
{
    static char buffer[1 << 20];
    const size_t n_before = said->n_acts;
    size_t n = 0;
    bool alive = n_acts != SIZE_MAX;
    for (;;) {
        if (alive && said->n_acts - n_before >= n_acts) {
            usleep(delay_us);
            kill(child, SIGKILL);
            alive = false;
        }
        ssize_t more = read(pipe, buffer + n, sizeof buffer - n - 1);
        if (more <= 0)
            break;
        n += (size_t)more;
        char *line = buffer, *end;
        buffer[n] = '\0';
        for (; (end = strchr(line, '\n')); line = end + 1) {
            *end = '\0';
            said_line(said, line);
        }
        n -= (size_t)(line - buffer);
        memmove(buffer, line, n);
    }
    close(pipe);
}

static void read_posts(const char *path, char *posts[N_POSTS])
{
    struct corpus *corpus;
    struct error err;
    if (corpus_read(path, NULL, &corpus, &err))
        fail_msg("%s", err.message);
    assert_int_equal(corpus->n_posts, N_POSTS);
    for (size_t i = 0; i < N_POSTS; i++)
        posts[i] = try_post_text(&corpus->posts[i]);
    corpus_free(corpus);
}

/* The corpus made again from its beginning has the same posts, and was at every save what was saved. */
static void check_replay(const char *path, char *const posts[N_POSTS], const char *when)
{
    char name[500];
    struct corpus *corpus;
    struct error err;
    snprintf(name, sizeof name, "%s.journal", path);
    if (replay_corpus(name, NULL, &corpus, NULL, &err)) {
        if (!strstr(err.message, "nothing was done"))
            fail_msg("%s: %s", when, err.message);
        return;
    }
    for (size_t i = 0; i < N_POSTS; i++) {
        char *text = try_post_text(&corpus->posts[i]);
        if (strcmp(text, posts[i]))
            fail_msg("%s: post %zu is\n# %s\n# and comes again as\n# %s", when, i, posts[i], text);
        free(text);
    }
    corpus_free(corpus);
}

/* The posts must be as said. Then what was under way and was done counts as said, for the next round. */
static void check(struct said *said, const char *path, const char *when)
{
    char *posts[N_POSTS];
    read_posts(path, posts);
    check_replay(path, posts, when);
    for (size_t i = 0; i < N_POSTS; i++) {
        bool done = said->intended && said->post == i && !strcmp(posts[i], said->intended);
        if (!done && strcmp(posts[i], said->posts[i]))
            fail_msg("%s: post %zu is\n# %s\n# and was acknowledged as\n# %s", when, i, posts[i], said->posts[i]);
        free(said->posts[i]);
        said->posts[i] = posts[i];
    }
    free(said->intended);
    said->intended = NULL;
}

static void said_free(struct said *said)
{
    for (size_t i = 0; i < N_POSTS; i++)
        free(said->posts[i]);
    free(said->intended);
}

static pid_t start(void (*work)(const char *, uint64_t, int), const char *path, uint64_t seed, int *pipe_out)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        work(path, seed, ends[1]);
    }
    close(ends[1]);
    *pipe_out = ends[0];
    return child;
}

static void killed_at_any_moment(void **state)
{
    (void)state;
    const char *path = put_subject();
    struct said said = {0};
    uint64_t seed = 20261124;
    int n_killed = 0;
    read_posts(path, said.posts);
    for (int i = 0; i < N_KILLS; i++) {
        int pipe;
        pid_t child = start(work_for_ever, path, seed + (uint64_t)i, &pipe);
        size_t n_acts = try_random(&seed, 25); /* 0: while it opens */
        listen_to(&said, pipe, child, n_acts, (useconds_t)try_random(&seed, n_acts ? 2500 : 15000));
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFSIGNALED(status))
            fail_msg("the child ended with %d", WEXITSTATUS(status));
        n_killed++;
        check(&said, path, "killed");
    }
    assert_true(n_killed >= 60);
    print_message("# killed %d times, %zu acts acknowledged\n", n_killed, said.n_acts);
    assert_true(said.n_acts > 500);
    said_free(&said);
}

/* All that was ever done can be undone and redone, none of it lost and none of it twice. */
static void check_way_back(const char *path, const char *beginning, const char *end, const char *when)
{
    struct store *store = try_open(path, NULL);
    struct error err;
    size_t post;
    int done, n_undone_here = 0, n_redone = 0;
    if (store_notice(store))
        fail_msg("%s: %s", when, store_notice(store));
    while ((done = store_undo(store, &post, &err)) == 1)
        n_undone_here++;
    char *text = try_store_text(store);
    if (done || strcmp(text, beginning))
        fail_msg("%s: undone %d acts: %s\n# %s\n# began as\n# %s", when, n_undone_here, done ? err.message : "",
                 text, beginning);
    free(text);
    if (store_save(store, &err)) /* also the way forward leads through a save and another session */
        fail_msg("%s: %s", when, err.message);
    store_close(store);
    store = try_open(path, NULL);
    while ((done = store_redo(store, &post, &err)) == 1)
        n_redone++;
    text = try_store_text(store);
    assert_int_equal(done, 0);
    assert_string_equal(text, end);
    assert_int_equal(n_redone, n_undone_here);
    free(text);
    store_close(store);
}

/* Every step of the script in turn, until there are no more. */
static void at_every_step(enum fault kind, int errno_value, const char *name)
{
    int n_steps = 0;
    char base[400];
    snprintf(logs[0].path, sizeof logs[0].path, "%s.journal", try_path(subject->name));
    snprintf(logs[1].path, sizeof logs[1].path, "%s.history", try_path(subject->name));
    snprintf(base, sizeof base, "%s.base", try_path(subject->name));
    for (bool reached = true; reached; n_steps++) {
        const char *path = put_subject();
        struct said said = {0};
        int pipe, status;
        char when[100];
        snprintf(when, sizeof when, "%s at step %d", name, n_steps + 1);
        syscall(SYS_unlink, logs[0].path);
        syscall(SYS_unlink, logs[1].path);
        syscall(SYS_unlink, base);
        logs[0].synced_bytes = logs[1].synced_bytes = 0;
        read_posts(path, said.posts);
        char *beginning = try_read_text(path);
        fault = kind;
        fault_step = n_steps + 1;
        fault_errno = errno_value;
        pid_t child = start(work_script, path, 5, &pipe);
        fault = FAULT_NONE;
        listen_to(&said, pipe, child, SIZE_MAX, 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 2))
            fail_msg("%s: the child ended with %d", when, status);
        reached = kind >= FAULT_FAIL ? n_steps < 60 : WEXITSTATUS(status) == 2;
        check(&said, path, when);
        /* And work goes on from there. */
        struct store *store = try_open(path, &subject->options);
        try_label(store, 1, 0, 1, "GPE");
        char *text = try_store_text(store);
        store_close(store);
        char *again = try_read_text(path);
        assert_string_equal(again, text);
        check_way_back(path, beginning, text, when);
        free(text), free(again), free(beginning);
        said_free(&said);
    }
    print_message("# %s: %d steps\n", name, n_steps);
    assert_true(n_steps > (kind == FAULT_DIE_HALFWAY ? 12 : 15));
}

static void dead_at_every_step(void **state)
{
    (void)state;
    at_every_step(FAULT_DIE, 0, "dead");
}

static void dead_in_the_middle_of_every_write(void **state)
{
    (void)state;
    at_every_step(FAULT_DIE_HALFWAY, 0, "dead halfway");
}

static void without_power_at_every_step(void **state)
{
    (void)state;
    at_every_step(FAULT_POWER_CUT, 0, "power cut");
}

static void no_space_at_every_step(void **state)
{
    (void)state;
    at_every_step(FAULT_FAIL, ENOSPC, "no space");
}

/* For so many writes in a row: the first of them may be the one that was to say what a later one leaves behind. */
static void full_for_a_while_from_every_step(void **state)
{
    (void)state;
    for (fault_span = 2; fault_span <= 9; fault_span += fault_span < 4 ? 1 : 5)
        at_every_step(FAULT_FULL, ENOSPC, "full for a while");
}

static void broken_disk_at_every_step(void **state)
{
    (void)state;
    at_every_step(FAULT_FAIL, EIO, "I/O error");
}

#define WITH_LINES(test) \
    { \
        .name = #test ", lines", .test_func = test, .setup_func = set_lines \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_moment),
        cmocka_unit_test(dead_at_every_step),
        cmocka_unit_test(dead_in_the_middle_of_every_write),
        cmocka_unit_test(without_power_at_every_step),
        cmocka_unit_test(no_space_at_every_step),
        cmocka_unit_test(full_for_a_while_from_every_step),
        cmocka_unit_test(broken_disk_at_every_step),
        WITH_LINES(killed_at_any_moment),
        WITH_LINES(dead_at_every_step),
        WITH_LINES(dead_in_the_middle_of_every_write),
        WITH_LINES(without_power_at_every_step),
        WITH_LINES(no_space_at_every_step),
        WITH_LINES(full_for_a_while_from_every_step),
        WITH_LINES(broken_disk_at_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
