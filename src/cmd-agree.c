/* mmib agree: how far annotators of the same posts agree, and what could not be compared.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/agreement.h"
#include "corpora/corpus.h"
#include "corpora/json.h"
#include "corpora/text.h"
#include "src/corpus-arguments.h"
#include "src/subcommands.h"
#include "src/table-cells.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGREE_FILES_MAX = 64 };

static struct corpus_arguments agree_arguments;
static struct agreement_options agree_options;
static bool agree_json;

static const struct {
    const char *name, *title;
} measures[AGREEMENT_MEASURES] = {
    [AGREEMENT_KAPPA] = {"kappa", "tokens, BIO tags: Cohen's kappa"},
    [AGREEMENT_KAPPA_TYPES] = {"kappa_types", "tokens, types: Cohen's kappa"},
    [AGREEMENT_SPANS] = {"span_f1", "entities, exact: F1"},
    [AGREEMENT_SPANS_PARTIAL] = {"span_f1_partial", "entities, partial: F1"},
    [AGREEMENT_RELATIONS] = {"alpha", "relations: Krippendorff's alpha"},
    [AGREEMENT_BOXES] = {"box_f1", "boxes, IoU >= 0.5: F1"},
    [AGREEMENT_IOU] = {"box_iou", "boxes, matched: mean IoU"},
    [AGREEMENT_GROUNDING] = {"grounding", "grounding: share alike"},
};

/* What a pair leaves out: [2] counts that belong to the two sides, or one for both. */
struct omission {
    const char *name, *what;
    size_t n[2];
    bool sided;
};

enum { OMISSIONS = 12 };

static void list_omissions(const struct agreement_pair *pair, struct omission out[OMISSIONS])
{
    const struct omission all[OMISSIONS] = {
        {"only", "posts that the other lacks", {pair->n_only[0], pair->n_only[1]}, true},
        {"skipped", "posts that one of them skipped", {pair->n_skipped, 0}, false},
        {"not_begun", "posts that one of them has not begun", {pair->n_not_begun, 0}, false},
        {"not_done", "posts that one of them has not done", {pair->n_not_done, 0}, false},
        {"other_tokens", "posts whose tokens differ", {pair->n_other_tokens, 0}, false},
        {"proposals", "labels that only a model or detector proposed", {pair->n_proposals[0], pair->n_proposals[1]},
         true},
        {"untyped", "entities without a type", {pair->n_untyped[0], pair->n_untyped[1]}, true},
        {"covered", "from tokens: entities behind longer ones", {pair->n_covered[0], pair->n_covered[1]}, true},
        {"outside", "relations of an entity that the other lacks", {pair->n_outside[0], pair->n_outside[1]}, true},
        {"crowded", "from relations: posts of more than 1000 entities", {pair->n_crowded, 0}, false},
        {"other_picture", "from boxes: posts with another picture", {pair->n_other_picture, 0}, false},
        {"half_answered", "groundings that only one answered", {pair->n_half_answered, 0}, false},
    };
    memcpy(out, all, sizeof all);
}

/* ---- JSON ---- */

static void put_figure(struct text *out, const char *name, struct agreement_figure figure)
{
    json_put_name(out, name);
    if (!figure.reason) {
        json_put_number(out, figure.value);
        return;
    }
    text_add(out, "null, ");
    text_add_format(out, "\"%s_reason\": ", name);
    json_put_text(out, figure.reason);
}

static void put_sides(struct text *out, const char *name, const size_t n[2])
{
    json_put_name(out, name);
    text_add_format(out, "[%zu, %zu]", n[0], n[1]);
}

static void put_types(struct text *out, const char *name, const struct agreement_types *types, bool entities)
{
    json_put_name(out, name);
    text_add_char(out, '{');
    for (size_t i = 0; i < types->n; i++) {
        const struct agreement_type *type = &types->items[i];
        json_put_name(out, type->name);
        text_add_format(out, "{\"n\": [%zu, %zu], \"agreed\": %zu", type->a, type->b, type->exact);
        put_figure(out, "f1", agreement_type_figure(type, false));
        if (entities) {
            put_figure(out, "f1_partial", agreement_type_figure(type, true));
            put_figure(out, "kappa", type->kappa);
        }
        text_add_char(out, '}');
    }
    text_add_char(out, '}');
}

