/* SPDX-License-Identifier: Apache-2.0 */
#include "src/train-setup.h"

#include "corpora/files.h"
#include "src/model-run.h"
#include "src/stop-signals.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void train_setup_free(struct train_setup *setup)
{
    struct train_corpus *const lists[] = {setup->train, setup->dev, setup->test};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        for (size_t i = 0; i < OPTION_REPEAT_MAX; i++) {
            corpus_free(lists[k][i].corpus);
            free(lists[k][i].pictures);
        }
    training_data_free(&setup->data);
    features_store_free(setup->features);
    mmib_close(setup->model);
    free(setup->directory);
}

int train_setup_directory(struct train_setup *setup, struct error *err)
{
    setup->directory = model_run_directory(setup->arguments->model, err);
    return setup->directory ? 0 : -1;
}

/* Corpora */

/* A post that nobody has worked on yet teaches that there is nothing in it. */
static void train_setup_warn_undone(const struct corpus *corpus)
{
    size_t done = 0;
    for (size_t i = 0; i < corpus->n_posts; i++)
        done += corpus->posts[i].status == STATUS_DONE;
    if (done && done < corpus->n_posts)
        fprintf(stderr, "mmib: warning: %s: %zu of %zu posts are not done; they count as they are\n", corpus->path,
                corpus->n_posts - done, corpus->n_posts);
}

/* Corpora whose texts no training post may have; out NULL: nothing else is wanted of them. */
static int train_setup_read_held_out(const struct option_texts *files, const struct corpus_options *how,
                                     struct train_corpus *out, struct digest_set *texts, struct error *err)
{
    for (size_t i = 0; i < files->n; i++) {
        struct corpus *corpus = NULL;
        int result = corpus_read(files->values[i], how, &corpus, err) || training_data_remember(texts, corpus, err);
        if (out)
            out[i].corpus = corpus;
        else
            corpus_free(corpus);
        if (result)
            return -1;
    }
    return 0;
}

int train_setup_read(struct train_setup *setup, struct error *err)
{
    const struct train_arguments *arguments = setup->arguments;
    struct corpus_options how;
    struct digest_set texts = {0};
    size_t left_out = 0;
    int result = corpus_arguments_options(&arguments->corpus, &how, err) ||
                 train_setup_read_held_out(&arguments->dev, &how, setup->dev, &texts, err) ||
                 train_setup_read_held_out(&arguments->test, &how, setup->test, &texts, err) ||
                 train_setup_read_held_out(&arguments->exclude, &how, NULL, &texts, err);
    for (size_t i = 0; !result && i < arguments->train.n; i++) {
        result = corpus_read(arguments->train.values[i], &how, &setup->train[i].corpus, err);
        if (!result) {
            left_out += training_data_exclude(setup->train[i].corpus, &texts);
            train_setup_warn_undone(setup->train[i].corpus);
        }
    }
    digest_set_free(&texts);
    if (!result && left_out)
        fprintf(stderr, "mmib: %s: %zu training posts left out: their text is in a --dev%s or --exclude file\n",
                setup->command, left_out, arguments->test.n ? ", --test" : "");
    return result ? -1 : 0;
}

/* The end of a corpus's path that tells it from the others. */
static const char *train_setup_name(const struct train_setup *setup, size_t index)
{
    const char *path = setup->dev[index].corpus->path, *name = path + strlen(path);
    bool alone = false;
    while (!alone && name > path) {
        while (name > path && *--name == '/')
            ;
        while (name > path && name[-1] != '/')
            name--;
        alone = true;
        for (size_t i = 0; i < setup->arguments->dev.n; i++) {
            const char *other = setup->dev[i].corpus->path;
            size_t n = strlen(other), tail = strlen(name);
            alone &= i == index || n < tail || strcmp(other + n - tail, name);
        }
    }
    return name;
}

static bool train_setup_has_entities(const struct corpus *corpus)
{
    size_t i = 0;
    while (i < corpus->n_posts && !corpus->posts[i].n_entities)
        i++;
    return i < corpus->n_posts;
}

/* Has the corpus labels that the model can be scored by? */
static int train_setup_check_corpus(const struct train_setup *setup, const struct corpus *corpus, struct error *err)
{
    if (train_setup_has_entities(corpus) && /* relations are of entities */
        (training_data_has(setup->model, corpus, TRAINING_NER) || training_data_has(setup->model, corpus, TRAINING_RE)))
        return 0;
    return error_set(err, ERROR_INPUT, "%s: has no labels that this model can be scored by", corpus->path);
}

int train_setup_check(struct train_setup *setup, struct error *err)
{
    for (size_t i = 0; i < setup->arguments->dev.n; i++) {
        if (train_setup_check_corpus(setup, setup->dev[i].corpus, err))
            return -1;
        setup->names[i] = train_setup_name(setup, i);
    }
    for (size_t i = 0; i < setup->arguments->test.n; i++)
        if (train_setup_check_corpus(setup, setup->test[i].corpus, err))
            return -1;
    return 0;
}

/* Pictures */

