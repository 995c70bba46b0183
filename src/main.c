/* The program: finds the subcommand, parses its options, runs it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "build-config.h"
#include "corpora/error.h"
#include "src/corpus-arguments.h"
#include "src/options.h"
#include "src/subcommands.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static int main_help(FILE *out)
{
    fputs("Usage: mmib SUBCOMMAND [OPTION...] [ARGUMENT...]\n"
          "A terminal workbench for multimodal posts: see them, let MMIB propose labels, correct, save.\n\n",
          out);
    for (size_t i = 0; subcommands[i]; i++)
        fprintf(out, "  %-10s %s\n", subcommands[i]->name, subcommands[i]->summary);
    fputs("\n'mmib SUBCOMMAND --help' shows its options; 'man mmib' tells more.\n", out);
    return out == stdout ? 0 : ERROR_USAGE;
}

static int main_run(int argc, char **argv)
{
    if (argc < 2)
        return main_help(stderr);
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
        return main_help(stdout);
    if (!strcmp(argv[1], "--version")) {
        puts("mmib " PACKAGE_VERSION);
        return 0;
    }
    for (size_t i = 0; subcommands[i]; i++) {
        if (strcmp(argv[1], subcommands[i]->name))
            continue;
        int n;
        char **rest;
        int code = options_parse(subcommands[i], argc - 1, argv + 1, &n, &rest);
        return code >= 0 ? code : subcommands[i]->run(n, rest);
    }
    fprintf(stderr, "mmib: %s: no such subcommand (see 'mmib --help')\n", argv[1]);
    return ERROR_USAGE;
}

/* What did not reach standard output is an error, whoever wrote it; a subcommand that noticed has said so. */
static int main_flush(int code)
{
    struct error err;
    errno = 0;
    if ((!fflush(stdout) && !ferror(stdout)) || code == ERROR_IO)
        return code;
    if (errno)
        error_errno(&err, "standard output");
    else
        error_set(&err, ERROR_IO, "standard output: not all of it could be written");
    return report_error(&err);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error to tell, not the end of the work */
    return main_flush(main_run(argc, argv));
}
