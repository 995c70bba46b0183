/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/prompt.h"

#include "ui/text-cells.h"

#include <ncurses.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#define CTRL(letter) ((letter) - '@')

/* Where the cluster before the cursor begins; 0 at the start. */
static size_t prompt_before(const struct prompt *prompt)
{
    struct text_cluster cluster;
    size_t at = 0;
    while (at < prompt->cursor && text_cells_next(prompt->text, prompt->n, at, &cluster)) {
        if (at + cluster.n_bytes >= prompt->cursor)
            return at;
        at += cluster.n_bytes;
    }
    return 0;
}

static size_t prompt_behind(const struct prompt *prompt)
{
    struct text_cluster cluster;
    return text_cells_next(prompt->text, prompt->n, prompt->cursor, &cluster) ? prompt->cursor + cluster.n_bytes
                                                                              : prompt->n;
}

/* Takes out the bytes from .. to; the cursor stands there then. */
static void prompt_cut(struct prompt *prompt, size_t from, size_t to)
{
    memmove(prompt->text + from, prompt->text + to, prompt->n - to + 1);
    prompt->n -= to - from;
    prompt->cursor = from;
}

static void prompt_cut_word(struct prompt *prompt)
{
    size_t from = prompt->cursor;
    while (from && prompt->text[from - 1] == ' ')
        from--;
    while (from && prompt->text[from - 1] != ' ')
        from--;
    prompt_cut(prompt, from, prompt->cursor);
}

static bool prompt_insert(struct prompt *prompt, keymap_key key)
{
    utf8proc_uint8_t bytes[4];
    if (key == '\n' || key == '\r' || key == '\t')
        key = ' ';
    if (key < ' ' || key == 127 || (key >= 0x80 && key < 0xa0) || !utf8proc_codepoint_valid(key))
        return false;
    size_t n = (size_t)utf8proc_encode_char(key, bytes);
    if (prompt->n + n > PROMPT_BYTES_MAX)
        return true;
    memmove(prompt->text + prompt->cursor + n, prompt->text + prompt->cursor, prompt->n - prompt->cursor + 1);
    memcpy(prompt->text + prompt->cursor, bytes, n);
    prompt->n += n;
    prompt->cursor += n;
    return true;
}

void prompt_open(struct prompt *prompt, enum prompt_purpose purpose, const char *title, const char *text)
{
    size_t n = text ? strlen(text) : 0;
    if (n > PROMPT_BYTES_MAX)
        for (n = PROMPT_BYTES_MAX; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
            n--;
    prompt->purpose = purpose;
    snprintf(prompt->title, sizeof prompt->title, "%s", title);
    if (n)
        memcpy(prompt->text, text, n);
    prompt->text[n] = '\0';
    prompt->n = prompt->cursor = n;
}

bool prompt_key(struct prompt *prompt, keymap_key key)
{
    switch (key) {
    case KEYMAP_FUNCTION + KEY_LEFT:
    case CTRL('B'):
        prompt->cursor = prompt_before(prompt);
        return true;
    case KEYMAP_FUNCTION + KEY_RIGHT:
    case CTRL('F'):
        prompt->cursor = prompt_behind(prompt);
        return true;
    case KEYMAP_FUNCTION + KEY_HOME:
    case CTRL('A'):
        prompt->cursor = 0;
        return true;
    case KEYMAP_FUNCTION + KEY_END:
    case CTRL('E'):
        prompt->cursor = prompt->n;
        return true;
    case KEYMAP_FUNCTION + KEY_BACKSPACE:
    case CTRL('H'):
    case 127:
        prompt_cut(prompt, prompt_before(prompt), prompt->cursor);
        return true;
    case KEYMAP_FUNCTION + KEY_DC:
        prompt_cut(prompt, prompt->cursor, prompt_behind(prompt));
        return true;
    case CTRL('K'):
        prompt_cut(prompt, prompt->cursor, prompt->n);
        return true;
    case CTRL('U'):
        prompt_cut(prompt, 0, prompt->cursor);
        return true;
    case CTRL('W'):
        prompt_cut_word(prompt);
        return true;
    default:
        return prompt_insert(prompt, key);
    }
}
