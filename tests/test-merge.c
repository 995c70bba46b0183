/* Merging: what one changed is taken, what several changed differently is kept and marked, and nothing is lost.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit.h"
#include "corpora/json.h"
#include "corpora/merge.h"
#include "tests/corpus-try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char base_content[] =
    "{\"format\": \"mmib-corpus\", \"version\": 1, \"schema\": {\"entities\": [\"PER\", \"LOC\"], \"relations\": []},\n"
    " \"posts\": [\n"
    "{\"id\": \"1\", \"tokens\": [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"], \"image\": \"x.jpg\", \"entities\": ["
    "{\"id\": \"e1\", \"start\": 0, \"end\": 2, \"type\": \"PER\", \"source\": \"import\"},"
    "{\"id\": \"e2\", \"start\": 3, \"end\": 4, \"type\": \"LOC\", \"source\": \"model\", \"score\": 0.5}],"
    "\"relations\": [{\"id\": \"r1\", \"head\": \"e1\", \"tail\": \"e2\", \"type\": \"in\", \"source\": \"import\"}],"
    "\"objects\": [{\"id\": \"o1\", \"box\": [0, 0, 10, 10], \"label\": \"man\", \"source\": \"detector\"}],"
    "\"status\": \"new\", \"more\": {\"x\": 1.50}},\n"
    "{\"id\": \"2\", \"tokens\": [\"g\", \"h\", \"i\"], \"flags\": [\"unsure\"], \"note\": \"hm\"},\n"
    "{\"id\": \"3\", \"tokens\": [\"j\"]}]}\n";

/* ---- Helpers ---- */

static const struct edit_context *at_noon(const char *by)
{
    static struct edit_context context;
    context = (struct edit_context){.by = by, .at = "2026-01-01T12:00:00Z"};
    return &context;
}

static void apply(struct corpus *corpus, size_t post, int code, struct edit_batch *batch)
{
    struct error err = {0};
    if (!code && edit_batch_apply(batch, &corpus->posts[post], 1, &err))
        fail_msg("%s", err.message);
    edit_batch_free(batch);
}

#define DO(corpus, index, call)                                                                                        \
    do {                                                                                                               \
        struct edit_batch batch = {.post = (index)};                                                                   \
        const struct post *post = &(corpus)->posts[index];                                                             \
        struct error err = {0};                                                                                        \
        apply((corpus), (index), (call), &batch);                                                                      \
    } while (0)

static struct corpus *merged(const struct corpus *base, struct corpus *a, struct corpus *b, struct merge_report *report)
{
    struct corpus *versions[2] = {a, b}, *out;
    struct error err = {0};
    if (merge_corpora(base, versions, b ? 2 : 1, &out, report, &err))
        fail_msg("%s", err.message);
    return out;
}

static char *merged_text(const struct corpus *base, struct corpus *a, struct corpus *b)
{
    struct merge_report report;
    struct corpus *out = merged(base, a, b, &report);
    char *text = try_write(out, FORMAT_JSON, NULL);
    corpus_free(out);
    merge_report_free(&report);
    return text;
}

static const struct entity *entity_on(const struct post *post, size_t start, size_t end, const char *type)
{
    for (size_t i = 0; i < post->n_entities; i++)
        if (post->entities[i].start == start && post->entities[i].end == end &&
            !strcmp(post->entities[i].type, type))
            return &post->entities[i];
    return NULL;
}

/* ---- What one changed ---- */

