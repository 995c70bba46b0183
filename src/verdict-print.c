/* SPDX-License-Identifier: Apache-2.0 */
#include "src/verdict-print.h"

#include "corpora/json.h"
#include "src/table-cells.h"

#include <math.h>
#include <string.h>

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- Tables: the picture ---- */

static void put_net(struct text *out, long net)
{
    text_add_format(out, net ? "%+6ld" : "%6ld", net);
}

static void put_picture_row(struct text *out, int width, const char *name, const struct picture_counts *c, bool judged)
{
    text_add(out, "  ");
    table_cells_name(out, width, name);
    text_add_format(out, "%6zu", c->n);
    if (judged) {
        text_add_format(out, "%8zu%6zu%6zu%9zu", c->answers[PICTURE_HELPED], c->answers[PICTURE_ANY],
                        c->answers[PICTURE_HURT], c->answers[PICTURE_IGNORED]);
        put_net(out, picture_net(c));
    }
    text_add_format(out, "%9zu\n", c->changed);
}

static void put_picture_table(struct text *out, const char *title, const struct picture_table *table, bool judged)
{
    int width = table_cells_width(title, 10);
    if (!table->all.n) {
        text_add_format(out, "\n%s: none\n", title);
        return;
    }
    for (size_t i = 0; i < table->n_types; i++)
        width = table_cells_width(table->types[i].name, width);
    text_add_format(out, "\n%-*s%6s", width + 2, title, "n");
    if (judged)
        text_add_format(out, "%8s%6s%6s%9s%6s", "helped", "any", "hurt", "ignored", "net");
    text_add_format(out, "%9s\n", "changed");
    for (size_t i = 0; i < table->n_types; i++)
        put_picture_row(out, width, table->types[i].name, &table->types[i].counts, judged);
    put_picture_row(out, width, "all", &table->all, judged);
    if (judged)
        text_add_format(out, "  wrong: %zu with their pictures, %zu without\n", table->all.wrong_own,
                        table->all.wrong_without);
}

static void put_picture_tables(struct text *out, const struct verdict_summary *s)
{
    const struct picture_totals *p = &s->picture;
    bool judged = s->has_gold_entities || s->has_gold_relations;
    size_t n_with = p->n_posts - p->n_without;
    text_add_format(out, "Picture: %zu post%s with one, %zu without (no verdict); %zu other%s each, seed %zu\n", n_with,
                    plural(n_with), p->n_without, s->others, plural(s->others), s->seed);
    if (p->n_few)
        text_add_format(out, "  %zu post%s had fewer others: the corpus has no more\n", p->n_few, plural(p->n_few));
    if (!n_with)
        return;
    if (s->has_gold_entities) {
        put_picture_table(out, "Entities", &p->entities, true);
        put_picture_table(out, "Predicted, not in gold", &p->excess, true);
    } else {
        put_picture_table(out, "Entities (no gold)", &p->entities, false);
    }
    put_picture_table(out, s->has_gold_relations ? "Relations" : "Relations (no gold)", &p->relations,
                      s->has_gold_relations);
    text_add(out, "\n");
    if (judged)
        text_add(out, "  helped   right with its own picture, wrong without; others: at most half right\n"
                      "  any      the same, but more than half of the others right: any would do\n"
                      "  hurt     wrong with its own picture, right without\n"
                      "  ignored  right both ways, or wrong both ways\n"
                      "  net      helped - hurt\n");
    text_add_format(out, "  changed  the label is another without the picture%s\n",
                    judged ? "" : "; without gold nothing tells which is right");
    if (s->has_gold_entities)
        text_add(out, "  What gold lacks is right when it is gone.\n");
}

/* ---- Tables: the bottleneck ---- */

static void put_filter_row(struct text *out, int width, const char *name, const struct bottleneck_counts *c)
{
    text_add(out, "  ");
    table_cells_name(out, width, name);
    text_add_format(out, "%6zu%7zu%6zu", c->saved + c->lost + c->kept_right + c->kept_wrong, c->saved, c->lost);
    put_net(out, (long)c->saved - (long)c->lost);
    text_add_format(out, "%8zu%8zu\n", c->kept_right, c->kept_wrong);
}

