/* Pickles as data: a reader of the few opcodes of protocol 2 that PyTorch's files of weights need.
 *
 * Nothing is run. A call of a global stays a value that says which global, with which arguments; globals that are not on
 * the caller's list are refused by name, and so is every opcode that is not known here. Only an empty OrderedDict is made
 * into what it means.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_PICKLE_H
#define MMIB_MODEL_PICKLE_H

#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PICKLE_MAX_BYTES = 1 << 26 };

enum pickle_kind {
    PICKLE_NONE,
    PICKLE_BOOLEAN, /* integer */
    PICKLE_INTEGER,
    PICKLE_REAL, /* of which nothing is kept */
    PICKLE_TEXT,
    PICKLE_TUPLE,
    PICKLE_LIST,
    PICKLE_DICT,       /* keys and values by turns */
    PICKLE_GLOBAL,     /* integer: its place on the caller's list */
    PICKLE_CALL,       /* two items: a global and the tuple of arguments */
    PICKLE_PERSISTENT, /* one item: what names an object outside the pickle */
};

struct pickle_value {
    enum pickle_kind kind;
    int64_t integer;
    const char *text; /* UTF-8 without NUL; borrowed from the bytes, not terminated */
    size_t n_text;
    struct pickle_value **items;
    size_t n_items;
};

struct pickle;

/* globals: "module.name", a list that ends with NULL; "collections.OrderedDict" is known in any case. Messages are
 * "PATH: byte N: reason". The bytes must stay while the pickle is used. */
struct pickle *pickle_read(const uint8_t *bytes, size_t n, const char *path, const char *const *globals,
                           struct error *err);
void pickle_free(struct pickle *pickle);

const struct pickle_value *pickle_root(const struct pickle *pickle);

bool pickle_text_is(const struct pickle_value *value, const char *text); /* false for what is no text */

/* The value of that key; NULL when there is none, or value is no dict. */
const struct pickle_value *pickle_member(const struct pickle_value *value, const char *key);

#endif