static void test_changes_of_two_join(void **state)
{
    struct merge_report report;
    (void)state;
    struct corpus *base = try_read("base.json", base_content), *a = try_read("a.json", base_content),
                  *b = try_read("b.json", base_content);
    DO(a, 0, edit_create_entity(&batch, post, 4, 5, "PER", at_noon("ana"), &err));
    DO(a, 0, edit_retype_entity(&batch, post, "e1", "LOC", at_noon("ana"), &err));
    DO(a, 1, edit_set_note(&batch, post, "better", &err));
    DO(b, 0, edit_create_entity(&batch, post, 5, 6, "ORG", at_noon("bob"), &err)); /* both call theirs e3 */
    DO(b, 0, edit_delete_relation(&batch, post, "r1", &err));
    DO(b, 0, edit_set_flag(&batch, post, "odd", true, &err));
    DO(b, 1, edit_set_flag(&batch, post, "unsure", false, &err));
    DO(b, 0, edit_ground_entity(&batch, post, "e1", true, (const char *const[]){"o1"}, 1, at_noon("bob"), &err));
    struct corpus *out = merged(base, a, b, &report);
    assert_int_equal(report.n_conflicts, 0);
    const struct post *post = &out->posts[0];
    assert_int_equal(post->n_entities, 4);
    assert_string_equal(post->entities[0].type, "LOC");
    assert_true(post->entities[0].has_grounding);
    assert_string_equal(post->entities[0].grounding[0], "o1");
    assert_string_equal(entity_on(post, 4, 5, "PER")->id, "e3");
    assert_string_equal(entity_on(post, 5, 6, "ORG")->id, "e4");
    assert_int_equal(post->n_relations, 0);
    assert_string_equal(post->flags[0], "odd");
    assert_string_equal(post->extra, "{\"more\": {\"x\": 1.50}}");
    assert_string_equal(out->posts[1].note, "better");
    assert_int_equal(out->posts[1].n_flags, 0);
    assert_string_equal(report.files[0].name, "ana");
    corpus_free(out);
    corpus_free(base);
    corpus_free(a);
    corpus_free(b);
    merge_report_free(&report);
}

static void test_the_same_change_is_taken_once(void **state)
{
    struct merge_report report;
    (void)state;
    struct corpus *base = try_read("base.json", base_content), *a = try_read("a.json", base_content),
                  *b = try_read("b.json", base_content);
    DO(a, 0, edit_create_entity(&batch, post, 4, 5, "PER", at_noon("ana"), &err));
    DO(b, 0, edit_create_entity(&batch, post, 4, 5, "PER", at_noon("bob"), &err));
    DO(a, 0, edit_delete_entity(&batch, post, "e1", &err));
    DO(b, 0, edit_delete_entity(&batch, post, "e1", &err));
    struct corpus *out = merged(base, a, b, &report);
    assert_int_equal(report.n_conflicts, 0);
    assert_int_equal(out->posts[0].n_entities, 2);
    assert_string_equal(entity_on(&out->posts[0], 4, 5, "PER")->origin.by, "ana, bob");
    corpus_free(out);
    corpus_free(base);
    corpus_free(a);
    corpus_free(b);
    merge_report_free(&report);
}

/* ---- Conflicts ---- */

/* Does the version say the label in any conflict of the post? The label as words of its JSON. */
static bool in_conflict(const struct post *post, const char *by, const char *kind, const char *words)
{
    struct json_value item, version, conflicts = json_member(json_value_of(post->extra), MERGE_MEMBER);
    if (!conflicts.text)
        return false;
    for (struct json_walk walk = json_walk(conflicts); json_next_item(&walk, &item);)
        for (struct json_walk versions = json_walk(json_member(item, "versions"));
             json_next_item(&versions, &version);) {
            struct json_value name = json_member(version, "by"), list = json_member(version, kind);
            if (!name.text || !json_text_is(name, by) || !list.text)
                continue;
            char *text = strndup(list.text, list.n);
            bool found = strstr(text, words) != NULL;
            free(text);
            if (found)
                return true;
        }
    return false;
}

