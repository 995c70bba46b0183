/* SPDX-License-Identifier: Apache-2.0 */
#include "src/explain-readings.h"

#include "corpora/json.h"
#include "model/bottleneck-effect.h"
#include "model/faithfulness.h"

static void explain_put_entity(struct text *out, const struct bottleneck_entity *e)
{
    bool first = true;
    text_add_format(out, "{\"start\":%zu,\"end\":%zu,\"type\":", e->start, e->end);
    json_put_text(out, e->type);
    text_add(out, ",\"in\":[");
    for (int r = 0; r < READINGS; r++)
        if (e->in[r]) {
            text_add_format(out, "%s\"%s\"", first ? "" : ",", bottleneck_reading_name(r));
            first = false;
        }
    text_add(out, "],\"scores\":{");
    for (int r = 0; r < READINGS; r++)
        text_add_format(out, "%s\"%s\":%.9g", r ? "," : "", bottleneck_reading_name(r), e->score[r]);
    text_add_format(out, "},\"samples\":%zu}", e->samples);
}

static void explain_put_pair(struct text *out, const struct bottleneck_pair *pair)
{
    text_add_format(out, "{\"head\":[%zu,%zu],\"tail\":[%zu,%zu],\"labels\":{", pair->head[0], pair->head[1],
                    pair->tail[0], pair->tail[1]);
    for (int r = 0; r < READINGS; r++) {
        text_add_format(out, "%s\"%s\":", r ? "," : "", bottleneck_reading_name(r));
        json_put_text(out, pair->types[r]);
    }
    text_add(out, "},\"scores\":{");
    for (int r = 0; r < READINGS; r++)
        text_add_format(out, "%s\"%s\":%.9g", r ? "," : "", bottleneck_reading_name(r), pair->scores[r]);
    text_add_format(out, "},\"samples\":%zu}", pair->samples);
}

static void explain_put_counts(struct text *out, const char *name, const struct bottleneck_counts *counts)
{
    text_add_format(out, ",\"%s\":{\"saved\":%zu,\"lost\":%zu,\"kept_right\":%zu,\"kept_wrong\":%zu}", name,
                    counts->saved, counts->lost, counts->kept_right, counts->kept_wrong);
}

int explain_put_readings(struct text *out, struct mmib *model, const struct inference *inference, size_t index,
                         const struct explain_request *request, struct error *err)
{
    const struct post *post = inference->posts[index];
    const struct config *config = mmib_config(model);
    const struct bottleneck_options options = {
        .samples = request->draws, .seed = request->seed, .pairs = request->pairs, .n_pairs = request->n_pairs};
    struct bottleneck *b;
    if (bottleneck_of(model, inference, index, &options, &b, err))
        return -1;
    text_add_format(out, ",\"readings\":{\"samples\":%zu,\"changed\":%s", b->n_samples,
                    bottleneck_agree(b, READING_MEAN, READING_BYPASSED) ? "false" : "true");
    if (config->ner.present) {
        text_add(out, ",\"entities\":[");
        for (size_t i = 0; i < b->n_entities; i++) {
            text_add(out, i ? "," : "");
            explain_put_entity(out, &b->entities[i]);
        }
        text_add_char(out, ']');
    }
    if (config->re.present) {
        text_add(out, ",\"relations\":[");
        for (size_t i = 0; i < b->n_pairs; i++) {
            text_add(out, i ? "," : "");
            explain_put_pair(out, &b->pairs[i]);
        }
        text_add_char(out, ']');
    }
    const struct bottleneck_judgement judged = bottleneck_judge(b, post);
    if (config->ner.present && post->n_entities)
        explain_put_counts(out, "entity_effects", &judged.entities);
    if (config->re.present && post->n_relations)
        explain_put_counts(out, "relation_effects", &judged.relations);
    text_add_char(out, '}');
    bottleneck_free(b);
    return 0;
}

static void explain_put_points(struct text *out, const char *name, const double *values, size_t n)
{
    text_add_format(out, ",\"%s\":[", name);
    for (size_t i = 0; i < n; i++)
        text_add_format(out, "%s%.9g", i ? "," : "", values[i]);
    text_add_char(out, ']');
}

/* null where there is no curve. */
static void explain_put_curve(struct text *out, const char *name, const struct faithfulness_curve *curve)
{
    text_add_format(out, ",\"%s\":", name);
    if (!curve->n_points) {
        text_add(out, "null");
        return;
    }
    text_add_format(out, "{\"parts\":%zu,\"gone\":[", curve->n_parts);
    for (size_t i = 0; i < curve->n_points; i++)
        text_add_format(out, "%s%zu", i ? "," : "", curve->gone[i]);
    text_add_char(out, ']');
    explain_put_points(out, "hottest", curve->hottest, curve->n_points);
    explain_put_points(out, "random", curve->random, curve->n_points);
    text_add_format(out, ",\"area\":%.9g,\"beaten\":%zu}", curve->area, curve->n_beaten);
}

int explain_put_faithfulness(struct text *out, struct mmib *model, const struct inference *inference, size_t index,
                             const struct explain_request *request, struct error *err)
{
    const struct faithfulness_options options = {
        .orders = request->draws, .seed = request->seed, .pairs = request->pairs, .n_pairs = request->n_pairs};
    struct faithfulness f;
    if (faithfulness_of(model, inference, index, &options, &f, err))
        return -1;
    text_add_format(out, ",\"faithfulness\":{\"labels\":%zu,\"orders\":%zu", f.n_labels, f.n_orders);
    explain_put_curve(out, "words", &f.words);
    explain_put_curve(out, "cells", &f.cells);
    text_add_char(out, '}');
    return 0;
}
