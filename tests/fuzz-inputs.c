/* Broken inputs: small valid files, changed at random thousands of times. Each is read or refused with a message; nothing
 * crashes, and what is read keeps its promises. The sanitizers make the most of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/config.h"
#include "model/import-tfjs.h"
#include "model/layout.h"
#include "model/picture.h"
#include "model/random.h"
#include "model/safetensors.h"
#include "model/wordpiece.h"
#include "tests/picture-maker.h"
#include "tests/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MUTATIONS = 2000, MAX_BYTES = 1 << 16, SMALL_PIXELS = 1 << 20 };

struct sample {
    uint8_t bytes[MAX_BYTES];
    size_t n;
};

static struct random dice;
static struct error err;

static size_t below(size_t n)
{
    return n ? (size_t)(random_bits(&dice) % n) : 0;
}

/* A byte that readers treat in a special way, or any. */
static uint8_t odd_byte(void)
{
    static const uint8_t odd[] = {0, 1, 0x7f, 0x80, 0xff, '"', '\\', '{', '}', '[', ']', ',', '0', '9', '-', 'e', '\n'};
    return below(2) ? odd[below(sizeof odd)] : (uint8_t)below(256);
}

static void mutate_once(struct sample *sample)
{
    size_t at = below(sample->n), left = sample->n - at, run = 1 + below(left < 16 ? left : 16);
    switch (below(5)) {
    case 0:
        if (sample->n)
            sample->bytes[at] ^= (uint8_t)(1u << below(8));
        return;
    case 1:
        if (sample->n)
            sample->bytes[at] = odd_byte();
        return;
    case 2: /* take some out */
        if (run < left) {
            memmove(sample->bytes + at, sample->bytes + at + run, left - run);
            sample->n -= run;
        }
        return;
    case 3: /* put some in: a copy from elsewhere */
        if (sample->n > run && sample->n + run <= MAX_BYTES) {
            uint8_t piece[16];
            memcpy(piece, sample->bytes + below(sample->n - run), run);
            memmove(sample->bytes + at + run, sample->bytes + at, left);
            memcpy(sample->bytes + at, piece, run);
            sample->n += run;
        }
        return;
    default:
        if (!below(4))
            sample->n = at;
    }
}

/* The original, changed in one to four places. */
static void mutate(const uint8_t *bytes, size_t n, struct sample *out)
{
    memcpy(out->bytes, bytes, n);
    out->n = n;
    for (size_t i = 1 + below(4); i; i--)
        mutate_once(out);
}

/* What every failure must be. */
static void assert_told(const char *name)
{
    assert_true(err.kind == ERROR_INPUT || err.kind == ERROR_IO);
    assert_non_null(strstr(err.message, name));
    for (const char *c = err.message; *c; c++)
        assert_true((unsigned char)*c >= 0x20);
}

static void weights(void **state)
{
    (void)state;
    static struct sample sample;
    const float f32[6] = {1, 2, 3, 4, 5, 6};
    const uint16_t f16[5] = {1, 2, 3, 4, 5};
    struct safetensors_entry entries[] = {{"text.word", TENSOR_F32, 2, {2, 3}, f32, 24},
                                          {"text.other", TENSOR_F32, 1, {2}, f32, 8},
                                          {"half", TENSOR_F16, 1, {5}, f16, 10},
                                          {"brain", TENSOR_BF16, 2, {1, 5}, f16, 10}};
    size_t n, read = 0;
    assert_int_equal(safetensors_write(scratch_path("seed"), entries, 4, NULL, NULL, &err), 0);
    uint8_t *bytes = scratch_read(scratch_path("seed"), &n);
    for (int i = 0; i < 2 * MUTATIONS; i++) {
        mutate(bytes, n, &sample);
        err.kind = ERROR_NONE;
        struct safetensors *file = safetensors_open(scratch_write("w", sample.bytes, sample.n), &err);
        if (!file) {
            assert_told("/w");
            continue;
        }
        read++;
        for (size_t k = 0; k < safetensors_count(file); k++) {
            const struct safetensors_entry *entry = safetensors_at(file, k);
            volatile float sum = 0;
            const float *values = safetensors_f32(file, entry->name, entry->rank, entry->shape, &err);
            for (size_t v = 0; values && v < entry->bytes / tensor_type_bytes(entry->type); v++)
                sum = sum + values[v];
        }
        safetensors_close(file);
    }
    assert_true(read > 0);
    free(bytes);
}

