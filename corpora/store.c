/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/store.h"

#include "corpora/edit-value.h"
#include "corpora/file-state.h"
#include "corpora/files.h"
#include "corpora/journal.h"
#include "corpora/lock.h"
#include "corpora/tally.h"
#include "corpora/text.h"
#include "corpora/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_EXPORTS = 4 };

struct store {
    char *path;      /* the file that saving writes, links followed */
    char *images;    /* folder of the pictures */
    char *annotator; /* NULL = not known */
    bool read_only, is_work;
    enum corpus_format exports[MAX_EXPORTS];
    size_t n_exports;
    bool exported; /* in this session */
    struct loss_list losses;

    struct lock lock;
    struct corpus *corpus;
    struct file_stamp stamp; /* of the file as we read or wrote it last */
    char sha256[FILE_SHA256_BYTES];
    struct journal *journal; /* NULL when read_only */
    struct batch_stack undo, redo;
    size_t recovered;
    struct tally tally;
};

/* ---- Opening ---- */

/* Reads the native file at store->path, without its journal, and the hash of exactly what was read. */
static int store_read(struct store *store, const struct corpus_options *wanted, const char *input, struct error *err)
{
    /* --from was about the input. */
    const struct corpus_options options = {.from = input ? FORMAT_UNKNOWN : wanted->from,
                                           .images = wanted->images,
                                           .without_journal = !store->read_only};
    struct file_stamp after;
    if (store->read_only) /* somebody else may be at work on it */
        return corpus_read(store->path, &options, &store->corpus, err);
    if (file_stamp_read(store->path, &store->stamp, err) || file_sha256(store->path, store->sha256, err) ||
        corpus_read(store->path, &options, &store->corpus, err) || file_stamp_read(store->path, &after, err))
        return -1;
    if (!file_stamp_equal(&store->stamp, &after))
        return error_set(err, ERROR_IO, "%s: another program is writing it", store->path);
    return 0;
}

static bool any_map_applies(const struct corpus *corpus, const struct corpus_options *options)
{
    for (size_t i = 0; i < options->n_maps; i++) {
        size_t n = strcspn(options->maps[i], "=");
        for (size_t k = 0; k < corpus->schema.n_entities; k++)
            if (!strncmp(corpus->schema.entities[k], options->maps[i], n) && !corpus->schema.entities[k][n])
                return true;
        for (size_t k = 0; k < corpus->n_posts; k++)
            for (size_t e = 0; e < corpus->posts[k].n_entities; e++) {
                const char *type = corpus->posts[k].entities[e].type;
                if (type && !strncmp(type, options->maps[i], n) && !type[n])
                    return true;
            }
    }
    return false;
}

/* Types that are to be renamed on reading: since what the journal says is about the renamed ones, the journal must say
 * first that they were. */
static int store_rename(struct store *store, const struct corpus_options *options, struct error *err)
{
    if (!any_map_applies(store->corpus, options))
        return 0;
    if (store->journal && journal_append_rename(store->journal, options->maps, options->n_maps, store->annotator, err))
        return -1;
    batch_stack_free(&store->undo);
    batch_stack_free(&store->redo);
    return corpus_rename_types(store->corpus, options->maps, options->n_maps, err);
}

/* Applies the journal, and opens it to go on. A reader has it applied already. */
static int store_open_journal(struct store *store, const struct corpus_options *options, struct error *err)
{
    struct journal_replay replay;
    if (store->read_only)
        return store_rename(store, options, err);
    if (journal_replay(store->path, store->sha256, store->corpus, &replay, err))
        return -1;
    store->recovered = replay.n_applied;
    store->undo = replay.undo;
    store->redo = replay.redo;
    if (journal_open(store->path, store->sha256, &replay, &store->journal, err))
        return -1;
    /* A crash between putting the new file in place and emptying the journal. */
    if (!replay.n_applied && replay.valid_bytes && journal_clear(store->journal, store->sha256, err))
        return -1;
    return store_rename(store, options, err);
}

/* Opens the native file at store->path. input is NULL, or the foreign file that it is the work on. */
static int store_open_native(struct store *store, const struct corpus_options *options, const char *input,
                             const char *input_sha256, struct error *err)
{
    if (store_read(store, options, input, err) || (input && work_check(store->corpus, input, input_sha256, err)) ||
        store_open_journal(store, options, err))
        return -1;
    return 0;
}

static int store_lock(struct store *store, struct error *err)
{
    if (store->read_only)
        return 0;
    if (lock_take(store->path, &store->lock, err))
        return -1;
    file_remove_temporaries(store->path);
    return 0;
}

