/* The store: what is applied is there whatever happens, files of others are left alone, and counts follow.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/store-try.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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
    return try_store_text(store);
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


static void undo_and_redo_go_on_over_saves_and_sessions(void **state)
{
    (void)state;
    const char *path = try_put("undo.json", try_native);
    struct store *store = try_open(path, NULL);
    char *texts[6];
    size_t post;
    texts[0] = posts_of(store);
    for (int i = 1; i <= 5; i++) {
        try_label(store, i % 3, (size_t)i / 3, (size_t)i / 3 + 1, "MISC");
        texts[i] = posts_of(store);
        if (i == 3)
            assert_int_equal(store_save(store, &err), 0);
    }
    for (int i = 5; i-- > 1;) { /* past the save */
        assert_int_equal(store_undo(store, &post, &err), 1);
        assert_int_equal(post, (i + 1) % 3);
        assert_posts(store, texts[i]);
    }
    store_close(store);
    assert_read(path, texts[1]);

    /* What was undone and what is left to undo is known from the journal, as far as it reaches. */
    store = try_open(path, NULL);
    assert_posts(store, texts[1]);
    for (int i = 2; i <= 5; i++) {
        assert_int_equal(store_redo(store, &post, &err), 1);
        assert_posts(store, texts[i]);
    }
    assert_int_equal(store_redo(store, &post, &err), 0);
    assert_int_equal(store_undo(store, &post, &err), 1);
    try_label(store, 2, 2, 3, "ORG"); /* something new: nothing is left to redo */
    assert_int_equal(store_redo(store, &post, &err), 0);
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_posts(store, texts[4]);
    store_close(store);
    assert_read(path, texts[4]);
    for (int i = 0; i < 6; i++)
        free(texts[i]);
}

/* One act over several posts is one line, one undo, and done in full or not at all. */
static void an_act_over_many_posts_is_one(void **state)
{
    (void)state;
    const char *path = try_put("many.json", try_native);
    struct store *store = try_open(path, NULL);
    struct edit_batch batches[3] = {{.post = 2}, {.post = 0}, {.post = 1}};
    char *before = posts_of(store);
    size_t post;
    assert_int_equal(edit_create_entity(&batches[0], store_post_peek(store, 2), 0, 1, "FOOD", NULL, &err), 0);
    assert_int_equal(edit_create_entity(&batches[1], store_post_peek(store, 0), 0, 1, "FOOD", NULL, &err), 0);
    if (store_apply_all(store, batches, 3, &err)) /* the third has nothing to change */
        fail_msg("%s", err.message);
    for (int i = 0; i < 3; i++)
        assert_null(batches[i].edits);
    assert_int_equal(store_type_count(store, "FOOD"), 2);
    char *after = posts_of(store), *journal = try_get(try_path("many.json.journal"), NULL);
    assert_null(strchr(strchr(strchr(journal, '\n') + 1, '\n') + 1, '\n')); /* the header and one line */
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_int_equal(post, 2);
    assert_posts(store, before);
    assert_int_equal(store_type_count(store, "FOOD"), 0);
    assert_int_equal(store_undo(store, &post, &err), 0);
    assert_int_equal(store_redo(store, &post, &err), 1);
    assert_posts(store, after);
    store_close(store);
    assert_read(path, after);
    store = try_open(path, NULL);
    assert_int_equal(store_recovered(store), 3);
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_posts(store, before);

    /* The second does not fit: the first is not done either, nor its type known. */
    for (int i = 0; i < 2; i++) {
        batches[0].post = (size_t)i;
        batches[1].post = 1;
        const struct post *one = store_post_peek(store, (size_t)i), *other = store_post_peek(store, 1);
        assert_int_equal(edit_create_entity(&batches[0], one, 0, 1, "GAME", NULL, &err), 0);
        assert_int_equal(edit_create_entity(&batches[1], other, 0, 1, "GAME", NULL, &err), 0);
        if (i == 0) {
            try_label(store, 1, 0, 1, "GPE");
            free(before);
            before = posts_of(store);
            batches[1].post = 3;
        }
        assert_int_equal(store_apply_all(store, batches, 2, &err), -1);
        assert_non_null(strstr(err.message, i ? "post 2 is changed twice in one act" : "there is no post 4"));
        assert_null(batches[0].edits);
        assert_null(batches[1].edits);
        assert_posts(store, before);
        assert_false(schema_has_entity(store_schema_peek(store), "GAME"));
    }
    store_close(store);
    assert_read(path, before);
    free(before), free(after), free(journal);
}

