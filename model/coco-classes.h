/* The classes of COCO that detectors tell apart, in the order of their index.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_COCO_CLASSES_H
#define MMIB_MODEL_COCO_CLASSES_H

#include <stddef.h>

enum { COCO_CLASSES = 80 };

/* "person" for 0; class < COCO_CLASSES. */
const char *coco_class_name(size_t class);

#endif
