/* A wish: a copy of a gallery's request that owns everything it points to, and can be compared by what would be seen.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_WISH_H
#define MMIB_UI_WISH_H

#include "ui/gallery.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wish {
    struct gallery_request request; /* points into bytes */
    uint8_t *bytes;                 /* the identity comes first; owned */
    size_t n_bytes;                 /* of the identity */
};

/* False when memory is out. */
bool wish_make(const struct gallery_request *request, struct wish *out);
void wish_free(struct wish *wish); /* what it owns; a second time does no harm */

/* Is that its identity? */
bool wish_is(const struct wish *wish, const uint8_t *key, size_t n_key);

#endif
