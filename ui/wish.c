/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/wish.h"

#include <stdlib.h>
#include <string.h>

/* Bytes that are counted first and written in a second run. Everything is padded to 8, so that pointers are aligned. */
struct packer {
    uint8_t *bytes; /* NULL: only count */
    size_t n;
};

static void *packer_add(struct packer *packer, const void *from, size_t n)
{
    void *to = packer->bytes ? packer->bytes + packer->n : NULL;
    if (to && n)
        memcpy(to, from, n);
    packer->n += (n + 7) / 8 * 8;
    return to;
}

static void packer_add_size(struct packer *packer, size_t value)
{
    packer_add(packer, &value, sizeof value);
}

static char *packer_add_text(struct packer *packer, const char *text)
{
    packer_add_size(packer, text ? 1 : 0);
    return text ? packer_add(packer, text, strlen(text) + 1) : NULL;
}

/* Packs the request; out's pointers lead into the packer's bytes. Pointers themselves are no part of the identity: what
 * they point to is, and they are packed as arrays of structs with the pointers blanked, into a second block. */
static void wish_pack(struct packer *identity, struct packer *structs, const struct gallery_request *request,
                      struct gallery_request *out)
{
    const struct scene_marks *marks = &request->marks;
    *out = *request;
    out->path = packer_add_text(identity, request->path);
    packer_add(identity, &request->pane, sizeof request->pane);
    packer_add_size(identity, request->background);
    packer_add_size(identity, request->kind);
    packer_add_size(identity, request->kind == PAINTER_SIXEL ? request->registers : request->colours);
    packer_add_size(identity, marks->n_boxes);
    packer_add_size(identity, marks->n_layers);
    struct scene_box *boxes = packer_add(structs, marks->boxes, marks->n_boxes * sizeof *boxes);
    for (size_t i = 0; i < marks->n_boxes; i++) {
        packer_add(identity, marks->boxes[i].box, sizeof marks->boxes[i].box);
        packer_add_size(identity, (size_t)marks->boxes[i].colour << 1 | marks->boxes[i].selected);
        char *label = packer_add_text(identity, marks->boxes[i].label);
        if (boxes)
            boxes[i].label = label;
    }
    struct scene_layer *layers = packer_add(structs, marks->layers, marks->n_layers * sizeof *layers);
    for (size_t i = 0; i < marks->n_layers; i++) {
        size_t grid = marks->layers[i].grid;
        packer_add(identity, marks->layers[i].area, sizeof marks->layers[i].area);
        packer_add_size(identity, grid);
        float *cells = packer_add(identity, marks->layers[i].cells, grid * grid * sizeof *cells);
        if (layers)
            layers[i].cells = cells;
    }
    if (marks->n_layers) {
        packer_add(identity, &marks->heat_scale, sizeof marks->heat_scale);
        packer_add_size(identity, marks->legend);
        packer_add_size(identity, marks->scale);
    }
    out->marks.boxes = boxes;
    out->marks.layers = layers;
}

bool wish_make(const struct gallery_request *request, struct wish *out)
{
    struct gallery_request ignored;
    struct packer identity = {0}, structs = {0};
    wish_pack(&identity, &structs, request, &ignored);
    size_t n_identity = identity.n;
    uint8_t *bytes = calloc(1, identity.n + structs.n);
    if (!bytes)
        return false;
    identity = (struct packer){.bytes = bytes};
    structs = (struct packer){.bytes = bytes + n_identity};
    wish_pack(&identity, &structs, request, &out->request);
    out->bytes = bytes;
    out->n_bytes = n_identity;
    return true;
}

void wish_free(struct wish *wish)
{
    free(wish->bytes);
    memset(wish, 0, sizeof *wish);
}

bool wish_is(const struct wish *wish, const uint8_t *key, size_t n_key)
{
    return wish->n_bytes == n_key && !memcmp(wish->bytes, key, n_key);
}
