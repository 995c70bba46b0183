/* Scores: what the model was found to say about every post of the corpus, in a few bytes a post, so that a list can be
 * sorted and marked without running the model again.
 *
 * The worker finds them out post by post: those that were looked at, and the rest in the background. A score belongs to
 * a post's words, picture and boxes; when these change it is forgotten. Numbers of proposals belong to the labels, too:
 * where these changed since, the number is not known until the model has run again. One thread calls.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SCORES_H
#define MMIB_UI_SCORES_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "ui/shown.h"

#include <stdbool.h>
#include <stddef.h>

struct scores;

enum scores_state {
    SCORES_UNSEEN, /* the model has not run on the post as it is */
    SCORES_SEEN,
    SCORES_FAILED, /* it ran and could not */
};

/* How much is wanted of posts that nobody has looked at. */
enum scores_need {
    SCORES_NEED_NOTHING,
    SCORES_NEED_PROPOSALS, /* seen or not, match, proposals: one run of the model a post */
    SCORES_NEED_DRAWS,     /* the uncertainties too: see model/uncertainty.h */
};

struct scores_of_post {
    enum scores_state state;
    float words, picture; /* uncertainty, 0..1; NAN while not known */
    float match;          /* text-picture consistency, 0..1; NAN while not known, or without a picture */
    bool has_proposals;   /* the following is known: labels are as they were when the model ran */
    size_t n_proposals;   /* offered at the threshold */
    size_t n_below;       /* hidden by the threshold */
};

/* Memory that is not touched costs nothing: a post that was never seen takes none. */
struct scores *scores_new(size_t n_posts, struct error *err);
void scores_free(struct scores *scores); /* NULL is fine */

/* What is known of a post, by its index alone: for sorting. has_proposals means "when the model ran" here. */
void scores_at(const struct scores *scores, size_t index, double threshold, struct scores_of_post *out);

/* The same for a post that is at hand: what belongs to other words or labels than it has is not told, and the model is
 * to run on it again. Whoever changes a post that nobody sees calls it too, so that the list does not go by old
 * numbers. */
void scores_of(struct scores *scores, size_t index, const struct post *post, double threshold,
               struct scores_of_post *out);

/* Another number whenever any score has changed. */
unsigned long scores_version(const struct scores *scores);

/* What the list needs now; the workbench runs the model in the background for it. A sort order that is left again asks
 * for less. least: what is wanted in any case. */
void scores_set_need(struct scores *scores, enum scores_need need);
void scores_set_least(struct scores *scores, enum scores_need least);
enum scores_need scores_need(const struct scores *scores); /* the higher of the two */

/* --- for whoever runs the model ----------------------------------------------------------------------------------- */

/* Words, picture and boxes of a post, as one number: what the encoders see. */
unsigned long long scores_content(const struct post *post);

/* A result that is on its way from the worker's thread: made there, put in by the input thread. */
struct scores_result {
    unsigned content, labels; /* of the post that the model was given */
    bool failed;
    float words, picture, match; /* as above */
    float *proposals;            /* [n] scores of what is offered without a threshold, best first */
    size_t n_proposals;
};

/* From a post and what the model said of it; analysis NULL = it failed. -1 when memory is out. */
int scores_result_make(const struct post *post, const struct analysis *analysis, const struct schema *schema,
                       struct scores_result *out);
void scores_result_free(struct scores_result *result); /* what it owns */

/* Uncertainties that are known for the same content stay where the result has none. Nothing is put when memory is
 * out. */
void scores_put(struct scores *scores, size_t index, const struct scores_result *result);

/* Does the model still have to run on this post for what is needed? As far as is known without looking at it. */
bool scores_lack(const struct scores *scores, size_t index);

#endif
