/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/schema.h"

#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void schema_relation_free(struct schema_relation *relation)
{
    free(relation->name);
    text_list_free(relation->head, relation->n_head);
    text_list_free(relation->tail, relation->n_tail);
    free(relation->extra);
}

void schema_free(struct schema *schema)
{
    text_list_free(schema->entities, schema->n_entities);
    for (size_t i = 0; i < schema->n_relations; i++)
        schema_relation_free(&schema->relations[i]);
    free(schema->relations);
    free(schema->extra);
    *schema = (struct schema){0};
}

static int schema_list_copy(char *const *from, size_t n, char ***out, size_t *n_out)
{
    if (text_list_copy(from, n, out))
        return -1;
    *n_out = n;
    return 0;
}

static int schema_relation_copy(const struct schema_relation *from, struct schema_relation *out)
{
    return text_copy(from->name, &out->name) || text_copy(from->extra, &out->extra) ||
                   schema_list_copy(from->head, from->n_head, &out->head, &out->n_head) ||
                   schema_list_copy(from->tail, from->n_tail, &out->tail, &out->n_tail)
               ? -1
               : 0;
}

static struct schema_relation *schema_relation_append(struct schema *schema)
{
    struct schema_relation *grown = array_grow(schema->relations, schema->n_relations, sizeof *grown);
    if (!grown)
        return NULL;
    schema->relations = grown;
    grown[schema->n_relations] = (struct schema_relation){0};
    return &grown[schema->n_relations++];
}

int schema_copy(const struct schema *from, struct schema *out)
{
    *out = (struct schema){0};
    if (text_copy(from->extra, &out->extra) ||
        schema_list_copy(from->entities, from->n_entities, &out->entities, &out->n_entities))
        goto fail;
    for (size_t i = 0; i < from->n_relations; i++) {
        struct schema_relation *relation = schema_relation_append(out);
        if (!relation || schema_relation_copy(&from->relations[i], relation))
            goto fail;
    }
    return 0;
fail:
    schema_free(out);
    return -1;
}

bool schema_has_entity(const struct schema *schema, const char *type)
{
    for (size_t i = 0; i < schema->n_entities; i++)
        if (!strcmp(schema->entities[i], type))
            return true;
    return false;
}

int schema_add_entity(struct schema *schema, const char *type)
{
    return schema_has_entity(schema, type) ? 0 : text_list_add(&schema->entities, &schema->n_entities, type);
}

const struct schema_relation *schema_relation_peek(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->n_relations; i++)
        if (!strcmp(schema->relations[i].name, name))
            return &schema->relations[i];
    return NULL;
}

int schema_arrange(struct schema *schema)
{
    static const char *const usual[] = {"PER", "LOC", "ORG", "MISC", "OTHER"};
    enum { N_USUAL = sizeof usual / sizeof *usual };
    size_t n_usual = 0, n = 0;
    for (size_t i = 0; i < N_USUAL; i++)
        n_usual += schema_has_entity(schema, usual[i]);
    bool completes = n_usual == schema->n_entities, has_other = schema_has_entity(schema, "OTHER");
    char **arranged = NULL;
    for (size_t i = 0; i < N_USUAL; i++) {
        bool joins = completes && (i < 3 || (i == 3 && !has_other));
        if ((joins || schema_has_entity(schema, usual[i])) && text_list_add(&arranged, &n, usual[i]))
            goto fail;
    }
    n_usual = n;
    for (size_t i = 0; i < schema->n_entities; i++) {
        bool is_usual = false;
        for (size_t k = 0; k < n_usual; k++)
            is_usual |= !strcmp(arranged[k], schema->entities[i]);
        if (!is_usual && text_list_add(&arranged, &n, schema->entities[i]))
            goto fail;
    }
    text_list_free(schema->entities, schema->n_entities);
    schema->entities = arranged;
    schema->n_entities = n;
    return 0;
fail:
    text_list_free(arranged, n);
    return -1;
}

bool schema_split_relation(const char *name, struct schema_name_part *head_out, struct schema_name_part *tail_out)
{
    if (name[0] != '/')
        return false;
    const char *tail = strchr(name + 1, '/');
    const char *rest = tail ? strchr(tail + 1, '/') : NULL;
    if (!rest || tail == name + 1 || rest == tail + 1 || !rest[1])
        return false;
    *head_out = (struct schema_name_part){name + 1, (size_t)(tail - name - 1)};
    *tail_out = (struct schema_name_part){tail + 1, (size_t)(rest - tail - 1)};
    return true;
}

bool schema_part_means(const struct schema_name_part *part, const char *type)
{
    if (strlen(type) == part->n && !strncasecmp(part->text, type, part->n))
        return true;
    return part->n == 4 && !strncasecmp(part->text, "misc", 4) && !strcasecmp(type, "OTHER");
}

static int schema_signature(const struct schema *schema, const struct schema_name_part *part, char ***list, size_t *n)
{
    for (size_t i = 0; i < schema->n_entities; i++)
        if (schema_part_means(part, schema->entities[i]) && text_list_add(list, n, schema->entities[i]))
            return -1;
    return 0;
}

int schema_add_relation(struct schema *schema, const char *name)
{
    if (schema_relation_peek(schema, name))
        return 0;
    struct schema_relation *relation = schema_relation_append(schema);
    if (!relation)
        return -1;
    struct schema_name_part head, tail;
    if (text_copy(name, &relation->name) ||
        (schema_split_relation(name, &head, &tail) &&
         (schema_signature(schema, &head, &relation->head, &relation->n_head) ||
          schema_signature(schema, &tail, &relation->tail, &relation->n_tail)))) {
        schema_relation_free(relation);
        schema->n_relations--;
        return -1;
    }
    return 0;
}

void schema_truncate(struct schema *schema, size_t n_entities, size_t n_relations)
{
    while (schema->n_entities > n_entities)
        free(schema->entities[--schema->n_entities]);
    while (schema->n_relations > n_relations)
        schema_relation_free(&schema->relations[--schema->n_relations]);
}

static bool schema_allows(char *const *types, size_t n, const char *type)
{
    if (!type || !n)
        return true;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(types[i], type))
            return true;
    return false;
}

bool schema_fits(const struct schema *schema, const char *relation, const char *head_type, const char *tail_type)
{
    const struct schema_relation *known = strcmp(relation, "None") ? schema_relation_peek(schema, relation) : NULL;
    return !known || (schema_allows(known->head, known->n_head, head_type) &&
                      schema_allows(known->tail, known->n_tail, tail_type));
}
