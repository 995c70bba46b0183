/* SPDX-License-Identifier: Apache-2.0 */
#include "model/checkpoint.h"

#include "corpora/json.h"
#include "corpora/text.h"
#include "model/safetensors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void checkpoint_put_state(struct text *out, const struct checkpoint_state *state, const char *settings)
{
    text_add_format(out, "{\"format\": \"mmib-checkpoint\", \"version\": 1, \"step\": %zu, \"epochs\": %zu, "
                         "\"best_epoch\": %zu, \"best\": ", state->step, state->epochs, state->best_epoch);
    json_put_number(out, state->best);
    text_add_format(out, ", \"settings\": %s}", settings);
}

static struct safetensors_entry checkpoint_floats(const char *name, const float *data, size_t n)
{
    return (struct safetensors_entry){
        .name = name, .type = TENSOR_F32, .rank = 1, .shape = {n}, .data = data, .bytes = n * sizeof *data};
}

int checkpoint_write(const char *path, const struct optimizer *optimizer, const struct checkpoint_state *state,
                     const char *settings, struct error *err)
{
    const struct parameters *p = optimizer->parameters;
    struct text text = {0};
    checkpoint_put_state(&text, state, settings);
    if (text.failed) {
        text_free(&text);
        return error_memory(err, path);
    }
    struct safetensors_entry entries[6] = {
        checkpoint_floats("values", p->values, p->count),
        checkpoint_floats("first", optimizer->first, p->count),
        checkpoint_floats("second", optimizer->second, p->count),
        {.name = "steps", .type = TENSOR_I64, .rank = 1, .shape = {p->n}, .data = optimizer->steps,
         .bytes = p->n * sizeof *optimizer->steps},
        {.name = "state", .type = TENSOR_U8, .rank = 1, .shape = {text.n}, .data = text.bytes, .bytes = text.n},
    };
    size_t n = 5;
    if (optimizer->average)
        entries[n++] = checkpoint_floats("average", optimizer->average, p->count);
    int result = safetensors_write(path, entries, n, NULL, NULL, err);
    text_free(&text);
    return result;
}

/* Adds "NAME (WAS, now IS)" for every setting that differs. */
static void checkpoint_compare(struct json_value then, struct json_value now, struct text *out)
{
    struct json_walk walk = json_walk(now);
    for (struct json_value name, value; json_next_member(&walk, &name, &value);) {
        char *text = json_text(name);
        struct json_value old = text ? json_member(then, text) : (struct json_value){0};
        out->failed |= !text;
        if (text && (old.n != value.n || !old.text || memcmp(old.text, value.text, value.n)))
            text_add_format(out, "%s%s (was %.*s, is %.*s)", out->n ? ", " : "", text, old.text ? (int)old.n : 4,
                            old.text ? old.text : "none", (int)value.n, value.text);
        free(text);
    }
}

static int checkpoint_parse(const char *path, const struct safetensors *file, const char *settings,
                            struct checkpoint_state *out, struct error *err)
{
    const struct safetensors_entry *entry = safetensors_find(file, "state");
    struct json_value root, best;
    struct text differences = {0};
    if (!entry || entry->type != TENSOR_U8)
        return error_set(err, ERROR_INPUT, "%s: not a checkpoint", path);
    const struct json_document document = {.text = entry->data, .n = entry->bytes, .path = path, .first_line = 1};
    if (json_document_check(&document, &root, err))
        return -1;
    best = json_member(root, "best");
    if (!json_whole(json_member(root, "step"), &out->step) || !json_whole(json_member(root, "epochs"), &out->epochs) ||
        !json_whole(json_member(root, "best_epoch"), &out->best_epoch) || json_kind(best) != JSON_NUMBER ||
        json_kind(json_member(root, "settings")) != JSON_OBJECT)
        return error_set(err, ERROR_INPUT, "%s: not a checkpoint of this version", path);
    out->best = json_number(best);
    checkpoint_compare(json_member(root, "settings"), json_value_of(settings), &differences);
    int result = 0;
    if (differences.failed)
        result = error_memory(err, path);
    else if (differences.n)
        result = error_set(err, ERROR_USAGE, "%s: cannot go on with other settings: %s", path, differences.bytes);
    text_free(&differences);
    return result;
}

int checkpoint_read(const char *path, struct optimizer *optimizer, const char *settings,
                    struct checkpoint_state *state_out, struct error *err)
{
    struct parameters *p = optimizer->parameters;
    const struct {
        const char *name;
        float *to;
    } blocks[] = {{"values", p->values},
                  {"first", optimizer->first},
                  {"second", optimizer->second},
                  {"average", optimizer->average}};
    enum { BLOCKS = sizeof blocks / sizeof *blocks };
    const float *from[BLOCKS] = {0};
    struct safetensors *file = safetensors_open(path, err);
    if (!file)
        return -1;
    int result = checkpoint_parse(path, file, settings, state_out, err);
    for (size_t i = 0; !result && i < BLOCKS; i++)
        if (blocks[i].to && !(from[i] = safetensors_f32(file, blocks[i].name, 1, &p->count, err)))
            result = -1;
    const struct safetensors_entry *steps = safetensors_find(file, "steps");
    if (!result && (!steps || steps->type != TENSOR_I64 || steps->rank != 1 || steps->shape[0] != p->n))
        result = error_set(err, ERROR_INPUT, "%s: steps: is not of this model", path);
    if (!result) {
        for (size_t i = 0; i < BLOCKS; i++)
            if (from[i])
                memcpy(blocks[i].to, from[i], p->count * sizeof *from[i]);
        memcpy(optimizer->steps, steps->data, p->n * sizeof *optimizer->steps);
    }
    safetensors_close(file);
    return result;
}
