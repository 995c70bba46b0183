/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/disagreement.h"

#include "corpora/overlap.h"
#include "corpora/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DISAGREEMENT_IOU_MIN 0.5  /* boxes of the same thing */
#define DISAGREEMENT_IOU_SAME 0.9 /* without a base: boxes drawn by hand that need no decision */

/* ---- Labels ---- */

static bool same_span(const struct entity *a, const struct entity *b)
{
    return a && b && a->start == b->start && a->end == b->end;
}

bool disagreement_same_box(const struct object *a, const struct object *b)
{
    return text_equal(a->label, b->label) && overlap_iou(a->box, b->box) >= DISAGREEMENT_IOU_SAME;
}

static const struct provenance *origin_of(enum disagreement_kind kind, const struct post *post, size_t label)
{
    return kind == DISAGREEMENT_ENTITIES    ? &post->entities[label].origin
           : kind == DISAGREEMENT_RELATIONS ? &post->relations[label].origin
                                            : &post->objects[label].origin;
}

bool disagreement_same(enum disagreement_kind kind, const struct post *a, size_t in_a, const struct post *b,
                       size_t in_b)
{
    if (kind == DISAGREEMENT_ENTITIES) {
        const struct entity *x = &a->entities[in_a], *y = &b->entities[in_b];
        return same_span(x, y) && text_equal(x->type, y->type) && text_equal(x->extra, y->extra);
    }
    if (kind == DISAGREEMENT_RELATIONS) {
        const struct relation *x = &a->relations[in_a], *y = &b->relations[in_b];
        return !strcmp(x->type, y->type) && text_equal(x->extra, y->extra) &&
               same_span(post_entity_peek(a, x->head), post_entity_peek(b, y->head)) &&
               same_span(post_entity_peek(a, x->tail), post_entity_peek(b, y->tail));
    }
    const struct object *x = &a->objects[in_a], *y = &b->objects[in_b];
    return !memcmp(x->box, y->box, sizeof x->box) && text_equal(x->label, y->label) && text_equal(x->extra, y->extra);
}

static bool same_grounding(const struct entity *a, const struct entity *b)
{
    if (a->has_grounding != b->has_grounding || a->n_grounding != b->n_grounding)
        return false;
    for (size_t i = 0; i < a->n_grounding; i++)
        if (strcmp(a->grounding[i], b->grounding[i]))
            return false;
    return true;
}

/* Is the same said of both about where they come from? Who answers where an entity is in the picture signs it, and says
 * nothing about the label by that. */
static bool same_origin(enum disagreement_kind kind, const struct post *post_a, size_t in_a, const struct post *post_b,
                        size_t in_b)
{
    const struct provenance *a = origin_of(kind, post_a, in_a), *b = origin_of(kind, post_b, in_b);
    bool signed_anew = kind == DISAGREEMENT_ENTITIES &&
                       !same_grounding(&post_a->entities[in_a], &post_b->entities[in_b]);
    return a->has_source == b->has_source && (!a->has_source || a->source == b->source) &&
           a->has_score == b->has_score && (!a->has_score || a->score == b->score) && a->decision == b->decision &&
           text_equal(a->model, b->model) && (signed_anew || (text_equal(a->by, b->by) && text_equal(a->at, b->at)));
}

/* How much alike two labels must be. */
enum likeness {
    LIKE_EXACT, /* also in who says so */
    LIKE_LABEL,
    LIKE_NEARLY, /* boxes: about the same place */
};

/* Two sets of labels. */
static bool same_sets(enum disagreement_kind kind, const struct post *a, const struct disagreement_said *in_a,
                      const struct post *b, const struct disagreement_said *in_b, enum likeness likeness)
{
    if (in_a->n != in_b->n)
        return false;
    for (size_t i = 0; i < in_a->n; i++) {
        bool found = false;
        for (size_t k = 0; k < in_b->n && !found; k++)
            found = likeness == LIKE_NEARLY && kind == DISAGREEMENT_OBJECTS
                        ? disagreement_same_box(&a->objects[in_a->labels[i]], &b->objects[in_b->labels[k]])
                        : disagreement_same(kind, a, in_a->labels[i], b, in_b->labels[k]) &&
                              (likeness != LIKE_EXACT || same_origin(kind, a, in_a->labels[i], b, in_b->labels[k]));
        if (!found)
            return false;
    }
    return true;
}

