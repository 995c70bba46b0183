/* What the terminal can do: asked once before curses starts, by one batch of queries with a fence behind it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_TERMINAL_H
#define MMIB_UI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How pictures are shown; the names of --graphics. AUTO is only a wish, never a result. */
enum terminal_graphics { GRAPHICS_AUTO, GRAPHICS_SIXEL, GRAPHICS_BLOCKS, GRAPHICS_NONE };

/* Colours of raw output. NONE also stands for NO_COLOR. */
enum terminal_colours { COLOURS_NONE, COLOURS_8, COLOURS_16, COLOURS_256, COLOURS_TRUE };

enum { TERMINAL_TYPED_MAX = 1024, TERMINAL_NAME_MAX = 64 };

struct terminal {
    int fd_in, fd_out;               /* the terminal; -1 where there is none */
    enum terminal_graphics graphics; /* what to use */
    enum terminal_colours colours;
    bool answered;                  /* the fence came back within the limit */
    bool has_sixel;                 /* it says so */
    bool synchronized;              /* mode 2026 */
    bool sixel_display_mode_is_set; /* mode 80: must be reset before a picture is drawn */
    bool no_color;                  /* the user set NO_COLOR */
    bool light;                     /* its background is light */
    bool has_background;            /* it told its background */
    uint32_t background;            /* 0xRRGGBB */
    size_t registers;               /* sixel colours; 256 without an answer */
    size_t columns, rows;           /* cells; 80x24 where nobody knows */
    size_t cell_width_px, cell_height_px;
    bool cell_told;                     /* by CSI 16 t */
    size_t max_width_px, max_height_px; /* no picture may be larger */
    char name[TERMINAL_NAME_MAX];       /* as XTVERSION tells it, printable ASCII; "" = not told */
    unsigned char typed[TERMINAL_TYPED_MAX]; /* keys typed while we asked, for ungetch; more are dropped */
    size_t n_typed;
};

/* "auto", "sixel", "blocks", "none"; from_name returns -1 for another name. */
const char *terminal_graphics_name(enum terminal_graphics graphics);
int terminal_graphics_from_name(const char *name);

/* Asks the terminal (at most 1 s; no question where fd is no terminal or TERM is "dumb" or unset) and the environment.
 * Never fails: what is not answered has the safe value. The terminal's mode is as before afterwards. */
void terminal_ask(struct terminal *terminal, int fd_in, int fd_out, enum terminal_graphics wanted);

/* Columns, rows and, unless CSI 16 t tells better, the cell in pixels, from the kernel: again at each resize. True when
 * anything changed. */
bool terminal_measure(struct terminal *terminal);

/* The parts of terminal_ask, for tests. begin: nothing known. read: takes the answers out of n bytes, keeps what is no
 * answer as typed keys, returns true once the fence was seen; may be called with a prefix first and the whole again.
 * decide: chooses graphics and colours from answers and the environment (these variables' values, NULL = unset). */
struct terminal_environment {
    const char *term, *colorterm, *no_color, *colorfgbg;
    int terminfo_colours; /* max_colors of terminfo; -1 = none */
    bool terminfo_direct; /* its RGB or Tc flag */
};
void terminal_begin(struct terminal *terminal);
bool terminal_read(struct terminal *terminal, const unsigned char *bytes, size_t n);
void terminal_decide(struct terminal *terminal, const struct terminal_environment *environment,
                     enum terminal_graphics wanted);

#endif
