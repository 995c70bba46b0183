/* SPDX-License-Identifier: Apache-2.0 */
#include "model/training-data.h"

#include "corpora/text.h"
#include "model/example.h"

#include <nettle/sha2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

/* Texts */

static bool training_data_is_address(const char *token)
{
    return !strncasecmp(token, "http://", 7) || !strncasecmp(token, "https://", 8);
}

/* Of the post's words without regard to case; addresses do not count: they differ when a post is sent once more. */
static struct digest training_data_text(const struct post *post)
{
    struct sha256_ctx sha;
    struct digest digest;
    sha256_init(&sha);
    for (size_t i = 0; i < post->n_tokens; i++) {
        if (training_data_is_address(post->tokens[i]))
            continue;
        for (const char *at = post->tokens[i]; *at;) {
            uint32_t code_point;
            at += utf8_read(at, &code_point);
            int32_t lower = utf8proc_tolower((int32_t)code_point);
            sha256_update(&sha, sizeof lower, (const uint8_t *)&lower);
        }
        sha256_update(&sha, 1, (const uint8_t *)""); /* "a b" is not "ab" */
    }
    sha256_digest(&sha, DIGEST_BYTES, digest.bytes);
    return digest;
}

int training_data_remember(struct digest_set *texts, const struct corpus *corpus, struct error *err)
{
    for (size_t i = 0; i < corpus->n_posts; i++) {
        struct digest digest = training_data_text(&corpus->posts[i]);
        if (digest_set_add(texts, &digest) == SIZE_MAX)
            return error_memory(err, corpus->path);
    }
    return 0;
}

size_t training_data_exclude(struct corpus *corpus, const struct digest_set *texts)
{
    size_t kept = 0, n = corpus->n_posts;
    for (size_t i = 0; i < n; i++) {
        struct digest digest = training_data_text(&corpus->posts[i]);
        if (digest_set_find(texts, &digest) != SIZE_MAX)
            post_free(&corpus->posts[i]);
        else
            corpus->posts[kept++] = corpus->posts[i];
    }
    corpus->n_posts = kept;
    return n - kept;
}

/* One corpus on its way into the data. */
struct training_reader {
    struct training_data *data;
    const struct mmib *model;
    const struct corpus *corpus;
    const struct post *post;
    size_t picture; /* of the post */
    struct error *err;
};

static int training_data_memory(const struct training_reader *reader)
{
    return error_memory(reader->err, reader->corpus->path);
}

static int training_data_lacks(const struct training_reader *reader, const char *what, const char *name,
                               const char *advice)
{
    return error_set(reader->err, ERROR_INPUT, "%s: post %.*s: the model has no %s %.*s%s", reader->corpus->path,
                     utf8_head(reader->post->id, 200), reader->post->id, what, utf8_head(name, 200), name, advice);
}

static int training_data_put(const struct training_reader *reader, enum training_task task,
                             const struct training_post *post)
{
    struct training_data *data = reader->data;
    struct training_post *grown = array_grow(data->posts[task], data->n_posts[task], sizeof *grown);
    if (!grown)
        return training_data_memory(reader);
    data->posts[task] = grown;
    grown[data->n_posts[task]] = *post;
    grown[data->n_posts[task]++].picture = reader->picture;
    data->n_pairs += post->n_pairs;
    return 0;
}

/* Entities */

static size_t training_data_label(const struct config *config, const char *name)
{
    size_t i = 0;
    while (i < config->ner.n_labels && strcmp(config->ner.labels[i], name))
        i++;
    return i < config->ner.n_labels ? i : SIZE_MAX;
}

static size_t training_data_type(const struct tagset *tagset, const char *name)
{
    size_t i = 0;
    while (i < tagset->n_types && strcmp(tagset->names[i], name))
        i++;
    return i < tagset->n_types ? i : SIZE_MAX;
}