static void graphs(void **state)
{
    (void)state;
    static struct sample sample;
    static const char json[] =
        "{\"modelTopology\":{},\"weightsManifest\":[{\"paths\":[\"g1\",\"g2\"],\"weights\":["
        "{\"name\":\"a/half\",\"shape\":[2,1],\"dtype\":\"float32\",\"quantization\":{\"dtype\":\"float16\"}},"
        "{\"name\":\"b\",\"shape\":[],\"dtype\":\"int32\"},{\"name\":\"c\",\"shape\":[2],\"dtype\":\"float32\"}]},"
        "{\"paths\":[\"g1\"],\"weights\":[{\"name\":\"d\",\"shape\":[2],\"dtype\":\"float32\"}]}]}";
    static const float numbers[2] = {1, -2};
    size_t read = 0;
    scratch_write("g1", numbers, sizeof numbers);
    scratch_write("g2", numbers, sizeof numbers);
    for (int i = 0; i < 2 * MUTATIONS; i++) {
        struct import_tfjs graph;
        mutate((const uint8_t *)json, sizeof json - 1, &sample);
        err.kind = ERROR_NONE;
        if (import_tfjs_read(scratch_write("g.json", sample.bytes, sample.n), &graph, &err)) {
            assert_true(err.kind == ERROR_INPUT || err.kind == ERROR_IO);
            continue;
        }
        read++;
        volatile uint8_t sum = 0;
        for (size_t k = 0; k < graph.n; k++)
            for (size_t v = 0; v < graph.tensors[k].bytes; v++)
                sum = (uint8_t)(sum + ((const uint8_t *)graph.tensors[k].data)[v]);
        import_tfjs_free(&graph);
    }
    assert_true(read > 0);
}

static int count_tensor(const char *name, size_t rank, const size_t *shape, void *context)
{
    assert_true(*name && rank <= 4 && (!rank || shape[0] > 0));
    return ++*(size_t *)context > 100000;
}

static void configs(void **state)
{
    (void)state;
    static struct sample sample;
    char path[4096];
    size_t n, read = 0;
    snprintf(path, sizeof path, "%s/model/pretrained/mini/config.json", getenv("SRCDIR"));
    uint8_t *bytes = scratch_read(path, &n);
    for (int i = 0; i < 2 * MUTATIONS; i++) {
        mutate(bytes, n, &sample);
        err.kind = ERROR_NONE;
        struct config *config = config_read(scratch_write("c", sample.bytes, sample.n), &err);
        if (!config) {
            assert_told("/c");
            continue;
        }
        read++;
        size_t tensors = 0;
        layout_each(config, count_tensor, &tensors);
        assert_true(config->text.hidden_size % config->mmib.heads == 0);
        assert_true(config->text.max_pieces <= config->text.max_position_embeddings);
        assert_true(config->ner.present || config->re.present);
        config_free(config);
    }
    assert_true(read > 0);
    free(bytes);
}

static uint32_t crc(const uint8_t *bytes, size_t n)
{
    uint32_t sum = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum;
}

