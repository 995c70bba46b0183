/* Batches of edits: owning them, turning them round, applying them to a post.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit.h"

#include "corpora/edit-value.h"
#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

/* Batches */

static void edit_free(struct edit *edit)
{
    edit_value_free(edit->target, &edit->before);
    edit_value_free(edit->target, &edit->after);
}

void edit_batch_free(struct edit_batch *batch)
{
    for (size_t i = 0; i < batch->n; i++)
        edit_free(&batch->edits[i]);
    free(batch->edits);
    batch->edits = NULL;
    batch->n = 0;
}

void edit_batch_truncate(struct edit_batch *batch, size_t n)
{
    while (batch->n > n)
        edit_free(&batch->edits[--batch->n]);
}

int edit_batch_push(struct edit_batch *batch, struct edit *edit, struct error *err)
{
    struct edit *edits = array_grow(batch->edits, batch->n, sizeof *edits);
    if (!edits) {
        edit_free(edit);
        return error_memory(err, "edit");
    }
    batch->edits = edits;
    batch->edits[batch->n++] = *edit;
    return 0;
}

void edit_batch_invert(struct edit_batch *batch)
{
    for (size_t i = 0; i < batch->n; i++) {
        struct edit_value before = batch->edits[i].before;
        batch->edits[i].before = batch->edits[i].after;
        batch->edits[i].after = before;
    }
    for (size_t i = 0, j = batch->n; i + 1 < j; i++) {
        struct edit edit = batch->edits[i];
        batch->edits[i] = batch->edits[--j];
        batch->edits[j] = edit;
    }
}

int edit_batch_add_to_schema(const struct edit_batch *batch, struct schema *schema)
{
    for (size_t i = 0; i < batch->n; i++) {
        const struct edit_value *after = &batch->edits[i].after;
        if (!after->present)
            continue;
        if (batch->edits[i].target == EDIT_ENTITY && after->as.entity.type &&
            schema_add_entity(schema, after->as.entity.type))
            return -1;
        /* "None" is a relation in every schema. */
        if (batch->edits[i].target == EDIT_RELATION && strcmp(after->as.relation.type, "None") &&
            schema_add_relation(schema, after->as.relation.type))
            return -1;
    }
    return 0;
}

int edit_batch_apply(const struct edit_batch *batch, struct post *post, int forward, struct error *err)
{
    /* The inverse borrows the values: nothing of it is freed. */
    struct edit_batch turned = {.post = batch->post, .n = batch->n};
    struct edit_draft draft;
    int failed = -1;
    if (!forward && batch->n) {
        turned.edits = calloc(batch->n, sizeof *turned.edits);
        if (!turned.edits)
            return error_memory(err, "edit");
        memcpy(turned.edits, batch->edits, batch->n * sizeof *turned.edits);
        edit_batch_invert(&turned);
    }
    if (!edit_batch_apply_to_draft(forward ? batch : &turned, post, &draft, err)) {
        edit_draft_swap(post, &draft);
        failed = 0;
    }
    free(turned.edits);
    return failed;
}