/* Labels of one entity's tokens, unless it overlaps an earlier one. */
static int training_data_tag_entity(const struct training_reader *reader, const struct entity *entity, size_t outside,
                                    size_t *tags)
{
    static const char advice[] = " (--map OLD=NEW renames types)";
    const struct tagset *tagset = mmib_tagset(reader->model);
    size_t type = training_data_type(tagset, entity->type);
    if (type == SIZE_MAX)
        return training_data_lacks(reader, "entity type", entity->type, advice);
    if (tagset->begin[type] == SIZE_MAX || (entity->end - entity->start > 1 && tagset->inside[type] == SIZE_MAX))
        return training_data_lacks(reader, tagset->begin[type] == SIZE_MAX ? "label B- for" : "label I- for",
                                   entity->type, advice);
    for (size_t t = entity->start; t < entity->end; t++)
        if (tags[t] != outside) {
            reader->data->overlaps++;
            return 0;
        }
    for (size_t t = entity->start; t < entity->end; t++)
        tags[t] = t == entity->start ? tagset->begin[type] : tagset->inside[type];
    reader->data->n_entities++;
    reader->data->proposals += provenance_is_proposal(&entity->origin);
    return 0;
}

/* Rows and labels of the post's tokens: first pieces under "word"; all pieces under "subword", with the labels that the
 * released code gives to what is no first piece. */
static int training_data_rows(const struct training_reader *reader, const struct example *example, const size_t *tags,
                              size_t outside, struct training_post *out)
{
    const struct config *config = mmib_config(reader->model);
    bool words = config->ner.tagging == TAGGING_WORD;
    size_t *rows = arena_take(&reader->data->memory, example->n_pieces, sizeof *rows);
    int32_t *labels = arena_take(&reader->data->memory, example->n_pieces, sizeof *labels);
    if (!rows || !labels)
        return training_data_memory(reader);
    out->rows = rows;
    out->labels = labels;
    if (words) {
        for (size_t t = 0; t < example->n_tokens; t++)
            if (example->rows[t] < example->rows[t + 1]) {
                rows[out->n_rows] = example->rows[t];
                labels[out->n_rows++] = (int32_t)tags[t];
            }
        return 0;
    }
    const size_t special[] = {training_data_label(config, "X"), training_data_label(config, "[CLS]"),
                              training_data_label(config, "[SEP]")};
    int32_t other[3];
    for (size_t i = 0; i < 3; i++)
        other[i] = (int32_t)(special[i] == SIZE_MAX ? outside : special[i]);
    out->n_rows = example->n_pieces;
    for (size_t r = 0; r < out->n_rows; r++) {
        rows[r] = r;
        labels[r] = other[r == 0 ? 1 : r + 1 == out->n_rows ? 2 : 0];
    }
    for (size_t t = 0; t < example->n_tokens; t++)
        if (example->rows[t] < example->rows[t + 1])
            labels[example->rows[t]] = (int32_t)tags[t];
    return 0;
}

static int training_data_add_entities(const struct training_reader *reader, const struct example *example)
{
    struct training_data *data = reader->data;
    const struct post *post = reader->post;
    size_t outside = training_data_label(mmib_config(reader->model), "O");
    if (outside == SIZE_MAX)
        return training_data_lacks(reader, "label", "O", "");
    if (!post->n_tokens)
        return 0;
    size_t *tags = malloc(post->n_tokens * sizeof *tags);
    if (!tags)
        return training_data_memory(reader);
    struct training_post out = {.piece_ids = example->piece_ids, .n_pieces = example->n_pieces};
    int result = 0;
    for (size_t t = 0; t < post->n_tokens; t++)
        tags[t] = outside;
    for (size_t i = 0; !result && i < post->n_entities; i++)
        result = training_data_tag_entity(reader, &post->entities[i], outside, tags);
    if (!result)
        result = training_data_rows(reader, example, tags, outside, &out) ||
                 training_data_put(reader, TRAINING_NER, &out);
    data->cut_tokens += example->cut;
    data->cut_posts += example->cut > 0;
    free(tags);
    return result ? -1 : 0;
}

/* Relations */

static int training_data_relation(const struct training_reader *reader, const struct relation *relation,
                                  int32_t *label)
{
    const struct config *config = mmib_config(reader->model);
    size_t i = 0;
    while (i < config->re.n_labels && strcmp(config->re.labels[i], relation->type))
        i++;
    if (i == config->re.n_labels)
        return training_data_lacks(reader, "relation", relation->type, "");
    *label = (int32_t)i;
    reader->data->proposals += provenance_is_proposal(&relation->origin);
    return 0;
}

