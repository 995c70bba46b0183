/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/agreement.h"

#include "corpora/agreement-parts.h"
#include "corpora/overlap.h"
#include "corpora/text.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define AGREEMENT_IOU_MIN 0.5

/* ---- Numbers for names ---- */

int agreement_number(struct agreement_numbering *numbering, const char *name, size_t *out)
{
    const struct name_slot *slot = name_table_peek(&numbering->table, name);
    if (slot) {
        *out = slot->value;
        return 0;
    }
    if (text_list_add(&numbering->names, &numbering->n, name))
        return -1;
    *out = numbering->n - 1;
    return name_table_add(&numbering->table, numbering->names[*out], *out, NULL) < 0 ? -1 : 0;
}

static void numbering_free(struct agreement_numbering *numbering)
{
    text_list_free(numbering->names, numbering->n);
    name_table_free(&numbering->table);
}

/* ---- Types ---- */

struct agreement_type *agreement_type(struct agreement_types *types, const char *name)
{
    for (size_t i = 0; i < types->n; i++)
        if (!strcmp(types->items[i].name, name))
            return &types->items[i];
    struct agreement_type *grown = array_grow(types->items, types->n, sizeof *grown);
    if (!grown)
        return NULL;
    types->items = grown;
    grown[types->n] = (struct agreement_type){0};
    if (text_copy(name, &grown[types->n].name))
        return NULL;
    return &grown[types->n++];
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct agreement_type *)a)->name, ((const struct agreement_type *)b)->name);
}

static void types_free(struct agreement_types *types)
{
    for (size_t i = 0; i < types->n; i++)
        free(types->items[i].name);
    free(types->items);
}

/* ---- One annotator's labels of a post ---- */

int agreement_compare_places(const struct agreement_span *a, const struct agreement_span *b)
{
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

int agreement_compare_spans(const void *left, const void *right)
{
    const struct agreement_span *a = left, *b = right;
    int order = agreement_compare_places(a, b);
    return order ? order : strcmp(a->type, b->type);
}

bool agreement_counts(const struct provenance *origin, const struct agreement_options *options)
{
    return options->with_proposals || !provenance_is_proposal(origin);
}

struct view {
    const struct post *post;
    struct agreement_span *spans; /* kept entities with a type, sorted, each once */
    size_t n;
    size_t n_proposals, n_untyped;
};

static int view_open(struct view *view, const struct post *post, const struct agreement_options *options)
{
    *view = (struct view){.post = post, .spans = calloc(post->n_entities + 1, sizeof *view->spans)};
    if (!view->spans)
        return -1;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        if (!agreement_counts(&e->origin, options))
            view->n_proposals++;
        else if (!e->type)
            view->n_untyped++;
        else
            view->spans[view->n++] = (struct agreement_span){e->start, e->end, e->type, e};
    }
    qsort(view->spans, view->n, sizeof *view->spans, agreement_compare_spans);
    size_t kept = 0;
    for (size_t i = 0; i < view->n; i++)
        if (!kept || agreement_compare_spans(&view->spans[kept - 1], &view->spans[i]))
            view->spans[kept++] = view->spans[i];
    view->n = kept;
    for (size_t i = 0; i < post->n_relations; i++)
        view->n_proposals += !agreement_counts(&post->relations[i].origin, options);
    for (size_t i = 0; i < post->n_objects; i++)
        view->n_proposals += !agreement_counts(&post->objects[i].origin, options);
    return 0;
}

/* ---- Tokens ---- */

static int longest_first(const void *left, const void *right)
{
    const struct agreement_span *a = left, *b = right;
    size_t n_a = a->end - a->start, n_b = b->end - b->start;
    if (n_a != n_b)
        return n_a > n_b ? -1 : 1;
    return agreement_compare_spans(left, right);
}