/* Opens a foreign file: its work file where there is one, else one is made. */
static int store_open_foreign(struct store *store, const char *input, const struct store_options *options,
                              struct error *err)
{
    char sha256[FILE_SHA256_BYTES];
    struct corpus *corpus = NULL;
    int failed;
    store->is_work = true;
    if (options->work) {
        if (!(store->path = file_follow_links(options->work)))
            return error_memory(err, input);
    } else if (work_path(input, &store->path, err)) {
        return -1;
    }
    if (store_lock(store, err) || file_sha256(input, sha256, err))
        return -1;
    if (access(store->path, F_OK) == 0)
        return store_open_native(store, &options->corpus, input, sha256, err);
    if (errno != ENOENT)
        return error_errno(err, store->path);
    if (corpus_read(input, &options->corpus, &corpus, err))
        return -1;
    if (store->read_only) { /* nothing is written, so the file itself is shown */
        free(store->path);
        store->path = strdup(input);
        store->corpus = corpus;
        return store->path ? 0 : error_memory(err, input);
    }
    failed = work_create(store->path, input, sha256, corpus, err);
    corpus_free(corpus);
    return failed ? -1 : store_open_native(store, &options->corpus, input, sha256, err);
}

static int store_open_any(struct store *store, const char *path, const struct store_options *options,
                          struct error *err)
{
    enum corpus_format format = options->corpus.from;
    if (!strcmp(path, "-"))
        return error_set(err, ERROR_USAGE, "standard input cannot be worked on: it takes a file");
    if (!format && corpus_detect_format(path, &format, err))
        return -1;
    if (format != FORMAT_JSON && format != FORMAT_JSONL) {
        if (store_open_foreign(store, path, options, err))
            return -1;
        store->images = corpus_image_folder(store->corpus);
        return store->images ? 0 : error_memory(err, path);
    }
    /* A native file keeps its own images folder: the one of the command line is for this session. */
    struct corpus_options without_images = options->corpus;
    without_images.images = NULL;
    if (!(store->path = file_follow_links(path)))
        return error_memory(err, path);
    if (store_lock(store, err) || store_open_native(store, &without_images, NULL, NULL, err))
        return -1;
    store->images = options->corpus.images ? strdup(options->corpus.images) : corpus_image_folder(store->corpus);
    return store->images ? 0 : error_memory(err, path);
}

int store_open(const char *path, const struct store_options *options, struct store **out, struct error *err)
{
    struct store *store = calloc(1, sizeof *store);
    *out = NULL;
    if (!store)
        return error_memory(err, path);
    store->lock.fd = -1;
    store->read_only = options->read_only;
    store->n_exports = options->n_exports < MAX_EXPORTS ? options->n_exports : MAX_EXPORTS;
    memcpy(store->exports, options->exports, sizeof store->exports);
    if (text_copy(options->annotator, &store->annotator))
        error_memory(err, path);
    else if (!store_open_any(store, path, options, err)) {
        if (!tally_corpus(&store->tally, store->corpus)) {
            *out = store;
            return 0;
        }
        error_memory(err, path);
    }
    store_close(store);
    return -1;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    journal_close(store->journal);
    lock_release(&store->lock);
    corpus_free(store->corpus);
    batch_stack_free(&store->undo);
    batch_stack_free(&store->redo);
    tally_free(&store->tally);
    loss_list_free(&store->losses);
    free(store->path);
    free(store->images);
    free(store->annotator);
    free(store);
}

/* ---- Looking ---- */

size_t store_count(const struct store *store)
{
    return store->corpus->n_posts;
}

const struct post *store_post_peek(const struct store *store, size_t index)
{
    return index < store->corpus->n_posts ? &store->corpus->posts[index] : NULL;
}

const struct schema *store_schema_peek(const struct store *store)
{
    return &store->corpus->schema;
}

const struct corpus *store_corpus_peek(const struct store *store)
{
    return store->corpus;
}

const char *store_path(const struct store *store)
{
    return store->path;
}

const char *store_images(const struct store *store)
{
    return store->images;
}

const char *store_annotator(const struct store *store)
{
    return store->annotator;
}

bool store_read_only(const struct store *store)
{
    return store->read_only;
}

size_t store_recovered(const struct store *store)
{
    return store->recovered;
}

const struct loss_list *store_losses_peek(const struct store *store)
{
    return &store->losses;
}

size_t store_type_count(const struct store *store, const char *type)
{
    return tally_type(&store->tally, type);
}

size_t store_status_count(const struct store *store, enum post_status status)
{
    return store->tally.statuses[status];
}

/* ---- Changing ---- */

/* The one way in which a stored post changes. First everything that can fail for want of memory or because it does not
 * fit, on a draft; then the journal; then what cannot fail. */
