/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/keymap.h"

#include "corpora/text.h"
#include "ui/key-names.h"

#include <ctype.h>
#include <ncurses.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CTRL(letter) ((letter) - '@')
#define FUNCTION(code) (KEYMAP_FUNCTION + (code))
#define KEYS(...) {__VA_ARGS__}, NULL, false
#define NAMED(what) {0}, what, false

enum {
    ESCAPE = 27,
    MODES_MOVING = MODE_NORMAL | MODE_SELECT,
    MODES_CHOOSING = MODE_TYPE | MODE_RELATION_TYPE,
    MODES_POPUP = MODE_TYPE | MODE_HEAD | MODE_TAIL | MODE_RELATION_TYPE | MODE_QUIT | MODE_SELECT |
                  MODE_PROMPT,
};

/* Vi motions come first and win over any mnemonic: that is why heat is H and a label l needs its chooser. */
static const struct keymap_row keymap_rows[] = {
    {"Proposals", MODE_NORMAL, COMMAND_ACCEPT, KEYS('a'), 10, "accept",
     "accept the proposal under the cursor and go to the next one; where there is none, only go to the next one"},
    {NULL, MODE_NORMAL, COMMAND_ACCEPT_ALL, KEYS('\n'), 20, "accept all, next",
     "accept every proposal shown, mark the post done, go to the next post"},
    {NULL, MODE_NORMAL, COMMAND_REMOVE, KEYS('x', FUNCTION(KEY_DC)), 70, "delete",
     "delete the label under the cursor, or refuse the proposal there for good"},
    {NULL, MODE_NORMAL, COMMAND_THRESHOLD_UP, KEYS('+', '='), 0, NULL,
     "offer fewer proposals: those of at least this probability, .05 more"},
    {NULL, MODE_NORMAL, COMMAND_THRESHOLD_DOWN, KEYS('-'), 0, NULL, "offer more proposals: .05 less"},

    {"Labels", MODE_NORMAL, COMMAND_SELECT, KEYS('v'), 40, "select",
     "start a selection at the cursor; motions extend it"},
    {NULL, MODES_MOVING, COMMAND_TYPE, KEYS('t'), 60, "type",
     "choose a type by its letter: for the selection, for the label or proposal under the cursor, else for the word"},
    {NULL, MODE_SELECT, COMMAND_TYPE, KEYS('\n'), 0, NULL,
     "choose a type for the selection"},
    {NULL, MODES_MOVING | MODES_CHOOSING, COMMAND_LABEL, NAMED("Letter"), 0, NULL,
     "the label that stands beside it in the legend: for the selection, for the label or proposal under the cursor, "
     "else for the word; a letter that moves the cursor needs t first, or Shift"},
    {NULL, MODE_NORMAL, COMMAND_RELATION, KEYS('r'), 50, "relation",
     "add a relation: then the head's number, the tail's number, and the label's letter"},
    {NULL, MODE_HEAD | MODE_TAIL, COMMAND_HINT, NAMED("1-9"), 10, "entity", "the entity at which it stands"},
    {NULL, MODE_NORMAL, COMMAND_SPLIT, KEYS('|'), 0, NULL,
     "split the word: Left and Right move the cut, Enter cuts; labels follow"},
    {NULL, MODES_MOVING, COMMAND_JOIN, KEYS('&'), 0, NULL, "join the word and the next one, or the selected words"},

    {"Moving", MODES_MOVING, COMMAND_LEFT, KEYS('h', FUNCTION(KEY_LEFT), 'b'), 0, NULL, "one word back"},
    {NULL, MODES_MOVING, COMMAND_RIGHT, KEYS('l', FUNCTION(KEY_RIGHT), 'w'), 0, NULL, "one word on"},
    {NULL, MODES_MOVING, COMMAND_LINE_UP, KEYS('k', FUNCTION(KEY_UP)), 0, NULL, "one line of words up"},
    {NULL, MODES_MOVING, COMMAND_LINE_DOWN, KEYS('j', FUNCTION(KEY_DOWN)), 0, NULL, "one line of words down"},
    {NULL, MODES_MOVING, COMMAND_LINE_START, KEYS('0', '^', FUNCTION(KEY_HOME)), 0, NULL, "first word of the line"},
    {NULL, MODES_MOVING, COMMAND_LINE_END, KEYS('$', FUNCTION(KEY_END)), 0, NULL, "last word of the line"},
    {NULL, MODE_NORMAL, COMMAND_NEXT_LABEL, KEYS('\t'), 120, "next label", "next label or proposal, relations too"},
    {NULL, MODE_NORMAL, COMMAND_PREVIOUS_LABEL, KEYS(FUNCTION(KEY_BTAB)), 0, NULL, "previous label or proposal"},
    {NULL, MODE_NORMAL, COMMAND_NEXT_POST, KEYS('J', FUNCTION(KEY_NPAGE)), 110, "next post", "next post"},
    {NULL, MODE_NORMAL, COMMAND_PREVIOUS_POST, KEYS('K', FUNCTION(KEY_PPAGE)), 0, NULL, "previous post"},
    {NULL, MODE_NORMAL, COMMAND_NEXT_OPEN, KEYS('n'), 130, "next open", "next post that is neither done nor skipped"},
    {NULL, MODE_NORMAL, COMMAND_PREVIOUS_OPEN, KEYS('N'), 0, NULL, "previous post that is neither done nor skipped"},
    {NULL, MODE_NORMAL, COMMAND_FIRST_POST, KEYS('g'), 0, NULL, "first post"},
    {NULL, MODE_NORMAL, COMMAND_LAST_POST, KEYS('G'), 0, NULL, "last post"},
    {NULL, MODE_NORMAL, COMMAND_GO_TO, KEYS(':'), 0, NULL, "go to a post by its number, or by its id"},

    {"Finding", MODE_NORMAL, COMMAND_SEARCH, KEYS('/'), 410, "search",
     "search in words, types, relations and notes of the posts in the list; a capital letter makes the case count"},
    {NULL, MODE_NORMAL, COMMAND_NEXT_MATCH, KEYS(']'), 0, NULL, "next match, in this post or another"},
    {NULL, MODE_NORMAL, COMMAND_PREVIOUS_MATCH, KEYS('['), 0, NULL, "previous match"},
    {NULL, MODE_NORMAL, COMMAND_FILTER, KEYS('F'), 420, "filter", "choose which posts the list shows"},
    {NULL, MODE_NORMAL, COMMAND_ORDER, KEYS('O'), 430, "order", "choose the order of the list"},
    {NULL, MODE_NORMAL, COMMAND_OCCURRENCES, KEYS('*'), 440, "all places",
     "list every place in the corpus where the words of the label stand, or the word"},
    {NULL, MODE_SELECT, COMMAND_OCCURRENCES, KEYS('*'), 0, NULL, "the same for the words of the selection"},
    {NULL, MODE_NORMAL, COMMAND_SUMMARY, KEYS('C'), 450, "counts", "show progress, labels by type, time per post"},

    {"Posts", MODE_NORMAL | MODE_BOX, COMMAND_DONE, KEYS('D'), 140, "done", "mark the post done, or open again"},
    {NULL, MODE_NORMAL, COMMAND_SKIP, KEYS('S'), 150, "skip", "mark the post skipped and go to the next one"},
    {NULL, MODE_NORMAL, COMMAND_UNSURE, KEYS('!'), 180, "unsure", "flag the post as unsure, or no longer"},
    {NULL, MODE_NORMAL, COMMAND_FLAGS, KEYS('#'), 0, NULL,
     "edit the post's flags, of any names, with commas between; Tab completes those in use"},
    {NULL, MODE_NORMAL, COMMAND_NOTE, KEYS(';'), 190, "note", "edit the post's note"},
    {NULL, MODE_NORMAL | MODE_BOX | MODE_ADJUDICATE | MODE_CASE | MODE_INSPECT, COMMAND_UNDO, KEYS('u'), 90, "undo",
     "undo the last change, in whichever post it was"},
    {NULL, MODE_NORMAL | MODE_BOX | MODE_CASE | MODE_INSPECT, COMMAND_REDO, KEYS(CTRL('R'), 'U'), 0, NULL,
     "do again what was undone"},
    {NULL, MODE_NORMAL | MODE_BOX | MODE_ADJUDICATE | MODE_CASE | MODE_INSPECT, COMMAND_SAVE, KEYS('s'), 100, "save",
     "save"},

    {"Boxes", MODE_NORMAL, COMMAND_BOXES, KEYS('B'), 310, "boxes",
     "to the boxes of the picture: accept, draw, change, label, link, mask"},
    {NULL, MODE_NORMAL | MODE_BOX, COMMAND_DETECT, KEYS('X'), 320, "detect",
     "run the detector on the picture: what it finds becomes boxes, but for what lies over a box that stays"},
    {NULL, MODE_BOX, COMMAND_NEXT_BOX, KEYS('\t'), 40, "next box", "next box"},
    {NULL, MODE_BOX, COMMAND_PREVIOUS_BOX, KEYS(FUNCTION(KEY_BTAB)), 0, NULL, "previous box"},
    {NULL, MODE_BOX, COMMAND_BOX_ACCEPT, KEYS('a', '\n'), 10, "accept",
     "accept the detector's box and go to the next one; a box that is being drawn or changed is kept"},
    {NULL, MODE_BOX, COMMAND_BOX_NEW, KEYS('n'), 20, "new",
     "a new box: arrows move it, Shift with them sizes it, Enter keeps it and asks for its label"},
    {NULL, MODE_BOX, COMMAND_BOX_LABEL, KEYS('t'), 50, "label",
     "the box's label; Tab completes it from the post's labels, earlier ones, and COCO's"},
    {NULL, MODE_BOX, COMMAND_BOX_DELETE, KEYS('x', FUNCTION(KEY_DC)), 60, "delete", "delete the box, and links to it"},
    {NULL, MODE_BOX, COMMAND_BOX_LEFT, KEYS('h', FUNCTION(KEY_LEFT)), 0, NULL, "move the box left"},
    {NULL, MODE_BOX, COMMAND_BOX_RIGHT, KEYS('l', FUNCTION(KEY_RIGHT)), 0, NULL, "move the box right"},
    {NULL, MODE_BOX, COMMAND_BOX_UP, KEYS('k', FUNCTION(KEY_UP)), 0, NULL, "move the box up"},
    {NULL, MODE_BOX, COMMAND_BOX_DOWN, KEYS('j', FUNCTION(KEY_DOWN)), 0, NULL, "move the box down"},
    {NULL, MODE_BOX, COMMAND_BOX_NARROWER, KEYS('H', FUNCTION(KEY_SLEFT)), 0, NULL, "make the box narrower"},
    {NULL, MODE_BOX, COMMAND_BOX_WIDER, KEYS('L', FUNCTION(KEY_SRIGHT)), 0, NULL, "make the box wider"},
    {NULL, MODE_BOX, COMMAND_BOX_SHORTER, KEYS('K', FUNCTION(KEY_SR)), 0, NULL, "make the box shorter"},
    {NULL, MODE_BOX, COMMAND_BOX_TALLER, KEYS('J', FUNCTION(KEY_SF)), 0, NULL, "make the box taller"},
    {NULL, MODE_BOX, COMMAND_NEXT_ENTITY, KEYS('w'), 90, "entity", "next entity"},
    {NULL, MODE_BOX, COMMAND_PREVIOUS_ENTITY, KEYS('b'), 0, NULL, "previous entity"},
    {NULL, MODE_BOX, COMMAND_BOX_LINK, KEYS('e'), 70, "link",
     "the entity is in this box, or no more; it may be in several"},
    {NULL, MODE_BOX, COMMAND_BOX_OUTSIDE, KEYS('o'), 110, "not in picture", "the entity is not in the picture"},
    {NULL, MODE_BOX, COMMAND_BOX_UNANSWERED, KEYS('c'), 0, NULL, "nobody has said where the entity is"},
    {NULL, MODE_BOX, COMMAND_BOX_MASK, NAMED("1-9"), 120, "mask",
     "hide what is in the box of that number from the model, or show it again: the labels say what that changes"},
    {NULL, MODE_BOX, COMMAND_BOX_MASK, KEYS('m'), 0, NULL, "the same for the chosen box"},
    {NULL, MODE_BOX, COMMAND_BOX_UNMASK, KEYS('0'), 0, NULL, "show the model all of the picture again"},
    {NULL, MODE_BOX, COMMAND_NEXT_POST, KEYS(FUNCTION(KEY_NPAGE)), 0, NULL, "boxes of the next post"},
    {NULL, MODE_BOX, COMMAND_PREVIOUS_POST, KEYS(FUNCTION(KEY_PPAGE)), 0, NULL, "boxes of the previous post"},
    {NULL, MODE_BOX, COMMAND_CANCEL, KEYS(ESCAPE, 'q', 'B', CTRL('C')), 80, "back",
     "leave a box that is being drawn or changed as it was, else back to the words"},
    {NULL, MODE_BOX, COMMAND_NONE, NAMED("Mouse"), 0, NULL,
     "a click chooses the smallest box there; dragging draws a new one, or moves the chosen one or its edges"},

    {"Screen", MODE_NORMAL | MODE_CASE, COMMAND_HEAT, KEYS('H'), 80, "heat",
     "show contributions over words and picture, words, picture, none"},
    {NULL, MODE_NORMAL | MODE_BOX | MODE_CASE, COMMAND_GRAPHICS, KEYS('i'), 160, "image",
     "draw pictures as sixels, as half blocks, or not at all"},
    {NULL, MODE_NORMAL, COMMAND_PAGE, KEYS('I'), 0, NULL, "read the guidelines"},
    {NULL, MODE_NORMAL | MODE_BOX | MODE_CASE | MODE_INSPECT, COMMAND_REDRAW, KEYS(CTRL('L')), 0, NULL,
     "draw the screen anew"},
    {NULL, MODE_NORMAL | MODE_BOX | MODE_ADJUDICATE | MODE_CASE | MODE_INSPECT, COMMAND_HELP, KEYS('?', FUNCTION(KEY_F(1))), 30,
     "help",
     "show the keys"},
    {NULL, MODE_NORMAL | MODE_ADJUDICATE | MODE_CASE | MODE_INSPECT, COMMAND_QUIT, KEYS('q', CTRL('C')), 170, "quit",
     "quit; asks when there is something to save"},

    {NULL, MODES_MOVING, COMMAND_NONE, NAMED("Mouse"), 0, NULL,
     "a click goes to a word, a label or a post, or takes what stands below; dragging selects words, a second click "
     "asks for a type, the wheel scrolls or goes through the posts"},

    {"Choosing", MODES_CHOOSING, COMMAND_CHOOSER_UP, KEYS(FUNCTION(KEY_UP)), 0, NULL, "one label up"},
    {NULL, MODES_CHOOSING, COMMAND_CHOOSER_DOWN, KEYS(FUNCTION(KEY_DOWN), '\t'), 0, NULL, "one label down"},
    {NULL, MODES_CHOOSING, COMMAND_CHOOSER_TAKE, KEYS('\n'), 10, "take",
     "take the marked label"},
    {NULL, MODES_POPUP, COMMAND_CANCEL, KEYS(ESCAPE, CTRL('C')), 30, "cancel", "leave it as it was"},
    {NULL, MODE_NORMAL, COMMAND_CANCEL, KEYS(ESCAPE), 0, NULL, "leave it as it was"},

    {"Quitting", MODE_QUIT, COMMAND_QUIT_SAVE, KEYS('s', 'y', '\n'), 10, "save and quit", "save and quit"},
    {NULL, MODE_QUIT, COMMAND_QUIT_LEAVE, KEYS('q', 'n'), 20, "quit, journal keeps it",
     "quit without saving: the journal keeps the work for the next time"},

    {"Adjudicating", MODE_ADJUDICATE, COMMAND_VERSION, NAMED("1-9"), 10, "take a version",
     "take the version at which it stands, and go to the next disagreement"},
    {NULL, MODE_ADJUDICATE, COMMAND_VERSION_NONE, KEYS('0'), 20, "none",
     "take none of the versions: all are refused; where no disagreement is left, the first word of the line"},
    {NULL, MODE_ADJUDICATE, COMMAND_SETTLE, KEYS('\n'), 30, "done, next",
     "mark the post done once nothing is open in it, and go to the next post with disagreements"},
    {NULL, MODE_ADJUDICATE, COMMAND_NEXT_DISAGREEMENT, KEYS('\t'), 50, "next", "next disagreement of the post"},
    {NULL, MODE_ADJUDICATE, COMMAND_PREVIOUS_DISAGREEMENT, KEYS(FUNCTION(KEY_BTAB)), 0, NULL,
     "previous disagreement of the post"},
    {NULL, MODE_ADJUDICATE, COMMAND_NEXT_OPEN, KEYS('n'), 80, "next open", "next post with disagreements"},
    {NULL, MODE_ADJUDICATE, COMMAND_PREVIOUS_OPEN, KEYS('N'), 0, NULL, "previous post with disagreements"},
    {NULL, MODE_ADJUDICATE, COMMAND_NONE, NAMED("Others"), 0, NULL,
     "what they do otherwise: a label of your own settles the place too"},

    {"Inspecting: the overview", MODE_INSPECT, COMMAND_INSPECT_OPEN, KEYS('\n'), 10, "its cases",
     "go to the cases that the number counts"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_NEXT_TABLE, KEYS('\t'), 20, "next table", "next table"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_PREVIOUS_TABLE, KEYS(FUNCTION(KEY_BTAB)), 0, NULL, "previous table"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_LEFT, KEYS('h', FUNCTION(KEY_LEFT)), 0, NULL, "one number to the left"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_RIGHT, KEYS('l', FUNCTION(KEY_RIGHT)), 0, NULL, "one number to the right"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_UP, KEYS('k', FUNCTION(KEY_UP)), 0, NULL, "one number up"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_DOWN, KEYS('j', FUNCTION(KEY_DOWN)), 0, NULL, "one number down"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_PAGE_UP, KEYS(FUNCTION(KEY_PPAGE)), 0, NULL, "ten numbers up"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_PAGE_DOWN, KEYS(FUNCTION(KEY_NPAGE)), 0, NULL, "ten numbers down"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_SYSTEM, KEYS('t'), 50, "other system",
     "the numbers of the other system; then who of the two is right"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_RELATIONS, KEYS('r'), 60, "relations", "relations, or entities again"},
    {NULL, MODE_INSPECT, COMMAND_INSPECT_LEAKED, KEYS('L'), 70, "leaked",
     "leave out posts whose text or picture is in the training data, or count them again"},
    {NULL, MODE_INSPECT, COMMAND_CASE, KEYS('M'), 0, NULL, "back to the case"},
    {NULL, MODE_INSPECT, COMMAND_CANCEL, KEYS(ESCAPE), 80, "back", "back to the case"},

    {"Inspecting: a case", MODE_NORMAL, COMMAND_CASE, KEYS('M'), 35, "case",
     "back to the case, where a system is inspected"},
    {NULL, MODE_CASE, COMMAND_CASE_NEXT, KEYS('n', 'j', FUNCTION(KEY_DOWN), FUNCTION(KEY_NPAGE)), 10, "next",
     "next case of the list"},
    {NULL, MODE_CASE, COMMAND_CASE_PREVIOUS, KEYS('p', 'k', FUNCTION(KEY_UP), FUNCTION(KEY_PPAGE)), 20, "previous",
     "previous case of the list"},
    {NULL, MODE_CASE, COMMAND_CASE_FIRST, KEYS('<', FUNCTION(KEY_HOME)), 0, NULL, "first case of the list"},
    {NULL, MODE_CASE, COMMAND_CASE_LAST, KEYS('>', FUNCTION(KEY_END)), 0, NULL, "last case of the list"},
    {NULL, MODE_CASE, COMMAND_CASE_DOWN, KEYS('J'), 0, NULL, "more of what is said about the case"},
    {NULL, MODE_CASE, COMMAND_CASE_UP, KEYS('K'), 0, NULL, "back to what was said before"},
    {NULL, MODE_CASE, COMMAND_VERDICT_MODEL, KEYS('m'), 40, "model wrong", "the model is wrong; again: no verdict"},
    {NULL, MODE_CASE, COMMAND_VERDICT_GOLD, KEYS('g'), 50, "gold wrong", "gold is wrong; again: no verdict"},
    {NULL, MODE_CASE, COMMAND_VERDICT_BOTH, KEYS('b'), 110, "both wrong", "both are wrong; again: no verdict"},
    {NULL, MODE_CASE, COMMAND_VERDICT_UNSURE, KEYS('y'), 130, "unsure", "nobody can tell; again: no verdict"},
    {NULL, MODE_CASE, COMMAND_VERDICT_NOTE, KEYS(';'), 120, "note", "a note to the verdict"},
    {NULL, MODE_CASE, COMMAND_CASE_EDIT, KEYS('e', '\n'), 60, "edit gold",
     "correct gold with all keys of the workbench"},
    {NULL, MODE_CASE, COMMAND_CASE_READING, KEYS('z'), 70, "filter",
     "what the model says with the mean, with a sample, with the bottleneck bypassed"},
    {NULL, MODE_CASE, COMMAND_CASE_COMPARE, KEYS('c'), 140, "compare",
     "heat of the two models side by side, or of one"},
    {NULL, MODE_CASE, COMMAND_CASE_FLIPS, KEYS('f'), 150, "flips",
     "only cases where one system is right and the other is not, or all again"},
    {NULL, MODE_CASE, COMMAND_CASE_ORDER, KEYS('O'), 190, "order",
     "order of the list: file, points, confidence, match, saved by the filter, lost by it"},
    {NULL, MODE_CASE, COMMAND_CASE_FIGURE, KEYS('x'), 0, NULL,
     "write the post as a figure, .svg, .pdf or .png, and its numbers beside it as .csv"},
    {NULL, MODE_CASE, COMMAND_OVERVIEW, KEYS('o'), 180, "overview", "the overview"},
    {NULL, MODE_CASE, COMMAND_CANCEL, KEYS(ESCAPE), 0, NULL, "the overview"},

    {"Typing a line", MODE_PROMPT, COMMAND_PROMPT_TAKE, KEYS('\n'), 10, "take", "take the line"},
    {NULL, MODE_PROMPT, COMMAND_PROMPT_COMPLETE, KEYS('\t'), 20, "complete",
     "complete it, again for the next one, where there is something to choose from"},

    {"All places of the words", MODE_OCCURRENCES, COMMAND_OCCURRENCE_ACCEPT, KEYS('a'), 10, "label",
     "give this place the label, whatever stands there, and go to the next"},
    {NULL, MODE_OCCURRENCES, COMMAND_OCCURRENCE_SKIP, KEYS('x'), 20, "skip",
     "leave this place out when all are labelled, or no longer"},
    {NULL, MODE_OCCURRENCES, COMMAND_OCCURRENCE_ALL, KEYS('A', '\n'), 30, "label all",
     "label all open places as one change, which one undo takes back; other labels and what was refused stay"},
    {NULL, MODE_OCCURRENCES, COMMAND_OCCURRENCE_CASE, KEYS('i'), 50, "case",
     "let upper and lower case be the same, or not"},
    {NULL, MODE_OCCURRENCES, COMMAND_OCCURRENCE_GO, KEYS('g'), 60, "go there", "go to the place"},
    {NULL, MODE_OCCURRENCES, COMMAND_LABEL, NAMED("Letter"), 0, NULL, "the type to be given"},
    {NULL, MODE_OCCURRENCES, COMMAND_OCCURRENCE_UP, KEYS('k', FUNCTION(KEY_UP)), 0, NULL, "one place up"},
    {NULL, MODE_OCCURRENCES, COMMAND_OCCURRENCE_DOWN, KEYS('j', FUNCTION(KEY_DOWN)), 0, NULL, "one place down"},
    {NULL, MODE_OCCURRENCES, COMMAND_OCCURRENCE_PAGE_UP, KEYS(FUNCTION(KEY_PPAGE)), 0, NULL, "ten places up"},
    {NULL, MODE_OCCURRENCES, COMMAND_OCCURRENCE_PAGE_DOWN, KEYS(FUNCTION(KEY_NPAGE)), 0, NULL, "ten places down"},
    {NULL, MODE_OCCURRENCES, COMMAND_CANCEL, KEYS(ESCAPE, 'q', CTRL('C')), 40, "close", "close the list"},

    {"Counts", MODE_SUMMARY, COMMAND_SUMMARY_DOWN, KEYS('j', FUNCTION(KEY_DOWN)), 20, "down", "a line down"},
    {NULL, MODE_SUMMARY, COMMAND_SUMMARY_UP, KEYS('k', FUNCTION(KEY_UP)), 30, "up", "a line up"},
    {NULL, MODE_SUMMARY, COMMAND_SUMMARY_PAGE_DOWN, KEYS(FUNCTION(KEY_NPAGE), ' '), 40, "further", "ten lines down"},
    {NULL, MODE_SUMMARY, COMMAND_SUMMARY_PAGE_UP, KEYS(FUNCTION(KEY_PPAGE)), 0, NULL, "ten lines up"},
    {NULL, MODE_SUMMARY, COMMAND_CANCEL, KEYS(ESCAPE, 'q', 'C', CTRL('C')), 10, "close", "close the counts"},

    {"Order of the list", MODE_ORDER, COMMAND_ORDER_FILE, KEYS('f'), 0, NULL, "the order of the file"},
    {NULL, MODE_ORDER, COMMAND_ORDER_WORDS, KEYS('w'), 0, NULL,
     "by uncertainty of the words, most first; posts that the model has not seen yet stand last, here and below"},
    {NULL, MODE_ORDER, COMMAND_ORDER_PICTURE, KEYS('p'), 0, NULL, "by uncertainty of the picture, most first"},
    {NULL, MODE_ORDER, COMMAND_ORDER_MATCH, KEYS('m'), 0, NULL, "by how well text and picture match, worst first"},
    {NULL, MODE_ORDER, COMMAND_ORDER_STATUS, KEYS('s'), 0, NULL, "by status: started, new, done, skipped"},

    {"Posts in the list", MODE_ORDER, COMMAND_FILTER_STATUS, KEYS('o'), 0, NULL,
     "those that are open (new or started), new, started, done, skipped, or any"},
    {NULL, MODE_ORDER, COMMAND_FILTER_TYPE, KEYS('e'), 0, NULL, "those with an entity of a type; again: the next type"},
    {NULL, MODE_ORDER, COMMAND_FILTER_TEXT, KEYS('t'), 0, NULL, "those with a text in their words or note"},
    {NULL, MODE_ORDER, COMMAND_FILTER_FLAG, KEYS('!'), 0, NULL,
     "those that are flagged, not flagged, flagged as a conflict of annotators, or any"},
    {NULL, MODE_ORDER, COMMAND_FILTER_MODEL, KEYS('u'), 0, NULL,
     "those unseen by the model, seen by it, with proposals, or any"},
    {NULL, MODE_ORDER, COMMAND_FILTER_CLEAR, KEYS('a'), 20, "all posts", "all posts"},
    {NULL, MODE_ORDER, COMMAND_CANCEL, KEYS(ESCAPE, '\n', 'q', CTRL('C')), 10, "close", "close the menu"},

    {"Guidelines", MODE_PAGE, COMMAND_PAGE_DOWN, KEYS('j', FUNCTION(KEY_DOWN)), 30, "down", "a line down"},
    {NULL, MODE_PAGE, COMMAND_PAGE_UP, KEYS('k', FUNCTION(KEY_UP)), 40, "up", "a line up"},
    {NULL, MODE_PAGE, COMMAND_PAGE_FORWARD, KEYS(FUNCTION(KEY_NPAGE), ' '), 50, "further", "further down"},
    {NULL, MODE_PAGE, COMMAND_PAGE_BACK, KEYS(FUNCTION(KEY_PPAGE), 'b'), 0, NULL, "further up"},
    {NULL, MODE_PAGE, COMMAND_PAGE_FIRST, KEYS('g', FUNCTION(KEY_HOME)), 0, NULL, "to the beginning"},
    {NULL, MODE_PAGE, COMMAND_PAGE_LAST, KEYS('G', FUNCTION(KEY_END)), 0, NULL, "to the end"},
    {NULL, MODE_PAGE, COMMAND_PAGE_SEARCH, KEYS('/'), 60, "search", "look for words"},
    {NULL, MODE_PAGE, COMMAND_PAGE_NEXT, KEYS('n'), 70, "next", "look for them further on"},
    {NULL, MODE_PAGE, COMMAND_PAGE_STAY, KEYS('\n'), 20, "keep beside",
     "go on working, and keep them over the list where the screen is wide enough"},
    {NULL, MODE_PAGE, COMMAND_CANCEL, KEYS(ESCAPE, 'q', 'I', CTRL('C')), 10, "close", "close the guidelines"},

    {"Help", MODE_HELP, COMMAND_HELP_DOWN, KEYS('j', FUNCTION(KEY_DOWN)), 20, "down", "a line down"},
    {NULL, MODE_HELP, COMMAND_HELP_UP, KEYS('k', FUNCTION(KEY_UP)), 30, "up", "a line up"},
    {NULL, MODE_HELP, COMMAND_HELP_PAGE_DOWN, KEYS(FUNCTION(KEY_NPAGE), ' '), 40, "further", "ten lines down"},
    {NULL, MODE_HELP, COMMAND_HELP_PAGE_UP, KEYS(FUNCTION(KEY_PPAGE)), 0, NULL, "ten lines up"},
    {NULL, MODE_HELP, COMMAND_CANCEL, KEYS(ESCAPE, 'q', '?', CTRL('C')), 10, "close", "close the help"},
};

