/* A gold corpus as it was published, behind what was corrected in it since: a foreign corpus's own file, which a work
 * file (work.h) names, where its contents are still those that the work began with; else the beginning of the corpus's
 * history (replay.h).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_PUBLISHED_H
#define MMIB_CORPORA_PUBLISHED_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/post.h"

struct published;

/* path: the corpus that is worked on (store_path); read: what was read from it (NULL: it is read here). Of options (may
 * be NULL) the types that are renamed count; those that were renamed when work began are so here too. *out is NULL (and
 * 0 is returned) where the corpus is as it was published, as far as anything tells. */
int published_open(const char *path, const struct corpus *read, const struct corpus_options *options,
                   struct published **out, struct error *err);
void published_free(struct published *published); /* NULL is fine */

/* The file that it is, "test.conll"; or the corpus's own name, where it is the beginning of its history. */
const char *published_name(const struct published *published);

/* The post of that id as it was; NULL: it was not there, or published is NULL. */
const struct post *published_post_peek(const struct published *published, const char *id);

/* All of it; NULL where published is. For scoring (format-conll.h). */
const struct corpus *published_corpus_peek(const struct published *published);

#endif
