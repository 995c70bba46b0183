/* Keys as curses delivers them, with what curses does not know taken out: late answers of the terminal, unknown control
 * sequences and pastes must never act as commands.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_KEY_READER_H
#define MMIB_UI_KEY_READER_H

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

enum { KEY_READER_QUEUE = 512 };

struct key_reader_key {
    wint_t key;
    bool is_code;
};

struct key_reader {
    WINDOW *window; /* a pad: reading from it refreshes nothing */
    int fd;
    struct key_reader_key queue[KEY_READER_QUEUE]; /* read ahead, oldest first */
    size_t n;
    bool in_paste;
};

struct key_reader_press {
    wint_t key;
    bool is_code;
    bool is_pasted;
};

/* typed: bytes typed before curses was started, which come first. 0, or -1 when memory is out. */
int key_reader_open(struct key_reader *reader, int fd, const unsigned char *typed, size_t n_typed);
void key_reader_close(struct key_reader *reader);

/* The next key that is there already; false where there is none. Never waits longer than the escape delay. */
bool key_reader_next(struct key_reader *reader, struct key_reader_press *out);

#endif
