/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/key-file.h"

#include "corpora/lines.h"
#include "corpora/text.h"
#include "ui/key-names.h"
#include "ui/keymap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_STOPS = 'Z' - '@' /* Ctrl-Z, with which a program is stopped */ };

/* Modes where a letter or a digit may be an answer, which then comes before any command. */
enum { MODES_ANSWERING = MODE_TYPE | MODE_RELATION_TYPE | MODE_HEAD | MODE_TAIL | MODE_PROMPT };

struct key_file {
    struct line_reader reader;
    struct keymap_binding *bindings;
    size_t *lines; /* [n]: where each binding stands */
    size_t n;
};

/* The next word of the line; NULL at its end. */
static char *key_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t");
    if (!*word)
        return NULL;
    *rest = word + strcspn(word, " \t");
    if (**rest)
        *(*rest)++ = '\0';
    return word;
}

static int key_file_modes(const struct key_file *file, char *word, unsigned *modes, struct error *err)
{
    *modes = 0;
    for (char *name = word; name;) {
        char *comma = strchr(name, ',');
        if (comma)
            *comma = '\0';
        unsigned mode = key_names_find_mode(name);
        if (!mode)
            return line_error(&file->reader, err, "there is no mode \"%s\"", name);
        *modes |= mode;
        name = comma ? comma + 1 : NULL;
    }
    return 0;
}

/* A binding of an earlier line that has the key in one of these modes; n when there is none. */
static size_t key_file_owner(const struct key_file *file, unsigned modes, keymap_key key)
{
    for (size_t i = 0; i < file->n; i++)
        for (size_t k = 0; (file->bindings[i].modes & modes) && k < file->bindings[i].n_keys; k++)
            if (file->bindings[i].keys[k] == key)
                return i;
    return file->n;
}

static int key_file_key(const struct key_file *file, struct keymap_binding *binding, const char *word,
                        struct error *err)
{
    keymap_key key;
    if (!key_names_find_key(word, &key))
        return line_error(&file->reader, err, "there is no key \"%s\"", word);
    if (key == KEY_STOPS)
        return line_error(&file->reader, err, "Ctrl-Z stops the program and can do nothing else");
    size_t owner = key_file_owner(file, binding->modes, key);
    if (owner < file->n)
        return line_error(&file->reader, err, "%s has a meaning in line %zu already", word, file->lines[owner]);
    for (size_t k = 0; k < binding->n_keys; k++)
        if (binding->keys[k] == key)
            return line_error(&file->reader, err, "%s stands there twice", word);
    if (binding->n_keys == KEYMAP_KEYS_MAX)
        return line_error(&file->reader, err, "more than %d keys for a command", KEYMAP_KEYS_MAX);
    if ((binding->modes & MODE_PROMPT) && key >= ' ' && key < KEYMAP_FUNCTION)
        return line_error(&file->reader, err, "%s is text where a line is typed, and can be no command there", word);
    binding->keys[binding->n_keys++] = key;
    return 0;
}

static int key_file_command(const struct key_file *file, struct keymap_binding *binding, const char *word,
                            struct error *err)
{
    if (!strcmp(word, "none"))
        return 0;
    binding->command = key_names_find_command(word);
    unsigned possible = keymap_modes(binding->command);
    if (binding->command == COMMAND_NONE)
        return line_error(&file->reader, err, "there is no command \"%s\"", word);
    if (binding->modes == MODES_ALL)
        binding->modes = possible;
    for (unsigned mode = 1; mode < MODES_ALL; mode <<= 1)
        if (binding->modes & mode & ~possible)
            return line_error(&file->reader, err, "there is no command \"%s\" in mode %s", word, key_names_mode(mode));
    return 0;
}

/* Keys of one command and one mode over all lines. */
static size_t key_file_count(const struct key_file *file, unsigned mode, enum command command)
{
    size_t n = 0;
    for (size_t i = 0; i < file->n; i++)
        if ((file->bindings[i].modes & mode) && file->bindings[i].command == command)
            n += file->bindings[i].n_keys;
    return n;
}

static int key_file_add(struct key_file *file, struct keymap_binding binding, struct error *err)
{
    struct keymap_binding *bindings = array_grow(file->bindings, file->n, sizeof *bindings);
    if (bindings)
        file->bindings = bindings;
    size_t *lines = array_grow(file->lines, file->n, sizeof *lines);
    if (lines)
        file->lines = lines;
    if (!bindings || !lines)
        return error_memory(err, file->reader.path);
    file->bindings[file->n] = binding;
    file->lines[file->n++] = file->reader.number;
    for (unsigned mode = 1; binding.command != COMMAND_NONE && mode < MODES_ALL; mode <<= 1)
        if ((binding.modes & mode) && key_file_count(file, mode, binding.command) > KEYMAP_KEYS_MAX)
            return line_error(&file->reader, err, "more than %d keys for a command", KEYMAP_KEYS_MAX);
    return 0;
}

