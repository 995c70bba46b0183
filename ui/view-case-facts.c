/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-case-parts.h"

#include "ui/text-cells.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FACT_NAMES = 8, TABLE_NAME = 13, TABLE_BAR = 6, TABLE_NUMBER = 7, TABLE_TOKENS_MAX = 256 };

static const struct examination *fact_examination(const struct case_view *view, size_t system)
{
    return view->session->case_.examinations[system];
}

/* Place 0: where gold has its label, else the system; 1: where the system has it, if that is somewhere else. False:
 * there is no such place. */
static bool fact_key(const struct case_view *view, size_t system, size_t place, struct inspection_key *out)
{
    const struct cases_entry *entry = view->entries[system];
    const struct post *said = view->said[system];
    bool has_gold = entry && entry->found.gold < view->gold->n_entities;
    *out = view->item->decision;
    if (!entry || out->relation || !said || entry->found.predicted >= said->n_entities)
        return !place;
    const struct entity *own = &said->entities[entry->found.predicted];
    bool differs = own->start != out->span[0] || own->end != out->span[1];
    if (place || !has_gold) {
        out->span[0] = own->start;
        out->span[1] = own->end;
    }
    return !place || (has_gold && differs);
}

size_t case_fact_places(const struct case_view *view, size_t system, enum case_fact fact)
{
    const struct examination *x = fact_examination(view, system);
    struct inspection_key key;
    bool no_picture = !x || !x->picture || !x->picture->has_picture;
    if (fact == FACT_FAITHFUL || (fact == FACT_PICTURE && no_picture))
        return 1; /* there is one thing to say */
    return fact_key(view, system, 1, &key) ? FACT_PLACES : 1;
}

/* "picture: ", or of which words where the system's label has others than gold's. */
static void fact_title(struct view_pen *pen, const struct case_view *view, const char *what, size_t place,
                       const struct inspection_key *key)
{
    char words[48];
    if (place) {
        session_words(view->session, key->span[0], key->span[1], words, sizeof words);
        view_format(pen, INK_DIM, GROUND_NONE, 0, "  of ");
        view_format(pen, INK_TEXT, GROUND_NONE, 0, "%s: ", words);
    } else
        view_format(pen, INK_DIM, GROUND_NONE, 0, "%s: ", what);
}

/* --- the picture -------------------------------------------------------------------------------------------------- */

/* "/per/org/member_of" is too long for a line of several: its last part. */
static const char *fact_brief(const char *label)
{
    const char *slash = label ? strrchr(label, '/') : NULL;
    return slash && slash[1] ? slash + 1 : label ? label : "none";
}

/* "PER 6, none 2": what the readings say, most first. */
static void fact_count_labels(const struct picture_decision *decision, size_t n_others, char *out, size_t size)
{
    const char *names[FACT_NAMES];
    size_t counts[FACT_NAMES] = {0}, n = 0, used = 0;
    *out = '\0';
    for (size_t i = 0; i < n_others; i++) {
        const char *label = decision->readings[PICTURE_FIRST_OTHER + i].label;
        size_t k = 0;
        label = fact_brief(label);
        while (k < n && strcmp(names[k], label))
            k++;
        if (k == n && n < FACT_NAMES)
            names[n++] = label;
        if (k < n)
            counts[k]++;
    }
    for (size_t round = 0; round < n; round++) {
        size_t best = 0;
        for (size_t k = 1; k < n; k++)
            best = counts[k] > counts[best] ? k : best;
        int written = snprintf(out + used, size - used, "%s%s %zu", round ? ", " : "", names[best], counts[best]);
        if (written < 0 || (size_t)written >= size - used)
            return;
        used += (size_t)written;
        counts[best] = 0;
    }
}

