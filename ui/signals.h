/* Signals as flags that a poll loop sees, and the terminal given back when the program dies.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SIGNALS_H
#define MMIB_UI_SIGNALS_H

#include "corpora/error.h"

#include <stddef.h>
#include <termios.h>

/* What happened since signals_take was called last. */
enum signals_event {
    SIGNALS_WAKE = 1,      /* signals_wake */
    SIGNALS_RESIZE = 2,    /* SIGWINCH */
    SIGNALS_STOP = 4,      /* SIGTSTP */
    SIGNALS_CONTINUE = 8,  /* SIGCONT */
    SIGNALS_INTERRUPT = 16, /* SIGINT */
    SIGNALS_TERMINATE = 32, /* SIGTERM, SIGHUP; one that comes 2 s after an untaken one ends the program */
};

enum { SIGNALS_RESTORE_MAX = 256 };

/* Takes the handlers over; close gives them back. */
int signals_open(struct error *err);
void signals_close(void);

int signals_fd(void);         /* readable when something happened */
unsigned signals_take(void);  /* the events, as a set; none any more */
void signals_wake(void);      /* from any thread or handler */
void signals_stop_here(void); /* stops the process group as SIGTSTP does by default; returns when it goes on */

/* What a fatal signal does before the program dies: writes n bytes (at most SIGNALS_RESTORE_MAX) to fd and sets its
 * mode. fd < 0: nothing. */
void signals_set_restore(int fd, const char *bytes, size_t n, const struct termios *mode);

#endif
