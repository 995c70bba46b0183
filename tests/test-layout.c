/* Panes and words have their places: at every size, and whatever is labelled.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/layout.h"
#include "ui/text-layout.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool overlap(const struct layout_pane *a, const struct layout_pane *b)
{
    return a->rows && b->rows && a->y < b->y + b->rows && b->y < a->y + a->rows && a->x < b->x + b->columns &&
           b->x < a->x + a->columns;
}

static void panes_fit_every_screen(void **state)
{
    (void)state;
    for (size_t rows = 1; rows <= 110; rows++) {
        for (size_t columns = 1; columns <= 310; columns += 1 + columns / 9) {
            for (size_t text = 0; text <= 120; text += 1 + text / 3) {
                struct layout l, without;
                if (!layout_make(rows, columns, text, true, &l)) {
                    assert_true(rows < LAYOUT_ROWS_MIN || columns < LAYOUT_COLUMNS_MIN);
                    continue;
                }
                const struct layout_pane *panes[] = {&l.head, &l.list, &l.picture, &l.text, &l.labels, &l.footer};
                for (size_t i = 0; i < 6; i++) {
                    assert_true(panes[i]->y + panes[i]->rows <= rows);
                    assert_true(panes[i]->x + panes[i]->columns <= columns);
                    for (size_t k = 0; k < i; k++)
                        assert_false(overlap(panes[i], panes[k]));
                }
                /* Room to work with: a picture, two lines of words or what there is, some labels. */
                assert_true(l.picture.rows >= 5 && l.picture.columns >= 40);
                assert_true(l.text.rows >= 3 && l.labels.rows >= 4);
                assert_true(l.picture.y + l.picture.rows < rows);
                assert_int_equal(l.text.columns, layout_text_columns(rows, columns));
                assert_true(layout_make(rows, columns, text, false, &without));
                assert_true(without.picture.rows >= 5 && without.text.rows >= l.text.rows);
                assert_true(without.labels.y + without.labels.rows == l.labels.y + l.labels.rows);
            }
        }
    }
}

static void the_picture_stays_where_it_is(void **state)
{
    (void)state;
    struct layout few, many;
    assert_true(layout_make(24, 80, 3, true, &few));
    assert_true(layout_make(24, 80, 30, true, &many));
    assert_memory_equal(&few.picture, &many.picture, sizeof few.picture);
}

static void words_wrap_by_width(void **state)
{
    (void)state;
    /* An emoji and CJK signs take two cells, a combining mark none. */
    char *tokens[] = {"Zoe\xcc\x88", "is", "\xf0\x9f\x98\xbb", "in", "\xe6\x9d\xb1\xe4\xba\xac", "!"};
    static const size_t columns_of[] = {3, 2, 2, 2, 4, 1};
    struct text_layout l;
    assert_int_equal(text_layout_make(tokens, 6, 80, &l, NULL), 0);
    assert_int_equal(l.n_lines, 1);
    size_t column = 1;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(l.pieces[i].column, column);
        assert_int_equal(l.pieces[i].columns, columns_of[i]);
        column += columns_of[i] + 1;
    }
    text_layout_free(&l);
    assert_int_equal(text_layout_make(tokens, 6, 11, &l, NULL), 0);
    assert_int_equal(l.pieces[2].line, 0); /* " Zoe is CC " is eleven cells, with one for a bracket at each end */
    assert_int_equal(l.pieces[3].line, 1);
    for (size_t i = 0; i < l.n_pieces; i++)
        assert_true(l.pieces[i].column >= 1 && l.pieces[i].column + l.pieces[i].columns < 11);
    text_layout_free(&l);
}

static size_t step(const struct text_layout *layout, size_t token, int lines)
{
    size_t column = SIZE_MAX;
    return text_layout_step(layout, token, lines, &column);
}

static void long_words_go_over_lines(void **state)
{
    (void)state;
    char word[301], *tokens[] = {"a", word, "z"};
    memset(word, 'x', 300);
    word[300] = '\0';
    struct text_layout l;
    assert_int_equal(text_layout_make(tokens, 3, 20, &l, NULL), 0);
    size_t bytes = 0;
    for (size_t i = l.first_piece[1]; i < l.first_piece[2]; i++) {
        assert_int_equal(l.pieces[i].token, 1);
        assert_int_equal(l.pieces[i].offset, bytes);
        assert_true(l.pieces[i].column + l.pieces[i].columns < 20);
        bytes += l.pieces[i].n_bytes;
    }
    assert_int_equal(bytes, 300);
    assert_int_equal(l.pieces[l.first_piece[2]].token, 2);
    assert_int_equal(step(&l, 0, 1), 1);
    assert_int_equal(step(&l, 2, -1), 1);
    text_layout_free(&l);
}

static void the_cursor_moves_over_lines(void **state)
{
    (void)state;
    char *tokens[] = {"aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff", "gg"};
    struct text_layout l;
    assert_int_equal(text_layout_make(tokens, 7, 17, &l, NULL), 0); /* three words a line */
    assert_int_equal(l.n_lines, 3);
    assert_int_equal(step(&l, 1, 1), 4);
    assert_int_equal(step(&l, 4, -1), 1);
    assert_int_equal(step(&l, 1, -1), 1);
    assert_int_equal(step(&l, 5, 1), 6);
    assert_int_equal(step(&l, 6, 1), 6);
    assert_int_equal(text_layout_line_start(&l, 4), 3);
    assert_int_equal(text_layout_line_end(&l, 4), 5);
    assert_int_equal(text_layout_token_at(&l, 1, 0), 3);
    assert_int_equal(text_layout_token_at(&l, 1, 99), 5);
    text_layout_free(&l);
}

static void the_eye_keeps_its_column(void **state)
{
    (void)state;
    char *tokens[] = {"aaaa", "bbbb", "cccc", "llllllllllllll", "d", "eeeeeeeeeeeeeee", "ffff", "gggg", "hhhh"};
    struct text_layout l;
    size_t column = SIZE_MAX;
    assert_int_equal(text_layout_make(tokens, 9, 17, &l, NULL), 0); /* a b c | l | d | e | f g h, or so */
    size_t token = 2;
    for (size_t line = 1; line < l.n_lines; line++)
        token = text_layout_step(&l, token, 1, &column);
    assert_int_equal(token, 8);
    for (size_t line = 1; line < l.n_lines; line++)
        token = text_layout_step(&l, token, -1, &column);
    assert_int_equal(token, 2);
    text_layout_free(&l);
}

static void odd_texts(void **state)
{
    (void)state;
    struct text_layout l;
    assert_int_equal(text_layout_make(NULL, 0, 80, &l, NULL), 0);
    assert_int_equal(l.n_lines, 0);
    assert_int_equal(step(&l, 0, 1), 0);
    text_layout_free(&l);
    char *tokens[] = {"\xef\xb8\x8f", "\xc2\xa0", "\x1b[2J", "\xff\xfe"}; /* a variation selector alone, and worse */
    for (size_t columns = 0; columns < 12; columns++) {
        assert_int_equal(text_layout_make(tokens, 4, columns, &l, NULL), 0);
        for (size_t i = 0; i < l.n_pieces; i++)
            assert_true(l.pieces[i].columns > 0);
        text_layout_free(&l);
    }
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(panes_fit_every_screen),   cmocka_unit_test(the_picture_stays_where_it_is),
        cmocka_unit_test(words_wrap_by_width),      cmocka_unit_test(long_words_go_over_lines),
        cmocka_unit_test(the_cursor_moves_over_lines),
        cmocka_unit_test(the_eye_keeps_its_column), cmocka_unit_test(odd_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