/* Makes the checksums of a PNG's chunks right again, so that what was changed gets past them. */
static void sign(struct sample *sample)
{
    for (size_t at = 8; at + 12 <= sample->n;) {
        uint8_t *chunk = sample->bytes + at;
        size_t n = (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 | chunk[3];
        if (n > sample->n - at - 12)
            return;
        uint32_t sum = crc(chunk + 4, n + 4);
        for (int i = 0; i < 4; i++)
            chunk[8 + n + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
        at += n + 12;
    }
}

static unsigned waves(uint32_t x, uint32_t y, unsigned c)
{
    return (x * 11 + y * 7 + c * 40 + x * y) & 15;
}

static size_t try_picture(const struct sample *sample)
{
    struct picture picture;
    static uint8_t pixels[8 * 8 * 3];
    struct config config = {.image = {.architecture = IMAGE_RESNET, .image_size = 8, .resize = 9,
                                      .preprocess = PREPROCESS_RESIZE_CROP}};
    /* A copy of just this size, so that reading behind its end is seen. */
    uint8_t *bytes = malloc(sample->n + !sample->n);
    memcpy(bytes, sample->bytes, sample->n);
    err.kind = ERROR_NONE;
    int result = picture_decode_bytes(bytes, sample->n, "picture", &picture, &err);
    free(bytes);
    if (result) {
        assert_told("picture: ");
        assert_null(picture.rgb);
        return 0;
    }
    if (picture.width * picture.height <= SMALL_PIXELS)
        assert_int_equal(picture_preprocess(&picture, NULL, &config, pixels, &err), 0);
    picture_free(&picture);
    return 1;
}

static void pngs(void **state)
{
    (void)state;
    static struct sample sample;
    static const struct png_recipe recipes[] = {
        {.width = 21, .height = 13, .depth = 8, .colour = PNG_COLOR_TYPE_RGB, .transparent = 1, .sample = waves},
        {.width = 21, .height = 13, .depth = 4, .colour = PNG_COLOR_TYPE_PALETTE, .interlaced = 1, .n_palette = 16,
         .transparent = 1, .sample = waves},
        {.width = 21, .height = 13, .depth = 16, .colour = PNG_COLOR_TYPE_GRAY_ALPHA, .interlaced = 1, .sample = waves},
    };
    for (size_t r = 0; r < sizeof recipes / sizeof *recipes; r++) {
        struct made_picture made = made_png(&recipes[r]);
        size_t read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            mutate(made.bytes, made.n, &sample);
            if (i % 4)
                sign(&sample);
            read += try_picture(&sample);
        }
        assert_true(read > 0);
        free(made.bytes);
    }
}

static void jpegs(void **state)
{
    (void)state;
    static struct sample sample;
    static const struct jpeg_recipe recipes[] = {
        {.width = 37, .height = 19, .components = 3, .sample = waves},
        {.width = 37, .height = 19, .components = 3, .progressive = 1, .sample = waves},
        {.width = 37, .height = 19, .components = 4, .adobe_ycck = 1, .sample = waves},
    };
    for (size_t r = 0; r < sizeof recipes / sizeof *recipes; r++) {
        struct made_picture made = made_jpeg(&recipes[r]);
        size_t read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            mutate(made.bytes, made.n, &sample);
            read += try_picture(&sample);
        }
        assert_true(read > 0);
        free(made.bytes);
    }
}

static void words(void **state)
{
    (void)state;
    static struct sample sample;
    static const char vocab[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##a\nb\n##b\nzoe\n##\xc3\xa9\n\xe4\xbd\xa0\n\xe2\x80\xa6\n.\n";
    static const char token[] = "Zo\xc3\xab\xcc\x88""aba\xe4\xbd\xa0\xe2\x80\xa6\xf0\x9f\x98\x80\xef\xb8\x8f\xe3\x80\x80"
                                "\xea\xb0\x80 \xce\xa3\xd0\x99.\xe2\x80\x8d\xe1\xbe\x82";
    size_t read = 0;
    for (int i = 0; i < MUTATIONS; i++) {
        mutate((const uint8_t *)vocab, sizeof vocab - 1, &sample);
        err.kind = ERROR_NONE;
        struct wordpiece *wordpiece = wordpiece_open(scratch_write("v", sample.bytes, sample.n), 13, i % 2, &err);
        if (!wordpiece) {
            assert_told("/v");
            continue;
        }
        read++;
        mutate((const uint8_t *)token, sizeof token - 1, &sample);
        char *text = malloc(sample.n + 1);
        memcpy(text, sample.bytes, sample.n);
        text[sample.n] = 0;
        int32_t ids[8];
        size_t n = wordpiece_encode(wordpiece, text, ids, 8);
        assert_true(n <= sample.n);
        for (size_t k = 0; k < n && k < 8; k++)
            assert_non_null(wordpiece_piece(wordpiece, ids[k]));
        free(text);
        wordpiece_close(wordpiece);
    }
    assert_true(read > 0);
}

static int setup(void **state)
{
    random_seed(&dice, 7, "fuzz");
    return scratch_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights), cmocka_unit_test(graphs), cmocka_unit_test(configs),
        cmocka_unit_test(pngs),    cmocka_unit_test(jpegs),  cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
