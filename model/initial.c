/* SPDX-License-Identifier: Apache-2.0 */
#include "model/initial.h"

#include "corpora/text.h"
#include "model/config.h"
#include "model/file.h"
#include "model/layout.h"
#include "model/mobilenet.h"
#include "model/model-folder.h"
#include "model/new-weights.h"
#include "model/wordpiece.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INITIAL_MARKERS = 4, INITIAL_MAX_FILE_BYTES = 1 << 28 };

static bool initial_ends(const char *name, const char *ending)
{
    size_t n = strlen(name), n_ending = strlen(ending);
    return n >= n_ending && !strcmp(name + n - n_ending, ending);
}

/* A convolution in front of a ReLU keeps its input's size; the last one of a block adds to the shortcut, and is made
 * small enough that all blocks together only double it or so. */
static double initial_convolution_spread(const struct config *config, const char *name, const size_t *shape)
{
    double spread = sqrt(2 / (double)(shape[1] * shape[2] * shape[3]));
    size_t blocks = 0;
    for (size_t i = 0; i < 4; i++)
        blocks += config->image.depths[i];
    const char *last = config->image.layer_type == RESNET_BOTTLENECK ? ".conv3.weight" : ".conv2.weight";
    return initial_ends(name, last) ? spread / sqrt((double)blocks) : spread;
}

/* The walk over the layout of a model. */
struct initial_walk {
    const struct config *config;
    struct new_weights *weights;
    struct error *err;
};

static int initial_add(const char *name, size_t rank, const size_t *shape, void *context)
{
    struct initial_walk *walk = context;
    bool is_weight = initial_ends(name, ".weight");
    double mean = 0, spread = 0.02;
    bool is_graph = walk->config->image.architecture == IMAGE_MOBILENETV3_CENTERNET && !strncmp(name, "image.", 6);
    if (is_graph) {
        mobilenet_distribution(name, rank, shape, &mean, &spread);
    } else if (initial_ends(name, ".running_var") || (is_weight && rank == 1)) {
        mean = 1;
        spread = 0;
    } else if (is_weight && rank == 4) {
        spread = initial_convolution_spread(walk->config, name, shape);
    } else if (is_weight && !initial_ends(name, "_embeddings.weight")) {
        spread = 1 / sqrt((double)shape[1]);
    } else if (!strncmp(name, "ner.crf.", 8)) {
        spread = 0.1;
    }
    return new_weights_draw(walk->weights, name, rank, shape, mean, spread, walk->err);
}

/* A vocabulary as it grows; pieces beyond its size are left out. */
struct initial_pieces {
    struct text text;
    size_t n, size;
};

static void initial_put_piece(struct initial_pieces *vocab, const char *prefix, const char *piece)
{
    if (vocab->n < vocab->size) {
        text_add_format(&vocab->text, "%s%s\n", prefix, piece);
        vocab->n++;
    }
}

static void initial_put_letters(struct initial_pieces *vocab, const char *prefix, const char *letters)
{
    for (; *letters; letters++)
        initial_put_piece(vocab, prefix, (char[]){*letters, 0});
}

/* The word of that number: at least two syllables, so that it is no letter; different for every number. */
static void initial_put_word(struct initial_pieces *vocab, const char *prefix, size_t number)
{
    static const char consonants[] = "bcdfghjklmnprstvz", vowels[] = "aeiou";
    enum { SYLLABLES = (sizeof consonants - 1) * (sizeof vowels - 1) };
    char word[32];
    size_t at = 0;
    for (size_t least = 2; at / 2 < least || number; number /= SYLLABLES) {
        word[at++] = consonants[number % SYLLABLES % (sizeof consonants - 1)];
        word[at++] = vowels[number % SYLLABLES / (sizeof consonants - 1)];
    }
    word[at] = 0;
    initial_put_piece(vocab, prefix, word);
}

static char *initial_made_up_vocab(const struct config *config)
{
    static const char *const special[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    static const char *const markers[INITIAL_MARKERS] = {"<s>", "</s>", "<o>", "</o>"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz", digits[] = "0123456789";
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    bool marked = config->re.present && config->re.representation == RELATION_MARKER;
    struct initial_pieces vocab = {.size = config->text.vocab_size - (marked ? INITIAL_MARKERS : 0)};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        initial_put_piece(&vocab, "", special[i]);
    initial_put_letters(&vocab, "", letters);
    initial_put_letters(&vocab, "", digits);
    initial_put_letters(&vocab, "", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
    initial_put_letters(&vocab, "##", letters);
    initial_put_letters(&vocab, "##", digits);
    if (!config->text.lowercase) {
        initial_put_letters(&vocab, "", capitals);
        initial_put_letters(&vocab, "##", capitals);
    }
    for (size_t i = 0; vocab.n < vocab.size; i++)
        initial_put_word(&vocab, i % 2 ? "##" : "", i / 2);
    vocab.size = config->text.vocab_size;
    for (size_t i = 0; marked && i < INITIAL_MARKERS; i++)
        initial_put_piece(&vocab, "", markers[i]);
    return text_take(&vocab.text);
}

/* What can be refused is refused before anything is written. */
static int initial_check(const struct config *config, const struct initial_options *options, struct error *err)
{
    bool marked = config->re.present && config->re.representation == RELATION_MARKER;
    size_t least = 5 + (marked ? INITIAL_MARKERS : 0);
    if (!options->vocab && config->text.vocab_size < least)
        return error_set(err, ERROR_INPUT, "%s: text_encoder.vocab_size: a made-up vocabulary has at least %zu pieces",
                         config->path, least);
    if (!options->vocab)
        return 0;
    struct wordpiece *vocab = wordpiece_open(options->vocab, config->text.vocab_size, config->text.lowercase, err);
    wordpiece_close(vocab);
    return vocab ? 0 : -1;
}

/* The vocabulary that is given (and was checked before), or a made-up one; for the caller to free. */
static int initial_vocab(const struct config *config, const char *given, uint8_t **out, size_t *n, struct error *err)
{
    if (given)
        return file_read(given, INITIAL_MAX_FILE_BYTES, out, n, err);
    char *text = initial_made_up_vocab(config);
    *out = (uint8_t *)text;
    *n = text ? strlen(text) : 0;
    return text ? 0 : error_memory(err, config->path);
}

int initial_write(const char *config_path, const struct initial_options *options, const char *path, struct error *err)
{
    struct model_folder folder = {0};
    struct new_weights weights = {.seed = options->seed, .type = options->type};
    uint8_t *config_text = NULL, *vocab = NULL;
    size_t n_config, n_vocab;
    int result = -1;
    struct config *config = config_read(config_path, err);
    if (!config || initial_check(config, options, err) || model_folder_name(path, &folder, err) ||
        file_read(config_path, INITIAL_MAX_FILE_BYTES, &config_text, &n_config, err) ||
        initial_vocab(config, options->vocab, &vocab, &n_vocab, err))
        goto out;
    struct initial_walk walk = {config, &weights, err};
    weights.path = folder.weights;
    if (layout_each(config, initial_add, &walk))
        goto out;
    result = model_folder_write(&folder, (struct model_folder_text){config_text, n_config},
                                (struct model_folder_text){vocab, n_vocab}, &weights, options->force, err);
out:
    new_weights_free(&weights);
    free(vocab);
    free(config_text);
    model_folder_free(&folder);
    config_free(config);
    return result;
}
