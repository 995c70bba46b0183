/* What the files of adjudication share: adjudication.c looks at posts, adjudication-take.c decides.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_ADJUDICATION_PARTS_H
#define MMIB_CORPORA_ADJUDICATION_PARTS_H

#include "corpora/adjudication.h"

#include <stdbool.h>
#include <stddef.h>

#define ADJUDICATION_IOU_MIN 0.5 /* boxes of the same thing */

void adjudication_ends(const struct post *version, const struct relation *relation, const struct entity **head,
                       const struct entity **tail);

/* Has the post a relation between entities on these tokens, in either direction; has it refused this one? */
bool adjudication_has_relation(const struct post *post, const struct entity *a, const struct entity *b);
bool adjudication_is_refused_relation(const struct post *post, const struct entity *head, const struct entity *tail,
                                      const char *type);

/* The different answers to where the entity on these tokens is in the picture, as an item. -1 when memory is out. */
int adjudication_answers(const struct adjudication_look *look, size_t start, size_t end,
                         struct adjudication_item *out);
void adjudication_item_free(struct adjudication_item *item); /* what it owns */

#endif
