/* Unrelated pictures for the posts of a corpus: what a model makes of a picture that has nothing to do with the text.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_LENT_PICTURES_H
#define MMIB_SRC_LENT_PICTURES_H

#include "corpora/corpus.h"
#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lent_pictures {
    const struct corpus *corpus;
    size_t *lenders; /* [n_posts] whose picture and boxes a post shows; NULL = pictures come from a folder */
    char **files;    /* [n_files] names in the folder, sorted */
    size_t n_files;
    uint64_t seed;
};

/* Among the posts that have a picture, each gets the picture and boxes of another one; with a single one it keeps its own. */
int lent_pictures_shuffle(const struct corpus *corpus, uint64_t seed, struct lent_pictures *out, struct error *err);

/* Every post gets a picture of the folder (JPEG or PNG by name), and no boxes. ERROR_INPUT when there is none. */
int lent_pictures_from(const struct corpus *corpus, const char *folder, uint64_t seed, struct lent_pictures *out,
                       struct error *err);
void lent_pictures_free(struct lent_pictures *lent); /* what it owns */

/* The post as it is to be shown to the model: a copy that borrows everything. lent NULL = as it stands. */
struct post lent_pictures_post(const struct lent_pictures *lent, const struct corpus *corpus, size_t index);

#endif
