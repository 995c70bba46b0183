/* Where the program's own data are, the demonstration corpus and the bundled model, and the user's own settings.
 *
 * A program run from its build folder uses the source tree that it was built from; an installed one its data folder.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_PLACES_H
#define MMIB_SRC_PLACES_H

/* The path of a data file or folder, such as "corpora/demo" or "model/pretrained/mini": beside the build, else under
 * share/mmib of the prefix where the program stands, else in the data folder that configure chose. Allocated; NULL
 * where none of them has it. */
char *places_find(const char *relative);

/* The model directory of a command that was not given --model: $MMIB_MODEL, else the bundled one. Allocated; NULL where
 * there is none. */
char *places_model(void);

/* The user's file of that name: $XDG_CONFIG_HOME/mmib/NAME, by default ~/.config/mmib/NAME. Allocated, whether it is there
 * or not; NULL where there is neither. */
char *places_config(const char *name);

#endif