static void put_pair(struct text *out, struct corpus *const *corpora, const struct agreement_pair *pair)
{
    struct omission omissions[OMISSIONS];
    text_add(out, "{\"files\": [");
    json_put_text(out, corpora[pair->a]->path);
    text_add(out, ", ");
    json_put_text(out, corpora[pair->b]->path);
    text_add_format(out, "], \"posts\": %zu, \"tokens\": %zu, \"tokens_agreed\": %zu", pair->n_posts, pair->tags.n,
                    pair->tags.agreed);
    put_figure(out, "kappa", agreement_figure(pair, AGREEMENT_KAPPA));
    put_figure(out, "kappa_types", agreement_figure(pair, AGREEMENT_KAPPA_TYPES));
    put_sides(out, "entities", pair->n_spans);
    text_add_format(out, ", \"entities_agreed\": %zu", pair->n_exact);
    put_figure(out, "span_f1", agreement_figure(pair, AGREEMENT_SPANS));
    put_figure(out, "span_f1_partial", agreement_figure(pair, AGREEMENT_SPANS_PARTIAL));
    put_types(out, "types", &pair->types, true);
    text_add_format(out, ", \"pairs\": %zu", pair->relations.n_units);
    put_sides(out, "relations", pair->n_relations);
    put_figure(out, "alpha", agreement_figure(pair, AGREEMENT_RELATIONS));
    put_types(out, "relation_types", &pair->relation_types, false);
    put_sides(out, "boxes", pair->n_boxes);
    text_add_format(out, ", \"boxes_matched\": %zu, \"boxes_same_label\": %zu", pair->n_matched, pair->n_same_label);
    put_figure(out, "box_f1", agreement_figure(pair, AGREEMENT_BOXES));
    put_figure(out, "box_iou", agreement_figure(pair, AGREEMENT_IOU));
    text_add_format(out, ", \"groundings\": %zu", pair->n_answered);
    put_figure(out, "grounding", agreement_figure(pair, AGREEMENT_GROUNDING));
    text_add(out, ", \"left_out\": {");
    list_omissions(pair, omissions);
    for (size_t i = 0; i < OMISSIONS; i++) {
        if (omissions[i].sided) {
            put_sides(out, omissions[i].name, omissions[i].n);
            continue;
        }
        json_put_name(out, omissions[i].name);
        text_add_format(out, "%zu", omissions[i].n[0]);
    }
    text_add(out, "}}");
}

static void put_json(struct text *out, struct corpus *const *corpora, const struct agreement *agreement)
{
    text_add(out, "{\"pairs\": [");
    for (size_t i = 0; i < agreement->n_pairs; i++) {
        text_add(out, i ? ", " : "");
        put_pair(out, corpora, &agreement->pairs[i]);
    }
    text_add(out, "], \"mean\": {");
    for (int m = 0; m < AGREEMENT_MEASURES; m++) {
        size_t n;
        struct agreement_figure mean = agreement_mean(agreement, (enum agreement_measure)m, &n);
        put_figure(out, measures[m].name, mean);
        text_add_format(out, ", \"%s_pairs\": %zu", measures[m].name, n);
    }
    text_add_char(out, '}');
    put_figure(out, "alpha", agreement_alpha(&agreement->relations));
    text_add(out, "}\n");
}

/* ---- Table ---- */

static void put_cell(struct text *out, struct agreement_figure figure)
{
    if (figure.reason)
        text_add_format(out, "%9s", "-");
    else
        text_add_format(out, "%9.4f", figure.value);
}

