/* Reading a journal, and applying what the corpus file beside it lacks.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/journal.h"

#include "corpora/edit-value.h"
#include "corpora/files.h"
#include "corpora/journal-line.h"
#include "corpora/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void journal_replay_free(struct journal_replay *replay)
{
    act_stack_free(&replay->undo);
    act_stack_free(&replay->redo);
}

/* The file */

/* All bytes of the file; none where it does not exist. */
static int read_file(const char *path, struct text *out, struct error *err)
{
    char buffer[1 << 14];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : error_errno(err, path);
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            error_errno(err, path);
        if (n <= 0) {
            close(fd);
            return n < 0 ? -1 : 0;
        }
        text_add_bytes(out, buffer, (size_t)n);
        if (out->failed) {
            close(fd);
            return error_memory(err, path);
        }
    }
}

struct journal_text {
    char *path;
    struct text bytes;
    char base[FILE_SHA256_BYTES];
    struct journal_line *lines;
    size_t n_lines, valid_bytes;
};

static void journal_text_free(struct journal_text *journal)
{
    for (size_t i = 0; i < journal->n_lines; i++)
        journal_line_free(&journal->lines[i]);
    free(journal->lines);
    text_free(&journal->bytes);
    free(journal->path);
}

/* Without a line end in it, the file must be what is left of a header. */
static int check_cut_header(const struct journal_text *journal, struct error *err)
{
    size_t n = strlen(journal_header_start);
    n = journal->bytes.n < n ? journal->bytes.n : n;
    if (n && memcmp(journal->bytes.bytes, journal_header_start, n) && journal->bytes.bytes[0])
        return error_set(err, ERROR_INPUT, "%s:1: this is no journal of mmib", journal->path);
    return 0;
}

static int parse_line(struct journal_text *journal, const struct json_document *document, struct error *err)
{
    struct journal_line *grown = array_grow(journal->lines, journal->n_lines, sizeof *grown);
    if (!grown)
        return error_memory(err, journal->path);
    journal->lines = grown;
    struct journal_line *line = &grown[journal->n_lines];
    if (journal_line_get(document, line, err))
        return -1;
    journal->n_lines++;
    if (line->seq != journal->n_lines)
        return json_error(document, document->text, err, "number %zu stands where %zu belongs: lines are missing",
                          line->seq, journal->n_lines);
    return 0;
}

static int parse(struct journal_text *journal, struct error *err)
{
    struct json_document document = {.path = journal->path};
    const char *at = journal->bytes.bytes, *end = at + journal->bytes.n, *line_end;
    while (at < end && (line_end = memchr(at, '\n', (size_t)(end - at)))) {
        document.first_line++;
        document.text = at;
        document.n = (size_t)(line_end - at);
        if (document.first_line == 1 ? journal_line_get_header(&document, journal->base, err)
                                     : parse_line(journal, &document, err))
            return -1;
        at = line_end + 1;
        journal->valid_bytes = (size_t)(at - journal->bytes.bytes);
    }
    return document.first_line ? 0 : check_cut_header(journal, err);
}

/* How many lines a corpus file with these contents holds; SIZE_MAX = it is none that the journal knows. */
static size_t lines_contained(const struct journal_text *journal, const char *sha256)
{
    for (size_t i = journal->n_lines; i-- > 0;)
        if (journal->lines[i].act == JOURNAL_SAVE && !strcmp(journal->lines[i].sha256, sha256))
            return i + 1;
    return !strcmp(journal->base, sha256) ? 0 : SIZE_MAX;
}

/* Replaying */

static int apply_line(const struct journal_text *journal, size_t i, struct corpus *corpus, struct error *err)
{
    const struct journal_line *line = &journal->lines[i];
    struct error why = {0};
    if (line->act == JOURNAL_SAVE)
        return 0;
    if (line->act == JOURNAL_RENAME)
        return corpus_rename_types(corpus, (const char *const *)line->maps, line->n_maps, err);
    for (size_t k = 0; k < line->edits.n; k++) {
        const struct edit_batch *batch = &line->edits.batches[k];
        const char *id = line->ids[k];
        struct post *post = NULL;
        if (batch->post < corpus_count(corpus) && !(post = corpus_change_post(corpus, batch->post, err)))
            return -1;
        if (!post || strcmp(post->id, id))
            return error_set(err, ERROR_INPUT, "%s:%zu: post %zu of the corpus is not %.*s", journal->path, i + 2,
                             batch->post + 1, utf8_head(id, 100), id);
        if (edit_batch_add_to_schema(batch, &corpus->schema))
            return error_memory(err, journal->path);
        if (edit_batch_apply(batch, post, 1, &why))
            return error_set(err, why.kind, "%s:%zu: %.*s", journal->path, i + 2, utf8_head(why.message, 600),
                             why.message);
    }
    return 0;
}

