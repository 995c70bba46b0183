/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"

#include "corpora/file-state.h"
#include "corpora/files.h"
#include "corpora/format-coco.h"
#include "corpora/format-conll.h"
#include "corpora/format-gmner.h"
#include "corpora/format-mnre.h"
#include "corpora/format-native.h"
#include "corpora/format-raw.h"
#include "corpora/format-text.h"
#include "corpora/formats.h"
#include "corpora/journal.h"
#include "corpora/lines.h"
#include "corpora/lock.h"
#include "corpora/losses.h"
#include "corpora/post-file.h"
#include "corpora/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_ATTEMPTS = 5 };

static const char *const image_endings[] = {".jpg", ".jpeg", ".png"};
enum { N_ENDINGS = sizeof image_endings / sizeof *image_endings };

static bool is_file(const char *path)
{
    struct stat status;
    return !stat(path, &status) && S_ISREG(status.st_mode);
}

/* Did stat fail without telling whether something is there? (A folder that may not be entered, a disk that fails.) */
static bool is_unknown(int cause)
{
    return cause != ENOENT && cause != ENOTDIR && cause != ENAMETOOLONG && cause != ELOOP;
}

/* ---- Posts ---- */

size_t corpus_count(const struct corpus *corpus)
{
    return corpus->file ? post_file_count(corpus->file) : corpus->n_posts;
}

struct post *corpus_change_post(struct corpus *corpus, size_t index, struct error *err)
{
    if (index >= corpus_count(corpus)) {
        error_set(err, ERROR_INPUT, "%s: there is no post %zu", corpus->path, index + 1);
        return NULL;
    }
    return corpus->file ? post_file_change(corpus->file, index, err) : &corpus->posts[index];
}

/* Takes all posts out of their file. */
static int load_posts(struct corpus *corpus, struct error *err)
{
    if (!corpus->file)
        return 0;
    if (post_file_read_all(corpus->file, &corpus->posts, err))
        return -1;
    corpus->n_posts = post_file_count(corpus->file);
    post_file_free(corpus->file);
    corpus->file = NULL;
    return 0;
}

void corpus_free(struct corpus *corpus)
{
    if (!corpus)
        return;
    for (size_t i = 0; i < corpus->n_posts; i++)
        post_free(&corpus->posts[i]);
    free(corpus->posts);
    post_file_free(corpus->file);
    schema_free(&corpus->schema);
    free(corpus->path);
    free(corpus->images);
    loss_list_free(&corpus->doubts);
    free(corpus->source);
    free(corpus->extra);
    free(corpus);
}

/* ---- Reading ---- */

static int read_format(struct line_reader *input, const struct corpus_options *wanted, struct corpus *corpus,
                       struct error *err)
{
    switch (corpus->format) {
    case FORMAT_JSON:
        return native_read_json(input, corpus, err);
    case FORMAT_JSONL:
        return native_read_jsonl(input, corpus, err);
    case FORMAT_CONLL:
        return conll_read(input, corpus, err);
    case FORMAT_MNRE:
        return mnre_read(input, corpus, err);
    case FORMAT_RAW:
        return raw_read(input, corpus, err);
    case FORMAT_GMNER:
        return gmner_read(input, wanted->boxes, corpus, err);
    case FORMAT_COCO:
        return coco_read(input, corpus, err);
    case FORMAT_TEXT:
        return text_read(input, corpus, err);
    case FORMAT_UNKNOWN:
        break;
    }
    return error_set(err, ERROR_USAGE, "%s: no such format", corpus->path);
}

/* The new name of a type, NULL when no map names it. The last map that does counts. */
static const char *map_type(const struct corpus_options *options, const char *type)
{
    const char *mapped = NULL;
    for (size_t i = 0; type && i < options->n_maps; i++) {
        size_t n = strcspn(options->maps[i], "=");
        if (!strncmp(options->maps[i], type, n) && !type[n])
            mapped = options->maps[i] + n + 1;
    }
    return mapped;
}

static int map_text(const struct corpus_options *options, char **type)
{
    const char *mapped = map_type(options, *type);
    char *copy = mapped ? strdup(mapped) : NULL;
    if (mapped && !copy)
        return -1;
    if (copy) {
        free(*type);
        *type = copy;
    }
    return 0;
}

