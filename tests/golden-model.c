/* Golden folders with a model: runs all posts as one batch and compares every tensor that the folder has.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/golden.h"

#include "corpora/corpus.h"
#include "model/inference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct golden_model {
    struct golden_report *report;
    struct mmib *model;
    struct corpus *corpus;
    struct safetensors *expected;
    bool *seen; /* [tensors of expected] compared, or known to be for training */
    const struct post **posts;
    struct inference inference;
};

/* The expected tensor of a post, or NULL. key keeps its name. */
static const struct safetensors_entry *golden_expected(const struct golden_model *g, size_t post, const char *name,
                                                       char key[128])
{
    snprintf(key, 128, "%zu/%s", post, name);
    const struct safetensors_entry *found = safetensors_find(g->expected, key);
    for (size_t k = 0; found && k < safetensors_count(g->expected); k++)
        if (safetensors_at(g->expected, k) == found)
            g->seen[k] = true;
    return found;
}

static void golden_floats(struct golden_model *g, size_t post, const char *name, const float *got, size_t n)
{
    char key[128];
    const struct safetensors_entry *expected = golden_expected(g, post, name, key);
    if (expected)
        golden_compare_floats(g->report, key, expected, got, n);
}

static void golden_number(struct golden_model *g, size_t post, const char *name, double got)
{
    float value = (float)got;
    golden_floats(g, post, name, &value, 1);
}

static void golden_ids(struct golden_model *g, size_t post, const char *name, const int32_t *got, size_t n)
{
    char key[128];
    const struct safetensors_entry *expected = golden_expected(g, post, name, key);
    if (expected)
        golden_compare_ids(g->report, key, expected, got, n);
}

static void golden_check_input(struct golden_model *g, size_t i)
{
    const struct inference_post *post = &g->inference.each[i];
    size_t size = mmib_config(g->model)->image.image_size, words = 0;
    int32_t cut = (int32_t)post->example.cut;
    char key[128];
    golden_ids(g, i, "input_ids", post->example.piece_ids, post->example.n_pieces);
    int32_t *first = calloc(post->example.n_tokens + 1, sizeof *first);
    for (size_t t = 0; first && t < post->example.n_tokens; t++)
        if (post->example.rows[t] < post->example.rows[t + 1])
            first[words++] = (int32_t)post->example.rows[t];
    golden_ids(g, i, "first_subword", first, words);
    free(first);
    golden_ids(g, i, "cut", &cut, 1);
    const struct safetensors_entry *pixels = golden_expected(g, i, "pixels", key);
    if (pixels && post->features.pixels)
        golden_compare_pixels(g->report, key, pixels, post->features.pixels,
                              post->features.n_images * size * size * 3);
    else if (pixels)
        golden_fail(g->report, key, "no picture: %s", post->features.failure ? post->features.failure : "missing");
}

static void golden_check_states(struct golden_model *g, size_t i)
{
    const struct inference_post *post = &g->inference.each[i];
    const struct mmib_states *s = &g->inference.states;
    const struct config *config = mmib_config(g->model);
    size_t d = config->text.hidden_size, text = s->text_offsets[i] * d, image = s->image_offsets[i] * d;
    size_t n_text = post->example.n_pieces * d, n_image = post->features.n_images * d;
    size_t n_features = post->features.n_images * config->image.channels;
    float *zeros = calloc(n_features + 1, sizeof *zeros); /* what a post without a picture has */
    golden_floats(g, i, "text_hidden", s->text_hidden + text, n_text);
    golden_floats(g, i, "image_features", post->features.features ? post->features.features : zeros, n_features);
    free(zeros);
    golden_floats(g, i, "image_hidden", s->image_hidden + image, n_image);
    golden_floats(g, i, "text_mean", s->text_mean + text, n_text);
    golden_floats(g, i, "text_logvar", s->text_logvar + text, n_text);
    golden_floats(g, i, "image_mean", s->image_mean + image, n_image);
    golden_floats(g, i, "image_logvar", s->image_logvar + image, n_image);
    golden_number(g, i, "text_kl", post->explanation.text_kl);
    golden_number(g, i, "image_kl", post->explanation.image_kl);
    golden_floats(g, i, "text_z", s->text_z + text, n_text);
    golden_floats(g, i, "image_z", s->image_z + image, n_image);
    golden_floats(g, i, "fused_image", s->fused_image + image, n_image);
    golden_floats(g, i, "fused_text", s->fused_text + text, n_text);
    golden_floats(g, i, "consistency", s->consistency + i * s->consistency_size, s->consistency_size);
    golden_floats(g, i, "text_contribution", post->explanation.text_contribution, post->example.n_pieces);
    golden_floats(g, i, "image_contribution", post->explanation.image_contribution, post->features.n_images);
    golden_floats(g, i, "grid_contribution", post->explanation.grid_contribution,
                  post->features.n_images * post->explanation.grid * post->explanation.grid);
}