/* Which span a token belongs to, 1 + its place in sorted; 0 = none. */
static int cover_tokens(const struct view *view, struct agreement_span **sorted_out, size_t **cover_out,
                        size_t *n_covered)
{
    struct agreement_span *sorted = calloc(view->n + 1, sizeof *sorted);
    size_t *cover = calloc(view->post->n_tokens + 1, sizeof *cover);
    *sorted_out = sorted;
    *cover_out = cover;
    if (!sorted || !cover)
        return -1;
    if (view->n)
        memcpy(sorted, view->spans, view->n * sizeof *sorted);
    qsort(sorted, view->n, sizeof *sorted, longest_first);
    for (size_t i = 0; i < view->n; i++) {
        bool free_there = true;
        for (size_t t = sorted[i].start; t < sorted[i].end; t++)
            free_there = free_there && !cover[t];
        *n_covered += !free_there;
        for (size_t t = sorted[i].start; free_there && t < sorted[i].end; t++)
            cover[t] = i + 1;
    }
    return 0;
}

/* types numbers those of all pairs; a token's label is that number + 1, 0 is O. */
static int compare_tokens(struct agreement_pair *pair, const struct view views[2], struct agreement_numbering *types)
{
    struct agreement_span *sorted[2] = {NULL, NULL};
    size_t *cover[2] = {NULL, NULL};
    int result = 0;
    for (int s = 0; s < 2 && !result; s++)
        result = cover_tokens(&views[s], &sorted[s], &cover[s], &pair->n_covered[s]);
    for (size_t t = 0; !result && t < views[0].post->n_tokens; t++) {
        size_t type[2] = {0, 0}, tag[2] = {0, 0};
        for (int s = 0; s < 2 && !result; s++) {
            const struct agreement_span *span = cover[s][t] ? &sorted[s][cover[s][t] - 1] : NULL;
            if (!span)
                continue;
            result = agreement_number(types, span->type, &type[s]);
            type[s]++;
            tag[s] = 2 * type[s] - (span->start == t);
        }
        if (!result)
            result = reliability_kappa_add(&pair->tags, tag[0], tag[1]) ||
                             reliability_kappa_add(&pair->token_types, type[0], type[1])
                         ? -1
                         : 0;
    }
    for (int s = 0; s < 2; s++) {
        free(sorted[s]);
        free(cover[s]);
    }
    return result;
}

/* ---- Spans ---- */

/* Of those of one type that the other does not have exactly: all of them, of either side. */
static size_t collect_rest(const struct view *view, const bool *agreed, const char *type, struct overlap_span *out)
{
    size_t n = 0;
    for (size_t i = 0; i < view->n; i++)
        if (!agreed[i] && !strcmp(view->spans[i].type, type))
            out[n++] = (struct overlap_span){view->spans[i].start, view->spans[i].end};
    return n;
}

static int compare_partial(struct agreement_pair *pair, const struct view views[2], bool *const agreed[2])
{
    struct overlap_span *rest[2] = {calloc(views[0].n + 1, sizeof **rest), calloc(views[1].n + 1, sizeof **rest)};
    int result = rest[0] && rest[1] ? 0 : -1;
    for (size_t i = 0; !result && i < views[0].n; i++) {
        const char *type = views[0].spans[i].type;
        bool seen = agreed[0][i];
        for (size_t k = 0; k < i && !seen; k++)
            seen = !agreed[0][k] && !strcmp(views[0].spans[k].type, type);
        if (seen)
            continue;
        size_t n_a = collect_rest(&views[0], agreed[0], type, rest[0]);
        size_t n_b = collect_rest(&views[1], agreed[1], type, rest[1]);
        double weight = 0.5 * (double)overlap_count_pairs(rest[0], n_a, rest[1], n_b);
        agreement_type(&pair->types, type)->partial += weight;
        pair->partial += weight;
    }
    free(rest[0]);
    free(rest[1]);
    return result;
}

