/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/inspection-parts.h"

#include "corpora/ledger.h"
#include "corpora/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const order_names[] = {[INSPECTION_FILE] = "file",
                                          [INSPECTION_POINTS] = "points",
                                          [INSPECTION_CONFIDENCE] = "confidence",
                                          [INSPECTION_MATCH] = "match",
                                          [INSPECTION_SAVED] = "saved by the filter",
                                          [INSPECTION_LOST] = "lost by the filter"};
static const char *const right_names[] = {
    [RIGHT_BOTH] = "both right", [RIGHT_A] = "A alone", [RIGHT_B] = "B alone", [RIGHT_NEITHER] = "neither"};

const char *inspection_order_name(enum inspection_order order)
{
    return order_names[order];
}

void inspection_filter_clear(struct inspection_filter *filter)
{
    *filter = (struct inspection_filter){
        .class = -1, .kind = -1, .attribute = -1, .picture = -1, .filtered = -1, .answer = -1, .right = -1};
}

bool inspection_compares(const struct inspection *inspection)
{
    return inspection->n_systems > 1 && inspection->system == inspection->n_systems;
}

enum cases_level inspection_level(const struct inspection *inspection)
{
    return inspection->of_relations ? CASES_RELATIONS : CASES_ENTITIES;
}

/* ---- What an item is about ---- */

/* The tokens of a label of gold or of a prediction. */
static struct inspection_key key_of(const struct post *post, bool relation, size_t index)
{
    struct inspection_key key = {.relation = relation};
    if (!relation) {
        key.span[0] = post->entities[index].start;
        key.span[1] = post->entities[index].end;
        return key;
    }
    const struct entity *head = post_entity_peek(post, post->relations[index].head);
    const struct entity *tail = post_entity_peek(post, post->relations[index].tail);
    if (head && tail) {
        key.span[0] = head->start;
        key.span[1] = head->end;
        key.tail[0] = tail->start;
        key.tail[1] = tail->end;
    }
    return key;
}

bool inspection_key_equal(const struct inspection_key *a, const struct inspection_key *b)
{
    return a->relation == b->relation && a->span[0] == b->span[0] && a->span[1] == b->span[1] &&
           a->tail[0] == b->tail[0] && a->tail[1] == b->tail[1];
}

static const struct post *predicted_post(const struct inspection *inspection, size_t system, size_t post)
{
    return inspection->systems[system].predictions[post].post;
}

static const char *label_of(const struct post *post, bool relation, size_t index)
{
    return relation ? post->relations[index].type : post->entities[index].type;
}

/* Gold's tokens, else those of the prediction. */
static struct inspection_key entry_key(const struct inspection *inspection, size_t system, size_t post,
                                       const struct taxonomy_case *found)
{
    bool gold = found->gold != TAXONOMY_ABSENT;
    return key_of(gold ? store_post_peek(inspection->store, post) : predicted_post(inspection, system, post),
                  found->relation, gold ? found->gold : found->predicted);
}

static bool entry_is_right(const struct cases_entry *entry)
{
    return entry->found.class == (entry->found.relation ? (int)TAXONOMY_RELATION_CORRECT : (int)TAXONOMY_CORRECT);
}

/* What a system made of another one's case: of the same gold label, or the same wrong one. */
static const struct cases_entry *entry_across(const struct inspection *inspection, size_t post, size_t from,
                                              const struct cases_entry *entry, size_t to)
{
    const struct cases_post *cases = &inspection->systems[to].cases->posts[post];
    const struct taxonomy_case *found = &entry->found;
    if (!cases->known)
        return NULL;
    for (size_t i = 0; i < cases->n; i++) {
        const struct taxonomy_case *other = &cases->entries[i].found;
        if (other->relation != found->relation || other->gold != found->gold)
            continue;
        if (found->gold != TAXONOMY_ABSENT)
            return &cases->entries[i];
        struct inspection_key a = entry_key(inspection, from, post, found), b = entry_key(inspection, to, post, other);
        const struct post *ours = predicted_post(inspection, from, post);
        const struct post *theirs = predicted_post(inspection, to, post);
        if (inspection_key_equal(&a, &b) && text_equal(label_of(ours, found->relation, found->predicted),
                                                       label_of(theirs, other->relation, other->predicted)))
            return &cases->entries[i];
    }
    return NULL;
}

