/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/inspect-tables.h"

#include "corpora/buckets.h"
#include "corpora/text.h"
#include "model/picture-verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Tables in general ---- */

struct inspect_cell *inspect_cell(const struct inspect_table *table, size_t row, size_t column)
{
    return &table->cells[row * table->n_columns + column];
}

static void table_free(struct inspect_table *table)
{
    for (size_t i = 0; table->columns && i < table->n_columns; i++)
        free(table->columns[i]);
    for (size_t i = 0; table->rows && i < table->n_rows; i++) {
        free(table->rows[i].label);
        free(table->rows[i].name);
    }
    free(table->columns);
    free(table->rows);
    free(table->cells);
    *table = (struct inspect_table){0};
}

void inspect_tables_free(struct inspect_tables *tables)
{
    for (size_t i = 0; i < INSPECT_TABLES; i++)
        table_free(&tables->each[i]);
    ledger_free(&tables->ledger);
}

static int table_begin(struct inspect_table *table, const char *title, const char *const *columns, size_t n_columns,
                       size_t rows_most)
{
    table->title = title;
    table->corner = "";
    table->columns = calloc(n_columns + 1, sizeof *table->columns);
    table->rows = calloc(rows_most + 1, sizeof *table->rows);
    table->cells = calloc((rows_most + 1) * (n_columns + 1), sizeof *table->cells);
    if (!table->columns || !table->rows || !table->cells)
        return -1;
    table->n_columns = n_columns;
    for (size_t i = 0; i < n_columns; i++)
        if (text_copy(columns[i], &table->columns[i]))
            return -1;
    return 0;
}

/* A new row; its cells are empty. NULL: memory is out. */
static struct inspect_row *table_row(struct inspect_table *table, const char *label)
{
    struct inspect_row *row = &table->rows[table->n_rows];
    if (text_copy(label, &row->label))
        return NULL;
    for (size_t i = 0; i < table->n_columns; i++)
        inspection_filter_clear(&inspect_cell(table, table->n_rows, i)->filter);
    table->n_rows++;
    return row;
}

static int table_heading(struct inspect_table *table, const char *label)
{
    struct inspect_row *row = table_row(table, label);
    if (row)
        row->heading = true;
    return row ? 0 : -1;
}

/* The cell of the last row. */
static struct inspect_cell *table_last(struct inspect_table *table, size_t column)
{
    return inspect_cell(table, table->n_rows - 1, column);
}

/* Where there is nothing behind it, it is no door. */
static struct inspect_cell *table_count(struct inspect_table *table, size_t column, size_t n)
{
    struct inspect_cell *cell = table_last(table, column);
    snprintf(cell->text, sizeof cell->text, "%zu", n);
    cell->door = n > 0;
    return cell;
}

/* A number with one figure behind the point, of n cases; "-" where it is none. */
static struct inspect_cell *table_number(struct inspect_table *table, size_t column, double value, size_t n)
{
    struct inspect_cell *cell = table_last(table, column);
    if (isnan(value))
        snprintf(cell->text, sizeof cell->text, "-");
    else
        snprintf(cell->text, sizeof cell->text, "%.1f", value);
    cell->door = n > 0;
    return cell;
}

static double percent_f1(const struct score_counts *counts)
{
    return 100 * score_ratios(counts).f1;
}

static const struct cases *shown_cases(const struct inspection *inspection)
{
    return inspection->systems[inspection->system].cases;
}

/* ---- Classes ---- */

static int class_row(struct inspect_table *table, const struct cases_total *total, bool relation, int class)
{
    const struct cases_tally *tally = &total->classes[class];
    bool right = class == 0;
    double points = right ? NAN : cases_points(total, &tally->counts);
    if (!table_row(table, taxonomy_class_name(relation, class)))
        return -1;
    for (size_t i = 0; i < 2; i++) {
        struct inspect_cell *cell = i ? table_number(table, i, points, tally->n) : table_count(table, i, tally->n);
        cell->filter.class = class;
        if (i && right) {
            cell->text[0] = '\0';
            cell->door = false;
        }
    }
    size_t n_kinds = 0;
    for (int kind = TAXONOMY_KIND_NONE + 1; !relation && kind < TAXONOMY_KINDS; kind++)
        n_kinds += total->kinds[class][kind];
    for (int kind = TAXONOMY_KIND_NONE + 1; n_kinds && kind < TAXONOMY_KINDS; kind++) {
        if (!total->kinds[class][kind])
            continue;
        struct inspect_row *row = table_row(table, taxonomy_kind_name(kind));
        if (!row)
            return -1;
        row->indented = true;
        struct inspect_cell *cell = table_count(table, 0, total->kinds[class][kind]);
        cell->filter.class = class;
        cell->filter.kind = kind;
    }
    return 0;
}

