/* What a format could not hold: how writers add to a loss list.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_LOSSES_H
#define MMIB_CORPORA_LOSSES_H

#include "corpora/corpus.h"
#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

/* Adds "post ID: what"; losses may be NULL. 0, or -1 when memory is out. */
int loss_add(struct loss_list *losses, const struct post *post, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for n things of a kind, when there are any: "post ID: 3 relations". */
int loss_add_count(struct loss_list *losses, const struct post *post, size_t n, const char *one, const char *several);

/* What neither CoNLL nor MNRE has: boxes, groundings, text, notes, flags. */
int loss_add_common(struct loss_list *losses, const struct post *post);

#endif