static int key_file_line(struct key_file *file, char *line, struct error *err)
{
    struct keymap_binding binding = {0};
    char *rest = line, *mode = key_word(&rest), *command = mode ? key_word(&rest) : NULL, *key;
    if (!mode || *mode == '#')
        return 0;
    if (key_file_modes(file, mode, &binding.modes, err))
        return -1;
    if (!command)
        return line_error(&file->reader, err, "a command and its keys are missing");
    if (key_file_command(file, &binding, command, err))
        return -1;
    key = key_word(&rest);
    if (!key)
        return line_error(&file->reader, err, "keys are missing (none takes them all away)");
    if (!strcmp(key, "none")) {
        if (binding.command == COMMAND_NONE || key_word(&rest))
            return line_error(&file->reader, err, "none stands alone behind a command");
        key = NULL;
    }
    for (; key; key = key_word(&rest))
        if (key_file_key(file, &binding, key, err))
            return -1;
    return key_file_add(file, binding, err);
}

/* Does a key that always reaches the table stand for the command in the mode? */
static bool key_file_reaches(unsigned mode, enum command command)
{
    for (size_t i = 0; i < keymap_count(); i++) {
        const struct keymap_row *row = keymap_at(i);
        for (size_t k = 0; row->command == command && (row->modes & mode) && k < KEYMAP_KEYS_MAX && row->keys[k]; k++)
            if (!(mode & MODES_ANSWERING) || row->keys[k] < ' ' || row->keys[k] >= KEYMAP_FUNCTION)
                return true;
    }
    return false;
}

/* The last line that speaks of the mode: one of them is to blame. */
static size_t key_file_culprit(const struct key_file *file, unsigned mode)
{
    size_t line = 1;
    for (size_t i = 0; i < file->n; i++)
        if (file->bindings[i].modes & mode)
            line = file->lines[i];
    return line;
}

/* No mode without a way out of it: the table has been made. */
static int key_file_check(struct key_file *file, struct error *err)
{
    static const struct {
        unsigned modes;
        enum command command;
        const char *what;
    } ways_out[] = {
        {MODE_NORMAL, COMMAND_QUIT, "quit"},
        {MODE_NORMAL, COMMAND_HELP, "show the keys"},
        {MODE_QUIT, COMMAND_QUIT_LEAVE, "quit without saving"},
        {MODES_ALL & ~MODE_NORMAL, COMMAND_CANCEL, "leave it"},
    };
    for (size_t i = 0; i < sizeof ways_out / sizeof *ways_out; i++) {
        for (unsigned mode = 1; mode < MODES_ALL; mode <<= 1) {
            if (!(ways_out[i].modes & mode & keymap_modes(ways_out[i].command)) ||
                key_file_reaches(mode, ways_out[i].command))
                continue;
            file->reader.number = key_file_culprit(file, mode);
            return line_error(&file->reader, err, "mode %s has no key any more to %s%s", key_names_mode(mode),
                              ways_out[i].what, mode & MODES_ANSWERING ? " (letters and digits are answers)" : "");
        }
    }
    return 0;
}

int key_file_load(const char *path, struct error *err)
{
    struct key_file file = {0};
    char *line;
    size_t n;
    int got, code = -1;
    if (access(path, F_OK))
        return 0;
    if (line_reader_open(path, &file.reader, err))
        return -1;
    file.reader.mixed_ends = true;
    while ((got = line_reader_next(&file.reader, &line, &n, err)) > 0)
        if (key_file_line(&file, line, err))
            goto done;
    if (got < 0 || keymap_rebind(file.bindings, file.n, err))
        goto done;
    code = key_file_check(&file, err);
    if (code)
        keymap_rebind(NULL, 0, NULL);
done:
    line_reader_close(&file.reader);
    free(file.bindings);
    free(file.lines);
    return code;
}

static void key_file_print_modes(unsigned modes, FILE *out)
{
    const char *comma = "";
    for (unsigned mode = 1; mode < MODES_ALL; mode <<= 1) {
        if (modes & mode) {
            fprintf(out, "%s%s", comma, key_names_mode(mode));
            comma = ",";
        }
    }
}

/* Commands that somebody took all keys from. */
static void key_file_print_keyless(FILE *out)
{
    enum command command;
    for (size_t i = 0; (command = key_names_command_at(i)) != COMMAND_NONE; i++) {
        unsigned modes = keymap_modes(command);
        for (size_t row = 0; row < keymap_count(); row++)
            if (keymap_at(row)->command == command)
                modes &= ~keymap_at(row)->modes;
        if (!modes)
            continue;
        fputc('\n', out);
        key_file_print_modes(modes, out);
        fprintf(out, " %s none\n", key_names_command(command));
    }
}

void key_file_print(FILE *out)
{
    fputs("# MODE COMMAND KEY...: the keys of mmib annotate. Lines that begin with # are comments.\n", out);
    for (size_t i = 0; i < keymap_count(); i++) {
        const struct keymap_row *row = keymap_at(i);
        if (row->group)
            fprintf(out, "\n# %s\n", row->group);
        if (row->name)
            continue;
        fprintf(out, "\n# %s\n", row->help);
        key_file_print_modes(row->modes, out);
        fprintf(out, " %s", key_names_command(row->command));
        for (size_t k = 0; k < KEYMAP_KEYS_MAX && row->keys[k]; k++) {
            char name[KEY_NAME_MAX];
            fprintf(out, " %s", key_names_key(row->keys[k], name, sizeof name));
        }
        fputc('\n', out);
    }
    key_file_print_keyless(out);
}
