/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/painter.h"

#include <stdlib.h>

struct blob *blob_new(enum painter_kind kind, size_t columns, size_t rows, uint8_t *bytes, size_t n_bytes,
                      size_t *line_starts)
{
    struct blob *blob = malloc(sizeof *blob);
    if (!blob) {
        free(bytes);
        free(line_starts);
        return NULL;
    }
    *blob = (struct blob){
        .references = 1,
        .kind = kind,
        .columns = columns,
        .rows = rows,
        .bytes = bytes,
        .n_bytes = n_bytes,
        .line_starts = line_starts,
    };
    return blob;
}

struct blob *blob_ref(struct blob *blob)
{
    if (blob)
        __atomic_add_fetch(&blob->references, 1, __ATOMIC_RELAXED);
    return blob;
}

void blob_unref(struct blob *blob)
{
    if (!blob || __atomic_sub_fetch(&blob->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    free(blob->bytes);
    free(blob->line_starts);
    free(blob);
}
