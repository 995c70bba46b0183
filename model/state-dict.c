/* SPDX-License-Identifier: Apache-2.0 */
#include "model/state-dict.h"

#include "corpora/text.h"
#include "model/pickle.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_MAX_TENSORS = 1 << 16 };

/* Everything that a pickle of weights may ask for: the two functions first, then the storages by their types. */
enum { STATE_REBUILD_TENSOR, STATE_REBUILD_PARAMETER, STATE_STORAGES };
static const char *const state_globals[] = {
    "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter", "torch.FloatStorage", "torch.HalfStorage",
    "torch.BFloat16Storage", "torch.DoubleStorage", "torch.LongStorage", "torch.IntStorage", "torch.ShortStorage",
    "torch.CharStorage", "torch.ByteStorage", "torch.BoolStorage", NULL,
};
static const enum tensor_type state_storage_types[] = {TENSOR_F32, TENSOR_F16, TENSOR_BF16, TENSOR_F64, TENSOR_I64,
                                                       TENSOR_I32, TENSOR_I16, TENSOR_I8,   TENSOR_U8,  TENSOR_BOOL};

static const struct pickle_value *state_item(const struct pickle_value *value, enum pickle_kind kind, size_t index)
{
    const struct pickle_value *item = index < value->n_items ? value->items[index] : NULL;
    return item && item->kind == kind ? item : NULL;
}

static bool state_is_call(const struct pickle_value *value, int64_t global)
{
    return value->kind == PICKLE_CALL && value->items[0]->integer == global;
}

/* A parameter is a tensor with a coat. */
static const struct pickle_value *state_uncoat(const struct pickle_value *value)
{
    if (!state_is_call(value, STATE_REBUILD_PARAMETER))
        return value;
    const struct pickle_value *inner = state_item(value->items[1], PICKLE_CALL, 0);
    return inner ? inner : value;
}

static int state_size(const struct pickle_value *value, size_t *out)
{
    if (!value || value->integer < 0)
        return -1;
    *out = (size_t)value->integer;
    return 0;
}

/* ("storage", class, key, device, length) */
static int state_read_storage(const struct pickle_value *persistent, struct state_tensor *out, struct error *err)
{
    const struct pickle_value *id = persistent ? state_item(persistent, PICKLE_TUPLE, 0) : NULL;
    const struct pickle_value *kind = id ? state_item(id, PICKLE_TEXT, 0) : NULL;
    const struct pickle_value *type = id ? state_item(id, PICKLE_GLOBAL, 1) : NULL;
    const struct pickle_value *key = id ? state_item(id, PICKLE_TEXT, 2) : NULL;
    if (!kind || !pickle_text_is(kind, "storage") || !type || type->integer < STATE_STORAGES || !key || !key->n_text ||
        memchr(key->text, '/', key->n_text) || state_size(state_item(id, PICKLE_INTEGER, 4), &out->storage_numbers))
        return error_set(err, ERROR_INPUT, "its storage is described in no known way");
    out->type = state_storage_types[type->integer - STATE_STORAGES];
    out->storage = strndup(key->text, key->n_text);
    return out->storage ? 0 : error_memory(err, "storage");
}

/* All numbers lie inside the storage, and there are no more of them than it has. */
static bool state_fits(const struct state_tensor *tensor)
{
    size_t numbers = 1, last = tensor->offset;
    for (size_t i = 0; i < tensor->rank; i++)
        if (!tensor->shape[i])
            return true;
    for (size_t i = 0; i < tensor->rank; i++) {
        size_t reach;
        if (__builtin_mul_overflow(numbers, tensor->shape[i], &numbers) ||
            __builtin_mul_overflow(tensor->shape[i] - 1, tensor->strides[i], &reach) ||
            __builtin_add_overflow(last, reach, &last))
            return false;
    }
    return numbers <= tensor->storage_numbers && last < tensor->storage_numbers;
}

