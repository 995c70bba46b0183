/* SPDX-License-Identifier: Apache-2.0
 *
 * Sequences beside those of curses: CSI ? 2026 h, l (synchronized output), CSI ? 2004 h, l (bracketed paste),
 * CSI 8 l, h (text from right to left stays in the order of its cells, under its labels), CSI ? 1002 h, l (motion while a
 * button is down), CSI ? 80 l, h (sixel display mode, only where it was set), ESC 7, ESC 8 and CUP around pictures. */
#include "ui/screen.h"

#include "corpora/clock.h"
#include "ui/key-reader.h"
#include "ui/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
    WINDOWS_MAX = 32,
    ESCAPE_DELAY_MS = 25,
    KEY_INTERRUPT = 3,
    KEY_STOP = 26,
    SCREEN_MICE_MAX = 8,
    REDRAWS_MAX = 12, /* xterm forgets a picture after 16 newer ones */
};

struct screen_window {
    WINDOW *window;
    bool hidden;
    struct blob *blob; /* NULL: no picture */
    bool shown;        /* the terminal has it, unless damage says otherwise */
    bool covered;      /* found at the last present */
};

struct screen {
    struct terminal *terminal;
    SCREEN *curses;
    FILE *in, *out;
    struct colours colours;
    struct key_reader reader;
    struct screen_window windows[WINDOWS_MAX]; /* lowest first */
    size_t n_windows;
    cchar_t *line_new, *line_old, *line_own; /* one line of cells each, for damage */
    char *scratch;
    size_t scratch_size;
    unsigned events; /* signals_event not handled yet */
    size_t n_redraws;
    bool suspended, gone;
    MEVENT mice[SCREEN_MICE_MAX]; /* that came with one key of curses, the next one last */
    size_t n_mice;
    bool reports_motion; /* the mouse, while a button is down */
};

static struct screen *screen_active;

/* Writing beside curses, after it has flushed. */
static void screen_write(struct screen *s, const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n && !s->gone) {
        ssize_t got = write(s->terminal->fd_out, at, n);
        if (got > 0) {
            at += got;
            n -= (size_t)got;
        } else if (got < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = s->terminal->fd_out, .events = POLLOUT};
            poll(&p, 1, -1);
        } else if (got < 0 && errno != EINTR) {
            s->gone = true;
        }
    }
}

static void screen_write_text(struct screen *s, const char *text)
{
    screen_write(s, text, strlen(text));
}

/* ---- start and end ---- */

int screen_terminal_fds(int *fd_in, int *fd_out, struct error *err)
{
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        *fd_in = STDIN_FILENO;
        *fd_out = STDOUT_FILENO;
        return 0;
    }
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, ERROR_IO, "terminal: there is none to show anything on");
    *fd_in = *fd_out = fd;
    return 0;
}

/* Appends a terminfo string, without its padding. */
static void screen_append_capability(char *bytes, size_t size, const char *name)
{
    const char *text = tigetstr((char *)(uintptr_t)name);
    size_t n = strlen(bytes);
    if (!text || text == (char *)-1)
        return;
    while (*text && n + 1 < size) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
        if (end)
            text = end + 1;
        else
            bytes[n++] = *text++;
    }
    bytes[n] = 0;
}

/* What gives the terminal back when the program dies: ends a picture that is half written, then the modes. */
static void screen_prepare_restore(struct screen *s, const struct termios *before)
{
    static const char *const capabilities[] = {"rmkx", "sgr0", "cnorm", "rmcup"};
    char bytes[SIGNALS_RESTORE_MAX];
    snprintf(bytes, sizeof bytes, "\033\\\033[?2026l\033[?2004l\033[8h\033[?1002l\033[?1000l\033[?1006l%s",
             s->terminal->sixel_display_mode_is_set ? "\033[?80h" : "");
    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++)
        screen_append_capability(bytes, sizeof bytes, capabilities[i]);
    signals_set_restore(s->terminal->fd_out, bytes, strlen(bytes), before);
}

static void screen_leave_modes(struct screen *s)
{
    screen_write_text(s, "\033[?2004l\033[8h\033[?1002l");
    if (s->terminal->graphics == GRAPHICS_SIXEL && s->terminal->sixel_display_mode_is_set)
        screen_write_text(s, "\033[?80h");
}

