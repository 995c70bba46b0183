/* Reading a journal, and applying what the corpus file beside it lacks.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/journal.h"

#include "corpora/files.h"
#include "corpora/journal-text.h"
#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

void journal_replay_free(struct journal_replay *replay)
{
    act_stack_free(&replay->undo);
    act_stack_free(&replay->redo);
}

/* All lines of a journal. */
struct journal_lines {
    struct journal_text text;
    struct journal_line *lines;
    size_t n;
};

static void lines_free(struct journal_lines *journal)
{
    for (size_t i = 0; i < journal->n; i++)
        journal_line_free(&journal->lines[i]);
    free(journal->lines);
    journal_text_free(&journal->text);
}

static int read_lines(const char *path, struct journal_lines *out, struct error *err)
{
    int got = 1;
    if (journal_text_open(path, &out->text, err))
        return -1;
    while (got > 0) {
        struct journal_line *grown = array_grow(out->lines, out->n, sizeof *grown);
        if (!grown)
            return error_memory(err, path);
        out->lines = grown;
        got = journal_text_next(&out->text, &grown[out->n], err);
        out->n += got > 0;
    }
    return got;
}

/* How many lines a corpus file with these contents holds; SIZE_MAX = it is none that the journal knows. */
static size_t lines_contained(const struct journal_lines *journal, const char *sha256)
{
    for (size_t i = journal->n; i-- > 0;)
        if (journal->lines[i].act == JOURNAL_SAVE && !strcmp(journal->lines[i].sha256, sha256))
            return i + 1;
    return !strcmp(journal->text.header.sha256, sha256) ? 0 : SIZE_MAX;
}

/* Replaying */

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
        replay->undo_closed = replay->redo_closed = true;
        return 0;
    }
    if (act_stack_reserve(to))
        return -1;
    if (line->act == JOURNAL_EDIT) {
        act_stack_free(from);
        replay->redo_closed = true;
    } else if (from->n) {
        struct edit_act last = act_stack_pop(from);
        edit_act_free(&last);
    } else {
        replay->undo_behind += line->act == JOURNAL_UNDO;
        replay->redo_behind += line->act == JOURNAL_REDO;
    }
    const bool undone = line->act == JOURNAL_UNDO;
    struct edit_act act = journal_line_take(line);
    if (undone)
        edit_act_invert(&act);
    act_stack_push(to, &act);
    return 0;
}

static int replay_lines(struct journal_lines *journal, size_t contained, struct corpus *corpus,
                        struct journal_replay *out, struct error *err)
{
    for (size_t i = 0; i < journal->n; i++) {
        if (i >= contained && journal_line_apply(&journal->lines[i], corpus, journal->text.path, i + 2, err))
            return -1;
        out->n_applied += i >= contained && journal->lines[i].act != JOURNAL_SAVE;
        if (follow_line(&journal->lines[i], out))
            return error_memory(err, journal->text.path);
    }
    return 0;
}

int journal_replay(const char *path, const char sha256[FILE_SHA256_BYTES], struct corpus *corpus,
                   struct journal_replay *out, struct error *err)
{
    struct journal_lines journal = {0};
    char *name = journal_file_name(path, ".journal", err);
    int failed = -1;
    *out = (struct journal_replay){0};
    if (!name || read_lines(name, &journal, err))
        goto out;
    size_t contained = journal.text.has_header ? lines_contained(&journal, sha256) : 0;
    if (contained == SIZE_MAX) {
        error_set(err, ERROR_INPUT,
                  "%s: belongs to other contents of %s: the file was changed by another program since, or it is "
                  "another corpus (put the file back as it was, or move the journal away)",
                  name, path);
        goto out;
    }
    if (replay_lines(&journal, contained, corpus, out, err))
        goto out;
    out->n_lines = journal.n;
    out->valid_bytes = journal.text.valid_bytes;
    out->header = journal.text.header;
    failed = 0;
out:
    if (failed)
        journal_replay_free(out);
    lines_free(&journal);
    free(name);
    return failed;
}

bool journal_is_there(const char *path)
{
    struct file_stamp stamp;
    char *name = journal_file_name(path, ".journal", NULL);
    bool there = !name || file_stamp_read(name, &stamp, NULL) || (stamp.exists && stamp.size_bytes);
    free(name);
    return there;
}

int journal_apply(const char *path, struct corpus *corpus, size_t *n_out, struct error *err)
{
    struct journal_replay replay = {0};
    char sha256[FILE_SHA256_BYTES], *target = file_follow_links(path);
    int failed = -1;
    if (!target)
        error_memory(err, path);
    else if (!journal_is_there(target)) /* most have none, and need not be read a second time for their hash */
        failed = 0;
    else if (!file_sha256(target, sha256, err))
        failed = journal_replay(target, sha256, corpus, &replay, err);
    if (n_out)
        *n_out = replay.n_applied;
    journal_replay_free(&replay);
    free(target);
    return failed;
}