static void test_other_types_other_spans_and_deletions_are_conflicts(void **state)
{
    struct merge_report report;
    (void)state;
    struct corpus *base = try_read("base.json", base_content), *a = try_read("a.json", base_content),
                  *b = try_read("b.json", base_content);
    DO(a, 0, edit_retype_entity(&batch, post, "e1", "LOC", at_noon("ana"), &err)); /* deleted there */
    DO(b, 0, edit_delete_entity(&batch, post, "e1", &err));
    DO(a, 1, edit_create_entity(&batch, post, 0, 2, "PER", at_noon("ana"), &err)); /* crossing */
    DO(b, 1, edit_create_entity(&batch, post, 1, 3, "PER", at_noon("bob"), &err));
    DO(a, 2, edit_create_entity(&batch, post, 0, 1, "PER", at_noon("ana"), &err)); /* another type */
    DO(b, 2, edit_create_entity(&batch, post, 0, 1, "ORG", at_noon("bob"), &err));
    DO(a, 2, edit_set_status(&batch, post, STATUS_DONE, &err));
    DO(b, 2, edit_set_status(&batch, post, STATUS_DONE, &err));
    struct corpus *out = merged(base, a, b, &report);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(out->posts[i].flags[out->posts[i].n_flags - 1], MERGE_FLAG);
        assert_int_equal(out->posts[i].n_entities, i ? 0 : 1);
    }
    assert_int_equal(report.n_conflict_posts, 3);
    assert_int_equal(out->posts[2].status, STATUS_STARTED);
    assert_true(in_conflict(&out->posts[0], "ana", "entities", "\"start\": 0, \"end\": 2, \"type\": \"LOC\""));
    assert_true(in_conflict(&out->posts[0], "bob", "entities", "[]"));
    assert_true(in_conflict(&out->posts[1], "ana", "entities", "\"start\": 0, \"end\": 2"));
    assert_true(in_conflict(&out->posts[1], "bob", "entities", "\"start\": 1, \"end\": 3"));
    assert_true(in_conflict(&out->posts[2], "bob", "entities", "ORG"));
    assert_true(in_conflict(&out->posts[2], "bob", "entities", "2026-01-01T12:00:00Z"));

    struct post *posts;
    char **names;
    size_t n;
    struct error err;
    assert_int_equal(merge_versions(&out->posts[1], &posts, &names, &n, &err), 0);
    assert_int_equal(n, 2);
    assert_non_null(entity_on(&posts[0], 0, 2, "PER"));
    assert_null(entity_on(&posts[0], 1, 3, "PER"));
    assert_non_null(entity_on(&posts[1], 1, 3, "PER"));
    merge_versions_free(posts, names, n);
    corpus_free(out);
    corpus_free(base);
    corpus_free(a);
    corpus_free(b);
    merge_report_free(&report);
}

static void test_refusing_what_another_took_is_a_conflict(void **state)
{
    struct merge_report report;
    (void)state;
    struct corpus *base = try_read("base.json", base_content), *a = try_read("a.json", base_content),
                  *b = try_read("b.json", base_content);
    DO(a, 1, edit_create_entity(&batch, post, 0, 1, "PER", at_noon("ana"), &err));
    DO(b, 1, edit_reject_entity(&batch, post, 0, 1, "PER", 0.5, "m", at_noon("bob"), &err));
    struct corpus *out = merged(base, a, b, &report);
    assert_int_equal(report.n_conflicts, 1);
    assert_true(in_conflict(&out->posts[1], "ana", "entities", "PER"));
    assert_true(in_conflict(&out->posts[1], "bob", "rejected", "PER"));
    corpus_free(out);
    corpus_free(base);
    corpus_free(a);
    corpus_free(b);
    merge_report_free(&report);
}

