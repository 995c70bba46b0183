/* Literals as Python prints them, and as JSON does: one line each, read with one reader and written in either manner.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_LITERAL_H
#define MMIB_CORPORA_LITERAL_H

#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

enum literal_manner {
    LITERAL_PYTHON,     /* repr(): single quotes unless there is one inside, what cannot be printed is escaped */
    LITERAL_JSON_ASCII, /* json.dumps(): everything but ASCII is escaped */
    LITERAL_JSON_UTF8,  /* json.dumps(ensure_ascii=False) */
};

struct literal {
    const char *start; /* NUL-terminated, valid UTF-8 */
    const char *at;
    const char *fault; /* why the last call failed */
};

extern const char literal_no_memory[]; /* the one fault that is not the text's */

/* Moves past c, and blanks before and after it; false (and does not move) when something else stands there. */
bool literal_take(struct literal *literal, char c);

/* Reads a string, which replaces what was in out. 0, or -1 with a fault: no string here, not closed, a NUL or half of a
 * surrogate pair in it, no memory. */
int literal_text(struct literal *literal, struct text *out);

/* Reads a whole number that is not negative. */
int literal_whole(struct literal *literal, size_t *out);

/* Moves past any value: string, number, None, True, False, null, true, false, list, tuple, dictionary. */
int literal_skip(struct literal *literal);

void literal_put_text(struct text *out, const char *string, enum literal_manner manner);

#endif
