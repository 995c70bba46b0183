/* mmib predict: the model's labels for a whole corpus.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "model/analysis.h"
#include "src/lent-pictures.h"
#include "src/model-run.h"
#include "src/progress.h"
#include "src/subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct model_run_arguments predict_arguments;
static const char *predict_to, *predict_out = "-";
static bool predict_gold_entities, predict_shuffle;
static const char *predict_lend;
static size_t predict_seed;

static struct provenance predict_origin(double score)
{
    return (struct provenance){.source = SOURCE_MODEL, .has_source = true, .has_score = true, .score = score};
}

/* Forgets what people did with the post. What the picture shows (boxes) is input, and stays. */
static void predict_forget(struct post *post)
{
    for (size_t i = 0; i < post->n_rejected_entities; i++)
        entity_free(&post->rejected_entities[i]);
    for (size_t i = 0; i < post->n_rejected_relations; i++)
        relation_free(&post->rejected_relations[i]);
    free(post->rejected_entities);
    free(post->rejected_relations);
    for (size_t i = 0; i < post->n_verdicts; i++)
        verdict_free(&post->verdicts[i]);
    free(post->verdicts);
    post->verdicts = NULL;
    post->n_verdicts = 0;
    free(post->annotator);
    post->rejected_entities = NULL;
    post->rejected_relations = NULL;
    post->n_rejected_entities = post->n_rejected_relations = 0;
    post->annotator = NULL;
    post->status = STATUS_NEW;
}

static void predict_drop_labels(struct post *post)
{
    for (size_t i = 0; i < post->n_relations; i++)
        relation_free(&post->relations[i]);
    for (size_t i = 0; i < post->n_entities; i++)
        entity_free(&post->entities[i]);
    free(post->relations);
    free(post->entities);
    free(post->source); /* tags as they were published */
    post->relations = NULL;
    post->entities = NULL;
    post->source = NULL;
    post->n_relations = post->n_entities = 0;
}

static int predict_put_entities(struct post *post, const struct analysis *analysis)
{
    post->entities = calloc(analysis->n_entities + 1, sizeof *post->entities);
    if (!post->entities)
        return -1;
    for (size_t i = 0; i < analysis->n_entities; i++) {
        const struct analysis_entity *from = &analysis->entities[i];
        struct entity *to = &post->entities[post->n_entities++];
        char id[32];
        snprintf(id, sizeof id, "e%zu", i + 1);
        *to = (struct entity){.id = strdup(id), .start = from->start, .end = from->end, .type = strdup(from->type)};
        to->origin = predict_origin(from->score);
        if (!to->id || !to->type)
            return -1;
    }
    return 0;
}

/* Relations between the post's entities, as the analysis has them by their spans. */
static int predict_put_relations(struct post *post, const struct analysis *analysis)
{
    post->relations = calloc(analysis->n_relations + 1, sizeof *post->relations);
    if (!post->relations)
        return -1;
    for (size_t i = 0; i < analysis->n_relations; i++) {
        const struct analysis_relation *from = &analysis->relations[i];
        const struct entity *head = post_entity_at_peek(post, from->head[0], from->head[1]);
        const struct entity *tail = post_entity_at_peek(post, from->tail[0], from->tail[1]);
        struct relation *to = &post->relations[post->n_relations++];
        char id[32];
        snprintf(id, sizeof id, "r%zu", i + 1);
        *to = (struct relation){
            .id = strdup(id), .head = strdup(head->id), .tail = strdup(tail->id), .type = strdup(from->type)};
        to->origin = predict_origin(from->score);
        if (!to->id || !to->head || !to->tail || !to->type)
            return -1;
    }
    return 0;
}

/* The input's own pairs keep their ids, order and direction; only type and origin are the model's. */
static int predict_relabel(struct post *post, const struct analysis *analysis)
{
    for (size_t i = 0; i < post->n_relations && i < analysis->n_relations; i++) {
        struct relation *relation = &post->relations[i];
        char *type = strdup(analysis->relations[i].type);
        if (!type)
            return -1;
        free(relation->type);
        relation->type = type;
        provenance_free(&relation->origin);
        relation->origin = predict_origin(analysis->relations[i].score);
    }
    return 0;
}

static int predict_put(struct post *post, const struct analysis *analysis, bool gold)
{
    predict_forget(post);
    if (gold)
        return predict_relabel(post, analysis);
    predict_drop_labels(post);
    return predict_put_entities(post, analysis) || predict_put_relations(post, analysis) ? -1 : 0;
}

/* The types that the model may have given, after those that the corpus had. */
static int predict_extend_schema(struct schema *schema, const struct mmib *model)
{
    const struct tagset *tagset = mmib_tagset(model);
    const struct config *config = mmib_config(model);
    for (size_t i = 0; i < tagset->n_types; i++)
        if (schema_add_entity(schema, tagset->names[i]))
            return -1;
    for (size_t i = 0; config->re.present && i < config->re.n_labels; i++)
        if (strcmp(config->re.labels[i], "None") && schema_add_relation(schema, config->re.labels[i]))
            return -1;
    return 0;
}

