/* The key table: no key means two things in one mode, and the keys that people count are few.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/glossary.h"
#include "ui/key-names.h"
#include "ui/keymap.h"

#include <curses.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const enum mode modes[] = {MODE_NORMAL, MODE_SELECT,        MODE_TYPE, MODE_HEAD,
                                  MODE_TAIL,   MODE_RELATION_TYPE, MODE_QUIT, MODE_HELP,
                                  MODE_PROMPT, MODE_ORDER, MODE_OCCURRENCES, MODE_SUMMARY,
                                  MODE_INSPECT, MODE_CASE};
enum { N_MODES = sizeof modes / sizeof modes[0] };

static void each_key_means_one_thing(void **state)
{
    (void)state;
    for (size_t m = 0; m < N_MODES; m++) {
        for (size_t i = 0; i < keymap_count(); i++) {
            const struct keymap_row *row = keymap_at(i);
            for (size_t k = 0; k < KEYMAP_KEYS_MAX && row->keys[k] && (row->modes & modes[m]); k++)
                assert_int_equal(keymap_find(modes[m], row->keys[k]), row->command);
        }
    }
}

static void every_mode_can_be_left(void **state)
{
    (void)state;
    for (size_t m = 0; m < N_MODES; m++)
        assert_int_equal(keymap_find(modes[m], 27), COMMAND_CANCEL);
}

static void every_mode_has_a_footer(void **state)
{
    (void)state;
    const struct keymap_row *rows[64];
    for (size_t m = 0; m < N_MODES; m++) {
        size_t n = keymap_footer(modes[m], rows, 64);
        assert_true(n > 0);
        for (size_t i = 0; i < n; i++) {
            assert_non_null(rows[i]->footer);
            assert_true(rows[i]->modes & modes[m]);
            if (i)
                assert_true(rows[i - 1]->rank < rows[i]->rank);
        }
    }
    keymap_footer(MODE_NORMAL, rows, 64);
    assert_int_equal(rows[0]->command, COMMAND_ACCEPT);
}

static void vi_motions_win(void **state)
{
    (void)state;
    static const struct {
        keymap_key key;
        enum command command;
    } motions[] = {{'h', COMMAND_LEFT},  {'l', COMMAND_RIGHT},      {'j', COMMAND_LINE_DOWN}, {'k', COMMAND_LINE_UP},
                   {'w', COMMAND_RIGHT}, {'b', COMMAND_LEFT},       {'$', COMMAND_LINE_END},  {'0', COMMAND_LINE_START},
                   {'J', COMMAND_NEXT_POST}, {'K', COMMAND_PREVIOUS_POST}, {'g', COMMAND_FIRST_POST},
                   {'G', COMMAND_LAST_POST}, {'H', COMMAND_HEAT}, {'u', COMMAND_UNDO}};
    for (size_t i = 0; i < sizeof motions / sizeof motions[0]; i++)
        assert_int_equal(keymap_find(MODE_NORMAL, motions[i].key), motions[i].command);
    const char letters[] = {'p', 'l', 'o', 'm'};
    assert_int_equal(keymap_label(MODE_NORMAL, 'l', letters, 4), 4); /* moves */
    assert_int_equal(keymap_label(MODE_SELECT, 'l', letters, 4), 4);
    assert_int_equal(keymap_label(MODE_TYPE, 'l', letters, 4), 1);
    assert_int_equal(keymap_label(MODE_SELECT, 'L', letters, 4), 1);
    assert_int_equal(keymap_label(MODE_SELECT, 'p', letters, 4), 0);
    assert_int_equal(keymap_label(MODE_NORMAL, 'P', letters, 4), 4); /* p works itself: its capital is nobody's */
}

static void types_get_letters(void **state)
{
    (void)state;
    const char *const usual[] = {"PER", "LOC", "ORG", "MISC"};
    char letters[40];
    keymap_entity_letters(usual, 4, letters);
    assert_memory_equal(letters, "plom", 4);

    const char *const twitter[] = {"PER", "LOC", "ORG", "OTHER"};
    keymap_entity_letters(twitter, 4, letters);
    assert_memory_equal(letters, "plo", 3);
    assert_int_equal(keymap_find(MODE_NORMAL, letters[3]), COMMAND_NONE);

    /* Forty types: all that letters and digits allow differ, and so many are enough. */
    char names[40][16];
    const char *many[40];
    for (size_t i = 0; i < 40; i++) {
        snprintf(names[i], sizeof names[i], "TYPE%zu", i);
        many[i] = names[i];
    }
    keymap_entity_letters(many, 40, letters);
    for (size_t i = 0; i < 40; i++) {
        assert_true(letters[i] != 0);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(letters[i], letters[k]);
    }
}

static void relations_get_letters(void **state)
{
    (void)state;
    const char *const names[] = {"/per/org/member_of", "/per/org/mother", "/x/y/nationality", "None"};
    char letters[4];
    keymap_relation_letters(names, 4, letters);
    assert_memory_equal(letters, "mon0", 4);
    assert_int_equal(keymap_label(MODE_RELATION_TYPE, '0', letters, 4), 3);
}

static void keys_have_names(void **state)
{
    (void)state;
    char name[64];
    for (size_t i = 0; i < keymap_count(); i++) {
        const struct keymap_row *row = keymap_at(i);
        assert_true((row->keys[0] != 0) != (row->name != NULL));
        assert_non_null(row->help);
        assert_true(i > 0 || row->group);
        keymap_row_names(row, name, sizeof name);
        for (const char *p = name; *p; p++)
            assert_true(*p >= ' ' && *p < 127);
    }
    for (size_t i = 0; i < keymap_count(); i++) {
        const struct keymap_row *row = keymap_at(i);
        const char *command = key_names_command(row->command);
        if (!row->name) /* what has a key can be bound to another */
            assert_non_null(command);
        if (!row->name)
            assert_int_equal(key_names_find_command(command), row->command);
        for (unsigned bit = 1; bit; bit <<= 1)
            if (row->modes & bit)
                assert_int_equal(key_names_find_mode(key_names_mode(bit)), bit);
    }
    key_names_key(18, name, sizeof name);
    assert_string_equal(name, "Ctrl-R");
    key_names_key(KEYMAP_FUNCTION + KEY_NPAGE, name, sizeof name);
    assert_string_equal(name, "PgDn");
}

static void the_manual_has_every_row(void **state)
{
    (void)state;
    char *text;
    size_t n, items = 0;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    keymap_print_manual(out);
    fclose(out);
    for (const char *p = text; (p = strstr(p, ".It Ic")); p++)
        items++;
    assert_int_equal(items, keymap_count());
    free(text);
}

/* The help counts bytes as columns, and writes what stands there as clauses. */
static void the_glossary_fits_the_help(void **state)
{
    (void)state;
    assert_true(glossary_count() > 5);
    for (size_t i = 0; i < glossary_count(); i++) {
        const char *words = glossary_entries[i].words;
        assert_true(strlen(glossary_entries[i].term) < 17);
        assert_true(*words && words[strlen(words) - 1] != '.');
        for (; *words; words++)
            assert_true(*words >= ' ' && *words <= '~');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_means_one_thing), cmocka_unit_test(every_mode_can_be_left),
        cmocka_unit_test(every_mode_has_a_footer),  cmocka_unit_test(vi_motions_win),
        cmocka_unit_test(types_get_letters),        cmocka_unit_test(relations_get_letters),
        cmocka_unit_test(keys_have_names),          cmocka_unit_test(the_manual_has_every_row),
        cmocka_unit_test(the_glossary_fits_the_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
