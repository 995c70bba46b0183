/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/markdown.h"

#include "corpora/lines.h"
#include "corpora/text.h"
#include "ui/text-cells.h"

#include <md4c.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LISTS_MAX = 24, COLUMNS_MIN = 8, INDENT_MAX = 24 };

struct markdown_list {
    bool ordered, tight;
    unsigned number;
};

/* What is being read. */
struct builder {
    struct text text, styles;
    struct markdown_block *blocks;
    size_t n;
    bool open, failed;     /* a block is; memory is out */
    unsigned style;        /* of the next bytes */
    size_t quotes, lists;  /* how deep */
    struct markdown_list list[LISTS_MAX];
    char marker[MARKDOWN_MARKER_MAX]; /* of an item that has no block yet */
    size_t last_lists;                /* of the block before */
    bool row_begins, in_table;
};

static struct markdown_list *builder_list(struct builder *b)
{
    return b->lists ? &b->list[b->lists > LISTS_MAX ? LISTS_MAX - 1 : b->lists - 1] : NULL;
}

static void builder_close(struct builder *b)
{
    if (b->open)
        b->blocks[b->n - 1].n_bytes = b->text.n - b->blocks[b->n - 1].offset;
    b->open = false;
}

static void builder_open(struct builder *b, enum markdown_kind kind, bool gap)
{
    const struct markdown_list *list = builder_list(b);
    builder_close(b);
    struct markdown_block *grown = array_grow(b->blocks, b->n, sizeof *grown);
    if (!grown) {
        b->failed = true;
        return;
    }
    size_t indent = 3 * b->lists + (kind == MARKDOWN_CODE_BLOCK ? 2 : 0);
    b->blocks = grown;
    b->blocks[b->n] = (struct markdown_block){.kind = kind,
                                              .offset = b->text.n,
                                              .quotes = b->quotes < 4 ? b->quotes : 4,
                                              .indent = indent < INDENT_MAX ? indent : INDENT_MAX,
                                              .gap = b->n && gap && !(list && list->tight && b->last_lists)};
    memcpy(b->blocks[b->n].marker, b->marker, sizeof b->marker);
    b->marker[0] = '\0';
    b->last_lists = b->lists;
    b->open = true;
    b->n++;
}

static void builder_add(struct builder *b, const char *bytes, size_t n)
{
    if (!b->open)
        builder_open(b, MARKDOWN_TEXT, true);
    text_add_bytes(&b->text, bytes, n);
    for (size_t i = 0; i < n; i++)
        text_add_char(&b->styles, (char)b->style);
}

static void builder_open_list(struct markdown_list *list, MD_BLOCKTYPE type, const void *detail)
{
    *list = (struct markdown_list){.ordered = type == MD_BLOCK_OL};
    if (list->ordered) {
        list->tight = ((const MD_BLOCK_OL_DETAIL *)detail)->is_tight;
        list->number = ((const MD_BLOCK_OL_DETAIL *)detail)->start;
    } else {
        list->tight = ((const MD_BLOCK_UL_DETAIL *)detail)->is_tight;
    }
}

static int builder_enter_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct builder *b = context;
    switch (type) {
    case MD_BLOCK_QUOTE:
        builder_close(b);
        b->quotes++;
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        builder_close(b);
        b->lists++;
        builder_open_list(builder_list(b), type, detail);
        break;
    case MD_BLOCK_LI: {
        struct markdown_list *list = builder_list(b);
        builder_close(b);
        if (list && list->ordered)
            snprintf(b->marker, sizeof b->marker, "%u.", list->number++);
        else
            snprintf(b->marker, sizeof b->marker, "•");
        if (((MD_BLOCK_LI_DETAIL *)detail)->is_task)
            snprintf(b->marker, sizeof b->marker, "[%c]", ((MD_BLOCK_LI_DETAIL *)detail)->task_mark);
        break;
    }
    case MD_BLOCK_HR:
        builder_open(b, MARKDOWN_RULE, true);
        builder_close(b);
        break;
    case MD_BLOCK_H:
        builder_open(b, MARKDOWN_TEXT, true);
        b->style |= MARKDOWN_HEADING | MARKDOWN_STRONG;
        break;
    case MD_BLOCK_CODE:
        builder_open(b, MARKDOWN_CODE_BLOCK, true);
        b->style |= MARKDOWN_CODE;
        break;
    case MD_BLOCK_P:
        builder_open(b, MARKDOWN_TEXT, true);
        break;
    case MD_BLOCK_TR:
        builder_open(b, MARKDOWN_TEXT, !b->in_table);
        b->in_table = b->row_begins = true;
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        if (!b->row_begins)
            builder_add(b, " │ ", strlen(" │ "));
        b->row_begins = false;
        b->style |= type == MD_BLOCK_TH ? MARKDOWN_STRONG : 0;
        break;
    default:
        break;
    }
    return b->failed;
}

