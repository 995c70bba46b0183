/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/summary.h"

#include "corpora/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void summary_list_free(struct summary_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->rows[i].name);
    free(list->rows);
    *list = (struct summary_list){0};
}

void summary_free(struct summary *summary)
{
    summary_list_free(&summary->types);
    summary_list_free(&summary->relations);
    summary_list_free(&summary->annotators);
    *summary = (struct summary){0};
}

/* NULL when memory is out. */
static struct summary_row *summary_row(struct summary_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->rows[i].name, name))
            return &list->rows[i];
    struct summary_row *grown = array_grow(list->rows, list->n, sizeof *grown);
    if (!grown)
        return NULL;
    list->rows = grown;
    grown[list->n] = (struct summary_row){0};
    if (text_copy(name, &grown[list->n].name))
        return NULL;
    return &grown[list->n++];
}

static int summary_label(struct summary_list *list, const char *type, const struct provenance *origin)
{
    if (provenance_is_proposal(origin))
        return 0;
    struct summary_row *row = summary_row(list, type ? type : "?");
    if (!row)
        return -1;
    row->n++;
    row->created += origin->decision == DECISION_CREATED;
    row->accepted += origin->decision == DECISION_ACCEPTED;
    row->edited += origin->decision == DECISION_EDITED;
    row->corrected += origin->decision == DECISION_EDITED && origin->model;
    row->imported += origin->decision == DECISION_NONE;
    return 0;
}

static int summary_refused(struct summary_list *list, const char *type)
{
    struct summary_row *row = summary_row(list, type ? type : "?");
    if (!row)
        return -1;
    row->rejected++;
    return 0;
}

int summary_add(struct summary *summary, const struct post *post, const struct post *gold, struct error *err)
{
    int failed = 0;
    summary->scanned++;
    summary->statuses[post->status]++;
    summary->n_flagged += post->n_flags > 0;
    for (size_t i = 0; i < post->n_entities; i++)
        failed |= summary_label(&summary->types, post->entities[i].type, &post->entities[i].origin);
    for (size_t i = 0; i < post->n_relations; i++)
        failed |= summary_label(&summary->relations, post->relations[i].type, &post->relations[i].origin);
    for (size_t i = 0; i < post->n_rejected_entities; i++)
        failed |= summary_refused(&summary->types, post->rejected_entities[i].type);
    for (size_t i = 0; i < post->n_rejected_relations; i++)
        failed |= summary_refused(&summary->relations, post->rejected_relations[i].type);
    if (post->status == STATUS_DONE) {
        struct summary_row *row = summary_row(&summary->annotators, post->annotator ? post->annotator : "(not said)");
        failed |= row ? 0 : -1;
        if (row)
            row->n++;
    }
    failed |= anchoring_add(&summary->anchoring, post, gold);
    return failed ? error_memory(err, "counting") : 0;
}

double summary_acceptance(const struct summary_row *row)
{
    size_t decided = row->accepted + row->corrected + row->rejected;
    return decided ? (double)row->accepted / (double)decided : NAN;
}
