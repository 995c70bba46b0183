/* The one key table: input, footer, help screen and the manual's key section all come from it.
 *
 * A new command is a constant in enum command, its name in key-names.c (what the user's file of keys calls it), and a
 * row in keymap.c. Also hands out letters to labels. Knows nothing of posts or drawing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_KEYMAP_H
#define MMIB_UI_KEYMAP_H

#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A key: a code point, or KEYMAP_FUNCTION plus one of ncurses' KEY_ codes (they overlap with code points). */
typedef int32_t keymap_key;
enum { KEYMAP_FUNCTION = 0x200000, KEYMAP_KEYS_MAX = 6 };

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
    MODE_PROMPT = 256,       /* a line is typed */
    MODE_BOX = 512,          /* boxes of the picture */
    MODE_OCCURRENCES = 1024, /* where the words stand in other posts */
    MODE_SUMMARY = 2048,     /* progress, counts */
    MODE_PAGE = 4096,        /* the guidelines */
    MODE_ADJUDICATE = 8192,  /* where annotators disagree */
    MODE_ORDER = 16384,      /* sorting and filtering of the list */
    MODE_INSPECT = 32768,    /* overview of a comparison with gold */
    MODE_CASE = 65536,       /* one case of it */
    MODES_ALL = 131071,
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
    COMMAND_NOTE,
    COMMAND_UNSURE,
    COMMAND_FLAGS,
    COMMAND_SPLIT,
    COMMAND_JOIN,
    COMMAND_PAGE,
    COMMAND_PAGE_DOWN,
    COMMAND_PAGE_UP,
    COMMAND_PAGE_FORWARD,
    COMMAND_PAGE_BACK,
    COMMAND_PAGE_FIRST,
    COMMAND_PAGE_LAST,
    COMMAND_PAGE_SEARCH,
    COMMAND_PAGE_NEXT,
    COMMAND_PAGE_STAY,
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
    COMMAND_HELP_PAGE_UP,
    COMMAND_HELP_PAGE_DOWN,
    COMMAND_PROMPT_TAKE,
    COMMAND_THRESHOLD_UP,
    COMMAND_THRESHOLD_DOWN,
    COMMAND_VERSION, /* a number that stands at an annotator's version */
    COMMAND_VERSION_NONE,
    COMMAND_SETTLE,
    COMMAND_NEXT_DISAGREEMENT,
    COMMAND_PREVIOUS_DISAGREEMENT,
    COMMAND_PROMPT_COMPLETE,
    COMMAND_BOXES, /* to the boxes of the picture */
    COMMAND_DETECT,
    COMMAND_NEXT_BOX,
    COMMAND_PREVIOUS_BOX,
    COMMAND_NEXT_ENTITY,
    COMMAND_PREVIOUS_ENTITY,
    COMMAND_BOX_ACCEPT,
    COMMAND_BOX_NEW,
    COMMAND_BOX_LABEL,
    COMMAND_BOX_DELETE,
    COMMAND_BOX_LEFT,
    COMMAND_BOX_RIGHT,
    COMMAND_BOX_UP,
    COMMAND_BOX_DOWN,
    COMMAND_BOX_NARROWER,
    COMMAND_BOX_WIDER,
    COMMAND_BOX_SHORTER,
    COMMAND_BOX_TALLER,
    COMMAND_BOX_LINK,
    COMMAND_BOX_OUTSIDE,
    COMMAND_BOX_UNANSWERED,
    COMMAND_BOX_MASK,
    COMMAND_BOX_UNMASK,
    COMMAND_GO_TO,
    COMMAND_SEARCH,
    COMMAND_NEXT_MATCH,
    COMMAND_PREVIOUS_MATCH,
    COMMAND_ORDER,
    COMMAND_FILTER,
    COMMAND_ORDER_FILE,
    COMMAND_ORDER_WORDS,
    COMMAND_ORDER_PICTURE,
    COMMAND_ORDER_MATCH,
    COMMAND_ORDER_STATUS,
    COMMAND_FILTER_STATUS,
    COMMAND_FILTER_TYPE,
    COMMAND_FILTER_TEXT,
    COMMAND_FILTER_FLAG,
    COMMAND_FILTER_MODEL,
    COMMAND_FILTER_CLEAR,
    COMMAND_OCCURRENCES,
    COMMAND_OCCURRENCE_MARK, /* the mouse: a row */
    COMMAND_OCCURRENCE_ACCEPT,
    COMMAND_OCCURRENCE_SKIP,
    COMMAND_OCCURRENCE_ALL,
    COMMAND_OCCURRENCE_CASE,
    COMMAND_OCCURRENCE_GO,
    COMMAND_OCCURRENCE_UP,
    COMMAND_OCCURRENCE_DOWN,
    COMMAND_OCCURRENCE_PAGE_UP,
    COMMAND_OCCURRENCE_PAGE_DOWN,
    COMMAND_SUMMARY,
    COMMAND_SUMMARY_UP,
    COMMAND_SUMMARY_DOWN,
    COMMAND_SUMMARY_PAGE_UP,
    COMMAND_SUMMARY_PAGE_DOWN,
    COMMAND_OVERVIEW,
    COMMAND_INSPECT_LEFT,
    COMMAND_INSPECT_RIGHT,
    COMMAND_INSPECT_UP,
    COMMAND_INSPECT_DOWN,
    COMMAND_INSPECT_PAGE_UP,
    COMMAND_INSPECT_PAGE_DOWN,
    COMMAND_INSPECT_NEXT_TABLE,
    COMMAND_INSPECT_PREVIOUS_TABLE,
    COMMAND_INSPECT_OPEN,
    COMMAND_INSPECT_SYSTEM,
    COMMAND_INSPECT_RELATIONS,
    COMMAND_INSPECT_LEAKED,
    COMMAND_CASE, /* to the case at hand */
    COMMAND_CASE_NEXT,
    COMMAND_CASE_PREVIOUS,
    COMMAND_CASE_FIRST,
    COMMAND_CASE_LAST,
    COMMAND_CASE_DOWN, /* scrolls what is said about it */
    COMMAND_CASE_UP,
    COMMAND_CASE_ORDER,
    COMMAND_CASE_FIGURE,
    COMMAND_CASE_FLIPS,
    COMMAND_CASE_EDIT,
    COMMAND_CASE_READING,
    COMMAND_CASE_COMPARE,
    COMMAND_VERDICT_MODEL,
    COMMAND_VERDICT_GOLD,
    COMMAND_VERDICT_BOTH,
    COMMAND_VERDICT_UNSURE,
    COMMAND_VERDICT_NOTE,
};

