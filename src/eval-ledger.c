/* SPDX-License-Identifier: Apache-2.0 */
#include "src/eval-ledger.h"

#include "corpora/format-conll.h"
#include "corpora/json.h"
#include "corpora/published.h"
#include "src/table-cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Making it ---- */

/* Verdicts name a system by the last part of its path. */
static const char *system_of(const struct corpus *predicted)
{
    const char *slash = strrchr(predicted->path, '/');
    return slash ? slash + 1 : predicted->path;
}

/* Where strict scoring leaves entities out. *orphans is the caller's. */
static int side_of(const struct corpus *corpus, const struct post *post, enum score_mode mode, bool **orphans,
                   struct taxonomy_side *out, struct error *err)
{
    *orphans = NULL;
    if (mode == SCORE_STRICT && conll_orphans(corpus, post, orphans, err))
        return -1;
    *out = (struct taxonomy_side){post, *orphans};
    return 0;
}

static int add_post(const struct published *published, const struct corpus *gold, const struct corpus *predicted,
                    size_t index, bool without_entities, enum score_mode mode, struct ledger *out, struct error *err)
{
    const struct post *before = published_post_peek(published, gold->posts[index].id);
    const struct corpus *all_before = published_corpus_peek(published);
    struct ledger_post post = {.without_entities = without_entities};
    bool *orphans[3] = {NULL};
    int failed = side_of(gold, &gold->posts[index], mode, &orphans[0], &post.gold, err) ||
                 side_of(predicted, &predicted->posts[index], mode, &orphans[1], &post.predicted, err) ||
                 (before && side_of(all_before, before, mode, &orphans[2], &post.published, err)) ||
                 ledger_add(out, &post, &gold->schema, system_of(predicted), err);
    for (size_t i = 0; i < 3; i++)
        free(orphans[i]);
    return failed ? -1 : 0;
}

int eval_ledger_make(const struct corpus *gold, const struct corpus *predicted, const struct corpus_options *options,
                     bool without_entities, enum score_mode mode, struct eval_ledger *out, struct error *err)
{
    struct published *published;
    *out = (struct eval_ledger){.without_entities = without_entities};
    if (published_open(gold->path, gold, options, &published, err))
        return -1;
    int failed = 0;
    for (size_t i = 0; i < gold->n_posts && !failed; i++)
        failed = add_post(published, gold, predicted, i, without_entities, mode, &out->ledger, err);
    if (!failed && published && text_copy(published_name(published), &out->published))
        failed = error_memory(err, gold->path);
    published_free(published);
    if (failed)
        eval_ledger_free(out);
    return failed ? -1 : 0;
}

void eval_ledger_free(struct eval_ledger *ledger)
{
    ledger_free(&ledger->ledger);
    free(ledger->published);
    *ledger = (struct eval_ledger){0};
}

/* Is there anything to tell: a verdict that says something, or a gold that was corrected? */
static bool eval_ledger_is_told(const struct eval_ledger *ledger)
{
    return ledger_is_judged(&ledger->ledger) || ledger->ledger.n_changed > 0;
}

/* ---- Table ---- */

static const char *const level_titles[] = {"entities", "relations"};

static void put_head(struct text *out, int width, const char *by)
{
    text_add_format(out, "  %-*s%8s%8s%8s%8s%11s%8s\n", width, by, "errors", "points", "model", "corpus", "corrected",
                    "open");
}

static void put_row(struct text *out, int width, const char *name, const struct ledger_part *part,
                    const struct ledger_sum *sum)
{
    text_add(out, "  ");
    table_cells_name(out, width, name);
    text_add_format(out, "%8zu%8.2f", sum->n, ledger_points(part, 2 * sum->n));
    for (int entry = 0; entry < LEDGER_ENTRIES; entry++)
        text_add_format(out, "%*.2f", entry == LEDGER_CORRECTED ? 11 : 8, ledger_points(part, sum->halves[entry]));
    text_add_char(out, '\n');
}

static void put_open(struct text *out, const struct ledger_sum *all)
{
    if (!all->halves[LEDGER_OPEN])
        return;
    text_add_format(out, "  open: %zu not judged", all->halves[LEDGER_OPEN] / 2 - all->n_unsure - all->n_disputed);
    if (all->n_unsure)
        text_add_format(out, ", %zu unsure", all->n_unsure);
    if (all->n_disputed)
        text_add_format(out, ", %zu on which people differ", all->n_disputed);
    text_add_char(out, '\n');
}