/* A system that has no case there said nothing wrong. */
static bool other_is_right(const struct inspection *inspection, size_t post, size_t from,
                           const struct cases_entry *entry)
{
    size_t to = 1 - from;
    if (inspection->n_systems < 2 || !inspection->systems[to].cases->posts[post].known)
        return false;
    const struct cases_entry *other = entry_across(inspection, post, from, entry, to);
    return !other || entry_is_right(other);
}

static enum inspection_right entry_right(const struct inspection *inspection, size_t post, size_t system,
                                         const struct cases_entry *entry)
{
    bool own = entry_is_right(entry), other = other_is_right(inspection, post, system, entry);
    bool a = system ? other : own, b = system ? own : other;
    return a && b ? RIGHT_BOTH : a ? RIGHT_A : b ? RIGHT_B : RIGHT_NEITHER;
}

const struct cases_entry *inspection_case(const struct inspection *inspection, const struct inspection_item *item,
                                          size_t system)
{
    const struct cases_post *cases = &inspection->systems[item->system].cases->posts[item->post];
    if (item->number >= cases->n)
        return NULL;
    const struct cases_entry *entry = &cases->entries[item->number];
    struct inspection_key key = entry_key(inspection, item->system, item->post, &entry->found);
    if (!inspection_key_equal(&key, &item->decision))
        return NULL;
    return system == item->system ? entry : entry_across(inspection, item->post, item->system, entry, system);
}

/* ---- Verdicts of people ---- */

bool inspection_verdict_key(const struct inspection *inspection, const struct inspection_item *item, size_t system,
                            struct verdict *out)
{
    const struct cases_entry *entry = inspection_case(inspection, item, system);
    *out = (struct verdict){0};
    if (!entry)
        return false;
    const struct taxonomy_case *found = &entry->found;
    out->relation = found->relation;
    ledger_key(found, store_post_peek(inspection->store, item->post), predicted_post(inspection, system, item->post),
               out);
    out->system = inspection->systems[system].name;
    return true;
}

int inspection_answer(const struct inspection *inspection, const struct inspection_item *item)
{
    struct verdict key;
    if (!inspection_verdict_key(inspection, item, item->system, &key))
        return -1;
    key.by = (char *)store_annotator(inspection->store); /* borrowed, and only compared */
    const struct verdict *verdict = post_verdict_peek(store_post_peek(inspection->store, item->post), &key);
    return verdict ? (int)verdict->answer : -1;
}

/* ---- Which fit ---- */

static bool fits_cell(const struct cases_entry *entry, const size_t cell[2])
{
    size_t cells[2][2];
    for (size_t i = cases_cells(entry, cells); i-- > 0;)
        if (cells[i][0] == cell[0] && cells[i][1] == cell[1])
            return true;
    return false;
}

int inspection_class(const struct inspection *inspection, const struct inspection_item *item,
                     const struct cases_entry *entry)
{
    if (inspection_compares(inspection) && item->system == 0 && item->right == RIGHT_A) {
        const struct cases_entry *other = entry_across(inspection, item->post, 0, entry, 1);
        return other ? other->found.class : entry->found.class;
    }
    return entry->found.class;
}

void inspection_pair(const struct inspection *inspection, const struct inspection_item *item,
                     const struct cases_entry *entry, int out[2])
{
    const struct cases_entry *other = entry_across(inspection, item->post, item->system, entry, 1 - item->system);
    out[item->system] = entry->found.class;
    out[1 - item->system] = other ? other->found.class : -1;
}

static bool fits_pair(const struct inspection *inspection, const struct inspection_item *item,
                      const struct cases_entry *entry)
{
    int pair[2];
    inspection_pair(inspection, item, entry, pair);
    return pair[0] == inspection->filter.pair[0] && pair[1] == inspection->filter.pair[1];
}

