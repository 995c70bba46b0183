/* What the picture did to each decision of a post: the model reads the same text with its own picture, without one, and
 * with K other posts' pictures.
 *
 * A decision is a gold entity (right: exactly this span with this type is predicted), an entity that gold lacks and
 * that is predicted with the own picture or without one (right: it is gone), or a pair (right: its label is gold's,
 * "None" included). So an entity whose type flips is two decisions, one missed and one too many, as in the counts behind
 * F1: over the entities of posts with a picture, (fp + fn) without - (fp + fn) with them = helped + any - hurt.
 *
 *   helped   right with its own picture, wrong without, and right with at most half of the others: this picture's doing
 *   any      the same, but right with more than half of the others: any picture would do
 *   hurt     wrong with its own picture, right without
 *   ignored  right both ways, or wrong both ways (the label may have changed from one wrong one to another)
 *
 * "Without" is what the model does for a post that has no picture: one row of zero features. Others' pictures come with
 * the crops of their own objects. A label that changes shows that the picture is looked at, not that it is understood:
 * that is what the others are there for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_PICTURE_VERDICT_H
#define MMIB_MODEL_PICTURE_VERDICT_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "model/inference.h"
#include "model/picture-pool.h"

#include <stdbool.h>
#include <stddef.h>

enum { PICTURE_OTHERS = 8, PICTURE_OTHERS_MAX = 32 };

enum picture_answer {
    PICTURE_UNJUDGED, /* nothing to judge by: no gold */
    PICTURE_HELPED,
    PICTURE_HURT,
    PICTURE_IGNORED,
    PICTURE_ANY,
    PICTURE_ANSWERS
};

/* "unjudged", "helped", "hurt", "ignored", "any picture would do". */
const char *picture_answer_name(enum picture_answer answer);

/* The rule: n_right of n_others other pictures make it right. */
enum picture_answer picture_answer_of(bool own, bool without, size_t n_right, size_t n_others);

/* Places in the readings of a decision; the others follow. */
enum { PICTURE_OWN, PICTURE_WITHOUT, PICTURE_FIRST_OTHER };

struct picture_reading {
    const char *label; /* the model's: an entity's type at exactly its span, NULL = nothing there; a pair's label */
    bool right;
    double log_probability; /* natural log, of the decision's type here; -INFINITY where the model cannot give it */
};

struct picture_decision {
    bool relation;
    bool is_gold;            /* false: gold lacks it */
    size_t head[2], tail[2]; /* token spans, half open; an entity's is head */
    char *type;              /* gold's; else the one that gold lacks, and of a pair that gold lacks its label */
    struct picture_reading *readings; /* [2 + n_others] */
    size_t n_others_right;
    enum picture_answer answer;
    bool changed; /* the label with its own picture is not the one without */
};

/* A value of its own; labels are the model's. */
struct picture_verdict {
    bool has_picture; /* false: nothing to judge, and no decisions */
    size_t n_others;
    char **others; /* [n_others] ids of the posts whose pictures were shown */
    struct picture_decision *decisions; /* gold entities, entities that gold lacks, pairs, each by place */
    size_t n_decisions;
};

struct picture_verdict_options {
    const struct picture_pool_picture *others; /* from picture_pool_choose */
    size_t n_others;                           /* at most PICTURE_OTHERS_MAX */
    /* Is what stands in the post (but for proposals that nobody accepted) gold? Else decisions are the predicted
     * entities, and the pairs below; all that is said is whether they changed. */
    bool has_gold_entities, has_gold_relations;
    /* More pairs, of which gold says nothing: unjudged. May be NULL. */
    const struct relation_pair *pairs;
    size_t n_pairs;
    bool (*cancelled)(void *context); /* asked between passes; may be NULL */
    void *context;
};

/* Post `index` of a batch that inference_run made with the posts' own pictures. Neither text nor pictures are encoded
 * again, but for the texts of relation heads that read marked pairs. What it takes of the model's arena is given back.
 * *out is freed with picture_verdict_free. 0, 1 (cancelled) or -1. */
int picture_verdict_of(struct mmib *model, const struct inference *inference, size_t index,
                       const struct picture_verdict_options *options, struct picture_verdict **out, struct error *err);
void picture_verdict_free(struct picture_verdict *verdict);

/* The decision on an entity (tail NULL) or pair, type NULL = of whatever type; NULL when there is none, as for a label
 * that came after the verdict. */
const struct picture_decision *picture_verdict_peek(const struct picture_verdict *verdict, const size_t head[2],
                                                    const size_t *tail, const char *type);

#endif
