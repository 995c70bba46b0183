/* SPDX-License-Identifier: Apache-2.0 */
#include "src/subcommands.h"

#include <stddef.h>

/* In the order of --help: the work itself, then what surrounds it. */
const struct subcommand *const subcommands[] = {
    &annotate_subcommand,
    &demo_subcommand,
    &inspect_subcommand,
    &predict_subcommand,
    &detect_subcommand,
    &explain_subcommand,
    &verdict_subcommand,
    &eval_subcommand,
    &report_subcommand,
    &agree_subcommand,
    &merge_subcommand,
    &convert_subcommand,
    &replay_subcommand,
    &stats_subcommand,
    &init_subcommand,
    &import_subcommand,
    &train_subcommand,
    &ablate_subcommand,
    &sweep_subcommand,
    &tsne_subcommand,
    &bench_subcommand,
    &completion_subcommand,
    NULL,
};