static void put_row(struct text *out, const struct agreement_pair *pair, enum agreement_measure measure)
{
    struct agreement_figure figure = agreement_figure(pair, measure);
    text_add_format(out, "  %-36s", measures[measure].title);
    put_cell(out, figure);
    if (figure.reason) {
        text_add_format(out, "   undefined: %s\n", figure.reason);
        return;
    }
    switch (measure) {
    case AGREEMENT_KAPPA:
        text_add_format(out, "   %zu of %zu tokens alike", pair->tags.agreed, pair->tags.n);
        break;
    case AGREEMENT_KAPPA_TYPES:
        text_add_format(out, "   %zu of %zu tokens alike", pair->token_types.agreed, pair->token_types.n);
        break;
    case AGREEMENT_SPANS:
        text_add_format(out, "   %zu of both, %zu and %zu of each", pair->n_exact, pair->n_spans[0], pair->n_spans[1]);
        break;
    case AGREEMENT_SPANS_PARTIAL:
        text_add_format(out, "   and %.0f that overlap, each for half", 2 * (pair->partial - (double)pair->n_exact));
        break;
    case AGREEMENT_RELATIONS:
        text_add_format(out, "   %zu pairs of entities, %zu and %zu related", pair->relations.n_units,
                        pair->n_relations[0], pair->n_relations[1]);
        break;
    case AGREEMENT_BOXES:
        text_add_format(out, "   %zu matched, %zu and %zu of each", pair->n_matched, pair->n_boxes[0],
                        pair->n_boxes[1]);
        break;
    case AGREEMENT_IOU:
        text_add_format(out, "   %zu of them with the same label", pair->n_same_label);
        break;
    case AGREEMENT_GROUNDING:
        text_add_format(out, "   %zu of %zu entities that both answered", pair->n_grounded_alike, pair->n_answered);
        break;
    case AGREEMENT_MEASURES:
        break;
    }
    text_add_char(out, '\n');
}

static void put_types_table(struct text *out, const struct agreement_types *types, bool entities)
{
    int width = 12;
    if (!types->n)
        return;
    for (size_t i = 0; i < types->n; i++) {
        int n = (int)utf8_code_points(types->items[i].name);
        width = n > width ? n : width;
    }
    text_add_format(out, "\n  %-*s%9s%s%9s%7s%7s\n", width, entities ? "entities" : "relations", "F1",
                    entities ? "  partial    kappa" : "", "both", "first", "second");
    for (size_t i = 0; i < types->n; i++) {
        const struct agreement_type *type = &types->items[i];
        text_add(out, "  ");
        table_cells_name(out, width, type->name);
        put_cell(out, agreement_type_figure(type, false));
        if (entities) {
            put_cell(out, agreement_type_figure(type, true));
            put_cell(out, type->kappa);
        }
        text_add_format(out, "%9zu%7zu%7zu\n", type->exact, type->a, type->b);
    }
}

static void put_omissions_table(struct text *out, const struct agreement_pair *pair)
{
    struct omission omissions[OMISSIONS];
    bool any = false;
    list_omissions(pair, omissions);
    for (size_t i = 0; i < OMISSIONS; i++) {
        const struct omission *o = &omissions[i];
        if (!o->n[0] && !o->n[1])
            continue;
        text_add_format(out, "%s  %-50s", any ? "" : "\n  left out\n", o->what);
        if (o->sided)
            text_add_format(out, "%zu of the first, %zu of the second\n", o->n[0], o->n[1]);
        else
            text_add_format(out, "%zu\n", o->n[0]);
        any = true;
    }
    if (!any)
        text_add(out, "\n  left out: nothing\n");
}

