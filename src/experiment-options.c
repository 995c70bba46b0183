/* SPDX-License-Identifier: Apache-2.0 */
#include "src/experiment-options.h"

int experiment_options_check(const struct train_arguments *arguments, struct experiment_options *options,
                             struct error *err)
{
    double seeds[NUMBER_LIST_MAX];
    const char *missing = !arguments->train.n                      ? "train FILE"
                          : !arguments->dev.n                      ? "dev FILE"
                          : !arguments->out || !*arguments->out    ? "out DIR"
                                                                   : NULL;
    if (missing)
        return error_set(err, ERROR_USAGE, "--%s is missing", missing);
    if (number_list_parse("seeds", options->seeds, 1e9, true, seeds, &options->n_seeds, err))
        return -1;
    for (size_t i = 0; i < options->n_seeds; i++)
        options->each_seed[i] = (size_t)seeds[i];
    return 0;
}
