/* Text of strangers in cells: widths, clipping, and that nothing reaches the terminal raw.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/text-cells.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

static WINDOW *window;

struct expectation {
    const char *text;  /* comes in */
    const char *clean; /* is shown */
    size_t columns, clusters;
};

static void check(const struct expectation *e)
{
    struct text_cluster cluster;
    size_t n = strlen(e->text), clusters = 0, columns = 0;
    for (size_t at = 0; text_cells_next(e->text, n, at, &cluster); at += cluster.n_bytes) {
        assert_int_equal(cluster.offset, at);
        assert_true(cluster.n_bytes > 0 && at + cluster.n_bytes <= n);
        clusters++;
    }
    assert_int_equal(clusters, e->clusters);
    assert_int_equal(text_cells_width(e->text, n), e->columns);
    char *clean = text_cells_clean(e->text, n, SIZE_MAX, &columns);
    assert_string_equal(clean, e->clean);
    assert_int_equal(columns, e->columns);
    free(clean);
}

static void check_all(const struct expectation *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check(&list[i]);
}

static void scripts(void **state)
{
    (void)state;
    static const struct expectation list[] = {
        {"", "", 0, 0},
        {"Rob", "Rob", 3, 3},
        {"h\u00e9llo", "h\u00e9llo", 5, 5},
        {"he\u0301llo", "he\u0301llo", 5, 5},                   /* a combining mark */
        {"\u65e5\u672c\u8a9e", "\u65e5\u672c\u8a9e", 6, 3},     /* wide */
        {"\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd", 4, 4},
        {"\u0928\u092e\u0938\u094d\u0924\u0947", "\u0928\u092e\u0938\u094d\u0924\u0947", 4, 4},
        {"a\u0300\u0301\u0302\u0303\u0304\u0305b", "a\u0300\u0301\u0302b", 2, 2}, /* piled up marks are cut */
    };
    check_all(list, sizeof list / sizeof *list);
}

static void emoji(void **state)
{
    (void)state;
    static const struct expectation list[] = {
        {"\U0001f63b", "\U0001f63b", 2, 1},
        {"\U0001f44d\U0001f3fd", "\U0001f44d", 2, 1},                                     /* skin tone */
        {"\U0001f468\u200d\U0001f469\u200d\U0001f467!", "\U0001f468!", 3, 2},             /* family */
        {"\u2764\ufe0f", "\u2764", 1, 1},                                                 /* variation selector */
        {"1\ufe0f\u20e3", "1\u20e3", 1, 1},                                               /* keycap */
        {"\U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea", 4, 2}, /* flags */
        {"\ufe0f", "\u25cc", 1, 1}, /* a token of its own in the published files */
        {"\u200d", "\u25cc", 1, 1},
        {"\u0301", "\u25cc\u0301", 1, 1},
    };
    check_all(list, sizeof list / sizeof *list);
}

static void dangers(void **state)
{
    (void)state;
    static const struct expectation list[] = {
        {"\033[31mred\033]0;title\a", "\u241b[31mred\u241b]0;title\u2407", 18, 18},
        {"a\tb\nc\r\n", "a\u2409b\u240ac\u240d\u240a", 7, 6},
        {"\x7f", "\u2421", 1, 1},
        {"\xc2\x9b" "31m", "\ufffd31m", 4, 4}, /* CSI as one control of C1 */
        {"\x9b" "31m", "\ufffd31m", 4, 4}, /* and as a bare byte */
        {"\u202eevil\u202c", "\ufffdevil\ufffd", 6, 6},
        {"a\u200fb\u2067c", "a\ufffdb\ufffdc", 5, 5},
        {"\u200b\ufeff\u00ad", "\ufffd\ufffd\ufffd", 3, 3},
        {"a\u00a0b", "a\u2423b", 3, 3},
        {"\u2028", "\u2424", 1, 1},
        {"\xff\xc3(\xe2\x82", "\ufffd\ufffd(\ufffd\ufffd", 5, 5}, /* no UTF-8 */
        {"\xed\xa0\x80", "\ufffd\ufffd\ufffd", 3, 3},             /* a surrogate */
    };
    check_all(list, sizeof list / sizeof *list);
}

