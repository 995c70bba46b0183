/* A whole training step against finite differences of its losses: small models of both kinds, both heads, with sampling
 * noise and dropout on.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/initial.h"
#include "model/training-step.h"
#include "tests/gradient-try.h"
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

enum { VOCAB = 220, CHANNELS = 24, POSTS = 5, LONGEST = 12 };

static const double tolerance = 1.5e-3;

static struct gradient_try try;
static struct error err;

static const char paper[] = "\"ffn_size\": 20, \"pooling\": \"mean\", \"discriminator\": \"mlp\"";
static const char released[] = "\"ffn_size\": 0, \"pooling\": \"first\", \"discriminator\": \"linear\"";
static const char resnet[] = "\"resnet\", \"layer_type\": \"basic\", \"embedding_size\": 8, "
    "\"hidden_sizes\": [8, 8, 8, 24], \"depths\": [1, 1, 1, 1], \"image_size\": 32, "
    "\"preprocess\": \"squash\", \"mean\": [0, 0, 0], \"std\": [1, 1, 1]";
static const char both[] = "\"ner\": {\"labels\": [\"O\", \"B-PER\", \"I-PER\"], \"tagging\": \"word\"}, "
    "\"re\": {\"labels\": [\"None\", \"a\", \"b\"], \"representation\": \"span-mean\"}";
static const char subword[] = "\"ner\": {\"labels\": [\"O\", \"B-PER\", \"I-PER\", \"X\"], \"tagging\": \"subword\"}";
static const char marked[] = "\"re\": {\"labels\": [\"None\", \"a\"], \"representation\": \"marker\"}";

/* One call of the step, or several that make one. */
struct step_try {
    struct mmib *model;
    enum training_task task;
    struct training_options options;
    const struct training_item *items;
    size_t n;
    size_t calls; /* the posts are dealt out to so many */
    struct training_losses losses; /* of the last call */
};

/* Posts, one of one piece, with one picture, several, and none; features and rows as a head of words reads them. */
static struct training_item items[POSTS];
static float features[POSTS][4 * CHANNELS];
static int32_t piece_ids[POSTS][LONGEST];
static const size_t lengths[POSTS] = {7, 1, 12, 4, 9}, pictures[POSTS] = {4, 1, 0, 2, 0};
static size_t rows[POSTS][LONGEST];
static int32_t labels[POSTS][LONGEST];

/* Rows of every second piece, or of all. */
static void make_posts(bool every_row, int32_t n_labels)
{
    struct random random;
    random_seed(&random, 5, "posts");
    for (size_t i = 0; i < POSTS; i++) {
        struct training_item *item = &items[i];
        *item = (struct training_item){.rows = rows[i], .labels = labels[i]};
        for (size_t k = 0; k < lengths[i]; k++)
            piece_ids[i][k] = (int32_t)(random_bits(&random) % VOCAB);
        for (size_t k = 0; k < pictures[i] * CHANNELS; k++)
            features[i][k] = fabsf(random_normal(&random));
        item->input = (struct mmib_item){piece_ids[i], lengths[i], pictures[i] ? features[i] : NULL,
                                         pictures[i] ? pictures[i] : 1};
        for (size_t k = !every_row; k + !every_row < lengths[i]; k += every_row ? 1 : 2) {
            rows[i][item->n_rows] = k;
            labels[i][item->n_rows++] = (int32_t)(random_bits(&random) % (uint64_t)n_labels);
        }
    }
}

static double step_loss(struct gradient_try *t, bool backward)
{
    struct step_try *s = t->context;
    struct parameters *parameters = mmib_parameters(s->model);
    static float kept[1 << 16]; /* gradients; a loss without backward leaves them as they were */
    double total = 0;
    assert_true(parameters->count <= sizeof kept / sizeof *kept);
    memcpy(kept, parameters->gradients, parameters->count * sizeof *kept);
    struct training_options options = s->options;
    options.share = s->options.share / (double)s->calls;
    for (size_t i = 0; i < s->calls; i++, options.step++) {
        size_t from = s->n * i / s->calls, to = s->n * (i + 1) / s->calls;
        if (training_step(s->model, s->task, s->items + from, to - from, &options, &s->losses, &err))
            fail_msg("%s", err.message);
        total += options.share * s->losses.total;
    }
    if (!backward)
        memcpy(parameters->gradients, kept, parameters->count * sizeof *kept);
    return total;
}

