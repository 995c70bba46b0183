/* mmib merge: joins annotators' files; conflicts are kept and marked.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/merge.h"
#include "corpora/text.h"
#include "src/corpus-arguments.h"
#include "src/subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MERGE_FILES_MAX = 65 }; /* BASE too */

static struct corpus_arguments merge_arguments;
static const char *merge_output;

static void merge_say(char *const *paths, const struct corpus *merged, const struct merge_report *report)
{
    struct error line;
    for (size_t i = 0; i < report->n; i++) {
        const struct merge_file *file = &report->files[i];
        error_set(&line, ERROR_NONE, "%s (%s): %zu changes taken, %zu in conflict", paths[1 + i], file->name,
                  file->n_taken, file->n_open);
        fprintf(stderr, "mmib: merge: %s", line.message);
        if (file->n_new)
            fprintf(stderr, ", %zu posts that BASE lacks", file->n_new);
        fputc('\n', stderr);
    }
    fprintf(stderr, "mmib: merge: %zu posts, ", merged->n_posts);
    if (report->n_conflicts)
        fprintf(stderr, "%zu conflict%s in %zu of them, flagged \"%s\"\n", report->n_conflicts,
                report->n_conflicts == 1 ? "" : "s", report->n_conflict_posts, MERGE_FLAG);
    else
        fputs("no conflicts\n", stderr);
}

/* The result must not fall upon what it is made of: the base is needed to merge again, and a version is somebody's
 * work. */
static bool is_input(const char *path, char *const *inputs, size_t n)
{
    struct stat out, in;
    if (!strcmp(path, "-") || stat(path, &out))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!stat(inputs[i], &in) && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return true;
    return false;
}

static int merge_read(int n, char **paths, struct corpus **corpora, const char **out_path,
                      enum corpus_format *out_format, struct error *err)
{
    struct corpus_options options;
    size_t n_input = 0;
    *out_path = merge_output ? merge_output : "-";
    *out_format = strcmp(*out_path, "-") ? corpus_format_from_path(*out_path) : FORMAT_JSON;
    if (corpus_arguments_options(&merge_arguments, &options, err))
        return -1;
    if (*out_format != FORMAT_JSON && *out_format != FORMAT_JSONL)
        return error_set(err, ERROR_USAGE, "%s: a merged corpus is written as .json or .jsonl", *out_path);
    if (is_input(*out_path, paths, (size_t)n))
        return error_set(err, ERROR_USAGE, "%s: it is one of the files to merge, and would be written over", *out_path);
    for (int i = 0; i < n; i++)
        n_input += !strcmp(paths[i], "-");
    if (n_input > 1)
        return error_set(err, ERROR_USAGE, "standard input can be one of the files only");
    for (int i = 0; i < n; i++)
        if (corpus_read(paths[i], &options, &corpora[i], err))
            return -1;
    return 0;
}

static int merge_run(int n_arguments, char **arguments)
{
    struct corpus *corpora[MERGE_FILES_MAX] = {0}, *merged = NULL;
    struct merge_report report = {0};
    const char *out_path;
    enum corpus_format format;
    struct error err;
    int code = 0;
    if (merge_read(n_arguments, arguments, corpora, &out_path, &format, &err) ||
        merge_corpora(corpora[0], &corpora[1], (size_t)n_arguments - 1, &merged, &report, &err) ||
        corpus_write(merged, out_path, format, NULL, &err))
        code = report_error(&err);
    else {
        merge_say(arguments, merged, &report);
        code = report.n_conflicts ? ERROR_FINDING : 0;
    }
    merge_report_free(&report);
    corpus_free(merged);
    for (int i = 0; i < n_arguments; i++)
        corpus_free(corpora[i]);
    return code;
}

static const struct option_spec merge_options[] = {
    {"output", 'o', OPTION_TEXT, "FILE", "where the result goes (.json, .jsonl), instead of standard output",
     &merge_output},
    CORPUS_OPTION_FROM(merge_arguments),
    CORPUS_OPTION_MAP(merge_arguments),
    {0},
};

const struct subcommand merge_subcommand = {
    .name = "merge",
    .usage = "BASE A B...",
    .summary = "join annotators' files; conflicts are kept and marked",
    .details = "What one changed and the others left is taken; what several changed differently is kept in the post's\n"
               "\"conflicts\", its flag \"conflict\" says so, and the exit status is 1.",
    .options = merge_options,
    .min_arguments = 2,
    .max_arguments = MERGE_FILES_MAX,
    .run = merge_run,
};
