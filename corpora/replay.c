/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/replay.h"

#include "corpora/file-state.h"
#include "corpora/files.h"
#include "corpora/journal-text.h"
#include "corpora/replay-base.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The files of a corpus. */
struct replay {
    char *path; /* of the corpus file, links followed */
    char *base; /* where its beginning is kept */
    struct journal_text history, journal;
    struct corpus *corpus;
    struct replay_counts counts;
};

/* ---- Which files ---- */

/* The length of name before an ending like ".history", or ".history-2" (then *number_out is "-2"); 0 = it is none. */
static size_t stem_bytes(const char *name, const char *ending, const char **number_out)
{
    const size_t n = strlen(name), n_ending = strlen(ending);
    size_t number = n;
    *number_out = name + n;
    while (number && name[number - 1] >= '0' && name[number - 1] <= '9')
        number--;
    if (number && number < n && name[number - 1] == '-')
        *number_out = name + number - 1;
    const size_t end = (size_t)(*number_out - name);
    return end > n_ending && !memcmp(name + end - n_ending, ending, n_ending) ? end - n_ending : 0;
}

/* What was done to path, as the files beside it say. name is one of them: CORPUS.history and a number where is_history,
 * else CORPUS.journal. */
static int open_beside(struct replay *replay, const char *name, bool is_history, const char *number, struct error *err)
{
    char *history = NULL, *journal = NULL, *base = journal_file_name(replay->path, ".base", err);
    int failed = -1;
    if (!base || !(replay->base = journal_file_name(base, number, err)))
        goto out;
    if (is_history) {
        failed = journal_text_open(name, &replay->history, err);
        goto out;
    }
    if (!(history = journal_file_name(replay->path, ".history", err)) ||
        !(journal = journal_file_name(replay->path, ".journal", err)) ||
        journal_text_open(journal, &replay->journal, err) || journal_text_open(history, &replay->history, err))
        goto out;
    failed = 0;
out:
    free(history);
    free(journal);
    free(base);
    return failed;
}

/* Where the file's header says that its corpus is: beside it. NULL with a message when it does not say. */
static char *corpus_by_header(const struct journal_text *text, const char *name, struct error *err)
{
    const char *end = text->has_header ? strchr(text->bytes.bytes, '\n') : NULL;
    const struct json_document document = {text->bytes.bytes, end ? (size_t)(end - text->bytes.bytes) : 0, name, 1};
    struct json_value header = {0}, corpus;
    if (end && json_document_check(&document, &header, err))
        return NULL;
    corpus = json_member(header, "corpus");
    char *bare = json_kind(corpus) == JSON_TEXT ? json_text(corpus) : NULL, *folder = file_folder(name);
    char *path = bare && folder ? file_join(folder, bare) : NULL;
    if (!bare)
        error_set(err, ERROR_INPUT, "%s: this is no journal of mmib", name);
    else if (!path)
        error_memory(err, name);
    free(bare);
    free(folder);
    return path;
}

/* Is it a journal at all? (A corpus is easily named instead.) */
static int check_start(const char *name, struct error *err)
{
    char start[64];
    const size_t n = strlen(journal_header_start);
    FILE *file = fopen(name, "r");
    if (!file)
        return error_errno(err, name);
    bool same = fread(start, 1, n, file) == n && !memcmp(start, journal_header_start, n);
    fclose(file);
    return same ? 0 : error_set(err, ERROR_INPUT, "%s:1: this is no journal of mmib", name);
}

/* A journal that was copied away under any name. */
static int open_alone(struct replay *replay, const char *name, struct error *err)
{
    if (check_start(name, err) || journal_text_open(name, &replay->journal, err) ||
        !(replay->path = corpus_by_header(&replay->journal, name, err)))
        return -1;
    return (replay->base = journal_file_name(replay->path, ".base", err)) ? 0 : -1;
}

/* Is nothing there of what belongs to a corpus but its journal? */
static bool is_alone(const char *path)
{
    static const char *const endings[] = {"", ".base", ".history"};
    bool there = false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct file_stamp stamp;
        char *name = journal_file_name(path, endings[i], NULL);
        there = there || !name || file_stamp_read(name, &stamp, NULL) || stamp.exists;
        free(name);
    }
    return !there;
}

static int open_files(struct replay *replay, const char *name, struct error *err)
{
    const char *number, *unused;
    const size_t of_history = stem_bytes(name, ".history", &number), of_journal = stem_bytes(name, ".journal", &unused);
    const size_t stem = of_history ? of_history : *unused ? 0 : of_journal;
    struct file_stamp named;
    char *path = strndup(name, stem);
    int failed = -1;
    if (!path) {
        error_memory(err, name);
    } else if (!file_stamp_read(name, &named, err)) {
        /* What is not beside its corpus any more tells itself what it is about. */
        if (!named.exists && (of_history || !stem)) {
            errno = ENOENT;
            error_errno(err, name);
        } else if (!stem || (!of_history && named.exists && named.size_bytes && is_alone(path))) {
            failed = open_alone(replay, name, err);
        } else if (!(replay->path = file_follow_links(path))) {
            error_memory(err, name);
        } else {
            failed = open_beside(replay, name, of_history > 0, of_history ? number : "", err);
        }
    }
    free(path);
    if (!failed && !replay->history.has_header && !replay->journal.has_header)
        failed = error_set(err, ERROR_INPUT, "%s: nothing was done, or it was not kept", name);
    return failed;
}

/* ---- Doing it again ---- */

/* The SHA-256 that the corpus file would have if it was saved as it is. */
static int saved_sha256(const struct corpus *corpus, char out[FILE_SHA256_BYTES], struct error *err)
{
    char *bytes;
    size_t n;
    if (corpus_write_text(corpus, corpus->path, corpus->format, NULL, &bytes, &n, err))
        return -1;
    file_sha256_of(bytes, n, out);
    free(bytes);
    return 0;
}

