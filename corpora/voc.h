/* Pascal VOC: the boxes of one picture as XML, as labelImg writes it.
 *
 * A file is not turned into a tree and printed again: the places of what mmib knows are found in its text, and writing
 * changes those places only. So a file that was not changed comes back to the byte, whatever else it has.
 *
 * XML is read by expat, as UTF-8. What could make a small file large or deep (document types, and with them entities;
 * nesting; too many boxes) is refused.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_VOC_H
#define MMIB_CORPORA_VOC_H

#include "corpora/error.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

enum { VOC_MAX_BYTES = 1 << 20, VOC_OBJECTS_MAX = 10000, VOC_DEPTH_MAX = 32 };

struct voc_place {
    size_t start, end; /* bytes of the text */
};

struct voc_object {
    char *name;    /* without blanks around it */
    double box[4]; /* x0, y0, x1, y1 as the file has them: nothing is subtracted */
    struct voc_place whole, name_at, box_at[4];
};

struct voc {
    struct voc_object *objects;
    size_t n_objects;
    size_t end; /* where another object may be put in: behind the last, or before </annotation> */
};

/* Reads the text of a file, n bytes and a NUL behind them; path names it in messages. On failure *out owns nothing. */
int voc_read(const char *text, size_t n, const char *path, struct voc *out, struct error *err);
void voc_free(struct voc *voc);

/* Can it be an object's name, and come back the same? (Not empty, no blanks around it, no control characters.) */
bool voc_can_say(const char *name);

/* What an object is to be. */
struct voc_change {
    const char *name; /* NULL = the object goes */
    const double *box;
};

/* Appends the text, read as voc, with its objects as changes[voc->n_objects] say, then as more[n_more] do. */
void voc_put_changed(struct text *out, const char *text, const struct voc *voc, const struct voc_change *changes,
                     const struct voc_change *more, size_t n_more);

/* Appends a new file, of a picture of that size (0 = not known). */
void voc_put(struct text *out, const char *picture, const size_t size[2], const struct voc_change *objects, size_t n);

#endif