static void put_filter_table(struct text *out, const char *title, const struct bottleneck_type *types, size_t n,
                             const struct bottleneck_counts *all)
{
    int width = table_cells_width(title, 10);
    if (!n)
        return;
    for (size_t i = 0; i < n; i++)
        width = table_cells_width(types[i].name, width);
    text_add_format(out, "\n%-*s%6s%7s%6s%6s%8s%8s\n", width + 2, title, "n", "saved", "lost", "net", "right", "wrong");
    for (size_t i = 0; i < n; i++)
        put_filter_row(out, width, types[i].name, &types[i].counts);
    put_filter_row(out, width, "all", all);
}

static void put_rows_table(struct text *out, const struct bottleneck_totals *f)
{
    text_add_format(out, "\n%-20s%8s%10s%12s%12s\n", "Rows, means", "n", "kept", "used", "before");
    for (int k = 0; k < ROWS_KINDS; k++) {
        const struct bottleneck_sums *r = &f->rows[k];
        text_add_format(out, "  %-18s%8zu", bottleneck_rows_name(k), r->n);
        if (r->n)
            text_add_format(out, "%10.2f%12.2f%12.2f\n", r->kept / (double)r->n, r->used / (double)r->n,
                            r->before / (double)r->n);
        else
            text_add_format(out, "%10s%12s%12s\n", "-", "-", "-");
    }
}

static void put_filter_tables(struct text *out, const struct verdict_summary *s)
{
    const struct bottleneck_totals *f = &s->filter;
    text_add_format(out, "\nBottleneck: all %zu post%s; %zu with other labels when it is bypassed\n", f->n_posts,
                    plural(f->n_posts), f->n_changed);
    text_add_format(out, "  %zu of %zu labels do not come back in each of %zu samples\n", f->n_unstable, f->n_decided,
                    s->samples);
    if (s->has_gold_entities)
        put_filter_table(out, "Entities", f->entity_types, f->n_entity_types, &f->entities);
    if (s->has_gold_relations)
        put_filter_table(out, "Relations", f->relation_types, f->n_relation_types, &f->relations);
    put_rows_table(out, f);
    text_add(out, "\n");
    if (s->has_gold_entities || s->has_gold_relations)
        text_add(out, "  saved    right with the bottleneck, wrong when it is bypassed\n"
                      "  lost     wrong with it, right when it is bypassed; right, wrong: both ways\n"
                      "  net      saved - lost\n");
    text_add(out, "  kept     nats, KL(posterior || N(0, I)); used: row sum of X Z^T, before: X X^T\n");
}

void verdict_print_tables(struct text *out, const struct verdict_summary *summary)
{
    put_picture_tables(out, summary);
    put_filter_tables(out, summary);
}

/* ---- JSON ---- */

static void put_whole(struct text *out, const char *name, size_t value)
{
    json_put_name(out, name);
    json_put_whole(out, value);
}

static void put_signed(struct text *out, const char *name, long value)
{
    json_put_name(out, name);
    text_add_format(out, "%ld", value);
}

static void put_number(struct text *out, const char *name, double value)
{
    json_put_name(out, name);
    if (isfinite(value))
        json_put_number(out, value);
    else
        text_add(out, "null");
}

static void put_picture_counts(struct text *out, const struct picture_counts *c, bool judged)
{
    put_whole(out, "n", c->n);
    if (judged) {
        put_whole(out, "helped", c->answers[PICTURE_HELPED]);
        put_whole(out, "any", c->answers[PICTURE_ANY]);
        put_whole(out, "hurt", c->answers[PICTURE_HURT]);
        put_whole(out, "ignored", c->answers[PICTURE_IGNORED]);
        put_signed(out, "net", picture_net(c));
        put_whole(out, "wrong", c->wrong_own);
        put_whole(out, "wrong_without", c->wrong_without);
    }
    put_whole(out, "changed", c->changed);
}

static void put_picture_object(struct text *out, const char *name, const struct picture_counts *c, bool judged)
{
    json_put_name(out, name);
    text_add_char(out, '{');
    put_picture_counts(out, c, judged);
    text_add_char(out, '}');
}

