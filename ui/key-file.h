/* The user's file of keys: MODE COMMAND KEY... a line, as key-names.h calls them.
 *
 * MODE is a mode, several with commas, or "all". The keys of a line take the place of those that the command had in the
 * mode, and are taken from the commands that had them; several lines of a command and a mode add up. "none" as the
 * command: the keys do nothing; as the only key: the command has none. A line that begins with # is a comment.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_KEY_FILE_H
#define MMIB_UI_KEY_FILE_H

#include "corpora/error.h"

#include <stdio.h>

/* Makes the key table what the file says; a file that is not there says nothing. -1, and the built-in table, for a line
 * that is wrong, and for keys with which nobody could leave a mode any more. */
int key_file_load(const char *path, struct error *err);

/* The key table in the file's own syntax, with what each command does as a comment. */
void key_file_print(FILE *out);

#endif
