/* What stands inside an edit: shared by the files that apply, build and write edits, and by nobody else.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_EDIT_VALUE_H
#define MMIB_CORPORA_EDIT_VALUE_H

#include "corpora/edit.h"
#include "corpora/json.h"
#include "corpora/post.h"
#include "corpora/schema.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

struct edit_texts {
    char **items;
    size_t n;
};

/* Some tokens in a row. */
struct edit_words {
    char **tokens;
    size_t n;
    size_t (*offsets)[2]; /* [n] as in the post; NULL = it has none */
};

/* One state of a list's place or of a field. The member of as that counts follows from the edit's target. */
struct edit_value {
    bool present; /* false: nothing stands there (no text, no such element) */
    union {
        struct entity entity;
        struct relation relation;
        struct object object;
        struct verdict verdict;
        struct edit_texts flags;
        struct edit_words words; /* EDIT_TOKENS */
        char *text; /* EDIT_SOURCE: of a JSON object */
        enum post_status status;
    } as;
};

struct edit {
    enum edit_target target;
    size_t at; /* place in the list; 0 for a field */
    struct edit_value before, after;
};

bool edit_target_is_list(enum edit_target target);
void edit_value_free(enum edit_target target, struct edit_value *value);
int edit_value_copy(enum edit_target target, const struct edit_value *from, struct edit_value *out);

/* Does what stands in the edit's target stand there at a place ("at")? */
bool edit_target_has_place(enum edit_target target);

/* Says whether both are the same label. Where a label comes from (provenance, members that are not ours, a foreign
 * file's notes) does not take part: it never makes an edit unsafe, and must not be what keeps a journal from being
 * read. */
bool edit_value_equal(enum edit_target target, const struct edit_value *a, const struct edit_value *b);


/* A post to try edits on. What edits may change is its own; the rest is borrowed from the post, and so are its words
 * and source until an edit changes them. */
struct edit_draft {
    struct post now;
    bool own_words, own_source;
};

/* 0, or -1 when memory is out. */
int edit_draft_copy(const struct post *post, struct edit_draft *out);
void edit_draft_free(struct edit_draft *draft);

/* Applies edits n_from .. batch->n to a draft. On failure the draft is to be thrown away. */
int edit_draft_apply(struct edit_draft *draft, const struct edit_batch *batch, size_t n_from, struct error *err);

/* The whole batch on a draft of the post (*draft is zeroed on failure), and the draft's labels put in the place of the
 * post's, which cannot fail: between the two, a journal line can be written. */
int edit_batch_apply_to_draft(const struct edit_batch *batch, const struct post *post, struct edit_draft *draft,
                              struct error *err);
void edit_draft_swap(struct post *post, struct edit_draft *draft); /* frees what the post had, and the draft */

/* Adds the types of the batch's new labels to the schema; 0, or -1 when memory is out. */
int edit_batch_add_to_schema(const struct edit_batch *batch, struct schema *schema);

/* Turns the batch into its inverse. Cannot fail. */
void edit_batch_invert(struct edit_batch *batch);

/* Drops the edits from n on. */
void edit_batch_truncate(struct edit_batch *batch, size_t n);

/* The JSON of edit_batch_to_json, inside another text. */
void edit_batch_put(struct text *out, const struct edit_batch *batch);
int edit_batch_get(const struct json_document *document, struct json_value value, struct edit_batch *out,
                   struct error *err);

/* Adds an edit whose values move into the batch (also freed on failure). */
int edit_batch_push(struct edit_batch *batch, struct edit *edit, struct error *err);

#endif
