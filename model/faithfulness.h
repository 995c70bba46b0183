/* How faithful a heat is: do the labels fall faster when what it calls hot goes first? (Deletion test: Samek et al.
 * 2017 for pictures, DeYoung et al. 2020 for words.)
 *
 * The labels are those that the model gives to the whole post: its entities, and its labels of the given pairs. Their
 * mean natural-log probability is followed as parts are taken away in steps, the hottest first (highest contribution;
 * ties go to the earlier part), and in seeded random orders.
 *
 *   words  Each piece of the word becomes [MASK] ([UNK] where the vocabulary has no [MASK]), and the text is encoded
 *          anew: rows and spans stay where they are. The words of the labels' own spans stay: without them there is
 *          nothing to label. So this tests the heat of the context, not of a name's own words. (Taking rows away behind
 *          the text encoder would test less: there, a name's row has read its neighbours already.)
 *   cells  Cells of the whole picture's feature map: its features become the mean of the cells that are left, and zero
 *          with the last. The image encoder is not run again, and objects' rows stay. So this tests what is taken from
 *          the map, not from the pixels.
 *
 * A post with a word masked is no post that the model was trained on: the random orders are there to be compared with,
 * not the height of the curve.
 *
 *   area = integral over the share taken away (0..1, trapezoids) of (random - hottest first), in nats a label
 *
 * which is positive where what is hot matters more than a part picked at random, and about 0 where the heat tells
 * nothing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_FAITHFULNESS_H
#define MMIB_MODEL_FAITHFULNESS_H

#include "corpora/error.h"
#include "model/inference.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAITHFULNESS_STEPS = 8, FAITHFULNESS_ORDERS = 8, FAITHFULNESS_ORDERS_MAX = 64 };

struct faithfulness_curve {
    size_t n_parts;  /* words, or cells, that can go; with less than 2 there is no curve: no points, area NAN */
    size_t n_points; /* the whole post first, the last with all parts gone: at most FAITHFULNESS_STEPS + 1 */
    size_t gone[FAITHFULNESS_STEPS + 1];     /* parts taken away */
    double hottest[FAITHFULNESS_STEPS + 1];  /* mean log-probability of the labels, hottest parts gone */
    double random[FAITHFULNESS_STEPS + 1];   /* the same, mean over the random orders */
    double area;
    size_t n_beaten; /* random orders whose own curve lies above the hottest-first one, by area */
};

/* A plain value. */
struct faithfulness {
    size_t n_labels; /* 0: nothing to follow, no curves */
    size_t n_orders;
    struct faithfulness_curve words, cells;
};

struct faithfulness_options {
    size_t orders; /* from 1 to FAITHFULNESS_ORDERS_MAX; 0 = FAITHFULNESS_ORDERS */
    uint64_t seed;
    const struct relation_pair *pairs; /* of this post; NULL = the post's own relations, in their order */
    size_t n_pairs;
    bool (*cancelled)(void *context); /* asked between passes; may be NULL */
    void *context;
};

/* Post `index` of a batch that inference_run made. Each kind of part takes at most (STEPS - 1) (orders + 1) + 1 passes
 * (64 by default), those of the cells without the text encoder; what they take of the model's arena is given back. The
 * orders depend on the seed, the post's pieces and the number of the order alone. 0, 1 (cancelled) or -1. */
int faithfulness_of(struct mmib *model, const struct inference *inference, size_t index,
                    const struct faithfulness_options *options, struct faithfulness *out, struct error *err);

#endif
