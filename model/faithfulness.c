/* SPDX-License-Identifier: Apache-2.0 */
#include "model/faithfulness.h"

#include "model/kernel-elementwise.h"
#include "model/posterior.h"
#include "model/proposal.h"
#include "model/random.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FAITHFULNESS_PASSES = 16 }; /* variants that go through the model together */

/* One post on its way; memory from the arena but for the pairs. */
struct faithfulness_run {
    struct mmib *model;
    const struct inference *inference;
    size_t index;
    size_t orders;
    uint64_t seed;
    bool (*cancelled)(void *context);
    void *context;
    const struct relation_pair *pairs; /* of the post */
    size_t n_pairs;
    size_t *pair_labels; /* [n_pairs] what the model says of the whole post; SIZE_MAX = the pair was cut */
    struct tag_span *spans; /* its entities */
    size_t n_spans;
    size_t n_labels;
    double whole; /* their mean log-probability */
};

/* The parts of one kind, and how they are taken away. */
struct faithfulness_parts {
    bool words;   /* else cells */
    size_t n;
    size_t *which;  /* [n] tokens, or cells */
    float *heat;    /* [n] */
    size_t steps;
    size_t *orders; /* [orders + 1, n] indices in which; the first has the hottest first */
};

static const struct inference_post *faithfulness_post(const struct faithfulness_run *run)
{
    return &run->inference->each[run->index];
}

/* --- the labels --------------------------------------------------------------------------------------------------- */

static bool faithfulness_marks_pairs(const struct faithfulness_run *run)
{
    return mmib_config(run->model)->re.representation == RELATION_MARKER;
}

/* What underflowed counts as the smallest number: a curve has no holes. */
static double faithfulness_bounded(double log_probability)
{
    double least = log((double)FLT_MIN);
    return log_probability < least ? least : log_probability;
}

/* Sum of the entities' log-probabilities under these tags. */
static double faithfulness_of_spans(const struct faithfulness_run *run, const struct inference_post *post)
{
    double sum = 0;
    for (size_t i = 0; i < run->n_spans; i++)
        sum += faithfulness_bounded(proposal_span_log_probability(run->model, post, run->spans[i].start,
                                                                  run->spans[i].end, run->spans[i].type));
    return sum;
}

/* The same for the pairs' labels, from probabilities [n_pairs, labels]. */
static double faithfulness_of_pairs(const struct faithfulness_run *run, const float *probabilities)
{
    size_t labels = mmib_config(run->model)->re.n_labels;
    double sum = 0;
    for (size_t p = 0; p < run->n_pairs; p++)
        if (run->pair_labels[p] != SIZE_MAX)
            sum += faithfulness_bounded(log((double)probabilities[p * labels + run->pair_labels[p]]));
    return sum;
}

/* What the model says of the whole post, and how sure it is. 0, 1 or -1. */
static int faithfulness_find_labels(struct faithfulness_run *run, struct error *err)
{
    struct arena *arena = mmib_arena(run->model);
    const struct config *config = mmib_config(run->model);
    const struct inference_post *post = faithfulness_post(run);
    size_t tokens = post->example.n_tokens;
    float *probabilities = NULL;
    if (!config->re.present)
        run->n_pairs = 0;
    struct relation_pair *pairs = arena_take(arena, run->n_pairs, sizeof *pairs);
    run->spans = arena_take(arena, tokens, sizeof *run->spans);
    run->pair_labels = arena_take(arena, run->n_pairs, sizeof *run->pair_labels);
    if (!pairs || !run->spans || !run->pair_labels)
        return error_memory(err, "deletion test");
    if (config->ner.present && tokens)
        run->n_spans = tagset_spans(mmib_tagset(run->model), post->tags.token_labels, tokens, run->spans);
    for (size_t p = 0; p < run->n_pairs; p++) {
        pairs[p] = run->pairs[p];
        pairs[p].post = run->index;
    }
    run->pairs = pairs;
    int stopped = run->n_pairs ? inference_relations(run->model, run->inference, pairs, run->n_pairs, run->cancelled,
                                                     run->context, &probabilities, err)
                               : 0;
    if (stopped)
        return stopped;
    run->n_labels = run->n_spans;
    for (size_t p = 0; p < run->n_pairs; p++) {
        const float *row = probabilities + p * config->re.n_labels;
        size_t best = relation_best(run->model, row);
        run->pair_labels[p] = row[best] > 0 ? best : SIZE_MAX;
        run->n_labels += row[best] > 0;
    }
    run->whole = (faithfulness_of_spans(run, post) + faithfulness_of_pairs(run, probabilities)) / (double)run->n_labels;
    return 0;
}

