/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/keymap.h"

#include <ctype.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>

#define CTRL(letter) ((letter) - '@')
#define FUNCTION(code) (KEYMAP_FUNCTION + (code))
#define KEYS(...) {__VA_ARGS__}, NULL
#define NAMED(what) {0}, what

enum {
    ESCAPE = 27,
    MODES_MOVING = MODE_NORMAL | MODE_SELECT,
    MODES_CHOOSING = MODE_TYPE | MODE_RELATION_TYPE,
    MODES_POPUP = MODE_TYPE | MODE_HEAD | MODE_TAIL | MODE_RELATION_TYPE | MODE_QUIT | MODE_SELECT |
                  MODE_PROMPT,
};

/* Vi motions come first and win over any mnemonic: that is why heat is H and a label l needs its chooser. */
static const struct keymap_row keymap_rows[] = {
    {"Proposals", MODE_NORMAL, COMMAND_ACCEPT, KEYS('a'), 1, "accept",
     "accept the proposal under the cursor and go to the next one; where there is none, only go to the next one"},
    {NULL, MODE_NORMAL, COMMAND_ACCEPT_ALL, KEYS('\r', '\n', FUNCTION(KEY_ENTER)), 2, "accept all, next",
     "accept every proposal shown, mark the post done, go to the next post"},
    {NULL, MODE_NORMAL, COMMAND_REMOVE, KEYS('x', FUNCTION(KEY_DC)), 7, "delete",
     "delete the label under the cursor, or refuse the proposal there for good"},

    {"Labels", MODE_NORMAL, COMMAND_SELECT, KEYS('v'), 4, "select",
     "start a selection at the cursor; motions extend it"},
    {NULL, MODES_MOVING, COMMAND_TYPE, KEYS('t'), 6, "type",
     "choose a type by its letter: for the selection, for the label or proposal under the cursor, else for the word"},
    {NULL, MODE_SELECT, COMMAND_TYPE, KEYS('\r', '\n', FUNCTION(KEY_ENTER)), 0, NULL,
     "choose a type for the selection"},
    {NULL, MODES_MOVING | MODES_CHOOSING, COMMAND_LABEL, NAMED("Letter"), 0, NULL,
     "the label that stands beside it in the legend: for the selection, for the label or proposal under the cursor, "
     "else for the word; a letter that moves the cursor needs t first, or Shift"},
    {NULL, MODE_NORMAL, COMMAND_RELATION, KEYS('r'), 5, "relation",
     "add a relation: then the head's number, the tail's number, and the label's letter"},
    {NULL, MODE_HEAD | MODE_TAIL, COMMAND_HINT, NAMED("1-9"), 1, "entity", "the entity at which it stands"},

    {"Moving", MODES_MOVING, COMMAND_LEFT, KEYS('h', FUNCTION(KEY_LEFT), 'b'), 0, NULL, "one word back"},
    {NULL, MODES_MOVING, COMMAND_RIGHT, KEYS('l', FUNCTION(KEY_RIGHT), 'w'), 0, NULL, "one word on"},
    {NULL, MODES_MOVING, COMMAND_LINE_UP, KEYS('k', FUNCTION(KEY_UP)), 0, NULL, "one line of words up"},
    {NULL, MODES_MOVING, COMMAND_LINE_DOWN, KEYS('j', FUNCTION(KEY_DOWN)), 0, NULL, "one line of words down"},
    {NULL, MODES_MOVING, COMMAND_LINE_START, KEYS('0', '^', FUNCTION(KEY_HOME)), 0, NULL, "first word of the line"},
    {NULL, MODES_MOVING, COMMAND_LINE_END, KEYS('$', FUNCTION(KEY_END)), 0, NULL, "last word of the line"},
    {NULL, MODE_NORMAL, COMMAND_NEXT_LABEL, KEYS('\t'), 12, "next label", "next label or proposal, relations too"},
    {NULL, MODE_NORMAL, COMMAND_PREVIOUS_LABEL, KEYS(FUNCTION(KEY_BTAB)), 0, NULL, "previous label or proposal"},
    {NULL, MODE_NORMAL, COMMAND_NEXT_POST, KEYS('J', FUNCTION(KEY_NPAGE)), 11, "next post", "next post"},
    {NULL, MODE_NORMAL, COMMAND_PREVIOUS_POST, KEYS('K', FUNCTION(KEY_PPAGE)), 0, NULL, "previous post"},
    {NULL, MODE_NORMAL, COMMAND_NEXT_OPEN, KEYS('n'), 13, "next open", "next post that is neither done nor skipped"},
    {NULL, MODE_NORMAL, COMMAND_PREVIOUS_OPEN, KEYS('N'), 0, NULL, "previous post that is neither done nor skipped"},
    {NULL, MODE_NORMAL, COMMAND_FIRST_POST, KEYS('g'), 0, NULL, "first post"},
    {NULL, MODE_NORMAL, COMMAND_LAST_POST, KEYS('G'), 0, NULL, "last post"},

    {"Posts", MODE_NORMAL, COMMAND_DONE, KEYS('D'), 14, "done", "mark the post done, or open again"},
    {NULL, MODE_NORMAL, COMMAND_SKIP, KEYS('S'), 15, "skip", "mark the post skipped and go to the next one"},
    {NULL, MODE_NORMAL, COMMAND_UNDO, KEYS('u'), 9, "undo", "undo the last change, in whichever post it was"},
    {NULL, MODE_NORMAL, COMMAND_REDO, KEYS(CTRL('R'), 'U'), 0, NULL, "do again what was undone"},
    {NULL, MODE_NORMAL, COMMAND_SAVE, KEYS('s'), 10, "save", "save"},

    {"Screen", MODE_NORMAL, COMMAND_HEAT, KEYS('H'), 8, "heat",
     "show contributions over words and picture, words, picture, none"},
    {NULL, MODE_NORMAL, COMMAND_GRAPHICS, KEYS('i'), 16, "image",
     "draw pictures as sixels, as half blocks, or not at all"},
    {NULL, MODE_NORMAL, COMMAND_REDRAW, KEYS(CTRL('L')), 0, NULL, "draw the screen anew"},
    {NULL, MODE_NORMAL, COMMAND_HELP, KEYS('?', FUNCTION(KEY_F(1))), 3, "help", "show the keys"},
    {NULL, MODE_NORMAL, COMMAND_QUIT, KEYS('q', CTRL('C')), 17, "quit", "quit; asks when there is something to save"},

    {NULL, MODES_MOVING, COMMAND_NONE, NAMED("Mouse"), 0, NULL,
     "a click goes to a word or a post, dragging selects words, the wheel goes through the posts"},

    {"Choosing", MODES_CHOOSING, COMMAND_CHOOSER_UP, KEYS(FUNCTION(KEY_UP)), 0, NULL, "one label up"},
    {NULL, MODES_CHOOSING, COMMAND_CHOOSER_DOWN, KEYS(FUNCTION(KEY_DOWN), '\t'), 0, NULL, "one label down"},
    {NULL, MODES_CHOOSING, COMMAND_CHOOSER_TAKE, KEYS('\r', '\n', FUNCTION(KEY_ENTER)), 1, "take",
     "take the marked label"},
    {NULL, MODES_POPUP, COMMAND_CANCEL, KEYS(ESCAPE, CTRL('C')), 3, "cancel", "leave it as it was"},
    {NULL, MODE_NORMAL, COMMAND_CANCEL, KEYS(ESCAPE), 0, NULL, "leave it as it was"},

    {"Quitting", MODE_QUIT, COMMAND_QUIT_SAVE, KEYS('s', 'y', '\r', '\n'), 1, "save and quit", "save and quit"},
    {NULL, MODE_QUIT, COMMAND_QUIT_LEAVE, KEYS('q', 'n'), 2, "quit, journal keeps it",
     "quit without saving: the journal keeps the work for the next time"},

    {"Typing a line", MODE_PROMPT, COMMAND_PROMPT_TAKE, KEYS('\r', '\n', FUNCTION(KEY_ENTER)), 1, "take", "take the line"},

    {"Help", MODE_HELP, COMMAND_HELP_DOWN, KEYS('j', FUNCTION(KEY_DOWN), FUNCTION(KEY_NPAGE), ' '), 2, "down",
     "further down"},
    {NULL, MODE_HELP, COMMAND_HELP_UP, KEYS('k', FUNCTION(KEY_UP), FUNCTION(KEY_PPAGE)), 3, "up", "further up"},
    {NULL, MODE_HELP, COMMAND_CANCEL, KEYS(ESCAPE, 'q', '?', CTRL('C')), 1, "close", "close the help"},
};

