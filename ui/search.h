/* Searching in posts: words, types, relations and notes; and the places where the same words stand.
 *
 * Smart case: a pattern without a capital letter finds both cases. Composed and decomposed letters are the same
 * (Unicode NFC), and both cases of any script are told together by Unicode's case folding. Knows nothing of the screen.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SEARCH_H
#define MMIB_UI_SEARCH_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

enum search_place {
    SEARCH_WORDS = 1,
    SEARCH_TYPES = 2,     /* of entities */
    SEARCH_RELATIONS = 4, /* their names */
    SEARCH_NOTES = 8,
    SEARCH_EVERYWHERE = 15,
};

struct search_pattern { /* starts zeroed: the empty one, which nothing matches */
    char *text;         /* as it was typed, blanks put in order; NULL = empty */
    char *wanted;       /* what is looked for */
    bool exact;         /* it has a capital letter */
    struct text folded; /* scratch: the words of a post */
    size_t *starts;     /* scratch [n_starts]: where each word begins in folded */
    size_t n_starts;
};

/* Tokens [start, end) of the post. A match in the note stands at no token: start == end == 0. */
struct search_hit {
    enum search_place place;
    size_t start, end;
};

struct search_hits { /* starts zeroed */
    struct search_hit *hits;
    size_t n;
};

/* Frees what the pattern held before. text NULL or blank: the empty pattern. 0, or -1 when memory is out (then it is
 * empty). */
int search_pattern_set(struct search_pattern *pattern, const char *text, struct error *err);
void search_pattern_free(struct search_pattern *pattern); /* what it owns; empty afterwards */

/* Does the post match in any of the places (bits of enum search_place)? */
bool search_has(struct search_pattern *pattern, const struct post *post, unsigned places);

/* Every match, by token; hits is emptied first. 0, or -1 when memory is out. */
int search_post(struct search_pattern *pattern, const struct post *post, unsigned places, struct search_hits *hits,
                struct error *err);
void search_hits_free(struct search_hits *hits); /* what it owns; empty afterwards */

/* The text with both cases made one (fold_case) and letters composed. malloc; NULL when memory is out. */
char *search_fold(const char *text, bool fold_case);

/* Do the same words stand at this token of the post? wanted [n]: folded when fold_case, else as they are. Composed
 * and decomposed letters differ where the case counts: the same string is meant. */
bool search_words_at(const struct post *post, size_t token, const char *const *wanted, size_t n, bool fold_case);

#endif