static int predict_corpus(struct model_run *run, bool gold, const struct lent_pictures *lent, struct error *err)
{
    struct corpus *corpus = run->corpus;
    struct progress progress;
    int result = 0;
    if (predict_extend_schema(&corpus->schema, run->model))
        return error_memory(err, corpus->path);
    const struct analysis_options options = {.images = run->folder,
                                             .no_image = !run->folder,
                                             .pairs = gold ? PAIRS_GIVEN : PAIRS_PROPOSED,
                                             .schema = gold ? NULL : &corpus->schema};
    progress_start(&progress, "posts", corpus->n_posts, predict_arguments.quiet);
    for (size_t first = 0; !result && first < corpus->n_posts; first += MODEL_RUN_BATCH) {
        struct post shown[MODEL_RUN_BATCH]; /* what the model sees */
        const struct post *posts[MODEL_RUN_BATCH];
        struct analysis *analyses[MODEL_RUN_BATCH];
        size_t n = 0;
        while (n < MODEL_RUN_BATCH && first + n < corpus->n_posts) {
            shown[n] = lent_pictures_post(lent, corpus, first + n);
            posts[n] = &shown[n];
            n++;
        }
        if (analysis_run(run->model, posts, n, &options, analyses, err))
            result = -1;
        for (size_t i = 0; i < n; i++) {
            /* Noted first: what is shown borrows from the post that changes. */
            if (!result)
                model_run_note(run, posts[i], analyses[i]->picture_missing, analyses[i]->picture_error,
                               analyses[i]->cut, analyses[i]->empty_boxes);
            if (!result && predict_put(&corpus->posts[first + i], analyses[i], gold))
                result = error_memory(err, corpus->path);
            analysis_free(analyses[i]);
        }
        progress_show(&progress, first + n);
    }
    progress_end(&progress);
    return result;
}

/* A model without the head that the task needs would write nothing, and say nothing of it. */
static int predict_check_head(const struct model_run *run, bool gold, struct error *err)
{
    const struct config *config = mmib_config(run->model);
    if (gold ? config->re.present : config->ner.present)
        return 0;
    return error_set(err, ERROR_USAGE, "model %s: it has no %s head%s", mmib_name(run->model),
                     gold ? "relation" : "entity",
                     gold ? "" : "; --gold-entities labels the pairs that the corpus has");
}

/* The pictures that the posts are to show; *out is NULL where they show their own. */
static int predict_lend_pictures(struct model_run *run, struct lent_pictures *lent, const struct lent_pictures **out,
                                 struct error *err)
{
    *out = NULL;
    if (!predict_shuffle && !predict_lend)
        return 0;
    if ((predict_shuffle && predict_lend) || predict_arguments.no_image)
        return error_set(err, ERROR_USAGE, "--shuffle-images, --lend-images and --no-image exclude each other");
    *out = lent;
    if (predict_shuffle)
        return lent_pictures_shuffle(run->corpus, predict_seed, lent, err);
    char *folder = strdup(predict_lend);
    if (!folder)
        return error_memory(err, predict_lend);
    free(run->folder);
    run->folder = folder;
    return lent_pictures_from(run->corpus, folder, predict_seed, lent, err);
}

static int predict_run(int n_arguments, char **arguments)
{
    (void)n_arguments;
    struct model_run run;
    struct lent_pictures lent = {0};
    const struct lent_pictures *lent_or_none;
    struct error err;
    enum corpus_format to;
    if (corpus_arguments_format("to", predict_to, &to, &err))
        return report_error(&err);
    if (model_run_open(arguments[0], &predict_arguments, &run, &err))
        return report_error(&err);
    bool gold = predict_gold_entities || run.corpus->format == FORMAT_MNRE;
    if (!to)
        to = corpus_format_from_path(predict_out);
    if (!to)
        to = corpus_format_has_labels(run.corpus->format) ? run.corpus->format : FORMAT_JSON;
    if (!gold) {
        free(run.corpus->source); /* what the published file looked like is not what is written */
        run.corpus->source = NULL;
    }
    int failed = predict_check_head(&run, gold, &err) ||
                 predict_lend_pictures(&run, &lent, &lent_or_none, &err) ||
                 predict_corpus(&run, gold, lent_or_none, &err) ||
                 corpus_write(run.corpus, predict_out, to, NULL, &err);
    int code = failed ? report_error(&err) : model_run_report(&run);
    lent_pictures_free(&lent);
    model_run_close(&run);
    return code;
}

static const struct option_spec predict_options[] = {
    MODEL_OPTION_MODEL(predict_arguments),
    {"to", 0, OPTION_TEXT, "FORMAT", "format of the output: " CORPUS_FORMATS " (default: by FILE, else CORPUS's)",
     &predict_to},
    {"output", 'o', OPTION_TEXT, "FILE", "where to (default: standard output)", &predict_out},
    {"gold-entities", 0, OPTION_FLAG, NULL, "keep entities and pairs, predict only relations (default for MNRE)",
     &predict_gold_entities},
    MODEL_OPTION_NO_IMAGE(predict_arguments),
    {"shuffle-images", 0, OPTION_FLAG, NULL, "show the model each post with another post's picture and boxes",
     &predict_shuffle},
    {"lend-images", 0, OPTION_TEXT, "DIR", "show the model every post with some picture of this folder", &predict_lend},
    {"seed", 0, OPTION_COUNT, "N", "of --shuffle-images and --lend-images (0)", &predict_seed},
    CORPUS_OPTION_FROM(predict_arguments.corpus),
    CORPUS_OPTION_MAP(predict_arguments.corpus),
    CORPUS_OPTION_IMAGES(predict_arguments.corpus),
    CORPUS_OPTION_BOXES(predict_arguments.corpus),
    MODEL_OPTION_THREADS(predict_arguments),
    MODEL_OPTION_QUIET(predict_arguments),
    {0},
};

const struct subcommand predict_subcommand = {
    .name = "predict",
    .usage = "CORPUS",
    .summary = "write the model's labels for a corpus",
    .details = "Entities first, then relations of their pairs. The output holds the model's labels only, with their scores\n"
               "where the format has room. A post whose picture is missing counts as one without a picture; pictures that\n"
               "cannot be read are named, and the exit status is then 3 with the output complete.",
    .options = predict_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = predict_run,
};
