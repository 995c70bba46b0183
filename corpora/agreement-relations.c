/* Agreement on relations: pairs of spans as units, what each annotator says of them, and alpha.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/agreement-parts.h"
#include "corpora/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A relation that was said: the two spans in the order of the text, and which of them is the head. */
struct link {
    struct agreement_span first, second; /* without types */
    bool head_first;
    const char *type;
};

struct links {
    struct link *items;
    size_t n;
};

static int compare_link_places(const struct link *a, const struct link *b)
{
    int order = agreement_compare_places(&a->first, &b->first);
    return order ? order : agreement_compare_places(&a->second, &b->second);
}

static int compare_links(const void *left, const void *right)
{
    const struct link *a = left, *b = right;
    int order = compare_link_places(a, b);
    order = order ? order : strcmp(a->type, b->type);
    return order ? order : (int)b->head_first - (int)a->head_first;
}

static bool is_relation(const char *type)
{
    return strcmp(type, "None") != 0;
}

/* The relations that say something, sorted, each once. */
static int links_open(struct links *links, const struct post *post, const struct agreement_options *options)
{
    *links = (struct links){.items = calloc(post->n_relations + 1, sizeof *links->items)};
    if (!links->items)
        return -1;
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct relation *r = &post->relations[i];
        const struct entity *head = post_entity_peek(post, r->head), *tail = post_entity_peek(post, r->tail);
        if (!head || !tail || !is_relation(r->type) || !agreement_counts(&r->origin, options))
            continue;
        struct link link = {{.start = head->start, .end = head->end}, {.start = tail->start, .end = tail->end}, true,
                            r->type};
        if (agreement_compare_places(&link.first, &link.second) > 0)
            link = (struct link){link.second, link.first, false, r->type};
        links->items[links->n++] = link;
    }
    qsort(links->items, links->n, sizeof *links->items, compare_links);
    size_t kept = 0;
    for (size_t i = 0; i < links->n; i++)
        if (!kept || compare_links(&links->items[kept - 1], &links->items[i]))
            links->items[kept++] = links->items[i];
    links->n = kept;
    return 0;
}

/* The spans that a post's labels stand on, whatever their type. */
static size_t places_of(const struct post *post, const struct agreement_options *options, struct agreement_span *out)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < post->n_entities; i++)
        if (agreement_counts(&post->entities[i].origin, options))
            out[n++] = (struct agreement_span){post->entities[i].start, post->entities[i].end, "", NULL};
    qsort(out, n, sizeof *out, agreement_compare_spans);
    for (size_t i = 0; i < n; i++)
        if (!kept || agreement_compare_places(&out[kept - 1], &out[i]))
            out[kept++] = out[i];
    return kept;
}

static bool has_place(const struct agreement_span *places, size_t n, const struct agreement_span *place)
{
    const struct agreement_span key = {place->start, place->end, "", NULL};
    return n && bsearch(&key, places, n, sizeof *places, agreement_compare_spans);
}

/* The links of one unit, which stand together; moves from behind them. */
static struct links links_of_unit(const struct links *links, size_t *from, const struct link *unit)
{
    while (*from < links->n && compare_link_places(&links->items[*from], unit) < 0)
        ++*from;
    struct links found = {&links->items[*from], 0};
    while (*from + found.n < links->n && !compare_link_places(&found.items[found.n], unit))
        found.n++;
    return found;
}

/* What an annotator says of a unit, as one value. */
static int unit_value(struct agreement_numbering *values, const struct links *said, size_t *out)
{
    struct text value = {0};
    if (!said->n)
        text_add(&value, "None");
    for (size_t i = 0; i < said->n; i++)
        text_add_format(&value, "%s%s %s", i ? "\n" : "", said->items[i].head_first ? ">" : "<", said->items[i].type);
    int result = value.failed ? -1 : agreement_number(values, value.bytes, out);
    text_free(&value);
    return result;
}

/* What several annotators say of the relations of one post. */
struct relation_table {
    size_t n; /* annotators */
    struct agreement_span **places;
    size_t *n_places, *from, *values;
    struct links *links;
};

static void relation_table_close(struct relation_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        if (table->places)
            free(table->places[i]);
        if (table->links)
            free(table->links[i].items);
    }
    free(table->places);
    free(table->n_places);
    free(table->from);
    free(table->values);
    free(table->links);
}

