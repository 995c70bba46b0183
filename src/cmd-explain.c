/* mmib explain: every number that the model has for a post, one JSON object a line; or one post as a figure.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/json.h"
#include "corpora/text.h"
#include "model/bottleneck.h"
#include "model/faithfulness.h"
#include "model/inference.h"
#include "src/explain-figure.h"
#include "src/explain-readings.h"
#include "src/model-run.h"
#include "src/progress.h"
#include "src/subcommands.h"
#include "ui/canvas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct model_run_arguments explain_arguments;
static bool explain_json, explain_readings, explain_faithfulness;
static size_t explain_samples = BOTTLENECK_SAMPLES, explain_orders = FAITHFULNESS_ORDERS, explain_seed;
static struct explain_figure_arguments explain_drawn;

static void explain_put_number(struct text *out, double value)
{
    if (isfinite(value))
        text_add_format(out, "%.9g", value);
    else
        text_add(out, "null"); /* does not happen: inference_run refuses such values */
}

static void explain_put_floats(struct text *out, const float *values, size_t n)
{
    text_add_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            text_add_char(out, ',');
        explain_put_number(out, values[i]);
    }
    text_add_char(out, ']');
}

/* values [n, rows, columns] as nested lists. */
static void explain_put_grid(struct text *out, const float *values, size_t n, size_t rows, size_t columns)
{
    text_add_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        text_add(out, i ? ",[" : "[");
        for (size_t r = 0; r < rows; r++) {
            if (r)
                text_add_char(out, ',');
            explain_put_floats(out, values + (i * rows + r) * columns, columns);
        }
        text_add_char(out, ']');
    }
    text_add_char(out, ']');
}

static void explain_put_pieces(struct text *out, const struct mmib *model, const struct example *example)
{
    text_add(out, ",\"pieces\":[");
    for (size_t i = 0; i < example->n_pieces; i++) {
        if (i)
            text_add_char(out, ',');
        json_put_text(out, wordpiece_piece(mmib_wordpiece(model), example->piece_ids[i]));
    }
    text_add(out, "],\"piece_ids\":[");
    for (size_t i = 0; i < example->n_pieces; i++)
        text_add_format(out, "%s%d", i ? "," : "", (int)example->piece_ids[i]);
    text_add_char(out, ']');
}

static int explain_put_tags(struct text *out, const struct mmib *model, const struct inference_tags *tags)
{
    const struct crf *crf = mmib_crf(model);
    const struct config *config = mmib_config(model);
    float *marginals = calloc(tags->n_rows * crf->labels + 1, sizeof *marginals);
    if (!marginals)
        return -1;
    if (tags->n_rows)
        crf_marginals(crf, &tags->sums, marginals);
    text_add(out, ",\"ner\":{\"labels\":[");
    for (size_t i = 0; i < tags->n_rows; i++) {
        if (i)
            text_add_char(out, ',');
        json_put_text(out, config->ner.labels[tags->path[i]]);
    }
    text_add(out, "],\"log_likelihood\":");
    explain_put_number(out, tags->path_score - tags->sums.log_partition);
    text_add(out, ",\"log_partition\":");
    explain_put_number(out, tags->sums.log_partition);
    text_add(out, ",\"marginals\":[");
    for (size_t i = 0; i < tags->n_rows; i++) {
        if (i)
            text_add_char(out, ',');
        explain_put_floats(out, marginals + i * crf->labels, crf->labels);
    }
    text_add(out, "]}");
    free(marginals);
    return 0;
}

/* The post's own relations in their order, else every ordered pair of its entities. Allocated; NULL when memory
 * is out. */
static struct relation_pair *explain_pairs(const struct post *post, size_t index, size_t *n)
{
    size_t entities = post->n_entities;
    if (post->n_relations)
        return relation_pairs_of(post, index, n);
    struct relation_pair *pairs = calloc(entities * entities + 1, sizeof *pairs);
    *n = 0;
    for (size_t i = 0; pairs && i < entities * entities; i++) {
        const struct entity *head = &post->entities[i / entities], *tail = &post->entities[i % entities];
        if (head != tail)
            pairs[(*n)++] = (struct relation_pair){index, {head->start, head->end}, {tail->start, tail->end}};
    }
    return pairs;
}

