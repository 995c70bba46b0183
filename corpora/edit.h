/* Edits: every change of a post is a value that has an inverse.
 *
 * A change is one list or field of a post at one place, before and after. One act of a person (accept all and mark
 * done; delete an entity and the relations that hang on it) is a batch: it is applied, journaled, undone and redone as
 * one. Builders below make the batches; store_apply is the only way to carry one out on a stored post.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_EDIT_H
#define MMIB_CORPORA_EDIT_H

#include "corpora/error.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

enum edit_target {
    EDIT_ENTITY,            /* before/after: struct entity, NULL = absent */
    EDIT_RELATION,          /* struct relation */
    EDIT_OBJECT,            /* struct object */
    EDIT_REJECTED_ENTITY,   /* struct entity */
    EDIT_REJECTED_RELATION, /* struct relation */
    EDIT_VERDICT,           /* struct verdict */
    EDIT_STATUS,            /* enum post_status */
    EDIT_NOTE,              /* text, NULL = none */
    EDIT_FLAGS,             /* list of text */
    EDIT_ANNOTATOR,         /* text, NULL = none */
    EDIT_PROPOSED,          /* text of a JSON object (post.h), NULL = none */
    EDIT_TOKENS,            /* some tokens in a row and their offsets, by others */
    EDIT_SOURCE,            /* a foreign file's notes on the post: text of a JSON object, NULL = none */
};

struct edit; /* one change; opaque */

struct edit_batch {
    size_t post; /* index in the corpus */
    struct edit *edits;
    size_t n;
};

/* What a person decided about a label, to be recorded with it. Strings are borrowed. */
struct edit_context {
    const char *by; /* annotator, NULL = not known */
    const char *at; /* RFC 3339; NULL = now */
};

/* The time as RFC 3339, in UTC. */
enum { EDIT_TIME_BYTES = 32 };
void edit_time_now(char out[EDIT_TIME_BYTES]);

void edit_batch_free(struct edit_batch *batch); /* what it owns */

/* Builders. Each reads the post as it is and appends to a batch that starts zeroed (with post set); the post itself is
 * not changed. 0, or -1 with a message (a span out of range, an entity that is not there, no memory).
 * A batch must be built against the post as it will be when applied: chained calls see earlier edits of the batch. */

/* A new entity by a human: source human, decision created. A rejected proposal of the same span and type stays. An
 * entity on exactly these tokens is given the type instead (decision edited); a model's or an imported one that has it
 * already is accepted as it is; nothing happens where a human said so before. */
int edit_create_entity(struct edit_batch *batch, const struct post *post, size_t start, size_t end, const char *type,
                       const struct edit_context *context, struct error *err);

/* A proposal taken over: source human, decision accepted, with score and model. An entity on exactly these tokens is
 * given the type instead of a second one being added. Where it was rejected before, it is so no longer. */
int edit_accept_entity(struct edit_batch *batch, const struct post *post, size_t start, size_t end, const char *type,
                       double score, const char *model, const struct edit_context *context, struct error *err);

/* Another type, or other tokens, for an entity that is there: decision edited; the model stays known, the score, which
 * was for another label, does not. The type that it has: accepted. Tokens of another entity are refused. */
int edit_retype_entity(struct edit_batch *batch, const struct post *post, const char *id, const char *type,
                       const struct edit_context *context, struct error *err);
int edit_respan_entity(struct edit_batch *batch, const struct post *post, const char *id, size_t start, size_t end,
                       const struct edit_context *context, struct error *err);

/* Deletes the entity and every relation of which it is head or tail. */
int edit_delete_entity(struct edit_batch *batch, const struct post *post, const char *id, struct error *err);

/* Head and tail are ids of entities of the post (also of entities that this batch creates). score NAN and model NULL:
 * created by hand; else a proposal that was accepted. A relation of the same head and tail is given the type. */
int edit_put_relation(struct edit_batch *batch, const struct post *post, const char *head, const char *tail,
                      const char *type, double score, const char *model, const struct edit_context *context,
                      struct error *err);
int edit_delete_relation(struct edit_batch *batch, const struct post *post, const char *id, struct error *err);

/* Refuses a proposal: it stands in the post's "rejected" and is not offered again. */
int edit_reject_entity(struct edit_batch *batch, const struct post *post, size_t start, size_t end, const char *type,
                       double score, const char *model, const struct edit_context *context, struct error *err);
int edit_reject_relation(struct edit_batch *batch, const struct post *post, const size_t head[2], const size_t tail[2],
                         const char *type, double score, const char *model, const struct edit_context *context,
                         struct error *err);

/* An object; origin says who (source human and decision created, source detector with its score, ...): copied; a
 * decision without a time is made now. label NULL = none. *id_out (id_out may be NULL) is borrowed from the batch. The
 * box is x0 < x1, y0 < y1, finite. */
int edit_add_object(struct edit_batch *batch, const struct post *post, const double box[4], const char *label,
                    const struct provenance *origin, const char **id_out, struct error *err);

