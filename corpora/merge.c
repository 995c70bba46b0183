/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/merge.h"

#include "corpora/json.h"
#include "corpora/merge-post.h"
#include "corpora/names.h"
#include "corpora/post-json.h"
#include "corpora/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- Names ---- */

enum { ANNOTATORS_MAX = 64 };

struct annotators {
    const char *names[ANNOTATORS_MAX]; /* borrowed */
    size_t counts[ANNOTATORS_MAX], n;
};

static void count_annotator(struct annotators *annotators, const char *name)
{
    size_t at = 0;
    if (!name || !*name)
        return;
    while (at < annotators->n && strcmp(annotators->names[at], name))
        at++;
    if (at == ANNOTATORS_MAX)
        return;
    annotators->names[at] = name;
    annotators->n += at == annotators->n;
    annotators->counts[at]++;
}

/* Who has most of the posts and labels; NULL = nobody says. Borrowed. */
static const char *main_annotator(const struct corpus *corpus)
{
    struct annotators annotators = {.n = 0};
    for (size_t i = 0; i < corpus->n_posts; i++) {
        const struct post *post = &corpus->posts[i];
        count_annotator(&annotators, post->annotator);
        for (size_t k = 0; k < post->n_entities; k++)
            count_annotator(&annotators, post->entities[k].origin.by);
        for (size_t k = 0; k < post->n_relations; k++)
            count_annotator(&annotators, post->relations[k].origin.by);
        for (size_t k = 0; k < post->n_objects; k++)
            count_annotator(&annotators, post->objects[k].origin.by);
        for (size_t k = 0; k < post->n_rejected_entities; k++)
            count_annotator(&annotators, post->rejected_entities[k].origin.by);
        for (size_t k = 0; k < post->n_verdicts; k++)
            count_annotator(&annotators, post->verdicts[k].by);
    }
    size_t best = 0;
    for (size_t i = 1; i < annotators.n; i++)
        best = annotators.counts[i] > annotators.counts[best] ? i : best;
    return annotators.n ? annotators.names[best] : NULL;
}

static char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strchr(name + (*name != '\0'), '.');
    return strndup(name, dot ? (size_t)(dot - name) : strlen(name));
}

int merge_names(struct corpus *const *versions, size_t n, char ***out)
{
    char **names = calloc(n + 1, sizeof *names);
    bool failed = !names;
    for (size_t i = 0; i < n && !failed; i++) {
        const char *annotator = main_annotator(versions[i]);
        names[i] = annotator ? strdup(annotator) : file_name(versions[i]->path);
        failed = !names[i];
    }
    for (size_t attempt = 0; attempt < 2; attempt++)
        for (size_t i = 0; i < n && !failed; i++) {
            bool twice = false;
            for (size_t k = 0; k < n; k++)
                twice = twice || (k != i && !strcmp(names[i], names[k]));
            for (size_t k = n; twice && k-- > i && !failed;) {
                if (strcmp(names[i], names[k]))
                    continue;
                char *name = attempt ? strdup(versions[k]->path) : file_name(versions[k]->path);
                failed = !name;
                if (name) {
                    free(names[k]);
                    names[k] = name;
                }
            }
        }
    if (failed) {
        text_list_free(names, names ? n : 0);
        return -1;
    }
    *out = names;
    return 0;
}

/* ---- The schema and what else stands in the head ---- */

/* Adds the types that a list lacks; an empty list means any type and stays so. */
static int add_types(char ***types, size_t *n, char *const *more, size_t n_more)
{
    if (!*n)
        return 0;
    if (!n_more) {
        text_list_free(*types, *n);
        *types = NULL;
        *n = 0;
        return 0;
    }
    for (size_t i = 0; i < n_more; i++) {
        bool known = false;
        for (size_t k = 0; k < *n && !known; k++)
            known = !strcmp((*types)[k], more[i]);
        if (!known && text_list_add(types, n, more[i]))
            return -1;
    }
    return 0;
}

