/* The line that is typed: whole characters go in and out, and nothing that is no character gets into a label.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/prompt.h"

#include <curses.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void type(struct prompt *prompt, const keymap_key *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        prompt_key(prompt, keys[i]);
}
#define TYPE(prompt, ...)                                                                                              \
    type(prompt, (const keymap_key[]){__VA_ARGS__}, sizeof((const keymap_key[]){__VA_ARGS__}) / sizeof(keymap_key))
#define AT(code) (KEYMAP_FUNCTION + (code))

static void characters_go_in_at_the_cursor(void **state)
{
    struct prompt prompt = {0};
    (void)state;
    prompt_open(&prompt, PROMPT_NOTHING, "note:", "ac");
    TYPE(&prompt, AT(KEY_LEFT), 'b', AT(KEY_END), 0xe9, 0x1f600);
    assert_string_equal(prompt.text, "abc\xc3\xa9\xf0\x9f\x98\x80");
    assert_int_equal(prompt.n, strlen(prompt.text));
    TYPE(&prompt, AT(KEY_HOME), '>');
    assert_string_equal(prompt.text, ">abc\xc3\xa9\xf0\x9f\x98\x80");
}

static void what_is_deleted_is_what_one_sees(void **state)
{
    struct prompt prompt = {0};
    (void)state;
    /* e and a combining accent, then a family of three joined emoji: one deletion each. */
    prompt_open(&prompt, PROMPT_NOTHING, "",
                "e\xcc\x81\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7");
    TYPE(&prompt, 127);
    assert_string_equal(prompt.text, "e\xcc\x81");
    TYPE(&prompt, AT(KEY_HOME), AT(KEY_DC));
    assert_string_equal(prompt.text, "");
    TYPE(&prompt, 127, AT(KEY_DC), AT(KEY_LEFT), AT(KEY_RIGHT), 'W' - '@', 'K' - '@', 'U' - '@');
    assert_string_equal(prompt.text, "");
    prompt_open(&prompt, PROMPT_NOTHING, "", "one two  ");
    TYPE(&prompt, 'W' - '@');
    assert_string_equal(prompt.text, "one ");
    TYPE(&prompt, AT(KEY_LEFT), AT(KEY_LEFT), 'K' - '@');
    assert_string_equal(prompt.text, "on");
}

static void no_control_character_gets_in(void **state)
{
    struct prompt prompt = {0};
    (void)state;
    prompt_open(&prompt, PROMPT_NOTHING, "", NULL);
    TYPE(&prompt, 27, 0x9b, 0xd800, 0x110000, 7, AT(KEY_F(3)), 'x', '\n', 'y');
    assert_string_equal(prompt.text, "x y");
}

static void a_full_line_takes_no_more(void **state)
{
    struct prompt prompt = {0};
    (void)state;
    prompt_open(&prompt, PROMPT_NOTHING, "", NULL);
    for (size_t i = 0; i < PROMPT_BYTES_MAX + 10; i++)
        prompt_key(&prompt, i + 1 == PROMPT_BYTES_MAX ? 0x4e2d : 'a'); /* three bytes where one is left */
    assert_int_equal(prompt.n, PROMPT_BYTES_MAX);
    assert_int_equal(strlen(prompt.text), PROMPT_BYTES_MAX);
    char text[PROMPT_BYTES_MAX + 3];
    memset(text, 'a', sizeof text);
    memcpy(text + PROMPT_BYTES_MAX - 1, "\xe4\xb8\xad", 4);
    prompt_open(&prompt, PROMPT_NOTHING, "", text);
    assert_int_equal(prompt.n, PROMPT_BYTES_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_go_in_at_the_cursor),
        cmocka_unit_test(what_is_deleted_is_what_one_sees),
        cmocka_unit_test(no_control_character_gets_in),
        cmocka_unit_test(a_full_line_takes_no_more),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
