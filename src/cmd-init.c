/* mmib init: a new model.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/files.h"
#include "model/config.h"
#include "model/initial.h"
#include "src/corpus-arguments.h"
#include "src/subcommands.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    size_t seed;
    const char *config, *vocab, *out, *dtype;
    bool force;
} init = {.seed = SIZE_MAX, .dtype = "f32"};

static int init_usage(const char *what)
{
    fprintf(stderr, "mmib: init: %s (see 'mmib init --help')\n", what);
    return ERROR_USAGE;
}

static int init_run(int n_arguments, char **arguments)
{
    static const struct {
        const char *name;
        enum tensor_type type;
    } types[] = {{"f32", TENSOR_F32}, {"f16", TENSOR_F16}, {"bf16", TENSOR_BF16}};
    (void)n_arguments;
    (void)arguments;
    struct initial_options options = {.seed = init.seed, .vocab = init.vocab, .force = init.force};
    if (init.seed == SIZE_MAX)
        return init_usage("--random SEED is missing");
    if (!init.config || !init.out)
        return init_usage(init.config ? "--out DIR is missing" : "--config FILE is missing");
    size_t i = 0;
    while (i < sizeof types / sizeof *types && strcmp(types[i].name, init.dtype))
        i++;
    if (i == sizeof types / sizeof *types)
        return init_usage("--dtype is f32, f16 or bf16");
    options.type = types[i].type;
    struct error err;
    return initial_write(init.config, &options, init.out, &err) ? report_error(&err) : 0;
}

static const struct option_spec init_options[] = {
    {"random", 0, OPTION_COUNT, "SEED", "random weights; the same seed makes the same model", &init.seed},
    {"config", 0, OPTION_TEXT, "FILE", "config.json of the model to make", &init.config},
    {"vocab", 0, OPTION_TEXT, "FILE", "vocabulary to take, a piece a line (default: made up)", &init.vocab},
    {"out", 'o', OPTION_TEXT, "DIR", "folder of the new model", &init.out},
    {"dtype", 0, OPTION_TEXT, "TYPE", "f32 (default), f16 or bf16", &init.dtype},
    {"force", 0, OPTION_FLAG, NULL, "replace a model that is there", &init.force},
    {0},
};

const struct subcommand init_subcommand = {
    .name = "init",
    .usage = "",
    .summary = "make a model of any size with random weights",
    .details = "The model knows nothing: it is for timing, and for tests.",
    .options = init_options,
    .max_arguments = 0,
    .run = init_run,
};
