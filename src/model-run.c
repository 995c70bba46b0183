/* SPDX-License-Identifier: Apache-2.0 */
#include "src/model-run.h"

#include "corpora/text.h"
#include "src/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *model_run_directory(const char *argument, struct error *err)
{
    char *directory = argument ? strdup(argument) : places_model();
    if (!directory)
        error_set(err, ERROR_USAGE, "no model: --model says which directory, or MMIB_MODEL in the environment");
    return directory;
}

int model_run_open(const char *path, const struct model_run_arguments *arguments, struct model_run *out,
                   struct error *err)
{
    struct corpus_options options;
    *out = (struct model_run){0};
    char *directory = model_run_directory(arguments->model, err);
    if (!directory || corpus_arguments_options(&arguments->corpus, &options, err) ||
        corpus_read(path, &options, &out->corpus, err) ||
        !(out->model = mmib_open(directory, arguments->threads, err)))
        goto fail;
    if (!arguments->no_image && !(out->folder = corpus_image_folder(out->corpus))) {
        error_memory(err, path);
        goto fail;
    }
    free(directory);
    return 0;
fail:
    free(directory);
    model_run_close(out);
    return -1;
}

void model_run_close(struct model_run *run)
{
    mmib_close(run->model);
    corpus_free(run->corpus);
    free(run->folder);
    *run = (struct model_run){0};
}

void model_run_note(struct model_run *run, const struct post *post, bool missing, const char *failure, size_t cut,
                    size_t empty_boxes)
{
    run->noted++;
    run->missing += missing;
    run->cut_tokens += cut;
    run->cut_posts += cut > 0;
    run->empty_boxes += empty_boxes;
    if (failure) {
        struct error err;
        run->unreadable++;
        error_set(&err, ERROR_INPUT, "post %s: %s (counts as a post without a picture)", post->id, failure);
        report_error(&err);
    }
}

int model_run_report(const struct model_run *run)
{
    const char *path = run->corpus->path;
    if (run->missing)
        fprintf(stderr, "mmib: %s: %zu of %zu posts name a picture that is not there: they count as posts without one\n",
                path, run->missing, run->noted);
    if (run->cut_tokens)
        fprintf(stderr, "mmib: %s: %zu tokens of %zu posts lie behind the model's limit of pieces and got no label\n", path,
                run->cut_tokens, run->cut_posts);
    if (run->empty_boxes)
        fprintf(stderr, "mmib: %s: %zu boxes lie outside their pictures and were not looked at\n", path,
                run->empty_boxes);
    return run->unreadable ? ERROR_INPUT : 0;
}