/* A list of distinct types: those that become one stand where the first of them did. */
static int map_types(const struct corpus_options *options, char **types, size_t *n)
{
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++) {
        if (map_text(options, &types[i]))
            return -1;
        char *type = types[i];
        size_t same = 0;
        types[i] = NULL;
        while (same < kept && strcmp(types[same], type))
            same++;
        if (same < kept)
            free(type);
        else
            types[kept++] = type;
    }
    *n = kept;
    return 0;
}

static int map_corpus(const struct corpus_options *options, struct corpus *corpus)
{
    struct schema *schema = &corpus->schema;
    if (map_types(options, schema->entities, &schema->n_entities))
        return -1;
    for (size_t i = 0; i < schema->n_relations; i++)
        if (map_types(options, schema->relations[i].head, &schema->relations[i].n_head) ||
            map_types(options, schema->relations[i].tail, &schema->relations[i].n_tail))
            return -1;
    for (size_t i = 0; i < corpus->n_posts; i++) {
        struct post *post = &corpus->posts[i];
        for (size_t k = 0; k < post->n_entities; k++)
            if (map_text(options, &post->entities[k].type))
                return -1;
        for (size_t k = 0; k < post->n_rejected_entities; k++)
            if (map_text(options, &post->rejected_entities[k].type))
                return -1;
        for (size_t k = 0; k < post->n_verdicts; k++)
            if (!post->verdicts[k].relation && (map_text(options, &post->verdicts[k].gold.type) ||
                                                map_text(options, &post->verdicts[k].predicted.type)))
                return -1;
    }
    return 0;
}

static int check_maps(const struct corpus_options *options, struct error *err)
{
    for (size_t i = 0; i < options->n_maps; i++) {
        size_t n = strcspn(options->maps[i], "=");
        if (!n || !options->maps[i][n] || !options->maps[i][n + 1])
            return error_set(err, ERROR_USAGE, "%s: a map is written FROM=TO", options->maps[i]);
    }
    return 0;
}

int corpus_rename_types(struct corpus *corpus, const char *const *maps, size_t n_maps, struct error *err)
{
    const struct corpus_options options = {.maps = maps, .n_maps = n_maps};
    if (check_maps(&options, err) || load_posts(corpus, err))
        return -1;
    return map_corpus(&options, corpus) ? error_memory(err, corpus->path) : 0;
}

/* What the caller wants otherwise than the file has it. A folder that was named on the command line is relative to
 * where the program runs, so it is made absolute. */
static int apply_options(const struct corpus_options *options, struct corpus *corpus)
{
    if (options->images) {
        char *here = *options->images == '/' ? strdup("/") : getcwd(NULL, 0);
        char *images = here ? file_join(here, options->images) : NULL;
        free(here);
        if (!images)
            return -1;
        free(corpus->images);
        corpus->images = images;
    }
    return options->n_maps ? map_corpus(options, corpus) : 0;
}

int corpus_open_lines(const char *path, struct corpus **out, struct error *err)
{
    struct line_index lines;
    struct line_buffer buffer = {0};
    struct corpus *corpus = NULL;
    int failed = -1;
    *out = NULL;
    if (line_index_open(path, path, &lines, err))
        return -1;
    if (!lines.n) {
        error_set(err, ERROR_INPUT, "%s:%zu: the file is empty", path, lines.n_all ? lines.n_all : 1);
    } else if (!(corpus = calloc(1, sizeof *corpus)) || text_copy(path, &corpus->path)) {
        error_memory(err, path);
    } else if (!line_index_read(&lines, 0, &buffer, err)) {
        const struct json_document header = {buffer.text, buffer.n, path, line_index_number(&lines, 0)};
        corpus->format = FORMAT_JSONL;
        failed = native_get_header_line(&header, corpus, err);
    }
    line_buffer_free(&buffer);
    if (!failed) {
        line_index_drop_first(&lines);
        if (!(corpus->file = post_file_new(&lines)))
            failed = error_memory(err, path);
    }
    line_index_close(&lines);
    if (failed)
        corpus_free(corpus);
    else
        *out = corpus;
    return failed;
}

static bool is_native(enum corpus_format format)
{
    return format == FORMAT_JSON || format == FORMAT_JSONL;
}

