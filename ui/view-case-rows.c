/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-case-parts.h"

#include "ui/text-cells.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASE_NAME_MAX = 16, CASE_NAME_NARROW = 10, CASE_WIDE = 90 };

static const enum screen_ink case_inks[CASE_ROWS] = {INK_BRIGHT, INK_HEAT, INK_HEAT_OTHER};

/* --- what the rows say -------------------------------------------------------------------------------------------- */

static bool case_same_span(const size_t a[2], const size_t b[2])
{
    return a[0] == b[0] && a[1] == b[1];
}

static bool case_is_span(const struct case_view *view, size_t start, size_t end)
{
    const size_t span[2] = {start, end};
    for (size_t i = 0; i < view->n_spans; i++)
        if (case_same_span(view->spans[i], span))
            return true;
    return false;
}

static struct aligned_label *case_add_label(struct aligned_row *row, size_t start, size_t end, const char *type)
{
    struct aligned_label *label = &row->labels[row->n++];
    *label = (struct aligned_label){.start = start, .end = end, .type = type};
    snprintf(label->tag, sizeof label->tag, "%s", type ? type : "?");
    return label;
}

static void case_add_score(struct aligned_label *label, double score)
{
    char number[16];
    size_t used = strlen(label->tag);
    view_probability(score, number);
    snprintf(label->tag + used, sizeof label->tag - used, " %s", number);
}

static int case_gold_row(struct case_view *view)
{
    struct aligned_row *row = &view->rows[0];
    row->labels = calloc(view->gold->n_entities + 1, sizeof *row->labels);
    for (size_t i = 0; row->labels && i < view->gold->n_entities; i++) {
        const struct entity *e = &view->gold->entities[i];
        if (!provenance_is_proposal(&e->origin))
            case_add_label(row, e->start, e->end, e->type);
    }
    return row->labels ? 0 : -1;
}

/* What the model reads otherwise than with the mean, beside what it reads alike. */
static int case_reading_row(struct case_view *view, size_t system, const struct bottleneck *b)
{
    enum bottleneck_reading reading = view->session->case_.reading;
    struct aligned_row *row = &view->rows[1 + system];
    row->labels = calloc(b->n_entities + 1, sizeof *row->labels);
    for (size_t i = 0; row->labels && i < b->n_entities; i++) {
        const struct bottleneck_entity *e = &b->entities[i];
        if (!e->in[reading] && !e->in[READING_MEAN])
            continue;
        struct aligned_label *label = case_add_label(row, e->start, e->end, e->type);
        label->is_new = !e->in[READING_MEAN];
        label->is_gone = !e->in[reading];
        if (label->is_gone || label->is_new)
            snprintf(label->tag, sizeof label->tag, "%s%s", label->is_gone ? "−" : "+", e->type);
        if (!label->is_gone)
            case_add_score(label, e->score[reading]);
    }
    return row->labels ? 0 : -1;
}

static int case_system_row(struct case_view *view, size_t system)
{
    const struct examination *x = view->session->case_.examinations[system];
    const struct post *said = view->said[system];
    struct aligned_row *row = &view->rows[1 + system];
    if (view->session->case_.reading != READING_MEAN && x && x->bottleneck)
        return case_reading_row(view, system, x->bottleneck);
    row->labels = calloc((said ? said->n_entities : 0) + 1, sizeof *row->labels);
    for (size_t i = 0; row->labels && said && i < said->n_entities; i++) {
        const struct entity *e = &said->entities[i];
        if (!e->type) /* only the argument of a relation */
            continue;
        struct aligned_label *label = case_add_label(row, e->start, e->end, e->type);
        if (e->origin.has_score)
            case_add_score(label, e->origin.score);
    }
    return row->labels ? 0 : -1;
}

/* --- pairs -------------------------------------------------------------------------------------------------------- */

static bool case_pair_of(const struct post *post, const struct relation *relation, struct case_pair *out)
{
    const struct entity *head = post_entity_peek(post, relation->head), *tail = post_entity_peek(post, relation->tail);
    if (!head || !tail)
        return false;
    *out = (struct case_pair){.head = {head->start, head->end}, .tail = {tail->start, tail->end}};
    return true;
}

