/* The subcommands: each stands in its own cmd-NAME.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_SUBCOMMANDS_H
#define MMIB_SRC_SUBCOMMANDS_H

#include "src/options.h"

extern const struct subcommand ablate_subcommand;
extern const struct subcommand agree_subcommand;
extern const struct subcommand annotate_subcommand;
extern const struct subcommand bench_subcommand;
extern const struct subcommand completion_subcommand;
extern const struct subcommand convert_subcommand;
extern const struct subcommand demo_subcommand;
extern const struct subcommand detect_subcommand;
extern const struct subcommand eval_subcommand;
extern const struct subcommand explain_subcommand;
extern const struct subcommand import_subcommand;
extern const struct subcommand init_subcommand;
extern const struct subcommand inspect_subcommand;
extern const struct subcommand merge_subcommand;
extern const struct subcommand predict_subcommand;
extern const struct subcommand replay_subcommand;
extern const struct subcommand report_subcommand;
extern const struct subcommand stats_subcommand;
extern const struct subcommand sweep_subcommand;
extern const struct subcommand train_subcommand;
extern const struct subcommand tsne_subcommand;
extern const struct subcommand verdict_subcommand;

extern const struct subcommand *const subcommands[]; /* ends with NULL */

#endif
