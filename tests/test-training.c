/* What a model is given to learn: labels, pairs, cuts, order, pictures and masks.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "model/evaluation.h"
#include "model/features-store.h"
#include "model/initial.h"
#include "model/standardise.h"
#include "model/training-batch.h"
#include "model/training-data.h"
#include "model/training-plan.h"
#include "tests/picture-maker.h"
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

/* Ids are places in this list. */
enum { UNK = 1, CLS, SEP, MASK, ROB, LIVES, IN, PARIS, PLAY, ING, MARKERS, PIECES = MARKERS + 4, MAX_PIECES = 9 };
static const char vocabulary[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nrob\nlives\nin\nparis\nplay\n##ing\n<s>\n</s>\n<o>\n</o>\n";

static const char word[] = "\"ner\": {\"labels\": [\"O\", \"B-PER\", \"I-PER\", \"B-LOC\", \"I-LOC\"], \"tagging\": \"word\"}";
static const char subword[] = "\"ner\": {\"labels\": [\"[PAD]\", \"O\", \"B-PER\", \"I-PER\", \"B-LOC\", \"I-LOC\", \"X\", "
    "\"[CLS]\", \"[SEP]\"], \"tagging\": \"subword\"}";
static const char both[] = "\"ner\": {\"labels\": [\"O\", \"B-PER\", \"I-PER\", \"B-LOC\", \"I-LOC\"], \"tagging\": \"word\"}, "
    "\"re\": {\"labels\": [\"None\", \"lives\"], \"representation\": \"span-mean\"}";
static const char marked[] = "\"re\": {\"labels\": [\"None\", \"lives\"], \"representation\": \"marker\"}";

static struct mmib *open_model(const char *tasks)
{
    char config[2048];
    static int number;
    char name[32];
    snprintf(config, sizeof config,
             "{\"format\": \"mmib\", \"version\": 1, \"text_encoder\": {\"architecture\": \"bert\", \"vocab_size\": %d, "
             "\"hidden_size\": 8, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"intermediate_size\": 16, "
             "\"max_position_embeddings\": 40, \"max_pieces\": %d, \"type_vocab_size\": 2, \"layer_norm_eps\": 1e-12, "
             "\"lowercase\": true}, \"image_encoder\": {\"architecture\": \"resnet\", \"layer_type\": \"basic\", "
             "\"embedding_size\": 4, \"hidden_sizes\": [4, 4, 8, 8], \"depths\": [1, 1, 1, 1], \"image_size\": 32, "
             "\"preprocess\": \"squash\", \"mean\": [0, 0, 0], \"std\": [1, 1, 1]}, \"mmib\": {\"heads\": 2, \"ffn_size\": 16, "
             "\"max_objects\": 2, \"pooling\": \"mean\", \"discriminator\": \"mlp\"}, \"tasks\": {%s}}\n",
             PIECES, MAX_PIECES, tasks);
    const struct initial_options options = {.seed = 3,
                                            .vocab = scratch_write("vocabulary", vocabulary, sizeof vocabulary - 1),
                                            .type = TENSOR_F32};
    snprintf(name, sizeof name, "model-%d", number++);
    const char *folder = scratch_path(name);
    if (initial_write(scratch_write("config", config, strlen(config)), &options, folder, &err))
        fail_msg("%s", err.message);
    struct mmib *model = mmib_open(folder, 1, &err);
    if (!model)
        fail_msg("%s", err.message);
    return model;
}

static struct corpus *read_posts(const char *posts)
{
    char text[4096];
    struct corpus *corpus;
    int n = snprintf(text, sizeof text, "{\"format\": \"mmib-corpus\", \"version\": 1, \"images\": \".\", \"posts\": [%s]}\n", posts);
    assert_true(n > 0 && (size_t)n < sizeof text);
    if (corpus_read(scratch_write("corpus.json", text, (size_t)n), NULL, &corpus, &err))
        fail_msg("%s", err.message);
    return corpus;
}

static int add(struct training_data *data, const struct mmib *model, const char *posts)
{
    size_t pictures[16];
    struct corpus *corpus = read_posts(posts);
    for (size_t i = 0; i < 16; i++)
        pictures[i] = SIZE_MAX;
    *data = (struct training_data){0};
    int result = training_data_add(data, model, corpus, pictures, &err);
    corpus_free(corpus);
    return result;
}

#define TOKENS "\"tokens\": [\"Rob\", \"playing\", \"in\", \"Paris\", \"playing\"]"
#define PER "{\"id\": \"e1\", \"start\": 0, \"end\": 2, \"type\": \"PER\"}"
#define LOC "{\"id\": \"e2\", \"start\": 3, \"end\": 4, \"type\": \"LOC\"}"
#define LATE "{\"id\": \"e3\", \"start\": 4, \"end\": 5, \"type\": \"LOC\"}"
static const char one_post[] = "{\"id\": \"p\", " TOKENS ", \"entities\": [" PER ", " LOC ", " LATE "]}";

/* [CLS] rob play ##ing in paris play ##ing [SEP]: nine pieces, all there is room for. */
static void assert_pieces(const struct training_post *post)
{
    static const int32_t ids[] = {CLS, ROB, PLAY, ING, IN, PARIS, PLAY, ING, SEP};
    assert_int_equal(post->n_pieces, MAX_PIECES);
    assert_memory_equal(post->piece_ids, ids, sizeof ids);
}

static void words_are_labelled_by_their_first_piece(void **state)
{
    (void)state;
    static const size_t rows[] = {1, 2, 4, 5, 6};
    static const int32_t labels[] = {1, 2, 0, 3, 3};
    struct training_data data;
    struct mmib *model = open_model(word);
    assert_int_equal(add(&data, model, one_post), 0);
    assert_int_equal(data.n_posts[TRAINING_NER], 1);
    assert_int_equal(data.n_posts[TRAINING_RE], 0);
    const struct training_post *post = data.posts[TRAINING_NER];
    assert_pieces(post);
    assert_int_equal(post->n_rows, 5);
    assert_memory_equal(post->rows, rows, sizeof rows);
    assert_memory_equal(post->labels, labels, sizeof labels);
    assert_int_equal(data.cut_tokens, 0);
    training_data_free(&data);

    /* An entity that overlaps, and words behind the limit of pieces. */
    assert_int_equal(add(&data, model, "{\"id\": \"p\", \"tokens\": [\"rob\", \"rob\", \"rob\", \"rob\", \"rob\", \"rob\", \"playing\", "
                                       "\"paris\", \"in\"], \"entities\": [{\"id\": \"e1\", \"start\": 5, \"end\": 9, \"type\": \"LOC\"}, "
                                       "{\"id\": \"e2\", \"start\": 4, \"end\": 6, \"type\": \"PER\"}]}"), 0);
    post = data.posts[TRAINING_NER];
    assert_int_equal(post->n_pieces, MAX_PIECES);
    assert_int_equal(post->n_rows, 7); /* of the word that is cut in its middle, the first piece is there */
    assert_int_equal(post->labels[4], 0);
    assert_int_equal(post->labels[5], 3);
    assert_int_equal(post->labels[6], 4);
    assert_int_equal(data.overlaps, 1);
    assert_int_equal(data.cut_tokens, 2);
    assert_int_equal(data.cut_posts, 1);
    training_data_free(&data);
    mmib_close(model);
}

static void subwords_are_labelled_all(void **state)
{
    (void)state;
    static const int32_t labels[] = {7, 2, 3, 6, 1, 4, 4, 6, 8};
    struct training_data data;
    struct mmib *model = open_model(subword);
    assert_int_equal(add(&data, model, one_post), 0);
    const struct training_post *post = data.posts[TRAINING_NER];
    assert_pieces(post);
    assert_int_equal(post->n_rows, MAX_PIECES);
    assert_memory_equal(post->labels, labels, sizeof labels);
    for (size_t i = 0; i < MAX_PIECES; i++)
        assert_int_equal(post->rows[i], i);
    training_data_free(&data);
    mmib_close(model);
}

#define RELATIONS                                                                                                      \
    "\"relations\": [{\"id\": \"r1\", \"head\": \"e1\", \"tail\": \"e2\", \"type\": \"lives\"}, "                      \
    "{\"id\": \"r2\", \"head\": \"e2\", \"tail\": \"e1\", \"type\": \"None\"}, "                                       \
    "{\"id\": \"r3\", \"head\": \"e1\", \"tail\": \"e3\", \"type\": \"lives\"}]"

static void pairs_have_their_rows(void **state)
{
    (void)state;
    struct training_data data;
    struct mmib *model = open_model(both);
    assert_int_equal(add(&data, model, "{\"id\": \"p\", \"tokens\": [\"Rob\", \"playing\", \"in\", \"Paris\", \"playing\", \"paris\"], "
                                       "\"entities\": [" PER ", " LOC ", {\"id\": \"e3\", \"start\": 5, \"end\": 6, \"type\": \"LOC\"}], "
                                       RELATIONS "}"), 0);
    assert_int_equal(data.n_posts[TRAINING_NER], 1);
    assert_int_equal(data.n_posts[TRAINING_RE], 1);
    assert_int_equal(data.cut_pairs, 1);
    assert_int_equal(data.n_pairs, 2);
    const struct training_pair *pairs = data.posts[TRAINING_RE]->pairs;
    static const size_t head[2] = {1, 4}, tail[2] = {5, 6};
    assert_memory_equal(pairs[0].head, head, sizeof head);
    assert_memory_equal(pairs[0].tail, tail, sizeof tail);
    assert_int_equal(pairs[0].label, 1);
    assert_memory_equal(pairs[1].head, tail, sizeof tail);
    assert_memory_equal(pairs[1].tail, head, sizeof head);
    assert_int_equal(pairs[1].label, 0);
    training_data_free(&data);
    mmib_close(model);
}

static void marked_pairs_are_posts_of_their_own(void **state)
{
    (void)state;
    static const int32_t first[] = {CLS, MARKERS, ROB, PLAY, ING, MARKERS + 1, IN, MARKERS + 2, SEP};
    struct training_data data;
    struct mmib *model = open_model(marked);
    assert_int_equal(add(&data, model, "{\"id\": \"p\", " TOKENS ", \"entities\": [" PER ", " LOC ", " LATE "], " RELATIONS "}"), 0);
    assert_int_equal(data.n_posts[TRAINING_NER], 0);
    assert_int_equal(data.n_posts[TRAINING_RE], 2); /* of the third pair the tail's marker is cut */
    assert_int_equal(data.cut_pairs, 1);
    const struct training_post *post = data.posts[TRAINING_RE];
    assert_int_equal(post->n_pieces, MAX_PIECES);
    assert_memory_equal(post->piece_ids, first, sizeof first);
    assert_int_equal(post->n_pairs, 1);
    assert_int_equal(post->pairs->head[0], 1);
    assert_int_equal(post->pairs->head[1], 2);
    assert_int_equal(post->pairs->tail[0], 7);
    assert_int_equal(post->pairs->label, 1);
    training_data_free(&data);
    mmib_close(model);
}

static void what_the_model_lacks_is_named(void **state)
{
    (void)state;
    struct training_data data;
    struct mmib *model = open_model(both);
    static const char *const posts[] = {
        "{\"id\": \"p7\", " TOKENS ", \"entities\": [{\"id\": \"e1\", \"start\": 0, \"end\": 1, \"type\": \"ORG\"}]}",
        "{\"id\": \"p7\", " TOKENS ", \"entities\": [" PER ", " LOC "], \"relations\": "
        "[{\"id\": \"r1\", \"head\": \"e1\", \"tail\": \"e2\", \"type\": \"works\"}]}"};
    static const char *const messages[] = {"post p7: the model has no entity type ORG (--map", "post p7: the model has no relation works"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(add(&data, model, posts[i]), -1);
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_non_null(strstr(err.message, "corpus.json: "));
        assert_non_null(strstr(err.message, messages[i]));
        training_data_free(&data);
    }
    mmib_close(model);
}

static void given_entities_are_not_learned(void **state)
{
    (void)state;
    struct training_data data;
    struct mmib *model = open_model(both);
    assert_int_equal(add(&data, model, "{\"id\": \"p\", " TOKENS ", \"entities\": [" PER ", {\"id\": \"e2\", \"start\": 3, \"end\": 4, "
                                       "\"type\": null}], \"relations\": [{\"id\": \"r\", \"head\": \"e1\", \"tail\": \"e2\", "
                                       "\"type\": \"None\"}]}, {\"id\": \"q\", " TOKENS ", \"entities\": [" PER "]}"), 0);
    assert_int_equal(data.n_posts[TRAINING_NER], 0);
    assert_int_equal(data.n_posts[TRAINING_RE], 1);
    training_data_free(&data);
    mmib_close(model);
}

static void known_texts_are_left_out(void **state)
{
    (void)state;
    struct digest_set texts = {0};
    struct corpus *known = read_posts("{\"id\": \"a\", \"tokens\": [\"x\", \"y\"]}, {\"id\": \"b\", \"tokens\": [\"z\"]}");
    assert_int_equal(training_data_remember(&texts, known, &err), 0);
    struct corpus *corpus = read_posts("{\"id\": \"1\", \"tokens\": [\"xy\"]}, {\"id\": \"2\", \"tokens\": [\"z\"]}, {\"id\": \"3\", \"tokens\": [\"x\"]}, "
                                       "{\"id\": \"4\", \"tokens\": [\"x\", \"y\"]}, {\"id\": \"5\", \"tokens\": [\"z\"]}");
    assert_int_equal(training_data_exclude(corpus, &texts), 3);
    assert_int_equal(corpus->n_posts, 2);
    assert_string_equal(corpus->posts[0].id, "1");
    assert_string_equal(corpus->posts[1].id, "3");
    corpus_free(known);
    corpus_free(corpus);
    digest_set_free(&texts);
}

static void a_post_sent_once_more_is_known(void **state)
{
    (void)state;
    struct digest_set texts = {0};
    struct corpus *known = read_posts("{\"id\": \"a\", \"tokens\": [\"Big\", \"\\u00c9clair\", \"http://t.co/a\"]}");
    assert_int_equal(training_data_remember(&texts, known, &err), 0);
    struct corpus *corpus = read_posts("{\"id\": \"1\", \"tokens\": [\"BIG\", \"\\u00e9clair\"]}, "
                                       "{\"id\": \"2\", \"tokens\": [\"https://t.co/b\", \"big\", \"\\u00c9CLAIR\"]}, "
                                       "{\"id\": \"3\", \"tokens\": [\"big\", \"eclair\"]}, "
                                       "{\"id\": \"4\", \"tokens\": [\"big\", \"\\u00e9clair\", \"http\"]}");
    assert_int_equal(training_data_exclude(corpus, &texts), 2);
    assert_string_equal(corpus->posts[0].id, "3");
    assert_string_equal(corpus->posts[1].id, "4");
    corpus_free(known);
    corpus_free(corpus);
    digest_set_free(&texts);
}

/* Every post once an epoch, tasks spread evenly, and the same from any step on. */
static void epochs_are_complete(void **state)
{
    (void)state;
    enum { NER = 23, RE = 50, POSTS = 4, STEPS = 6 + 13, EPOCHS = 3 };
    struct training_plan plan, again;
    static const size_t n_posts[] = {NER, RE};
    assert_int_equal(training_plan_make(n_posts, POSTS, 9, &plan), 0);
    assert_int_equal(plan.epoch_steps, STEPS);
    size_t firsts[EPOCHS] = {0};
    for (size_t epoch = 0; epoch < EPOCHS; epoch++) {
        unsigned seen[TRAINING_TASKS][RE] = {{0}};
        size_t run = 0;
        for (size_t s = 0; s < STEPS; s++) {
            struct training_plan_step step = training_plan_at(&plan, epoch * STEPS + s);
            assert_int_equal(step.epoch, epoch);
            assert_true(step.n >= 1 && step.n <= POSTS);
            for (size_t i = 0; i < step.n; i++)
                seen[step.task][step.posts[i]]++;
            run = step.task == TRAINING_RE ? run + 1 : 0;
            assert_true(run <= 3);
            firsts[epoch] = s ? firsts[epoch] : step.posts[0];
        }
        for (size_t i = 0; i < RE; i++) {
            assert_int_equal(seen[TRAINING_NER][i], i < NER);
            assert_int_equal(seen[TRAINING_RE][i], 1);
        }
    }
    assert_false(firsts[0] == firsts[1] && firsts[1] == firsts[2]);
    assert_int_equal(training_plan_make(n_posts, POSTS, 9, &again), 0);
    struct training_plan_step a = training_plan_at(&plan, 30), b = training_plan_at(&again, 30);
    assert_int_equal(a.task, b.task);
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.posts, b.posts, a.n * sizeof *a.posts);
    training_plan_free(&plan);
    training_plan_free(&again);
}

