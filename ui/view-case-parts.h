/* What the files of the case's pane share, and nobody else includes: view-case.c arranges lines, view-case-rows.c
 * draws gold and systems one below the other, view-case-facts.c what was found out about the case.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_CASE_PARTS_H
#define MMIB_UI_VIEW_CASE_PARTS_H

#include "corpora/cases.h"
#include "ui/aligned.h"
#include "ui/session.h"
#include "ui/view.h"

#include <stdbool.h>
#include <stddef.h>

enum { CASE_ROWS = 1 + INSPECTION_SYSTEMS_MAX, CASE_PAIRS_MAX = 64, CASE_SPANS = 4 };

/* Two entities that somebody relates. */
struct case_pair {
    size_t head[2], tail[2];
    bool at_hand; /* it is the case's */
};

/* All that the pane is drawn from; made for one drawing. */
struct case_view {
    const struct session *session;
    const struct inspection *inspection;
    const struct inspection_item *item;
    const struct post *gold;
    const struct post *said[INSPECTION_SYSTEMS_MAX];            /* NULL = not known */
    const struct cases_entry *entries[INSPECTION_SYSTEMS_MAX];  /* the case, in each system; NULL = none */
    size_t spans[CASE_SPANS][2], n_spans;                       /* words of the case */
    size_t name_columns;
    struct aligned_row rows[CASE_ROWS]; /* gold, A, B */
    struct aligned aligned;
    struct case_pair pairs[CASE_PAIRS_MAX];
    size_t n_pairs;
};

/* columns: of the rows. -1 when memory is out. */
int case_view_make(const struct session *session, size_t columns, struct case_view *out, struct error *err);
void case_view_free(struct case_view *view);

bool case_is_at_hand(const struct case_view *view, size_t token);
bool case_line_is_at_hand(const struct case_view *view, size_t line);

/* "A mini" in the colour of its heat, and what it reads; row 0: gold. */
void case_name(struct view_pen *pen, const struct case_view *view, size_t row);
void case_letter(struct view_pen *pen, size_t row); /* "A" */
enum screen_ink case_heat_ink(size_t system, double value);

/* A line of a row of words; a pair's words; what a row says of a pair; a pair and what all rows say of it. */
void case_draw_row(struct view_pen *pen, const struct case_view *view, size_t row, size_t line);
void case_draw_pair_words(struct view_pen *pen, const struct case_view *view, const struct case_pair *pair);
void case_draw_pair_row(struct view_pen *pen, const struct case_view *view, const struct case_pair *pair, size_t row);
void case_draw_pair(struct view_pen *pen, const struct case_view *view, const struct case_pair *pair);

/* What is known of a system's decision, a line each: where gold has its label, and where the system has it, if that is
 * somewhere else. */
enum case_fact { FACT_PICTURE, FACT_FILTER, FACT_FAITHFUL, FACTS };
enum { FACT_PLACES = 2 };
size_t case_fact_places(const struct case_view *view, size_t system, enum case_fact fact);
void case_draw_match(struct view_pen *pen, const struct case_view *view);
void case_draw_fact(struct view_pen *pen, const struct case_view *view, size_t system, enum case_fact fact,
                    size_t place);

/* The table of rows: what was kept, used, and would have been used. Line 0 is its heading; of a system. */
size_t case_table_lines(const struct case_view *view, size_t system);
void case_draw_table(struct view_pen *pen, const struct case_view *view, size_t system, size_t line);

#endif