enum { KEYMAP_ROWS = sizeof keymap_rows / sizeof keymap_rows[0] };

size_t keymap_count(void)
{
    return KEYMAP_ROWS;
}

const struct keymap_row *keymap_at(size_t index)
{
    return &keymap_rows[index];
}

enum command keymap_find(enum mode mode, keymap_key key)
{
    for (size_t i = 0; key && i < KEYMAP_ROWS; i++) {
        if (!(keymap_rows[i].modes & mode))
            continue;
        for (size_t k = 0; k < KEYMAP_KEYS_MAX && keymap_rows[i].keys[k]; k++)
            if (keymap_rows[i].keys[k] == key)
                return keymap_rows[i].command;
    }
    return COMMAND_NONE;
}

static int keymap_compare_rank(const void *a, const void *b)
{
    const struct keymap_row *const *left = a, *const *right = b;
    return (*left)->rank - (*right)->rank;
}

size_t keymap_footer(enum mode mode, const struct keymap_row **out, size_t capacity)
{
    size_t n = 0;
    for (size_t i = 0; i < KEYMAP_ROWS && n < capacity; i++)
        if ((keymap_rows[i].modes & mode) && keymap_rows[i].rank)
            out[n++] = &keymap_rows[i];
    qsort(out, n, sizeof *out, keymap_compare_rank);
    return n;
}

