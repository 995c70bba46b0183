/* How unsure the model is of a post's entities, and whether the doubt comes from the words or from the picture.
 *
 * The encoders give a distribution for each modality: z ~ N(mean, exp(logvar)) (eq. 6-9); a proposal is what z = mean
 * leads to. Here K values of one modality's z are drawn while the other's stays at its mean, and each is fused, tagged
 * and decoded as the mean is: a committee (query by committee: Seung, Opper and Sompolinsky 1992) whose members differ
 * in nothing but what one modality might have said. How far they disagree is the F-complement (Ngai and Yarowsky 2000;
 * for named entities Becker, Hachey, Alex and Grover 2005), each draw against the mean:
 *
 *   uncertainty = 1 - mean over k of F1(draw k, mean),  F1 = 2 both / (entities of draw k + entities of the mean)
 *
 * where an entity is a span and its type, and F1 of two readings without entities is 1. So 0 says that every draw leads
 * to the very entities of the mean, 1 that none of them comes back. share(s) is the part of the draws that lead to an
 * entity s of the mean. The uncertainty of the picture is 0 for a post without one: nobody's doubt comes from there.
 *
 * The noise depends on the seed, the post's pieces, the modality and the draw alone, so that a post has the same
 * uncertainty in every batch and with any number of threads.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_UNCERTAINTY_H
#define MMIB_MODEL_UNCERTAINTY_H

#include "model/inference.h"

#include <stddef.h>
#include <stdint.h>

enum { UNCERTAINTY_DRAWS = 8, UNCERTAINTY_DRAWS_MAX = 64 };

struct uncertainty {
    double words, picture;                /* 0..1 */
    float *words_share, *picture_share;   /* [spans of the mean] share(s), in the order of its spans; from the arena */
    size_t n_spans;
};

/* Post `index` of a batch that inference_run made; nothing is encoded again. draws from 1 to UNCERTAINTY_DRAWS_MAX. All
 * 0 without an entity head. -1 when memory is out. */
int uncertainty_of(struct mmib *model, const struct inference *inference, size_t index, size_t draws, uint64_t seed,
                   struct uncertainty *out);

/* The vote itself: spans of the mean [n_mean], and of all draws, those of draw k being drawn[first[k]] ..
 * drawn[first[k + 1] - 1]; no reading has a span twice. shares_out [n_mean]. */
double uncertainty_vote(const struct tag_span *mean, size_t n_mean, const struct tag_span *drawn, const size_t *first,
                        size_t draws, float *shares_out);

#endif
