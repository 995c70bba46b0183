/* The history of a corpus: undo behind saves and restarts, a corpus made again from its beginning, and histories that
 * do not fit, are damaged or are of another version.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/store-try.h"

#include "corpora/history.h"
#include "corpora/replay.h"
#include "corpora/text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct error err;

static int set_up(void **state)
{
    (void)state;
    err = (struct error){0};
    return setenv("XDG_STATE_HOME", try_path("state"), 1);
}

/* NAME and an ending, valid for the next 8 calls. */
static const char *beside(const char *path, const char *ending)
{
    static char names[8][500];
    static unsigned next;
    char *name = names[next++ % 8];
    snprintf(name, sizeof names[0], "%s%s", path, ending);
    return name;
}

static void save(struct store *store)
{
    if (store_save(store, &err))
        fail_msg("%s", err.message);
}

static int apply_some(struct store *store, uint64_t *seed)
{
    struct edit_batch batches[3];
    size_t n = try_random_batches(seed, store, batches), n_edits = 0;
    for (size_t i = 0; i < n; i++)
        n_edits += batches[i].n;
    if (store_apply_all(store, batches, n, &err))
        fail_msg("%s", err.message);
    return n_edits > 0;
}

/* What replay gives, for the caller to free. */
static char *replayed(const char *name, const char *base)
{
    struct corpus *corpus;
    char *bytes = NULL;
    size_t n;
    if (replay_corpus(name, base, &corpus, NULL, &err))
        fail_msg("%s", err.message);
    FILE *memory = open_memstream(&bytes, &n);
    assert_int_equal(corpus_write_stream(corpus, corpus->path, memory, corpus->format, NULL, &err), 0);
    assert_int_equal(fclose(memory), 0);
    corpus_free(corpus);
    return bytes;
}

static void assert_replays(const char *name, const char *base, const char *content)
{
    char *bytes = replayed(name, base);
    assert_string_equal(bytes, content);
    free(bytes);
}

/* Opened again, one act can be undone and no more; saved, the history still gives what is there. */
static void assert_one_to_undo(const char *path)
{
    size_t post;
    struct store *store = try_open(path, NULL);
    assert_null(store_notice(store));
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_int_equal(store_undo(store, &post, &err), 0);
    save(store);
    store_close(store);
    char *content = try_get(path, NULL);
    assert_replays(beside(path, ".history"), NULL, content);
    free(content);
}

static void refused(const char *name, const char *base, enum error_kind kind, const char *words)
{
    struct corpus *corpus;
    assert_int_equal(replay_corpus(name, base, &corpus, NULL, &err), -1);
    assert_null(corpus);
    if (err.kind != kind || !strstr(err.message, words))
        fail_msg("%s", err.message);
}

/* ---- Undo ---- */

/* Random acts, undone and redone here and there, over saves and sessions, against a list of what each act made. */
static void undo_and_redo_reach_over_everything(void **state)
{
    (void)state;
    enum { N = 260 };
    const char *path = try_put("long.json", try_native);
    static char *texts[N + 1];
    size_t done = 0, known = 0, post;
    uint64_t seed = 11;
    struct store *store = try_open(path, NULL);
    texts[0] = try_store_text(store);
    for (int step = 0; step < 500; step++) {
        size_t kind = try_random(&seed, 12);
        if (kind < 2) {
            int got = store_undo(store, &post, &err);
            assert_int_equal(got, done > 0);
            done -= (size_t)got;
        } else if (kind < 4) {
            int got = store_redo(store, &post, &err);
            assert_int_equal(got, done < known);
            done += (size_t)got;
        } else if (kind < 9) {
            if (done == N || !apply_some(store, &seed))
                continue;
            while (known > done)
                free(texts[known--]);
            texts[++done] = try_store_text(store);
            known = done;
        } else if (kind == 9) {
            save(store);
        } else {
            store_close(store);
            store = try_open(path, NULL);
            assert_null(store_notice(store));
        }
        char *now = try_store_text(store);
        assert_string_equal(now, texts[done]);
        free(now);
    }
    save(store);
    store_close(store);
    print_message("# %zu acts can be undone\n", known);
    assert_true(known > 30);
    char *content = try_get(path, NULL);
    assert_replays(beside(path, ".journal"), NULL, content);
    assert_replays(beside(path, ".history"), NULL, content);
    free(content);

    store = try_open(path, NULL);
    while (done > 0) {
        assert_int_equal(store_undo(store, &post, &err), 1);
        char *now = try_store_text(store);
        assert_string_equal(now, texts[--done]);
        free(now);
    }
    assert_int_equal(store_undo(store, &post, &err), 0);
    store_close(store); /* not saved */
    store = try_open(path, NULL);
    while (done < known) {
        assert_int_equal(store_redo(store, &post, &err), 1);
        char *now = try_store_text(store);
        assert_string_equal(now, texts[++done]);
        free(now);
    }
    assert_int_equal(store_redo(store, &post, &err), 0);
    save(store);
    store_close(store);
    content = try_get(path, NULL);
    assert_replays(beside(path, ".journal"), NULL, content);
    free(content);
    for (size_t i = 0; i <= known; i++)
        free(texts[i]);
}

