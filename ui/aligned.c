/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/aligned.h"

#include "ui/text-cells.h"

#include <stdlib.h>
#include <string.h>

static int aligned_by_start(const void *a, const void *b)
{
    const struct aligned_label *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end < y->end) - (x->end > y->end);
}

void aligned_sort(struct aligned_row *row)
{
    if (row->n)
        qsort(row->labels, row->n, sizeof *row->labels, aligned_by_start);
}

/* Columns that a row needs before and behind a word. */
static size_t aligned_before(const struct aligned_row *row, size_t token)
{
    size_t columns = 0;
    for (size_t i = 0; i < row->n; i++)
        columns += row->labels[i].start == token;
    return columns;
}

static size_t aligned_behind(const struct aligned_row *row, size_t token)
{
    size_t columns = 0;
    for (size_t i = 0; i < row->n; i++)
        if (row->labels[i].end == token + 1)
            columns += 1 + text_cells_width(row->labels[i].tag, strlen(row->labels[i].tag));
    return columns;
}

int aligned_make(char *const *tokens, size_t n_tokens, const struct aligned_row *rows, size_t n_rows, size_t columns,
                 struct aligned *out, struct error *err)
{
    *out = (struct aligned){.n_tokens = n_tokens, .places = calloc(n_tokens + 1, sizeof *out->places)};
    if (!out->places)
        return error_memory(err, "aligned labels");
    size_t line = 0, x = 0;
    for (size_t t = 0; t < n_tokens; t++) {
        size_t before = 0, behind = 0, width = text_cells_width(tokens[t], strlen(tokens[t]));
        for (size_t r = 0; r < n_rows; r++) {
            size_t first = aligned_before(&rows[r], t), last = aligned_behind(&rows[r], t);
            before = first > before ? first : before;
            behind = last > behind ? last : behind;
        }
        width = width ? width : 1;
        if (x && x + before + width + behind > columns) {
            line++;
            x = 0;
        }
        out->places[t] = (struct aligned_place){line, x + before, width};
        x += before + width + behind + 1;
    }
    out->n_lines = n_tokens ? line + 1 : 0;
    return 0;
}

void aligned_free(struct aligned *aligned)
{
    free(aligned->places);
    *aligned = (struct aligned){0};
}

void aligned_line(const struct aligned *aligned, size_t line, size_t *start_out, size_t *end_out)
{
    size_t start = 0;
    while (start < aligned->n_tokens && aligned->places[start].line < line)
        start++;
    size_t end = start;
    while (end < aligned->n_tokens && aligned->places[end].line == line)
        end++;
    *start_out = start;
    *end_out = end;
}

bool aligned_has(const struct aligned *aligned, const struct aligned_row *row, size_t line)
{
    size_t start, end;
    aligned_line(aligned, line, &start, &end);
    for (size_t i = 0; i < row->n; i++)
        if (row->labels[i].start < end && row->labels[i].end > start)
            return true;
    return false;
}
