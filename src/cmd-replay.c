/* mmib replay: a corpus made again from what was done to it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/files.h"
#include "corpora/replay.h"
#include "src/corpus-arguments.h"
#include "src/corpus-show.h"
#include "src/subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *replay_base, *replay_out;

/* As the corpus file itself would be written, wherever it goes. */
static int replay_write(const struct corpus *corpus, const char *path, struct error *err)
{
    struct file_writer file;
    if (!strcmp(path, "-") && isatty(STDOUT_FILENO))
        return corpus_show(corpus, corpus->path, corpus->format, NULL, err);
    if (corpus_check_target(path, err) || file_writer_open(path, &file, err))
        return -1;
    if (!corpus_write_stream(corpus, corpus->path, file.stream, corpus->format, NULL, err))
        return file_writer_finish(&file, err);
    file_writer_abandon(&file);
    return -1;
}

static int replay_run(int n_arguments, char **arguments)
{
    (void)n_arguments;
    struct corpus *corpus;
    struct error err;
    if (replay_corpus(arguments[0], replay_base, &corpus, NULL, &err))
        return report_error(&err);
    int failed = replay_write(corpus, replay_out ? replay_out : "-", &err);
    corpus_free(corpus);
    return failed ? report_error(&err) : 0;
}

static const struct option_spec replay_options[] = {
    {"base", 0, OPTION_TEXT, "FILE", "the corpus as it was at the beginning", &replay_base},
    {"output", 'o', OPTION_TEXT, "FILE", "where to (default: standard output)", &replay_out},
    {0},
};

const struct subcommand replay_subcommand = {
    .name = "replay",
    .usage = "JOURNAL",
    .summary = "make a corpus again from what was done to it",
    .details = "JOURNAL is CORPUS.journal (all that was done, saved or not, also where that file is gone) or\n"
               "CORPUS.history (up to the last save), or a copy of one. What comes out is what saving gives, to\n"
               "the byte. Every save on the way is checked; the exit status is 1 when one was something else.",
    .options = replay_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = replay_run,
};