static unsigned ramp(uint32_t x, uint32_t y, unsigned c)
{
    return (x * 7 + y * 3 + c * 40) % 256;
}

static void write_picture(const char *name, uint32_t width)
{
    struct made_picture picture =
        made_png(&(struct png_recipe){.width = width, .height = 20, .depth = 8, .colour = PNG_COLOR_TYPE_RGB, .sample = ramp});
    scratch_write(name, picture.bytes, picture.n);
    free(picture.bytes);
}

#define OBJECT "\"objects\": [{\"id\": \"o1\", \"box\": [2, 2, 12, 12]}]"
#define PICTURES(first)                                                                                                \
    "{\"id\": \"a\", " TOKENS ", \"image\": \"" first "\"}, {\"id\": \"b\", " TOKENS ", \"image\": \"same.png\"}, "    \
    "{\"id\": \"c\", " TOKENS ", \"image\": \"same.png\", " OBJECT "}, {\"id\": \"d\", " TOKENS "}, "                  \
    "{\"id\": \"e\", " TOKENS ", \"image\": \"absent.png\"}"
enum { PICTURE_POSTS = 5 };

static const char *model_folder(void)
{
    return scratch_path("model-0"); /* the first that this program made; all have the same image encoder */
}

static void pictures_are_encoded_once(void **state)
{
    (void)state;
    static const struct features_store_events events = {0};
    size_t pictures[PICTURE_POSTS], missing;
    float kept[2][8];
    struct mmib *model = open_model(word);
    const char *folder = scratch_path("kept/features");
    write_picture("one.png", 30);
    write_picture("same.png", 30);
    struct corpus *corpus = read_posts(PICTURES("one.png"));
    for (size_t run = 0; run < 2; run++) {
        struct features_store *store = features_store_new(model, model_folder(), folder, &err);
        assert_non_null(store);
        assert_int_equal(features_store_add(store, corpus, pictures, &missing, &err), 0);
        assert_int_equal(missing, 1);
        assert_int_equal(features_store_count(store), 2);
        assert_true(pictures[0] == 0 && pictures[1] == 0 && pictures[2] == 1);
        assert_true(pictures[3] == SIZE_MAX && pictures[4] == SIZE_MAX);
        if (run) /* the second time the pictures are not looked at: they come from the file */
            assert_int_equal(unlink(scratch_path("one.png")) + unlink(scratch_path("same.png")), 0);
        assert_int_equal(features_store_fill(store, &events, &err), 0);
        assert_null(features_store_problem(store));
        struct features whole = features_store_get(store, 0), crop = features_store_get(store, 1);
        assert_int_equal(whole.n_images, 1);
        assert_int_equal(crop.n_images, 2);
        assert_memory_equal(whole.features, crop.features, sizeof kept[0]);
        assert_true(memcmp(whole.features, crop.features + 8, sizeof kept[0]));
        if (run)
            assert_memory_equal(kept, crop.features, sizeof kept);
        memcpy(kept, crop.features, sizeof kept);
        assert_null(features_store_get(store, SIZE_MAX).features);
        features_store_free(store);
    }
    corpus_free(corpus);
    mmib_close(model);
}