/* --- the parts and their orders ----------------------------------------------------------------------------------- */

static bool faithfulness_is_own(const struct faithfulness_run *run, size_t token)
{
    for (size_t i = 0; i < run->n_spans; i++)
        if (token >= run->spans[i].start && token < run->spans[i].end)
            return true;
    for (size_t p = 0; p < run->n_pairs; p++) {
        const struct relation_pair *pair = &run->pairs[p];
        if (run->pair_labels[p] != SIZE_MAX && ((token >= pair->head[0] && token < pair->head[1]) ||
                                                (token >= pair->tail[0] && token < pair->tail[1])))
            return true;
    }
    return false;
}

/* Words that are in the text that the model read and in no span of a label; or the cells of the whole picture. */
static int faithfulness_find_parts(const struct faithfulness_run *run, struct faithfulness_parts *parts)
{
    struct arena *arena = mmib_arena(run->model);
    const struct inference_post *post = faithfulness_post(run);
    const struct example *example = &post->example;
    size_t cells = post->features.cells ? post->explanation.grid * post->explanation.grid : 0;
    size_t room = parts->words ? example->n_tokens : cells;
    parts->which = arena_take(arena, room, sizeof *parts->which);
    parts->heat = arena_take(arena, room, sizeof *parts->heat);
    if (!parts->which || !parts->heat)
        return -1;
    const float *heat = parts->words ? post->explanation.token_contribution : post->explanation.grid_contribution;
    for (size_t i = 0; i < room; i++) {
        if (parts->words && (example->rows[i] == example->rows[i + 1] || faithfulness_is_own(run, i)))
            continue;
        parts->which[parts->n] = i;
        parts->heat[parts->n++] = heat[i];
    }
    parts->steps = parts->n < FAITHFULNESS_STEPS ? parts->n : FAITHFULNESS_STEPS;
    return 0;
}

/* Insertion sort: stable, and there are few parts. */
static void faithfulness_sort(const float *heat, size_t n, size_t *order)
{
    for (size_t i = 0; i < n; i++) {
        size_t place = i;
        for (; place && heat[i] > heat[order[place - 1]]; place--)
            order[place] = order[place - 1];
        order[place] = i;
    }
}

static int faithfulness_make_orders(const struct faithfulness_run *run, struct faithfulness_parts *parts)
{
    char stream[POSTERIOR_STREAM_BYTES];
    struct random random;
    parts->orders = arena_take(mmib_arena(run->model), (run->orders + 1) * parts->n, sizeof *parts->orders);
    if (!parts->orders)
        return -1;
    faithfulness_sort(parts->heat, parts->n, parts->orders);
    posterior_stream(parts->words ? "order of words" : "order of cells", &faithfulness_post(run)->example, stream);
    random_seed(&random, run->seed, stream);
    for (size_t o = 1; o <= run->orders; o++) {
        size_t *order = parts->orders + o * parts->n;
        for (size_t i = 0; i < parts->n; i++) {
            size_t k = random_bits(&random) % (i + 1);
            order[i] = order[k];
            order[k] = i;
        }
    }
    return 0;
}

static size_t faithfulness_gone(const struct faithfulness_parts *parts, size_t step)
{
    return (2 * parts->n * step + parts->steps) / (2 * parts->steps);
}

/* --- variants of the post ----------------------------------------------------------------------------------------- */

/* How many parts one variant lacks, and which order says which. */
struct faithfulness_variant {
    size_t order, gone;
};

/* A text, and where it went through the model whole. */
struct faithfulness_text {
    const struct example *example;
    const struct mmib_states *states;
    size_t index;
    bool marked;
};