static void screen_enter_modes(struct screen *s)
{
    screen_write_text(s, "\033[?2004h\033[8l"); /* 8: no reordering of what stands in cells */
    if (s->terminal->graphics == GRAPHICS_SIXEL && s->terminal->sixel_display_mode_is_set)
        screen_write_text(s, "\033[?80l");
}

static void screen_at_exit(void)
{
    if (screen_active)
        screen_suspend(screen_active);
}

/* Curses needs a UTF-8 locale; a bare container has none, and its terminal is UTF-8 all the same. */
static void screen_choose_locale(void)
{
    const char *now = setlocale(LC_CTYPE, NULL);
    if (now && (!strcmp(now, "C") || !strcmp(now, "POSIX")))
        setlocale(LC_CTYPE, "C.UTF-8");
}

static int screen_allocate_lines(struct screen *s)
{
    size_t n = (size_t)COLS + 2;
    free(s->line_new);
    free(s->line_old);
    free(s->line_own);
    s->line_new = calloc(n, sizeof *s->line_new);
    s->line_old = calloc(n, sizeof *s->line_old);
    s->line_own = calloc(n, sizeof *s->line_own);
    return s->line_new && s->line_old && s->line_own ? 0 : -1;
}

static int screen_start_curses(struct screen *s, struct error *err)
{
    int fd_in = dup(s->terminal->fd_in), fd_out = dup(s->terminal->fd_out);
    s->in = fd_in < 0 ? NULL : fdopen(fd_in, "r");
    s->out = fd_out < 0 ? NULL : fdopen(fd_out, "w");
    if (!s->in || !s->out)
        return error_errno(err, "terminal");
    use_tioctl(TRUE);
    s->curses = newterm(NULL, s->out, s->in);
    const char *term = getenv("TERM");
    if (!s->curses)
        return error_set(err, ERROR_IO, "terminal: '%s' is not known to terminfo, or cannot be addressed",
                         term ? term : "");
    const char *address = tigetstr("cup");
    if (!address || address == (char *)-1) {
        endwin();
        return error_set(err, ERROR_IO, "terminal: '%s' cannot place its cursor", term ? term : "");
    }
    set_escdelay(ESCAPE_DELAY_MS);
    raw();
    noecho();
    nonl();
    curs_set(0);
    mouseinterval(0);
    /* A click whose two halves come in one packet, as they do over a network, is one event of its own to curses. */
    mousemask(BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON1_CLICKED | BUTTON2_PRESSED | BUTTON3_PRESSED |
                  BUTTON3_RELEASED | BUTTON4_PRESSED | BUTTON5_PRESSED | REPORT_MOUSE_POSITION,
              NULL);
    colours_start(&s->colours, s->terminal);
    if (screen_allocate_lines(s) ||
        key_reader_open(&s->reader, s->terminal->fd_in, s->terminal->typed, s->terminal->n_typed)) {
        endwin();
        return error_memory(err, "terminal");
    }
    s->terminal->n_typed = 0;
    return 0;
}

static void screen_free(struct screen *s)
{
    key_reader_close(&s->reader);
    for (size_t i = 0; i < s->n_windows; i++) {
        blob_unref(s->windows[i].blob);
        delwin(s->windows[i].window);
    }
    if (s->curses)
        delscreen(s->curses);
    if (s->in)
        fclose(s->in);
    if (s->out)
        fclose(s->out);
    free(s->line_new);
    free(s->line_old);
    free(s->line_own);
    free(s->scratch);
    free(s);
}

int screen_open(struct terminal *terminal, struct screen **out, struct error *err)
{
    static bool has_exit_hook;
    struct termios before;
    if (terminal->fd_in < 0 || tcgetattr(terminal->fd_in, &before))
        return error_set(err, ERROR_IO, "terminal: there is none to show anything on");
    struct screen *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(err, "terminal");
    s->terminal = terminal;
    screen_choose_locale();
    if (signals_open(err)) { /* before curses, which leaves handled signals alone */
        free(s);
        return -1;
    }
    if (screen_start_curses(s, err)) {
        signals_close();
        screen_free(s);
        return -1;
    }
    terminal_measure(terminal);
    screen_prepare_restore(s, &before);
    screen_enter_modes(s);
    screen_active = s;
    if (!has_exit_hook)
        has_exit_hook = atexit(screen_at_exit) == 0;
    *out = s;
    return 0;
}

