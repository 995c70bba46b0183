/* SPDX-License-Identifier: Apache-2.0 */
#include "src/eval-analysis.h"

#include "corpora/text.h"
#include "corpora/training-corpora.h"

#include <stdlib.h>
#include <string.h>

void eval_analysis_free(struct eval_analysis *analysis)
{
    for (size_t i = 0; i < 2; i++) {
        struct eval_analysis_system *system = &analysis->systems[i];
        score_free(&system->entities[SCORE_DEFAULT]);
        score_free(&system->entities[SCORE_STRICT]);
        score_free(&system->relations);
        cases_free(system->cases);
        corpus_free(system->corpus);
    }
    for (int level = 0; level < CASES_LEVELS; level++)
        paired_table_free(&analysis->pairs[level].table);
    text_list_free(analysis->leaks.ids, analysis->leaks.n_ids);
    eval_ledger_free(&analysis->ledger);
    corpus_free(analysis->gold);
    *analysis = (struct eval_analysis){0};
}

const struct score *eval_analysis_score(const struct eval_analysis *analysis, size_t system, enum cases_level level)
{
    const struct eval_analysis_system *of = &analysis->systems[system];
    if (level == CASES_RELATIONS)
        return &of->relations;
    return analysis->has_entities ? &of->entities[analysis->mode] : NULL;
}

bool eval_analysis_has(const struct eval_analysis *analysis, enum cases_level level)
{
    if (level == CASES_ENTITIES)
        return analysis->has_entities;
    for (size_t i = 0; i < analysis->n_systems; i++)
        if (analysis->systems[i].relations.n_types || analysis->systems[i].relations.n_pairs)
            return true;
    return false;
}

/* ---- Reading ---- */

static int read_corpora(const struct eval_analysis_request *request, struct eval_analysis *out, struct error *err)
{
    size_t n_piped = 0;
    for (size_t i = 0; i <= out->n_systems; i++)
        n_piped += !strcmp(request->paths[i], "-");
    for (size_t i = 0; i < request->n_train; i++)
        n_piped += !strcmp(request->train[i], "-");
    if (n_piped > 1)
        return error_set(err, ERROR_USAGE, "standard input can be one file only");
    if (corpus_read(request->paths[0], &request->gold, &out->gold, err))
        return -1;
    for (size_t i = 0; i < out->n_systems; i++)
        if (corpus_read(request->paths[i + 1], &request->predicted, &out->systems[i].corpus, err) ||
            score_check_pairs(out->gold, out->systems[i].corpus, err))
            return -1;
    /* The entities of MNRE lines are given, and typed by the relations' labels: to score them would say nothing. */
    out->has_entities = out->gold->format != FORMAT_MNRE;
    for (size_t i = 0; i < out->n_systems; i++)
        out->has_entities = out->has_entities && out->systems[i].corpus->format != FORMAT_MNRE;
    return 0;
}

/* ---- Leaks ---- */

static int find_leaks(const struct corpus *gold, const char *folder, const struct training_corpora *training, bool *leaked,
                      struct eval_analysis_leaks *out, struct error *err)
{
    out->n_posts = gold->n_posts;
    out->n_training = training->n_posts;
    for (size_t i = 0; i < gold->n_posts; i++) {
        unsigned kinds;
        if (leak_find(training->leak, &gold->posts[i], folder, &kinds, err))
            return -1;
        leaked[i] = kinds != 0;
        out->n_text += (kinds & LEAK_TEXT) != 0;
        out->n_picture += (kinds & LEAK_PICTURE) != 0;
        out->n_any += kinds != 0;
        if (kinds && text_list_add(&out->ids, &out->n_ids, gold->posts[i].id))
            return error_memory(err, gold->path);
    }
    return 0;
}

static void drop_posts(struct corpus *corpus, const bool *dropped)
{
    size_t kept = 0;
    for (size_t i = 0; i < corpus->n_posts; i++) {
        if (dropped[i])
            post_free(&corpus->posts[i]);
        else
            corpus->posts[kept++] = corpus->posts[i];
    }
    corpus->n_posts = kept;
}

static int handle_leaks(struct eval_analysis *out, const char *folder, const struct training_corpora *training,
                        struct error *err)
{
    if (!training->n)
        return 0;
    bool *leaked = calloc(out->gold->n_posts + 1, sizeof *leaked);
    if (!leaked)
        return error_memory(err, out->gold->path);
    int failed = find_leaks(out->gold, folder, training, leaked, &out->leaks, err);
    if (!failed && out->without_leaked) {
        drop_posts(out->gold, leaked);
        for (size_t i = 0; i < out->n_systems; i++)
            drop_posts(out->systems[i].corpus, leaked);
    }
    free(leaked);
    return failed;
}