static const struct parameter *parameter_of(const struct parameters *parameters, const char *name)
{
    for (size_t i = 0; i < parameters->n; i++)
        if (!strcmp(parameters->each[i].name, name))
            return &parameters->each[i];
    fail_msg("no %s", name);
    return NULL;
}

static void features_are_standardised_by_the_projection(void **state)
{
    (void)state;
    enum { CHANNELS = 8, ROWS = 4 };
    static const struct features_store_events events = {0};
    size_t pictures[PICTURE_POSTS], missing;
    struct mmib *model = mmib_open_trainable(model_folder(), 1, &err);
    struct parameters *parameters = mmib_parameters(model);
    write_picture("one.png", 30);
    write_picture("same.png", 34);
    struct corpus *corpus = read_posts(PICTURES("one.png"));
    struct features_store *store = features_store_new(model, model_folder(), NULL, &err);
    assert_int_equal(features_store_add(store, corpus, pictures, &missing, &err), 0);
    assert_int_equal(features_store_fill(store, &events, &err), 0);
    assert_int_equal(features_store_count(store), 3);
    const float *crops = features_store_get(store, 2).features;
    const float *rows[ROWS] = {features_store_get(store, 0).features, features_store_get(store, 1).features, crops,
                               crops + CHANNELS};
    const struct parameter *w = parameter_of(parameters, "image_projection.weight");
    const struct parameter *b = parameter_of(parameters, "image_projection.bias");
    float old_w[64 * CHANNELS], old_b[64];
    assert_true(b->count <= 64 && w->count == b->count * CHANNELS);
    memcpy(old_w, parameters->values + w->offset, w->count * sizeof *old_w);
    memcpy(old_b, parameters->values + b->offset, b->count * sizeof *old_b);
    assert_int_equal(standardise_projection(parameters, store, CHANNELS, &err), 0);
    double typical = 0, mean[CHANNELS] = {0}, variance[CHANNELS] = {0};
    for (size_t c = 0; c < CHANNELS; c++) {
        for (size_t r = 0; r < ROWS; r++)
            mean[c] += rows[r][c] / (double)ROWS;
        for (size_t r = 0; r < ROWS; r++)
            variance[c] += (rows[r][c] - mean[c]) * (rows[r][c] - mean[c]) / ROWS;
        typical += variance[c] / CHANNELS;
    }
    assert_true(typical > 0);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t o = 0; o < b->count; o++) {
            double want = old_b[o], got = parameters->values[b->offset + o], size = fabs(got);
            for (size_t c = 0; c < CHANNELS; c++) {
                want += old_w[o * CHANNELS + c] * (rows[r][c] - mean[c]) / sqrt(fmax(variance[c], 1e-3 * typical));
                double term = (double)parameters->values[w->offset + o * CHANNELS + c] * rows[r][c];
                got += term;
                size += fabs(term);
            }
            assert_true(fabs(want - got) < 1e-6 * size);
        }
    features_store_free(store);
    corpus_free(corpus);
    mmib_close(model);
}

