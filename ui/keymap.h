/* The one key table: input, footer, help screen and the manual's key section all come from it.
 *
 * Also hands out letters to labels. Knows nothing of posts or drawing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_KEYMAP_H
#define MMIB_UI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A key: a code point, or KEYMAP_FUNCTION plus one of ncurses' KEY_ codes (they overlap with code points). */
typedef int32_t keymap_key;
enum { KEYMAP_FUNCTION = 0x200000, KEYMAP_KEYS_MAX = 4 };

/* What the keyboard is talking to. Bits, so that a row of the table can stand for several. */
enum mode {
    MODE_NORMAL = 1,
    MODE_SELECT = 2,         /* a span of tokens grows */
    MODE_TYPE = 4,           /* an entity type is to be chosen: letters are labels */
    MODE_HEAD = 8,           /* a relation's head is to be named */
    MODE_TAIL = 16,          /* its tail */
    MODE_RELATION_TYPE = 32, /* its label: letters are labels */
    MODE_QUIT = 64,          /* unsaved work: save, leave or stay? */
    MODE_HELP = 128,
    MODE_PROMPT = 256, /* a line of text is being typed */
};

enum command {
    COMMAND_NONE,
    COMMAND_LABEL, /* a letter of the legend */
    COMMAND_LEFT,
    COMMAND_RIGHT,
    COMMAND_LINE_UP,
    COMMAND_LINE_DOWN,
    COMMAND_LINE_START,
    COMMAND_LINE_END,
    COMMAND_NEXT_LABEL,
    COMMAND_PREVIOUS_LABEL,
    COMMAND_NEXT_POST,
    COMMAND_PREVIOUS_POST,
    COMMAND_FIRST_POST,
    COMMAND_LAST_POST,
    COMMAND_NEXT_OPEN,
    COMMAND_PREVIOUS_OPEN,
    COMMAND_ACCEPT,
    COMMAND_ACCEPT_ALL,
    COMMAND_REMOVE,
    COMMAND_SELECT,
    COMMAND_TYPE,
    COMMAND_RELATION,
    COMMAND_HINT, /* a number or letter that stands at an entity */
    COMMAND_DONE,
    COMMAND_SKIP,
    COMMAND_UNDO,
    COMMAND_REDO,
    COMMAND_SAVE,
    COMMAND_HEAT,
    COMMAND_GRAPHICS,
    COMMAND_REDRAW,
    COMMAND_HELP,
    COMMAND_QUIT,
    COMMAND_CANCEL,
    COMMAND_CHOOSER_UP,
    COMMAND_CHOOSER_DOWN,
    COMMAND_CHOOSER_TAKE,
    COMMAND_QUIT_SAVE,
    COMMAND_QUIT_LEAVE,
    COMMAND_HELP_UP,
    COMMAND_HELP_DOWN,
    COMMAND_PROMPT_TAKE,
};

struct keymap_row {
    const char *group; /* heading in the help; NULL = the same as the row before */
    unsigned modes;
    enum command command;
    keymap_key keys[KEYMAP_KEYS_MAX]; /* 0 ends them */
    const char *name;                 /* of what is no single key: keys is empty then */
    int rank;                         /* place in the footer, 1 first; 0 = not in it */
    const char *footer;               /* a few words; on a narrow screen those before a comma are enough */
    const char *help;                 /* a clause without a full stop */
};

size_t keymap_count(void);
const struct keymap_row *keymap_at(size_t index);

/* The command of a key in a mode; COMMAND_NONE when the table has none. */
enum command keymap_find(enum mode mode, keymap_key key);

/* Rows of the mode's footer, most important first. Returns how many were written to out [capacity]. */
size_t keymap_footer(enum mode mode, const struct keymap_row **out, size_t capacity);

/* "h", "Left", "Ctrl-R", "Enter". */
void keymap_key_name(keymap_key key, char *out, size_t size);

/* The first key of a row, for the footer; all of them, as in "h, Left". */
void keymap_row_name(const struct keymap_row *row, char *out, size_t size);
void keymap_row_names(const struct keymap_row *row, char *out, size_t size);

/* The key section of the manual, in mdoc. */
void keymap_print_manual(FILE *out);

/* Letters for labels. An entity type gets a letter that is free in normal mode where its name allows it (p PER, o ORG,
 * m MISC); l LOC is the letter that people expect although it moves the cursor, so it works wherever a label is asked
 * for, and as a capital elsewhere. names [n], letters [n] out; more labels than letters get 0. */
void keymap_entity_letters(const char *const *names, size_t n, char *letters);

/* Letters for the relations that fit a pair, by the last part of their names; "None" is 0 (the digit). */
void keymap_relation_letters(const char *const *names, size_t n, char *letters);

/* The label that a key stands for, as an index in letters [n]; n when none. In normal and select mode a letter that is
 * a command there stands for its command only, and its capital for the label. */
size_t keymap_label(enum mode mode, keymap_key key, const char *letters, size_t n);

/* The hint of the index-th entity of a post (1..9, then a..z without those that are commands of the mode); 0 = none. */
char keymap_hint(size_t index);

#endif