static void put_picture_json(struct text *out, const char *name, const struct picture_table *table, bool judged)
{
    json_put_name(out, name);
    text_add_format(out, "{\"judged\": %s", judged ? "true" : "false");
    put_picture_counts(out, &table->all, judged);
    json_put_name(out, "types");
    text_add_char(out, '{');
    for (size_t i = 0; i < table->n_types; i++)
        put_picture_object(out, table->types[i].name, &table->types[i].counts, judged);
    text_add(out, "}}");
}

static void put_filter_counts(struct text *out, const struct bottleneck_counts *c)
{
    put_whole(out, "n", c->saved + c->lost + c->kept_right + c->kept_wrong);
    put_whole(out, "saved", c->saved);
    put_whole(out, "lost", c->lost);
    put_signed(out, "net", (long)c->saved - (long)c->lost);
    put_whole(out, "kept_right", c->kept_right);
    put_whole(out, "kept_wrong", c->kept_wrong);
}

static void put_filter_json(struct text *out, const char *name, const struct bottleneck_type *types, size_t n,
                            const struct bottleneck_counts *all, bool judged)
{
    json_put_name(out, name);
    if (!judged) {
        text_add(out, "null");
        return;
    }
    text_add_char(out, '{');
    put_filter_counts(out, all);
    json_put_name(out, "types");
    text_add_char(out, '{');
    for (size_t i = 0; i < n; i++) {
        json_put_name(out, types[i].name);
        text_add_char(out, '{');
        put_filter_counts(out, &types[i].counts);
        text_add_char(out, '}');
    }
    text_add(out, "}}");
}

static void put_rows_json(struct text *out, const struct bottleneck_totals *f)
{
    json_put_name(out, "rows");
    text_add_char(out, '{');
    for (int k = 0; k < ROWS_KINDS; k++) {
        const struct bottleneck_sums *r = &f->rows[k];
        json_put_name(out, bottleneck_rows_name(k));
        text_add_char(out, '{');
        put_whole(out, "n", r->n);
        put_number(out, "kept", r->kept / (double)r->n); /* null without rows */
        put_number(out, "used", r->used / (double)r->n);
        put_number(out, "before", r->before / (double)r->n);
        text_add_char(out, '}');
    }
    text_add_char(out, '}');
}

void verdict_print_json(struct text *out, const struct verdict_summary *s)
{
    const struct bottleneck_totals *f = &s->filter;
    text_add(out, "{\"model\": ");
    json_put_text(out, s->model);
    put_whole(out, "posts", s->picture.n_posts);
    put_whole(out, "without_picture", s->picture.n_without);
    put_whole(out, "others", s->others);
    put_whole(out, "fewer_others", s->picture.n_few);
    put_whole(out, "seed", s->seed);
    put_picture_json(out, "entities", &s->picture.entities, s->has_gold_entities);
    if (s->has_gold_entities)
        put_picture_json(out, "not_in_gold", &s->picture.excess, true);
    put_picture_json(out, "relations", &s->picture.relations, s->has_gold_relations);
    text_add(out, ", \"bottleneck\": {");
    put_whole(out, "posts", f->n_posts);
    put_whole(out, "changed_posts", f->n_changed);
    put_whole(out, "samples", s->samples);
    put_whole(out, "labels", f->n_decided);
    put_whole(out, "unstable_labels", f->n_unstable);
    put_filter_json(out, "entities", f->entity_types, f->n_entity_types, &f->entities, s->has_gold_entities);
    put_filter_json(out, "relations", f->relation_types, f->n_relation_types, &f->relations, s->has_gold_relations);
    put_rows_json(out, f);
    text_add(out, "}}\n");
}

/* ---- Cases ---- */

static void put_words(struct text *out, const struct post *post, const size_t span[2])
{
    for (size_t t = span[0]; t < span[1]; t++) {
        text_add(out, t > span[0] ? " " : "");
        table_cells_name(out, 0, post->tokens[t]);
    }
}

static void put_label(struct text *out, const struct picture_reading *reading)
{
    table_cells_name(out, 0, reading->label ? reading->label : "nothing");
}

