/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/inspection.h"

#include "corpora/clock.h"
#include "corpora/hash.h"
#include "corpora/leak.h"
#include "corpora/published.h"
#include "corpora/text.h"
#include "corpora/training-corpora.h"
#include "ui/examination.h"
#include "ui/inspection-parts.h"
#include "ui/scores.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INSPECTION_LOOK_EVERY = 32 /* posts between two looks at the clock */ };

/* ---- Beginning and end ---- */

static void prediction_clear(struct inspection_prediction *prediction)
{
    if (prediction->made) {
        post_free(prediction->made);
        free(prediction->made);
    }
    free(prediction->buckets);
    free(prediction->marks);
    *prediction = (struct inspection_prediction){.match = NAN};
}

static void system_free(struct inspection_system *system, size_t n_posts)
{
    for (size_t i = 0; system->predictions && i < n_posts; i++)
        prediction_clear(&system->predictions[i]);
    free(system->predictions);
    cases_free(system->cases);
    corpus_free(system->given);
    free(system->name);
    free(system->model);
}

void inspection_free(struct inspection *inspection)
{
    if (!inspection)
        return;
    for (size_t i = 0; i < inspection->n_systems; i++)
        system_free(&inspection->systems[i], inspection->n_posts);
    for (size_t i = 0; inspection->as_opened && i < inspection->n_posts; i++)
        post_free(&inspection->as_opened[i]);
    free(inspection->as_opened);
    published_free(inspection->published);
    training_set_free(inspection->training);
    leak_free(inspection->leak);
    free(inspection->pictures);
    free(inspection->leaked);
    free(inspection->items);
    free(inspection);
}

/* Gold's post as it was published. */
const struct post *inspection_published(const struct inspection *inspection, size_t index)
{
    if (inspection->as_opened)
        return &inspection->as_opened[index];
    return published_post_peek(inspection->published, store_post_peek(inspection->store, index)->id);
}

/* The first post whose words are others. */
static int inspection_check(const struct inspection *inspection, const struct corpus *given, struct error *err)
{
    const struct store *store = inspection->store;
    size_t n = inspection->n_posts;
    for (size_t i = 0; i < n && i < given->n_posts; i++) {
        const struct post *gold = store_post_peek(store, i), *post = &given->posts[i];
        const struct post *published = inspection_published(inspection, i);
        if (published && post_same_tokens(published, post)) /* where gold has others by now, it is not compared */
            continue;
        size_t k = 0;
        while (k < gold->n_tokens && k < post->n_tokens && !strcmp(gold->tokens[k], post->tokens[k]))
            k++;
        if (k == gold->n_tokens && k == post->n_tokens)
            continue;
        const char *token = k < post->n_tokens ? post->tokens[k] : "nothing";
        const char *wanted = k < gold->n_tokens ? gold->tokens[k] : "nothing";
        return error_set(err, ERROR_INPUT, "%s: post %zu (%.*s): token %zu is %.*s, and in %s it is %.*s", given->path,
                         i + 1, utf8_head(post->id, 80), post->id, k + 1, utf8_head(token, 80), token,
                         store_path(store), utf8_head(wanted, 80), wanted);
    }
    if (n == given->n_posts)
        return 0;
    return error_set(err, ERROR_INPUT, "%s: it has %zu posts, and %s has %zu: the first without a partner is post %zu",
                     given->path, given->n_posts, store_path(store), n, 1 + (n < given->n_posts ? n : given->n_posts));
}

static int system_open(struct inspection *inspection, const struct inspection_source *source, struct error *err)
{
    struct inspection_system *system = &inspection->systems[inspection->n_systems++];
    system->given = source->given;
    system->name = strdup(source->name);
    system->model = source->model ? strdup(source->model) : NULL;
    system->predictions = calloc(inspection->n_posts + 1, sizeof *system->predictions);
    if (!system->name || (source->model && !system->model) || !system->predictions)
        return error_memory(err, source->name);
    for (size_t i = 0; i < inspection->n_posts; i++)
        system->predictions[i].match = NAN;
    if (system->given && inspection_check(inspection, system->given, err))
        return -1;
    bool without = !inspection->entities || (system->given && system->given->format == FORMAT_MNRE);
    system->cases = cases_new(inspection->n_posts, store_schema_peek(inspection->store), without);
    return system->cases ? 0 : error_memory(err, source->name);
}

/* Gold as it was published: a file, else a copy of how it is now. */
static int inspection_keep_published(struct inspection *inspection, const struct corpus_options *options,
                                     struct error *err)
{
    if (published_open(store_path(inspection->store), NULL, options, &inspection->published, err))
        return -1;
    if (inspection->published)
        return 0;
    inspection->as_opened = calloc(inspection->n_posts + 1, sizeof *inspection->as_opened);
    for (size_t i = 0; i < inspection->n_posts; i++)
        if (!inspection->as_opened || post_copy(store_post_peek(inspection->store, i), &inspection->as_opened[i]))
            return error_memory(err, store_path(inspection->store));
    return inspection->as_opened ? 0 : error_memory(err, store_path(inspection->store));
}

