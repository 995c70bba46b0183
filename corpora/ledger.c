/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/ledger.h"

#include "corpora/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *ledger_entry_name(enum ledger_entry entry)
{
    static const char *const names[] = {"model", "corpus", "corrected", "open"};
    return names[entry];
}

void ledger_free(struct ledger *ledger)
{
    for (size_t level = 0; level < 2; level++) {
        struct ledger_part *part = &ledger->parts[level];
        for (size_t i = 0; i < part->n_types; i++)
            free(part->types[i].name);
        free(part->types);
    }
    *ledger = (struct ledger){0};
}

static size_t counted(const struct ledger_part *part)
{
    return 2 * part->published.tp + part->published.fp + part->published.fn;
}

double ledger_points(const struct ledger_part *part, size_t halves)
{
    return counted(part) ? 50 * (double)halves / (double)counted(part) : NAN;
}

double ledger_gap(const struct ledger_part *part)
{
    return ledger_points(part, 2 * part->all.n);
}

bool ledger_is_judged(const struct ledger *ledger)
{
    for (size_t level = 0; level < 2; level++) {
        const struct ledger_sum *all = &ledger->parts[level].all;
        if (all->halves[LEDGER_OPEN] != 2 * all->n || all->n_unsure || all->n_disputed)
            return true;
    }
    return false;
}

/* ---- Labels and what is said of them ---- */

static void label_of_entity(const struct post *post, size_t index, struct verdict_label *out)
{
    if (index == TAXONOMY_ABSENT)
        return;
    const struct entity *entity = &post->entities[index];
    *out = (struct verdict_label){.has = true, .start = entity->start, .end = entity->end, .type = entity->type};
}

static void label_of_relation(const struct post *post, size_t index, struct verdict_label *out)
{
    if (index == TAXONOMY_ABSENT)
        return;
    const struct relation *relation = &post->relations[index];
    const struct entity *head = post_entity_peek(post, relation->head), *tail = post_entity_peek(post, relation->tail);
    if (!head || !tail)
        return;
    *out = (struct verdict_label){.has = true,
                                  .head = {head->start, head->end},
                                  .tail = {tail->start, tail->end},
                                  .type = relation->type};
}

void ledger_key(const struct taxonomy_case *found, const struct post *gold, const struct post *predicted,
                struct verdict *out)
{
    *out = (struct verdict){.relation = found->relation};
    void (*label_of)(const struct post *, size_t, struct verdict_label *) =
        found->relation ? label_of_relation : label_of_entity;
    label_of(gold, found->gold, &out->gold);
    label_of(predicted, found->predicted, &out->predicted);
}

enum ledger_opinion ledger_opinion(const struct post *gold, const struct verdict *key)
{
    static const enum ledger_opinion said[] = {[VERDICT_MODEL] = LEDGER_SAYS_MODEL,
                                               [VERDICT_GOLD] = LEDGER_SAYS_GOLD,
                                               [VERDICT_BOTH] = LEDGER_SAYS_BOTH,
                                               [VERDICT_UNSURE] = LEDGER_SAYS_UNSURE};
    enum ledger_opinion opinion = LEDGER_NOBODY;
    bool of_system = false;
    for (size_t i = 0; key->system && i < gold->n_verdicts; i++)
        of_system = of_system || (verdict_same_case(&gold->verdicts[i], key) &&
                                  text_equal(gold->verdicts[i].system, key->system));
    for (size_t i = 0; i < gold->n_verdicts; i++) {
        const struct verdict *verdict = &gold->verdicts[i];
        if (!verdict_same_case(verdict, key) || (of_system && !text_equal(verdict->system, key->system)))
            continue;
        enum ledger_opinion one = said[verdict->answer];
        if (opinion == LEDGER_NOBODY || opinion == LEDGER_SAYS_UNSURE)
            opinion = one;
        else if (one != LEDGER_SAYS_UNSURE && one != opinion)
            opinion = LEDGER_SAYS_DIFFER;
    }
    return opinion;
}

/* ---- Shares ---- */

