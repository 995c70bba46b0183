/* mmib demo: the workbench on a copy of the demonstration corpus.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/error.h"
#include "src/annotate.h"
#include "src/places.h"
#include "src/subcommands.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEMO_BUFFER_BYTES = 1 << 16 };

static struct annotate_options demo_options;

static const struct option_spec demo_specs[] = {
    ANNOTATE_OPTIONS(demo_options),
    {0},
};

static int demo_join(char out[PATH_MAX], const char *folder, const char *name, struct error *err)
{
    int n = snprintf(out, PATH_MAX, "%s/%s", folder, name);
    return n > 0 && n < PATH_MAX ? 0 : error_set(err, ERROR_IO, "%s/%s: the name is too long", folder, name);
}

/* Makes the folder and those above it. */
static int demo_make_folder(const char *path, struct error *err)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *p = copy + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(copy, 0777) && errno != EEXIST)
            return error_errno(err, copy);
        *p = '/';
    }
    return mkdir(copy, 0777) && errno != EEXIST ? error_errno(err, copy) : 0;
}

static int demo_copy_bytes(FILE *in, FILE *out)
{
    static char buffer[DEMO_BUFFER_BYTES];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, in)))
        if (fwrite(buffer, 1, n, out) != n)
            return -1;
    return ferror(in) || fflush(out) || fsync(fileno(out)) ? -1 : 0;
}

/* Copies a file unless it is there already: what somebody did in an earlier session stays. */
static int demo_copy_file(const char *from, const char *to, struct error *err)
{
    char part[PATH_MAX];
    int code = -1;
    if (!access(to, F_OK))
        return 0;
    if (snprintf(part, sizeof part, "%s.part", to) >= (int)sizeof part)
        return error_set(err, ERROR_IO, "%s: the name is too long", to);
    FILE *in = fopen(from, "rb");
    if (!in)
        return error_errno(err, from);
    FILE *out = fopen(part, "wb");
    if (!out || demo_copy_bytes(in, out))
        error_errno(err, part);
    else
        code = 0;
    fclose(in);
    if (out && fclose(out) && !code)
        code = error_errno(err, part);
    if (!code && rename(part, to))
        code = error_errno(err, to);
    if (code)
        unlink(part);
    return code;
}

static int demo_copy_folder(const char *from, const char *to, struct error *err)
{
    if (demo_make_folder(to, err))
        return -1;
    DIR *folder = opendir(from);
    if (!folder)
        return error_errno(err, from);
    int code = 0;
    struct dirent *entry;
    while (!code && (entry = readdir(folder))) {
        char source[PATH_MAX], target[PATH_MAX];
        struct stat about;
        if (entry->d_name[0] == '.')
            continue;
        code = demo_join(source, from, entry->d_name, err) || demo_join(target, to, entry->d_name, err) ? -1 : 0;
        if (!code && stat(source, &about))
            code = error_errno(err, source);
        else if (!code && S_ISREG(about.st_mode))
            code = demo_copy_file(source, target, err);
    }
    closedir(folder);
    return code;
}

/* $XDG_STATE_HOME/mmib/demo, by default under ~/.local/state. */
static int demo_folder(char out[PATH_MAX], struct error *err)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && *state == '/')
        return demo_join(out, state, "mmib/demo", err);
    if (home && *home == '/')
        return demo_join(out, home, ".local/state/mmib/demo", err);
    return error_set(err, ERROR_IO, "neither XDG_STATE_HOME nor HOME says where the copy shall be kept");
}

/* What is opened is start.json, the posts with most labels left to do; beside it stand the pictures. */
static int demo_copy(const char *source, const char *folder, char corpus[PATH_MAX], struct error *err)
{
    char start[PATH_MAX], pictures[PATH_MAX], copies[PATH_MAX];
    if (demo_join(start, source, "start.json", err) || demo_join(corpus, folder, "demo.json", err) ||
        demo_join(pictures, source, "images", err) || demo_join(copies, folder, "images", err))
        return -1;
    return demo_copy_folder(pictures, copies, err) || demo_copy_file(start, corpus, err) ? -1 : 0;
}

static int demo_main(int n_arguments, char **arguments)
{
    (void)n_arguments;
    (void)arguments;
    struct error err = {0};
    char folder[PATH_MAX], corpus[PATH_MAX], greeting[PATH_MAX + 64];
    char *source = places_find("corpora/demo");
    if (!source)
        error_set(&err, ERROR_IO, "the demonstration corpus is not installed");
    else if (!demo_folder(folder, &err) && !demo_copy(source, folder, corpus, &err)) {
        free(source);
        snprintf(greeting, sizeof greeting, "this is a copy of the demonstration: %s", corpus);
        return annotate_run(corpus, &demo_options, greeting);
    }
    free(source);
    return report_error(&err);
}

const struct subcommand demo_subcommand = {
    .name = "demo",
    .usage = "",
    .summary = "open a copy of the demonstration corpus in the workbench",
    .details = "The copy is kept in $XDG_STATE_HOME/mmib/demo (default: ~/.local/state/mmib/demo) with what you label\n"
               "in it; remove that folder to begin anew.",
    .options = demo_specs,
    .run = demo_main,
};
