/* From what a detector found to the objects of a post.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_DETECTOR_EDIT_H
#define MMIB_MODEL_DETECTOR_EDIT_H

#include "corpora/edit.h"
#include "corpora/error.h"
#include "corpora/post.h"
#include "model/detector.h"

#include <stddef.h>

/* Boxes that share at least so much (intersection over union) are of the same thing. */
#define DETECTOR_SAME_IOU 0.5

struct detector_change {
    size_t added, removed, kept; /* kept: found again as they were */
    size_t doubled;              /* left out: a box that stays is there already */
};

/* The edit that brings what was found into the post, in its order. Objects of an earlier run that nobody has touched (of
 * source detector, undecided, linked to no entity) are replaced; all others stay, and what lies over one of them (by
 * DETECTOR_SAME_IOU) is left out. model is a hash, NULL = not known. 0 or -1; the batch may come out empty. */
int detector_edit(struct edit_batch *batch, const struct post *post, const struct detection *found, size_t n,
                  const char *model, struct detector_change *change_out, struct error *err);

#endif
