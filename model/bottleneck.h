/* What the bottleneck did to one post: to its rows in numbers, and to its labels by reading them three ways.
 *
 * X is what an encoder gives (a row a piece, a row an image), N(mean, exp(logvar)) the posterior of each row (eq. 6-9),
 * Z the row that is used. Of a token: the sum over its pieces; 0 where all of them were cut.
 *
 *   kept    KL(posterior || N(0, I)) of the row, summed over dimensions, in nats: the rate of eq. 25. It bounds from
 *           above what the row tells about its input; it does not say that the label needs it.
 *   used    the row's sum of X Z^T, over the rows of its own modality: the contribution of section V-B. A dot product:
 *           large where the row points where the kept rows point together. No cause.
 *   before  the same sum with X in the place of Z, X X^T: what the contribution would be had nothing been filtered. X
 *           and Z have scales of their own, so compare the order of the rows and their shares, not the two numbers.
 *
 * The cells of a feature map have no posterior: they have a contribution only (explain.h).
 *
 * The readings: the labels that the model gives with Z = mean (what it proposes), with Z drawn from the posteriors of
 * both modalities (S samples, of which the first is shown), and with the bottleneck bypassed, Z = X in both modalities.
 * Fusion, heads and decoding are the same. What comes after the bottleneck was never trained on X: a bypassed label is
 * a what-if.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_BOTTLENECK_H
#define MMIB_MODEL_BOTTLENECK_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "model/inference.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bottleneck_reading { READING_MEAN, READING_SAMPLE, READING_BYPASSED, READINGS };

/* "mean", "sample", "bypassed". */
const char *bottleneck_reading_name(enum bottleneck_reading reading);

enum { BOTTLENECK_SAMPLES = 8, BOTTLENECK_SAMPLES_MAX = 64 };

/* An entity that at least one reading, or another sample than the one that is shown, has. Types are owned by the
 * model. */
struct bottleneck_entity {
    size_t start, end; /* tokens, half open */
    const char *type;
    bool in[READINGS];      /* which readings have exactly this one */
    double score[READINGS]; /* probability that exactly this span carries this type, in each reading */
    size_t samples;         /* how many of the samples have it */
};

/* The label that each reading gives to a pair; the unfiltered argmax, "None" included. */
struct bottleneck_pair {
    size_t head[2], tail[2]; /* token spans */
    const char *types[READINGS];
    double scores[READINGS]; /* probability of that reading's own label */
    size_t samples;          /* how many of the samples give the mean's label */
};

/* A value of its own; the strings it points to are the model's. */
struct bottleneck {
    size_t n_tokens;
    size_t cut; /* so many of the last tokens have no row */
    float *token_kept, *token_used, *token_before; /* [n_tokens] */
    size_t n_images;
    float *image_kept, *image_used, *image_before; /* [n_images] the whole picture, then objects */
    size_t *image_objects; /* [n_images] index in post->objects; entry 0 is SIZE_MAX */
    bool has_picture;      /* false: the one image row is that of no picture */
    size_t n_samples;
    struct bottleneck_entity *entities; /* by start, then end; none without an entity head */
    size_t n_entities;
    struct bottleneck_pair *pairs; /* in the order in which they were given; none without a relation head */
    size_t n_pairs;
};

struct bottleneck_options {
    size_t samples; /* from 1 to BOTTLENECK_SAMPLES_MAX; 0 = BOTTLENECK_SAMPLES */
    uint64_t seed;
    const struct relation_pair *pairs; /* of this post; NULL = the post's own relations, in their order */
    size_t n_pairs;
    bool (*cancelled)(void *context); /* asked between passes; may be NULL */
    void *context;
};

/* Post `index` of a batch that inference_run made; text and pictures are not encoded again, but for relation heads that
 * read marked pairs. What it takes of the model's arena is given back. The samples depend on the seed, the post's
 * pieces and the number of the sample alone. *out is freed with bottleneck_free. 0, 1 (cancelled) or -1. */
int bottleneck_of(struct mmib *model, const struct inference *inference, size_t index,
                  const struct bottleneck_options *options, struct bottleneck **out, struct error *err);
void bottleneck_free(struct bottleneck *bottleneck);

/* Do two readings say the same of this post? */
bool bottleneck_agree(const struct bottleneck *bottleneck, enum bottleneck_reading a, enum bottleneck_reading b);

#endif
