/* The MobileNetV3 image encoder: its loops against plain ones, the whole network against a plain double one that reads
 * its structure from the names of the tensors, and the released weights against measured features.
 *
 * The measured features lie in ../shared beside the source; the released weights in the bundled model, or in the model
 * directory that $CENTERNET_MODEL names. They are half precision from the start, so the same tolerance holds for both.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/json.h"
#include "model/blas.h"
#include "model/file.h"
#include "model/initial.h"
#include "model/kernel-elementwise.h"
#include "model/kernel-mobile.h"
#include "model/mmib.h"
#include "model/mobilenet.h"
#include "model/picture.h"
#include "tests/scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct error err;

static float *noise(size_t n)
{
    float *out = malloc((n + 1) * sizeof *out);
    assert_non_null(out);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(rand() % 2001 - 1000) / 1000;
    return out;
}

static uint8_t *noise_bytes(size_t n)
{
    uint8_t *out = malloc(n + 1);
    assert_non_null(out);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(rand() % 256);
    return out;
}

static void assert_near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance + tolerance * fabs(want)))
        fail_msg("%.9g instead of %.9g", got, want);
}

static double six(double x)
{
    return fmin(fmax(x, 0), 6);
}

static double activated(double x, struct mobile_finish finish)
{
    return finish.activation == MOBILE_RELU ? fmax(x, 0)
           : finish.activation == MOBILE_HARD_SWISH ? x * finish.gain * six(x + finish.shift) : x;
}

static const struct mobile_finish identity = {MOBILE_IDENTITY, 0, 0}, relu = {MOBILE_RELU, 0, 0},
                                  swish = {MOBILE_HARD_SWISH, 3, 1.0f / 6};

/* Loops */

static void hard_functions_bend_where_they_should(void **state)
{
    (void)state;
    static const float x[] = {-100, -3.001f, -3, -2.999f, -1.5f, 0, 1, 2.999f, 3, 3.001f, 100};
    enum { N = sizeof x / sizeof *x };
    float zero[N] = {0}, y[N + 1];
    memcpy(y, x, sizeof x);
    kernel_mobile_finish(y, 1, N, zero, NULL, swish);
    assert_true(y[0] == 0 && y[1] == 0 && y[2] == 0 && y[3] < 0 && y[5] == 0 && y[8] == 3);
    for (size_t i = 0; i < N; i++)
        assert_near(y[i], x[i] <= -3 ? 0 : x[i] >= 3 ? x[i] : (double)x[i] * (x[i] + 3) / 6, 1e-6);
    memcpy(y, x, sizeof x);
    kernel_hard_sigmoid(y, N, 3, 1.0f / 6);
    assert_true(y[0] == 0 && y[2] == 0 && y[5] == 0.5f && y[8] == 1 && y[10] == 1);
    for (size_t i = 0; i < N; i++)
        assert_near(y[i], fmin(fmax(((double)x[i] + 3) / 6, 0), 1), 1e-6);
    /* What is not a number is not hidden. */
    const struct mobile_finish finishes[] = {identity, relu, swish};
    for (size_t i = 0; i < 3; i++) {
        y[0] = NAN;
        kernel_mobile_finish(y, 1, 1, zero, NULL, finishes[i]);
        assert_true(isnan(y[0]));
    }
    y[0] = NAN;
    kernel_hard_sigmoid(y, 1, 3, 1.0f / 6);
    assert_true(isnan(y[0]));
}

static void rows_are_finished(void **state)
{
    (void)state;
    const struct mobile_finish finishes[] = {identity, relu, swish};
    enum { ROWS = 3, N = 37 };
    for (size_t f = 0; f < 6; f++) {
        float *x = noise(ROWS * N), *bias = noise(N), *residual = noise(ROWS * N), y[ROWS * N];
        memcpy(y, x, sizeof y);
        kernel_mobile_finish(y, ROWS, N, bias, f < 3 ? residual : NULL, finishes[f % 3]);
        for (size_t i = 0; i < ROWS * N; i++)
            assert_near(y[i], activated((double)x[i] + bias[i % N] + (f < 3 ? residual[i] : 0), finishes[f % 3]), 1e-6);
        free(x);
        free(bias);
        free(residual);
    }
}

