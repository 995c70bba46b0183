/* Blind posts: one post in N hides its proposals until the person is done with it, so that it can be told how much
 * people lean on what they see (corpora/anchoring.h).
 *
 * Which posts these are depends on the name of the corpus file (without its folder) and the post's id alone: not on the
 * order of posts, nor on who looks when. The number of both by FNV-1a (64 bits), its bits mixed, is a multiple of N.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_BLIND_H
#define MMIB_UI_BLIND_H

#include "corpora/edit.h"
#include "corpora/error.h"
#include "corpora/post.h"
#include "model/analysis.h"
#include "ui/shown.h"

#include <stdbool.h>
#include <stddef.h>

/* one_in 0: no post. */
bool blind_is_chosen(size_t one_in, const char *corpus_path, const char *post_id);

/* A post's id as a number, to remember it by. */
unsigned long long blind_name(const char *post_id);

/* Are the proposals hidden now? Those of a post that is done, or that has a record of what was proposed, are not. */
bool blind_hides(size_t one_in, const char *corpus_path, const struct post *post);

/* What is recorded when a post is committed. */
struct blind_commit {
    const struct post *post;
    const struct shown *shown;       /* as it is on the screen: made from post */
    bool accepting;                  /* the proposals in shown become labels by this very act */
    bool hidden;                     /* they were hidden */
    const struct analysis *analysis; /* what the model said of the post */
    double threshold;                /* below which it was not offered */
    const char *model;               /* hash; NULL = not known */
};

/* Appends the record to the batch. A post that has one already keeps it. 0, or -1. */
int blind_record(struct edit_batch *batch, const struct blind_commit *commit, struct error *err);

#endif
