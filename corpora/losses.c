/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/losses.h"

#include "corpora/error.h"
#include "corpora/json.h"
#include "corpora/names.h"
#include "corpora/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int add_line(struct loss_list *losses, const char *what)
{
    struct error line; /* its message is tamed and bounded, as a line for people must be */
    error_set(&line, ERROR_FINDING, "%s", what);
    return text_list_add(&losses->lines, &losses->n, line.message);
}

int loss_add(struct loss_list *losses, const struct post *post, const char *format, ...)
{
    char what[600], line[1000];
    if (!losses)
        return 0;
    va_list ap;
    va_start(ap, format);
    vsnprintf(what, sizeof what, format, ap);
    va_end(ap);
    snprintf(line, sizeof line, "post %.*s: %s", utf8_head(post->id, 200), post->id, what);
    return add_line(losses, line);
}

/* The same for what tells how the work was done. */
static int add_record(struct loss_list *losses, const struct post *post, const char *what)
{
    char line[1000];
    struct error tame;
    snprintf(line, sizeof line, "post %.*s: %s", utf8_head(post->id, 200), post->id, what);
    error_set(&tame, ERROR_FINDING, "%s", line);
    return text_list_add(&losses->records, &losses->n_records, tame.message);
}

static int add_record_count(struct loss_list *losses, const struct post *post, size_t n, const char *one,
                            const char *several)
{
    char what[160];
    snprintf(what, sizeof what, "%zu %s", n, n == 1 ? one : several);
    return n ? add_record(losses, post, what) : 0;
}

int loss_add_count(struct loss_list *losses, const struct post *post, size_t n, const char *one, const char *several)
{
    return n ? loss_add(losses, post, "%zu %s", n, n == 1 ? one : several) : 0;
}

int loss_add_id(struct loss_list *losses, const struct post *post)
{
    const char *id = post->id, *image = post->image ? post->image : "";
    size_t stem = corpus_image_stem_bytes(image), made = !strncmp(id, "line-", 5) ? 5 : 0;
    bool named = stem && !strncmp(id, image, stem) && !id[stem];
    if (named || (made && id[made] && strspn(id + made, "0123456789") == strlen(id + made)))
        return 0;
    return *image ? loss_add(losses, post, "its id (its picture is %.*s)", utf8_head(image, 100), image)
                  : loss_add(losses, post, "its id");
}

/* Did somebody, or a program, make or judge the label since a corpus was published? */
static bool has_story(const struct provenance *origin, bool holds_score)
{
    if (origin->by || origin->at || origin->model || origin->decision != DECISION_NONE)
        return true;
    if (origin->has_score)
        return !holds_score || origin->source != SOURCE_DETECTOR;
    return origin->has_source && origin->source != SOURCE_IMPORT;
}

static size_t count_members(const char *extra)
{
    struct json_value object = json_value_of(extra), name, value;
    size_t n = 0;
    if (json_kind(object) != JSON_OBJECT)
        return 0;
    for (struct json_walk walk = json_walk(object); json_next_member(&walk, &name, &value);)
        n++;
    return n;
}

/* Members of another format's object that the post came from, but for those that became ours. */
static size_t count_foreign(const struct post *post)
{
    static const char *const ours[] = {"id", "text", "image", "img_id", "image_id", "file_name", "width", "height"};
    struct json_value source = json_value_of(post->source), others = json_member(source, "others"), name, value;
    struct json_value object = json_member(source, "raw");
    size_t n = json_kind(others) == JSON_ARRAY ? json_count_items(others) : 0;
    if (!object.text)
        object = json_member(source, "image");
    if (json_kind(object) != JSON_OBJECT)
        return n;
    for (struct json_walk walk = json_walk(object); json_next_member(&walk, &name, &value); n++)
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            if (json_text_is(name, ours[i])) {
                n--;
                break;
            }
    return n;
}

/* How the labels that are written were made, and members of them that are not ours. */
static int add_stories(struct loss_list *losses, const struct post *post, unsigned holds)
{
    size_t stories = 0, members = holds & HOLDS_MEMBERS ? 0 : count_members(post->extra);
    if (!(holds & HOLDS_SOURCE) && post->source)
        members += count_foreign(post);
    for (size_t i = 0; i < post->n_entities && holds & HOLDS_ENTITIES; i++) {
        stories += has_story(&post->entities[i].origin, false);
        members += count_members(post->entities[i].extra);
    }
    for (size_t i = 0; i < post->n_relations && holds & HOLDS_RELATIONS; i++) {
        stories += has_story(&post->relations[i].origin, false);
        members += count_members(post->relations[i].extra);
    }
    for (size_t i = 0; i < post->n_objects && holds & HOLDS_OBJECTS; i++) {
        stories += has_story(&post->objects[i].origin, holds & HOLDS_SCORES);
        members += holds & HOLDS_MEMBERS ? 0 : count_members(post->objects[i].extra);
    }
    if (add_record_count(losses, post, stories, "label's source, score, author, time or decision",
                         "labels' sources, scores, authors, times or decisions") ||
        loss_add_count(losses, post, members, "member that is not mmib's", "members that are not mmib's"))
        return -1;
    return 0;
}

