/* What went wrong, case by case: every gold and every predicted label of a post gets exactly one class.
 *
 * Entities, typed ones, each (start, end, type) once, are matched one to one, in this order:
 *   1. the same tokens and type                                                     correct
 *   2. the same tokens, another type                                                type
 *   3. sharing tokens, the same type                                                boundary
 *   4. sharing tokens, another type                                                 boundary+type
 *      (3 and 4: most shared tokens first, then the smallest union, then the leftmost)
 * What is left over: a prediction beside a gold entity that is matched already      split
 *                    a gold entity beside a prediction that is matched already      merge
 *                    a gold entity, a prediction, without any of the other side     missed, spurious
 *
 * Relations follow score.h (gold gives the ordered pairs; None is no relation): the same pair with both labels None is
 * no case, one with equal labels is correct, and else
 *   type       another label                       signature   another label, which gold's entity types do not allow
 *   missed     None, or nothing, for a label       spurious    a label for None, or between entities that gold has not
 *                                                              paired
 *   direction  missed, while the reversed pair has just this label where gold has none
 *   argument   missed, and the model never had the pair: its entities are others. "predicted" is then the relation
 *              whose arguments overlap gold's, when there is one; alone, a relation on spans that gold has not
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_TAXONOMY_H
#define MMIB_CORPORA_TAXONOMY_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum taxonomy_class {
    TAXONOMY_CORRECT,
    TAXONOMY_TYPE,
    TAXONOMY_BOUNDARY,
    TAXONOMY_BOUNDARY_TYPE,
    TAXONOMY_SPLIT,
    TAXONOMY_MERGE,
    TAXONOMY_MISSED,
    TAXONOMY_SPURIOUS,
    TAXONOMY_CLASSES,
};

enum taxonomy_relation_class {
    TAXONOMY_RELATION_CORRECT,
    TAXONOMY_RELATION_TYPE,
    TAXONOMY_RELATION_DIRECTION,
    TAXONOMY_RELATION_SIGNATURE,
    TAXONOMY_RELATION_ARGUMENT,
    TAXONOMY_RELATION_MISSED,
    TAXONOMY_RELATION_SPURIOUS,
    TAXONOMY_RELATION_CLASSES,
};

/* How the predicted span of a boundary or boundary+type lies to gold's. */
enum taxonomy_kind {
    TAXONOMY_KIND_NONE,
    TAXONOMY_KIND_SHORT,    /* inside of it */
    TAXONOMY_KIND_LONG,     /* around it */
    TAXONOMY_KIND_LEFT,     /* as long, moved to the left */
    TAXONOMY_KIND_RIGHT,    /* as long, moved to the right */
    TAXONOMY_KIND_CROSSING, /* any other partial overlap */
    TAXONOMY_KINDS,
};

enum { TAXONOMY_CLASSES_MAX = TAXONOMY_CLASSES }; /* of both kinds of labels */

#define TAXONOMY_ABSENT SIZE_MAX

/* One match, or one label without a partner. */
struct taxonomy_case {
    bool relation;
    int class;                /* enum taxonomy_class, or enum taxonomy_relation_class */
    int kind;                 /* enum taxonomy_kind */
    size_t gold, predicted;   /* indices in the posts' entities (or relations); TAXONOMY_ABSENT = none */
    size_t beside;            /* of the other side. split: the gold entity, merge: the prediction, that was matched
                               * already; direction: gold's None on the reversed pair; else, or without one, absent */
    unsigned char tp, fp, fn; /* what it adds to the counts of score.h, of which these are the parts */
};

struct taxonomy_list { /* starts zeroed */
    struct taxonomy_case *items;
    size_t n, capacity;
    size_t n_none; /* pairs of gold that are None on both sides, which are no cases */
};

/* A post of one side. left_out [n_tokens]: entities that start there do not count (strict scoring: see conll_orphans);
 * NULL = all count. */
struct taxonomy_side {
    const struct post *post;
    const bool *left_out;
};

/* Adds a post's cases to the list, in the order of the text. Both posts have the same tokens. -1 when memory is out. */
int taxonomy_entities(const struct taxonomy_side *gold, const struct taxonomy_side *predicted,
                      struct taxonomy_list *list, struct error *err);

/* schema says which types a relation may join, for the labels that it lists; for the others a name like
 * "/per/org/member_of" does. NULL = the names alone. */
int taxonomy_relations(const struct schema *schema, const struct post *gold, const struct post *predicted,
                       struct taxonomy_list *list, struct error *err);

/* Makes room for n cases more. 0, or -1 when memory is out. */
int taxonomy_list_reserve(struct taxonomy_list *list, size_t n);
void taxonomy_list_free(struct taxonomy_list *list);

/* "boundary+type", "short"; a kind of NONE is "". from_name returns -1 for an unknown name. */
const char *taxonomy_class_name(bool relation, int class);
int taxonomy_class_from_name(bool relation, const char *name);
size_t taxonomy_n_classes(bool relation);
const char *taxonomy_kind_name(int kind);

#endif
