/* Which relations a person may choose from: those of the corpus's schema, and those of the model where both speak of the
 * same ones.
 *
 * A corpus made from raw posts lists no relations yet; what the model knows is offered then, so that nobody has to write
 * a schema before the first label. A corpus with relations of its own keeps to these.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_OFFERED_H
#define MMIB_UI_OFFERED_H

#include "corpora/error.h"
#include "corpora/schema.h"

#include <stddef.h>

/* *out: the schema, followed by the model's names [n] where every relation of the schema is among them ("None" does not
 * count); to be freed with schema_free. 0, or -1 when memory is out (then *out is empty). */
int offered_relations(const struct schema *schema, char *const *names, size_t n, struct schema *out, struct error *err);

#endif
