/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_scan {
    const struct json_document *document;
    const char *at, *end;
    unsigned depth;
    struct error *err;
};

static size_t json_line(const struct json_document *document, const char *at)
{
    size_t line = document->first_line;
    for (const char *p = document->text; p < at && (p = memchr(p, '\n', (size_t)(at - p))); p++)
        line++;
    return line;
}

int json_error(const struct json_document *document, const char *at, struct error *err, const char *format, ...)
{
    char reason[800];
    va_list ap;
    va_start(ap, format);
    vsnprintf(reason, sizeof reason, format, ap);
    va_end(ap);
    return error_set(err, ERROR_INPUT, "%s:%zu: %s", document->path, json_line(document, at), reason);
}

static int scan_error(struct json_scan *scan, const char *reason)
{
    if (scan->at == scan->end)
        return json_error(scan->document, scan->at, scan->err, "the JSON is cut: it ends too early");
    return json_error(scan->document, scan->at, scan->err, "not JSON: %s", reason);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four hexadecimal digits behind "\u"; -1 when they are not there. Moves past them. */
static int scan_hex4(struct json_scan *scan)
{
    int unit = 0;
    for (int i = 0; i < 4; i++, scan->at++) {
        int digit = scan->at < scan->end ? hex_value(*scan->at) : -1;
        if (digit < 0)
            return scan_error(scan, "\\u needs four hexadecimal digits");
        unit = unit * 16 + digit;
    }
    return unit;
}

static int scan_escape(struct json_scan *scan)
{
    if (++scan->at == scan->end)
        return scan_error(scan, "");
    if (*scan->at != 'u') {
        if (!*scan->at || !strchr("\"\\/bfnrt", *scan->at))
            return scan_error(scan, "no such escape in a string");
        scan->at++;
        return 0;
    }
    scan->at++;
    int unit = scan_hex4(scan);
    if (unit < 0)
        return -1;
    if (!unit)
        return scan_error(scan, "a string with a NUL in it");
    if (unit >= 0xdc00 && unit < 0xe000)
        return scan_error(scan, "half of a surrogate pair");
    if (unit < 0xd800 || unit >= 0xe000)
        return 0;
    if (scan->end - scan->at < 2 || scan->at[0] != '\\' || scan->at[1] != 'u')
        return scan_error(scan, "half of a surrogate pair");
    scan->at += 2;
    unit = scan_hex4(scan);
    if (unit >= 0 && (unit < 0xdc00 || unit >= 0xe000))
        return scan_error(scan, "half of a surrogate pair");
    return unit < 0 ? -1 : 0;
}

static int scan_text(struct json_scan *scan)
{
    scan->at++;
    while (scan->at < scan->end && *scan->at != '"') {
        if ((unsigned char)*scan->at < 0x20)
            return scan_error(scan, "a control character or line break inside a string");
        if (*scan->at != '\\')
            scan->at++;
        else if (scan_escape(scan))
            return -1;
    }
    if (scan->at == scan->end)
        return scan_error(scan, "");
    scan->at++;
    return 0;
}

static int scan_digits(struct json_scan *scan)
{
    if (scan->at == scan->end || !is_digit(*scan->at))
        return scan_error(scan, "a number without digits");
    while (scan->at < scan->end && is_digit(*scan->at))
        scan->at++;
    return 0;
}

static int scan_number(struct json_scan *scan)
{
    if (*scan->at == '-')
        scan->at++;
    if (scan->at < scan->end && *scan->at == '0') {
        scan->at++;
        if (scan->at < scan->end && is_digit(*scan->at))
            return scan_error(scan, "a number that starts with 0");
    } else if (scan_digits(scan)) {
        return -1;
    }
    if (scan->at < scan->end && *scan->at == '.') {
        scan->at++;
        if (scan_digits(scan))
            return -1;
    }
    if (scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E')) {
        scan->at++;
        if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
            scan->at++;
        return scan_digits(scan);
    }
    return 0;
}

static int scan_word(struct json_scan *scan, const char *word)
{
    for (; *word; word++, scan->at++)
        if (scan->at == scan->end || *scan->at != *word)
            return scan_error(scan, "a value is expected here");
    return 0;
}

static int scan_value(struct json_scan *scan);

static int scan_member_name(struct json_scan *scan)
{
    if (scan->at == scan->end || *scan->at != '"')
        return scan_error(scan, "a member's name in double quotes is expected here");
    if (scan_text(scan))
        return -1;
    scan->at = skip_blanks(scan->at, scan->end);
    if (scan->at == scan->end || *scan->at != ':')
        return scan_error(scan, "':' is expected after a member's name");
    scan->at = skip_blanks(scan->at + 1, scan->end);
    return 0;
}

/* An array or object, by its closing bracket. */
static int scan_nested(struct json_scan *scan, char close)
{
    if (++scan->depth > JSON_DEPTH_MAX)
        return scan_error(scan, "nested too deeply");
    scan->at = skip_blanks(scan->at + 1, scan->end);
    if (scan->at == scan->end || *scan->at != close) {
        for (;;) {
            if (close == '}' && scan_member_name(scan))
                return -1;
            if (scan_value(scan))
                return -1;
            scan->at = skip_blanks(scan->at, scan->end);
            if (scan->at == scan->end || *scan->at != ',')
                break;
            scan->at = skip_blanks(scan->at + 1, scan->end);
        }
        if (scan->at == scan->end || *scan->at != close)
            return scan_error(scan, close == '}' ? "',' or '}' is expected here" : "',' or ']' is expected here");
    }
    scan->at++;
    scan->depth--;
    return 0;
}

static int scan_value(struct json_scan *scan)
{
    switch (scan->at < scan->end ? *scan->at : '\0') {
    case '{':
        return scan_nested(scan, '}');
    case '[':
        return scan_nested(scan, ']');
    case '"':
        return scan_text(scan);
    case 't':
        return scan_word(scan, "true");
    case 'f':
        return scan_word(scan, "false");
    case 'n':
        return scan_word(scan, "null");
    default:
        if (scan->at < scan->end && (*scan->at == '-' || is_digit(*scan->at)))
            return scan_number(scan);
        return scan_error(scan, "a value is expected here");
    }
}

int json_document_check(const struct json_document *document, struct json_value *out, struct error *err)
{
    size_t valid = utf8_valid_bytes(document->text, document->n);
    if (valid < document->n)
        return json_error(document, document->text + valid, err, "invalid UTF-8");
    const char *end = document->text + document->n;
    struct json_scan scan = {document, skip_blanks(document->text, end), end, 0, err};
    out->text = scan.at;
    if (scan_value(&scan))
        return -1;
    out->n = (size_t)(scan.at - out->text);
    scan.at = skip_blanks(scan.at, end);
    return scan.at < end ? scan_error(&scan, "there is more after the end of the value") : 0;
}

struct json_value json_value_of(const char *text)
{
    struct json_document document = {text, text ? strlen(text) : 0, "", 1};
    struct json_value value;
    return text && !json_document_check(&document, &value, NULL) ? value : (struct json_value){0};
}

/* Below, the text is known to be JSON: these functions only find where things end. */

static const char *after_text(const char *at)
{
    for (at++;; at += 2) {
        while (*at != '"' && *at != '\\') /* steps that do not depend on what was read: several are done at once */
            at++;
        if (*at == '"')
            return at + 1;
    }
}

/* An array or object. Members of members are walked over many times while a post is read, so this is where reading
 * spends its time: what is of no concern costs one look into a table. */
static const char *after_nested(const char *at)
{
    static const bool concerns[256] = {['"'] = true, ['{'] = true, ['}'] = true, ['['] = true, [']'] = true};
    for (size_t depth = 0;;) {
        while (!concerns[(unsigned char)*at])
            at++;
        if (*at == '"') {
            at = after_text(at);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        else if (--depth == 0)
            return at + 1;
        at++;
    }
}

static const char *after_value(const char *at, const char *end)
{
    if (*at == '"')
        return after_text(at);
    if (*at == '{' || *at == '[')
        return after_nested(at);
    while (at < end && *at != ',' && *at != '}' && *at != ']' && !is_blank(*at))
        at++;
    return at;
}

enum json_kind json_kind(struct json_value value)
{
    if (!value.text)
        return JSON_ABSENT;
    switch (*value.text) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_TEXT;
    case 'n':
        return JSON_NULL;
    case 't':
    case 'f':
        return JSON_BOOLEAN;
    default:
        return JSON_NUMBER;
    }
}

struct json_walk json_walk(struct json_value array_or_object)
{
    return (struct json_walk){array_or_object.text + 1, array_or_object.text + array_or_object.n - 1};
}

bool json_is_given(struct json_value value)
{
    return json_kind(value) != JSON_ABSENT && json_kind(value) != JSON_NULL;
}

/* Moves to where the next item starts; false at the end. */
static bool walk_start(struct json_walk *walk)
{
    while (walk->at < walk->end && (is_blank(*walk->at) || *walk->at == ','))
        walk->at++;
    return walk->at < walk->end;
}

bool json_next_item(struct json_walk *walk, struct json_value *item)
{
    if (!walk_start(walk))
        return false;
    const char *after = after_value(walk->at, walk->end);
    *item = (struct json_value){walk->at, (size_t)(after - walk->at)};
    walk->at = after;
    return true;
}

bool json_next_member(struct json_walk *walk, struct json_value *name, struct json_value *value)
{
    if (!json_next_item(walk, name))
        return false;
    walk->at = skip_blanks(skip_blanks(walk->at, walk->end) + 1, walk->end);
    return json_next_item(walk, value);
}

bool json_text_is(struct json_value text, const char *string)
{
    if (json_kind(text) != JSON_TEXT)
        return false;
    size_t n = strlen(string);
    if (text.n == n + 2 && !memcmp(text.text + 1, string, n))
        return !memchr(string, '\\', n);
    if (text.n <= n + 2 || !memchr(text.text, '\\', text.n)) /* an escape is longer than what it stands for */
        return false;
    char *decoded = json_text(text);
    bool equal = decoded && !strcmp(decoded, string);
    free(decoded);
    return equal;
}

struct json_value json_member(struct json_value value, const char *name)
{
    if (json_kind(value) == JSON_OBJECT) {
        struct json_walk walk = json_walk(value);
        struct json_value key, member;
        while (json_next_member(&walk, &key, &member))
            if (json_text_is(key, name))
                return member;
    }
    return (struct json_value){0};
}

static int collect_extra(struct text *extra, struct json_value name, struct json_value value)
{
    text_add(extra, extra->n ? ", " : "{");
    text_add_bytes(extra, name.text, name.n);
    text_add(extra, ": ");
    json_put_value(extra, value);
    return extra->failed ? -1 : 0;
}

int json_collect(const struct json_document *document, struct json_value object, const char *what,
                 const char *const *names, struct json_value *values_out, char **extra_out, struct error *err)
{
    struct text extra = {0};
    struct json_value name, value;
    size_t next = 0;
    *extra_out = NULL;
    if (json_kind(object) != JSON_OBJECT)
        return json_error(document, object.text, err, "%s is not a JSON object", what);
    for (size_t i = 0; names[i]; i++)
        values_out[i] = (struct json_value){0};
    struct json_walk walk = json_walk(object);
    while (json_next_member(&walk, &name, &value)) {
        /* Members often stand in the order of the list. */
        size_t i = names[next] && json_text_is(name, names[next]) ? next : 0;
        while (names[i] && !json_text_is(name, names[i]))
            i++;
        next = names[i] ? i + 1 : next;
        if (!names[i]) {
            if (!collect_extra(&extra, name, value))
                continue;
            text_free(&extra);
            return error_memory(err, document->path);
        }
        if (values_out[i].text) {
            text_free(&extra);
            return json_error(document, name.text, err, "%s has two members \"%s\"", what, names[i]);
        }
        values_out[i] = value;
    }
    if (extra.n) {
        text_add_char(&extra, '}');
        if (!(*extra_out = text_take(&extra)))
            return error_memory(err, document->path);
    }
    return 0;
}

size_t json_count_items(struct json_value array)
{
    size_t n = 0;
    struct json_walk walk = json_walk(array);
    struct json_value item;
    while (json_next_item(&walk, &item))
        n++;
    return n;
}

char *json_text(struct json_value text)
{
    if (!memchr(text.text, '\\', text.n))
        return strndup(text.text + 1, text.n - 2);
    cJSON *item = cJSON_ParseWithLength(text.text, text.n);
    char *decoded = item && item->valuestring ? strdup(item->valuestring) : NULL;
    cJSON_Delete(item);
    return decoded;
}

double json_number(struct json_value number)
{
    char digits[64]; /* enough for any number that was printed from a double */
    if (number.n < sizeof digits) {
        memcpy(digits, number.text, number.n);
        digits[number.n] = '\0';
        return strtod(digits, NULL);
    }
    char *copy = strndup(number.text, number.n);
    double value = copy ? strtod(copy, NULL) : HUGE_VAL;
    free(copy);
    return value;
}

bool json_true(struct json_value value)
{
    return json_kind(value) == JSON_BOOLEAN && *value.text == 't';
}

bool json_whole(struct json_value value, size_t *out)
{
    if (json_kind(value) != JSON_NUMBER)
        return false;
    double number = json_number(value);
    if (!(number >= 0 && number <= 9007199254740992.0) || number != floor(number))
        return false;
    *out = (size_t)number;
    return true;
}

void json_put_text(struct text *out, const char *string)
{
    text_add_char(out, '"');
    const char *clean = string; /* start of what can be copied as it is */
    const char *p = string;
    for (; *p; p++) {
        unsigned char c = (unsigned char)*p, next = (unsigned char)p[1];
        bool c1 = c == 0xc2 && next < 0xa0;
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f && !c1)
            continue;
        text_add_bytes(out, clean, (size_t)(p - clean));
        if (c == '"' || c == '\\')
            text_add_format(out, "\\%c", c);
        else if (c == '\n')
            text_add(out, "\\n");
        else if (c == '\t')
            text_add(out, "\\t");
        else
            text_add_format(out, "\\u%04x", c1 ? next : c);
        p += c1;
        clean = p + 1;
    }
    text_add_bytes(out, clean, (size_t)(p - clean));
    text_add_char(out, '"');
}