int inspection_open(struct store *store, const struct inspection_source *sources, size_t n,
                    const struct inspection_options *options, struct inspection **out, struct error *err)
{
    struct inspection *inspection = calloc(1, sizeof *inspection);
    int code = inspection ? 0 : error_memory(err, "inspecting");
    *out = NULL;
    if (inspection) {
        inspection->store = store;
        inspection->n_posts = store_count(store);
        inspection->entities = !options->given_entities;
        inspection->of_relations = options->given_entities;
        inspection->relations = true;
        inspection_filter_clear(&inspection->filter);
        code = inspection_keep_published(inspection, options->gold, err);
    }
    for (size_t i = 0; i < n; i++) {
        if (code)
            corpus_free(sources[i].given);
        else
            code = system_open(inspection, &sources[i], err);
    }
    if (!code && !(inspection->pictures = calloc(inspection->n_posts + 1, 1)))
        code = error_memory(err, "inspecting");
    if (inspection && options->train) {
        inspection->training = options->train->words;
        inspection->leak = options->train->leak;
        *options->train = (struct training_corpora){0};
    }
    if (!code && inspection->leak && !(inspection->leaked = calloc(inspection->n_posts + 1, 1)))
        code = error_memory(err, "inspecting");
    if (code)
        inspection_free(inspection);
    else
        *out = inspection;
    return code;
}

/* ---- Posts that are left out ---- */

static bool inspection_leaves_out(const struct inspection *inspection, size_t post)
{
    return inspection->without_leaked && inspection->leaked && inspection->leaked[post];
}

void inspection_leave_out_leaked(struct inspection *inspection, bool without)
{
    inspection->without_leaked = without;
    for (size_t i = 0; i < inspection->n_systems; i++)
        for (size_t k = 0; k < inspection->n_posts; k++)
            cases_leave_out(inspection->systems[i].cases, k, inspection_leaves_out(inspection, k));
    inspection->version++;
}

int inspection_set_heads(struct inspection *inspection, size_t system, bool entities, bool relations,
                         struct error *err)
{
    struct cases *cases = inspection->systems[system].cases;
    bool without = !inspection->entities || !entities;
    inspection->relations &= relations;
    if (without == cases->without_entities)
        return 0;
    cases->without_entities = without;
    inspection->of_relations |= without && relations;
    return inspection_posts_changed(inspection, err);
}

size_t inspection_n_known(const struct inspection *inspection)
{
    size_t n = 0;
    for (size_t k = 0; k < inspection->n_posts; k++) {
        bool known = !inspection_leaves_out(inspection, k);
        for (size_t i = 0; i < inspection->n_systems; i++)
            if (i == inspection->system || inspection_compares(inspection))
                known &= inspection->systems[i].cases->posts[k].known;
        n += known;
    }
    return n;
}

/* ---- Counting ---- */

/* What the file says of a post, if it is still about these words. */
static void prediction_of_file(struct inspection_system *system, size_t index, const struct post *gold)
{
    struct inspection_prediction *prediction = &system->predictions[index];
    bool same = post_same_tokens(gold, &system->given->posts[index]);
    enum inspection_state state = same ? INSPECTION_KNOWN : INSPECTION_OTHER_WORDS;
    system->n_known -= prediction->state == INSPECTION_KNOWN;
    system->n_other_words -= prediction->state == INSPECTION_OTHER_WORDS;
    system->n_known += state == INSPECTION_KNOWN;
    system->n_other_words += state == INSPECTION_OTHER_WORDS;
    prediction->state = state;
    prediction->post = same ? &system->given->posts[index] : NULL;
}

/* Words, picture and boxes, and the pairs that are to get a label. */
static uint64_t prediction_for(const struct post *post)
{
    uint64_t hash = scores_content(post);
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct entity *head = post_entity_peek(post, post->relations[i].head);
        const struct entity *tail = post_entity_peek(post, post->relations[i].tail);
        if (!head || !tail)
            continue;
        const size_t pair[] = {head->start, head->end, tail->start, tail->end};
        hash = hash_bytes(hash, pair, sizeof pair);
    }
    return hash;
}

/* What the model said, if it was about these words; about other pairs or boxes it holds until it is found anew. */
static void prediction_of_model(struct inspection_system *system, size_t index, const struct post *gold)
{
    struct inspection_prediction *prediction = &system->predictions[index];
    if (prediction->state == INSPECTION_UNKNOWN)
        return;
    prediction->old = prediction->of != prediction_for(gold);
    if (prediction->made && !post_same_tokens(prediction->made, gold)) {
        prediction_clear(prediction);
        system->n_known--;
    }
}