enum { KEYMAP_ROWS = sizeof keymap_rows / sizeof keymap_rows[0] };

/* The table with the user's own keys; NULL where there are none. */
static struct keymap_row *keymap_own;
static size_t keymap_n_own;

size_t keymap_count(void)
{
    return keymap_own ? keymap_n_own : KEYMAP_ROWS;
}

const struct keymap_row *keymap_at(size_t index)
{
    return keymap_own ? &keymap_own[index] : &keymap_rows[index];
}

/* The place of a key in a row's keys; KEYMAP_KEYS_MAX when it has not got it. */
static size_t keymap_place(const struct keymap_row *row, keymap_key key)
{
    size_t k = 0;
    while (k < KEYMAP_KEYS_MAX && row->keys[k] && row->keys[k] != key)
        k++;
    return k < KEYMAP_KEYS_MAX && row->keys[k] ? k : KEYMAP_KEYS_MAX;
}

static enum command keymap_look(const struct keymap_row *rows, size_t n, unsigned mode, keymap_key key)
{
    for (size_t i = 0; key && i < n; i++)
        if ((rows[i].modes & mode) && keymap_place(&rows[i], key) < KEYMAP_KEYS_MAX)
            return rows[i].command;
    return COMMAND_NONE;
}

enum command keymap_find(enum mode mode, keymap_key key)
{
    return keymap_look(keymap_at(0), keymap_count(), mode, key_names_plain(key));
}

