/* Building edits of what a post says about itself: status, note, annotator, flags, what was
 * proposed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-builder.h"

#include "corpora/text.h"

#include <string.h>

int edit_set_status(struct edit_batch *batch, const struct post *post, enum post_status status, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    struct edit_value before = {.present = true, .as.status = builder.now->status};
    struct edit_value after = {.present = true, .as.status = status};
    return builder_close(&builder, before.as.status == status
                                       ? 0
                                       : builder_change(&builder, EDIT_STATUS, 0, &before, &after));
}

/* An empty text is none. */
static int set_text(struct edit_batch *batch, const struct post *post, enum edit_target target, const char *text,
                    struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    struct post *now = builder.now;
    char *old = target == EDIT_NOTE ? now->note : target == EDIT_PROPOSED ? now->proposed : now->annotator;
    if (text && !*text)
        text = NULL;
    bool same = old == text || (old && text && !strcmp(old, text));
    struct edit_value before = {.present = old != NULL, .as.text = old};
    struct edit_value after = {.present = text != NULL, .as.text = (char *)text};
    return builder_close(&builder, same ? 0 : builder_change(&builder, target, 0, &before, &after));
}

int edit_set_note(struct edit_batch *batch, const struct post *post, const char *note, struct error *err)
{
    return set_text(batch, post, EDIT_NOTE, note, err);
}

int edit_set_annotator(struct edit_batch *batch, const struct post *post, const char *annotator, struct error *err)
{
    return set_text(batch, post, EDIT_ANNOTATOR, annotator, err);
}

int edit_set_proposed(struct edit_batch *batch, const struct post *post, const char *json, struct error *err)
{
    return set_text(batch, post, EDIT_PROPOSED, json, err);
}

static int set_flag(struct builder *builder, const char *flag, bool on)
{
    struct post *now = builder->now;
    struct edit_texts flags = {0};
    if (!flag || !*flag)
        return error_set(builder->err, ERROR_INPUT, "post %s: a flag needs a name", now->id);
    if (post_has_flag(now, flag) == on)
        return 0;
    int failed = 0;
    for (size_t i = 0; i < now->n_flags && !failed; i++)
        if (strcmp(now->flags[i], flag))
            failed = text_list_add(&flags.items, &flags.n, now->flags[i]);
    if (on && !failed)
        failed = text_list_add(&flags.items, &flags.n, flag);
    struct edit_value before = {.present = now->n_flags > 0, .as.flags = {now->flags, now->n_flags}};
    struct edit_value after = {.present = flags.n > 0, .as.flags = flags};
    failed = failed ? error_memory(builder->err, "edit") : builder_change(builder, EDIT_FLAGS, 0, &before, &after);
    text_list_free(flags.items, flags.n);
    return failed;
}

int edit_set_flag(struct edit_batch *batch, const struct post *post, const char *flag, bool on, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, set_flag(&builder, flag, on));
}
