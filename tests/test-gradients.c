/* Every layer's backward pass against finite differences of its forward pass.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/apenc.h"
#include "model/bert.h"
#include "model/blas.h"
#include "model/crf.h"
#include "model/discriminator.h"
#include "model/kernel-elementwise.h"
#include "model/linear-backward.h"
#include "tests/gradient-try.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_VALUES = 1 << 15 };
enum { WIDTH = 12, HEADS = 2, WIDE = 20 }; /* d, heads, the wide layer */

static const double tolerance = 2e-3;

static struct gradient_try try;
static float dout[MAX_VALUES];

/* Posts of different lengths, one of them one row. */
static const size_t text_offsets[] = {0, 5, 6, 15, 18}, image_offsets[] = {0, 1, 4, 6, 11};
enum { POSTS = 4, TEXT_ROWS = 18, IMAGE_ROWS = 11 };

/* Loops */

enum { GELU_VALUES = 20000 }; /* more than one task takes */

static double gelu_loss(struct gradient_try *t, bool backward)
{
    const struct training_pass pass = gradient_try_pass(t);
    const float *x = t->tensors[0].values;
    float *y = arena_take(&t->arena, GELU_VALUES, sizeof *y);
    training_pass_gelu(&pass, x, GELU_VALUES, y);
    if (backward) {
        gradient_try_weigh(GELU_VALUES, t->tensors[0].gradients);
        training_pass_gelu_backward(&pass, x, GELU_VALUES, t->tensors[0].gradients);
    }
    return gradient_try_scalar(y, GELU_VALUES);
}

static void gelu(void **state)
{
    (void)state;
    gradient_try_start(&try);
    gradient_try_tensor(&try, "x", GELU_VALUES, 0, 1.5f);
    try.tensors[0].set = true;
    try.loss = gelu_loss;
    gradient_try_check(&try, tolerance);
}

enum { SOFTMAX_ROWS = 3, SOFTMAX_VALUES = 13 };

static double softmax_loss(struct gradient_try *t, bool backward)
{
    const float scale = 0.7f;
    float y[SOFTMAX_ROWS * SOFTMAX_VALUES], *dx = t->tensors[0].gradients;
    memcpy(y, t->tensors[0].values, sizeof y);
    for (size_t r = 0; r < SOFTMAX_ROWS; r++)
        kernel_softmax(y + r * SOFTMAX_VALUES, SOFTMAX_VALUES, scale);
    if (backward)
        gradient_try_weigh(SOFTMAX_ROWS * SOFTMAX_VALUES, dx);
    for (size_t r = 0; r < SOFTMAX_ROWS && backward; r++)
        kernel_softmax_backward(y + r * SOFTMAX_VALUES, SOFTMAX_VALUES, scale, dx + r * SOFTMAX_VALUES);
    return gradient_try_scalar(y, SOFTMAX_ROWS * SOFTMAX_VALUES);
}

static void softmax(void **state)
{
    (void)state;
    gradient_try_start(&try);
    gradient_try_tensor(&try, "x", SOFTMAX_ROWS * SOFTMAX_VALUES, 0, 1);
    try.tensors[0].set = true;
    try.loss = softmax_loss;
    gradient_try_check(&try, tolerance);
}

enum { NORM_ROWS = 150, NORM_WIDTH = 41 }; /* three tasks; two runs of lanes and a rest */

static double norm_loss(struct gradient_try *t, bool backward)
{
    const struct training_pass pass = gradient_try_pass(t);
    const float *x = t->tensors[0].values, *weight = t->tensors[1].values, *bias = t->tensors[2].values;
    const float eps = 0.1f;
    float *y = arena_take(&t->arena, NORM_ROWS * NORM_WIDTH, sizeof *y), *dx = t->tensors[0].gradients;
    training_pass_norm(&pass, x, NORM_ROWS, NORM_WIDTH, weight, bias, eps, y);
    if (backward) {
        gradient_try_weigh(NORM_ROWS * NORM_WIDTH, dx);
        assert_int_equal(training_pass_norm_backward(&pass, x, NORM_ROWS, NORM_WIDTH, weight, bias, eps, dx, dx), 0);
    }
    return gradient_try_scalar(y, NORM_ROWS * NORM_WIDTH);
}

static void norm_start(void)
{
    gradient_try_start(&try);
    gradient_try_tensor(&try, "x", NORM_ROWS * NORM_WIDTH, 0.5f, 1);
    gradient_try_tensor(&try, "weight", NORM_WIDTH, 1, 0.3f);
    gradient_try_tensor(&try, "bias", NORM_WIDTH, 0, 0.3f);
    try.tensors[0].set = true;
    try.loss = norm_loss;
}

