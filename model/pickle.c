/* The opcodes are those of Python's pickletools; a stack of values, and a memo of values that come again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/pickle.h"

#include "corpora/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PICKLE_MAX_VALUES = 1 << 22, PICKLE_MAX_NAME_BYTES = 256, PICKLE_PROTOCOL = 2 };

enum pickle_opcode {
    PICKLE_OP_MARK = '(',
    PICKLE_OP_STOP = '.',
    PICKLE_OP_EMPTY_TUPLE = ')',
    PICKLE_OP_EMPTY_LIST = ']',
    PICKLE_OP_EMPTY_DICT = '}',
    PICKLE_OP_APPEND = 'a',
    PICKLE_OP_APPENDS = 'e',
    PICKLE_OP_BUILD = 'b',
    PICKLE_OP_GLOBAL = 'c',
    PICKLE_OP_BINFLOAT = 'G',
    PICKLE_OP_BINGET = 'h',
    PICKLE_OP_LONG_BINGET = 'j',
    PICKLE_OP_BININT = 'J',
    PICKLE_OP_BININT1 = 'K',
    PICKLE_OP_BININT2 = 'M',
    PICKLE_OP_NONE = 'N',
    PICKLE_OP_BINPERSID = 'Q',
    PICKLE_OP_BINPUT = 'q',
    PICKLE_OP_REDUCE = 'R',
    PICKLE_OP_LONG_BINPUT = 'r',
    PICKLE_OP_SETITEM = 's',
    PICKLE_OP_TUPLE = 't',
    PICKLE_OP_SETITEMS = 'u',
    PICKLE_OP_BINUNICODE = 'X',
    PICKLE_OP_PROTO = 0x80,
    PICKLE_OP_TUPLE1 = 0x85,
    PICKLE_OP_TUPLE2 = 0x86,
    PICKLE_OP_TUPLE3 = 0x87,
    PICKLE_OP_NEWTRUE = 0x88,
    PICKLE_OP_NEWFALSE = 0x89,
    PICKLE_OP_LONG1 = 0x8a,
};

struct pickle_node {
    struct pickle_value value;
    struct pickle_node *next;
};

struct pickle {
    struct pickle_node *nodes; /* all values, for freeing */
    size_t n_nodes;
    const struct pickle_value *root;
};

struct pickle_machine {
    struct pickle *pickle;
    const uint8_t *bytes;
    size_t n, at, opcode_at;
    const char *path;
    const char *const *globals;
    struct pickle_value **stack; /* NULL = a mark */
    size_t n_stack;
    struct pickle_value **memo; /* NULL = never put */
    size_t n_memo;
    struct error *err;
};

static int pickle_complain(const struct pickle_machine *machine, const char *reason)
{
    return error_set(machine->err, ERROR_INPUT, "%s: byte %zu: %s", machine->path, machine->opcode_at, reason);
}

/* The next n bytes; NULL with a message where there are not so many. */
static const uint8_t *pickle_take(struct pickle_machine *machine, size_t n)
{
    if (n > machine->n - machine->at) {
        pickle_complain(machine, "the pickle ends in the middle");
        return NULL;
    }
    machine->at += n;
    return machine->bytes + machine->at - n;
}

/* A little-endian number of up to eight bytes. */
static int pickle_take_number(struct pickle_machine *machine, size_t n, uint64_t *out)
{
    const uint8_t *bytes = pickle_take(machine, n);
    *out = 0;
    for (size_t i = 0; bytes && i < n; i++)
        *out |= (uint64_t)bytes[i] << 8 * i;
    return bytes ? 0 : -1;
}

