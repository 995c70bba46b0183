/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-masked.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* A label and its score before and after; type NULL = none. */
struct masked_change {
    const char *was, *is;
    double was_score, is_score;
};

/* Does it show, in two digits? */
static bool masked_changes(const struct masked_change *change)
{
    if (!change->was || !change->is)
        return change->was || change->is;
    return strcmp(change->was, change->is) != 0 || fabs(change->was_score - change->is_score) >= 0.005;
}

static bool masked_is_on(const struct session *session)
{
    return session->boxes.masked && session->masked && session->analysis;
}

static const struct analysis_entity *masked_find_entity(const struct analysis *analysis, size_t start, size_t end)
{
    for (size_t i = 0; i < analysis->n_entities; i++)
        if (analysis->entities[i].start == start && analysis->entities[i].end == end)
            return &analysis->entities[i];
    return NULL;
}

static struct masked_change masked_entity(const struct session *session, size_t start, size_t end)
{
    const struct analysis_entity *was = masked_find_entity(session->analysis, start, end);
    const struct analysis_entity *is = masked_find_entity(session->masked, start, end);
    return (struct masked_change){was ? was->type : NULL, is ? is->type : NULL, was ? was->score : 0,
                                  is ? is->score : 0};
}

/* Between these two spans, in either direction: the model keeps one of them. */
static const struct analysis_relation *masked_find_relation(const struct analysis *analysis, const size_t a[2],
                                                            const size_t b[2])
{
    for (size_t i = 0; i < analysis->n_relations; i++) {
        const struct analysis_relation *r = &analysis->relations[i];
        if (!memcmp(r->head, a, sizeof r->head) && !memcmp(r->tail, b, sizeof r->tail))
            return r;
    }
    return NULL;
}

static struct masked_change masked_relation(const struct session *session, const struct shown_relation *relation)
{
    const struct shown_entity *h = &session->shown.entities[relation->head], *t = &session->shown.entities[relation->tail];
    const size_t head[2] = {h->start, h->end}, tail[2] = {t->start, t->end};
    const struct analysis_relation *was = masked_find_relation(session->analysis, head, tail);
    const struct analysis_relation *is = masked_find_relation(session->masked, head, tail);
    return (struct masked_change){was ? was->type : NULL, is ? is->type : NULL, was ? was->score : 0,
                                  is ? is->score : 0};
}

static void masked_put(struct view_pen *pen, const struct masked_change *change)
{
    char score[16];
    if (!change->was && !change->is)
        return;
    if (!masked_changes(change)) {
        view_put(pen, INK_DIM, GROUND_NONE, 0, " =");
        return;
    }
    view_probability(change->is_score, score);
    if (!change->is)
        view_put(pen, INK_WARN, GROUND_NONE, A_BOLD, "✕→none");
    else if (!change->was || strcmp(change->was, change->is))
        view_format(pen, INK_WARN, GROUND_NONE, A_BOLD, "≠→%s %s", change->is, score);
    else
        view_format(pen, INK_WARN, GROUND_NONE, A_BOLD, "%s→%s",
                    change->is_score < change->was_score ? "▼" : "▲", score);
}

void view_masked_entity(struct view_pen *pen, const struct session *session, const struct shown_entity *entity)
{
    if (!masked_is_on(session))
        return;
    struct masked_change change = masked_entity(session, entity->start, entity->end);
    masked_put(pen, &change);
}

void view_masked_relation(struct view_pen *pen, const struct session *session, const struct shown_relation *relation)
{
    if (!masked_is_on(session))
        return;
    struct masked_change change = masked_relation(session, relation);
    masked_put(pen, &change);
}

/* Entities that the model sees only while something is hidden. */
static void masked_more(struct view_pen *pen, const struct session *session)
{
    for (size_t i = 0; i < session->masked->n_entities; i++) {
        const struct analysis_entity *e = &session->masked->entities[i];
        char words[96], score[16];
        if (masked_find_entity(session->analysis, e->start, e->end) ||
            shown_entity_of_span(&session->shown, e->start, e->end) != SIZE_MAX)
            continue;
        session_words(session, e->start, e->end, words, sizeof words);
        view_probability(e->score, score);
        view_format(pen, INK_WARN, GROUND_NONE, A_BOLD, ", also %s %s %s", words, e->type, score);
    }
}

void view_masked_line(struct view_pen *pen, const struct session *session)
{
    const struct shown *shown = &session->shown;
    size_t changed = 0, n = 0;
    view_put(pen, INK_WARN, GROUND_NONE, A_BOLD, "hidden");
    for (size_t i = 0; i < BOXES_MASKED_MAX; i++)
        if (session->boxes.masked >> i & 1)
            view_format(pen, INK_WARN, GROUND_NONE, A_BOLD, " #%zu", i + 1);
    if (!masked_is_on(session)) {
        view_put(pen, INK_DIM, GROUND_NONE, 0, session->analysis ? ": the model looks again" : "");
        return;
    }
    for (size_t i = 0; i < shown->n_entities; i++) {
        struct masked_change change = masked_entity(session, shown->entities[i].start, shown->entities[i].end);
        n += change.was || change.is;
        changed += masked_changes(&change);
    }
    for (size_t i = 0; i < shown->n_relations; i++) {
        struct masked_change change = masked_relation(session, &shown->relations[i]);
        n += change.was || change.is;
        changed += masked_changes(&change);
    }
    view_format(pen, INK_TEXT, GROUND_NONE, 0, ": %zu of %zu change", changed, n);
    if (session->analysis->has_consistency && session->masked->has_consistency) {
        char was[16], is[16];
        view_probability(session->analysis->consistency, was);
        view_probability(session->masked->consistency, is);
        view_format(pen, INK_TEXT, GROUND_NONE, 0, ", match %s→%s", was, is);
    }
    masked_more(pen, session);
}
