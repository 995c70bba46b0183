/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/key-names.h"

#include "corpora/text.h"

#include <ctype.h>
#include <curses.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#define FUNCTION(code) (KEYMAP_FUNCTION + (code))

enum { ESCAPE = 27, DELETE = 127, NO_BREAK_SPACE = 0xa0 };

/* The first name of a key is the one that is shown. */
static const struct {
    keymap_key key;
    const char *name;
} key_names[] = {
    {'\t', "Tab"},
    {'\n', "Enter"},
    {'\n', "Return"},
    {' ', "Space"},
    {ESCAPE, "Esc"},
    {ESCAPE, "Escape"},
    {FUNCTION(KEY_LEFT), "Left"},
    {FUNCTION(KEY_RIGHT), "Right"},
    {FUNCTION(KEY_UP), "Up"},
    {FUNCTION(KEY_DOWN), "Down"},
    {FUNCTION(KEY_HOME), "Home"},
    {FUNCTION(KEY_END), "End"},
    {FUNCTION(KEY_NPAGE), "PgDn"},
    {FUNCTION(KEY_NPAGE), "PageDown"},
    {FUNCTION(KEY_PPAGE), "PgUp"},
    {FUNCTION(KEY_PPAGE), "PageUp"},
    {FUNCTION(KEY_BTAB), "Shift-Tab"},
    {FUNCTION(KEY_SLEFT), "Shift-Left"},
    {FUNCTION(KEY_SRIGHT), "Shift-Right"},
    {FUNCTION(KEY_SR), "Shift-Up"},
    {FUNCTION(KEY_SF), "Shift-Down"},
    {FUNCTION(KEY_DC), "Del"},
    {FUNCTION(KEY_DC), "Delete"},
    {FUNCTION(KEY_IC), "Ins"},
    {FUNCTION(KEY_IC), "Insert"},
    {FUNCTION(KEY_BACKSPACE), "Backspace"},
};

static const struct {
    unsigned mode;
    const char *name;
} mode_names[] = {
    {MODE_NORMAL, "normal"},
    {MODE_SELECT, "select"},
    {MODE_TYPE, "type"},
    {MODE_HEAD, "head"},
    {MODE_TAIL, "tail"},
    {MODE_RELATION_TYPE, "relation"},
    {MODE_QUIT, "quit"},
    {MODE_HELP, "help"},
    {MODE_PROMPT, "prompt"},
    {MODE_BOX, "box"},
    {MODE_OCCURRENCES, "occurrences"},
    {MODE_SUMMARY, "summary"},
    {MODE_PAGE, "page"},
    {MODE_ADJUDICATE, "adjudicate"},
    {MODE_ORDER, "order"},
    {MODE_INSPECT, "inspect"},
    {MODE_CASE, "case"},
    {MODES_ALL, "all"},
};