static struct pickle_value *pickle_new(struct pickle_machine *machine, enum pickle_kind kind)
{
    struct pickle *pickle = machine->pickle;
    if (pickle->n_nodes >= PICKLE_MAX_VALUES) {
        pickle_complain(machine, "too many values");
        return NULL;
    }
    struct pickle_node *node = calloc(1, sizeof *node);
    if (!node) {
        error_memory(machine->err, machine->path);
        return NULL;
    }
    node->value.kind = kind;
    node->next = pickle->nodes;
    pickle->nodes = node;
    pickle->n_nodes++;
    return &node->value;
}

static int pickle_push(struct pickle_machine *machine, struct pickle_value *value)
{
    struct pickle_value **stack = array_grow(machine->stack, machine->n_stack, sizeof *stack);
    if (!stack)
        return error_memory(machine->err, machine->path);
    machine->stack = stack;
    stack[machine->n_stack++] = value;
    return 0;
}

static int pickle_push_new(struct pickle_machine *machine, enum pickle_kind kind, int64_t integer)
{
    struct pickle_value *value = pickle_new(machine, kind);
    if (!value)
        return -1;
    value->integer = integer;
    return pickle_push(machine, value);
}

/* The value on top; NULL with a message where there is none, or a mark. */
static struct pickle_value *pickle_top(const struct pickle_machine *machine)
{
    struct pickle_value *top = machine->n_stack ? machine->stack[machine->n_stack - 1] : NULL;
    if (!top)
        pickle_complain(machine, "a value is missing");
    return top;
}

static struct pickle_value *pickle_pop(struct pickle_machine *machine)
{
    struct pickle_value *top = pickle_top(machine);
    machine->n_stack -= top ? 1 : 0;
    return top;
}

static int pickle_add_item(const struct pickle_machine *machine, struct pickle_value *to, struct pickle_value *item)
{
    struct pickle_value **items = array_grow(to->items, to->n_items, sizeof *items);
    if (!items)
        return error_memory(machine->err, machine->path);
    to->items = items;
    items[to->n_items++] = item;
    return 0;
}

/* Moves the last n values of the stack, none of which is a mark, into a value. */
static int pickle_gather(struct pickle_machine *machine, size_t n, struct pickle_value *to)
{
    if (n > machine->n_stack)
        return pickle_complain(machine, "a value is missing");
    for (size_t i = machine->n_stack - n; i < machine->n_stack; i++)
        if (!machine->stack[i])
            return pickle_complain(machine, "a value is missing");
        else if (pickle_add_item(machine, to, machine->stack[i]))
            return -1;
    machine->n_stack -= n;
    return 0;
}

/* How many values lie above the last mark. */
static int pickle_above_mark(const struct pickle_machine *machine, size_t *out)
{
    size_t n = 0;
    while (n < machine->n_stack && machine->stack[machine->n_stack - 1 - n])
        n++;
    *out = n;
    return n < machine->n_stack ? 0 : pickle_complain(machine, "a mark is missing");
}

static int pickle_do_tuple(struct pickle_machine *machine, size_t n, bool marked)
{
    struct pickle_value *tuple = pickle_new(machine, PICKLE_TUPLE);
    if (!tuple || pickle_gather(machine, n, tuple))
        return -1;
    machine->n_stack -= marked ? 1 : 0;
    return pickle_push(machine, tuple);
}

/* Adds the last n values to the list or dict below them (and below the mark). */
static int pickle_do_add(struct pickle_machine *machine, enum pickle_kind kind, size_t n, bool marked)
{
    size_t below = n + (marked ? 1 : 0);
    struct pickle_value *to = machine->n_stack > below ? machine->stack[machine->n_stack - below - 1] : NULL;
    if (!to || to->kind != kind || (kind == PICKLE_DICT && n % 2))
        return pickle_complain(machine, "items without the list or dict that they go to");
    if (pickle_gather(machine, n, to))
        return -1;
    machine->n_stack -= marked ? 1 : 0;
    return 0;
}

