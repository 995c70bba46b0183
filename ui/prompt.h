/* A line of text that is being typed: the message row becomes it while a question is open.
 *
 * Knows what keys do to text, and nothing of what the text is for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_PROMPT_H
#define MMIB_UI_PROMPT_H

#include "ui/keymap.h"

#include <stdbool.h>
#include <stddef.h>

enum { PROMPT_BYTES_MAX = 4000, PROMPT_TITLE_MAX = 96 };

/* What the answer is for. */
enum prompt_purpose {
    PROMPT_NOTHING,
    PROMPT_NOTE,
    PROMPT_FLAGS,
    PROMPT_BOX_LABEL,
    PROMPT_FILTER,
    PROMPT_GO_TO,
    PROMPT_SEARCH,
    PROMPT_PAGE, /* words in the guidelines */
    PROMPT_VERDICT_NOTE,
    PROMPT_FIGURE, /* name of a file */
    PROMPT_SPLIT, /* shows where a word is cut: nothing is typed */
};

struct prompt { /* starts zeroed */
    enum prompt_purpose purpose;
    char title[PROMPT_TITLE_MAX];
    char text[PROMPT_BYTES_MAX + 1]; /* UTF-8 */
    size_t n;                        /* bytes of text */
    size_t cursor;                   /* byte in text before which the next one comes; always between two clusters */
};

/* Opens with a text to begin with (NULL = empty; a longer one is cut between two characters), cursor behind it. */
void prompt_open(struct prompt *prompt, enum prompt_purpose purpose, const char *title, const char *text);

/* One key: a character goes in, arrows, Home, End, Backspace, Del and the line-editing controls (A E B F H K U W) do what
 * they do in a shell. False: the key means nothing here. Line ends and tabs of a paste become spaces; other control
 * characters, and what no longer fits, are left out. */
bool prompt_key(struct prompt *prompt, keymap_key key);

#endif