static void test_relations_boxes_answers_and_notes_in_conflict(void **state)
{
    struct merge_report report;
    (void)state;
    struct corpus *base = try_read("base.json", base_content), *a = try_read("a.json", base_content),
                  *b = try_read("b.json", base_content);
    const double left[4] = {0, 0, 9, 10}, right[4] = {1, 0, 10, 10};
    DO(a, 0, edit_put_relation(&batch, post, "e1", "e2", "near", NAN, NULL, at_noon("ana"), &err));
    DO(b, 0, edit_put_relation(&batch, post, "e1", "e2", "far", NAN, NULL, at_noon("bob"), &err));
    DO(a, 0, edit_ground_entity(&batch, post, "e2", true, NULL, 0, at_noon("ana"), &err));
    DO(b, 0, edit_ground_entity(&batch, post, "e2", true, (const char *const[]){"o1"}, 1, at_noon("bob"), &err));
    DO(a, 0, edit_set_box(&batch, post, "o1", left, at_noon("ana"), &err));
    DO(b, 0, edit_set_box(&batch, post, "o1", right, at_noon("bob"), &err));
    DO(a, 1, edit_set_note(&batch, post, "one", &err));
    DO(b, 1, edit_set_note(&batch, post, "two", &err));
    DO(a, 2, edit_set_status(&batch, post, STATUS_DONE, &err));
    DO(b, 2, edit_set_status(&batch, post, STATUS_SKIPPED, &err));
    struct corpus *out = merged(base, a, b, &report);
    const struct post *post = &out->posts[0];
    assert_true(in_conflict(post, "ana", "relations", "\"head\": [0, 2], \"tail\": [3, 4], \"type\": \"near\""));
    assert_true(in_conflict(post, "bob", "relations", "far"));
    assert_true(in_conflict(post, "ana", "objects", "[0, 0, 9, 10]"));
    assert_true(in_conflict(post, "bob", "objects", "[1, 0, 10, 10]"));
    assert_true(in_conflict(post, "ana", "grounding", "[]"));
    assert_true(in_conflict(post, "bob", "grounding", "o1"));
    assert_true(in_conflict(&out->posts[1], "ana", "note", "one"));
    assert_true(in_conflict(&out->posts[1], "bob", "note", "two"));
    assert_string_equal(out->posts[1].note, "hm");
    struct post *posts;
    char **names;
    size_t n;
    struct error err;
    assert_int_equal(merge_versions(post, &posts, &names, &n, &err), 0);
    assert_int_equal(n, 2);
    assert_true(post_entity_peek(&posts[0], "e2")->has_grounding);
    assert_int_equal(post_entity_peek(&posts[0], "e2")->n_grounding, 0);
    assert_string_equal(posts[0].relations[0].type, "near");
    assert_string_equal(posts[1].relations[0].type, "far");
    assert_int_equal(posts[1].objects[0].box[0], 1);
    merge_versions_free(posts, names, n);
    assert_true(in_conflict(&out->posts[2], "bob", "status", "skipped"));
    corpus_free(out);
    corpus_free(base);
    corpus_free(a);
    corpus_free(b);
    merge_report_free(&report);
}

static void test_a_relation_whose_entity_went_is_kept(void **state)
{
    struct merge_report report;
    (void)state;
    struct corpus *base = try_read("base.json", base_content), *a = try_read("a.json", base_content),
                  *b = try_read("b.json", base_content);
    DO(a, 0, edit_delete_entity(&batch, post, "e2", &err));
    DO(b, 0, edit_put_relation(&batch, post, "e2", "e1", "near", NAN, NULL, at_noon("bob"), &err));
    struct corpus *out = merged(base, a, b, &report);
    assert_int_equal(out->posts[0].n_relations, 0);
    assert_true(in_conflict(&out->posts[0], "bob", "relations", "near"));
    corpus_free(out);
    corpus_free(base);
    corpus_free(a);
    corpus_free(b);
    merge_report_free(&report);
}

static void test_tokens_split_by_one_and_labels_of_another(void **state)
{
    struct merge_report report;
    (void)state;
    static const char words[] =
        "{\"format\": \"mmib-corpus\", \"version\": 1, \"posts\": [{\"id\": \"1\", \"tokens\": [\"ab\", \"c\"]}]}";
    struct corpus *base = try_read("base.json", words), *a = try_read("a.json", words), *b = try_read("b.json", words);
    DO(a, 0, edit_split_token(&batch, post, 0, 1, &err));
    DO(a, 0, edit_create_entity(&batch, post, 2, 3, "PER", at_noon("ana"), &err));
    char *alone = merged_text(base, a, b), *wanted = try_write(a, FORMAT_JSON, NULL);
    assert_string_equal(alone, wanted);
    DO(b, 0, edit_create_entity(&batch, post, 1, 2, "LOC", at_noon("bob"), &err));
    struct corpus *out = merged(base, a, b, &report);
    assert_int_equal(report.n_conflicts, 1);
    assert_true(in_conflict(&out->posts[0], "ana", "post", "\"start\": 2, \"end\": 3, \"type\": \"PER\""));
    assert_true(in_conflict(&out->posts[0], "bob", "post", "\"start\": 1, \"end\": 2, \"type\": \"LOC\""));
    free(alone);
    free(wanted);
    corpus_free(out);
    corpus_free(base);
    corpus_free(a);
    corpus_free(b);
    merge_report_free(&report);
}

