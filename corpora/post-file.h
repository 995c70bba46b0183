/* The posts of a native JSON Lines file that stay in the file: read when they are looked at, so that a million of them
 * open at once and in little memory.
 *
 * A bounded number of posts that were looked at is kept; a post that is changed stays in memory for good. What the file
 * says beyond that (how many posts have which status, whether all of them can be read) post-check finds out in the
 * background.
 *
 * One thread calls, but where it says otherwise.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_POST_FILE_H
#define MMIB_CORPORA_POST_FILE_H

#include "corpora/error.h"
#include "corpora/line-index.h"
#include "corpora/post.h"
#include "corpora/text.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POST_FILE_KEPT = 512 /* posts that were looked at */ };

/* What is known of a line. */
enum {
    POST_LINE_STATUS = 3,     /* the bits of enum post_status */
    POST_LINE_READ = 4,       /* it was read, and the other bits count */
    POST_LINE_AS_WRITTEN = 8, /* it is byte for byte what would be written for its post */
    POST_LINE_FLAGGED = 16,   /* the post has a flag */
    POST_LINE_DAMAGED = 32,   /* it is no post: kept as it stands */
};

struct corpus;
struct post_file;

/* Takes over the index of the lines behind the header. NULL when memory is out. */
struct post_file *post_file_new(struct line_index *lines);
void post_file_free(struct post_file *file);

size_t post_file_count(const struct post_file *file);

/* The post as it is now: good until it changes or POST_FILE_KEPT - 1 others were looked at. A post without tokens and
 * with the id "?" where it cannot be read; post_file_damage says why. NULL = there is none of that number. */
const struct post *post_file_peek(struct post_file *file, size_t index);
void post_file_hold(struct post_file *file, size_t index); /* what peek gives for it stays, until another is held */
int post_file_damage(const struct post_file *file, struct error *err); /* -1 with the message of the first failure */

/* The post, to be changed: it stays in memory, and in its place, until the file is freed. NULL with a message where it
 * cannot be read. What peek gave for it stays as it was. */
struct post *post_file_change(struct post_file *file, size_t index, struct error *err);

/* The post if it was changed, else NULL. */
struct post *post_file_changed_peek(const struct post_file *file, size_t index);

/* A post as it stands in the file, which the caller frees; *buffer is left with its line. From any thread. */
int post_file_read(const struct post_file *file, size_t index, struct line_buffer *buffer, struct post *out,
                   struct error *err);

/* All posts as they are now, for the caller to free each and the array. */
int post_file_read_all(const struct post_file *file, struct post **out, struct error *err);

/* Adds the post's line as it belongs into a new file, without line end: the file's own where nothing was changed and it
 * is as it would be written, or where it is no post. */
int post_file_put(const struct post_file *file, size_t index, struct text *out, struct error *err);

/* From now on the posts stand in this file, which holds them as they are now; takes the index over. */
void post_file_move(struct post_file *file, struct line_index *lines);

/* "path:line: two posts have the id ..." for the post at index. Returns -1. */
int post_file_double_id(const struct post_file *file, size_t index, const char *id, struct error *err);

/* POST_LINE_ bits of a line as it stands in the file. Written by one thread at a time, read by any. */
unsigned char post_file_state(const struct post_file *file, size_t index);
void post_file_set_state(struct post_file *file, size_t index, unsigned char state);

#endif
