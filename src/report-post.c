/* SPDX-License-Identifier: Apache-2.0 */
#include "src/report.h"

#include "corpora/ledger.h"
#include "model/analysis.h"
#include "model/bottleneck-effect.h"
#include "model/bottleneck.h"
#include "model/inference.h"
#include "model/picture-verdict.h"
#include "src/html.h"
#include "src/report-picture.h"
#include "ui/post-picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAT_LEVELS = 9 };

/* All that is known of the post while it is written. */
struct report_look {
    const struct post *gold, *predicted;
    struct picture picture;
    const char *no_picture;
    struct analysis *analysis; /* NULL without a model; the others too */
    struct bottleneck *bottleneck;
    struct picture_verdict *verdict;
};

/* The tokens of a label. */
struct report_span {
    size_t head[2], tail[2];
    const char *type;
};

/* ---- What the model says ---- */

static void look_free(struct report_look *look)
{
    picture_free(&look->picture);
    analysis_free(look->analysis);
    bottleneck_free(look->bottleneck);
    picture_verdict_free(look->verdict);
}

static int look_ask_picture(const struct report *report, const struct inference *inference, struct report_look *look,
                            struct error *err)
{
    struct picture_pool_picture others[PICTURE_OTHERS];
    struct picture_verdict_options options = {.others = others,
                                              .has_gold_entities = !report->cases->without_entities,
                                              .has_gold_relations = true};
    if (!report->pool || !inference->features[0].features)
        return 0;
    return picture_pool_choose(report->pool, report->model, look->gold, PICTURE_OTHERS, NULL, NULL, others,
                               &options.n_others, err) ||
           picture_verdict_of(report->model, inference, 0, &options, &look->verdict, err);
}

static int look_ask(const struct report *report, struct report_look *look, struct error *err)
{
    const struct analysis_options options = {
        .images = report->folder, .no_image = !report->folder, .pairs = PAIRS_GIVEN};
    const struct inference_options passes = {.folder = report->folder};
    const struct bottleneck_options readings = {.seed = 0};
    struct inference inference;
    struct analysis *analysis = NULL;
    if (!report->model)
        return 0;
    if (analysis_run(report->model, &look->gold, 1, &options, &analysis, err))
        return -1;
    look->analysis = analysis;
    if (inference_run(report->model, &look->gold, 1, &passes, &inference, err) ||
        bottleneck_of(report->model, &inference, 0, &readings, &look->bottleneck, err))
        return -1;
    return look_ask_picture(report, &inference, look, err) ? -1 : 0;
}

/* ---- Labels ---- */

/* The label of one side of a case; false where it has none. */
static bool label_span(const struct post *post, bool relation, size_t index, struct report_span *out)
{
    *out = (struct report_span){0};
    if (index == TAXONOMY_ABSENT)
        return false;
    if (!relation) {
        const struct entity *entity = &post->entities[index];
        *out = (struct report_span){.head = {entity->start, entity->end}, .type = entity->type};
        return true;
    }
    const struct entity *head = post_entity_peek(post, post->relations[index].head);
    const struct entity *tail = post_entity_peek(post, post->relations[index].tail);
    if (head && tail)
        *out = (struct report_span){.head = {head->start, head->end}, .tail = {tail->start, tail->end}};
    out->type = post->relations[index].type;
    return true;
}

static void put_words(FILE *out, const struct post *post, const size_t span[2])
{
    fputs("<bdi>", out);
    for (size_t i = span[0]; i < span[1] && i < post->n_tokens; i++) {
        if (i > span[0])
            fputc(' ', out);
        html_text(out, post->tokens[i]);
    }
    fputs("</bdi>", out);
}

static void put_type(FILE *out, const char *type)
{
    const char *class = !type ? "" : !strcmp(type, "OTHER") ? "MISC" : type;
    static const char *const known[] = {"PER", "LOC", "ORG", "MISC"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(class, known[i]))
            fprintf(out, "<b class=\"ty-%s\">", class);
    html_text(out, type ? type : "?");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(class, known[i]))
            fputs("</b>", out);
}