static int make_classes(const struct inspection *inspection, struct inspect_table *table)
{
    static const char *const columns[] = {"cases", "points"};
    bool relation = inspection->of_relations;
    const struct cases_total *total = &shown_cases(inspection)->totals[inspection_level(inspection)];
    size_t n = taxonomy_n_classes(relation), n_errors = 0;
    if (table_begin(table, "classes", columns, 2, 2 + n + n * TAXONOMY_KINDS))
        return -1;
    for (size_t i = 1; i < n; i++)
        n_errors += total->classes[i].n;
    if (!table_row(table, "all errors"))
        return -1;
    table_count(table, 0, n_errors);
    table_number(table, 1, cases_points(total, &total->counts), n_errors);
    for (size_t i = 1; i <= n; i++) /* what is right comes last */
        if (class_row(table, total, relation, (int)(i % n)))
            return -1;
    return 0;
}

/* Who of two is right, by class. */
static int make_rights(const struct inspection *inspection, struct inspect_table *table)
{
    static const char *const columns[] = {"A only", "B only", "neither", "both"};
    static const enum inspection_right rights[] = {RIGHT_A, RIGHT_B, RIGHT_NEITHER, RIGHT_BOTH};
    size_t counts[TAXONOMY_CLASSES_MAX][RIGHTS], sums[RIGHTS] = {0};
    bool relation = inspection->of_relations;
    size_t n = taxonomy_n_classes(relation);
    inspection_count_rights(inspection, counts);
    if (table_begin(table, "who is right", columns, 4, n + 1))
        return -1;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < RIGHTS; k++)
            sums[k] += counts[i][k];
    for (size_t i = 0; i <= n; i++) {
        if (!table_row(table, i ? taxonomy_class_name(relation, (int)(i % n)) : "all"))
            return -1;
        for (size_t k = 0; k < 4; k++) {
            size_t count = i ? counts[i % n][rights[k]] : sums[rights[k]];
            struct inspect_cell *cell = table_count(table, k, count);
            cell->filter.right = (int)rights[k];
            cell->filter.all = true;
            if (i)
                cell->filter.class = (int)(i % n);
            if (!count)
                snprintf(cell->text, sizeof cell->text, "·");
        }
    }
    return 0;
}

/* ---- Confusions ---- */

/* The last part of a relation's name. */
static const char *short_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash && slash[1] ? slash + 1 : name;
}

static int make_matrix(const struct inspection *inspection, struct inspect_table *table)
{
    enum cases_level level = inspection_level(inspection);
    const struct cases *cases = shown_cases(inspection);
    const struct cases_total *total = &cases->totals[level];
    size_t *places = NULL, *matrix = NULL, n = 0, size = total->n_names + 1;
    const char **columns = NULL;
    struct error err;
    int code = cases_sorted_names(cases, level, &places, &n, &err) || cases_matrix(cases, level, &matrix, &err) ||
               !(columns = calloc(n + 1, sizeof *columns));
    for (size_t i = 0; !code && i <= n; i++)
        columns[i] = i < n ? short_name(total->names[places[i]]->name) : "none";
    if (!code)
        code = table_begin(table, "confusions", columns, n + 1, n + 1);
    table->corner = inspection->system ? "gold \\ B" : "gold \\ A";
    for (size_t i = 0; !code && i <= n; i++) {
        size_t gold = i < n ? places[i] : total->n_names, sum = 0;
        struct inspect_row *row = table_row(table, columns[i]);
        if (!row) {
            code = -1;
            break;
        }
        row->type = i < n && level == CASES_ENTITIES ? total->names[gold]->name : NULL;
        if (i < n && text_copy(total->names[gold]->name, &row->name)) {
            code = -1;
            break;
        }
        for (size_t k = 0; k <= n; k++)
            sum += matrix[gold * size + (k < n ? places[k] : total->n_names)];
        for (size_t k = 0; k <= n; k++) {
            size_t predicted = k < n ? places[k] : total->n_names, count = matrix[gold * size + predicted];
            struct inspect_cell *cell = table_count(table, k, count);
            cell->door &= i < n || k < n;
            cell->shade = sum && i != k ? (double)count / (double)sum : 0;
            cell->filter.has_cell = true;
            cell->filter.all = true;
            cell->filter.cell[0] = i < n ? gold : CASES_NONE;
            cell->filter.cell[1] = k < n ? predicted : CASES_NONE;
            if (i == n && k == n)
                cell->text[0] = '\0';
            else if (!count)
                snprintf(cell->text, sizeof cell->text, "·");
        }
    }
    free(places);
    free(matrix);
    free(columns);
    return code ? -1 : 0;
}

