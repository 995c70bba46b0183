/* SPDX-License-Identifier: Apache-2.0 */
#include "src/linked-pairs.h"

#include "model/inference.h"
#include "model/random.h"
#include "src/progress.h"

#include <stdlib.h>
#include <string.h>

enum { LINKED_BATCH = MODEL_RUN_BATCH };

struct linked_work {
    struct model_run *run;
    struct mmib *const *models;
    size_t n_models;
    const struct linked_options *options;
    struct linked_pair *candidates; /* [n] object SIZE_MAX: not known yet */
    size_t n;
    bool *noted; /* [n_posts] what its picture lacks was told */
    struct linked_pairs *out;
    struct progress progress;
};

/* Candidates */

static size_t linked_type_of(const struct linked_options *options, const struct entity *entity)
{
    size_t i = 0;
    while (i < options->n_types && (!entity->type || strcmp(options->types[i], entity->type)))
        i++;
    return i;
}

static void linked_find(struct linked_work *work, struct linked_pair *out)
{
    const struct corpus *corpus = work->run->corpus;
    work->n = 0;
    for (size_t i = 0; i < corpus->n_posts; i++)
        for (size_t k = 0; k < corpus->posts[i].n_entities; k++) {
            const struct entity *entity = &corpus->posts[i].entities[k];
            size_t type = linked_type_of(work->options, entity);
            if (type == work->options->n_types || !entity->n_grounding || provenance_is_proposal(&entity->origin))
                continue;
            if (out) {
                out[work->n] = (struct linked_pair){i, k, SIZE_MAX, type};
                work->out->types[type].candidates++;
            }
            work->n++;
        }
}

/* In an order of the seed (Fisher and Yates). */
static void linked_shuffle(struct linked_work *work)
{
    struct random random;
    random_seed(&random, work->options->seed, "linked pairs");
    for (size_t i = work->n; i-- > 1;) {
        size_t j = random_bits(&random) % (i + 1);
        struct linked_pair kept = work->candidates[i];
        work->candidates[i] = work->candidates[j];
        work->candidates[j] = kept;
    }
}

/* Representations */

struct linked_batch {
    struct linked_pair *pairs[LINKED_BATCH];
    size_t n;
    const struct post *posts[LINKED_BATCH]; /* each once */
    size_t numbers[LINKED_BATCH];           /* of the posts, in the corpus */
    size_t places[LINKED_BATCH];            /* [n] of a pair's post among them */
    size_t n_posts;
};

static void linked_batch_add(struct linked_work *work, struct linked_batch *batch, struct linked_pair *pair)
{
    size_t place = 0;
    while (place < batch->n_posts && batch->numbers[place] != pair->post)
        place++;
    if (place == batch->n_posts) {
        batch->numbers[place] = pair->post;
        batch->posts[place] = &work->run->corpus->posts[pair->post];
        batch->n_posts++;
    }
    batch->places[batch->n] = place;
    batch->pairs[batch->n++] = pair;
}

/* The row of the pair's object; of the first object that has one, where it is not known yet. SIZE_MAX: none. */
static size_t linked_row(const struct post *post, struct linked_pair *pair, const struct features *features)
{
    const struct entity *entity = &post->entities[pair->entity];
    for (size_t g = 0; g < entity->n_grounding; g++)
        for (size_t r = 1; r < features->n_images; r++)
            if (!strcmp(post->objects[features->objects[r]].id, entity->grounding[g]) &&
                (pair->object == SIZE_MAX || pair->object == features->objects[r])) {
                pair->object = features->objects[r];
                return r;
            }
    return SIZE_MAX;
}

/* Text and image of pair i of the batch into out [2, d]; false where it lacks one, which is counted. */
static bool linked_represent(struct linked_work *work, const struct linked_batch *batch, size_t i,
                             const struct inference *inference, size_t d, float *out)
{
    size_t place = batch->places[i];
    const struct inference_post *post = &inference->each[place];
    const struct entity *entity = &batch->posts[place]->entities[batch->pairs[i]->entity];
    size_t first = post->example.rows[entity->start], end = post->example.rows[entity->end];
    size_t row = post->features.features ? linked_row(batch->posts[place], batch->pairs[i], &post->features) : SIZE_MAX;
    if (first == end || row == SIZE_MAX) {
        *(first == end ? &work->out->cut : post->features.features ? &work->out->without_row
                                                                   : &work->out->without_picture) += 1;
        return false;
    }
    const float *text = inference->states.text_z + (inference->states.text_offsets[place] + first) * d;
    for (size_t k = 0; k < d; k++) {
        double sum = 0;
        for (size_t r = 0; r < end - first; r++)
            sum += text[r * d + k];
        out[k] = (float)(sum / (double)(end - first));
    }
    memcpy(out + d, inference->states.image_z + (inference->states.image_offsets[place] + row) * d, d * sizeof *out);
    return true;
}