static void put_part(struct text *out, const struct eval_ledger *ledger, size_t level)
{
    const struct ledger_part *part = &ledger->ledger.parts[level];
    int width = (int)strlen("boundary+type");
    for (size_t i = 0; i < part->n_types; i++) {
        int n = (int)utf8_code_points(part->types[i].name);
        width = n > width ? n : width;
    }
    text_add_format(out, "Ledger of %s: %.2f points to 100 (published gold: %s)\n", level_titles[level],
                    ledger_gap(part), ledger->published ? ledger->published : "GOLD as it is");
    put_head(out, width, "by class");
    for (int class = 0; class < TAXONOMY_CLASSES_MAX; class++)
        if (part->classes[class].n)
            put_row(out, width, taxonomy_class_name(level > 0, class), part, &part->classes[class]);
    put_head(out, width, "by type");
    for (size_t i = 0; i < part->n_types; i++)
        if (part->types[i].sum.n)
            put_row(out, width, part->types[i].name, part, &part->types[i].sum);
    put_row(out, width, "all", part, &part->all);
    put_open(out, &part->all);
    if (ledger->ledger.n_changed)
        text_add_format(out, "  F1 %.2f as published, %.2f under GOLD as it stands (%zu error%s only there)\n",
                        100 * score_ratios(&part->published).f1, 100 * score_ratios(&part->now).f1, part->n_new,
                        part->n_new == 1 ? "" : "s");
    text_add_char(out, '\n');
}

void eval_ledger_put_table(struct text *out, const struct eval_ledger *ledger)
{
    for (size_t level = 0; level < 2; level++)
        if (eval_ledger_is_told(ledger) && ledger->ledger.parts[level].all.n)
            put_part(out, ledger, level);
    if (eval_ledger_is_told(ledger) && ledger->ledger.n_other_words)
        text_add_format(out, "Not in the ledger: %zu posts whose words are not those of the published gold\n\n",
                        ledger->ledger.n_other_words);
}

/* ---- JSON ---- */

static void put_number(struct text *out, const char *name, double number)
{
    json_put_name(out, name);
    if (isnan(number))
        text_add(out, "null");
    else
        json_put_number(out, number);
}

static void put_sum(struct text *out, const char *name, const struct ledger_part *part, const struct ledger_sum *sum)
{
    json_put_name(out, name);
    text_add_format(out, "{\"errors\": %zu, \"points\": {", sum->n);
    put_number(out, "all", ledger_points(part, 2 * sum->n));
    for (int entry = 0; entry < LEDGER_ENTRIES; entry++)
        put_number(out, ledger_entry_name((enum ledger_entry)entry), ledger_points(part, sum->halves[entry]));
    text_add_format(out, "}, \"unsure\": %zu, \"disputed\": %zu}", sum->n_unsure, sum->n_disputed);
}

static void put_part_json(struct text *out, const char *name, const struct ledger_part *part, bool relation)
{
    json_put_name(out, name);
    text_add_char(out, '{');
    put_number(out, "gap", ledger_gap(part));
    put_number(out, "f1_published", score_ratios(&part->published).f1);
    put_number(out, "f1_now", score_ratios(&part->now).f1);
    json_put_name(out, "new_errors");
    json_put_whole(out, part->n_new);
    put_sum(out, "all", part, &part->all);
    json_put_name(out, "classes");
    text_add_char(out, '{');
    for (int class = 1; class < (int)taxonomy_n_classes(relation); class++)
        put_sum(out, taxonomy_class_name(relation, class), part, &part->classes[class]);
    text_add_char(out, '}');
    json_put_name(out, "types");
    text_add_char(out, '{');
    for (size_t i = 0; i < part->n_types; i++)
        put_sum(out, part->types[i].name, part, &part->types[i].sum);
    text_add(out, "}}");
}

void eval_ledger_put_json(struct text *out, const struct eval_ledger *ledger)
{
    if (!eval_ledger_is_told(ledger))
        return;
    json_put_name(out, "ledger");
    text_add_char(out, '{');
    json_put_name(out, "published");
    if (ledger->published)
        json_put_text(out, ledger->published);
    else
        text_add(out, "null");
    text_add_format(out, ", \"posts\": %zu, \"changed\": %zu, \"other_words\": %zu", ledger->ledger.n_posts,
                    ledger->ledger.n_changed, ledger->ledger.n_other_words);
    if (ledger->without_entities)
        text_add(out, ", \"ner\": null");
    else
        put_part_json(out, "ner", &ledger->ledger.parts[0], false);
    put_part_json(out, "re", &ledger->ledger.parts[1], true);
    text_add_char(out, '}');
}
