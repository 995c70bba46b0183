/* The user's file of keys: what it changes, and what it is told when it cannot be right.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/key-file.h"
#include "ui/key-names.h"
#include "ui/keymap.h"

#include <curses.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[96];

static int load(const char *text, struct error *err)
{
    *err = (struct error){0};
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    return key_file_load(path, err);
}

static void loads(const char *text)
{
    struct error err;
    if (load(text, &err))
        fail_msg("%s", err.message);
}

/* The file is refused with "path:line: reason", and the table is the built-in one. */
static void refuses(const char *text, size_t line, const char *reason)
{
    struct error err;
    char begin[128];
    snprintf(begin, sizeof begin, "%s:%zu: ", path, line);
    assert_int_equal(load(text, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    if (strncmp(err.message, begin, strlen(begin)) || !strstr(err.message, reason))
        fail_msg("%s: expected line %zu and \"%s\"", err.message, line, reason);
    assert_int_equal(keymap_find(MODE_NORMAL, 'a'), COMMAND_ACCEPT);
    assert_int_equal(keymap_find(MODE_NORMAL, 'q'), COMMAND_QUIT);
}

static int set_up(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/mmib-keys-XXXXXX", tmp && strlen(tmp) < 60 ? tmp : "/tmp");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    keymap_rebind(NULL, 0, NULL);
    return unlink(path);
}

static void a_file_that_is_not_there_says_nothing(void **state)
{
    (void)state;
    struct error err = {0};
    assert_int_equal(key_file_load("/nonexistent/keys", &err), 0);
    loads("");
    loads("# only a comment\n\n   \n");
    assert_int_equal(keymap_find(MODE_NORMAL, 'a'), COMMAND_ACCEPT);
}

static void keys_move(void **state)
{
    (void)state;
    char name[KEY_NAME_MAX];
    loads("# mine\r\nnormal accept y F5\r\nnormal,select left ,\r\nall cancel Esc Ctrl-G\r\n");
    assert_int_equal(keymap_find(MODE_NORMAL, 'y'), COMMAND_ACCEPT);
    assert_int_equal(keymap_find(MODE_NORMAL, KEYMAP_FUNCTION + KEY_F(5)), COMMAND_ACCEPT);
    assert_int_equal(keymap_find(MODE_NORMAL, 'a'), COMMAND_NONE);
    assert_int_equal(keymap_find(MODE_SELECT, ','), COMMAND_LEFT);
    assert_int_equal(keymap_find(MODE_NORMAL, ','), COMMAND_LEFT);
    assert_int_equal(keymap_find(MODE_NORMAL, 'h'), COMMAND_NONE);
    assert_int_equal(keymap_find(MODE_TYPE, 7), COMMAND_CANCEL);
    assert_int_equal(keymap_find(MODE_HELP, 'q'), COMMAND_NONE);
    assert_string_equal(keymap_command_key(MODE_NORMAL, COMMAND_ACCEPT, name, sizeof name), "y");

    const struct keymap_row *rows[64];
    keymap_footer(MODE_NORMAL, rows, 64);
    assert_int_equal(rows[0]->command, COMMAND_ACCEPT);
    assert_int_equal(rows[0]->keys[0], 'y');
}

static void one_mode_of_several(void **state)
{
    (void)state;
    loads("select left Backspace\n");
    assert_int_equal(keymap_find(MODE_SELECT, KEYMAP_FUNCTION + KEY_BACKSPACE), COMMAND_LEFT);
    assert_int_equal(keymap_find(MODE_SELECT, 'h'), COMMAND_NONE);
    assert_int_equal(keymap_find(MODE_NORMAL, 'h'), COMMAND_LEFT);
    assert_int_equal(keymap_find(MODE_NORMAL, KEYMAP_FUNCTION + KEY_BACKSPACE), COMMAND_NONE);
    /* A command with two rows of the built-in table in one mode. */
    loads("select type T\nselect type y\n");
    assert_int_equal(keymap_find(MODE_SELECT, 'T'), COMMAND_TYPE);
    assert_int_equal(keymap_find(MODE_SELECT, 'y'), COMMAND_TYPE);
    assert_int_equal(keymap_find(MODE_SELECT, 't'), COMMAND_NONE);
    assert_int_equal(keymap_find(MODE_SELECT, '\n'), COMMAND_NONE);
    assert_int_equal(keymap_find(MODE_NORMAL, 't'), COMMAND_TYPE);
}

static void a_key_is_taken_from_who_had_it(void **state)
{
    (void)state;
    loads("normal accept n\n");
    assert_int_equal(keymap_find(MODE_NORMAL, 'n'), COMMAND_ACCEPT);
    assert_int_equal(keymap_find(MODE_QUIT, 'n'), COMMAND_QUIT_LEAVE);
    loads("normal accept s\nnormal save a\n"); /* changed round */
    assert_int_equal(keymap_find(MODE_NORMAL, 's'), COMMAND_ACCEPT);
    assert_int_equal(keymap_find(MODE_NORMAL, 'a'), COMMAND_SAVE);
    loads("normal none x D\nnormal skip none\n");
    assert_int_equal(keymap_find(MODE_NORMAL, 'x'), COMMAND_NONE);
    assert_int_equal(keymap_find(MODE_NORMAL, KEYMAP_FUNCTION + KEY_DC), COMMAND_REMOVE);
    assert_int_equal(keymap_find(MODE_NORMAL, 'D'), COMMAND_NONE);
    assert_int_equal(keymap_find(MODE_NORMAL, 'S'), COMMAND_NONE);
    for (size_t i = 0; i < keymap_count(); i++) /* what has no key is in no help */
        assert_true(keymap_at(i)->keys[0] || keymap_at(i)->name);
    assert_non_null(keymap_at(0)->group);
}

static void labels_keep_out_of_the_way(void **state)
{
    (void)state;
    const char *const types[] = {"PER", "LOC", "ORG", "MISC"};
    char letters[4];
    loads("normal heat p\n");
    keymap_entity_letters(types, 4, letters);
    assert_int_equal(letters[0], 'e');
    assert_memory_equal(letters + 1, "lom", 3);
    assert_int_equal(keymap_label(MODE_NORMAL, 'p', letters, 4), 4);
    assert_int_equal(keymap_label(MODE_NORMAL, 'e', letters, 4), 0);
    loads("normal,select right Right\n"); /* l is free now */
    keymap_entity_letters(types, 4, letters);
    assert_memory_equal(letters, "plom", 4);
    assert_int_equal(keymap_label(MODE_NORMAL, 'l', letters, 4), 1);
    loads("head,tail cancel 1 Esc\n");
    assert_int_equal(keymap_hint(0), '2');
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    refuses("normal accept y\nnormal\n", 2, "command");
    refuses("normal accept\n", 1, "keys are missing");
    refuses("nomral accept y\n", 1, "there is no mode \"nomral\"");
    refuses("normal, accept y\n", 1, "there is no mode \"\"");
    refuses("normal acept y\n", 1, "there is no command \"acept\"");
    refuses("select accept y\n", 1, "\"accept\" in mode select");
    refuses("normal accept Hyper-X\n", 1, "there is no key \"Hyper-X\"");
    refuses("normal accept ab\n", 1, "there is no key");
    refuses("normal accept F64\n", 1, "there is no key");
    refuses("normal accept Ctrl-Z\n", 1, "stops the program");
    refuses("normal accept y\n\nnormal save y\n", 3, "y has a meaning in line 1 already");
    refuses("normal accept Enter\nnormal save Ctrl-M\n", 2, "in line 1 already");
    refuses("normal accept y y\n", 1, "twice");
    refuses("normal accept 1 2 3 4 5 6 7\n", 1, "more than");
    refuses("normal accept 1 2 3 4\nnormal accept 5 6 7\n", 2, "more than");
    refuses("normal none none\n", 1, "none stands alone");
    refuses("normal accept none y\n", 1, "none stands alone");
    refuses("prompt prompt-take y\n", 1, "is text");
    refuses("normal accept \xff\n", 1, "UTF-8");
}

static void nobody_is_locked_in(void **state)
{
    (void)state;
    refuses("normal accept y\nnormal quit none\n", 2, "mode normal has no key any more to quit");
    refuses("normal accept q Ctrl-C\n", 1, "to quit");
    refuses("normal help none\n", 1, "show the keys");
    refuses("quit quit-leave none\n", 1, "quit without saving");
    refuses("help cancel none\n", 1, "mode help");
    refuses("type cancel c\n", 1, "letters and digits are answers)");
    refuses("prompt cancel none\n", 1, "mode prompt");
    loads("type cancel c F2\n");
    loads("normal quit Z\n");
    assert_int_equal(keymap_find(MODE_NORMAL, 'q'), COMMAND_NONE);
}

static void keys_have_their_names_back(void **state)
{
    (void)state;
    keymap_key key;
    char name[KEY_NAME_MAX];
    for (keymap_key k = 1; k < 0x300; k++) {
        if (key_names_find_key(key_names_key(k, name, sizeof name), &key) && k != 8)
            assert_int_equal(key, key_names_plain(k));
    }
    for (int k = KEY_MIN; k < KEY_MAX; k++)
        if (key_names_find_key(key_names_key(KEYMAP_FUNCTION + k, name, sizeof name), &key) && strcmp(name, "?"))
            assert_int_equal(key, key_names_plain(KEYMAP_FUNCTION + k));
    assert_true(key_names_find_key("ctrl-r", &key) && key == 18);
    assert_true(key_names_find_key("PAGEUP", &key) && key == KEYMAP_FUNCTION + KEY_PPAGE);
    assert_true(key_names_find_key("é", &key) && key == 0xe9);
    assert_false(key_names_find_key("", &key));
    assert_false(key_names_find_key("\xcc\x81", &key)); /* a mark alone */
}

/* What --keys prints, read back, is the table that it was printed from. */
static void the_table_reads_itself(void **state)
{
    (void)state;
    for (int own = 0; own < 2; own++) {
        char *text;
        size_t n;
        loads(own ? "normal accept y #\nselect left Backspace\nnormal heat none\n" : "");
        static enum command before[15][0x300];
        for (unsigned m = 0; m < 15; m++)
            for (keymap_key k = 1; k < 0x300; k++)
                before[m][k] = keymap_find(1u << m, k);
        FILE *out = open_memstream(&text, &n);
        assert_non_null(out);
        key_file_print(out);
        fclose(out);
        loads(text);
        free(text);
        for (unsigned m = 0; m < 15; m++)
            for (keymap_key k = 1; k < 0x300; k++)
                assert_int_equal(keymap_find(1u << m, k), before[m][k]);
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_not_there_says_nothing),
        cmocka_unit_test(keys_move),
        cmocka_unit_test(one_mode_of_several),
        cmocka_unit_test(a_key_is_taken_from_who_had_it),
        cmocka_unit_test(labels_keep_out_of_the_way),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(nobody_is_locked_in),
        cmocka_unit_test(keys_have_their_names_back),
        cmocka_unit_test(the_table_reads_itself),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