static void sum_add(struct ledger_sum *sum, enum ledger_opinion opinion, bool corrected)
{
    sum->n++;
    if (corrected) {
        sum->halves[LEDGER_CORRECTED] += 2;
        return;
    }
    sum->n_unsure += opinion == LEDGER_SAYS_UNSURE;
    sum->n_disputed += opinion == LEDGER_SAYS_DIFFER;
    if (opinion == LEDGER_SAYS_BOTH) {
        sum->halves[LEDGER_MODEL]++;
        sum->halves[LEDGER_CORPUS]++;
    } else {
        sum->halves[opinion == LEDGER_SAYS_MODEL  ? LEDGER_MODEL
                    : opinion == LEDGER_SAYS_GOLD ? LEDGER_CORPUS
                                                  : LEDGER_OPEN] += 2;
    }
}

/* The type's row, in the order of names; NULL when memory is out. */
static struct ledger_type *type_of(struct ledger_part *part, const char *name)
{
    size_t at = 0;
    while (at < part->n_types && strcmp(part->types[at].name, name) < 0)
        at++;
    if (at < part->n_types && !strcmp(part->types[at].name, name))
        return &part->types[at];
    struct ledger_type *grown = array_grow(part->types, part->n_types, sizeof *grown);
    if (!grown)
        return NULL;
    part->types = grown;
    char *own = strdup(name);
    if (!own)
        return NULL;
    memmove(&grown[at + 1], &grown[at], (part->n_types++ - at) * sizeof *grown);
    grown[at] = (struct ledger_type){.name = own};
    return &grown[at];
}

/* One post on one level: the cases before and now. */
struct comparison {
    const struct post *published, *gold, *predicted;
    const struct taxonomy_list *before, *now;
    bool comparable; /* the gold as it stands has the words that were predicted on */
    const char *system;
};

static bool same_label(const struct verdict_label *a, const struct verdict_label *b)
{
    return a->has && b->has && text_equal(a->type, b->type) && a->start == b->start && a->end == b->end &&
           !memcmp(a->head, b->head, sizeof a->head) && !memcmp(a->tail, b->tail, sizeof a->tail);
}

static bool misses(const struct comparison *c, const struct taxonomy_case *found, const struct post *gold,
                   const struct verdict_label *label)
{
    struct verdict key;
    if (!found->fn)
        return false;
    ledger_key(found, gold, c->predicted, &key);
    return same_label(&key.gold, label);
}

/* The case, under the gold as it stands, in which the label is still missing, or the prediction still wrong; NULL: it
 * is no error any more. Where gold's words are others, what was an error stays one. A pair may have a label twice: the
 * second is still missing where there are still two. */
static const struct taxonomy_case *still_wrong(const struct comparison *c, const struct taxonomy_case *found,
                                               const struct verdict *key, bool missing)
{
    size_t n_earlier = 0;
    if (!c->comparable)
        return found;
    for (const struct taxonomy_case *earlier = c->before->items; missing && earlier < found; earlier++)
        n_earlier += misses(c, earlier, c->published, &key->gold);
    for (size_t i = 0; i < c->now->n; i++) {
        const struct taxonomy_case *now = &c->now->items[i];
        if (missing ? misses(c, now, c->gold, &key->gold) && !n_earlier--
                    : now->fp && now->predicted == found->predicted)
            return now;
    }
    return NULL;
}

static int add_share(const struct comparison *c, struct ledger_part *part, const struct taxonomy_case *found,
                     bool missing, size_t *n_left)
{
    enum ledger_opinion opinion = LEDGER_NOBODY;
    struct verdict key, now_key;
    ledger_key(found, c->published, c->predicted, &key);
    key.system = (char *)c->system;
    const struct taxonomy_case *now = still_wrong(c, found, &key, missing);
    if (now && c->comparable) {
        opinion = ledger_opinion(c->gold, &key);
        ledger_key(now, c->gold, c->predicted, &now_key);
        now_key.system = key.system;
        if (opinion == LEDGER_NOBODY) /* judged after gold was changed there */
            opinion = ledger_opinion(c->gold, &now_key);
    }
    const struct verdict_label *label = missing ? &key.gold : &key.predicted;
    struct ledger_type *type = type_of(part, label->type ? label->type : "");
    if (!type)
        return -1;
    sum_add(&type->sum, opinion, !now);
    sum_add(&part->all, opinion, !now);
    sum_add(&part->classes[found->class], opinion, !now);
    *n_left += now != NULL;
    return 0;
}