static void test_posts_and_schemas_join(void **state)
{
    struct merge_report report;
    (void)state;
    struct corpus *base = try_read("base.json", base_content);
    struct corpus *a = try_read(
        "a.json", "{\"format\": \"mmib-corpus\", \"version\": 1, \"schema\": {\"entities\": [\"PER\", \"EVENT\"]},"
                  "\"posts\": [{\"id\": \"9\", \"tokens\": [\"z\"], \"entities\": [{\"id\": \"e1\", \"start\": 0, "
                  "\"end\": 1, \"type\": \"EVENT\"}]}]}");
    struct corpus *b =
        try_read("b.json", "{\"format\": \"mmib-corpus\", \"version\": 1, \"schema\": {\"entities\": [\"PER\"], "
                           "\"relations\": [{\"name\": \"near\", \"head\": [\"PER\"]}]},"
                           "\"posts\": [{\"id\": \"9\", \"tokens\": [\"z\"], \"entities\": [{\"id\": \"e1\", "
                           "\"start\": 0, \"end\": 1, \"type\": \"PER\"}]}, {\"id\": \"8\", \"tokens\": [\"y\"]}]}");
    struct corpus *out = merged(base, a, b, &report);
    assert_int_equal(out->n_posts, 5); /* what a file lacks, it says nothing of */
    assert_string_equal(out->posts[3].id, "9");
    assert_string_equal(out->posts[4].id, "8");
    assert_true(in_conflict(&out->posts[3], "a", "entities", "EVENT"));
    assert_true(in_conflict(&out->posts[3], "b", "entities", "PER"));
    assert_true(schema_has_entity(&out->schema, "EVENT"));
    assert_true(schema_has_entity(&out->schema, "LOC"));
    assert_int_equal(schema_relation_peek(&out->schema, "near")->n_head, 1);
    assert_int_equal(report.files[1].n_new, 2);
    corpus_free(out);
    corpus_free(base);
    corpus_free(a);
    corpus_free(b);
    merge_report_free(&report);
}

/* ---- Whatever is done ---- */

static unsigned seed;

static size_t pick(size_t n)
{
    seed = seed * 1103515245u + 12345u;
    return n ? (seed >> 16) % n : 0;
}

static const char *any(const char *const *names, size_t n)
{
    return names[pick(n)];
}

#define ANY_OF(...) any((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* Something at random; what cannot be done there is not done. */
static void change(struct corpus *corpus, const char *by)
{
    size_t index = pick(corpus->n_posts);
    struct post *p = &corpus->posts[index];
    size_t start = pick(p->n_tokens), end = start + 1 + pick(p->n_tokens - start);
    const char *type = ANY_OF("PER", "LOC", "ORG"), *relation = ANY_OF("in", "near", "None");
    const char *entity = p->n_entities ? p->entities[pick(p->n_entities)].id : "?";
    const char *other = p->n_entities ? p->entities[pick(p->n_entities)].id : "?";
    const char *object = p->n_objects ? p->objects[pick(p->n_objects)].id : "?";
    const char *line = p->n_relations ? p->relations[pick(p->n_relations)].id : "?";
    const double box[4] = {(double)pick(9), (double)pick(9), 10 + (double)pick(9), 10 + (double)pick(9)};
    const struct provenance origin = {.source = SOURCE_HUMAN, .has_source = true, .by = (char *)by};
    const struct edit_context *c = at_noon(by);
    const char *record = ANY_OF("{\"a\": 1}", "{\"b\": 2}");
    const enum verdict_answer answer = (enum verdict_answer)pick(4);
    struct verdict key = {.gold = {.has = true, .start = start, .end = end, .type = (char *)type}};
    switch (pick(18)) {
    case 16:
    case 17:
        DO(corpus, index,
           edit_set_verdict(&batch, post, &key, pick(4) ? &answer : NULL, ANY_OF("one", "two"), pick(3) ? c : NULL,
                            &err));
        break;
    case 14:
        DO(corpus, index, edit_set_proposed(&batch, post, record, &err));
        break;
    case 0:
    case 1:
    case 2:
        DO(corpus, index, edit_create_entity(&batch, post, start, end, type, c, &err));
        break;
    case 3:
        DO(corpus, index, edit_retype_entity(&batch, post, entity, type, c, &err));
        break;
    case 4:
        DO(corpus, index, edit_respan_entity(&batch, post, entity, start, end, c, &err));
        break;
    case 5:
        DO(corpus, index, edit_delete_entity(&batch, post, entity, &err));
        break;
    case 6:
    case 7:
        DO(corpus, index, edit_put_relation(&batch, post, entity, other, relation, NAN, NULL, c, &err));
        break;
    case 8:
        DO(corpus, index, edit_delete_relation(&batch, post, line, &err));
        break;
    case 9:
        DO(corpus, index, edit_add_object(&batch, post, box, ANY_OF("man", "cat"), &origin, NULL, &err));
        break;
    case 10:
        DO(corpus, index, edit_set_box(&batch, post, object, box, c, &err));
        break;
    case 11:
        DO(corpus, index, edit_delete_object(&batch, post, object, &err));
        break;
    case 12:
        DO(corpus, index, edit_ground_entity(&batch, post, entity, true, &object, pick(2), c, &err));
        break;
    case 13:
        DO(corpus, index, edit_reject_entity(&batch, post, start, end, type, 0.5, "m", c, &err));
        break;
    default:
        DO(corpus, index, edit_set_note(&batch, post, ANY_OF("one", "two", "hm"), &err));
        break;
    }
}