static struct schema_relation *relation_of(struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->n_relations; i++)
        if (!strcmp(schema->relations[i].name, name))
            return &schema->relations[i];
    return NULL;
}

/* Everything that any of them has: a schema says what there may be. */
static int join_schema(struct schema *schema, const struct schema *more)
{
    for (size_t i = 0; i < more->n_entities; i++)
        if (schema_add_entity(schema, more->entities[i]))
            return -1;
    for (size_t i = 0; i < more->n_relations; i++) {
        const struct schema_relation *from = &more->relations[i];
        struct schema_relation *to = relation_of(schema, from->name);
        bool is_new = !to;
        if (is_new && schema_add_relation(schema, from->name))
            return -1;
        if (!(to = relation_of(schema, from->name)))
            continue;
        if (is_new) { /* as the file has it, not as its name would say */
            text_list_free(to->head, to->n_head);
            text_list_free(to->tail, to->n_tail);
            to->head = to->tail = NULL;
            to->n_head = to->n_tail = 0;
            if (text_list_copy(from->head, from->n_head, &to->head))
                return -1;
            to->n_head = from->n_head;
            if (text_list_copy(from->tail, from->n_tail, &to->tail))
                return -1;
            to->n_tail = from->n_tail;
            if (text_copy(from->extra, &to->extra))
                return -1;
        } else if (add_types(&to->head, &to->n_head, from->head, from->n_head) ||
                   add_types(&to->tail, &to->n_tail, from->tail, from->n_tail))
            return -1;
    }
    return 0;
}

/* ---- Posts ---- */

struct merge {
    const struct corpus *base;
    const struct corpus **versions; /* [n], by path */
    struct merge_file **files;      /* [n], the same order */
    const char **names;             /* [n] */
    size_t n;
    struct name_table base_ids, *ids; /* [n]: id -> place */
    struct corpus *out;
    struct merge_report *report;
    size_t *taken, *open;
};

static const struct post *find_post(const struct name_table *ids, const struct corpus *corpus, const char *id)
{
    const struct name_slot *slot = name_table_peek(ids, id);
    return slot ? &corpus->posts[slot->value] : NULL;
}

static int add_post(struct merge *m, struct post *post)
{
    struct post *grown = array_grow(m->out->posts, m->out->n_posts, sizeof *grown);
    if (!grown) {
        post_free(post);
        return -1;
    }
    m->out->posts = grown;
    grown[m->out->n_posts++] = *post;
    return 0;
}

/* A post whose words are borrowed and that has no labels: what there was before anybody began. */
static struct post blank(const struct post *post)
{
    return (struct post){.id = post->id,
                         .tokens = post->tokens,
                         .n_tokens = post->n_tokens,
                         .text = post->text,
                         .offsets = post->offsets};
}

/* Whose text differs from the base's; where all of those are the same to the byte, *same_out. */
static int changed_versions(const struct post *base, const struct post *const *versions, size_t n, size_t *first_out,
                            size_t *n_out, bool *same_out)
{
    struct text texts[3] = {{0}}; /* base, first changed, this */
    int failed;
    if (base)
        post_json_put(&texts[0], base);
    failed = texts[0].failed;
    *n_out = 0;
    *same_out = true;
    for (size_t v = 0; v < n && !failed; v++) {
        if (!versions[v])
            continue;
        struct text *text = &texts[*n_out ? 2 : 1]; /* the first is kept */
        text_clear(text);
        post_json_put(text, versions[v]);
        failed = text->failed;
        if (failed || (base && !strcmp(text->bytes, texts[0].bytes)))
            continue;
        if (!(*n_out)++)
            *first_out = v;
        else
            *same_out = *same_out && !strcmp(texts[1].bytes, texts[2].bytes);
    }
    for (int i = 0; i < 3; i++)
        text_free(&texts[i]);
    return failed ? -1 : 0;
}

