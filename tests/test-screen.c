/* The screen on a terminal that this test plays: which keys come out of which bytes, when pictures are written and when
 * not, signals, and the end of the terminal.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/screen.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MARK "<picture>"

enum { ROWS = 24, COLUMNS = 80, WAIT_MS = 5000, OUTPUT_MAX = 1 << 20 };

static int far_end, near_end;
static struct terminal terminal;
static struct screen *screen;

/* What was written to the terminal, read by a thread of its own. */
static pthread_t reader;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char output[OUTPUT_MAX];
static size_t n_output;

static void *read_output(void *context)
{
    char piece[4096];
    ssize_t got;
    (void)context;
    while ((got = read(far_end, piece, sizeof piece)) > 0) {
        pthread_mutex_lock(&lock);
        if (n_output + (size_t)got < OUTPUT_MAX) {
            memcpy(output + n_output, piece, (size_t)got);
            n_output += (size_t)got;
            output[n_output] = 0;
        }
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void pause_ms(long ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

/* Writes a word of its own and waits until it has come through: all before it has, too. */
static size_t count_output(const char *text)
{
    static unsigned serial;
    char word[32];
    size_t n = 0;
    int length = snprintf(word, sizeof word, "\033]9;%u\033\\", ++serial);
    assert_int_equal(write(near_end, word, (size_t)length), length);
    for (int i = 0; i < WAIT_MS; i++) {
        pthread_mutex_lock(&lock);
        bool is_through = strstr(output, word) != NULL;
        pthread_mutex_unlock(&lock);
        if (is_through)
            break;
        pause_ms(1);
    }
    pthread_mutex_lock(&lock);
    for (const char *at = output; (at = strstr(at, text)); at++)
        n++;
    pthread_mutex_unlock(&lock);
    return n;
}

static void set_size(unsigned short rows, unsigned short columns)
{
    struct winsize size = {.ws_row = rows, .ws_col = columns, .ws_xpixel = (unsigned short)(columns * 8),
                           .ws_ypixel = (unsigned short)(rows * 17)};
    assert_int_equal(ioctl(far_end, TIOCSWINSZ, &size), 0);
}

static int open_screen(void **state)
{
    (void)state;
    n_output = 0;
    output[0] = 0;
    far_end = posix_openpt(O_RDWR | O_NOCTTY);
    if (far_end < 0 || grantpt(far_end) || unlockpt(far_end))
        return -1;
    near_end = open(ptsname(far_end), O_RDWR | O_NOCTTY);
    if (near_end < 0)
        return -1;
    set_size(ROWS, COLUMNS);
    pthread_create(&reader, NULL, read_output, NULL);
    terminal_begin(&terminal);
    terminal.fd_in = terminal.fd_out = near_end;
    terminal.graphics = GRAPHICS_SIXEL;
    memcpy(terminal.typed, "j\xc3\xa9", 3);
    terminal.n_typed = 3;
    struct error err = {0};
    if (screen_open(&terminal, &screen, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return -1;
    }
    return 0;
}

static int close_screen(void **state)
{
    (void)state;
    screen_close(screen);
    close(near_end);
    pthread_join(reader, NULL); /* the last near end is closed: its read fails */
    close(far_end);
    return 0;
}

static void type(const char *bytes)
{
    size_t n = strlen(bytes);
    assert_int_equal(write(far_end, bytes, n), n);
}

static struct screen_input next(void)
{
    struct screen_input input;
    screen_read(screen, WAIT_MS, &input);
    return input;
}

static void expect_key(wint_t key, bool is_code)
{
    struct screen_input input = next();
    assert_int_equal(input.event, SCREEN_KEY);
    assert_int_equal(input.key, key);
    assert_int_equal(input.is_code, is_code);
}

static void expect_nothing(void)
{
    struct screen_input input;
    screen_read(screen, 60, &input);
    assert_int_equal(input.event, SCREEN_TIMEOUT);
}

static void skip_typed_ahead(void)
{
    expect_key('j', false);
    expect_key(0xe9, false);
}

static void keys_typed_ahead_come_first(void **state)
{
    (void)state;
    type("k");
    skip_typed_ahead();
    expect_key('k', false);
    expect_nothing();
}

static void keys_are_what_was_pressed(void **state)
{
    (void)state;
    skip_typed_ahead();
    type("a\xe6\x97\xa5\r\n\t\x7f\x08\x03\x13\033OA\033[3~\033OP");
    expect_key('a', false);
    expect_key(0x65e5, false);
    expect_key('\n', false);
    expect_key('\n', false);
    expect_key('\t', false);
    expect_key(KEY_BACKSPACE, true);
    expect_key(KEY_BACKSPACE, true);
    expect_key(3, false);
    expect_key(0x13, false); /* ^S is a key */
    expect_key(KEY_UP, true);
    expect_key(KEY_DC, true);
    expect_key(KEY_F(1), true);
    type("\033"); /* escape by itself */
    expect_key(27, false);
    type("\033j"); /* and with a key hard behind it */
    expect_key(27, false);
    expect_key('j', false);
    type("\033Or\033Ou\033Ok"); /* the numeric pad in application mode */
    expect_key('2', false);
    expect_key('5', false);
    expect_key('+', false);
    expect_nothing();
}

/* What nobody pressed must never act as a command. */
static void late_answers_and_unknown_sequences_are_no_keys(void **state)
{
    (void)state;
    skip_typed_ahead();
    type("\033[?63;1;2;4;6;9;15;16;22;28c\033P>|XTerm(379)\033\\\033]11;rgb:0000/0000/0000\033\\"
         "\033[6;17;8t\033[?2026;0$yx");
    expect_key('x', false);
    type("\033[27;6;99~\033[1;99Xy"); /* keys that no terminfo knows */
    expect_key('y', false);
    type("\033[?63;1;2"); /* in two pieces */
    struct screen_input input;
    pause_ms(5);
    type(";4cz");
    screen_read(screen, WAIT_MS, &input);
    assert_int_equal(input.key, 'z');
    expect_nothing();
}

static void pastes_are_marked(void **state)
{
    (void)state;
    skip_typed_ahead();
    type("\033[200~dq\032\033[201~d");
    for (const char *c = "dq\032"; *c; c++) {
        struct screen_input input = next();
        assert_int_equal(input.key, *c);
        assert_true(input.is_pasted);
    }
    struct screen_input input = next();
    assert_int_equal(input.key, 'd');
    assert_false(input.is_pasted);
}

static void clicks_have_a_place(void **state)
{
    (void)state;
    skip_typed_ahead();
    type("\033[<0;12;5M");
    struct screen_input input = next();
    assert_int_equal(input.event, SCREEN_MOUSE);
    assert_int_equal(input.mouse.x, 11);
    assert_int_equal(input.mouse.y, 4);
    assert_true(input.mouse.bstate & BUTTON1_PRESSED);
}

static void *wake_soon(void *context)
{
    pause_ms(30);
    for (int i = 0; i < 1000; i++)
        screen_wake(context);
    return NULL;
}

static void other_threads_wake_it(void **state)
{
    (void)state;
    pthread_t thread;
    skip_typed_ahead();
    pthread_create(&thread, NULL, wake_soon, screen);
    assert_int_equal(next().event, SCREEN_WAKE);
    pthread_join(thread, NULL);
    screen_wake(screen);
    assert_int_equal(next().event, SCREEN_WAKE);
    expect_nothing(); /* many calls are one event */
}

static void signals_become_events(void **state)
{
    (void)state;
    skip_typed_ahead();
    raise(SIGINT);
    expect_key(3, false);
    set_size(30, 100);
    raise(SIGWINCH); /* this terminal does not control us */
    assert_int_equal(next().event, SCREEN_RESIZE);
    assert_int_equal(LINES, 30);
    assert_int_equal(COLS, 100);
    assert_int_equal(terminal.columns, 100);
    assert_int_equal(terminal.cell_height_px, 17);
    raise(SIGHUP);
    raise(SIGTERM); /* a session that ends sends both: the first is enough, the second does not kill */
    assert_int_equal(next().event, SCREEN_TERMINATE);
    expect_nothing();
}

static void the_end_of_the_terminal_is_told(void **state)
{
    (void)state;
    skip_typed_ahead();
    int dead = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(dead >= 0 && grantpt(dead) == 0 && unlockpt(dead) == 0);
    int near = open(ptsname(dead), O_RDWR | O_NOCTTY);
    assert_true(near >= 0);
    close(dead);
    assert_int_equal(dup2(near, near_end), near_end); /* what we read from has lost its far end */
    close(near);
    assert_int_equal(next().event, SCREEN_GONE);
    assert_int_equal(next().event, SCREEN_GONE);
    screen_present(screen); /* and writing is no crash */
}

static struct blob *mark_blob(size_t columns, size_t rows)
{
    struct blob *blob = blob_new(PAINTER_SIXEL, columns, rows, (uint8_t *)strdup(MARK), sizeof MARK - 1, NULL);
    assert_non_null(blob);
    return blob;
}

static void pictures_are_written_when_they_must_and_only_then(void **state)
{
    (void)state;
    skip_typed_ahead();
    WINDOW *list = screen_window_add(screen, ROWS - 1, 20, 0, 0);
    WINDOW *pane = screen_window_add(screen, 15, 60, 0, 20);
    struct blob *first = mark_blob(60, 15), *second = mark_blob(60, 15);
    screen_erase(screen, list, GROUND_NONE);
    screen_picture(screen, pane, first);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 1);
    assert_int_equal(count_output("\0337\033[1;21H" MARK "\0338"), 1); /* placed, and the cursor put back */

    screen_picture(screen, pane, first); /* drawn anew, the same */
    mvwaddstr(list, 3, 0, "moved");
    screen_present(screen);
    assert_int_equal(count_output(MARK), 1);

    screen_picture(screen, pane, second); /* another picture: over the old one */
    screen_present(screen);
    assert_int_equal(count_output(MARK), 2);

    WINDOW *popup = screen_window_add(screen, 5, 30, 3, 10);
    screen_erase(screen, popup, GROUND_NONE);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 2); /* covered: left alone */
    screen_picture(screen, pane, first);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 2); /* and a new one waits */
    screen_window_remove(screen, popup);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 3);

    popup = screen_window_add(screen, 5, 10, 3, 2); /* beside the picture */
    screen_erase(screen, popup, GROUND_POPUP);
    screen_present(screen);
    screen_window_remove(screen, popup);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 3);

    screen_suspend(screen);
    screen_resume(screen);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 4); /* others wrote on the screen */

    screen_picture(screen, pane, NULL);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 4);
    blob_unref(first);
    blob_unref(second);
}

