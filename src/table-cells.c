/* SPDX-License-Identifier: Apache-2.0 */
#include "src/table-cells.h"

#include "corpora/json.h"

#include <math.h>

void table_cells_name(struct text *out, int width, const char *name)
{
    struct text cell = {0};
    json_put_text(&cell, name);
    int bytes = cell.failed ? 0 : (int)cell.n - 2; /* without the quotes */
    int padding = width - (cell.failed ? 0 : (int)utf8_code_points(cell.bytes) - 2);
    text_add_format(out, "%.*s%*s", bytes, cell.failed ? "" : cell.bytes + 1, padding > 0 ? padding : 0, "");
    text_free(&cell);
}

int table_cells_width(const char *name, int at_least)
{
    int n = (int)utf8_code_points(name);
    return n > at_least ? n : at_least;
}

void table_cells_real(struct text *out, double number)
{
    if (isnan(number))
        text_add_format(out, "%8s", "-");
    else
        text_add_format(out, "%8.2f", number);
}

void table_cells_percent(struct text *out, double ratio)
{
    table_cells_real(out, 100 * ratio);
}

void table_cells_member(struct text *out, const char *name, double number)
{
    json_put_name(out, name);
    if (isfinite(number))
        json_put_number(out, number);
    else
        text_add(out, "null");
}

void table_cells_member_count(struct text *out, const char *name, size_t number)
{
    json_put_name(out, name);
    json_put_whole(out, number);
}

void table_cells_count_members(struct text *out, const struct score_counts *counts)
{
    struct score_ratios ratios = score_ratios(counts);
    table_cells_member(out, "p", ratios.p);
    table_cells_member(out, "r", ratios.r);
    table_cells_member(out, "f1", ratios.f1);
    table_cells_member_count(out, "tp", counts->tp);
    table_cells_member_count(out, "fp", counts->fp);
    table_cells_member_count(out, "fn", counts->fn);
}

void table_cells_counts(struct text *out, const struct score_counts *counts)
{
    text_add_char(out, '{');
    table_cells_count_members(out, counts);
    text_add_char(out, '}');
}