struct keymap_row {
    const char *group; /* heading in the help; NULL = the same as the row before */
    unsigned modes;
    enum command command;
    keymap_key keys[KEYMAP_KEYS_MAX]; /* 0 ends them */
    const char *name;                 /* of what is no single key: keys is empty then */
    bool rebound;                     /* its keys are the user's own */
    int rank;                         /* place in the footer, the least first; 0 = not in it */
    const char *footer;               /* a few words; on a narrow screen those before a comma are enough */
    const char *help;                 /* a clause without a full stop */
};

size_t keymap_count(void);
const struct keymap_row *keymap_at(size_t index);

/* The command of a key in a mode; COMMAND_NONE when the table has none. */
enum command keymap_find(enum mode mode, keymap_key key);

/* Rows of the mode's footer, most important first. Returns how many were written to out [capacity]. */
size_t keymap_footer(enum mode mode, const struct keymap_row **out, size_t capacity);

/* Keys of the user's own: in these modes the keys stand for the command and for nothing else (COMMAND_NONE: for nothing
 * at all), and the command has no other keys. Several bindings of one command in one mode add up. */
struct keymap_binding {
    unsigned modes;
    enum command command;
    keymap_key keys[KEYMAP_KEYS_MAX];
    size_t n_keys;
};

/* Makes the table anew from the built-in one and the bindings; n 0: as it is built in. What the bindings name must be
 * right (key-file.h checks that). Not while others use the table. 0, or -1 when memory is out (nothing changed then). */
int keymap_rebind(const struct keymap_binding *bindings, size_t n, struct error *err);

/* The modes in which a command can have keys, 0 for one that has none. */
unsigned keymap_modes(enum command command);

/* The first key of a command in a mode, as it is shown; "" where it has none. Returns out. */
char *keymap_command_key(enum mode mode, enum command command, char *out, size_t size);

/* The first key of a row, for the footer; all of them, as in "h, Left". */
void keymap_row_name(const struct keymap_row *row, char *out, size_t size);
void keymap_row_names(const struct keymap_row *row, char *out, size_t size);

/* The key section of the manual, in mdoc. */
void keymap_print_manual(FILE *out);

/* Letters for labels. An entity type gets a letter that is free in normal mode where its name allows it (p PER, o ORG,
 * m MISC); l LOC is the letter that people expect although it moves the cursor, so it works wherever a label is asked
 * for, and as a capital elsewhere. A letter that the user bound to a command is left to the command. names [n], letters
 * [n] out; more labels than letters get 0. */
void keymap_entity_letters(const char *const *names, size_t n, char *letters);

/* Letters for the relations that fit a pair, by the last part of their names; "None" is 0 (the digit). */
void keymap_relation_letters(const char *const *names, size_t n, char *letters);

/* The label that a key stands for, as an index in letters [n]; n when none. In normal and select mode a letter that is
 * a command there stands for its command only, and its capital for the label. */
size_t keymap_label(enum mode mode, keymap_key key, const char *letters, size_t n);

/* The hint of the index-th entity of a post: 1..9, then a..z, without those that are commands where an entity is asked
 * for; 0 = none. */
char keymap_hint(size_t index);

#endif
