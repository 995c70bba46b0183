/* Where several versions of one post say the same, and where they differ: by places.
 *
 * A place is the smallest part of a post that can be decided alone. Entities: a span of tokens, or several overlapping
 * ones that versions differ in (they may be alternatives). Relations: a pair of spans, in either order. Objects: a box
 * of the base, or new boxes of several versions that mean the same thing (IoU >= 0.5, one of each version). Every label
 * of every version belongs to exactly one place.
 *
 * With a base, a version speaks at a place where it changed something (also who says so, and also by refusing a label
 * that another has there). Without one, every version speaks at every place, also by having nothing there; but
 * not about relations of an entity that it has not got.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_DISAGREEMENT_H
#define MMIB_CORPORA_DISAGREEMENT_H

#include "corpora/error.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

enum disagreement_kind { DISAGREEMENT_ENTITIES, DISAGREEMENT_RELATIONS, DISAGREEMENT_OBJECTS, DISAGREEMENT_KINDS };

enum disagreement_state {
    DISAGREEMENT_UNTOUCHED, /* nobody spoke */
    DISAGREEMENT_SETTLED,   /* those who spoke say the same */
    DISAGREEMENT_OPEN,      /* they do not */
};

/* What a version has at a place. */
struct disagreement_said {
    size_t *labels; /* places in the post's list */
    size_t n;
    bool spoke;
};

struct disagreement {
    enum disagreement_kind kind;
    enum disagreement_state state;
    size_t start, end; /* tokens from the first to the last that it is about; 0, 0 for objects */
    struct disagreement_said *said; /* [n_versions + 1], the last one the base */
    size_t winner; /* whose labels hold: the first who spoke; n_versions (the base) where nobody did */
};

struct disagreement_list {
    struct disagreement *items; /* in the order of the text */
    size_t n;
    size_t n_versions;
};

/* Lists the places of one kind. versions[i] NULL: has no say. The words of all are the same. base NULL = none.
 * kept_only: what only a model or detector proposed is left out. *out is freed with disagreement_list_free; on failure
 * it owns nothing. */
int disagreement_find(enum disagreement_kind kind, const struct post *base, const struct post *const *versions,
                      size_t n_versions, bool kept_only, struct disagreement_list *out, struct error *err);
void disagreement_list_free(struct disagreement_list *list);

/* Are both the same label, whoever says it? Of two posts of the same words; ids do not count. */
bool disagreement_same(enum disagreement_kind kind, const struct post *a, size_t in_a, const struct post *b,
                       size_t in_b);

/* The same label, and about the same place (IoU >= 0.9)? What counts as no disagreement where there is no base. */
bool disagreement_same_box(const struct object *a, const struct object *b);

#endif