static void counts_follow_the_labels(void **state)
{
    (void)state;
    struct store *store = try_open(try_put("count.json", try_native), NULL);
    struct edit_batch batch = {.post = 0};
    size_t post;
    assert_int_equal(store_type_count(store, "PER"), 1);
    assert_int_equal(store_type_count(store, "LOC"), 0); /* a model's, which nobody accepted */
    assert_int_equal(store_status_count(store, STATUS_NEW), 2);
    assert_int_equal(edit_accept_entity(&batch, store_post_peek(store, 0), 4, 6, "LOC", 0.61, "m", NULL, &err), 0);
    assert_int_equal(edit_set_status(&batch, store_post_peek(store, 0), STATUS_DONE, &err), 0);
    assert_int_equal(edit_retype_entity(&batch, store_post_peek(store, 0), "e1", "FOOD", NULL, &err), 0);
    assert_int_equal(store_apply(store, &batch, &err), 0);
    assert_int_equal(store_type_count(store, "LOC"), 1);
    assert_int_equal(store_type_count(store, "PER"), 0);
    assert_int_equal(store_type_count(store, "FOOD"), 1);
    assert_int_equal(store_status_count(store, STATUS_NEW), 1);
    assert_int_equal(store_status_count(store, STATUS_DONE), 1);
    assert_true(schema_has_entity(store_schema_peek(store), "FOOD"));
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_int_equal(store_type_count(store, "FOOD"), 0);
    assert_int_equal(store_type_count(store, "PER"), 1);
    assert_int_equal(store_status_count(store, STATUS_DONE), 0);
    store_close(store);
}

static void new_types_come_back_in_the_schema(void **state)
{
    (void)state;
    const char *path = try_put("schema.json", try_native);
    struct store *store = try_open(path, NULL);
    struct edit_batch batch = {.post = 0};
    try_label(store, 1, 0, 1, "FOOD");
    const struct post *first = store_post_peek(store, 0);
    assert_int_equal(edit_put_relation(&batch, first, "e2", "e1", "/loc/per/home_of", 0.5, NULL, NULL, &err), 0);
    assert_int_equal(store_apply(store, &batch, &err), 0);
    assert_int_equal(edit_put_relation(&batch, first, "e2", "e1", "None", 0.5, NULL, NULL, &err), 0);
    assert_int_equal(store_apply(store, &batch, &err), 0);
    store_close(store);
    for (int saved = 0; saved < 2; saved++) {
        store = try_open(path, NULL);
        assert_true(schema_has_entity(store_schema_peek(store), "FOOD"));
        const struct schema_relation *relation = schema_relation_peek(store_schema_peek(store), "/loc/per/home_of");
        assert_non_null(relation);
        assert_string_equal(relation->head[0], "LOC");
        assert_null(schema_relation_peek(store_schema_peek(store), "None"));
        assert_int_equal(store_save(store, &err), 0);
        store_close(store);
    }
}

/* ---- The file ---- */

static void a_second_writer_is_kept_out(void **state)
{
    (void)state;
    const char *path = try_put("lock.json", try_native);
    static const struct store_options usual, reader = {.read_only = true};
    struct store *store = try_open(path, NULL), *second;
    char host[256], expected[700];
    try_label(store, 1, 0, 1, "MISC");
    char *text = posts_of(store);
    assert_int_equal(store_open(path, &usual, &second, &err), -1);
    assert_int_equal(err.kind, ERROR_FINDING);
    gethostname(host, sizeof host);
    snprintf(expected, sizeof expected, "%s: process %ld on %s has it open (close it there, or open it read-only here)",
             path, (long)getpid(), host);
    assert_string_equal(err.message, expected);

    struct store *other = try_open(path, &reader);
    assert_posts(other, text); /* a reader sees what is in the journal */
    struct edit_batch batch = {.post = 1};
    assert_int_equal(edit_set_status(&batch, store_post_peek(other, 1), STATUS_DONE, &err), 0);
    assert_int_equal(store_apply(other, &batch, &err), -1);
    assert_null(batch.edits);
    assert_int_equal(store_save(other, &err), -1);
    store_close(other);
    store_close(store);
    store = try_open(path, NULL); /* and then it is free */
    store_close(store);
    free(text);
}

