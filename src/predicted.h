/* What a model said, put into a post in the place of its labels.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_PREDICTED_H
#define MMIB_SRC_PREDICTED_H

#include "corpora/post.h"
#include "corpora/schema.h"
#include "model/analysis.h"
#include "model/mmib.h"

#include <stdbool.h>

/* Forgets what people did with the post and puts the model's labels in the place of its own. given: the post's own
 * relations keep ids, order and direction and get the model's labels (PAIRS_GIVEN); entities stay. -1 when memory is
 * out. */
int predicted_put(struct post *post, const struct analysis *analysis, bool given);

/* Adds the types that the model may give, behind those that are there. -1 when memory is out. */
int predicted_extend_schema(struct schema *schema, const struct mmib *model);

#endif
