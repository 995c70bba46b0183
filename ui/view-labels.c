/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-labels.h"

#include "corpora/clock.h"
#include "corpora/text.h"
#include "ui/text-cells.h"
#include "ui/view-boxes.h"
#include "ui/view-masked.h"
#include "ui/view.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LABELS_WORDS_MAX = 34, LABELS_RANKED = 6, LABELS_BAR = 6, LABELS_BOX_INKS = 4 };

/* The pane is a list of lines; a line is drawn only when it is in sight. */
enum labels_kind {
    LINE_MASKED,
    LINE_BOX,
    LINE_ENTITY,
    LINE_RELATION,
    LINE_STATE,
    LINE_CUT,
    LINE_DOUBT,
    LINE_IMAGES,
    LINE_WORDS
};

struct labels_line {
    enum labels_kind kind;
    size_t index;
};

/* "14:02" for today in local time, else "2026-11-24", from an RFC 3339 time. */
static void labels_time(const char *at, char out[16])
{
    struct tm today = {0}, local = {0};
    long long seconds;
    out[0] = '\0';
    if (!clock_read(at, &seconds))
        return;
    time_t now = time(NULL), then = (time_t)seconds;
    localtime_r(&now, &today);
    localtime_r(&then, &local);
    bool same = today.tm_year == local.tm_year && today.tm_yday == local.tm_yday;
    strftime(out, 16, same ? "%H:%M" : "%Y-%m-%d", &local);
}

/* Who said it: "by you, 14:02", "from the file". */
static void labels_origin(struct view_pen *pen, const struct session *session, const struct provenance *origin)
{
    const char *you = store_annotator(session->store);
    char at[16] = "";
    if (origin->at)
        labels_time(origin->at, at);
    if (origin->by)
        view_format(pen, INK_DIM, GROUND_NONE, 0, "  by %s%s%s", you && !strcmp(you, origin->by) ? "you" : origin->by,
                    *at ? ", " : "", at);
    else if (!origin->has_source || origin->source == SOURCE_IMPORT)
        view_put(pen, INK_DIM, GROUND_NONE, 0, "  from the file");
    else
        view_format(pen, INK_DIM, GROUND_NONE, 0, "  %s%s%s",
                    origin->source == SOURCE_HUMAN ? "by hand" : label_source_name(origin->source), *at ? ", " : "",
                    at);
}

/* Columns of the longest words and type, so that what follows is aligned. */
static void labels_widths(const struct session *session, size_t *words_columns, size_t *type_columns)
{
    *words_columns = *type_columns = 0;
    for (size_t i = 0; i < session->shown.n_entities; i++) {
        const struct shown_entity *e = &session->shown.entities[i];
        char words[256];
        session_words(session, e->start, e->end, words, sizeof words);
        size_t columns = text_cells_width(words, strlen(words));
        size_t type = (e->type ? text_cells_width(e->type, strlen(e->type)) : 1) + e->proposed;
        *words_columns = columns > *words_columns ? columns : *words_columns;
        *type_columns = type > *type_columns ? type : *type_columns;
    }
    if (*words_columns > LABELS_WORDS_MAX)
        *words_columns = LABELS_WORDS_MAX;
}

/* ".93  +.88 over MISC .05": how far ahead of what came second. */
static void labels_margin(struct view_pen *pen, double score, const struct analysis_runner_up *second)
{
    char margin[16], theirs[16];
    view_signed(score - second->score, margin);
    view_probability(second->score, theirs);
    view_format(pen, INK_DIM, GROUND_NONE, 0, "  %s over %s %s", margin, second->type, theirs);
}

