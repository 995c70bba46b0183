/* Options of a subcommand as a table: one list drives parsing, --help and shell completion.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_OPTIONS_H
#define MMIB_SRC_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
    OPTION_FLAG,   /* value: bool * */
    OPTION_TEXT,   /* value: const char ** */
    OPTION_COUNT,  /* value: size_t * */
    OPTION_REAL,   /* value: double * */
    OPTION_REPEAT, /* value: struct option_texts *; may be given several times */
    OPTION_LIST,   /* the same, and takes all words up to the next option: positional arguments stand before it */
    OPTION_WORDS,  /* the same, also none: given tells */
};

enum { OPTION_REPEAT_MAX = 64 };

struct option_texts {
    const char *values[OPTION_REPEAT_MAX];
    size_t n;
    bool given; /* of OPTION_WORDS: the option was there */
};

struct option_spec {
    const char *name; /* long name without dashes; NULL ends a table */
    char letter;      /* 0 = none */
    enum option_kind kind;
    const char *argument; /* its name in --help; NULL for a flag */
    const char *help;
    void *value;
};

struct subcommand {
    const char *name;
    const char *usage;   /* positional arguments, as in "IN OUT" */
    const char *summary; /* one line */
    const char *details; /* more for --help; NULL = none */
    const struct option_spec *options;
    size_t min_arguments, max_arguments;
    int (*run)(int n_arguments, char **arguments); /* returns the exit code */
};

/* Parses argv[1..] of a subcommand. Returns -1 to go on (then *n and *rest hold the positional arguments), else the exit
 * code: 0 after --help, 2 after a message on stderr. */
int options_parse(const struct subcommand *subcommand, int argc, char **argv, int *n, char ***rest);

void options_print_help(const struct subcommand *subcommand);

#endif
