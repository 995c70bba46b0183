/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bottleneck.h"

#include "model/posterior.h"
#include "model/proposal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One post on its way. Variants are the samples and, behind them, the bypassed reading. */
struct bottleneck_run {
    struct mmib *model;
    const struct inference *inference;
    size_t index;
    size_t samples;
    uint64_t seed;
    const struct relation_pair *pairs; /* of the post */
    size_t n_pairs;
    bool (*cancelled)(void *context);
    void *context;
    struct bottleneck *out;
};

const char *bottleneck_reading_name(enum bottleneck_reading reading)
{
    static const char *const names[READINGS] = {"mean", "sample", "bypassed"};
    return names[reading];
}

/* --- the variants ------------------------------------------------------------------------------------------------- */

/* z [samples + 1, rows, d]: what was drawn, then X. From the arena. */
static float *bottleneck_z(const struct bottleneck_run *run, const struct posterior *posterior,
                           const struct example *example, const char *part)
{
    size_t n = posterior->rows * mmib_config(run->model)->text.hidden_size;
    char stream[POSTERIOR_STREAM_BYTES];
    float *z = arena_take(mmib_arena(run->model), n, (run->samples + 1) * sizeof *z);
    posterior_stream(part, example, stream);
    if (!z || posterior_draw(run->model, posterior, run->samples, run->seed, stream, z))
        return NULL;
    memcpy(z + run->samples * n, posterior->hidden, n * sizeof *z);
    return z;
}

/* All variants of item i of such states through fusion and entity head, as one ragged batch. */
static int bottleneck_fuse(const struct bottleneck_run *run, const struct mmib_states *states, size_t i,
                           const struct example *example, struct mmib_states *out)
{
    size_t variants = run->samples + 1;
    const struct posterior words = posterior_of_text(run->model, states, i);
    const struct posterior picture = posterior_of_image(run->model, states, i);
    *out = (struct mmib_states){.n = variants,
                                .text_offsets = posterior_offsets(run->model, words.rows, variants),
                                .image_offsets = posterior_offsets(run->model, picture.rows, variants),
                                .text_z = bottleneck_z(run, &words, example, "words"),
                                .image_z = bottleneck_z(run, &picture, example, "picture")};
    if (!out->text_offsets || !out->image_offsets || !out->text_z || !out->image_z)
        return -1;
    return mmib_fuse(run->model, out);
}

/* --- entities ----------------------------------------------------------------------------------------------------- */

/* The span among the entities of the value, which has room for all. */
static struct bottleneck_entity *bottleneck_entity_at(const struct bottleneck_run *run, const struct tag_span *span)
{
    struct bottleneck *b = run->out;
    const char *type = mmib_tagset(run->model)->names[span->type];
    for (size_t i = 0; i < b->n_entities; i++)
        if (b->entities[i].start == span->start && b->entities[i].end == span->end && b->entities[i].type == type)
            return &b->entities[i];
    b->entities[b->n_entities] = (struct bottleneck_entity){.start = span->start, .end = span->end, .type = type};
    return &b->entities[b->n_entities++];
}

static int bottleneck_by_place(const void *a, const void *b)
{
    const struct bottleneck_entity *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->type, y->type);
}

static size_t bottleneck_type_index(const struct tagset *tagset, const char *type)
{
    size_t i = 0;
    while (tagset->names[i] != type)
        i++;
    return i;
}

/* Tags of a reading: of the mean they are there already. */
static int bottleneck_tags(const struct bottleneck_run *run, const struct mmib_states *variants,
                           enum bottleneck_reading reading, struct inference_post *out)
{
    const struct inference_post *post = &run->inference->each[run->index];
    *out = (struct inference_post){.example = post->example, .tags = post->tags};
    if (reading == READING_MEAN)
        return 0;
    size_t variant = reading == READING_SAMPLE ? 0 : run->samples;
    return inference_tag(run->model, variants, variant, &post->example, &out->tags);
}

