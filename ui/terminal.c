/* SPDX-License-Identifier: Apache-2.0
 *
 * Sequences sent, all in one write, and their answers:
 *   CSI > 0 q        XTVERSION          DCS > | text ST
 *   OSC 11 ; ? ST    background         OSC 11 ; rgb:R/G/B ST or BEL
 *   CSI 16 t         cell size          CSI 6 ; height ; width t
 *   CSI ? 1;1;0 S    sixel registers    CSI ? 1 ; 0 ; n S
 *   CSI ? 2;4;0 S    largest picture    CSI ? 2 ; 0 ; width ; height S
 *   CSI ? 2026 $ p   synchronized?      CSI ? 2026 ; state $ y
 *   CSI ? 80 $ p     sixel display mode CSI ? 80 ; state $ y
 *   CSI c            DA1, the fence     CSI ? class ; features c */
#include "ui/terminal.h"

#include "corpora/clock.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#undef columns /* term.h makes it a macro */

enum { ASK_LIMIT_MS = 1000, ASK_REST_MS = 100, ANSWERS_MAX = 4096, PARAMETERS_MAX = 32 };

static const char terminal_questions[] = "\033[>0q\033]11;?\033\\\033[16t"
                                         "\033[?1;1;0S\033[?2;4;0S\033[?2026$p\033[?80$p\033[c";

static const char *const graphics_names[] = {"auto", "sixel", "blocks", "none"};

const char *terminal_graphics_name(enum terminal_graphics graphics)
{
    return graphics_names[graphics];
}

int terminal_graphics_from_name(const char *name)
{
    for (int i = GRAPHICS_AUTO; i <= GRAPHICS_NONE; i++)
        if (!strcmp(name, graphics_names[i]))
            return i;
    return -1;
}

void terminal_begin(struct terminal *t)
{
    *t = (struct terminal){
        .fd_in = -1,
        .fd_out = -1,
        .graphics = GRAPHICS_NONE,
        .registers = 256,
        .columns = 80,
        .rows = 24,
        .cell_width_px = 10,
        .cell_height_px = 20,
        .max_width_px = 1000,
        .max_height_px = 1000,
    };
}

/* One control sequence or string, taken apart. */
struct sequence {
    size_t n_bytes;  /* all of it; 0: incomplete */
    char kind;       /* '[' CSI, ']' OSC, 'P' DCS, 0: something else */
    char mark;       /* '?', '>' or 0 */
    char between;    /* the intermediate byte, or 0 */
    char final;      /* of a CSI */
    size_t n_parameters;
    unsigned parameters[PARAMETERS_MAX];
    const unsigned char *text; /* of a string */
    size_t n_text;
};

static struct sequence sequence_scan_string(const unsigned char *bytes, size_t n)
{
    struct sequence s = {.kind = (char)bytes[1], .text = bytes + 2};
    for (size_t i = 2; i < n; i++) {
        bool is_bell = bytes[i] == 7;
        bool is_st = bytes[i] == 033 && i + 1 < n && bytes[i + 1] == '\\';
        if (is_bell || is_st) {
            s.n_text = i - 2;
            s.n_bytes = i + (is_st ? 2 : 1);
            break;
        }
    }
    return s;
}

/* bytes[0] is ESC. */
static struct sequence sequence_scan(const unsigned char *bytes, size_t n)
{
    struct sequence s = {.n_bytes = 1};
    if (n < 2)
        return (struct sequence){0};
    if (bytes[1] == ']' || bytes[1] == 'P')
        return sequence_scan_string(bytes, n);
    if (bytes[1] != '[')
        return s;
    s.kind = '[';
    size_t i = 2;
    if (i < n && (bytes[i] == '?' || bytes[i] == '>'))
        s.mark = (char)bytes[i++];
    unsigned value = 0;
    for (; i < n && bytes[i] >= 0x30 && bytes[i] <= 0x3f; i++) {
        if (bytes[i] >= '0' && bytes[i] <= '9') {
            value = value < 100000 ? value * 10 + (bytes[i] - '0') : value;
            continue;
        }
        if (s.n_parameters < PARAMETERS_MAX)
            s.parameters[s.n_parameters++] = value;
        value = 0;
    }
    if (s.n_parameters < PARAMETERS_MAX)
        s.parameters[s.n_parameters++] = value;
    if (i < n && bytes[i] >= 0x20 && bytes[i] <= 0x2f)
        s.between = (char)bytes[i++];
    if (i >= n)
        return (struct sequence){0};
    if (bytes[i] < 0x40 || bytes[i] > 0x7e)
        return (struct sequence){.n_bytes = 1};
    s.final = (char)bytes[i];
    s.n_bytes = i + 1;
    return s;
}

static bool terminal_size_is_sane(unsigned width, unsigned height, unsigned least, unsigned most)
{
    return width >= least && height >= least && width <= most && height <= most;
}