static void vectors_pass_a_matrix(void **state)
{
    (void)state;
    enum { INPUTS = 21, OUTPUTS = 19 };
    float *x = noise(INPUTS), *w = noise(INPUTS * OUTPUTS), *b = noise(OUTPUTS), y[OUTPUTS];
    kernel_vector_matrix(x, INPUTS, w, b, OUTPUTS, y);
    for (size_t o = 0; o < OUTPUTS; o++) {
        double sum = b[o];
        for (size_t i = 0; i < INPUTS; i++)
            sum += (double)x[i] * w[i * OUTPUTS + o];
        assert_near(y[o], sum, 1e-5);
    }
    free(x);
    free(w);
    free(b);
}

/* TensorFlow's rule, in its own words: out = ceil(in / stride); padding max((out - 1) stride + kernel - in, 0), the
 * smaller half in front. */
static void windows_are_padded_as_same(void **state)
{
    (void)state;
    for (size_t side = 1; side <= 40; side++)
        for (size_t kernel = 1; kernel <= 5; kernel += 2)
            for (size_t stride = 1; stride <= 2; stride++) {
                struct mobile_window window = mobile_window(side, kernel, stride);
                long out = (long)ceil((double)side / (double)stride);
                long padding = (out - 1) * (long)stride + (long)kernel - (long)side;
                assert_int_equal(window.out_side, out);
                assert_int_equal(window.before, padding > 0 ? padding / 2 : 0);
            }
    assert_int_equal(mobile_window(224, 3, 2).before, 0); /* even sides: the one zero stands behind */
    assert_int_equal(mobile_window(225, 3, 2).before, 1);
    assert_int_equal(mobilenet_grid(224), 7);
    assert_int_equal(mobilenet_grid(512), 16);
    assert_int_equal(mobilenet_grid(33), 2);
    assert_int_equal(mobilenet_grid(1), 1);
}

/* Channel c of a depthwise convolution at (oy, ox), or with `all` the sum over all inputs of an ordinary one, output c. */
static double convolved(const struct mobile_window *window, const double *x, size_t channels, const float *weight,
                        size_t outputs, size_t oy, size_t ox, size_t c, bool all)
{
    double sum = 0;
    for (size_t ky = 0; ky < window->kernel; ky++)
        for (size_t kx = 0; kx < window->kernel; kx++) {
            long y = (long)(oy * window->stride + ky) - (long)window->before;
            long x_at = (long)(ox * window->stride + kx) - (long)window->before;
            if (y < 0 || x_at < 0 || y >= (long)window->side || x_at >= (long)window->side)
                continue;
            const double *pixel = x + ((size_t)y * window->side + (size_t)x_at) * channels;
            const float *w = weight + (ky * window->kernel + kx) * channels * (all ? outputs : 1);
            for (size_t i = all ? 0 : c; i < (all ? channels : c + 1); i++)
                sum += pixel[i] * (double)w[all ? i * outputs + c : i];
        }
    return sum;
}

static void check_depthwise(size_t side, size_t kernel, size_t stride, size_t channels, struct mobile_finish finish)
{
    struct mobile_window window = mobile_window(side, kernel, stride);
    size_t n = side * side * channels;
    float *x = noise(n), *w = noise(kernel * kernel * channels), *b = noise(channels);
    float *row = noise(window.out_side * channels);
    double *wide = malloc((n + 1) * sizeof *wide);
    assert_non_null(wide);
    for (size_t i = 0; i < n; i++)
        wide[i] = x[i];
    for (size_t oy = 0; oy < window.out_side; oy++) {
        kernel_depthwise_row(&window, x, channels, w, b, finish, oy, row);
        for (size_t i = 0; i < window.out_side * channels; i++) {
            size_t c = i % channels;
            double sum = b[c] + convolved(&window, wide, channels, w, 0, oy, i / channels, c, false);
            assert_near(row[i], activated(sum, finish), 1e-5);
        }
    }
    free(x);
    free(w);
    free(b);
    free(row);
    free(wide);
}

