/* A post: tokens, a picture's name, and what people and models said about them.
 *
 * Plain values; every string is UTF-8, owned by the post and freed with it. Arrays grow through edit.h only, once a
 * post stands in a store. Nothing here reads or writes files.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_POST_H
#define MMIB_CORPORA_POST_H

#include "corpora/verdict.h"

#include <stdbool.h>
#include <stddef.h>

enum label_source { SOURCE_HUMAN, SOURCE_MODEL, SOURCE_DETECTOR, SOURCE_IMPORT };
enum label_decision { DECISION_NONE, DECISION_ACCEPTED, DECISION_EDITED, DECISION_CREATED };
enum post_status { STATUS_NEW, STATUS_STARTED, STATUS_DONE, STATUS_SKIPPED };

/* Where a label comes from. */
struct provenance {
    enum label_source source;
    bool has_source; /* the file said so, or we do */
    bool has_score;
    double score; /* [0, 1] */
    char *by;     /* annotator; NULL = not said */
    char *at;     /* RFC 3339 time; NULL = not said */
    enum label_decision decision;
    char *model; /* hash of the model that proposed it; NULL = none */
};

struct entity {
    char *id;          /* unique in its post */
    size_t start, end; /* tokens, half open; start < end <= n_tokens */
    char *type;        /* NULL = unknown (a pair of MNRE labelled None) */
    struct provenance origin;
    bool has_grounding; /* false: nobody answered where it is in the picture; true with none: not in the picture */
    char **grounding;   /* ids of objects */
    size_t n_grounding;
    char *extra; /* members of the file that are not ours: the text of a JSON object, NULL = none */
};

struct relation {
    char *id;
    char *head, *tail; /* ids of entities of this post */
    char *type;        /* "None" says: no relation */
    struct provenance origin;
    char *extra;
};

struct object {
    char *id;
    double box[4]; /* x0, y0, x1, y1 in pixels of the stored image */
    char *label;   /* NULL = none */
    struct provenance origin;
    char *extra;
};

struct post {
    char *id;
    char **tokens;
    size_t n_tokens;
    char *text;         /* NULL = not given */
    size_t (*offsets)[2]; /* [n_tokens] code points of text, half open; NULL = not given */
    char *image;        /* file name relative to the corpus's images folder; NULL = none */
    struct entity *entities;
    size_t n_entities;
    struct relation *relations;
    size_t n_relations;
    struct object *objects;
    size_t n_objects;
    struct entity *rejected_entities; /* proposals that a human refused */
    size_t n_rejected_entities;
    struct relation *rejected_relations; /* head and tail are "start-end" token spans here: a proposal has no ids */
    size_t n_rejected_relations;
    struct verdict *verdicts; /* what people said about the gold's labels and systems' predictions */
    size_t n_verdicts;
    enum post_status status;
    char **flags;
    size_t n_flags;
    char *note;      /* NULL = none */
    char *annotator; /* NULL = none */
    char *proposed;  /* what a model had proposed when a person was done with the post: a record of anchoring.h as JSON
                      * text, NULL = none */
    char *source;    /* what the foreign file needs to come back byte for byte: JSON text, NULL = none */
    char *extra;
};

/* The same words, to the token? */
bool post_same_tokens(const struct post *a, const struct post *b);

bool post_has_flag(const struct post *post, const char *flag);

/* Did a model or a detector say so, and no human decide yet? Then it is nobody's label. */
bool provenance_is_proposal(const struct provenance *origin);

void provenance_free(struct provenance *origin);
void entity_free(struct entity *entity);       /* what it owns, not the struct itself */
void relation_free(struct relation *relation); /* the same */
void object_free(struct object *object);       /* the same */
void post_free(struct post *post);             /* the same */

/* Deep copies; 0, or -1 when memory is out (then *out owns nothing). */
int provenance_copy(const struct provenance *from, struct provenance *out);
int entity_copy(const struct entity *from, struct entity *out);
int relation_copy(const struct relation *from, struct relation *out);
int object_copy(const struct object *from, struct object *out);
int post_copy(const struct post *from, struct post *out);

/* The post's entity, or object, of that id; NULL when there is none. Owned by the post. */
struct entity *post_entity_peek(const struct post *post, const char *id);
struct object *post_object_peek(const struct post *post, const char *id);

/* The entity that covers exactly these tokens (the first when there are several), or NULL. */
struct entity *post_entity_at_peek(const struct post *post, size_t start, size_t end);

/* What was said about the same case, by preference about the same system, then by the same person, then last; NULL =
 * nothing. A label does not become another one by who proposed it: what was said of one system is good for the next. */
const struct verdict *post_verdict_peek(const struct post *post, const struct verdict *key);

/* Writes an id that no entity (prefix 'e'), relation ('r') or object ('o') of the post has, such as "e7".
 * out has room for size bytes. */
void post_fresh_id(const struct post *post, char prefix, char *out, size_t size);

/* Names as they stand in files: "human", "done", "accepted". from_name returns -1 for an unknown name. */
const char *label_source_name(enum label_source source);
int label_source_from_name(const char *name);
const char *label_decision_name(enum label_decision decision);
int label_decision_from_name(const char *name);
const char *post_status_name(enum post_status status);
int post_status_from_name(const char *name);

#endif