unsigned keymap_modes(enum command command)
{
    unsigned modes = 0;
    for (size_t i = 0; i < KEYMAP_ROWS; i++)
        if (keymap_rows[i].command == command && !keymap_rows[i].name)
            modes |= keymap_rows[i].modes;
    return modes;
}

char *keymap_command_key(enum mode mode, enum command command, char *out, size_t size)
{
    *out = '\0';
    for (size_t i = 0; i < keymap_count() && !*out; i++)
        if (keymap_at(i)->command == command && (keymap_at(i)->modes & mode) && keymap_at(i)->keys[0])
            key_names_key(keymap_at(i)->keys[0], out, size);
    return out;
}

/* --- the user's own keys ------------------------------------------------------------------------------------------ */

struct keymap_draft {
    struct keymap_row *rows;
    size_t n;
};

/* Cuts the row so that these modes, some of its own, have one to themselves: its index, SIZE_MAX when memory is out. */
static size_t draft_split(struct keymap_draft *draft, size_t index, unsigned modes)
{
    if (draft->rows[index].modes == modes)
        return index;
    struct keymap_row *grown = array_grow(draft->rows, draft->n, sizeof *grown);
    if (!grown)
        return SIZE_MAX;
    draft->rows = grown;
    memmove(grown + index + 1, grown + index, (draft->n - index) * sizeof *grown);
    draft->n++;
    grown[index].modes &= ~modes;
    grown[index + 1].modes = modes;
    grown[index + 1].group = NULL;
    return index + 1;
}

