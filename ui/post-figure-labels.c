/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/text.h"
#include "ui/canvas.h"
#include "ui/post-figure-parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_PT = 8 };

/* room: rows at most. */
static int table_make(struct figure_label_table *table, size_t room, size_t n_spans)
{
    *table = (struct figure_label_table){.rows = calloc(room + 1, sizeof *table->rows), .n_spans = n_spans};
    return table->rows ? 0 : -1;
}

static void table_put(struct figure_label_table *table, size_t system, const size_t spans[4], const char *type,
                      double score)
{
    size_t i = 0;
    while (i < table->n && (memcmp(table->rows[i].spans, spans, sizeof table->rows[i].spans) ||
                            table->rows[i].cells[system].has)) /* the same span twice is two rows */
        i++;
    if (i == table->n)
        memcpy(table->rows[table->n++].spans, spans, sizeof table->rows[i].spans);
    table->rows[i].cells[system] = (struct figure_label_cell){true, type, score};
}

static int label_row_compare(const void *a, const void *b)
{
    const struct figure_label_row *x = a, *y = b;
    for (size_t i = 0; i < 4; i++)
        if (x->spans[i] != y->spans[i])
            return x->spans[i] < y->spans[i] ? -1 : 1;
    return 0;
}

static double label_score(const struct provenance *origin)
{
    return origin->has_score ? origin->score : NAN;
}

int figure_entities(const struct post_figure *figure, struct figure_label_table *table)
{
    const struct post *post = figure->post;
    size_t room = post->n_entities;
    for (size_t m = 0; m < figure->n_models; m++)
        room += figure->models[m].analysis->n_entities;
    if (table_make(table, room, 1))
        return -1;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        if (!provenance_is_proposal(&e->origin))
            table_put(table, 0, (const size_t[4]){e->start, e->end, 0, 0}, e->type, NAN);
    }
    for (size_t m = 0; m < figure->n_models; m++)
        for (size_t i = 0; i < figure->models[m].analysis->n_entities; i++) {
            const struct analysis_entity *e = &figure->models[m].analysis->entities[i];
            table_put(table, m + 1, (const size_t[4]){e->start, e->end, 0, 0}, e->type, e->score);
        }
    qsort(table->rows, table->n, sizeof *table->rows, label_row_compare);
    return 0;
}

int figure_relations(const struct post_figure *figure, struct figure_label_table *table)
{
    const struct post *post = figure->post;
    size_t room = post->n_relations;
    for (size_t m = 0; m < figure->n_models; m++)
        room += figure->models[m].analysis->n_relations;
    if (table_make(table, room, 2))
        return -1;
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct relation *r = &post->relations[i];
        const struct entity *head = post_entity_peek(post, r->head), *tail = post_entity_peek(post, r->tail);
        if (head && tail && !provenance_is_proposal(&r->origin))
            table_put(table, 0, (const size_t[4]){head->start, head->end, tail->start, tail->end}, r->type,
                      label_score(&r->origin));
    }
    for (size_t m = 0; m < figure->n_models; m++)
        for (size_t i = 0; i < figure->models[m].analysis->n_relations; i++) {
            const struct analysis_relation *r = &figure->models[m].analysis->relations[i];
            table_put(table, m + 1, (const size_t[4]){r->head[0], r->head[1], r->tail[0], r->tail[1]}, r->type,
                      r->score);
        }
    qsort(table->rows, table->n, sizeof *table->rows, label_row_compare);
    return 0;
}

static void label_words(struct text *out, const struct post *post, size_t start, size_t end)
{
    for (size_t i = start; i < end && i < post->n_tokens; i++) {
        if (i > start)
            text_add_char(out, ' ');
        text_add(out, post->tokens[i]);
    }
}

void figure_label_name(struct text *out, const struct post *post, const struct figure_label_table *table,
                       const struct figure_label_row *row, bool isolates)
{
    text_clear(out);
    if (isolates && table->n_spans == 2)
        text_add(out, "\u200e"); /* the line goes from left to right, whatever stands in it */
    for (size_t i = 0; i < table->n_spans; i++) {
        text_add(out, i ? " \u2192 " : "");
        text_add(out, isolates ? "\u2068" : "");
        label_words(out, post, row->spans[2 * i], row->spans[2 * i + 1]);
        text_add(out, isolates ? "\u2069" : "");
    }
}

/* ---- On the page ---- */

/* "None" says that there is no relation, which a model says by not proposing one. */
static bool label_says_so(const struct figure_label_cell *cell)
{
    return cell->has && !(cell->type && !strcmp(cell->type, "None"));
}

