/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/statistics.h"

#include "corpora/format-conll.h"
#include "corpora/json.h"
#include "corpora/names.h"

#include <stdlib.h>
#include <string.h>

/* A list of counts, and where each name stands in it. */
struct tally {
    struct statistics_count *counts;
    size_t n;
    struct name_table places;
};

static struct statistics_count *tally_find(struct tally *tally, const char *name)
{
    size_t place = tally->n;
    int entered = name_table_add(&tally->places, name, tally->n, &place);
    if (entered < 0)
        return NULL;
    if (entered) {
        struct statistics_count *grown = array_grow(tally->counts, tally->n, sizeof *grown);
        if (!grown)
            return NULL;
        tally->counts = grown;
        grown[tally->n++] = (struct statistics_count){.name = name};
    }
    return &tally->counts[place];
}

static void tally_drop_zeros(struct tally *tally)
{
    size_t kept = 0;
    for (size_t i = 0; i < tally->n; i++)
        if (tally->counts[i].n)
            tally->counts[kept++] = tally->counts[i];
    tally->n = kept;
}

static int count_entities(const struct corpus *corpus, const struct post *post, struct tally *types,
                          struct statistics *out, struct error *err)
{
    bool *orphans = NULL;
    if (conll_orphans(corpus, post, &orphans, err))
        return -1;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i];
        bool strict = !orphans || !orphans[entity->start];
        struct statistics_count *count = entity->type ? tally_find(types, entity->type) : NULL;
        if (entity->type && !count) {
            free(orphans);
            return error_memory(err, corpus->path);
        }
        out->n_entities++;
        out->n_strict += strict;
        out->n_untyped += !count;
        if (count) {
            count->n++;
            count->n_strict += strict;
        }
    }
    free(orphans);
    return 0;
}

static int count_relations(const struct corpus *corpus, const struct post *post, struct tally *relations,
                           struct statistics *out, struct error *err)
{
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct relation *relation = &post->relations[i];
        const struct entity *head = post_entity_peek(post, relation->head);
        const struct entity *tail = post_entity_peek(post, relation->tail);
        struct statistics_count *count = tally_find(relations, relation->type);
        if (!count)
            return error_memory(err, corpus->path);
        count->n++;
        out->n_relations++;
        out->n_misfits +=
            !schema_fits(&corpus->schema, relation->type, head ? head->type : NULL, tail ? tail->type : NULL);
    }
    return 0;
}

/* A name counts once, however many posts show the picture. */
static int count_picture(const struct post *post, const char *folder, struct name_table *pictures,
                         struct statistics *out, struct error *err)
{
    if (!post->image || !*post->image)
        return 0;
    out->n_named++;
    int entered = name_table_add(pictures, post->image, 0, NULL);
    if (entered < 0)
        return error_memory(err, out->corpus->path);
    if (!entered)
        return 0;
    out->n_distinct++;
    if (!folder)
        return 0;
    char *path = NULL;
    struct error refusal;
    if (corpus_image_path(folder, post, &path, NULL, &refusal)) {
        if (refusal.kind != ERROR_INPUT)
            return error_memory(err, out->corpus->path);
        if (!out->n_refused++)
            out->refusal = refusal;
    } else {
        out->n_present += path != NULL;
        out->n_missing += path == NULL;
    }
    free(path);
    return 0;
}

static int count_compare(const void *a, const void *b)
{
    const struct statistics_count *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->name, y->name);
}

int statistics_count(const struct corpus *corpus, const char *folder, struct statistics *out, struct error *err)
{
    struct tally types = {0}, relations = {0};
    struct name_table pictures = {0};
    int result = 0;
    *out = (struct statistics){.corpus = corpus, .n_posts = corpus->n_posts, .has_files = folder};
    for (size_t i = 0; !result && i < corpus->schema.n_entities; i++)
        result = tally_find(&types, corpus->schema.entities[i]) ? 0 : error_memory(err, corpus->path);
    for (size_t i = 0; !result && i < corpus->n_posts; i++) {
        const struct post *post = &corpus->posts[i];
        out->n_tokens += post->n_tokens;
        out->n_boxes += post->n_objects;
        out->n_status[post->status]++;
        if (count_entities(corpus, post, &types, out, err) || count_relations(corpus, post, &relations, out, err) ||
            count_picture(post, folder, &pictures, out, err))
            result = -1;
    }
    tally_drop_zeros(&types);
    if (relations.n)
        qsort(relations.counts, relations.n, sizeof *relations.counts, count_compare);
    out->types = types.counts;
    out->n_types = types.n;
    out->relations = relations.counts;
    out->n_relation_names = relations.n;
    name_table_free(&types.places);
    name_table_free(&relations.places);
    name_table_free(&pictures);
    if (result)
        statistics_free(out);
    return result;
}

