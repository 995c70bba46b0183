/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tagset.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t tagset_type(struct tagset *tagset, const char *name)
{
    for (size_t i = 0; i < tagset->n_types; i++)
        if (!strcmp(tagset->names[i], name))
            return i;
    tagset->names[tagset->n_types] = name;
    tagset->begin[tagset->n_types] = tagset->inside[tagset->n_types] = SIZE_MAX;
    return tagset->n_types++;
}

int tagset_make(char *const *labels, size_t n, struct tagset *out, struct error *err)
{
    *out = (struct tagset){.n_labels = n};
    out->kinds = calloc(n + 1, sizeof *out->kinds);
    out->types = calloc(n + 1, sizeof *out->types);
    out->names = calloc(n + 1, sizeof *out->names);
    out->begin = calloc(n + 1, sizeof *out->begin);
    out->inside = calloc(n + 1, sizeof *out->inside);
    if (!out->kinds || !out->types || !out->names || !out->begin || !out->inside) {
        tagset_free(out);
        return error_memory(err, "labels");
    }
    for (size_t i = 0; i < n; i++) {
        out->types[i] = SIZE_MAX;
        if (!strcmp(labels[i], "O")) {
            out->kinds[i] = TAG_OUTSIDE;
        } else if (!strncmp(labels[i], "B-", 2) && labels[i][2]) {
            out->kinds[i] = TAG_BEGIN;
            out->types[i] = tagset_type(out, labels[i] + 2);
            out->begin[out->types[i]] = i;
        } else if (!strncmp(labels[i], "I-", 2) && labels[i][2]) {
            out->kinds[i] = TAG_INSIDE;
            out->types[i] = tagset_type(out, labels[i] + 2);
            out->inside[out->types[i]] = i;
        } else {
            out->kinds[i] = TAG_OTHER;
        }
    }
    return 0;
}

void tagset_free(struct tagset *tagset)
{
    free(tagset->kinds);
    free(tagset->types);
    free(tagset->names);
    free(tagset->begin);
    free(tagset->inside);
    *tagset = (struct tagset){0};
}

int tagset_bio_rule(const void *context, size_t from, size_t to)
{
    const struct tagset *tagset = context;
    if (tagset->kinds[to] != TAG_INSIDE)
        return 1;
    return from != SIZE_MAX && tagset->types[from] == tagset->types[to];
}

size_t tagset_spans(const struct tagset *tagset, const size_t *labels, size_t n, struct tag_span *out)
{
    size_t n_spans = 0;
    size_t open = SIZE_MAX; /* type of the span that the last token is in */
    for (size_t t = 0; t < n; t++) {
        enum tag_kind kind = labels[t] == SIZE_MAX ? TAG_OUTSIDE : tagset->kinds[labels[t]];
        size_t type = labels[t] == SIZE_MAX ? SIZE_MAX : tagset->types[labels[t]];
        if (kind == TAG_INSIDE && type == open) {
            out[n_spans - 1].end = t + 1;
        } else if (kind == TAG_BEGIN || kind == TAG_INSIDE) {
            out[n_spans++] = (struct tag_span){t, t + 1, type};
            open = type;
        } else {
            open = SIZE_MAX;
        }
    }
    return n_spans;
}
