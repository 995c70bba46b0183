/* What reading and writing COCO share; private to corpora/format-coco*.c. format-coco.h says what stays of a file.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_COCO_PARTS_H
#define MMIB_CORPORA_COCO_PARTS_H

#include "corpora/json.h"

#include <stdbool.h>

/* An id, which is a number or a string, as the key of a table and the name of a category that has none: its own text; 7
 * and 7.0 are one. Allocated; NULL when memory is out. */
char *coco_key(struct json_value id);

bool coco_is_id(struct json_value value);

/* [x, y, width, height] to corners; false for anything else. */
bool coco_box(struct json_value bbox, double box_out[4]);

#endif
