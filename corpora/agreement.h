/* How much annotators of the same posts agree: two by two, and relations also all together.
 *
 * Posts pair by id. A pair of annotators is compared on the posts that both have with the same tokens and that neither
 * has skipped. A post that is new and without labels counts as not begun in a file where any post's status says
 * otherwise (a file of a foreign format has no statuses: there it is a post without entities). What only a model or a
 * detector proposed is nobody's label. Whatever is left out of a figure is counted beside it.
 *
 * Tokens: Cohen's kappa of one label a token: B-T, I-T, O as CoNLL has it, and without B- and I-. Where entities
 * overlap, the longest (then the first) counts, as a token has one label.
 * Spans: F1 = 2 agreed / (a + b). Exact: same tokens and type. Partial: those, and half of the largest number of
 * one-to-one pairs of the other entities that share a token and the type.
 * Relations: Krippendorff's alpha. A unit is two spans of one post, in either order, which at least two annotators have
 * as entities of any type. Its value is the relation's type and direction (all of them where there are several), "None"
 * where there is no relation or it is called None; it is missing for who lacks one of the spans.
 * Boxes: pairs with IoU >= 0.5, the best first, of posts with the same picture; F1 = 2 pairs / (a + b), the mean IoU of
 * the pairs, and how many of them have the same label.
 * Grounding, of entities that agree: both say "not in the picture", or a box of one has IoU >= 0.5 with one of the
 * other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_AGREEMENT_H
#define MMIB_CORPORA_AGREEMENT_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/reliability.h"

#include <stdbool.h>
#include <stddef.h>

enum { AGREEMENT_SPANS_MAX = 1000 }; /* entities of a post, beyond which its relations are left out */

struct agreement_options {
    bool only_done;      /* only posts that both marked done */
    bool with_proposals; /* what a model or detector proposed counts as a label: to compare systems */
};

/* A figure, and in words why there is none. */
struct agreement_figure {
    double value;       /* NAN = undefined */
    const char *reason; /* NULL = it is defined */
};

struct agreement_type {
    char *name;
    size_t a, b, exact; /* entities, relations: of the one, of the other, of both */
    double partial;     /* entities: exact, and half of the partial pairs */
    struct agreement_figure kappa; /* entities: tokens of the type against all others */
};

struct agreement_types {
    struct agreement_type *items; /* by name */
    size_t n;
};

/* [2]: of the one and of the other annotator. */
struct agreement_pair {
    size_t a, b; /* places of their corpora */

    size_t n_posts; /* compared */
    /* Posts left out, each for the first reason that fits. */
    size_t n_only[2], n_skipped, n_not_begun, n_not_done, n_other_tokens;

    size_t n_proposals[2]; /* labels left out: only a model or detector proposed them */
    size_t n_untyped[2];   /* entities left out: nobody said a type */

    struct reliability_kappa tags, token_types; /* tokens; label 0 is O */
    size_t n_covered[2];                        /* entities left out there, behind longer ones */

    struct agreement_types types;
    size_t n_spans[2], n_exact;
    double partial;

    struct reliability_alpha relations;
    struct agreement_types relation_types; /* of relations between spans that both have, with their direction */
    size_t n_relations[2];                 /* compared, without None */
    size_t n_outside[2];                   /* left out: an entity of theirs is not one of the other's */
    size_t n_crowded;                      /* posts left out: AGREEMENT_SPANS_MAX */

    size_t n_boxes[2], n_matched, n_same_label;
    double iou_sum;
    size_t n_other_picture; /* posts left out: the pictures' names differ */

    size_t n_answered, n_grounded_alike; /* groundings */
    size_t n_half_answered;              /* left out: only one of the two answered */
};

enum agreement_measure {
    AGREEMENT_KAPPA,
    AGREEMENT_KAPPA_TYPES,
    AGREEMENT_SPANS,
    AGREEMENT_SPANS_PARTIAL,
    AGREEMENT_RELATIONS,
    AGREEMENT_BOXES,
    AGREEMENT_IOU,
    AGREEMENT_GROUNDING,
    AGREEMENT_MEASURES
};

struct agreement {
    size_t n_corpora;
    struct agreement_pair *pairs; /* every two, in order */
    size_t n_pairs;
    struct reliability_alpha relations; /* of all together */
};

/* Compares n >= 2 corpora. *out is freed with agreement_free; on failure it owns nothing. options NULL = the usual. */
int agreement_compare(struct corpus *const *corpora, size_t n, const struct agreement_options *options,
                      struct agreement *out, struct error *err);
void agreement_free(struct agreement *agreement);

/* A figure of a pair, of a type, and the mean of those pairs that have it (*n_out: how many). */
struct agreement_figure agreement_figure(const struct agreement_pair *pair, enum agreement_measure measure);
struct agreement_figure agreement_type_figure(const struct agreement_type *type, bool partial);
struct agreement_figure agreement_mean(const struct agreement *agreement, enum agreement_measure measure,
                                       size_t *n_out);
struct agreement_figure agreement_alpha(const struct reliability_alpha *relations);

#endif
