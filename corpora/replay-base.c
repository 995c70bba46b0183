/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/replay-base.h"

#include "corpora/files.h"
#include "corpora/json.h"
#include "corpora/text.h"
#include "corpora/work.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_native(enum corpus_format format)
{
    return format == FORMAT_JSON || format == FORMAT_JSONL;
}

/* Reads the file as path would be read, whatever its own name. */
static int read_native(const char *path, const char *file, struct corpus **out, struct error *err)
{
    enum corpus_format format = corpus_format_from_path(path);
    const struct corpus_options options = {.from = is_native(format) ? format : FORMAT_UNKNOWN,
                                           .without_journal = true};
    if (corpus_read(file, &options, out, err))
        return -1;
    char *own = strdup(path);
    if (!own) {
        corpus_free(*out);
        *out = NULL;
        return error_memory(err, file);
    }
    free((*out)->path);
    (*out)->path = own;
    return 0;
}

/* ---- From the foreign file ---- */

/* Writes the work on input as it began to a temporary file, and reads it: so it is as it was when work began, to the
 * last member. *fits_out says whether it has these contents. */
static int begin_work(struct corpus *corpus, const char *path, const char *input, const char *sha256,
                      struct corpus **out, bool *fits_out, struct error *err)
{
    const char *temporary = getenv("TMPDIR");
    char input_sha256[FILE_SHA256_BYTES], work_sha256[FILE_SHA256_BYTES];
    char *name = file_join(temporary && *temporary ? temporary : "/tmp", "mmib-replay.XXXXXX");
    int fd = name ? mkstemp(name) : -1, failed = -1;
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    *fits_out = false;
    if (!file) {
        error_errno(err, name ? name : input);
        goto out;
    }
    enum corpus_format format = corpus_format_from_path(path) == FORMAT_JSONL ? FORMAT_JSONL : FORMAT_JSON;
    if (file_sha256(input, input_sha256, err) || work_begin(path, input, input_sha256, corpus, err) ||
        corpus_write_stream(corpus, path, file, format, NULL, err))
        goto out;
    bool written = !ferror(file) && !fflush(file);
    if (!written) {
        error_errno(err, name);
        goto out;
    }
    if (file_sha256(name, work_sha256, err))
        goto out;
    *fits_out = !strcmp(work_sha256, sha256);
    failed = *fits_out ? read_native(path, name, out, err) : 0;
out:
    if (file)
        fclose(file);
    else if (fd >= 0)
        close(fd);
    if (fd >= 0)
        unlink(name);
    free(name);
    return failed;
}

/* What the corpus at path, which is the work on another file, says of it. Strings are owned; NULL = nothing. */
struct beginning {
    char *images; /* folder of the pictures that the work was begun with, as path has it */
    char *input;  /* the foreign file */
};

static void beginning_free(struct beginning *beginning)
{
    free(beginning->images);
    free(beginning->input);
}

static int beginning_of(const char *path, struct beginning *out, struct error *err)
{
    const struct corpus_options options = {.without_journal = true};
    struct corpus *corpus;
    *out = (struct beginning){0};
    if (access(path, F_OK))
        return 0;
    if (corpus_read(path, &options, &corpus, err))
        return -1;
    struct json_value file = json_member(json_value_of(corpus->source), "file");
    char *name = json_kind(file) == JSON_TEXT ? json_text(file) : NULL, *folder = file_folder(path);
    out->input = name && folder ? file_join(folder, name) : NULL;
    out->images = corpus->images ? corpus_image_folder(corpus) : NULL;
    int failed = !folder || (name && !out->input) || (corpus->images && !out->images) ? error_memory(err, path) : 0;
    if (failed)
        beginning_free(out);
    free(name);
    free(folder);
    corpus_free(corpus);
    return failed;
}

static int read_foreign(const char *path, const char *input, const char *images, const char *sha256,
                        struct corpus **out, bool *fits_out, struct error *err)
{
    int failed = 0;
    *fits_out = false;
    /* Work may have begun with the pictures named, or without. */
    for (int named = images ? 1 : 0; named >= 0 && !failed && !*fits_out; named--) {
        const struct corpus_options options = {.images = named ? images : NULL};
        struct corpus *corpus = NULL;
        failed = corpus_read(input, &options, &corpus, err) ||
                 begin_work(corpus, path, input, sha256, out, fits_out, err);
        corpus_free(corpus);
    }
    return failed ? -1 : 0;
}

/* ---- Which ---- */

/* Whether the file is there and has these contents. */
static bool has_contents(const char *file, const char *sha256)
{
    char now[FILE_SHA256_BYTES];
    return file && !access(file, R_OK) && !file_sha256(file, now, NULL) && !strcmp(now, sha256);
}

static int read_named(const char *path, const char *base, const char *sha256, const char *log, struct corpus **out,
                      struct error *err)
{
    enum corpus_format format = FORMAT_UNKNOWN;
    struct beginning beginning;
    bool fits = has_contents(base, sha256);
    if (fits)
        return read_native(path, base, out, err);
    if (corpus_detect_format(base, &format, err))
        return -1;
    if (!is_native(format)) {
        if (beginning_of(path, &beginning, err))
            return -1;
        int failed = read_foreign(path, base, beginning.images, sha256, out, &fits, err);
        beginning_free(&beginning);
        if (failed)
            return -1;
    }
    return fits ? 0 : error_set(err, ERROR_INPUT, "%s: not the corpus that %s begins with", base, log);
}

int replay_base_read(const char *path, const char *kept, const char *base, const char sha256[FILE_SHA256_BYTES],
                     const char *log, struct corpus **out, struct error *err)
{
    struct beginning beginning;
    bool fits = false;
    *out = NULL;
    if (base)
        return read_named(path, base, sha256, log, out, err);
    if (has_contents(kept, sha256))
        return read_native(path, kept, out, err);
    if (has_contents(path, sha256))
        return read_native(path, path, out, err);
    if (beginning_of(path, &beginning, err))
        return -1;
    int failed = beginning.input && !access(beginning.input, R_OK)
                     ? read_foreign(path, beginning.input, beginning.images, sha256, out, &fits, err)
                     : 0;
    beginning_free(&beginning);
    if (failed || fits)
        return failed;
    return error_set(err, ERROR_INPUT,
                     "%s: the corpus that it begins with is not there: it would be %s (--base names it)", log,
                     kept ? kept : path);
}
