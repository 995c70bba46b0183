/* Times the picture's verdict against plain passes of the same posts, in turns. tests/bench-verdict runs it.
 *
 *   bench-verdict-passes MODEL CORPUS POSTS BATCH OTHERS ROUNDS THREADS
 *
 * Of the first POSTS posts that have a picture, BATCH at a time. Features are known to both sides and the other pictures
 * are read beforehand. Plain: inference_run and the labels of the post's own relations. Verdict: inference_run, and
 * picture_verdict_of with so many others.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/clock.h"
#include "corpora/corpus.h"
#include "model/features.h"
#include "model/picture-verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_POSTS = 256, MAX_ROUNDS = 64 };

struct bench {
    struct mmib *model;
    struct corpus *corpus;
    char *images;
    const struct post *posts[MAX_POSTS];
    struct features features[MAX_POSTS]; /* without cells and pixels, as a features-store has them */
    struct picture_pool_picture others[MAX_POSTS][PICTURE_OTHERS_MAX];
    size_t n_others[MAX_POSTS];
    size_t n, batch;
};

static const struct post *bench_post(void *context, size_t index)
{
    return &((struct bench *)context)->corpus->posts[index];
}

/* Reads pictures, the posts' own and others. */
static int bench_read(struct bench *b, struct picture_pool *pool, size_t n_posts, size_t k, struct error *err)
{
    struct arena *arena = mmib_arena(b->model);
    size_t channels = mmib_config(b->model)->image.channels;
    for (size_t i = 0; i < b->corpus->n_posts && b->n < n_posts; i++) {
        const struct post *post = &b->corpus->posts[i];
        struct features features;
        arena_reset(arena);
        if (features_make(b->model, &post, 1, &(struct features_options){.folder = b->images}, &features))
            return error_memory(err, "bench");
        if (!features.features)
            continue;
        float *values = malloc(features.n_images * channels * sizeof *values);
        size_t *objects = malloc(features.n_images * sizeof *objects);
        if (!values || !objects)
            return error_memory(err, "bench");
        memcpy(values, features.features, features.n_images * channels * sizeof *values);
        memcpy(objects, features.objects, features.n_images * sizeof *objects);
        b->features[b->n] = (struct features){.n_images = features.n_images, .objects = objects, .features = values};
        if (picture_pool_choose(pool, b->model, post, k, NULL, NULL, b->others[b->n], &b->n_others[b->n], err))
            return -1;
        b->posts[b->n++] = post;
    }
    return b->n ? 0 : error_set(err, ERROR_INPUT, "bench: no post has a picture");
}

static int bench_relations(struct bench *b, const struct inference *inference, struct error *err)
{
    for (size_t i = 0; mmib_config(b->model)->re.present && i < inference->n; i++) {
        float *probabilities;
        size_t n;
        struct relation_pair *pairs = relation_pairs_of(inference->posts[i], i, &n);
        int failed = !pairs ||
                     (n && inference_relations(b->model, inference, pairs, n, NULL, NULL, &probabilities, err));
        free(pairs);
        if (failed)
            return -1;
    }
    return 0;
}

static int bench_verdicts(struct bench *b, const struct inference *inference, size_t first, struct error *err)
{
    for (size_t i = 0; i < inference->n; i++) {
        struct picture_verdict *verdict;
        if (picture_verdict_of(b->model, inference, i,
                               &(struct picture_verdict_options){.others = b->others[first + i],
                                                                 .n_others = b->n_others[first + i],
                                                                 .has_gold_entities = true,
                                                                 .has_gold_relations = true},
                               &verdict, err))
            return -1;
        picture_verdict_free(verdict);
    }
    return 0;
}

/* Milliseconds of all posts; negative: failed. */
static double bench_pass(struct bench *b, bool verdicts, struct error *err)
{
    double start = clock_ms();
    for (size_t first = 0; first < b->n; first += b->batch) {
        size_t n = b->n - first < b->batch ? b->n - first : b->batch;
        struct inference inference;
        if (inference_run(b->model, b->posts + first, n,
                          &(struct inference_options){.features = b->features + first}, &inference, err) ||
            (verdicts ? bench_verdicts(b, &inference, first, err) : bench_relations(b, &inference, err)))
            return -1;
    }
    return clock_ms() - start;
}

static int bench_ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double bench_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, bench_ascending);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static int bench_rounds(struct bench *b, size_t rounds, size_t k, struct error *err)
{
    double plain[MAX_ROUNDS], with[MAX_ROUNDS], ratio[MAX_ROUNDS];
    if (bench_pass(b, false, err) < 0 || bench_pass(b, true, err) < 0) /* to warm up */
        return -1;
    for (size_t r = 0; r < rounds; r++) {
        plain[r] = bench_pass(b, false, err);
        with[r] = plain[r] < 0 ? -1 : bench_pass(b, true, err);
        if (with[r] < 0)
            return -1;
        ratio[r] = with[r] / plain[r];
    }
    double n = (double)b->n, times = bench_median(ratio, rounds);
    printf("%-10s %5zu posts, batch %2zu, K = %zu: plain %.2f ms a post, with verdict %.2f: %.2f passes "
           "(the verdict alone %.2f)\n",
           mmib_name(b->model), b->n, b->batch, k, bench_median(plain, rounds) / n, bench_median(with, rounds) / n,
           times, times - 1);
    return 0;
}

int main(int argc, char **argv)
{
    static struct bench b;
    struct error err;
    if (argc != 8) {
        fputs("bench-verdict-passes: MODEL CORPUS POSTS BATCH OTHERS ROUNDS THREADS\n", stderr);
        return 2;
    }
    size_t n_posts = strtoul(argv[3], NULL, 10), k = strtoul(argv[5], NULL, 10), rounds = strtoul(argv[6], NULL, 10);
    struct picture_pool *pool = NULL;
    b.batch = strtoul(argv[4], NULL, 10);
    int failed = n_posts > MAX_POSTS || k > PICTURE_OTHERS_MAX || !rounds || rounds > MAX_ROUNDS || !b.batch
                     ? error_set(&err, ERROR_USAGE, "bench-verdict-passes: a number is out of range")
                     : 0;
    if (!failed)
        failed = !(b.model = mmib_open(argv[1], strtoul(argv[7], NULL, 10), &err)) ||
                 corpus_read(argv[2], NULL, &b.corpus, &err) || !(b.images = corpus_image_folder(b.corpus)) ||
                 !(pool = picture_pool_new(&(struct picture_pool_options){.folder = b.images,
                                                                          .n_posts = b.corpus->n_posts,
                                                                          .post = bench_post,
                                                                          .context = &b},
                                           &err)) ||
                 bench_read(&b, pool, n_posts, k, &err) || bench_rounds(&b, rounds, k, &err);
    if (failed)
        fprintf(stderr, "%s\n", err.message);
    for (size_t i = 0; i < b.n; i++) {
        free((void *)b.features[i].features);
        free(b.features[i].objects);
    }
    picture_pool_free(pool);
    free(b.images);
    corpus_free(b.corpus);
    mmib_close(b.model);
    return failed ? 1 : 0;
}
