/* The width and height of a JPEG or PNG file, from its first bytes: what formats ask for beside boxes. Decoding is
 * model/picture's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_PICTURE_HEAD_H
#define MMIB_CORPORA_PICTURE_HEAD_H

#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

/* Of a post's picture in a folder. False where it is not there, cannot be read, or is neither. */
bool picture_head_size_of_post(const char *folder, const struct post *post, size_t size_out[2]);

#endif