static void terminal_read_background(struct terminal *t, const struct sequence *s)
{
    char text[64];
    if (s->n_text >= sizeof text)
        return;
    memcpy(text, s->text, s->n_text);
    text[s->n_text] = 0;
    char parts[3][5];
    if (sscanf(text, "11;rgb:%4[0-9a-fA-F]/%4[0-9a-fA-F]/%4[0-9a-fA-F]", parts[0], parts[1], parts[2]) != 3)
        return;
    t->background = 0;
    for (int i = 0; i < 3; i++) {
        unsigned long most = (1ul << (4 * strlen(parts[i]))) - 1;
        t->background = t->background << 8 | (uint32_t)(strtoul(parts[i], NULL, 16) * 255 / most);
    }
    t->has_background = true;
}

static void terminal_read_name(struct terminal *t, const struct sequence *s)
{
    size_t n = 0;
    for (size_t i = 2; i < s->n_text && n + 1 < sizeof t->name; i++)
        if (s->text[i] >= 0x20 && s->text[i] < 0x7f)
            t->name[n++] = (char)s->text[i];
    t->name[n] = 0;
}

/* True where the sequence answers one of our questions. */
static bool terminal_take(struct terminal *t, const struct sequence *s)
{
    const unsigned *p = s->parameters;
    if (s->kind == 'P' && s->n_text >= 2 && s->text[0] == '>' && s->text[1] == '|') {
        terminal_read_name(t, s);
        return true;
    }
    if (s->kind == ']') {
        terminal_read_background(t, s);
        return true; /* no key sends such a string */
    }
    if (s->kind == 'P')
        return true;
    if (s->kind != '[')
        return false;
    if (s->final == 't' && !s->mark && p[0] == 6 && s->n_parameters == 3) {
        if (terminal_size_is_sane(p[2], p[1], 2, 256)) {
            t->cell_width_px = p[2];
            t->cell_height_px = p[1];
            t->cell_told = true;
        }
        return true;
    }
    if (s->mark != '?')
        return false;
    if (s->final == 'S') {
        if (p[0] == 1 && s->n_parameters == 3 && p[1] == 0 && p[2] >= 2)
            t->registers = p[2] < 256 ? p[2] : 256;
        if (p[0] == 2 && s->n_parameters == 4 && p[1] == 0 && terminal_size_is_sane(p[2], p[3], 64, 32768)) {
            t->max_width_px = p[2];
            t->max_height_px = p[3];
        }
        return true;
    }
    if (s->final == 'y' && s->between == '$' && s->n_parameters == 2) {
        bool is_set = p[1] == 1 || p[1] == 3;
        if (p[0] == 2026)
            t->synchronized = is_set || p[1] == 2;
        if (p[0] == 80)
            t->sixel_display_mode_is_set = is_set;
        return true;
    }
    if (s->final == 'c') {
        for (size_t i = 1; i < s->n_parameters; i++)
            t->has_sixel |= p[i] == 4;
        t->answered = true;
        return true;
    }
    return false;
}

static void terminal_keep_typed(struct terminal *t, const unsigned char *bytes, size_t n)
{
    if (n > TERMINAL_TYPED_MAX - t->n_typed)
        n = TERMINAL_TYPED_MAX - t->n_typed;
    memcpy(t->typed + t->n_typed, bytes, n);
    t->n_typed += n;
}

/* Takes the answers; *rest_out is the start of a sequence that has no end yet (n where there is none). */
static bool terminal_read_some(struct terminal *t, const unsigned char *bytes, size_t n, size_t *rest_out)
{
    t->n_typed = 0;
    *rest_out = n;
    for (size_t i = 0; i < n;) {
        struct sequence s = {.n_bytes = 1};
        if (bytes[i] == 033)
            s = sequence_scan(bytes + i, n - i);
        if (s.n_bytes == 0) {
            *rest_out = i;
            break;
        }
        if (!terminal_take(t, &s))
            terminal_keep_typed(t, bytes + i, s.n_bytes);
        i += s.n_bytes;
    }
    return t->answered;
}

bool terminal_read(struct terminal *t, const unsigned char *bytes, size_t n)
{
    size_t rest;
    bool answered = terminal_read_some(t, bytes, n, &rest);
    /* A lone ESC is a key; the beginning of an answer is not. */
    if (rest + 1 == n)
        terminal_keep_typed(t, bytes + rest, 1);
    return answered;
}

static void terminal_send(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t got = write(fd, bytes, n);
        if (got < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = fd, .events = POLLOUT};
            if (poll(&p, 1, ASK_LIMIT_MS) <= 0)
                return;
        } else if (got < 0 && errno != EINTR) {
            return;
        } else if (got > 0) {
            bytes += got;
            n -= (size_t)got;
        }
    }
}