void screen_suspend(struct screen *s)
{
    if (s->suspended)
        return;
    screen_leave_modes(s);
    endwin();
    s->suspended = true;
    s->reports_motion = false;
}

void screen_resume(struct screen *s)
{
    if (!s->suspended)
        return;
    s->suspended = false;
    reset_prog_mode();
    screen_enter_modes(s);
    clearok(curscr, TRUE);
    for (size_t i = 0; i < s->n_windows; i++)
        s->windows[i].shown = false;
}

void screen_close(struct screen *s)
{
    if (!s)
        return;
    screen_suspend(s);
    signals_set_restore(-1, NULL, 0, NULL);
    screen_active = NULL;
    signals_close();
    screen_free(s);
}

/* ---- windows ---- */

static struct screen_window *screen_find(struct screen *s, const WINDOW *window)
{
    for (size_t i = 0; i < s->n_windows; i++)
        if (s->windows[i].window == window)
            return &s->windows[i];
    return NULL;
}

static bool screen_has_room(size_t rows, size_t columns, size_t y, size_t x)
{
    return rows > 0 && columns > 0 && y + rows <= (size_t)LINES && x + columns <= (size_t)COLS;
}

WINDOW *screen_window_add(struct screen *s, size_t rows, size_t columns, size_t y, size_t x)
{
    if (s->n_windows == WINDOWS_MAX || !screen_has_room(rows, columns, y, x))
        return NULL;
    WINDOW *window = newwin((int)rows, (int)columns, (int)y, (int)x);
    if (!window)
        return NULL;
    /* Shifting characters or lines would shift slices of a picture. */
    idcok(window, FALSE);
    idlok(window, FALSE);
    leaveok(window, TRUE);
    s->windows[s->n_windows++] = (struct screen_window){.window = window};
    return window;
}

void screen_window_remove(struct screen *s, WINDOW *window)
{
    struct screen_window *w = window ? screen_find(s, window) : NULL;
    if (!w)
        return;
    blob_unref(w->blob);
    delwin(window);
    size_t i = (size_t)(w - s->windows);
    s->n_windows--;
    memmove(w, w + 1, (s->n_windows - i) * sizeof *w);
}

int screen_window_place(struct screen *s, WINDOW *window, size_t rows, size_t columns, size_t y, size_t x)
{
    struct screen_window *w = screen_find(s, window);
    if (!w)
        return -1;
    w->hidden = !screen_has_room(rows, columns, y, x);
    if (w->hidden)
        return -1;
    if (getmaxy(window) == (int)rows && getmaxx(window) == (int)columns && getbegy(window) == (int)y &&
        getbegx(window) == (int)x)
        return 0;
    /* Small first: a window never moves to where it does not fit. */
    w->shown = false;
    wresize(window, 1, 1);
    if (mvwin(window, (int)y, (int)x) == ERR || wresize(window, (int)rows, (int)columns) == ERR) {
        w->hidden = true;
        return -1;
    }
    screen_erase(s, window, GROUND_NONE);
    return 0;
}

void screen_window_hide(struct screen *s, WINDOW *window, bool hidden)
{
    struct screen_window *w = screen_find(s, window);
    if (w)
        w->hidden = hidden;
}

void screen_style(struct screen *s, WINDOW *window, enum screen_ink ink, enum screen_ground ground, attr_t attributes)
{
    const struct colours_style *style = colours_style_peek(&s->colours, ink, ground);
    int pair = style->pair; /* more pairs than the short argument holds */
    wattr_set(window, style->attributes | attributes, (short)pair, &pair);
}

/* A cell of one character in the colours of the ground. */
static cchar_t screen_cell(struct screen *s, const wchar_t *text, enum screen_ground ground, attr_t attributes)
{
    const struct colours_style *style = colours_style_peek(&s->colours, INK_TEXT, ground);
    int pair = style->pair;
    cchar_t cell;
    setcchar(&cell, text, style->attributes | attributes, (short)pair, &pair);
    return cell;
}

/* Attributes by which each row of a picture differs from those near it, all over, though a blank looks the same in all
 * of them: it never pays to shift them together with other lines (see screen_pin_lines). */
static attr_t screen_row_attributes(size_t row)
{
    return (row & 1 ? A_BOLD : 0) | (row & 2 ? A_DIM : 0) | (row & 4 ? A_INVIS : 0) | (row & 8 ? A_ITALIC : 0);
}

