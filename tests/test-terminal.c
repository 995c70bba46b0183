/* What terminals answer, as recorded bytes, and what silent ones, pipes and typed-ahead keys do.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define XTERM_NAME "\033P>|XTerm(379)\033\\"
#define BLACK "\033]11;rgb:0000/0000/0000\033\\"
#define XTERM_REST "\033[?1;0;1024S\033[?2;0;1000;1000S\033[?2026;0$y\033[?80;2$y"
#define XTERM_DA1 "\033[?63;1;2;4;6;9;15;16;22;28c"
#define XTERM XTERM_NAME BLACK "\033[6;17;8t" XTERM_REST XTERM_DA1
#define VT420 XTERM_NAME BLACK "\033[?1;3S\033[?2;3S\033[?2026;0$y\033[?80;2$y\033[?64;1;2;6;9;15;16;17;18;21;22;28c"
#define MLTERM BLACK "\033[6;16;8t\033[?1;0;1024S\033[?1;3;0S\033[?2026;0$y\033[?80;2$y" \
               "\033[?63;1;2;3;4;6;7;15;18;22;29c"
#define FOOT "\033P>|foot(1.13.1)\033\\" BLACK "\033[6;17;8t\033[?1;0;1024S\033[?2;0;10000;10000S\033[?2026;2$y" \
             "\033[?80;2$y\033[?62;4;22c"
#define TMUX "\033P>|tmux 3.3a\033\\\033[?1;2c"

static struct terminal answers(const char *bytes, bool expected)
{
    struct terminal t;
    terminal_begin(&t);
    assert_int_equal(terminal_read(&t, (const unsigned char *)bytes, strlen(bytes)), expected);
    return t;
}

static void xterm_with_sixel(void **state)
{
    (void)state;
    struct terminal t = answers(XTERM, true);
    assert_true(t.has_sixel);
    assert_false(t.synchronized);
    assert_false(t.sixel_display_mode_is_set);
    assert_int_equal(t.cell_width_px, 8);
    assert_int_equal(t.cell_height_px, 17);
    assert_true(t.cell_told);
    assert_int_equal(t.max_width_px, 1000);
    assert_int_equal(t.registers, 256);
    assert_string_equal(t.name, "XTerm(379)");
    assert_true(t.has_background);
    assert_int_equal(t.background, 0);
    assert_int_equal(t.n_typed, 0);
}

static void xterm_without_sixel(void **state)
{
    (void)state;
    struct terminal t = answers(VT420, true);
    assert_false(t.has_sixel);
    assert_false(t.cell_told);
    assert_int_equal(t.max_width_px, 1000);
    assert_int_equal(t.registers, 256);
    assert_int_equal(t.n_typed, 0);
}

static void others(void **state)
{
    (void)state;
    struct terminal mlterm = answers(MLTERM, true);
    assert_true(mlterm.has_sixel);
    assert_int_equal(mlterm.cell_height_px, 16);
    assert_int_equal(mlterm.registers, 256); /* its answer about the size names the registers, and is an error */
    assert_int_equal(mlterm.max_width_px, 1000);
    assert_string_equal(mlterm.name, "");
    struct terminal foot = answers(FOOT, true);
    assert_true(foot.has_sixel);
    assert_true(foot.synchronized);
    assert_int_equal(foot.max_height_px, 10000);
    struct terminal tmux = answers(TMUX, true);
    assert_false(tmux.has_sixel);
    assert_string_equal(tmux.name, "tmux 3.3a");
}

static void four_counts_only_as_a_feature(void **state)
{
    (void)state;
    assert_false(answers("\033[?4;1;2c", true).has_sixel);
    assert_false(answers("\033[?64;14;24;40;44c", true).has_sixel);
    assert_false(answers("\033[?4c", true).has_sixel);
    assert_true(answers("\033[?62;4c", true).has_sixel);
    assert_true(answers("\033[?63;22;4;6c", true).has_sixel);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    struct terminal t = answers("\033[?2026;2$y" XTERM_DA1 "\033[6;17;8t" XTERM_NAME, true);
    assert_true(t.has_sixel);
    assert_true(t.synchronized);
    assert_int_equal(t.cell_height_px, 17);
    assert_string_equal(t.name, "XTerm(379)");
    assert_int_equal(t.n_typed, 0);
}

/* Answers come in pieces: a piece must neither end the wait nor become keys. */
static void every_beginning_of_an_answer(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof XTERM - 1; n++) {
        struct terminal t;
        terminal_begin(&t);
        assert_false(terminal_read(&t, (const unsigned char *)XTERM, n));
        for (size_t i = 0; i < t.n_typed; i++) /* a lone ESC may be a key */
            assert_int_equal(t.typed[i], 033);
        assert_true(t.n_typed <= 1);
        assert_true(terminal_read(&t, (const unsigned char *)XTERM, sizeof XTERM - 1));
        assert_int_equal(t.n_typed, 0);
        assert_true(t.has_sixel);
    }
}

