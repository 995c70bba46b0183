/* SPDX-License-Identifier: Apache-2.0 */
#include "model/model-folder.h"

#include "corpora/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int model_folder_name(const char *path, struct model_folder *out, struct error *err)
{
    *out = (struct model_folder){strdup(path), file_join(path, "config.json"), file_join(path, "vocab.txt"),
                                 file_join(path, "model.safetensors")};
    if (out->path && out->config && out->vocab && out->weights)
        return 0;
    model_folder_free(out);
    return error_memory(err, path);
}

void model_folder_free(struct model_folder *folder)
{
    free(folder->path);
    free(folder->config);
    free(folder->vocab);
    free(folder->weights);
    *folder = (struct model_folder){0};
}

/* Nothing of a model may be there, unless it shall be replaced. */
static int model_folder_make(const struct model_folder *folder, bool replace, struct error *err)
{
    const char *const paths[] = {folder->config, folder->vocab, folder->weights};
    struct stat status;
    if (mkdir(folder->path, 0777) && errno != EEXIST)
        return error_errno(err, folder->path);
    for (size_t i = 0; i < sizeof paths / sizeof *paths && !replace; i++)
        if (!lstat(paths[i], &status))
            return error_set(err, ERROR_IO, "%s: is there already (--force replaces it)", paths[i]);
    /* Old weights go first, so that no moment pairs them with the new config. */
    if (replace && remove(folder->weights) && errno != ENOENT)
        return error_errno(err, folder->weights);
    return 0;
}

static int model_folder_write_text(const char *path, struct model_folder_text text, struct error *err)
{
    struct file_writer file;
    if (file_writer_open(path, &file, err))
        return -1;
    fwrite(text.bytes, 1, text.n, file.stream); /* a failure is seen when the file is finished */
    return file_writer_finish(&file, err);
}

int model_folder_write(const struct model_folder *folder, struct model_folder_text config,
                       struct model_folder_text vocab, const struct new_weights *weights, bool replace,
                       struct error *err)
{
    if (model_folder_make(folder, replace, err) || model_folder_write_text(folder->config, config, err) ||
        (vocab.bytes && model_folder_write_text(folder->vocab, vocab, err)))
        return -1;
    return new_weights_write(weights, err);
}