static void layer_norm(void **state)
{
    (void)state;
    norm_start();
    gradient_try_check(&try, tolerance);
}

/* Sums of a norm's gradients come out the same, bit for bit, however the rows fall to threads. */
static void threads_change_no_sum(void **state)
{
    (void)state;
    enum { COUNT = NORM_ROWS * NORM_WIDTH + 200 };
    static float first[COUNT];
    struct threads *kept = try.threads;
    for (size_t count = 1; count <= 3; count++) {
        norm_start();
        try.threads = threads_new(count);
        memset(try.own_gradients, 0, sizeof first);
        norm_loss(&try, true);
        threads_free(try.threads);
        if (count == 1)
            memcpy(first, try.own_gradients, sizeof first);
        assert_memory_equal(first, try.own_gradients, sizeof first);
    }
    try.threads = kept;
}

/* Matrix products */

struct linear {
    size_t rows, inputs, outputs;
    size_t gap; /* floats between rows beyond their values */
    bool bias, without_dx, add;
};

static double linear_loss(struct gradient_try *t, bool backward)
{
    const struct linear *l = t->context;
    const struct training_pass pass = gradient_try_pass(t);
    size_t ldx = l->inputs + l->gap, ldy = l->outputs + l->gap;
    const float *x = t->tensors[0].values, *weight = t->tensors[1].values;
    const float *bias = l->bias ? t->tensors[2].values : NULL;
    float *y = arena_take_zero(&t->arena, l->rows * ldy, sizeof *y);
    assert_true(l->rows * ldy <= MAX_VALUES && y);
    blas_linear_run(t->threads, &(struct blas_linear){x, ldx, l->rows, l->inputs, weight, bias, l->outputs, NULL,
                                                      BLAS_IDENTITY, y, ldy}, 1);
    if (backward) {
        gradient_try_weigh(l->rows * ldy, dout);
        linear_backward(&pass, &(struct linear_backward){x, ldx, l->rows, l->inputs, weight, bias, l->outputs, dout,
                                                         ldy, l->without_dx ? NULL : t->tensors[0].gradients, ldx,
                                                         l->add});
    }
    return gradient_try_scalar(y, l->rows * ldy);
}

/* Products that are cut by rows, by columns, and not at all; rows with gaps, which must stay as they are. */
static void linear(void **state)
{
    (void)state;
    static const struct linear cases[] = {
        {70, 40, 50, 5, true, false, true}, {20, 70, 40, 5, true, false, true}, {70, 50, 33, 0, true, false, false},
        {3, 100, 2, 0, false, false, false}, {33, 7, 40, 3, true, true, false}, {1, 5, 1, 0, true, false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct linear l = cases[i];
        gradient_try_start(&try);
        try.context = &l;
        gradient_try_tensor(&try, "x", l.rows * (l.inputs + l.gap), 0, 1);
        gradient_try_tensor(&try, "weight", l.outputs * l.inputs, 0, 0.3f);
        gradient_try_tensor(&try, "bias", l.outputs, 0, 1);
        try.tensors[0].set = !l.add && !l.without_dx;
        try.tensors[0].frozen = l.without_dx;
        try.loss = linear_loss;
        gradient_try_check(&try, tolerance);
    }
}

/* Queries of the pictures' rows and keys of the texts', or both of the texts'; they lie side by side in one tensor. */
static double attention_loss(struct gradient_try *t, bool backward)
{
    struct training_pass pass = gradient_try_pass(t);
    bool self = t->n == 1;
    float *out = arena_take(&t->arena, TEXT_ROWS * WIDTH, sizeof *out);
    const struct gradient_tensor *q = &t->tensors[0], *kv = &t->tensors[self ? 0 : 1];
    size_t q_ld = self ? 3 * WIDTH : WIDTH, kv_ld = self ? 3 * WIDTH : 2 * WIDTH, at = self ? WIDTH : 0;
    const struct attention attention = {POSTS,     self ? text_offsets : image_offsets, text_offsets,
                                        HEADS,     WIDTH,                               q->values,
                                        kv->values + at, kv->values + at + WIDTH,       q_ld,
                                        kv_ld,     kv_ld,                               out};
    size_t n = attention.query_offsets[POSTS] * WIDTH;
    struct attention_scratch scratch;
    assert_int_equal(attention_prepare(POSTS, attention.query_offsets, text_offsets, HEADS, &pass, &scratch), 0);
    attention_forward(&attention, &scratch, &pass);
    if (backward) {
        gradient_try_weigh(n, dout);
        const struct attention_gradients gradients = {
            dout, q->gradients, kv->gradients + at, kv->gradients + at + WIDTH,
            arena_take(&t->arena, scratch.total, sizeof(float))};
        attention_backward(&attention, &scratch, &gradients, &pass);
    }
    return gradient_try_scalar(out, n);
}

static void attention(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        gradient_try_start(&try);
        try.loss = attention_loss;
        try.dropout = i / 2 * 0.3;
        gradient_try_tensor(&try, "query", i % 2 ? TEXT_ROWS * 3 * WIDTH : IMAGE_ROWS * WIDTH, 0, 1);
        if (i % 2 == 0)
            gradient_try_tensor(&try, "key and value", TEXT_ROWS * 2 * WIDTH, 0, 1);
        for (size_t k = 0; k < try.n; k++)
            try.tensors[k].set = true;
        gradient_try_check(&try, tolerance);
    }
}

