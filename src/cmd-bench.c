/* mmib bench: how long a post takes on this machine, stage by stage.
 *
 * Without a corpus the posts are made up: random pieces, and random pixels that are not decoded from a file.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/clock.h"
#include "corpora/corpus.h"
#include "model/analysis.h"
#include "model/blas.h"
#include "model/mmib.h"
#include "src/model-run.h"
#include "src/subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { BENCH_MAX_POSTS = 256, BENCH_WARM_UP = 2, BENCH_STAGES = 6 };

static struct model_run_arguments bench_arguments;
static size_t bench_pieces = 30, bench_images = 5, bench_repeat = 10, bench_posts = 1;
static const char *bench_ragged;
static bool bench_json;

static const char *const bench_stage_names[BENCH_STAGES] = {"prepare", "picture", "text", "fusion", "heads", "total"};

/* Milliseconds by stage, [repeat] each. */
struct bench_samples {
    double *stages[BENCH_STAGES];
    size_t n;
};

static int bench_samples_new(struct bench_samples *samples, size_t n)
{
    *samples = (struct bench_samples){0};
    for (size_t s = 0; s < BENCH_STAGES; s++)
        if (!(samples->stages[s] = calloc(n, sizeof(double))))
            return -1;
    return 0;
}

static void bench_samples_free(struct bench_samples *samples)
{
    for (size_t s = 0; s < BENCH_STAGES; s++)
        free(samples->stages[s]);
}

/* Adds what the model's clocks gained since `before`, divided by the posts. */
static void bench_add(struct bench_samples *samples, const struct mmib_times *before, const struct mmib_times *after,
                      double total_ms, size_t posts)
{
    const double gained[BENCH_STAGES] = {after->prepare - before->prepare, after->picture - before->picture,
                                         after->text - before->text,       after->fusion - before->fusion,
                                         after->heads - before->heads,     total_ms};
    for (size_t s = 0; s < BENCH_STAGES; s++)
        samples->stages[s][samples->n] = gained[s] / (double)posts;
    samples->n++;
}

static int bench_ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double bench_median(double *values, size_t n)
{
    if (!n)
        return 0;
    qsort(values, n, sizeof *values, bench_ascending);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void bench_print(struct bench_samples *samples, const struct model_run *run, const char *what)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double medians[BENCH_STAGES];
    for (size_t s = 0; s < BENCH_STAGES; s++)
        medians[s] = bench_median(samples->stages[s], samples->n);
    size_t threads = threads_count(mmib_threads(run->model));
    if (bench_json) {
        printf("{\"kernel\": \"%s\", \"threads\": %zu, \"repeats\": %zu, \"peak_rss_kib\": %ld", blas_kernel(), threads,
               samples->n, usage.ru_maxrss);
        for (size_t s = 0; s < BENCH_STAGES; s++)
            printf(", \"%s\": %.4f", bench_stage_names[s], medians[s]);
        puts("}");
        return;
    }
    printf("model %s, %s, %zu thread%s, OpenBLAS kernel %s, median of %zu\n", mmib_name(run->model), what, threads,
           threads == 1 ? "" : "s", blas_kernel(), samples->n);
    printf("%-10s %10s %8s\n", "stage", "ms", "share");
    for (size_t s = 0; s < BENCH_STAGES; s++)
        printf("%-10s %10.3f %7.1f%%\n", bench_stage_names[s], medians[s],
               medians[BENCH_STAGES - 1] > 0 ? 100 * medians[s] / medians[BENCH_STAGES - 1] : 0);
    printf("peak memory %.1f MiB\n", (double)usage.ru_maxrss / 1024);
}

/* Made-up posts */

/* "12,20,28" into pieces a post. */
static int bench_parse_lengths(const char *list, size_t *lengths, size_t *n, struct error *err)
{
    for (const char *at = list; *n < BENCH_MAX_POSTS; at++) {
        char *end;
        lengths[*n] = strtoul(at, &end, 10);
        if (end == at || (*end && *end != ',') || lengths[*n] < 3)
            return error_set(err, ERROR_USAGE, "ragged: takes lengths of at least 3 pieces, as in 12,20,28");
        ++*n;
        at = end;
        if (!*at)
            return 0;
    }
    return error_set(err, ERROR_USAGE, "ragged: at most %d posts", BENCH_MAX_POSTS);
}