static int store_change(struct store *store, enum journal_act act, const struct edit_batch *batch, struct error *err)
{
    struct corpus *corpus = store->corpus;
    const size_t n_entities = corpus->schema.n_entities, n_relations = corpus->schema.n_relations;
    struct post draft = {0}, *post;
    int failed = -1;
    if (store->read_only)
        return error_set(err, ERROR_INPUT, "%s: opened read-only", store->path);
    if (batch->post >= corpus->n_posts)
        return error_set(err, ERROR_INPUT, "%s: there is no post %zu", store->path, batch->post + 1);
    post = &corpus->posts[batch->post];
    if (edit_batch_apply_to_draft(batch, post, &draft, err))
        return -1;
    if (edit_batch_add_to_schema(batch, &corpus->schema) || tally_reserve(&store->tally, &draft))
        error_memory(err, store->path);
    else
        failed = journal_append(store->journal, act, batch, post->id, store->annotator, err);
    if (failed) {
        schema_truncate(&corpus->schema, n_entities, n_relations);
        edit_draft_free(&draft);
        return -1;
    }
    tally_add(&store->tally, post, false);
    edit_draft_swap(post, &draft);
    tally_add(&store->tally, post, true);
    return 0;
}

int store_apply(struct store *store, struct edit_batch *batch, struct error *err)
{
    int failed = 0;
    if (batch->n) {
        failed = batch_stack_reserve(&store->undo) ? error_memory(err, store->path)
                                                   : store_change(store, JOURNAL_EDIT, batch, err);
        if (!failed) {
            batch_stack_push(&store->undo, batch);
            batch_stack_free(&store->redo);
            *batch = (struct edit_batch){.post = batch->post};
        }
    }
    edit_batch_free(batch);
    return failed;
}

int store_undo(struct store *store, size_t *post, struct error *err)
{
    if (!store->undo.n)
        return 0;
    struct edit_batch *last = &store->undo.batches[store->undo.n - 1];
    if (batch_stack_reserve(&store->redo))
        return error_memory(err, store->path);
    edit_batch_invert(last);
    int failed = store_change(store, JOURNAL_UNDO, last, err);
    edit_batch_invert(last);
    if (failed)
        return -1;
    struct edit_batch batch = batch_stack_pop(&store->undo);
    batch_stack_push(&store->redo, &batch);
    *post = batch.post;
    return 1;
}

int store_redo(struct store *store, size_t *post, struct error *err)
{
    if (!store->redo.n)
        return 0;
    if (batch_stack_reserve(&store->undo))
        return error_memory(err, store->path);
    if (store_change(store, JOURNAL_REDO, &store->redo.batches[store->redo.n - 1], err))
        return -1;
    struct edit_batch batch = batch_stack_pop(&store->redo);
    batch_stack_push(&store->undo, &batch);
    *post = batch.post;
    return 1;
}

/* ---- Saving ---- */

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

/* Puts the new file in place. The journal is told its contents before, so that after a crash either file is known. */
static int write_corpus(struct store *store, struct error *err)
{
    struct file_writer file;
    struct file_stamp stamp;
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
    if (file_sha256(file.temporary ? file.temporary : store->path, sha256, err)) {
        file_writer_abandon(&file);
        return -1;
    }
    /* Where the journal cannot be written any more, saving is all the more urgent: the corpus file will hold
     * everything, and a crash right here would merely make the next opening ask what the journal is about. */
    journal_append_save(store->journal, sha256, NULL);
    int failed = file_writer_place(&file, err);
    if (!file_stamp_read(store->path, &stamp, NULL) && !file_stamp_equal(&stamp, &store->stamp) &&
        (!failed || stamp.inode != store->stamp.inode)) {
        store->stamp = stamp;
        memcpy(store->sha256, sha256, sizeof store->sha256);
    }
    return failed ? -1 : journal_clear(store->journal, sha256, err);
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
    else if (link(path, backup.bytes) && errno != ENOENT && errno != EEXIST)
        failed = error_errno(err, backup.bytes);
    text_free(&backup);
    return failed;
}

static int write_exports(struct store *store, struct error *err)
{
    loss_list_free(&store->losses);
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
        if (check_unchanged(store, err) || write_corpus(store, err))
            return -1;
    }
    return write_exports(store, err);
}

enum store_mark store_mark(struct store *store)
{
    if (store->read_only)
        return STORE_SAVED;
    if (journal_failure(store->journal, NULL))
        return STORE_FAILED;
    if (journal_is_empty(store->journal))
        return STORE_SAVED;
    return journal_is_synced(store->journal) ? STORE_JOURNALED : STORE_PENDING;
}

bool store_unsaved(const struct store *store)
{
    return store->journal && !journal_is_empty(store->journal);
}

int store_failure(struct store *store, struct error *err)
{
    return store->journal ? journal_failure(store->journal, err) : 0;
}
