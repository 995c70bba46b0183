/* COCO: boxes in JSON, {"images": [...], "annotations": [...], "categories": [...]}, or a bare list of results with
 * scores.
 *
 * An image becomes a post without tokens, called by the picture's name without ending; an annotation with a "bbox" (x,
 * y, width, height) an object that is labelled by its category's name (or, where the file names none, its id). Each
 * keeps the whole JSON object that it came from, the post in its "source", the object in a member "coco" of its own,
 * and the corpus's source keeps the rest, so that ids, unknown members and the digits of numbers come back as they
 * were; what was changed in between is said anew.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_FORMAT_COCO_H
#define MMIB_CORPORA_FORMAT_COCO_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/lines.h"

#include <stdio.h>

int coco_read(struct line_reader *input, struct corpus *corpus, struct error *err);

/* A picture's size is what the image says, else what the picture itself does. Losses are words and their labels, where
 * boxes come from (but for a detector's score), ids that are not the picture's name, sizes that nobody knows, outlines
 * of boxes that were moved, and posts without a picture. */
int coco_write(const struct corpus *corpus, FILE *out, struct loss_list *losses, struct error *err);

#endif