/* A's classes by B's. */
static int make_pairs(const struct inspection *inspection, struct inspect_table *table)
{
    static const char *const entities[TAXONOMY_CLASSES + 1] = {"correct", "type",  "bound.", "b.+type", "split",
                                                               "merge",   "missed", "spur.",  "nothing"};
    static const char *const relations[TAXONOMY_RELATION_CLASSES + 1] = {"correct", "type",   "dir.",  "sign.",
                                                                         "arg.",    "missed", "spur.", "nothing"};
    struct inspection_pairs pairs;
    size_t n = taxonomy_n_classes(inspection->of_relations);
    inspection_count_pairs(inspection, &pairs);
    if (table_begin(table, "A by B", inspection->of_relations ? relations : entities, n + 1, n + 1))
        return -1;
    table->corner = "A \\ B";
    for (size_t i = 0; i <= n; i++) {
        if (!table_row(table, i < n ? taxonomy_class_name(inspection->of_relations, (int)i) : "nothing"))
            return -1;
        for (size_t k = 0; k <= n; k++) {
            size_t count = pairs.counts[i < n ? i : TAXONOMY_CLASSES_MAX][k < n ? k : TAXONOMY_CLASSES_MAX];
            struct inspect_cell *cell = table_count(table, k, count);
            cell->filter.has_pair = cell->filter.all = true;
            cell->filter.pair[0] = i < n ? (int)i : -1;
            cell->filter.pair[1] = k < n ? (int)k : -1;
            if (!count)
                snprintf(cell->text, sizeof cell->text, i == n && k == n ? "" : "·");
        }
    }
    return 0;
}

/* ---- Buckets ---- */

static int bucket_rows(struct inspect_table *table, enum bucket_attribute attribute,
                       const size_t counts[BUCKET_VALUES_MAX], const struct buckets *of, size_t n_of)
{
    size_t n_values = bucket_n_values(attribute), n = 0;
    for (size_t i = 0; i < n_values; i++)
        n += counts[i];
    if (!n)
        return 0;
    if (table_heading(table, bucket_attribute_title(attribute)))
        return -1;
    for (size_t i = 0; i < n_values; i++) {
        if (!counts[i])
            continue;
        struct inspect_row *row = table_row(table, bucket_value_name(attribute, (int)i));
        if (!row)
            return -1;
        row->indented = true;
        for (size_t k = 0; k <= n_of; k++) {
            /* Behind the F1 are the errors; behind those of two, what both are about. */
            const struct cases_tally *tally = &of[k ? k - 1 : 0].rows[attribute][i];
            size_t n_errors = tally->counts.fp + tally->counts.fn;
            struct inspect_cell *cell =
                k ? table_number(table, k, percent_f1(&tally->counts), n_of > 1 ? 0 : n_errors)
                  : table_count(table, k, counts[i]);
            cell->filter.attribute = (int)attribute;
            cell->filter.bucket = (int)i;
            cell->filter.all = k == 0;
        }
    }
    return 0;
}

static int make_buckets(const struct inspection *inspection, struct inspect_table *table)
{
    static const char *const one[] = {"cases", "F1"}, *const two[] = {"cases", "F1 A", "F1 B"};
    bool compares = inspection_compares(inspection);
    size_t n_of = compares ? 2 : 1;
    size_t counts[BUCKET_ATTRIBUTES][BUCKET_VALUES_MAX];
    struct buckets *of = calloc(n_of, sizeof *of);
    int code = !of || table_begin(table, "buckets", compares ? two : one, 1 + n_of,
                                  BUCKET_ATTRIBUTES * (1 + BUCKET_VALUES_MAX))
                   ? -1
                   : 0;
    for (size_t i = 0; !code && i < n_of; i++)
        inspection_fill_buckets(inspection, compares ? i : inspection->system, &of[i]);
    inspection_count_buckets(inspection, counts);
    for (int i = 0; !code && i < BUCKET_ATTRIBUTES; i++)
        code = bucket_rows(table, (enum bucket_attribute)i, counts[i], of, n_of);
    free(of);
    return code;
}