static int golden_check_tags(struct golden_model *g, size_t i, struct error *err)
{
    const struct inference_tags *tags = &g->inference.each[i].tags;
    const struct crf *crf = mmib_crf(g->model);
    size_t n = tags->n_rows, labels = crf->labels;
    if (!mmib_config(g->model)->ner.present || !n)
        return 0;
    float *marginals = calloc(n * labels, sizeof *marginals);
    int32_t *best = calloc(n, sizeof *best);
    if (!marginals || !best) {
        free(marginals);
        free(best);
        return error_memory(err, "golden");
    }
    crf_marginals(crf, &tags->sums, marginals);
    double score = crf_viterbi(crf, tags->emissions, n, NULL, NULL, mmib_arena(g->model), best);
    golden_floats(g, i, "emissions", tags->emissions, n * labels);
    golden_number(g, i, "log_partition", tags->sums.log_partition);
    golden_floats(g, i, "marginals", marginals, n * labels);
    golden_ids(g, i, "best_path", best, n);
    golden_number(g, i, "best_path_log_likelihood", score - tags->sums.log_partition);
    if (mmib_config(g->model)->ner.tagging == TAGGING_WORD) {
        golden_ids(g, i, "bio_path", tags->path, n);
        golden_number(g, i, "bio_path_log_likelihood", tags->path_score - tags->sums.log_partition);
    }
    free(marginals);
    free(best);
    return 0;
}

static int golden_pair(const struct post *post, size_t relation, struct relation_pair *out)
{
    const struct entity *head = post_entity_peek(post, post->relations[relation].head);
    const struct entity *tail = post_entity_peek(post, post->relations[relation].tail);
    if (!head || !tail)
        return -1;
    out->head[0] = head->start;
    out->head[1] = head->end;
    out->tail[0] = tail->start;
    out->tail[1] = tail->end;
    return 0;
}

/* The pieces and fused rows of one marked pair. */
static int golden_check_marked(struct golden_model *g, const struct relation_pair *pair, size_t j, struct error *err)
{
    struct relation_batch batch = {g->posts, g->inference.examples, g->inference.features, &g->inference.states};
    struct example example;
    struct example_markers markers;
    struct mmib_states states;
    char name[64];
    if (relation_marked_forward(g->model, &batch, pair, 1, &example, &markers, &states))
        return error_memory(err, "golden");
    snprintf(name, sizeof name, "input_ids/%zu", j);
    golden_ids(g, pair->post, name, example.piece_ids, example.n_pieces);
    snprintf(name, sizeof name, "fused_text/%zu", j);
    golden_floats(g, pair->post, name, states.fused_text,
                  example.n_pieces * mmib_config(g->model)->text.hidden_size);
    return 0;
}

