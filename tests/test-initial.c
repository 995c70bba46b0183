/* New models: that they are whole and open, and that a model whose parts contradict each other does not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/initial.h"
#include "model/layout.h"
#include "model/mmib.h"
#include "model/random.h"
#include "model/safetensors.h"
#include "model/wordpiece.h"
#include "tests/scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct error err;

/* A small config; what differs between models is filled in. */
struct model {
    int hidden_size, layers;
    bool lowercase;
    const char *image, *mmib, *tasks;
};

static const char resnet_basic[] = "\"resnet\", \"layer_type\": \"basic\", \"embedding_size\": 8, \"hidden_sizes\": "
    "[8, 16, 16, 24], \"depths\": [1, 2, 1, 1], \"image_size\": 32, \"preprocess\": \"squash\", \"mean\": [0, 0, 0], "
    "\"std\": [1, 1, 1]";
static const char resnet_bottleneck[] = "\"resnet\", \"layer_type\": \"bottleneck\", \"embedding_size\": 8, "
    "\"hidden_sizes\": [16, 24, 32, 64], \"depths\": [2, 1, 1, 1], \"image_size\": 32, \"preprocess\": \"resize-crop\", "
    "\"resize\": 40, \"mean\": [0, 0, 0], \"std\": [1, 1, 1]";
static const char paper[] = "\"ffn_size\": 32, \"pooling\": \"mean\", \"discriminator\": \"mlp\"";
static const char released[] = "\"ffn_size\": 0, \"pooling\": \"first\", \"discriminator\": \"linear\"";
static const char ner[] = "\"ner\": {\"labels\": [\"O\", \"B-PER\", \"I-PER\"], \"tagging\": \"word\"}";
static const char both[] = "\"ner\": {\"labels\": [\"O\", \"B-PER\", \"I-PER\"], \"tagging\": \"word\"}, "
    "\"re\": {\"labels\": [\"None\", \"a\"], \"representation\": \"span-mean\"}";
static const char marked[] = "\"re\": {\"labels\": [\"None\", \"a\"], \"representation\": \"marker\"}";

static const struct model models[] = {
    {16, 2, true, resnet_basic, paper, both},
    {16, 1, false, resnet_bottleneck, released, marked},
    {8, 1, true, "\"none\"", paper, ner},
};
enum { MODELS = sizeof models / sizeof *models, VOCAB = 220 };

static const char *write_config(const struct model *model)
{
    char text[4096];
    int n = snprintf(text, sizeof text,
                     "{\"format\": \"mmib\", \"version\": 1, \"text_encoder\": {\"architecture\": \"bert\", \"vocab_size\": %d, "
                     "\"hidden_size\": %d, \"num_hidden_layers\": %d, \"num_attention_heads\": 2, \"intermediate_size\": 32, "
                     "\"max_position_embeddings\": 40, \"type_vocab_size\": 2, \"layer_norm_eps\": 1e-12, \"lowercase\": %s}, "
                     "\"image_encoder\": {\"architecture\": %s}, \"mmib\": {\"heads\": 2, %s}, \"tasks\": {%s}}\n",
                     VOCAB, model->hidden_size, model->layers, model->lowercase ? "true" : "false", model->image,
                     model->mmib, model->tasks);
    return scratch_write("config-of-model", text, (size_t)n);
}

/* Makes the model in a new folder of that name; returns its path. */
static const char *make(const struct model *model, const char *name, uint64_t seed, enum tensor_type type)
{
    const char *folder = scratch_path(name);
    struct initial_options options = {.seed = seed, .type = type};
    if (initial_write(write_config(model), &options, folder, &err))
        fail_msg("%s", err.message);
    return folder;
}

/* The path of a file of the model in that folder of the scratch folder. */
static const char *inside(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", strrchr(folder, '/') + 1, name);
    return scratch_path(path);
}

static void models_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        char name[32];
        snprintf(name, sizeof name, "opens-%zu", i);
        struct mmib *model = mmib_open(make(&models[i], name, 5, TENSOR_F32), 1, &err);
        if (!model)
            fail_msg("%s", err.message);
        mmib_close(model);
    }
}

static int expect_tensor(const char *name, size_t rank, const size_t *shape, void *context)
{
    struct {
        const struct safetensors *file;
        size_t n;
    } *walk = context;
    walk->n++;
    return safetensors_expect(walk->file, name, rank, shape, &err);
}