static void typed_keys_are_kept(void **state)
{
    (void)state;
    struct terminal t = answers("jj" XTERM_NAME "\033[A" "\033[6;17;8tq\xc3\xa9" XTERM_DA1 "x\033", true);
    static const char typed[] = "jj\033[Aq\xc3\xa9x\033";
    assert_int_equal(t.n_typed, sizeof typed - 1);
    assert_memory_equal(t.typed, typed, t.n_typed);
    assert_true(t.has_sixel);
    assert_int_equal(t.cell_width_px, 8);
}

static void more_typed_than_there_is_room(void **state)
{
    (void)state;
    char bytes[3 * TERMINAL_TYPED_MAX];
    memset(bytes, 'k', sizeof bytes);
    memcpy(bytes + sizeof bytes - 8, "\033[?62;4c", 8);
    struct terminal t;
    terminal_begin(&t);
    assert_true(terminal_read(&t, (unsigned char *)bytes, sizeof bytes));
    assert_int_equal(t.n_typed, TERMINAL_TYPED_MAX);
}

static void absurd_answers_are_not_believed(void **state)
{
    (void)state;
    struct terminal t = answers("\033[6;0;8t\033[6;9999;8t\033[?2;0;1;99999999999999999999S\033[?1;0;0S\033[?62;4c",
                                true);
    assert_int_equal(t.cell_width_px, 10);
    assert_int_equal(t.cell_height_px, 20);
    assert_int_equal(t.max_width_px, 1000);
    assert_int_equal(t.registers, 256);
    t = answers("\033P>|\001\002evil\302\233name that is far longer than there is room for, and goes on and on\033\\"
                "\033]11;rgb:zz/1/2\033\\\033[?1c", true);
    assert_int_equal(strncmp(t.name, "evil", 4), 0);
    assert_true(strlen(t.name) < TERMINAL_NAME_MAX);
    assert_false(t.has_background);
    answers("\033[?1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26;27;28;29;30;31;32;33;34;35c",
            true);
}

static struct terminal decided(const char *bytes, struct terminal_environment e, enum terminal_graphics wanted)
{
    struct terminal t = answers(bytes, strlen(bytes) > 0);
    t.fd_in = t.fd_out = 1;
    terminal_decide(&t, &e, wanted);
    return t;
}

static void graphics_and_colours(void **state)
{
    (void)state;
    struct terminal_environment plain = {.term = "xterm-256color", .terminfo_colours = 256}, e = plain;
    assert_int_equal(decided(XTERM, plain, GRAPHICS_AUTO).graphics, GRAPHICS_SIXEL);
    assert_int_equal(decided(VT420, plain, GRAPHICS_AUTO).graphics, GRAPHICS_BLOCKS);
    assert_int_equal(decided("", plain, GRAPHICS_AUTO).graphics, GRAPHICS_BLOCKS);
    assert_int_equal(decided(XTERM, plain, GRAPHICS_NONE).graphics, GRAPHICS_NONE);
    assert_int_equal(decided(TMUX, plain, GRAPHICS_SIXEL).graphics, GRAPHICS_SIXEL);
    assert_int_equal(decided(XTERM, plain, GRAPHICS_AUTO).colours, COLOURS_TRUE);
    assert_int_equal(decided(TMUX, plain, GRAPHICS_AUTO).colours, COLOURS_256);
    assert_int_equal(decided(MLTERM, plain, GRAPHICS_AUTO).colours, COLOURS_256);
    e.colorterm = "truecolor";
    assert_int_equal(decided(TMUX, e, GRAPHICS_AUTO).colours, COLOURS_TRUE);
    e.no_color = "1";
    assert_int_equal(decided(TMUX, e, GRAPHICS_AUTO).colours, COLOURS_NONE);
    e.no_color = "";
    assert_int_equal(decided(TMUX, e, GRAPHICS_AUTO).colours, COLOURS_TRUE);
    e = (struct terminal_environment){.term = "xterm", .terminfo_colours = 8};
    assert_int_equal(decided(TMUX, e, GRAPHICS_AUTO).colours, COLOURS_8);
    e.term = "dumb";
    assert_int_equal(decided("", e, GRAPHICS_BLOCKS).graphics, GRAPHICS_NONE);
    e.term = NULL;
    assert_int_equal(decided("", e, GRAPHICS_AUTO).graphics, GRAPHICS_NONE);
}

static void light_backgrounds(void **state)
{
    (void)state;
    struct terminal_environment e = {.term = "xterm", .terminfo_colours = 8};
    assert_false(decided(BLACK "\033[?1;2c", e, GRAPHICS_AUTO).light);
    struct terminal t = decided("\033]11;rgb:fd/f6/e3\a\033[?1;2c", e, GRAPHICS_AUTO);
    assert_true(t.light);
    assert_int_equal(t.background, 0xfdf6e3);
    e.colorfgbg = "0;15";
    assert_true(decided(TMUX, e, GRAPHICS_AUTO).light);
    e.colorfgbg = "15;default;0";
    assert_false(decided(TMUX, e, GRAPHICS_AUTO).light);
}