/* Is the label in the list of a post? As the words that say what it is. */
static void entity_words(const struct entity *e, char out[200])
{
    snprintf(out, 200, "\"start\": %zu, \"end\": %zu, \"type\": \"%s\"", e->start, e->end, e->type);
}

static void relation_words(const struct post *post, const struct relation *r, char out[200])
{
    const struct entity *h = post_entity_peek(post, r->head), *t = post_entity_peek(post, r->tail);
    snprintf(out, 200, "\"head\": [%zu, %zu], \"tail\": [%zu, %zu], \"type\": \"%s\"", h->start, h->end, t->start,
             t->end, r->type);
}

static void object_words(const struct object *o, char out[200])
{
    snprintf(out, 200, "\"box\": [%g, %g, %g, %g], \"label\": \"%s\"", o->box[0], o->box[1], o->box[2], o->box[3],
             o->label);
}

#define HAS(list, n_list, words_of)                                                                                    \
    static bool has_##list(const struct post *post, const char *words)                                                 \
    {                                                                                                                  \
        char other[200];                                                                                               \
        for (size_t i = 0; i < post->n_list; i++) {                                                                    \
            words_of;                                                                                                  \
            if (!strcmp(words, other))                                                                                 \
                return true;                                                                                           \
        }                                                                                                              \
        return false;                                                                                                  \
    }
HAS(entities, n_entities, entity_words(&post->entities[i], other))
HAS(relations, n_relations, relation_words(post, &post->relations[i], other))
HAS(objects, n_objects, object_words(&post->objects[i], other))