static int draft_unbind(struct keymap_draft *draft, unsigned modes, keymap_key key)
{
    for (size_t i = 0; i < draft->n; i++) {
        unsigned hit = draft->rows[i].modes & modes;
        if (!hit || keymap_place(&draft->rows[i], key) == KEYMAP_KEYS_MAX)
            continue;
        if ((i = draft_split(draft, i, hit)) == SIZE_MAX)
            return -1;
        keymap_key *keys = draft->rows[i].keys;
        size_t k = keymap_place(&draft->rows[i], key);
        memmove(keys + k, keys + k + 1, (KEYMAP_KEYS_MAX - k - 1) * sizeof *keys);
        keys[KEYMAP_KEYS_MAX - 1] = 0;
    }
    return 0;
}

/* Rows of the command in exactly the binding's modes, with no keys but those of earlier bindings. */
static int draft_clear(struct keymap_draft *draft, const struct keymap_binding *binding)
{
    for (size_t i = 0; i < draft->n; i++) {
        unsigned hit = draft->rows[i].modes & binding->modes;
        if (draft->rows[i].command != binding->command || draft->rows[i].name || !hit)
            continue;
        if ((i = draft_split(draft, i, hit)) == SIZE_MAX)
            return -1;
        if (!draft->rows[i].rebound)
            memset(draft->rows[i].keys, 0, sizeof draft->rows[i].keys);
        draft->rows[i].rebound = true;
    }
    return 0;
}