static int read_once(const char *path, const struct corpus_options *wanted, struct corpus **out, struct error *err)
{
    struct line_reader input;
    struct corpus *corpus = NULL;
    int result = -1;
    *out = NULL;
    if (line_reader_open(path, &input, err))
        return -1;
    if (!(corpus = calloc(1, sizeof *corpus)) || text_copy(path, &corpus->path)) {
        error_memory(err, path);
        goto out;
    }
    corpus->format = wanted->from;
    if (format_detect(&input, &corpus->format, err) || read_format(&input, wanted, corpus, err))
        goto out;
    if (is_native(corpus->format) && !wanted->without_journal && strcmp(path, "-") &&
        journal_apply(path, corpus, NULL, err))
        goto out;
    if (apply_options(wanted, corpus)) {
        error_memory(err, path);
        goto out;
    }
    *out = corpus;
    corpus = NULL;
    result = 0;
out:
    corpus_free(corpus);
    line_reader_close(&input);
    return result;
}

int corpus_read(const char *path, const struct corpus_options *options, struct corpus **out, struct error *err)
{
    static const struct corpus_options usual;
    const struct corpus_options *wanted = options ? options : &usual;
    *out = NULL;
    if (check_maps(wanted, err))
        return -1;
    /* A session elsewhere may save between our look at the file and our look at its journal. Then they do not belong
     * together, and both are read again. A pipe can be read only once, and has no journal. */
    for (int attempt = 0;; attempt++) {
        struct file_stamp before, after;
        bool steady = !file_stamp_read(path, &before, NULL);
        int result = read_once(path, wanted, out, err);
        steady = steady && !file_stamp_read(path, &after, NULL) && file_stamp_equal(&before, &after);
        if (steady && !result)
            (*out)->stamp = before;
        if (steady || attempt == READ_ATTEMPTS || !strcmp(path, "-") || !is_file(path))
            return result;
        corpus_free(*out);
        *out = NULL;
    }
}

/* ---- Writing ---- */

/* The images folder as a corpus file in another place must name it; *out NULL = as the corpus has it. */
static int images_from(const struct corpus *corpus, const char *path, char **out)
{
    *out = NULL;
    if (!corpus->images || !strcmp(path, "-"))
        return 0;
    char *old_folder = file_folder(corpus->path), *new_folder = file_folder(path);
    char *images = corpus_image_folder(corpus);
    char *before = old_folder ? realpath(old_folder, NULL) : NULL;
    char *after = new_folder ? realpath(new_folder, NULL) : NULL;
    int result = old_folder && new_folder && images ? 0 : -1;
    bool same_place = before && after && !strcmp(before, after) && *corpus->images != '/';
    if (!result && !same_place && !(*out = file_relative(new_folder, images)))
        result = -1;
    free(old_folder);
    free(new_folder);
    free(images);
    free(before);
    free(after);
    return result;
}

/* Posts that stay in their file, in another format than that of the file: all are read for it. */
static int write_loaded(const struct corpus *corpus, const char *path, FILE *out, enum corpus_format format,
                        struct loss_list *losses, struct error *err)
{
    struct corpus loaded = *corpus;
    if (post_file_read_all(corpus->file, &loaded.posts, err))
        return -1;
    loaded.n_posts = post_file_count(corpus->file);
    loaded.file = NULL;
    int result = corpus_write_stream(&loaded, path, out, format, losses, err);
    for (size_t i = 0; i < loaded.n_posts; i++)
        post_free(&loaded.posts[i]);
    free(loaded.posts);
    return result;
}

int corpus_write_stream(const struct corpus *corpus, const char *path, FILE *out, enum corpus_format format,
                        struct loss_list *losses, struct error *err)
{
    char *images = NULL;
    int result = -1;
    if (corpus->file && format != FORMAT_JSONL)
        return write_loaded(corpus, path, out, format, losses, err);
    switch (format) {
    case FORMAT_JSON:
    case FORMAT_JSONL:
        if (images_from(corpus, path, &images))
            return error_memory(err, path);
        result = format == FORMAT_JSON ? native_write_json(corpus, images ? images : corpus->images, out, err)
                                       : native_write_jsonl(corpus, images ? images : corpus->images, out, err);
        free(images);
        return result;
    case FORMAT_CONLL:
        result = conll_write(corpus, out, losses, err);
        break;
    case FORMAT_MNRE:
        result = mnre_write(corpus, out, losses, err);
        break;
    case FORMAT_RAW:
        result = raw_write(corpus, out, losses, err);
        break;
    case FORMAT_GMNER:
        result = gmner_write(corpus, path, out, losses, err);
        break;
    case FORMAT_COCO:
        result = coco_write(corpus, out, losses, err);
        break;
    case FORMAT_TEXT:
        result = text_write(corpus, out, losses, err);
        break;
    case FORMAT_UNKNOWN:
        return error_set(err, ERROR_USAGE, "%s: no such format", path);
    }
    return !result && loss_add_corpus(losses, corpus) ? error_memory(err, path) : result;
}

