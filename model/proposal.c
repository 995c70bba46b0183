/* SPDX-License-Identifier: Apache-2.0 */
#include "model/proposal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

double proposal_span_log_probability(const struct mmib *model, const struct inference_post *post, size_t start,
                                     size_t end, size_t type)
{
    const struct tagset *tagset = mmib_tagset(model);
    const size_t *rows = post->tags.token_rows + start;
    size_t n = end - start, after = end < post->example.n_tokens ? rows[n] : SIZE_MAX;
    if (tagset->begin[type] == SIZE_MAX || (n > 1 && tagset->inside[type] == SIZE_MAX) || rows[n - 1] == SIZE_MAX)
        return -INFINITY;
    double log_probability = crf_span_log_probability(mmib_crf(model), &post->tags.sums, rows, n, after,
                                                      tagset->begin[type], tagset->inside[type]);
    return log_probability > 0 ? 0 : log_probability; /* rounding */
}

double proposal_span_probability(const struct mmib *model, const struct inference_post *post, size_t start, size_t end,
                                 size_t type)
{
    return exp(proposal_span_log_probability(model, post, start, end, type));
}

static int proposal_by_score(const void *a, const void *b)
{
    double x = ((const struct analysis_runner_up *)a)->score, y = ((const struct analysis_runner_up *)b)->score;
    return (x < y) - (x > y);
}

static int proposal_fill(const struct mmib *model, const struct inference_post *post, const struct tag_span *span,
                         struct analysis_entity *out)
{
    const struct tagset *tagset = mmib_tagset(model);
    *out = (struct analysis_entity){.start = span->start,
                                    .end = span->end,
                                    .type = tagset->names[span->type],
                                    .words_share = NAN,
                                    .picture_share = NAN,
                                    .score = proposal_span_probability(model, post, span->start, span->end,
                                                                       span->type)};
    out->runners_up = calloc(tagset->n_types, sizeof *out->runners_up);
    if (!out->runners_up)
        return -1;
    for (size_t type = 0; type < tagset->n_types; type++)
        if (type != span->type)
            out->runners_up[out->n_runners_up++] = (struct analysis_runner_up){
                tagset->names[type], proposal_span_probability(model, post, span->start, span->end, type)};
    qsort(out->runners_up, out->n_runners_up, sizeof *out->runners_up, proposal_by_score);
    return 0;
}

int proposal_entities(const struct mmib *model, const struct inference_post *post, struct analysis_entity **out,
                      size_t *n)
{
    size_t tokens = post->example.n_tokens, n_spans;
    *out = NULL;
    *n = 0;
    if (!mmib_config(model)->ner.present || !tokens)
        return 0;
    struct tag_span *spans = calloc(tokens, sizeof *spans);
    struct analysis_entity *entities = calloc(tokens, sizeof *entities);
    int result = spans && entities ? 0 : -1;
    if (!result) {
        n_spans = tagset_spans(mmib_tagset(model), post->tags.token_labels, tokens, spans);
        for (size_t i = 0; !result && i < n_spans; i++) {
            result = proposal_fill(model, post, &spans[i], &entities[i]);
            *n = i + 1;
        }
    }
    free(spans);
    if (result) {
        proposal_entities_free(entities, *n);
        entities = NULL;
        *n = 0;
    }
    *out = entities;
    return result;
}

void proposal_entities_free(struct analysis_entity *entities, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(entities[i].runners_up);
    free(entities);
}