void statistics_free(struct statistics *statistics)
{
    free(statistics->types);
    free(statistics->relations);
    *statistics = (struct statistics){0};
}

static void put_number(struct text *out, const char *name, size_t n)
{
    json_put_name(out, name);
    text_add_format(out, "%zu", n);
}

static void put_object(struct text *out, const char *name)
{
    json_put_name(out, name);
    text_add_char(out, '{');
}

void statistics_put_json(struct text *out, const struct statistics *s)
{
    text_add_char(out, '{');
    json_put_name(out, "corpus");
    json_put_text(out, s->corpus->path);
    json_put_name(out, "format");
    json_put_text(out, corpus_format_name(s->corpus->format));
    put_number(out, "posts", s->n_posts);
    put_number(out, "tokens", s->n_tokens);
    put_object(out, "status");
    for (int i = 0; i < 4; i++)
        put_number(out, post_status_name((enum post_status)i), s->n_status[i]);
    text_add_char(out, '}');
    put_object(out, "entities");
    put_number(out, "total", s->n_entities);
    put_number(out, "strict", s->n_strict);
    put_number(out, "invalid_tags", s->n_entities - s->n_strict);
    put_number(out, "untyped", s->n_untyped);
    put_object(out, "types");
    for (size_t i = 0; i < s->n_types; i++)
        put_number(out, s->types[i].name, s->types[i].n);
    text_add_char(out, '}');
    put_object(out, "strict_types");
    for (size_t i = 0; i < s->n_types; i++)
        put_number(out, s->types[i].name, s->types[i].n_strict);
    text_add(out, "}}");
    put_object(out, "relations");
    put_number(out, "total", s->n_relations);
    put_number(out, "against_signature", s->n_misfits);
    put_object(out, "types");
    for (size_t i = 0; i < s->n_relation_names; i++)
        put_number(out, s->relations[i].name, s->relations[i].n);
    text_add(out, "}}");
    put_object(out, "images");
    put_number(out, "named", s->n_named);
    put_number(out, "distinct", s->n_distinct);
    if (s->has_files) {
        put_number(out, "present", s->n_present);
        put_number(out, "missing", s->n_missing);
        put_number(out, "refused", s->n_refused);
    }
    text_add_char(out, '}');
    put_number(out, "boxes", s->n_boxes);
    text_add_char(out, '}');
}

static void put_row(struct text *out, const char *name, size_t n, const char *more)
{
    size_t from = out->n;
    text_add_format(out, "  %-32s", name);
    if (!out->failed)
        text_tame(out->bytes + from, "");
    text_add_format(out, " %9zu%s\n", n, more);
}

void statistics_put_table(struct text *out, const struct statistics *s)
{
    char more[80], name[80];
    size_t invalid = s->n_entities - s->n_strict;
    text_add(out, s->corpus->path);
    if (!out->failed)
        text_tame(out->bytes, "\n");
    text_add_format(out, " (%s)\n", corpus_format_name(s->corpus->format));
    put_row(out, "posts", s->n_posts, "");
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "  %s", post_status_name((enum post_status)i));
        if (s->n_status[i] && s->n_status[i] < s->n_posts)
            put_row(out, name, s->n_status[i], "");
    }
    put_row(out, "tokens", s->n_tokens, "");
    snprintf(more, sizeof more, "  (seqeval default; %zu in strict mode: %zu start with I-)", s->n_strict, invalid);
    put_row(out, "entities", s->n_entities, invalid ? more : "");
    for (size_t i = 0; i < s->n_types; i++) {
        snprintf(name, sizeof name, "  %.*s", utf8_head(s->types[i].name, 60), s->types[i].name);
        snprintf(more, sizeof more, "  (%zu)", s->types[i].n_strict);
        put_row(out, name, s->types[i].n, s->types[i].n > s->types[i].n_strict ? more : "");
    }
    if (s->n_untyped)
        put_row(out, "  of unknown type", s->n_untyped, "");
    snprintf(more, sizeof more, "  (%zu against their signature)", s->n_misfits);
    put_row(out, "relations", s->n_relations, s->n_misfits ? more : "");
    for (size_t i = 0; i < s->n_relation_names; i++) {
        snprintf(name, sizeof name, "  %.*s", utf8_head(s->relations[i].name, 60), s->relations[i].name);
        put_row(out, name, s->relations[i].n, "");
    }
    put_row(out, "pictures named by posts", s->n_named, "");
    put_row(out, "  different ones", s->n_distinct, "");
    if (s->has_files) {
        put_row(out, "  present", s->n_present, "");
        put_row(out, "  missing", s->n_missing, "");
        if (s->n_refused)
            put_row(out, "  refused", s->n_refused, "");
    }
    put_row(out, "boxes", s->n_boxes, "");
}