static int add_case(const struct comparison *c, struct ledger_part *part, const struct taxonomy_case *found,
                    size_t *n_left)
{
    struct verdict key;
    ledger_key(found, c->published, c->predicted, &key);
    struct ledger_type *type = found->tp || found->fn ? type_of(part, key.gold.type ? key.gold.type : "") : NULL;
    if ((found->tp || found->fn) && !type)
        return -1;
    if (type) {
        type->counts.tp += found->tp;
        type->counts.fn += found->fn;
    }
    if (found->fp && !(type = type_of(part, key.predicted.type ? key.predicted.type : "")))
        return -1;
    if (found->fp)
        type->counts.fp += found->fp;
    part->published.tp += found->tp;
    part->published.fp += found->fp;
    part->published.fn += found->fn;
    return (found->fn && add_share(c, part, found, true, n_left)) ||
                   (found->fp && add_share(c, part, found, false, n_left))
               ? -1
               : 0;
}

static int add_level(const struct comparison *c, struct ledger_part *part)
{
    size_t n_left = 0, n_errors = 0;
    for (size_t i = 0; i < c->before->n; i++)
        if (add_case(c, part, &c->before->items[i], &n_left))
            return -1;
    const struct taxonomy_list *now = c->comparable ? c->now : c->before;
    for (size_t i = 0; i < now->n; i++) {
        part->now.tp += now->items[i].tp;
        part->now.fp += now->items[i].fp;
        part->now.fn += now->items[i].fn;
        n_errors += (size_t)now->items[i].fp + now->items[i].fn;
    }
    part->n_new += n_errors - n_left;
    return 0;
}

/* ---- Posts ---- */

static int find_cases(const struct ledger_post *post, const struct taxonomy_side *gold, size_t level,
                      const struct schema *schema, struct taxonomy_list *out, struct error *err)
{
    if (level)
        return taxonomy_relations(schema, gold->post, post->predicted.post, out, err);
    return post->without_entities ? 0 : taxonomy_entities(gold, &post->predicted, out, err);
}

/* The same labels on both sides? */
static bool same_cases(const struct comparison *c)
{
    if (c->before->n != c->now->n)
        return false;
    for (size_t i = 0; i < c->now->n; i++) {
        struct verdict before, now;
        ledger_key(&c->before->items[i], c->published, c->predicted, &before);
        ledger_key(&c->now->items[i], c->gold, c->predicted, &now);
        if (!verdict_same_case(&before, &now))
            return false;
    }
    return true;
}

int ledger_add(struct ledger *ledger, const struct ledger_post *post, const struct schema *schema, const char *system,
               struct error *err)
{
    const struct taxonomy_side *published = post->published.post ? &post->published : &post->gold;
    bool changed = false;
    if (!post_same_tokens(published->post, post->predicted.post)) {
        ledger->n_other_words++;
        return 0;
    }
    for (size_t level = 0; level < 2; level++) {
        struct taxonomy_list before = {0}, now = {0};
        struct comparison c = {.published = published->post,
                               .gold = post->gold.post,
                               .predicted = post->predicted.post,
                               .before = &before,
                               .now = &now,
                               .comparable = post_same_tokens(post->gold.post, post->predicted.post),
                               .system = system};
        int failed = find_cases(post, published, level, schema, &before, err) ||
                     (c.comparable && find_cases(post, &post->gold, level, schema, &now, err));
        if (!failed && add_level(&c, &ledger->parts[level]))
            failed = error_memory(err, "the ledger");
        changed = changed || (!failed && (!c.comparable || !same_cases(&c)));
        taxonomy_list_free(&before);
        taxonomy_list_free(&now);
        if (failed)
            return -1;
    }
    ledger->n_posts++;
    ledger->n_changed += changed;
    return 0;
}