static void depthwise_convolutions_are_right(void **state)
{
    (void)state;
    static const size_t channels[] = {1, 5, 16, 24, 47};
    const struct mobile_finish finishes[] = {identity, relu, swish};
    for (size_t side = 1; side <= 8; side++)
        for (size_t kernel = 3; kernel <= 5; kernel += 2)
            for (size_t stride = 1; stride <= 2; stride++)
                for (size_t c = 0; c < sizeof channels / sizeof *channels; c++)
                    check_depthwise(side, kernel, stride, channels[c], finishes[c % 3]);
}

static void the_stem_reads_bytes(void **state)
{
    (void)state;
    for (size_t side = 1; side <= 9; side++) {
        struct mobile_window window = mobile_window(side, 3, 2);
        size_t n = side * side * 3;
        uint8_t *pixels = noise_bytes(n);
        float *w = noise(27 * MOBILE_STEM_CHANNELS), *b = noise(MOBILE_STEM_CHANNELS);
        float *row = noise(window.out_side * MOBILE_STEM_CHANNELS);
        double *wide = malloc(n * sizeof *wide);
        assert_non_null(wide);
        for (size_t i = 0; i < n; i++)
            wide[i] = pixels[i];
        for (size_t oy = 0; oy < window.out_side; oy++) {
            kernel_stem_row(&window, pixels, w, b, swish, oy, row);
            for (size_t i = 0; i < window.out_side * MOBILE_STEM_CHANNELS; i++) {
                size_t c = i % MOBILE_STEM_CHANNELS, ox = i / MOBILE_STEM_CHANNELS;
                double sum = b[c] + convolved(&window, wide, 3, w, MOBILE_STEM_CHANNELS, oy, ox, c, true);
                if (!(fabs(row[i] - activated(sum, swish)) <= 1e-3)) /* sums of 27 products of up to 255 */
                    fail_msg("%.9g instead of %.9g", (double)row[i], activated(sum, swish));
            }
        }
        free(pixels);
        free(w);
        free(b);
        free(row);
        free(wide);
    }
}

/* The network again, in double and one loop a layer. */

struct map {
    double *at;
    size_t side, channels;
};

static struct safetensors *plain_file;

static const float *plain_find(const char *scope, const char *ending, size_t *last_out)
{
    char name[160];
    snprintf(name, sizeof name, "image.%s%s", scope, ending);
    const struct safetensors_entry *entry = safetensors_find(plain_file, name);
    if (!entry)
        return NULL;
    if (last_out)
        *last_out = entry->shape[entry->rank - 1];
    return safetensors_f32(plain_file, name, entry->rank, entry->shape, &err);
}

/* One convolution, depthwise or not, with the hard swish that the tensors of this scope name, else `otherwise`. */
static struct map plain_convolution(struct map in, const char *scope, const char *name, size_t kernel, size_t stride,
                                    enum mobile_activation otherwise)
{
    char ending[64];
    size_t outputs = 0;
    snprintf(ending, sizeof ending, "/%s_weights", name);
    const float *weight = plain_find(scope, ending, &outputs);
    snprintf(ending, sizeof ending, "/%s_bn_offset", name);
    const float *bias = plain_find(scope, ending, NULL);
    const float *shift = plain_find(scope, "/hard_swish/add/y", NULL);
    const float *gain = plain_find(scope, "/hard_swish/mul_1/y", NULL);
    assert_true(weight && bias);
    bool all = outputs != 1;
    struct mobile_finish finish = shift && gain ? (struct mobile_finish){MOBILE_HARD_SWISH, *shift, *gain}
                                                : (struct mobile_finish){otherwise, 0, 0};
    struct mobile_window window = mobile_window(in.side, kernel, stride);
    struct map out = {NULL, window.out_side, all ? outputs : in.channels};
    out.at = malloc(out.side * out.side * out.channels * sizeof *out.at);
    assert_non_null(out.at);
    for (size_t i = 0; i < out.side * out.side * out.channels; i++) {
        size_t c = i % out.channels, ox = i / out.channels % out.side, oy = i / out.channels / out.side;
        double sum = convolved(&window, in.at, in.channels, weight, outputs, oy, ox, c, all);
        out.at[i] = activated(bias[c] + sum, finish);
    }
    free(in.at);
    return out;
}

