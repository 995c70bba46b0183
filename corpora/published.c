/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/published.h"

#include "corpora/file-state.h"
#include "corpora/files.h"
#include "corpora/json.h"
#include "corpora/names.h"
#include "corpora/replay.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct published {
    struct corpus *corpus;
    char *name;
    struct name_table places; /* ids to places in the corpus */
};

void published_free(struct published *published)
{
    if (!published)
        return;
    name_table_free(&published->places);
    corpus_free(published->corpus);
    free(published->name);
    free(published);
}

const char *published_name(const struct published *published)
{
    return published->name;
}

const struct post *published_post_peek(const struct published *published, const char *id)
{
    const struct name_slot *slot = published ? name_table_peek(&published->places, id) : NULL;
    return slot ? &published->corpus->posts[slot->value] : NULL;
}

const struct corpus *published_corpus_peek(const struct published *published)
{
    return published ? published->corpus : NULL;
}

/* As what the foreign file was read. Boxes do not matter here, and may lie elsewhere: GMNER is CoNLL without them. */
static enum corpus_format source_format(const struct corpus *work)
{
    struct json_value format = json_member(json_value_of(work->source), "format");
    char *name = json_kind(format) == JSON_TEXT ? json_text(format) : NULL;
    enum corpus_format found = name ? corpus_format_from_name(name) : FORMAT_UNKNOWN;
    free(name);
    return found == FORMAT_GMNER ? FORMAT_CONLL : found;
}

/* The foreign file that the work is on, where it is still as it was then; *out NULL: there is none. */
static int find_source(const char *path, const struct corpus *work, char **out, struct error *err)
{
    char sha256[FILE_SHA256_BYTES];
    *out = NULL;
    struct json_value source = json_value_of(work->source), file = json_member(source, "file");
    struct json_value recorded = json_member(source, "sha256");
    char *name = json_kind(file) == JSON_TEXT ? json_text(file) : NULL, *folder = file_folder(path);
    char *input = name && folder ? file_join(folder, name) : NULL;
    int failed = !folder || (name && !input) ? error_memory(err, path) : 0;
    if (input && !access(input, R_OK) && !file_sha256(input, sha256, NULL) &&
        json_kind(recorded) == JSON_TEXT && json_text_is(recorded, sha256)) {
        *out = input;
        input = NULL;
    }
    free(input);
    free(folder);
    free(name);
    return failed;
}

static int enter_ids(struct published *published, struct error *err)
{
    for (size_t i = 0; i < published->corpus->n_posts; i++)
        if (name_table_add(&published->places, published->corpus->posts[i].id, i, NULL) < 0)
            return error_memory(err, published->name);
    return 0;
}

static bool is_native(enum corpus_format format)
{
    return format == FORMAT_JSON || format == FORMAT_JSONL;
}

static int read_published(const char *path, const struct corpus *read, const struct corpus_options *options,
                          struct published *out, struct error *err)
{
    char *source;
    if (find_source(path, read, &source, err))
        return -1;
    int failed = 0;
    out->corpus = replay_beginning(path, source, source_format(read));
    if (out->corpus && options)
        failed = corpus_rename_types(out->corpus, options->maps, options->n_maps, err);
    const char *name = source ? source : path;
    if (!failed && out->corpus && text_copy(name + 2 * !strncmp(name, "./", 2), &out->name))
        failed = error_memory(err, path);
    free(source);
    return failed ? -1 : 0;
}

static int open_read(const char *path, const struct corpus *read, const struct corpus_options *options,
                     struct published **out, struct error *err)
{
    struct published *published = calloc(1, sizeof *published);
    if (!published)
        return error_memory(err, path);
    if (read_published(path, read, options, published, err) || (published->corpus && enter_ids(published, err))) {
        published_free(published);
        return -1;
    }
    if (published->corpus)
        *out = published;
    else
        published_free(published);
    return 0;
}

int published_open(const char *path, const struct corpus *read, const struct corpus_options *options,
                   struct published **out, struct error *err)
{
    const struct corpus_options plain = {.without_journal = true};
    enum corpus_format format = read ? read->format : FORMAT_UNKNOWN;
    struct corpus *own = NULL;
    *out = NULL;
    if (!strcmp(path, "-") || (!read && corpus_detect_format(path, &format, NULL)) || !is_native(format))
        return 0;
    if (!read && (format == FORMAT_JSONL ? corpus_open_lines(path, &own, err) : corpus_read(path, &plain, &own, err)))
        return -1;
    int failed = open_read(path, read ? read : own, options, out, err);
    corpus_free(own);
    return failed;
}