/* Types that are renamed on reading are a wall: what is behind it speaks of other types. */
static void undo_ends_where_types_were_renamed(void **state)
{
    (void)state;
    const char *path = try_put("wall.json", try_native);
    static const char *const maps[] = {"LOC=PLACE"};
    const struct store_options options = {.corpus = {.maps = maps, .n_maps = 1}};
    size_t post;
    struct store *store = try_open(path, NULL);
    try_label(store, 1, 0, 1, "MISC");
    save(store);
    store_close(store);
    store = try_open(path, &options);
    assert_int_equal(store_undo(store, &post, &err), 0);
    try_label(store, 1, 1, 2, "MISC");
    save(store);
    store_close(store);
    assert_one_to_undo(path);
}

/* ---- The files ---- */

static void the_beginning_is_kept(void **state)
{
    (void)state;
    const char *path = try_put("base.json", try_native);
    struct stat before, base, history;
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(stat(path, &before), 0);
    struct store *store = try_open(path, NULL);
    save(store); /* nothing was done, nothing is kept */
    assert_false(try_exists(beside(path, ".base")) || try_exists(beside(path, ".history")));
    try_label(store, 1, 0, 1, "MISC");
    save(store);
    try_label(store, 1, 1, 2, "MISC");
    save(store);
    store_close(store);
    assert_false(try_exists(beside(path, ".journal")));
    assert_int_equal(stat(beside(path, ".base"), &base), 0);
    assert_int_equal(base.st_ino, before.st_ino); /* a link: it takes no room */
    assert_int_equal(stat(beside(path, ".history"), &history), 0);
    assert_int_equal(history.st_mode & 0777, 0640);
    char *content = try_get(beside(path, ".base"), NULL);
    assert_string_equal(content, try_native);
    free(content);
}

/* Both files beside a corpus that another program changed: they are put aside, and said so, never applied. */
static void a_changed_corpus_has_no_history(void **state)
{
    (void)state;
    const char *path = try_put("other.json", try_native);
    size_t post;
    for (int round = 1; round <= 2; round++) {
        struct store *store = try_open(path, NULL);
        try_label(store, 1, 0, 1, round == 1 ? "MISC" : "GPE");
        save(store);
        store_close(store);
        char *content = try_get(path, NULL);
        assert_replays(beside(path, ".history"), NULL, content);
        free(content);
        try_put("other.json", round == 1 ? "{\"format\": \"mmib-corpus\", \"posts\": [{\"id\": \"a\", \"tokens\": "
                                           "[\"Rain\"]}, {\"id\": \"b\", \"tokens\": [\"Rain\"]}]}"
                                         : try_native);
        store = try_open(path, NULL);
        assert_non_null(store_notice(store));
        char expected[200];
        snprintf(expected, sizeof expected,
                 "changed by another program: undo begins anew; before: other.json.history-%d", round);
        assert_string_equal(store_notice(store), expected);
        assert_int_equal(store_undo(store, &post, &err), 0);
        store_close(store);
        assert_false(try_exists(beside(path, ".history")) || try_exists(beside(path, ".base")));
        assert_true(try_exists(beside(path, ".history-1")) && try_exists(beside(path, ".base-1")));
        store = try_open(path, NULL);
        assert_null(store_notice(store)); /* said once */
        store_close(store);
    }
    char *aside = replayed(beside(path, ".history-1"), NULL); /* still what it was */
    assert_non_null(strstr(aside, "\"MISC\""));
    free(aside);
}

