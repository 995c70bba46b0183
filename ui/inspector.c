/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/inspector.h"

#include <stdlib.h>
#include <string.h>

enum { INSPECTOR_SLICE = 2000 /* posts that one call looks at */ };

static const struct post *inspector_predicted(const struct inspection *inspection, size_t system, size_t post)
{
    const struct inspection_prediction *prediction = &inspection->systems[system].predictions[post];
    return prediction->state == INSPECTION_KNOWN ? prediction->post : NULL;
}

int inspector_start(struct inspector *inspector, struct inspection *inspection,
                    struct worker *const workers[INSPECTION_SYSTEMS_MAX], struct error *err)
{
    *inspector = (struct inspector){.inspection = inspection};
    for (size_t i = 0; i < inspection->n_systems; i++) {
        inspector->systems[i].worker = workers[i];
        if (workers[i] && !(inspector->systems[i].ordered = calloc(inspection->n_posts + 1, sizeof(uint64_t))))
            return error_memory(err, "inspecting");
    }
    return 0;
}

void inspector_end(struct inspector *inspector)
{
    for (size_t i = 0; i < INSPECTION_SYSTEMS_MAX; i++)
        free(inspector->systems[i].ordered);
}

/* --- what was found out ------------------------------------------------------------------------------------------- */

static enum inspection_filtered inspector_filtered(bool mean, bool bypassed)
{
    return mean == bypassed ? FILTERED_SAME : mean ? FILTERED_SAVED : FILTERED_LOST;
}

static int inspector_picture(const struct picture_verdict *verdict, const size_t head[2], const size_t *tail,
                             const char *type)
{
    const struct picture_decision *decision =
        verdict && verdict->has_picture ? picture_verdict_peek(verdict, head, tail, type) : NULL;
    return decision && decision->answer != PICTURE_UNJUDGED ? (int)decision->answer : -1;
}

/* The gold label of a span; NULL = it has none. */
static const char *inspector_gold(const struct post *gold, size_t start, size_t end)
{
    const struct entity *entity = post_entity_at_peek(gold, start, end);
    return entity && !provenance_is_proposal(&entity->origin) ? entity->type : NULL;
}

/* Does the reading say of this span just what gold says, be it that there is nothing? */
static bool inspector_right(const struct bottleneck *b, enum bottleneck_reading reading, size_t start, size_t end,
                            const char *type)
{
    for (size_t i = 0; i < b->n_entities; i++) {
        const struct bottleneck_entity *e = &b->entities[i];
        if (e->in[reading] && e->start == start && e->end == end)
            return type && !strcmp(e->type, type);
    }
    return !type;
}

static bool inspector_has_span(const struct inspection_mark *marks, size_t n, size_t start, size_t end)
{
    for (size_t i = 0; i < n; i++)
        if (!marks[i].key.relation && marks[i].key.span[0] == start && marks[i].key.span[1] == end)
            return true;
    return false;
}

static size_t inspector_mark_span(const struct post *gold, const struct examination *x, size_t start, size_t end,
                                  struct inspection_mark *marks, size_t n)
{
    const size_t span[2] = {start, end};
    const char *type = inspector_gold(gold, start, end);
    if (inspector_has_span(marks, n, start, end))
        return n;
    marks[n] = (struct inspection_mark){.key = {.span = {start, end}},
                                        .picture = inspector_picture(x->picture, span, NULL, type),
                                        .filtered = FILTERED_UNKNOWN};
    if (x->bottleneck)
        marks[n].filtered = inspector_filtered(inspector_right(x->bottleneck, READING_MEAN, start, end, type),
                                               inspector_right(x->bottleneck, READING_BYPASSED, start, end, type));
    return n + 1;
}

/* The gold label of a pair; "None" where gold has not paired it. */
static const char *inspector_gold_pair(const struct post *gold, const size_t head[2], const size_t tail[2])
{
    for (size_t i = 0; i < gold->n_relations; i++) {
        const struct relation *r = &gold->relations[i];
        const struct entity *h = post_entity_peek(gold, r->head), *t = post_entity_peek(gold, r->tail);
        if (h && t && !provenance_is_proposal(&r->origin) && h->start == head[0] && h->end == head[1] &&
            t->start == tail[0] && t->end == tail[1])
            return r->type;
    }
    return "None";
}

