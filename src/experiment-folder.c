/* SPDX-License-Identifier: Apache-2.0 */
#include "src/experiment-folder.h"

#include "corpora/files.h"
#include "src/experiment-record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What training leaves in a folder; settings.json first, so that nothing of a folder that is half removed is taken for
 * the run's. */
static const char *const experiment_files[] = {"settings.json", "checkpoint.safetensors", "model.safetensors",
                                               "config.json", "vocab.txt"};
enum { EXPERIMENT_FILES = sizeof experiment_files / sizeof *experiment_files };

int experiment_folder_check(const char *out, const char *directory, struct error *err)
{
    struct stat here, there;
    if (!stat(out, &here)) {
        if (!S_ISDIR(here.st_mode))
            return error_set(err, ERROR_IO, "%s: is no folder", out);
        if (!stat(directory, &there) && here.st_dev == there.st_dev && here.st_ino == there.st_ino)
            return error_set(err, ERROR_USAGE, "--out: %s is the folder of the model that is to be trained", out);
        return access(out, W_OK | X_OK) ? error_errno(err, out) : 0;
    }
    char *parent = file_folder(out);
    int result = !parent ? error_memory(err, out) : access(parent, W_OK | X_OK) ? error_errno(err, parent) : 0;
    free(parent);
    return result;
}

int experiment_folder_make(const char *out, char **runs_out, char **running_out, struct lock *lock, struct error *err)
{
    *runs_out = file_join(out, "runs");
    *running_out = file_join(out, "running");
    if (!*runs_out || !*running_out)
        return error_memory(err, out);
    if (mkdir(out, 0777) && errno != EEXIST)
        return error_errno(err, out);
    if (lock_take(*runs_out, lock, err)) {
        if (err->kind == ERROR_FINDING)
            error_set(err, ERROR_IO, "%s: another experiment is going on in this folder", out);
        return -1;
    }
    return mkdir(*runs_out, 0777) && errno != EEXIST ? error_errno(err, *runs_out) : 0;
}

static void experiment_folder_remove_temporaries(const char *folder)
{
    for (size_t i = 0; i < EXPERIMENT_FILES; i++) {
        char *path = file_join(folder, experiment_files[i]);
        if (path)
            file_remove_temporaries(path);
        free(path);
    }
}

/* Removes some of a run's files and, where all go, the folder. */
static int experiment_folder_clear(const char *folder, size_t first, size_t end, struct error *err)
{
    for (size_t i = first; i < end; i++) {
        char *path = file_join(folder, experiment_files[i]);
        int result = !path ? error_memory(err, folder) : 0;
        if (path && unlink(path) && errno != ENOENT && errno != ENOTDIR)
            result = error_errno(err, path);
        free(path);
        if (result)
            return -1;
    }
    experiment_folder_remove_temporaries(folder);
    return end == EXPERIMENT_FILES && !first && rmdir(folder) && errno != ENOENT ? error_errno(err, folder) : 0;
}

/* Is the folder a run's of these settings? *there_out: is there a folder at all? */
static int experiment_folder_is(const char *folder, const char *settings, bool *there_out, bool *same_out,
                                struct error *err)
{
    struct stat status;
    char *path = file_join(folder, experiment_files[0]);
    if (!path)
        return error_memory(err, folder);
    *there_out = !lstat(folder, &status);
    *same_out = experiment_text_is(path, settings);
    free(path);
    return 0;
}

int experiment_folder_begin(const char *running, const char *settings, bool *resume_out, struct error *err)
{
    bool there, same;
    if (experiment_folder_is(running, settings, &there, &same, err))
        return -1;
    char *checkpoint = file_join(running, "checkpoint.safetensors"), *told = file_join(running, experiment_files[0]);
    int result = checkpoint && told ? 0 : error_memory(err, running);
    *resume_out = !result && same && !access(checkpoint, F_OK);
    if (!result && there && !*resume_out)
        result = experiment_folder_clear(running, 0, EXPERIMENT_FILES, err);
    if (*resume_out)
        experiment_folder_remove_temporaries(running);
    if (!result && !*resume_out) {
        if (mkdir(running, 0777))
            result = error_errno(err, running);
        else
            result = experiment_text_write(told, settings, err);
    }
    free(checkpoint);
    free(told);
    return result;
}

int experiment_folder_check_kept(const char *kept, const char *settings, struct error *err)
{
    bool there, same;
    if (experiment_folder_is(kept, settings, &there, &same, err))
        return -1;
    if (there && !same)
        return error_set(err, ERROR_IO, "%s: is there already, of other settings: --keep would replace it", kept);
    return 0;
}

int experiment_folder_end(const char *running, const char *settings, const char *kept, struct error *err)
{
    bool there, same;
    if (experiment_folder_is(running, settings, &there, &same, err))
        return -1;
    if (!there || !same)
        return 0;
    if (!kept)
        return experiment_folder_clear(running, 0, EXPERIMENT_FILES, err);
    if (experiment_folder_clear(kept, 0, EXPERIMENT_FILES, err) || experiment_folder_clear(running, 1, 2, err))
        return -1;
    return rename(running, kept) ? error_errno(err, kept) : 0;
}