static void graphics_names(void **state)
{
    (void)state;
    for (int i = GRAPHICS_AUTO; i <= GRAPHICS_NONE; i++)
        assert_int_equal(terminal_graphics_from_name(terminal_graphics_name((enum terminal_graphics)i)), i);
    assert_int_equal(terminal_graphics_from_name("Sixel"), -1);
}

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

/* A terminal that this test plays: the far end of a pty. */
static int open_terminal(int *near)
{
    int far = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(far >= 0);
    assert_int_equal(grantpt(far), 0);
    assert_int_equal(unlockpt(far), 0);
    *near = open(ptsname(far), O_RDWR | O_NOCTTY);
    assert_true(*near >= 0);
    return far;
}

/* Waits for the fence, then answers in two pieces with a pause in the middle of a sequence. */
static void *answer_slowly(void *context)
{
    int far = *(int *)context;
    char seen[1024] = {0};
    size_t n = 0;
    while (n < 3 || memcmp(seen + n - 3, "\033[c", 3)) {
        ssize_t got = read(far, seen + n, sizeof seen - n);
        if (got <= 0)
            return NULL;
        n += (size_t)got;
    }
    struct timespec pause = {.tv_nsec = 50 * 1000000};
    ssize_t got = write(far, FOOT, sizeof FOOT - 6);
    nanosleep(&pause, NULL);
    got = write(far, FOOT + sizeof FOOT - 6, 5);
    (void)got;
    return NULL;
}

static void asks_and_puts_the_mode_back(void **state)
{
    (void)state;
    int near, far = open_terminal(&near);
    struct termios before, after;
    tcgetattr(near, &before);
    assert_int_equal(write(far, "ab", 2), 2);
    pthread_t thread;
    pthread_create(&thread, NULL, answer_slowly, &far);
    struct terminal t;
    setenv("TERM", "xterm-256color", 1);
    terminal_ask(&t, near, near, GRAPHICS_AUTO);
    pthread_join(thread, NULL);
    assert_true(t.answered);
    assert_int_equal(t.graphics, GRAPHICS_SIXEL);
    assert_int_equal(t.n_typed, 2);
    assert_memory_equal(t.typed, "ab", 2);
    tcgetattr(near, &after);
    assert_int_equal(before.c_lflag, after.c_lflag);
    assert_int_equal(before.c_iflag, after.c_iflag);
    close(near);
    close(far);
}

static void a_silent_terminal_costs_a_second(void **state)
{
    (void)state;
    int near, far = open_terminal(&near);
    struct terminal t;
    setenv("TERM", "xterm-256color", 1);
    long long start = now_ms();
    assert_int_equal(write(far, "z", 1), 1);
    terminal_ask(&t, near, near, GRAPHICS_AUTO);
    long long took = now_ms() - start;
    assert_true(took >= 900 && took < 2500);
    assert_false(t.answered);
    assert_int_equal(t.graphics, GRAPHICS_BLOCKS);
    assert_int_equal(t.n_typed, 1);
    close(near);
    close(far);
}

static void pipes_and_dumb_terminals_are_not_asked(void **state)
{
    (void)state;
    int ends[2], near, far = open_terminal(&near);
    struct terminal t;
    char byte;
    assert_int_equal(pipe(ends), 0);
    long long start = now_ms();
    setenv("TERM", "xterm-256color", 1);
    terminal_ask(&t, ends[0], ends[1], GRAPHICS_AUTO);
    assert_int_equal(t.graphics, GRAPHICS_NONE);
    assert_int_equal(t.fd_in, -1);
    setenv("TERM", "dumb", 1);
    terminal_ask(&t, near, near, GRAPHICS_AUTO);
    assert_int_equal(t.graphics, GRAPHICS_NONE);
    assert_true(now_ms() - start < 500);
    struct pollfd p[2] = {{.fd = ends[0], .events = POLLIN}, {.fd = far, .events = POLLIN}};
    assert_int_equal(poll(p, 2, 0), 0); /* nothing was written */
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    assert_int_equal(read(ends[0], &byte, 1), -1);
    close(ends[0]);
    close(ends[1]);
    close(near);
    close(far);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xterm_with_sixel),
        cmocka_unit_test(xterm_without_sixel),
        cmocka_unit_test(others),
        cmocka_unit_test(four_counts_only_as_a_feature),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(every_beginning_of_an_answer),
        cmocka_unit_test(typed_keys_are_kept),
        cmocka_unit_test(more_typed_than_there_is_room),
        cmocka_unit_test(absurd_answers_are_not_believed),
        cmocka_unit_test(graphics_and_colours),
        cmocka_unit_test(light_backgrounds),
        cmocka_unit_test(graphics_names),
        cmocka_unit_test(asks_and_puts_the_mode_back),
        cmocka_unit_test(a_silent_terminal_costs_a_second),
        cmocka_unit_test(pipes_and_dumb_terminals_are_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
