/* The background: names posts that nobody looks at to the worker, so that the model has seen the whole corpus by and
 * by.
 *
 * Which posts, says what is needed (scores.h). It starts at the post on the screen and goes round; the worker lets
 * whatever is looked at drive it out, so no key waits for it. Each call touches few posts, whatever the corpus has.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_BACKGROUND_H
#define MMIB_UI_BACKGROUND_H

#include "corpora/error.h"
#include "corpora/store.h"
#include "ui/scores.h"
#include "ui/worker.h"

#include <stdbool.h>
#include <stddef.h>

/* A corpus of at most so many posts is looked at whole without being asked: a few minutes of a core that has nothing
 * else to do. A larger one only for a sort order that needs it. */
enum { BACKGROUND_POSTS_MAX = 5000 };

struct background { /* starts zeroed */
    bool off;
    size_t at, left;    /* the next post, and how many are to be looked at until the round is over */
    enum scores_need need; /* of this round */
    unsigned long version; /* of the scores when it began */
    size_t named;       /* posts of this round that the worker got */
};

/* Names as many posts as the worker has room for. near: the post on the screen. True: call again soon, there is more to
 * look through. Memory that is out stops it for now. */
bool background_work(struct background *background, struct worker *worker, struct scores *scores, struct store *store,
                     size_t near);

#endif