static void labels_entity(struct view_pen *pen, const struct session *session, size_t index, bool chosen)
{
    const struct shown_entity *e = &session->shown.entities[index];
    enum screen_ink ink = view_type_ink(&session->types, e->type);
    enum screen_ground ground = chosen ? GROUND_SELECTED : GROUND_NONE;
    size_t words_columns, type_columns, end = pen->end;
    char words[256], score[16];
    labels_widths(session, &words_columns, &type_columns);
    if (keymap_hint(index))
        view_format(pen, ink, ground, A_BOLD, "%c ", keymap_hint(index));
    else
        view_put(pen, ink, ground, 0, "  ");
    size_t x = pen->x;
    session_words(session, e->start, e->end, words, sizeof words);
    pen->end = x + words_columns < end ? x + words_columns : end;
    view_put(pen, ink, ground, e->proposed ? 0 : A_BOLD, words);
    pen->end = end;
    pen->x = x + words_columns + 2;
    x = pen->x;
    view_format(pen, ink, GROUND_NONE, e->proposed ? A_ITALIC : A_BOLD, "%s%s", e->type ? e->type : "?",
                e->proposed ? "?" : "");
    pen->x = x + type_columns + 1;
    if (e->proposed) {
        view_probability(e->score, score);
        view_put(pen, ink, GROUND_NONE, 0, score);
        view_masked_entity(pen, session, e);
        if (e->model && e->model->n_runners_up && !strcmp(e->model->type, e->type))
            labels_margin(pen, e->model->score, &e->model->runners_up[0]);
        view_boxes_grounding(pen, session, e->entity);
        return;
    }
    view_boxes_grounding(pen, session, e->entity);
    labels_origin(pen, session, &e->entity->origin);
    if (e->model) {
        view_probability(e->model->score, score);
        bool agrees = e->type && !strcmp(e->model->type, e->type);
        view_format(pen, agrees ? INK_DIM : view_type_ink(&session->types, e->model->type), GROUND_NONE, agrees ? 0 : A_ITALIC,
                    "  model %s %s", agrees ? "agrees" : e->model->type, score);
    }
    view_masked_entity(pen, session, e);
}

static void labels_relation(struct view_pen *pen, const struct session *session, size_t index, bool chosen)
{
    const struct shown_relation *r = &session->shown.relations[index];
    const struct shown_entity *h = &session->shown.entities[r->head], *t = &session->shown.entities[r->tail];
    enum screen_ground ground = chosen ? GROUND_SELECTED : GROUND_NONE;
    char words[128], score[16];
    char head = keymap_hint(r->head), tail = keymap_hint(r->tail); /* the numbers that stand at the words too */
    view_format(pen, INK_TEXT, ground, r->proposed ? 0 : A_BOLD, "%c→%c ", head ? head : ' ', tail ? tail : ' ');
    session_words(session, h->start, h->end, words, sizeof words);
    view_put(pen, view_type_ink(&session->types, h->type), ground, h->proposed ? 0 : A_BOLD, words);
    view_put(pen, INK_TEXT, ground, 0, " → ");
    session_words(session, t->start, t->end, words, sizeof words);
    view_put(pen, view_type_ink(&session->types, t->type), ground, t->proposed ? 0 : A_BOLD, words);
    view_format(pen, r->proposed ? INK_TEXT : INK_BRIGHT, GROUND_NONE, r->proposed ? A_ITALIC : A_BOLD, "  %s%s",
                r->type, r->proposed ? "?" : "");
    if (r->proposed) {
        view_probability(r->score, score);
        view_format(pen, INK_TEXT, GROUND_NONE, 0, " %s", score);
        view_masked_relation(pen, session, r);
        if (r->model && r->model->runner_up.type && !strcmp(r->model->type, r->type))
            labels_margin(pen, r->model->score, &r->model->runner_up);
        return;
    }
    labels_origin(pen, session, &r->relation->origin);
    if (r->model) {
        view_probability(r->model->score, score);
        bool agrees = !strcmp(r->model->type, r->type);
        view_format(pen, INK_DIM, GROUND_NONE, agrees ? 0 : A_ITALIC, "  model %s %s",
                    agrees ? "agrees" : r->model->type, score);
    }
    view_masked_relation(pen, session, r);
}