/* The pieces of the text without the variant's words; of a marked text the markers stay. */
static int32_t *faithfulness_pieces(const struct faithfulness_run *run, const struct faithfulness_parts *parts,
                                    const struct faithfulness_variant *variant, const struct faithfulness_text *text)
{
    const struct wordpiece *wordpiece = mmib_wordpiece(run->model);
    const struct example *example = text->example;
    int32_t mask = wordpiece_mask(wordpiece), first_marker = (int32_t)wordpiece_count(wordpiece) - 4;
    const size_t *order = parts->orders + variant->order * parts->n;
    int32_t *out = arena_take(mmib_arena(run->model), example->n_pieces, sizeof *out);
    if (!out)
        return NULL;
    memcpy(out, example->piece_ids, example->n_pieces * sizeof *out);
    for (size_t i = 0; i < variant->gone; i++) {
        size_t token = parts->which[order[i]];
        for (size_t r = example->rows[token]; r < example->rows[token + 1]; r++)
            if (!text->marked || out[r] < first_marker)
                out[r] = mask;
    }
    return out;
}

/* Features of the pictures, those of the whole one being the mean of the cells that the variant has left. */
static const float *faithfulness_features(const struct faithfulness_run *run, const struct faithfulness_parts *parts,
                                          const struct faithfulness_variant *variant)
{
    struct arena *arena = mmib_arena(run->model);
    const struct features *features = &faithfulness_post(run)->features;
    size_t channels = mmib_config(run->model)->image.channels, left = parts->n - variant->gone;
    const size_t *order = parts->orders + variant->order * parts->n + variant->gone;
    float *out = arena_take(arena, features->n_images * channels, sizeof *out);
    float *cells = arena_take(arena, left * channels, sizeof *cells);
    bool *stays = arena_take_zero(arena, parts->n, sizeof *stays);
    if (!out || !cells || !stays)
        return NULL;
    memcpy(out, features->features, features->n_images * channels * sizeof *out);
    memset(out, 0, channels * sizeof *out);
    for (size_t i = 0; i < left; i++)
        stays[order[i]] = true;
    for (size_t i = 0, row = 0; i < parts->n; i++)
        if (stays[i])
            memcpy(cells + row++ * channels, features->cells + parts->which[i] * channels, channels * sizeof *cells);
    if (left)
        kernel_row_mean(cells, left, channels, out);
    return out;
}

/* The model's states of n variants of a text: it is encoded anew where words go. */
static int faithfulness_forward(const struct faithfulness_run *run, const struct faithfulness_parts *parts,
                                const struct faithfulness_variant *variants, size_t n,
                                const struct faithfulness_text *text, struct mmib_states *out)
{
    const struct features *features = &faithfulness_post(run)->features;
    struct mmib_item items[FAITHFULNESS_PASSES];
    for (size_t i = 0; i < n; i++) {
        items[i] = (struct mmib_item){.n_images = features->n_images, .features = features->features};
        if (parts->words) {
            items[i].n_pieces = text->example->n_pieces;
            items[i].piece_ids = faithfulness_pieces(run, parts, &variants[i], text);
        } else {
            items[i].features = faithfulness_features(run, parts, &variants[i]);
        }
        if (parts->words ? !items[i].piece_ids : !items[i].features)
            return -1;
    }
    return parts->words ? mmib_forward(run->model, items, n, NULL, NULL, out)
                        : posterior_with_images(run->model, text->states, text->index, items, n, out);
}

/* Adds the log-probabilities of the labels in each of n variants. */
static int faithfulness_add_spans(const struct faithfulness_run *run, const struct mmib_states *states, size_t n,
                                  double *sums)
{
    for (size_t i = 0; run->n_spans && i < n; i++) {
        struct inference_post post = {.example = faithfulness_post(run)->example};
        if (inference_tag(run->model, states, i, &post.example, &post.tags))
            return -1;
        sums[i] += faithfulness_of_spans(run, &post);
    }
    return 0;
}

