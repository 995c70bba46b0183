/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/losses.h"

#include "corpora/error.h"
#include "corpora/text.h"

#include <stdarg.h>
#include <stdio.h>

int loss_add(struct loss_list *losses, const struct post *post, const char *format, ...)
{
    struct error line; /* its message is tamed and bounded, as a line for people must be */
    char what[600];
    if (!losses)
        return 0;
    va_list ap;
    va_start(ap, format);
    vsnprintf(what, sizeof what, format, ap);
    va_end(ap);
    error_set(&line, ERROR_FINDING, "post %.*s: %s", utf8_head(post->id, 200), post->id, what);
    return text_list_add(&losses->lines, &losses->n, line.message);
}

int loss_add_count(struct loss_list *losses, const struct post *post, size_t n, const char *one, const char *several)
{
    return n ? loss_add(losses, post, "%zu %s", n, n == 1 ? one : several) : 0;
}

int loss_add_common(struct loss_list *losses, const struct post *post)
{
    size_t grounded = 0;
    for (size_t i = 0; i < post->n_entities; i++)
        grounded += post->entities[i].has_grounding;
    if (loss_add_count(losses, post, post->n_objects, "box", "boxes") ||
        loss_add_count(losses, post, grounded, "grounding", "groundings") ||
        loss_add_count(losses, post, post->n_flags, "flag", "flags") ||
        (post->text && loss_add(losses, post, "its text")) || (post->note && loss_add(losses, post, "its note")))
        return -1;
    return 0;
}

void loss_list_free(struct loss_list *losses)
{
    text_list_free(losses->lines, losses->n);
    *losses = (struct loss_list){0};
}