/* The journal is still open, so that what stands in it is not lost. */
static void a_journal_that_others_remove_comes_back(void **state)
{
    (void)state;
    const char *path = try_put("swept.json", try_native), *journal = try_path("swept.json.journal");
    struct store *store = try_open(path, NULL);
    for (int i = 0; i < 3; i++) { /* with lines in it, and after a save, without */
        try_label(store, 1, 0, 1, i % 2 ? "LOC" : "MISC");
        assert_int_equal(unlink(journal), 0);
        try_label(store, 1, 1, 2, i % 2 ? "LOC" : "MISC");
        char *text = posts_of(store), *read = try_read_text(path);
        assert_string_equal(read, text);
        free(text), free(read);
        if (i == 0)
            assert_int_equal(unlink(journal), 0);
        assert_int_equal(store_save(store, &err), 0);
    }
    char *text = posts_of(store);
    store_close(store);
    store = try_open(path, NULL);
    assert_posts(store, text);
    assert_null(store_notice(store));
    size_t post;
    for (int i = 0; i < 6; i++)
        assert_int_equal(store_undo(store, &post, &err), 1);
    assert_int_equal(store_undo(store, &post, &err), 0);
    store_close(store);

    /* Also where nothing is done any more but to leave. */
    store = try_open(path, NULL);
    try_label(store, 1, 0, 1, "MISC");
    char *last = posts_of(store);
    assert_int_equal(unlink(journal), 0);
    store_close(store);
    char *found = try_read_text(path);
    assert_string_equal(found, last);
    free(last), free(found);

    /* One that somebody else made in its place is not ours to write over. */
    store = try_open(path, NULL);
    assert_int_equal(unlink(journal), 0);
    try_put("swept.json.journal", "theirs");
    struct edit_batch batch = {.post = 1};
    assert_int_equal(edit_set_status(&batch, store_post_peek(store, 1), STATUS_DONE, &err), 0);
    assert_int_equal(store_apply(store, &batch, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    store_close(store);
    char *theirs = try_get(journal, NULL);
    assert_string_equal(theirs, "theirs");
    free(text), free(theirs);
}

static void what_is_worked_on_is_not_replaced(void **state)
{
    (void)state;
    const char *path = try_put("worked-on.json", try_native), *link_path = try_path("worked-on-link.json");
    struct corpus *corpus;
    assert_int_equal(symlink("worked-on.json", link_path), 0);
    struct store *store = try_open(path, NULL);
    try_label(store, 1, 0, 1, "MISC");
    char *text = posts_of(store), *bytes = try_get(path, NULL);
    assert_int_equal(corpus_read(path, NULL, &corpus, &err), 0);
    for (int i = 0; i < 2; i++) {
        const char *target = i ? path : link_path;
        assert_int_equal(corpus_write(corpus, target, FORMAT_JSON, NULL, &err), -1);
        assert_int_equal(err.kind, ERROR_FINDING);
        assert_non_null(strstr(err.message, "has it open (close it there, or write to another file)"));
    }
    store_close(store);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(corpus_write(corpus, i ? path : link_path, FORMAT_JSON, NULL, &err), -1);
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_non_null(strstr(err.message, ": not written over: "));
    }
    char *again = try_get(path, NULL);
    assert_string_equal(again, bytes);
    store = try_open(path, NULL);
    assert_posts(store, text);
    assert_int_equal(store_save(store, &err), 0);
    store_close(store);
    /* What was read before that lacks what was done meanwhile. */
    assert_int_equal(corpus_write(corpus, path, FORMAT_JSON, NULL, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_non_null(strstr(err.message, "changed it since it was read"));
    assert_read(path, text);
    corpus_free(corpus);
    assert_int_equal(corpus_read(path, NULL, &corpus, &err), 0);
    if (corpus_write(corpus, link_path, FORMAT_JSON, NULL, &err))
        fail_msg("%s", err.message);
    assert_read(path, text);
    corpus_free(corpus);
    free(text), free(bytes), free(again);
}

/* A lock dies with its process, even one that is killed. */
static void a_dead_writer_locks_nobody_out(void **state)
{
    (void)state;
    const char *path = try_put("dead.json", try_native);
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store *store = try_open(path, NULL);
        try_label(store, 1, 0, 1, "MISC");
        if (write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    struct store *store;
    static const struct store_options usual;
    assert_int_equal(store_open(path, &usual, &store, &err), -1);
    assert_int_equal(err.kind, ERROR_FINDING);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]), close(ready[1]);
    store = try_open(path, NULL);
    assert_int_equal(store_recovered(store), 1);
    store_close(store);
}

static void a_file_that_others_changed_is_not_written_over(void **state)
{
    (void)state;
    const char *path = try_put("changed.json", try_native);
    struct store *store = try_open(path, NULL);
    try_label(store, 1, 0, 1, "MISC");
    char *text = posts_of(store);
    /* The same contents again are no change. */
    try_put("changed.json", try_native);
    assert_int_equal(store_save(store, &err), 0);
    try_label(store, 1, 1, 2, "MISC");
    free(text);
    text = posts_of(store);
    try_put("changed.json", "{\"format\": \"mmib-corpus\", \"posts\": []}");
    assert_int_equal(store_save(store, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_non_null(strstr(err.message, "changed.json: another program changed it"));
    assert_true(store_unsaved(store));
    assert_content(path, "{\"format\": \"mmib-corpus\", \"posts\": []}");
    /* The way out that the message tells. */
    assert_int_equal(rename(path, try_path("theirs.json")), 0);
    if (store_save(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
    assert_read(path, text);
    free(text);
}

static void links_and_permissions_stay(void **state)
{
    (void)state;
    const char *target = try_put("target.json", try_native), *path = try_path("link.json");
    struct stat st;
    assert_int_equal(symlink("target.json", path), 0);
    assert_int_equal(chmod(target, 0640), 0);
    struct store *store = try_open(path, NULL);
    try_label(store, 1, 0, 1, "MISC");
    assert_true(try_exists(try_path("target.json.journal")));
    assert_int_equal(stat(try_path("target.json.journal"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    char *text = posts_of(store);
    assert_read(path, text);
    assert_read(target, text);
    assert_int_equal(store_save(store, &err), 0);
    store_close(store);
    assert_int_equal(lstat(path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(target, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_read(target, text);
    free(text);
}

static void what_is_not_ours_comes_back(void **state)
{
    (void)state;
    const char *path = try_put("extra.json", try_native);
    struct store *store = try_open(path, NULL);
    size_t post;
    try_label(store, 0, 1, 3, "LOC"); /* e1, which has a member of its own */
    assert_int_equal(store_save(store, &err), 0);
    store_close(store);
    char *content = try_get(path, NULL);
    assert_non_null(strstr(content, "\"mine\": 12345678901234567890"));
    assert_non_null(strstr(content, "\"weight\": 0.1000000000000000000001"));
    assert_non_null(strstr(content, "\"later\": {\"x\": [null, 1e400]}"));
    free(content);
    store = try_open(path, NULL);
    assert_int_equal(store_undo(store, &post, &err), 1); /* the save emptied the journal, not the history */
    assert_int_equal(store_redo(store, &post, &err), 1);
    assert_int_equal(store_save(store, &err), 0);
    /* Saving without anything new does not touch the file. */
    struct stat before, after;
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(store_save(store, &err), 0);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    store_close(store);
}

/* JSON Lines stay JSON Lines. */
static void a_corpus_keeps_its_format(void **state)
{
    (void)state;
    const char *path = try_put("lines.jsonl", "{\"format\": \"mmib-corpus\", \"version\": 1}\n"
                                              "{\"id\": \"a\", \"tokens\": [\"x\", \"y\"]}\n");
    struct store *store = try_open(path, NULL);
    try_label(store, 0, 0, 1, "PER");
    assert_int_equal(store_save(store, &err), 0);
    store_close(store);
    char *content = try_get(path, NULL);
    assert_non_null(strstr(content, "}\n{\"id\": \"a\", "));
    free(content);
}

/* ---- Foreign files ---- */

static void a_published_file_is_worked_on_beside(void **state)
{
    (void)state;
    const char *path = try_put("test.txt", try_conll), *work = try_path("test.mmib.json");
    const struct store_options options = {.exports = {FORMAT_CONLL, FORMAT_MNRE}, .n_exports = 2, .annotator = "ana"};
    struct store *store = try_open(path, &options);
    assert_string_equal(store_path(store), work);
    assert_string_equal(store_annotator(store), "ana");
    try_label(store, 1, 0, 1, "MISC");
    char *text = posts_of(store);
    store_close(store);
    assert_read(work, text);

    store = try_open(path, &options); /* continued */
    assert_int_equal(store_recovered(store), 1);
    assert_posts(store, text);
    assert_int_equal(store_save(store, &err), 0);
    assert_content(try_path("test.mmib.conll"), "IMGID:1\nGo\tO\nRob\tB-PER\nLind\tI-PER\n\n"
                                                "IMGID:2\nRain\tB-MISC\nSpain\tI-OTHER\n");
    assert_true(try_exists(try_path("test.mmib.mnre")));
    assert_true(store_losses_peek(store)->n > 0); /* MNRE has no entities without relations */
    store_close(store);
    assert_content(path, try_conll);
    assert_read(work, text);
    free(text);

    store = try_open(work, NULL); /* the work file is a corpus like any other */
    store_close(store);

    try_put("test.txt", "IMGID:1\nGo\tO\n\n");
    static const struct store_options usual;
    assert_int_equal(store_open(path, &usual, &store, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.message, "test.txt: not as it was when the work in "));
    try_put("test.mmib.json", try_native);
    assert_int_equal(store_open(path, &usual, &store, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.message, "does not say whose work it is"));
    assert_content(work, try_native);
}

static void a_file_in_a_folder_of_others_is_worked_on_in_the_state_folder(void **state)
{
    (void)state;
    static const struct store_options usual;
    bool root = geteuid() == 0;
    assert_int_equal(mkdir(try_path("r1"), 0700) || mkdir(try_path("r2"), 0700) || mkdir(try_path("mine"), 0700), 0);
    const char *one = try_put("r1/test.txt", try_conll), *two = try_put("r2/test.txt", "IMGID:9\nRain\tO\n\n");
    char *expected = strdup(try_path("mine/mmib/test.mmib.json")), *folder = realpath(try_path("r1"), NULL);
    assert_int_equal(setenv("XDG_STATE_HOME", try_path("mine"), 1), 0);
    assert_int_equal(chmod(try_path("r1"), 0555) || chmod(try_path("r2"), 0555) || chmod(try_folder(), 0711), 0);
    /* The superuser may write everywhere, so it becomes somebody else meanwhile. */
    if (root)
        assert_int_equal(chown(try_path("mine"), 65534, 65534) || seteuid(65534), 0);
    bool reachable = faccessat(AT_FDCWD, one, R_OK, AT_EACCESS) == 0;
    if (reachable) {
        struct store *store = try_open(one, NULL), *other = try_open(two, NULL);
        assert_string_equal(store_path(store), expected);
        assert_string_not_equal(store_path(other), expected); /* two files of one name */
        char *images = realpath(store_images(store), NULL);
        assert_string_equal(images, folder);
        try_label(other, 0, 0, 1, "MISC");
        char *text = posts_of(other);
        store_close(store);
        store_close(other);
        assert_int_equal(store_open(two, &usual, &other, &err), 0);
        assert_posts(other, text);
        store_close(other);
        free(images), free(text);
    }
    if (root)
        assert_int_equal(seteuid(0), 0);
    chmod(try_path("r1"), 0700), chmod(try_path("r2"), 0700);
    free(expected), free(folder);
    if (!reachable)
        skip();
}

static void work_may_be_named(void **state)
{
    (void)state;
    const char *path = try_put("named.txt", try_conll);
    assert_int_equal(mkdir(try_path("else"), 0700), 0);
    const struct store_options options = {.work = try_path("else/mine.json"),
                                          .exports = {FORMAT_CONLL},
                                          .n_exports = 1};
    struct store *store = try_open(path, &options);
    assert_string_equal(store_path(store), options.work);
    char *images = realpath(store_images(store), NULL), *folder = realpath(try_folder(), NULL);
    assert_string_equal(images, folder); /* the pictures are still beside the input */
    assert_int_equal(store_save(store, &err), 0);
    assert_content(try_path("else/mine.conll"), try_conll);
    store_close(store);
    free(images), free(folder);
    store = try_open(path, &options);
    store_close(store);
}

static void types_renamed_on_reading_are_in_the_journal(void **state)
{
    (void)state;
    const char *path = try_put("map.json", try_native);
    static const char *const maps[] = {"LOC=PLACE", "XXX=Y"};
    const struct store_options options = {.corpus = {.maps = maps, .n_maps = 2}};
    struct store *store = try_open(path, &options);
    size_t post;
    assert_int_equal(store_undo(store, &post, &err), 0);
    try_label(store, 0, 4, 6, "ORG");
    assert_int_equal(store_undo(store, &post, &err), 1);
    char *text = posts_of(store);
    assert_non_null(strstr(text, "PLACE"));
    store_close(store);
    assert_read(path, text);
    store = try_open(path, &options); /* nothing is left to rename */
    assert_int_equal(store_recovered(store), 3);
    assert_int_equal(store_redo(store, &post, &err), 1);
    assert_int_equal(store_save(store, &err), 0);
    store_close(store);
    store = try_open(path, &options);
    assert_false(store_unsaved(store));
    store_close(store);
    free(text);
}

static bool without_links; /* as some file systems are */

int link(const char *from, const char *to)
{
    errno = EPERM;
    return without_links ? -1 : (int)syscall(SYS_link, from, to);
}

/* An export of a native corpus may meet the file that it was made from. */
static void an_export_keeps_what_stood_there(void **state)
{
    (void)state;
    const struct store_options options = {.exports = {FORMAT_CONLL}, .n_exports = 1};
    const char *path = try_put("train.json", try_native);
    unlink(try_path("train.conll~"));
    try_put("train.conll", "published");
    for (int i = 0; i < 2; i++) {
        struct store *store = try_open(path, &options);
        try_label(store, 1, (size_t)i, (size_t)i + 1, "MISC");
        assert_int_equal(store_save(store, &err), 0);
        store_close(store);
    }
    assert_content(try_path("train.conll~"), "published");
    char *content = try_get(try_path("train.conll"), NULL);
    assert_non_null(strstr(content, "Rain\tB-MISC\nin\tB-MISC\n"));
    free(content);
}

static void no_links_are_needed(void **state)
{
    without_links = true;
    unlink(try_path("train.json.base"));
    unlink(try_path("train.json.history"));
    an_export_keeps_what_stood_there(state);
    assert_content(try_path("train.json.base"), try_native);
    try_put("alone.json", try_native);
    const struct store_options options = {.exports = {FORMAT_CONLL}, .n_exports = 1};
    struct store *store = try_open(try_path("alone.json"), &options); /* no export is there yet */
    try_label(store, 1, 0, 1, "MISC");
    assert_int_equal(store_save(store, &err), 0);
    store_close(store);
    assert_false(try_exists(try_path("alone.conll~")));
    without_links = false;
}

/* ---- A disk that is full ---- */

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_loses_nothing(void **state)
{
    (void)state;
    const char *path = try_put("full.json", try_native);
    struct stat st;
    signal(SIGXFSZ, SIG_IGN);
    struct store *store = try_open(path, NULL);
    try_label(store, 1, 0, 1, "MISC");
    wait_until_synced(store);
    char *text = posts_of(store);
    assert_int_equal(stat(try_path("full.json.journal"), &st), 0);
    for (rlim_t more = 0; more < 40; more += 13) { /* a part of the line is written */
        struct edit_batch batch = {.post = 2};
        limit_files((rlim_t)st.st_size + more);
        assert_int_equal(edit_create_entity(&batch, store_post_peek(store, 2), 0, 1, "FOOD", NULL, &err), 0);
        assert_int_equal(store_apply(store, &batch, &err), -1);
        assert_int_equal(err.kind, ERROR_IO);
        assert_non_null(strstr(err.message, "full.json.journal: File too large"));
        assert_int_equal(store_mark(store), STORE_FAILED);
        assert_int_equal(store_failure(store, &err), -1);
        assert_posts(store, text);
        assert_false(schema_has_entity(store_schema_peek(store), "FOOD"));
        assert_read(path, text);
    }
    size_t post;
    assert_int_equal(store_undo(store, &post, &err), -1);
    assert_posts(store, text);
    /* A long line that is cut must not show behind a short one. */
    char note[2000];
    struct edit_batch batch = {.post = 2};
    memset(note, 'x', sizeof note - 1);
    note[sizeof note - 1] = '\0';
    limit_files((rlim_t)st.st_size + sizeof note);
    assert_int_equal(edit_set_note(&batch, store_post_peek(store, 2), note, &err), 0);
    assert_int_equal(store_apply(store, &batch, &err), -1);
    try_label(store, 2, 1, 2, "LOC");
    free(text);
    text = posts_of(store);
    assert_read(path, text);

    limit_files(200); /* less than the corpus */
    assert_int_equal(store_save(store, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_content(path, try_native);
    limit_files(RLIM_INFINITY);
    assert_read(path, text);
    DIR *entries = opendir(try_folder());
    for (struct dirent *entry; (entry = readdir(entries));)
        assert_null(strstr(entry->d_name, "full.json.tmp"));
    closedir(entries);

    try_label(store, 2, 0, 1, "FOOD"); /* room again: work goes on */
    assert_true(store_mark(store) == STORE_PENDING || store_mark(store) == STORE_JOURNALED);
    free(text);
    text = posts_of(store);
    assert_read(path, text);
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_int_equal(store_redo(store, &post, &err), 1);
    assert_int_equal(store_save(store, &err), 0);
    store_close(store);
    assert_read(path, text);
    free(text);
}

/* What a killed writer left half written is cleared away by the next. */
static void leftovers_are_removed(void **state)
{
    (void)state;
    const char *path = try_put("left.json", try_native), *left = try_put("left.json.tmp-123-0", "{\"for");
    const char *other = try_put("left.json.tmp-old", "a person's own");
    store_close(try_open(path, NULL));
    assert_false(try_exists(left));
    assert_true(try_exists(other));
}

static void what_cannot_be_opened_is_told(void **state)
{
    (void)state;
    static const struct store_options usual;
    struct store *store;
    assert_int_equal(store_open(try_path("absent.json"), &usual, &store, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_int_equal(store_open("-", &usual, &store, &err), -1);
    assert_int_equal(err.kind, ERROR_USAGE);
    const char *cut = try_put("bad.json", "{\"format\": \"mmib-corpus\", \"posts\": [");
    assert_int_equal(store_open(cut, &usual, &store, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_false(try_exists(try_path("bad.json.lock")));
    assert_false(try_exists(try_path("bad.json.journal")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(labels_are_in_the_journal_before_they_are_saved),
        TEST(undo_and_redo_go_on_over_saves_and_sessions),
        TEST(an_act_over_many_posts_is_one),
        TEST(counts_follow_the_labels),
        TEST(new_types_come_back_in_the_schema),
        TEST(a_second_writer_is_kept_out),
        TEST(a_journal_that_others_remove_comes_back),
        TEST(what_is_worked_on_is_not_replaced),
        TEST(a_dead_writer_locks_nobody_out),
        TEST(a_file_that_others_changed_is_not_written_over),
        TEST(links_and_permissions_stay),
        TEST(what_is_not_ours_comes_back),
        TEST(a_corpus_keeps_its_format),
        TEST(a_published_file_is_worked_on_beside),
        TEST(a_file_in_a_folder_of_others_is_worked_on_in_the_state_folder),
        TEST(work_may_be_named),
        TEST(types_renamed_on_reading_are_in_the_journal),
        TEST(an_export_keeps_what_stood_there),
        TEST(no_links_are_needed),
        TEST(a_full_disk_loses_nothing),
        TEST(leftovers_are_removed),
        TEST(what_cannot_be_opened_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
