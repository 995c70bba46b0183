/* An examination: what running a model again on a post tells about its decisions, as one value that the screen can
 * keep.
 *
 * Knows no threads: the examiner (examiner.h) says when.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_EXAMINATION_H
#define MMIB_UI_EXAMINATION_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "model/bottleneck.h"
#include "model/faithfulness.h"
#include "model/mmib.h"
#include "model/picture-pool.h"
#include "model/picture-verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct examination {
    uint64_t of;                   /* what it is about: see examination_of */
    struct bottleneck *bottleneck; /* owned; NULL = not looked at. Its pairs: see examination_pairs */
    struct picture_verdict *picture; /* the same */
    bool has_faithfulness;
    struct faithfulness faithfulness;
};

struct examination_options {
    const char *images; /* folder of the pictures; NULL = no pictures */
    bool no_image;
    const struct post *predicted; /* what the system says of the post; NULL = not known */
    struct picture_pool *pool;    /* whose pictures take the place of the post's own; NULL = none */
    bool has_gold_entities, has_gold_relations; /* see picture-verdict.h */
    bool faithful; /* the deletion test, and nothing else: it takes much longer than the rest */
    bool (*cancelled)(void *context); /* asked between passes; may be NULL */
    void *context;
};

/* Words, picture, boxes and labels of both sides as one number: an examination of something else is old. predicted
 * may be NULL. */
uint64_t examination_of(const struct post *post, const struct post *predicted);

/* The pairs that are asked about: those of the post's relations, in their order, then those that predicted has
 * besides. malloc; NULL when memory is out. */
struct relation_pair *examination_pairs(const struct post *post, const struct post *predicted, size_t *n_out);

/* 0, 1 (cancelled) or -1. *out is freed with examination_free. */
int examination_run(struct mmib *model, const struct post *post, const struct examination_options *options,
                    struct examination **out, struct error *err);
void examination_free(struct examination *examination); /* NULL is fine */

/* Moves what `from` knows into `to`, which is about the same. */
void examination_join(struct examination *to, struct examination *from);

#endif
