/* A table from names to numbers: finds doubles among a million ids without looking at each.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_NAMES_H
#define MMIB_CORPORA_NAMES_H

#include <stddef.h>

struct name_slot {
    const char *name; /* borrowed; NULL = free */
    size_t value;
};

struct name_table { /* starts zeroed */
    struct name_slot *slots;
    size_t n_slots; /* a power of two */
    size_t n;
};

/* Enters name -> value, unless the name is there already. 1 = entered, 0 = it was there (then *value_out, which may be
 * NULL, is its value), -1 = no memory. The name must live as long as the table. */
int name_table_add(struct name_table *table, const char *name, size_t value, size_t *value_out);

/* The slot of the name, whose value may be changed; NULL when it is not there. */
struct name_slot *name_table_peek(const struct name_table *table, const char *name);

void name_table_free(struct name_table *table);

#endif
