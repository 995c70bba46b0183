/* Anchoring: how often people go along with a model's proposals because they see them.
 *
 * When a post is committed, what the model proposed for it is kept with it, together with whether the person's labels
 * at that moment had each proposal, and whether the proposals had been hidden until then (blind). So the rates of both
 * kinds of posts can be compared: a wrong proposal that is kept far more often when it is seen than when it is not was
 * not judged but followed. Which proposals are wrong only gold labels can tell; without them there are only the rates
 * of all.
 *
 *   {"blind": true, "model": "HASH", "threshold": 0.5, "tokens": 9, "at": "2026-11-24T20:51:07Z",
 *    "entities":  [{"start": 3, "end": 5, "type": "PER", "score": 0.93, "kept": true}],
 *    "relations": [{"head": [3, 5], "tail": [7, 8], "type": "/per/org/member_of", "score": 0.61, "kept": false}]}
 *
 * Spans are those of the post when it was committed, which had so many tokens.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_ANCHORING_H
#define MMIB_CORPORA_ANCHORING_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

struct anchoring_entity {
    size_t start, end; /* tokens, half open */
    char *type;
    double score;
    bool kept; /* the person's labels had exactly this span with this type */
};

struct anchoring_relation {
    size_t head[2], tail[2]; /* token spans */
    char *type;
    double score;
    bool kept; /* the same for head, tail and type */
};

struct anchoring_record {
    bool blind;
    char *model;      /* hash; NULL = not known */
    char *at;         /* RFC 3339; NULL = not known */
    double threshold; /* below which the model's proposals were not offered, and do not stand here */
    size_t n_tokens;
    struct anchoring_entity *entities;
    size_t n_entities;
    struct anchoring_relation *relations;
    size_t n_relations;
};

void anchoring_record_free(struct anchoring_record *record); /* what it owns */

/* JSON text of one line, for the caller to free; NULL when memory is out. */
char *anchoring_write(const struct anchoring_record *record);

/* A post's record. 1, 0 when it has none (or something else of that name, or one for other tokens than the post has
 * now), -1 when memory is out. */
int anchoring_read(const struct post *post, struct anchoring_record *out);

/* Proposals, and how many of them were kept. */
struct anchoring_rate {
    size_t n, kept;
};

/* Entities or relations, seen or hidden. wrong and right are those that gold does not have and has. */
struct anchoring_rates {
    struct anchoring_rate all, wrong, right;
};

struct anchoring_side {
    size_t n_posts, n_judged; /* committed, and of those: with gold labels */
    struct anchoring_rates entities, relations;
};

struct anchoring { /* starts zeroed */
    struct anchoring_side seen, hidden;
    bool has_gold; /* set by the caller that has it */
};

/* Adds a post; one without a record adds nothing. gold: the same post with its true labels, NULL = there is none. A
 * gold post with other tokens counts as none. -1 when memory is out. */
int anchoring_add(struct anchoring *anchoring, const struct post *post, const struct post *gold);

/* All posts of a corpus; gold (NULL = none) is paired by id. */
int anchoring_count(const struct corpus *corpus, const struct corpus *gold, struct anchoring *out, struct error *err);

/* kept / n; NAN where nothing was proposed. */
double anchoring_share(const struct anchoring_rate *rate);

/* A table in words, lines ending with newlines; what cannot be said is said to be so, and why. */
void anchoring_put_table(struct text *out, const struct anchoring *anchoring);

/* One object: {"seen": {"posts", "judged", "entities": {"all": {"n", "kept", "share"}, "wrong": .., "right": ..},
 * "relations": ..}, "hidden": ..}; wrong and right are null without gold, a share of nothing is null. */
void anchoring_put_json(struct text *out, const struct anchoring *anchoring);

#endif