static int builder_leave_block(MD_BLOCKTYPE type, void *detail, void *context)
{
    struct builder *b = context;
    (void)detail;
    switch (type) {
    case MD_BLOCK_QUOTE:
        builder_close(b);
        b->quotes--;
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        builder_close(b);
        b->lists--;
        break;
    case MD_BLOCK_LI:
        if (b->marker[0]) /* an item without words */
            builder_open(b, MARKDOWN_TEXT, true);
        builder_close(b);
        break;
    case MD_BLOCK_H:
    case MD_BLOCK_CODE:
    case MD_BLOCK_P:
    case MD_BLOCK_TR:
        builder_close(b);
        b->style = 0;
        break;
    case MD_BLOCK_TH:
        b->style &= ~(unsigned)MARKDOWN_STRONG;
        break;
    case MD_BLOCK_TABLE:
        b->in_table = false;
        break;
    default:
        break;
    }
    return b->failed;
}

static unsigned builder_span_style(MD_SPANTYPE type)
{
    switch (type) {
    case MD_SPAN_EM:
        return MARKDOWN_EMPHASIS;
    case MD_SPAN_STRONG:
        return MARKDOWN_STRONG;
    case MD_SPAN_CODE:
        return MARKDOWN_CODE;
    case MD_SPAN_A:
    case MD_SPAN_IMG:
        return MARKDOWN_LINK;
    case MD_SPAN_DEL:
        return MARKDOWN_STRUCK;
    default:
        return 0;
    }
}

static int builder_enter_span(MD_SPANTYPE type, void *detail, void *context)
{
    struct builder *b = context;
    (void)detail;
    b->style |= builder_span_style(type);
    return b->failed;
}

/* Where a link or a picture leads stands behind it, unless its text says so itself. */
static int builder_leave_span(MD_SPANTYPE type, void *detail, void *context)
{
    struct builder *b = context;
    const MD_ATTRIBUTE *to = type == MD_SPAN_A     ? &((MD_SPAN_A_DETAIL *)detail)->href
                             : type == MD_SPAN_IMG ? &((MD_SPAN_IMG_DETAIL *)detail)->src
                                                   : NULL;
    b->style &= ~builder_span_style(type);
    if (to && to->size && !b->text.failed) {
        bool said = b->text.n >= to->size && !memcmp(b->text.bytes + b->text.n - to->size, to->text, to->size);
        if (!said) {
            builder_add(b, " (", 2);
            builder_add(b, to->text, to->size);
            builder_add(b, ")", 1);
        }
    }
    return b->failed;
}

/* "&amp;", "&#233;": the character, or the words themselves where it is not one that people write. */
static void builder_add_entity(struct builder *b, const char *text, size_t n)
{
    static const struct {
        const char *name, *meaning;
    } known[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&nbsp;", " "}, {"&apos;", "'"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) == n && !memcmp(known[i].name, text, n)) {
            builder_add(b, known[i].meaning, 1);
            return;
        }
    }
    unsigned long point = 0;
    if (n > 3 && text[1] == '#')
        point = text[2] == 'x' || text[2] == 'X' ? strtoul(text + 3, NULL, 16) : strtoul(text + 2, NULL, 10);
    if (point >= ' ' && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) {
        char bytes[4];
        size_t length = utf8_write((uint32_t)point, bytes);
        builder_add(b, bytes, length);
    } else {
        builder_add(b, text, n);
    }
}

static int builder_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE n, void *context)
{
    struct builder *b = context;
    switch (type) {
    case MD_TEXT_NULLCHAR:
        builder_add(b, "\xef\xbf\xbd", 3);
        break;
    case MD_TEXT_BR:
        builder_add(b, "\n", 1);
        break;
    case MD_TEXT_SOFTBR:
        builder_add(b, " ", 1);
        break;
    case MD_TEXT_ENTITY:
        builder_add_entity(b, text, n);
        break;
    default:
        builder_add(b, text, n);
        break;
    }
    return b->failed;
}

