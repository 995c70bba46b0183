/* An act of a person over any number of posts: batches that are journaled, undone and redone as one. And stacks of
 * acts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_EDIT_ACT_H
#define MMIB_CORPORA_EDIT_ACT_H

#include "corpora/edit.h"

#include <stddef.h>

struct edit_act { /* starts zeroed */
    struct edit_batch *batches; /* one a post */
    size_t n;
};

void edit_act_free(struct edit_act *act); /* what it owns */

/* Adds a batch, and takes what it owns, also on failure. 0, or -1 when memory is out. */
int edit_act_push(struct edit_act *act, struct edit_batch *batch);

/* Turns the act into its inverse. Cannot fail. */
void edit_act_invert(struct edit_act *act);

/* In the order in which they were done, the last on top. */
struct act_stack { /* starts zeroed */
    struct edit_act *acts;
    size_t n;
};

void act_stack_free(struct act_stack *stack);
int act_stack_reserve(struct act_stack *stack);                       /* room for one more, else -1 */
void act_stack_push(struct act_stack *stack, const struct edit_act *act); /* takes it; needs the room */
struct edit_act act_stack_pop(struct act_stack *stack);               /* the caller's; n > 0 */

#endif