/* Every label that the version has and the base has not is in the result, or in conflict as the version's. */
static void assert_nothing_lost(const struct corpus *base, const struct corpus *version, const struct corpus *out,
                                const char *by)
{
    char words[200];
    for (size_t p = 0; p < version->n_posts; p++) {
        const struct post *v = &version->posts[p], *o = &out->posts[p], *b = &base->posts[p];
        for (size_t i = 0; i < v->n_entities; i++) {
            entity_words(&v->entities[i], words);
            if (!has_entities(b, words) && !has_entities(o, words) && !in_conflict(o, by, "entities", words))
                fail_msg("lost in post %s: %s", v->id, words);
        }
        for (size_t i = 0; i < v->n_relations; i++) {
            relation_words(v, &v->relations[i], words);
            if (!has_relations(b, words) && !has_relations(o, words) && !in_conflict(o, by, "relations", words))
                fail_msg("lost in post %s: %s", v->id, words);
        }
        for (size_t i = 0; i < v->n_objects; i++) {
            object_words(&v->objects[i], words);
            if (!has_objects(b, words) && !has_objects(o, words) && !in_conflict(o, by, "objects", words))
                fail_msg("lost in post %s: %s", v->id, words);
        }
        for (size_t i = 0; i < v->n_rejected_entities; i++) {
            const struct entity *r = &v->rejected_entities[i];
            bool found = false;
            for (size_t k = 0; k < o->n_rejected_entities && !found; k++)
                found = o->rejected_entities[k].start == r->start && o->rejected_entities[k].end == r->end &&
                        !strcmp(o->rejected_entities[k].type, r->type);
            entity_words(r, words);
            if (!found && !in_conflict(o, by, "rejected", words))
                fail_msg("refusal lost in post %s: %s", v->id, words);
        }
        if (v->proposed && (!o->proposed || strcmp(v->proposed, o->proposed)) &&
            (!o->extra || !strstr(o->extra, v->proposed)))
            fail_msg("what was proposed is lost in post %s", v->id);
        if (v->note && strcmp(v->note, b->note ? b->note : "") && strcmp(v->note, o->note ? o->note : "") &&
            !in_conflict(o, by, "note", v->note))
            fail_msg("note lost in post %s", v->id);
        for (size_t i = 0; i < v->n_verdicts; i++) {
            bool found = false;
            for (size_t k = 0; k < o->n_verdicts && !found; k++)
                found = verdict_equal(&o->verdicts[k], &v->verdicts[i]);
            if (!found)
                fail_msg("verdict lost in post %s: on %zu to %zu", v->id, v->verdicts[i].gold.start,
                         v->verdicts[i].gold.end);
        }
    }
}

static void test_random_edits_are_never_lost(void **state)
{
    size_t n_conflicts = 0;
    (void)state;
    for (int round = 0; round < 400; round++) {
        struct corpus *base = try_read("base.json", base_content), *a = try_read("a.json", base_content),
                      *b = try_read("b.json", base_content);
        struct merge_report report;
        seed = (unsigned)round;
        for (size_t i = pick(26); i-- > 0;)
            change(a, "ana");
        for (size_t i = pick(26); i-- > 0;)
            change(b, "bob");
        char *text_a = try_write(a, FORMAT_JSON, NULL), *alone = merged_text(base, a, NULL);
        char *with_base = merged_text(base, a, base), *one = merged_text(base, a, b), *two = merged_text(base, b, a);
        assert_string_equal(alone, text_a);
        assert_string_equal(with_base, text_a);
        assert_string_equal(one, two);

        struct corpus *out = merged(base, a, b, &report);
        assert_nothing_lost(base, a, out, report.files[0].name);
        assert_nothing_lost(base, b, out, report.files[1].name);
        n_conflicts += report.n_conflicts;
        struct corpus *again = try_read("out.json", one); /* a valid corpus */
        char *rewritten = try_write(again, FORMAT_JSON, NULL);
        assert_string_equal(rewritten, one);
        for (size_t i = 0; i < out->n_posts; i++) {
            struct post *posts;
            char **names;
            size_t n;
            struct error err;
            if (merge_versions(&again->posts[i], &posts, &names, &n, &err))
                fail_msg("%s", err.message);
            merge_versions_free(posts, names, n);
        }
        free(text_a);
        free(alone);
        free(with_base);
        free(one);
        free(two);
        free(rewritten);
        merge_report_free(&report);
        corpus_free(again);
        corpus_free(out);
        corpus_free(base);
        corpus_free(a);
        corpus_free(b);
    }
    assert_true(n_conflicts > 400); /* the test had something to lose */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_of_two_join),
        cmocka_unit_test(test_the_same_change_is_taken_once),
        cmocka_unit_test(test_other_types_other_spans_and_deletions_are_conflicts),
        cmocka_unit_test(test_refusing_what_another_took_is_a_conflict),
        cmocka_unit_test(test_relations_boxes_answers_and_notes_in_conflict),
        cmocka_unit_test(test_a_relation_whose_entity_went_is_kept),
        cmocka_unit_test(test_tokens_split_by_one_and_labels_of_another),
        cmocka_unit_test(test_posts_and_schemas_join),
        cmocka_unit_test(test_random_edits_are_never_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
