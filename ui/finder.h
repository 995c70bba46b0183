/* The finder: a thread that looks where each post's picture is, so that a slow disk never holds up a key.
 *
 * It looks for the post that was asked for last first, then for all others in order. All functions are for the input
 * thread; the call-back comes from the finder's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_FINDER_H
#define MMIB_UI_FINDER_H

#include "corpora/error.h"
#include "corpora/post.h"

#include <stddef.h>

struct finder;

enum finder_state {
    FINDER_PENDING, /* not looked for yet: the call-back tells */
    FINDER_NONE,    /* the post names no picture */
    FINDER_MISSING, /* it names one that is not there */
    FINDER_REFUSED, /* it names one outside of the folder: see reason */
    FINDER_FOUND,
};

struct finder_answer {
    enum finder_state state;
    const char *path;   /* FOUND; lives until the next finder_want of that post */
    const char *reason; /* REFUSED; the same */
};

/* folder may be NULL: no post has a picture then. Names of pictures are read from the posts, which must stay where they
 * are; nothing else of a post is touched. found is called when the post asked for last has its answer, and from time to
 * time for the others. NULL when memory or the thread are out. */
struct finder *finder_new(const char *folder, const struct post *posts, size_t n_posts, void (*found)(void *context),
                          void *context, struct error *err);
void finder_free(struct finder *finder);

/* What is known about a post's picture, at once. */
void finder_peek(struct finder *finder, size_t index, struct finder_answer *out);

/* The same for the post on the screen: it is looked for first, and again where it was missing when the screen comes
 * back to it from another post. */
void finder_want(struct finder *finder, size_t index, struct finder_answer *out);

#endif
