/* The tables of the overview: numbers of an inspection in rows and columns, each a door to the cases that it counts.
 *
 * Knows nothing of windows: the view draws what stands here, the session walks over it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_INSPECT_TABLES_H
#define MMIB_UI_INSPECT_TABLES_H

#include "corpora/error.h"
#include "ui/inspection.h"

#include <stdbool.h>
#include <stddef.h>

enum inspect_table_id { TABLE_CLASSES, TABLE_MATRIX, TABLE_BUCKETS, TABLE_FOUND, INSPECT_TABLES };

struct inspect_cell {
    char text[16];
    bool door;    /* Enter goes to the cases of filter */
    double shade; /* 0..1: how much it stands out; a matrix's share of its row */
    struct inspection_filter filter;
};

struct inspect_row {
    char *label;
    bool heading;     /* of the rows below: it has no numbers */
    bool indented;
    const char *type; /* the label is this entity type; NULL = it is none */
    char *name;       /* of which the label is a part, and a matrix's column of that number too; NULL = the label */
};

struct inspect_table {
    const char *title;
    const char *corner; /* above the labels; "" = nothing */
    size_t n_columns, n_rows;
    char **columns;             /* [n_columns] their heads */
    struct inspect_row *rows;   /* [n_rows] */
    struct inspect_cell *cells; /* [n_rows, n_columns] */
};

struct inspect_tables {
    struct inspect_table each[INSPECT_TABLES];
    bool compares;
    struct inspection_difference difference; /* B - A, where they are compared */
    struct ledger ledger;                    /* of the one system, where they are not */
};

/* Of the inspection as it stands: its system, level and what is left out. *out is freed with inspect_tables_free; on
 * failure it owns nothing. */
int inspect_tables_make(const struct inspection *inspection, struct inspect_tables *out, struct error *err);
void inspect_tables_free(struct inspect_tables *tables);

struct inspect_cell *inspect_cell(const struct inspect_table *table, size_t row, size_t column);

#endif