static int check_save(struct replay *replay, const struct journal_text *text, const struct journal_line *line,
                      struct error *err)
{
    char sha256[FILE_SHA256_BYTES];
    if (saved_sha256(replay->corpus, sha256, err))
        return -1;
    replay->counts.n_saves++;
    if (!strcmp(sha256, line->sha256))
        return 0;
    return error_set(err, ERROR_FINDING, "%s:%zu: what was saved here is not what all before it gives", text->path,
                     text->n_lines + 1);
}

/* Does the lines up to a number again. *sha256 is what the last save said. */
static int run(struct replay *replay, struct journal_text *text, size_t last, char sha256[FILE_SHA256_BYTES],
               struct error *err)
{
    struct journal_line line;
    int got = 1;
    while (text->has_header && text->header.after + text->n_lines < last &&
           (got = journal_text_next(text, &line, err)) > 0) {
        int failed = journal_line_apply(&line, replay->corpus, text->path, text->n_lines + 1, err);
        if (!failed && line.act == JOURNAL_SAVE) {
            memcpy(sha256, line.sha256, sizeof line.sha256);
            failed = check_save(replay, text, &line, err);
        }
        replay->counts.n_acts += line.act != JOURNAL_SAVE;
        journal_line_free(&line);
        if (failed)
            return -1;
    }
    return got < 0 ? -1 : 0;
}

static int run_all(struct replay *replay, const char *base, struct error *err)
{
    struct journal_text *first = replay->history.has_header ? &replay->history : &replay->journal;
    const bool both = replay->history.has_header && replay->journal.has_header;
    const struct journal_header *goes_on = &replay->journal.header;
    char sha256[FILE_SHA256_BYTES];
    memcpy(sha256, first->header.sha256, sizeof sha256);
    if (replay_base_read(replay->path, replay->base, base, sha256, first->path, &replay->corpus, err))
        return -1;
    /* What a crash left in both stands in the journal. */
    if (run(replay, first, both ? goes_on->after : SIZE_MAX, sha256, err))
        return -1;
    if (!both)
        return 0;
    if (first->header.after + first->n_lines != goes_on->after || strcmp(sha256, goes_on->sha256))
        return error_set(err, ERROR_INPUT, "%s: does not lead to where %s begins", first->path, replay->journal.path);
    return run(replay, &replay->journal, SIZE_MAX, sha256, err);
}

int replay_corpus(const char *name, const char *base, struct corpus **out, struct replay_counts *counts,
                  struct error *err)
{
    struct replay replay = {0};
    int failed = open_files(&replay, name, err) || run_all(&replay, base, err) ? -1 : 0;
    if (counts)
        *counts = replay.counts;
    *out = replay.corpus;
    if (failed) {
        corpus_free(replay.corpus);
        *out = NULL;
    }
    journal_text_free(&replay.history);
    journal_text_free(&replay.journal);
    free(replay.path);
    free(replay.base);
    return failed;
}

/* ---- The beginning alone ---- */

/* Reads the lines for what names types have by now. *fits_out: the file has these contents at the start, or after one
 * of the saves. */
static int rename_all(struct journal_text *text, const char *sha256, struct corpus *corpus, bool *fits_out,
                      struct error *err)
{
    struct json_document document;
    struct json_value value;
    enum journal_act act;
    int got = 1;
    if (text->has_header && !strcmp(text->header.sha256, sha256))
        *fits_out = true;
    while (text->has_header && (got = journal_text_next_value(text, &document, &value, err)) > 0) {
        struct journal_line line;
        if (journal_line_get_kind(&document, value, &act, err))
            return -1;
        if (act != JOURNAL_RENAME && act != JOURNAL_SAVE)
            continue;
        if (journal_line_get(&document, &line, err))
            return -1;
        int failed = act == JOURNAL_RENAME ? journal_line_apply(&line, corpus, text->path, text->n_lines + 1, err) : 0;
        if (act == JOURNAL_SAVE && !strcmp(line.sha256, sha256))
            *fits_out = true;
        journal_line_free(&line);
        if (failed)
            return -1;
    }
    return got < 0 ? -1 : 0;
}

struct corpus *replay_beginning(const char *path, const char *source, enum corpus_format format)
{
    const struct corpus_options options = {.from = format};
    struct replay replay = {.path = file_follow_links(path)};
    char *journal = NULL, sha256[FILE_SHA256_BYTES] = "";
    struct error why;
    bool fits = source != NULL;
    int failed = replay.path && (journal = journal_file_name(replay.path, ".journal", &why)) ? 0 : -1;
    failed = failed || open_beside(&replay, journal, false, "", &why);
    const struct journal_text *first = replay.history.has_header ? &replay.history : &replay.journal;
    if (!failed && first->has_header)
        failed = file_sha256(replay.path, sha256, &why);
    if (!failed && source)
        failed = corpus_read(source, &options, &replay.corpus, &why);
    else if (!failed && first->has_header)
        failed = replay_base_read(replay.path, replay.base, NULL, first->header.sha256, first->path, &replay.corpus,
                                  &why);
    if (!failed && replay.corpus)
        failed = rename_all(&replay.history, sha256, replay.corpus, &fits, &why) ||
                 rename_all(&replay.journal, sha256, replay.corpus, &fits, &why);
    if (failed || !fits) {
        corpus_free(replay.corpus);
        replay.corpus = NULL;
    }
    journal_text_free(&replay.history);
    journal_text_free(&replay.journal);
    free(journal);
    free(replay.path);
    free(replay.base);
    return replay.corpus;
}