static bool fact_same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static void fact_decision(struct view_pen *pen, const struct picture_verdict *verdict, const struct picture_decision *d)
{
    static const enum screen_ink inks[PICTURE_ANSWERS] = {[PICTURE_UNJUDGED] = INK_DIM,
                                                          [PICTURE_HELPED] = INK_GOOD,
                                                          [PICTURE_HURT] = INK_BAD,
                                                          [PICTURE_IGNORED] = INK_TEXT,
                                                          [PICTURE_ANY] = INK_WARN};
    const char *own = d->readings[PICTURE_OWN].label, *without = d->readings[PICTURE_WITHOUT].label;
    bool all_same = fact_same(own, without);
    for (size_t i = 0; i < verdict->n_others; i++)
        all_same &= fact_same(own, d->readings[PICTURE_FIRST_OTHER + i].label);
    view_put(pen, inks[d->answer], GROUND_NONE, A_BOLD, picture_answer_name(d->answer));
    if (all_same) {
        view_format(pen, INK_DIM, GROUND_NONE, 0, " (without, and %zu other%s: same label)", verdict->n_others,
                    verdict->n_others == 1 ? "" : "s");
        return;
    }
    char others[96];
    fact_count_labels(d, verdict->n_others, others, sizeof others);
    view_format(pen, INK_DIM, GROUND_NONE, 0, " (without: %s, %zu other%s: %s)", fact_brief(without),
                verdict->n_others, verdict->n_others == 1 ? "" : "s", others);
}

static void fact_picture(struct view_pen *pen, const struct case_view *view, size_t system, size_t place)
{
    const struct examination *x = fact_examination(view, system);
    struct inspection_key key;
    fact_key(view, system, place, &key);
    fact_title(pen, view, "picture", place, &key);
    if (!x || !x->picture) {
        view_put(pen, INK_DIM, GROUND_NONE, 0, "is being looked at");
        return;
    }
    if (!x->picture->has_picture) {
        view_put(pen, INK_TEXT, GROUND_NONE, 0, "there is none");
        return;
    }
    const struct picture_decision *d =
        picture_verdict_peek(x->picture, key.span, key.relation ? key.tail : NULL, NULL);
    if (d)
        fact_decision(pen, x->picture, d);
    else
        view_put(pen, INK_TEXT, GROUND_NONE, 0, "ignored (nothing here with it or without)");
}

/* --- the bottleneck ----------------------------------------------------------------------------------------------- */

/* What a reading has on exactly this span; NULL = nothing. */
static const struct bottleneck_entity *fact_read(const struct bottleneck *b, enum bottleneck_reading reading,
                                                 const size_t span[2])
{
    for (size_t i = 0; i < b->n_entities; i++)
        if (b->entities[i].in[reading] && b->entities[i].start == span[0] && b->entities[i].end == span[1])
            return &b->entities[i];
    return NULL;
}

/* In how many samples there is just what the mean has there. */
static size_t fact_samples(const struct bottleneck *b, const size_t span[2])
{
    const struct bottleneck_entity *mean = fact_read(b, READING_MEAN, span);
    size_t others = 0;
    for (size_t i = 0; i < b->n_entities; i++)
        if (b->entities[i].start == span[0] && b->entities[i].end == span[1])
            others += b->entities[i].samples;
    return mean ? mean->samples : b->n_samples - (others < b->n_samples ? others : b->n_samples);
}

static void fact_label(struct view_pen *pen, const struct case_view *view, const char *type, bool differs)
{
    bool relation = view->item->decision.relation;
    view_put(pen, type && !relation ? view_type_ink(&view->session->types, type) : INK_TEXT, GROUND_NONE,
             differs ? A_BOLD | A_REVERSE : A_BOLD, fact_brief(type));
}

static void fact_score(struct view_pen *pen, double score)
{
    char number[16];
    view_probability(score, number);
    view_format(pen, INK_TEXT, GROUND_NONE, 0, " %s", number);
}

/* What came second, with the mean. */
static void fact_second(struct view_pen *pen, const struct case_view *view, size_t system,
                        const struct inspection_key *key, const char *type)
{
    const struct analysis *a = view->session->case_.analyses[system];
    const struct analysis_runner_up *second = NULL;
    for (size_t i = 0; a && type && !key->relation && i < a->n_entities; i++)
        if (a->entities[i].start == key->span[0] && a->entities[i].end == key->span[1] && a->entities[i].n_runners_up)
            second = &a->entities[i].runners_up[0];
    for (size_t i = 0; a && type && key->relation && i < a->n_relations; i++)
        if (!memcmp(a->relations[i].head, key->span, sizeof key->span) &&
            !memcmp(a->relations[i].tail, key->tail, sizeof key->tail) && !strcmp(a->relations[i].type, type) &&
            a->relations[i].runner_up.type)
            second = &a->relations[i].runner_up;
    if (!second || second->score < 0.005) /* it would be shown as zero */
        return;
    view_format(pen, INK_DIM, GROUND_NONE, 0, " (%s", fact_brief(second->type));
    fact_score(pen, second->score);
    view_put(pen, INK_DIM, GROUND_NONE, 0, ")");
}