/* Encoders */

enum { VOCAB = 9, POSITIONS = 10, LAYERS = 2 };

static double bert_loss(struct gradient_try *t, bool backward)
{
    static const int32_t ids[TEXT_ROWS] = {1, 2, 3, 2, 8, 4, 1, 1, 1, 5, 6, 7, 0, 4, 2, 8, 0, 3};
    struct training_pass pass = gradient_try_pass(t);
    struct bert_tape tape;
    const float *out = bert_forward(t->context, ids, text_offsets, POSTS, &pass, &tape);
    assert_non_null(out);
    if (backward) {
        gradient_try_weigh(TEXT_ROWS * WIDTH, dout);
        assert_int_equal(bert_backward(t->context, &tape, &pass, dout), 0);
    }
    return gradient_try_scalar(out, TEXT_ROWS * WIDTH);
}

static const float *bert_weight(const char *name, size_t n)
{
    return gradient_try_tensor(&try, name, n, strstr(name, "Norm.weight") ? 1 : 0, 0.4f);
}

static void bert_make(struct bert *bert)
{
    static const char *const names[LAYERS][16] = {
#define LAYER(n) "text.encoder.layer." #n
#define NAMES(n) \
        {LAYER(n) ".query", LAYER(n) ".query.bias", LAYER(n) ".key", LAYER(n) ".key.bias", LAYER(n) ".value", \
         LAYER(n) ".value.bias", LAYER(n) ".output", LAYER(n) ".output.bias", LAYER(n) ".attention.Norm.weight", \
         LAYER(n) ".attention.Norm.bias", LAYER(n) ".up", LAYER(n) ".up.bias", LAYER(n) ".down", \
         LAYER(n) ".down.bias", LAYER(n) ".output.Norm.weight", LAYER(n) ".output.Norm.bias"}
        NAMES(0), NAMES(1)};
    *bert = (struct bert){.d = WIDTH, .heads = HEADS, .intermediate = WIDE, .n_layers = LAYERS, .vocab_size = VOCAB,
                          .max_positions = POSITIONS, .eps = 1e-3f, .layers = bert->layers};
    bert->word_embeddings = bert_weight("text.embeddings.word", VOCAB * WIDTH);
    bert->position_embeddings = bert_weight("text.embeddings.position", POSITIONS * WIDTH);
    bert->type_embeddings = bert_weight("text.embeddings.type", 2 * WIDTH);
    bert->embedding_norm.weight = bert_weight("text.embeddings.Norm.weight", WIDTH);
    bert->embedding_norm.bias = bert_weight("text.embeddings.Norm.bias", WIDTH);
    for (size_t i = 0; i < LAYERS; i++) {
        struct bert_layer *l = &bert->layers[i];
        const float **const weights[16] = {
            &l->query, &l->query_bias, &l->key, &l->key_bias, &l->value, &l->value_bias, &l->output, &l->output_bias,
            &l->attention_norm.weight, &l->attention_norm.bias, &l->up, &l->up_bias, &l->down, &l->down_bias,
            &l->output_norm.weight, &l->output_norm.bias};
        for (size_t w = 0; w < 16; w++) {
            size_t n = w == 10 || w == 12 ? WIDTH * WIDE : w == 11 ? WIDE : w < 8 && w % 2 == 0 ? WIDTH * WIDTH : WIDTH;
            *weights[w] = bert_weight(names[i][w], n);
        }
    }
}

static void bert(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct bert_layer layers[LAYERS];
        struct bert model = {.layers = layers};
        gradient_try_start(&try);
        try.dropout = i * 0.2;
        try.loss = bert_loss;
        try.context = &model;
        bert_make(&model);
        gradient_try_check(&try, tolerance);
    }
}

