/* PyTorch's files: what the reader of pickles makes of good ones, what it refuses, and that broken ones do no harm.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/text.h"
#include "model/foreign-weights.h"
#include "model/pickle.h"
#include "model/random.h"
#include "model/state-dict.h"
#include "tests/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zip.h>

static struct error err;
static const char *const no_globals[] = {NULL};

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1
#define PROTOCOL "\x80\x02"

static struct pickle *read_pickle(const char *bytes, size_t n)
{
    return pickle_read((const uint8_t *)bytes, n, "p", no_globals, &err);
}

static void numbers_and_texts(void **state)
{
    (void)state;
    static const char bytes[] = PROTOCOL "("                 /* mark */
                                "K\xff"                      /* 255 */
                                "M\x01\x02"                  /* 513 */
                                "J\xfe\xff\xff\xff"          /* -2 */
                                "\x8a\x05\x00\x00\x00\x00\x01" /* 2^32 */
                                "\x8a\x00"                   /* 0 */
                                "\x8a\x01\x80"               /* -128 */
                                "N\x88\x89"
                                "X\x02\x00\x00\x00" "\xc3\xa9"
                                "t.";
    struct pickle *pickle = read_pickle(bytes, sizeof bytes - 1);
    assert_non_null(pickle);
    const struct pickle_value *root = pickle_root(pickle);
    static const int64_t expected[] = {255, 513, -2, INT64_C(1) << 32, 0, -128};
    assert_int_equal(root->kind, PICKLE_TUPLE);
    assert_int_equal(root->n_items, 10);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(root->items[i]->kind, PICKLE_INTEGER);
        assert_true(root->items[i]->integer == expected[i]);
    }
    assert_int_equal(root->items[6]->kind, PICKLE_NONE);
    assert_int_equal(root->items[7]->integer, 1);
    assert_int_equal(root->items[8]->integer, 0);
    assert_true(pickle_text_is(root->items[9], "\xc3\xa9"));
    pickle_free(pickle);
}

static void dicts_and_memo(void **state)
{
    (void)state;
    /* An OrderedDict that gets one member alone, two together, and is its own third value. */
    static const char bytes[] = PROTOCOL "ccollections\nOrderedDict\nq\x00)Rq\x01"
                                "X\x01\x00\x00\x00" "aq\x02K\x01s"
                                "(X\x01\x00\x00\x00" "bh\x02X\x01\x00\x00\x00" "ch\x01u"
                                "}b.";
    struct pickle *pickle = read_pickle(bytes, sizeof bytes - 1);
    assert_non_null(pickle);
    const struct pickle_value *root = pickle_root(pickle);
    assert_int_equal(root->kind, PICKLE_DICT);
    assert_int_equal(pickle_member(root, "a")->integer, 1);
    assert_true(pickle_text_is(pickle_member(root, "b"), "a"));
    assert_ptr_equal(pickle_member(root, "c"), root);
    assert_null(pickle_member(root, "d"));
    pickle_free(pickle);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const uint8_t *bytes;
        size_t n;
        const char *words;
    } cases[] = {
        {BYTES(""), "the pickle ends in the middle"},
        {BYTES("\x80\x04N."), "no pickle of protocol 2"},
        {BYTES(PROTOCOL "N"), "the pickle ends in the middle"},
        {BYTES(PROTOCOL "."), "does not end with one value"},
        {BYTES(PROTOCOL "NN."), "does not end with one value"},
        {BYTES(PROTOCOL "N.N"), "something follows the end"},
        {BYTES(PROTOCOL "("), "the pickle ends in the middle"},
        {BYTES(PROTOCOL "t."), "a mark is missing"},
        {BYTES(PROTOCOL "(\x85."), "a value is missing"},
        {BYTES(PROTOCOL "Q."), "a value is missing"},
        {BYTES(PROTOCOL "]K\x01K\x02s."), "items without the list or dict"},
        {BYTES(PROTOCOL "}(K\x01u."), "items without the list or dict"},
        {BYTES(PROTOCOL "h\x00."), "a value that was never put"},
        {BYTES(PROTOCOL "Nr\xff\xff\xff\x7f."), "values are not numbered in order"},
        {BYTES(PROTOCOL "X\xff\xff\xff\xff" "a."), "the pickle ends in the middle"},
        {BYTES(PROTOCOL "X\x01\x00\x00\x00\xff."), "a text that is not UTF-8"},
        {BYTES(PROTOCOL "\x8a\x09" "123456789."), "a number of more than 64 bits"},
        {BYTES(PROTOCOL "cos\nsystem\nX\x02\x00\x00\x00ls\x85R."), "byte 2: refused: it asks for os.system"},
        {BYTES(PROTOCOL "cbuiltins\neval\n."), "refused: it asks for builtins.eval"},
        {BYTES(PROTOCOL "c\x1b[2J\nx\n."), "a global without a proper name"},
        {BYTES(PROTOCOL "ios\nsystem\n."), "byte 2: refused: opcode 0x69"},
        {BYTES(PROTOCOL "N\x93."), "byte 3: refused: opcode 0x93"},
        {BYTES(PROTOCOL "N)R."), "a call of something that is no function"},
        {BYTES(PROTOCOL "ccollections\nOrderedDict\nN\x85R."), "an OrderedDict that is made of something"},
        {BYTES(PROTOCOL "]}b."), "attributes for something that is no dict"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pickle *pickle = read_pickle((const char *)cases[i].bytes, cases[i].n);
        if (pickle)
            fail_msg("case %zu was read", i);
        assert_int_equal(err.kind, ERROR_INPUT);
        if (!strstr(err.message, cases[i].words))
            fail_msg("case %zu: \"%s\" does not say \"%s\"", i, err.message, cases[i].words);
    }
}

