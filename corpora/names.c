/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/names.h"

#include "corpora/hash.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_FIRST = 16 };

static size_t name_hash(const char *name)
{
    uint64_t hash = hash_text(HASH_START, name);
    return (size_t)(hash ^ hash >> 32);
}

/* The slot that holds the name, or the free one where it belongs. Some slot is always free. */
static struct name_slot *slot_find(struct name_slot *slots, size_t n_slots, const char *name)
{
    size_t at = name_hash(name) & (n_slots - 1);
    while (slots[at].name && strcmp(slots[at].name, name))
        at = (at + 1) & (n_slots - 1);
    return &slots[at];
}

static int table_double(struct name_table *table)
{
    size_t n_slots = table->n_slots ? 2 * table->n_slots : NAMES_FIRST;
    struct name_slot *slots = n_slots > table->n_slots ? calloc(n_slots, sizeof *slots) : NULL;
    if (!slots)
        return -1;
    for (size_t i = 0; i < table->n_slots; i++)
        if (table->slots[i].name)
            *slot_find(slots, n_slots, table->slots[i].name) = table->slots[i];
    free(table->slots);
    table->slots = slots;
    table->n_slots = n_slots;
    return 0;
}

int name_table_add(struct name_table *table, const char *name, size_t value, size_t *value_out)
{
    if (2 * table->n >= table->n_slots && table_double(table))
        return -1;
    struct name_slot *slot = slot_find(table->slots, table->n_slots, name);
    if (slot->name) {
        if (value_out)
            *value_out = slot->value;
        return 0;
    }
    *slot = (struct name_slot){name, value};
    table->n++;
    return 1;
}

struct name_slot *name_table_peek(const struct name_table *table, const char *name)
{
    struct name_slot *slot = table->n ? slot_find(table->slots, table->n_slots, name) : NULL;
    return slot && slot->name ? slot : NULL;
}

void name_table_free(struct name_table *table)
{
    free(table->slots);
    *table = (struct name_table){0};
}