/* The others' gradients stay right, the frozen ones' as they were, and nobody marks them. */
static void frozen_layers(void **state)
{
    (void)state;
    for (size_t n = 1; n <= LAYERS; n++) {
        struct bert_layer layers[LAYERS];
        struct bert model = {.layers = layers};
        gradient_try_start(&try);
        try.loss = bert_loss;
        try.context = &model;
        bert_make(&model);
        parameters_freeze_text(try.parameters, n);
        size_t frozen = 0;
        for (size_t i = 0; i < try.n; i++)
            frozen += try.tensors[i].frozen = try.parameters->each[i].frozen;
        assert_int_equal(frozen, 5 + 16 * n);
        if (n == LAYERS) { /* there is nothing to compare with */
            bert_loss(&try, true);
            for (size_t i = 0; i < try.own.count; i++)
                assert_true(try.own_gradients[i] == 0 || try.own_gradients[i] == 0.5f);
        } else {
            gradient_try_check(&try, tolerance);
        }
        for (size_t i = 0; i < try.n; i++)
            assert_int_equal(try.parameters->each[i].touched, !try.tensors[i].frozen);
    }
}

struct apenc_try {
    struct apenc apenc;
    bool self; /* keys are the queries */
};

static double apenc_loss(struct gradient_try *t, bool backward)
{
    const struct apenc_try *a = t->context;
    struct training_pass pass = gradient_try_pass(t);
    struct apenc_tape tape;
    const struct gradient_tensor *q = &t->tensors[0], *k = &t->tensors[!a->self];
    const size_t *offsets = a->self ? text_offsets : image_offsets;
    const float *out = apenc_forward(&a->apenc, q->values, offsets, k->values, text_offsets, POSTS, &pass, &tape);
    assert_non_null(out);
    if (backward) {
        gradient_try_weigh(offsets[POSTS] * WIDTH, dout);
        assert_int_equal(apenc_backward(&a->apenc, &tape, &pass, dout, q->gradients, k->gradients), 0);
    }
    return gradient_try_scalar(out, offsets[POSTS] * WIDTH);
}

static void apenc_case(bool self, size_t wide, double dropout)
{
    struct apenc_try a = {{.d = WIDTH, .heads = HEADS, .ffn_size = wide}, self};
    size_t square = WIDTH * WIDTH;
    gradient_try_start(&try);
    try.loss = apenc_loss;
    try.context = &a;
    try.dropout = dropout;
    gradient_try_tensor(&try, "q", (self ? TEXT_ROWS : IMAGE_ROWS) * WIDTH, 0, 1);
    if (!self)
        gradient_try_tensor(&try, "k", TEXT_ROWS * WIDTH, 0, 1);
    a.apenc.query = gradient_try_tensor(&try, "query", square, 0, 0.4f);
    a.apenc.key = gradient_try_tensor(&try, "key", square, 0, 0.4f);
    a.apenc.value = gradient_try_tensor(&try, "value", square, 0, 0.4f);
    a.apenc.output = gradient_try_tensor(&try, "output", square, 0, 0.4f);
    a.apenc.output_bias = gradient_try_tensor(&try, "output bias", WIDTH, 0, 0.4f);
    a.apenc.norm1_weight = gradient_try_tensor(&try, "norm1 weight", WIDTH, 1, 0.3f);
    a.apenc.norm1_bias = gradient_try_tensor(&try, "norm1 bias", WIDTH, 0, 0.3f);
    a.apenc.norm2_weight = gradient_try_tensor(&try, "norm2 weight", WIDTH, 1, 0.3f);
    a.apenc.norm2_bias = gradient_try_tensor(&try, "norm2 bias", WIDTH, 0, 0.3f);
    if (wide) {
        a.apenc.up = gradient_try_tensor(&try, "up", wide * WIDTH, 0, 0.4f);
        a.apenc.up_bias = gradient_try_tensor(&try, "up bias", wide, 0, 0.4f);
    }
    a.apenc.down = gradient_try_tensor(&try, "down", WIDTH * (wide ? wide : WIDTH), 0, 0.4f);
    a.apenc.down_bias = gradient_try_tensor(&try, "down bias", WIDTH, 0, 0.4f);
    gradient_try_check(&try, tolerance);
}

static void apenc(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++)
        apenc_case(i % 2, i / 2 % 2 ? WIDE : 0, i / 4 * 0.2);
}

/* Losses */