static void plain_squeeze(struct map *map, const char *scope)
{
    size_t squeeze = 0, cells = map->side * map->side, channels = map->channels;
    const float *weight = plain_find(scope, "/squeeze_excite/Conv/weights", &squeeze);
    if (!weight)
        return;
    char tower[160];
    snprintf(tower, sizeof tower, "tower_0/%s", scope);
    const float *bias = plain_find(scope, "/squeeze_excite/Conv/biases", NULL);
    const float *weight1 = plain_find(scope, "/squeeze_excite/Conv_1/weights", NULL);
    const float *bias1 = plain_find(scope, "/squeeze_excite/Conv_1/biases", NULL);
    const float *shift = plain_find(tower, "/squeeze_excite/Conv_1/add/y", NULL);
    const float *gain = plain_find(tower, "/squeeze_excite/Conv_1/mul/y", NULL);
    double *mean = calloc(channels, sizeof *mean), *small = calloc(squeeze, sizeof *small);
    assert_true(bias && weight1 && bias1 && shift && gain && mean && small);
    for (size_t i = 0; i < cells * channels; i++)
        mean[i % channels] += map->at[i] / (double)cells;
    for (size_t s = 0; s < squeeze; s++) {
        double sum = bias[s];
        for (size_t c = 0; c < channels; c++)
            sum += mean[c] * weight[c * squeeze + s];
        small[s] = fmax(sum, 0);
    }
    for (size_t c = 0; c < channels; c++) {
        double sum = bias1[c];
        for (size_t s = 0; s < squeeze; s++)
            sum += small[s] * weight1[s * channels + c];
        for (size_t i = 0; i < cells; i++)
            map->at[i * channels + c] *= *gain * six(sum + *shift);
    }
    free(mean);
    free(small);
}

static struct map plain_block(struct map in, size_t index, size_t kernel, size_t stride)
{
    char scope[80] = "MobilenetV3/expanded_conv", tower[100], part[120];
    if (index)
        snprintf(scope, sizeof scope, "MobilenetV3/expanded_conv_%zu", index);
    snprintf(tower, sizeof tower, "tower_0/%s", scope);
    size_t n = in.side * in.side * in.channels;
    struct map x = {malloc(n * sizeof *x.at), in.side, in.channels};
    assert_non_null(x.at);
    memcpy(x.at, in.at, n * sizeof *x.at);
    snprintf(part, sizeof part, "%s/expand", tower);
    if (plain_find(part, "/Conv2D_weights", NULL))
        x = plain_convolution(x, part, "Conv2D", 1, 1, MOBILE_RELU);
    snprintf(part, sizeof part, "%s/depthwise", tower);
    x = plain_convolution(x, part, "depthwise", kernel, stride, MOBILE_RELU);
    plain_squeeze(&x, scope);
    snprintf(part, sizeof part, "%s/project", tower);
    x = plain_convolution(x, part, "Conv2D", 1, 1, MOBILE_IDENTITY);
    for (size_t i = 0; stride == 1 && x.channels == in.channels && i < n; i++)
        x.at[i] += in.at[i];
    free(in.at);
    return x;
}

static struct map plain_forward(const uint8_t *pixels, size_t side)
{
    static const size_t kernels[] = {3, 3, 3, 5, 5, 5, 3, 3, 3, 3, 3, 3, 5, 5, 5},
                        strides[] = {1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1};
    struct map x = {malloc(side * side * 3 * sizeof *x.at), side, 3};
    assert_non_null(x.at);
    for (size_t i = 0; i < side * side * 3; i++)
        x.at[i] = pixels[i];
    x = plain_convolution(x, "tower_0/MobilenetV3/Conv", "Conv2D", 3, 2, MOBILE_IDENTITY);
    for (size_t b = 0; b < sizeof strides / sizeof *strides; b++)
        x = plain_block(x, b, kernels[b], strides[b]);
    return plain_convolution(x, "tower_0/extern1", "Conv2D", 1, 1, MOBILE_IDENTITY);
}

