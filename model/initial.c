/* SPDX-License-Identifier: Apache-2.0 */
#include "model/initial.h"

#include "corpora/files.h"
#include "corpora/text.h"
#include "model/config.h"
#include "model/file.h"
#include "model/layout.h"
#include "model/random.h"
#include "model/safetensors.h"
#include "model/wordpiece.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { INITIAL_MARKERS = 4, INITIAL_MAX_FILE_BYTES = 1 << 28 };

/* The weights: entries without data, which are drawn while they are written. */
struct initial_weights {
    const struct config *config;
    const struct initial_options *options;
    struct safetensors_entry *entries; /* names owned */
    size_t n;
    const char *path;
    struct error *err;
    struct random random; /* of the tensor that is being written */
};

static int initial_add(const char *name, size_t rank, const size_t *shape, void *context)
{
    struct initial_weights *weights = context;
    struct safetensors_entry *grown = array_grow(weights->entries, weights->n, sizeof *grown);
    if (!grown)
        return error_memory(weights->err, weights->path);
    weights->entries = grown;
    struct safetensors_entry *entry = &grown[weights->n];
    *entry = (struct safetensors_entry){.name = strdup(name), .type = weights->options->type, .rank = rank};
    if (!entry->name)
        return error_memory(weights->err, weights->path);
    weights->n++;
    entry->bytes = tensor_type_bytes(entry->type);
    for (size_t i = 0; i < rank; i++) {
        entry->shape[i] = shape[i];
        if (__builtin_mul_overflow(entry->bytes, shape[i], &entry->bytes))
            return error_set(weights->err, ERROR_INPUT, "%s: %s: too large", weights->path, name);
    }
    return 0;
}

static bool initial_ends(const char *name, const char *ending)
{
    size_t n = strlen(name), n_ending = strlen(ending);
    return n >= n_ending && !strcmp(name + n - n_ending, ending);
}

/* A convolution in front of a ReLU keeps its input's size; the last one of a block adds to the shortcut, and is made
 * small enough that all blocks together only double it or so. */
static double initial_convolution_spread(const struct config *config, const struct safetensors_entry *entry)
{
    double spread = sqrt(2 / (double)(entry->shape[1] * entry->shape[2] * entry->shape[3]));
    size_t blocks = 0;
    for (size_t i = 0; i < 4; i++)
        blocks += config->image.depths[i];
    const char *last = config->image.layer_type == RESNET_BOTTLENECK ? ".conv3.weight" : ".conv2.weight";
    return initial_ends(entry->name, last) ? spread / sqrt((double)blocks) : spread;
}

/* Mean and standard deviation of a tensor's numbers. */
static void initial_distribution(const struct config *config, const struct safetensors_entry *entry, double *mean,
                                 double *spread)
{
    bool is_weight = initial_ends(entry->name, ".weight");
    *mean = 0;
    *spread = 0.02;
    if (initial_ends(entry->name, ".running_var") || (is_weight && entry->rank == 1)) {
        *mean = 1;
        *spread = 0;
    } else if (is_weight && entry->rank == 4) {
        *spread = initial_convolution_spread(config, entry);
    } else if (is_weight && !initial_ends(entry->name, "_embeddings.weight")) {
        *spread = 1 / sqrt((double)entry->shape[1]);
    } else if (!strncmp(entry->name, "ner.crf.", 8)) {
        *spread = 0.1;
    }
}

static int initial_produce(void *context, const struct safetensors_entry *entry, size_t offset, void *out, size_t n,
                           struct error *err)
{
    (void)err;
    struct initial_weights *weights = context;
    size_t bytes = tensor_type_bytes(entry->type);
    double mean, spread;
    if (offset == 0)
        random_seed(&weights->random, weights->options->seed, entry->name);
    initial_distribution(weights->config, entry, &mean, &spread);
    for (uint8_t *at = out, *end = at + n; at < end; at += bytes) {
        float value = (float)(mean + spread * random_normal(&weights->random));
        uint16_t half = entry->type == TENSOR_F16 ? tensor_to_f16(value) : tensor_to_bf16(value);
        memcpy(at, entry->type == TENSOR_F32 ? (void *)&value : (void *)&half, bytes);
    }
    return 0;
}

static int initial_write_weights(const struct config *config, const struct initial_options *options, const char *path,
                                 struct error *err)
{
    struct initial_weights weights = {.config = config, .options = options, .path = path, .err = err};
    int result = layout_each(config, initial_add, &weights);
    if (!result)
        result = safetensors_write(path, weights.entries, weights.n, initial_produce, &weights, err);
    for (size_t i = 0; i < weights.n; i++)
        free((char *)weights.entries[i].name);
    free(weights.entries);
    return result;
}

