/* Options that the commands which train many times share, and the checks of what must be given.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EXPERIMENT_OPTIONS_H
#define MMIB_SRC_EXPERIMENT_OPTIONS_H

#include "src/number-list.h"
#include "src/train-arguments.h"

struct experiment_options {
    const char *seeds; /* as given */
    bool keep, json;
    size_t n_seeds;
    size_t each_seed[NUMBER_LIST_MAX]; /* [n_seeds] */
};

#define EXPERIMENT_OPTIONS(arguments, options)                                                                         \
    {"test", 0, OPTION_LIST, "FILE", "corpora that are scored in the end (without it, those of --dev)",                \
     &(arguments).test},                                                                                               \
    {"out", 0, OPTION_TEXT, "DIR", "folder of the runs and of what they come to", &(arguments).out},                   \
    {"seeds", 0, OPTION_TEXT, "LIST", "each way is trained with each of these seeds (1,2,3)", &(options).seeds},       \
    {"keep", 0, OPTION_FLAG, NULL, "keep the trained models in --out", &(options).keep},                               \
    {"json", 0, OPTION_FLAG, NULL, "print one JSON object, ratios as fractions", &(options).json}

/* Is everything there that must be? Reads the list of seeds. */
int experiment_options_check(const struct train_arguments *arguments, struct experiment_options *options,
                             struct error *err);

#endif
