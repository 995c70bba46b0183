/* SPDX-License-Identifier: Apache-2.0
 *
 * Sequences that curses hands over in single characters and that are dealt with here:
 *   CSI 200 ~, CSI 201 ~   a paste begins, ends
 *   CSI ... final          unknown keys and late answers: dropped
 *   OSC, DCS ... ST, BEL   late answers: dropped
 *   SS3 j..y, M            keys of the numeric pad in application mode */
#include "ui/key-reader.h"

#include <poll.h>
#include <string.h>
#include <utf8proc.h>

enum { ESCAPE = 27, REST_WAIT_MS = 25 };

static void key_reader_push(struct key_reader *reader, wint_t key, bool is_code)
{
    if (reader->n < KEY_READER_QUEUE)
        reader->queue[reader->n++] = (struct key_reader_key){key, is_code};
}

static void key_reader_drop(struct key_reader *reader, size_t n)
{
    reader->n -= n;
    memmove(reader->queue, reader->queue + n, reader->n * sizeof *reader->queue);
}

/* Terminals send arrows in two ways, and terminfo names one of them: take both. */
static void key_reader_define_arrows(void)
{
    static const struct {
        char final;
        int key;
    } arrows[] = {{'A', KEY_UP}, {'B', KEY_DOWN}, {'C', KEY_RIGHT}, {'D', KEY_LEFT}, {'H', KEY_HOME}, {'F', KEY_END}};
    for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
        char csi[] = {ESCAPE, '[', arrows[i].final, '\0'}, ss3[] = {ESCAPE, 'O', arrows[i].final, '\0'};
        if (!key_defined(csi))
            define_key(csi, arrows[i].key);
        if (!key_defined(ss3))
            define_key(ss3, arrows[i].key);
    }
}

int key_reader_open(struct key_reader *reader, int fd, const unsigned char *typed, size_t n_typed)
{
    memset(reader, 0, sizeof *reader);
    reader->fd = fd;
    reader->window = newpad(1, 1);
    if (!reader->window)
        return -1;
    keypad(reader->window, TRUE);
    meta(reader->window, TRUE);
    nodelay(reader->window, TRUE);
    key_reader_define_arrows();
    for (size_t at = 0; at < n_typed;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t step = utf8proc_iterate(typed + at, (utf8proc_ssize_t)(n_typed - at), &point);
        if (step > 0)
            key_reader_push(reader, (wint_t)point, false);
        at += step > 0 ? (size_t)step : 1;
    }
    return 0;
}

void key_reader_close(struct key_reader *reader)
{
    if (reader->window)
        delwin(reader->window);
    reader->window = NULL;
}

/* Moves what is there into the queue. */
static void key_reader_fill(struct key_reader *reader)
{
    wint_t key;
    int got;
    while (reader->n < KEY_READER_QUEUE && (got = wget_wch(reader->window, &key)) != ERR) {
        if (got != KEY_CODE_YES || key != KEY_RESIZE) /* the screen sees to sizes itself */
            key_reader_push(reader, key, got == KEY_CODE_YES);
        if (got == KEY_CODE_YES && key == KEY_MOUSE)
            return; /* curses keeps few of these: each is fetched before the next is read */
    }
}

/* Fills until the queue has more than n keys, waiting a moment for the rest of a sequence. */
static bool key_reader_wait(struct key_reader *reader, size_t n)
{
    if (reader->n <= n)
        key_reader_fill(reader);
    struct pollfd p = {.fd = reader->fd, .events = POLLIN};
    if (reader->n <= n && poll(&p, 1, REST_WAIT_MS) > 0)
        key_reader_fill(reader);
    return reader->n > n;
}

static wint_t key_reader_at(const struct key_reader *reader, size_t i)
{
    return reader->queue[i].is_code ? 0 : reader->queue[i].key;
}

/* The sequence CSI that begins the queue; 0 where it is none. *final_out and *parameter_out describe it. */
static size_t key_reader_scan_control(struct key_reader *reader, wint_t *final_out, unsigned *parameter_out)
{
    unsigned parameter = 0;
    for (size_t i = 2; key_reader_wait(reader, i); i++) {
        wint_t c = key_reader_at(reader, i);
        if (c >= '0' && c <= '9' && parameter < 10000)
            parameter = parameter * 10 + (c - '0');
        if (c >= 0x40 && c <= 0x7e) {
            *final_out = c;
            *parameter_out = parameter;
            return i + 1;
        }
        if (c < 0x20 || c > 0x7e)
            return 0;
    }
    return 0;
}