int markdown_parse(const char *source, size_t n, struct markdown *out, struct error *err)
{
    struct builder b = {0};
    const MD_PARSER parser = {.flags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
                                       MD_FLAG_PERMISSIVEURLAUTOLINKS,
                              .enter_block = builder_enter_block,
                              .leave_block = builder_leave_block,
                              .enter_span = builder_enter_span,
                              .leave_span = builder_leave_span,
                              .text = builder_text};
    *out = (struct markdown){0};
    int code = md_parse(source, (MD_SIZE)n, &parser, &b);
    builder_close(&b);
    out->blocks = b.blocks;
    out->n_blocks = b.n;
    out->text = text_take(&b.text);
    out->styles = (unsigned char *)text_take(&b.styles);
    if (!code && out->text && out->styles)
        return 0;
    markdown_free(out);
    return error_memory(err, "reading the guidelines");
}

int markdown_read(const char *path, struct markdown *out, struct error *err)
{
    struct line_reader reader;
    struct text text = {0};
    char *line;
    size_t n;
    int got, code = -1;
    *out = (struct markdown){0};
    if (line_reader_open(path, &reader, err))
        return -1;
    reader.mixed_ends = true;
    while ((got = line_reader_next(&reader, &line, &n, err)) > 0) {
        text_add_bytes(&text, line, n);
        text_add_char(&text, '\n');
        if (text.n > MARKDOWN_BYTES_MAX) {
            error_set(err, ERROR_INPUT, "%s: guidelines of more than %d bytes", path, MARKDOWN_BYTES_MAX);
            goto done;
        }
    }
    if (!got)
        code = text.failed ? error_memory(err, path) : markdown_parse(text.bytes ? text.bytes : "", text.n, out, err);
done:
    line_reader_close(&reader);
    text_free(&text);
    return code;
}

void markdown_free(struct markdown *markdown)
{
    free(markdown->text);
    free(markdown->styles);
    free(markdown->blocks);
    *markdown = (struct markdown){0};
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static int lines_add(struct markdown_lines *out, struct markdown_line line)
{
    struct markdown_line *grown = array_grow(out->lines, out->n, sizeof *grown);
    if (!grown)
        return -1;
    out->lines = grown;
    out->lines[out->n++] = line;
    return 0;
}

/* How much of text [n bytes] a line of columns takes: up to a line's end or the last blank that fits, at least one
 * character. *next is where the next line begins. */
static size_t lines_break(const char *text, size_t n, size_t columns, bool words, size_t *next)
{
    struct text_cluster cluster;
    size_t used = 0, at = 0, blank = 0;
    for (; at < n && text[at] != '\n' && text_cells_next(text, n, at, &cluster); at += cluster.n_bytes) {
        if (words && text[at] == ' ')
            blank = at;
        if (used + cluster.columns > columns && at)
            break;
        used += cluster.columns;
    }
    if (at >= n || text[at] == '\n') {
        *next = at < n ? at + 1 : n;
        return at;
    }
    size_t end = blank ? blank : at;
    *next = blank ? blank + 1 : at;
    return end;
}

static int lines_add_block(const struct markdown *markdown, size_t index, size_t columns, struct markdown_lines *out)
{
    const struct markdown_block *block = &markdown->blocks[index];
    size_t before = 2 * block->quotes + block->indent, at = 0, next;
    size_t room = columns > before + COLUMNS_MIN ? columns - before : COLUMNS_MIN;
    const char *text = markdown->text + block->offset;
    size_t n = block->n_bytes;
    while (n && text[n - 1] == '\n')
        n--;
    if (block->gap && lines_add(out, (struct markdown_line){.block = SIZE_MAX}))
        return -1;
    do {
        size_t taken = lines_break(text + at, n - at, room, block->kind == MARKDOWN_TEXT, &next);
        if (lines_add(out, (struct markdown_line){index, block->offset + at, taken, at == 0}))
            return -1;
        at += next;
    } while (at < n);
    return 0;
}

int markdown_wrap(const struct markdown *markdown, size_t columns, struct markdown_lines *out, struct error *err)
{
    *out = (struct markdown_lines){0};
    for (size_t i = 0; i < markdown->n_blocks; i++) {
        if (lines_add_block(markdown, i, columns, out)) {
            markdown_lines_free(out);
            return error_memory(err, "showing the guidelines");
        }
    }
    return 0;
}

void markdown_lines_free(struct markdown_lines *lines)
{
    free(lines->lines);
    *lines = (struct markdown_lines){0};
}

size_t markdown_find(const struct markdown *markdown, const struct markdown_lines *lines, size_t from,
                     const char *words)
{
    size_t n = strlen(words);
    for (size_t i = 0; n && i < lines->n; i++) {
        size_t at = (from + i) % lines->n;
        const struct markdown_line *line = &lines->lines[at];
        for (size_t k = 0; line->block != SIZE_MAX && k + n <= line->n_bytes; k++)
            if (!strncasecmp(markdown->text + line->offset + k, words, n))
                return at;
    }
    return lines->n;
}
