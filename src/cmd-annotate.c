/* mmib annotate: the workbench.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/error.h"
#include "corpora/files.h"
#include "src/annotate.h"
#include "src/subcommands.h"
#include "ui/key-file.h"
#include "ui/keymap.h"

#include <stdio.h>
#include <stdlib.h>

static struct annotate_options annotate_options;
static bool annotate_list_keys, annotate_print_keys;

static const struct option_spec annotate_specs[] = {
    ANNOTATE_OPTIONS(annotate_options),
    {"work", 'w', OPTION_TEXT, "FILE", "where the work on a foreign file is kept (default: beside it)",
     &annotate_options.work},
    {"export", 'e', OPTION_TEXT, "FORMATS", "conll, mnre, or both with a comma: written at every save too",
     &annotate_options.exports},
    {"guidelines", 0, OPTION_TEXT, "FILE", "what the annotators agreed on, in Markdown, to be read beside the work",
     &annotate_options.guidelines},
    {"gold", 0, OPTION_TEXT, "FILE", "true labels, for the counts to tell which proposals were wrong",
     &annotate_options.gold},
    {"read-only", 'r', OPTION_FLAG, NULL, "change nothing; also while somebody else works on the corpus",
     &annotate_options.read_only},
    {"adjudicate", 0, OPTION_WORDS, "FILE", "settle what these annotators' files disagree on; without a file, what "
     "merge marked", &annotate_options.adjudicate},
    CORPUS_OPTION_FROM(annotate_options.corpus),
    CORPUS_OPTION_MAP(annotate_options.corpus),
    CORPUS_OPTION_IMAGES(annotate_options.corpus),
    CORPUS_OPTION_BOXES(annotate_options.corpus),
    {"keys", 0, OPTION_FLAG, NULL, "print the keys in the syntax of the file that changes them, and exit",
     &annotate_list_keys},
    {"print-keys", 0, OPTION_FLAG, NULL, "print the keys as a section of a manual and exit", &annotate_print_keys},
    {0},
};

/* A file in the folder of another. Allocated; NULL when memory is out. */
static char *annotate_beside(const char *path, const char *name)
{
    char *folder = file_folder(path), *beside = folder ? file_join(folder, name) : NULL;
    free(folder);
    return beside;
}

static int annotate_main(int n_arguments, char **arguments)
{
    if (annotate_print_keys) {
        keymap_print_manual(stdout);
        return 0;
    }
    if (annotate_list_keys) {
        struct error err = {0};
        if (annotate_keys(&err))
            return report_error(&err);
        key_file_print(stdout);
        return 0;
    }
    if (n_arguments < 1 && annotate_options.adjudicate.n) {
        char *path = annotate_beside(annotate_options.adjudicate.values[0], "adjudicated.json");
        struct error err;
        if (!path)
            error_memory(&err, annotate_options.adjudicate.values[0]);
        int code = path ? annotate_run(path, &annotate_options, NULL) : report_error(&err);
        free(path);
        return code;
    }
    if (n_arguments < 1) {
        fputs("mmib: annotate: an argument is missing (see 'mmib annotate --help')\n", stderr);
        return ERROR_USAGE;
    }
    return annotate_run(arguments[0], &annotate_options, NULL);
}

const struct subcommand annotate_subcommand = {
    .name = "annotate",
    .usage = "CORPUS",
    .summary = "see posts and their pictures, take or correct the model's labels",
    .details = "Keys stand in the last line of the screen; ? shows all of them. A native corpus is changed in place when\n"
               "it is saved; a foreign one (CoNLL, MNRE, raw posts...) is never changed: the work is kept in a native file\n"
               "beside it.",
    .options = annotate_specs,
    .min_arguments = 0,
    .max_arguments = 1,
    .run = annotate_main,
};