static void put_label(FILE *out, const struct post *post, bool relation, size_t index)
{
    struct report_span span;
    fputs("<td>", out);
    if (!label_span(post, relation, index, &span)) {
        fputs("\u2013</td>", out);
        return;
    }
    const struct provenance *origin = relation ? &post->relations[index].origin : &post->entities[index].origin;
    put_words(out, post, span.head);
    if (relation) {
        fputs(" \u2192 ", out);
        put_words(out, post, span.tail);
    }
    fputc(' ', out);
    put_type(out, span.type);
    if (origin->source == SOURCE_MODEL && origin->has_score)
        fprintf(out, " %.2f", origin->score);
    fputs("</td>", out);
}

/* ---- The words ---- */

/* Brackets that open or close at a token. */
static void put_brackets(FILE *out, const struct post *post, size_t token, bool opens)
{
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i];
        if (opens ? entity->start != token : entity->end != token + 1)
            continue;
        if (opens) {
            fputs("<span class=\"o\">[</span>", out);
            continue;
        }
        fputs("<span class=\"c\">]<i>", out);
        put_type(out, entity->type);
        if (entity->origin.source == SOURCE_MODEL && entity->origin.has_score)
            fprintf(out, " %.2f", entity->origin.score);
        fputs("</i></span>", out);
    }
}

/* 1 to HEAT_LEVELS of the largest magnitude; 0 = none. */
static int heat_level(double value, double largest)
{
    return largest > 0 ? (int)ceil(fabs(value) / largest * HEAT_LEVELS - 1e-9) : 0;
}

static void put_token(FILE *out, const struct report_look *look, size_t token, double largest)
{
    const struct bottleneck *b = look->bottleneck;
    const char *word = look->gold->tokens[token];
    if (!b || token >= b->n_tokens) {
        fputs("<bdi>", out);
        html_text(out, word);
        fputs("</bdi>", out);
        return;
    }
    double used = (double)b->token_used[token];
    int level = heat_level(used, largest);
    fputs("<bdi class=\"w", out);
    if (level)
        fprintf(out, " %c%d", used < 0 ? 'k' : 'h', level);
    fprintf(out, "\" title=\"used %+.4g, before %+.4g, kept %.4g nats\">", used, (double)b->token_before[token],
            (double)b->token_kept[token]);
    html_text(out, word);
    fputs("</bdi>", out);
}

/* A side's labels in the words; with_heat: the heat behind them. */
static void put_line(FILE *out, const struct report_look *look, const struct post *labels, const char *who,
                     bool with_heat)
{
    const struct report_look plain = {.gold = look->gold};
    double largest = 0;
    for (size_t i = 0; with_heat && look->bottleneck && i < look->bottleneck->n_tokens; i++)
        largest = fmax(largest, fabs((double)look->bottleneck->token_used[i]));
    fputs("<div class=\"line\"><span class=\"who\"><bdi>", out);
    html_text(out, who);
    fputs("</bdi></span><span class=\"words\" dir=\"auto\">", out);
    for (size_t i = 0; i < look->gold->n_tokens; i++) {
        if (i)
            fputc(' ', out);
        put_brackets(out, labels, i, true);
        put_token(out, with_heat ? look : &plain, i, largest);
        put_brackets(out, labels, i, false);
    }
    fputs("</span></div>\n", out);
}

/* ---- A case ---- */

static void put_people(FILE *out, const struct post *gold, const struct verdict *key)
{
    static const char *const words[] = {[VERDICT_MODEL] = "model wrong", [VERDICT_GOLD] = "gold wrong",
                                        [VERDICT_BOTH] = "both wrong", [VERDICT_UNSURE] = "unsure"};
    bool any = false;
    fputs("<td>", out);
    for (size_t i = 0; i < gold->n_verdicts; i++) {
        const struct verdict *verdict = &gold->verdicts[i];
        if (!verdict_same_case(verdict, key))
            continue;
        fputs(any ? "<br>" : "", out);
        any = true;
        fputs(words[verdict->answer], out);
        if (verdict->by) {
            fputs(" <small>", out);
            html_text(out, verdict->by);
            fputs("</small>", out);
        }
        if (verdict->note) {
            fputs(": <q>", out);
            html_text(out, verdict->note);
            fputs("</q>", out);
        }
    }
    fputs(any ? "</td>" : "<span class=\"dim\">\u2013</span></td>", out);
}

