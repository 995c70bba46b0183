/* Weights files: what is read, what is refused, and that a written file comes back.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/safetensors.h"
#include "tests/scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct error err;

/* A file of this header and n_data bytes 0, 1, 2, ...; returns its path. */
static const char *weights_file(const char *header, size_t n_data)
{
    unsigned char bytes[4096];
    uint64_t length = strlen(header);
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, length);
    for (size_t i = 0; i < n_data; i++)
        bytes[8 + length + i] = (unsigned char)i;
    return scratch_write("weights.safetensors", bytes, 8 + length + n_data);
}

/* The file must be refused, with the path and these words in the message. */
static void assert_refused(const char *path, const char *words)
{
    struct safetensors *file = safetensors_open(path, &err);
    assert_null(file);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_memory_equal(err.message, path, strlen(path));
    if (!strstr(err.message, words))
        fail_msg("\"%s\" does not say \"%s\"", err.message, words);
}

#define ENTRY(dtype, shape, offsets) "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void reads_what_is_right(void **state)
{
    (void)state;
    struct safetensors *file = safetensors_open(
        weights_file("{\"__metadata__\":{\"format\":\"pt\"},\"b\":" ENTRY("F32", "[2,3]", "[4,28]") ",\"a\\u0062\":"
                     ENTRY("U8", "[4]", "[0,4]") ",\"none\":" ENTRY("F32", "[0,7]", "[28,28]") ",\"one\":"
                     ENTRY("I16", "[]", "[28,30]") "}   ", 30), &err);
    assert_non_null(file);
    assert_int_equal(safetensors_count(file), 4);
    assert_string_equal(safetensors_at(file, 0)->name, "ab");
    assert_string_equal(safetensors_at(file, 1)->name, "b");
    assert_null(safetensors_at(file, 4));
    const struct safetensors_entry *b = safetensors_find(file, "b");
    assert_int_equal(b->type, TENSOR_F32);
    assert_int_equal(b->rank, 2);
    assert_int_equal(b->shape[1], 3);
    assert_int_equal(((const uint8_t *)b->data)[0], 4);
    assert_int_equal(safetensors_find(file, "one")->rank, 0);
    assert_null(safetensors_find(file, "c"));
    safetensors_close(file);
}

static void reads_no_tensors(void **state)
{
    (void)state;
    struct safetensors *file = safetensors_open(weights_file("{}", 0), &err);
    assert_non_null(file);
    assert_null(safetensors_find(file, "a"));
    safetensors_close(file);
}

static void refuses_cut_files(void **state)
{
    (void)state;
    const char *path = weights_file("{\"a\":" ENTRY("F32", "[4]", "[0,16]") ",\"b\":" ENTRY("U8", "[3]", "[16,19]") "}",
                                    19);
    size_t n;
    unsigned char *bytes = scratch_read(path, &n);
    for (size_t cut = 0; cut < n; cut++) {
        struct safetensors *file = safetensors_open(scratch_write("cut.safetensors", bytes, cut), &err);
        assert_null(file);
        assert_int_equal(err.kind, ERROR_INPUT);
    }
    struct safetensors *file = safetensors_open(scratch_write("cut.safetensors", bytes, n), &err);
    assert_non_null(file);
    safetensors_close(file);
    free(bytes);
}

static void refuses_bad_headers(void **state)
{
    (void)state;
    unsigned char huge[64] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, '{', '}'};
    assert_refused(scratch_write("huge.safetensors", huge, sizeof huge), "not a safetensors file");
    assert_refused(weights_file("{\"a\":", 0), "cut");
    assert_refused(weights_file("[1]", 0), "not a JSON object");
    assert_refused(weights_file("{} {}", 0), "more");
    assert_refused(weights_file("{\"\xff\":1}", 0), "UTF-8");
    assert_refused(weights_file("{\"a\\u0000\":1}", 0), "NUL");
    assert_refused(weights_file("{\"__metadata__\":[]}", 0), "__metadata__");
    assert_refused(weights_file("{\"__metadata__\":{\"a\":1}}", 0), "__metadata__");
    char deep[400];
    memset(deep, '[', sizeof deep);
    memcpy(deep, "{\"a\":", 5);
    deep[sizeof deep - 1] = 0;
    assert_refused(weights_file(deep, 0), "nested");
    assert_null(safetensors_open(scratch_path("absent"), &err));
    assert_int_equal(err.kind, ERROR_IO);
    assert_refused(scratch_path("."), "regular");
}

