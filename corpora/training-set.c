/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/training-set.h"

#include "corpora/names.h"
#include "corpora/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_END = 0x1f }; /* between the tokens of words that are looked up */

struct type_count {
    size_t type; /* place in the set's types */
    size_t n;
};

/* Words that are labelled somewhere. */
struct surface {
    size_t n_places, n_labelled;
    struct type_count *types;
    size_t n_types;
};

struct training_set {
    char **names; /* tokens with WORD_END between */
    size_t n_names;
    struct surface *surfaces; /* [n_names], grown like names */
    struct name_table places; /* names -> place */
    char **heads;             /* first tokens of names */
    size_t n_heads;
    struct name_table lengths; /* heads -> tokens of the longest name that begins so */
    char **types;
    size_t n_types;
    struct name_table type_places;
};

void training_set_free(struct training_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->n_names; i++)
        free(set->surfaces[i].types);
    free(set->surfaces);
    text_list_free(set->names, set->n_names);
    text_list_free(set->heads, set->n_heads);
    text_list_free(set->types, set->n_types);
    name_table_free(&set->places);
    name_table_free(&set->lengths);
    name_table_free(&set->type_places);
    free(set);
}

/* Enters a copy of a name; its place is in *out. 1 = it is new, 0 = it was there, -1 = no memory. */
static int enter(char ***list, size_t *n, struct name_table *table, const char *name, size_t *out)
{
    const struct name_slot *slot = name_table_peek(table, name);
    if (slot) {
        *out = slot->value;
        return 0;
    }
    if (text_list_add(list, n, name))
        return -1;
    *out = *n - 1;
    return name_table_add(table, (*list)[*out], *out, NULL) < 0 ? -1 : 1;
}

static void words_of(struct text *words, char *const *tokens, size_t start, size_t end)
{
    text_clear(words);
    for (size_t i = start; i < end; i++) {
        if (i > start)
            text_add_char(words, WORD_END);
        text_add(words, tokens[i]);
    }
}

/* The surface of the words, entered where it is new. */
static struct surface *enter_surface(struct training_set *set, const char *words)
{
    size_t at;
    const struct name_slot *slot = name_table_peek(&set->places, words);
    if (slot)
        return &set->surfaces[slot->value];
    struct surface *grown = array_grow(set->surfaces, set->n_names, sizeof *grown);
    if (!grown)
        return NULL;
    set->surfaces = grown;
    grown[set->n_names] = (struct surface){0};
    return enter(&set->names, &set->n_names, &set->places, words, &at) < 0 ? NULL : &grown[at];
}

static int add_type(struct training_set *set, struct surface *surface, const char *name)
{
    size_t type;
    if (enter(&set->types, &set->n_types, &set->type_places, name, &type) < 0)
        return -1;
    for (size_t i = 0; i < surface->n_types; i++)
        if (surface->types[i].type == type) {
            surface->types[i].n++;
            return 0;
        }
    struct type_count *grown = array_grow(surface->types, surface->n_types, sizeof *grown);
    if (!grown)
        return -1;
    surface->types = grown;
    grown[surface->n_types++] = (struct type_count){type, 1};
    return 0;
}

static int note_length(struct training_set *set, const char *head, size_t length)
{
    struct name_slot *slot = name_table_peek(&set->lengths, head);
    if (!slot) {
        if (text_list_add(&set->heads, &set->n_heads, head))
            return -1;
        return name_table_add(&set->lengths, set->heads[set->n_heads - 1], length, NULL) < 0 ? -1 : 0;
    }
    if (slot->value < length)
        slot->value = length;
    return 0;
}

/* Is the same span, with the same type if that matters, labelled before this entity already? */
static bool is_repeated(const struct post *post, size_t index, bool with_type)
{
    const struct entity *entity = &post->entities[index];
    for (size_t i = 0; i < index; i++)
        if (post->entities[i].start == entity->start && post->entities[i].end == entity->end &&
            (!with_type || text_equal(post->entities[i].type, entity->type)))
            return true;
    return false;
}

static int add_labels(struct training_set *set, const struct post *post, struct text *words)
{
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i];
        words_of(words, post->tokens, entity->start, entity->end);
        struct surface *surface = words->failed ? NULL : enter_surface(set, words->bytes);
        if (!surface || note_length(set, post->tokens[entity->start], entity->end - entity->start))
            return -1;
        surface->n_labelled += !is_repeated(post, i, false);
        if (entity->type && !is_repeated(post, i, true) && add_type(set, surface, entity->type))
            return -1;
    }
    return 0;
}

/* Counts where the words that are labelled somewhere stand, labelled there or not. */
static int add_places(struct training_set *set, const struct post *post, struct text *words)
{
    for (size_t start = 0; start < post->n_tokens; start++) {
        const struct name_slot *head = name_table_peek(&set->lengths, post->tokens[start]);
        size_t longest = head ? head->value : 0;
        text_clear(words);
        for (size_t n = 1; n <= longest && start + n <= post->n_tokens; n++) {
            if (n > 1)
                text_add_char(words, WORD_END);
            text_add(words, post->tokens[start + n - 1]);
            if (words->failed)
                return -1;
            const struct name_slot *slot = name_table_peek(&set->places, words->bytes);
            if (slot)
                set->surfaces[slot->value].n_places++;
        }
    }
    return 0;
}

int training_set_make(struct corpus *const *corpora, size_t n, struct training_set **out, struct error *err)
{
    struct text words = {0};
    struct training_set *set = *out = calloc(1, sizeof *set);
    int failed = set == NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; !failed && k < corpora[i]->n_posts; k++)
            failed = add_labels(set, &corpora[i]->posts[k], &words);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; !failed && k < corpora[i]->n_posts; k++)
            failed = add_places(set, &corpora[i]->posts[k], &words);
    text_free(&words);
    if (!failed)
        return 0;
    training_set_free(set);
    *out = NULL;
    return error_memory(err, "the words of the training set");
}

struct training_counts training_set_of(const struct training_set *set, char *const *tokens, size_t start, size_t end,
                                       const char *type)
{
    struct training_counts counts = {0};
    struct text words = {0};
    words_of(&words, tokens, start, end);
    const struct name_slot *slot = words.bytes && !words.failed ? name_table_peek(&set->places, words.bytes) : NULL;
    text_free(&words);
    if (!slot)
        return counts;
    const struct surface *surface = &set->surfaces[slot->value];
    const struct name_slot *named = type ? name_table_peek(&set->type_places, type) : NULL;
    counts.n_places = surface->n_places;
    counts.n_labelled = surface->n_labelled;
    for (size_t i = 0; named && i < surface->n_types; i++)
        if (surface->types[i].type == named->value)
            counts.n_typed = surface->types[i].n;
    return counts;
}
