/* The picture of one post, or why there is none.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_POST_PICTURE_H
#define MMIB_UI_POST_PICTURE_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "model/picture.h"

/* folder NULL: pictures are hidden. Where there is no picture to show, out->rgb stays NULL and *why says so in words:
 * none is named, it is not there, it cannot be read. Fails when memory is out or the folder does not answer. */
int post_picture_read(const char *folder, const struct post *post, struct picture *out, const char **why,
                      struct error *err);

#endif