void screen_erase(struct screen *s, WINDOW *window, enum screen_ground ground)
{
    cchar_t blank = screen_cell(s, L" ", ground, 0);
    screen_style(s, window, INK_TEXT, ground, 0);
    wbkgrndset(window, &blank);
    werase(window);
}

uint32_t screen_ground_rgb(const struct screen *s, enum screen_ground ground)
{
    return colours_ground_rgb(&s->colours, ground);
}

/* ---- pictures ---- */

void screen_picture(struct screen *s, WINDOW *window, struct blob *blob)
{
    struct screen_window *w = screen_find(s, window);
    if (!w)
        return;
    size_t rows = (size_t)getmaxy(window), columns = (size_t)getmaxx(window);
    if (blob && (blob->column + blob->columns > columns || blob->row + blob->rows > rows ||
                 (size_t)getbegy(window) + blob->row + blob->rows >= (size_t)LINES))
        blob = NULL; /* painted for another size: the next one is on its way */
    if (blob != w->blob) {
        blob_unref(w->blob);
        w->blob = blob_ref(blob);
        w->shown = false;
    }
    screen_erase(s, window, GROUND_PICTURE);
    if (!blob)
        return;
    /* Only under the picture: what an old, larger one leaves behind changes and is written anew. */
    for (size_t row = 0; row < blob->rows; row++) {
        cchar_t blank = screen_cell(s, L" ", GROUND_PICTURE, screen_row_attributes(row));
        cchar_t filler = screen_cell(s, L"\u00a0", GROUND_PICTURE, screen_row_attributes(row));
        mvwhline_set(window, (int)(blob->row + row), 0, &blank, (int)columns);
        mvwhline_set(window, (int)(blob->row + row), (int)blob->column, &filler, (int)blob->columns);
    }
}

/* Reads cells of one line; the window's cursor stays. */
static void screen_read_line(WINDOW *window, int y, int x, int n, cchar_t *out)
{
    int old_y, old_x;
    getyx(window, old_y, old_x);
    mvwin_wchnstr(window, y, x, out, n);
    wmove(window, old_y, old_x);
}

/* Before doupdate: does something lie over the picture, and will curses write where it is? */
static void screen_find_damage(struct screen *s, struct screen_window *w)
{
    const struct blob *blob = w->blob;
    int n = (int)blob->columns, top = getbegy(w->window), left = getbegx(w->window);
    size_t bytes = blob->columns * sizeof(cchar_t);
    w->covered = false;
    if (is_cleared(curscr) || is_cleared(newscr))
        w->shown = false;
    for (size_t row = 0; row < blob->rows && !w->covered; row++) {
        int y = (int)(blob->row + row), x = (int)blob->column;
        screen_read_line(newscr, top + y, left + x, n, s->line_new);
        screen_read_line(w->window, y, x, n, s->line_own);
        if (memcmp(s->line_new, s->line_own, bytes)) {
            w->covered = true;
            break;
        }
        if (!w->shown)
            continue;
        screen_read_line(curscr, top + y, left + x, n, s->line_old);
        if (memcmp(s->line_new, s->line_old, bytes))
            w->shown = false;
    }
    /* What lies over it now is written into it. */
    if (w->covered)
        w->shown = false;
}

/* Before doupdate: curses shifts lines of the screen that it finds again further up or down, whatever idlok says, and
 * with a list that scrolls it would shift slices of the picture beside it. Lines that change beside a picture are
 * declared lost, so that they are written anew where they stand. */
static void screen_pin_lines(struct screen *s, const struct screen_window *w)
{
    for (size_t row = 0; w->shown && row < w->blob->rows; row++) {
        int y = getbegy(w->window) + (int)(w->blob->row + row);
        screen_read_line(newscr, y, 0, COLS, s->line_new);
        screen_read_line(curscr, y, 0, COLS, s->line_old);
        if (!memcmp(s->line_new, s->line_old, (size_t)COLS * sizeof *s->line_new))
            continue;
        for (size_t i = 0; i < s->n_windows; i++) {
            WINDOW *beside = s->windows[i].window;
            if (beside != w->window && !s->windows[i].hidden && y >= getbegy(beside) &&
                y < getbegy(beside) + getmaxy(beside))
                wredrawln(beside, y - getbegy(beside), 1);
        }
    }
}

