/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/text.h"
#include "ui/canvas.h"
#include "ui/colours.h"
#include "ui/post-figure-parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { WORD_PT = 10, WORD_NUMBER_PT = 6, WORD_SPAN_PT = 6, WORD_PAD = 3, WORD_GAP = 3, WORD_LINE_PT = 26 };
static const double word_span_room = 8;

/* Where a word stands. */
struct word_place {
    double x, width; /* points, from the column's left */
    size_t line;
    char direction; /* 'l', 'r', or 'n': digits and signs go with what is around them */
};

struct word_flow {
    const struct post *post;
    struct word_place *places; /* [n_tokens] */
    size_t n_lines;
    bool is_rtl;
};

static char word_direction(const char *word)
{
    while (*word) {
        uint32_t code_point;
        word += utf8_read(word, &code_point);
        switch (utf8proc_get_property((utf8proc_int32_t)code_point)->bidi_class) {
        case UTF8PROC_BIDI_CLASS_L:
            return 'l';
        case UTF8PROC_BIDI_CLASS_R:
        case UTF8PROC_BIDI_CLASS_AL:
            return 'r';
        default:
            break;
        }
    }
    return 'n';
}

/* Puts the words [first, last) of a line side by side, in the order in which they are read: along the line's direction,
 * and words of the other direction that follow each other the other way round. */
static void flow_place_line(struct word_flow *flow, size_t first, size_t last, double width)
{
    char other = flow->is_rtl ? 'l' : 'r';
    double at = 0;
    for (size_t i = first; i < last;) {
        size_t end = i + 1, n_other = end;
        if (flow->places[i].direction == other) { /* neutral words between others belong to them */
            for (; end < last && flow->places[end].direction != (flow->is_rtl ? 'r' : 'l'); end++)
                n_other = flow->places[end].direction == other ? end + 1 : n_other;
            end = n_other;
        }
        for (size_t k = i; k < end; k++) {
            struct word_place *place = &flow->places[flow->places[i].direction == other ? end - 1 - (k - i) : k];
            place->x = flow->is_rtl ? width - at - place->width : at;
            at += place->width + WORD_GAP;
        }
        i = end;
    }
}

/* Without a first strong letter of its own, a text goes from left to right. */
static bool flow_is_rtl(const struct word_flow *flow)
{
    for (size_t i = 0; i < flow->post->n_tokens; i++) {
        const char *token = flow->post->tokens[i];
        bool is_name = *token == '@' || *token == '#' || !strcmp(token, "RT") || !strncmp(token, "http", 4);
        if (!is_name && flow->places[i].direction != 'n')
            return flow->places[i].direction == 'r';
    }
    return false;
}

static int flow_make(struct word_flow *flow, struct figure_pen *pen, const float *values, size_t n_values, double scale,
                     bool is_signed)
{
    const struct post *post = flow->post;
    flow->places = calloc(post->n_tokens + 1, sizeof *flow->places);
    if (!flow->places)
        return -1;
    double at = 0;
    size_t first = 0;
    for (size_t i = 0; i < post->n_tokens; i++) {
        char number[32] = "cut";
        if (i < n_values)
            figure_number((double)values[i], scale, is_signed, number);
        double word = canvas_text_width(pen->cairo, WORD_PT, 0, post->tokens[i]);
        double below = canvas_text_width(pen->cairo, WORD_NUMBER_PT, 0, number);
        flow->places[i].width = fmin(fmax(word, below) + 2 * WORD_PAD, pen->width);
        flow->places[i].direction = word_direction(post->tokens[i]);
    }
    flow->is_rtl = flow_is_rtl(flow);
    for (size_t i = 0; i < post->n_tokens; i++) {
        if (i > first && at + flow->places[i].width > pen->width) {
            flow_place_line(flow, first, i, pen->width);
            flow->n_lines++;
            first = i;
            at = 0;
        }
        flow->places[i].line = flow->n_lines;
        at += flow->places[i].width + WORD_GAP;
    }
    flow_place_line(flow, first, post->n_tokens, pen->width);
    flow->n_lines++;
    return 0;
}

