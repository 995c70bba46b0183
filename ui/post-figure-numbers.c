/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/text.h"
#include "ui/numbers.h"
#include "ui/post-figure-parts.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

const char figure_numbers_head[] =
    "post,model,what,region,row,column,start,end,tail_start,tail_end,name,type,used,before,kept,score";

/* A line: places that do not apply are SIZE_MAX, texts NULL, values NAN. */
struct number_line {
    const char *model, *what;
    size_t places[7]; /* region, row, column, start, end, tail start, tail end */
    const char *name, *type;
    double values[FIGURE_ROWS + 1];
};

static struct number_line number_line(const char *model, const char *what)
{
    struct number_line line = {.model = model, .what = what};
    for (size_t i = 0; i < sizeof line.places / sizeof *line.places; i++)
        line.places[i] = SIZE_MAX;
    for (size_t i = 0; i < sizeof line.values / sizeof *line.values; i++)
        line.values[i] = NAN;
    return line;
}

static void number_line_put(struct numbers *numbers, const struct post *post, const struct number_line *line)
{
    numbers_text(numbers, post->id);
    numbers_text(numbers, line->model);
    numbers_text(numbers, line->what);
    for (size_t i = 0; i < sizeof line->places / sizeof *line->places; i++) {
        if (line->places[i] == SIZE_MAX)
            numbers_text(numbers, NULL);
        else
            numbers_count(numbers, line->places[i]);
    }
    numbers_text(numbers, line->name);
    numbers_text(numbers, line->type);
    for (size_t i = 0; i < sizeof line->values / sizeof *line->values; i++)
        numbers_real(numbers, line->values[i]);
    numbers_end_line(numbers);
}

static void numbers_words(struct numbers *numbers, const struct post *post, const struct post_figure_model *model)
{
    for (size_t i = 0; i < model->bottleneck->n_tokens && i < post->n_tokens; i++) {
        struct number_line line = number_line(model->name, "word");
        line.places[3] = i;
        line.places[4] = i + 1;
        line.name = post->tokens[i];
        for (int row = 0; i < figure_first_cut(model) && row < FIGURE_ROWS; row++)
            line.values[row] = (double)figure_word_values(model, (enum post_figure_row)row)[i];
        number_line_put(numbers, post, &line);
    }
}

static void numbers_regions(struct numbers *numbers, const struct post *post, const struct post_figure_model *model)
{
    const struct analysis *a = model->analysis;
    for (size_t i = 0; i < model->bottleneck->n_images; i++) {
        struct number_line line = number_line(model->name, "region");
        size_t object = model->bottleneck->image_objects[i];
        line.places[0] = i;
        line.name = object < post->n_objects ? post->objects[object].label : "whole picture";
        for (int row = 0; row < FIGURE_ROWS; row++)
            line.values[row] = (double)figure_region_values(model, (enum post_figure_row)row)[i];
        number_line_put(numbers, post, &line);
    }
    for (size_t i = 0; i < a->n_images * a->grid * a->grid; i++) {
        struct number_line line = number_line(model->name, "cell");
        line.places[0] = i / (a->grid * a->grid);
        line.places[1] = i / a->grid % a->grid;
        line.places[2] = i % a->grid;
        line.values[FIGURE_USED] = (double)a->grid_contribution[i];
        number_line_put(numbers, post, &line);
    }
}

static void numbers_match(struct numbers *numbers, const struct post *post, const struct post_figure_model *model)
{
    struct number_line line = number_line(model->name, "match");
    line.values[FIGURE_ROWS] = model->analysis->consistency;
    number_line_put(numbers, post, &line);
}

static void numbers_labels(struct numbers *numbers, const struct post_figure *figure,
                           const struct figure_label_table *table, const char *what)
{
    struct text name = {0};
    for (size_t i = 0; i < table->n; i++)
        for (size_t k = 0; k <= figure->n_models; k++) {
            const struct figure_label_cell *cell = &table->rows[i].cells[k];
            if (!cell->has)
                continue;
            struct number_line line = number_line(k ? figure->models[k - 1].name : "gold", what);
            for (size_t s = 0; s < 2 * table->n_spans; s++)
                line.places[3 + s] = table->rows[i].spans[s];
            figure_label_name(&name, figure->post, table, &table->rows[i], false);
            line.name = name.bytes;
            line.type = cell->type;
            line.values[FIGURE_ROWS] = cell->score;
            number_line_put(numbers, figure->post, &line);
        }
    text_free(&name);
}

int figure_numbers(struct numbers *numbers, const struct post_figure *figure, struct error *err)
{
    struct figure_label_table entities = {0}, relations = {0};
    int result = figure_entities(figure, &entities) || figure_relations(figure, &relations)
                     ? error_memory(err, figure->post->id)
                     : 0;
    for (size_t i = 0; i < figure->n_models; i++) {
        const struct post_figure_model *model = &figure->models[i];
        numbers_words(numbers, figure->post, model);
        if (model->bottleneck->has_picture)
            numbers_regions(numbers, figure->post, model);
        if (model->analysis->has_consistency)
            numbers_match(numbers, figure->post, model);
    }
    if (!result) {
        numbers_labels(numbers, figure, &entities, "entity");
        numbers_labels(numbers, figure, &relations, "relation");
    }
    free(entities.rows);
    free(relations.rows);
    return result;
}
