/* Adjudication: from what several annotators say of the posts of a corpus to the one version that stands in it.
 *
 * The annotators' files are other corpora, or (no files) the conflicts that mmib merge marked in the corpus itself.
 * What they agree on is taken over as it is, once, into posts that nobody has begun. What they disagree on is a list of
 * items, and each is settled by one of their versions, by none of them (their labels are then refused), or by anything
 * else that the adjudicator says there. Nothing is remembered beside the corpus: an item is open while the post has no
 * label of its own at that place and has not refused theirs. So undo opens it again, and a session goes on where
 * another ended. (A box cannot be refused, nor an answer about the picture: that none was taken is known until the end
 * of the session, and where the post is done.)
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_ADJUDICATION_H
#define MMIB_CORPORA_ADJUDICATION_H

#include "corpora/corpus.h"
#include "corpora/disagreement.h"
#include "corpora/edit.h"
#include "corpora/error.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

struct adjudication;

/* What one or several annotators say alike. */
struct adjudication_choice {
    size_t version; /* of the look: the first who says it */
    char *names;    /* "ana, carla" */
};

struct adjudication_item {
    enum disagreement_kind kind;
    bool grounding; /* not which label, but where the entity start..end is in the picture; place means nothing */
    size_t place;   /* in the look's places of that kind */
    size_t start, end;
    struct adjudication_choice *choices;
    size_t n;
};

/* One post, looked at. Borrows from the adjudication, and from nothing else. */
struct adjudication_look {
    const struct post **versions; /* [n]; those who have an answer to this post */
    const char **names;           /* [n] */
    size_t n;
    size_t n_other_words;         /* those who have the post in other words, and so no say */
    struct post *owned;           /* [n]: versions read from the post's own conflicts */
    char **owned_names;
    struct disagreement_list places[DISAGREEMENT_KINDS];
    struct adjudication_item *items; /* the open ones, in the order of the text, entities first */
    size_t n_items;
};

/* Reads the files. n 0: the conflicts in the corpus itself. */
int adjudication_open(const char *const *paths, size_t n, const struct corpus_options *options,
                      struct adjudication **out, struct error *err);
void adjudication_close(struct adjudication *adjudication);

/* A corpus of all their posts without any labels, to begin with, in the words of the first that has each; written to
 * path, which must not be there yet. */
int adjudication_begin(const struct adjudication *adjudication, const char *path, struct error *err);

/* What there is to decide in a post of the corpus. *out is freed with adjudication_look_free. */
int adjudication_look(const struct adjudication *adjudication, const struct post *post, struct adjudication_look *out,
                      struct error *err);
void adjudication_look_free(struct adjudication_look *look);

/* Labels of a choice, for who shows it: how many, and the place of each in its version's list. choice: below item->n.
 * */
const struct disagreement_said *adjudication_said(const struct adjudication_look *look,
                                                  const struct adjudication_item *item, size_t choice);

/* Of a grounding: the version's entity. */
const struct entity *adjudication_grounded(const struct adjudication_look *look, const struct adjudication_item *item,
                                           size_t choice);

/* Is it that no label is taken by this choice (below item->n, or item->n)? */
bool adjudication_is_none(const struct adjudication_look *look, const struct adjudication_item *item, size_t choice);

/* No box, or no answer, of this item is taken, and it is not asked again in this session. */
int adjudication_pass(struct adjudication *adjudication, const struct post *post, const struct adjudication_item *item,
                      struct error *err);

/* These append to a batch. Taken: the labels of a choice, accepted by the adjudicator, with a member "from" that names
 * who said it; item->n = none of them. Relations that all agree on follow as soon as their entities are there. Agreed:
 * what all say alike, with their names, in place of what the post had itself; nothing in a post that was begun. The
 * labels taken, and those that gave way, are counted. Done: the post is. */
int adjudication_take(struct edit_batch *batch, const struct post *post, const struct adjudication_look *look,
                      const struct adjudication_item *item, size_t choice, const struct edit_context *context,
                      struct error *err);
int adjudication_agreed(const struct adjudication *adjudication, struct edit_batch *batch, const struct post *post,
                        const struct adjudication_look *look, size_t *n_taken, size_t *n_dropped, struct error *err);
int adjudication_done(struct edit_batch *batch, const struct post *post, const struct edit_context *context,
                      struct error *err);

#endif
