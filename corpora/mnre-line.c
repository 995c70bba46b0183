/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/mnre-line.h"

#include <stdlib.h>
#include <string.h>

enum mnre_member { MEMBER_TOKEN = 1, MEMBER_HEAD = 2, MEMBER_TAIL = 4, MEMBER_IMAGE = 8, MEMBER_RELATION = 16 };
enum { MEMBER_ALL = 31, ARGUMENT_NAME = 1, ARGUMENT_SPAN = 2 };

struct mnre_scan {
    struct literal literal;
    struct text text; /* scratch for strings */
};

static int scan_fault(struct mnre_scan *scan, const char *fault)
{
    scan->literal.fault = fault;
    return -1;
}

static size_t scan_at(const struct mnre_scan *scan)
{
    return (size_t)(scan->literal.at - scan->literal.start);
}

static int scan_text(struct mnre_scan *scan, char **out)
{
    if (literal_text(&scan->literal, &scan->text))
        return -1;
    return text_copy(scan->text.bytes, out) ? scan_fault(scan, literal_no_memory) : 0;
}

static int scan_tokens(struct mnre_scan *scan, struct mnre_line *line)
{
    if (!literal_take(&scan->literal, '['))
        return scan_fault(scan, "'token' is not a list");
    while (!literal_take(&scan->literal, ']')) {
        if (line->n_tokens && !literal_take(&scan->literal, ','))
            return scan_fault(scan, "a comma or ']' is expected here");
        if (literal_text(&scan->literal, &scan->text))
            return -1;
        if (text_list_add(&line->tokens, &line->n_tokens, scan->text.bytes))
            return scan_fault(scan, literal_no_memory);
    }
    return 0;
}

static int scan_span(struct mnre_scan *scan, struct mnre_argument *argument)
{
    argument->span_at.start = scan_at(scan);
    if (!literal_take(&scan->literal, '['))
        return scan_fault(scan, "'pos' is not a list of two whole numbers");
    if (literal_whole(&scan->literal, &argument->span[0]))
        return -1;
    if (!literal_take(&scan->literal, ','))
        return scan_fault(scan, "'pos' is not a list of two whole numbers");
    if (literal_whole(&scan->literal, &argument->span[1]))
        return -1;
    if (!literal_take(&scan->literal, ']'))
        return scan_fault(scan, "'pos' is not a list of two whole numbers");
    argument->span_at.end = scan_at(scan);
    while (scan->literal.start[argument->span_at.end - 1] != ']')
        argument->span_at.end--; /* blanks behind the bracket were taken with it */
    return 0;
}

/* Moves to the next member and reads its name into scan->text. 1, 0 at the end of the dictionary, -1. */
static int scan_member(struct mnre_scan *scan, bool first)
{
    if (literal_take(&scan->literal, '}'))
        return 0;
    if (!first && !literal_take(&scan->literal, ','))
        return scan_fault(scan, "a comma or '}' is expected here");
    if (!first && literal_take(&scan->literal, '}'))
        return 0;
    if (literal_text(&scan->literal, &scan->text))
        return -1;
    if (!literal_take(&scan->literal, ':'))
        return scan_fault(scan, "':' is expected here");
    return 1;
}

static int scan_argument(struct mnre_scan *scan, struct mnre_argument *argument)
{
    unsigned seen = 0;
    int got;
    if (!literal_take(&scan->literal, '{'))
        return scan_fault(scan, "'h' and 't' must be dictionaries");
    for (bool first = true; (got = scan_member(scan, first)) > 0; first = false) {
        unsigned member = !strcmp(scan->text.bytes, "name") ? ARGUMENT_NAME
                          : !strcmp(scan->text.bytes, "pos") ? ARGUMENT_SPAN
                                                             : 0;
        if (seen & member)
            return scan_fault(scan, "a member stands twice");
        seen |= member;
        argument->name.start = member == ARGUMENT_NAME ? scan_at(scan) : argument->name.start;
        if (member == ARGUMENT_SPAN ? scan_span(scan, argument)
            : member                ? literal_text(&scan->literal, &scan->text)
                                    : literal_skip(&scan->literal))
            return -1;
        argument->name.end = member == ARGUMENT_NAME ? scan_at(scan) : argument->name.end;
    }
    return got ? got : seen & ARGUMENT_SPAN ? 0 : scan_fault(scan, "'h' and 't' must have a member 'pos'");
}