/* What was found out holds for the labels of then: saved or lost, helped or hurt are against gold. */
static void prediction_forget_marks(struct inspection_prediction *prediction, const struct post *gold)
{
    if (!prediction->marks || prediction->marks_of == examination_of(gold, prediction->post))
        return;
    free(prediction->marks);
    prediction->marks = NULL;
    prediction->n_marks = 0;
}

/* Makes the post's cases anew, of one system. */
static int system_count(struct inspection *inspection, size_t which, size_t index, struct error *err)
{
    struct inspection_system *system = &inspection->systems[which];
    const struct post *gold = store_post_peek(inspection->store, index);
    struct inspection_prediction *prediction = &system->predictions[index];
    if (system->given)
        prediction_of_file(system, index, gold);
    else
        prediction_of_model(system, index, gold);
    prediction_forget_marks(prediction, gold);
    return cases_set_post(system->cases, index, gold, prediction->post, err) ||
                   inspection_find_buckets(inspection, which, index, err)
               ? -1
               : 0;
}

static int inspection_count(struct inspection *inspection, size_t index, struct error *err)
{
    for (size_t i = 0; i < inspection->n_systems; i++)
        if (system_count(inspection, i, index, err))
            return -1;
    inspection->version++;
    return 0;
}

/* A picture that is named and not there is none. */
static void inspection_look_for_picture(struct inspection *inspection, size_t index)
{
    char *path = NULL;
    inspection->pictures[index] = !corpus_image_path(store_images(inspection->store),
                                                     store_post_peek(inspection->store, index), &path, NULL, NULL) &&
                                  path;
    free(path);
}

static int inspection_look_for_leak(struct inspection *inspection, size_t index, struct error *err)
{
    unsigned kinds;
    if (!inspection->leak)
        return 0;
    if (leak_find(inspection->leak, store_post_peek(inspection->store, index), store_images(inspection->store), &kinds,
                  err))
        return -1;
    inspection->leaked[index] = (unsigned char)kinds;
    inspection->n_leaked += kinds != 0;
    if (inspection_leaves_out(inspection, index))
        for (size_t i = 0; i < inspection->n_systems; i++)
            cases_leave_out(inspection->systems[i].cases, index, true);
    return 0;
}

bool inspection_has_work(const struct inspection *inspection)
{
    return inspection->counted < inspection->n_posts;
}

int inspection_work(struct inspection *inspection, double budget_ms, struct error *err)
{
    double until_ms = clock_ms() + budget_ms;
    size_t before = inspection->counted;
    if (!inspection_has_work(inspection))
        return 0;
    for (size_t since = 0; inspection_has_work(inspection); inspection->counted++) {
        if (++since % INSPECTION_LOOK_EVERY == 0 && clock_ms() >= until_ms)
            break;
        inspection_look_for_picture(inspection, inspection->counted);
        if (inspection_look_for_leak(inspection, inspection->counted, err) ||
            inspection_count(inspection, inspection->counted, err)) {
            inspection->counted = inspection->n_posts; /* not again and again */
            return -1;
        }
    }
    return inspection_list_counted(inspection, before, err);
}

int inspection_post_changed(struct inspection *inspection, size_t post, struct error *err)
{
    if (post >= inspection->counted)
        return 0;
    return inspection_count(inspection, post, err) || inspection_list_post(inspection, post, err) ? -1 : 0;
}

int inspection_posts_changed(struct inspection *inspection, struct error *err)
{
    for (size_t i = 0; i < inspection->counted; i++)
        if (inspection_count(inspection, i, err))
            return -1;
    return inspection_list(inspection, err);
}

/* ---- What models say ---- */

bool inspection_lacks(const struct inspection *inspection, size_t system, size_t post)
{
    const struct inspection_system *s = &inspection->systems[system];
    const struct inspection_prediction *prediction = &s->predictions[post];
    return s->model && (prediction->state == INSPECTION_UNKNOWN || prediction->old);
}

bool inspection_fills(const struct inspection *inspection, size_t system)
{
    const struct inspection_system *s = &inspection->systems[system];
    return s->model && s->n_known + s->n_failed < inspection->n_posts;
}

static struct provenance made_origin(double score)
{
    return (struct provenance){.source = SOURCE_MODEL, .has_source = true, .has_score = true, .score = score};
}

static int made_add_entity(struct post *post, size_t start, size_t end, const char *type, double score)
{
    char id[32];
    snprintf(id, sizeof id, "e%zu", post->n_entities + 1);
    struct entity *e = &post->entities[post->n_entities++];
    *e = (struct entity){.id = strdup(id), .start = start, .end = end, .type = type ? strdup(type) : NULL};
    if (type)
        e->origin = made_origin(score);
    return e->id && (e->type || !type) ? 0 : -1;
}