static void compare_grounding(struct agreement_pair *pair, const struct view views[2], const struct entity *a,
                              const struct entity *b)
{
    bool alike = !a->n_grounding && !b->n_grounding;
    pair->n_half_answered += a->has_grounding != b->has_grounding;
    if (!a->has_grounding || !b->has_grounding)
        return;
    for (size_t i = 0; i < a->n_grounding; i++)
        for (size_t k = 0; k < b->n_grounding; k++) {
            const struct object *x = post_object_peek(views[0].post, a->grounding[i]);
            const struct object *y = post_object_peek(views[1].post, b->grounding[k]);
            alike = alike || (x && y && overlap_iou(x->box, y->box) >= AGREEMENT_IOU_MIN);
        }
    pair->n_answered++;
    pair->n_grounded_alike += alike;
}

/* Both lists are sorted: walks them together. */
static int compare_entities(struct agreement_pair *pair, const struct view views[2])
{
    bool *agreed[2] = {calloc(views[0].n + 1, 1), calloc(views[1].n + 1, 1)};
    int result = agreed[0] && agreed[1] ? 0 : -1;
    for (size_t i = 0, k = 0; !result && (i < views[0].n || k < views[1].n);) {
        int order = i == views[0].n   ? 1
                    : k == views[1].n ? -1
                                      : agreement_compare_spans(&views[0].spans[i], &views[1].spans[k]);
        const struct agreement_span *span = order <= 0 ? &views[0].spans[i] : &views[1].spans[k];
        struct agreement_type *type = agreement_type(&pair->types, span->type);
        if (!type) {
            result = -1;
            break;
        }
        type->a += order <= 0;
        type->b += order >= 0;
        type->exact += !order;
        type->partial += !order;
        pair->n_spans[0] += order <= 0;
        pair->n_spans[1] += order >= 0;
        pair->n_exact += !order;
        pair->partial += !order;
        if (!order) {
            agreed[0][i] = agreed[1][k] = true;
            compare_grounding(pair, views, span->entity, views[1].spans[k].entity);
        }
        i += order <= 0;
        k += order >= 0;
    }
    if (!result)
        result = compare_partial(pair, views, agreed);
    free(agreed[0]);
    free(agreed[1]);
    return result;
}

/* ---- Boxes ---- */

struct boxes {
    double (*items)[4];
    const char **labels;
    size_t n;
};

static int boxes_open(struct boxes *boxes, const struct post *post, const struct agreement_options *options)
{
    *boxes = (struct boxes){.items = calloc(post->n_objects + 1, sizeof *boxes->items),
                            .labels = calloc(post->n_objects + 1, sizeof *boxes->labels)};
    if (!boxes->items || !boxes->labels)
        return -1;
    for (size_t i = 0; i < post->n_objects; i++) {
        const struct object *object = &post->objects[i];
        if (!agreement_counts(&object->origin, options))
            continue;
        memcpy(boxes->items[boxes->n], object->box, sizeof object->box);
        boxes->labels[boxes->n++] = object->label ? object->label : "";
    }
    return 0;
}

static int compare_boxes(struct agreement_pair *pair, const struct post *const posts[2],
                         const struct agreement_options *options)
{
    const char *pictures[2] = {posts[0]->image ? posts[0]->image : "", posts[1]->image ? posts[1]->image : ""};
    struct boxes boxes[2] = {{0}};
    size_t *partner = NULL;
    int result = 0;
    if (strcmp(pictures[0], pictures[1])) {
        pair->n_other_picture++;
        return 0;
    }
    for (int s = 0; s < 2 && !result; s++)
        result = boxes_open(&boxes[s], posts[s], options);
    if (!result && !(partner = calloc(boxes[0].n + 1, sizeof *partner)))
        result = -1;
    if (!result)
        result = overlap_match_boxes((const double(*)[4])boxes[0].items, boxes[0].n,
                                     (const double(*)[4])boxes[1].items, boxes[1].n, AGREEMENT_IOU_MIN, partner, NULL);
    for (size_t i = 0; !result && i < boxes[0].n; i++) {
        if (partner[i] == SIZE_MAX)
            continue;
        pair->n_matched++;
        pair->n_same_label += !strcmp(boxes[0].labels[i], boxes[1].labels[partner[i]]);
        pair->iou_sum += overlap_iou(boxes[0].items[i], boxes[1].items[partner[i]]);
    }
    for (int s = 0; s < 2; s++) {
        pair->n_boxes[s] += boxes[s].n;
        free(boxes[s].items);
        free(boxes[s].labels);
    }
    free(partner);
    return result;
}