static int explain_put_relations(struct text *out, struct mmib *model, const struct inference *inference,
                                 const struct relation_pair *pairs, size_t n, struct error *err)
{
    const struct config *config = mmib_config(model);
    size_t labels = config->re.n_labels;
    float *probabilities = NULL;
    if (n && inference_relations(model, inference, pairs, n, NULL, NULL, &probabilities, err))
        return -1;
    text_add(out, ",\"re\":[");
    for (size_t i = 0; i < n; i++) {
        text_add_format(out, "%s{\"head\":[%zu,%zu],\"tail\":[%zu,%zu],\"probabilities\":{", i ? "," : "",
                        pairs[i].head[0], pairs[i].head[1], pairs[i].tail[0], pairs[i].tail[1]);
        for (size_t l = 0; l < labels; l++) {
            if (l)
                text_add_char(out, ',');
            json_put_text(out, config->re.labels[l]);
            text_add_char(out, ':');
            explain_put_number(out, probabilities[i * labels + l]);
        }
        text_add(out, "}}");
    }
    text_add_char(out, ']');
    return 0;
}

/* What hangs on pairs of entities, and what was asked for. */
static int explain_put_rest(struct text *out, struct mmib *model, const struct inference *inference, size_t index,
                            struct error *err)
{
    struct explain_request request = {.seed = explain_seed};
    struct relation_pair *pairs = explain_pairs(inference->posts[index], index, &request.n_pairs);
    int result = pairs ? 0 : error_memory(err, inference->posts[index]->id);
    request.pairs = pairs;
    if (!result && mmib_config(model)->re.present)
        result = explain_put_relations(out, model, inference, pairs, request.n_pairs, err);
    request.draws = explain_samples;
    if (!result && explain_readings)
        result = explain_put_readings(out, model, inference, index, &request, err);
    request.draws = explain_orders;
    if (!result && explain_faithfulness)
        result = explain_put_faithfulness(out, model, inference, index, &request, err);
    free(pairs);
    return result;
}

static double explain_consistency(const struct mmib_states *states, size_t index)
{
    double sum = 0;
    for (size_t k = 0; k < states->consistency_size; k++)
        sum += states->consistency[index * states->consistency_size + k];
    return sum / (double)states->consistency_size;
}

static int explain_put_post(struct text *out, struct mmib *model, const struct inference *inference, size_t index,
                            struct error *err)
{
    const struct inference_post *post = &inference->each[index];
    const struct explanation *e = &post->explanation;
    size_t images = post->features.n_images;
    text_add(out, "{\"id\":");
    json_put_text(out, inference->posts[index]->id);
    explain_put_pieces(out, model, &post->example);
    text_add(out, ",\"text_kl\":");
    explain_put_number(out, e->text_kl);
    text_add(out, ",\"image_kl\":");
    explain_put_number(out, e->image_kl);
    text_add(out, ",\"consistency\":");
    if (post->features.features)
        explain_put_number(out, explain_consistency(&inference->states, index));
    else
        text_add(out, "null");
    text_add(out, ",\"text_contribution\":");
    explain_put_floats(out, e->text_contribution, post->example.n_pieces);
    text_add(out, ",\"token_contribution\":");
    explain_put_floats(out, e->token_contribution, post->example.n_tokens);
    text_add(out, ",\"image_contribution\":");
    explain_put_floats(out, e->image_contribution, images);
    text_add(out, ",\"grid_contribution\":");
    explain_put_grid(out, e->grid_contribution, images, e->grid, e->grid);
    text_add_format(out, ",\"cut\":%zu,\"token_rate\":", post->example.cut);
    explain_put_floats(out, e->token_rate, post->example.n_tokens);
    text_add(out, ",\"image_rate\":");
    explain_put_floats(out, e->image_rate, images);
    text_add(out, ",\"token_before\":");
    explain_put_floats(out, e->token_before, post->example.n_tokens);
    text_add(out, ",\"image_before\":");
    explain_put_floats(out, e->image_before, images);
    if (mmib_config(model)->ner.present && explain_put_tags(out, model, &post->tags))
        return error_memory(err, inference->posts[index]->id);
    if (explain_put_rest(out, model, inference, index, err))
        return -1;
    text_add(out, "}\n");
    return out->failed ? error_memory(err, inference->posts[index]->id) : 0;
}

/* One batch to standard output. */
static int explain_batch(struct model_run *run, const struct post *const *posts, size_t n, struct error *err)
{
    struct inference inference;
    const struct inference_options options = {.folder = run->folder};
    struct text out = {0};
    int result = inference_run(run->model, posts, n, &options, &inference, err);
    for (size_t i = 0; !result && i < n; i++) {
        const struct inference_post *post = &inference.each[i];
        model_run_note(run, posts[i], post->features.missing, post->features.failure, post->example.cut,
                       post->features.empty_boxes);
        result = explain_put_post(&out, run->model, &inference, i, err);
    }
    if (!result && (fwrite(out.bytes, 1, out.n, stdout) != out.n || fflush(stdout)))
        result = error_errno(err, "standard output");
    text_free(&out);
    return result;
}