void json_put_whole(struct text *out, size_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    text_add_bytes(out, digits + at, sizeof digits - at);
}

void json_put_number(struct text *out, double number)
{
    char digits[32];
    if (number > 0 && number < 1e15 && number == floor(number)) { /* most are: boxes, above all */
        json_put_whole(out, (size_t)number);
        return;
    }
    for (int precision = 15; precision <= 17; precision++) { /* %g drops zeros at the end */
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            break;
    }
    text_add(out, digits);
}

void json_put_value(struct text *out, struct json_value value)
{
    const char *end = value.text + value.n;
    for (const char *p = value.text; p < end;) {
        if (*p == '"') {
            const char *after = after_text(p);
            text_add_bytes(out, p, (size_t)(after - p));
            p = after;
            continue;
        }
        if (!is_blank(*p))
            text_add_char(out, *p);
        if (*p == ',' || *p == ':')
            text_add_char(out, ' ');
        p++;
    }
}

void json_put_extra(struct text *out, const char *extra)
{
    size_t n = extra ? strlen(extra) : 0;
    if (n <= 2)
        return;
    if (out->n && out->bytes[out->n - 1] != '{')
        text_add(out, ", ");
    text_add_bytes(out, extra + 1, n - 2);
}

void json_put_name(struct text *out, const char *name)
{
    if (out->n && out->bytes[out->n - 1] != '{')
        text_add(out, ", ");
    json_put_text(out, name);
    text_add(out, ": ");
}

void json_put_list(struct text *out, const char *name, char *const *texts, size_t n)
{
    json_put_name(out, name);
    text_add_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        text_add(out, i ? ", " : "");
        json_put_text(out, texts[i]);
    }
    text_add_char(out, ']');
}