static void refuses_bad_entries(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"a\":1}", "a is not a JSON object"},
        {"{\"a\":{}}", "a: dtype"},
        {"{\"a\":" ENTRY("F31", "[4]", "[0,16]") "}", "a: dtype"},
        {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,16]}}", "a: shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4]}}", "a: data_offsets"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16],\"stride\":[1]}}", "a: has more"},
        {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", "dtype"},
        {"{\"a\":" ENTRY("F32", "4", "[0,16]") "}", "a: shape"},
        {"{\"a\":" ENTRY("F32", "[-4]", "[0,16]") "}", "a: shape"},
        {"{\"a\":" ENTRY("F32", "[4.5]", "[0,16]") "}", "a: shape"},
        {"{\"a\":" ENTRY("F32", "[\"4\"]", "[0,16]") "}", "a: shape"},
        {"{\"a\":" ENTRY("F32", "[1,1,1,1,1,1,1,1,4]", "[0,16]") "}", "a: shape"},
        {"{\"a\":" ENTRY("F32", "[4294967296,4294967296]", "[0,16]") "}", "a: shape"},
        {"{\"a\":" ENTRY("F32", "[4611686018427387904]", "[0,16]") "}", "a: shape"},
        {"{\"a\":" ENTRY("F32", "[4503599627370496,1024]", "[0,16]") "}", "a: shape"},
        {"{\"a\":" ENTRY("F32", "[4]", "[0]") "}", "a: data_offsets"},
        {"{\"a\":" ENTRY("F32", "[4]", "[0,16,16]") "}", "a: data_offsets"},
        {"{\"a\":" ENTRY("F32", "[4]", "[16,0]") "}", "a: data_offsets"},
        {"{\"a\":" ENTRY("F32", "[4]", "[0,1e300]") "}", "a: data_offsets"},
        {"{\"a\":" ENTRY("F32", "[4]", "[-16,0]") "}", "a: data_offsets"},
        {"{\"a\":" ENTRY("F32", "[4]", "[0,20]") "}", "a: data_offsets end"},
        {"{\"a\":" ENTRY("F32", "[5]", "[0,16]") "}", "a: data_offsets hold"},
        {"{\"a\":" ENTRY("F16", "[4]", "[0,16]") "}", "a: data_offsets hold"},
        {"{\"\":" ENTRY("F32", "[4]", "[0,16]") "}", "without a name"},
        {"{\"a\":" ENTRY("F32", "[2]", "[0,8]") ",\"b\":" ENTRY("F32", "[3]", "[4,16]") "}", "b: overlaps a"},
        {"{\"a\":" ENTRY("F32", "[4]", "[0,16]") ",\"b\":" ENTRY("F32", "[4]", "[0,16]") "}", "overlaps"},
        {"{\"a\":" ENTRY("F32", "[2]", "[0,8]") ",\"b\":" ENTRY("F32", "[1]", "[12,16]") "}", "b: 4 bytes before it"},
        {"{\"a\":" ENTRY("F32", "[3]", "[4,16]") "}", "a: 4 bytes before it"},
        {"{\"a\":" ENTRY("F32", "[3]", "[0,12]") "}", "4 bytes behind the last tensor"},
        {"{\"a\":" ENTRY("F32", "[2]", "[0,8]") ",\"a\":" ENTRY("F32", "[2]", "[8,16]") "}", "a: stands twice"},
        {"{\"a\":" ENTRY("F32", "[2]", "[0,8]") ",\"\\u0061\":" ENTRY("F32", "[2]", "[8,16]") "}", "a: stands twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(weights_file(cases[i][0], 16), cases[i][1]);
}

/* A message that shows a name of the file must not drive the terminal. */
static void tames_names(void **state)
{
    (void)state;
    assert_refused(weights_file("{\"\\u001b[2J\":" ENTRY("F32", "[5]", "[0,16]") "}", 16), "[2J");
    assert_null(strchr(err.message, 27));
}

static void gives_floats(void **state)
{
    (void)state;
    const float f32[3] = {1.5f, -2, 1e-30f};
    const uint16_t f16[3] = {0x3c00, 0xc100, 0x0001}, bf16[3] = {0x3f80, 0xc020, 0x7f80};
    const uint8_t u8[3] = {1, 2, 3};
    struct safetensors_entry entries[] = {
        {"u8", TENSOR_U8, 1, {3}, u8, 3},
        {"f16", TENSOR_F16, 1, {3}, f16, 6},
        {"bf16", TENSOR_BF16, 2, {1, 3}, bf16, 6},
        {"f32", TENSOR_F32, 1, {3}, f32, 12},
    };
    const char *path = scratch_path("floats.safetensors");
    assert_int_equal(safetensors_write(path, entries, 4, NULL, NULL, &err), 0);
    struct safetensors *file = safetensors_open(path, &err);
    assert_non_null(file);
    assert_string_equal(safetensors_path(file), path);

    const float *got = safetensors_f32(file, "f32", 1, (size_t[]){3}, &err);
    assert_ptr_equal(got, safetensors_find(file, "f32")->data);
    assert_int_equal((uintptr_t)got % sizeof(float), 0);
    assert_memory_equal(got, f32, sizeof f32);
    got = safetensors_f32(file, "f16", 1, (size_t[]){3}, &err);
    assert_true(got[0] == 1 && got[1] == -2.5f && got[2] == 0x1p-24f);
    assert_ptr_equal(got, safetensors_f32(file, "f16", 1, (size_t[]){3}, &err));
    got = safetensors_f32(file, "bf16", 2, (size_t[]){1, 3}, &err);
    assert_true(got[0] == 1 && got[1] == -2.5f && isinf(got[2]));

    assert_null(safetensors_f32(file, "absent", 1, (size_t[]){3}, &err));
    assert_non_null(strstr(err.message, "absent: this tensor is missing"));
    assert_null(safetensors_f32(file, "f32", 1, (size_t[]){4}, &err));
    assert_non_null(strstr(err.message, "f32: shape is [3], the config asks for [4]"));
    assert_null(safetensors_f32(file, "f32", 2, (size_t[]){1, 3}, &err));
    assert_null(safetensors_f32(file, "u8", 1, (size_t[]){3}, &err));
    assert_non_null(strstr(err.message, "u8: dtype is U8"));
    safetensors_close(file);
}

/* The same numbers at an odd address come out as an aligned copy. */
static void gives_floats_that_are_not_aligned(void **state)
{
    (void)state;
    char header[200] = "{\"a\":" ENTRY("U8", "[1]", "[0,1]") ",\"b\":" ENTRY("F32", "[3]", "[1,13]") "}";
    while (strlen(header) % 4)
        strcat(header, " ");
    struct safetensors *file = safetensors_open(weights_file(header, 13), &err);
    assert_non_null(file);
    const float *got = safetensors_f32(file, "b", 1, (size_t[]){3}, &err);
    assert_non_null(got);
    assert_int_equal((uintptr_t)got % sizeof(float), 0);
    assert_memory_equal(got, ((const unsigned char[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}), 12);
    safetensors_close(file);
}

static void halves_are_exact(void **state)
{
    (void)state;
    static uint16_t all[65536];
    static float fast[65536], portable[65536];
    for (uint32_t h = 0; h < 65536; h++)
        all[h] = (uint16_t)h;
    tensor_run_from_f16(all, fast, 65536);
    tensor_run_from_f16_portable(all, portable, 65536);
    for (uint32_t h = 0; h < 65536; h++) {
        int exponent = h >> 10 & 31, mantissa = h & 1023;
        double expected = exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24);
        if (exponent == 31) {
            assert_true(mantissa ? isnan(portable[h]) && isnan(fast[h]) : isinf(portable[h]) && isinf(fast[h]));
        } else {
            assert_true(portable[h] == (float)(h & 0x8000 ? -expected : expected));
            assert_memory_equal(&portable[h], &fast[h], sizeof(float));
            assert_int_equal(tensor_to_f16(portable[h]), h);
        }
        assert_int_equal(!signbit(portable[h]), !(h & 0x8000));
        if ((h & 0x7fff) <= 0x7f80)
            assert_int_equal(tensor_to_bf16(tensor_from_bf16((uint16_t)h)), h);
    }
    assert_true(isnan(tensor_from_f16(tensor_to_f16(NAN))) && isnan(tensor_from_bf16(tensor_to_bf16(NAN))));
}

static void halves_are_rounded_to_even(void **state)
{
    (void)state;
    assert_int_equal(tensor_to_f16(65519), 0x7bff);
    assert_int_equal(tensor_to_f16(65520), 0x7c00);
    assert_int_equal(tensor_to_f16(-1e30f), 0xfc00);
    assert_int_equal(tensor_to_f16(1 + 0x1p-11f), 0x3c00);
    assert_int_equal(tensor_to_f16(1 + 3 * 0x1p-11f), 0x3c02);
    assert_int_equal(tensor_to_f16(0x1p-25f), 0);
    assert_int_equal(tensor_to_f16(3 * 0x1p-25f), 2);
    assert_int_equal(tensor_to_f16(0x1.ffcp-15f), 0x0400);
    assert_int_equal(tensor_to_bf16(1 + 0x1p-8f), 0x3f80);
    assert_int_equal(tensor_to_bf16(1 + 3 * 0x1p-8f), 0x3f82);
    assert_int_equal(tensor_to_bf16(3.4e38f), 0x7f80);
}

static int count_up(void *context, const struct safetensors_entry *entry, size_t offset, void *out, size_t n,
                    struct error *error)
{
    (void)error;
    *(size_t *)context += n;
    for (size_t i = 0; i < n; i++)
        ((unsigned char *)out)[i] = (unsigned char)((offset + i) * 7 + (unsigned char)entry->name[0]);
    return 0;
}

static void writes_piece_by_piece(void **state)
{
    (void)state;
    const size_t large = 200001, small = 5;
    struct safetensors_entry entries[] = {{"x", TENSOR_U8, 1, {large}, NULL, large},
                                          {"y\"\n", TENSOR_F32, 2, {small, 1}, NULL, 4 * small},
                                          {"z", TENSOR_F16, 1, {0}, NULL, 0}};
    size_t produced = 0;
    const char *path = scratch_path("pieces.safetensors");
    assert_int_equal(safetensors_write(path, entries, 3, count_up, &produced, &err), 0);
    assert_int_equal(produced, large + 4 * small);
    struct safetensors *file = safetensors_open(path, &err);
    assert_non_null(file);
    const unsigned char *x = safetensors_find(file, "x")->data, *y = safetensors_find(file, "y\"\n")->data;
    for (size_t i = 0; i < large; i++)
        assert_int_equal(x[i], (unsigned char)(i * 7 + 'x'));
    assert_int_equal(y[3], (unsigned char)(21 + 'y'));
    assert_int_equal((uintptr_t)y % 4, 0);
    safetensors_close(file);
}

static int refuse(void *context, const struct safetensors_entry *entry, size_t offset, void *out, size_t n,
                  struct error *error)
{
    (void)context;
    (void)offset;
    (void)out;
    (void)n;
    return error_set(error, ERROR_INPUT, "%s: no", entry->name);
}

static void writes_whole_or_not_at_all(void **state)
{
    (void)state;
    struct safetensors_entry entry = {"x", TENSOR_U8, 1, {5}, NULL, 5};
    const char *path = scratch_write("kept.safetensors", "old", 3);
    assert_int_equal(safetensors_write(path, &entry, 1, refuse, NULL, &err), -1);
    assert_string_equal(err.message, "x: no");
    assert_int_equal(safetensors_write(path, &entry, 1, NULL, NULL, &err), -1);
    entry.bytes = 6;
    assert_int_equal(safetensors_write(path, &entry, 1, refuse, NULL, &err), -1);
    size_t n;
    unsigned char *bytes = scratch_read(path, &n);
    assert_int_equal(n, 3);
    assert_memory_equal(bytes, "old", 3);
    free(bytes);
    assert_int_equal(safetensors_write(scratch_path("no/such/folder"), &entry, 0, NULL, NULL, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_right),
        cmocka_unit_test(reads_no_tensors),
        cmocka_unit_test(refuses_cut_files),
        cmocka_unit_test(refuses_bad_headers),
        cmocka_unit_test(refuses_bad_entries),
        cmocka_unit_test(tames_names),
        cmocka_unit_test(gives_floats),
        cmocka_unit_test(gives_floats_that_are_not_aligned),
        cmocka_unit_test(halves_are_exact),
        cmocka_unit_test(halves_are_rounded_to_even),
        cmocka_unit_test(writes_piece_by_piece),
        cmocka_unit_test(writes_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
