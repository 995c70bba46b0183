/* The MMIB model: opening a model directory, and the forward pass over a ragged batch of posts.
 *
 * "Enhancing Multimodal Entity and Relation Extraction With Variational Information Bottleneck" (Cui et al., TASLP 2024);
 * equation numbers are the paper's. d is the text encoder's hidden size, C the channels of the picture's features.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_MMIB_H
#define MMIB_MODEL_MMIB_H

#include "corpora/error.h"
#include "model/arena.h"
#include "model/config.h"
#include "model/crf.h"
#include "model/tagset.h"
#include "model/threads.h"
#include "model/wordpiece.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct features_cache;
struct mmib;
struct parameters;

/* Opens config.json, vocab.txt and model.safetensors of a directory and checks that they agree. threads 0 = one a core; they
 * inherit the priority of the calling thread. NULL with "FILE: reason". */
struct mmib *mmib_open(const char *directory, size_t threads, struct error *err);

/* The same for training: mmib_parameters gives the weights, which may be changed between passes. */
struct mmib *mmib_open_trainable(const char *directory, size_t threads, struct error *err);
void mmib_close(struct mmib *model);

const struct config *mmib_config(const struct mmib *model);

/* SHA-256 of config, vocabulary and weights, 64 hex digits: stands as "model" with accepted labels. Computed at the first
 * call. NULL when a file cannot be read any more. */
const char *mmib_hash(struct mmib *model);

/* Directory's last name, for the screen. */
const char *mmib_name(const struct mmib *model);

const struct wordpiece *mmib_wordpiece(const struct mmib *model);
const struct tagset *mmib_tagset(const struct mmib *model); /* of the entity head; n_labels 0 without one */
const struct crf *mmib_crf(const struct mmib *model);       /* the same */
struct parameters *mmib_parameters(struct mmib *model); /* NULL where opened for inference */
struct threads *mmib_threads(struct mmib *model);
struct arena *mmib_arena(struct mmib *model); /* memory of the batch that runs; whoever starts a batch resets it */
struct features_cache *mmib_cache(struct mmib *model);
size_t mmib_grid(const struct mmib *model);   /* feature-map cells a side; 0 without an image encoder */

/* Milliseconds spent in each stage since mmib_open. */
struct mmib_times {
    double prepare; /* WordPiece, decoding and resizing */
    double picture; /* image encoder */
    double text;    /* text encoder */
    double fusion;  /* variational encoding, fusion, consistency */
    double heads;   /* emissions, CRF, relations, contributions */
};
struct mmib_times *mmib_times(struct mmib *model);

/* pixels [n, image_size, image_size, 3], bytes -> features [n, C] (means over cells) and cells [n, grid, grid, C], both from
 * the arena. -1 when memory is out. */
int mmib_encode_pictures(struct mmib *model, const uint8_t *pixels, size_t n, float **features_out, float **cells_out);

struct mmib_item {
    const int32_t *piece_ids; /* [n_pieces] */
    size_t n_pieces;
    const float *features; /* [n_images, C]; NULL = zeros */
    size_t n_images;       /* the whole picture and its crops; 1 without a picture */
};

/* Every stage of a batch, rows of all posts concatenated; from the arena. */
struct mmib_states {
    size_t n;
    size_t *text_offsets, *image_offsets; /* [n + 1] */
    float *text_hidden, *text_mean, *text_logvar, *text_z;     /* [text rows, d] (eq. 6-9); z is the mean */
    float *image_hidden, *image_mean, *image_logvar, *image_z; /* [image rows, d] */
    float *fused_image, *fused_text;                 /* B [image rows, d], C [text rows, d] (eq. 16-17) */
    float *emissions;                                /* [text rows, labels]; NULL without an entity head */
    float *consistency;                              /* [n, consistency_size] (eq. 26) */
    size_t consistency_size;                         /* 1 or d */
};

/* Ids must be below vocab_size, n_pieces at most max_position_embeddings. `cancelled` is asked between stages.
 * 0, 1 (cancelled) or -1 (memory is out). */
int mmib_forward(struct mmib *model, const struct mmib_item *items, size_t n, bool (*cancelled)(void *context),
                 void *context, struct mmib_states *out);

/* Fusion and the entity head (eq. 16-18) from any z: states has n, offsets, text_z and image_z; fused_image, fused_text and,
 * where there is an entity head, emissions are made. -1 when memory is out. */
int mmib_fuse(struct mmib *model, struct mmib_states *states);

/* The image side alone, for other pictures beside a text that went through: image_offsets, image_hidden, image_mean and image_z
 * of states are made from the items' features (their pieces are not looked at). -1 when memory is out. */
int mmib_encode_images(struct mmib *model, const struct mmib_item *items, size_t n, struct mmib_states *states);

/* Relation probabilities (eq. 19) of pairs [n, 2 d] (head and tail representations): out [n, labels] from the arena, NULL
 * when memory is out. */
float *mmib_classify(struct mmib *model, const float *pairs, size_t n);

/* The part of the projection that one feature-map cell of a picture's contribution needs: out[i] = (W^T s)_i and *bias =
 * b . s for a direction s [d]; out [C]. */
void mmib_project_back(const struct mmib *model, const float *s, float *out, double *bias);

#endif