static int golden_check_relations(struct golden_model *g, size_t i, struct error *err)
{
    const struct post *post = g->posts[i];
    const struct config *config = mmib_config(g->model);
    for (size_t j = 0; config->re.present && j < post->n_relations; j++) {
        struct relation_pair pair = {.post = i};
        float *probabilities;
        char name[64];
        if (golden_pair(post, j, &pair))
            return error_set(err, ERROR_INPUT, "%s: post %s: relation %zu has no head or tail", g->report->directory,
                             post->id, j);
        if (inference_relations(g->model, &g->inference, &pair, 1, NULL, NULL, &probabilities, err))
            return -1;
        snprintf(name, sizeof name, "relation_probability/%zu", j);
        golden_floats(g, i, name, probabilities, config->re.n_labels);
        if (j == 0)
            golden_floats(g, i, "relation_probability", probabilities, config->re.n_labels);
        if (config->re.representation == RELATION_MARKER && golden_check_marked(g, &pair, j, err))
            return -1;
    }
    return 0;
}

/* Every key must have been compared: one that was not would pass unseen. Noise is for training. */
static void golden_check_keys(struct golden_model *g)
{
    for (size_t i = 0; i < g->corpus->n_posts; i++) {
        char key[128];
        golden_expected(g, i, "noise_text", key);
        golden_expected(g, i, "noise_image", key);
    }
    for (size_t k = 0; k < safetensors_count(g->expected); k++)
        if (!g->seen[k])
            golden_fail(g->report, safetensors_at(g->expected, k)->name, "no such stage, post or relation here");
}

/* A picture that could not be had makes a folder unreadable where it makes a difference. */
static int golden_check_pictures_there(const struct golden_model *g, struct error *err)
{
    for (size_t i = 0; g->report->failed && i < g->corpus->n_posts; i++) {
        const struct features *features = &g->inference.each[i].features;
        if (features->failure || features->missing)
            return error_set(err, ERROR_INPUT, "%s: post %s: %s", g->report->directory, g->posts[i]->id,
                             features->failure ? features->failure : "its picture is missing");
    }
    return 0;
}

static int golden_run(struct golden_model *g, const char *images, struct error *err)
{
    for (size_t i = 0; i < g->corpus->n_posts; i++)
        g->posts[i] = &g->corpus->posts[i];
    const struct inference_options options = {.folder = images};
    if (inference_run(g->model, g->posts, g->corpus->n_posts, &options, &g->inference, err))
        return -1;
    for (size_t i = 0; i < g->corpus->n_posts; i++) {
        golden_check_input(g, i);
        golden_check_states(g, i);
        if (golden_check_tags(g, i, err) || golden_check_relations(g, i, err))
            return -1;
    }
    golden_check_keys(g);
    return golden_check_pictures_there(g, err);
}

int golden_check_model(const char *directory, struct golden_report *report, struct error *err)
{
    struct golden_model g = {.report = report};
    char path[4096], *images = NULL;
    int result = -1;
    if (!(g.model = mmib_open(directory, 0, err)))
        return -1;
    golden_path(path, sizeof path, directory, "corpus.json");
    if (corpus_read(path, NULL, &g.corpus, err))
        goto out;
    golden_path(path, sizeof path, directory, "expected.safetensors");
    if (!(g.expected = safetensors_open(path, err)))
        goto out;
    images = corpus_image_folder(g.corpus);
    g.posts = calloc(g.corpus->n_posts + 1, sizeof *g.posts);
    g.seen = calloc(safetensors_count(g.expected) + 1, sizeof *g.seen);
    if (!images || !g.posts || !g.seen) {
        error_memory(err, directory);
        goto out;
    }
    if (golden_run(&g, images, err))
        goto out;
    golden_path(path, sizeof path, directory, "training.json");
    result = access(path, F_OK) == 0 ? golden_check_training(directory, report, err) : 0;
out:
    free(images);
    free(g.posts);
    free(g.seen);
    safetensors_close(g.expected);
    corpus_free(g.corpus);
    mmib_close(g.model);
    return result;
}