static bool fits(const struct inspection *inspection, const struct inspection_item *item,
                 const struct cases_entry *entry)
{
    const struct inspection_filter *f = &inspection->filter;
    const struct inspection_mark *mark =
        inspection_mark_peek(inspection, item->system, item->post, &item->decision);
    if (entry->found.relation != inspection->of_relations)
        return false;
    int class = inspection_class(inspection, item, entry);
    if (f->class >= 0 ? class != f->class : !f->all && !f->flips && !class)
        return false;
    if ((f->kind >= 0 && entry->found.kind != f->kind) || (f->has_cell && !fits_cell(entry, f->cell)))
        return false;
    if ((f->picture >= 0 && inspection_picture(mark) != (enum picture_answer)f->picture) ||
        (f->filtered >= 0 && (mark ? mark->filtered : FILTERED_UNKNOWN) != (enum inspection_filtered)f->filtered))
        return false;
    if ((f->right >= 0 && item->right != (enum inspection_right)f->right) ||
        (f->flips && item->right != RIGHT_A && item->right != RIGHT_B))
        return false;
    if (f->has_pair && !fits_pair(inspection, item, entry))
        return false;
    const struct inspection_prediction *prediction = &inspection->systems[item->system].predictions[item->post];
    if (f->attribute >= 0 && prediction->buckets[item->number][f->attribute] != f->bucket)
        return false;
    int answer = f->answer >= 0 ? inspection_answer(inspection, item) : -1;
    return f->answer < 0 || (answer < 0 ? INSPECTION_ANSWERS : answer) == f->answer;
}

static double entry_confidence(const struct inspection *inspection, const struct inspection_item *item,
                               const struct taxonomy_case *found)
{
    const struct post *post = predicted_post(inspection, item->system, item->post);
    if (found->predicted == TAXONOMY_ABSENT)
        return NAN;
    const struct provenance *origin =
        found->relation ? &post->relations[found->predicted].origin : &post->entities[found->predicted].origin;
    return origin->has_score ? origin->score : NAN;
}

double inspection_confidence(const struct inspection *inspection, const struct inspection_item *item)
{
    const struct cases_entry *entry = inspection_case(inspection, item, item->system);
    return entry ? entry_confidence(inspection, item, &entry->found) : NAN;
}

/* Smaller ones come first. */
static double sort_key(const struct inspection *inspection, const struct inspection_item *item,
                       const struct cases_entry *entry)
{
    const struct inspection_mark *mark;
    double value;
    switch (inspection->order) {
    case INSPECTION_POINTS:
        return (double)inspection->class_rank[inspection_level(inspection)][entry->found.class];
    case INSPECTION_CONFIDENCE:
        value = entry_confidence(inspection, item, &entry->found);
        return isnan(value) ? 2 : -value;
    case INSPECTION_MATCH:
        value = inspection->systems[item->system].predictions[item->post].match;
        return isnan(value) ? 2 : value;
    case INSPECTION_SAVED:
    case INSPECTION_LOST:
        mark = inspection_mark_peek(inspection, item->system, item->post, &item->decision);
        if (!mark || mark->filtered == FILTERED_UNKNOWN)
            return 2;
        return mark->filtered != (inspection->order == INSPECTION_SAVED ? FILTERED_SAVED : FILTERED_LOST);
    default:
        return 0;
    }
}

static int compare_items(const void *left, const void *right)
{
    const struct inspection_item *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->post != b->post)
        return a->post < b->post ? -1 : 1;
    if (a->decision.span[0] != b->decision.span[0])
        return a->decision.span[0] < b->decision.span[0] ? -1 : 1;
    if (a->system != b->system)
        return a->system < b->system ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static int items_add(struct inspection *inspection, const struct inspection_item *item)
{
    if (inspection->n_items == inspection->items_capacity) {
        size_t capacity = 2 * inspection->items_capacity + 64;
        struct inspection_item *grown = realloc(inspection->items, capacity * sizeof *grown);
        if (!grown)
            return -1;
        inspection->items = grown;
        inspection->items_capacity = capacity;
    }
    inspection->items[inspection->n_items++] = *item;
    return 0;
}

static int each_of(const struct inspection *inspection, size_t post, size_t system,
                   int (*see)(void *context, const struct inspection_item *item, const struct cases_entry *entry),
                   void *context)
{
    const struct cases_post *cases = &inspection->systems[system].cases->posts[post];
    const struct inspection_filter *f = &inspection->filter;
    bool compares = inspection_compares(inspection), both = compares || f->flips || f->right >= 0;
    if (!cases->known || cases->left_out)
        return 0;
    if (both && inspection->n_systems > 1 && !inspection->systems[1 - system].cases->posts[post].known)
        return 0;
    for (size_t i = 0; i < cases->n; i++) {
        const struct cases_entry *entry = &cases->entries[i];
        if (compares && system == 1 && entry_across(inspection, post, 1, entry, 0))
            continue; /* it is A's already */
        const struct inspection_item item = {.post = post,
                                             .system = system,
                                             .number = i,
                                             .right = entry_right(inspection, post, system, entry),
                                             .decision = entry_key(inspection, system, post, &entry->found)};
        int code = see(context, &item, entry);
        if (code)
            return code;
    }
    return 0;
}