/* No byte that a terminal could obey comes out, whatever comes in. */
static void random_bytes_come_out_clean(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (int round = 0; round < 3000; round++) {
        char text[40];
        size_t n = (size_t)round % sizeof text, columns;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1103515245 + 12345;
            text[i] = (char)(seed >> 16);
            if (round & 1) /* mostly controls and the beginnings of sequences */
                text[i] = "\033\x9b\xc2\x80[];?\xe2\x80\xae\x07\x90\xf0\x9f"[(unsigned char)text[i] % 16];
        }
        char *clean = text_cells_clean(text, n, SIZE_MAX, &columns);
        assert_int_equal(columns, text_cells_width(text, n));
        for (const unsigned char *p = (unsigned char *)clean; *p; p++) {
            assert_true(*p >= 0x20 && *p != 0x7f);
            assert_false(*p == 0xc2 && p[1] < 0xa0);
        }
        free(clean);
    }
}

static void clean_text_clips(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
        const char *expected;
    } list[] = {
        {"Paris", 5, "Paris"},       {"Paris", 4, "Par\u2026"},
        {"Paris", 1, "\u2026"},      {"Paris", 0, ""},
        {"\u65e5\u672c\u8a9e", 6, "\u65e5\u672c\u8a9e"}, {"\u65e5\u672c\u8a9e", 5, "\u65e5\u672c\u2026"},
        {"\u65e5\u672c\u8a9e", 4, "\u65e5\u2026"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        size_t columns;
        char *clean = text_cells_clean(list[i].text, strlen(list[i].text), list[i].columns, &columns);
        assert_string_equal(clean, list[i].expected);
        assert_int_equal(columns, text_cells_width(clean, strlen(clean)));
        assert_true(columns <= list[i].columns);
        free(clean);
    }
}

static wchar_t cell_at(int y, int x)
{
    cchar_t cell;
    wchar_t text[CCHARW_MAX + 1] = {0};
    attr_t attributes;
    short pair;
    mvwin_wch(window, y, x, &cell);
    getcchar(&cell, text, &attributes, &pair, NULL);
    return text[0];
}

static void put_clips_at_the_room_and_at_the_edge(void **state)
{
    (void)state;
    werase(window);
    assert_int_equal(text_cells_puts(window, 0, 0, 10, "Paris in May"), 10);
    assert_int_equal(cell_at(0, 7), 'n');
    assert_int_equal(cell_at(0, 9), 0x2026);
    assert_int_equal(cell_at(0, 10), ' ');
    assert_int_equal(text_cells_puts(window, 1, 16, SIZE_MAX, "Paris"), 4);
    assert_int_equal(cell_at(1, 19), 0x2026);
    assert_int_equal(cell_at(2, 0), ' '); /* never on the next line */
    assert_int_equal(text_cells_puts(window, 2, 17, SIZE_MAX, "\u65e5\u672c"), 3);
    assert_int_equal(cell_at(2, 17), 0x65e5);
    assert_int_equal(cell_at(2, 19), 0x2026);
    assert_int_equal(text_cells_puts(window, 3, 14, SIZE_MAX, "corner"), 6); /* the last cell of all */
    assert_int_equal(cell_at(3, 19), 'r');
    assert_int_equal(text_cells_puts(window, 4, 0, 5, "below"), 0);
    assert_int_equal(text_cells_puts(window, 0, 20, 5, "right"), 0);
    assert_int_equal(text_cells_puts(window, -1, 0, 5, "above"), 0);
    assert_int_equal(text_cells_puts(window, 0, 0, 5, NULL), 0);
    assert_int_equal(text_cells_puts(window, 0, 0, 0, "none"), 0);
}

static void put_writes_symbols(void **state)
{
    (void)state;
    werase(window);
    assert_int_equal(text_cells_puts(window, 0, 0, SIZE_MAX, "a\033[2J\u202e\U0001f63b|"), 9);
    assert_int_equal(cell_at(0, 1), 0x241b);
    assert_int_equal(cell_at(0, 5), 0xfffd);
    assert_int_equal(cell_at(0, 6), 0x1f63b);
    assert_int_equal(cell_at(0, 8), '|');
}

int main(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 99;
    FILE *in = fopen("/dev/null", "r"), *out = fopen("/dev/null", "w");
    SCREEN *screen = in && out ? newterm("xterm", out, in) : NULL;
    window = screen ? newwin(4, 20, 0, 0) : NULL;
    if (!window)
        return 99;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripts),
        cmocka_unit_test(emoji),
        cmocka_unit_test(dangers),
        cmocka_unit_test(random_bytes_come_out_clean),
        cmocka_unit_test(clean_text_clips),
        cmocka_unit_test(put_clips_at_the_room_and_at_the_edge),
        cmocka_unit_test(put_writes_symbols),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    endwin();
    delwin(window);
    delscreen(screen);
    fclose(in);
    fclose(out);
    return failed;
}
