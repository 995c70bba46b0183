/* SPDX-License-Identifier: Apache-2.0 */
#include "model/relation.h"

#include "corpora/clock.h"
#include "model/kernel-elementwise.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { RELATION_PASSES = 16 }; /* marked pairs that go through the model together */

size_t relation_none(const struct mmib *model)
{
    const struct config *config = mmib_config(model);
    for (size_t i = 0; i < config->re.n_labels; i++)
        if (!strcmp(config->re.labels[i], "None"))
            return i;
    return SIZE_MAX;
}

struct relation_pair *relation_pairs_of(const struct post *post, size_t index, size_t *n)
{
    struct relation_pair *pairs = calloc(post->n_relations + 1, sizeof *pairs);
    *n = 0;
    for (size_t i = 0; pairs && i < post->n_relations; i++) {
        const struct entity *head = post_entity_peek(post, post->relations[i].head);
        const struct entity *tail = post_entity_peek(post, post->relations[i].tail);
        if (head && tail) /* readers refuse the rest; a post made by hand may lack it */
            pairs[(*n)++] = (struct relation_pair){index, {head->start, head->end}, {tail->start, tail->end}};
    }
    return pairs;
}

size_t relation_best(const struct mmib *model, const float *probabilities)
{
    size_t none = relation_none(model), best = none == SIZE_MAX ? 0 : none;
    for (size_t l = 0; l < mmib_config(model)->re.n_labels; l++)
        if (probabilities[l] > probabilities[best])
            best = l;
    return best;
}

const char *relation_label(const struct mmib *model, const float *probabilities)
{
    size_t best = relation_best(model, probabilities);
    return probabilities[best] > 0 ? mmib_config(model)->re.labels[best] : "None";
}

/* Mean of the fused rows of a span's pieces. False when all were cut. */
static bool relation_span_mean(const struct mmib_states *states, const struct relation_pair *pair,
                               const struct example *example, const size_t span[2], size_t d, float *out)
{
    size_t from = example->rows[span[0]], to = example->rows[span[1]];
    if (from == to)
        return false;
    kernel_row_mean(states->fused_text + (states->text_offsets[pair->post] + from) * d, to - from, d, out);
    return true;
}

int relation_marked_forward(struct mmib *model, const struct relation_batch *batch, const struct relation_pair *pairs,
                            size_t n, struct example *examples, struct example_markers *markers,
                            struct mmib_states *states)
{
    struct arena *arena = mmib_arena(model);
    size_t max_pieces = mmib_config(model)->text.max_pieces;
    struct mmib_item *items = arena_take(arena, n, sizeof *items);
    if (!items)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const struct features *features = &batch->features[pairs[i].post];
        if (example_make_marked(batch->posts[pairs[i].post], pairs[i].head, pairs[i].tail, mmib_wordpiece(model),
                                max_pieces, arena, &examples[i], &markers[i]))
            return -1;
        items[i] = (struct mmib_item){.piece_ids = examples[i].piece_ids,
                                      .n_pieces = examples[i].n_pieces,
                                      .features = features->features,
                                      .n_images = features->n_images};
    }
    return mmib_forward(model, items, n, NULL, NULL, states);
}

bool relation_marked_row(const struct mmib *model, const struct mmib_states *states, size_t i,
                         const struct example_markers *markers, float *row)
{
    size_t d = mmib_config(model)->text.hidden_size;
    const float *fused = states->fused_text + states->text_offsets[i] * d;
    if (markers->head_row == SIZE_MAX || markers->tail_row == SIZE_MAX)
        return false;
    memcpy(row, fused + markers->head_row * d, d * sizeof *row);
    memcpy(row + d, fused + markers->tail_row * d, d * sizeof *row);
    return true;
}

/* Representations of marked pairs into rows [n, 2 d]. */
static int relation_marked_rows(struct mmib *model, const struct relation_batch *batch,
                                const struct relation_pair *pairs, size_t n, bool (*cancelled)(void *context),
                                void *context, float *rows, bool *whole)
{
    size_t d = mmib_config(model)->text.hidden_size;
    for (size_t first = 0; first < n; first += RELATION_PASSES) {
        size_t count = n - first < RELATION_PASSES ? n - first : RELATION_PASSES;
        struct example examples[RELATION_PASSES];
        struct example_markers markers[RELATION_PASSES];
        struct mmib_states states;
        if (cancelled && cancelled(context))
            return 1;
        if (relation_marked_forward(model, batch, pairs + first, count, examples, markers, &states))
            return -1;
        for (size_t i = 0; i < count; i++)
            whole[first + i] = relation_marked_row(model, &states, i, &markers[i], rows + (first + i) * 2 * d);
    }
    return 0;
}

int relation_probabilities(struct mmib *model, const struct relation_batch *batch, const struct relation_pair *pairs,
                           size_t n, bool (*cancelled)(void *context), void *context, float **out)
{
    const struct config *config = mmib_config(model);
    size_t d = config->text.hidden_size, labels = config->re.n_labels;
    float *rows = arena_take_zero(mmib_arena(model), n * d, 2 * sizeof *rows);
    bool *whole = arena_take_zero(mmib_arena(model), n, sizeof *whole);
    if (!rows || !whole)
        return -1;
    if (config->re.representation == RELATION_MARKER) {
        int stopped = relation_marked_rows(model, batch, pairs, n, cancelled, context, rows, whole);
        if (stopped)
            return stopped;
    } else {
        for (size_t i = 0; i < n; i++) {
            const struct example *example = &batch->examples[pairs[i].post];
            whole[i] = relation_span_mean(batch->states, &pairs[i], example, pairs[i].head, d, rows + i * 2 * d) &&
                       relation_span_mean(batch->states, &pairs[i], example, pairs[i].tail, d, rows + i * 2 * d + d);
        }
    }
    double start = clock_ms();
    *out = mmib_classify(model, rows, n);
    if (!*out)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (!whole[i])
            memset(*out + i * labels, 0, labels * sizeof **out);
    mmib_times(model)->heads += clock_ms() - start;
    return 0;
}