/* A model of these parts, filled with numbers that leave no term out, and a step with everything on. */
static void start(struct step_try *s, const char *image, const char *mmib, const char *tasks)
{
    char text[4096];
    int n = snprintf(text, sizeof text,
                     "{\"format\": \"mmib\", \"version\": 1, \"text_encoder\": {\"architecture\": \"bert\", "
                     "\"vocab_size\": %d, \"hidden_size\": 12, \"num_hidden_layers\": 2, \"num_attention_heads\": 2, "
                     "\"intermediate_size\": 20, \"max_position_embeddings\": 16, \"type_vocab_size\": 2, "
                     "\"layer_norm_eps\": 1e-3, \"lowercase\": true}, "
                     "\"image_encoder\": {\"architecture\": %s}, \"mmib\": {\"heads\": 2, %s}, \"tasks\": {%s}}\n",
                     VOCAB, image, mmib, tasks);
    const char *config = scratch_write("config-of-model", text, (size_t)n);
    const struct initial_options made = {.seed = 1, .type = TENSOR_F32, .force = true};
    if (initial_write(config, &made, scratch_path("model"), &err))
        fail_msg("%s", err.message);
    *s = (struct step_try){.items = items, .n = POSTS, .calls = 1};
    s->options = (struct training_options){.beta_text = 0.7, .beta_image = 0.4, .refinement = true, .alignment = true,
                                           .dropout = 0.2, .seed = 9, .step = 2, .share = 1};
    if (!(s->model = mmib_open_trainable(scratch_path("model"), 1, &err)))
        fail_msg("%s", err.message);
    gradient_try_start(&try);
    try.loss = step_loss;
    try.context = s;
    gradient_try_model(&try, mmib_parameters(s->model), "");
}

static void word_entities(void **state)
{
    (void)state;
    struct step_try s;
    start(&s, resnet, paper, both);
    make_posts(false, 3);
    gradient_try_check(&try, tolerance);
    mmib_close(s.model);
}

static void subword_entities(void **state)
{
    (void)state;
    struct step_try s;
    start(&s, resnet, released, subword);
    make_posts(true, 4);
    gradient_try_check(&try, tolerance);
    mmib_close(s.model);
}

static void without_image_encoder(void **state)
{
    (void)state;
    struct step_try s;
    start(&s, "\"none\"", paper, subword);
    make_posts(true, 4);
    for (size_t i = 0; i < POSTS; i++) {
        items[i].input.features = NULL;
        items[i].input.n_images = 1;
    }
    gradient_try_check(&try, tolerance);
    assert_true(s.losses.alignment == 0);
    mmib_close(s.model);
}

static const struct training_pair span_pairs[] = {
    {{1, 3}, {4, 5}, 0}, {{4, 5}, {1, 3}, 2}, {{0, 1}, {0, 1}, 1}, {{2, 6}, {4, 11}, 1},
};

/* Spans that overlap, posts with several pairs and with none. */
static void span_relations(void **state)
{
    (void)state;
    struct step_try s;
    start(&s, resnet, paper, both);
    make_posts(false, 3);
    s.task = TRAINING_RE;
    s.options.share = 0.6;
    items[0].pairs = span_pairs;
    items[0].n_pairs = 2;
    items[1].pairs = span_pairs + 2;
    items[1].n_pairs = 1;
    items[2].pairs = span_pairs + 3;
    items[2].n_pairs = 1;
    gradient_try_check(&try, tolerance);
    mmib_close(s.model);
}

static void marker_relations(void **state)
{
    (void)state;
    static const struct training_pair pairs[POSTS] = {
        {{2, 3}, {5, 6}, 0}, {{0, 1}, {0, 1}, 1}, {{9, 10}, {4, 5}, 1}, {{1, 2}, {3, 4}, 0}, {{7, 8}, {1, 2}, 1}};
    struct step_try s;
    start(&s, resnet, released, marked);
    make_posts(false, 3);
    s.task = TRAINING_RE;
    for (size_t i = 0; i < POSTS; i++) {
        items[i].pairs = &pairs[i];
        items[i].n_pairs = 1;
    }
    gradient_try_check(&try, tolerance);
    mmib_close(s.model);
}

