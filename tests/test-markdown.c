/* Guidelines: Markdown in lines, at every width, and whatever it is made of.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/markdown.h"
#include "ui/text-cells.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char source[] = "# Persons\n\nLabel *every* name,\nalso `@user`  \n"
                             "and [the list](https://example.org/list).\n\n"
                             "1. first\n2. second\n   - inner **strong** one\n\n> quoted words\n\n"
                             "```\ncode  line\nsecond\n```\n\n| a | b |\n|---|---|\n| 1 | <x> &amp; &#233; |\n\n"
                             "---\nhttps://a.org\n";

/* The lines as they are drawn, marker and indent included. */
static char *draw(const struct markdown *markdown, const struct markdown_lines *lines)
{
    char *out;
    size_t n;
    FILE *file = open_memstream(&out, &n);
    assert_non_null(file);
    for (size_t i = 0; i < lines->n; i++) {
        const struct markdown_line *line = &lines->lines[i];
        if (line->block != SIZE_MAX) {
            const struct markdown_block *block = &markdown->blocks[line->block];
            for (size_t k = 0; k < block->quotes; k++)
                fputs("> ", file);
            fprintf(file, "%*s", (int)block->indent, line->first ? block->marker : "");
            fprintf(file, "%s%.*s", block->kind == MARKDOWN_RULE ? "----" : "", (int)line->n_bytes,
                    markdown->text + line->offset);
        }
        fputc('\n', file);
    }
    fclose(file);
    return out;
}

static void markdown_has_its_shape(void **state)
{
    (void)state;
    struct markdown markdown;
    struct markdown_lines lines;
    assert_int_equal(markdown_parse(source, strlen(source), &markdown, NULL), 0);
    assert_int_equal(markdown_wrap(&markdown, 60, &lines, NULL), 0);
    char *drawn = draw(&markdown, &lines);
    assert_string_equal(drawn, "Persons\n\nLabel every name, also @user\nand the list (https://example.org/list).\n\n"
                               " 1.first\n 2.second\n   \u2022inner strong one\n\n> quoted words\n\n  code  line\n"
                               "  second\n\na \u2502 b\n1 \u2502 <x> & \u00e9\n\n----\n\nhttps://a.org\n");
    free(drawn);
    const char *every = strstr(markdown.text, "every"), *user = strstr(markdown.text, "@user");
    assert_int_equal(markdown.styles[every - markdown.text], MARKDOWN_EMPHASIS);
    assert_int_equal(markdown.styles[user - markdown.text], MARKDOWN_CODE);
    assert_int_equal(markdown.styles[0], MARKDOWN_HEADING | MARKDOWN_STRONG);
    assert_int_equal(markdown_find(&markdown, &lines, 3, "PERSONS"), 0);
    assert_int_equal(markdown_find(&markdown, &lines, 0, "nowhere"), lines.n);
    markdown_lines_free(&lines);
    markdown_free(&markdown);
}

static void every_line_fits(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "word", " ", "  \n", "\n\n", "- ", "* * ", "> ", "#", "**", "`", "[x](y)", "|", "\u65e5\u672c\u8a9e", "\t",
        "1. ", "\U0001f468\u200d\U0001f469", "```\n", "&#x41;", "\x1b[2J", "a_very_long_word_that_no_line_can_hold",
        "![p](q)", "<b>", "---\n"};
    srand(11);
    for (int round = 0; round < 2000; round++) {
        char text[2048] = "";
        struct markdown markdown;
        struct markdown_lines lines;
        for (int i = rand() % 60; i > 0; i--)
            strcat(text, pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)]);
        assert_int_equal(markdown_parse(text, strlen(text), &markdown, NULL), 0);
        size_t columns = 1 + (size_t)rand() % 60;
        assert_int_equal(markdown_wrap(&markdown, columns, &lines, NULL), 0);
        for (size_t i = 0; i < lines.n; i++) {
            const struct markdown_line *line = &lines.lines[i];
            if (line->block == SIZE_MAX)
                continue;
            const struct markdown_block *block = &markdown.blocks[line->block];
            size_t room = columns > 2 * block->quotes + block->indent + 8 ? columns - 2 * block->quotes - block->indent
                                                                          : 8;
            assert_true(line->offset >= block->offset);
            assert_true(line->offset + line->n_bytes <= block->offset + block->n_bytes);
            assert_true(text_cells_width(markdown.text + line->offset, line->n_bytes) <= room);
        }
        markdown_lines_free(&lines);
        markdown_free(&markdown);
    }
}

static void files_that_are_none(void **state)
{
    (void)state;
    char path[96];
    const char *tmp = getenv("TMPDIR");
    struct markdown markdown;
    struct error err = {0};
    assert_int_equal(markdown_read("/nonexistent/guidelines.md", &markdown, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    snprintf(path, sizeof path, "%s/mmib-guidelines-XXXXXX", tmp && strlen(tmp) < 60 ? tmp : "/tmp");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "fine\n\xff\n", 7), 7);
    assert_int_equal(markdown_read(path, &markdown, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.message, ":2: "));
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(markdown_read(path, &markdown, &err), 0); /* empty */
    assert_int_equal(markdown.n_blocks, 0);
    markdown_free(&markdown);
    close(fd);
    unlink(path);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown_has_its_shape),
        cmocka_unit_test(every_line_fits),
        cmocka_unit_test(files_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