int inspection_each(const struct inspection *inspection, size_t post,
                    int (*see)(void *context, const struct inspection_item *item, const struct cases_entry *entry),
                    void *context)
{
    if (!inspection_compares(inspection))
        return each_of(inspection, post, inspection->system, see, context);
    int code = each_of(inspection, post, 0, see, context);
    return code ? code : each_of(inspection, post, 1, see, context);
}

/* Adds it at the end where it fits. */
static int items_see(void *context, const struct inspection_item *item, const struct cases_entry *entry)
{
    struct inspection *inspection = context;
    struct inspection_item fitting = *item;
    if (!fits(inspection, item, entry))
        return 0;
    fitting.key = sort_key(inspection, item, entry);
    return items_add(inspection, &fitting);
}

static int items_of_post(struct inspection *inspection, size_t post)
{
    return inspection_each(inspection, post, items_see, inspection);
}

/* ---- The one at hand ---- */

const struct inspection_item *inspection_item(const struct inspection *inspection)
{
    return inspection->at < inspection->n_items || inspection->gone ? &inspection->last : NULL;
}

/* Finds it in the list by its tokens; where it is no more, the place where it would be. */
static void items_find(struct inspection *inspection)
{
    const struct inspection_item *last = &inspection->last;
    size_t found = inspection->n_items;
    for (size_t i = 0; i < inspection->n_items; i++) {
        const struct inspection_item *item = &inspection->items[i];
        bool same = item->post == last->post && item->system == last->system &&
                    inspection_key_equal(&item->decision, &last->decision);
        /* Two labels on the same tokens are two cases: the number tells them apart while it stays. */
        if (same && (found == inspection->n_items || item->number == last->number))
            found = i;
    }
    if (inspection_go(inspection, found))
        return;
    inspection->gone = true;
    for (inspection->at = 0; inspection->at < inspection->n_items &&
                             compare_items(&inspection->items[inspection->at], last) < 0;
         inspection->at++)
        continue;
}

bool inspection_go(struct inspection *inspection, size_t at)
{
    if (at >= inspection->n_items)
        return false;
    inspection->at = at;
    inspection->gone = false;
    inspection->last = inspection->items[at];
    return true;
}

bool inspection_step(struct inspection *inspection, long by)
{
    if (by > 0) /* where the one at hand is gone, the next one stands in its place */
        return inspection_go(inspection, inspection->at + (size_t)by - inspection->gone);
    return (size_t)-by <= inspection->at && inspection_go(inspection, inspection->at - (size_t)-by);
}

/* ---- Making the list ---- */

/* The classes of a level by what they cost, the dearest 0. */
static void rank_classes(struct inspection *inspection, enum cases_level level)
{
    size_t system = inspection_compares(inspection) ? 0 : inspection->system;
    const struct cases_total *total = &inspection->systems[system].cases->totals[level];
    size_t n = taxonomy_n_classes(level == CASES_RELATIONS);
    for (size_t i = 0; i < n; i++) {
        size_t *rank = &inspection->class_rank[level][i];
        *rank = 0;
        for (size_t k = 0; k < n; k++) {
            size_t cost = total->classes[i].counts.fp + total->classes[i].counts.fn;
            size_t other = total->classes[k].counts.fp + total->classes[k].counts.fn;
            *rank += other > cost || (other == cost && k < i);
        }
    }
}

int inspection_list(struct inspection *inspection, struct error *err)
{
    bool had = inspection_item(inspection) != NULL;
    inspection->n_items = 0;
    rank_classes(inspection, CASES_ENTITIES);
    rank_classes(inspection, CASES_RELATIONS);
    for (size_t i = 0; i < inspection->counted; i++)
        if (items_of_post(inspection, i))
            return error_memory(err, "the list of cases");
    if (inspection->n_items)
        qsort(inspection->items, inspection->n_items, sizeof *inspection->items, compare_items);
    inspection->gone = false;
    if (had)
        items_find(inspection);
    else
        inspection->at = inspection->n_items;
    return 0;
}

