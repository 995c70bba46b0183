/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case-figure.h"

#include "ui/canvas.h"
#include "ui/post-figure.h"
#include "ui/post-picture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void case_figure_name(const struct post *post, char *out, size_t size)
{
    snprintf(out, size, "%.100s", post->id);
    for (char *p = out; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == '/' || *p == 0x7f)
            *p = '_';
    if (*out == '.')
        *out = '_';
    size_t n = strlen(out);
    snprintf(out + n, size - n, ".svg");
}

int case_figure_save(const struct session *session, const char *path, struct error *err)
{
    const struct inspection *inspection = session->inspect.from;
    const struct post *post = session_post(session);
    struct picture picture;
    struct post_figure figure = {
        .post = post,
        .corpus = store_path(session->store),
        .rows = {[FIGURE_USED] = true, [FIGURE_BEFORE] = true},
        .judges = {[FIGURE_ENTITIES] = inspection->entities, [FIGURE_RELATIONS] = inspection->relations},
    };
    for (size_t i = 0; i < inspection->n_systems; i++) {
        const struct examination *examination = session->case_.examinations[i];
        if (session->case_.configs[i] && session->case_.analyses[i] && examination && examination->bottleneck)
            figure.models[figure.n_models++] = (struct post_figure_model){.name = inspection->systems[i].name,
                                                                          .config = session->case_.configs[i],
                                                                          .analysis = session->case_.analyses[i],
                                                                          .bottleneck = examination->bottleneck};
    }
    if (!figure.n_models)
        return error_set(err, ERROR_INPUT, "no model has said anything of this post (yet): there is nothing to draw");
    if (canvas_check(path, err))
        return -1;
    if (!access(path, F_OK))
        return error_set(err, ERROR_INPUT, "%s is there already, and stays; another name?", path);
    if (post_picture_read(store_images(session->store), post, &picture, &figure.no_picture, err))
        return -1;
    figure.picture = picture.rgb ? &picture : NULL;
    int failed = post_figure_save(&figure, path, err);
    picture_free(&picture);
    return failed;
}
