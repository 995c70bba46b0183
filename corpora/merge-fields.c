/* The fields of a post: note, picture, status, flags, annotator, members that are not ours.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/merge-post.h"

#include "corpora/json.h"
#include "corpora/merge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- Single values: note, picture, status, members that are not ours ---- */

/* Of the versions that have a say (present) and changed the value: m->n (the base) where there is none, the first where
 * all say the same, SIZE_MAX where they differ. Values may be NULL. */
size_t merge_choose(const struct merge_post *m, const char *const *values, const char *base)
{
    size_t chosen = m->n;
    for (size_t v = 0; v < m->n; v++) {
        if (!m->versions[v] || text_equal(values[v], base))
            continue;
        if (chosen == m->n)
            chosen = v;
        else if (!text_equal(values[v], values[chosen]))
            return SIZE_MAX;
    }
    return chosen;
}

/* name NULL: kind is the member's name. raw: the values are JSON already. */
static void put_values(struct merge_post *m, const char *kind, const char *name, const char *const *values,
                       const char *base, bool raw)
{
    merge_conflict_begin(m, kind, name);
    for (size_t i = 0; i <= m->n; i++) {
        size_t v = i ? i - 1 : m->n;
        const char *value = v == m->n ? base : values[v];
        if (v < m->n && (!m->versions[v] || text_equal(value, base)))
            continue;
        if (v == m->n && !value)
            continue;
        merge_conflict_version(m, v == m->n ? NULL : m->names[v]);
        json_put_name(&m->conflicts, name ? "value" : kind);
        if (!value)
            text_add(&m->conflicts, "null");
        else if (raw)
            text_add(&m->conflicts, value);
        else
            json_put_text(&m->conflicts, value);
        if (v < m->n)
            m->open[v]++;
    }
    merge_conflict_end(m);
}

/* Merges one text; what is disputed stays as the base has it. */
static int merge_text(struct merge_post *m, const char *kind, const char *const *values, const char *base, bool raw,
                      char **out)
{
    size_t chosen = merge_choose(m, values, base);
    if (chosen == SIZE_MAX)
        put_values(m, kind, NULL, values, base, raw);
    else if (chosen < m->n)
        for (size_t v = chosen; v < m->n; v++)
            m->taken[v] += m->versions[v] && text_equal(values[v], values[chosen]);
    return text_copy(chosen < m->n ? values[chosen] : base, out);
}

static int merge_status(struct merge_post *m, const char **values)
{
    const char *base = post_status_name(m->base->status);
    for (size_t v = 0; v < m->n; v++)
        values[v] = m->versions[v] ? post_status_name(m->versions[v]->status) : NULL;
    size_t chosen = merge_choose(m, values, base);
    m->out->status = chosen == SIZE_MAX ? STATUS_STARTED
                     : chosen == m->n   ? m->base->status
                                        : m->versions[chosen]->status;
    if (chosen == SIZE_MAX)
        put_values(m, "status", NULL, values, base, false);
    return 0;
}

bool merge_has_text(char *const *list, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i], text))
            return true;
    return false;
}

/* Whether an element of a set stays: somebody added it, or the base had it and nobody took it away. */
bool merge_stays(const struct merge_post *m, bool in_base, bool (*has)(const struct post *, const void *),
                  const void *element)
{
    for (size_t v = 0; v < m->n; v++)
        if (m->versions[v] && has(m->versions[v], element) != in_base)
            return !in_base;
    return in_base;
}

static bool has_flag(const struct post *post, const void *flag)
{
    return post_has_flag(post, flag);
}

static int merge_flags(struct merge_post *m)
{
    for (size_t i = 0; i <= m->n; i++) {
        const struct post *post = merge_version_peek(m, i ? i - 1 : m->n);
        for (size_t k = 0; post && k < post->n_flags; k++)
            if (!merge_has_text(m->out->flags, m->out->n_flags, post->flags[k]) &&
                merge_stays(m, has_flag(m->base, post->flags[k]), has_flag, post->flags[k]) &&
                text_list_add(&m->out->flags, &m->out->n_flags, post->flags[k]))
                return -1;
    }
    return 0;
}

int merge_join_names(char **names, const char *more)
{
    struct text joined = {0};
    text_add(&joined, *names ? *names : "");
    while (more && *more) {
        size_t n = strcspn(more, ",");
        bool known = false;
        for (const char *p = joined.bytes; p && *p && !known;) {
            size_t length = strcspn(p, ",");
            known = length == n && !strncmp(p, more, n);
            p += length;
            p += strspn(p, ", ");
        }
        if (!known) {
            text_add(&joined, joined.n ? ", " : "");
            text_add_bytes(&joined, more, n);
        }
        more += n;
        more += strspn(more, ", ");
    }
    if (!joined.n) {
        text_free(&joined);
        return 0;
    }
    char *bytes = text_take(&joined);
    if (!bytes)
        return -1;
    free(*names);
    *names = bytes;
    return 0;
}

/* Two people at a post are no conflict. */
static int merge_annotator(struct merge_post *m)
{
    bool changed = false;
    for (size_t v = 0; v < m->n; v++)
        if (m->versions[v] && !text_equal(m->versions[v]->annotator, m->base->annotator)) {
            changed = true;
            if (merge_join_names(&m->out->annotator, m->versions[v]->annotator))
                return -1;
        }
    return changed ? 0 : text_copy(m->base->annotator, &m->out->annotator);
}

/* ---- Members that are not ours ---- */