/* CRF and one relation, as a post has them. -1 when memory is out. */
static int bench_heads(struct mmib *model, const struct mmib_states *states)
{
    const struct config *config = mmib_config(model);
    const struct crf *crf = mmib_crf(model);
    size_t d = config->text.hidden_size;
    struct arena *arena = mmib_arena(model);
    double start = clock_ms();
    for (size_t i = 0; config->ner.present && i < states->n; i++) {
        size_t from = states->text_offsets[i] + 1, n = states->text_offsets[i + 1] - 1 - from;
        const float *emissions = states->emissions + from * crf->labels;
        int32_t *path = arena_take(arena, n, sizeof *path);
        struct crf_sums sums;
        if (!path || crf_sum(crf, emissions, n, arena, &sums))
            return -1;
        crf_viterbi(crf, emissions, n, NULL, NULL, arena, path);
    }
    if (config->re.present) {
        float *pairs = arena_take(arena, states->n * d, 2 * sizeof *pairs);
        if (!pairs)
            return -1;
        for (size_t i = 0; i < states->n; i++)
            memcpy(pairs + 2 * i * d, states->fused_text + states->text_offsets[i] * d, 2 * d * sizeof *pairs);
        if (!mmib_classify(model, pairs, states->n))
            return -1;
    }
    mmib_times(model)->heads += clock_ms() - start;
    return 0;
}

static int bench_pass(struct mmib *model, struct mmib_item *items, size_t n, const uint8_t *pixels, size_t images)
{
    struct mmib_states states;
    float *features = NULL, *cells;
    if (images && mmib_encode_pictures(model, pixels, n * images, &features, &cells))
        return -1;
    for (size_t i = 0; i < n; i++)
        items[i].features = images ? features + i * images * mmib_config(model)->image.channels : NULL;
    return mmib_forward(model, items, n, NULL, NULL, &states) || bench_heads(model, &states) ? -1 : 0;
}

static int bench_made_up(struct model_run *run, const size_t *lengths, size_t n, size_t images,
                         struct bench_samples *samples, struct error *err)
{
    const struct config *config = mmib_config(run->model);
    size_t longest = 0, bytes = config->image.image_size * config->image.image_size * 3;
    for (size_t i = 0; i < n; i++)
        longest = lengths[i] > longest ? lengths[i] : longest;
    if (longest > config->text.max_pieces)
        return error_set(err, ERROR_USAGE, "%zu pieces: the model takes at most %zu", longest, config->text.max_pieces);
    struct mmib_item items[BENCH_MAX_POSTS];
    int32_t *ids = calloc(n * longest, sizeof *ids);
    uint8_t *pixels = calloc(n * images + 1, bytes + 1);
    int result = ids && pixels ? 0 : error_memory(err, "bench");
    srand(1);
    for (size_t i = 0; !result && i < n * longest; i++)
        ids[i] = (int32_t)((size_t)rand() % config->text.vocab_size);
    for (size_t i = 0; !result && i < n * images * bytes; i++)
        pixels[i] = (uint8_t)rand();
    for (size_t i = 0; i < n; i++)
        items[i] = (struct mmib_item){.piece_ids = ids + i * longest,
                                      .n_pieces = lengths[i],
                                      .n_images = images ? images : 1};
    for (size_t r = 0; !result && r < bench_repeat + BENCH_WARM_UP; r++) {
        struct mmib_times before = *mmib_times(run->model);
        arena_reset(mmib_arena(run->model));
        double start = clock_ms();
        if (bench_pass(run->model, items, n, pixels, images))
            result = error_memory(err, "bench");
        else if (r >= BENCH_WARM_UP)
            bench_add(samples, &before, mmib_times(run->model), clock_ms() - start, bench_ragged ? 1 : n);
    }
    free(ids);
    free(pixels);
    return result;
}

