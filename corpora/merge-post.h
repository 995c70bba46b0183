/* One post of several versions, merged: what merge.c and the files about a single post share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_MERGE_POST_H
#define MMIB_CORPORA_MERGE_POST_H

#include "corpora/disagreement.h"
#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

struct merge_post {
    const struct post *base;            /* where BASE lacks the post: its words, no labels */
    const struct post *const *versions; /* [n]; NULL = the file lacks it */
    const char *const *names;           /* [n] */
    size_t n;
    struct disagreement_list places[DISAGREEMENT_KINDS];
    char **object_ids;      /* [places of objects]: in the result; NULL = it is not there */
    bool has_records;       /* several were shown proposals: see put_records */
    struct text conflicts;  /* objects, with commas between them */
    size_t n_conflicts;
    size_t *taken, *open;   /* [n], counted up */
    struct post *out;       /* the result; starts zeroed */
};

/* Merges. m->out is the caller's to free, also on failure. */
int merge_post(struct merge_post *m, struct error *err);

/* Conflicts as they are written (merge-conflict.c): an item begins, has a value of each version that is in it, and
 * ends. Values are appended to m->conflicts between these calls. */
void merge_conflict_begin(struct merge_post *m, const char *kind, const char *name);
void merge_conflict_version(struct merge_post *m, const char *by); /* NULL = the base; first, if at all */
void merge_conflict_end(struct merge_post *m);

/* The labels of a place, as each who spoke has them. */
int merge_conflict_place(struct merge_post *m, const struct disagreement *place);

/* A copy of an entity of a version (n = the base) whose grounding names the result's objects where they are there.
 * *missing_out: it names one that is not. */
int merge_entity_copy(const struct merge_post *m, size_t version, const struct entity *from, struct entity *out,
                      bool *missing_out);

/* "ana, bob": adds the names of one list to another, each once; *names is allocated, or NULL. -1 when memory is out. */
int merge_join_names(char **names, const char *more);

/* Merges what is no label into m->out (merge-fields.c). merge_extra and merge_keep_conflicts are parts of it: the
 * members that are not ours, and conflicts that an earlier merge marked. 0, or -1 when memory is out. */
int merge_fields(struct merge_post *m);
int merge_extra(struct merge_post *m);
int merge_keep_conflicts(struct merge_post *m);

/* Of the versions that have the post and changed the value: m->n (the base) where there is none, the first where all
 * say the same, SIZE_MAX where they differ. Values may be NULL. */
size_t merge_choose(const struct merge_post *m, const char *const *values, const char *base);

/* Whether an element of a set stays: somebody added it, or the base had it and nobody took it away. */
bool merge_stays(const struct merge_post *m, bool in_base, bool (*has)(const struct post *, const void *),
                 const void *element);
bool merge_has_text(char *const *list, size_t n, const char *text);

const struct post *merge_version_peek(const struct merge_post *m, size_t version); /* n = the base */

#endif