static bool screen_reserve(struct screen *s, size_t n)
{
    if (n <= s->scratch_size)
        return true;
    char *scratch = realloc(s->scratch, n);
    if (!scratch)
        return false;
    s->scratch = scratch;
    s->scratch_size = n;
    return true;
}

static void screen_draw(struct screen *s, struct screen_window *w)
{
    enum { PLACE_BYTES = 24 };
    const struct blob *blob = w->blob;
    size_t n_pieces = blob->line_starts ? blob->rows : 1, n = 0;
    if (!screen_reserve(s, blob->n_bytes + (n_pieces + 1) * PLACE_BYTES))
        return;
    size_t y = (size_t)getbegy(w->window) + blob->row + 1, x = (size_t)getbegx(w->window) + blob->column + 1;
    n += (size_t)sprintf(s->scratch, "\0337");
    for (size_t i = 0; i < n_pieces; i++) {
        size_t begin = blob->line_starts ? blob->line_starts[i] : 0;
        size_t end = blob->line_starts ? blob->line_starts[i + 1] : blob->n_bytes;
        n += (size_t)sprintf(s->scratch + n, "\033[%zu;%zuH", y + i, x);
        memcpy(s->scratch + n, blob->bytes + begin, end - begin);
        n += end - begin;
    }
    n += (size_t)sprintf(s->scratch + n, "\0338");
    screen_write(s, s->scratch, n);
    w->shown = true;
}

static bool screen_wants_drawing(const struct screen_window *w)
{
    return w->blob && !w->hidden && !w->covered;
}

/* Draws what waits, unless keys wait too: a person who leafs through posts does not wait for each picture. */
static void screen_draw_waiting(struct screen *s)
{
    size_t n_waiting = 0;
    for (size_t i = 0; i < s->n_windows; i++)
        n_waiting += screen_wants_drawing(&s->windows[i]) && !s->windows[i].shown;
    struct pollfd p = {.fd = s->terminal->fd_in, .events = POLLIN};
    if (!n_waiting || s->reader.n || poll(&p, 1, 0) > 0)
        return;
    bool all = (s->n_redraws += n_waiting) >= REDRAWS_MAX;
    if (all)
        s->n_redraws = 0;
    for (size_t i = 0; i < s->n_windows; i++)
        if (screen_wants_drawing(&s->windows[i]) && (all || !s->windows[i].shown))
            screen_draw(s, &s->windows[i]);
}

void screen_present(struct screen *s)
{
    if (s->suspended || s->gone)
        return;
    /* What no window covers is empty. newscr has the background of the window that came last. */
    cchar_t blank = screen_cell(s, L" ", GROUND_NONE, 0);
    wbkgrndset(newscr, &blank);
    werase(newscr);
    for (size_t i = 0; i < s->n_windows; i++) {
        if (s->windows[i].hidden)
            continue;
        touchwin(s->windows[i].window);
        wnoutrefresh(s->windows[i].window);
    }
    for (size_t i = 0; i < s->n_windows; i++)
        if (s->windows[i].blob && !s->windows[i].hidden)
            screen_find_damage(s, &s->windows[i]);
        else
            s->windows[i].shown = false;
    for (size_t i = 0; i < s->n_windows; i++)
        if (s->windows[i].shown)
            screen_pin_lines(s, &s->windows[i]);
    leaveok(newscr, true); /* the cursor is hidden: it may stay anywhere */
    if (s->terminal->synchronized)
        screen_write_text(s, "\033[?2026h");
    doupdate();
    if (!s->reports_motion) /* behind curses, which turns the mouse on without it at the start and after a stop */
        screen_write_text(s, "\033[?1002h");
    s->reports_motion = true;
    screen_draw_waiting(s);
    if (s->terminal->synchronized)
        screen_write_text(s, "\033[?2026l");
}

/* ---- input ---- */

static void screen_fit_terminal(struct screen *s)
{
    terminal_measure(s->terminal);
    if ((int)s->terminal->rows != LINES || (int)s->terminal->columns != COLS)
        resizeterm((int)s->terminal->rows, (int)s->terminal->columns);
    if (screen_allocate_lines(s))
        s->gone = true; /* no memory for a line of cells: nothing can be shown any more */
    clearok(curscr, TRUE);
    for (size_t i = 0; i < s->n_windows; i++)
        s->windows[i].shown = false;
}

