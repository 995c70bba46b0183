/* mmib convert: one format to another, saying what the other could not hold.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "src/corpus-arguments.h"
#include "src/corpus-show.h"
#include "src/subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct corpus_arguments convert_arguments;
static const char *convert_to;

static int convert_run(int n_arguments, char **arguments)
{
    (void)n_arguments;
    const char *in = arguments[0], *out = arguments[1];
    struct corpus_options options;
    struct corpus *corpus;
    struct loss_list losses = {0};
    enum corpus_format format;
    struct error err;
    if (corpus_arguments_options(&convert_arguments, &options, &err) ||
        corpus_arguments_format("to", convert_to, &format, &err))
        return report_error(&err);
    if (!format)
        format = corpus_format_from_path(out);
    if (!format) {
        error_set(&err, ERROR_USAGE, "%s: its name tells no format; --to says which: " CORPUS_FORMATS, out);
        return report_error(&err);
    }
    if (corpus_read(in, &options, &corpus, &err))
        return report_error(&err);
    for (size_t i = 0; i < corpus->doubts.n; i++)
        fprintf(stderr, "mmib: %s: in doubt: %s\n", in, corpus->doubts.lines[i]);
    int result = !strcmp(out, "-") && isatty(STDOUT_FILENO) ? corpus_show(corpus, "-", format, &losses, &err)
                                                            : corpus_write(corpus, out, format, &losses, &err);
    int code = result ? report_error(&err) : losses.n ? ERROR_FINDING : 0;
    if (!result)
        corpus_show_losses(in, format, &losses);
    loss_list_free(&losses);
    corpus_free(corpus);
    return code;
}

static const struct option_spec convert_options[] = {
    CORPUS_OPTION_FROM(convert_arguments),
    {"to", 0, OPTION_TEXT, "FORMAT", "format of OUT: " CORPUS_FORMATS, &convert_to},
    CORPUS_OPTION_MAP(convert_arguments),
    CORPUS_OPTION_IMAGES(convert_arguments),
    CORPUS_OPTION_BOXES(convert_arguments),
    {0},
};

const struct subcommand convert_subcommand = {
    .name = "convert",
    .usage = "IN OUT",
    .summary = "read a corpus and write it in another format",
    .details = "The names tell the formats where they can; \"-\" is standard input or output. What the format of OUT\n"
               "cannot hold is left out and named on standard error. The exit status is 1 where that is something that\n"
               "was labelled or written, 0 where it only tells how the work was done.",
    .options = convert_options,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = convert_run,
};