/* A made-up model in the test's folder; returns its path. */
static const char *made_up(void)
{
    static const char config[] =
        "{\"format\": \"mmib\", \"version\": 1, \"text_encoder\": {\"architecture\": \"bert\", \"vocab_size\": 150,"
        " \"hidden_size\": 16, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"intermediate_size\": 16,"
        " \"max_position_embeddings\": 16, \"type_vocab_size\": 2, \"layer_norm_eps\": 1e-12, \"lowercase\": true},"
        " \"image_encoder\": {\"architecture\": \"mobilenetv3-centernet\"}, \"mmib\": {\"heads\": 2, \"ffn_size\": 0,"
        " \"pooling\": \"mean\", \"discriminator\": \"mlp\"}, \"tasks\": {\"ner\": {\"labels\": [\"O\", \"B-PER\","
        " \"I-PER\"], \"tagging\": \"word\"}}}";
    const struct initial_options options = {.seed = 5, .type = TENSOR_F32, .force = true};
    const char *path = scratch_write("config.json", config, sizeof config - 1);
    if (initial_write(path, &options, scratch_path("model"), &err))
        fail_msg("%s", err.message);
    return scratch_path("model");
}

static void the_network_is_right(void **state)
{
    (void)state;
    made_up();
    plain_file = safetensors_open(scratch_path("model/model.safetensors"), &err);
    assert_non_null(plain_file);
    struct mobilenet *net = mobilenet_load(plain_file, &err);
    assert_non_null(net);
    assert_int_equal(blas_open(&err), 0);
    enum { N = 6 }; /* more than go through at a time */
    static const size_t sides[] = {1, 2, 33, 64, 97};
    for (size_t s = 0; s < sizeof sides / sizeof *sides; s++) {
        size_t side = sides[s], grid = mobilenet_grid(side), cells = grid * grid * MOBILENET_CHANNELS;
        uint8_t *pixels = noise_bytes(N * side * side * 3);
        for (size_t count = 1; count <= 3; count++) {
            struct threads *threads = threads_new(count);
            struct arena arena = {0};
            const float *got = mobilenet_forward(net, pixels, N, side, threads, &arena);
            assert_non_null(got);
            for (size_t i = 0; i < N; i += N - 1) { /* first and last */
                struct map want = plain_forward(pixels + i * side * side * 3, side);
                assert_int_equal(want.side, grid);
                assert_int_equal(want.channels, MOBILENET_CHANNELS);
                for (size_t j = 0; j < cells; j++)
                    assert_near(got[i * cells + j], want.at[j], 2e-5);
                free(want.at);
            }
            arena_free(&arena);
            threads_free(threads);
        }
        free(pixels);
    }
    mobilenet_free(net);
    safetensors_close(plain_file);
}

static void a_model_encodes_pictures(void **state)
{
    (void)state;
    struct mmib *model = mmib_open(made_up(), 2, &err);
    if (!model)
        fail_msg("%s", err.message);
    const struct config *config = mmib_config(model);
    size_t side = config->image.image_size, grid = mmib_grid(model);
    assert_int_equal(side, 224);
    assert_int_equal(grid, 7);
    assert_int_equal(config->image.channels, MOBILENET_CHANNELS);
    uint8_t *pixels = noise_bytes(2 * side * side * 3);
    float *features, *cells;
    assert_int_equal(mmib_encode_pictures(model, pixels, 2, &features, &cells), 0);
    double spread = 0;
    for (size_t i = 0; i < 2 * MOBILENET_CHANNELS; i++) {
        double mean = 0;
        for (size_t j = 0; j < grid * grid; j++)
            mean += cells[(i / MOBILENET_CHANNELS * grid * grid + j) * MOBILENET_CHANNELS + i % MOBILENET_CHANNELS];
        assert_near(features[i], mean / (double)(grid * grid), 1e-5);
        assert_true(isfinite(features[i]) && fabsf(features[i]) < 1000);
        spread += fabs((double)features[i]);
    }
    assert_true(spread > 1); /* neither vanished nor exploded */
    free(pixels);
    mmib_close(model);
}

/* Measured features */

static char golden[4096];
static struct safetensors *golden_weights; /* NULL: there is nothing to compare */

/* The weights, when the model directory has this architecture. */
static struct safetensors *released_weights(void)
{
    char path[4200];
    const char *given = getenv("CENTERNET_MODEL");
    snprintf(path, sizeof path, "%s%s/model.safetensors", given ? given : getenv("SRCDIR"),
             given ? "" : "/model/pretrained/mini");
    struct safetensors *file = safetensors_open(path, &err);
    if (!file) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    if (given || safetensors_find(file, "image.tower_0/extern1/Conv2D_weights"))
        return file;
    safetensors_close(file);
    return NULL;
}

