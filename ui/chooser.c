/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chooser.h"

#include "corpora/text.h"
#include "ui/keymap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void chooser_free(struct chooser *chooser)
{
    text_list_free(chooser->names, chooser->n);
    free(chooser->letters);
    *chooser = (struct chooser){0};
}

static int chooser_finish(struct chooser *chooser, bool relations, const char *current, struct error *err)
{
    chooser->letters = calloc(chooser->n + 1, 1);
    if (!chooser->letters) {
        chooser_free(chooser);
        return error_memory(err, "choosing a label");
    }
    const char *const *names = (const char *const *)chooser->names;
    if (relations)
        keymap_relation_letters(names, chooser->n, chooser->letters);
    else
        keymap_entity_letters(names, chooser->n, chooser->letters);
    for (size_t i = 0; current && i < chooser->n; i++)
        if (!strcmp(chooser->names[i], current))
            chooser->marked = i;
    return 0;
}

static int chooser_add(struct chooser *chooser, const char *name, struct error *err)
{
    if (!text_list_add(&chooser->names, &chooser->n, name))
        return 0;
    chooser_free(chooser);
    return error_memory(err, "choosing a label");
}

int chooser_of_entities(struct chooser *chooser, const struct schema *schema, const char *current, struct error *err)
{
    chooser_free(chooser);
    for (size_t i = 0; i < schema->n_entities; i++)
        if (chooser_add(chooser, schema->entities[i], err))
            return -1;
    return chooser_finish(chooser, false, current, err);
}

int chooser_of_relations(struct chooser *chooser, const struct schema *schema, const char *head, const char *tail,
                         const char *current, struct error *err)
{
    chooser_free(chooser);
    for (size_t i = 0; i < schema->n_relations; i++) {
        const char *name = schema->relations[i].name;
        if (strcmp(name, "None") && schema_fits(schema, name, head, tail) && chooser_add(chooser, name, err))
            return -1;
    }
    if (chooser_add(chooser, "None", err))
        return -1;
    return chooser_finish(chooser, true, current, err);
}