/* The first row of each mode gets the keys. */
static int draft_bind(struct keymap_draft *draft, const struct keymap_binding *binding)
{
    unsigned left = binding->modes;
    if (draft_clear(draft, binding))
        return -1;
    for (size_t i = 0; i < draft->n; i++) {
        unsigned hit = draft->rows[i].modes & left;
        if (draft->rows[i].command != binding->command || draft->rows[i].name || !hit)
            continue;
        if ((i = draft_split(draft, i, hit)) == SIZE_MAX)
            return -1;
        left &= ~hit;
        keymap_key *keys = draft->rows[i].keys;
        size_t n = 0;
        while (n < KEYMAP_KEYS_MAX && keys[n])
            n++;
        for (size_t k = 0; k < binding->n_keys && n < KEYMAP_KEYS_MAX; k++)
            keys[n++] = binding->keys[k];
    }
    return 0;
}

/* Takes out what has no key any more; its heading goes to the row behind. */
static void draft_tidy(struct keymap_draft *draft)
{
    size_t kept = 0;
    const char *group = NULL;
    for (size_t i = 0; i < draft->n; i++) {
        struct keymap_row row = draft->rows[i];
        if (row.group)
            group = row.group;
        if (!row.name && !row.keys[0])
            continue;
        row.group = group;
        group = NULL;
        draft->rows[kept++] = row;
    }
    draft->n = kept;
}