/* A vocabulary as it grows; pieces beyond its size are left out. */
struct initial_vocab {
    struct text text;
    size_t n, size;
};

static void initial_put_piece(struct initial_vocab *vocab, const char *prefix, const char *piece)
{
    if (vocab->n < vocab->size) {
        text_add_format(&vocab->text, "%s%s\n", prefix, piece);
        vocab->n++;
    }
}

static void initial_put_letters(struct initial_vocab *vocab, const char *prefix, const char *letters)
{
    for (; *letters; letters++)
        initial_put_piece(vocab, prefix, (char[]){*letters, 0});
}

/* The word of that number: at least two syllables, so that it is no letter; different for every number. */
static void initial_put_word(struct initial_vocab *vocab, const char *prefix, size_t number)
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
    struct initial_vocab vocab = {.size = config->text.vocab_size - (marked ? INITIAL_MARKERS : 0)};
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

static int initial_write_text(const char *path, const char *text, size_t n, struct error *err)
{
    struct file_writer file;
    if (file_writer_open(path, &file, err))
        return -1;
    fwrite(text, 1, n, file.stream); /* a failure is seen when the file is finished */
    return file_writer_finish(&file, err);
}

static int initial_copy(const char *from, const char *to, struct error *err)
{
    uint8_t *bytes;
    size_t n;
    if (file_read(from, INITIAL_MAX_FILE_BYTES, &bytes, &n, err))
        return -1;
    int result = initial_write_text(to, (const char *)bytes, n, err);
    free(bytes);
    return result;
}

static int initial_write_vocab(const struct config *config, const char *from, const char *to, struct error *err)
{
    if (from) /* checked before */
        return initial_copy(from, to, err);
    char *text = initial_made_up_vocab(config);
    int result = text ? initial_write_text(to, text, strlen(text), err) : error_memory(err, to);
    free(text);
    return result;
}

/* What can be refused is refused before anything is written. */
static int initial_check(const struct config *config, const struct initial_options *options, struct error *err)
{
    bool marked = config->re.present && config->re.representation == RELATION_MARKER;
    size_t least = 5 + (marked ? INITIAL_MARKERS : 0);
    if (config->image.architecture == IMAGE_MOBILENETV3_CENTERNET)
        return error_set(err, ERROR_INPUT, "%s: image_encoder.architecture: weights of this one cannot be made up",
                         config->path);
    if (!options->vocab && config->text.vocab_size < least)
        return error_set(err, ERROR_INPUT, "%s: text_encoder.vocab_size: a made-up vocabulary has at least %zu pieces",
                         config->path, least);
    if (!options->vocab)
        return 0;
    struct wordpiece *vocab = wordpiece_open(options->vocab, config->text.vocab_size, config->text.lowercase, err);
    wordpiece_close(vocab);
    return vocab ? 0 : -1;
}

/* Nothing of a model may be there, unless it shall be replaced. */
static int initial_make_folder(const char *folder, char *const *paths, size_t n, bool force, struct error *err)
{
    struct stat status;
    if (mkdir(folder, 0777) && errno != EEXIST)
        return error_errno(err, folder);
    for (size_t i = 0; i < n && !force; i++)
        if (!lstat(paths[i], &status))
            return error_set(err, ERROR_IO, "%s: is there already (--force replaces it)", paths[i]);
    return 0;
}

int initial_write(const char *config_path, const struct initial_options *options, const char *folder, struct error *err)
{
    static const char *const names[] = {"config.json", "vocab.txt", "model.safetensors"};
    enum { FILES = sizeof names / sizeof *names };
    char *paths[FILES] = {0};
    int result = -1;
    struct config *config = config_read(config_path, err);
    if (!config || initial_check(config, options, err))
        goto out;
    for (size_t i = 0; i < FILES; i++) {
        if (!(paths[i] = file_join(folder, names[i]))) {
            error_memory(err, folder);
            goto out;
        }
    }
    if (initial_make_folder(folder, paths, FILES, options->force, err))
        goto out;
    /* Old weights go first, so that no moment pairs them with the new config. */
    if (options->force && remove(paths[FILES - 1]) && errno != ENOENT) {
        error_errno(err, paths[FILES - 1]);
        goto out;
    }
    if (initial_copy(config_path, paths[0], err) || initial_write_vocab(config, options->vocab, paths[1], err) ||
        initial_write_weights(config, options, paths[2], err))
        goto out;
    result = 0;
out:
    for (size_t i = 0; i < FILES; i++)
        free(paths[i]);
    config_free(config);
    return result;
}