/* Several calls add up to one step, each with its share. */
static void accumulated(void **state)
{
    (void)state;
    struct step_try s;
    start(&s, resnet, paper, both);
    make_posts(false, 3);
    s.calls = 2;
    s.options.share = 0.6;
    gradient_try_check(&try, tolerance);
    mmib_close(s.model);
}

/* What is switched off has no gradient: the discriminator's weights stay untouched, the KL terms are reported only. */
static void switched_off(void **state)
{
    (void)state;
    struct step_try s;
    start(&s, resnet, paper, both);
    make_posts(false, 3);
    s.options.refinement = s.options.alignment = false;
    for (size_t i = 0; i < try.n; i++)
        try.tensors[i].frozen = !strncmp(try.tensors[i].name, "discriminator.", 14) ||
                                !strncmp(try.tensors[i].name, "re.", 3);
    gradient_try_check(&try, tolerance);
    assert_true(s.losses.total == s.losses.task && s.losses.text_kl > 0 && s.losses.image_kl > 0);
    const struct parameters *parameters = mmib_parameters(s.model);
    for (size_t i = 0; i < parameters->n; i++)
        assert_int_equal(parameters->each[i].touched, !try.tensors[i].frozen);
    mmib_close(s.model);
}

static void frozen_text(void **state)
{
    (void)state;
    struct step_try s;
    start(&s, resnet, paper, both);
    make_posts(false, 3);
    parameters_freeze_text(mmib_parameters(s.model), 1);
    for (size_t i = 0; i < try.n; i++)
        try.tensors[i].frozen = mmib_parameters(s.model)->each[i].frozen;
    gradient_try_check(&try, tolerance);
    mmib_close(s.model);
}

/* Noise that the caller gives is what z is made of: without dropout the step's number then changes nothing. */
static void given_noise(void **state)
{
    (void)state;
    struct step_try s;
    float noise[64 * 12];
    start(&s, resnet, released, subword);
    make_posts(true, 4);
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++)
        noise[i] = random_normal(&try.random);
    s.options.noise_text = s.options.noise_image = noise;
    s.options.dropout = 0;
    gradient_try_check(&try, tolerance);
    double total = step_loss(&try, false);
    s.options.step++;
    assert_true(total == step_loss(&try, false));
    s.options.noise_image = NULL;
    double drawn = step_loss(&try, false);
    s.options.step++;
    assert_true(total != drawn && drawn != step_loss(&try, false));
    mmib_close(s.model);
}

/* The same threads make the same numbers, bit for bit; another number of threads cuts the products differently. */
static void steps_repeat(void **state)
{
    (void)state;
    static float first[1 << 16], alone[1 << 16];
    struct step_try s;
    double total = 0, largest = 0;
    start(&s, resnet, paper, both);
    make_posts(false, 3);
    struct parameters *p = mmib_parameters(s.model);
    assert_true(p->count <= sizeof first / sizeof *first);
    const double total_alone = step_loss(&try, true);
    memcpy(alone, p->gradients, p->count * sizeof *alone);
    struct mmib *two = mmib_open_trainable(scratch_path("model"), 2, &err);
    assert_non_null(two);
    memcpy(mmib_parameters(two)->values, p->values, p->count * sizeof *alone);
    mmib_close(s.model);
    s.model = two;
    p = mmib_parameters(two);
    for (int i = 0; i < 20; i++) {
        memset(p->gradients, 0, p->count * sizeof *p->gradients);
        double again = step_loss(&try, true);
        if (i == 0) {
            total = again;
            memcpy(first, p->gradients, p->count * sizeof *first);
        }
        assert_true(again == total);
        assert_memory_equal(first, p->gradients, p->count * sizeof *first);
    }
    assert_true(fabs(total - total_alone) <= 1e-5 * fabs(total));
    for (size_t i = 0; i < p->count; i++)
        largest = fmax(largest, fabs((double)alone[i]));
    for (size_t i = 0; i < p->count; i++)
        assert_true(fabs((double)first[i] - alone[i]) <= 1e-5 * largest);
    mmib_close(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(word_entities),    cmocka_unit_test(subword_entities), cmocka_unit_test(without_image_encoder),
        cmocka_unit_test(span_relations),   cmocka_unit_test(marker_relations), cmocka_unit_test(accumulated),
        cmocka_unit_test(switched_off),     cmocka_unit_test(frozen_text),      cmocka_unit_test(given_noise),
        cmocka_unit_test(steps_repeat),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
