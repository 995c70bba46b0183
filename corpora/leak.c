/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/leak.h"

#include "corpora/hash.h"
#include "corpora/names.h"
#include "corpora/text.h"
#include "corpora/token-marks.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utf8proc.h>

/* A picture of the training set. */
struct picture {
    char *path;       /* NULL = the file is not there */
    size_t bytes;     /* of the file */
    uint64_t hash;    /* of what it holds */
    bool has_hash;    /* computed when a picture of the same size asks */
    size_t next_name; /* another one of the same name, of the same size; SIZE_MAX = no more */
    size_t next_size;
};

struct leak {
    char **texts;
    size_t n_texts;
    struct name_table known_texts;
    struct picture *pictures;
    char **names; /* without ending */
    size_t n_pictures, n_names;
    struct name_table by_name; /* -> the last picture of that name */
    char **sizes;              /* in digits */
    size_t n_sizes;
    struct name_table by_size; /* -> the last picture of that size */
};

void leak_free(struct leak *leak)
{
    if (!leak)
        return;
    for (size_t i = 0; i < leak->n_pictures; i++)
        free(leak->pictures[i].path);
    free(leak->pictures);
    text_list_free(leak->texts, leak->n_texts);
    text_list_free(leak->names, leak->n_names);
    text_list_free(leak->sizes, leak->n_sizes);
    name_table_free(&leak->known_texts);
    name_table_free(&leak->by_name);
    name_table_free(&leak->by_size);
    free(leak);
}

/* ---- Texts ---- */

static bool is_dropped(utf8proc_int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CN:
        return true;
    default:
        return false;
    }
}

static void add_folded(struct text *out, const char *token)
{
    while (*token) {
        uint32_t c;
        char bytes[4];
        token += utf8_read(token, &c);
        if (!is_dropped((utf8proc_int32_t)c))
            text_add_bytes(out, bytes, utf8_write((uint32_t)utf8proc_tolower((utf8proc_int32_t)c), bytes));
    }
}

static void put_text(struct text *out, const struct post *post)
{
    text_clear(out);
    text_add(out, "");
    for (size_t i = 0; i < post->n_tokens; i++)
        if (!token_is_url(post, i))
            add_folded(out, post->tokens[i]);
}

char *leak_text(const struct post *post)
{
    struct text out = {0};
    put_text(&out, post);
    return text_take(&out);
}

static int add_text(struct leak *leak, const struct post *post, struct text *text)
{
    put_text(text, post);
    if (text->failed)
        return -1;
    if (!text->n || name_table_peek(&leak->known_texts, text->bytes))
        return 0;
    return text_list_add(&leak->texts, &leak->n_texts, text->bytes) ||
                   name_table_add(&leak->known_texts, leak->texts[leak->n_texts - 1], 0, NULL) < 0
               ? -1
               : 0;
}

/* ---- Pictures ---- */

/* The path of the post's picture and its size; NULL where it is not there, or its name is refused. */
static char *find_file(const struct post *post, const char *folder, size_t *bytes_out)
{
    char *path = NULL;
    struct stat status;
    if (!folder || corpus_image_path(folder, post, &path, NULL, NULL) || !path)
        return NULL;
    if (stat(path, &status) || !S_ISREG(status.st_mode)) {
        free(path);
        return NULL;
    }
    *bytes_out = (size_t)status.st_size;
    return path;
}

/* False where it cannot be read: then it is like no other. */
static bool hash_file(const char *path, uint64_t *out)
{
    static const size_t block_bytes = 65536;
    FILE *file = fopen(path, "rb");
    char *block = file ? malloc(block_bytes) : NULL;
    uint64_t hash = HASH_START;
    size_t n;
    while (block && (n = fread(block, 1, block_bytes, file)) > 0)
        hash = hash_bytes(hash, block, n);
    bool whole = block && !ferror(file);
    free(block);
    if (file)
        fclose(file);
    *out = hash;
    return whole;
}

static void size_name(size_t bytes, char out[32])
{
    snprintf(out, 32, "%zu", bytes);
}

