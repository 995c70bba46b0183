/* What keys, modes and commands are called: on the screen, in the manual, and in the user's file of keys.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_KEY_NAMES_H
#define MMIB_UI_KEY_NAMES_H

#include "ui/keymap.h"

#include <stdbool.h>
#include <stddef.h>

enum { KEY_NAME_MAX = 24 };

/* One Enter, whatever the terminal sends for it. */
keymap_key key_names_plain(keymap_key key);

/* "h", "Left", "Ctrl-R", "Enter". Returns out. */
char *key_names_key(keymap_key key, char *out, size_t size);

/* The key of a name, plain; names longer than a character in any case. false: there is no such key. */
bool key_names_find_key(const char *name, keymap_key *out);

/* "normal"; NULL for what is no single mode. */
const char *key_names_mode(unsigned mode);
unsigned key_names_find_mode(const char *name); /* 0 = none; "all" is MODES_ALL */

/* "accept-all"; NULL for a command that no single key stands for. */
const char *key_names_command(enum command command);
enum command key_names_find_command(const char *name); /* COMMAND_NONE = no such command */
enum command key_names_command_at(size_t index);       /* every command with a name; COMMAND_NONE behind the last */

#endif
