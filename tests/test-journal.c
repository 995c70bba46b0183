/* Journals: cut, damaged, of another version or corpus; and the states that a crash can leave behind.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/store-try.h"

#include "corpora/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_ACTS = 16 };

static struct error err;

static int set_up(void **state)
{
    (void)state;
    err = (struct error){0};
    return 0;
}

static void put_bytes(const char *path, const char *bytes, size_t n)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

/* Works on NAME without saving: random acts, undone and redone here and there. texts[i] is the corpus after i acts, for
 * the caller to free. Returns the journal's content. */
static char *work(const char *path, char *texts[N_ACTS + 1], size_t *n_out)
{
    struct store *store = try_open(path, NULL);
    uint64_t seed = 7;
    texts[0] = try_store_text(store);
    for (int i = 1; i <= N_ACTS; i++) {
        size_t post;
        int done = 0;
        if (i % 4 == 3)
            done = store_undo(store, &post, &err);
        else if (i % 8 == 4)
            done = store_redo(store, &post, &err);
        while (!done) {
            struct edit_batch batches[3];
            size_t n = try_random_batches(&seed, store, batches);
            for (size_t k = 0; k < n; k++)
                done = done || batches[k].n > 0;
            if (store_apply_all(store, batches, n, &err))
                fail_msg("%s", err.message);
        }
        assert_int_equal(done, 1);
        texts[i] = try_store_text(store);
    }
    store_close(store);
    char journal[500];
    snprintf(journal, sizeof journal, "%s.journal", path);
    return try_get(journal, n_out);
}

static void free_texts(char *texts[N_ACTS + 1])
{
    for (int i = 0; i <= N_ACTS; i++)
        free(texts[i]);
}

static void refused(const char *path, const char *ending)
{
    struct corpus *corpus = NULL;
    struct store *store = NULL;
    static const struct store_options options;
    struct error read_err = {0};
    assert_int_equal(corpus_read(path, NULL, &corpus, &read_err), -1);
    assert_int_equal(read_err.kind, ERROR_INPUT);
    if (strlen(read_err.message) < strlen(ending) ||
        strcmp(read_err.message + strlen(read_err.message) - strlen(ending), ending))
        fail_msg("%s", read_err.message);
    assert_int_equal(store_open(path, &options, &store, &err), -1);
    assert_string_equal(err.message, read_err.message);
    assert_null(store);
}

/* Cut at any byte, the whole lines before are applied, and work goes on behind them. */
static void a_cut_journal_gives_back_its_whole_lines(void **state)
{
    (void)state;
    const char *path = try_put("cut.json", try_native), *journal = try_path("cut.json.journal");
    char *texts[N_ACTS + 1];
    size_t n;
    char *bytes = work(path, texts, &n);
    for (size_t length = 0; length <= n; length++) {
        int lines = -1; /* the header is none */
        for (size_t i = 0; i < length; i++)
            lines += bytes[i] == '\n';
        put_bytes(journal, bytes, length);
        char *text = try_read_text(path);
        assert_string_equal(text, texts[lines < 0 ? 0 : lines]);
        free(text);
        char *untouched = try_get(journal, NULL);
        assert_int_equal(strlen(untouched), length);
        free(untouched);
        if (length % 97 && length < n - 2)
            continue;
        struct store *store = try_open(path, NULL);
        assert_int_equal(store_recovered(store), lines < 0 ? 0 : lines);
        struct edit_batch batch = {.post = 1};
        assert_int_equal(edit_set_note(&batch, store_post_peek(store, 1), "after the crash", &err), 0);
        if (store_apply(store, &batch, &err))
            fail_msg("%s", err.message);
        text = try_store_text(store);
        store_close(store);
        char *again = try_read_text(path);
        assert_string_equal(again, text);
        free(text), free(again);
    }
    free(bytes);
    free_texts(texts);
}

/* A power cut can leave a line's place in the file without its bytes. */
static void zeros_at_the_end_are_a_cut_line(void **state)
{
    (void)state;
    const char *path = try_put("zeros.json", try_native), *journal = try_path("zeros.json.journal");
    char *texts[N_ACTS + 1];
    size_t n;
    char *bytes = work(path, texts, &n), *more = calloc(1, n + 4096);
    memcpy(more, bytes, n);
    put_bytes(journal, more, n + 4096);
    char *text = try_read_text(path);
    assert_string_equal(text, texts[N_ACTS]);
    free(text);
    memset(more, 0, n);
    put_bytes(journal, more, n + 4096);
    text = try_read_text(path);
    assert_string_equal(text, texts[0]);
    free(text), free(bytes), free(more);
    free_texts(texts);
}

