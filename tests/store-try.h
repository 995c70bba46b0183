/* What tests of edits and stores share: random acts of a person, posts as text, files in a folder of the test's own.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_TESTS_STORE_TRY_H
#define MMIB_TESTS_STORE_TRY_H

#include "corpora/corpus.h"
#include "corpora/edit.h"
#include "corpora/post.h"
#include "corpora/store.h"

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Three native posts with entities, relations, boxes, members that are not ours; and two CoNLL posts. */
extern const char *const try_native;
extern const char *const try_conll;

/* The test's own folder, removed at the end, and paths in it (valid for the next 8 calls). */
const char *try_folder(void);
const char *try_path(const char *name);
const char *try_put(const char *name, const char *content);
bool try_exists(const char *path);

/* A file's content, for the caller to free; empty when it does not exist. n_out may be NULL. */
char *try_get(const char *path, size_t *n_out);

/* Numbers from 0 to n - 1 that are the same everywhere. */
size_t try_random(uint64_t *state, size_t n);

/* A batch of one to three random acts on the post, which may come out empty. A builder that refuses must leave the
 * batch as it was. */
void try_random_batch(uint64_t *state, const struct post *post, size_t index, struct edit_batch *batch);

/* The same on each of some posts in a row, from none to all; returns how many. batches has room for all posts of the
 * store. */
size_t try_random_batches(uint64_t *state, const struct store *store, struct edit_batch *batches);

/* The post, or all posts of a store or corpus, as JSON text, for the caller to free. */
char *try_post_text(const struct post *post);
char *try_store_text(const struct store *store);
char *try_posts_text(const struct corpus *corpus);

/* Opens or fails the test with the message. */
struct store *try_open(const char *path, const struct store_options *options);

/* Labels tokens start..end of a post by hand, or fails the test. */
void try_label(struct store *store, size_t post, size_t start, size_t end, const char *type);

/* All posts of the corpus as a reader of the file sees them, its journal applied. */
char *try_read_text(const char *path);

#endif
