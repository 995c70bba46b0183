/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/corpus-try.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[200];

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const char *try_file_bytes(const char *name, const char *content, size_t n)
{
    static char path[300];
    if (!*folder) {
        const char *temporary = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/mmib-test.XXXXXX", temporary ? temporary : "/tmp");
        assert_non_null(mkdtemp(folder));
        atexit(remove_folder);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    return path;
}

const char *try_file(const char *name, const char *content)
{
    return try_file_bytes(name, content, strlen(content));
}

char *try_content(const char *path)
{
    char *content = NULL;
    size_t n = 0;
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be opened", path);
    if (getdelim(&content, &n, '\0', file) < 0)
        content[0] = '\0';
    fclose(file);
    return content;
}

char *try_data(const char *name)
{
    char path[600];
    const char *sources = getenv("SRCDIR");
    snprintf(path, sizeof path, "%s/tests/data/%s", sources ? sources : ".", name);
    return try_content(path);
}

struct corpus *try_read(const char *name, const char *content)
{
    struct corpus *corpus = NULL;
    struct error err = {0};
    if (corpus_read(try_file(name, content), NULL, &corpus, &err))
        fail_msg("%s", err.message);
    return corpus;
}

void try_refused(const char *name, const char *content, enum error_kind kind, const char *ending)
{
    struct corpus *corpus = NULL;
    struct error err = {0};
    if (!corpus_read(try_file(name, content), NULL, &corpus, &err)) {
        corpus_free(corpus);
        fail_msg("read, but should be refused: %s", ending);
    }
    assert_null(corpus);
    assert_int_equal(err.kind, kind);
    size_t n = strlen(err.message), wanted = strlen(ending);
    if (n < wanted || strcmp(err.message + n - wanted, ending))
        fail_msg("\"%s\" does not end with \"%s\"", err.message, ending);
    assert_memory_equal(err.message, folder, strlen(folder));
}

char *try_write(const struct corpus *corpus, enum corpus_format format, struct loss_list *losses)
{
    char *text = NULL;
    size_t n = 0;
    struct error err = {0};
    FILE *memory = open_memstream(&text, &n);
    assert_non_null(memory);
    if (corpus_write_stream(corpus, "-", memory, format, losses, &err))
        fail_msg("%s", err.message);
    assert_int_equal(fclose(memory), 0);
    return text;
}

static void assert_writes(const struct corpus *corpus, enum corpus_format format, const char *content)
{
    struct loss_list losses = {0};
    char *text = try_write(corpus, format, &losses);
    assert_string_equal(text, content);
    if (losses.n)
        fail_msg("lost: %s", losses.lines[0]);
    free(text);
}

void try_unchanged(const char *name, const char *content)
{
    static const enum corpus_format native[2] = {FORMAT_JSON, FORMAT_JSONL};
    static const char *const names[2] = {"try.json", "try.jsonl"};
    struct corpus *corpus = try_read(name, content);
    assert_writes(corpus, corpus->format, content);
    for (int i = 0; i < 2; i++) {
        char *text = try_write(corpus, native[i], NULL);
        struct corpus *again = try_read(names[i], text);
        assert_writes(again, corpus->format, content);
        corpus_free(again);
        free(text);
    }
    corpus_free(corpus);
}
