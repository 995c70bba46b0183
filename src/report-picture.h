/* A post's picture in a report: scaled down, with boxes and, where a model was asked, heat; as JPEG inside of the page.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_REPORT_PICTURE_H
#define MMIB_SRC_REPORT_PICTURE_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "model/analysis.h"
#include "model/config.h"
#include "model/picture.h"

#include <stdio.h>

enum { REPORT_PICTURE_PX = 480 /* the longer side */ };

/* One img element, or two (plain and with heat) where analysis is not NULL. */
int report_picture_put(const struct picture *picture, const struct post *post, const struct analysis *analysis,
                       const struct config *config, FILE *out, struct error *err);

#endif