static int faithfulness_add_pairs(const struct faithfulness_run *run, const struct mmib_states *states, size_t n,
                                  double *sums)
{
    struct arena *arena = mmib_arena(run->model);
    size_t labels = mmib_config(run->model)->re.n_labels;
    struct example examples[FAITHFULNESS_PASSES];
    struct relation_pair *pairs = arena_take(arena, n * run->n_pairs, sizeof *pairs);
    const struct relation_batch batch = {.examples = examples, .states = states};
    float *probabilities;
    if (!pairs)
        return -1;
    for (size_t i = 0; i < n; i++) {
        examples[i] = faithfulness_post(run)->example;
        for (size_t p = 0; p < run->n_pairs; p++) {
            pairs[i * run->n_pairs + p] = run->pairs[p];
            pairs[i * run->n_pairs + p].post = i;
        }
    }
    if (relation_probabilities(run->model, &batch, pairs, n * run->n_pairs, NULL, NULL, &probabilities))
        return -1;
    for (size_t i = 0; i < n; i++)
        sums[i] += faithfulness_of_pairs(run, probabilities + i * run->n_pairs * labels);
    return 0;
}

/* "marker": a pair has a text of its own. */
static int faithfulness_add_marked(const struct faithfulness_run *run, const struct faithfulness_parts *parts,
                                   const struct faithfulness_variant *variants, size_t n, size_t p, double *sums)
{
    const struct inference *in = run->inference;
    const struct relation_batch batch = {in->posts, in->examples, in->features, &in->states};
    size_t wide = 2 * mmib_config(run->model)->text.hidden_size, labels = mmib_config(run->model)->re.n_labels;
    struct example example;
    struct example_markers markers;
    struct mmib_states whole, states;
    const struct faithfulness_text text = {&example, &whole, 0, true};
    float *rows = arena_take(mmib_arena(run->model), n * wide, sizeof *rows);
    if (!rows || relation_marked_forward(run->model, &batch, &run->pairs[p], 1, &example, &markers, &whole) ||
        faithfulness_forward(run, parts, variants, n, &text, &states))
        return -1;
    for (size_t i = 0; i < n; i++)
        relation_marked_row(run->model, &states, i, &markers, rows + i * wide);
    float *probabilities = mmib_classify(run->model, rows, n);
    if (!probabilities)
        return -1;
    for (size_t i = 0; i < n; i++)
        sums[i] += faithfulness_bounded(log((double)probabilities[i * labels + run->pair_labels[p]]));
    return 0;
}

/* Mean log-probability of the labels in each of n variants. */
static int faithfulness_score(const struct faithfulness_run *run, const struct faithfulness_parts *parts,
                              const struct faithfulness_variant *variants, size_t n, double *scores)
{
    bool marks = faithfulness_marks_pairs(run);
    const struct faithfulness_text text = {&faithfulness_post(run)->example, &run->inference->states, run->index,
                                           false};
    struct mmib_states states;
    for (size_t i = 0; i < n; i++)
        scores[i] = 0;
    if (run->n_spans || (run->n_pairs && !marks)) {
        if (faithfulness_forward(run, parts, variants, n, &text, &states) ||
            faithfulness_add_spans(run, &states, n, scores) ||
            (run->n_pairs && !marks && faithfulness_add_pairs(run, &states, n, scores)))
            return -1;
    }
    for (size_t p = 0; marks && p < run->n_pairs; p++)
        if (run->pair_labels[p] != SIZE_MAX && faithfulness_add_marked(run, parts, variants, n, p, scores))
            return -1;
    for (size_t i = 0; i < n; i++)
        scores[i] /= (double)run->n_labels;
    return 0;
}

/* --- the curves --------------------------------------------------------------------------------------------------- */

static double faithfulness_under(const struct faithfulness_curve *curve, const double *values)
{
    double area = 0;
    for (size_t s = 1; s < curve->n_points; s++)
        area += (values[s] + values[s - 1]) / 2 * (double)(curve->gone[s] - curve->gone[s - 1]);
    return area / (double)curve->n_parts;
}

/* scores [orders + 1, points]: the hottest first, then each random order. */
static void faithfulness_compare(const double *scores, size_t orders, struct faithfulness_curve *out)
{
    size_t points = out->n_points;
    double hottest = faithfulness_under(out, scores);
    memcpy(out->hottest, scores, points * sizeof *scores);
    for (size_t o = 1; o <= orders; o++) {
        for (size_t s = 0; s < points; s++)
            out->random[s] += scores[o * points + s] / (double)orders;
        out->n_beaten += faithfulness_under(out, scores + o * points) > hottest;
    }
    out->area = faithfulness_under(out, out->random) - hottest;
}