static int training_data_add_marked(const struct training_reader *reader, const struct entity *head,
                                    const struct entity *tail, int32_t label)
{
    struct arena *memory = &reader->data->memory;
    const size_t head_span[2] = {head->start, head->end}, tail_span[2] = {tail->start, tail->end};
    struct example example;
    struct example_markers markers;
    struct training_pair *pair = arena_take(memory, 1, sizeof *pair);
    if (!pair || example_make_marked(reader->post, head_span, tail_span, mmib_wordpiece(reader->model),
                                     mmib_config(reader->model)->text.max_pieces, memory, &example, &markers))
        return training_data_memory(reader);
    if (markers.head_row == SIZE_MAX || markers.tail_row == SIZE_MAX) {
        reader->data->cut_pairs++;
        return 0;
    }
    *pair = (struct training_pair){
        {markers.head_row, markers.head_row + 1}, {markers.tail_row, markers.tail_row + 1}, label};
    const struct training_post out = {
        .piece_ids = example.piece_ids, .n_pieces = example.n_pieces, .pairs = pair, .n_pairs = 1};
    return training_data_put(reader, TRAINING_RE, &out);
}

static int training_data_add_relations(const struct training_reader *reader, const struct example *example)
{
    const struct post *post = reader->post;
    bool marked = mmib_config(reader->model)->re.representation == RELATION_MARKER;
    struct training_pair *pairs = arena_take(&reader->data->memory, post->n_relations, sizeof *pairs);
    struct training_post out = {.piece_ids = example->piece_ids, .n_pieces = example->n_pieces, .pairs = pairs};
    if (!pairs)
        return training_data_memory(reader);
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct entity *head = post_entity_peek(post, post->relations[i].head);
        const struct entity *tail = post_entity_peek(post, post->relations[i].tail);
        int32_t label = 0;
        if (!head || !tail) /* readers refuse this */
            continue;
        if (training_data_relation(reader, &post->relations[i], &label))
            return -1;
        if (marked) {
            if (training_data_add_marked(reader, head, tail, label))
                return -1;
            continue;
        }
        const struct training_pair pair = {{example->rows[head->start], example->rows[head->end]},
                                           {example->rows[tail->start], example->rows[tail->end]},
                                           label};
        if (pair.head[0] == pair.head[1] || pair.tail[0] == pair.tail[1])
            reader->data->cut_pairs++;
        else
            pairs[out.n_pairs++] = pair;
    }
    return out.n_pairs ? training_data_put(reader, TRAINING_RE, &out) : 0;
}

/* The whole */

bool training_data_has(const struct mmib *model, const struct corpus *corpus, enum training_task task)
{
    const struct config *config = mmib_config(model);
    if (!(task == TRAINING_NER ? config->ner.present : config->re.present))
        return false;
    bool relations = false, given = corpus->format == FORMAT_MNRE;
    for (size_t i = 0; i < corpus->n_posts; i++) {
        const struct post *post = &corpus->posts[i];
        relations |= post->n_relations > 0;
        for (size_t k = 0; k < post->n_entities; k++)
            given |= !post->entities[k].type;
    }
    return task == TRAINING_NER ? !given && corpus->n_posts : relations;
}

static int training_data_list_picture(struct training_data *data, size_t picture)
{
    size_t *grown = array_grow(data->pictures, data->n_pictures, sizeof *grown);
    if (!grown)
        return -1;
    data->pictures = grown;
    grown[data->n_pictures++] = picture;
    return 0;
}

int training_data_add(struct training_data *data, const struct mmib *model, const struct corpus *corpus,
                      const size_t *pictures, struct error *err)
{
    struct training_reader reader = {.data = data, .model = model, .corpus = corpus, .err = err};
    bool entities = training_data_has(model, corpus, TRAINING_NER);
    for (size_t i = 0; i < corpus->n_posts; i++) {
        struct example example;
        reader.post = &corpus->posts[i];
        reader.picture = pictures[i];
        if (example_make(reader.post, mmib_wordpiece(model), mmib_config(model)->text.max_pieces, &data->memory,
                         &example))
            return training_data_memory(&reader);
        if ((entities && training_data_add_entities(&reader, &example)) ||
            (mmib_config(model)->re.present && reader.post->n_relations &&
             training_data_add_relations(&reader, &example)))
            return -1;
        if (pictures[i] != SIZE_MAX && training_data_list_picture(data, pictures[i]))
            return training_data_memory(&reader);
    }
    return 0;
}

void training_data_free(struct training_data *data)
{
    for (size_t i = 0; i < TRAINING_TASKS; i++)
        free(data->posts[i]);
    free(data->pictures);
    arena_free(&data->memory);
    *data = (struct training_data){0};
}