void keymap_key_name(keymap_key key, char *out, size_t size)
{
    static const struct {
        keymap_key key;
        const char *name;
    } names[] = {
        {'\t', "Tab"},
        {'\r', "Enter"},
        {'\n', "Enter"},
        {' ', "Space"},
        {ESCAPE, "Esc"},
        {FUNCTION(KEY_ENTER), "Enter"},
        {FUNCTION(KEY_LEFT), "Left"},
        {FUNCTION(KEY_RIGHT), "Right"},
        {FUNCTION(KEY_UP), "Up"},
        {FUNCTION(KEY_DOWN), "Down"},
        {FUNCTION(KEY_HOME), "Home"},
        {FUNCTION(KEY_END), "End"},
        {FUNCTION(KEY_NPAGE), "PgDn"},
        {FUNCTION(KEY_PPAGE), "PgUp"},
        {FUNCTION(KEY_BTAB), "Shift-Tab"},
        {FUNCTION(KEY_DC), "Del"},
        {FUNCTION(KEY_F(1)), "F1"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].key == key) {
            snprintf(out, size, "%s", names[i].name);
            return;
        }
    }
    if (key < ' ')
        snprintf(out, size, "Ctrl-%c", (char)(key + '@'));
    else
        snprintf(out, size, "%c", (char)key);
}

void keymap_row_name(const struct keymap_row *row, char *out, size_t size)
{
    if (row->name)
        snprintf(out, size, "%s", row->name);
    else
        keymap_key_name(row->keys[0], out, size);
}

void keymap_row_names(const struct keymap_row *row, char *out, size_t size)
{
    size_t used = 0;
    char last[16] = "";
    snprintf(out, size, "%s", row->name ? row->name : "");
    for (size_t i = 0; i < KEYMAP_KEYS_MAX && row->keys[i]; i++) {
        char name[16];
        keymap_key_name(row->keys[i], name, sizeof name);
        if (!strcmp(name, last)) /* the several codes of Enter */
            continue;
        int n = snprintf(out + used, size - used, "%s%s", used ? ", " : "", name);
        if (n < 0 || (size_t)n >= size - used)
            return;
        used += (size_t)n;
        memcpy(last, name, sizeof last);
    }
}