/* Who removes the history has a new one from there on, with its own beginning. */
static void a_history_that_was_removed_begins_again(void **state)
{
    (void)state;
    const char *path = try_put("gone.json", try_native);
    struct store *store = try_open(path, NULL);
    size_t post;
    try_label(store, 1, 0, 1, "MISC");
    save(store);
    try_label(store, 1, 1, 2, "MISC"); /* its journal knows of an act before it */
    store_close(store);
    assert_int_equal(unlink(beside(path, ".history")), 0);
    char *before = try_get(path, NULL);
    store = try_open(path, NULL);
    assert_null(store_notice(store));
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_int_equal(store_undo(store, &post, &err), 0);
    assert_int_equal(store_redo(store, &post, &err), 1);
    save(store);
    store_close(store);
    char *base = try_get(beside(path, ".base"), NULL), *content = try_get(path, NULL);
    assert_string_equal(base, before);
    assert_true(try_exists(beside(path, ".base-1"))); /* that of the history that is gone */
    assert_replays(beside(path, ".journal"), NULL, content);
    free(before), free(base), free(content);
}

/* The way out when another program changed the file while it was open: the history goes on. */
static void a_changed_file_that_is_moved_away_ends_no_history(void **state)
{
    (void)state;
    const char *path = try_put("moved.json", try_native);
    struct store *store = try_open(path, NULL), *second;
    static const struct store_options usual;
    size_t post;
    char *texts[3] = {try_store_text(store)};
    for (int i = 1; i < 3; i++) {
        try_label(store, 1, (size_t)i, (size_t)i + 1, "MISC");
        texts[i] = try_store_text(store);
        if (i == 1)
            save(store);
    }
    char *history = try_get(beside(path, ".history"), NULL);
    assert_int_equal(store_open(path, &usual, &second, &err), -1); /* a second writer touches nothing */
    try_put("moved.json", "{\"format\": \"mmib-corpus\", \"posts\": []}");
    assert_int_equal(store_save(store, &err), -1);
    char *same = try_get(beside(path, ".history"), NULL);
    assert_string_equal(same, history);
    assert_int_equal(rename(path, try_path("theirs.json")), 0);
    save(store);
    store_close(store);
    char *content = try_get(path, NULL);
    assert_replays(beside(path, ".history"), NULL, content);
    store = try_open(path, NULL);
    assert_null(store_notice(store));
    for (int i = 2; i >= 0; i--) {
        char *now = try_store_text(store);
        assert_string_equal(now, texts[i]);
        assert_int_equal(store_undo(store, &post, &err), i > 0);
        free(now);
        free(texts[i]);
    }
    store_close(store);
    free(history), free(same), free(content);
}

/* All of a history in the journal, as a crash before it was moved leaves it, and behind it the place of a line whose
 * bytes a power cut took. */
static void what_a_crash_left_in_the_journal_is_moved(void **state)
{
    (void)state;
    const char *path = try_put("left.json", try_native);
    struct store *store = try_open(path, NULL);
    size_t n, post;
    for (size_t i = 0; i < 3; i++) {
        try_label(store, 1, i, i + 1, "MISC");
        save(store);
    }
    store_close(store);
    char *history = try_get(beside(path, ".history"), &n), *start = history;
    for (int half = 0; half < 2; half++) {
        FILE *file = fopen(beside(path, ".journal"), "w");
        fwrite(history, 1, n, file);
        for (int i = 0; i < 5000; i++)
            putc('\0', file);
        fclose(file);
        if (half) { /* the move was cut in the middle of a line */
            file = fopen(beside(path, ".history"), "w");
            fwrite(history, 1, n / 2, file);
            fclose(file);
        } else {
            unlink(beside(path, ".history"));
        }
        store = try_open(path, NULL);
        assert_null(store_notice(store));
        assert_int_equal(store_recovered(store), 0);
        assert_int_equal(store_undo(store, &post, &err), 1);
        assert_int_equal(store_redo(store, &post, &err), 1);
        store_close(store);
        char *again = try_get(beside(path, ".history"), NULL);
        assert_string_equal(again, start);
        free(again);
        unlink(beside(path, ".journal"));
    }
    free(history);
}

