/* The gallery: a thread that decodes, composes and paints pictures beside the input thread, and keeps the results.
 *
 * Newest wish first; a wish that its slot has left behind is dropped; what is prefetched comes last. Painted pictures
 * are kept by everything that they show (path, size, boxes, heat), decoded ones by path, both within bounds, the least
 * recently used go first. All functions are for the input thread; the call-back comes from the gallery's thread.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_GALLERY_H
#define MMIB_UI_GALLERY_H

#include "corpora/error.h"
#include "ui/painter.h"
#include "ui/scene.h"
#include "ui/terminal.h"

#include <stdbool.h>
#include <stddef.h>

struct gallery;

enum { GALLERY_SLOTS = 4 }; /* panes that show pictures at the same time */

enum gallery_state {
    GALLERY_PENDING, /* not there yet: the call-back tells */
    GALLERY_READY,
    GALLERY_MISSING, /* no such file */
    GALLERY_BROKEN,  /* reason says why */
};

/* A picture as it shall look. All of it is copied. */
struct gallery_request {
    const char *path;
    struct scene_pane pane;
    struct scene_marks marks;
    uint32_t background; /* 0xRRGGBB */
    enum painter_kind kind;
    enum terminal_colours colours; /* blocks */
    size_t registers;              /* sixel */
};

struct gallery_answer {
    enum gallery_state state;
    struct blob *blob;          /* READY: a reference of the caller's, else NULL */
    size_t width_px, height_px; /* of the stored picture, once it was decoded; 0 before */
    char reason[256];           /* BROKEN: one line, without the path */
};

struct gallery_limits {
    size_t blob_bytes;    /* 0 = 64 MiB */
    size_t picture_bytes; /* decoded ones; 0 = 128 MiB. One picture may be larger: it is kept until the next */
};

/* ready may be NULL; it is called after each change of a wish's state. NULL when thread or memory are out. */
struct gallery *gallery_new(const struct gallery_limits *limits, void (*ready)(void *context), void *context,
                            struct error *err);
void gallery_free(struct gallery *gallery); /* stops the thread; waits for the picture that it is at */

/* Fills in what the terminal decides for a pane of that size; path, marks and background are left empty. */
void gallery_request_begin(const struct terminal *terminal, size_t columns, size_t rows, struct gallery_request *out);

/* What the pane of that slot shall show now; replaces the slot's last wish. Answers at once, without touching the disk.
 * Ask again after the call-back. A picture that was missing or broken is looked for again when the slot comes back to
 * it from another wish. */
void gallery_want(struct gallery *gallery, size_t slot, const struct gallery_request *request,
                  struct gallery_answer *out);
void gallery_forget(struct gallery *gallery, size_t slot); /* the pane shows no picture */

/* Probably wanted soon; only the last few of these are remembered. */
void gallery_prefetch(struct gallery *gallery, const struct gallery_request *request);

/* The stored size of a picture that was decoded already, and is kept; false else. */
bool gallery_size(struct gallery *gallery, const char *path, size_t *width_px, size_t *height_px);

#endif
