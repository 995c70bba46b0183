/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/tally.h"

#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

static struct tally_type *type_peek(const struct tally *tally, const char *type)
{
    for (size_t i = 0; i < tally->n_types; i++)
        if (!strcmp(tally->types[i].type, type))
            return &tally->types[i];
    return NULL;
}

static bool is_kept(const struct entity *entity)
{
    return entity->type && !provenance_is_proposal(&entity->origin);
}

int tally_reserve(struct tally *tally, const struct post *post)
{
    for (size_t i = 0; i < post->n_entities; i++) {
        const char *type = post->entities[i].type;
        if (!type || type_peek(tally, type))
            continue;
        struct tally_type *grown = array_grow(tally->types, tally->n_types, sizeof *grown);
        if (!grown)
            return -1;
        tally->types = grown;
        grown[tally->n_types].n = 0;
        if (text_copy(type, &grown[tally->n_types].type))
            return -1;
        tally->n_types++;
    }
    return 0;
}

void tally_add(struct tally *tally, const struct post *post, bool add)
{
    for (size_t i = 0; i < post->n_entities; i++) {
        struct tally_type *type = is_kept(&post->entities[i]) ? type_peek(tally, post->entities[i].type) : NULL;
        if (type)
            type->n += add ? 1 : (size_t)-1;
    }
    tally->statuses[post->status] += add ? 1 : (size_t)-1;
}

int tally_corpus(struct tally *tally, const struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->n_posts; i++) {
        if (tally_reserve(tally, &corpus->posts[i]))
            return -1;
        tally_add(tally, &corpus->posts[i], true);
    }
    return 0;
}

size_t tally_type(const struct tally *tally, const char *type)
{
    const struct tally_type *found = type_peek(tally, type);
    return found ? found->n : 0;
}

void tally_free(struct tally *tally)
{
    for (size_t i = 0; i < tally->n_types; i++)
        free(tally->types[i].type);
    free(tally->types);
    *tally = (struct tally){0};
}
