/* Golden folders of words: vocab.txt, and words.jsonl with {"word", "ids"} a line.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/golden.h"

#include "corpora/json.h"
#include "model/wordpiece.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GOLDEN_MAX_PIECES = 1024 };

static size_t golden_count_lines(const char *path)
{
    size_t n = 0;
    FILE *file = fopen(path, "r");
    for (int c; file && (c = getc(file)) != EOF;)
        n += c == '\n';
    if (file)
        fclose(file);
    return n;
}

/* Cleaning drops NUL, and no string here can hold one: it is dropped from the line. */
static size_t golden_drop_nul(char *line, size_t length)
{
    static const char escape[] = "\\u0000";
    for (char *at; (at = strstr(line, escape)); length -= sizeof escape - 1)
        memmove(at, at + sizeof escape - 1, strlen(at + sizeof escape - 1) + 1);
    return length;
}

static int golden_check_word(const struct wordpiece *wordpiece, const struct json_document *document,
                             struct golden_report *report, struct error *err)
{
    struct json_value line, item;
    if (json_document_check(document, &line, err))
        return -1;
    int32_t got[GOLDEN_MAX_PIECES];
    struct json_value ids = json_member(line, "ids");
    char *word = json_text(json_member(line, "word"));
    if (!word || json_kind(ids) != JSON_ARRAY) {
        free(word);
        return json_error(document, document->text, err, "no word with ids");
    }
    size_t n = wordpiece_encode(wordpiece, word, got, GOLDEN_MAX_PIECES), i = 0;
    bool same = n == json_count_items(ids);
    struct json_walk walk = json_walk(ids);
    for (; same && json_next_item(&walk, &item); i++)
        same = got[i] == (int32_t)json_number(item);
    report->checked++;
    if (!same)
        golden_fail(report, word, "other pieces than expected (line %zu)", document->first_line);
    free(word);
    return 0;
}

int golden_check_words(const char *directory, struct golden_report *report, struct error *err)
{
    char path[4096], *line = NULL;
    size_t room = 0, number = 0;
    ssize_t length;
    int result = 0;
    golden_path(path, sizeof path, directory, "vocab.txt");
    struct wordpiece *wordpiece = wordpiece_open(path, golden_count_lines(path), true, err);
    if (!wordpiece)
        return -1;
    FILE *file = fopen(golden_path(path, sizeof path, directory, "words.jsonl"), "r");
    if (!file)
        result = error_errno(err, path);
    while (!result && (length = getline(&line, &room, file)) > 0) {
        struct json_document document = {line, golden_drop_nul(line, (size_t)length), path, ++number};
        result = golden_check_word(wordpiece, &document, report, err);
    }
    if (file)
        fclose(file);
    free(line);
    wordpiece_close(wordpiece);
    return result;
}
