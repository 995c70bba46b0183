/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/post-picture.h"

#include "corpora/corpus.h"

#include <stdbool.h>
#include <stdlib.h>

int post_picture_read(const char *folder, const struct post *post, struct picture *out, const char **why,
                      struct error *err)
{
    struct error broken;
    char *path;
    bool missing;
    *out = (struct picture){0};
    *why = !post->image ? "no picture" : !folder ? "pictures are hidden" : NULL;
    if (*why)
        return 0;
    *why = "the picture cannot be read";
    if (corpus_image_path(folder, post, &path, &missing, &broken)) {
        if (broken.kind == ERROR_INPUT)
            return 0;
        *err = broken;
        return -1;
    }
    if (missing || !path)
        *why = "the picture is not there";
    else if (!picture_decode(path, out, &broken))
        *why = NULL;
    free(path);
    return 0;
}
