/* Buckets: in which part of the corpus a case falls, by what its words, its post and the training set are like.
 *
 * A case is judged by its gold label, one without gold by the predicted one. Every case is in at most one bucket of an
 * attribute: in none where the attribute says nothing about it (a span's length about a relation, confidence where
 * nothing was predicted) or is not known (no training set given). Attributes of words hold for entities.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_BUCKETS_H
#define MMIB_CORPORA_BUCKETS_H

#include "corpora/cases.h"
#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/taxonomy.h"
#include "corpora/training-set.h"

#include <stddef.h>

enum bucket_attribute {
    BUCKET_LENGTH,      /* of the span, in tokens */
    BUCKET_SEEN,        /* are these words labelled in the training set, with this type or another? */
    BUCKET_CONSISTENCY, /* how many of the training set's occurrences of these words have this type */
    BUCKET_CAPITALS,
    BUCKET_HASH,     /* a #tag in the span, in one token or two */
    BUCKET_HANDLE,   /* the same of an @handle */
    BUCKET_EMOJI,    /* in the span, or in a token beside it */
    BUCKET_URL,      /* the same */
    BUCKET_HTML,     /* the same of &amp; and its like, in one token or two */
    BUCKET_DISTANCE, /* tokens between head and tail of a relation */
    BUCKET_BOXES,    /* of the post */
    BUCKET_PICTURE,
    BUCKET_MATCH, /* text-picture match */
    BUCKET_CONFIDENCE,
    BUCKET_POST_LENGTH, /* in tokens */
    BUCKET_DENSITY,     /* entities of gold per token */
    BUCKET_ATTRIBUTES,
};

enum { BUCKET_VALUES_MAX = 6 };

struct bucket_context {
    const struct post *gold, *predicted;
    const struct training_set *training; /* NULL = none given */
    double match;                        /* [0, 1]; NAN = not known */
    double confidence;                   /* of what was predicted; NAN = the score that the label itself has */
    bool has_picture;
};

/* What the posts alone say: match and confidence not known, a picture where gold names one. */
struct bucket_context bucket_context_of(const struct post *gold, const struct post *predicted,
                                        const struct training_set *training);

/* The bucket of a case, below bucket_n_values; -1 = none. */
int bucket_of(enum bucket_attribute attribute, const struct bucket_context *context, const struct taxonomy_case *found);

const char *bucket_attribute_name(enum bucket_attribute attribute);  /* "post-length", in files and conditions */
const char *bucket_attribute_title(enum bucket_attribute attribute); /* "length of the post in words" */
size_t bucket_n_values(enum bucket_attribute attribute);
const char *bucket_value_name(enum bucket_attribute attribute, int value); /* "1", "all-caps", "0.9-1" */

/* Counts of a level's cases by bucket. */
struct buckets {
    struct cases_tally rows[BUCKET_ATTRIBUTES][BUCKET_VALUES_MAX];
};

void buckets_add(struct buckets *buckets, const struct bucket_context *context, const struct taxonomy_case *found);

#endif
