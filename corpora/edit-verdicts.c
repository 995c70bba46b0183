/* Building edits of verdicts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-builder.h"

#include "corpora/text.h"

#include <stdint.h>

/* Where the post has a verdict of that key; SIZE_MAX = nowhere. Merged posts may have several, which contradict each
 * other: those behind the first go. */
static int find_verdict(struct builder *builder, const struct verdict *key, size_t *at_out)
{
    *at_out = SIZE_MAX;
    for (size_t i = builder->now->n_verdicts; i-- > 0;) {
        if (!verdict_same_key(&builder->now->verdicts[i], key))
            continue;
        const size_t later = *at_out;
        *at_out = i;
        if (later == SIZE_MAX)
            continue;
        struct edit_value before = {.present = true, .as.verdict = builder->now->verdicts[later]};
        if (builder_change(builder, EDIT_VERDICT, later, &before, NULL))
            return -1;
    }
    return 0;
}

static int set_verdict(struct builder *builder, const struct verdict *key, const enum verdict_answer *answer,
                       const char *note, const struct edit_context *context)
{
    const struct post *now = builder->now;
    char time[EDIT_TIME_BYTES];
    struct verdict verdict = *key; /* its strings are borrowed */
    verdict.by = context ? (char *)context->by : NULL;
    size_t at;
    if (find_verdict(builder, &verdict, &at))
        return -1;
    const bool is_there = at != SIZE_MAX;
    struct edit_value before = {.present = is_there}, after = {.present = answer != NULL};
    if (is_there)
        before.as.verdict = now->verdicts[at];
    else
        at = now->n_verdicts;
    if (!answer)
        return is_there ? builder_change(builder, EDIT_VERDICT, at, &before, &after) : 0;

    if (is_there)
        verdict = now->verdicts[at];
    else
        verdict.note = verdict.extra = verdict.gold.extra = verdict.predicted.extra = NULL;
    verdict.answer = *answer;
    if (note)
        verdict.note = *note ? (char *)note : NULL;
    edit_time_now(time);
    verdict.at = context && context->at ? (char *)context->at : time;
    if (is_there && verdict_equal(&now->verdicts[at], &verdict))
        return 0;
    after.as.verdict = verdict;
    return builder_change(builder, EDIT_VERDICT, at, &before, &after);
}

int edit_set_verdict(struct edit_batch *batch, const struct post *post, const struct verdict *key,
                     const enum verdict_answer *answer, const char *note, const struct edit_context *context,
                     struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, set_verdict(&builder, key, answer, note, context));
}