static int bottleneck_count_entities(const struct bottleneck_run *run, const struct mmib_states *variants,
                                     struct tag_span *spans)
{
    const struct example *example = &run->inference->examples[run->index];
    size_t labels = mmib_crf(run->model)->labels;
    for (size_t k = 0; k < run->samples; k++) {
        struct inference_tags tags;
        if (inference_decode(run->model, variants->emissions + variants->text_offsets[k] * labels, example, &tags) ||
            isnan(tags.path_score))
            return -1;
        size_t n = tagset_spans(mmib_tagset(run->model), tags.token_labels, example->n_tokens, spans);
        for (size_t i = 0; i < n; i++)
            bottleneck_entity_at(run, &spans[i])->samples++;
    }
    return 0;
}

/* The entities that the readings and all samples have, each with its probability in the three readings. */
static int bottleneck_read_entities(const struct bottleneck_run *run, const struct mmib_states *variants)
{
    struct bottleneck *b = run->out;
    const struct tagset *tagset = mmib_tagset(run->model);
    struct inference_post readings[READINGS];
    struct tag_span *spans = arena_take(mmib_arena(run->model), b->n_tokens, sizeof *spans);
    b->entities = calloc(b->n_tokens, (run->samples + 2) * sizeof *b->entities);
    if (!spans || !b->entities || bottleneck_count_entities(run, variants, spans))
        return -1;
    for (int r = 0; r < READINGS; r++) {
        if (bottleneck_tags(run, variants, r, &readings[r]))
            return -1;
        size_t n = tagset_spans(tagset, readings[r].tags.token_labels, b->n_tokens, spans);
        for (size_t i = 0; i < n; i++)
            bottleneck_entity_at(run, &spans[i])->in[r] = true;
    }
    for (size_t i = 0; i < b->n_entities; i++) {
        struct bottleneck_entity *e = &b->entities[i];
        for (int r = 0; r < READINGS; r++)
            e->score[r] = proposal_span_probability(run->model, &readings[r], e->start, e->end,
                                                    bottleneck_type_index(tagset, e->type));
    }
    return 0;
}

/* In order, and without the room that was not needed: such values are kept. */
static void bottleneck_settle(struct bottleneck *b)
{
    if (!b->n_entities)
        return;
    qsort(b->entities, b->n_entities, sizeof *b->entities, bottleneck_by_place);
    struct bottleneck_entity *fitting = realloc(b->entities, b->n_entities * sizeof *fitting);
    if (fitting)
        b->entities = fitting;
}

/* --- relations ---------------------------------------------------------------------------------------------------- */

/* Fills a pair from the probabilities of the mean [labels] and of its variants, variant k at variants + k * step. */
static void bottleneck_set_pair(const struct bottleneck_run *run, size_t index, const float *mean,
                                const float *variants, size_t step)
{
    const struct relation_pair *from = &run->pairs[index];
    struct bottleneck_pair *pair = &run->out->pairs[index];
    const float *readings[READINGS] = {mean, variants, variants + run->samples * step};
    *pair = (struct bottleneck_pair){.head = {from->head[0], from->head[1]}, .tail = {from->tail[0], from->tail[1]}};
    for (int r = 0; r < READINGS; r++) {
        pair->types[r] = relation_label(run->model, readings[r]);
        pair->scores[r] = readings[r][relation_best(run->model, readings[r])];
    }
    for (size_t k = 0; k < run->samples; k++)
        pair->samples += relation_label(run->model, variants + k * step) == pair->types[READING_MEAN];
}

/* "span-mean": all pairs of all variants of the post at once. 0, 1 or -1. */
static int bottleneck_read_spans(const struct bottleneck_run *run, const struct mmib_states *states, struct error *err)
{
    struct arena *arena = mmib_arena(run->model);
    size_t variants = run->samples + 1, labels = mmib_config(run->model)->re.n_labels, n = run->n_pairs;
    struct example *examples = arena_take(arena, variants, sizeof *examples);
    struct relation_pair *pairs = arena_take(arena, variants * n, sizeof *pairs);
    struct relation_pair *own = arena_take(arena, n, sizeof *own);
    float *mean, *varied;
    if (!examples || !pairs || !own)
        return error_memory(err, "readings");
    for (size_t k = 0; k < variants; k++) {
        examples[k] = run->inference->examples[run->index];
        for (size_t p = 0; p < n; p++) {
            pairs[k * n + p] = run->pairs[p];
            pairs[k * n + p].post = k;
        }
    }
    for (size_t p = 0; p < n; p++) {
        own[p] = run->pairs[p];
        own[p].post = run->index;
    }
    struct relation_batch batch = {.examples = examples, .states = states};
    int stopped = inference_relations(run->model, run->inference, own, n, run->cancelled, run->context, &mean, err);
    if (stopped)
        return stopped;
    if (relation_probabilities(run->model, &batch, pairs, variants * n, NULL, NULL, &varied))
        return error_memory(err, "readings");
    for (size_t p = 0; p < n; p++)
        bottleneck_set_pair(run, p, mean + p * labels, varied + p * labels, n * labels);
    return 0;
}