static int explain_check_number(const char *option, size_t given, size_t most, struct error *err)
{
    return given && given <= most ? 0 : error_set(err, ERROR_USAGE, "%s: takes 1 to %zu", option, most);
}

/* The posts [first, last) as JSON, a line each. */
static int explain_write(struct model_run *run, size_t first, size_t last, struct error *err)
{
    struct progress progress;
    int result = 0;
    progress_start(&progress, "posts", last - first, explain_arguments.quiet || isatty(STDOUT_FILENO));
    for (size_t at = first; !result && at < last; at += MODEL_RUN_BATCH) {
        const struct post *posts[MODEL_RUN_BATCH];
        size_t n = 0;
        while (n < MODEL_RUN_BATCH && at + n < last) {
            posts[n] = &run->corpus->posts[at + n];
            n++;
        }
        result = explain_batch(run, posts, n, err);
        progress_show(&progress, at + n - first);
    }
    progress_end(&progress);
    return result;
}

/* Options that say something about a figure only make sense with one. */
static int explain_check(struct error *err)
{
    const struct explain_figure_arguments *drawn = &explain_drawn;
    if (drawn->figure && (explain_json || explain_readings || explain_faithfulness))
        return error_set(err, ERROR_USAGE, "explain: --figure excludes --json, --readings and --faithfulness");
    if (!drawn->figure && (drawn->model2 || drawn->before || drawn->kept))
        return error_set(err, ERROR_USAGE, "explain: --model2, --before and --kept are for --figure FILE");
    return drawn->figure ? canvas_check(drawn->figure, err) : 0;
}

static int explain_run(int n_arguments, char **arguments)
{
    (void)n_arguments;
    struct model_run run;
    struct error err;
    size_t first = 0;
    if (explain_check_number("--samples", explain_samples, BOTTLENECK_SAMPLES_MAX, &err) ||
        explain_check_number("--orders", explain_orders, FAITHFULNESS_ORDERS_MAX, &err) || explain_check(&err) ||
        model_run_open(arguments[0], &explain_arguments, &run, &err))
        return report_error(&err);
    int result = explain_drawn.post ? explain_figure_post(run.corpus, explain_drawn.post, &first, &err) : 0;
    size_t last = explain_drawn.post ? first + 1 : run.corpus->n_posts;
    if (!result)
        result = explain_drawn.figure ? explain_figure(&run, &explain_drawn, explain_arguments.threads, &err)
                                      : explain_write(&run, first, last, &err);
    int code = result ? report_error(&err) : model_run_report(&run);
    model_run_close(&run);
    return code;
}

static const struct option_spec explain_options[] = {
    MODEL_OPTION_MODEL(explain_arguments),
    {"json", 0, OPTION_FLAG, NULL, "one JSON object a line and post (the default)", &explain_json},
    {"readings", 0, OPTION_FLAG, NULL, "also labels with the bottleneck's mean, a sample, and without it",
     &explain_readings},
    {"samples", 0, OPTION_COUNT, "N", "samples for the readings, 1 to 64 (default: 8)", &explain_samples},
    {"faithfulness", 0, OPTION_FLAG, NULL, "also the deletion test: do labels fall faster when what is hot goes first?",
     &explain_faithfulness},
    {"orders", 0, OPTION_COUNT, "N", "random orders for the deletion test, 1 to 64 (default: 8)", &explain_orders},
    {"seed", 0, OPTION_COUNT, "N", "of the samples and random orders (default: 0)", &explain_seed},
    EXPLAIN_OPTION_POST(explain_drawn),
    EXPLAIN_OPTIONS_FIGURE(explain_drawn),
    MODEL_OPTION_NO_IMAGE(explain_arguments),
    CORPUS_OPTION_FROM(explain_arguments.corpus),
    CORPUS_OPTION_MAP(explain_arguments.corpus),
    CORPUS_OPTION_IMAGES(explain_arguments.corpus),
    CORPUS_OPTION_BOXES(explain_arguments.corpus),
    MODEL_OPTION_THREADS(explain_arguments),
    MODEL_OPTION_QUIET(explain_arguments),
    {0},
};

const struct subcommand explain_subcommand = {
    .name = "explain",
    .usage = "CORPUS",
    .summary = "write or draw what words and image regions contribute",
    .details = "mmib-explain(1) tells what each number is.",
    .options = explain_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = explain_run,
};