void keymap_print_manual(FILE *out)
{
    for (size_t i = 0; i < KEYMAP_ROWS; i++) {
        const struct keymap_row *row = &keymap_rows[i];
        if (row->group)
            fprintf(out, "%s.Ss %s\n.Bl -tag -width \"Shift-Tab\" -compact\n", i ? ".El\n" : "", row->group);
        char last[16] = "";
        fputs(".It", out);
        if (row->name)
            fprintf(out, " Ic %s", row->name);
        for (size_t k = 0; k < KEYMAP_KEYS_MAX && row->keys[k]; k++) {
            char name[16];
            keymap_key_name(row->keys[k], name, sizeof name);
            if (!strcmp(name, last))
                continue;
            /* \&: a lone punctuation character would not be set as an argument of Ic. */
            fprintf(out, "%s Ic %s%s", k ? " ," : "", name[1] ? "" : "\\&", name);
            memcpy(last, name, sizeof last);
        }
        fprintf(out, "\n%c%s.\n", toupper((unsigned char)row->help[0]), row->help + 1);
    }
    fputs(".El\n", out);
}

/* Is the letter taken by a label already? */
static bool keymap_taken(const char *letters, size_t n, char letter)
{
    return n && memchr(letters, letter, n) != NULL;
}

/* Does the letter do something else in the modes where labels may be given directly? */
static bool keymap_bound(char letter)
{
    return keymap_find(MODE_NORMAL, letter) != COMMAND_NONE || keymap_find(MODE_SELECT, letter) != COMMAND_NONE;
}

/* The first letter of name that is free; avoiding commands if asked. 0 = none. */
static char keymap_letter_of(const char *name, const char *letters, size_t n, bool avoid)
{
    for (const char *p = name; *p; p++) {
        char letter = (char)tolower((unsigned char)*p);
        if (letter >= 'a' && letter <= 'z' && !keymap_taken(letters, n, letter) && !(avoid && keymap_bound(letter)))
            return letter;
    }
    return 0;
}

static char keymap_letter_any(const char *letters, size_t n, bool avoid)
{
    static const char order[] = "abcdefghijklmnopqrstuvwxyz123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (const char *p = order; *p; p++)
        if (!keymap_taken(letters, n, *p) && !(avoid && keymap_bound(*p)))
            return *p;
    return 0;
}

void keymap_entity_letters(const char *const *names, size_t n, char *letters)
{
    static const struct {
        const char *name;
        char letter;
    } expected[] = {{"PER", 'p'}, {"LOC", 'l'}, {"ORG", 'o'}, {"MISC", 'm'}};
    memset(letters, 0, n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof expected / sizeof expected[0]; k++)
            if (!strcmp(names[i], expected[k].name))
                letters[i] = expected[k].letter;
    for (size_t i = 0; i < n; i++) {
        if (!letters[i])
            letters[i] = keymap_letter_of(names[i], letters, n, true);
        if (!letters[i])
            letters[i] = keymap_letter_any(letters, n, true);
        if (!letters[i])
            letters[i] = keymap_letter_any(letters, n, false);
    }
}

void keymap_relation_letters(const char *const *names, size_t n, char *letters)
{
    memset(letters, 0, n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], "None"))
            letters[i] = '0';
    for (size_t i = 0; i < n; i++) {
        const char *slash = strrchr(names[i], '/');
        if (!letters[i])
            letters[i] = keymap_letter_of(slash ? slash + 1 : names[i], letters, n, false);
        if (!letters[i])
            letters[i] = keymap_letter_any(letters, n, false);
    }
}

size_t keymap_label(enum mode mode, keymap_key key, const char *letters, size_t n)
{
    if (key <= 0 || key > 127)
        return n;
    bool direct = mode & MODES_MOVING;
    if (direct && keymap_find(mode, key) != COMMAND_NONE)
        return n;
    for (size_t i = 0; i < n; i++)
        if (letters[i] && letters[i] == key)
            return i;
    for (size_t i = 0; i < n; i++)
        if (islower((unsigned char)letters[i]) && toupper((unsigned char)letters[i]) == key &&
            (!direct || keymap_bound(letters[i])))
            return i;
    return n;
}

char keymap_hint(size_t index)
{
    static const char hints[] = "123456789abcdefghijklmnopqrstuvwxyz";
    return index < sizeof hints - 1 ? hints[index] : 0;
}
