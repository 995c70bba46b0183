/* What is shown of a post: the labels that are kept and the proposals that are offered beside them, in one list.
 *
 * The rules that keep a proposal from ever standing in the way of a person stand here: nothing is offered over a kept
 * entity, nothing that was refused comes back, and a relation is offered only between entities that are shown.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SHOWN_H
#define MMIB_UI_SHOWN_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/schema.h"
#include "model/analysis.h"

#include <stdbool.h>
#include <stddef.h>

struct shown_entity {
    size_t start, end; /* tokens, half open */
    const char *type;  /* NULL = unknown */
    bool proposed;     /* nobody decided yet */
    double score;      /* of a proposal; NAN = the file does not say */
    const struct entity *entity;         /* in the post; NULL: only the model says it */
    const struct analysis_entity *model; /* what the model says of exactly this span, also where a person said another
                                            type; NULL = nothing */
};

struct shown_relation {
    size_t head, tail; /* index in the list of entities */
    const char *type;
    bool proposed;
    double score;
    const struct relation *relation;       /* in the post, or NULL */
    const struct analysis_relation *model; /* what the model says of this head and tail, or NULL */
};

/* Borrows from the post and the analysis: make it anew when either changes. */
struct shown {
    struct shown_entity *entities; /* by start, longer ones first */
    size_t n_entities;
    struct shown_relation *relations; /* kept ones in the post's order, then proposals, best first */
    size_t n_relations;
    size_t n_below; /* proposals that shown_keep_above took out */
};

/* analysis may be NULL: not seen by a model yet. Labels of the post that a model wrote and nobody decided about (source
 * model, no decision) are proposals too, before those of the analysis. A relation that does not fit its signature is
 * not offered. 0, or -1 when memory is out (then *out is empty). */
int shown_make(const struct post *post, const struct analysis *analysis, const struct schema *schema,
               struct shown *out, struct error *err);
void shown_free(struct shown *shown); /* what it owns; empty afterwards */

/* Is a proposal of this score offered at the threshold? One whose score is not known (NAN) is, unless the threshold is
 * INFINITY. */
bool shown_is_above(double score, double threshold);

/* Takes out the proposals below the threshold, and those relations whose entities went with them; INFINITY takes out
 * every one. A label is never taken out, nor an entity that a kept relation stands on. -1 when memory is out: nothing
 * is taken out then. */
int shown_keep_above(struct shown *shown, double threshold, struct error *err);

size_t shown_proposals(const struct shown *shown); /* entities and relations that are offered */

/* The innermost entity that covers the token, kept ones before proposals; SIZE_MAX = none. */
size_t shown_entity_at(const struct shown *shown, size_t token);

/* The entity of exactly this span, or SIZE_MAX. */
size_t shown_entity_of_span(const struct shown *shown, size_t start, size_t end);

/* Entity spans and types that a relation head is asked about, as one number: a result that was made for the same spans
 * and types stays right. The post's own entities and the analysis's, which may be NULL. */
unsigned long long shown_pairing(const struct post *post, const struct analysis *analysis);

#endif