/* Where nothing could be written to the journal, a save that works has nothing to move, and harms nothing. */
static void a_save_without_a_journal_keeps_the_history(void **state)
{
    (void)state;
    const char *path = try_put("none.json", try_native);
    struct rlimit limit, full;
    struct edit_batch batch = {.post = 1};
    struct store *store = try_open(path, NULL);
    try_label(store, 1, 0, 1, "MISC");
    save(store);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    full = limit;
    full.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    assert_int_equal(edit_set_status(&batch, store_post_peek(store, 1), STATUS_DONE, &err), 0);
    assert_int_equal(store_apply(store, &batch, &err), -1);
    assert_int_equal(store_mark(store), STORE_FAILED);
    assert_int_equal(store_save(store, &err), -1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    save(store);
    store_close(store);
    assert_one_to_undo(path);
}

/* A journal from before there were histories: its numbers begin at 1, and it is the beginning of one. */
static void an_old_journal_begins_a_history(void **state)
{
    (void)state;
    const char *path = try_put("old.json", try_native);
    char sha256[FILE_SHA256_BYTES], journal[1000];
    size_t post;
    assert_int_equal(file_sha256(path, sha256, &err), 0);
    snprintf(journal, sizeof journal,
             "{\"format\": \"mmib-journal\", \"version\": 1, \"corpus\": \"old.json\", \"sha256\": \"%s\"}\n"
             "{\"seq\": 1, \"time\": \"2026-11-20T10:00:00Z\", \"act\": \"edit\", \"id\": \"b\", "
             "\"batch\": {\"post\": 1, \"edits\": [{\"target\": \"status\", \"before\": \"new\", "
             "\"after\": \"done\"}]}}\n",
             sha256);
    try_put("old.json.journal", journal);
    struct store *store = try_open(path, NULL);
    assert_int_equal(store_status_count(store, STATUS_DONE), 1);
    save(store);
    store_close(store);
    store = try_open(path, NULL);
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_int_equal(store_status_count(store, STATUS_DONE), 0);
    save(store);
    store_close(store);
    char *content = try_get(path, NULL), *history = try_get(beside(path, ".history"), NULL);
    assert_replays(beside(path, ".history"), NULL, content);
    assert_memory_equal(history, journal, strlen(journal));
    free(content), free(history);
}

static void a_history_of_another_version_is_left_alone(void **state)
{
    (void)state;
    const char *path = try_put("new.json", try_native);
    static const struct store_options usual;
    struct store *store;
    const char *newer = "{\"format\": \"mmib-journal\", \"version\": 7, \"corpus\": \"new.json\"}\nsomething\n";
    try_put("new.json.history", newer);
    assert_int_equal(store_open(path, &usual, &store, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.message, "new.json.history:1: the journal is of a version that this mmib does not "
                                        "know"));
    char *content = try_get(beside(path, ".history"), NULL);
    assert_string_equal(content, newer);
    assert_false(try_exists(beside(path, ".lock")));
    free(content);
    refused(beside(path, ".history"), NULL, ERROR_INPUT, "of a version that this mmib does not know");
}

/* Cut anywhere, or with any byte damaged: undo gives what fits or says that it cannot, and the corpus stays. */
static void a_damaged_history_is_never_applied_wrongly(void **state)
{
    (void)state;
    const char *path = try_put("cut.json", try_native), *history = beside(path, ".history");
    char *texts[6], name[400];
    size_t n, post, n_whole = 0;
    snprintf(name, sizeof name, "%s", history);
    struct store *store = try_open(path, NULL);
    texts[0] = try_store_text(store);
    for (int i = 1; i <= 5; i++) {
        try_label(store, i % 3, 0, 1, i % 2 ? "FOOD" : "GAME");
        texts[i] = try_store_text(store);
        if (i % 2)
            save(store);
    }
    store_close(store);
    char *bytes = try_get(name, &n), *content = try_get(path, NULL);
    uint64_t seed = 4;
    for (size_t i = 0; i < n + n / 3; i++) {
        FILE *file = fopen(name, "w");
        size_t length = i < n ? n : (i - n) * 3;
        char byte = bytes[i < n ? i : 0];
        if (i < n)
            bytes[i] = (char)(byte ^ (1 + (int)try_random(&seed, 255)));
        assert_int_equal(fwrite(bytes, 1, length, file), length);
        assert_int_equal(fclose(file), 0);
        bytes[i < n ? i : 0] = byte;

        static const struct store_options usual;
        if (store_open(path, &usual, &store, &err)) { /* a version that is not known is not put aside */
            assert_non_null(strstr(err.message, "version"));
        } else {
            int left = 5, got = 1;
            while (left && (got = store_undo(store, &post, &err)) == 1) {
                char *now = try_store_text(store);
                if (strcmp(now, texts[--left]) && i >= n)
                    fail_msg("cut at %zu: %s", length, now);
                free(now);
            }
            n_whole += left == 0;
            while (store_redo(store, &post, &err) == 1)
                continue;
            char *now = try_store_text(store);
            if (i >= n) /* a letter may turn into another, and nobody can tell */
                assert_string_equal(now, texts[5]);
            free(now);
            store_close(store);
        }
        unlink(beside(path, ".journal")), unlink(beside(path, ".history-1")), unlink(beside(path, ".base-1"));
        char *same = try_get(path, NULL);
        assert_string_equal(same, content);
        free(same);
    }
    assert_true(n_whole > 0);
    for (int i = 0; i < 6; i++)
        free(texts[i]);
    free(bytes), free(content);
}

/* Times are told, and nothing depends on them. */
static void a_clock_that_jumps_back_harms_nothing(void **state)
{
    (void)state;
    const char *path = try_put("clock.json", try_native);
    struct store *store = try_open(path, NULL);
    size_t post;
    char *before = try_store_text(store);
    try_label(store, 1, 0, 1, "MISC");
    try_label(store, 1, 1, 2, "MISC");
    save(store);
    try_label(store, 1, 2, 3, "MISC");
    char *after = try_store_text(store);
    store_close(store);
    /* As a clock that was years behind would have written the later lines. */
    for (int i = 0; i < 2; i++) {
        const char *name = beside(path, i ? ".journal" : ".history");
        char *text = try_get(name, NULL), *time = text;
        for (int line = 0; (time = strstr(time, "\"time\": \"20")); line++, time += 10)
            time[strlen("\"time\": \"20")] = line % 2 || i ? '0' : '9';
        try_put(i ? "clock.json.journal" : "clock.json.history", text);
        free(text);
    }
    store = try_open(path, NULL);
    assert_null(store_notice(store));
    char *now = try_store_text(store);
    assert_string_equal(now, after);
    free(now);
    for (int i = 0; i < 3; i++)
        assert_int_equal(store_undo(store, &post, &err), 1);
    now = try_store_text(store);
    assert_string_equal(now, before);
    save(store);
    store_close(store);
    char *content = try_get(path, NULL);
    assert_replays(beside(path, ".journal"), NULL, content);
    free(content), free(now), free(before), free(after);
}

/* ---- Walking ---- */

struct walked {
    struct text text;
    size_t last;
};

static int write_down(void *context, const struct history_act *act)
{
    static const char *const kinds[] = {"edit", "undo", "redo", "rename", "save"};
    struct walked *walked = context;
    assert_int_equal(act->seq, ++walked->last);
    assert_int_equal(strlen(act->time), 20);
    text_add_format(&walked->text, "%s %s", kinds[act->kind], act->by ? act->by : "-");
    for (size_t i = 0; i < act->n_posts; i++)
        text_add_format(&walked->text, " %zu=%s", act->posts[i].index, act->posts[i].id);
    text_add_char(&walked->text, '\n');
    return 0;
}

static int stop(void *context, const struct history_act *act)
{
    (void)context;
    return act->seq == 2 ? 17 : 0;
}

static void all_acts_can_be_walked(void **state)
{
    (void)state;
    const char *path = try_put("walk.json", try_native);
    const struct store_options ana = {.annotator = "ana"};
    struct walked walked = {0};
    struct edit_batch batches[2] = {{.post = 2}, {.post = 0}};
    size_t post;
    assert_int_equal(history_walk(path, write_down, &walked, &err), 0);
    assert_int_equal(walked.text.n, 0);
    struct store *store = try_open(path, &ana);
    try_label(store, 1, 0, 1, "MISC");
    save(store);
    assert_int_equal(edit_set_flag(&batches[0], store_post_peek(store, 2), "x", true, &err), 0);
    assert_int_equal(edit_set_flag(&batches[1], store_post_peek(store, 0), "x", true, &err), 0);
    assert_int_equal(store_apply_all(store, batches, 2, &err), 0);
    assert_int_equal(store_undo(store, &post, &err), 1);
    assert_int_equal(history_walk(path, write_down, &walked, &err), 0); /* while it is open, and not saved */
    assert_string_equal(walked.text.bytes, "edit ana 1=b\nsave -\nedit ana 2=c 0=a\nundo ana 2=c 0=a\n");
    assert_int_equal(history_walk(path, stop, NULL, &err), 17);
    store_close(store);
    text_free(&walked.text);
}

/* ---- Replay ---- */

static void a_foreign_file_is_its_own_beginning(void **state)
{
    (void)state;
    const char *input = try_put("tweets.conll", try_conll), *work = try_path("tweets.mmib.json");
    assert_int_equal(mkdir(try_path("pictures"), 0700), 0);
    char work_name[400], input_name[400];
    snprintf(work_name, sizeof work_name, "%s", work);
    snprintf(input_name, sizeof input_name, "%s", input);
    const struct store_options options = {.corpus = {.images = try_path("pictures")}};
    struct store *store = try_open(input_name, &options);
    try_label(store, 1, 0, 1, "MISC");
    struct edit_batch batch = {.post = 1};
    assert_int_equal(edit_split_token(&batch, store_post_peek(store, 1), 1, 2, &err), 0);
    assert_int_equal(store_apply(store, &batch, &err), 0);
    save(store);
    try_label(store, 0, 0, 1, "MISC");
    store_close(store);
    char *content = try_get(work_name, NULL);
    assert_replays(beside(work_name, ".history"), NULL, content);
    assert_int_equal(unlink(beside(work_name, ".base")), 0);
    assert_replays(beside(work_name, ".history"), NULL, content); /* from tweets.conll */
    assert_replays(beside(work_name, ".history"), input_name, content);
    char *more = replayed(beside(work_name, ".journal"), NULL); /* with what was not saved */
    assert_string_not_equal(more, content);
    store = try_open(input_name, &options);
    save(store);
    store_close(store);
    free(content);
    content = try_get(work_name, NULL);
    assert_string_equal(content, more);
    try_put("tweets.conll", "IMGID:1\nGo\tO\n\n");
    refused(beside(work_name, ".history"), NULL, ERROR_INPUT, "the corpus that it begins with is not there");
    refused(beside(work_name, ".history"), input_name, ERROR_INPUT, "not the corpus that ");
    free(content), free(more);
}

static void what_was_saved_otherwise_is_named(void **state)
{
    (void)state;
    const char *path = try_put("differ.json", try_native);
    struct replay_counts counts;
    struct corpus *corpus;
    refused(path, NULL, ERROR_INPUT, "differ.json:1: this is no journal of mmib");
    refused(beside(path, ".history"), NULL, ERROR_IO, "No such file");
    refused(beside(path, ".journal"), NULL, ERROR_INPUT, "nothing was done");
    struct store *store = try_open(path, NULL);
    for (size_t i = 0; i < 3; i++) {
        try_label(store, 1, i, i + 1, "MISC");
        save(store);
    }
    store_close(store);
    assert_int_equal(replay_corpus(beside(path, ".history"), NULL, &corpus, &counts, &err), 0);
    assert_true(counts.n_acts == 3 && counts.n_saves == 3);
    corpus_free(corpus);
    char *text = try_get(beside(path, ".history"), NULL);
    char *label = strstr(text, "\"act\": \"edit\"");
    label = strstr(strstr(label + 1, "\"act\": \"edit\""), "\"type\": \"MISC\"");
    assert_non_null(label);
    memcpy(label + strlen("\"type\": \""), "MINE", 4);
    try_put("differ.json.history", text);
    refused(beside(path, ".history"), NULL, ERROR_FINDING,
            "differ.json.history:5: what was saved here is not what all before it gives");
    free(text);
}

/* A corpus file that is lost comes back from what stands beside it. */
static void a_lost_corpus_comes_back(void **state)
{
    (void)state;
    char path[400];
    snprintf(path, sizeof path, "%s", try_put("lost.json", try_native));
    struct store *store = try_open(path, NULL);
    try_label(store, 1, 0, 1, "MISC");
    save(store);
    try_label(store, 1, 1, 2, "MISC");
    char *text = try_store_text(store);
    store_close(store);
    assert_int_equal(unlink(path), 0);
    char *bytes = replayed(beside(path, ".journal"), NULL);
    try_put("lost.json", bytes);
    char *journal = try_get(beside(path, ".journal"), NULL);
    unlink(beside(path, ".journal")); /* which belongs to the file as it was saved */
    char *again = try_read_text(path);
    assert_string_equal(again, text);
    free(bytes), free(again);
    bytes = replayed(beside(path, ".history"), NULL);
    try_put("lost.json", bytes);
    try_put("lost.json.journal", journal);
    store = try_open(path, NULL);
    assert_int_equal(store_recovered(store), 1);
    assert_null(store_notice(store));
    again = try_store_text(store);
    assert_string_equal(again, text);
    store_close(store);
    free(text), free(bytes), free(again), free(journal);
}

/* Copied away in the middle of a session, under any name, with the corpus as it was before. */
static void a_journal_that_was_copied_away_is_replayed(void **state)
{
    (void)state;
    char path[400], base[400], copy[400];
    snprintf(path, sizeof path, "%s", try_put("here.json", try_native));
    struct store *store = try_open(path, NULL);
    for (size_t i = 0; i < 2; i++) {
        snprintf(base, sizeof base, "%s", try_path(i ? "before-1" : "before-0"));
        char *before = try_get(path, NULL);
        try_put(i ? "before-1" : "before-0", before);
        try_label(store, 1, i, i + 1, "MISC");
        char *journal = try_get(beside(path, ".journal"), NULL);
        mkdir(try_path("there"), 0700);
        snprintf(copy, sizeof copy, "%s", try_put(i ? "there/here.json.journal" : "there/what-i-did", journal));
        save(store);
        char *content = try_get(path, NULL);
        refused(copy, NULL, ERROR_INPUT, "the corpus that it begins with is not there");
        assert_replays(copy, base, content);
        free(before), free(journal), free(content);
    }
    store_close(store);
}

static void json_lines_are_made_again(void **state)
{
    (void)state;
    const char *path = try_put("lines.jsonl", "{\"format\": \"mmib-corpus\",  \"version\": 1}\n"
                                              "{\"id\": \"a\",  \"tokens\": [\"x\", \"y\"], \"mine\": 1.50}\n"
                                              "{\"id\": \"b\", \"tokens\": [\"Rain\"]}\n");
    struct store *store = try_open(path, NULL);
    for (size_t i = 0; i < 2; i++) {
        try_label(store, 0, i, i + 1, "PER");
        save(store);
    }
    store_close(store);
    char *content = try_get(path, NULL);
    assert_replays(beside(path, ".journal"), NULL, content);
    free(content);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(undo_and_redo_reach_over_everything),
        TEST(undo_ends_where_types_were_renamed),
        TEST(the_beginning_is_kept),
        TEST(a_changed_corpus_has_no_history),
        TEST(a_history_that_was_removed_begins_again),
        TEST(a_changed_file_that_is_moved_away_ends_no_history),
        TEST(what_a_crash_left_in_the_journal_is_moved),
        TEST(a_save_without_a_journal_keeps_the_history),
        TEST(an_old_journal_begins_a_history),
        TEST(a_history_of_another_version_is_left_alone),
        TEST(a_damaged_history_is_never_applied_wrongly),
        TEST(a_clock_that_jumps_back_harms_nothing),
        TEST(all_acts_can_be_walked),
        TEST(a_foreign_file_is_its_own_beginning),
        TEST(what_was_saved_otherwise_is_named),
        TEST(a_lost_corpus_comes_back),
        TEST(a_journal_that_was_copied_away_is_replayed),
        TEST(json_lines_are_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