int inspection_list_counted(struct inspection *inspection, size_t before, struct error *err)
{
    size_t kept = inspection->n_items;
    bool had = inspection_item(inspection) != NULL;
    if (inspection->order != INSPECTION_FILE || !inspection_has_work(inspection)) /* ranks may be others at the end */
        return inspection_list(inspection, err);
    for (size_t i = before; i < inspection->counted; i++)
        if (items_of_post(inspection, i))
            return error_memory(err, "the list of cases");
    if (inspection->n_items > kept) /* they stand behind the others, but not yet in order */
        qsort(inspection->items + kept, inspection->n_items - kept, sizeof *inspection->items, compare_items);
    if (!had)
        inspection->at = inspection->n_items;
    return 0;
}

int inspection_list_post(struct inspection *inspection, size_t post, struct error *err)
{
    bool had = inspection_item(inspection) != NULL;
    size_t kept = 0;
    for (size_t i = 0; i < inspection->n_items; i++)
        if (inspection->items[i].post != post)
            inspection->items[kept++] = inspection->items[i];
    inspection->n_items = kept;
    if (items_of_post(inspection, post))
        return error_memory(err, "the list of cases");
    for (size_t i = kept; i < inspection->n_items; i++) { /* few, into what is sorted */
        struct inspection_item item = inspection->items[i];
        size_t low = 0, high = i;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (compare_items(&inspection->items[middle], &item) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        memmove(inspection->items + low + 1, inspection->items + low, (i - low) * sizeof item);
        inspection->items[low] = item;
    }
    if (had)
        items_find(inspection);
    else
        inspection->at = inspection->n_items;
    return 0;
}

/* ---- In words ---- */

static const char *cell_name(const struct inspection *inspection, size_t place)
{
    size_t system = inspection_compares(inspection) ? 0 : inspection->system;
    const struct cases_total *total = &inspection->systems[system].cases->totals[inspection_level(inspection)];
    return place == CASES_NONE || place >= total->n_names ? "none" : total->names[place]->name;
}

/* The part that is a sentence's next one. */
static void words_next(struct text *words)
{
    if (words->n)
        text_add(words, ", ");
}

/* What was found out about cases. */
static void words_found(const struct inspection_filter *f, struct text *words)
{
    static const char *const filtered[] = {"not examined", "the same without the filter", "saved by the filter",
                                           "lost by the filter"};
    if (f->picture >= 0) {
        words_next(words);
        text_add_format(words, "picture: %s", picture_answer_name((enum picture_answer)f->picture));
    }
    if (f->filtered >= 0) {
        words_next(words);
        text_add(words, filtered[f->filtered]);
    }
    if (f->answer >= 0) {
        words_next(words);
        text_add_format(words, f->answer == INSPECTION_ANSWERS ? "no verdict" : "verdict: %s",
                        f->answer == INSPECTION_ANSWERS ? "" : verdict_answer_name((enum verdict_answer)f->answer));
    }
}

void inspection_filter_words(const struct inspection *inspection, char *out, size_t size)
{
    const struct inspection_filter *f = &inspection->filter;
    struct text words = {0};
    if (f->class >= 0)
        text_add(&words, taxonomy_class_name(inspection->of_relations, f->class));
    else if (!f->all && !f->flips)
        text_add(&words, "errors");
    if (f->kind >= 0)
        text_add_format(&words, " %s", taxonomy_kind_name(f->kind));
    if (f->has_cell) {
        words_next(&words);
        text_add_format(&words, "gold %s as %s", cell_name(inspection, f->cell[0]), cell_name(inspection, f->cell[1]));
    }
    for (int i = 0; f->has_pair && i < 2; i++) {
        words_next(&words);
        text_add_format(&words, "%c %s", 'A' + i,
                        f->pair[i] < 0 ? "nothing" : taxonomy_class_name(inspection->of_relations, f->pair[i]));
    }
    if (f->attribute >= 0) {
        words_next(&words);
        text_add_format(&words, "%s: %s", bucket_attribute_title((enum bucket_attribute)f->attribute),
                        bucket_value_name((enum bucket_attribute)f->attribute, f->bucket));
    }
    words_found(f, &words);
    if (f->right >= 0) {
        words_next(&words);
        text_add_format(&words, "right: %s", right_names[f->right]);
    }
    if (f->flips) {
        words_next(&words);
        text_add(&words, "flips");
    }
    if (!words.n)
        text_add(&words, "all cases");
    snprintf(out, size, "%s", words.failed ? "" : words.bytes);
    text_free(&words);
}
