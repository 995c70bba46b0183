/* Posts and labels as JSON values: what a native file has for each post, and what the journal has for each change.
 *
 * A value is written as one line. What is read back from it is equal, members that are not ours included.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_POST_JSON_H
#define MMIB_CORPORA_POST_JSON_H

#include "corpora/error.h"
#include "corpora/json.h"
#include "corpora/post.h"
#include "corpora/text.h"

#include <stddef.h>

enum { TOKEN_MAX_BYTES = 1000 };

/* These append to out. In "rejected", which is one list, a relation's spans are written [start, end]. */
void post_json_put_entity(struct text *out, const struct entity *entity);
void post_json_put_relation(struct text *out, const struct relation *relation);
void post_json_put_object(struct text *out, const struct object *object);
void post_json_put_rejected_relation(struct text *out, const struct relation *relation);
void post_json_put_verdict(struct text *out, const struct verdict *verdict);
void post_json_put(struct text *out, const struct post *post);

/* Where a value stands: in a document that was checked (json_document_check), and in which post, for messages. */
struct post_json_place {
    const struct json_document *document;
    const char *post; /* its id; NULL = not known */
    size_t n_tokens;  /* of the post, which spans must not pass; SIZE_MAX where that is not known */
};

/* These read a value. On failure *out owns nothing. A relation's ends and an entity's grounding are checked by
 * post_json_get only, which knows what they point to. Ids that a relation or object lacks are made up there too, and
 * stay NULL here. Rejected labels may lack ids. */
int post_json_get_entity(const struct post_json_place *place, struct json_value value, struct entity *out,
                         struct error *err);
int post_json_get_relation(const struct post_json_place *place, struct json_value value, struct relation *out,
                           struct error *err);
int post_json_get_object(const struct post_json_place *place, struct json_value value, struct object *out,
                         struct error *err);
int post_json_get_rejected_entity(const struct post_json_place *place, struct json_value value, struct entity *out,
                                  struct error *err);
int post_json_get_rejected_relation(const struct post_json_place *place, struct json_value value,
                                    struct relation *out, struct error *err);
int post_json_get_verdict(const struct post_json_place *place, struct json_value value, struct verdict *out,
                          struct error *err);
int post_json_get(const struct json_document *document, struct json_value value, struct post *out, struct error *err);

/* Is the token one that posts may have: not empty, at most TOKEN_MAX_BYTES? NULL, or why not. */
const char *post_token_fault(const char *token, size_t n);

#endif
