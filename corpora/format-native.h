/* The native format: one JSON object, or JSON Lines (a header object, then a post a line). post-json.h has the posts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_FORMAT_NATIVE_H
#define MMIB_CORPORA_FORMAT_NATIVE_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/lines.h"
#include "corpora/post-json.h"

#include <stdio.h>

/* The whole input into a corpus that is empty but for its path. */
int native_read_json(struct line_reader *input, struct corpus *corpus, struct error *err);
int native_read_jsonl(struct line_reader *input, struct corpus *corpus, struct error *err);

/* Lines of JSON Lines: the header into a corpus that is empty but for its path; a post, which owns nothing on
 * failure. */
int native_get_header_line(const struct json_document *line, struct corpus *corpus, struct error *err);
int native_get_post_line(const struct json_document *line, struct post *out, struct error *err);

/* Says that the post at a place in the document has the id of an earlier one. Returns -1. */
int native_double_id(const struct json_document *document, const char *at, const char *id, struct error *err);

/* The whole corpus to out; whether out took it all, ferror(out) tells. -1 only when memory is out. images is the folder
 * to write instead of the corpus's own; NULL = none. */
int native_write_json(const struct corpus *corpus, const char *images, FILE *out, struct error *err);
int native_write_jsonl(const struct corpus *corpus, const char *images, FILE *out, struct error *err);

#endif