/* How many places of the post the version changed: for the report, where the whole post is taken. */
static int count_changes(const struct post *base, const struct post *version, size_t *out, struct error *err)
{
    const struct post nothing = blank(version);
    const struct post *from = base && post_same_tokens(base, version) ? base : &nothing;
    for (int kind = 0; kind < DISAGREEMENT_KINDS; kind++) {
        struct disagreement_list places;
        if (disagreement_find((enum disagreement_kind)kind, from, &version, 1, false, &places, err))
            return -1;
        for (size_t i = 0; i < places.n; i++)
            *out += places.items[i].state == DISAGREEMENT_SETTLED;
        disagreement_list_free(&places);
    }
    return 0;
}

/* The post of that id of all files. base NULL = BASE lacks it. */
static int merge_one(struct merge *m, const struct post *base, const char *id, struct error *err)
{
    const struct post **versions = calloc(m->n, sizeof *versions);
    struct post out = {0};
    size_t first = 0, n_changed = 0;
    bool same = true;
    int result = versions ? 0 : error_memory(err, "merging a post");
    for (size_t v = 0; v < m->n && !result; v++) {
        versions[v] = find_post(&m->ids[v], m->versions[v], id);
        m->files[v]->n_new += versions[v] && !base;
    }
    if (!result && changed_versions(base, versions, m->n, &first, &n_changed, &same))
        result = error_memory(err, "merging a post");
    if (!result && (!n_changed || same)) {
        if (post_copy(n_changed ? versions[first] : base, &out))
            result = error_memory(err, "merging a post");
        for (size_t v = 0; v < m->n && !result; v++)
            if (n_changed && versions[v])
                result = count_changes(base, versions[v], &m->files[v]->n_taken, err);
    } else if (!result) {
        const struct post begin = base ? *base : blank(versions[first]);
        struct merge_post one = {.base = &begin, .versions = versions, .names = m->names, .n = m->n,
                                 .taken = m->taken, .open = m->open, .out = &out};
        result = merge_post(&one, err);
        m->report->n_conflicts += one.n_conflicts;
        m->report->n_conflict_posts += one.n_conflicts > 0;
    }
    free(versions);
    if (result)
        post_free(&out);
    else if (add_post(m, &out))
        result = error_memory(err, "merging a post");
    return result ? -1 : 0;
}

static int index_posts(struct name_table *ids, const struct corpus *corpus, struct error *err)
{
    for (size_t i = 0; i < corpus->n_posts; i++) {
        int entered = name_table_add(ids, corpus->posts[i].id, i, NULL);
        if (entered < 0)
            return error_memory(err, corpus->path);
        if (!entered)
            return error_set(err, ERROR_INPUT, "%s: the id %.*s stands twice; posts pair by their ids", corpus->path,
                             utf8_head(corpus->posts[i].id, 80), corpus->posts[i].id);
    }
    return 0;
}

static int merge_posts(struct merge *m, struct error *err)
{
    for (size_t i = 0; i < m->base->n_posts; i++)
        if (merge_one(m, &m->base->posts[i], m->base->posts[i].id, err))
            return -1;
    for (size_t v = 0; v < m->n; v++)
        for (size_t i = 0; i < m->versions[v]->n_posts; i++) {
            const char *id = m->versions[v]->posts[i].id;
            bool done = name_table_peek(&m->base_ids, id) != NULL;
            for (size_t k = 0; k < v && !done; k++)
                done = name_table_peek(&m->ids[k], id) != NULL;
            if (!done && merge_one(m, NULL, id, err))
                return -1;
        }
    return 0;
}