/* ---- Posts ---- */

enum answer { ANSWER_GIVEN, ANSWER_SKIPPED, ANSWER_NOT_BEGUN, ANSWER_NOT_DONE };

/* Whether the annotator has said what there is in this post. */
static enum answer answer_of(const struct post *post, bool has_statuses, const struct agreement_options *options)
{
    if (post->status == STATUS_SKIPPED)
        return ANSWER_SKIPPED;
    if (options->only_done)
        return post->status == STATUS_DONE ? ANSWER_GIVEN : ANSWER_NOT_DONE;
    if (post->status != STATUS_NEW || !has_statuses)
        return ANSWER_GIVEN;
    for (size_t i = 0; i < post->n_entities; i++)
        if (agreement_counts(&post->entities[i].origin, options))
            return ANSWER_GIVEN;
    for (size_t i = 0; i < post->n_objects; i++)
        if (agreement_counts(&post->objects[i].origin, options))
            return ANSWER_GIVEN;
    return ANSWER_NOT_BEGUN;
}

/* All corpora, and where their posts stand. */
struct comparison {
    struct corpus *const *corpora;
    size_t n;
    const struct agreement_options *options;
    struct name_table *ids;   /* [n]: id -> place */
    bool *has_statuses;       /* [n] */
    struct agreement_numbering types, values;
};

static int comparison_open(struct comparison *c, struct error *err)
{
    c->ids = calloc(c->n, sizeof *c->ids);
    c->has_statuses = calloc(c->n, sizeof *c->has_statuses);
    if (!c->ids || !c->has_statuses)
        return error_memory(err, "agreement");
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->corpora[i]->n_posts; k++) {
            const struct post *post = &c->corpora[i]->posts[k];
            c->has_statuses[i] = c->has_statuses[i] || post->status != STATUS_NEW;
            int entered = name_table_add(&c->ids[i], post->id, k, NULL);
            if (entered < 0)
                return error_memory(err, "agreement");
            if (!entered)
                return error_set(err, ERROR_INPUT, "%s: the id %.*s stands twice; posts pair by their ids",
                                 c->corpora[i]->path, utf8_head(post->id, 80), post->id);
        }
    return 0;
}

static void comparison_close(struct comparison *c)
{
    for (size_t i = 0; c->ids && i < c->n; i++)
        name_table_free(&c->ids[i]);
    free(c->ids);
    free(c->has_statuses);
    numbering_free(&c->types);
    numbering_free(&c->values);
}

static const struct post *post_of(const struct comparison *c, size_t corpus, const char *id)
{
    const struct name_slot *slot = name_table_peek(&c->ids[corpus], id);
    return slot ? &c->corpora[corpus]->posts[slot->value] : NULL;
}

static bool counts(struct agreement_pair *pair, enum answer a, enum answer b, const struct post *const posts[2])
{
    size_t *left_out = a == ANSWER_SKIPPED || b == ANSWER_SKIPPED       ? &pair->n_skipped
                       : a == ANSWER_NOT_BEGUN || b == ANSWER_NOT_BEGUN ? &pair->n_not_begun
                       : a == ANSWER_NOT_DONE || b == ANSWER_NOT_DONE   ? &pair->n_not_done
                       : !post_same_tokens(posts[0], posts[1])               ? &pair->n_other_tokens
                                                                        : NULL;
    if (left_out)
        ++*left_out;
    return !left_out;
}

