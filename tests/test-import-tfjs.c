/* Graphs of TensorFlow.js: what is read, and what is refused.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/import-tfjs.h"
#include "tests/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct error err;
static struct import_tfjs graph;

#define WEIGHT(name, shape, type) "{\"name\":\"" name "\",\"shape\":" shape ",\"dtype\":\"" type "\"}"
#define HALF(name, shape)                                                                                              \
    "{\"name\":\"" name "\",\"shape\":" shape ",\"dtype\":\"float32\",\"quantization\":{\"dtype\":\"float16\","         \
    "\"original_dtype\":\"float32\"}}"
#define GRAPH(groups) "{\"format\":\"graph-model\",\"modelTopology\":{\"node\":[]},\"weightsManifest\":[" groups "]}"
#define GROUP(paths, weights) "{\"paths\":[" paths "],\"weights\":[" weights "]}"

static const char *graph_file(const char *json)
{
    return scratch_write("graph.json", json, strlen(json));
}

/* The graph must be refused, with its path and these words in the message, and leave nothing to free. */
static void assert_refused(const char *json, const char *words)
{
    const char *path = graph_file(json);
    assert_int_equal(import_tfjs_read(path, &graph, &err), -1);
    if (err.kind != ERROR_INPUT || !strstr(err.message, words))
        fail_msg("\"%s\" (%d) does not say \"%s\"", err.message, (int)err.kind, words);
    assert_null(graph.tensors);
    assert_int_equal(graph.n, 0);
}

static void reads_what_is_right(void **state)
{
    (void)state;
    static const uint16_t halves[] = {0x3c00, 0xc000, 0x3555}; /* 1, -2, about a third */
    static const int32_t number = -7;
    static const float floats[] = {0.5f, 1e-30f};
    uint8_t first[sizeof halves + 2], second[2 + sizeof floats];
    /* The integer lies across two files. */
    memcpy(first, halves, sizeof halves);
    memcpy(first + sizeof halves, &number, 2);
    memcpy(second, (const uint8_t *)&number + 2, 2);
    memcpy(second + 2, floats, sizeof floats);
    scratch_write("a.bin", first, sizeof first);
    scratch_write("b.bin", second, sizeof second);
    scratch_write("c.bin", floats, 4);
    const char *path =
        graph_file(GRAPH(GROUP("\"a.bin\",\"b.bin\"", HALF("z/half", "[3,1]") "," WEIGHT("number", "[]", "int32") ","
                               WEIGHT("a", "[1,2]", "float32")) ","
                         GROUP("\"./c.bin\"", WEIGHT("last", "[1]", "float32"))));
    assert_int_equal(import_tfjs_read(path, &graph, &err), 0);
    assert_int_equal(graph.n, 4);
    static const char *const names[] = {"a", "last", "number", "z/half"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(graph.tensors[i].name, names[i]);
    assert_int_equal(graph.tensors[0].type, TENSOR_F32);
    assert_int_equal(graph.tensors[0].rank, 2);
    assert_int_equal(graph.tensors[0].shape[1], 2);
    assert_memory_equal(graph.tensors[0].data, floats, sizeof floats);
    assert_int_equal(graph.tensors[2].type, TENSOR_I32);
    assert_int_equal(graph.tensors[2].rank, 0);
    assert_memory_equal(graph.tensors[2].data, &number, 4);
    const struct safetensors_entry *half = &graph.tensors[3];
    const float *values = half->data;
    assert_int_equal(half->type, TENSOR_F32);
    assert_int_equal(half->bytes, 12);
    assert_int_equal(half->shape[0], 3);
    assert_true(values[0] == 1 && values[1] == -2 && values[2] == 0.333251953125f);
    import_tfjs_free(&graph);
    assert_int_equal(import_tfjs_read(graph_file(GRAPH("")), &graph, &err), 0);
    assert_int_equal(graph.n, 0);
    import_tfjs_free(&graph);
}

static void refuses_wrong_sizes(void **state)
{
    (void)state;
    static const uint8_t zeros[64];
    scratch_write("w.bin", zeros, 12);
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "[2]", "float32") "," WEIGHT("b", "[2]", "float32"))),
                   "graph.json: b: the files end before it");
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "[2]", "float32"))), "hold 12 bytes, the weights take 8");
    assert_refused(GRAPH(GROUP("\"w.bin\",\"w.bin\"", WEIGHT("a", "[3]", "float32"))), "hold 24 bytes");
    assert_refused(GRAPH(GROUP("", WEIGHT("a", "[1]", "float32"))), "a: the files end before it");
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "[4294967296,4294967296]", "float32"))), "a: is too large");
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "[4503599627370496,1024]", "float32"))),
                   "a: the files end before it");
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "[1,1,1,1,1,1,1,1,3]", "float32"))), "too many dimensions");
}