int keymap_rebind(const struct keymap_binding *bindings, size_t n, struct error *err)
{
    struct keymap_draft draft = {0};
    if (n) {
        draft.rows = array_new(KEYMAP_ROWS, sizeof *draft.rows);
        if (!draft.rows)
            goto memory;
        memcpy(draft.rows, keymap_rows, sizeof keymap_rows);
        draft.n = KEYMAP_ROWS;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < bindings[i].n_keys; k++)
            if (draft_unbind(&draft, bindings[i].modes, bindings[i].keys[k]))
                goto memory;
    for (size_t i = 0; i < n; i++)
        if (bindings[i].command != COMMAND_NONE && draft_bind(&draft, &bindings[i]))
            goto memory;
    draft_tidy(&draft);
    free(keymap_own);
    keymap_own = draft.rows;
    keymap_n_own = draft.n;
    return 0;
memory:
    free(draft.rows);
    return error_memory(err, "reading the keys");
}

/* --- the footer, the help, the manual ----------------------------------------------------------------------------- */

static int keymap_compare_rank(const void *a, const void *b)
{
    const struct keymap_row *const *left = a, *const *right = b;
    return (*left)->rank - (*right)->rank;
}

size_t keymap_footer(enum mode mode, const struct keymap_row **out, size_t capacity)
{
    size_t n = 0;
    for (size_t i = 0; i < keymap_count() && n < capacity; i++)
        if ((keymap_at(i)->modes & mode) && keymap_at(i)->rank)
            out[n++] = keymap_at(i);
    qsort(out, n, sizeof *out, keymap_compare_rank);
    return n;
}

