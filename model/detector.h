/* Object boxes in a picture: CenterNet (Zhou et al., "Objects as Points", 2019) on the MobileNetV3 of the image encoder.
 *
 * The picture is squashed to DETECTOR_SIDE pixels a side. Maps of the backbone from coarse to fine are upsampled and
 * joined to one of a quarter of that side, from which a score for each class and the distances to the four edges are
 * read at each cell. A box stands where a cell's score is the largest of its neighbourhood; nothing is suppressed
 * beyond that. Weights are the tensors "image.*CenternetHead*" of a model, named as the nodes of the graph.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_DETECTOR_H
#define MMIB_MODEL_DETECTOR_H

#include "corpora/error.h"
#include "model/coco-classes.h"
#include "model/picture.h"
#include "model/threads.h"

#include <stddef.h>
#include <stdint.h>

enum {
    DETECTOR_SIDE = 512, /* pixels of the squashed picture */
    DETECTOR_CELL = 4,   /* pixels a cell of the maps is wide */
    DETECTOR_MAX_BOXES = 100,
};
#define DETECTOR_THRESHOLD 0.3

struct detection {
    double box[4]; /* x0, y0, x1, y1 in pixels */
    double score;  /* (0, 1) */
    size_t class;  /* of COCO */
};

struct detector;

/* Opens the weights of a model directory. ERROR_USAGE where the model has no detector. threads must outlive it; one run
 * of them at a time. NULL with a message. */
struct detector *detector_open(const char *directory, struct threads *threads, struct error *err);
void detector_close(struct detector *detector);

/* The boxes of score >= threshold: in pixels of the picture, clamped to it, best first, *n_out of them. Those of which
 * nothing lies in the picture are left out. Rounded to what means anything: 1e-4 pixels, 1e-6 of a score. */
int detector_run(struct detector *detector, const struct picture *picture, double threshold,
                 struct detection out[DETECTOR_MAX_BOXES], size_t *n_out, struct error *err);

/* What stands between, for those who want to look at it. */
struct detector_maps {
    size_t side;         /* cells */
    const float *logits; /* [side, side, COCO_CLASSES]; a score is the sigmoid */
    const float *sizes;  /* [side, side, 4]: pixels from the cell to left, upper, right and lower edge */
};

/* pixels [DETECTOR_SIDE, DETECTOR_SIDE, 3], bytes. The maps stay until the next call. */
int detector_maps(struct detector *detector, const uint8_t *pixels, struct detector_maps *out, struct error *err);

/* The peaks, best first, in pixels of the squashed picture, not clamped; equal scores in the order of the cells. Returns how
 * many. */
size_t detector_peaks(const struct detector_maps *maps, double threshold, struct detection out[DETECTOR_MAX_BOXES]);

#endif