/* ---- Counting ---- */

static void count_buckets(const struct eval_analysis *analysis, struct eval_analysis_system *system,
                          const bool *pictures, const struct training_set *words)
{
    for (size_t i = 0; i < analysis->gold->n_posts; i++) {
        const struct cases_post *cases = &system->cases->posts[i];
        struct bucket_context context =
            bucket_context_of(&analysis->gold->posts[i], &system->corpus->posts[i], words);
        context.has_picture = pictures[i];
        for (size_t k = 0; k < cases->n; k++) {
            const struct taxonomy_case *found = &cases->entries[k].found;
            buckets_add(&system->buckets[found->relation ? CASES_RELATIONS : CASES_ENTITIES], &context, found);
        }
    }
}

/* A picture that is named and not there is none. */
static bool *find_pictures(const struct corpus *gold, const char *folder)
{
    bool *pictures = calloc(gold->n_posts + 1, sizeof *pictures);
    for (size_t i = 0; pictures && i < gold->n_posts; i++) {
        char *path = NULL;
        pictures[i] = !corpus_image_path(folder, &gold->posts[i], &path, NULL, NULL) && path;
        free(path);
    }
    return pictures;
}

static int count_system(const struct eval_analysis *analysis, struct eval_analysis_system *system, const bool *pictures,
                        const struct training_set *words, struct error *err)
{
    const struct corpus *gold = analysis->gold, *predicted = system->corpus;
    if (score_entities(gold, predicted, SCORE_DEFAULT, &system->entities[SCORE_DEFAULT], err) ||
        score_entities(gold, predicted, SCORE_STRICT, &system->entities[SCORE_STRICT], err) ||
        score_relations(gold, predicted, &system->relations, err) ||
        cases_of_corpora(gold, predicted, analysis->mode, !analysis->has_entities, &system->cases, err))
        return -1;
    count_buckets(analysis, system, pictures, words);
    return 0;
}

static int compare_systems(struct eval_analysis *analysis, size_t n_resamples, struct error *err)
{
    const struct cases *a = analysis->systems[0].cases, *b = analysis->systems[1].cases;
    const struct corpus *const predicted[2] = {analysis->systems[0].corpus, analysis->systems[1].corpus};
    for (int level = 0; level < CASES_LEVELS; level++) {
        struct eval_analysis_pairs *pairs = &analysis->pairs[level];
        struct paired_post *posts;
        size_t n;
        if (!eval_analysis_has(analysis, (enum cases_level)level))
            continue;
        if (paired_compare(a, b, analysis->gold, predicted, (enum cases_level)level, &pairs->table, err) ||
            paired_posts(a, b, (enum cases_level)level, &posts, &n, err))
            return -1;
        pairs->mcnemar = paired_mcnemar(&pairs->table.total);
        int failed = paired_bootstrap(posts, n, n_resamples, analysis->seed, &pairs->bootstrap, err);
        free(posts);
        if (failed)
            return -1;
    }
    return 0;
}

static int analysis_count(const struct eval_analysis_request *request, struct eval_analysis *out,
                            const struct training_corpora *training, const char *folder, struct error *err)
{
    if (handle_leaks(out, folder, training, err))
        return -1;
    bool *pictures = find_pictures(out->gold, folder);
    int failed = pictures ? 0 : error_memory(err, out->gold->path);
    for (size_t i = 0; !failed && i < out->n_systems; i++)
        failed = count_system(out, &out->systems[i], pictures, training->words, err);
    free(pictures);
    if (!failed && out->n_systems == 2)
        failed = compare_systems(out, request->n_resamples, err);
    if (!failed)
        failed = eval_ledger_make(out->gold, out->systems[0].corpus, &request->gold, !out->has_entities, out->mode,
                                  &out->ledger, err);
    return failed;
}

int eval_analysis_make(const struct eval_analysis_request *request, struct eval_analysis *out, struct error *err)
{
    struct training_corpora training = {0};
    char *folder = NULL;
    *out = (struct eval_analysis){.mode = request->mode,
                               .n_systems = request->paths[2] ? 2 : 1,
                               .seed = request->seed,
                               .has_training = request->n_train > 0,
                               .without_leaked = request->without_leaked};
    int failed = read_corpora(request, out, err) ||
                 training_corpora_read(request->train, request->n_train, &request->training, &training, err);
    if (!failed && !(folder = corpus_image_folder(out->gold)))
        failed = error_memory(err, request->paths[0]);
    if (!failed)
        failed = analysis_count(request, out, &training, folder, err);
    free(folder);
    training_corpora_free(&training);
    if (failed)
        eval_analysis_free(out);
    return failed ? -1 : 0;
}
