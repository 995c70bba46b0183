/* Joins what several people made of one corpus, label by label: an n-way join with a common base.
 *
 * Posts pair by id. What some changed and the others left is taken; where several changed the same place differently it
 * is a conflict: every version of it is kept in the post's member "conflicts", the post is flagged "conflict" and is
 * not done, and its own lists hold what is not disputed. mmib-corpus(5) describes the mark.
 *
 * A post that a file lacks is one that it says nothing of: it is never deleted. Where BASE lacks a post, the base is
 * one without labels. The result does not depend on the order of the files.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_MERGE_H
#define MMIB_CORPORA_MERGE_H

#include "corpora/corpus.h"
#include "corpora/error.h"

#include <stddef.h>

#define MERGE_FLAG "conflict"
#define MERGE_MEMBER "conflicts"

struct merge_file {
    char *name;     /* its annotator, else the file's name: unique */
    size_t n_posts;
    size_t n_new;   /* posts that BASE lacks */
    size_t n_taken; /* places where what it changed is in the result; counted with each who changed it so */
    size_t n_open;  /* places where what it changed is in conflict */
};

struct merge_report {
    struct merge_file *files; /* [n], in the order of the versions given */
    size_t n;
    size_t n_conflicts, n_conflict_posts;
};

/* Merges n >= 1 versions into a new corpus, for the caller to free, whose path is base's. On failure -1, and *out and
 * *report own nothing. */
int merge_corpora(const struct corpus *base, struct corpus *const *versions, size_t n, struct corpus **out,
                  struct merge_report *report, struct error *err);
void merge_report_free(struct merge_report *report);

/* What to call each version: its annotator, else its file; where two would have the same name, the file, else the path.
 * *out: [n] names, for the caller to free with text_list_free. -1 when memory is out. */
int merge_names(struct corpus *const *versions, size_t n, char ***out);

/* The other way: who says what in a post that was merged with conflicts. *posts_out: [*n_out] whole posts, one for each
 * name in the member "conflicts", its own versions in their places; *names_out their names. 0 of them where the post
 * has no open conflicts, or its tokens were split or joined since. All are freed with merge_versions_free. */
int merge_versions(const struct post *post, struct post **posts_out, char ***names_out, size_t *n_out,
                   struct error *err);
void merge_versions_free(struct post *posts, char **names, size_t n);

#endif