static int pickle_do_marked(struct pickle_machine *machine, uint8_t opcode)
{
    size_t n;
    if (pickle_above_mark(machine, &n))
        return -1;
    if (opcode == PICKLE_OP_TUPLE)
        return pickle_do_tuple(machine, n, true);
    return pickle_do_add(machine, opcode == PICKLE_OP_APPENDS ? PICKLE_LIST : PICKLE_DICT, n, true);
}

static int pickle_do_text(struct pickle_machine *machine)
{
    uint64_t n;
    const uint8_t *bytes;
    if (pickle_take_number(machine, 4, &n) || !(bytes = pickle_take(machine, (size_t)n)))
        return -1;
    if (utf8_valid_bytes((const char *)bytes, (size_t)n) < n || memchr(bytes, 0, (size_t)n))
        return pickle_complain(machine, "a text that is not UTF-8");
    struct pickle_value *value = pickle_new(machine, PICKLE_TEXT);
    if (!value)
        return -1;
    value->text = (const char *)bytes;
    value->n_text = (size_t)n;
    return pickle_push(machine, value);
}

/* A line of a global's name, of printable ASCII. */
static const uint8_t *pickle_take_line(struct pickle_machine *machine, size_t *n)
{
    const uint8_t *line = machine->bytes + machine->at, *end = memchr(line, '\n', machine->n - machine->at);
    *n = end ? (size_t)(end - line) : 0;
    bool good = end && *n < PICKLE_MAX_NAME_BYTES;
    for (size_t i = 0; i < *n && good; i++)
        good = line[i] > ' ' && line[i] < 127;
    if (!good) {
        pickle_complain(machine, "a global without a proper name");
        return NULL;
    }
    machine->at += *n + 1;
    return line;
}

static int pickle_do_global(struct pickle_machine *machine)
{
    char full[2 * PICKLE_MAX_NAME_BYTES + 2];
    size_t n_module, n_name;
    const uint8_t *module = pickle_take_line(machine, &n_module);
    const uint8_t *name = module ? pickle_take_line(machine, &n_name) : NULL;
    if (!name)
        return -1;
    snprintf(full, sizeof full, "%.*s.%.*s", (int)n_module, (const char *)module, (int)n_name, (const char *)name);
    if (!strcmp(full, "collections.OrderedDict"))
        return pickle_push_new(machine, PICKLE_GLOBAL, -1);
    for (int64_t i = 0; machine->globals[i]; i++)
        if (!strcmp(full, machine->globals[i]))
            return pickle_push_new(machine, PICKLE_GLOBAL, i);
    return error_set(machine->err, ERROR_INPUT, "%s: byte %zu: refused: it asks for %s, which is nothing that weights "
                     "need", machine->path, machine->opcode_at, full);
}

static int pickle_do_reduce(struct pickle_machine *machine)
{
    struct pickle_value *arguments = pickle_pop(machine), *global = arguments ? pickle_pop(machine) : NULL;
    if (!global)
        return -1;
    if (global->kind != PICKLE_GLOBAL || arguments->kind != PICKLE_TUPLE)
        return pickle_complain(machine, "a call of something that is no function");
    if (global->integer < 0 && arguments->n_items)
        return pickle_complain(machine, "an OrderedDict that is made of something");
    struct pickle_value *call = pickle_new(machine, global->integer < 0 ? PICKLE_DICT : PICKLE_CALL);
    if (!call || (global->integer >= 0 &&
                  (pickle_add_item(machine, call, global) || pickle_add_item(machine, call, arguments))))
        return -1;
    return pickle_push(machine, call);
}

/* A dict gets attributes of its own (PyTorch notes versions there), which say nothing about weights. */
static int pickle_do_build(struct pickle_machine *machine)
{
    struct pickle_value *state = pickle_pop(machine), *object = state ? pickle_top(machine) : NULL;
    if (!object)
        return -1;
    return object->kind == PICKLE_DICT && state->kind == PICKLE_DICT
               ? 0
               : pickle_complain(machine, "attributes for something that is no dict");
}