/* All variants of the parts, a few at a time. 0, 1 or -1. */
static int faithfulness_walk(const struct faithfulness_run *run, const struct faithfulness_parts *parts,
                             struct faithfulness_curve *out, struct error *err)
{
    struct arena *arena = mmib_arena(run->model);
    size_t points = parts->steps + 1, inner = (run->orders + 1) * (parts->steps - 1), n = inner + 1;
    double *scores = arena_take(arena, (run->orders + 1) * points, sizeof *scores);
    if (!scores)
        return error_memory(err, "deletion test");
    for (size_t first = 0; first < n; first += FAITHFULNESS_PASSES) {
        struct faithfulness_variant variants[FAITHFULNESS_PASSES];
        double got[FAITHFULNESS_PASSES];
        size_t count = n - first < FAITHFULNESS_PASSES ? n - first : FAITHFULNESS_PASSES;
        struct arena_mark mark = arena_mark(arena);
        if (run->cancelled && run->cancelled(run->context))
            return 1;
        for (size_t i = 0; i < count; i++) {
            size_t v = first + i; /* the last one has nothing left, in whatever order */
            variants[i] = v == inner ? (struct faithfulness_variant){0, parts->n}
                                     : (struct faithfulness_variant){v / (parts->steps - 1),
                                                                     out->gone[v % (parts->steps - 1) + 1]};
        }
        if (faithfulness_score(run, parts, variants, count, got))
            return error_memory(err, "deletion test");
        for (size_t i = 0; i < count; i++)
            for (size_t o = 0; o <= run->orders; o++) {
                if (first + i == inner)
                    scores[o * points + parts->steps] = got[i];
                else if (o == variants[i].order)
                    scores[o * points + (first + i) % (parts->steps - 1) + 1] = got[i];
            }
        arena_rewind(arena, &mark);
    }
    for (size_t o = 0; o <= run->orders; o++)
        scores[o * points] = run->whole;
    faithfulness_compare(scores, run->orders, out);
    return isfinite(out->area) ? 0
                               : error_set(err, ERROR_INPUT, "model %s: post %s: a value is not finite",
                                           mmib_name(run->model), run->inference->posts[run->index]->id);
}

/* 0, 1 or -1. */
static int faithfulness_curve(const struct faithfulness_run *run, bool words, struct faithfulness_curve *out,
                              struct error *err)
{
    struct faithfulness_parts parts = {.words = words};
    *out = (struct faithfulness_curve){.area = NAN};
    if (!run->n_labels)
        return 0;
    if (faithfulness_find_parts(run, &parts))
        return error_memory(err, "deletion test");
    out->n_parts = parts.n;
    if (parts.n < 2)
        return 0;
    if (faithfulness_make_orders(run, &parts))
        return error_memory(err, "deletion test");
    out->n_points = parts.steps + 1;
    for (size_t s = 0; s < out->n_points; s++)
        out->gone[s] = faithfulness_gone(&parts, s);
    return faithfulness_walk(run, &parts, out, err);
}

int faithfulness_of(struct mmib *model, const struct inference *inference, size_t index,
                    const struct faithfulness_options *options, struct faithfulness *out, struct error *err)
{
    struct arena *arena = mmib_arena(model);
    struct arena_mark mark = arena_mark(arena);
    struct relation_pair *own = NULL;
    struct faithfulness_run run = {.model = model,
                                   .inference = inference,
                                   .index = index,
                                   .orders = options->orders ? options->orders : FAITHFULNESS_ORDERS,
                                   .seed = options->seed,
                                   .cancelled = options->cancelled,
                                   .context = options->context,
                                   .pairs = options->pairs,
                                   .n_pairs = options->n_pairs};
    if (!options->pairs) {
        own = relation_pairs_of(inference->posts[index], index, &run.n_pairs);
        run.pairs = own;
        if (!own)
            return error_memory(err, "deletion test");
    }
    int result = faithfulness_find_labels(&run, err);
    *out = (struct faithfulness){.n_labels = run.n_labels, .n_orders = run.orders};
    if (!result)
        result = faithfulness_curve(&run, true, &out->words, err);
    if (!result)
        result = faithfulness_curve(&run, false, &out->cells, err);
    arena_rewind(arena, &mark);
    free(own);
    return result;
}