/* The decision that stands for the case: gold's label, else the predicted one. */
static const struct picture_decision *case_decision(const struct report_look *look, bool relation,
                                                    const struct report_span *span)
{
    return look->verdict ? picture_verdict_peek(look->verdict, span->head, relation ? span->tail : NULL,
                                                relation ? NULL : span->type)
                         : NULL;
}

static const char *case_effect(const struct report_look *look, bool relation, bool has_gold,
                               const struct report_span *span)
{
    if (!look->bottleneck || !span->type)
        return bottleneck_effect_name(EFFECT_UNKNOWN);
    if (relation)
        return bottleneck_effect_name(
            bottleneck_effect_on_pair(look->bottleneck, span->head, span->tail, has_gold ? span->type : "None"));
    return bottleneck_effect_name(
        has_gold ? bottleneck_effect_on_entity(look->bottleneck, span->head[0], span->head[1], span->type)
                 : bottleneck_effect_on_extra(look->bottleneck, span->head[0], span->head[1], span->type));
}

static void put_reading_label(FILE *out, const char *name, const char *label)
{
    fprintf(out, "%s ", name);
    html_text(out, label ? label : "\u2013");
}

static void put_picture(FILE *out, const struct picture_decision *decision, size_t n_others)
{
    fputs("<td>", out);
    if (!decision) {
        fputs("<span class=\"dim\">\u2013</span></td>", out);
        return;
    }
    fprintf(out, "%s<br><small>", picture_answer_name(decision->answer));
    put_reading_label(out, "own", decision->readings[PICTURE_OWN].label);
    put_reading_label(out, ", without", decision->readings[PICTURE_WITHOUT].label);
    fprintf(out, ", right with %zu of %zu others</small></td>", decision->n_others_right, n_others);
}

/* What each reading has at exactly these tokens. */
static void put_filter(FILE *out, const struct bottleneck *b, bool relation, const struct report_span *span,
                       const char *effect)
{
    const char *labels[READINGS] = {NULL};
    size_t samples = 0;
    bool known = !relation;
    for (size_t i = 0; !relation && i < b->n_entities; i++) {
        const struct bottleneck_entity *e = &b->entities[i];
        if (e->start != span->head[0] || e->end != span->head[1])
            continue;
        for (int r = 0; r < READINGS; r++)
            labels[r] = e->in[r] ? e->type : labels[r];
        if (e->in[READING_MEAN] || (!labels[READING_MEAN] && e->samples > samples))
            samples = e->samples;
    }
    for (size_t i = 0; relation && i < b->n_pairs; i++) {
        const struct bottleneck_pair *p = &b->pairs[i];
        if (memcmp(p->head, span->head, sizeof p->head) || memcmp(p->tail, span->tail, sizeof p->tail))
            continue;
        memcpy(labels, p->types, sizeof labels);
        samples = p->samples;
        known = true;
        break;
    }
    fputs("<td>", out);
    if (!known) {
        fputs("<span class=\"dim\">\u2013</span></td>", out);
        return;
    }
    fprintf(out, "%s<br><small>", effect);
    put_reading_label(out, "mean", labels[READING_MEAN]);
    if (labels[READING_MEAN])
        fprintf(out, " (%zu of %zu samples)", samples, b->n_samples);
    put_reading_label(out, ", bypassed", labels[READING_BYPASSED]);
    fputs("</small></td>", out);
}

/* The cells of the level's matrix that the case counts in, as the tables' links name them. */
static void put_cells(FILE *out, const struct cases_total *total, const struct cases_entry *entry)
{
    size_t cells[2][2], n = cases_cells(entry, cells);
    fputs(" data-cells=\"", out);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s%c%zu-%zu", i ? " " : "", entry->found.relation ? 'r' : 'e',
                cells[i][0] == CASES_NONE ? total->n_names : cells[i][0],
                cells[i][1] == CASES_NONE ? total->n_names : cells[i][1]);
    fputc('"', out);
}