static int pickle_do_persistent(struct pickle_machine *machine)
{
    struct pickle_value *id = pickle_pop(machine), *value = id ? pickle_new(machine, PICKLE_PERSISTENT) : NULL;
    return !value || pickle_add_item(machine, value, id) ? -1 : pickle_push(machine, value);
}

static int pickle_do_put(struct pickle_machine *machine, size_t n_bytes)
{
    uint64_t index;
    struct pickle_value *top;
    if (pickle_take_number(machine, n_bytes, &index) || !(top = pickle_top(machine)))
        return -1;
    /* Pickles number what they put one after the other: a larger number would only ask for memory. */
    if (index > machine->n_memo)
        return pickle_complain(machine, "values are not numbered in order");
    if (index == machine->n_memo) {
        struct pickle_value **memo = array_grow(machine->memo, machine->n_memo, sizeof *memo);
        if (!memo)
            return error_memory(machine->err, machine->path);
        machine->memo = memo;
        machine->n_memo++;
    }
    machine->memo[index] = top;
    return 0;
}

static int pickle_do_get(struct pickle_machine *machine, size_t n_bytes)
{
    uint64_t index;
    if (pickle_take_number(machine, n_bytes, &index))
        return -1;
    if (index >= machine->n_memo)
        return pickle_complain(machine, "a value that was never put");
    return pickle_push(machine, machine->memo[index]);
}

static int pickle_do_integer(struct pickle_machine *machine, uint8_t opcode)
{
    uint64_t number, n = opcode == PICKLE_OP_BININT ? 4 : opcode == PICKLE_OP_BININT1 ? 1 : 2;
    if (opcode == PICKLE_OP_LONG1 && pickle_take_number(machine, 1, &n))
        return -1;
    if (n > 8)
        return pickle_complain(machine, "a number of more than 64 bits");
    if (pickle_take_number(machine, (size_t)n, &number))
        return -1;
    /* Two's complement, but for the short kinds, which have no sign. */
    bool has_sign = opcode == PICKLE_OP_BININT || opcode == PICKLE_OP_LONG1;
    if (has_sign && n && n < 8 && number >> (8 * n - 1))
        number |= UINT64_MAX << 8 * n;
    int64_t integer;
    memcpy(&integer, &number, sizeof integer);
    return pickle_push_new(machine, PICKLE_INTEGER, integer);
}

static int pickle_do(struct pickle_machine *machine, uint8_t opcode)
{
    switch (opcode) {
    case PICKLE_OP_MARK:
        return pickle_push(machine, NULL);
    case PICKLE_OP_EMPTY_TUPLE:
        return pickle_push_new(machine, PICKLE_TUPLE, 0);
    case PICKLE_OP_EMPTY_LIST:
        return pickle_push_new(machine, PICKLE_LIST, 0);
    case PICKLE_OP_EMPTY_DICT:
        return pickle_push_new(machine, PICKLE_DICT, 0);
    case PICKLE_OP_NONE:
        return pickle_push_new(machine, PICKLE_NONE, 0);
    case PICKLE_OP_NEWTRUE:
    case PICKLE_OP_NEWFALSE:
        return pickle_push_new(machine, PICKLE_BOOLEAN, opcode == PICKLE_OP_NEWTRUE);
    case PICKLE_OP_BININT:
    case PICKLE_OP_BININT1:
    case PICKLE_OP_BININT2:
    case PICKLE_OP_LONG1:
        return pickle_do_integer(machine, opcode);
    case PICKLE_OP_BINFLOAT:
        return pickle_take(machine, 8) ? pickle_push_new(machine, PICKLE_REAL, 0) : -1;
    case PICKLE_OP_BINUNICODE:
        return pickle_do_text(machine);
    case PICKLE_OP_APPEND:
        return pickle_do_add(machine, PICKLE_LIST, 1, false);
    case PICKLE_OP_SETITEM:
        return pickle_do_add(machine, PICKLE_DICT, 2, false);
    case PICKLE_OP_APPENDS:
    case PICKLE_OP_SETITEMS:
    case PICKLE_OP_TUPLE:
        return pickle_do_marked(machine, opcode);
    case PICKLE_OP_TUPLE1:
    case PICKLE_OP_TUPLE2:
    case PICKLE_OP_TUPLE3:
        return pickle_do_tuple(machine, (size_t)(opcode - PICKLE_OP_TUPLE1 + 1), false);
    case PICKLE_OP_GLOBAL:
        return pickle_do_global(machine);
    case PICKLE_OP_REDUCE:
        return pickle_do_reduce(machine);
    case PICKLE_OP_BUILD:
        return pickle_do_build(machine);
    case PICKLE_OP_BINPERSID:
        return pickle_do_persistent(machine);
    case PICKLE_OP_BINPUT:
    case PICKLE_OP_LONG_BINPUT:
        return pickle_do_put(machine, opcode == PICKLE_OP_BINPUT ? 1 : 4);
    case PICKLE_OP_BINGET:
    case PICKLE_OP_LONG_BINGET:
        return pickle_do_get(machine, opcode == PICKLE_OP_BINGET ? 1 : 4);
    default:
        return error_set(machine->err, ERROR_INPUT, "%s: byte %zu: refused: opcode 0x%02x is none that weights need",
                         machine->path, machine->opcode_at, opcode);
    }
}