/* ---- Slots: the labels of all versions that stand at one and the same place ---- */

struct ref {
    size_t key[4]; /* entities: start, end; relations: both spans in order; objects: a number */
    size_t version, label;
};

struct refs {
    struct ref *items;
    size_t n;
};

static int compare_keys(const struct ref *a, const struct ref *b)
{
    for (int i = 0; i < 4; i++)
        if (a->key[i] != b->key[i])
            return a->key[i] < b->key[i] ? -1 : 1;
    return 0;
}

static int compare_refs(const void *left, const void *right)
{
    const struct ref *a = left, *b = right;
    int order = compare_keys(a, b);
    if (order)
        return order;
    if (a->version != b->version)
        return a->version < b->version ? -1 : 1;
    return a->label < b->label ? -1 : a->label > b->label;
}

static size_t count_of(enum disagreement_kind kind, const struct post *post)
{
    return kind == DISAGREEMENT_ENTITIES    ? post->n_entities
           : kind == DISAGREEMENT_RELATIONS ? post->n_relations
                                            : post->n_objects;
}

static void relation_key(const struct post *post, size_t label, size_t key[4])
{
    const struct entity *head = post_entity_peek(post, post->relations[label].head);
    const struct entity *tail = post_entity_peek(post, post->relations[label].tail);
    static const struct entity nothing;
    head = head ? head : &nothing;
    tail = tail ? tail : &nothing;
    bool turned = head->start != tail->start ? head->start > tail->start : head->end > tail->end;
    const struct entity *first = turned ? tail : head, *second = turned ? head : tail;
    key[0] = first->start;
    key[1] = first->end;
    key[2] = second->start;
    key[3] = second->end;
}

/* New boxes: each joins the group whose first box it fits best, unless that has one of its version already. */
static void object_key(const struct post *const *posts, const struct refs *groups, size_t version, size_t label,
                       size_t *next, size_t key[4])
{
    const struct object *object = &posts[version]->objects[label];
    double best = 0;
    size_t group = *next;
    for (size_t i = 0; i < groups->n; i++) {
        const struct ref *r = &groups->items[i];
        const struct object *other = &posts[r->version]->objects[r->label];
        bool taken = false;
        if (r->version == version)
            continue;
        for (size_t k = 0; k < groups->n && !taken; k++)
            taken = groups->items[k].key[0] == r->key[0] && groups->items[k].version == version;
        double iou = taken ? 0 : overlap_iou(object->box, other->box);
        if (iou >= DISAGREEMENT_IOU_MIN && iou > best) {
            best = iou;
            group = r->key[0];
        }
    }
    *next += group == *next;
    key[0] = group;
}

/* The number of the base's object of that id, or SIZE_MAX. */
static size_t base_object(const struct post *base, const char *id)
{
    for (size_t i = 0; base && i < base->n_objects; i++)
        if (!strcmp(base->objects[i].id, id))
            return i;
    return SIZE_MAX;
}

/* posts: the versions, then the base. */
static int collect_refs(enum disagreement_kind kind, const struct post *const *posts, size_t n_posts, bool kept_only,
                        struct refs *out)
{
    const struct post *base = posts[n_posts - 1];
    size_t next = base ? base->n_objects : 0;
    *out = (struct refs){0};
    for (size_t v = 0; v < n_posts; v++)
        for (size_t i = 0; posts[v] && i < count_of(kind, posts[v]); i++) {
            struct ref ref = {.version = v, .label = i};
            if (kept_only && provenance_is_proposal(origin_of(kind, posts[v], i)))
                continue;
            if (kind == DISAGREEMENT_ENTITIES) {
                ref.key[0] = posts[v]->entities[i].start;
                ref.key[1] = posts[v]->entities[i].end;
            } else if (kind == DISAGREEMENT_RELATIONS)
                relation_key(posts[v], i, ref.key);
            else if ((ref.key[0] = base_object(base, posts[v]->objects[i].id)) == SIZE_MAX)
                object_key(posts, out, v, i, &next, ref.key);
            struct ref *grown = array_grow(out->items, out->n, sizeof *grown);
            if (!grown)
                return -1;
            out->items = grown;
            grown[out->n++] = ref;
        }
    if (out->n)
        qsort(out->items, out->n, sizeof *out->items, compare_refs);
    return 0;
}

