/* Opening a corpus for work: lock, read, replay the journal.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/files.h"
#include "corpora/store-parts.h"
#include "corpora/text.h"
#include "corpora/thread.h"
#include "corpora/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_ATTEMPTS = 5 };

struct sha256_task {
    const char *path;
    char sha256[FILE_SHA256_BYTES];
    struct error err;
    int failed;
};

static void *sha256_main(void *context)
{
    struct sha256_task *task = context;
    task->failed = file_sha256(task->path, task->sha256, &task->err);
    return NULL;
}

/* Opens a JSON Lines file while a second thread takes its hash: both go through all of it. */
static int store_open_lines(struct store *store, struct error *err)
{
    struct sha256_task task = {.path = store->path};
    pthread_t thread;
    bool parallel = !thread_start(&thread, sha256_main, &task, store->path, NULL);
    int failed = corpus_open_lines(store->path, &store->corpus, err);
    if (parallel)
        pthread_join(thread, NULL);
    else
        sha256_main(&task);
    if (!failed && task.failed) {
        *err = task.err;
        failed = -1;
    }
    memcpy(store->sha256, task.sha256, sizeof store->sha256);
    return failed;
}

/* Do the posts of the file stay in it? Where types are renamed on reading, all posts are read anyway; where the folder
 * of pictures is replaced, we leave it to corpus_read. */
static int store_stays_in_file(const struct store *store, const struct store_options *options,
                               enum corpus_format format, bool *out, struct error *err)
{
    struct file_stamp stamp;
    size_t bytes_min = options->index_bytes_min ? options->index_bytes_min : STORE_INDEX_BYTES_MIN;
    if (file_stamp_read(store->path, &stamp, err) || (!format && corpus_detect_format(store->path, &format, err)))
        return -1;
    *out = format == FORMAT_JSONL && stamp.exists && S_ISREG(stamp.mode) && (uintmax_t)stamp.size_bytes >= bytes_min &&
           !options->corpus.n_maps && !options->corpus.images;
    return 0;
}

/* For a reader, beside whom somebody may be at work: the posts that stay in the file, with the journal applied. When
 * that somebody saves between our look at the file and our look at its journal, we look at both again. */
static int store_read_beside(struct store *store, struct error *err)
{
    for (int attempt = 0;; attempt++) {
        struct file_stamp before, after;
        struct journal_replay replay;
        bool steady = !file_stamp_read(store->path, &before, NULL);
        int failed = store_open_lines(store, err);
        if (!failed && !(failed = journal_replay(store->path, store->sha256, store->corpus, &replay, err)))
            journal_replay_free(&replay);
        steady = steady && !file_stamp_read(store->path, &after, NULL) && file_stamp_equal(&before, &after);
        if (steady || attempt == READ_ATTEMPTS)
            return failed;
        corpus_free(store->corpus);
        store->corpus = NULL;
    }
}

/* Reads the native file at store->path, without its journal, and the hash of exactly what was read. A reader gets it
 * with its journal applied. */
static int store_read(struct store *store, const struct store_options *wanted, const char *input, struct error *err)
{
    /* --from was about the input. */
    const struct corpus_options options = {.from = input ? FORMAT_UNKNOWN : wanted->corpus.from,
                                           .images = wanted->corpus.images,
                                           .without_journal = !store->read_only};
    struct file_stamp after;
    bool stays;
    if (store_stays_in_file(store, wanted, options.from, &stays, err))
        return -1;
    if (store->read_only)
        return stays ? store_read_beside(store, err) : corpus_read(store->path, &options, &store->corpus, err);
    if (file_stamp_read(store->path, &store->stamp, err))
        return -1;
    if (stays ? store_open_lines(store, err)
              : file_sha256(store->path, store->sha256, err) ||
                    corpus_read(store->path, &options, &store->corpus, err))
        return -1;
    if (file_stamp_read(store->path, &after, err))
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
    act_stack_free(&store->undo);
    act_stack_free(&store->redo);
    if (store->history)
        history_end(store->history);
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
    if (history_open(store->path, store->sha256, &replay, &store->history, &store->notice, err))
        return -1;
    struct journal_header header = {.after = history_count(store->history)};
    memcpy(header.sha256, store->sha256, sizeof header.sha256);
    if (journal_open(store->path, &header, &replay, &store->journal, err))
        return -1;
    /* A crash between putting the new file in place and emptying the journal. */
    if (!replay.n_applied && replay.n_lines && store_retire_journal(store, store->sha256, true, err))
        return -1;
    return store_rename(store, options, err);
}

/* Opens the native file at store->path. input is NULL, or the foreign file that it is the work on. */
static int store_open_native(struct store *store, const struct store_options *options, const char *input,
                             const char *input_sha256, struct error *err)
{
    if (store_read(store, options, input, err) || (input && work_check(store->corpus, input, input_sha256, err)) ||
        store_open_journal(store, &options->corpus, err))
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
        return store_open_native(store, options, input, sha256, err);
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
    return failed ? -1 : store_open_native(store, options, input, sha256, err);
}

static int store_open_any(struct store *store, const char *path, const struct store_options *options,
                          struct error *err)
{
    enum corpus_format format = options->corpus.from;
    if (!strcmp(path, "-"))
        return error_set(err, ERROR_USAGE, "standard input cannot be worked on: it takes a file");
    if (corpus_detect_format(path, &format, err))
        return -1;
    if (format != FORMAT_JSON && format != FORMAT_JSONL) {
        if (store_open_foreign(store, path, options, err))
            return -1;
        store->images = corpus_image_folder(store->corpus);
        return store->images ? 0 : error_memory(err, path);
    }
    /* A native file keeps its own images folder: the one of the command line is for this session. */
    struct store_options without_images = *options;
    without_images.corpus.images = NULL;
    if (!(store->path = file_follow_links(path)))
        return error_memory(err, path);
    if (store_lock(store, err) || store_open_native(store, &without_images, NULL, NULL, err))
        return -1;
    store->images = options->corpus.images ? strdup(options->corpus.images) : corpus_image_folder(store->corpus);
    return store->images ? 0 : error_memory(err, path);
}

/* Where posts stay in their file, those that the journal changed are counted here, all others in the background. */
static int store_count_labels(struct store *store, struct error *err)
{
    struct post_file *file = store->corpus->file;
    if (!file)
        return tally_corpus(&store->tally, store->corpus) ? error_memory(err, store->path) : 0;
    for (size_t i = 0; i < post_file_count(file); i++) {
        const struct post *post = post_file_changed_peek(file, i);
        if (!post)
            continue;
        if (tally_reserve(&store->tally, post))
            return error_memory(err, store->path);
        tally_add(&store->tally, post, true);
    }
    store->check = post_check_start(file, err);
    return store->check ? 0 : -1;
}

int store_open(const char *path, const struct store_options *options, struct store **out, struct error *err)
{
    struct store *store = calloc(1, sizeof *store);
    *out = NULL;
    if (!store)
        return error_memory(err, path);
    store->lock.fd = -1;
    store->read_only = options->read_only;
    store->n_exports = options->n_exports < STORE_EXPORTS_MAX ? options->n_exports : STORE_EXPORTS_MAX;
    memcpy(store->exports, options->exports, sizeof store->exports);
    if (text_copy(options->annotator, &store->annotator))
        error_memory(err, path);
    else if (!store_open_any(store, path, options, err)) {
        if (!store_count_labels(store, err)) {
            *out = store;
            return 0;
        }
    }
    store_close(store);
    return -1;
}