/* Reads until the fence, or the deadline; a sequence that was begun gets a little more time. */
static void terminal_listen(struct terminal *t)
{
    unsigned char bytes[ANSWERS_MAX];
    size_t n = 0, rest = 0;
    long long deadline = (long long)clock_ms() + ASK_LIMIT_MS;
    bool extended = false;
    while (n < sizeof bytes && !terminal_read_some(t, bytes, n, &rest)) {
        long long left = deadline - (long long)clock_ms();
        if (left <= 0 && rest < n && !extended) {
            extended = true;
            deadline += ASK_REST_MS;
            continue;
        }
        struct pollfd p = {.fd = t->fd_in, .events = POLLIN};
        int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            break;
        ssize_t got = read(t->fd_in, bytes + n, sizeof bytes - n);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    terminal_read(t, bytes, n);
}

bool terminal_measure(struct terminal *t)
{
    struct winsize size;
    if (t->fd_out < 0 || ioctl(t->fd_out, TIOCGWINSZ, &size) < 0 || !size.ws_col || !size.ws_row)
        return false;
    struct terminal before = *t;
    bool is_known = t->cell_told && t->columns == size.ws_col && t->rows == size.ws_row;
    unsigned width = size.ws_xpixel / size.ws_col, height = size.ws_ypixel / size.ws_row;
    t->columns = size.ws_col;
    t->rows = size.ws_row;
    if (!is_known && terminal_size_is_sane(width, height, 2, 256)) {
        t->cell_width_px = width;
        t->cell_height_px = height;
    }
    return before.columns != t->columns || before.rows != t->rows || before.cell_width_px != t->cell_width_px ||
           before.cell_height_px != t->cell_height_px;
}

/* Terminals that show 24 bits but whose environment often does not say so. */
static bool terminal_name_tells_true_colour(const char *name)
{
    static const char *const names[] = {"XTerm(", "foot(", "WezTerm", "contour", "kitty", "iTerm2", "ghostty"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strncmp(name, names[i], strlen(names[i])))
            return true;
    return false;
}

static bool terminal_is_light(const struct terminal *t, const char *colorfgbg)
{
    if (t->has_background) {
        unsigned r = t->background >> 16, g = t->background >> 8 & 255, b = t->background & 255;
        return 299 * r + 587 * g + 114 * b > 128 * 1000;
    }
    const char *last = colorfgbg ? strrchr(colorfgbg, ';') : NULL;
    return last && (!strcmp(last, ";7") || !strcmp(last, ";15"));
}

void terminal_decide(struct terminal *t, const struct terminal_environment *e, enum terminal_graphics wanted)
{
    bool is_dumb = !e->term || !*e->term || !strcmp(e->term, "dumb");
    bool says_true = e->colorterm && (!strcmp(e->colorterm, "truecolor") || !strcmp(e->colorterm, "24bit"));
    t->no_color = e->no_color && *e->no_color;
    t->light = terminal_is_light(t, e->colorfgbg);
    if (is_dumb || t->no_color)
        t->colours = COLOURS_NONE;
    else if (says_true || e->terminfo_direct || terminal_name_tells_true_colour(t->name))
        t->colours = COLOURS_TRUE;
    else
        t->colours = e->terminfo_colours >= 256  ? COLOURS_256
                     : e->terminfo_colours >= 16 ? COLOURS_16
                     : e->terminfo_colours >= 8  ? COLOURS_8
                                                 : COLOURS_NONE;
    if (t->fd_out < 0 || is_dumb)
        t->graphics = GRAPHICS_NONE;
    else if (wanted != GRAPHICS_AUTO)
        t->graphics = wanted;
    else
        t->graphics = t->has_sixel ? GRAPHICS_SIXEL : GRAPHICS_BLOCKS;
}

void terminal_ask(struct terminal *t, int fd_in, int fd_out, enum terminal_graphics wanted)
{
    struct terminal_environment e = {
        .term = getenv("TERM"),
        .colorterm = getenv("COLORTERM"),
        .no_color = getenv("NO_COLOR"),
        .colorfgbg = getenv("COLORFGBG"),
        .terminfo_colours = -1,
    };
    terminal_begin(t);
    if (isatty(fd_out) && isatty(fd_in)) {
        t->fd_in = fd_in;
        t->fd_out = fd_out;
    }
    struct termios before;
    bool can_ask = t->fd_in >= 0 && e.term && *e.term && strcmp(e.term, "dumb");
    int status;
    if (can_ask && setupterm(e.term, fd_out, &status) == OK) {
        e.terminfo_colours = tigetnum("colors");
        e.terminfo_direct = tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || tigetflag("Tc") > 0;
        del_curterm(cur_term);
    }
    /* TCSANOW and no flush: what was typed ahead stays. */
    if (can_ask && tcgetattr(fd_in, &before) == 0) {
        struct termios raw = before;
        raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
        raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON | ISTRIP);
        raw.c_cc[VMIN] = 1;
        raw.c_cc[VTIME] = 0;
        if (tcsetattr(fd_in, TCSANOW, &raw) == 0) {
            terminal_send(fd_out, terminal_questions, sizeof terminal_questions - 1);
            terminal_listen(t);
            tcsetattr(fd_in, TCSANOW, &before);
        }
    }
    terminal_measure(t);
    terminal_decide(t, &e, wanted);
}