/* Puts picture at the head of the list that the table has under the name; *next_out is what stood there. */
static int link_picture(struct name_table *table, char ***list, size_t *n, const char *name, size_t picture,
                        size_t *next_out)
{
    struct name_slot *slot = name_table_peek(table, name);
    *next_out = slot ? slot->value : SIZE_MAX;
    if (slot) {
        slot->value = picture;
        return 0;
    }
    return text_list_add(list, n, name) || name_table_add(table, (*list)[*n - 1], picture, NULL) < 0 ? -1 : 0;
}

static char *stem_of(const char *image)
{
    return strndup(image, corpus_image_stem_bytes(image));
}

static int add_picture(struct leak *leak, const struct post *post, const char *folder)
{
    char size[32];
    if (!post->image || !*post->image)
        return 0;
    struct picture *grown = array_grow(leak->pictures, leak->n_pictures, sizeof *grown);
    char *name = stem_of(post->image);
    int failed = !grown || !name;
    if (grown)
        leak->pictures = grown;
    if (!failed) {
        size_t at = leak->n_pictures++;
        struct picture *picture = &grown[at];
        *picture = (struct picture){.next_name = SIZE_MAX, .next_size = SIZE_MAX};
        picture->path = find_file(post, folder, &picture->bytes);
        failed = link_picture(&leak->by_name, &leak->names, &leak->n_names, name, at, &picture->next_name);
        size_name(picture->bytes, size);
        if (!failed && picture->path)
            failed = link_picture(&leak->by_size, &leak->sizes, &leak->n_sizes, size, at, &picture->next_size);
    }
    free(name);
    return failed ? -1 : 0;
}

static bool picture_has_bytes(struct picture *picture, uint64_t hash)
{
    if (!picture->has_hash)
        picture->has_hash = hash_file(picture->path, &picture->hash);
    return picture->has_hash && picture->hash == hash;
}

static bool find_bytes(const struct leak *leak, const char *path, size_t bytes)
{
    char size[32];
    uint64_t hash;
    size_name(bytes, size);
    const struct name_slot *slot = name_table_peek(&leak->by_size, size);
    if (!slot || !hash_file(path, &hash))
        return false;
    for (size_t at = slot->value; at != SIZE_MAX; at = leak->pictures[at].next_size)
        if (picture_has_bytes(&leak->pictures[at], hash))
            return true;
    return false;
}

static bool find_name(const struct leak *leak, const char *name, bool has_file)
{
    const struct name_slot *slot = name_table_peek(&leak->by_name, name);
    for (size_t at = slot ? slot->value : SIZE_MAX; at != SIZE_MAX; at = leak->pictures[at].next_name)
        if (!has_file || !leak->pictures[at].path)
            return true;
    return false;
}

static int find_picture(const struct leak *leak, const struct post *post, const char *folder, bool *out)
{
    size_t bytes = 0;
    *out = false;
    if (!post->image || !*post->image)
        return 0;
    char *name = stem_of(post->image);
    if (!name)
        return -1;
    char *path = leak->n_sizes ? find_file(post, folder, &bytes) : NULL;
    *out = (path && find_bytes(leak, path, bytes)) || find_name(leak, name, path != NULL);
    free(path);
    free(name);
    return 0;
}

/* ---- Both ---- */

int leak_new(const struct leak_source *training, size_t n, struct leak **out, struct error *err)
{
    struct text text = {0};
    struct leak *leak = *out = calloc(1, sizeof *leak);
    int failed = leak == NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; !failed && k < training[i].corpus->n_posts; k++) {
            const struct post *post = &training[i].corpus->posts[k];
            failed = add_text(leak, post, &text) || add_picture(leak, post, training[i].folder);
        }
    text_free(&text);
    if (!failed)
        return 0;
    leak_free(leak);
    *out = NULL;
    return error_memory(err, "the texts of the training set");
}

int leak_find(const struct leak *leak, const struct post *post, const char *folder, unsigned *kinds_out,
              struct error *err)
{
    bool picture = false;
    char *text = leak_text(post);
    if (!text || find_picture(leak, post, folder, &picture)) {
        free(text);
        return error_memory(err, "the texts of the training set");
    }
    *kinds_out = (*text && name_table_peek(&leak->known_texts, text) ? LEAK_TEXT : 0U) | (picture ? LEAK_PICTURE : 0U);
    free(text);
    return 0;
}