static size_t count_alike(const struct picture_decision *d, size_t n_others)
{
    size_t n = 0;
    for (size_t k = 0; k < n_others; k++)
        n += text_equal(d->readings[PICTURE_FIRST_OTHER + k].label, d->readings[PICTURE_OWN].label);
    return n;
}

/* Is it another label of what stands in gold? Then gold's own decision tells both. */
static bool is_told(const struct picture_verdict *verdict, const struct picture_decision *d)
{
    const struct picture_decision *first = picture_verdict_peek(verdict, d->head, d->relation ? d->tail : NULL, NULL);
    return !d->is_gold && first && first->is_gold;
}

void verdict_print_cases(struct text *out, const struct post *post, const struct picture_verdict *verdict)
{
    for (size_t i = 0; i < verdict->n_decisions; i++) {
        const struct picture_decision *d = &verdict->decisions[i];
        if ((!d->changed && (d->answer == PICTURE_IGNORED || d->answer == PICTURE_UNJUDGED)) || is_told(verdict, d))
            continue;
        table_cells_name(out, 0, post->id);
        text_add_format(out, ": %zu-%zu \"", d->head[0], d->head[1]);
        put_words(out, post, d->head);
        if (d->relation) {
            text_add_format(out, "\" -> %zu-%zu \"", d->tail[0], d->tail[1]);
            put_words(out, post, d->tail);
        }
        text_add_format(out, "\": %s; %s", picture_answer_name(d->answer), d->is_gold ? "gold " : d->answer ? "not in gold " : "");
        table_cells_name(out, 0, d->type);
        text_add(out, ", own picture: ");
        put_label(out, &d->readings[PICTURE_OWN]);
        text_add(out, ", none: ");
        put_label(out, &d->readings[PICTURE_WITHOUT]);
        text_add(out, ", others as own: ");
        text_add_format(out, "%zu of %zu\n", count_alike(d, verdict->n_others), verdict->n_others);
    }
}

static void put_reading(struct text *out, const struct picture_reading *reading, bool judged)
{
    json_put_name(out, "label");
    if (reading->label)
        json_put_text(out, reading->label);
    else
        text_add(out, "null");
    if (judged)
        text_add_format(out, ", \"right\": %s", reading->right ? "true" : "false");
    put_number(out, "log_probability", reading->log_probability);
    text_add_char(out, '}');
}

static void put_span(struct text *out, const char *name, const size_t span[2])
{
    json_put_name(out, name);
    text_add_format(out, "[%zu, %zu]", span[0], span[1]);
}

void verdict_print_cases_json(struct text *out, const struct post *post, const struct picture_verdict *verdict)
{
    for (size_t i = 0; i < verdict->n_decisions; i++) {
        const struct picture_decision *d = &verdict->decisions[i];
        bool judged = d->answer != PICTURE_UNJUDGED;
        text_add(out, "{\"id\": ");
        json_put_text(out, post->id);
        if (d->relation) {
            put_span(out, "head", d->head);
            put_span(out, "tail", d->tail);
        } else {
            put_whole(out, "start", d->head[0]);
            put_whole(out, "end", d->head[1]);
        }
        json_put_name(out, "type");
        json_put_text(out, d->type);
        text_add_format(out, ", \"in_gold\": %s, \"verdict\": ", d->is_gold ? "true" : judged ? "false" : "null");
        if (judged)
            json_put_text(out, picture_answer_name(d->answer));
        else
            text_add(out, "null");
        text_add_format(out, ", \"changed\": %s, \"own\": {", d->changed ? "true" : "false");
        put_reading(out, &d->readings[PICTURE_OWN], judged);
        text_add(out, ", \"without\": {");
        put_reading(out, &d->readings[PICTURE_WITHOUT], judged);
        text_add(out, ", \"others\": [");
        for (size_t k = 0; k < verdict->n_others; k++) {
            text_add(out, k ? ", {" : "{");
            json_put_name(out, "id");
            json_put_text(out, verdict->others[k]);
            put_reading(out, &d->readings[PICTURE_FIRST_OTHER + k], judged);
        }
        text_add(out, "]}\n");
    }
}
