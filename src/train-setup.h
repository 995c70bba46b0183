/* What training needs before its first step: corpora, the model's config and words, features of pictures, and what
 * there is to learn. Says on stderr what was left out, and why.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_TRAIN_SETUP_H
#define MMIB_SRC_TRAIN_SETUP_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "model/train.h"
#include "src/progress.h"
#include "src/train-arguments.h"

#include <stdbool.h>
#include <stddef.h>

/* A corpus with its pictures' numbers. */
struct train_corpus {
    struct corpus *corpus;
    size_t *pictures; /* [n_posts] */
};

struct train_setup {
    const struct train_arguments *arguments;
    const char *command; /* for messages */
    char *directory;     /* of the model that it begins with */
    struct mmib *model;  /* that one */
    struct train_corpus train[OPTION_REPEAT_MAX], dev[OPTION_REPEAT_MAX], test[OPTION_REPEAT_MAX];
    struct evaluation_set sets[OPTION_REPEAT_MAX]; /* of dev */
    const char *names[OPTION_REPEAT_MAX];          /* the same */
    struct features_store *features;               /* of train and dev */
    struct training_data data;
    struct progress progress; /* of the pictures */
    bool encoding;            /* it has begun */
};

/* Zeroed, then in this order; train_setup_free in any case. Arguments live as long. Each returns 0 or -1. */
int train_setup_directory(struct train_setup *setup, struct error *err);
int train_setup_read(struct train_setup *setup, struct error *err); /* the corpora */

/* The model was opened, and the arguments settled: are there labels to choose an epoch by? */
int train_setup_check(struct train_setup *setup, struct error *err);

/* The features of train and dev. 0, 1 (stopped by a signal) or -1. */
int train_setup_encode(struct train_setup *setup, struct error *err);
int train_setup_learn(struct train_setup *setup, struct error *err); /* fills data and sets */

/* A store of its own with the pictures of corpora [n], for what must leave the training as it is. As above; what was
 * made in *out is to be freed also after a failure. */
int train_setup_encode_others(struct train_setup *setup, struct train_corpus *corpora, size_t n,
                              struct features_store **out, struct error *err);
void train_setup_free(struct train_setup *setup);

#endif
