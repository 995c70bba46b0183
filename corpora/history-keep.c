/* Writing to a history: its beginning, and the lines of the journal at every save.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/history-parts.h"

#include "corpora/edit-value.h"
#include "corpora/files.h"
#include "corpora/journal-text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void history_keep_base(struct history *history, const struct journal_header *header,
                       const char sha256[FILE_SHA256_BYTES])
{
    if (history->exists || strcmp(header->sha256, sha256))
        return;
    struct file_stamp corpus, base;
    char *name = NULL;
    file_remove_temporaries(history->base_path);
    if (file_stamp_read(history->corpus_path, &corpus, NULL) || file_stamp_read(history->base_path, &base, NULL) ||
        !corpus.exists || file_stamp_equal(&corpus, &base)) /* linked already: a crash came in between */
        return;
    /* What stands there else belongs to a history that is gone, or to somebody else. */
    if (base.exists && history_put_aside(history, &name, NULL))
        return;
    free(name);
    /* Some file systems have no links, and some systems no links to files of others. */
    if (link(history->corpus_path, history->base_path))
        file_copy(history->corpus_path, history->base_path, NULL);
}

/* The lines that it lacks, as they stand in the journal. NULL where the journal is not what was written. */
static const char *lines_to_take(const struct history *history, const struct text *journal,
                                 const struct journal_header *header, size_t n_lines, size_t *n_out)
{
    const char *at = journal->bytes, *end = at + journal->n, *from = NULL;
    *n_out = 0;
    if (!n_lines && history->last == header->after)
        return "";
    for (size_t line = 0; at && line <= n_lines; line++) { /* 0 is the header */
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        at = line_end ? line_end + 1 : NULL;
        if (header->after + line == history->last)
            from = at;
    }
    /* A disk that failed may have left zeros in the place of lines. */
    if (!at || !from || memchr(journal->bytes, '\0', (size_t)(at - journal->bytes)))
        return NULL;
    *n_out = (size_t)(at - from);
    return from;
}

/* Does the journal's last line announce these contents? */
static bool announces(const char *lines, size_t n, const char *sha256)
{
    const char *start = lines + n - (n > 0);
    struct journal_line line;
    while (start > lines && start[-1] != '\n')
        start--;
    const struct json_document document = {start, n ? (size_t)(lines + n - 1 - start) : 0, "journal", 1};
    if (!n || journal_line_get(&document, &line, NULL))
        return false;
    bool same = line.act == JOURNAL_SAVE && !strcmp(line.sha256, sha256);
    journal_line_free(&line);
    return same;
}

static int append(struct history *history, const struct text *text, struct error *err)
{
    struct file_stamp corpus;
    if (file_stamp_read(history->corpus_path, &corpus, err))
        return -1;
    /* Who may not read the corpus may not read its history. */
    mode_t mode = corpus.exists ? (corpus.mode & 0666) | S_IRUSR | S_IWUSR : 0666;
    int fd = open(history->path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
    if (fd < 0)
        return error_errno(err, history->path);
    int failed = ftruncate(fd, history->length_bytes) ||
                 file_write_at(fd, text->bytes, text->n, history->length_bytes) || fdatasync(fd) ||
                 (!history->exists && file_sync_folder(history->path));
    int cause = errno;
    if (failed && ftruncate(fd, history->length_bytes))
        failed = -1; /* what is left behind is cut off by the next */
    close(fd);
    errno = cause;
    return failed ? error_errno(err, history->path) : 0;
}

int history_give_up(struct history *history, size_t last, struct error *err)
{
    char *name = NULL;
    if (history->exists && history_put_aside(history, &name, err))
        return -1;
    free(name);
    history_end(history);
    return history_begin_anew(history, last);
}

int history_take(struct history *history, const struct journal_header *header, size_t n_lines,
                 const char sha256[FILE_SHA256_BYTES], struct error *err)
{
    struct text out = {0};
    struct journal_text journal = {0};
    struct error why = {0};
    size_t n = 0, last = header->after + n_lines;
    if (journal_text_open(history->journal_path, &journal, &why) && why.kind != ERROR_INPUT)
        return error_set(err, why.kind, "%s", why.message);
    const char *lines = lines_to_take(history, &journal.bytes, header, n_lines, &n);
    int failed = lines ? 0 : history_give_up(history, last, err);
    if (!lines || (!history->exists && !n_lines)) /* nothing was done */
        goto out;
    if (!history->exists) {
        struct journal_header own = *header;
        own.after = history->last;
        journal_line_put_header(&out, history->corpus_path, &own);
    }
    text_add_bytes(&out, lines, n);
    if (!announces(lines, n, sha256)) {
        char now[EDIT_TIME_BYTES];
        edit_time_now(now);
        struct journal_line line = {.seq = ++last, .time = now, .act = JOURNAL_SAVE};
        memcpy(line.sha256, sha256, sizeof line.sha256);
        failed = journal_line_put(&out, &line, err);
    }
    if (!failed && out.failed)
        failed = error_memory(err, history->path);
    if (failed || (failed = append(history, &out, err)))
        goto out;
    if (!history->exists)
        history->header = *header;
    history->exists = true;
    history->length_bytes += (off_t)out.n;
    history->last = last;
out:
    text_free(&out);
    journal_text_free(&journal);
    return failed ? -1 : 0;
}