static bool model_has_head(const struct post_figure_model *model, enum post_figure_level level)
{
    return level == FIGURE_ENTITIES ? model->config->ner.present : model->config->re.present;
}

static void table_cell(struct figure_pen *pen, double x, double width, const struct figure_label_cell *cell)
{
    struct text text = {0};
    text_add(&text, cell->has ? cell->type ? cell->type : "?" : "\u2013");
    if (cell->has && isfinite(cell->score))
        text_add_format(&text, " %.2f", cell->score);
    canvas_source(pen->cairo, FIGURE_BLACK, 1);
    canvas_text_clipped(pen->cairo, x, pen->y - 3, width, LABEL_PT, 0, text.bytes ? text.bytes : "");
    text_free(&text);
}

/* The same of a model, with a mark that compares it with gold. */
static void table_judged_cell(struct figure_pen *pen, double x, double width, const struct figure_label_cell *cell,
                              const struct figure_label_cell *gold)
{
    enum { MARK_PT = 14 };
    bool is_right = label_says_so(cell) == label_says_so(gold) &&
                    (!label_says_so(cell) || text_equal(cell->type, gold->type));
    table_cell(pen, x + MARK_PT, width - MARK_PT, cell);
    canvas_text(pen->cairo, x, pen->y - 3, 0, LABEL_PT, is_right ? 0 : CANVAS_BOLD, is_right ? "\u2713" : "\u2717");
}

static void table_row(struct figure_pen *pen, const struct post_figure *figure, enum post_figure_level level,
                      const struct figure_label_row *row, double first, double room, double width)
{
    table_cell(pen, pen->x + first, width, &row->cells[0]);
    for (size_t k = 0; k < figure->n_models; k++) {
        double x = pen->x + first + room * (double)(k + 1);
        if (!model_has_head(&figure->models[k], level))
            canvas_text_clipped(pen->cairo, x, pen->y - 3, width, LABEL_PT, CANVAS_ITALIC, "no head for it");
        else if (figure->judges[level])
            table_judged_cell(pen, x, width, &row->cells[k + 1], &row->cells[0]);
        else
            table_cell(pen, x, width, &row->cells[k + 1]);
    }
}

static void table_heads(struct figure_pen *pen, const struct post_figure *figure, double first, double room,
                        double width)
{
    canvas_text_clipped(pen->cairo, pen->x + first, pen->y - 3, width, LABEL_PT, 0, "gold");
    for (size_t k = 0; k < figure->n_models; k++) {
        char head[160];
        const char *name = figure->models[k].name;
        const char *letter = figure->n_models < 2 ? "" : k ? "B  " : "A  ";
        snprintf(head, sizeof head, "%s%.*s", letter, utf8_head(name, 120), name);
        canvas_text_clipped(pen->cairo, pen->x + first + room * (double)(k + 1), pen->y - 3, width, LABEL_PT, 0, head);
    }
}

static void table_draw(struct figure_pen *pen, const struct post_figure *figure, enum post_figure_level level,
                       const struct figure_label_table *table)
{
    struct text name = {0};
    double first = pen->width * (figure->n_models < 2 ? 0.4 : 0.34), gap = 6;
    double room = (pen->width - first) / (double)(figure->n_models + 1);
    if (!table->n)
        return;
    pen->y += 5;
    for (size_t i = 0; i <= table->n; i++) {
        pen->y += 1.5 * LABEL_PT;
        if (!pen->draws)
            continue;
        const char *title = level == FIGURE_ENTITIES ? "entity" : "relation";
        if (i)
            figure_label_name(&name, figure->post, table, &table->rows[i - 1], true);
        canvas_source(pen->cairo, i ? FIGURE_BLACK : FIGURE_GREY, 1);
        canvas_text_clipped(pen->cairo, pen->x, pen->y - 3, first - gap, LABEL_PT, 0,
                            i && name.bytes ? name.bytes : title);
        if (i)
            table_row(pen, figure, level, &table->rows[i - 1], first, room, room - gap);
        else
            table_heads(pen, figure, first, room, room - gap);
    }
    text_free(&name);
}

int figure_labels(struct figure_pen *pen, const struct post_figure *figure, struct error *err)
{
    struct figure_label_table entities = {0}, relations = {0};
    int result = 0;
    if (figure_entities(figure, &entities) || figure_relations(figure, &relations)) {
        result = error_memory(err, figure->post->id);
    } else {
        table_draw(pen, figure, FIGURE_ENTITIES, &entities);
        table_draw(pen, figure, FIGURE_RELATIONS, &relations);
        pen->y += 5;
    }
    free(entities.rows);
    free(relations.rows);
    return result;
}