static void put_table(struct text *out, struct corpus *const *corpora, const struct agreement *agreement)
{
    for (size_t i = 0; i < agreement->n_pairs; i++) {
        const struct agreement_pair *pair = &agreement->pairs[i];
        text_add(out, i ? "\n" : "");
        table_cells_name(out, 0, corpora[pair->a]->path);
        text_add(out, " and ");
        table_cells_name(out, 0, corpora[pair->b]->path);
        text_add_format(out, ": %zu post%s compared\n", pair->n_posts, pair->n_posts == 1 ? "" : "s");
        for (int m = 0; m < AGREEMENT_MEASURES; m++)
            put_row(out, pair, (enum agreement_measure)m);
        put_types_table(out, &pair->types, true);
        put_types_table(out, &pair->relation_types, false);
        put_omissions_table(out, pair);
    }
    if (agreement->n_pairs < 2)
        return;
    text_add_format(out, "\nAll %zu annotators: mean of the pairs\n", agreement->n_corpora);
    for (int m = 0; m < AGREEMENT_MEASURES; m++) {
        size_t n;
        struct agreement_figure mean = agreement_mean(agreement, (enum agreement_measure)m, &n);
        text_add_format(out, "  %-36s", measures[m].title);
        put_cell(out, mean);
        if (mean.reason)
            text_add_format(out, "   undefined: %s\n", mean.reason);
        else
            text_add_format(out, "   of %zu of %zu pairs\n", n, agreement->n_pairs);
    }
    struct agreement_figure alpha = agreement_alpha(&agreement->relations);
    text_add_format(out, "  %-36s", "relations, all together: alpha");
    put_cell(out, alpha);
    if (alpha.reason)
        text_add_format(out, "   undefined: %s\n", alpha.reason);
    else
        text_add_format(out, "   %zu pairs of entities\n", agreement->relations.n_units);
}

/* ---- The command ---- */

static int agree_print(struct corpus *const *corpora, const struct agreement *agreement)
{
    struct text out = {0};
    if (agree_json)
        put_json(&out, corpora, agreement);
    else
        put_table(&out, corpora, agreement);
    if (!out.failed)
        fputs(out.bytes, stdout);
    else
        fputs("mmib: agree: out of memory\n", stderr);
    int code = out.failed ? ERROR_IO : 0;
    text_free(&out);
    return code;
}

static int agree_run(int n_arguments, char **arguments)
{
    struct corpus *corpora[AGREE_FILES_MAX] = {0};
    struct corpus_options options;
    struct agreement agreement;
    struct error err;
    size_t n_input = 0;
    int failed = corpus_arguments_options(&agree_arguments, &options, &err);
    for (int i = 0; i < n_arguments; i++)
        n_input += !strcmp(arguments[i], "-");
    if (!failed && n_input > 1)
        failed = error_set(&err, ERROR_USAGE, "standard input can be one of the files only");
    for (int i = 0; i < n_arguments && !failed; i++)
        failed = corpus_read(arguments[i], &options, &corpora[i], &err);
    if (!failed)
        failed = agreement_compare(corpora, (size_t)n_arguments, &agree_options, &agreement, &err);
    int code;
    if (failed)
        code = report_error(&err);
    else {
        code = agree_print(corpora, &agreement);
        agreement_free(&agreement);
    }
    for (int i = 0; i < n_arguments; i++)
        corpus_free(corpora[i]);
    return code;
}

static const struct option_spec agree_option_table[] = {
    CORPUS_OPTION_FROM(agree_arguments),
    CORPUS_OPTION_MAP(agree_arguments),
    {"done", 0, OPTION_FLAG, NULL, "only posts that both marked done", &agree_options.only_done},
    {"proposals", 0, OPTION_FLAG, NULL, "what a model or detector proposed counts as a label",
     &agree_options.with_proposals},
    {"json", 0, OPTION_FLAG, NULL, "one JSON object", &agree_json},
    {0},
};

const struct subcommand agree_subcommand = {
    .name = "agree",
    .usage = "A B...",
    .summary = "agreement of annotators: kappa, span F1, alpha, boxes",
    .details = "Posts pair by their ids. With more than two files every two are compared, and the mean is given.\n"
               "Each figure says what was left out of it; an undefined one says why.",
    .options = agree_option_table,
    .min_arguments = 2,
    .max_arguments = AGREE_FILES_MAX,
    .run = agree_run,
};