/* Any damage before the last line is told, with the line. */
static void damage_in_the_middle_names_the_line(void **state)
{
    (void)state;
    const char *path = try_put("damage.json", try_native), *journal = try_path("damage.json.journal");
    char *texts[N_ACTS + 1];
    size_t n;
    char *bytes = work(path, texts, &n);
    char *line3 = strchr(strchr(bytes, '\n') + 1, '\n') + 1, *line4 = strchr(line3, '\n') + 1;

    line3[0] = '#';
    put_bytes(journal, bytes, n);
    struct corpus *corpus;
    assert_int_equal(corpus_read(path, NULL, &corpus, &err), -1);
    assert_non_null(strstr(err.message, "damage.json.journal:3: "));
    line3[0] = '{';

    char *shorter = malloc(n); /* without line 3 */
    memcpy(shorter, bytes, (size_t)(line3 - bytes));
    memcpy(shorter + (line3 - bytes), line4, n - (size_t)(line4 - bytes));
    put_bytes(journal, shorter, n - (size_t)(line4 - line3));
    refused(path, "damage.json.journal:3: number 3 stands where 2 belongs: lines are missing");

    /* A line that fits another post. */
    char *id = strstr(line3, "\"id\": ");
    assert_non_null(id);
    id[strlen("\"id\": \"")] = 'z';
    put_bytes(journal, bytes, n);
    assert_int_equal(corpus_read(path, NULL, &corpus, &err), -1);
    assert_non_null(strstr(err.message, "damage.json.journal:3: post "));
    free(shorter), free(bytes);
    free_texts(texts);
}

static void a_journal_of_another_corpus_is_refused(void **state)
{
    (void)state;
    const char *path = try_put("one.json", try_native), *other = try_put("other.json", try_native);
    char *texts[N_ACTS + 1];
    free(work(path, texts, NULL));
    assert_int_equal(rename(try_path("one.json.journal"), try_path("other.json.journal")), 0);
    char *text = try_read_text(other); /* the same contents: a copy of the corpus, moved with its journal */
    assert_string_equal(text, texts[N_ACTS]);
    FILE *file = fopen(other, "a");
    fputs("\n", file);
    fclose(file);
    refused(other, "(put the file back as it was, or move the journal away)");
    free(text);
    free_texts(texts);
}

static void what_is_no_journal_is_refused(void **state)
{
    (void)state;
    const char *path = try_put("no.json", try_native);
    try_put("no.json.journal", "{\"format\": \"mmib-journal\", \"version\": 2, \"corpus\": \"no.json\"}\n");
    refused(path, "no.json.journal:1: the journal is of a version that this mmib does not know");
    try_put("no.json.journal", "Dear diary");
    refused(path, "no.json.journal:1: this is no journal of mmib");
    try_put("no.json.journal", "{\"format\": \"mmib-corpus\", \"version\": 1}\n");
    refused(path, "no.json.journal:1: this is no journal of mmib");
    try_put("no.json.journal", "{\"format\": \"mmib-journal\", \"version\": 1, \"sha256\": \"abc\"}\n");
    refused(path, "no.json.journal:1: the SHA-256 of the corpus file is not one");
}

/* The three states between announcing a save and emptying the journal, made by hand. */
static void a_crash_while_saving_neither_loses_nor_doubles(void **state)
{
    (void)state;
    const char *path = try_put("save.json", try_native), *journal = try_path("save.json.journal");
    char *texts[N_ACTS + 1], sha256[FILE_SHA256_BYTES], mark[300];
    size_t n, n_saved;
    char *bytes = work(path, texts, &n);
    struct store *store = try_open(path, NULL);
    if (store_save(store, &err))
        fail_msg("%s", err.message);
    store_close(store);
    char *saved = try_get(path, &n_saved);
    assert_int_equal(file_sha256(path, sha256, &err), 0);
    snprintf(mark, sizeof mark, "{\"seq\": %d, \"time\": \"\", \"act\": \"save\", \"sha256\": \"%s\"}\n", N_ACTS + 1,
             sha256);
    char *marked = malloc(n + sizeof mark);
    memcpy(marked, bytes, n);
    strcpy(marked + n, mark);

    for (int renamed = 0; renamed < 2; renamed++) {
        for (size_t cut = 0; cut <= strlen(mark); cut += strlen(mark) / 2) {
            if (renamed && cut < strlen(mark))
                continue; /* the announcement is on disk before the file is renamed */
            put_bytes(path, renamed ? saved : try_native, renamed ? n_saved : strlen(try_native));
            put_bytes(journal, marked, n + cut);
            char *text = try_read_text(path);
            assert_string_equal(text, texts[N_ACTS]);
            free(text);
            /* Work goes on from either, and what was done before can still be undone. */
            store = try_open(path, NULL);
            assert_int_equal(store_unsaved(store), !renamed);
            for (int i = 0; i < 3; i++) {
                size_t post;
                assert_int_equal(store_undo(store, &post, &err), 1);
            }
            text = try_store_text(store);
            store_close(store);
            char *again = try_read_text(path);
            assert_string_equal(again, text);
            free(text), free(again);
            unlink(journal);
        }
    }
    free(bytes), free(saved), free(marked);
    free_texts(texts);
}