/* A detector's object taken over: source human, decision accepted, score and model kept. */
int edit_accept_object(struct edit_batch *batch, const struct post *post, const char *id,
                       const struct edit_context *context, struct error *err);

/* Another box or label (NULL or "" = none): decision edited (but for the first label of a box that the same person
 * created); the model stays known, the score does not. The label that
 * it has: accepted. The box that it has: nothing. */
int edit_set_box(struct edit_batch *batch, const struct post *post, const char *id, const double box[4],
                 const struct edit_context *context, struct error *err);
int edit_relabel_object(struct edit_batch *batch, const struct post *post, const char *id, const char *label,
                        const struct edit_context *context, struct error *err);

/* And out of every grounding. An entity that was grounded in nothing else is not answered again: "not in the picture"
 * is for a person to say. */
int edit_delete_object(struct edit_batch *batch, const struct post *post, const char *id, struct error *err);

/* Where an entity is in the picture. answered false: nobody said (n 0). answered true and n 0: not in the picture. An
 * object that is named twice stands once. A model's entity that nobody decided on is accepted by it; any other keeps
 * its source and decision, and says who answered, and when. */
int edit_ground_entity(struct edit_batch *batch, const struct post *post, const char *id, bool answered,
                       const char *const *objects, size_t n, const struct edit_context *context, struct error *err);

/* Tokens. What is on them follows, as further edits of the same batch, so that its inverse gives everything back:
 * entities, rejected proposals, verdicts, what a model had proposed, and the notes of a foreign file (which tags it had
 * odd). An entity's type, provenance and decision stay: the label is the same, on the same text. The post's text never
 * changes; offsets follow. Refused while the conflicts of a merged post, which count its tokens, are open.
 *
 * One token becomes two, cut before the code point at (0 < at < its length). Blanks at the cut are left out of the
 * tokens where offsets are there, so that a join in turn gives them back. */
int edit_split_token(struct edit_batch *batch, const struct post *post, size_t token, size_t at, struct error *err);

/* A token and the next one become one; an entity that ended or began between them grows over the whole. With offsets,
 * what stands between them in the text becomes part of the token. Refused where two entities that stood on different
 * tokens would come to stand on exactly the same ones (one of them has to be deleted first), where the offsets overlap,
 * and where the token would be longer than tokens may be. Refused proposals that come to be the same both stay. */
int edit_join_tokens(struct edit_batch *batch, const struct post *post, size_t token, struct error *err);

/* A box of another version of the post; *id_out is borrowed from the batch. */
int edit_adopt_object(struct edit_batch *batch, const struct post *post, const struct object *label,
                      const char **id_out, struct error *err);

/* A label of another version of the post, with all that it says of itself (provenance, members that are not ours); only
 * its id may become another. A grounding must name objects of this post. Where the post has the label already, nothing;
 * where it was refused, it is so no longer. A relation's head and tail are entities of this post, or of the batch. */
int edit_adopt_entity(struct edit_batch *batch, const struct post *post, const struct entity *label, struct error *err);
int edit_adopt_relation(struct edit_batch *batch, const struct post *post, const struct relation *label,
                        struct error *err);

int edit_set_flag(struct edit_batch *batch, const struct post *post, const char *flag, bool on, struct error *err);
int edit_set_status(struct edit_batch *batch, const struct post *post, enum post_status status, struct error *err);
int edit_set_note(struct edit_batch *batch, const struct post *post, const char *note, struct error *err);
int edit_set_annotator(struct edit_batch *batch, const struct post *post, const char *annotator, struct error *err);

/* What a person (context->by) says about a case: key has both of its sides, and the system whose prediction it was (its
 * other members do not count). What the same person said of the same case and system gives way; what others said stays.
 * answer NULL takes it back. note NULL: a verdict that is there keeps its own; "" = none. */
int edit_set_verdict(struct edit_batch *batch, const struct post *post, const struct verdict *key,
                     const enum verdict_answer *answer, const char *note, const struct edit_context *context,
                     struct error *err);

/* json: a record that anchoring_write made; NULL = none. */
int edit_set_proposed(struct edit_batch *batch, const struct post *post, const char *json, struct error *err);

/* The id of the entity that the batch creates or that stands on exactly these tokens after the batch; NULL = none.
 * Borrowed from the batch or the post. */
const char *edit_batch_entity_at_peek(const struct edit_batch *batch, const struct post *post, size_t start,
                                      size_t end);

/* Applies the batch to the post; forward 0 = its inverse. All or nothing: -1 (with the post untouched) when what is
 * there is not what the batch expects, or memory is out. */
int edit_batch_apply(const struct edit_batch *batch, struct post *post, int forward, struct error *err);

/* JSON text of one line (no newline), and back. The caller frees *out. */
int edit_batch_to_json(const struct edit_batch *batch, char **out, struct error *err);
int edit_batch_from_json(const char *json, struct edit_batch *out, struct error *err);

#endif
