/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Length of the well-formed sequence at s (Unicode standard, table 3-7), 0 when there is none in n bytes. */
static size_t utf8_sequence(const unsigned char *s, size_t n)
{
    unsigned char low = 0x80, high = 0xbf;
    size_t length;
    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf) {
        length = 2;
    } else if (s[0] >= 0xe0 && s[0] <= 0xef) {
        length = 3;
        low = s[0] == 0xe0 ? 0xa0 : low;
        high = s[0] == 0xed ? 0x9f : high;
    } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        length = 4;
        low = s[0] == 0xf0 ? 0x90 : low;
        high = s[0] == 0xf4 ? 0x8f : high;
    } else {
        return 0;
    }
    if (length > n || s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

size_t utf8_valid_bytes(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t i = 0;
    while (i < n) {
        uint64_t eight; /* most text is ASCII: eight bytes at a look */
        while (n - i >= sizeof eight) {
            memcpy(&eight, s + i, sizeof eight);
            if (eight & 0x8080808080808080u)
                break;
            i += sizeof eight;
        }
        if (i == n)
            break;
        size_t length = utf8_sequence(s + i, n - i);
        if (!length)
            return i;
        i += length;
    }
    return n;
}

size_t utf8_read(const char *text, uint32_t *code_point_out)
{
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80) {
        *code_point_out = s[0];
        return 1;
    }
    size_t length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    uint32_t code_point = s[0] & (0x7f >> length);
    for (size_t i = 1; i < length; i++)
        code_point = code_point << 6 | (s[i] & 0x3f);
    *code_point_out = code_point;
    return length;
}

size_t utf8_write(uint32_t code_point, char out[4])
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 1; code_point >>= 6)
        out[i] = (char)(0x80 | (code_point & 0x3f));
    out[0] = (char)(lead[length] | code_point);
    return length;
}

size_t utf8_code_points(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

int utf8_head(const char *text, size_t limit_bytes)
{
    size_t n = strnlen(text, limit_bytes + 1);
    if (n > limit_bytes)
        for (n = limit_bytes; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
            n--;
    return (int)n;
}

void text_tame(char *text, const char *kept)
{
    for (unsigned char *p = (unsigned char *)text; *p; p++) {
        if ((*p < 0x20 || *p == 0x7f) && !strchr(kept, *p))
            *p = '?';
        else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
            p[0] = p[1] = '?';
    }
}

bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

int text_copy(const char *from, char **out)
{
    *out = from ? strdup(from) : NULL;
    return from && !*out ? -1 : 0;
}

void text_list_free(char **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i]);
    free(list);
}

int text_list_copy(char *const *from, size_t n, char ***out)
{
    *out = NULL;
    if (!n)
        return 0;
    char **list = array_new(n, sizeof *list);
    if (!list)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (text_copy(from[i], &list[i])) {
            text_list_free(list, i);
            return -1;
        }
    }
    *out = list;
    return 0;
}

int text_list_add(char ***list, size_t *n, const char *text)
{
    char **grown = array_grow(*list, *n, sizeof **list);
    if (!grown)
        return -1;
    *list = grown;
    if (!(grown[*n] = strdup(text)))
        return -1;
    ++*n;
    return 0;
}

void *array_new(size_t n, size_t item_bytes)
{
    size_t capacity = 1;
    while (capacity < n) {
        if (capacity > SIZE_MAX / 2)
            return NULL;
        capacity *= 2;
    }
    return calloc(capacity, item_bytes);
}

/* Full at powers of two only. */
void *array_grow(void *array, size_t n, size_t item_bytes)
{
    if (n & (n - 1))
        return array;
    size_t capacity = n ? 2 * n : 1;
    if (capacity < n || capacity > SIZE_MAX / item_bytes)
        return NULL;
    return realloc(array, capacity * item_bytes);
}

static bool text_reserve(struct text *text, size_t more)
{
    if (text->failed)
        return false;
    if (more < text->capacity - text->n)
        return true;
    size_t capacity = text->capacity ? text->capacity : 64;
    while (capacity - text->n <= more) {
        if (capacity > SIZE_MAX / 2) {
            text->failed = true;
            return false;
        }
        capacity *= 2;
    }
    char *bytes = realloc(text->bytes, capacity);
    if (!bytes) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void text_add_bytes(struct text *text, const char *bytes, size_t n)
{
    if (!text_reserve(text, n))
        return;
    memcpy(text->bytes + text->n, bytes, n);
    text->n += n;
    text->bytes[text->n] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_add_char(struct text *text, char c)
{
    text_add_bytes(text, &c, 1);
}

void text_add_format(struct text *text, const char *format, ...)
{
    va_list ap, again;
    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    if (n < 0)
        text->failed = true;
    else if (text_reserve(text, (size_t)n)) {
        vsnprintf(text->bytes + text->n, (size_t)n + 1, format, again);
        text->n += (size_t)n;
    }
    va_end(again);
    va_end(ap);
}

void text_clear(struct text *text)
{
    text->n = 0;
    if (text->bytes)
        text->bytes[0] = '\0';
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

char *text_take(struct text *text)
{
    text_add_bytes(text, "", 0);
    char *bytes = text->failed ? NULL : text->bytes;
    if (!bytes)
        free(text->bytes);
    *text = (struct text){0};
    return bytes;
}
