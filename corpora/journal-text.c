/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/journal-text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *journal_file_name(const char *path, const char *ending, struct error *err)
{
    struct text name = {0};
    text_add(&name, path);
    text_add(&name, ending);
    char *whole = text_take(&name);
    if (!whole)
        error_memory(err, path);
    return whole;
}

/* All bytes of the file; none where it does not exist. */
static int read_file(const char *path, struct text *out, struct error *err)
{
    char buffer[1 << 14];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : error_errno(err, path);
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            error_errno(err, path);
        if (n <= 0) {
            close(fd);
            return n < 0 ? -1 : 0;
        }
        text_add_bytes(out, buffer, (size_t)n);
        if (out->failed) {
            close(fd);
            return error_memory(err, path);
        }
    }
}

/* The next whole line, without its end. */
static bool take_line(struct journal_text *text, struct json_document *out)
{
    const size_t left = text->bytes.n - text->valid_bytes;
    const char *at = left ? text->bytes.bytes + text->valid_bytes : NULL;
    const char *line_end = left ? memchr(at, '\n', left) : NULL;
    if (!line_end)
        return false;
    *out = (struct json_document){.text = at,
                                  .n = (size_t)(line_end - at),
                                  .path = text->path,
                                  .first_line = text->has_header ? text->n_lines + 2 : 1};
    text->valid_bytes += out->n + 1;
    return true;
}

/* Without a line end in it, the file must be what is left of a header. */
static int check_cut_header(const struct journal_text *text, struct error *err)
{
    size_t n = strlen(journal_header_start);
    n = text->bytes.n < n ? text->bytes.n : n;
    if (n && memcmp(text->bytes.bytes, journal_header_start, n) && text->bytes.bytes[0])
        return error_set(err, ERROR_INPUT, "%s:1: this is no journal of mmib", text->path);
    return 0;
}

int journal_text_open(const char *path, struct journal_text *out, struct error *err)
{
    struct json_document document;
    *out = (struct journal_text){.path = strdup(path)};
    int failed = out->path ? read_file(path, &out->bytes, err) : error_memory(err, path);
    if (!failed && take_line(out, &document)) {
        failed = journal_line_get_header(&document, &out->header, err);
        out->has_header = true;
    } else if (!failed) {
        failed = check_cut_header(out, err);
    }
    if (failed)
        journal_text_free(out);
    return failed;
}

static int check_number(const struct journal_text *text, const struct json_document *document, size_t seq,
                        struct error *err)
{
    const size_t expected = text->header.after + text->n_lines + 1;
    return seq == expected ? 0
                           : json_error(document, document->text, err,
                                        "number %zu stands where %zu belongs: lines are missing", seq, expected);
}

int journal_text_next_value(struct journal_text *text, struct json_document *document_out, struct json_value *out,
                            struct error *err)
{
    size_t seq;
    if (!take_line(text, document_out))
        return 0;
    if (json_document_check(document_out, out, err))
        return -1;
    if (!json_whole(json_member(*out, "seq"), &seq))
        return json_error(document_out, out->text, err, "the line has no \"seq\"");
    if (check_number(text, document_out, seq, err))
        return -1;
    text->n_lines++;
    return 1;
}

int journal_text_next(struct journal_text *text, struct journal_line *out, struct error *err)
{
    struct json_document document;
    if (!take_line(text, &document))
        return 0;
    if (journal_line_get(&document, out, err))
        return -1;
    if (check_number(text, &document, out->seq, err)) {
        journal_line_free(out);
        return -1;
    }
    text->n_lines++;
    return 1;
}

void journal_text_free(struct journal_text *text)
{
    text_free(&text->bytes);
    free(text->path);
    *text = (struct journal_text){0};
}
