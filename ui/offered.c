/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/offered.h"

#include <stdbool.h>
#include <string.h>

static bool offered_knows(char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return true;
    return !strcmp(name, "None");
}

int offered_relations(const struct schema *schema, char *const *names, size_t n, struct schema *out, struct error *err)
{
    if (schema_copy(schema, out))
        return error_memory(err, "choosing a label");
    for (size_t i = 0; i < schema->n_relations; i++)
        if (!offered_knows(names, n, schema->relations[i].name))
            return 0;
    for (size_t i = 0; i < n; i++) {
        if (schema_add_relation(out, names[i])) {
            schema_free(out);
            *out = (struct schema){0};
            return error_memory(err, "choosing a label");
        }
    }
    return 0;
}
