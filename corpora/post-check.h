/* Reads all posts of a post file in the background: whether each can be read and has an id of its own, which are as
 * they would be written, and how many have which labels and status.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_POST_CHECK_H
#define MMIB_CORPORA_POST_CHECK_H

#include "corpora/error.h"
#include "corpora/post-file.h"
#include "corpora/tally.h"

#include <stdbool.h>

struct post_check;

/* Starts. Posts that were changed up to now are not counted (but checked). NULL with a message when thread or memory
 * are out. */
struct post_check *post_check_start(struct post_file *file, struct error *err);

/* Stops, and frees. NULL is fine. */
void post_check_free(struct post_check *check);

/* Waits until all has been read. */
void post_check_wait(struct post_check *check);

bool post_check_done(const struct post_check *check);

/* What the file says, but for the posts that were not to be counted. Once it is done. */
const struct tally *post_check_tally_peek(const struct post_check *check);

/* -1 with the message of the first post that cannot be read, or has the id of another; at any time. */
int post_check_damage(struct post_check *check, struct error *err);

/* -1 with a message when not all could be read for another reason than that the file says it wrong: memory ran out, or
 * another program changed the file. Then the posts' states are not known. Once it is done. */
int post_check_failure(struct post_check *check, struct error *err);

#endif