/* The largest |difference| in units of the tolerance, 2e-4 + 2e-4 |expected|. */
static double check_photo(const struct mobilenet *net, const char *photo, size_t side)
{
    char path[8200];
    uint8_t *text;
    struct picture picture;
    struct json_document document = {.path = path, .first_line = 1};
    struct json_value root;
    snprintf(path, sizeof path, "%s/%s_%zu.json", golden, photo, side);
    if (file_read(path, 1 << 20, &text, &document.n, &err))
        fail_msg("%s", err.message);
    document.text = (const char *)text;
    assert_int_equal(json_document_check(&document, &root, &err), 0);
    snprintf(path, sizeof path, "%s/../../data/photos/%s.jpg", golden, photo);
    if (picture_decode(path, &picture, &err))
        fail_msg("%s", err.message);
    uint8_t *pixels = malloc(side * side * 3);
    assert_non_null(pixels);
    assert_int_equal(picture_resize(&picture, NULL, side, side, pixels, &err), 0);
    struct arena arena = {0};
    struct threads *threads = threads_new(2);
    size_t grid = mobilenet_grid(side), i = 0;
    const float *cells = mobilenet_forward(net, pixels, 1, side, threads, &arena);
    float features[MOBILENET_CHANNELS];
    assert_non_null(cells);
    kernel_row_mean(cells, grid * grid, MOBILENET_CHANNELS, features);
    struct json_value pooled = json_member(root, "pooled");
    assert_int_equal(json_count_items(pooled), MOBILENET_CHANNELS);
    double worst = 0, largest = 0;
    struct json_walk walk = json_walk(pooled);
    for (struct json_value item; json_next_item(&walk, &item); i++) {
        double want = json_number(item), difference = fabs(features[i] - want);
        assert_true(isfinite(features[i]));
        worst = fmax(worst, difference / (2e-4 + 2e-4 * fabs(want)));
        largest = fmax(largest, difference);
    }
    printf("# %s at %zu: largest difference %.3g, %.3g of the tolerance\n", photo, side, largest, worst);
    arena_free(&arena);
    threads_free(threads);
    picture_free(&picture);
    free(pixels);
    free(text);
    return worst;
}

static void measured_features_hold(void **state)
{
    (void)state;
    if (!golden_weights)
        return; /* the test's name says that it is skipped */
    struct mobilenet *net = mobilenet_load(golden_weights, &err);
    if (!net)
        fail_msg("%s", err.message);
    assert_int_equal(blas_open(&err), 0);
    static const char *const photos[] = {"bus", "zidane"};
    double worst = 0;
    for (size_t i = 0; i < 2; i++) {
        worst = fmax(worst, check_photo(net, photos[i], 224));
        worst = fmax(worst, check_photo(net, photos[i], 512));
    }
    mobilenet_free(net);
    assert_true(worst <= 1);
}

/* Finds measured features and weights; returns the test's name, which says why where one of them is missing. */
static const char *find_golden(void)
{
    snprintf(golden, sizeof golden, "%s/../shared/golden/centernet", getenv("SRCDIR"));
    if (access(golden, F_OK))
        return "measured_features_hold # SKIP no measured data beside the source tree";
    golden_weights = released_weights();
    return golden_weights ? "measured_features_hold"
                          : "measured_features_hold # SKIP the bundled model has another image encoder";
}

int main(void)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(hard_functions_bend_where_they_should),
        cmocka_unit_test(rows_are_finished),
        cmocka_unit_test(vectors_pass_a_matrix),
        cmocka_unit_test(windows_are_padded_as_same),
        cmocka_unit_test(depthwise_convolutions_are_right),
        cmocka_unit_test(the_stem_reads_bytes),
        cmocka_unit_test(the_network_is_right),
        cmocka_unit_test(a_model_encodes_pictures),
        cmocka_unit_test(measured_features_hold),
    };
    tests[sizeof tests / sizeof *tests - 1].name = find_golden();
    int failed = cmocka_run_group_tests_name("mobilenet", tests, scratch_setup, scratch_teardown);
    safetensors_close(golden_weights);
    return failed;
}