/* ---- Places ---- */

struct finder {
    enum disagreement_kind kind;
    const struct post *const *posts; /* [n + 1] */
    size_t n;                        /* versions */
    bool has_base;
    struct disagreement_list *list;
};

static int place_add_label(struct disagreement_said *said, size_t label)
{
    size_t *grown = array_grow(said->labels, said->n, sizeof *grown);
    if (!grown)
        return -1;
    said->labels = grown;
    grown[said->n++] = label;
    return 0;
}

/* Does the version refuse a label that another has here, and the base does not refuse? */
static bool refuses(const struct finder *f, const struct disagreement *place, size_t version)
{
    const struct post *post = f->posts[version], *base = f->posts[f->n];
    for (size_t r = 0; f->kind == DISAGREEMENT_ENTITIES && r < post->n_rejected_entities; r++) {
        const struct entity *refused = &post->rejected_entities[r];
        bool known = false, meant = false;
        for (size_t i = 0; i < base->n_rejected_entities && !known; i++)
            known = same_span(refused, &base->rejected_entities[i]) &&
                    text_equal(refused->type, base->rejected_entities[i].type);
        for (size_t v = 0; v < f->n && !known; v++)
            for (size_t i = 0; i < place->said[v].n; i++) {
                const struct entity *e = &f->posts[v]->entities[place->said[v].labels[i]];
                meant = meant || (same_span(refused, e) && text_equal(refused->type, e->type));
            }
        if (meant)
            return true;
    }
    return false;
}

/* Did the version answer anew where one of the base's entities here is in the picture? */
static bool grounds(const struct finder *f, const struct disagreement *place, size_t version)
{
    const struct disagreement_said *mine = &place->said[version], *before = &place->said[f->n];
    for (size_t i = 0; f->kind == DISAGREEMENT_ENTITIES && i < mine->n; i++)
        for (size_t k = 0; k < before->n; k++) {
            const struct entity *a = &f->posts[version]->entities[mine->labels[i]];
            const struct entity *b = &f->posts[f->n]->entities[before->labels[k]];
            if (same_span(a, b) && text_equal(a->type, b->type) && !same_grounding(a, b))
                return true;
        }
    return false;
}

/* Without a base: who lacks one of the entities of a relation has nothing to say about it. */
static bool has_ends(const struct finder *f, const struct disagreement *place, size_t version)
{
    for (size_t v = 0; v < f->n; v++) {
        if (!place->said[v].n)
            continue;
        const struct relation *relation = &f->posts[v]->relations[place->said[v].labels[0]];
        const struct entity *head = post_entity_peek(f->posts[v], relation->head);
        const struct entity *tail = post_entity_peek(f->posts[v], relation->tail);
        return head && tail && post_entity_at_peek(f->posts[version], head->start, head->end) &&
               post_entity_at_peek(f->posts[version], tail->start, tail->end);
    }
    return false;
}

static bool speaks(const struct finder *f, const struct disagreement *place, size_t version)
{
    if (!f->has_base)
        return f->kind != DISAGREEMENT_RELATIONS || has_ends(f, place, version);
    bool changed = !same_sets(f->kind, f->posts[version], &place->said[version], f->posts[f->n], &place->said[f->n],
                              LIKE_EXACT);
    return changed || refuses(f, place, version);
}

/* Who speaks, and whether they say the same. An answer about the picture is no other label, and merges with one; but
 * where another deleted the label, it would be lost. */