static void refuses_wrong_shapes(void **state)
{
    (void)state;
    static const uint8_t zeros[12];
    scratch_write("w.bin", zeros, sizeof zeros);
    static const char *const shapes[] = {"[1.5]", "[-3]", "[0]", "[1e999]", "[\"3\"]", "[null]", "[[3]]", "[1e17]"};
    char json[512];
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        snprintf(json, sizeof json, GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "%s", "float32"))), shapes[i]);
        assert_refused(json, "graph.json: a: the shape holds something that is no size");
    }
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "3", "float32"))), "a: has no shape");
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "[NaN]", "float32"))), "graph.json:1: ");
}

static void refuses_other_types(void **state)
{
    (void)state;
    static const uint8_t zeros[12];
    scratch_write("w.bin", zeros, sizeof zeros);
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "[12]", "bool"))), "a: dtype is neither float32 nor int32");
    assert_refused(GRAPH(GROUP("\"w.bin\"", "{\"name\":\"a\",\"shape\":[3]}")), "a: dtype is neither");
    assert_refused(GRAPH(GROUP("\"w.bin\"", "{\"name\":\"a\",\"shape\":[12],\"dtype\":\"float32\",\"quantization\":"
                                            "{\"dtype\":\"uint8\",\"scale\":0.1,\"min\":-1}}")),
                   "a: is quantised to something else than float16");
    assert_refused(GRAPH(GROUP("\"w.bin\"", "{\"name\":\"a\",\"shape\":[6],\"dtype\":\"int32\",\"quantization\":"
                                            "{\"dtype\":\"float16\"}}")),
                   "a: is quantised to something else");
    assert_refused(GRAPH(GROUP("\"w.bin\"", "{\"name\":\"a\",\"shape\":[6],\"dtype\":\"float32\",\"quantization\":7}")),
                   "a: is quantised to something else");
}

static void refuses_numbers_that_are_none(void **state)
{
    (void)state;
    static const uint16_t halves[] = {0x3c00, 0x7c00};
    scratch_write("w.bin", halves, sizeof halves);
    assert_refused(GRAPH(GROUP("\"w.bin\"", HALF("a", "[2]"))), "a: holds a number that is not finite");
    static const uint32_t nan = 0x7fc00000;
    scratch_write("w.bin", &nan, sizeof nan);
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "[]", "float32"))), "a: holds a number that is not finite");
    const char *path = graph_file(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "[]", "int32"))));
    assert_int_equal(import_tfjs_read(path, &graph, &err), 0);
    import_tfjs_free(&graph);
}

static void stays_in_its_folder(void **state)
{
    (void)state;
    static const char *const paths[] = {"../w.bin", "/etc/hostname", "a/../../w.bin", "..", "a/..", ""};
    char json[512];
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        snprintf(json, sizeof json, GRAPH(GROUP("\"%s\"", "")), paths[i]);
        assert_refused(json, "is a path that leaves the graph's folder");
    }
    assert_refused(GRAPH(GROUP("7", "")), "a path is no text");
    assert_int_equal(import_tfjs_read(graph_file(GRAPH(GROUP("\"..absent.bin\"", ""))), &graph, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_non_null(strstr(err.message, "..absent.bin"));
}

static void refuses_what_is_no_graph(void **state)
{
    (void)state;
    static const uint8_t zeros[8];
    scratch_write("w.bin", zeros, sizeof zeros);
    assert_refused("{}", "no graph of TensorFlow.js");
    assert_refused("[]", "no graph of TensorFlow.js");
    assert_refused("{\"weightsManifest\":{}}", "no graph of TensorFlow.js");
    assert_refused("{\"weightsManifest\":[", "graph.json:1: ");
    assert_refused("{\"weightsManifest\":[7]}", "a group has no list of weights");
    assert_refused("{\"weightsManifest\":[{\"weights\":[]}]}", "a group has no list of paths");
    assert_refused(GRAPH(GROUP("\"w.bin\"", "7")), "a weight has no name");
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("", "[2]", "float32"))), "a weight has no name");
    assert_refused(GRAPH(GROUP("\"w.bin\"", WEIGHT("a", "[]", "float32") "," WEIGHT("a", "[]", "int32"))),
                   "a: stands twice");
    assert_int_equal(import_tfjs_read(scratch_path("absent.json"), &graph, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_right),           cmocka_unit_test(refuses_wrong_sizes),
        cmocka_unit_test(refuses_wrong_shapes),          cmocka_unit_test(refuses_other_types),
        cmocka_unit_test(refuses_numbers_that_are_none), cmocka_unit_test(stays_in_its_folder),
        cmocka_unit_test(refuses_what_is_no_graph),
    };
    return cmocka_run_group_tests_name("import-tfjs", tests, scratch_setup, scratch_teardown);
}
