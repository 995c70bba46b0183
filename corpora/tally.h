/* Counts of a corpus that are kept up to date while it is worked on.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_TALLY_H
#define MMIB_CORPORA_TALLY_H

#include "corpora/corpus.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

struct tally_type {
    char *type;
    size_t n;
};

struct tally { /* starts zeroed */
    struct tally_type *types;
    size_t n_types;
    size_t statuses[STATUS_SKIPPED + 1];
};

/* Counts all posts. 0, or -1 when memory is out. */
int tally_corpus(struct tally *tally, const struct corpus *corpus);

/* Makes room for the types of a post, so that tally_add cannot fail. */
int tally_reserve(struct tally *tally, const struct post *post);

/* Adds what the post has, or takes it away. Proposals that nobody accepted do not count. */
void tally_add(struct tally *tally, const struct post *post, bool add);

size_t tally_type(const struct tally *tally, const char *type);
void tally_free(struct tally *tally);

#endif