int corpus_write_text(const struct corpus *corpus, const char *path, enum corpus_format format, struct loss_list *losses,
                      char **out, size_t *n, struct error *err)
{
    *out = NULL;
    FILE *memory = open_memstream(out, n);
    if (!memory)
        return error_memory(err, corpus->path);
    int failed = corpus_write_stream(corpus, path, memory, format, losses, err);
    if (fclose(memory) && !failed)
        failed = error_memory(err, corpus->path);
    if (failed) {
        free(*out);
        *out = NULL;
    }
    return failed;
}

int corpus_check_target(const char *path, struct error *err)
{
    char *target = file_follow_links(path);
    int failed = target ? 0 : error_memory(err, path);
    if (!failed && strcmp(path, "-") && is_file(target)) {
        failed = lock_check(target, err);
        if (!failed && journal_is_there(target))
            failed = error_set(err, ERROR_INPUT,
                               "%s: not written over: %s.journal has labels that are not in it (open it with annotate "
                               "and save them, or write to another file)",
                               path, target);
    }
    free(target);
    return failed;
}

/* What somebody did in the corpus's own file while we were at work on what we had read of it would be gone. */
static int check_not_outdated(const struct corpus *corpus, const char *path, struct error *err)
{
    struct file_stamp now;
    char *source = corpus->stamp.exists ? file_follow_links(corpus->path) : NULL, *target = file_follow_links(path);
    int failed = 0;
    if (source && target && !strcmp(source, target) && !file_stamp_read(target, &now, NULL) && now.exists &&
        !file_stamp_equal(&now, &corpus->stamp))
        failed = error_set(err, ERROR_IO, "%s: not written over: another program changed it since it was read", path);
    free(source);
    free(target);
    return failed;
}

int corpus_write(const struct corpus *corpus, const char *path, enum corpus_format format, struct loss_list *losses,
                 struct error *err)
{
    struct file_writer file;
    if (corpus_check_target(path, err) || check_not_outdated(corpus, path, err) || file_writer_open(path, &file, err))
        return -1;
    if (corpus_write_stream(corpus, path, file.stream, format, losses, err)) {
        file_writer_abandon(&file);
        return -1;
    }
    return file_writer_finish(&file, err);
}

/* ---- Pictures ---- */

size_t corpus_image_stem_bytes(const char *image)
{
    size_t n = strlen(image);
    for (int i = 0; i < N_ENDINGS; i++) {
        size_t ending = strlen(image_endings[i]);
        if (n > ending && !strcasecmp(image + n - ending, image_endings[i]))
            return n - ending;
    }
    return n;
}

char *corpus_image_folder(const struct corpus *corpus)
{
    char *folder = file_folder(corpus->path);
    char *images = folder ? file_join(folder, corpus->images ? corpus->images : ".") : NULL;
    free(folder);
    return images;
}

/* Would the name lead out of the folder? */
static bool leaves_folder(const char *image)
{
    if (*image == '/')
        return true;
    for (const char *part = image; *part; part += *part == '/') {
        size_t n = strcspn(part, "/");
        if (n == 2 && !memcmp(part, "..", 2))
            return true;
        part += n;
    }
    return false;
}

int corpus_image_path(const char *folder, const struct post *post, char **out, bool *missing, struct error *err)
{
    const char *image = post->image;
    *out = NULL;
    if (missing)
        *missing = false;
    if (!image || !*image)
        return 0;
    if (leaves_folder(image))
        return error_set(err, ERROR_INPUT, "%s: post %.*s: the picture's name %.*s leads out of the folder", folder,
                         utf8_head(post->id, 80), post->id, utf8_head(image, 200), image);
    bool bare = corpus_image_stem_bytes(image) == strlen(image);
    for (int i = -1; i < (bare ? N_ENDINGS : 0); i++) {
        struct text name = {0};
        text_add(&name, image);
        text_add(&name, i < 0 ? "" : image_endings[i]);
        char *path = name.failed ? NULL : file_join(folder, name.bytes);
        text_free(&name);
        if (!path)
            return error_memory(err, folder);
        errno = 0;
        if (is_file(path)) {
            *out = path;
            return 0;
        }
        int failed = errno && is_unknown(errno) ? error_set(err, ERROR_INPUT, "%s: %s", path, strerror(errno)) : 0;
        free(path);
        if (failed)
            return failed;
    }
    if (missing)
        *missing = true;
    return 0;
}