/* What the model has done about this post, where there is something to say. NULL: nothing. */
static const char *labels_state(const struct view_labels *labels, enum screen_ink *ink)
{
    *ink = INK_DIM;
    if (labels->session->proposals.hidden) {
        *ink = INK_WARN;
        return "blind post: proposals are hidden until it is done";
    }
    switch (labels->model.state) {
    case WORKER_OFF:
        return "no model: labels are by hand (--model DIR brings proposals)";
    case WORKER_OPENING:
        return "the model is being opened";
    case WORKER_FAILED:
        *ink = INK_BAD;
        return labels->model.failure;
    case WORKER_READY:
        break;
    }
    switch (labels->answer.state) {
    case WORKER_UNSEEN:
        return labels->answer.running ? "the model is looking at this post" : "not seen by the model yet";
    case WORKER_ERROR:
        *ink = INK_BAD;
        return labels->answer.failure;
    case WORKER_OLD:
        return labels->answer.other_boxes ? "the boxes changed: the model looks again"
                                          : "relations are being looked at again";
    case WORKER_FRESH:
        break;
    }
    if (labels->answer.analysis->n_entities || labels->answer.analysis->n_relations)
        return NULL;
    return "the model has nothing to propose";
}

/* "cat ██████ +.61": a name, the bar of its contribution, the number. False, and nothing is written, where it does not fit
 * the line any more. */
static bool labels_contribution(struct view_pen *pen, const char *name, enum screen_ink ink, double value, double scale)
{
    char number[16];
    view_signed(value, number);
    if (pen->x + text_cells_width(name, strlen(name)) + LABELS_BAR + strlen(number) + 2 > pen->end)
        return false;
    view_format(pen, ink, GROUND_NONE, 0, "%s ", name);
    if (view_bar(pen, value, scale, LABELS_BAR))
        view_space(pen, 1);
    view_put(pen, INK_DIM, GROUND_NONE, 0, number);
    view_space(pen, 3);
    return true;
}

/* Contribution of each picture, the whole and its boxes, in the colours of the boxes. */
static void labels_images(struct view_pen *pen, const struct session *session)
{
    const struct analysis *a = session->analysis;
    const struct post *post = session_post(session);
    double scale = 0;
    for (size_t i = 0; i < a->n_images; i++)
        scale = fmax(scale, fabs((double)a->image_contribution[i]));
    view_put(pen, INK_DIM, GROUND_NONE, 0, "images  ");
    for (size_t i = 0; i < a->n_images; i++) {
        size_t object = a->image_objects[i];
        char name[64] = "whole";
        enum screen_ink ink = INK_TEXT;
        if (object < post->n_objects) {
            const char *label = post->objects[object].label;
            snprintf(name, sizeof name, "%zu %.*s", object + 1, utf8_head(label ? label : "object", 40),
                     label ? label : "object");
            ink = (enum screen_ink)(INK_TYPE_FIRST + object % LABELS_BOX_INKS);
        }
        if (!labels_contribution(pen, name, ink, a->image_contribution[i], scale))
            return;
    }
}

/* The words with the largest contributions, largest first. */
static void labels_words(struct view_pen *pen, const struct session *session)
{
    const struct analysis *a = session->analysis;
    const struct post *post = session_post(session);
    size_t ranked[LABELS_RANKED], n = 0;
    double scale = 0;
    for (size_t i = 0; i < a->n_tokens && i < post->n_tokens; i++) {
        double size = fabs((double)a->token_contribution[i]);
        size_t at = n;
        while (at > 0 && fabs((double)a->token_contribution[ranked[at - 1]]) < size)
            at--;
        if (size == 0 || at >= LABELS_RANKED)
            continue;
        n += n < LABELS_RANKED;
        memmove(&ranked[at + 1], &ranked[at], (n - at - 1) * sizeof *ranked);
        ranked[at] = i;
        scale = fmax(scale, size);
    }
    view_put(pen, INK_DIM, GROUND_NONE, 0, "words   ");
    for (size_t i = 0; i < n; i++)
        if (!labels_contribution(pen, post->tokens[ranked[i]], INK_TEXT, a->token_contribution[ranked[i]], scale))
            return;
}

/* How unsure the model is of the post, where that was drawn. */
static bool labels_doubt(const struct session *session, struct scores_of_post *out)
{
    if (!session->scores)
        return false;
    scores_of(session->scores, session->post, session_post(session), 0, out);
    return !isnan(out->words);
}

