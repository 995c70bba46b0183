/* The finder: a thread that looks where posts' pictures are, so that a slow disk never holds up a key.
 *
 * It looks for the post on the screen first, then for the others that were asked for, the last one first. What it found
 * is kept for a bounded number of posts. All functions are for the input thread; the call-back comes from the finder's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_FINDER_H
#define MMIB_UI_FINDER_H

#include "corpora/error.h"
#include "corpora/post.h"

#include <stddef.h>

struct finder;

enum { FINDER_KEPT = 2048 /* posts; more than stand on a screen */ };

enum finder_state {
    FINDER_PENDING, /* not looked for yet: the call-back tells */
    FINDER_NONE,    /* the post names no picture */
    FINDER_MISSING, /* it names one that is not there */
    FINDER_REFUSED, /* it names one outside of the folder: see reason */
    FINDER_FOUND,
};

struct finder_answer {
    enum finder_state state;
    const char *path;   /* FOUND; lives until FINDER_KEPT other posts were asked for */
    const char *reason; /* REFUSED; the same */
};

/* folder may be NULL: no post has a picture then. found is called when the post asked for last has its answer, and from
 * time to time for the others. NULL when memory or the thread are out. */
struct finder *finder_new(const char *folder, void (*found)(void *context), void *context, struct error *err);
void finder_free(struct finder *finder);

/* What is known about a post's picture, at once; where nothing is, it is looked for. What is needed of the post is
 * copied. */
void finder_peek(struct finder *finder, size_t index, const struct post *post, struct finder_answer *out);

/* The same for the post on the screen: it is looked for first, and again where it was missing when the screen comes
 * back to it from another post. */
void finder_want(struct finder *finder, size_t index, const struct post *post, struct finder_answer *out);

#endif