static int pickle_run(struct pickle_machine *machine)
{
    const uint8_t *opcode = pickle_take(machine, 1), *protocol = opcode ? pickle_take(machine, 1) : NULL;
    if (!protocol)
        return -1;
    if (*opcode != PICKLE_OP_PROTO || *protocol != PICKLE_PROTOCOL)
        return pickle_complain(machine, "no pickle of protocol 2");
    for (;;) {
        machine->opcode_at = machine->at;
        opcode = pickle_take(machine, 1);
        if (!opcode)
            return -1;
        if (*opcode == PICKLE_OP_STOP)
            break;
        if (pickle_do(machine, *opcode))
            return -1;
    }
    machine->pickle->root = machine->n_stack == 1 ? machine->stack[0] : NULL;
    if (!machine->pickle->root)
        return pickle_complain(machine, "does not end with one value");
    return machine->at == machine->n ? 0 : pickle_complain(machine, "something follows the end");
}

struct pickle *pickle_read(const uint8_t *bytes, size_t n, const char *path, const char *const *globals,
                           struct error *err)
{
    struct pickle_machine machine = {.pickle = calloc(1, sizeof *machine.pickle), .bytes = bytes, .n = n, .path = path,
                                     .globals = globals, .err = err};
    int result = -1;
    if (!machine.pickle)
        error_memory(err, path);
    else
        result = pickle_run(&machine);
    free(machine.stack);
    free(machine.memo);
    if (!result)
        return machine.pickle;
    pickle_free(machine.pickle);
    return NULL;
}

void pickle_free(struct pickle *pickle)
{
    if (!pickle)
        return;
    for (struct pickle_node *node = pickle->nodes, *next; node; node = next) {
        next = node->next;
        free(node->value.items);
        free(node);
    }
    free(pickle);
}

const struct pickle_value *pickle_root(const struct pickle *pickle)
{
    return pickle->root;
}

bool pickle_text_is(const struct pickle_value *value, const char *text)
{
    return value->kind == PICKLE_TEXT && value->n_text == strlen(text) && !memcmp(value->text, text, value->n_text);
}

const struct pickle_value *pickle_member(const struct pickle_value *value, const char *key)
{
    const struct pickle_value *found = NULL;
    for (size_t i = 0; value->kind == PICKLE_DICT && i + 1 < value->n_items; i += 2)
        if (pickle_text_is(value->items[i], key))
            found = value->items[i + 1];
    return found;
}