struct discriminator_try {
    struct discriminator discriminator;
    size_t posts;
};

static double alignment_loss(struct gradient_try *t, bool backward)
{
    static const size_t posts[] = {2, 0, 3};
    const struct discriminator_try *d = t->context;
    const struct training_pass pass = gradient_try_pass(t);
    const struct gradient_tensor *text = &t->tensors[0], *image = &t->tensors[1];
    const double share = 0.75;
    double loss;
    float *unread = arena_take(&t->arena, (TEXT_ROWS + IMAGE_ROWS) * WIDTH, sizeof *unread);
    float *dtext = backward ? text->gradients : unread;
    float *dimage = backward ? image->gradients : unread + TEXT_ROWS * WIDTH;
    assert_int_equal(discriminator_alignment(&d->discriminator, text->values, text_offsets, image->values,
                                             image_offsets, posts, d->posts, share, &pass, &loss, dtext, dimage), 0);
    return share * loss;
}

static void alignment(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct discriminator_try d = {.posts = i % 2 ? 1 : 3};
        bool mlp = i / 4;
        d.discriminator = (struct discriminator){.d = WIDTH,
                                                 .pooling = i / 2 % 2 ? POOLING_FIRST : POOLING_MEAN,
                                                 .kind = mlp ? DISCRIMINATOR_MLP : DISCRIMINATOR_LINEAR};
        gradient_try_start(&try);
        try.loss = alignment_loss;
        try.context = &d;
        gradient_try_tensor(&try, "text", TEXT_ROWS * WIDTH, 0, 1);
        gradient_try_tensor(&try, "image", IMAGE_ROWS * WIDTH, 0, 1);
        d.discriminator.hidden = gradient_try_tensor(&try, "hidden", 2 * WIDTH * WIDTH, 0, 0.3f);
        float *bias = gradient_try_tensor(&try, "hidden bias", WIDTH, 0, 0.3f);
        for (size_t k = 0; k < WIDTH && mlp; k++)
            bias[k] += k % 2 ? 3 : -3; /* away from the bend of the ReLU */
        d.discriminator.hidden_bias = bias;
        if (mlp) {
            d.discriminator.output = gradient_try_tensor(&try, "output", WIDTH, 0, 0.3f);
            d.discriminator.output_bias = gradient_try_tensor(&try, "output bias", 1, 0, 0.3f);
        }
        gradient_try_check(&try, tolerance);
    }
}

enum { LABELS = 5, CRF_ROWS = 7 };

static double crf_loss(struct gradient_try *t, bool backward)
{
    static const int32_t path[CRF_ROWS] = {0, 1, 2, 2, 4, 0, 3};
    const struct gradient_tensor *v = t->tensors;
    const struct crf crf = {LABELS, v[1].values, v[2].values, v[3].values};
    size_t rows = *(size_t *)t->context;
    struct crf_sums sums;
    gradient_try_pass(t);
    assert_int_equal(crf_sum(&crf, v[0].values, rows, &t->arena, &sums), 0);
    if (backward)
        crf_backward(&crf, &sums, path, 0.4, v[0].gradients, v[1].gradients, v[2].gradients, v[3].gradients);
    return 0.4 * (sums.log_partition - crf_score(&crf, v[0].values, rows, path));
}

static void crf(void **state)
{
    (void)state;
    for (size_t rows = 1; rows <= CRF_ROWS; rows += 3) {
        gradient_try_start(&try);
        try.loss = crf_loss;
        try.context = &rows;
        gradient_try_tensor(&try, "emissions", rows * LABELS, 0, 1);
        gradient_try_tensor(&try, "start", LABELS, 0, 1);
        gradient_try_tensor(&try, "end", LABELS, 0, 1);
        gradient_try_tensor(&try, "transitions", LABELS * LABELS, 0, 1);
        try.tensors[0].set = true;
        gradient_try_check(&try, 3e-5);
    }
}

static int open_all(void **state)
{
    (void)state;
    struct error err;
    try.threads = threads_new(2);
    return blas_open(&err) || !try.threads ? -1 : 0;
}

static int close_all(void **state)
{
    (void)state;
    gradient_try_free(&try);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gelu),      cmocka_unit_test(softmax),       cmocka_unit_test(layer_norm),
        cmocka_unit_test(linear),    cmocka_unit_test(attention),     cmocka_unit_test(bert),
        cmocka_unit_test(frozen_layers), cmocka_unit_test(apenc),     cmocka_unit_test(alignment),
        cmocka_unit_test(crf),       cmocka_unit_test(threads_change_no_sum),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