/* What was applied must be a corpus: saved, it can be read again. */
static void assert_can_be_read_again(const struct corpus *corpus)
{
    struct corpus *again = NULL;
    char path[400];
    snprintf(path, sizeof path, "%s/again.json", try_folder());
    assert_int_equal(corpus_write(corpus, path, FORMAT_JSON, NULL, &err), 0);
    if (corpus_read(path, NULL, &again, &err))
        fail_msg("%s", err.message);
    char *before = try_posts_text(corpus), *after = try_posts_text(again);
    assert_string_equal(after, before);
    free(before), free(after);
    corpus_free(again);
}

/* Numbers, names and texts in the place of others: all of it JSON, none of it what was written. */
static void any_other_value_is_survived(void **state)
{
    (void)state;
    static const char *const values[] = {"0",      "1",        "7",      "null",    "[]",       "\"\"",   "\"e1\"",
                                         "\"e9\"", "[\"o1\"]", "1e999",  "-1",      "\"edit\"", "{}",     "[0, 1]",
                                         "\"PER\"", "true",     "[1, 1]", "[[0, 1]]", "\"tokens\"", "[\"x\"]"};
    enum { N_VALUES = sizeof values / sizeof *values };
    const char *path = try_put("value.json", try_native), *journal = try_path("value.json.journal");
    char *texts[N_ACTS + 1];
    uint64_t seed = 5;
    size_t n, n_refused = 0, n_read = 0;
    char *bytes = work(path, texts, &n);
    for (char *at = bytes; (at = strchr(at, ':')); at++) {
        if (at[1] != ' ')
            continue;
        char *start = at + 2, *end = start + strcspn(start, ",}]\n");
        const char *value = values[try_random(&seed, N_VALUES)];
        FILE *file = fopen(journal, "w");
        fwrite(bytes, 1, (size_t)(start - bytes), file);
        fputs(value, file);
        fwrite(end, 1, n - (size_t)(end - bytes), file);
        fclose(file);
        struct corpus *corpus = NULL;
        if (corpus_read(path, NULL, &corpus, &err)) {
            if (!strstr(err.message, "value.json.journal:"))
                fail_msg("%s", err.message);
            n_refused++;
        } else {
            assert_can_be_read_again(corpus);
            n_read++;
        }
        corpus_free(corpus);
    }
    print_message("# %zu values refused, %zu read\n", n_refused, n_read);
    assert_true(n_refused > 100 && n_read > 10);
    free(bytes);
    free_texts(texts);
}

/* A journal is input like any other: whatever it says, it is told or applied, and nothing breaks. */
static void any_damaged_byte_is_survived(void **state)
{
    (void)state;
    const char *path = try_put("flip.json", try_native), *journal = try_path("flip.json.journal");
    char *texts[N_ACTS + 1];
    uint64_t seed = 3;
    size_t n, n_refused = 0;
    char *bytes = work(path, texts, &n);
    for (size_t i = 0; i < n; i++) {
        struct corpus *corpus = NULL;
        char byte = bytes[i];
        bytes[i] = (char)(byte ^ (1 + (int)try_random(&seed, 255)));
        put_bytes(journal, bytes, n);
        if (corpus_read(path, NULL, &corpus, &err)) {
            assert_int_equal(err.kind, ERROR_INPUT);
            if (!strstr(err.message, "flip.json.journal:"))
                fail_msg("%s", err.message);
            n_refused++;
        } else if (i % 7 == 0) {
            assert_can_be_read_again(corpus);
        }
        corpus_free(corpus);
        bytes[i] = byte;
    }
    assert_true(n_refused > n / 2);
    free(bytes);
    free_texts(texts);
}

/* What could not be read back after a crash must not be acknowledged. */
static void what_cannot_be_read_back_is_not_accepted(void **state)
{
    (void)state;
    const char *path = try_put("bytes.json", try_native);
    struct store *store = try_open(path, NULL);
    struct edit_batch batch = {.post = 1};
    char *before = try_store_text(store);
    assert_int_equal(edit_set_note(&batch, store_post_peek(store, 1), "caf\xe9", &err), 0);
    assert_int_equal(store_apply(store, &batch, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    char *after = try_store_text(store);
    assert_string_equal(after, before);
    try_label(store, 1, 0, 1, "MISC");
    free(after);
    after = try_store_text(store);
    store_close(store);
    char *read = try_read_text(path);
    assert_string_equal(read, after);
    free(before), free(after), free(read);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_cut_journal_gives_back_its_whole_lines),
        TEST(zeros_at_the_end_are_a_cut_line),
        TEST(damage_in_the_middle_names_the_line),
        TEST(a_journal_of_another_corpus_is_refused),
        TEST(what_is_no_journal_is_refused),
        TEST(a_crash_while_saving_neither_loses_nor_doubles),
        TEST(any_damaged_byte_is_survived),
        TEST(any_other_value_is_survived),
        TEST(what_cannot_be_read_back_is_not_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
