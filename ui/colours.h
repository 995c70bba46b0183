/* Colours of text: what the interface means by a colour, and what the terminal has for it.
 *
 * Tables for 256 colours (also as direct RGB), 16, 8 and none; for dark and light backgrounds. Scales and types are
 * chosen so that they can be told apart by colour-blind eyes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_COLOURS_H
#define MMIB_UI_COLOURS_H

#include "ui/terminal.h"

#include <curses.h>
#include <stddef.h>
#include <stdint.h>

/* Foreground colours. Types of entities that have no name of their own go on from INK_TYPE_MORE. */
enum screen_ink {
    INK_TEXT,   /* the terminal's own */
    INK_BRIGHT, /* what matters: white, bold */
    INK_DIM,    /* grey: rules, hints, posts without a picture */
    INK_GOOD,   /* green: saved, done */
    INK_WARN,   /* amber: unsaved, unsure */
    INK_BAD,    /* red: failed */
    INK_HEAT,   /* amber of bars: contribution above zero */
    INK_COLD,   /* blue of bars: below zero */
    INK_HEAT_OTHER, /* green: the second model's, above zero */
    INK_COLD_OTHER, /* purple: below */
    INK_RATE,   /* teal of bars: what the bottleneck keeps */
    INK_DARK,   /* text on a coloured ground: black */
    INK_TYPE_FIRST,
    INK_PER = INK_TYPE_FIRST,
    INK_LOC,
    INK_ORG,
    INK_MISC,
    INK_TYPE_MORE, /* the first without a name of its own */
    INK_TYPE_LAST = INK_TYPE_MORE + 7,
    INKS
};

/* Backgrounds. */
enum screen_ground {
    GROUND_NONE,     /* the terminal's own */
    GROUND_BAR,      /* title line */
    GROUND_SELECTED, /* the list's current line */
    GROUND_CURSOR,   /* the current token */
    GROUND_POPUP,
    GROUND_PICTURE, /* around a picture */
    GROUND_HEAT1,   /* amber behind words, weak .. strong; reads without colour too */
    GROUND_HEAT2,
    GROUND_HEAT3,
    GROUND_HEAT4,
    GROUND_COLD1, /* blue: contribution below zero */
    GROUND_COLD2,
    GROUND_COLD3,
    GROUND_COLD4,
    GROUNDS
};

/* What curses has to hear for one ink on one ground. */
struct colours_style {
    attr_t attributes;
    int pair;
};

struct colours {
    enum terminal_colours depth; /* of curses: COLOURS_TRUE for direct colour */
    bool light;
    struct colours_style styles[INKS][GROUNDS];
    bool has_style[INKS][GROUNDS];
};

/* After curses was started. */
void colours_start(struct colours *colours, const struct terminal *terminal);
const struct colours_style *colours_style_peek(struct colours *colours, enum screen_ink ink, enum screen_ground ground);

/* The ink of an entity type: PER, LOC, ORG, MISC and OTHER by name, others by their place in the schema. */
enum screen_ink screen_ink_of_type(const char *type, size_t index);
uint32_t screen_ink_rgb(enum screen_ink ink); /* 0xRRGGBB on a dark background, for boxes in pictures */
/* value in [-1, 1]: GROUND_NONE, GROUND_HEAT1..4 or GROUND_COLD1..4. */
enum screen_ground screen_ground_of_heat(double value);
uint32_t colours_ground_rgb(const struct colours *colours, enum screen_ground ground);

#endif