static int compare_posts(struct comparison *c, struct agreement_pair *pair, const struct post *const posts[2])
{
    struct view views[2] = {{0}};
    int result = 0;
    for (int s = 0; s < 2 && !result; s++) {
        result = view_open(&views[s], posts[s], c->options);
        pair->n_proposals[s] += views[s].n_proposals;
        pair->n_untyped[s] += views[s].n_untyped;
    }
    if (!result)
        result = compare_tokens(pair, views, &c->types) || compare_entities(pair, views) ||
                         agreement_compare_relations(pair, posts, c->options, &c->values) ||
                         compare_boxes(pair, posts, c->options)
                     ? -1
                     : 0;
    pair->n_posts += !result;
    free(views[0].spans);
    free(views[1].spans);
    return result;
}

static struct agreement_figure figure(double value, const char *reason)
{
    return (struct agreement_figure){value, isnan(value) ? reason : NULL};
}

static int compare_pair(struct comparison *c, struct agreement_pair *pair)
{
    const struct corpus *a = c->corpora[pair->a], *b = c->corpora[pair->b];
    for (size_t i = 0; i < a->n_posts; i++) {
        const struct post *const posts[2] = {&a->posts[i], post_of(c, pair->b, a->posts[i].id)};
        if (!posts[1]) {
            pair->n_only[0]++;
            continue;
        }
        if (counts(pair, answer_of(posts[0], c->has_statuses[pair->a], c->options),
                   answer_of(posts[1], c->has_statuses[pair->b], c->options), posts) &&
            compare_posts(c, pair, posts))
            return -1;
    }
    for (size_t i = 0; i < b->n_posts; i++)
        pair->n_only[1] += !post_of(c, pair->a, b->posts[i].id);
    for (size_t i = 0; i < pair->types.n; i++) {
        size_t number;
        if (agreement_number(&c->types, pair->types.items[i].name, &number))
            return -1;
        pair->types.items[i].kappa = figure(reliability_kappa_of(&pair->token_types, number + 1),
                                            "no token, or every token, has it with both");
    }
    if (pair->types.n)
        qsort(pair->types.items, pair->types.n, sizeof *pair->types.items, by_name);
    if (pair->relation_types.n)
        qsort(pair->relation_types.items, pair->relation_types.n, sizeof *pair->relation_types.items, by_name);
    return 0;
}

/* Everybody's relations of one post, which corpus first has as the first of those that have an answer. */
static int compare_all_relations(struct comparison *c, size_t first, const struct post *post,
                                 struct reliability_alpha *alpha)
{
    if (answer_of(post, c->has_statuses[first], c->options) != ANSWER_GIVEN)
        return 0;
    const struct post **posts = calloc(c->n, sizeof *posts);
    int result = posts ? 0 : -1;
    for (size_t i = 0; !result && i < c->n; i++) {
        const struct post *other = post_of(c, i, post->id);
        bool given = other && answer_of(other, c->has_statuses[i], c->options) == ANSWER_GIVEN;
        if (given && i < first) { /* done when it was that one's turn */
            free(posts);
            return 0;
        }
        posts[i] = given && post_same_tokens(post, other) ? other : NULL;
    }
    if (!result)
        result = agreement_add_relations(alpha, posts, c->n, c->options, &c->values);
    free(posts);
    return result;
}

static int compare_all(struct comparison *c, struct agreement *out)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = i + 1; k < c->n; k++) {
            struct agreement_pair *pair = &out->pairs[out->n_pairs++];
            *pair = (struct agreement_pair){.a = i, .b = k};
            if (compare_pair(c, pair))
                return -1;
        }
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->corpora[i]->n_posts; k++)
            if (compare_all_relations(c, i, &c->corpora[i]->posts[k], &out->relations))
                return -1;
    return 0;
}