struct inspection_mark *inspector_marks(const struct post *gold, const struct examination *x, size_t *n_out)
{
    const struct bottleneck *b = x->bottleneck;
    size_t most = gold->n_entities + (b ? b->n_entities + b->n_pairs : 0), n = 0;
    struct inspection_mark *marks = calloc(most + 1, sizeof *marks);
    for (size_t i = 0; marks && i < gold->n_entities; i++)
        if (!provenance_is_proposal(&gold->entities[i].origin))
            n = inspector_mark_span(gold, x, gold->entities[i].start, gold->entities[i].end, marks, n);
    for (size_t i = 0; marks && b && i < b->n_entities; i++)
        n = inspector_mark_span(gold, x, b->entities[i].start, b->entities[i].end, marks, n);
    for (size_t i = 0; marks && b && i < b->n_pairs; i++) {
        const struct bottleneck_pair *p = &b->pairs[i];
        const char *type = inspector_gold_pair(gold, p->head, p->tail);
        marks[n++] = (struct inspection_mark){
            .key = {.relation = true, .span = {p->head[0], p->head[1]}, .tail = {p->tail[0], p->tail[1]}},
            .picture = inspector_picture(x->picture, p->head, p->tail, NULL),
            .filtered = inspector_filtered(!strcmp(p->types[READING_MEAN], type),
                                           !strcmp(p->types[READING_BYPASSED], type))};
    }
    *n_out = n;
    return marks;
}

/* An examination is filed where gold and the prediction are still those that it is about. */
static int inspector_file_examination(struct inspector *inspector, size_t system, struct examiner_result *result,
                                      struct error *err)
{
    struct inspection *inspection = inspector->inspection;
    const struct post *gold = store_post_peek(inspection->store, result->index);
    const struct post *predicted = inspector_predicted(inspection, system, result->index);
    if (!result->examination || result->examination->of != examination_of(gold, predicted))
        return 0;
    int code = 0;
    if (result->task == TASK_EXAMINE) {
        size_t n;
        struct inspection_mark *marks = inspector_marks(gold, result->examination, &n);
        code = marks ? inspection_mark(inspection, system, result->index, marks, n, err)
                     : error_memory(err, "inspecting");
        inspector->systems[system].ordered[result->index] = result->examination->of;
        free(marks);
    }
    worker_examination_keep(inspector->systems[system].worker, result);
    return code;
}

static int inspector_file(struct inspector *inspector, size_t system, struct error *err)
{
    struct worker *worker = inspector->systems[system].worker;
    struct examiner_result result;
    size_t asked;
    int code = 0;
    if (worker_asks(worker, &asked) && asked < inspector->inspection->n_posts)
        worker_lend(worker, asked, store_post_peek(inspector->inspection->store, asked));
    while (!code && worker_examined(worker, &result)) {
        code = result.task == TASK_PREDICT
                   ? inspection_put(inspector->inspection, system, result.index, &result.post, result.analysis, err)
                   : inspector_file_examination(inspector, system, &result, err);
        examiner_result_free(&result);
    }
    return code;
}

/* --- what is to be known next ------------------------------------------------------------------------------------- */

static struct examiner_order inspector_order(const struct inspection *inspection, size_t system, size_t post,
                                             enum examiner_task task)
{
    return (struct examiner_order){.task = task,
                                   .index = post,
                                   .post = store_post_peek(inspection->store, post),
                                   .pairs = PAIRS_GIVEN,
                                   .predicted = task == TASK_PREDICT ? NULL
                                                                     : inspector_predicted(inspection, system, post),
                                   .has_gold_entities = inspection->entities,
                                   .has_gold_relations = inspection->relations};
}

/* The case at hand, and the next one. A result is not asked for twice: the orders are told apart by one number. */
static int inspector_want(struct inspector *inspector, size_t system, bool at_hand, struct error *err)
{
    struct inspector_system *s = &inspector->systems[system];
    const struct inspection *inspection = inspector->inspection;
    const struct inspection_item *item = at_hand ? inspection_item(inspection) : NULL;
    struct examiner_order orders[EXAMINER_WANTED_MAX];
    size_t n = 0;
    uint64_t key = 0;
    if (item && inspection_lacks(inspection, system, item->post)) { /* before all else: the rest hangs on it */
        orders[n++] = inspector_order(inspection, system, item->post, TASK_PREDICT);
        key = examination_of(orders[0].post, NULL) * 31 + 1;
    } else if (item && inspector_predicted(inspection, system, item->post)) {
        orders[n++] = inspector_order(inspection, system, item->post, TASK_EXAMINE);
        orders[n++] = inspector_order(inspection, system, item->post, TASK_TEST);
        key = examination_of(orders[0].post, orders[0].predicted) * 31 + item->post;
    }
    size_t next = inspection->at + !inspection->gone;
    size_t post = item && next < inspection->n_items ? inspection->items[next].post : SIZE_MAX;
    if (post != SIZE_MAX && post != item->post && inspector_predicted(inspection, system, post))
        orders[n++] = inspector_order(inspection, system, post, TASK_EXAMINE);
    if (key == s->wanted)
        return 0;
    s->wanted = key;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const struct examination *known =
            worker_examination(s->worker, orders[i].index, orders[i].post, orders[i].predicted);
        bool has = known && (orders[i].task == TASK_TEST      ? known->has_faithfulness
                             : orders[i].task == TASK_EXAMINE ? known->bottleneck != NULL
                                                              : false);
        if (!has)
            orders[kept++] = orders[i];
    }
    return worker_examine(s->worker, orders, kept, err);
}

