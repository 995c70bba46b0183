/* The options of every command that trains: train, and the experiments that train many times.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_TRAIN_ARGUMENTS_H
#define MMIB_SRC_TRAIN_ARGUMENTS_H

#include "model/train.h"
#include "src/corpus-arguments.h"
#include "src/model-run.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

struct train_arguments {
    struct corpus_arguments corpus;
    struct option_texts train, dev, exclude, test; /* test: of experiments */
    const char *model, *out, *type;
    size_t threads;
    bool quiet, no_image;
    struct train_options options; /* NAN: what the model's config, or another option, says */
};

#define TRAIN_ARGUMENTS_DEFAULT                                                                                        \
    {.type = "f32",                                                                                                    \
     .options = {.epochs = 20,                                                                                         \
                 .batch = 8,                                                                                           \
                 .accumulate = 1,                                                                                      \
                 .rate = 3e-5,                                                                                         \
                 .head_rate = NAN,                                                                                     \
                 .crf_rate = 5e-2,                                                                                     \
                 .warmup = 0.05,                                                                                       \
                 .decay = 0.01,                                                                                        \
                 .clip = 1,                                                                                            \
                 .dropout = NAN,                                                                                       \
                 .beta_text = NAN,                                                                                     \
                 .beta_image = NAN,                                                                                    \
                 .refinement = true,                                                                                   \
                 .alignment = true,                                                                                    \
                 .patience = 5}}

/* Rows of an option table: what is learned from, how, what of it is drawn at random, and what surrounds it. */
#define TRAIN_OPTIONS_DATA(arguments)                                                                                  \
    MODEL_OPTION_MODEL(arguments),                                                                                     \
    {"train", 0, OPTION_LIST, "FILE", "corpora to learn from; several, and repeatable", &(arguments).train},           \
    {"dev", 0, OPTION_LIST, "FILE", "corpora that choose the best epoch; several, and repeatable",                     \
     &(arguments).dev},                                                                                                \
    {"exclude", 0, OPTION_LIST, "FILE", "leave out training posts whose text is in these corpora",                     \
     &(arguments).exclude}

#define TRAIN_OPTIONS_RATES(arguments)                                                                                 \
    {"epochs", 0, OPTION_COUNT, "N", "passes over the data at most (20)", &(arguments).options.epochs},                \
    {"batch", 0, OPTION_COUNT, "N", "posts of a batch (8)", &(arguments).options.batch},                               \
    {"accumulate", 0, OPTION_COUNT, "N", "batches of a step (1)", &(arguments).options.accumulate},                    \
    {"lr", 0, OPTION_REAL, "R", "learning rate (3e-5)", &(arguments).options.rate},                                    \
    {"head-lr", 0, OPTION_REAL, "R", "learning rate of all but the text encoder (as --lr)",                            \
     &(arguments).options.head_rate},                                                                                  \
    {"crf-lr", 0, OPTION_REAL, "R", "learning rate of the CRF (5e-2)", &(arguments).options.crf_rate},                 \
    {"warmup", 0, OPTION_REAL, "F", "share of the steps in which the rates rise (0.05)",                               \
     &(arguments).options.warmup},                                                                                     \
    {"decay", 0, OPTION_REAL, "R", "weight decay (0.01)", &(arguments).options.decay},                                 \
    {"dropout", 0, OPTION_REAL, "P", "probability of dropout (as the model's config has it)",                          \
     &(arguments).options.dropout},                                                                                    \
    {"clip", 0, OPTION_REAL, "R", "largest norm of the gradients, 0 = none (1)", &(arguments).options.clip},           \
    {"average", 0, OPTION_REAL, "R", "decay of a moving average of the weights, 0 = none (0)",                         \
     &(arguments).options.average},                                                                                    \
    {"patience", 0, OPTION_COUNT, "N", "epochs without a better score, 0 = all (5)", &(arguments).options.patience},   \
    {"freeze-text", 0, OPTION_COUNT, "N", "keep embeddings and the first N layers of the text encoder",                \
     &(arguments).options.freeze_text}

#define TRAIN_OPTIONS_BETAS(arguments)                                                                                 \
    {"beta-text", 0, OPTION_REAL, "R", "weight of the text's KL term (as the model's config has it)",                  \
     &(arguments).options.beta_text},                                                                                  \
    {"beta-image", 0, OPTION_REAL, "R", "weight of the picture's KL term (the same)",                                  \
     &(arguments).options.beta_image}

#define TRAIN_OPTIONS_CHANCE(arguments)                                                                                \
    {"lend-images", 0, OPTION_REAL, "P", "probability that a post without picture borrows one",                        \
     &(arguments).options.variation.lend_images},                                                                      \
    {"hide-images", 0, OPTION_REAL, "P", "probability that a post's picture is hidden",                                \
     &(arguments).options.variation.hide_images},                                                                      \
    {"standardise-images", 0, OPTION_FLAG, NULL, "begin with picture features of mean 0 and deviation 1",              \
     &(arguments).options.standardise},                                                                                \
    {"mask", 0, OPTION_REAL, "P", "probability that a piece is masked", &(arguments).options.variation.mask},          \
    {"type", 0, OPTION_TEXT, "f32|f16|bf16", "numbers of the weights that are written (f32)", &(arguments).type}

#define TRAIN_OPTIONS_CORPUS(arguments)                                                                                \
    CORPUS_OPTION_FROM((arguments).corpus), CORPUS_OPTION_MAP((arguments).corpus),                                     \
    CORPUS_OPTION_IMAGES((arguments).corpus), CORPUS_OPTION_BOXES((arguments).corpus),                                 \
    MODEL_OPTION_THREADS(arguments), MODEL_OPTION_QUIET(arguments)

/* Fills in what the options leave open, and checks all of them. */
int train_arguments_settle(struct train_arguments *arguments, const struct config *config, struct error *err);

#endif
