/* Opening a corpus for work: lock, read, replay the journal.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/files.h"
#include "corpora/store-parts.h"
#include "corpora/text.h"
#include "corpora/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    if (!replay.n_applied && replay.n_lines && store_retire_journal(store, store->sha256, err))
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
    pthread_mutex_init(&store->changing, NULL);
    store->read_only = options->read_only;
    store->n_exports = options->n_exports < STORE_EXPORTS_MAX ? options->n_exports : STORE_EXPORTS_MAX;
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