/* A span as lines over or under its words, with its type where it begins (in each line of text). */
static void flow_span(const struct figure_pen *pen, const struct word_flow *flow, double line_pt, double line_y,
                      double text_y, size_t start, size_t end, const char *type, bool is_dashed)
{
    static const double dash[] = {2, 1.5};
    cairo_t *cairo = pen->cairo;
    unsigned colour = type ? screen_ink_rgb(screen_ink_of_type(type, 0)) : FIGURE_GREY;
    for (size_t i = start; i < end && i < flow->post->n_tokens;) {
        size_t last = i;
        double low = INFINITY, high = -INFINITY;
        for (; last < end && last < flow->post->n_tokens && flow->places[last].line == flow->places[i].line; last++) {
            low = fmin(low, flow->places[last].x);
            high = fmax(high, flow->places[last].x + flow->places[last].width);
        }
        double y = pen->y + line_pt * (double)flow->places[i].line;
        canvas_source(cairo, colour, 1);
        cairo_set_line_width(cairo, 1.6);
        cairo_set_dash(cairo, dash, is_dashed ? 2 : 0, 0);
        cairo_move_to(cairo, pen->x + low, y + line_y);
        cairo_line_to(cairo, pen->x + high, y + line_y);
        cairo_stroke(cairo);
        cairo_set_dash(cairo, NULL, 0, 0);
        canvas_source(cairo, FIGURE_BLACK, 1);
        canvas_text(cairo, pen->x + low, y + text_y, 0, WORD_SPAN_PT, 0, type ? type : "?");
        i = last;
    }
}

static void flow_spans(const struct figure_pen *pen, const struct word_flow *flow, double line_pt,
                       const struct analysis *analysis)
{
    const struct post *post = flow->post;
    for (size_t i = 0; i < post->n_entities; i++)
        if (!provenance_is_proposal(&post->entities[i].origin))
            flow_span(pen, flow, line_pt, word_span_room - 0.8, word_span_room - 2.5, post->entities[i].start,
                      post->entities[i].end, post->entities[i].type, false);
    for (size_t i = 0; i < analysis->n_entities; i++)
        flow_span(pen, flow, line_pt, word_span_room + WORD_LINE_PT - 3.2, line_pt - 3, analysis->entities[i].start,
                  analysis->entities[i].end, analysis->entities[i].type, true);
}

static void flow_word(const struct figure_pen *pen, const struct word_flow *flow, size_t token, double y,
                      enum scene_scale scale, double value, double magnitude, bool is_signed)
{
    const struct word_place *place = &flow->places[token];
    cairo_t *cairo = pen->cairo;
    char number[32] = "cut";
    figure_heat(cairo, scale, isfinite(value) ? value : 0, magnitude);
    cairo_rectangle(cairo, pen->x + place->x, y, place->width, WORD_PT * 1.45);
    cairo_fill(cairo);
    const char *word = flow->post->tokens[token];
    double room = place->width - 2 * WORD_PAD, width = canvas_text_width(cairo, WORD_PT, 0, word);
    canvas_source(cairo, FIGURE_BLACK, 1);
    canvas_text_clipped(cairo, pen->x + place->x + WORD_PAD + fmax(room - width, 0) / 2, y + WORD_PT * 1.08, room,
                        WORD_PT, 0, word);
    if (isfinite(value))
        figure_number(value, magnitude, is_signed, number);
    canvas_source(cairo, FIGURE_GREY, 1);
    canvas_text(cairo, pen->x + place->x + place->width / 2, y + WORD_PT * 1.45 + WORD_NUMBER_PT, 0.5, WORD_NUMBER_PT,
                0, number);
}

int figure_words(struct figure_pen *pen, const struct post_figure *figure, size_t model, enum post_figure_row row,
                 bool spans, struct error *err)
{
    static const char *const units[FIGURE_ROWS] = {"a word's row sum of X Z\u1d40 (dot product)",
                                                   "a word's row sum of X X\u1d40 (dot product)",
                                                   "a word's divergence from N(0, I) (nats)"};
    const struct post_figure_model *m = &figure->models[model];
    const float *values = figure_word_values(m, row);
    size_t n = figure_first_cut(m);
    double magnitude = figure_magnitude(values, n), above = spans ? word_span_room : 0;
    double line_pt = WORD_LINE_PT + 2 * above;
    bool is_signed = row != FIGURE_KEPT;
    struct word_flow flow = {.post = figure->post};
    if (flow_make(&flow, pen, values, n, magnitude, is_signed))
        return error_memory(err, figure->post->id);
    for (size_t i = 0; pen->draws && i < figure->post->n_tokens; i++)
        flow_word(pen, &flow, i, pen->y + above + line_pt * (double)flow.places[i].line, (enum scene_scale)model,
                  i < n ? (double)values[i] : NAN, magnitude, is_signed);
    if (pen->draws && spans)
        flow_spans(pen, &flow, line_pt, m->analysis);
    pen->y += line_pt * (double)flow.n_lines;
    figure_bar(pen, (enum scene_scale)model, magnitude, is_signed, units[row]);
    free(flow.places);
    return 0;
}
