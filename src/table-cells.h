/* Cells of the tables that commands print, and members of their JSON.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_TABLE_CELLS_H
#define MMIB_SRC_TABLE_CELLS_H

#include "corpora/score.h"
#include "corpora/text.h"

#include <stddef.h>

/* A name out of a file, padded to a width in code points; control characters are shown as escapes. */
void table_cells_name(struct text *out, int width, const char *name);
int table_cells_width(const char *name, int at_least); /* the larger of both */

/* Eight cells wide: a ratio in per cent, a number; "-" where it is NAN. */
void table_cells_percent(struct text *out, double ratio);
void table_cells_real(struct text *out, double number);

/* ", "name": number", null where it is not finite. */
void table_cells_member(struct text *out, const char *name, double number);
void table_cells_member_count(struct text *out, const char *name, size_t number);

/* {"p", "r", "f1", "tp", "fp", "fn"}, and those members alone. */
void table_cells_counts(struct text *out, const struct score_counts *counts);
void table_cells_count_members(struct text *out, const struct score_counts *counts);

#endif
