/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/recent.h"

#include <stdint.h>
#include <stdlib.h>

/* Places hang in two lists: all from the newest to the oldest, and those of one head. SIZE_MAX ends a list. */
struct recent_place {
    size_t key;
    size_t newer, older;
    size_t next;
};

int recent_init(struct recent *recent, size_t n)
{
    size_t n_heads = 2;
    while (n_heads < 2 * n && n_heads <= SIZE_MAX / 2)
        n_heads *= 2;
    *recent = (struct recent){.n = n, .n_heads = n_heads, .newest = SIZE_MAX, .oldest = SIZE_MAX};
    recent->places = calloc(n, sizeof *recent->places);
    recent->heads = calloc(n_heads, sizeof *recent->heads);
    if (!recent->places || !recent->heads) {
        recent_free(recent);
        return -1;
    }
    for (size_t i = 0; i < n_heads; i++)
        recent->heads[i] = SIZE_MAX;
    return 0;
}

void recent_free(struct recent *recent)
{
    free(recent->places);
    free(recent->heads);
    *recent = (struct recent){0};
}

/* Neighbours spread as they are; strides of powers of two shall not fall together. */
static size_t *recent_head(const struct recent *recent, size_t key)
{
    return &recent->heads[(key ^ key >> 10 ^ key >> 20) & (recent->n_heads - 1)];
}

static void recent_unlink(struct recent *recent, size_t at)
{
    struct recent_place *place = &recent->places[at];
    if (place->newer == SIZE_MAX)
        recent->newest = place->older;
    else
        recent->places[place->newer].older = place->older;
    if (place->older == SIZE_MAX)
        recent->oldest = place->newer;
    else
        recent->places[place->older].newer = place->newer;
}

static void recent_put_first(struct recent *recent, size_t at)
{
    struct recent_place *place = &recent->places[at];
    place->newer = SIZE_MAX;
    place->older = recent->newest;
    if (recent->newest == SIZE_MAX)
        recent->oldest = at;
    else
        recent->places[recent->newest].newer = at;
    recent->newest = at;
}

size_t recent_find(struct recent *recent, size_t key)
{
    size_t at = *recent_head(recent, key);
    while (at != SIZE_MAX && recent->places[at].key != key)
        at = recent->places[at].next;
    if (at != SIZE_MAX && at != recent->newest) {
        recent_unlink(recent, at);
        recent_put_first(recent, at);
    }
    return at;
}

static void recent_forget_oldest(struct recent *recent)
{
    size_t at = recent->oldest, *link = recent_head(recent, recent->places[at].key);
    while (*link != at)
        link = &recent->places[*link].next;
    *link = recent->places[at].next;
    recent_unlink(recent, at);
}

size_t recent_take(struct recent *recent, size_t key)
{
    size_t at = recent->n_used;
    if (at < recent->n) {
        recent->n_used++;
    } else {
        at = recent->oldest;
        recent_forget_oldest(recent);
    }
    size_t *head = recent_head(recent, key);
    recent->places[at].key = key;
    recent->places[at].next = *head;
    *head = at;
    recent_put_first(recent, at);
    return at;
}

size_t recent_next_out(const struct recent *recent)
{
    return recent->n_used < recent->n ? SIZE_MAX : recent->places[recent->oldest].key;
}
