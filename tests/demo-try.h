/* What tests of whole passes share: the bundled model and the first posts of the demonstration corpus.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_TESTS_DEMO_TRY_H
#define MMIB_TESTS_DEMO_TRY_H

#include "corpora/corpus.h"
#include "model/mmib.h"

enum { DEMO_POSTS_MAX = 68 };

extern struct mmib *model, *model_of_one_thread; /* the same model twice: with two threads, and with one */
extern struct corpus *corpus;
extern char *images; /* folder of its pictures */
extern const struct post *posts[DEMO_POSTS_MAX];
extern size_t n_posts;

/* Opens them all, with at most so many posts. 0, or -1 with a message on stderr. */
int demo_open(size_t most);

/* cmocka's tear-down. */
int demo_close(void **state);

#endif