static const struct relation *case_relation(const struct post *post, const struct case_pair *pair)
{
    struct case_pair other;
    for (size_t i = 0; post && i < post->n_relations; i++)
        if (case_pair_of(post, &post->relations[i], &other) && case_same_span(other.head, pair->head) &&
            case_same_span(other.tail, pair->tail))
            return &post->relations[i];
    return NULL;
}

static void case_add_pair(struct case_view *view, struct case_pair pair)
{
    for (size_t i = 0; i < view->n_pairs; i++)
        if (case_same_span(view->pairs[i].head, pair.head) && case_same_span(view->pairs[i].tail, pair.tail))
            return;
    if (view->n_pairs < CASE_PAIRS_MAX)
        view->pairs[view->n_pairs++] = pair;
}

/* The case's own pairs first, then what anybody says that is not None. */
static void case_find_pairs(struct case_view *view)
{
    const struct post *posts[CASE_ROWS] = {view->gold, view->said[0], view->said[1]};
    struct case_pair pair;
    for (size_t s = 0; s < INSPECTION_SYSTEMS_MAX; s++) {
        const struct taxonomy_case *found = view->entries[s] ? &view->entries[s]->found : NULL;
        if (!found || !found->relation)
            continue;
        const size_t at[2] = {found->gold, found->predicted};
        for (size_t side = 0; side < 2; side++) {
            const struct post *post = side ? view->said[s] : view->gold;
            if (post && at[side] < post->n_relations && case_pair_of(post, &post->relations[at[side]], &pair)) {
                pair.at_hand = true;
                case_add_pair(view, pair);
            }
        }
    }
    for (size_t r = 0; r < CASE_ROWS; r++)
        for (size_t i = 0; posts[r] && i < posts[r]->n_relations; i++)
            if (posts[r]->relations[i].type && strcmp(posts[r]->relations[i].type, "None") &&
                case_pair_of(posts[r], &posts[r]->relations[i], &pair))
                case_add_pair(view, pair);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static void case_add_span(struct case_view *view, size_t start, size_t end)
{
    if (view->n_spans < CASE_SPANS && start < end && !case_is_span(view, start, end)) {
        view->spans[view->n_spans][0] = start;
        view->spans[view->n_spans++][1] = end;
    }
}

static void case_find_spans(struct case_view *view)
{
    const struct inspection_key *key = &view->item->decision;
    const struct cases_entry *entry = view->entries[view->item->system];
    const struct post *said = view->said[view->item->system];
    case_add_span(view, key->span[0], key->span[1]);
    if (key->relation)
        case_add_span(view, key->tail[0], key->tail[1]);
    if (!entry || entry->found.relation)
        return;
    if (entry->found.gold < view->gold->n_entities)
        case_add_span(view, view->gold->entities[entry->found.gold].start, view->gold->entities[entry->found.gold].end);
    if (said && entry->found.predicted < said->n_entities)
        case_add_span(view, said->entities[entry->found.predicted].start, said->entities[entry->found.predicted].end);
}

int case_view_make(const struct session *session, size_t columns, struct case_view *out, struct error *err)
{
    const struct inspection *inspection = session->inspect.from;
    *out = (struct case_view){.session = session,
                              .inspection = inspection,
                              .item = inspection_item(inspection),
                              .gold = session_post(session)};
    size_t n = inspection->n_systems, name = strlen("gold");
    bool failed = case_gold_row(out) != 0;
    for (size_t s = 0; s < n; s++) {
        const struct inspection_prediction *p = &inspection->systems[s].predictions[session->post];
        const char *said = inspection->systems[s].name;
        out->said[s] = p->state == INSPECTION_KNOWN ? p->post : NULL;
        out->entries[s] = inspection_case(inspection, out->item, s);
        size_t width = 2 + text_cells_width(said, strlen(said));
        name = width > name ? width : name;
    }
    size_t most = columns < CASE_WIDE ? CASE_NAME_NARROW : CASE_NAME_MAX;
    out->name_columns = name < most ? name : most;
    case_find_spans(out);
    case_find_pairs(out);
    for (size_t s = 0; s < n; s++)
        failed |= case_system_row(out, s) != 0;
    for (size_t r = 0; r < 1 + n && !failed; r++)
        aligned_sort(&out->rows[r]);
    size_t room = columns > out->name_columns + 3 ? columns - out->name_columns - 3 : 1;
    if (failed) {
        case_view_free(out);
        return error_memory(err, "case");
    }
    if (aligned_make(out->gold->tokens, out->gold->n_tokens, out->rows, 1 + n, room, &out->aligned, err)) {
        case_view_free(out);
        return -1;
    }
    return 0;
}

void case_view_free(struct case_view *view)
{
    for (size_t r = 0; r < CASE_ROWS; r++)
        free(view->rows[r].labels);
    aligned_free(&view->aligned);
}

bool case_is_at_hand(const struct case_view *view, size_t token)
{
    for (size_t i = 0; i < view->n_spans; i++)
        if (token >= view->spans[i][0] && token < view->spans[i][1])
            return true;
    return false;
}

bool case_line_is_at_hand(const struct case_view *view, size_t line)
{
    size_t start, end;
    aligned_line(&view->aligned, line, &start, &end);
    for (size_t t = start; t < end; t++)
        if (case_is_at_hand(view, t))
            return true;
    return false;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

void case_letter(struct view_pen *pen, size_t row)
{
    view_format(pen, case_inks[row], GROUND_NONE, A_BOLD, "%c", 'A' + (int)row - 1);
}

enum screen_ink case_heat_ink(size_t system, double value)
{
    static const enum screen_ink inks[INSPECTION_SYSTEMS_MAX][2] = {{INK_HEAT, INK_COLD},
                                                                    {INK_HEAT_OTHER, INK_COLD_OTHER}};
    return inks[system][value < 0];
}

void case_name(struct view_pen *pen, const struct case_view *view, size_t row)
{
    size_t x = pen->x, end = pen->end;
    pen->end = x + view->name_columns < end ? x + view->name_columns : end;
    if (row == 0)
        view_put(pen, case_inks[0], GROUND_NONE, A_BOLD, "gold");
    else
        view_format(pen, case_inks[row], GROUND_NONE, A_BOLD, "%c %s", 'A' + (int)row - 1,
                    view->inspection->systems[row - 1].name);
    pen->end = end;
    pen->x = x + view->name_columns + 1;
}

/* The words of a label, or of the case, in a row that is not gold's. */
static bool case_shows(const struct case_view *view, size_t row, size_t token, const struct aligned_label **label_out)
{
    const struct aligned_row *labels = &view->rows[row];
    *label_out = NULL;
    for (size_t i = 0; i < labels->n; i++)
        if (token >= labels->labels[i].start && token < labels->labels[i].end &&
            (!*label_out || !labels->labels[i].is_gone))
            *label_out = &labels->labels[i];
    return row == 0 || *label_out || case_is_at_hand(view, token);
}

static attr_t case_attributes(const struct aligned_label *label)
{
    return label->is_new ? A_BOLD | A_REVERSE : label->is_gone ? A_DIM : A_BOLD;
}

static void case_draw_word(struct view_pen *pen, const struct case_view *view, size_t row, size_t token, size_t left)
{
    const struct aligned_row *labels = &view->rows[row];
    const struct aligned_place *place = &view->aligned.places[token];
    const struct aligned_label *inside;
    size_t end = pen->end;
    if (!case_shows(view, row, token, &inside))
        return;
    size_t opening = 0;
    for (size_t i = 0; i < labels->n; i++)
        opening += labels->labels[i].start == token;
    pen->x = left + place->column - opening;
    for (size_t i = 0; i < labels->n; i++)
        if (labels->labels[i].start == token)
            view_put(pen, view_type_ink(&view->session->types, labels->labels[i].type), GROUND_NONE,
                     labels->labels[i].is_gone ? A_DIM : A_BOLD, "[");
    enum screen_ink ink = inside && !inside->is_gone ? view_type_ink(&view->session->types, inside->type)
                          : row == 0                 ? INK_TEXT
                                                     : INK_DIM;
    attr_t attributes = (inside && !inside->is_gone ? A_BOLD : 0) | (case_is_at_hand(view, token) ? A_UNDERLINE : 0);
    pen->x = left + place->column;
    pen->end = pen->x + place->columns < end ? pen->x + place->columns : end;
    view_put(pen, ink, GROUND_NONE, attributes, view->gold->tokens[token]);
    pen->end = end;
    pen->x = left + place->column + place->columns;
    for (size_t i = labels->n; i-- > 0;) { /* inner ones close first */
        const struct aligned_label *label = &labels->labels[i];
        if (label->end != token + 1)
            continue;
        ink = view_type_ink(&view->session->types, label->type);
        view_put(pen, ink, GROUND_NONE, label->is_gone ? A_DIM : A_BOLD, "]");
        view_put(pen, ink, GROUND_NONE, case_attributes(label), label->tag);
    }
}

/* Why a system's labels are not there. */
static const char *case_unknown(const struct case_view *view, size_t system)
{
    switch (view->inspection->systems[system].predictions[view->session->post].state) {
    case INSPECTION_OTHER_WORDS:
        return "it has other words: not compared";
    case INSPECTION_FAILED:
        return "the model failed here";
    default:
        return "not known yet";
    }
}

void case_draw_row(struct view_pen *pen, const struct case_view *view, size_t row, size_t line)
{
    size_t start, end;
    view_space(pen, 1);
    case_name(pen, view, row);
    size_t left = pen->x;
    aligned_line(&view->aligned, line, &start, &end);
    for (size_t t = start; t < end; t++)
        case_draw_word(pen, view, row, t, left);
    if (row && !view->said[row - 1]) {
        pen->x = left;
        view_put(pen, INK_DIM, GROUND_NONE, 0, case_unknown(view, row - 1));
    }
}

void case_draw_pair_words(struct view_pen *pen, const struct case_view *view, const struct case_pair *pair)
{
    char words[128];
    session_words(view->session, pair->head[0], pair->head[1], words, sizeof words);
    view_put(pen, INK_TEXT, GROUND_NONE, pair->at_hand ? A_UNDERLINE : 0, words);
    view_put(pen, INK_TEXT, GROUND_NONE, 0, " → ");
    session_words(view->session, pair->tail[0], pair->tail[1], words, sizeof words);
    view_put(pen, INK_TEXT, GROUND_NONE, pair->at_hand ? A_UNDERLINE : 0, words);
}

static const struct bottleneck_pair *case_read_pair(const struct case_view *view, const struct case_pair *pair,
                                                    size_t system)
{
    const struct examination *x = view->session->case_.examinations[system];
    for (size_t i = 0; x && x->bottleneck && i < x->bottleneck->n_pairs; i++)
        if (case_same_span(x->bottleneck->pairs[i].head, pair->head) &&
            case_same_span(x->bottleneck->pairs[i].tail, pair->tail))
            return &x->bottleneck->pairs[i];
    return NULL;
}

/* What a row says of a pair. */
static void case_draw_label(struct view_pen *pen, const struct case_view *view, const struct case_pair *pair,
                            size_t row, bool brief)
{
    const struct relation *relation = case_relation(row ? view->said[row - 1] : view->gold, pair);
    const char *type = relation ? relation->type : NULL;
    double score = relation && relation->origin.has_score ? relation->origin.score : -1;
    bool is_new = false;
    if (row && view->session->case_.reading != READING_MEAN) {
        const struct bottleneck_pair *read = case_read_pair(view, pair, row - 1);
        if (read) {
            type = read->types[view->session->case_.reading];
            score = read->scores[view->session->case_.reading];
            is_new = strcmp(type, read->types[READING_MEAN]) != 0;
        }
    }
    const char *last = brief && type ? strrchr(type, '/') : NULL;
    view_put(pen, type ? INK_TEXT : INK_DIM, GROUND_NONE, is_new ? A_BOLD | A_REVERSE : type ? A_BOLD : 0,
             last                           ? last + 1
             : type                         ? type
             : row && !view->said[row - 1] ? case_unknown(view, row - 1)
                                            : "not paired");
    if (type && score >= 0) {
        char number[16];
        view_probability(score, number);
        view_format(pen, INK_TEXT, GROUND_NONE, 0, " %s", number);
    }
}

void case_draw_pair_row(struct view_pen *pen, const struct case_view *view, const struct case_pair *pair, size_t row)
{
    view_space(pen, 1);
    case_name(pen, view, row);
    case_draw_label(pen, view, pair, row, false);
}

void case_draw_pair(struct view_pen *pen, const struct case_view *view, const struct case_pair *pair)
{
    view_space(pen, 1);
    case_draw_pair_words(pen, view, pair);
    for (size_t row = 0; row < 1 + view->inspection->n_systems; row++) {
        view_format(pen, case_inks[row], GROUND_NONE, A_BOLD, row ? "   %c " : "   gold ", 'A' + (int)row - 1);
        case_draw_label(pen, view, pair, row, true);
    }
}