/* Begins a round where something may have changed since the last one. */
static bool inspector_round(struct inspector_round *round, const struct inspection *inspection)
{
    if (!round->left && (round->version != inspection->version + 1)) {
        round->left = inspection->n_posts;
        round->version = inspection->version + 1; /* 0: there has been none */
    }
    return round->left > 0;
}

static size_t inspector_step(struct inspector_round *round, size_t n_posts)
{
    size_t post = round->at < n_posts ? round->at : 0;
    round->at = post + 1;
    round->left--;
    return post;
}

/* Posts whose labels are still to be found. */
static int inspector_order_predictions(struct inspector *inspector, size_t system, size_t room, bool *more_out,
                                       struct error *err)
{
    struct inspector_system *s = &inspector->systems[system];
    struct inspection *inspection = inspector->inspection;
    int code = 0;
    if (!inspector_round(&s->predictions, inspection))
        return 0;
    for (size_t looked = 0; looked < INSPECTOR_SLICE && room && s->predictions.left && !code; looked++) {
        size_t post = inspector_step(&s->predictions, inspection->n_posts);
        if (!inspection_lacks(inspection, system, post))
            continue;
        const struct examiner_order order = inspector_order(inspection, system, post, TASK_PREDICT);
        code = worker_examine_aside(s->worker, &order, 1, err);
        room--;
    }
    *more_out |= s->predictions.left && room;
    return code;
}

/* Posts that are still to be examined, when all labels are known. */
static int inspector_order_examinations(struct inspector *inspector, size_t system, size_t room, bool *more_out,
                                        struct error *err)
{
    struct inspector_system *s = &inspector->systems[system];
    struct inspection *inspection = inspector->inspection;
    int code = 0;
    if (inspector->off || inspection->n_posts > INSPECTOR_EXAMINED_MAX ||
        !inspector_round(&s->examinations, inspection))
        return 0;
    for (size_t looked = 0; looked < INSPECTOR_SLICE && room && s->examinations.left && !code; looked++) {
        size_t post = inspector_step(&s->examinations, inspection->n_posts);
        if (!inspector_predicted(inspection, system, post))
            continue;
        const struct examiner_order order = inspector_order(inspection, system, post, TASK_EXAMINE);
        uint64_t of = examination_of(order.post, order.predicted);
        if (s->ordered[post] == of)
            continue;
        s->ordered[post] = of;
        code = worker_examine_aside(s->worker, &order, 1, err);
        room--;
    }
    *more_out |= s->examinations.left && room;
    return code;
}

int inspector_think(struct inspector *inspector, bool at_hand, struct error *err)
{
    bool more = false;
    int code = 0;
    for (size_t i = 0; i < inspector->inspection->n_systems && !code; i++) {
        struct inspector_system *s = &inspector->systems[i];
        if (!s->worker)
            continue;
        code = inspector_file(inspector, i, err);
        if (!code)
            code = inspector_want(inspector, i, at_hand, err);
        size_t room = worker_examine_room(s->worker);
        if (!code && room)
            code = inspector_order_predictions(inspector, i, room, &more, err);
        if (!code && room == EXAMINER_ASIDE_MAX && !s->predictions.left)
            code = inspector_order_examinations(inspector, i, room, &more, err);
    }
    return code ? -1 : more;
}

const struct examination *inspector_examination(struct inspector *inspector, size_t system)
{
    const struct inspection *inspection = inspector->inspection;
    const struct inspection_item *item = inspection_item(inspection);
    struct worker *worker = inspector->systems[system].worker;
    const struct post *predicted = item && worker ? inspector_predicted(inspection, system, item->post) : NULL;
    return predicted ? worker_examination(worker, item->post, store_post_peek(inspection->store, item->post), predicted)
                     : NULL;
}