static void screen_stop(struct screen *s)
{
    screen_suspend(s);
    signals_stop_here();
    screen_resume(s);
    s->events |= signals_take();
    s->events &= ~(unsigned)(SIGNALS_STOP | SIGNALS_CONTINUE);
}

/* Handles one thing that happened, the gravest first. */
static bool screen_take_event(struct screen *s, struct screen_input *out)
{
    s->events |= signals_take();
    if (s->events & SIGNALS_TERMINATE) {
        s->events &= ~(unsigned)SIGNALS_TERMINATE;
        out->event = SCREEN_TERMINATE;
    } else if (s->gone) {
        out->event = SCREEN_GONE;
    } else if (s->events & (SIGNALS_STOP | SIGNALS_CONTINUE | SIGNALS_RESIZE)) {
        if (s->events & SIGNALS_STOP) {
            screen_stop(s);
        } else if (s->events & SIGNALS_CONTINUE) { /* stopped by force: others have used the terminal */
            screen_suspend(s);
            screen_resume(s);
        }
        s->events &= ~(unsigned)(SIGNALS_STOP | SIGNALS_CONTINUE | SIGNALS_RESIZE);
        screen_fit_terminal(s);
        out->event = SCREEN_RESIZE;
    } else if (s->events & SIGNALS_INTERRUPT) {
        s->events &= ~(unsigned)SIGNALS_INTERRUPT;
        *out = (struct screen_input){.event = SCREEN_KEY, .key = KEY_INTERRUPT};
    } else if (s->events & SIGNALS_WAKE) {
        s->events &= ~(unsigned)SIGNALS_WAKE;
        out->event = SCREEN_WAKE;
    } else {
        return false;
    }
    return true;
}

/* Curses reads events of the mouse that come in one packet as one key and keeps them as a stack. */
static void screen_fetch_mice(struct screen *s)
{
    while (s->n_mice < SCREEN_MICE_MAX && getmouse(&s->mice[s->n_mice]) == OK)
        s->n_mice++;
}

/* True where a key or a mouse event was there. */
static bool screen_take_key(struct screen *s, struct screen_input *out)
{
    struct key_reader_press press;
    while (s->n_mice || key_reader_next(&s->reader, &press)) {
        if (!s->n_mice && press.is_code && press.key == KEY_MOUSE) {
            screen_fetch_mice(s);
            continue;
        }
        if (s->n_mice) {
            out->event = SCREEN_MOUSE;
            out->mouse = s->mice[--s->n_mice];
            return true;
        }
        if (press.key == KEY_STOP && !press.is_code && !press.is_pasted) {
            s->events |= SIGNALS_STOP;
            return screen_take_event(s, out);
        }
        *out = (struct screen_input){
            .event = SCREEN_KEY, .key = press.key, .is_code = press.is_code, .is_pasted = press.is_pasted};
        return true;
    }
    return false;
}

/* Sleeps until something may have come; false when the time is up. */
static bool screen_sleep(struct screen *s, int timeout_ms)
{
    struct pollfd p[2] = {{.fd = s->terminal->fd_in, .events = POLLIN}, {.fd = signals_fd(), .events = POLLIN}};
    int ready = poll(p, 2, timeout_ms);
    if (ready == 0)
        return false;
    if (ready > 0 && p[0].revents) {
        int n_bytes = 0;
        /* Readable with nothing to read is the end: without this the loop would spin for ever. */
        if (ioctl(s->terminal->fd_in, FIONREAD, &n_bytes) < 0 || n_bytes == 0)
            s->gone = true;
    }
    return true;
}

void screen_read(struct screen *s, int timeout_ms, struct screen_input *out)
{
    long long deadline = (long long)clock_ms() + timeout_ms;
    memset(out, 0, sizeof *out);
    for (;;) {
        if (screen_take_event(s, out))
            return;
        if (!s->suspended && screen_take_key(s, out))
            return;
        screen_draw_waiting(s);
        long long left = deadline - (long long)clock_ms();
        if (!screen_sleep(s, timeout_ms < 0 ? -1 : left > 0 ? (int)left : 0)) {
            out->event = SCREEN_TIMEOUT;
            return;
        }
    }
}

void screen_wake(struct screen *s)
{
    (void)s; /* there is one screen, and its signals */
    signals_wake();
}
