/* A picture as the bytes of a JPEG file.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_JPEG_WRITER_H
#define MMIB_SRC_JPEG_WRITER_H

#include "corpora/error.h"
#include "model/picture.h"

#include <stddef.h>

/* quality: 1 to 100. *out [*n] is to be freed. -1 with an error: memory is out, or a side is longer than JPEG knows. */
int jpeg_write(const struct picture *picture, int quality, unsigned char **out, size_t *n, struct error *err);

#endif
