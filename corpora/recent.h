/* Which of many numbered things are kept: a bounded number of places, the least recently used gives way.
 *
 * Only the bookkeeping: the caller has an array of as many things, and frees what stood in a place that is given away.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_RECENT_H
#define MMIB_CORPORA_RECENT_H

#include <stddef.h>

struct recent_place;

struct recent { /* starts zeroed */
    struct recent_place *places; /* [n] */
    size_t *heads;               /* [n_heads]: first place of those whose keys fall together */
    size_t n, n_heads, n_used;
    size_t newest, oldest;
};

/* Room for n things, n > 0; -1 when memory is out. */
int recent_init(struct recent *recent, size_t n);
void recent_free(struct recent *recent);

/* The place of key, which from now on is the one used last; SIZE_MAX where key is not kept. */
size_t recent_find(struct recent *recent, size_t key);

/* A place for a key that is not kept: a free one, else the one whose use is the longest ago. */
size_t recent_take(struct recent *recent, size_t key);

/* The key that has to give way at the next recent_take; SIZE_MAX while there are free places. */
size_t recent_next_out(const struct recent *recent);

#endif
