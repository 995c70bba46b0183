/* The corpora that a system was trained on: what was seen in them, and what leaked from them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_TRAINING_CORPORA_H
#define MMIB_CORPORA_TRAINING_CORPORA_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/leak.h"
#include "corpora/training-set.h"

#include <stddef.h>

struct training_corpora {
    size_t n, n_posts;          /* of all of them */
    struct training_set *words; /* owned; NULL where n is 0 */
    struct leak *leak;          /* the same */
};

/* Reads them, each with options, and keeps what is to be known of them. n 0: nothing. On failure *out owns nothing. */
int training_corpora_read(const char *const *paths, size_t n, const struct corpus_options *options,
                          struct training_corpora *out, struct error *err);
void training_corpora_free(struct training_corpora *training); /* what it owns */

#endif