static void weights_are_those_of_the_layout(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        char name[32];
        snprintf(name, sizeof name, "layout-%zu", i);
        const char *folder = make(&models[i], name, 5, TENSOR_F16);
        struct config *config = config_read(inside(folder, "config.json"), &err);
        struct {
            const struct safetensors *file;
            size_t n;
        } walk = {safetensors_open(inside(folder, "model.safetensors"), &err), 0};
        assert_non_null(config);
        assert_non_null(walk.file);
        assert_int_equal(layout_each(config, expect_tensor, &walk), 0);
        assert_int_equal(walk.n, safetensors_count(walk.file));
        assert_int_equal(safetensors_at(walk.file, 0)->type, TENSOR_F16);
        safetensors_close((struct safetensors *)walk.file);
        config_free(config);
    }
}

static int stop_at_third(const char *name, size_t rank, const size_t *shape, void *context)
{
    (void)name;
    (void)rank;
    (void)shape;
    return ++*(int *)context == 3 ? 42 : 0;
}

static void layout_stops_when_told(void **state)
{
    (void)state;
    int calls = 0;
    struct config *config = config_read(write_config(&models[0]), &err);
    assert_int_equal(layout_each(config, stop_at_third, &calls), 42);
    assert_int_equal(calls, 3);
    config_free(config);
}

static void assert_same_file(const char *a, const char *b, bool same)
{
    size_t n_a, n_b;
    unsigned char *bytes_a = scratch_read(a, &n_a), *bytes_b = scratch_read(b, &n_b);
    assert_int_equal(n_a == n_b && !memcmp(bytes_a, bytes_b, n_a), same);
    free(bytes_a);
    free(bytes_b);
}

static void a_seed_makes_one_model(void **state)
{
    (void)state;
    const char *one = make(&models[0], "one", 1, TENSOR_BF16), *again = make(&models[0], "again", 1, TENSOR_BF16);
    const char *other = make(&models[0], "other", 2, TENSOR_BF16);
    assert_same_file(inside(one, "model.safetensors"), inside(again, "model.safetensors"), true);
    assert_same_file(inside(one, "model.safetensors"), inside(other, "model.safetensors"), false);
    assert_same_file(inside(one, "vocab.txt"), inside(again, "vocab.txt"), true);
    assert_same_file(inside(one, "config.json"), write_config(&models[0]), true);
}

/* The numbers must be the same on every machine: these are pinned. */
static void random_numbers_are_pinned(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 1, "text");
    assert_true(random_bits(&random) == 0x44a302817b24b3e8u);
    assert_true(random_bits(&random) == 0x9d0b25a9b05f6973u);
    random_seed(&random, 1, "tex");
    assert_true(random_bits(&random) != 0x44a302817b24b3e8u);
    double sum = 0, squares = 0;
    enum { N = 100000 };
    for (size_t i = 0; i < N; i++) {
        double x = random_normal(&random);
        sum += x;
        squares += x * x;
        assert_true(fabs(x) < 3.48);
    }
    assert_true(fabs(sum / N) < 0.02 && fabs(squares / N - 1) < 0.02);
}

static void vocabularies_are_made_up(void **state)
{
    (void)state;
    const char *folder = make(&models[1], "vocabulary", 1, TENSOR_F16); /* with markers, and capitals */
    struct wordpiece *wordpiece = wordpiece_open(inside(folder, "vocab.txt"), VOCAB, false, &err);
    assert_non_null(wordpiece);
    static const char *const last[] = {"<s>", "</s>", "<o>", "</o>"};
    for (int32_t i = 0; i < 4; i++)
        assert_string_equal(wordpiece_piece(wordpiece, VOCAB - 4 + i), last[i]);
    for (int32_t i = 0; i < VOCAB; i++)
        for (int32_t k = 0; k < i; k++)
            assert_string_not_equal(wordpiece_piece(wordpiece, i), wordpiece_piece(wordpiece, k));
    int32_t ids[32];
    size_t n = wordpiece_encode(wordpiece, "Zebra-42!", ids, 32);
    assert_true(n >= 4 && n <= 9);
    for (size_t i = 0; i < n; i++)
        assert_int_not_equal(ids[i], wordpiece_unk(wordpiece));
    wordpiece_close(wordpiece);
}