static void bad_pictures_are_named(void **state)
{
    (void)state;
    static const struct features_store_events events = {0};
    size_t pictures[PICTURE_POSTS], missing;
    struct mmib *model = open_model(word);
    write_picture("same.png", 30);
    scratch_write("bad.png", "\x89PNG\r\n\x1a\n????", 12);
    struct corpus *corpus = read_posts(PICTURES("bad.png"));
    struct features_store *store = features_store_new(model, model_folder(), NULL, &err);
    assert_int_equal(features_store_add(store, corpus, pictures, &missing, &err), 0);
    assert_int_equal(features_store_fill(store, &events, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.message, "corpus.json: post a: "));
    assert_non_null(strstr(err.message, "bad.png"));
    features_store_free(store);
    corpus_free(corpus);
    mmib_close(model);
}

static void epochs_vary(void **state)
{
    (void)state;
    static const struct features_store_events events = {0};
    static const size_t posts[] = {0, 3, 2};
    size_t pictures[PICTURE_POSTS], missing;
    struct training_data data = {0};
    struct training_batch batch;
    struct mmib *model = open_model(both);
    write_picture("one.png", 25);
    write_picture("same.png", 30);
    struct corpus *corpus = read_posts(PICTURES("one.png"));
    struct features_store *store = features_store_new(model, model_folder(), NULL, &err);
    assert_int_equal(features_store_add(store, corpus, pictures, &missing, &err), 0);
    assert_int_equal(features_store_fill(store, &events, &err), 0);
    assert_int_equal(training_data_add(&data, model, corpus, pictures, &err), 0);
    assert_int_equal(data.n_pictures, 3);

    struct training_variation variation = {.seed = 1};
    assert_int_equal(training_batch_make(model, &data, store, &variation, 3, &batch, &err), 0);
    training_batch_fill(&batch, TRAINING_NER, 0, posts, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_memory_equal(batch.items[i].input.piece_ids, data.posts[TRAINING_NER][posts[i]].piece_ids, MAX_PIECES * 4);
        assert_ptr_equal(batch.items[i].labels, data.posts[TRAINING_NER][posts[i]].labels);
        assert_ptr_equal(batch.items[i].input.features, features_store_get(store, pictures[posts[i]]).features);
        assert_int_equal(batch.items[i].input.n_images, i == 2 ? 2 : 1);
    }
    training_batch_free(&batch);

    variation = (struct training_variation){.seed = 1, .lend_images = 1, .hide_images = 1, .mask = 1};
    assert_int_equal(training_batch_make(model, &data, store, &variation, 3, &batch, &err), 0);
    training_batch_fill(&batch, TRAINING_NER, 0, posts, 3);
    assert_null(batch.items[0].input.features);
    assert_non_null(batch.items[1].input.features);
    assert_int_equal(batch.items[2].input.n_images, 1);
    for (size_t i = 0; i < MAX_PIECES; i++)
        assert_int_equal(batch.items[0].input.piece_ids[i], i == 0 ? CLS : i + 1 == MAX_PIECES ? SEP : MASK);
    training_batch_free(&batch);

    /* One half: each epoch is another one, and comes again as it was. */
    variation = (struct training_variation){.seed = 1, .lend_images = 0.5, .hide_images = 0.5, .mask = 0.5};
    assert_int_equal(training_batch_make(model, &data, store, &variation, 1, &batch, &err), 0);
    size_t lent = 0, masked = 0, epochs = 200;
    for (size_t epoch = 0; epoch < epochs; epoch++) {
        int32_t ids[MAX_PIECES];
        training_batch_fill(&batch, TRAINING_NER, epoch, &posts[1], 1);
        const float *features = batch.items->input.features;
        memcpy(ids, batch.items->input.piece_ids, sizeof ids);
        lent += features != NULL;
        for (size_t i = 0; i < MAX_PIECES; i++)
            masked += ids[i] == MASK;
        training_batch_fill(&batch, TRAINING_NER, epoch + 1, &posts[1], 1);
        training_batch_fill(&batch, TRAINING_NER, epoch, &posts[1], 1);
        assert_ptr_equal(features, batch.items->input.features);
        assert_memory_equal(ids, batch.items->input.piece_ids, sizeof ids);
    }
    assert_in_range(lent, 70, 130);
    assert_in_range(masked, 7 * 85, 7 * 115);
    training_batch_free(&batch);
    training_data_free(&data);
    features_store_free(store);
    corpus_free(corpus);
    mmib_close(model);
}