static void put_text(struct text *out, const char *text)
{
    uint32_t n = (uint32_t)strlen(text);
    text_add_char(out, 'X');
    text_add_bytes(out, (const char *)&n, sizeof n);
    text_add(out, text);
}

static void put_sizes(struct text *out, const unsigned *sizes, size_t n)
{
    text_add_char(out, '(');
    for (size_t i = 0; i < n; i++) {
        text_add_char(out, 'M');
        text_add_bytes(out, (const char *)&(uint16_t){(uint16_t)sizes[i]}, 2);
    }
    text_add_char(out, 't');
}

/* A member of the dict on top: a tensor of a storage of 12 numbers under the key "0". */
static void put_tensor(struct text *out, const char *name, unsigned offset, const unsigned *shape,
                       const unsigned *strides, size_t rank)
{
    put_text(out, name);
    text_add(out, "ctorch._utils\n_rebuild_tensor_v2\n((");
    put_text(out, "storage");
    text_add(out, "ctorch\nFloatStorage\n");
    put_text(out, "0");
    put_text(out, "cuda:0");
    text_add(out, "K\x0c" "tQK");
    text_add_bytes(out, (const char *)&(uint8_t){(uint8_t)offset}, 1);
    put_sizes(out, shape, rank);
    put_sizes(out, strides, rank);
    text_add(out, "\x89" "ccollections\nOrderedDict\n)RtRs");
}

static struct text make_state(void)
{
    struct text out = {0};
    text_add(&out, PROTOCOL "}");
    put_tensor(&out, "rows", 0, (unsigned[]){3, 4}, (unsigned[]){4, 1}, 2);
    put_tensor(&out, "columns", 0, (unsigned[]){4, 3}, (unsigned[]){1, 4}, 2);
    put_tensor(&out, "middle", 5, (unsigned[]){2, 1, 2}, (unsigned[]){4, 9, 1}, 3);
    put_tensor(&out, "one", 11, NULL, NULL, 0);
    put_tensor(&out, "empty", 0, (unsigned[]){0, 4}, (unsigned[]){4, 1}, 2);
    text_add(&out, ".");
    return out;
}

/* A file as torch.save writes it, with a storage of the numbers 0 to 11. */
static const char *write_zip(const char *name, const struct text *pickle)
{
    static const float numbers[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    const char *path = scratch_path(name);
    int code;
    zip_t *archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    assert_non_null(archive);
    zip_source_t *sources[] = {zip_source_buffer(archive, pickle->bytes, pickle->n, 0),
                               zip_source_buffer(archive, numbers, sizeof numbers, 0)};
    static const char *const names[] = {"model/data.pkl", "model/data/0"};
    for (size_t i = 0; i < 2; i++) {
        zip_int64_t index = zip_file_add(archive, names[i], sources[i], 0);
        assert_true(index >= 0);
        assert_int_equal(zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_STORE, 0), 0);
    }
    assert_int_equal(zip_close(archive), 0);
    return path;
}

