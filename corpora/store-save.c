/* Saving a store: the corpus file, its journal, the exports.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/files.h"
#include "corpora/store-parts.h"
#include "corpora/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file that somebody else changed is not ours to write over. One that is gone may be written: moving a changed file
 * away is how a person says so. */
static int check_unchanged(const struct store *store, struct error *err)
{
    struct file_stamp now;
    char sha256[FILE_SHA256_BYTES];
    if (file_stamp_read(store->path, &now, err))
        return -1;
    if (!now.exists || file_stamp_equal(&now, &store->stamp))
        return 0;
    if (file_sha256(store->path, sha256, err))
        return -1;
    if (!strcmp(sha256, store->sha256))
        return 0;
    return error_set(err, ERROR_IO,
                     "%s: another program changed it since it was opened: not saved over it (move the changed file "
                     "away and save again; until then the labels are in %s.journal)",
                     store->path, store->path);
}

int store_retire_journal(struct store *store, const char sha256[FILE_SHA256_BYTES], bool announced, struct error *err)
{
    struct journal_header next = {.after = 0};
    journal_settle(store->journal);
    announced = announced || !journal_append_save(store->journal, sha256, NULL);
    /* Where the lines cannot be kept (a full disk), they stay in the journal, which says itself that the corpus holds
     * them; the next save tries again. A journal that cannot say so must not stay: it would be taken for that of
     * another corpus, with all that is done from here on. */
    if (history_take(store->history, journal_header_peek(store->journal), journal_count(store->journal), sha256,
                     NULL)) {
        if (announced)
            return 0;
        const size_t last = journal_header_peek(store->journal)->after + journal_count(store->journal);
        if (history_give_up(store->history, last, err))
            return -1;
    }
    memcpy(next.sha256, sha256, sizeof next.sha256);
    next.after = history_count(store->history);
    return journal_clear(store->journal, &next, err);
}

/* Where the posts are in the file that was written. */
static int index_written(const struct store *store, const char *path, struct line_index *lines, struct error *err)
{
    if (line_index_open(path, store->path, lines, err))
        return -1;
    if (lines->n == corpus_count(store->corpus) + 1) {
        line_index_drop_first(lines);
        return 0;
    }
    line_index_close(lines);
    return error_set(err, ERROR_IO, "%s: what was written is not what was to be written: not saved", store->path);
}

/* Puts the new file in place. The journal is told its contents before, so that after a crash either file is known. */
static int write_corpus(struct store *store, struct error *err)
{
    struct file_writer file;
    struct file_stamp stamp;
    struct line_index lines = {.fd = -1};
    char sha256[FILE_SHA256_BYTES];
    enum corpus_format format = store->corpus->format == FORMAT_JSONL ? FORMAT_JSONL : FORMAT_JSON;
    if (file_writer_open(store->path, &file, err))
        return -1;
    if (corpus_write_stream(store->corpus, store->path, file.stream, format, NULL, err)) {
        file_writer_abandon(&file);
        return -1;
    }
    if (file_writer_sync(&file, err))
        return -1;
    const char *written = file.temporary ? file.temporary : store->path;
    if (file_sha256(written, sha256, err) ||
        (store->corpus->file && index_written(store, written, &lines, err))) {
        file_writer_abandon(&file);
        return -1;
    }
    bool announced = !journal_append_save(store->journal, sha256, err);
    if (!announced && journal_is_intact(store->journal)) { /* a full disk: the journal has it all */
        line_index_close(&lines);
        file_writer_abandon(&file);
        return -1;
    }
    /* Where the journal is not on disk, saving is all the more urgent: the corpus file will hold everything, and a
     * crash right here would merely make the next opening ask what the journal is about. */
    history_keep_base(store->history, journal_header_peek(store->journal), store->sha256);
    int failed = file_writer_place(&file, err);
    if (!file_stamp_read(store->path, &stamp, NULL) && !file_stamp_equal(&stamp, &store->stamp) &&
        (!failed || stamp.inode != store->stamp.inode)) {
        store->stamp = stamp;
        memcpy(store->sha256, sha256, sizeof store->sha256);
        if (store->corpus->file)
            post_file_move(store->corpus->file, &lines);
    }
    line_index_close(&lines);
    return failed ? -1 : store_retire_journal(store, sha256, announced, err);
}

/* WORK minus .json plus .conll. */
static char *export_path(const struct store *store, enum corpus_format format)
{
    const char *name = corpus_format_from_path(store->path) ? strrchr(store->path, '.') : NULL;
    struct text path = {0};
    text_add_bytes(&path, store->path, name ? (size_t)(name - store->path) : strlen(store->path));
    text_add_format(&path, ".%s", corpus_format_name(format));
    return text_take(&path);
}

/* An export of train.json goes to train.conll, which may be the published file that train.json was made from: the first
 * time, what stands there is kept as train.conll~. */
static int keep_backup(const struct store *store, const char *path, struct error *err)
{
    struct text backup = {0};
    int failed = 0;
    if (store->is_work || store->exported)
        return 0;
    text_add(&backup, path);
    text_add_char(&backup, '~');
    if (backup.failed)
        failed = error_memory(err, path);
    else if (!access(path, F_OK) && access(backup.bytes, F_OK) && link(path, backup.bytes) && errno != EEXIST)
        failed = file_copy(path, backup.bytes, err); /* some file systems have no links */
    text_free(&backup);
    return failed;
}

static int write_exports(struct store *store, struct error *err)
{
    loss_list_free(&store->losses);
    store->losses.labels_only = true; /* the corpus file has the rest */
    for (size_t i = 0; i < store->n_exports; i++) {
        char *path = export_path(store, store->exports[i]);
        if (!path)
            return error_memory(err, store->path);
        int failed = !strcmp(path, store->path) ||
                     keep_backup(store, path, err) ||
                     corpus_write(store->corpus, path, store->exports[i], &store->losses, err);
        free(path);
        if (failed)
            return -1;
    }
    store->exported = true;
    return 0;
}

int store_save(struct store *store, struct error *err)
{
    if (store->read_only)
        return error_set(err, ERROR_INPUT, "%s: opened read-only", store->path);
    if (store_unsaved(store) || journal_failure(store->journal, NULL)) {
        if (store->check) /* it says which lines can be copied, and which are to be kept though they are no posts */
            post_check_wait(store->check);
        if (check_unchanged(store, err) || write_corpus(store, err))
            return -1;
    }
    return write_exports(store, err);
}
