/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/post-file.h"

#include "corpora/format-native.h"
#include "corpora/post-json.h"
#include "corpora/recent.h"

#include <stdlib.h>
#include <string.h>

struct post_file {
    struct line_index lines;   /* without the header */
    _Atomic(unsigned char) *states; /* [n] */
    uint32_t *changed_at;      /* [n]: 0, or a place in changed, from 1 */
    struct post **changed;
    size_t n_changed;

    struct recent recent;
    struct post kept[POST_FILE_KEPT];
    size_t held; /* SIZE_MAX = none */
    struct line_buffer buffer;
    struct post unreadable;
    bool damaged;
    struct error damage;
};

struct post_file *post_file_new(struct line_index *lines)
{
    struct post_file *file = calloc(1, sizeof *file);
    if (!file) {
        line_index_close(lines);
        return NULL;
    }
    file->lines = *lines;
    *lines = (struct line_index){.fd = -1};
    file->held = SIZE_MAX;
    file->states = calloc(file->lines.n + 1, sizeof *file->states);
    file->changed_at = calloc(file->lines.n + 1, sizeof *file->changed_at);
    if (file->states && file->changed_at && !recent_init(&file->recent, POST_FILE_KEPT) &&
        !text_copy("?", &file->unreadable.id))
        return file;
    post_file_free(file);
    return NULL;
}

void post_file_free(struct post_file *file)
{
    if (!file)
        return;
    for (size_t i = 0; i < file->n_changed; i++) {
        post_free(file->changed[i]);
        free(file->changed[i]);
    }
    for (size_t i = 0; i < POST_FILE_KEPT; i++)
        post_free(&file->kept[i]);
    post_free(&file->unreadable);
    recent_free(&file->recent);
    line_buffer_free(&file->buffer);
    line_index_close(&file->lines);
    free(file->changed);
    free(file->changed_at);
    free(file->states);
    free(file);
}

size_t post_file_count(const struct post_file *file)
{
    return file->lines.n;
}

unsigned char post_file_state(const struct post_file *file, size_t index)
{
    return atomic_load_explicit(&file->states[index], memory_order_relaxed);
}

void post_file_set_state(struct post_file *file, size_t index, unsigned char state)
{
    atomic_store_explicit(&file->states[index], state, memory_order_relaxed);
}

int post_file_damage(const struct post_file *file, struct error *err)
{
    if (file->damaged && err)
        *err = file->damage;
    return file->damaged ? -1 : 0;
}

/* ---- Reading ---- */

static struct json_document line_document(const struct post_file *file, const struct line_buffer *buffer)
{
    return (struct json_document){
        .text = buffer->text, .n = buffer->n, .path = file->lines.path, .first_line = 1};
}

int post_file_read(const struct post_file *file, size_t index, struct line_buffer *buffer, struct post *out,
                   struct error *err)
{
    *out = (struct post){0};
    if (line_index_read(&file->lines, index, buffer, err))
        return -1;
    struct json_document line = line_document(file, buffer);
    if (!native_get_post_line(&line, out, NULL))
        return 0;
    /* Only now it matters which line it is. */
    line.first_line = line_index_number(&file->lines, index);
    return native_get_post_line(&line, out, err) ? -1 : 0;
}

int post_file_double_id(const struct post_file *file, size_t index, const char *id, struct error *err)
{
    const struct json_document line = {
        .text = "", .path = file->lines.path, .first_line = line_index_number(&file->lines, index)};
    return native_double_id(&line, line.text, id, err);
}

struct post *post_file_changed_peek(const struct post_file *file, size_t index)
{
    return file->changed_at[index] ? file->changed[file->changed_at[index] - 1] : NULL;
}

const struct post *post_file_peek(struct post_file *file, size_t index)
{
    struct error err = {0};
    struct post post;
    if (index >= file->lines.n)
        return NULL;
    if (file->changed_at[index])
        return post_file_changed_peek(file, index);
    size_t at = recent_find(&file->recent, index);
    if (at != SIZE_MAX)
        return &file->kept[at];
    if (post_file_read(file, index, &file->buffer, &post, &err)) {
        if (!file->damaged)
            file->damage = err;
        file->damaged = true;
        return &file->unreadable;
    }
    if (file->held != SIZE_MAX && recent_next_out(&file->recent) == file->held)
        recent_find(&file->recent, file->held);
    at = recent_take(&file->recent, index);
    post_free(&file->kept[at]);
    file->kept[at] = post;
    return &file->kept[at];
}

void post_file_hold(struct post_file *file, size_t index)
{
    post_file_peek(file, index);
    file->held = index;
}

struct post *post_file_change(struct post_file *file, size_t index, struct error *err)
{
    struct post **grown, *post;
    if (file->changed_at[index])
        return post_file_changed_peek(file, index);
    if (!(grown = array_grow(file->changed, file->n_changed, sizeof *grown))) {
        error_memory(err, file->lines.path);
        return NULL;
    }
    file->changed = grown;
    if (!(post = malloc(sizeof *post)) || file->n_changed == UINT32_MAX) {
        free(post);
        error_memory(err, file->lines.path);
        return NULL;
    }
    if (post_file_read(file, index, &file->buffer, post, err)) {
        free(post);
        return NULL;
    }
    grown[file->n_changed++] = post;
    file->changed_at[index] = (uint32_t)file->n_changed;
    return post;
}

int post_file_read_all(const struct post_file *file, struct post **out, struct error *err)
{
    struct line_buffer buffer = {0};
    struct post *posts = array_new(file->lines.n, sizeof *posts);
    size_t n = 0;
    int failed = posts ? 0 : error_memory(err, file->lines.path);
    while (!failed && n < file->lines.n) {
        const struct post *changed = post_file_changed_peek(file, n);
        if (!changed)
            failed = post_file_read(file, n, &buffer, &posts[n], err);
        else if (post_copy(changed, &posts[n]))
            failed = error_memory(err, file->lines.path);
        n += !failed;
    }
    line_buffer_free(&buffer);
    while (failed && n)
        post_free(&posts[--n]);
    if (failed)
        free(posts);
    else
        *out = posts;
    return failed;
}

/* ---- Writing ---- */

int post_file_put(const struct post_file *file, size_t index, struct text *out, struct error *err)
{
    const struct post *changed = post_file_changed_peek(file, index);
    struct line_buffer buffer = {0};
    struct post post = {0};
    int failed = 0;
    if (changed)
        post_json_put(out, changed);
    else if (post_file_state(file, index) & (POST_LINE_AS_WRITTEN | POST_LINE_DAMAGED)) {
        if (!(failed = line_index_read(&file->lines, index, &buffer, err)))
            text_add_bytes(out, buffer.text, buffer.n);
    } else if (!(failed = post_file_read(file, index, &buffer, &post, err))) {
        post_json_put(out, &post);
        post_free(&post);
    }
    line_buffer_free(&buffer);
    return failed;
}

void post_file_move(struct post_file *file, struct line_index *lines)
{
    line_index_close(&file->lines);
    file->lines = *lines;
    *lines = (struct line_index){.fd = -1};
    for (size_t i = 0; i < file->lines.n; i++) {
        unsigned char state = post_file_state(file, i);
        post_file_set_state(file, i, state & POST_LINE_DAMAGED ? state : state | POST_LINE_AS_WRITTEN);
    }
}