static void put_case(const struct report *report, const struct report_look *look, size_t post,
                     const struct cases_entry *entry, FILE *out)
{
    const struct taxonomy_case *found = &entry->found;
    const struct cases_total *total = &report->cases->totals[found->relation ? CASES_RELATIONS : CASES_ENTITIES];
    struct report_span span;
    struct verdict key;
    bool has_gold = label_span(look->gold, found->relation, found->gold, &span);
    if (!has_gold)
        label_span(look->predicted, found->relation, found->predicted, &span);
    const struct picture_decision *decision = case_decision(look, found->relation, &span);
    const char *effect = case_effect(look, found->relation, has_gold, &span);
    const char *class = taxonomy_class_name(found->relation, found->class);
    ledger_key(found, look->gold, look->predicted, &key);
    fputs("<tr", out);
    html_attribute(out, "data-level", found->relation ? "relations" : "entities");
    html_attribute(out, "data-class", class);
    html_attribute(out, "data-gold", entry->types[0] == CASES_NONE ? "none" : total->names[entry->types[0]]->name);
    html_attribute(out, "data-predicted", entry->types[1] == CASES_NONE ? "none" : total->names[entry->types[1]]->name);
    put_cells(out, total, entry);
    html_attribute(out, "data-verdict", report_verdict(report, post, found));
    if (report->model) {
        html_attribute(out, "data-picture", decision ? picture_answer_name(decision->answer) : "");
        html_attribute(out, "data-filter", effect);
    }
    fprintf(out, "><td class=\"class%s\">%s%s%s</td>", strcmp(class, "correct") ? "" : " correct", class,
            found->kind ? " " : "", taxonomy_kind_name(found->kind));
    put_label(out, look->gold, found->relation, found->gold);
    put_label(out, look->predicted, found->relation, found->predicted);
    put_people(out, look->gold, &key);
    if (report->model) {
        put_picture(out, decision, look->verdict ? look->verdict->n_others : 0);
        put_filter(out, look->bottleneck, found->relation, &span, effect);
    }
    fputs("</tr>\n", out);
}

/* ---- The article ---- */

static void put_labels(const struct report *report, const struct report_look *look, size_t index, FILE *out)
{
    const struct cases_post *cases = &report->cases->posts[index];
    fputs("<div class=\"labels\">\n", out);
    put_line(out, look, look->gold, "gold", false);
    put_line(out, look, look->predicted, report->system, look->bottleneck != NULL);
    if (look->analysis && look->analysis->has_consistency)
        fprintf(out, "<p class=\"dim\">match of text and picture %.2f</p>\n", look->analysis->consistency);
    if (look->gold->note) {
        fputs("<p>note: <q>", out);
        html_text(out, look->gold->note);
        fputs("</q></p>\n", out);
    }
    fputs("<table class=\"cases\"><thead><tr><th>class</th><th>gold</th><th>", out);
    html_text(out, report->system);
    fputs("</th><th>people</th>", out);
    fputs(report->model ? "<th>picture</th><th>bottleneck</th>" : "", out);
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; i < cases->n; i++)
        if (report_fits(report, index, &cases->entries[i]))
            put_case(report, look, index, &cases->entries[i], out);
    fputs("</tbody></table>\n</div>\n", out);
}

static int put_article(const struct report *report, const struct report_look *look, size_t index, FILE *out,
                       struct error *err)
{
    fputs("<article tabindex=\"-1\" data-words=\"", out);
    for (size_t i = 0; i < look->gold->n_tokens; i++) {
        fputs(i ? " " : "", out);
        html_text(out, look->gold->tokens[i]);
    }
    fprintf(out, "\">\n<h3>%zu <bdi>", index + 1);
    html_text(out, look->gold->id);
    fputs("</bdi></h3>\n<div class=\"sides\">\n<div class=\"picture\">\n", out);
    if (!look->picture.rgb)
        fprintf(out, "<p class=\"dim\">%s</p>\n", look->no_picture);
    else if (report_picture_put(&look->picture, look->gold, look->analysis,
                                report->model ? mmib_config(report->model) : NULL, out, err))
        return -1;
    fputs("</div>\n", out);
    put_labels(report, look, index, out);
    fputs("</div>\n</article>\n", out);
    return 0;
}

int report_put_post(struct report *report, size_t index, FILE *out, struct error *err)
{
    struct report_look look = {.gold = &report->gold->posts[index], .predicted = &report->predicted->posts[index]};
    int result = post_picture_read(report->folder, look.gold, &look.picture, &look.no_picture, err) ||
                 look_ask(report, &look, err) || put_article(report, &look, index, out, err);
    report->n_pictures += look.picture.rgb != NULL;
    look_free(&look);
    return result ? -1 : 0;
}
