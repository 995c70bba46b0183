/* The screen: the only place that starts, refreshes, resizes and leaves curses, writes pictures and reads keys.
 *
 * Windows lie on one pile, first added lowest. A window may show pictures: its cells there hold U+00A0, which curses
 * treats as text, so that a popup's spaces are really written and nothing is cleared across it. screen_present puts the
 * pile on the terminal, and then the pictures that are new or were damaged, unless something covers them.
 * One screen at a time. All functions but screen_wake are for one thread.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SCREEN_H
#define MMIB_UI_SCREEN_H

#include "corpora/error.h"
#include "ui/colours.h"
#include "ui/painter.h"
#include "ui/terminal.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct screen;

enum screen_event {
    SCREEN_KEY,       /* a key */
    SCREEN_MOUSE,     /* mouse holds it, in cells of the screen */
    SCREEN_WAKE,      /* screen_wake was called (once for several calls) */
    SCREEN_RESIZE,    /* the size changed, or the program came back from a stop: lay out anew, draw all */
    SCREEN_TIMEOUT,   /* nothing came */
    SCREEN_TERMINATE, /* SIGTERM or SIGHUP: save and leave */
    SCREEN_GONE,      /* the terminal is gone: the same, and nothing can be shown any more */
};

struct screen_input {
    enum screen_event event;
    wint_t key;     /* SCREEN_KEY: a Unicode character (control keys as their code, Enter '\n', escape 27), or KEY_* */
    bool is_code;   /* key is one of KEY_*; the backspace key is always KEY_BACKSPACE */
    bool is_pasted; /* it came out of a paste: text, never a command */
    MEVENT mouse;
};

/* Starts curses on the terminal: raw mode (so ^C, ^S are keys; ^Z stops the program here), no echo, mouse, signals.
 * SIGINT comes as the key ^C. The keys typed ahead come first. The caller's struct terminal is used and kept up to date
 * at each resize. ERROR_IO for a terminal that cannot be addressed. exit() and fatal signals give the terminal back.
 * Stop the threads that call screen_wake before screen_close. */
int screen_open(struct terminal *terminal, struct screen **out, struct error *err);
void screen_close(struct screen *screen); /* NULL is fine */

/* Opens the terminal for terminal_ask: standard input and output where they are terminals, else /dev/tty. -1 where
 * there is none. Both stay open until the program ends. */
int screen_terminal_fds(int *fd_in, int *fd_out, struct error *err);

/* Adds an empty window on top, erased with GROUND_NONE; NULL when it has no room or memory is out. Curses' own
 * functions write into it; a popup is removed to close it, and what lay below is shown again. */
WINDOW *screen_window_add(struct screen *screen, size_t rows, size_t columns, size_t y, size_t x);
void screen_window_remove(struct screen *screen, WINDOW *window); /* NULL is fine */
/* Moves and resizes within the screen, and erases it where that changes anything. -1 where it has no room (then it is
 * hidden). */
int screen_window_place(struct screen *screen, WINDOW *window, size_t rows, size_t columns, size_t y, size_t x);
void screen_window_hide(struct screen *screen, WINDOW *window, bool hidden);

/* The colours of what is written next; in a window that was erased with a ground, name that ground. attributes: A_BOLD,
 * A_ITALIC, A_UNDERLINE, A_REVERSE are added. With few or no colours, ink and ground fall back to bold, underline and
 * reverse so that they still differ from plain text. */
void screen_style(struct screen *screen, WINDOW *window, enum screen_ink ink, enum screen_ground ground,
                  attr_t attributes);
/* Erases the window with that ground. */
void screen_erase(struct screen *screen, WINDOW *window, enum screen_ground ground);

uint32_t screen_ground_rgb(const struct screen *screen, enum screen_ground ground);

/* Fills the window with what lies under a picture (GROUND_PICTURE), and shows the blob in it from its top left cell;
 * the screen keeps a reference. The same blob again costs nothing. NULL: no picture (any more); erase the window and
 * write text into it then. The blob must lie within the window, and the window must leave the screen's last row
 * free. */
void screen_picture(struct screen *screen, WINDOW *window, struct blob *blob);

/* Shows everything. Pictures wait while keys are waiting: screen_read draws them before it sleeps. */
void screen_present(struct screen *screen);

/* Waits for the next input, at most timeout_ms (-1: for ever). */
void screen_read(struct screen *screen, int timeout_ms, struct screen_input *out);

/* Makes screen_read return SCREEN_WAKE. From any thread, and from signal handlers. */
void screen_wake(struct screen *screen);

/* Gives the terminal to others (a shell, an editor, ^Z), and takes it back. */
void screen_suspend(struct screen *screen);
void screen_resume(struct screen *screen);

#endif
