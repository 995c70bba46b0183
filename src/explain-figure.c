/* SPDX-License-Identifier: Apache-2.0 */
#include "src/explain-figure.h"

#include "model/analysis.h"
#include "model/bottleneck.h"
#include "model/inference.h"
#include "model/picture.h"
#include "ui/canvas.h"
#include "ui/post-figure.h"
#include "ui/post-picture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int explain_figure_post(const struct corpus *corpus, const char *which, size_t *index_out, struct error *err)
{
    *index_out = 0;
    if (!which)
        return corpus->n_posts ? 0 : error_set(err, ERROR_INPUT, "%s: has no posts", corpus->path);
    for (size_t i = 0; i < corpus->n_posts; i++)
        if (!strcmp(corpus->posts[i].id, which)) {
            *index_out = i;
            return 0;
        }
    char *end;
    errno = 0;
    unsigned long number = strspn(which, "0123456789") == strlen(which) ? strtoul(which, &end, 10) : 0;
    if (errno || number < 1 || number > corpus->n_posts)
        return error_set(err, ERROR_USAGE, "--post %s: %s has no post of that id, and %zu posts", which, corpus->path,
                         corpus->n_posts);
    *index_out = number - 1;
    return 0;
}

/* What one model says of the post: all that the figure shows. */
static int figure_ask(struct mmib *model, const struct model_run *run, const struct post *post,
                      struct analysis **analysis_out, struct bottleneck **bottleneck_out, struct error *err)
{
    bool given = run->corpus->format == FORMAT_MNRE || !mmib_config(model)->ner.present;
    const struct analysis_options options = {.images = run->folder,
                                             .no_image = !run->folder,
                                             .pairs = given ? PAIRS_GIVEN : PAIRS_PROPOSED,
                                             .schema = given ? NULL : &run->corpus->schema};
    const struct inference_options passes = {.folder = run->folder};
    const struct bottleneck_options reading = {.samples = 1};
    struct inference inference;
    if (analysis_run(model, &post, 1, &options, analysis_out, err)) {
        *analysis_out = NULL;
        return -1;
    }
    if (inference_run(model, &post, 1, &passes, &inference, err) ||
        bottleneck_of(model, &inference, 0, &reading, bottleneck_out, err)) {
        *bottleneck_out = NULL;
        return -1;
    }
    return 0;
}

/* Does the corpus have labels of people to compare with? The entities of MNRE lines are given. */
static void figure_look_for_gold(const struct corpus *corpus, bool judges[FIGURE_LEVELS])
{
    for (size_t i = 0; i < corpus->n_posts; i++) {
        const struct post *post = &corpus->posts[i];
        for (size_t k = 0; corpus->format != FORMAT_MNRE && k < post->n_entities; k++)
            judges[FIGURE_ENTITIES] = judges[FIGURE_ENTITIES] || !provenance_is_proposal(&post->entities[k].origin);
        for (size_t k = 0; k < post->n_relations; k++)
            judges[FIGURE_RELATIONS] = judges[FIGURE_RELATIONS] || !provenance_is_proposal(&post->relations[k].origin);
    }
}

int explain_figure(struct model_run *run, const struct explain_figure_arguments *arguments, size_t threads,
                   struct error *err)
{
    struct analysis *analyses[POST_FIGURE_MODELS_MAX] = {NULL};
    struct bottleneck *bottlenecks[POST_FIGURE_MODELS_MAX] = {NULL};
    struct mmib *models[POST_FIGURE_MODELS_MAX] = {run->model, NULL};
    struct picture picture = {0};
    size_t index;
    int result = -1;
    if (canvas_check(arguments->figure, err) || explain_figure_post(run->corpus, arguments->post, &index, err))
        return -1;
    const struct post *post = &run->corpus->posts[index];
    struct post_figure figure = {
        .post = post,
        .corpus = run->corpus->path,
        .n_models = arguments->model2 ? 2 : 1,
        .rows = {[FIGURE_USED] = true, [FIGURE_BEFORE] = arguments->before, [FIGURE_KEPT] = arguments->kept},
    };
    figure_look_for_gold(run->corpus, figure.judges);
    if (arguments->model2 && !(models[1] = mmib_open(arguments->model2, threads, err)))
        return -1;
    if (post_picture_read(run->folder, post, &picture, &figure.no_picture, err))
        goto out;
    for (size_t i = 0; i < figure.n_models; i++) {
        if (figure_ask(models[i], run, post, &analyses[i], &bottlenecks[i], err))
            goto out;
        figure.models[i] = (struct post_figure_model){.name = mmib_name(models[i]),
                                                      .config = mmib_config(models[i]),
                                                      .analysis = analyses[i],
                                                      .bottleneck = bottlenecks[i]};
    }
    model_run_note(run, post, analyses[0]->picture_missing, analyses[0]->picture_error, analyses[0]->cut,
                   analyses[0]->empty_boxes);
    figure.picture = picture.rgb ? &picture : NULL;
    result = post_figure_save(&figure, arguments->figure, err);
out:
    for (size_t i = 0; i < POST_FIGURE_MODELS_MAX; i++) {
        analysis_free(analyses[i]);
        bottleneck_free(bottlenecks[i]);
    }
    mmib_close(models[1]);
    picture_free(&picture);
    return result;
}