/* _rebuild_tensor_v2(storage, offset, shape, strides, ...) */
static int state_read_tensor(const struct pickle_value *arguments, struct state_tensor *out, struct error *err)
{
    const struct pickle_value *shape = state_item(arguments, PICKLE_TUPLE, 2);
    const struct pickle_value *strides = state_item(arguments, PICKLE_TUPLE, 3);
    if (state_read_storage(state_item(arguments, PICKLE_PERSISTENT, 0), out, err))
        return -1;
    if (state_size(state_item(arguments, PICKLE_INTEGER, 1), &out->offset) || !shape || !strides ||
        shape->n_items != strides->n_items)
        return error_set(err, ERROR_INPUT, "it is described in no known way");
    if (shape->n_items > TENSOR_MAX_RANK)
        return error_set(err, ERROR_INPUT, "has %zu dimensions, more than %d", shape->n_items, TENSOR_MAX_RANK);
    out->rank = shape->n_items;
    for (size_t i = 0; i < out->rank; i++)
        if (state_size(state_item(shape, PICKLE_INTEGER, i), &out->shape[i]) ||
            state_size(state_item(strides, PICKLE_INTEGER, i), &out->strides[i]))
            return error_set(err, ERROR_INPUT, "its shape or strides are no sizes");
    return state_fits(out) ? 0 : error_set(err, ERROR_INPUT, "reaches beyond its storage");
}

static int state_add(struct state_dict *state, const struct pickle_value *key, const struct pickle_value *arguments,
                     const char *path, struct error *err)
{
    if (state->n >= STATE_MAX_TENSORS)
        return error_set(err, ERROR_INPUT, "%s: too many tensors", path);
    struct state_tensor *tensors = array_grow(state->tensors, state->n, sizeof *tensors);
    if (!tensors)
        return error_memory(err, path);
    state->tensors = tensors;
    struct state_tensor *tensor = &tensors[state->n++];
    *tensor = (struct state_tensor){.name = strndup(key->text, key->n_text)};
    if (!tensor->name)
        return error_memory(err, path);
    struct error reason;
    if (!state_read_tensor(arguments, tensor, &reason))
        return 0;
    return error_set(err, reason.kind, "%s: %s: %s", path, tensor->name, reason.message);
}

static const struct pickle_value *state_find_dict(const struct pickle_value *root)
{
    static const char *const members[] = {"state_dict", "model_state_dict", "model"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct pickle_value *member = pickle_member(root, members[i]);
        if (member && member->kind == PICKLE_DICT)
            return member;
    }
    return root->kind == PICKLE_DICT ? root : NULL;
}

int state_dict_read(const uint8_t *bytes, size_t n, const char *path, struct state_dict *out, struct error *err)
{
    *out = (struct state_dict){0};
    struct pickle *pickle = pickle_read(bytes, n, path, state_globals, err);
    if (!pickle)
        return -1;
    const struct pickle_value *dict = state_find_dict(pickle_root(pickle));
    int result = dict ? 0 : error_set(err, ERROR_INPUT, "%s: no dict of tensors", path);
    for (size_t i = 0; !result && i + 1 < dict->n_items; i += 2) {
        const struct pickle_value *value = state_uncoat(dict->items[i + 1]);
        if (dict->items[i]->kind == PICKLE_TEXT && state_is_call(value, STATE_REBUILD_TENSOR))
            result = state_add(out, dict->items[i], value->items[1], path, err);
    }
    if (!result && !out->n)
        result = error_set(err, ERROR_INPUT, "%s: no tensors in it", path);
    pickle_free(pickle);
    if (result)
        state_dict_free(out);
    return result;
}

void state_dict_free(struct state_dict *state)
{
    for (size_t i = 0; i < state->n; i++) {
        free(state->tensors[i].name);
        free(state->tensors[i].storage);
    }
    free(state->tensors);
    *state = (struct state_dict){0};
}