static void linked_note(struct linked_work *work, const struct linked_batch *batch, const struct inference *inference)
{
    for (size_t i = 0; i < batch->n_posts; i++) {
        const struct inference_post *post = &inference->each[i];
        if (!work->noted[batch->numbers[i]])
            model_run_note(work->run, batch->posts[i], post->features.missing, post->features.failure,
                           post->example.cut, post->features.empty_boxes);
        work->noted[batch->numbers[i]] = true;
    }
}

static int linked_run_batch(struct linked_work *work, const struct linked_batch *batch, struct error *err)
{
    struct linked_pairs *out = work->out;
    struct inference inferences[LINKED_MODELS_MAX];
    const struct inference_options how = {.folder = work->run->folder};
    for (size_t m = 0; m < work->n_models; m++)
        if (inference_run(work->models[m], batch->posts, batch->n_posts, &how, &inferences[m], err))
            return -1;
    linked_note(work, batch, &inferences[0]);
    for (size_t i = 0; i < batch->n; i++) {
        bool complete = true;
        for (size_t m = 0; complete && m < work->n_models; m++)
            complete = linked_represent(work, batch, i, &inferences[m], out->d[m],
                                        out->points[m] + 2 * out->n * out->d[m]);
        if (!complete)
            continue;
        out->types[batch->pairs[i]->type].taken++;
        out->each[out->n++] = *batch->pairs[i];
    }
    progress_show(&work->progress, out->n);
    return 0;
}

/* Candidates in their order, while their types need more; a batch takes no more of a type than it needs. */
static int linked_take(struct linked_work *work, struct error *err)
{
    for (size_t next = 0; next < work->n;) {
        struct linked_batch batch = {.n = 0};
        size_t planned[LINKED_TYPES_MAX] = {0};
        while (next < work->n && batch.n < LINKED_BATCH) {
            struct linked_pair *pair = &work->candidates[next];
            if (work->out->types[pair->type].taken + planned[pair->type] >= work->options->per_type &&
                planned[pair->type])
                break; /* whether it is needed shows when those before it are done */
            if (work->out->types[pair->type].taken < work->options->per_type) {
                linked_batch_add(work, &batch, pair);
                planned[pair->type]++;
            }
            next++;
        }
        if (batch.n && linked_run_batch(work, &batch, err))
            return -1;
    }
    return 0;
}

static int linked_begin(struct linked_work *work, struct error *err)
{
    struct linked_pairs *out = work->out;
    size_t room = 0, points;
    linked_find(work, NULL);
    work->candidates = calloc(work->n + 1, sizeof *work->candidates);
    work->noted = calloc(work->run->corpus->n_posts + 1, sizeof *work->noted);
    out->each = calloc(work->n + 1, sizeof *out->each);
    if (!work->candidates || !work->noted || !out->each)
        return error_memory(err, work->run->corpus->path);
    linked_find(work, work->candidates);
    linked_shuffle(work);
    for (size_t i = 0; i < out->n_types; i++) {
        size_t candidates = out->types[i].candidates;
        room += candidates < work->options->per_type ? candidates : work->options->per_type;
    }
    for (size_t m = 0; m < work->n_models; m++) {
        out->d[m] = mmib_config(work->models[m])->text.hidden_size;
        if (__builtin_mul_overflow(2 * (room + 1), out->d[m], &points) ||
            !(out->points[m] = calloc(points, sizeof **out->points)))
            return error_memory(err, work->run->corpus->path);
    }
    progress_start(&work->progress, "pairs", room, work->options->quiet);
    return 0;
}

int linked_pairs_make(struct model_run *run, struct mmib *const *models, size_t n_models,
                      const struct linked_options *options, struct linked_pairs *out, struct error *err)
{
    struct linked_work work = {.run = run, .models = models, .n_models = n_models, .options = options, .out = out};
    *out = (struct linked_pairs){.n_types = options->n_types};
    for (size_t i = 0; i < options->n_types; i++)
        out->types[i].name = options->types[i];
    int result = linked_begin(&work, err);
    if (!result) {
        result = linked_take(&work, err);
        progress_end(&work.progress);
    }
    free(work.candidates);
    free(work.noted);
    if (result)
        linked_pairs_free(out);
    return result;
}

void linked_pairs_free(struct linked_pairs *pairs)
{
    free(pairs->each);
    for (size_t m = 0; m < LINKED_MODELS_MAX; m++)
        free(pairs->points[m]);
    *pairs = (struct linked_pairs){0};
}