static void fact_filtered(struct view_pen *pen, const struct case_view *view, size_t system,
                          const struct inspection_key *key)
{
    const struct inspection_mark *mark = inspection_mark_peek(view->inspection, system, view->item->post, key);
    if (mark && mark->filtered == FILTERED_SAVED)
        view_put(pen, INK_GOOD, GROUND_NONE, A_BOLD, "saved it, ");
    if (mark && mark->filtered == FILTERED_LOST)
        view_put(pen, INK_BAD, GROUND_NONE, A_BOLD, "lost it, ");
}

static void fact_filter(struct view_pen *pen, const struct case_view *view, size_t system, size_t place)
{
    const struct examination *x = fact_examination(view, system);
    struct inspection_key key;
    fact_key(view, system, place, &key);
    fact_title(pen, view, "filter", place, &key);
    const char *types[READINGS] = {NULL};
    double scores[READINGS] = {0};
    size_t samples = 0;
    if (!x || !x->bottleneck) {
        view_put(pen, INK_DIM, GROUND_NONE, 0, "is being looked at");
        return;
    }
    const struct bottleneck *b = x->bottleneck;
    if (key.relation) {
        const struct bottleneck_pair *pair = NULL;
        for (size_t i = 0; i < b->n_pairs && !pair; i++)
            if (!memcmp(b->pairs[i].head, key.span, sizeof key.span) &&
                !memcmp(b->pairs[i].tail, key.tail, sizeof key.tail))
                pair = &b->pairs[i];
        for (size_t r = 0; pair && r < READINGS; r++) {
            types[r] = pair->types[r];
            scores[r] = pair->scores[r];
        }
        samples = pair ? pair->samples : 0;
    } else {
        for (size_t r = 0; r < READINGS; r++) {
            const struct bottleneck_entity *e = fact_read(b, (enum bottleneck_reading)r, key.span);
            types[r] = e ? e->type : NULL;
            scores[r] = e ? e->score[r] : 0;
        }
        samples = fact_samples(b, key.span);
    }
    fact_filtered(pen, view, system, &key);
    view_put(pen, INK_DIM, GROUND_NONE, 0, "mean ");
    fact_label(pen, view, types[READING_MEAN], false);
    if (types[READING_MEAN])
        fact_score(pen, scores[READING_MEAN]);
    fact_second(pen, view, system, &key, types[READING_MEAN]);
    view_put(pen, INK_DIM, GROUND_NONE, 0, ", samples ");
    view_format(pen, INK_TEXT, GROUND_NONE, 0, "%zu/%zu", samples, b->n_samples);
    view_put(pen, INK_DIM, GROUND_NONE, 0, ", bypassed ");
    fact_label(pen, view, types[READING_BYPASSED], !fact_same(types[READING_MEAN], types[READING_BYPASSED]));
    if (types[READING_BYPASSED])
        fact_score(pen, scores[READING_BYPASSED]);
}

/* nats a label; below it an area is told as none */
#define FACT_AREA_LEAST 0.005

/* --- the deletion test -------------------------------------------------------------------------------------------- */

static void fact_curve(struct view_pen *pen, const char *what, const struct faithfulness *f,
                       const struct faithfulness_curve *curve)
{
    char area[16];
    if (!curve->n_points) {
        view_format(pen, INK_DIM, GROUND_NONE, 0, "%s: nothing to take away", what);
        return;
    }
    view_signed(fabs(curve->area) < FACT_AREA_LEAST ? 0 : curve->area, area);
    view_format(pen, INK_DIM, GROUND_NONE, 0, "%s ", what);
    view_put(pen, INK_TEXT, GROUND_NONE, 0, area);
    view_format(pen, INK_DIM, GROUND_NONE, 0, " (%zu/%zu)", curve->n_beaten, f->n_orders);
}