static void labels_put_doubt(struct view_pen *pen, const struct session *session)
{
    struct scores_of_post doubt;
    char words[16], picture[16];
    if (!labels_doubt(session, &doubt))
        return;
    view_probability((double)doubt.words, words);
    view_probability((double)doubt.picture, picture);
    view_format(pen, INK_DIM, GROUND_NONE, 0, "doubt   words %s   picture %s", words, picture);
}

/* The boxes, where they are worked on. The entity that they may be linked to comes first then, and stays in sight. */
static size_t labels_box_lines(const struct session *session, struct labels_line *lines, size_t n)
{
    for (size_t i = 0; session_is_at_boxes(session) && i < session_post(session)->n_objects; i++)
        lines[n++] = (struct labels_line){LINE_BOX, i};
    return n;
}

static size_t labels_lines(const struct view_labels *labels, struct labels_line **out)
{
    const struct session *session = labels->session;
    const struct analysis *a = session->analysis;
    struct scores_of_post doubt;
    enum screen_ink ink;
    size_t n = 0, first = session_is_at_boxes(session) ? session_entity(session) : SIZE_MAX;
    size_t most = session->shown.n_entities + session->shown.n_relations + session_post(session)->n_objects + 6;
    bool masked = session->boxes.masked;
    struct labels_line *lines = calloc(most, sizeof *lines);
    *out = lines;
    if (!lines)
        return 0;
    if (masked)
        lines[n++] = (struct labels_line){LINE_MASKED, 0};
    if (first != SIZE_MAX)
        lines[n++] = (struct labels_line){LINE_ENTITY, first};
    if (!masked)
        n = labels_box_lines(session, lines, n);
    for (size_t i = 0; i < session->shown.n_entities; i++)
        if (i != first)
            lines[n++] = (struct labels_line){LINE_ENTITY, i};
    for (size_t i = 0; i < session->shown.n_relations; i++)
        lines[n++] = (struct labels_line){LINE_RELATION, i};
    if (masked)
        n = labels_box_lines(session, lines, n);
    if (labels_state(labels, &ink))
        lines[n++] = (struct labels_line){LINE_STATE, 0};
    if (a && a->cut)
        lines[n++] = (struct labels_line){LINE_CUT, 0};
    if (a && labels_doubt(session, &doubt))
        lines[n++] = (struct labels_line){LINE_DOUBT, 0};
    if (a && a->grid && !labels->answer.other_boxes)
        lines[n++] = (struct labels_line){LINE_IMAGES, 0};
    if (a)
        lines[n++] = (struct labels_line){LINE_WORDS, 0};
    return n;
}

static void labels_draw_line(struct view_pen *pen, const struct view_labels *labels, struct labels_line line)
{
    const struct session *session = labels->session;
    enum screen_ink ink;
    view_space(pen, 1);
    switch (line.kind) {
    case LINE_MASKED:
        view_masked_line(pen, session);
        break;
    case LINE_BOX:
        view_boxes_line(pen, session, line.index);
        break;
    case LINE_ENTITY:
        labels_entity(pen, session, line.index, line.index == session_entity(session));
        break;
    case LINE_RELATION:
        labels_relation(pen, session, line.index, line.index == session->relation);
        break;
    case LINE_STATE: {
        const char *state = labels_state(labels, &ink);
        view_put(pen, ink, GROUND_NONE, 0, state ? state : "");
        break;
    }
    case LINE_CUT:
        view_format(pen, INK_WARN, GROUND_NONE, 0, "the text is too long for the model: it has not read %zu %s of it",
                    session->analysis->cut, session->analysis->cut == 1 ? "word" : "words");
        break;
    case LINE_DOUBT:
        labels_put_doubt(pen, session);
        break;
    case LINE_IMAGES:
        labels_images(pen, session);
        break;
    case LINE_WORDS:
        labels_words(pen, session);
        break;
    }
}