/* The string OSC or DCS that begins the queue, only where its end is there. */
static size_t key_reader_scan_string(struct key_reader *reader)
{
    key_reader_wait(reader, 2);
    for (size_t i = 2; i < reader->n; i++) {
        wint_t c = key_reader_at(reader, i);
        if (c == 7)
            return i + 1;
        if (c == ESCAPE && i + 1 < reader->n && key_reader_at(reader, i + 1) == '\\')
            return i + 2;
    }
    return 0;
}

static wint_t key_reader_pad_key(wint_t c)
{
    static const char from[] = "jklmnopqrstuvwxyM", to[] = "*+,-./0123456789\n";
    const char *at = c && c < 0x80 ? strchr(from, (int)c) : NULL;
    return at ? (wint_t)to[at - from] : 0;
}

/* Takes the sequence that begins the queue out of it; false where it is a key by itself. */
static bool key_reader_take_sequence(struct key_reader *reader)
{
    if (key_reader_at(reader, 0) != ESCAPE || reader->n < 2)
        return false;
    size_t n = 0;
    wint_t second = key_reader_at(reader, 1), final = 0;
    unsigned parameter = 0;
    if (second == '[') {
        n = key_reader_scan_control(reader, &final, &parameter);
        if (n && final == '~' && (parameter == 200 || parameter == 201))
            reader->in_paste = parameter == 200;
    } else if (second == ']' || second == 'P') {
        n = key_reader_scan_string(reader);
    } else if (second == 'O' && reader->n >= 3) {
        wint_t pad = key_reader_pad_key(key_reader_at(reader, 2));
        if (pad) {
            reader->queue[2].key = pad;
            n = 2;
        }
    }
    key_reader_drop(reader, n);
    return n > 0;
}

/* The character of a key of the numeric pad that terminfo has a name for; 0 for other keys. */
static wint_t key_reader_pad_code(wint_t code)
{
    static const struct {
        const char *name;
        char character;
    } named[] = {{"kpADD", '+'}, {"kpCMA", ','}, {"kpDIV", '/'}, {"kpDOT", '.'}, {"kpMUL", '*'}, {"kpSUB", '-'},
                 {"kpZRO", '0'}, {"kc2", '2'},   {"kb1", '4'},   {"kb3", '6'},   {"ka2", '8'}};
    switch (code) {
    case KEY_A1:
        return '7';
    case KEY_A3:
        return '9';
    case KEY_B2:
        return '5';
    case KEY_C1:
        return '1';
    case KEY_C3:
        return '3';
    }
    const char *name = code > KEY_MAX ? keyname((int)code) : NULL;
    for (size_t i = 0; name && i < sizeof named / sizeof *named; i++)
        if (!strcmp(name, named[i].name))
            return (wint_t)named[i].character;
    return 0;
}

/* One Enter, one Backspace and one 2, whatever the terminal sends. */
static struct key_reader_key key_reader_plain(struct key_reader_key key)
{
    wint_t pad = key.is_code ? key_reader_pad_code(key.key) : 0;
    if (pad)
        return (struct key_reader_key){pad, false};
    if ((!key.is_code && key.key == '\r') || (key.is_code && key.key == KEY_ENTER))
        return (struct key_reader_key){'\n', false};
    if (!key.is_code && (key.key == 127 || key.key == 8))
        return (struct key_reader_key){KEY_BACKSPACE, true};
    return key;
}

bool key_reader_next(struct key_reader *reader, struct key_reader_press *out)
{
    for (;;) {
        if (reader->n == 0)
            key_reader_fill(reader);
        if (reader->n == 0)
            return false;
        if (key_reader_at(reader, 0) == ESCAPE)
            key_reader_fill(reader);
        if (!key_reader_take_sequence(reader))
            break;
    }
    struct key_reader_key key = key_reader_plain(reader->queue[0]);
    key_reader_drop(reader, 1);
    *out = (struct key_reader_press){key.key, key.is_code, reader->in_paste};
    return true;
}
