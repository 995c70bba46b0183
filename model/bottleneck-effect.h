/* What the bottleneck did to each decision, against gold: saved, lost, or neither; and the counts of a corpus.
 *
 * A decision is answered twice: with the filter (the mean) and without (bypassed). Which of the two is right is asked
 * of gold as it stands, so that nothing has to be read again after an edit. Decisions are those of the picture's
 * verdict: every gold entity (right: a reading has exactly this span and type), every entity that gold lacks and that
 * one of the two readings has (right: it is gone), every gold relation, "None" included. So an entity whose type flips
 * is two decisions, one missed and one too many, as in the counts behind F1: saved - lost = (fp + fn) bypassed
 * - (fp + fn) of the mean.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_BOTTLENECK_EFFECT_H
#define MMIB_MODEL_BOTTLENECK_EFFECT_H

#include "corpora/post.h"
#include "model/bottleneck.h"

#include <stddef.h>

/* What filtering did to one decision. */
enum bottleneck_effect {
    EFFECT_UNKNOWN,    /* the pair was not among those that were read */
    EFFECT_KEPT_RIGHT, /* right both ways */
    EFFECT_KEPT_WRONG, /* wrong both ways */
    EFFECT_SAVED,      /* right with the filter, wrong without */
    EFFECT_LOST,       /* wrong with the filter, right without */
    EFFECTS
};

/* "unknown", "kept right", "kept wrong", "saved", "lost". */
const char *bottleneck_effect_name(enum bottleneck_effect effect);

/* A gold entity. */
enum bottleneck_effect bottleneck_effect_on_entity(const struct bottleneck *bottleneck, size_t start, size_t end,
                                                   const char *type);

/* An entity that gold lacks. */
enum bottleneck_effect bottleneck_effect_on_extra(const struct bottleneck *bottleneck, size_t start, size_t end,
                                                  const char *type);

/* A gold relation. */
enum bottleneck_effect bottleneck_effect_on_pair(const struct bottleneck *bottleneck, const size_t head[2],
                                                 const size_t tail[2], const char *type);

struct bottleneck_counts {
    size_t saved, lost, kept_right, kept_wrong;
};

/* The decisions of one post. Gold is what stands in it, but for proposals that nobody accepted; of an entity whose type
 * is unknown gold says nothing. */
struct bottleneck_judgement {
    struct bottleneck_counts entities, relations;
};
struct bottleneck_judgement bottleneck_judge(const struct bottleneck *bottleneck, const struct post *gold);

/* Words of gold entities, other words (those that were cut are neither), whole pictures, objects. */
enum bottleneck_rows { ROWS_ENTITY_WORDS, ROWS_OTHER_WORDS, ROWS_PICTURES, ROWS_OBJECTS, ROWS_KINDS };

/* "words of entities", "other words", "whole pictures", "objects". */
const char *bottleneck_rows_name(enum bottleneck_rows kind);

struct bottleneck_sums {
    size_t n;
    double kept, used, before; /* over n words or images */
};

struct bottleneck_type {
    char *name; /* gold's type; of an entity that gold lacks, the one that was read */
    struct bottleneck_counts counts;
};

/* Over a corpus. Zero to begin with. */
struct bottleneck_totals {
    struct bottleneck_counts entities, relations; /* the sums over types */
    struct bottleneck_type *entity_types, *relation_types; /* by name */
    size_t n_entity_types, n_relation_types;
    struct bottleneck_sums rows[ROWS_KINDS];
    size_t n_posts, n_changed; /* posts; those whose bypassed labels differ from the mean's */
    size_t n_decided;          /* entities and pairs' labels of the mean */
    size_t n_unstable;         /* those that not all samples give */
};

/* -1 when memory is out. */
int bottleneck_totals_add(struct bottleneck_totals *totals, const struct bottleneck *bottleneck,
                          const struct post *gold);
void bottleneck_totals_free(struct bottleneck_totals *totals); /* what it owns */

#endif
