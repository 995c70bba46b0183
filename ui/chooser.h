/* A list of labels to choose from, each with its letter: entity types, or the relations that fit a pair.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_CHOOSER_H
#define MMIB_UI_CHOOSER_H

#include "corpora/error.h"
#include "corpora/schema.h"

#include <stddef.h>

struct chooser {
    char **names;  /* copies: a schema may grow */
    char *letters; /* [n]; 0 = only by arrow keys */
    size_t n;
    size_t marked; /* what Enter takes */
};

/* current: the name to be marked; NULL = the first. 0, or -1 when memory is out (then the chooser is empty). */
int chooser_of_entities(struct chooser *chooser, const struct schema *schema, const char *current, struct error *err);

/* The relations that may join these types (NULL = unknown), and "None". */
int chooser_of_relations(struct chooser *chooser, const struct schema *schema, const char *head, const char *tail,
                         const char *current, struct error *err);

void chooser_free(struct chooser *chooser); /* what it owns; empty afterwards */

#endif
