/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/verdict.h"

#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const answer_names[] = {"model", "gold", "both", "unsure"};

const char *verdict_answer_name(enum verdict_answer answer)
{
    return answer_names[answer];
}

int verdict_answer_from_name(const char *name)
{
    for (size_t i = 0; i < sizeof answer_names / sizeof *answer_names; i++)
        if (!strcmp(name, answer_names[i]))
            return (int)i;
    return -1;
}

void verdict_free(struct verdict *verdict)
{
    free(verdict->gold.type);
    free(verdict->gold.extra);
    free(verdict->predicted.type);
    free(verdict->predicted.extra);
    free(verdict->note);
    free(verdict->system);
    free(verdict->by);
    free(verdict->at);
    free(verdict->extra);
    *verdict = (struct verdict){0};
}

static int label_copy(const struct verdict_label *from, struct verdict_label *out)
{
    return text_copy(from->type, &out->type) || text_copy(from->extra, &out->extra) ? -1 : 0;
}

int verdict_copy(const struct verdict *from, struct verdict *out)
{
    *out = *from;
    out->gold.type = out->gold.extra = out->predicted.type = out->predicted.extra = NULL;
    out->note = out->system = out->by = out->at = out->extra = NULL;
    if (label_copy(&from->gold, &out->gold) || label_copy(&from->predicted, &out->predicted) ||
        text_copy(from->note, &out->note) || text_copy(from->system, &out->system) || text_copy(from->by, &out->by) ||
        text_copy(from->at, &out->at) || text_copy(from->extra, &out->extra)) {
        verdict_free(out);
        return -1;
    }
    return 0;
}

static bool spans_equal(const size_t a[2], const size_t b[2])
{
    return a[0] == b[0] && a[1] == b[1];
}

static bool labels_equal(const struct verdict_label *a, const struct verdict_label *b, bool relation)
{
    if (!a->has || !b->has)
        return a->has == b->has;
    if (!text_equal(a->type, b->type))
        return false;
    if (relation)
        return spans_equal(a->head, b->head) && spans_equal(a->tail, b->tail);
    return a->start == b->start && a->end == b->end;
}

bool verdict_same_case(const struct verdict *a, const struct verdict *b)
{
    return a->relation == b->relation && labels_equal(&a->gold, &b->gold, a->relation) &&
           labels_equal(&a->predicted, &b->predicted, a->relation);
}

bool verdict_same_key(const struct verdict *a, const struct verdict *b)
{
    return verdict_same_case(a, b) && text_equal(a->system, b->system) && text_equal(a->by, b->by);
}

bool verdict_equal(const struct verdict *a, const struct verdict *b)
{
    return verdict_same_key(a, b) && a->answer == b->answer && text_equal(a->note, b->note);
}
