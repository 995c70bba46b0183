/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/demo-try.h"

#include <stdio.h>
#include <stdlib.h>

struct mmib *model, *model_of_one_thread;
struct corpus *corpus;
char *images;
const struct post *posts[DEMO_POSTS_MAX];
size_t n_posts;

int demo_open(size_t most)
{
    struct error err = {0};
    char path[4096];
    snprintf(path, sizeof path, "%s/model/pretrained/mini", getenv("SRCDIR"));
    model = mmib_open(path, 2, &err);
    model_of_one_thread = model ? mmib_open(path, 1, &err) : NULL;
    snprintf(path, sizeof path, "%s/corpora/demo/demo.json", getenv("SRCDIR"));
    if (!model_of_one_thread || corpus_read(path, NULL, &corpus, &err)) {
        fprintf(stderr, "# %s\n", err.message);
        return -1;
    }
    images = corpus_image_folder(corpus);
    for (; n_posts < corpus->n_posts && n_posts < most && n_posts < DEMO_POSTS_MAX; n_posts++)
        posts[n_posts] = &corpus->posts[n_posts];
    return images ? 0 : -1;
}

int demo_close(void **state)
{
    (void)state;
    free(images);
    corpus_free(corpus);
    mmib_close(model_of_one_thread);
    mmib_close(model);
    return 0;
}