/* Names that people have in their files: they stay. */
static const struct {
    enum command command;
    const char *name;
} command_names[] = {
    {COMMAND_LEFT, "left"},
    {COMMAND_RIGHT, "right"},
    {COMMAND_LINE_UP, "line-up"},
    {COMMAND_LINE_DOWN, "line-down"},
    {COMMAND_LINE_START, "line-start"},
    {COMMAND_LINE_END, "line-end"},
    {COMMAND_NEXT_LABEL, "next-label"},
    {COMMAND_PREVIOUS_LABEL, "previous-label"},
    {COMMAND_NEXT_POST, "next-post"},
    {COMMAND_PREVIOUS_POST, "previous-post"},
    {COMMAND_FIRST_POST, "first-post"},
    {COMMAND_LAST_POST, "last-post"},
    {COMMAND_NEXT_OPEN, "next-open"},
    {COMMAND_PREVIOUS_OPEN, "previous-open"},
    {COMMAND_ACCEPT, "accept"},
    {COMMAND_ACCEPT_ALL, "accept-all"},
    {COMMAND_REMOVE, "remove"},
    {COMMAND_SELECT, "select"},
    {COMMAND_TYPE, "type"},
    {COMMAND_RELATION, "relation"},
    {COMMAND_DONE, "done"},
    {COMMAND_SKIP, "skip"},
    {COMMAND_NOTE, "note"},
    {COMMAND_UNSURE, "unsure"},
    {COMMAND_FLAGS, "flags"},
    {COMMAND_SPLIT, "split"},
    {COMMAND_JOIN, "join"},
    {COMMAND_PAGE, "guidelines"},
    {COMMAND_PAGE_DOWN, "page-down"},
    {COMMAND_PAGE_UP, "page-up"},
    {COMMAND_PAGE_FORWARD, "page-forward"},
    {COMMAND_PAGE_BACK, "page-back"},
    {COMMAND_PAGE_FIRST, "page-first"},
    {COMMAND_PAGE_LAST, "page-last"},
    {COMMAND_PAGE_SEARCH, "page-search"},
    {COMMAND_PAGE_NEXT, "page-next"},
    {COMMAND_PAGE_STAY, "page-stay"},
    {COMMAND_UNDO, "undo"},
    {COMMAND_REDO, "redo"},
    {COMMAND_THRESHOLD_UP, "threshold-up"},
    {COMMAND_THRESHOLD_DOWN, "threshold-down"},
    {COMMAND_SAVE, "save"},
    {COMMAND_HEAT, "heat"},
    {COMMAND_GRAPHICS, "graphics"},
    {COMMAND_REDRAW, "redraw"},
    {COMMAND_HELP, "help"},
    {COMMAND_QUIT, "quit"},
    {COMMAND_CANCEL, "cancel"},
    {COMMAND_CHOOSER_UP, "chooser-up"},
    {COMMAND_CHOOSER_DOWN, "chooser-down"},
    {COMMAND_CHOOSER_TAKE, "chooser-take"},
    {COMMAND_GO_TO, "go-to"},
    {COMMAND_SEARCH, "search"},
    {COMMAND_NEXT_MATCH, "next-match"},
    {COMMAND_PREVIOUS_MATCH, "previous-match"},
    {COMMAND_ORDER, "order"},
    {COMMAND_FILTER, "filter"},
    {COMMAND_ORDER_FILE, "order-file"},
    {COMMAND_ORDER_WORDS, "order-words"},
    {COMMAND_ORDER_PICTURE, "order-picture"},
    {COMMAND_ORDER_MATCH, "order-match"},
    {COMMAND_ORDER_STATUS, "order-status"},
    {COMMAND_FILTER_STATUS, "filter-status"},
    {COMMAND_FILTER_TYPE, "filter-type"},
    {COMMAND_FILTER_TEXT, "filter-text"},
    {COMMAND_FILTER_FLAG, "filter-flag"},
    {COMMAND_FILTER_MODEL, "filter-model"},
    {COMMAND_FILTER_CLEAR, "filter-clear"},
    {COMMAND_OCCURRENCES, "occurrences"},
    {COMMAND_OCCURRENCE_ACCEPT, "occurrence-accept"},
    {COMMAND_OCCURRENCE_SKIP, "occurrence-skip"},
    {COMMAND_OCCURRENCE_ALL, "occurrence-all"},
    {COMMAND_OCCURRENCE_CASE, "occurrence-case"},
    {COMMAND_OCCURRENCE_GO, "occurrence-go"},
    {COMMAND_OCCURRENCE_UP, "occurrence-up"},
    {COMMAND_OCCURRENCE_DOWN, "occurrence-down"},
    {COMMAND_OCCURRENCE_PAGE_UP, "occurrence-page-up"},
    {COMMAND_OCCURRENCE_PAGE_DOWN, "occurrence-page-down"},
    {COMMAND_SUMMARY, "summary"},
    {COMMAND_SUMMARY_UP, "summary-up"},
    {COMMAND_SUMMARY_DOWN, "summary-down"},
    {COMMAND_SUMMARY_PAGE_UP, "summary-page-up"},
    {COMMAND_SUMMARY_PAGE_DOWN, "summary-page-down"},
    {COMMAND_OVERVIEW, "overview"},
    {COMMAND_INSPECT_LEFT, "inspect-left"},
    {COMMAND_INSPECT_RIGHT, "inspect-right"},
    {COMMAND_INSPECT_UP, "inspect-up"},
    {COMMAND_INSPECT_DOWN, "inspect-down"},
    {COMMAND_INSPECT_PAGE_UP, "inspect-page-up"},
    {COMMAND_INSPECT_PAGE_DOWN, "inspect-page-down"},
    {COMMAND_INSPECT_NEXT_TABLE, "inspect-next-table"},
    {COMMAND_INSPECT_PREVIOUS_TABLE, "inspect-previous-table"},
    {COMMAND_INSPECT_OPEN, "inspect-open"},
    {COMMAND_INSPECT_SYSTEM, "inspect-system"},
    {COMMAND_INSPECT_RELATIONS, "inspect-relations"},
    {COMMAND_INSPECT_LEAKED, "inspect-leaked"},
    {COMMAND_CASE, "case"},
    {COMMAND_CASE_NEXT, "case-next"},
    {COMMAND_CASE_PREVIOUS, "case-previous"},
    {COMMAND_CASE_FIRST, "case-first"},
    {COMMAND_CASE_LAST, "case-last"},
    {COMMAND_CASE_DOWN, "case-down"},
    {COMMAND_CASE_UP, "case-up"},
    {COMMAND_CASE_ORDER, "case-order"},
    {COMMAND_CASE_FIGURE, "case-figure"},
    {COMMAND_CASE_FLIPS, "case-flips"},
    {COMMAND_CASE_EDIT, "case-edit"},
    {COMMAND_CASE_READING, "case-reading"},
    {COMMAND_CASE_COMPARE, "case-compare"},
    {COMMAND_VERDICT_MODEL, "verdict-model"},
    {COMMAND_VERDICT_GOLD, "verdict-gold"},
    {COMMAND_VERDICT_BOTH, "verdict-both"},
    {COMMAND_VERDICT_UNSURE, "verdict-unsure"},
    {COMMAND_VERDICT_NOTE, "verdict-note"},
    {COMMAND_QUIT_SAVE, "quit-save"},
    {COMMAND_QUIT_LEAVE, "quit-leave"},
    {COMMAND_PROMPT_TAKE, "prompt-take"},
    {COMMAND_PROMPT_COMPLETE, "prompt-complete"},
    {COMMAND_BOXES, "boxes"},
    {COMMAND_DETECT, "detect"},
    {COMMAND_NEXT_BOX, "next-box"},
    {COMMAND_PREVIOUS_BOX, "previous-box"},
    {COMMAND_NEXT_ENTITY, "next-entity"},
    {COMMAND_PREVIOUS_ENTITY, "previous-entity"},
    {COMMAND_BOX_ACCEPT, "box-accept"},
    {COMMAND_BOX_NEW, "box-new"},
    {COMMAND_BOX_LABEL, "box-label"},
    {COMMAND_BOX_DELETE, "box-delete"},
    {COMMAND_BOX_LEFT, "box-left"},
    {COMMAND_BOX_RIGHT, "box-right"},
    {COMMAND_BOX_UP, "box-up"},
    {COMMAND_BOX_DOWN, "box-down"},
    {COMMAND_BOX_NARROWER, "box-narrower"},
    {COMMAND_BOX_WIDER, "box-wider"},
    {COMMAND_BOX_SHORTER, "box-shorter"},
    {COMMAND_BOX_TALLER, "box-taller"},
    {COMMAND_BOX_LINK, "box-link"},
    {COMMAND_BOX_OUTSIDE, "box-outside"},
    {COMMAND_BOX_UNANSWERED, "box-unanswered"},
    {COMMAND_BOX_MASK, "box-mask"},
    {COMMAND_BOX_UNMASK, "box-unmask"},
    {COMMAND_HELP_UP, "help-up"},
    {COMMAND_HELP_DOWN, "help-down"},
    {COMMAND_HELP_PAGE_UP, "help-page-up"},
    {COMMAND_HELP_PAGE_DOWN, "help-page-down"},
    {COMMAND_VERSION_NONE, "version-none"},
    {COMMAND_SETTLE, "settle"},
    {COMMAND_NEXT_DISAGREEMENT, "next-disagreement"},
    {COMMAND_PREVIOUS_DISAGREEMENT, "previous-disagreement"},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

keymap_key key_names_plain(keymap_key key)
{
    return key == '\r' || key == FUNCTION(KEY_ENTER) ? '\n' : key;
}

char *key_names_key(keymap_key key, char *out, size_t size)
{
    char character[5] = "";
    key = key_names_plain(key);
    for (size_t i = 0; i < COUNT(key_names); i++) {
        if (key_names[i].key == key) {
            snprintf(out, size, "%s", key_names[i].name);
            return out;
        }
    }
    if (key >= FUNCTION(KEY_F0) && key < FUNCTION(KEY_F0) + 64)
        snprintf(out, size, "F%d", (int)(key - FUNCTION(KEY_F0)));
    else if (key < ' ')
        snprintf(out, size, "Ctrl-%c", (char)(key + '@'));
    else if (key < KEYMAP_FUNCTION) {
        utf8_write((uint32_t)key, character);
        snprintf(out, size, "%s", character);
    } else
        snprintf(out, size, "?");
    return out;
}

/* The key of Ctrl and a character; 0 for none. Some of them are what other keys send. */
static keymap_key key_control(const char *name)
{
    int letter = toupper((unsigned char)name[0]);
    if (!name[0] || name[1] || letter < 'A' || letter > '_')
        return 0;
    return letter == 'H' ? FUNCTION(KEY_BACKSPACE) : key_names_plain(letter - '@');
}

bool key_names_find_key(const char *name, keymap_key *out)
{
    uint32_t point = 0;
    size_t n = *name ? utf8_read(name, &point) : 0;
    *out = 0;
    if (n && !name[n]) {
        if (point > ' ' && point != DELETE && (point < 0x80 || point > NO_BREAK_SPACE) && wcwidth((wchar_t)point) != 0)
            *out = (keymap_key)point;
        return *out != 0;
    }
    for (size_t i = 0; i < COUNT(key_names) && !*out; i++)
        if (!strcasecmp(key_names[i].name, name))
            *out = key_names[i].key;
    if (!strncasecmp(name, "Ctrl-", 5))
        *out = key_control(name + 5);
    int number, end = 0;
    if (toupper((unsigned char)name[0]) == 'F' && isdigit((unsigned char)name[1]) &&
        sscanf(name + 1, "%2d%n", &number, &end) == 1 && !name[1 + end] && number >= 1 && number <= 63)
        *out = FUNCTION(KEY_F(number));
    return *out != 0;
}

const char *key_names_mode(unsigned mode)
{
    for (size_t i = 0; i < COUNT(mode_names); i++)
        if (mode_names[i].mode == mode)
            return mode_names[i].name;
    return NULL;
}

unsigned key_names_find_mode(const char *name)
{
    for (size_t i = 0; i < COUNT(mode_names); i++)
        if (!strcmp(mode_names[i].name, name))
            return mode_names[i].mode;
    return 0;
}

const char *key_names_command(enum command command)
{
    for (size_t i = 0; i < COUNT(command_names); i++)
        if (command_names[i].command == command)
            return command_names[i].name;
    return NULL;
}

enum command key_names_find_command(const char *name)
{
    for (size_t i = 0; i < COUNT(command_names); i++)
        if (!strcmp(command_names[i].name, name))
            return command_names[i].command;
    return COMMAND_NONE;
}

enum command key_names_command_at(size_t index)
{
    return index < COUNT(command_names) ? command_names[index].command : COMMAND_NONE;
}