void keymap_row_name(const struct keymap_row *row, char *out, size_t size)
{
    if (row->name)
        snprintf(out, size, "%s", row->name);
    else
        key_names_key(row->keys[0], out, size);
}

void keymap_row_names(const struct keymap_row *row, char *out, size_t size)
{
    size_t used = 0;
    char last[KEY_NAME_MAX] = "";
    snprintf(out, size, "%s", row->name ? row->name : "");
    for (size_t i = 0; i < KEYMAP_KEYS_MAX && row->keys[i]; i++) {
        char name[KEY_NAME_MAX];
        key_names_key(row->keys[i], name, sizeof name);
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
        char last[KEY_NAME_MAX] = "";
        fputs(".It", out);
        if (row->name)
            fprintf(out, " Ic %s", row->name);
        for (size_t k = 0; k < KEYMAP_KEYS_MAX && row->keys[k]; k++) {
            char name[KEY_NAME_MAX];
            key_names_key(row->keys[k], name, sizeof name);
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

/* --- letters for labels ------------------------------------------------------------------------------------------- */

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

/* Does the letter do it because the user wants it so? */
static bool keymap_bound_by_hand(char letter)
{
    return keymap_bound(letter) && keymap_look(keymap_rows, KEYMAP_ROWS, MODES_MOVING, letter) == COMMAND_NONE;
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
            if (!strcmp(names[i], expected[k].name) && !keymap_bound_by_hand(expected[k].letter))
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
    for (const char *p = hints; *p; p++)
        if (keymap_find(MODE_HEAD, *p) == COMMAND_NONE && keymap_find(MODE_TAIL, *p) == COMMAND_NONE && !index--)
            return *p;
    return 0;
}