static void fact_faithful(struct view_pen *pen, const struct case_view *view, size_t system, size_t place)
{
    static const char legend[] = " orders beaten";
    const struct examination *x = fact_examination(view, system);
    (void)place; /* it is about all labels of the post */
    view_put(pen, INK_DIM, GROUND_NONE, 0, "faithful: ");
    if (!x || !x->has_faithfulness)
        view_put(pen, INK_DIM, GROUND_NONE, 0, "is being tested");
    else if (!x->faithfulness.n_labels)
        view_put(pen, INK_DIM, GROUND_NONE, 0, "the model has no label here to follow");
    else {
        view_put(pen, INK_DIM, GROUND_NONE, 0, "area ");
        fact_curve(pen, "words", &x->faithfulness, &x->faithfulness.words);
        view_put(pen, INK_DIM, GROUND_NONE, 0, ", ");
        fact_curve(pen, "regions", &x->faithfulness, &x->faithfulness.cells);
        if (x->faithfulness.cells.n_points && pen->x + strlen(legend) <= pen->end)
            view_put(pen, INK_DIM, GROUND_NONE, 0, legend);
    }
}

void case_draw_match(struct view_pen *pen, const struct case_view *view)
{
    view_space(pen, 1);
    view_put(pen, INK_DIM, GROUND_NONE, 0, "text-picture match");
    for (size_t s = 0; s < view->inspection->n_systems; s++) {
        const struct analysis *a = view->session->case_.analyses[s];
        char number[16] = "none";
        if (!view->inspection->systems[s].model)
            continue;
        if (a && a->has_consistency)
            view_probability(a->consistency, number);
        view_space(pen, 1);
        if (view->inspection->n_systems > 1) {
            case_letter(pen, 1 + s);
            view_space(pen, 1);
        }
        view_put(pen, INK_TEXT, GROUND_NONE, 0, a ? number : "?");
    }
}

void case_draw_fact(struct view_pen *pen, const struct case_view *view, size_t system, enum case_fact fact,
                    size_t place)
{
    static void (*const draw[])(struct view_pen *pen, const struct case_view *view, size_t system, size_t place) = {
        [FACT_PICTURE] = fact_picture, [FACT_FILTER] = fact_filter, [FACT_FAITHFUL] = fact_faithful};
    view_space(pen, 1);
    if (view->inspection->n_systems > 1) {
        case_letter(pen, 1 + system);
        view_space(pen, 1);
    }
    draw[fact](pen, view, system, place);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

/* A row of the table: a token, or an image (then image is its row). */
struct table_row {
    size_t token, image;
};

static size_t table_count(const struct bottleneck *b)
{
    size_t tokens = b->n_tokens < TABLE_TOKENS_MAX ? b->n_tokens : TABLE_TOKENS_MAX;
    return tokens + (b->has_picture ? b->n_images : 0);
}

size_t case_table_lines(const struct case_view *view, size_t system)
{
    const struct examination *x = fact_examination(view, system);
    return x && x->bottleneck ? 1 + table_count(x->bottleneck) : 0;
}

/* The words by what is used of them, the most first; those of the case before the others. */
static struct table_row table_row_at(const struct case_view *view, const struct bottleneck *b, size_t index)
{
    size_t order[TABLE_TOKENS_MAX], n = b->n_tokens < TABLE_TOKENS_MAX ? b->n_tokens : TABLE_TOKENS_MAX;
    size_t images = b->has_picture ? b->n_images : 0;
    size_t first = 0; /* words of the case, then the images, then the other words */
    for (size_t i = 0; i < n; i++) {
        bool at_hand = case_is_at_hand(view, i);
        double size = fabs((double)b->token_used[i]);
        size_t at = i;
        while (at > 0) {
            bool before = case_is_at_hand(view, order[at - 1]);
            if (before != at_hand ? before : fabs((double)b->token_used[order[at - 1]]) >= size)
                break;
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
        first += at_hand;
    }
    if (index < first)
        return (struct table_row){order[index], SIZE_MAX};
    if (index < first + images)
        return (struct table_row){SIZE_MAX, index - first};
    return (struct table_row){order[index - images], SIZE_MAX};
}

static double table_most(const float *values, size_t n, double most)
{
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)values[i]));
    return most;
}

