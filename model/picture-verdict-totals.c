/* SPDX-License-Identifier: Apache-2.0 */
#include "model/picture-verdict-totals.h"

#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

long picture_net(const struct picture_counts *counts)
{
    return (long)counts->answers[PICTURE_HELPED] - (long)counts->answers[PICTURE_HURT];
}

/* The counts of a type, entered in order where it is new; NULL when memory is out. */
static struct picture_counts *picture_counts_of(struct picture_table *table, const char *name)
{
    size_t at = 0;
    while (at < table->n_types && strcmp(table->types[at].name, name) < 0)
        at++;
    if (at < table->n_types && !strcmp(table->types[at].name, name))
        return &table->types[at].counts;
    struct picture_type *grown = array_grow(table->types, table->n_types, sizeof *grown), new = {0};
    if (grown)
        table->types = grown;
    if (!grown || text_copy(name, &new.name))
        return NULL;
    memmove(grown + at + 1, grown + at, (table->n_types - at) * sizeof *grown);
    grown[at] = new;
    table->n_types++;
    return &grown[at].counts;
}

static void picture_count(struct picture_counts *counts, const struct picture_decision *decision)
{
    bool judged = decision->answer != PICTURE_UNJUDGED;
    counts->n++;
    counts->answers[decision->answer]++;
    counts->changed += decision->changed;
    counts->wrong_own += judged && !decision->readings[PICTURE_OWN].right;
    counts->wrong_without += judged && !decision->readings[PICTURE_WITHOUT].right;
}

int picture_totals_add(struct picture_totals *totals, const struct picture_verdict *verdict, size_t wanted)
{
    totals->n_posts++;
    totals->n_without += !verdict->has_picture;
    totals->n_few += verdict->has_picture && verdict->n_others < wanted;
    for (size_t i = 0; i < verdict->n_decisions; i++) {
        const struct picture_decision *decision = &verdict->decisions[i];
        bool excess = !decision->is_gold && decision->answer != PICTURE_UNJUDGED;
        struct picture_table *table =
            decision->relation ? &totals->relations : excess ? &totals->excess : &totals->entities;
        struct picture_counts *type = picture_counts_of(table, decision->type);
        if (!type)
            return -1;
        picture_count(type, decision);
        picture_count(&table->all, decision);
    }
    return 0;
}

static void picture_table_free(struct picture_table *table)
{
    for (size_t i = 0; i < table->n_types; i++)
        free(table->types[i].name);
    free(table->types);
}

void picture_totals_free(struct picture_totals *totals)
{
    picture_table_free(&totals->entities);
    picture_table_free(&totals->excess);
    picture_table_free(&totals->relations);
    *totals = (struct picture_totals){0};
}