/* Lines at the top that do not scroll. */
static size_t labels_fixed(const struct session *session)
{
    bool entity = session_is_at_boxes(session) && session_entity(session) != SIZE_MAX;
    return (session->boxes.masked != 0) + (size_t)entity;
}

/* The line that has to be in sight; n = none. */
static size_t labels_chosen(const struct session *session, const struct labels_line *lines, size_t n)
{
    bool box = session_is_at_boxes(session) && !session->boxes.masked, relation = session->relation != SIZE_MAX;
    enum labels_kind kind = box ? LINE_BOX : relation ? LINE_RELATION : LINE_ENTITY;
    size_t index = box ? session->boxes.chosen - 1 : relation ? session->relation : session_entity(session), i = 0;
    while (i < n && (lines[i].kind != kind || lines[i].index != index))
        i++;
    return i;
}

/* First line shown: the chosen label or box is seen. */
static size_t labels_top(const struct session *session, const struct labels_line *lines, size_t n, size_t rows)
{
    size_t chosen = labels_chosen(session, lines, n);
    return chosen < n && chosen >= rows ? chosen - rows + 1 : 0;
}

bool view_labels_at(WINDOW *window, const struct view_labels *labels, size_t row, struct view_labels_spot *out)
{
    struct labels_line *lines;
    size_t n = labels_lines(labels, &lines), rows = (size_t)getmaxy(window) - 1;
    size_t line = row - 1 + (row > labels_fixed(labels->session) ? labels_top(labels->session, lines, n, rows) : 0);
    *out = (struct view_labels_spot){SIZE_MAX, SIZE_MAX, SIZE_MAX};
    if (row >= 1 && row <= rows && line < n) {
        enum labels_kind kind = lines[line].kind;
        *(kind == LINE_ENTITY ? &out->entity : kind == LINE_RELATION ? &out->relation : &out->box) =
            kind == LINE_ENTITY || kind == LINE_RELATION || kind == LINE_BOX ? lines[line].index : SIZE_MAX;
    }
    free(lines);
    return out->entity != SIZE_MAX || out->relation != SIZE_MAX || out->box != SIZE_MAX;
}

/* Flags and note stand in the rule, so that they are seen however many labels there are. */
static void labels_remarks(struct view_pen *rule, const struct post *post)
{
    for (size_t i = 0; i < post->n_flags; i++)
        view_format(rule, INK_WARN, GROUND_NONE, A_BOLD, "%s %s ", i ? "" : "!", post->flags[i]);
    if (post->note)
        view_format(rule, INK_TEXT, GROUND_NONE, 0, "; %s ", post->note);
}

static void labels_title(const struct session *session, char *out, size_t size)
{
    char threshold[16];
    view_probability(session_threshold(session), threshold);
    if (!session->proposals.threshold)
        snprintf(out, size, "labels");
    else if (session->proposals.hidden || !session->analysis)
        snprintf(out, size, "labels · proposals ≥ %s", threshold);
    else
        snprintf(out, size, "labels · proposals ≥ %s, %zu below", threshold, session->shown.n_below);
}

void view_labels_draw(struct screen *screen, WINDOW *window, const struct view_labels *labels)
{
    const struct session *session = labels->session;
    struct labels_line *lines;
    size_t n = labels_lines(labels, &lines), rows = (size_t)getmaxy(window) - 1;
    size_t fixed = labels_fixed(session), top = labels_top(session, lines, n, rows);
    screen_erase(screen, window, GROUND_NONE);
    char title[96];
    labels_title(session, title, sizeof title);
    struct view_pen rule = view_rule(screen, window, 0, title);
    if (n > rows)
        view_format(&rule, INK_WARN, GROUND_NONE, 0, "%s%zu more %s", top ? "▲ " : "", n - rows,
                    top + rows < n ? "▼ " : "");
    labels_remarks(&rule, session_post(session));
    for (size_t row = 0; row < rows && top + row < n; row++) {
        struct view_pen pen = view_pen(screen, window, row + 1);
        labels_draw_line(&pen, labels, lines[row < fixed ? row : top + row]);
    }
    free(lines);
}