static void table_heading(struct view_pen *pen, const struct case_view *view, size_t system)
{
    size_t x = pen->x;
    if (view->inspection->n_systems > 1)
        case_name(pen, view, 1 + system);
    pen->x = x + TABLE_NAME + 1;
    view_put(pen, INK_DIM, GROUND_NONE, 0, "kept, nats");
    pen->x = x + TABLE_NAME + 1 + TABLE_NUMBER + 1 + TABLE_BAR + 1;
    view_put(pen, INK_DIM, GROUND_NONE, 0, "used");
    pen->x = x + TABLE_NAME + 1 + 2 * (TABLE_NUMBER + 1 + TABLE_BAR + 1);
    view_put(pen, INK_DIM, GROUND_NONE, 0, "before");
}

static void table_name(struct view_pen *pen, const struct case_view *view, const struct bottleneck *b,
                       struct table_row row)
{
    size_t end = pen->end, x = pen->x;
    pen->end = x + TABLE_NAME < end ? x + TABLE_NAME : end;
    if (row.image == SIZE_MAX) {
        view_put(pen, case_is_at_hand(view, row.token) ? INK_BRIGHT : INK_TEXT, GROUND_NONE,
                 case_is_at_hand(view, row.token) ? A_UNDERLINE : 0,
                 row.token < view->gold->n_tokens ? view->gold->tokens[row.token] : "?");
    } else {
        size_t object = b->image_objects[row.image];
        const char *label = object < view->gold->n_objects ? view->gold->objects[object].label : NULL;
        if (object == SIZE_MAX)
            view_put(pen, INK_WARN, GROUND_NONE, 0, "picture");
        else
            view_format(pen, INK_WARN, GROUND_NONE, 0, "#%zu %s", object + 1, label ? label : "object");
    }
    pen->end = end;
    pen->x = x + TABLE_NAME + 1;
}

static void table_number(struct view_pen *pen, const char *number)
{
    size_t x = pen->x, columns = strlen(number);
    pen->x += columns < TABLE_NUMBER ? TABLE_NUMBER - columns : 0;
    view_put(pen, INK_TEXT, GROUND_NONE, 0, number);
    pen->x = x + TABLE_NUMBER + 1;
}

void case_draw_table(struct view_pen *pen, const struct case_view *view, size_t system, size_t line)
{
    const struct bottleneck *b = fact_examination(view, system)->bottleneck;
    char number[24];
    view_space(pen, 1);
    if (!line) {
        table_heading(pen, view, system);
        return;
    }
    struct table_row row = table_row_at(view, b, line - 1);
    bool word = row.image == SIZE_MAX;
    size_t i = word ? row.token : row.image, images = b->has_picture ? b->n_images : 0;
    double kept = (double)(word ? b->token_kept : b->image_kept)[i];
    double used = (double)(word ? b->token_used : b->image_used)[i];
    double before = (double)(word ? b->token_before : b->image_before)[i];
    table_name(pen, view, b, row);
    snprintf(number, sizeof number, fabs(kept) < 9.95 ? "%.1f" : "%.0f", kept);
    table_number(pen, number);
    size_t x = pen->x;
    view_bar_ink(pen, INK_RATE, kept, table_most(b->image_kept, images, table_most(b->token_kept, b->n_tokens, 0)),
                 TABLE_BAR);
    pen->x = x + TABLE_BAR + 1;
    view_signed(used, number);
    table_number(pen, number);
    x = pen->x;
    /* Words and images are sums of their own modality: each has its own scale. */
    double most = word ? table_most(b->token_used, b->n_tokens, 0) : table_most(b->image_used, images, 0);
    view_bar_ink(pen, case_heat_ink(system, used), used, most, TABLE_BAR);
    pen->x = x + TABLE_BAR + 1;
    view_signed(before, number);
    table_number(pen, number);
}