/* $XDG_CACHE_HOME/mmib/features, by default under ~/.cache; allocated, NULL where neither is known. */
static char *train_setup_cache_folder(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/')
        return file_join(cache, "mmib/features");
    return home && *home ? file_join(home, ".cache/mmib/features") : NULL;
}

static void train_setup_show_pictures(void *context, size_t done, size_t n)
{
    struct train_setup *setup = context;
    if (!setup->encoding)
        progress_start(&setup->progress, "pictures", n, setup->arguments->quiet);
    setup->encoding = true;
    progress_show(&setup->progress, done);
}

static int train_setup_find_pictures(struct train_setup *setup, struct train_corpus *corpora, size_t n,
                                     struct features_store *features, size_t *missing, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t posts = corpora[i].corpus->n_posts, lost = 0;
        corpora[i].pictures = malloc((posts + 1) * sizeof *corpora[i].pictures);
        if (!corpora[i].pictures)
            return error_memory(err, corpora[i].corpus->path);
        for (size_t k = 0; k < posts; k++)
            corpora[i].pictures[k] = SIZE_MAX;
        if (!setup->arguments->no_image &&
            features_store_add(features, corpora[i].corpus, corpora[i].pictures, &lost, err))
            return -1;
        *missing += lost;
    }
    return 0;
}

static struct features_store *train_setup_open_store(const struct train_setup *setup, struct error *err)
{
    char *folder = train_setup_cache_folder();
    struct features_store *store = features_store_new(setup->model, setup->directory, folder, err);
    free(folder);
    return store;
}

/* Computes what lacks. 0, 1 (stopped) or -1. */
static int train_setup_fill(struct train_setup *setup, struct features_store *store, size_t missing, struct error *err)
{
    const struct features_store_events events = {train_setup_show_pictures, stop_signals_came, setup};
    if (missing)
        fprintf(stderr, "mmib: %s: %zu posts name a picture that is not there: they count as posts without one\n",
                setup->command, missing);
    setup->encoding = false;
    int result = features_store_fill(store, &events, err);
    if (setup->encoding)
        progress_end(&setup->progress);
    if (features_store_problem(store))
        fprintf(stderr, "mmib: warning: features of pictures are not kept: %s\n", features_store_problem(store));
    if (result > 0)
        fprintf(stderr, "mmib: %s: stopped before the first step; the same command goes on with the pictures\n",
                setup->command);
    return result;
}

int train_setup_encode(struct train_setup *setup, struct error *err)
{
    const struct train_arguments *arguments = setup->arguments;
    size_t missing = 0;
    setup->features = train_setup_open_store(setup, err);
    if (!setup->features ||
        train_setup_find_pictures(setup, setup->train, arguments->train.n, setup->features, &missing, err) ||
        train_setup_find_pictures(setup, setup->dev, arguments->dev.n, setup->features, &missing, err))
        return -1;
    return train_setup_fill(setup, setup->features, missing, err);
}

int train_setup_encode_others(struct train_setup *setup, struct train_corpus *corpora, size_t n,
                              struct features_store **out, struct error *err)
{
    size_t missing = 0;
    *out = train_setup_open_store(setup, err);
    if (!*out || train_setup_find_pictures(setup, corpora, n, *out, &missing, err))
        return -1;
    return train_setup_fill(setup, *out, missing, err);
}

/* What there is to learn */

static void train_setup_tell(const struct train_setup *setup)
{
    const struct training_data *data = &setup->data;
    if (data->cut_tokens)
        fprintf(stderr, "mmib: %s: %zu tokens of %zu posts lie behind the model's limit of pieces\n", setup->command,
                data->cut_tokens, data->cut_posts);
    if (data->cut_pairs)
        fprintf(stderr, "mmib: %s: %zu pairs left out: an argument lies behind the model's limit of pieces\n",
                setup->command, data->cut_pairs);
    if (data->overlaps)
        fprintf(stderr, "mmib: %s: %zu entities left out: they overlap an earlier one\n", setup->command,
                data->overlaps);
    if (data->proposals)
        fprintf(stderr, "mmib: warning: %zu labels are proposals that nobody accepted; they count\n", data->proposals);
    if (!setup->arguments->quiet)
        fprintf(stderr, "%zu posts for entities, %zu %s with %zu pairs, %zu pictures\n", data->n_posts[TRAINING_NER],
                data->n_posts[TRAINING_RE],
                mmib_config(setup->model)->re.representation == RELATION_MARKER ? "marked texts" : "posts",
                data->n_pairs, features_store_count(setup->features));
}

int train_setup_learn(struct train_setup *setup, struct error *err)
{
    const struct train_arguments *arguments = setup->arguments;
    for (size_t i = 0; i < arguments->train.n; i++)
        if (training_data_add(&setup->data, setup->model, setup->train[i].corpus, setup->train[i].pictures, err))
            return -1;
    if (!setup->data.n_entities && !setup->data.n_pairs)
        return error_set(err, ERROR_INPUT, "there is nothing to learn: no label is left for a head of the model");
    for (size_t i = 0; i < arguments->dev.n; i++)
        setup->sets[i] = (struct evaluation_set){setup->dev[i].corpus, setup->dev[i].pictures};
    train_setup_tell(setup);
    return 0;
}