static enum mnre_member member_of(const char *name)
{
    static const struct {
        const char *name;
        enum mnre_member member;
    } members[] = {{"token", MEMBER_TOKEN}, {"h", MEMBER_HEAD},         {"t", MEMBER_TAIL},
                   {"img_id", MEMBER_IMAGE}, {"image_id", MEMBER_IMAGE}, {"relation", MEMBER_RELATION}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (!strcmp(members[i].name, name))
            return members[i].member;
    return (enum mnre_member)0;
}

static int scan_image(struct mnre_scan *scan, struct mnre_line *line)
{
    static const char *const nothing[] = {"None", "null"};
    for (int i = 0; i < 2; i++) {
        if (!strncmp(scan->literal.at, nothing[i], 4)) {
            scan->literal.at += 4;
            return 0;
        }
    }
    return scan_text(scan, &line->image);
}

static int scan_value(struct mnre_scan *scan, enum mnre_member member, struct mnre_line *line)
{
    switch (member) {
    case MEMBER_TOKEN:
        return scan_tokens(scan, line);
    case MEMBER_HEAD:
        return scan_argument(scan, &line->head);
    case MEMBER_TAIL:
        return scan_argument(scan, &line->tail);
    case MEMBER_IMAGE:
        return scan_image(scan, line);
    case MEMBER_RELATION:
        line->relation_at.start = scan_at(scan);
        if (scan_text(scan, &line->relation))
            return -1;
        line->relation_at.end = scan_at(scan);
        return *line->relation ? 0 : scan_fault(scan, "'relation' is empty");
    default:
        return literal_skip(&scan->literal);
    }
}

static int scan_line(struct mnre_scan *scan, struct mnre_line *line)
{
    static const char *const missing[] = {"the member 'token' is missing", "the member 'h' is missing",
                                          "the member 't' is missing", "the member 'img_id' is missing",
                                          "the member 'relation' is missing"};
    unsigned seen = 0;
    int got;
    if (!literal_take(&scan->literal, '{'))
        return scan_fault(scan, "not a Python or JSON dictionary");
    for (bool first = true; (got = scan_member(scan, first)) > 0; first = false) {
        enum mnre_member member = member_of(scan->text.bytes);
        if (seen & member)
            return scan_fault(scan, "a member stands twice");
        seen |= member;
        if (scan_value(scan, member, line))
            return -1;
    }
    if (got)
        return -1;
    if (*scan->literal.at)
        return scan_fault(scan, "there is more after the dictionary");
    for (size_t i = 0; i < 5; i++)
        if (!(seen & 1u << i))
            return scan_fault(scan, missing[i]);
    if (line->head.span[0] >= line->head.span[1] || line->head.span[1] > line->n_tokens)
        return scan_fault(scan, "the 'pos' of 'h' is not a span of the tokens");
    if (line->tail.span[0] >= line->tail.span[1] || line->tail.span[1] > line->n_tokens)
        return scan_fault(scan, "the 'pos' of 't' is not a span of the tokens");
    return 0;
}

int mnre_line_read(const char *line, struct mnre_line *out, const char **fault_out, size_t *column_out)
{
    struct mnre_scan scan = {.literal = {.start = line, .at = line}};
    *out = (struct mnre_line){0};
    int result = scan_line(&scan, out);
    if (result) {
        *fault_out = scan.literal.fault;
        *column_out = scan_at(&scan) + 1;
        mnre_line_free(out);
    }
    text_free(&scan.text);
    return result;
}

void mnre_line_free(struct mnre_line *line)
{
    text_list_free(line->tokens, line->n_tokens);
    free(line->image);
    free(line->relation);
    *line = (struct mnre_line){0};
}

/* The tokens of a span, joined by blanks. */
static void put_name(struct text *out, const struct mnre_line *line, const size_t span[2], enum literal_manner manner)
{
    struct text name = {0};
    for (size_t i = span[0]; i < span[1]; i++) {
        text_add(&name, i > span[0] ? " " : "");
        text_add(&name, line->tokens[i]);
    }
    if (name.failed)
        out->failed = true;
    else
        literal_put_text(out, name.bytes, manner);
    text_free(&name);
}

static void put_member(struct text *out, const char *name, enum literal_manner manner)
{
    if (out->bytes[out->n - 1] != '{')
        text_add(out, ", ");
    literal_put_text(out, name, manner);
    text_add(out, ": ");
}

static void put_argument(struct text *out, const char *name, const struct mnre_line *line,
                         const struct mnre_argument *argument, enum literal_manner manner)
{
    put_member(out, name, manner);
    text_add_char(out, '{');
    put_member(out, "name", manner);
    put_name(out, line, argument->span, manner);
    put_member(out, "pos", manner);
    text_add_format(out, "[%zu, %zu]}", argument->span[0], argument->span[1]);
}

void mnre_line_put(struct text *out, const struct mnre_line *line, enum literal_manner manner)
{
    text_add_char(out, '{');
    if (out->failed)
        return;
    put_member(out, "token", manner);
    text_add_char(out, '[');
    for (size_t i = 0; i < line->n_tokens; i++) {
        text_add(out, i ? ", " : "");
        literal_put_text(out, line->tokens[i], manner);
    }
    text_add_char(out, ']');
    put_argument(out, "h", line, &line->head, manner);
    put_argument(out, "t", line, &line->tail, manner);
    put_member(out, "img_id", manner);
    literal_put_text(out, line->image ? line->image : "", manner);
    put_member(out, "relation", manner);
    literal_put_text(out, line->relation, manner);
    text_add_char(out, '}');
}

/* A value of the original that is to be replaced. */
struct mnre_patch {
    struct mnre_slice at;
    struct text text;
};

static int patch_compare(const void *a, const void *b)
{
    const struct mnre_patch *x = a, *y = b;
    return x->at.start < y->at.start ? -1 : x->at.start > y->at.start;
}

static size_t patch_argument(struct mnre_patch *patches, const struct mnre_argument *before,
                             const struct mnre_argument *after, const struct mnre_line *wanted,
                             enum literal_manner manner)
{
    size_t n = 0;
    if (before->span[0] == after->span[0] && before->span[1] == after->span[1])
        return 0;
    patches[n].at = before->span_at;
    text_add_format(&patches[n++].text, "[%zu, %zu]", after->span[0], after->span[1]);
    if (before->name.end) {
        patches[n].at = before->name;
        put_name(&patches[n++].text, wanted, after->span, manner);
    }
    return n;
}

static bool same_text(const char *a, const char *b)
{
    return !strcmp(a ? a : "", b ? b : "");
}

bool mnre_line_put_changed(struct text *out, const char *original, const struct mnre_line *wanted,
                           enum literal_manner manner)
{
    struct mnre_patch patches[5] = {0};
    struct mnre_line line;
    const char *fault;
    size_t column, n = 0, at = 0;
    if (mnre_line_read(original, &line, &fault, &column)) {
        out->failed |= fault == literal_no_memory;
        return out->failed;
    }
    bool same = line.n_tokens == wanted->n_tokens && same_text(line.image, wanted->image);
    for (size_t i = 0; same && i < line.n_tokens; i++)
        same = !strcmp(line.tokens[i], wanted->tokens[i]);
    if (same) {
        n += patch_argument(patches + n, &line.head, &wanted->head, wanted, manner);
        n += patch_argument(patches + n, &line.tail, &wanted->tail, wanted, manner);
        if (strcmp(line.relation, wanted->relation)) {
            patches[n].at = line.relation_at;
            literal_put_text(&patches[n++].text, wanted->relation, manner);
        }
        qsort(patches, n, sizeof *patches, patch_compare);
        for (size_t i = 0; i < n; at = patches[i++].at.end) {
            text_add_bytes(out, original + at, patches[i].at.start - at);
            text_add_bytes(out, patches[i].text.bytes ? patches[i].text.bytes : "", patches[i].text.n);
            out->failed |= patches[i].text.failed;
        }
        text_add(out, original + at);
    }
    for (size_t i = 0; i < n; i++)
        text_free(&patches[i].text);
    mnre_line_free(&line);
    return same;
}