/* The member's value on one line; NULL: it has none, or memory is out. */
static char *member_text(const struct post *post, const char *name, bool *failed)
{
    struct json_value value = post ? json_member(json_value_of(post->extra), name) : (struct json_value){0};
    struct text text = {0};
    if (!value.text)
        return NULL;
    json_put_value(&text, value);
    char *bytes = text_take(&text);
    *failed = *failed || !bytes;
    return bytes;
}

static int merge_member(struct merge_post *m, const char *name, struct text *out)
{
    char **values = calloc(m->n + 1, sizeof *values);
    bool failed = !values;
    for (size_t v = 0; !failed && v <= m->n; v++)
        values[v] = member_text(merge_version_peek(m, v), name, &failed);
    if (!failed) {
        const char *const *said = (const char *const *)values;
        size_t chosen = merge_choose(m, said, values[m->n]);
        const char *value = chosen < m->n ? values[chosen] : values[m->n];
        if (chosen == SIZE_MAX)
            put_values(m, "member", name, said, values[m->n], true);
        if (value) {
            json_put_name(out, name);
            text_add(out, value);
        }
    }
    for (size_t v = 0; values && v <= m->n; v++)
        free(values[v]);
    free(values);
    return failed ? -1 : 0;
}

/* Conflicts of an earlier merge stay. */
int merge_keep_conflicts(struct merge_post *m)
{
    for (size_t i = 0; i <= m->n; i++) {
        const struct post *post = merge_version_peek(m, i ? i - 1 : m->n);
        struct json_value item, list = post ? json_member(json_value_of(post->extra), MERGE_MEMBER)
                                            : (struct json_value){0};
        if (json_kind(list) != JSON_ARRAY)
            continue;
        for (struct json_walk walk = json_walk(list); json_next_item(&walk, &item);) {
            struct text text = {0};
            json_put_value(&text, item);
            if (text.failed)
                return -1;
            if (!m->conflicts.n || !strstr(m->conflicts.bytes, text.bytes)) {
                text_add(&m->conflicts, m->n_conflicts++ ? ", " : "");
                text_add(&m->conflicts, text.bytes);
            }
            text_free(&text);
        }
    }
    return m->conflicts.failed ? -1 : 0;
}

#define MERGE_RECORDS "proposed_of"

static bool has_member(const struct merge_post *m, const char *name)
{
    for (size_t v = 0; v <= m->n; v++) {
        const struct post *post = merge_version_peek(m, v);
        if (post && json_member(json_value_of(post->extra), name).text)
            return true;
    }
    return false;
}

/* What a model had proposed to each who was done with the post. They do not contradict each other: the records stand
 * side by side, by names. */
static void put_records(const struct merge_post *m, struct text *out)
{
    json_put_name(out, MERGE_RECORDS);
    text_add_char(out, '{');
    for (size_t v = 0; v < m->n; v++) {
        if (!m->versions[v] || !m->versions[v]->proposed)
            continue;
        json_put_name(out, m->names[v]);
        json_put_value(out, json_value_of(m->versions[v]->proposed));
    }
    text_add_char(out, '}');
}

/* One record is the post's own; several stand beside it, once. */
static int merge_proposed(struct merge_post *m, const char **values)
{
    for (size_t v = 0; v < m->n; v++)
        values[v] = m->versions[v] ? m->versions[v]->proposed : NULL;
    m->has_records = merge_choose(m, values, m->base->proposed) == SIZE_MAX && !has_member(m, MERGE_RECORDS);
    return m->has_records ? 0 : merge_text(m, "proposed", values, m->base->proposed, true, &m->out->proposed);
}

/* The names in the order of the base, then of the versions. */
int merge_extra(struct merge_post *m)
{
    struct text out = {0};
    char **seen = NULL;
    size_t n_seen = 0;
    int result = 0;
    text_add_char(&out, '{');
    for (size_t i = 0; i <= m->n && !result; i++) {
        const struct post *post = merge_version_peek(m, i ? i - 1 : m->n);
        struct json_value name, value, extra = json_value_of(post ? post->extra : NULL);
        if (json_kind(extra) != JSON_OBJECT)
            continue;
        for (struct json_walk walk = json_walk(extra); !result && json_next_member(&walk, &name, &value);) {
            char *text = json_text(name);
            if (!text)
                result = -1;
            else if (strcmp(text, MERGE_MEMBER) && !merge_has_text(seen, n_seen, text))
                result = text_list_add(&seen, &n_seen, text) || merge_member(m, text, &out) ? -1 : 0;
            free(text);
        }
    }
    text_list_free(seen, n_seen);
    if (m->has_records)
        put_records(m, &out);
    text_add_char(&out, '}');
    if (result || out.failed) {
        text_free(&out);
        return -1;
    }
    if (out.n == 2)
        text_free(&out);
    else if (!(m->out->extra = text_take(&out)))
        return -1;
    return 0;
}

int merge_fields(struct merge_post *m)
{
    const char **values = calloc(m->n + 1, sizeof *values);
    int result = values ? 0 : -1;
#define FIELD(field, kind, raw)                                                                                        \
    do {                                                                                                               \
        for (size_t v = 0; !result && v < m->n; v++)                                                                   \
            values[v] = m->versions[v] ? m->versions[v]->field : NULL;                                                 \
        if (!result)                                                                                                   \
            result = merge_text(m, kind, values, m->base->field, raw, &m->out->field);                                 \
    } while (0)
    FIELD(image, "image", false);
    FIELD(note, "note", false);
    FIELD(source, "source", true);
#undef FIELD
    if (!result)
        result = merge_proposed(m, values) || merge_status(m, values) || merge_flags(m) || merge_annotator(m) ||
                         merge_extra(m)
                     ? -1
                     : 0;
    free(values);
    return result;
}