/* ---- What was found out about the cases ---- */

static int found_row(struct inspect_table *table, const char *label, size_t n)
{
    struct inspect_row *row = table_row(table, label);
    if (!row)
        return -1;
    row->indented = true;
    table_count(table, 0, n);
    return 0;
}

/* The gap to 100, and whose it is, where one system is looked at and something is known of that. */
static int ledger_rows(const struct inspection *inspection, const struct ledger *ledger, struct inspect_table *table)
{
    static const char *const names[] = {"the model's", "gold's", "gold's, corrected", "open"};
    const struct ledger_part *part = &ledger->parts[inspection->of_relations];
    if (inspection_compares(inspection))
        return 0;
    int code = 0;
    if (part->all.n && (ledger_is_judged(ledger) || ledger->n_changed)) {
        code = table_heading(table, "points to 100, published") || found_row(table, "all", part->all.n);
        if (!code)
            table_number(table, 0, ledger_gap(part), 0);
        for (int i = 0; i < LEDGER_ENTRIES && !code; i++) {
            code = found_row(table, names[i], 0);
            if (!code)
                table_number(table, 0, ledger_points(part, part->all.halves[i]), 0);
        }
    }
    return code;
}

static int make_found(const struct inspection *inspection, const struct ledger *ledger, struct inspect_table *table)
{
    static const char *const columns[] = {"cases"};
    static const char *const filtered[] = {"not examined", "no difference", "saved by it", "lost by it"};
    struct inspection_found found;
    inspection_count_found(inspection, &found);
    if (table_begin(table, "judged", columns, 1, 30) || table_heading(table, "people say: wrong is"))
        return -1;
    for (int i = 0; i <= INSPECTION_ANSWERS; i++) {
        static const char *const answers[] = {"the model", "gold", "both", "unsure", "not said yet"};
        if (found_row(table, answers[i], found.answers[i]))
            return -1;
        table_last(table, 0)->filter.answer = i;
    }
    if (ledger_rows(inspection, ledger, table))
        return -1;
    if (table_heading(table, "the picture"))
        return -1;
    for (int i = 1; i <= PICTURE_ANSWERS; i++) {
        int answer = i % PICTURE_ANSWERS; /* those that are not judged last */
        if (found_row(table, answer ? picture_answer_name((enum picture_answer)answer) : "no picture, not yet",
                      found.pictures[answer]))
            return -1;
        table_last(table, 0)->filter.picture = answer;
        table_last(table, 0)->filter.all = true;
        if (i == PICTURE_ANSWERS)
            break;
    }
    if (table_heading(table, "the bottleneck"))
        return -1;
    for (int i = 1; i <= INSPECTION_FILTERED; i++) {
        int which = i % INSPECTION_FILTERED;
        if (found_row(table, filtered[which], found.filtered[which]))
            return -1;
        table_last(table, 0)->filter.filtered = which;
        table_last(table, 0)->filter.all = true;
    }
    return 0;
}

int inspect_tables_make(const struct inspection *inspection, struct inspect_tables *out, struct error *err)
{
    bool compares = inspection_compares(inspection);
    *out = (struct inspect_tables){.compares = compares};
    struct inspect_table *each = out->each;
    if (compares ? inspection_compare(inspection, &out->difference, err)
                 : inspection_ledger(inspection, inspection->system, &out->ledger, err)) {
        inspect_tables_free(out);
        return -1;
    }
    if ((compares ? make_rights : make_classes)(inspection, &each[TABLE_CLASSES]) ||
        (compares ? make_pairs : make_matrix)(inspection, &each[TABLE_MATRIX]) ||
        make_buckets(inspection, &each[TABLE_BUCKETS]) ||
        make_found(inspection, &out->ledger, &each[TABLE_FOUND])) {
        inspect_tables_free(out);
        return error_memory(err, "the overview");
    }
    return 0;
}
