/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/work.h"

#include "corpora/files.h"
#include "corpora/json.h"
#include "corpora/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char work_ending[] = ".mmib.json";

/* ---- Where ---- */

/* The input's own name without its ending. */
static char *stem(const char *input)
{
    const char *slash = strrchr(input, '/'), *name = slash ? slash + 1 : input, *dot = strrchr(name, '.');
    return dot && dot != name ? strndup(name, (size_t)(dot - name)) : strdup(name);
}

/* mkdir -p */
static int make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        int failed = mkdir(path, 0700) && errno != EEXIST;
        if (slash)
            *slash = '/';
        if (failed || !slash)
            return failed ? -1 : 0;
    }
}

/* $XDG_STATE_HOME/mmib, made where it is not there. */
static int state_folder(char **out, struct error *err)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    struct text path = {0};
    if (state && *state == '/') /* the specification: a relative one counts as not set */
        text_add(&path, state);
    else if (home && *home == '/')
        text_add_format(&path, "%s/.local/state", home);
    else
        return error_set(err, ERROR_IO,
                         "no place to keep the work: neither XDG_STATE_HOME nor HOME is set (--work says where)");
    text_add(&path, "/mmib");
    if (!(*out = text_take(&path)))
        return error_memory(err, "work file");
    if (!make_folders(*out))
        return 0;
    error_errno(err, *out);
    free(*out);
    *out = NULL;
    return -1;
}

/* folder/stem[-tag].mmib.json */
static char *work_name(const char *folder, const char *name, const char *tag)
{
    struct text file = {0};
    text_add(&file, name);
    text_add(&file, tag);
    text_add(&file, work_ending);
    char *path = file.failed ? NULL : file_join(folder, file.bytes);
    text_free(&file);
    return path;
}

/* In the state folder files of one name meet that come from different folders: is this one about another? */
static bool is_taken(const char *path, const char *input)
{
    const struct corpus_options options = {.without_journal = true};
    struct corpus *corpus;
    char *absolute = realpath(input, NULL);
    bool taken = false;
    if (absolute && access(path, F_OK) == 0 && !corpus_read(path, &options, &corpus, NULL)) {
        struct json_value file = json_member(json_value_of(corpus->source), "file");
        taken = json_kind(file) == JSON_TEXT && !json_text_is(file, absolute);
        corpus_free(corpus);
    }
    free(absolute);
    return taken;
}

/* Eight hexadecimal digits of the input's place. */
static void place_tag(const char *input, char out[10])
{
    char *absolute = realpath(input, NULL), sha256[FILE_SHA256_BYTES];
    const char *place = absolute ? absolute : input;
    file_sha256_of(place, strlen(place), sha256);
    snprintf(out, 10, "-%.8s", sha256);
    free(absolute);
}

int work_path(const char *input, char **out, struct error *err)
{
    char *folder = file_folder(input), *name = stem(input), tag[10];
    *out = NULL;
    if (folder && faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS)) {
        free(folder);
        if (state_folder(&folder, err)) {
            free(name);
            return -1;
        }
        *out = name ? work_name(folder, name, "") : NULL;
        if (*out && is_taken(*out, input)) {
            free(*out);
            place_tag(input, tag);
            *out = work_name(folder, name, tag);
        }
    } else if (folder && name) {
        *out = work_name(folder, name, "");
    }
    free(folder);
    free(name);
    return *out ? 0 : error_memory(err, input);
}

/* ---- What ---- */

/* How the work file names its input: beside it by its own name, so that both can be moved together. */
static char *input_name(const char *path, const char *input, bool *beside_out)
{
    char *folder = file_folder(path), *input_folder = file_folder(input);
    char *here = folder ? realpath(folder, NULL) : NULL, *there = input_folder ? realpath(input_folder, NULL) : NULL;
    const char *slash = strrchr(input, '/');
    *beside_out = here && there && !strcmp(here, there);
    char *name = *beside_out ? strdup(slash ? slash + 1 : input) : realpath(input, NULL);
    free(folder);
    free(input_folder);
    free(here);
    free(there);
    return name;
}

int work_begin(const char *path, const char *input, const char sha256[FILE_SHA256_BYTES], struct corpus *corpus,
               struct error *err)
{
    struct text source = {0};
    bool beside;
    char *name = input_name(path, input, &beside);
    if (!name)
        return error_errno(err, input);
    /* The pictures stay where they are, beside the input. */
    if (!beside && !corpus->images && !(corpus->images = strdup("."))) {
        free(name);
        return error_memory(err, input);
    }
    text_add_bytes(&source, corpus->source ? corpus->source : "{}", corpus->source ? strlen(corpus->source) - 1 : 1);
    json_put_name(&source, "file");
    json_put_text(&source, name);
    json_put_name(&source, "sha256");
    json_put_text(&source, sha256);
    text_add_char(&source, '}');
    free(name);
    char *text = text_take(&source);
    if (!text)
        return error_memory(err, input);
    free(corpus->source);
    corpus->source = text;
    return 0;
}

int work_create(const char *path, const char *input, const char sha256[FILE_SHA256_BYTES], struct corpus *corpus,
                struct error *err)
{
    if (work_begin(path, input, sha256, corpus, err))
        return -1;
    return corpus_write(corpus, path, corpus_format_from_path(path) == FORMAT_JSONL ? FORMAT_JSONL : FORMAT_JSON, NULL,
                        err);
}

int work_check(const struct corpus *work, const char *input, const char sha256[FILE_SHA256_BYTES], struct error *err)
{
    struct json_value recorded = json_member(json_value_of(work->source), "sha256");
    if (json_kind(recorded) != JSON_TEXT)
        return error_set(err, ERROR_INPUT, "%s: this is not the work on %s: it does not say whose work it is",
                         work->path, input);
    if (!json_text_is(recorded, sha256))
        return error_set(err, ERROR_INPUT,
                         "%s: not as it was when the work in %s began (put it back, or begin another with --work)",
                         input, work->path);
    return 0;
}
