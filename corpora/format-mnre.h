/* MNRE: a line for each pair of entities of a sentence, printed by Python (as published) or as JSON.
 *
 *   {'token': ['Go', 'Messi'], 'h': {'name': 'Go', 'pos': [0, 1]}, 't': {...}, 'img_id': 'a.jpg', 'relation': 'None'}
 *
 * Lines of one sentence and picture become one post, wherever they stand; its id is the picture's name without ending.
 * The label gives the entities' types ("/per/org/member_of": PER and ORG); those of a pair labelled "None" have type
 * NULL unless another pair tells. What the file has beyond that stays in "source", so that it comes back byte for byte:
 * of the corpus its manner and line ends, of a post the line numbers where pairs are not in order, and the text of
 * every line that is not printed in the file's own manner. When such a pair is edited, only the edited values change.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_FORMAT_MNRE_H
#define MMIB_CORPORA_FORMAT_MNRE_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/lines.h"

#include <stdio.h>

enum { MNRE_PAIRS_MAX = 10000 }; /* of one sentence and picture */

int mnre_read(struct line_reader *input, struct corpus *corpus, struct error *err);

/* Whether out took it all, ferror(out) tells. A post without a picture is written with its id in the place of the
 * picture's name. Losses are posts without relations, entities outside of relations, entity types that no label of
 * theirs implies, ids that are not the picture's name, boxes, groundings, texts, notes, flags. */
int mnre_write(const struct corpus *corpus, FILE *out, struct loss_list *losses, struct error *err);

#endif
