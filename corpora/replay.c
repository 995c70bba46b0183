/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/replay.h"

#include "corpora/file-state.h"
#include "corpora/files.h"
#include "corpora/journal-text.h"
#include "corpora/replay-base.h"

#include <errno.h>
#include <nettle/sha2.h>
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

static int open_files(struct replay *replay, const char *name, struct error *err)
{
    const char *number, *unused;
    const size_t of_history = stem_bytes(name, ".history", &number), of_journal = stem_bytes(name, ".journal", &unused);
    char *corpus = NULL, *history = NULL, *base = NULL;
    int failed = -1;
    if (!of_history && (!of_journal || *unused))
        return error_set(err, ERROR_USAGE, "%s: it is CORPUS.journal or CORPUS.history that tells what was done", name);
    if (!(corpus = strndup(name, of_history ? of_history : of_journal)) ||
        !(replay->path = file_follow_links(corpus))) {
        error_memory(err, name);
        goto out;
    }
    if (of_history) {
        struct file_stamp stamp;
        if (!(base = journal_file_name(replay->path, ".base", err)) ||
            !(replay->base = journal_file_name(base, number, err)) || file_stamp_read(name, &stamp, err) ||
            journal_text_open(name, &replay->history, err))
            goto out;
        if (!stamp.exists)
            errno = ENOENT;
        failed = stamp.exists ? 0 : error_errno(err, name);
    } else if ((replay->base = journal_file_name(replay->path, ".base", err)) &&
               (history = journal_file_name(replay->path, ".history", err)) &&
               (base = journal_file_name(replay->path, ".journal", err)) &&
               !journal_text_open(base, &replay->journal, err) && !journal_text_open(history, &replay->history, err)) {
        failed = 0;
    }
    if (!failed && !replay->history.has_header && !replay->journal.has_header)
        failed = error_set(err, ERROR_INPUT, "%s: nothing was done, or it was not kept", name);
out:
    free(corpus);
    free(history);
    free(base);
    return failed;
}

/* ---- Doing it again ---- */

int replay_sha256(const struct corpus *corpus, char *out, struct error *err)
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char *bytes = NULL;
    size_t n = 0;
    FILE *memory = open_memstream(&bytes, &n);
    if (!memory)
        return error_memory(err, corpus->path);
    int failed = corpus_write_stream(corpus, corpus->path, memory, corpus->format, NULL, err);
    if (fclose(memory) && !failed)
        failed = error_memory(err, corpus->path);
    if (!failed) {
        sha256_init(&context);
        sha256_update(&context, n, (const uint8_t *)bytes);
        sha256_digest(&context, sizeof digest, digest);
        for (size_t i = 0; i < sizeof digest; i++)
            snprintf(out + 2 * i, 3, "%02x", digest[i]);
    }
    free(bytes);
    return failed;
}

static int check_save(struct replay *replay, const struct journal_text *text, const struct journal_line *line,
                      struct error *err)
{
    char sha256[FILE_SHA256_BYTES];
    if (replay_sha256(replay->corpus, sha256, err))
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
