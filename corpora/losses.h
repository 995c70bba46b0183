/* What a format could not hold: how writers add to a loss list.
 *
 * Nothing is left out in silence: a writer names what its own format cannot say, and loss_add_unheld the rest of the
 * post, a line for each kind of thing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_LOSSES_H
#define MMIB_CORPORA_LOSSES_H

#include "corpora/corpus.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

/* What a format has a place for. */
enum loss_holds {
    HOLDS_TOKENS = 1,
    HOLDS_TEXT = 2,
    HOLDS_ENTITIES = 4,
    HOLDS_RELATIONS = 8,
    HOLDS_OBJECTS = 16,
    HOLDS_GROUNDING = 32,
    HOLDS_SCORES = 64,   /* a score, which says that a detector made the label */
    HOLDS_MEMBERS = 128, /* members of posts and objects that are not ours */
    HOLDS_SOURCE = 256,  /* all that a file of this format had beside our members */
};

/* Adds "post ID: what"; losses may be NULL. 0, or -1 when memory is out. */
int loss_add(struct loss_list *losses, const struct post *post, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for n things of a kind, when there are any: "post ID: 3 relations". */
int loss_add_count(struct loss_list *losses, const struct post *post, size_t n, const char *one, const char *several);

/* What a format that holds these cannot hold of the post. Labels that came from a file and that nobody touched since
 * have nothing to lose but themselves. */
int loss_add_unheld(struct loss_list *losses, const struct post *post, unsigned holds);

/* "its id", where the format knows the post by its picture's name and the id is neither that nor a made-up one. */
int loss_add_id(struct loss_list *losses, const struct post *post);

/* Of the corpus: members that are not ours, and names in its schema that no label has (but for the usual entity types:
 * a foreign file that is read gets them anyway). */
int loss_add_corpus(struct loss_list *losses, const struct corpus *corpus);

#endif