static void tensors_are_laid_out(void **state)
{
    (void)state;
    struct text pickle = make_state();
    struct foreign_weights *weights = foreign_weights_open(write_zip("good", &pickle), &err);
    if (!weights)
        fail_msg("%s", err.message);
    static const struct {
        const char *name;
        size_t n;
        float numbers[12];
    } cases[] = {
        {"rows", 12, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
        {"columns", 12, {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}},
        {"middle", 4, {5, 6, 9, 10}},
        {"one", 1, {11}},
        {"empty", 0, {0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct safetensors_entry *entry = foreign_weights_find(weights, cases[i].name);
        assert_non_null(entry);
        assert_int_equal(entry->type, TENSOR_F32);
        assert_int_equal(entry->bytes, cases[i].n * sizeof(float));
        assert_memory_equal(entry->data, cases[i].numbers, entry->bytes);
    }
    assert_null(foreign_weights_find(weights, "row"));
    foreign_weights_close(weights);
    text_free(&pickle);
}

static void tensors_stay_inside(void **state)
{
    (void)state;
    static const struct {
        unsigned offset, shape[2], strides[2];
    } cases[] = {
        {1, {3, 4}, {4, 1}},         /* one too far */
        {0, {3, 5}, {4, 1}},         /* more than there are */
        {0, {2, 4}, {9, 1}},         /* a stride too far */
        {0, {4, 4}, {0, 0}},         /* one number many times */
        {0, {65535, 65535}, {0, 0}},
        {12, {1, 1}, {1, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text pickle = {0};
        text_add(&pickle, PROTOCOL "}");
        put_tensor(&pickle, "far", cases[i].offset, cases[i].shape, cases[i].strides, 2);
        text_add(&pickle, ".");
        struct state_dict dict;
        assert_int_equal(state_dict_read((uint8_t *)pickle.bytes, pickle.n, "p", &dict, &err), -1);
        assert_string_equal(err.message, "p: far: reaches beyond its storage");
        text_free(&pickle);
    }
}

/* Changes some bytes at random. */
static void mutate(struct random *dice, uint8_t *bytes, size_t n)
{
    for (size_t i = 1 + random_bits(dice) % 4; i; i--) {
        uint8_t *at = bytes + random_bits(dice) % n;
        *at = random_bits(dice) % 2 ? (uint8_t)random_bits(dice) : (uint8_t)(*at ^ 1u << random_bits(dice) % 8);
    }
}

static void assert_told(const char *path)
{
    assert_true(err.kind == ERROR_INPUT);
    assert_non_null(strstr(err.message, path));
    for (const char *c = err.message; *c; c++)
        assert_true((unsigned char)*c >= 0x20);
}

static void broken_pickles(void **state)
{
    (void)state;
    enum { TRIES = 20000 };
    struct random dice;
    struct text pickle = make_state();
    uint8_t *bytes = malloc(pickle.n);
    size_t read = 0;
    random_seed(&dice, 1, "pickles");
    for (size_t i = 0; i < TRIES; i++) {
        struct state_dict dict;
        size_t n = i % 8 ? pickle.n : 1 + random_bits(&dice) % pickle.n;
        memcpy(bytes, pickle.bytes, n);
        mutate(&dice, bytes, n);
        if (state_dict_read(bytes, n, "p", &dict, &err)) {
            assert_told("p: ");
            continue;
        }
        read++;
        for (size_t t = 0; t < dict.n; t++)
            assert_true(dict.tensors[t].rank <= TENSOR_MAX_RANK);
        state_dict_free(&dict);
    }
    assert_true(read > 0 && read < TRIES);
    free(bytes);
    text_free(&pickle);
}

static void broken_archives(void **state)
{
    (void)state;
    enum { TRIES = 2000 };
    struct random dice;
    struct text pickle = make_state();
    size_t n, read = 0;
    uint8_t *good = scratch_read(write_zip("seed", &pickle), &n), *bytes = malloc(n);
    random_seed(&dice, 1, "archives");
    for (size_t i = 0; i < TRIES; i++) {
        size_t kept = i % 8 ? n : 4 + random_bits(&dice) % (n - 4);
        memcpy(bytes, good, n);
        mutate(&dice, bytes + 4, n - 4);
        const char *path = scratch_write("broken", bytes, kept);
        struct foreign_weights *weights = foreign_weights_open(path, &err);
        if (!weights) {
            assert_told(path);
            continue;
        }
        read++;
        const struct safetensors_entry *entry = foreign_weights_find(weights, "columns");
        if (entry && entry->bytes)
            assert_true(((const uint8_t *)entry->data)[0] + ((const uint8_t *)entry->data)[entry->bytes - 1] >= 0);
        foreign_weights_close(weights);
    }
    assert_true(read > 0 && read < TRIES);
    free(bytes);
    free(good);
    text_free(&pickle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_texts), cmocka_unit_test(dicts_and_memo),      cmocka_unit_test(refusals),
        cmocka_unit_test(tensors_are_laid_out), cmocka_unit_test(tensors_stay_inside), cmocka_unit_test(broken_pickles),
        cmocka_unit_test(broken_archives),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
