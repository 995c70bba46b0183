/* What the files of agreement share: agreement.c compares posts, agreement-relations.c their relations.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_AGREEMENT_PARTS_H
#define MMIB_CORPORA_AGREEMENT_PARTS_H

#include "corpora/agreement.h"
#include "corpora/names.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

/* Numbers for names. Starts zeroed. */
struct agreement_numbering {
    struct name_table table;
    char **names;
    size_t n;
};

int agreement_number(struct agreement_numbering *numbering, const char *name, size_t *out); /* -1: no memory */

/* The counts of a type, entered where it is new; NULL when memory is out. */
struct agreement_type *agreement_type(struct agreement_types *types, const char *name);

struct agreement_span {
    size_t start, end;
    const char *type;
    const struct entity *entity;
};

/* By place alone, and then by type. */
int agreement_compare_places(const struct agreement_span *a, const struct agreement_span *b);
int agreement_compare_spans(const void *left, const void *right);

/* Is it somebody's label? */
bool agreement_counts(const struct provenance *origin, const struct agreement_options *options);

/* The relations of two annotators' post, and of all annotators' (NULL = no answer). values numbers those of all posts.
 * -1 when memory is out. */
int agreement_compare_relations(struct agreement_pair *pair, const struct post *const posts[2],
                                const struct agreement_options *options, struct agreement_numbering *values);
int agreement_add_relations(struct reliability_alpha *alpha, const struct post *const *posts, size_t n,
                            const struct agreement_options *options, struct agreement_numbering *values);

#endif
