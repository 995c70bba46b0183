/* What the words and numbers of the case screen are, and what they are not: the help shows them behind the case's keys.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_GLOSSARY_H
#define MMIB_UI_GLOSSARY_H

#include <stddef.h>

struct glossary_entry {
    const char *term;
    const char *words; /* ASCII, without a full stop at the end */
};

extern const char glossary_heading[];
extern const struct glossary_entry glossary_entries[];
size_t glossary_count(void);

#endif
