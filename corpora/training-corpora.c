/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/training-corpora.h"

#include <stdlib.h>

void training_corpora_free(struct training_corpora *training)
{
    training_set_free(training->words);
    leak_free(training->leak);
    *training = (struct training_corpora){0};
}

int training_corpora_read(const char *const *paths, size_t n, const struct corpus_options *options,
                          struct training_corpora *out, struct error *err)
{
    struct corpus **corpora = calloc(n + 1, sizeof *corpora);
    char **folders = calloc(n + 1, sizeof *folders);
    struct leak_source *sources = calloc(n + 1, sizeof *sources);
    int failed = corpora && folders && sources ? 0 : error_memory(err, "training corpora");
    *out = (struct training_corpora){0};
    for (size_t i = 0; i < n && !failed; i++) {
        failed = corpus_read(paths[i], options, &corpora[i], err);
        if (failed)
            break;
        folders[i] = corpus_image_folder(corpora[i]);
        failed = folders[i] ? 0 : error_memory(err, paths[i]);
        sources[i] = (struct leak_source){corpora[i], folders[i]};
        out->n++;
        out->n_posts += corpora[i]->n_posts;
    }
    if (n && !failed)
        failed = training_set_make(corpora, n, &out->words, err) || leak_new(sources, n, &out->leak, err);
    for (size_t i = 0; i < n; i++) {
        if (corpora)
            corpus_free(corpora[i]);
        if (folders)
            free(folders[i]);
    }
    free(corpora);
    free(folders);
    free(sources);
    if (failed)
        training_corpora_free(out);
    return failed ? -1 : 0;
}
