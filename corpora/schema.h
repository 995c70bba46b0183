/* The schema: which entity types and relations a corpus has, and which types a relation may join.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_SCHEMA_H
#define MMIB_CORPORA_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

enum { SCHEMA_NAMES_MAX = 10000 }; /* entity types, and relations, of one corpus: readers refuse more */

struct schema_relation {
    char *name;
    char **head, **tail; /* entity types allowed; n 0 = any */
    size_t n_head, n_tail;
    char *extra;
};

struct schema {
    char **entities; /* types, in the order of the file */
    size_t n_entities;
    struct schema_relation *relations;
    size_t n_relations;
    char *extra;
};

void schema_free(struct schema *schema); /* what it owns */
int schema_copy(const struct schema *from, struct schema *out);

/* Adds the name when it is new. 0, or -1 when memory is out. A relation named like "/per/org/member_of" gets its head
 * and tail types from the name, matched without regard to case to the schema's entity types ("misc" also to OTHER). */
int schema_add_entity(struct schema *schema, const char *type);
int schema_add_relation(struct schema *schema, const char *name);

/* For the schema of a file that has none of its own: PER, LOC, ORG, MISC and OTHER come first, in this order. Where no
 * other types are there, those among them that are missing join (MISC only where there is no OTHER), so that a corpus
 * which happens to lack one can still be labelled with it. */
int schema_arrange(struct schema *schema);

/* Takes back what was added since there were that many. */
void schema_truncate(struct schema *schema, size_t n_entities, size_t n_relations);

bool schema_has_entity(const struct schema *schema, const char *type);
const struct schema_relation *schema_relation_peek(const struct schema *schema, const char *name);

/* The types that a name like "/per/org/member_of" says, borrowed from it: "per" and "org". False for other names. */
struct schema_name_part {
    const char *text; /* not NUL-terminated */
    size_t n;
};
bool schema_split_relation(const char *name, struct schema_name_part *head_out, struct schema_name_part *tail_out);

/* Does the part of a name mean this entity type? Without regard to case; "misc" means MISC and OTHER. */
bool schema_part_means(const struct schema_name_part *part, const char *type);

/* May a relation join these entity types? "None", unknown types (NULL) and relations that the schema does not list
 * always fit. */
bool schema_fits(const struct schema *schema, const char *relation, const char *head_type, const char *tail_type);

#endif