/* posts: NULL = the annotator has no answer. */
static int relation_table_open(struct relation_table *table, const struct post *const *posts, size_t n,
                               const struct agreement_options *options)
{
    *table = (struct relation_table){.n = n,
                                     .places = calloc(n, sizeof *table->places),
                                     .n_places = calloc(n, sizeof *table->n_places),
                                     .from = calloc(n, sizeof *table->from),
                                     .values = calloc(n, sizeof *table->values),
                                     .links = calloc(n, sizeof *table->links)};
    if (!table->places || !table->n_places || !table->from || !table->values || !table->links)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!posts[i])
            continue;
        if (!(table->places[i] = calloc(posts[i]->n_entities + 1, sizeof **table->places)) ||
            links_open(&table->links[i], posts[i], options))
            return -1;
        table->n_places[i] = places_of(posts[i], options, table->places[i]);
    }
    return 0;
}

/* The spans that any annotator has, sorted. */
static int all_places(const struct relation_table *table, struct agreement_span **out, size_t *n_out)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < table->n; i++)
        n += table->n_places[i];
    struct agreement_span *all = calloc(n + 1, sizeof *all);
    *out = all;
    if (!all)
        return -1;
    n = 0;
    for (size_t i = 0; i < table->n; i++)
        for (size_t k = 0; k < table->n_places[i]; k++)
            all[n++] = table->places[i][k];
    qsort(all, n, sizeof *all, agreement_compare_spans);
    for (size_t i = 0; i < n; i++)
        if (!kept || agreement_compare_places(&all[kept - 1], &all[i]))
            all[kept++] = all[i];
    *n_out = kept;
    return 0;
}

static int add_unit(struct relation_table *table, const struct link *unit, struct agreement_numbering *values,
                    struct reliability_alpha *alpha)
{
    size_t holders = 0;
    for (size_t i = 0; i < table->n; i++) {
        struct links said = links_of_unit(&table->links[i], &table->from[i], unit);
        table->values[i] = RELIABILITY_MISSING;
        if (!has_place(table->places[i], table->n_places[i], &unit->first) ||
            !has_place(table->places[i], table->n_places[i], &unit->second))
            continue;
        holders++;
        if (unit_value(values, &said, &table->values[i]))
            return -1;
    }
    return holders < 2 ? 0 : reliability_alpha_add(alpha, table->values, table->n);
}

/* Adds every unit of the post; *crowded: it has too many spans for that. */
static int add_units(struct relation_table *table, struct agreement_numbering *values, struct reliability_alpha *alpha,
                     bool *crowded)
{
    struct agreement_span *places;
    size_t n = 0;
    int result = all_places(table, &places, &n);
    *crowded = n > AGREEMENT_SPANS_MAX;
    for (size_t i = 0; !result && !*crowded && i < n; i++)
        for (size_t k = i + 1; !result && k < n; k++) {
            const struct link unit = {.first = places[i], .second = places[k], .type = ""};
            result = add_unit(table, &unit, values, alpha);
        }
    free(places);
    return result;
}

/* Which relations both have, by type; the table has two annotators. */
static int count_links(struct agreement_pair *pair, const struct relation_table *table)
{
    const struct links *a = &table->links[0], *b = &table->links[1];
    for (size_t i = 0, k = 0; i < a->n || k < b->n;) {
        int order = i == a->n ? 1 : k == b->n ? -1 : compare_links(&a->items[i], &b->items[k]);
        const struct link *link = order <= 0 ? &a->items[i] : &b->items[k];
        bool comparable = true;
        for (int s = 0; s < 2; s++)
            comparable = comparable && has_place(table->places[s], table->n_places[s], &link->first) &&
                         has_place(table->places[s], table->n_places[s], &link->second);
        struct agreement_type *type = comparable ? agreement_type(&pair->relation_types, link->type) : NULL;
        if (comparable && !type)
            return -1;
        if (comparable) {
            type->a += order <= 0;
            type->b += order >= 0;
            type->exact += !order;
        }
        for (int s = 0; s < 2; s++)
            if (s ? order >= 0 : order <= 0)
                ++*(comparable ? &pair->n_relations[s] : &pair->n_outside[s]);
        i += order <= 0;
        k += order >= 0;
    }
    return 0;
}

int agreement_compare_relations(struct agreement_pair *pair, const struct post *const posts[2],
                             const struct agreement_options *options, struct agreement_numbering *values)
{
    struct relation_table table;
    bool crowded = false;
    int result = relation_table_open(&table, posts, 2, options);
    if (!result)
        result = add_units(&table, values, &pair->relations, &crowded);
    if (!result && !crowded)
        result = count_links(pair, &table);
    pair->n_crowded += crowded;
    relation_table_close(&table);
    return result;
}

int agreement_add_relations(struct reliability_alpha *alpha, const struct post *const *posts, size_t n,
                            const struct agreement_options *options, struct agreement_numbering *values)
{
    struct relation_table table;
    bool crowded;
    int result = relation_table_open(&table, posts, n, options);
    if (!result)
        result = add_units(&table, values, alpha, &crowded);
    relation_table_close(&table);
    return result;
}
