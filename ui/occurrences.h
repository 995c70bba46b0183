/* The same words all over a corpus, and what stands on each of these places: for labelling them in one go.
 *
 * Finds them post by post, so that the caller can do it in slices. Knows nothing of the screen.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_OCCURRENCES_H
#define MMIB_UI_OCCURRENCES_H

#include "corpora/error.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

enum { OCCURRENCES_MAX = 200000 /* places: beyond them the list ends, and says so */ };

/* What stands there. Only NONE and PROPOSAL are changed by an act on all places. */
enum occurrence_state {
    OCCURRENCE_NONE,
    OCCURRENCE_PROPOSAL, /* a model's, on exactly these words, that nobody decided about */
    OCCURRENCE_SAME,     /* a kept label of the type */
    OCCURRENCE_OTHER,    /* a kept label of another type, or any label on some of the words or more than them */
    OCCURRENCE_REFUSED,  /* a person refused this type here */
    OCCURRENCE_STATES
};

struct occurrence {
    size_t post, start; /* as many tokens as the words */
    enum occurrence_state state;
    bool skipped;
};

struct occurrences { /* starts zeroed */
    char **words, **folded;
    size_t n_words;
    char *type; /* to be given; NULL = not chosen yet: then a kept label is OTHER */
    bool fold_case;
    struct occurrence *items; /* [n] in the order of the file */
    size_t n;
    size_t scanned; /* posts looked at */
    size_t stale, stale_end; /* items [stale, stale_end) have the state that they had for the type before */
    bool full;      /* there are more than OCCURRENCES_MAX */
};

/* The words of a post [start, end), copied, and the type (may be NULL). Nothing is looked at yet. */
int occurrences_start(struct occurrences *out, const struct post *post, size_t start, size_t end, const char *type,
                      struct error *err);
void occurrences_free(struct occurrences *occurrences); /* what it owns; empty afterwards */

/* Another type: the places, and which of them are skipped, stay; what stands on them is to be asked again. */
int occurrences_set_type(struct occurrences *occurrences, const char *type, struct error *err);

/* The case counts (not): to be looked for from the first post again. */
void occurrences_set_case(struct occurrences *occurrences, bool fold_case);

/* What stands on the place of that post now; as it was where the post has other words by now. */
void occurrences_ask(const struct occurrences *occurrences, struct occurrence *item, const struct post *post);

/* Looks at the next post: number scanned. */
int occurrences_scan(struct occurrences *occurrences, const struct post *post, struct error *err);

enum occurrence_state occurrences_state(const struct occurrences *occurrences, const struct post *post, size_t start);
bool occurrences_is_open(const struct occurrence *item); /* an act on all places takes it */
size_t occurrences_count_open(const struct occurrences *occurrences);

/* The label on exactly these tokens, or one that overlaps them, kept ones first; NULL = none. */
const struct entity *occurrences_label_peek(const struct post *post, size_t start, size_t end);

#endif