/* "marker": a pair has a text of its own, so rows, posteriors and readings of its own. */
static int bottleneck_read_marked(const struct bottleneck_run *run, size_t p)
{
    const struct inference *in = run->inference;
    const struct relation_batch batch = {in->posts, in->examples, in->features, &in->states};
    struct relation_pair pair = run->pairs[p];
    struct example example;
    struct example_markers markers;
    struct mmib_states states, variants;
    size_t n = run->samples + 2, labels = mmib_config(run->model)->re.n_labels;
    size_t wide = 2 * mmib_config(run->model)->text.hidden_size;
    float *rows = arena_take_zero(mmib_arena(run->model), n * wide, sizeof *rows);
    pair.post = run->index;
    if (!rows || relation_marked_forward(run->model, &batch, &pair, 1, &example, &markers, &states) ||
        bottleneck_fuse(run, &states, 0, &example, &variants))
        return -1;
    bool whole = relation_marked_row(run->model, &states, 0, &markers, rows);
    for (size_t k = 0; k + 1 < n; k++)
        relation_marked_row(run->model, &variants, k, &markers, rows + (k + 1) * wide);
    float *probabilities = mmib_classify(run->model, rows, n);
    if (!probabilities)
        return -1;
    if (!whole)
        memset(probabilities, 0, n * labels * sizeof *probabilities);
    bottleneck_set_pair(run, p, probabilities, probabilities + labels, labels);
    return 0;
}