/* Posts of a corpus, one at a time as the workbench runs them; each post once. */
static int bench_corpus(struct model_run *run, struct bench_samples *samples, struct error *err)
{
    const struct analysis_options options = {.images = run->folder, .no_image = !run->folder, .pairs = PAIRS_PROPOSED};
    size_t n = run->corpus->n_posts < samples->n ? run->corpus->n_posts : samples->n;
    samples->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct mmib_times before = *mmib_times(run->model);
        const struct post *post = &run->corpus->posts[i];
        struct analysis *analysis;
        double start = clock_ms();
        if (analysis_run(run->model, &post, 1, &options, &analysis, err))
            return -1;
        bench_add(samples, &before, mmib_times(run->model), clock_ms() - start, 1);
        analysis_free(analysis);
    }
    return 0;
}

static int bench_open(const char *path, struct model_run *run, struct error *err)
{
    if (path)
        return model_run_open(path, &bench_arguments, run, err);
    *run = (struct model_run){0};
    char *directory = model_run_directory(bench_arguments.model, err);
    run->model = directory ? mmib_open(directory, bench_arguments.threads, err) : NULL;
    free(directory);
    return run->model ? 0 : -1;
}

static int bench_run(int n_arguments, char **arguments)
{
    struct model_run run;
    struct bench_samples samples = {0};
    struct error err;
    size_t lengths[BENCH_MAX_POSTS], n = 0, room;
    char what[96];
    const char *path = n_arguments ? arguments[0] : NULL;
    if (bench_ragged && bench_parse_lengths(bench_ragged, lengths, &n, &err))
        return report_error(&err);
    if (!bench_repeat || bench_posts > BENCH_MAX_POSTS || !bench_posts || bench_pieces < 3) {
        error_set(&err, ERROR_USAGE, "bench: at least one repeat, 1 to %d posts of 3 pieces or more", BENCH_MAX_POSTS);
        return report_error(&err);
    }
    if (bench_open(path, &run, &err))
        return report_error(&err);
    size_t images = bench_ragged || mmib_config(run.model)->image.architecture == IMAGE_NONE || bench_arguments.no_image
                        ? 0
                        : bench_images;
    for (; !bench_ragged && n < bench_posts; n++)
        lengths[n] = bench_pieces;
    room = path ? run.corpus->n_posts + 1 : bench_repeat;
    int result = bench_samples_new(&samples, room) ? error_memory(&err, "bench") : 0;
    if (path) {
        samples.n = room;
        snprintf(what, sizeof what, "%.60s, a post", path);
        result = result ? result : bench_corpus(&run, &samples, &err);
    } else {
        snprintf(what, sizeof what, bench_ragged ? "%zu ragged posts in all" : "%zu post%s, %zu pieces, %zu images each", n,
                 n == 1 ? "" : "s", bench_pieces, images);
        result = result ? result : bench_made_up(&run, lengths, n, images, &samples, &err);
    }
    int code = result ? report_error(&err) : 0;
    if (!result)
        bench_print(&samples, &run, what);
    bench_samples_free(&samples);
    model_run_close(&run);
    return code;
}

static const struct option_spec bench_options[] = {
    MODEL_OPTION_MODEL(bench_arguments),
    MODEL_OPTION_THREADS(bench_arguments),
    {"pieces", 0, OPTION_COUNT, "N", "pieces of a made-up post (30)", &bench_pieces},
    {"images", 0, OPTION_COUNT, "N", "the picture and its crops of a made-up post (5)", &bench_images},
    {"posts", 0, OPTION_COUNT, "N", "made-up posts in a batch (1)", &bench_posts},
    {"ragged", 0, OPTION_TEXT, "LIST", "posts of these lengths, without pictures: the time of all of them", &bench_ragged},
    {"repeat", 0, OPTION_COUNT, "N", "how often (10)", &bench_repeat},
    {"json", 0, OPTION_FLAG, NULL, "the medians as one JSON object", &bench_json},
    MODEL_OPTION_NO_IMAGE(bench_arguments),
    CORPUS_OPTION_FROM(bench_arguments.corpus),
    CORPUS_OPTION_MAP(bench_arguments.corpus),
    CORPUS_OPTION_IMAGES(bench_arguments.corpus),
    {0},
};

const struct subcommand bench_subcommand = {
    .name = "bench",
    .usage = "[CORPUS]",
    .summary = "time a post through the model on this machine, stage by stage",
    .details = "Without a corpus, posts are made up: random pieces and pixels, nothing decoded. With one, its posts go\n"
               "through the model one at a time.",
    .options = bench_options,
    .max_arguments = 1,
    .run = bench_run,
};
