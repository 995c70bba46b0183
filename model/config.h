/* A model's config.json: sizes, choices and label lists. Every member is checked on reading.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_CONFIG_H
#define MMIB_MODEL_CONFIG_H

#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>

enum image_architecture { IMAGE_NONE, IMAGE_RESNET, IMAGE_MOBILENETV3_CENTERNET };
enum resnet_layer_type { RESNET_BASIC, RESNET_BOTTLENECK };
enum picture_preprocess { PREPROCESS_SQUASH, PREPROCESS_RESIZE_CROP };
enum pooling { POOLING_MEAN, POOLING_FIRST };
enum discriminator_kind { DISCRIMINATOR_MLP, DISCRIMINATOR_LINEAR };
enum tagging { TAGGING_WORD, TAGGING_SUBWORD };
enum relation_representation { RELATION_SPAN_MEAN, RELATION_MARKER };

struct config {
    struct {
        size_t vocab_size, hidden_size, num_hidden_layers, num_attention_heads, intermediate_size,
            max_position_embeddings, type_vocab_size;
        size_t max_pieces; /* counts [CLS] and [SEP]; default 128, at most max_position_embeddings */
        double layer_norm_eps;
        bool lowercase;
    } text;
    struct {
        enum image_architecture architecture;
        enum resnet_layer_type layer_type;
        size_t embedding_size;  /* channels of the stem */
        size_t hidden_sizes[4]; /* channels out of each stage */
        size_t depths[4];
        size_t image_size; /* pixels, square */
        enum picture_preprocess preprocess;
        size_t resize; /* shorter side before the crop (resize-crop) */
        double mean[3], std[3];
        size_t channels; /* C of the features: derived (last hidden size; 480 for MobileNetV3; 0 for none) */
    } image;
    struct {
        size_t heads;
        size_t ffn_size; /* 0: one linear layer */
        size_t max_objects;
        double dropout, beta_text, beta_image;
        enum pooling pooling;
        enum discriminator_kind discriminator;
    } mmib;
    struct {
        bool present;
        char **labels;
        size_t n_labels;
        enum tagging tagging;
    } ner;
    struct {
        bool present;
        char **labels;
        size_t n_labels;
        enum relation_representation representation;
    } re;
    char *path; /* for messages */
};

/* ERROR_INPUT with "FILE: member: reason" for anything missing, of the wrong type, out of range or contradictory
 * (heads that do not divide hidden_size, labels that are no BIO scheme under "word" tagging, ...). */
struct config *config_read(const char *path, struct error *err);

/* The same for a text that stands, or is to stand, in the file path. */
struct config *config_parse(const char *text, size_t n, const char *path, struct error *err);
void config_free(struct config *config);

#endif
