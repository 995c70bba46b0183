/* What the model says about a post, as one value that the screen and the commands can keep.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_ANALYSIS_H
#define MMIB_MODEL_ANALYSIS_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdint.h>

struct features; /* model/features-cache.h: what is known of a picture */
struct mmib;     /* model/mmib.h: an opened model */

/* Another type that the same tokens could have. */
struct analysis_runner_up {
    const char *type; /* owned by the model */
    double score;
};

struct analysis_entity {
    size_t start, end; /* tokens, half open */
    const char *type;  /* owned by the model */
    double score;      /* probability that exactly this span carries this type */
    struct analysis_runner_up *runners_up; /* other types of the same span, best first */
    size_t n_runners_up;
    double words_share, picture_share; /* part of the draws that lead to it too; NAN where none were asked for */
};

struct analysis_relation {
    size_t head[2], tail[2]; /* token spans */
    const char *type;
    double score;
    struct analysis_runner_up runner_up; /* the next label of this head and tail, "None" too; type NULL = there is none */
};

struct analysis {
    size_t n_tokens;
    size_t cut; /* tokens without a row: behind the cut at max_pieces */
    struct analysis_entity *entities; /* by start */
    size_t n_entities;
    struct analysis_relation *relations; /* best first */
    size_t n_relations;
    bool has_consistency; /* false without a picture */
    double consistency;   /* text-picture match, 0..1 */
    double uncertainty_words, uncertainty_picture; /* model/uncertainty.h; NAN where no draws were asked for */
    float *token_contribution; /* [n_tokens], signed; 0 for tokens that were cut */
    size_t n_images;           /* rows of the picture: the whole, then objects; 1 without a picture */
    float *image_contribution; /* [n_images], signed */
    size_t *image_objects;     /* [n_images] index in post->objects; entry 0 is SIZE_MAX: the whole picture */
    size_t grid;               /* cells a side; 0 without a picture */
    float *grid_contribution;  /* [n_images, grid, grid] */
    size_t empty_boxes;        /* objects of which nothing lies in the picture */
    bool picture_missing;      /* the post names a picture that is not there */
    char *picture_error;       /* why the picture could not be read; NULL = it could, or there is none */
    double milliseconds;       /* from the post to this value */
};

/* Which pairs of entities get a relation proposed. */
enum analysis_pairs {
    PAIRS_PROPOSED, /* the proposed entities (batch prediction) */
    PAIRS_LIVE,     /* the post's own entities, and proposals that do not overlap one of them (workbench) */
    PAIRS_GIVEN,    /* the post's own relations: order and direction kept, plain argmax, "None" included */
};

struct analysis_options {
    const char *images; /* folder of the pictures; NULL = no pictures */
    bool no_image;      /* hide every picture */
    uint64_t masked;    /* bit i: hide what is in object i of each post (see features.h); 0 = nothing */
    const struct features *features; /* [n] where they are known already; NULL = made from the pictures */
    enum analysis_pairs pairs;
    /* Relations that do not fit their signature by the types of the entities are not proposed; NULL = no filter. */
    const struct schema *schema;
    size_t draws;  /* for the uncertainties, at most UNCERTAINTY_DRAWS_MAX; 0 = they are not wanted */
    uint64_t seed; /* of the draws */
    /* Asked between stages; true drops the work: analysis_run returns 1 and no values. May be NULL. */
    bool (*cancelled)(void *context);
    void *context;
};

/* Analyses n posts in one ragged batch. out [n], each to be freed with analysis_free. 0, 1 (cancelled) or -1. A picture
 * that is missing or broken is no failure: the post counts as one without a picture, and its value says so.
 * One call at a time for one model. */
int analysis_run(struct mmib *model, const struct post *const *posts, size_t n, const struct analysis_options *options,
                 struct analysis **out, struct error *err);
void analysis_free(struct analysis *analysis);

#endif
