/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/formats.h"

#include "corpora/json.h"

#include <string.h>

static const char *const format_names[] = {"unknown", "json", "jsonl", "conll", "mnre", "raw", "gmner", "coco", "text"};
enum { N_FORMATS = sizeof format_names / sizeof *format_names };

enum corpus_format corpus_format_from_name(const char *name)
{
    for (int i = 1; i < N_FORMATS; i++)
        if (!strcmp(format_names[i], name))
            return (enum corpus_format)i;
    return FORMAT_UNKNOWN;
}

enum corpus_format corpus_format_from_path(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    return dot && dot != name ? corpus_format_from_name(dot + 1) : FORMAT_UNKNOWN;
}

const char *corpus_format_name(enum corpus_format format)
{
    return format_names[format];
}

bool corpus_format_has_labels(enum corpus_format format)
{
    return format != FORMAT_RAW && format != FORMAT_TEXT && format != FORMAT_COCO;
}

static bool contains(const char *text, size_t n, const char *word)
{
    size_t length = strlen(word);
    for (const char *p = text; (p = memchr(p, *word, n - (size_t)(p - text))); p++)
        if (n - (size_t)(p - text) >= length && !memcmp(p, word, length))
            return true;
    return false;
}

/* Does the text start with these words, blanks between them or not? */
static bool starts_with(const char *text, size_t n, const char *const words[2])
{
    const char *end = text + n;
    for (int i = 0; i < 2; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(end - text) < length || memcmp(text, words[i], length))
            return false;
        for (text += length; text < end && strchr(" \t", *text);)
            text++;
    }
    return true;
}

/* Is the first value complete on its first line, without posts? Then it is the header of JSON Lines. */
static bool is_jsonl(const char *line, size_t n)
{
    struct json_document document = {line, n, "", 1};
    struct json_value value;
    return !json_document_check(&document, &value, NULL) && !json_member(value, "posts").text;
}

/* Is the first line a post, without a header before it, that is still to be split into tokens? */
static bool is_raw(const char *line, size_t n)
{
    struct json_document document = {line, n, "", 1};
    struct json_value value;
    return !json_document_check(&document, &value, NULL) && json_member(value, "text").text &&
           !json_member(value, "tokens").text;
}

/* Does the text have the name of the native format? */
static bool is_native(const char *text, size_t n)
{
    return *text == '{' && contains(text, n, "\"mmib-corpus\"");
}

/* The format by the first line that is not blank. */
static int sniff_format(struct line_reader *input, const char *head, size_t n, size_t line, enum corpus_format *out,
                        struct error *err)
{
    static const char *const python[2] = {"{", "'token'"}, *const json[2] = {"{", "\"token\""};
    if (line >= 6 && !memcmp(head, "IMGID:", 6))
        *out = FORMAT_CONLL;
    else if (starts_with(head, line, python) || starts_with(head, line, json))
        *out = FORMAT_MNRE;
    else if (is_native(head, n))
        *out = is_jsonl(head, line) ? FORMAT_JSONL : FORMAT_JSON;
    else
        return line_error(input, err, "not a format that mmib knows; --from says which: %s",
                          CORPUS_FORMATS);
    return 0;
}

int format_detect(struct line_reader *input, enum corpus_format *inout, struct error *err)
{
    const char *head;
    size_t n;
    if (!*inout)
        *inout = corpus_format_from_path(input->path);
    if (*inout && *inout != FORMAT_JSONL)
        return 0;
    if (line_reader_head(input, &head, &n, err))
        return -1;
    const char *end = head + n;
    while (head < end && strchr(" \t\r\n", *head) && *head)
        head++;
    n = (size_t)(end - head);
    if (!n)
        return line_error(input, err, "the file is empty");
    const char *newline = memchr(head, '\n', n);
    size_t line = newline ? (size_t)(newline - head) : n;
    if (!*inout)
        return sniff_format(input, head, n, line, inout, err);
    if (!is_native(head, line) && is_raw(head, line))
        *inout = FORMAT_RAW;
    return 0;
}

int corpus_detect_format(const char *path, enum corpus_format *inout, struct error *err)
{
    struct line_reader input;
    if (line_reader_open(path, &input, err))
        return -1;
    int failed = format_detect(&input, inout, err);
    line_reader_close(&input);
    return failed;
}