static void markers_are_not_masked(void **state)
{
    (void)state;
    static const int32_t ids[] = {CLS, MARKERS, MASK, MASK, MASK, MARKERS + 1, MASK, MARKERS + 2, SEP};
    static const size_t first = 0;
    const struct training_variation variation = {.mask = 1};
    struct training_data data;
    struct training_batch batch;
    struct mmib *model = open_model(marked);
    struct features_store *store = features_store_new(model, model_folder(), NULL, &err);
    assert_int_equal(add(&data, model, "{\"id\": \"p\", " TOKENS ", \"entities\": [" PER ", " LOC ", " LATE "], " RELATIONS "}"), 0);
    assert_int_equal(training_batch_make(model, &data, store, &variation, 1, &batch, &err), 0);
    training_batch_fill(&batch, TRAINING_RE, 0, &first, 1);
    assert_memory_equal(batch.items->input.piece_ids, ids, sizeof ids);
    training_batch_free(&batch);
    training_data_free(&data);
    features_store_free(store);
    mmib_close(model);
}

static void scores_are_averaged(void **state)
{
    (void)state;
    const struct evaluation_score scores[] = {{.ner = 0.5, .re = NAN}, {.ner = NAN, .re = 0.8}, {.ner = 0.2, .re = 0.1}};
    assert_true(fabs(evaluation_mean(scores, 3) - 0.4) < 1e-12);
    assert_true(fabs(evaluation_mean(scores, 1) - 0.5) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_labelled_by_their_first_piece), cmocka_unit_test(subwords_are_labelled_all),
        cmocka_unit_test(pairs_have_their_rows), cmocka_unit_test(marked_pairs_are_posts_of_their_own),
        cmocka_unit_test(what_the_model_lacks_is_named), cmocka_unit_test(given_entities_are_not_learned),
        cmocka_unit_test(known_texts_are_left_out),
        cmocka_unit_test(a_post_sent_once_more_is_known), cmocka_unit_test(epochs_are_complete),
        cmocka_unit_test(pictures_are_encoded_once),
        cmocka_unit_test(features_are_standardised_by_the_projection), cmocka_unit_test(bad_pictures_are_named),
        cmocka_unit_test(epochs_vary), cmocka_unit_test(markers_are_not_masked),
        cmocka_unit_test(scores_are_averaged),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