/* Of the head's own texts, the one that a version changed, else the base's. */
static int merge_head(struct merge *m)
{
    const struct corpus *source = m->base, *extra = m->base;
    const char *images = m->base->images;
    if (schema_copy(&m->base->schema, &m->out->schema))
        return -1;
    for (size_t v = m->n; v-- > 0;) {
        images = m->base->images ? images : m->versions[v]->images;
        source = text_equal(m->versions[v]->source, m->base->source) ? source : m->versions[v];
        extra = text_equal(m->versions[v]->extra, m->base->extra) ? extra : m->versions[v];
    }
    for (size_t v = 0; v < m->n; v++)
        if (join_schema(&m->out->schema, &m->versions[v]->schema))
            return -1;
    m->out->format = FORMAT_JSON;
    return text_copy(m->base->path, &m->out->path) || text_copy(images, &m->out->images) ||
                   text_copy(source->source, &m->out->source) || text_copy(extra->extra, &m->out->extra)
               ? -1
               : 0;
}

/* By path: then the order in which they were named changes nothing. */
static void sort_versions(struct merge *m)
{
    for (size_t i = 1; i < m->n; i++)
        for (size_t k = i; k > 0 && strcmp(m->versions[k - 1]->path, m->versions[k]->path) > 0; k--) {
            const struct corpus *version = m->versions[k];
            struct merge_file *file = m->files[k];
            m->versions[k] = m->versions[k - 1];
            m->files[k] = m->files[k - 1];
            m->versions[k - 1] = version;
            m->files[k - 1] = file;
        }
}

static int merge_open(struct merge *m, struct corpus *const *versions, struct error *err)
{
    size_t n = m->n;
    m->versions = calloc(n, sizeof *m->versions);
    m->files = calloc(n, sizeof *m->files);
    m->names = calloc(n, sizeof *m->names);
    m->ids = calloc(n, sizeof *m->ids);
    m->taken = calloc(n, sizeof *m->taken);
    m->open = calloc(n, sizeof *m->open);
    m->out = calloc(1, sizeof *m->out);
    m->report->files = calloc(n, sizeof *m->report->files);
    if (!m->versions || !m->files || !m->names || !m->ids || !m->taken || !m->open || !m->out || !m->report->files)
        return error_memory(err, "merging");
    m->report->n = n;
    char **names;
    if (merge_names(versions, n, &names))
        return error_memory(err, "merging");
    for (size_t v = 0; v < n; v++) {
        m->versions[v] = versions[v];
        m->files[v] = &m->report->files[v];
        m->files[v]->name = names[v];
        m->files[v]->n_posts = versions[v]->n_posts;
    }
    free(names);
    sort_versions(m);
    if (index_posts(&m->base_ids, m->base, err))
        return -1;
    for (size_t v = 0; v < n; v++) {
        m->names[v] = m->files[v]->name;
        if (index_posts(&m->ids[v], m->versions[v], err))
            return -1;
    }
    return merge_head(m) ? error_memory(err, "merging") : 0;
}

int merge_corpora(const struct corpus *base, struct corpus *const *versions, size_t n, struct corpus **out,
                  struct merge_report *report, struct error *err)
{
    struct merge m = {.base = base, .n = n, .report = report};
    *report = (struct merge_report){0};
    int result = merge_open(&m, versions, err) || merge_posts(&m, err) ? -1 : 0;
    for (size_t v = 0; !result && v < n; v++) {
        m.files[v]->n_taken += m.taken[v];
        m.files[v]->n_open += m.open[v];
    }
    for (size_t v = 0; m.ids && v < n; v++)
        name_table_free(&m.ids[v]);
    name_table_free(&m.base_ids);
    free(m.versions);
    free(m.files);
    free(m.names);
    free(m.ids);
    free(m.taken);
    free(m.open);
    if (result) {
        corpus_free(m.out);
        merge_report_free(report);
    }
    *out = result ? NULL : m.out;
    return result;
}

void merge_report_free(struct merge_report *report)
{
    for (size_t i = 0; i < report->n; i++)
        free(report->files[i].name);
    free(report->files);
    *report = (struct merge_report){0};
}