/* Follows what the line did to what can be undone and redone, and takes its edits. An act from before the journal
 * begins is known from the line that undid it. */
static int follow_line(struct journal_line *line, struct journal_replay *replay)
{
    struct act_stack *to = line->act == JOURNAL_UNDO ? &replay->redo : &replay->undo;
    struct act_stack *from = line->act == JOURNAL_UNDO ? &replay->undo : &replay->redo;
    if (line->act == JOURNAL_SAVE)
        return 0;
    if (line->act == JOURNAL_RENAME) { /* acts from before do not fit any more */
        journal_replay_free(replay);
        return 0;
    }
    if (act_stack_reserve(to))
        return -1;
    if (line->act == JOURNAL_EDIT)
        act_stack_free(from);
    if (from->n) {
        struct edit_act undone = act_stack_pop(from);
        edit_act_free(&undone);
    }
    if (line->act == JOURNAL_UNDO)
        edit_act_invert(&line->edits);
    text_list_free(line->ids, line->edits.n);
    line->ids = NULL;
    act_stack_push(to, &line->edits);
    line->edits = (struct edit_act){0};
    return 0;
}

static int replay_lines(struct journal_text *journal, size_t contained, struct corpus *corpus,
                        struct journal_replay *out, struct error *err)
{
    for (size_t i = 0; i < journal->n_lines; i++) {
        if (i >= contained && apply_line(journal, i, corpus, err))
            return -1;
        out->n_applied += i >= contained && journal->lines[i].act != JOURNAL_SAVE;
        if (follow_line(&journal->lines[i], out))
            return error_memory(err, journal->path);
    }
    return 0;
}

int journal_replay(const char *path, const char sha256[FILE_SHA256_BYTES], struct corpus *corpus,
                   struct journal_replay *out, struct error *err)
{
    struct text name = {0};
    struct journal_text journal = {0};
    int failed = -1;
    *out = (struct journal_replay){0};
    text_add(&name, path);
    text_add(&name, ".journal");
    if (!(journal.path = text_take(&name))) {
        error_memory(err, path);
        goto out;
    }
    if (read_file(journal.path, &journal.bytes, err) || parse(&journal, err))
        goto out;
    size_t contained = journal.valid_bytes ? lines_contained(&journal, sha256) : 0;
    if (contained == SIZE_MAX) {
        error_set(err, ERROR_INPUT,
                  "%s: belongs to other contents of %s: the file was changed by another program since, or it is "
                  "another corpus (put the file back as it was, or move the journal away)",
                  journal.path, path);
        goto out;
    }
    if (replay_lines(&journal, contained, corpus, out, err))
        goto out;
    out->n_lines = journal.n_lines;
    out->valid_bytes = journal.valid_bytes;
    failed = 0;
out:
    if (failed)
        journal_replay_free(out);
    journal_text_free(&journal);
    return failed;
}

/* Most corpora have no journal, and need not be read a second time for their hash. */
static bool journal_is_there(const char *path)
{
    struct text name = {0};
    struct file_stamp stamp;
    text_add(&name, path);
    text_add(&name, ".journal");
    bool there = name.failed || file_stamp_read(name.bytes, &stamp, NULL) || (stamp.exists && stamp.size_bytes);
    text_free(&name);
    return there;
}

int journal_apply(const char *path, struct corpus *corpus, size_t *n_out, struct error *err)
{
    struct journal_replay replay = {0};
    char sha256[FILE_SHA256_BYTES], *target = file_follow_links(path);
    int failed = -1;
    if (!target)
        error_memory(err, path);
    else if (!journal_is_there(target))
        failed = 0;
    else if (!file_sha256(target, sha256, err))
        failed = journal_replay(target, sha256, corpus, &replay, err);
    if (n_out)
        *n_out = replay.n_applied;
    journal_replay_free(&replay);
    free(target);
    return failed;
}