static void pictures_wait_while_keys_wait(void **state)
{
    (void)state;
    skip_typed_ahead();
    WINDOW *pane = screen_window_add(screen, 15, 60, 0, 20);
    struct blob *blob = mark_blob(60, 15);
    type("nn");
    pause_ms(20);
    screen_picture(screen, pane, blob);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 0);
    expect_key('n', false);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 0);
    expect_key('n', false);
    expect_nothing(); /* it sleeps: now is the time */
    assert_int_equal(count_output(MARK), 1);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 1);
    blob_unref(blob);
}

static void pictures_that_do_not_fit_are_not_written(void **state)
{
    (void)state;
    skip_typed_ahead();
    WINDOW *pane = screen_window_add(screen, 10, 40, 0, 0), *low = screen_window_add(screen, 10, 40, ROWS - 10, 40);
    struct blob *wide = mark_blob(41, 5), *high = mark_blob(40, 10);
    screen_picture(screen, pane, wide); /* larger than its window */
    screen_picture(screen, low, high);  /* reaches into the last row: the terminal would scroll */
    screen_present(screen);
    assert_int_equal(count_output(MARK), 0);
    screen_picture(screen, pane, high);
    screen_present(screen);
    assert_int_equal(count_output(MARK), 1);
    blob_unref(wide);
    blob_unref(high);
}