int agreement_compare(struct corpus *const *corpora, size_t n, const struct agreement_options *options,
                      struct agreement *out, struct error *err)
{
    static const struct agreement_options usual;
    struct comparison c = {.corpora = corpora, .n = n, .options = options ? options : &usual};
    *out = (struct agreement){.n_corpora = n, .pairs = calloc(n * (n - 1) / 2 + 1, sizeof *out->pairs)};
    int result = out->pairs ? comparison_open(&c, err) : error_memory(err, "agreement");
    if (!result && compare_all(&c, out))
        result = error_memory(err, "agreement");
    comparison_close(&c);
    if (result)
        agreement_free(out);
    return result;
}

void agreement_free(struct agreement *agreement)
{
    for (size_t i = 0; i < agreement->n_pairs; i++) {
        struct agreement_pair *pair = &agreement->pairs[i];
        reliability_kappa_free(&pair->tags);
        reliability_kappa_free(&pair->token_types);
        reliability_alpha_free(&pair->relations);
        types_free(&pair->types);
        types_free(&pair->relation_types);
    }
    free(agreement->pairs);
    reliability_alpha_free(&agreement->relations);
    *agreement = (struct agreement){0};
}

/* ---- Figures ---- */

static double ratio(double part, size_t whole)
{
    return whole ? part / (double)whole : NAN;
}

struct agreement_figure agreement_alpha(const struct reliability_alpha *relations)
{
    return figure(reliability_alpha(relations), relations->n_units
                                                    ? "everybody gave every pair the same value"
                                                    : "no two entities of a post are entities of two annotators");
}

struct agreement_figure agreement_type_figure(const struct agreement_type *type, bool partial)
{
    return figure(ratio(2 * (partial ? type->partial : (double)type->exact), type->a + type->b), "neither has any");
}

struct agreement_figure agreement_figure(const struct agreement_pair *pair, enum agreement_measure measure)
{
    static const char no_posts[] = "no post is compared", one_label[] = "both gave every token the same one label";
    size_t spans = pair->n_spans[0] + pair->n_spans[1], boxes = pair->n_boxes[0] + pair->n_boxes[1];
    switch (measure) {
    case AGREEMENT_KAPPA:
        return figure(reliability_kappa(&pair->tags), pair->tags.n ? one_label : no_posts);
    case AGREEMENT_KAPPA_TYPES:
        return figure(reliability_kappa(&pair->token_types), pair->tags.n ? one_label : no_posts);
    case AGREEMENT_SPANS:
        return figure(ratio(2 * (double)pair->n_exact, spans), "neither has an entity");
    case AGREEMENT_SPANS_PARTIAL:
        return figure(ratio(2 * pair->partial, spans), "neither has an entity");
    case AGREEMENT_RELATIONS:
        if (!pair->n_relations[0] && !pair->n_relations[1] && !pair->n_outside[0] && !pair->n_outside[1])
            return figure(NAN, "neither has a relation");
        return agreement_alpha(&pair->relations);
    case AGREEMENT_BOXES:
        return figure(ratio(2 * (double)pair->n_matched, boxes), "neither has a box");
    case AGREEMENT_IOU:
        return figure(ratio(pair->iou_sum, pair->n_matched), "no box of one matches a box of the other");
    case AGREEMENT_GROUNDING:
        return figure(ratio((double)pair->n_grounded_alike, pair->n_answered),
                      "no entity of both has an answer of both");
    case AGREEMENT_MEASURES:
        break;
    }
    return figure(NAN, "no such figure");
}

struct agreement_figure agreement_mean(const struct agreement *agreement, enum agreement_measure measure,
                                       size_t *n_out)
{
    struct agreement_figure undefined = {NAN, "no pair"};
    double sum = 0;
    *n_out = 0;
    for (size_t i = 0; i < agreement->n_pairs; i++) {
        struct agreement_figure f = agreement_figure(&agreement->pairs[i], measure);
        if (f.reason)
            undefined = f;
        else {
            sum += f.value;
            ++*n_out;
        }
    }
    return *n_out ? figure(sum / (double)*n_out, NULL) : undefined;
}