int loss_add_unheld(struct loss_list *losses, const struct post *post, unsigned holds)
{
    size_t grounded = 0, rejected = post->n_rejected_entities + post->n_rejected_relations;
    bool all = losses && !losses->labels_only;
    for (size_t i = 0; i < post->n_entities; i++)
        grounded += post->entities[i].has_grounding;
    if ((!(holds & HOLDS_TOKENS) && loss_add_count(losses, post, post->n_tokens, "token", "tokens")) ||
        (!(holds & HOLDS_ENTITIES) && loss_add_count(losses, post, post->n_entities, "entity", "entities")) ||
        (!(holds & HOLDS_RELATIONS) && loss_add_count(losses, post, post->n_relations, "relation", "relations")) ||
        (!(holds & HOLDS_OBJECTS) && loss_add_count(losses, post, post->n_objects, "box", "boxes")) ||
        (!(holds & HOLDS_GROUNDING) && loss_add_count(losses, post, grounded, "grounding", "groundings")) ||
        loss_add_count(losses, post, post->n_flags, "flag", "flags") ||
        (all && loss_add_count(losses, post, post->n_verdicts, "verdict", "verdicts")) ||
        (!(holds & HOLDS_TEXT) && all && post->text && loss_add(losses, post, "its text")) ||
        (post->note && loss_add(losses, post, "its note")))
        return -1;
    if (!all)
        return 0;
    char status[64], annotator[128] = "";
    snprintf(status, sizeof status, "its status, %s", post_status_name(post->status));
    if (post->annotator)
        snprintf(annotator, sizeof annotator, "its annotator, %.*s", utf8_head(post->annotator, 80), post->annotator);
    if (add_record_count(losses, post, rejected, "rejected proposal", "rejected proposals") ||
        (post->status != STATUS_NEW && add_record(losses, post, status)) ||
        (post->annotator && add_record(losses, post, annotator)))
        return -1;
    return add_stories(losses, post, holds);
}

int loss_add_corpus(struct loss_list *losses, const struct corpus *corpus)
{
    static const char *const usual[] = {"PER", "LOC", "ORG", "MISC", "OTHER"};
    const struct schema *schema = &corpus->schema;
    struct name_table used = {0};
    size_t types = 0, relations = 0, members = count_members(corpus->extra) + count_members(schema->extra);
    int result = 0;
    if (!losses || losses->labels_only)
        return 0;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        result |= name_table_add(&used, usual[i], 0, NULL) < 0;
    for (size_t i = 0; i < corpus->n_posts; i++) {
        const struct post *post = &corpus->posts[i];
        for (size_t k = 0; k < post->n_entities; k++)
            result |= post->entities[k].type && name_table_add(&used, post->entities[k].type, 0, NULL) < 0;
        for (size_t k = 0; k < post->n_relations; k++)
            result |= name_table_add(&used, post->relations[k].type, 0, NULL) < 0;
    }
    for (size_t i = 0; i < schema->n_entities && !result; i++)
        types += !name_table_peek(&used, schema->entities[i]);
    for (size_t i = 0; i < schema->n_relations && !result; i++) {
        relations += !name_table_peek(&used, schema->relations[i].name);
        members += count_members(schema->relations[i].extra);
    }
    name_table_free(&used);
    char line[200];
    if (!result && types + relations) {
        snprintf(line, sizeof line, "the schema: %zu entity types and %zu relations that no label has", types,
                 relations);
        result = text_list_add(&losses->records, &losses->n_records, line);
    }
    if (!result && members) {
        snprintf(line, sizeof line, "the corpus: %zu members that are not mmib's", members);
        result = add_line(losses, line);
    }
    return result ? -1 : 0;
}

void loss_list_free(struct loss_list *losses)
{
    text_list_free(losses->lines, losses->n);
    text_list_free(losses->records, losses->n_records);
    *losses = (struct loss_list){0};
}