static void block_pictures_are_placed_row_by_row(void **state)
{
    (void)state;
    skip_typed_ahead();
    WINDOW *pane = screen_window_add(screen, 5, 10, 2, 7);
    size_t starts[] = {0, 3, 6};
    size_t *copy = malloc(sizeof starts);
    memcpy(copy, starts, sizeof starts);
    struct blob *blob = blob_new(PAINTER_BLOCKS, 3, 2, (uint8_t *)strdup("AAABBB"), 6, copy);
    blob->column = 1;
    blob->row = 1;
    screen_picture(screen, pane, blob);
    screen_present(screen);
    assert_int_equal(count_output("\0337\033[4;9HAAA\033[5;9HBBB\0338"), 1);
    blob_unref(blob);
}

static void windows_keep_within_the_screen(void **state)
{
    (void)state;
    skip_typed_ahead();
    assert_null(screen_window_add(screen, ROWS + 1, 10, 0, 0));
    assert_null(screen_window_add(screen, 5, 5, ROWS - 4, 0));
    assert_null(screen_window_add(screen, 0, 5, 0, 0));
    WINDOW *window = screen_window_add(screen, 5, 5, 0, 0);
    assert_non_null(window);
    assert_int_equal(screen_window_place(screen, window, ROWS, COLUMNS, 0, 0), 0);
    assert_int_equal(getmaxy(window), ROWS);
    assert_int_equal(screen_window_place(screen, window, 4, 3, ROWS - 4, COLUMNS - 3), 0);
    assert_int_equal(getbegy(window), ROWS - 4);
    assert_int_equal(getbegx(window), COLUMNS - 3);
    assert_int_equal(screen_window_place(screen, window, 4, 3, ROWS - 3, 0), -1);
    screen_present(screen);
    assert_int_equal(screen_window_place(screen, window, 4, 3, 0, 0), 0);
    screen_window_remove(screen, window);
    screen_window_remove(screen, NULL);
    screen_present(screen);
}

int main(void)
{
    setenv("TERM", "xterm-256color", 1);
    unsetenv("LINES");
    unsetenv("COLUMNS");
#define SCREEN_TEST(f) cmocka_unit_test_setup_teardown(f, open_screen, close_screen)
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(keys_typed_ahead_come_first),
        SCREEN_TEST(keys_are_what_was_pressed),
        SCREEN_TEST(late_answers_and_unknown_sequences_are_no_keys),
        SCREEN_TEST(pastes_are_marked),
        SCREEN_TEST(clicks_have_a_place),
        SCREEN_TEST(other_threads_wake_it),
        SCREEN_TEST(signals_become_events),
        SCREEN_TEST(the_end_of_the_terminal_is_told),
        SCREEN_TEST(pictures_are_written_when_they_must_and_only_then),
        SCREEN_TEST(pictures_wait_while_keys_wait),
        SCREEN_TEST(pictures_that_do_not_fit_are_not_written),
        SCREEN_TEST(block_pictures_are_placed_row_by_row),
        SCREEN_TEST(windows_keep_within_the_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
