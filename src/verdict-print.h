/* The picture's verdicts and the bottleneck's effects as mmib verdict writes them: tables, JSON, a line a case.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_VERDICT_PRINT_H
#define MMIB_SRC_VERDICT_PRINT_H

#include "corpora/post.h"
#include "corpora/text.h"
#include "model/bottleneck-effect.h"
#include "model/picture-verdict-totals.h"

#include <stdbool.h>
#include <stddef.h>

struct verdict_summary {
    const char *model;
    size_t others, seed, samples; /* as asked for */
    bool has_gold_entities, has_gold_relations;
    struct picture_totals picture;
    struct bottleneck_totals filter;
};

void verdict_print_tables(struct text *out, const struct verdict_summary *summary);
void verdict_print_json(struct text *out, const struct verdict_summary *summary); /* one object, on one line */

/* A line for each decision that is not ignored or whose label changed. */
void verdict_print_cases(struct text *out, const struct post *post, const struct picture_verdict *verdict);

/* One JSON object a line for every decision. */
void verdict_print_cases_json(struct text *out, const struct post *post, const struct picture_verdict *verdict);

#endif
