/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/occurrences.h"

#include "corpora/text.h"
#include "ui/search.h"

#include <stdlib.h>
#include <string.h>

void occurrences_free(struct occurrences *occurrences)
{
    text_list_free(occurrences->words, occurrences->n_words);
    text_list_free(occurrences->folded, occurrences->n_words);
    free(occurrences->type);
    free(occurrences->items);
    *occurrences = (struct occurrences){0};
}

int occurrences_start(struct occurrences *out, const struct post *post, size_t start, size_t end, const char *type,
                      struct error *err)
{
    size_t n_words = 0, n_folded = 0;
    bool failed = false;
    occurrences_free(out);
    for (size_t i = start; !failed && i < end; i++) {
        char *folded = search_fold(post->tokens[i], true);
        failed = !folded || text_list_add(&out->words, &n_words, post->tokens[i]) ||
                 text_list_add(&out->folded, &n_folded, folded);
        free(folded);
    }
    if (!failed && !text_copy(type, &out->type)) {
        out->n_words = n_words;
        return 0;
    }
    text_list_free(out->words, n_words);
    text_list_free(out->folded, n_folded);
    *out = (struct occurrences){0};
    return error_memory(err, "looking for the same words");
}

int occurrences_set_type(struct occurrences *occurrences, const char *type, struct error *err)
{
    char *copy;
    if (text_copy(type, &copy))
        return error_memory(err, "looking for the same words");
    free(occurrences->type);
    occurrences->type = copy;
    occurrences->stale = 0;
    occurrences->stale_end = occurrences->n;
    return 0;
}

void occurrences_set_case(struct occurrences *occurrences, bool fold_case)
{
    occurrences->fold_case = fold_case;
    occurrences->n = occurrences->scanned = occurrences->stale = occurrences->stale_end = 0;
    occurrences->full = false;
}

static bool occurrences_same_type(const char *a, const char *b)
{
    return a && b && !strcmp(a, b);
}

enum occurrence_state occurrences_state(const struct occurrences *occurrences, const struct post *post, size_t start)
{
    size_t end = start + occurrences->n_words;
    bool same = false, other = false, proposal = false;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        bool exact = e->start == start && e->end == end;
        if (e->start >= end || e->end <= start)
            continue;
        if (exact && provenance_is_proposal(&e->origin))
            proposal = true;
        else if (exact && occurrences_same_type(e->type, occurrences->type))
            same = true;
        else
            other = true;
    }
    if (same || other)
        return same ? OCCURRENCE_SAME : OCCURRENCE_OTHER;
    for (size_t i = 0; i < post->n_rejected_entities; i++) {
        const struct entity *e = &post->rejected_entities[i];
        if (e->start == start && e->end == end && occurrences_same_type(e->type, occurrences->type))
            return OCCURRENCE_REFUSED;
    }
    return proposal ? OCCURRENCE_PROPOSAL : OCCURRENCE_NONE;
}

void occurrences_ask(const struct occurrences *occurrences, struct occurrence *item, const struct post *post)
{
    if (item->start + occurrences->n_words <= post->n_tokens)
        item->state = occurrences_state(occurrences, post, item->start);
}

int occurrences_scan(struct occurrences *occurrences, const struct post *post, struct error *err)
{
    const char *const *wanted =
        (const char *const *)(occurrences->fold_case ? occurrences->folded : occurrences->words);
    for (size_t i = 0; i < post->n_tokens && !occurrences->full; i++) {
        if (!search_words_at(post, i, wanted, occurrences->n_words, occurrences->fold_case))
            continue;
        if (occurrences->n == OCCURRENCES_MAX) {
            occurrences->full = true;
            break;
        }
        struct occurrence *grown = array_grow(occurrences->items, occurrences->n, sizeof *grown);
        if (!grown)
            return error_memory(err, "looking for the same words");
        occurrences->items = grown;
        grown[occurrences->n++] = (struct occurrence){
            .post = occurrences->scanned, .start = i, .state = occurrences_state(occurrences, post, i)};
        i += occurrences->n_words - 1; /* places do not overlap: "ha ha ha" has "ha ha" once */
    }
    occurrences->scanned++;
    return 0;
}

bool occurrences_is_open(const struct occurrence *item)
{
    return !item->skipped && (item->state == OCCURRENCE_NONE || item->state == OCCURRENCE_PROPOSAL);
}

size_t occurrences_count_open(const struct occurrences *occurrences)
{
    size_t n = 0;
    for (size_t i = 0; i < occurrences->n; i++)
        n += occurrences_is_open(&occurrences->items[i]);
    return n;
}

const struct entity *occurrences_label_peek(const struct post *post, size_t start, size_t end)
{
    const struct entity *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        if (e->start >= end || e->end <= start)
            continue;
        size_t rank = 1 + (e->start == start && e->end == end) + 2 * (size_t)!provenance_is_proposal(&e->origin);
        if (rank > most) {
            most = rank;
            best = e;
        }
    }
    return best;
}
