/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/literal.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

enum { LITERAL_DEPTH_MAX = 64 };

const char literal_no_memory[] = "out of memory";

static int literal_fault(struct literal *literal, const char *fault)
{
    literal->fault = fault;
    return -1;
}

static void skip_blanks(struct literal *literal)
{
    literal->at += strspn(literal->at, " \t");
}

bool literal_take(struct literal *literal, char c)
{
    const char *at = literal->at + strspn(literal->at, " \t");
    if (*at != c)
        return false;
    literal->at = at + 1;
    skip_blanks(literal);
    return true;
}

/* n hexadecimal digits; -1 when there are fewer. */
static long take_hex(struct literal *literal, int n)
{
    static const char digits[] = "0123456789abcdef";
    long value = 0;
    for (int i = 0; i < n; i++, literal->at++) {
        const char *digit = *literal->at ? strchr(digits, tolower((unsigned char)*literal->at)) : NULL;
        if (!digit)
            return literal_fault(literal, "an escape with too few hexadecimal digits");
        value = value * 16 + (digit - digits);
    }
    return value;
}

/* The code point of an escape by number, at the letter behind the backslash. */
static long take_code_point(struct literal *literal)
{
    char kind = *literal->at++;
    long first = take_hex(literal, kind == 'x' ? 2 : kind == 'u' ? 4 : 8);
    if (first < 0xd800 || first > 0xdfff)
        return first <= 0x10ffff ? first : literal_fault(literal, "an escape for no character");
    long second = -1;
    if (first < 0xdc00 && !strncmp(literal->at, "\\u", 2)) {
        literal->at += 2;
        second = take_hex(literal, 4);
    }
    if (second < 0xdc00 || second > 0xdfff)
        return literal_fault(literal, "half of a surrogate pair");
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

static int take_escape(struct literal *literal, char quote, struct text *out)
{
    static const char letters[] = "\\'\"/abfnrtv", meanings[] = "\\'\"/\a\b\f\n\r\t\v";
    char c = *literal->at;
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter && (c != '/' || quote == '"')) { /* JSON has \/, Python has not */
        text_add_char(out, meanings[letter - letters]);
        literal->at++;
        return 0;
    }
    long code_point = 0;
    if (c == 'x' || c == 'u' || c == 'U') {
        code_point = take_code_point(literal);
    } else if (c >= '0' && c <= '7') {
        for (int i = 0; i < 3 && *literal->at >= '0' && *literal->at <= '7'; i++)
            code_point = code_point * 8 + (*literal->at++ - '0');
    } else {
        text_add_char(out, '\\'); /* an escape that Python does not know stands for itself */
        return c ? 0 : literal_fault(literal, "a string that is not closed");
    }
    if (code_point < 0)
        return -1;
    if (!code_point)
        return literal_fault(literal, "a string with a NUL in it");
    char bytes[4];
    text_add_bytes(out, bytes, utf8_write((uint32_t)code_point, bytes));
    return 0;
}

int literal_text(struct literal *literal, struct text *out)
{
    skip_blanks(literal);
    if ((*literal->at == 'u' || *literal->at == 'U') && (literal->at[1] == '\'' || literal->at[1] == '"'))
        literal->at++;
    char quote = *literal->at;
    if (quote != '\'' && quote != '"')
        return literal_fault(literal, "a string is expected here");
    literal->at++;
    text_clear(out);
    text_add_bytes(out, "", 0);
    const char closing[] = {quote, '\\', '\0'};
    for (;;) {
        size_t plain = strcspn(literal->at, closing);
        text_add_bytes(out, literal->at, plain);
        literal->at += plain;
        if (!*literal->at)
            return literal_fault(literal, "a string that is not closed");
        if (*literal->at++ == quote)
            break;
        if (take_escape(literal, quote, out))
            return -1;
    }
    return out->failed ? literal_fault(literal, literal_no_memory) : 0;
}

