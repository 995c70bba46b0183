/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/text-cells.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

enum {
    ELLIPSIS = 0x2026,
    REPLACEMENT = 0xfffd,
    DOTTED_CIRCLE = 0x25cc,
    OPEN_BOX = 0x2423,
    NEWLINE_SYMBOL = 0x2424,
    ZERO_WIDTH_NON_JOINER = 0x200c,
    ZERO_WIDTH_JOINER = 0x200d,
};

/* A code point, or REPLACEMENT for one byte that starts none. */
static utf8proc_int32_t text_decode(const char *text, size_t n, size_t *n_bytes_out)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t got =
        utf8proc_iterate((const utf8proc_uint8_t *)text, n < 4 ? (utf8proc_ssize_t)n : 4, &point);
    if (got > 0) {
        *n_bytes_out = (size_t)got;
        return point;
    }
    *n_bytes_out = 1;
    return REPLACEMENT;
}

static bool text_is_variation_selector(utf8proc_int32_t c)
{
    return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef) || (c >= 0x180b && c <= 0x180d);
}

/* Characters that change how others look and show nothing themselves: fine behind a base, a symbol alone. */
static bool text_is_silent(utf8proc_int32_t c)
{
    return text_is_variation_selector(c) || c == ZERO_WIDTH_JOINER || c == ZERO_WIDTH_NON_JOINER ||
           (c >= 0xe0000 && c <= 0xe007f);
}

/* What stands for a code point that begins a cluster; itself where it may be shown. */
static wchar_t text_symbol(utf8proc_int32_t c)
{
    if (c < 0x20)
        return 0x2400 + c;
    if (c == 0x7f)
        return 0x2421;
    if (c == 0xa0)
        return OPEN_BOX;
    if (text_is_silent(c))
        return DOTTED_CIRCLE;
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
        return REPLACEMENT;
    case UTF8PROC_CATEGORY_CF:
        return c >= 0x600 && c <= 0x605 ? c : REPLACEMENT; /* the Arabic number signs are to be seen */
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return NEWLINE_SYMBOL;
    default:
        return wcwidth(c) < 0 ? REPLACEMENT : c;
    }
}

static void cluster_add_glyph(struct text_cluster *cluster, wchar_t base)
{
    int columns = wcwidth(base);
    if (columns < 1) { /* no UTF-8 locale */
        base = base == ELLIPSIS ? '.' : '?';
        columns = 1;
    }
    size_t i = cluster->n_glyphs++;
    cluster->glyphs[i].text[0] = base;
    cluster->glyphs[i].columns = (size_t)columns;
    cluster->columns += (size_t)columns;
}

static void cluster_add_mark(struct text_cluster *cluster, wchar_t mark)
{
    wchar_t *text = cluster->glyphs[cluster->n_glyphs - 1].text;
    size_t n = wcslen(text);
    if (n < TEXT_CELLS_MARKS + 1)
        text[n] = mark;
}

bool text_cells_next(const char *text, size_t n, size_t offset, struct text_cluster *out)
{
    if (offset >= n)
        return false;
    memset(out, 0, sizeof *out);
    size_t step;
    utf8proc_int32_t point = text_decode(text + offset, n - offset, &step);
    bool is_picture = utf8proc_get_property(point)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
    out->offset = offset;
    wchar_t base = text_symbol(point);
    bool is_mark = wcwidth(base) == 0;
    cluster_add_glyph(out, is_mark ? DOTTED_CIRCLE : base);
    if (is_mark)
        cluster_add_mark(out, base);
    utf8proc_int32_t state = 0;
    for (size_t at = offset + step;; at += step) {
        out->n_bytes = at - offset;
        if (at >= n)
            return true;
        utf8proc_int32_t following = text_decode(text + at, n - at, &step);
        if (utf8proc_grapheme_break_stateful(point, following, &state))
            return true;
        point = following;
        if (is_picture || text_is_silent(point))
            continue;
        wchar_t shown = text_symbol(point);
        if (wcwidth(shown) == 0)
            cluster_add_mark(out, shown);
        else if (out->n_glyphs < TEXT_CELLS_GLYPHS)
            cluster_add_glyph(out, shown);
    }
}

size_t text_cells_width(const char *text, size_t n)
{
    size_t columns = 0;
    struct text_cluster cluster;
    for (size_t at = 0; text_cells_next(text, n, at, &cluster); at += cluster.n_bytes)
        columns += cluster.columns;
    return columns;
}

/* How many bytes of the text to show in columns cells: all, or what leaves a cell for the ellipsis. */
static size_t text_cells_fit(const char *text, size_t n, size_t columns)
{
    size_t used = 0, end = 0;
    struct text_cluster cluster;
    for (size_t at = 0; text_cells_next(text, n, at, &cluster); at += cluster.n_bytes) {
        used += cluster.columns;
        if (used > columns)
            return end;
        if (used < columns)
            end = at + cluster.n_bytes;
    }
    return n;
}

static void text_cells_add(WINDOW *window, const wchar_t *text)
{
    cchar_t cell;
    if (setcchar(&cell, text, A_NORMAL, 0, NULL) == OK)
        wadd_wch(window, &cell);
}

size_t text_cells_put(WINDOW *window, int y, int x, size_t columns, const char *text, size_t n)
{
    if (y < 0 || x < 0 || y >= getmaxy(window) || x >= getmaxx(window))
        return 0;
    size_t room = (size_t)(getmaxx(window) - x), used = 0;
    if (columns > room)
        columns = room;
    if (columns == 0 || n == 0)
        return 0;
    size_t end = text_cells_fit(text, n, columns);
    struct text_cluster cluster;
    wmove(window, y, x);
    for (size_t at = 0; at < end && text_cells_next(text, n, at, &cluster); at += cluster.n_bytes) {
        for (size_t i = 0; i < cluster.n_glyphs; i++)
            text_cells_add(window, cluster.glyphs[i].text);
        used += cluster.columns;
    }
    if (end < n) {
        text_cells_add(window, wcwidth(ELLIPSIS) == 1 ? L"\u2026" : L".");
        used++;
    }
    return used;
}

size_t text_cells_puts(WINDOW *window, int y, int x, size_t columns, const char *text)
{
    return text ? text_cells_put(window, y, x, columns, text, strlen(text)) : 0;
}

char *text_cells_clean(const char *text, size_t n, size_t columns, size_t *columns_out)
{
    size_t end = columns ? text_cells_fit(text, n, columns) : 0;
    size_t used = 0, length = 0;
    struct text_cluster cluster;
    /* A byte of text can become a symbol of three; a cluster is never longer than its glyphs. */
    size_t size = 0;
    for (size_t at = 0; at < end && text_cells_next(text, n, at, &cluster); at += cluster.n_bytes)
        size += sizeof cluster.glyphs;
    char *clean = malloc(size + 8);
    if (!clean)
        return NULL;
    for (size_t at = 0; at < end && text_cells_next(text, n, at, &cluster); at += cluster.n_bytes) {
        for (size_t i = 0; i < cluster.n_glyphs; i++)
            for (const wchar_t *c = cluster.glyphs[i].text; *c; c++)
                length += (size_t)utf8proc_encode_char(*c, (utf8proc_uint8_t *)clean + length);
        used += cluster.columns;
    }
    if (end < n && columns) {
        length += (size_t)utf8proc_encode_char(ELLIPSIS, (utf8proc_uint8_t *)clean + length);
        used++;
    }
    clean[length] = 0;
    if (columns_out)
        *columns_out = used;
    return clean;
}