static void takes_a_vocabulary(void **state)
{
    (void)state;
    char text[VOCAB * 8] = "[UNK]\n[CLS]\n[SEP]\n";
    for (int i = 3; i < VOCAB; i++)
        sprintf(text + strlen(text), "w%d\n", i);
    const char *vocab = scratch_write("given.txt", text, strlen(text));
    const char *folder = scratch_path("with-vocabulary");
    struct initial_options options = {.seed = 1, .type = TENSOR_F16, .vocab = vocab};
    assert_int_equal(initial_write(write_config(&models[2]), &options, folder, &err), 0);
    assert_same_file(inside(folder, "vocab.txt"), vocab, true);

    const char *refused = scratch_path("refused");
    options.vocab = scratch_write("short.txt", "[UNK]\n[CLS]\n[SEP]\n", 18);
    assert_int_equal(initial_write(write_config(&models[2]), &options, refused, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_int_equal(access(refused, F_OK), -1); /* nothing half done */
}

static void replaces_only_when_told(void **state)
{
    (void)state;
    const char *folder = make(&models[2], "there", 1, TENSOR_F16), *weights = inside(folder, "model.safetensors");
    struct initial_options options = {.seed = 2, .type = TENSOR_F16};
    size_t n;
    unsigned char *before = scratch_read(weights, &n);
    scratch_write("before", before, n);
    free(before);
    assert_int_equal(initial_write(write_config(&models[2]), &options, folder, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_non_null(strstr(err.message, "is there already"));
    assert_same_file(weights, scratch_path("before"), true);
    options.force = true;
    assert_int_equal(initial_write(inside(folder, "config.json"), &options, folder, &err), 0);
    assert_same_file(weights, scratch_path("before"), false);
}

static void refuses_what_cannot_be_made(void **state)
{
    (void)state;
    struct initial_options options = {.seed = 2, .type = TENSOR_F16};
    assert_int_equal(initial_write(scratch_path("absent"), &options, scratch_path("no"), &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_int_equal(access(scratch_path("no"), F_OK), -1);
    assert_int_equal(initial_write(write_config(&models[0]), &options, scratch_path("no/such"), &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
}

/* The model must not open, and say these words. */
static void assert_does_not_open(const char *folder, const char *words)
{
    struct mmib *model = mmib_open(folder, 1, &err);
    if (model)
        fail_msg("opened where \"%s\" was expected", words);
    assert_int_equal(err.kind, ERROR_INPUT);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" does not say \"%s\"", err.message, words);
}

static void contradictions_do_not_open(void **state)
{
    (void)state;
    static const struct {
        struct model model;
        const char *words;
    } cases[] = {
        {{16, 3, true, resnet_basic, paper, both},
         "model.safetensors: text.encoder.layer.2.attention.self.query.weight: this tensor is missing"},
        {{32, 2, true, resnet_basic, paper, both}, "model.safetensors: "},
        {{16, 2, true, resnet_bottleneck, paper, both}, "model.safetensors: image.layer1.0.conv1.weight: shape is"},
        {{16, 2, true, resnet_basic, released, both}, "ffn.linear.weight: this tensor is missing"},
        {{16, 2, true, resnet_basic, paper, "\"ner\": {\"labels\": [\"O\"], \"tagging\": \"word\"}"},
         "ner.emission.weight: shape is [3, 16], the config asks for [1, 16]"},
    };
    const char *folder = make(&models[0], "contradicted", 1, TENSOR_F32);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n;
        unsigned char *bytes = scratch_read(write_config(&cases[i].model), &n);
        scratch_write("contradicted/config.json", bytes, n);
        free(bytes);
        assert_does_not_open(folder, cases[i].words);
    }
}

static void broken_models_do_not_open(void **state)
{
    (void)state;
    const char *folder = make(&models[0], "broken", 1, TENSOR_F32);
    size_t n;
    unsigned char *bytes = scratch_read(inside(folder, "model.safetensors"), &n);
    scratch_write("broken/model.safetensors", bytes, n / 2);
    assert_does_not_open(folder, "is it cut?");
    /* A tensor under another name. */
    unsigned char *name = memmem(bytes, n, "ner.crf.start", 13);
    assert_non_null(name);
    memcpy(name, "ner.crf.strat", 13);
    scratch_write("broken/model.safetensors", bytes, n);
    assert_does_not_open(folder, "model.safetensors: ner.crf.start: this tensor is missing");
    memcpy(name, "ner.crf.start", 13);
    scratch_write("broken/model.safetensors", bytes, n);
    free(bytes);
    bytes = scratch_read(inside(folder, "vocab.txt"), &n);
    scratch_write("broken/vocab.txt", bytes, n - 10);
    free(bytes);
    assert_does_not_open(folder, "vocab.txt: has ");
    assert_null(mmib_open(scratch_path("absent"), 1, &err));
    assert_int_equal(err.kind, ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_open),
        cmocka_unit_test(weights_are_those_of_the_layout),
        cmocka_unit_test(layout_stops_when_told),
        cmocka_unit_test(a_seed_makes_one_model),
        cmocka_unit_test(random_numbers_are_pinned),
        cmocka_unit_test(vocabularies_are_made_up),
        cmocka_unit_test(takes_a_vocabulary),
        cmocka_unit_test(replaces_only_when_told),
        cmocka_unit_test(refuses_what_cannot_be_made),
        cmocka_unit_test(contradictions_do_not_open),
        cmocka_unit_test(broken_models_do_not_open),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