/* The id of the entity of that span; one without a type stands for the end of a pair that the model did not find. */
static const char *made_end(struct post *post, const size_t span[2])
{
    const struct entity *there = post_entity_at_peek(post, span[0], span[1]);
    if (!there && made_add_entity(post, span[0], span[1], NULL, 0))
        return NULL;
    return there ? there->id : post->entities[post->n_entities - 1].id;
}

static int made_fill(struct post *post, const struct post *given, const struct analysis *analysis)
{
    post->entities = calloc(analysis->n_entities + 2 * analysis->n_relations + 1, sizeof *post->entities);
    post->relations = calloc(analysis->n_relations + 1, sizeof *post->relations);
    if (!post->entities || !post->relations || text_copy(given->id, &post->id) ||
        text_list_copy(given->tokens, given->n_tokens, &post->tokens))
        return -1;
    post->n_tokens = given->n_tokens;
    for (size_t i = 0; i < analysis->n_entities; i++) {
        const struct analysis_entity *e = &analysis->entities[i];
        if (made_add_entity(post, e->start, e->end, e->type, e->score))
            return -1;
    }
    for (size_t i = 0; i < analysis->n_relations; i++) {
        const struct analysis_relation *from = &analysis->relations[i];
        const char *head = made_end(post, from->head), *tail = head ? made_end(post, from->tail) : NULL;
        char id[32];
        snprintf(id, sizeof id, "r%zu", i + 1);
        if (!tail)
            return -1;
        struct relation *r = &post->relations[post->n_relations++];
        *r = (struct relation){
            .id = strdup(id), .head = strdup(head), .tail = strdup(tail), .type = strdup(from->type)};
        r->origin = made_origin(from->score);
        if (!r->id || !r->head || !r->tail || !r->type)
            return -1;
    }
    return 0;
}

/* What the model said, as a post. NULL: memory is out. */
static struct post *made_post(const struct post *given, const struct analysis *analysis)
{
    struct post *post = calloc(1, sizeof *post);
    if (post && made_fill(post, given, analysis)) {
        post_free(post);
        free(post);
        post = NULL;
    }
    return post;
}

int inspection_put(struct inspection *inspection, size_t system, size_t post, const struct post *given,
                   const struct analysis *analysis, struct error *err)
{
    struct inspection_system *s = &inspection->systems[system];
    struct inspection_prediction *prediction = &s->predictions[post];
    struct post *made = analysis ? made_post(given, analysis) : NULL;
    if (analysis && !made)
        return error_memory(err, "the model's labels");
    s->n_known -= prediction->state == INSPECTION_KNOWN;
    s->n_failed -= prediction->state == INSPECTION_FAILED;
    if (prediction->made) {
        post_free(prediction->made);
        free(prediction->made);
    }
    prediction->made = made;
    prediction->post = made;
    prediction->state = made ? INSPECTION_KNOWN : INSPECTION_FAILED;
    prediction->of = prediction_for(given);
    prediction->old = false;
    prediction->match = analysis && analysis->has_consistency ? analysis->consistency : NAN;
    s->last_ms = clock_ms();
    s->first_ms = s->n_put++ ? s->first_ms : s->last_ms;
    s->n_known += made != NULL;
    s->n_failed += !made;
    return inspection_post_changed(inspection, post, err);
}

/* ---- Examinations ---- */

int inspection_mark(struct inspection *inspection, size_t system, size_t post, const struct inspection_mark *marks,
                    size_t n, struct error *err)
{
    struct inspection_prediction *prediction = &inspection->systems[system].predictions[post];
    struct inspection_mark *copy = malloc((n + 1) * sizeof *copy);
    if (!copy)
        return error_memory(err, "examining");
    if (n)
        memcpy(copy, marks, n * sizeof *copy);
    free(prediction->marks);
    prediction->marks = copy;
    prediction->n_marks = n;
    prediction->marks_of = examination_of(store_post_peek(inspection->store, post), prediction->post);
    inspection->version++;
    return post < inspection->counted ? inspection_list_post(inspection, post, err) : 0;
}

const struct inspection_mark *inspection_mark_peek(const struct inspection *inspection, size_t system, size_t post,
                                                   const struct inspection_key *key)
{
    const struct inspection_prediction *prediction = &inspection->systems[system].predictions[post];
    for (size_t i = 0; i < prediction->n_marks; i++)
        if (inspection_key_equal(&prediction->marks[i].key, key))
            return &prediction->marks[i];
    return NULL;
}

enum picture_answer inspection_picture(const struct inspection_mark *mark)
{
    return mark && mark->picture > PICTURE_UNJUDGED && mark->picture < PICTURE_ANSWERS
               ? (enum picture_answer)mark->picture
               : PICTURE_UNJUDGED;
}