int literal_whole(struct literal *literal, size_t *out)
{
    skip_blanks(literal);
    if (!isdigit((unsigned char)*literal->at))
        return literal_fault(literal, "a whole number is expected here");
    *out = 0;
    for (; isdigit((unsigned char)*literal->at); literal->at++) {
        if (*out > SIZE_MAX / 10 - 1)
            return literal_fault(literal, "a number that is too large");
        *out = *out * 10 + (size_t)(*literal->at - '0');
    }
    return 0;
}

static int skip_value(struct literal *literal, struct text *scratch, unsigned depth)
{
    skip_blanks(literal);
    char open = *literal->at, close = open == '{' ? '}' : open == '[' ? ']' : open == '(' ? ')' : '\0';
    if (open == '\'' || open == '"' || ((open == 'u' || open == 'U') && strchr("'\"", literal->at[1])))
        return literal_text(literal, scratch);
    if (!close) {
        size_t n = strspn(literal->at, "+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
        literal->at += n;
        return n ? 0 : literal_fault(literal, "a value is expected here");
    }
    if (depth == LITERAL_DEPTH_MAX)
        return literal_fault(literal, "nested too deeply");
    for (literal_take(literal, open); !literal_take(literal, close);) {
        if (skip_value(literal, scratch, depth + 1))
            return -1;
        if (open == '{' && !literal_take(literal, ':'))
            return literal_fault(literal, "':' is expected here");
        if (open == '{' && skip_value(literal, scratch, depth + 1))
            return -1;
        if (!literal_take(literal, ',')) {
            if (literal_take(literal, close))
                break;
            return literal_fault(literal, "a comma or closing bracket is expected here");
        }
    }
    return 0;
}

int literal_skip(struct literal *literal)
{
    struct text scratch = {0};
    int result = skip_value(literal, &scratch, 0);
    text_free(&scratch);
    return result;
}

/* As str.isprintable() has it: no separators but the blank, no controls, nothing unassigned. */
static bool is_printable(uint32_t code_point)
{
    if (code_point < 0x7f)
        return code_point >= 0x20;
    switch (utf8proc_category((utf8proc_int32_t)code_point)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return true;
    }
}

static void put_python_escape(struct text *out, uint32_t code_point)
{
    if (code_point == '\n')
        text_add(out, "\\n");
    else if (code_point == '\r')
        text_add(out, "\\r");
    else if (code_point == '\t')
        text_add(out, "\\t");
    else
        text_add_format(out, code_point < 0x100 ? "\\x%02x" : code_point < 0x10000 ? "\\u%04x" : "\\U%08x", code_point);
}

static void put_json_escape(struct text *out, uint32_t code_point)
{
    static const char codes[] = "\b\f\n\r\t", letters[] = "bfnrt";
    const char *code = code_point < 0x20 ? strchr(codes, (int)code_point) : NULL;
    if (code)
        text_add_format(out, "\\%c", letters[code - codes]);
    else if (code_point < 0x10000)
        text_add_format(out, "\\u%04x", code_point);
    else
        text_add_format(out, "\\u%04x\\u%04x", 0xd800 + ((code_point - 0x10000) >> 10),
                        0xdc00 + ((code_point - 0x10000) & 0x3ff));
}

void literal_put_text(struct text *out, const char *string, enum literal_manner manner)
{
    bool python = manner == LITERAL_PYTHON;
    char quote = python && (!strchr(string, '\'') || strchr(string, '"')) ? '\'' : '"';
    text_add_char(out, quote);
    while (*string) {
        uint32_t code_point;
        size_t length = utf8_read(string, &code_point);
        bool plain = python                         ? is_printable(code_point)
                     : manner == LITERAL_JSON_ASCII ? code_point >= 0x20 && code_point < 0x7f
                                                    : code_point >= 0x20;
        if (code_point == (unsigned char)quote || code_point == '\\')
            text_add_char(out, '\\');
        if (plain)
            text_add_bytes(out, string, length);
        else if (python)
            put_python_escape(out, code_point);
        else
            put_json_escape(out, code_point);
        string += length;
    }
    text_add_char(out, quote);
}