/* 0, 1 or -1. states: the post's own variants. */
static int bottleneck_read_pairs(const struct bottleneck_run *run, const struct mmib_states *states, struct error *err)
{
    struct arena *arena = mmib_arena(run->model);
    run->out->pairs = calloc(run->n_pairs, sizeof *run->out->pairs);
    if (!run->out->pairs)
        return error_memory(err, "readings");
    run->out->n_pairs = run->n_pairs;
    if (mmib_config(run->model)->re.representation != RELATION_MARKER)
        return bottleneck_read_spans(run, states, err);
    for (size_t p = 0; p < run->n_pairs; p++) {
        struct arena_mark mark = arena_mark(arena);
        if (run->cancelled && run->cancelled(run->context))
            return 1;
        if (bottleneck_read_marked(run, p))
            return error_memory(err, "readings");
        arena_rewind(arena, &mark);
    }
    return 0;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static void *bottleneck_copy(const void *from, size_t n, size_t size)
{
    void *out = malloc(n ? n * size : 1);
    if (out && n)
        memcpy(out, from, n * size);
    return out;
}

static struct bottleneck *bottleneck_new(const struct inference_post *post, size_t samples)
{
    struct bottleneck *b = calloc(1, sizeof *b);
    const struct explanation *e = &post->explanation;
    if (!b)
        return NULL;
    b->n_tokens = post->example.n_tokens;
    b->cut = post->example.cut;
    b->n_images = post->features.n_images;
    b->has_picture = post->features.features != NULL;
    b->n_samples = samples;
    b->token_kept = bottleneck_copy(e->token_rate, b->n_tokens, sizeof(float));
    b->token_used = bottleneck_copy(e->token_contribution, b->n_tokens, sizeof(float));
    b->token_before = bottleneck_copy(e->token_before, b->n_tokens, sizeof(float));
    b->image_kept = bottleneck_copy(e->image_rate, b->n_images, sizeof(float));
    b->image_used = bottleneck_copy(e->image_contribution, b->n_images, sizeof(float));
    b->image_before = bottleneck_copy(e->image_before, b->n_images, sizeof(float));
    b->image_objects = bottleneck_copy(post->features.objects, b->n_images, sizeof(size_t));
    if (!b->token_kept || !b->token_used || !b->token_before || !b->image_kept || !b->image_used || !b->image_before ||
        !b->image_objects) {
        bottleneck_free(b);
        return NULL;
    }
    return b;
}

/* What a weight or a bypassed row that is not finite would leave behind. */
static bool bottleneck_finite(const struct bottleneck *b)
{
    double sum = 0;
    for (size_t t = 0; t < b->n_tokens; t++)
        sum += b->token_before[t];
    for (size_t r = 0; r < b->n_images; r++)
        sum += b->image_before[r];
    for (size_t i = 0; i < b->n_entities; i++)
        for (int r = 0; r < READINGS; r++)
            sum += b->entities[i].score[r];
    for (size_t i = 0; i < b->n_pairs; i++)
        for (int r = 0; r < READINGS; r++)
            sum += b->pairs[i].scores[r];
    return isfinite(sum);
}

/* 0, 1 or -1. */
static int bottleneck_read(const struct bottleneck_run *run, struct error *err)
{
    const struct config *config = mmib_config(run->model);
    struct mmib_states variants;
    if (run->cancelled && run->cancelled(run->context))
        return 1;
    if (bottleneck_fuse(run, &run->inference->states, run->index, &run->inference->examples[run->index], &variants))
        return error_memory(err, "readings");
    if (config->ner.present && run->out->n_tokens) {
        if (bottleneck_read_entities(run, &variants))
            return error_memory(err, "readings");
        bottleneck_settle(run->out);
    }
    if (config->re.present && run->n_pairs) {
        int stopped = bottleneck_read_pairs(run, &variants, err);
        if (stopped)
            return stopped;
    }
    if (!bottleneck_finite(run->out))
        return error_set(err, ERROR_INPUT, "model %s: post %s: a value is not finite", mmib_name(run->model),
                         run->inference->posts[run->index]->id);
    return 0;
}

int bottleneck_of(struct mmib *model, const struct inference *inference, size_t index,
                  const struct bottleneck_options *options, struct bottleneck **out, struct error *err)
{
    struct arena *arena = mmib_arena(model);
    struct arena_mark mark = arena_mark(arena);
    struct relation_pair *own = NULL;
    struct bottleneck_run run = {.model = model,
                                 .inference = inference,
                                 .index = index,
                                 .samples = options->samples ? options->samples : BOTTLENECK_SAMPLES,
                                 .seed = options->seed,
                                 .pairs = options->pairs,
                                 .n_pairs = options->n_pairs,
                                 .cancelled = options->cancelled,
                                 .context = options->context};
    *out = NULL;
    if (!options->pairs) {
        own = relation_pairs_of(inference->posts[index], index, &run.n_pairs);
        run.pairs = own;
        if (!own)
            return error_memory(err, "readings");
    }
    run.out = bottleneck_new(&inference->each[index], run.samples);
    int result = run.out ? bottleneck_read(&run, err) : error_memory(err, "readings");
    arena_rewind(arena, &mark);
    free(own);
    if (result)
        bottleneck_free(run.out);
    else
        *out = run.out;
    return result;
}

void bottleneck_free(struct bottleneck *bottleneck)
{
    if (!bottleneck)
        return;
    free(bottleneck->token_kept);
    free(bottleneck->token_used);
    free(bottleneck->token_before);
    free(bottleneck->image_kept);
    free(bottleneck->image_used);
    free(bottleneck->image_before);
    free(bottleneck->image_objects);
    free(bottleneck->entities);
    free(bottleneck->pairs);
    free(bottleneck);
}

bool bottleneck_agree(const struct bottleneck *bottleneck, enum bottleneck_reading a, enum bottleneck_reading b)
{
    for (size_t i = 0; i < bottleneck->n_entities; i++)
        if (bottleneck->entities[i].in[a] != bottleneck->entities[i].in[b])
            return false;
    for (size_t i = 0; i < bottleneck->n_pairs; i++)
        if (strcmp(bottleneck->pairs[i].types[a], bottleneck->pairs[i].types[b]))
            return false;
    return true;
}