static void place_judge(const struct finder *f, struct disagreement *place)
{
    bool deleted = false;
    place->state = DISAGREEMENT_UNTOUCHED;
    place->winner = f->n;
    for (size_t v = 0; v < f->n; v++) {
        struct disagreement_said *said = &place->said[v];
        said->spoke = f->posts[v] && speaks(f, place, v);
        deleted = deleted || (said->spoke && said->n < place->said[f->n].n);
    }
    for (size_t v = 0; v < f->n; v++) {
        struct disagreement_said *said = &place->said[v];
        said->spoke = said->spoke || (deleted && f->posts[v] && grounds(f, place, v));
        if (!said->spoke)
            continue;
        if (place->winner == f->n) {
            place->winner = v;
            place->state = DISAGREEMENT_SETTLED;
        } else if (!same_sets(f->kind, f->posts[v], said, f->posts[place->winner], &place->said[place->winner],
                              f->has_base ? LIKE_LABEL : LIKE_NEARLY))
            place->state = DISAGREEMENT_OPEN;
    }
}

/* A place of its own for each slot. */
static int add_slot(const struct finder *f, const struct ref *refs, size_t n)
{
    struct disagreement_list *list = f->list;
    struct disagreement *grown = array_grow(list->items, list->n, sizeof *grown);
    if (!grown)
        return -1;
    list->items = grown;
    struct disagreement *place = &grown[list->n];
    *place = (struct disagreement){.kind = f->kind, .said = calloc(f->n + 1, sizeof *place->said)};
    if (!place->said)
        return -1;
    list->n++;
    const size_t *key = refs->key;
    if (f->kind != DISAGREEMENT_OBJECTS) {
        place->start = key[0];
        place->end = f->kind == DISAGREEMENT_RELATIONS && key[3] > key[1] ? key[3] : key[1];
    }
    for (size_t i = 0; i < n; i++)
        if (place_add_label(&place->said[refs[i].version], refs[i].label))
            return -1;
    place_judge(f, place);
    return 0;
}

static void place_free(struct disagreement *place, size_t n_versions)
{
    for (size_t v = 0; place->said && v <= n_versions; v++)
        free(place->said[v].labels);
    free(place->said);
    place->said = NULL;
}

/* Overlapping places that versions differ in become one: they stand in the order of their starts. */
static int join_overlapping(const struct finder *f)
{
    struct disagreement_list *list = f->list;
    struct disagreement *open = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct disagreement *place = &list->items[i];
        bool differs = f->has_base ? place->state != DISAGREEMENT_UNTOUCHED : place->state == DISAGREEMENT_OPEN;
        if (!differs)
            continue;
        if (!open || place->start >= open->end) {
            open = place;
            continue;
        }
        for (size_t v = 0; v <= f->n; v++)
            for (size_t k = 0; k < place->said[v].n; k++)
                if (place_add_label(&open->said[v], place->said[v].labels[k]))
                    return -1;
        open->end = place->end > open->end ? place->end : open->end;
        place_free(place, f->n);
        place_judge(f, open);
    }
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].said)
            list->items[kept++] = list->items[i];
    list->n = kept;
    return 0;
}

static int find_places(const struct finder *f, const struct refs *refs)
{
    for (size_t from = 0, to; from < refs->n; from = to) {
        for (to = from + 1; to < refs->n && !compare_keys(&refs->items[from], &refs->items[to]); to++)
            ;
        if (add_slot(f, &refs->items[from], to - from))
            return -1;
    }
    return f->kind == DISAGREEMENT_ENTITIES ? join_overlapping(f) : 0;
}

int disagreement_find(enum disagreement_kind kind, const struct post *base, const struct post *const *versions,
                      size_t n_versions, bool kept_only, struct disagreement_list *out, struct error *err)
{
    *out = (struct disagreement_list){.n_versions = n_versions};
    struct refs refs = {0};
    const struct post **posts = calloc(n_versions + 1, sizeof *posts);
    struct finder finder = {kind, posts, n_versions, base != NULL, out};
    int result = posts ? 0 : -1;
    if (posts && n_versions)
        memcpy(posts, versions, n_versions * sizeof *posts);
    if (posts)
        posts[n_versions] = base;
    if (!result)
        result = collect_refs(kind, posts, n_versions + 1, kept_only, &refs);
    if (!result)
        result = find_places(&finder, &refs);
    free(refs.items);
    free(posts);
    if (!result)
        return 0;
    disagreement_list_free(out);
    return error_memory(err, "comparing posts");
}

void disagreement_list_free(struct disagreement_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        place_free(&list->items[i], list->n_versions);
    free(list->items);
    *list = (struct disagreement_list){0};
}
