/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-act.h"

#include "corpora/edit-value.h"
#include "corpora/text.h"

#include <stdlib.h>

void edit_act_free(struct edit_act *act)
{
    for (size_t i = 0; i < act->n; i++)
        edit_batch_free(&act->batches[i]);
    free(act->batches);
    *act = (struct edit_act){0};
}

int edit_act_push(struct edit_act *act, struct edit_batch *batch)
{
    struct edit_batch *grown = array_grow(act->batches, act->n, sizeof *grown);
    if (!grown) {
        edit_batch_free(batch);
        return -1;
    }
    act->batches = grown;
    grown[act->n++] = *batch;
    *batch = (struct edit_batch){.post = batch->post};
    return 0;
}

void edit_act_invert(struct edit_act *act)
{
    for (size_t i = 0; i < act->n; i++)
        edit_batch_invert(&act->batches[i]);
}

void act_stack_free(struct act_stack *stack)
{
    for (size_t i = 0; i < stack->n; i++)
        edit_act_free(&stack->acts[i]);
    free(stack->acts);
    *stack = (struct act_stack){0};
}

int act_stack_reserve(struct act_stack *stack)
{
    struct edit_act *grown = array_grow(stack->acts, stack->n, sizeof *grown);
    if (!grown)
        return -1;
    stack->acts = grown;
    return 0;
}

void act_stack_push(struct act_stack *stack, const struct edit_act *act)
{
    stack->acts[stack->n++] = *act;
}

struct edit_act act_stack_pop(struct act_stack *stack)
{
    return stack->acts[--stack->n];
}
