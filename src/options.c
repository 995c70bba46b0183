/* SPDX-License-Identifier: Apache-2.0 */
#include "src/options.h"

#include "corpora/error.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 64, OPTION_HELP = 1000 };

static size_t options_count(const struct option_spec *specs)
{
    size_t n = 0;
    while (specs && specs[n].name)
        n++;
    return n;
}

void options_print_help(const struct subcommand *sub)
{
    printf("Usage: mmib %s [OPTION...] %s\n%s.\n", sub->name, sub->usage, sub->summary);
    if (sub->details)
        printf("\n%s\n", sub->details);
    puts("\nOptions:");
    for (size_t i = 0; i < options_count(sub->options); i++) {
        const struct option_spec *o = &sub->options[i];
        char left[64];
        snprintf(left, sizeof left, "%c%c%s --%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
                 o->letter ? "," : " ", o->name, o->argument ? " " : "", o->argument ? o->argument : "");
        printf("  %-28s %s\n", left, o->help);
    }
    printf("  %-28s %s\n", "    --help", "show this help and exit");
}

static int options_usage(const struct subcommand *sub, const char *what, const char *why)
{
    fprintf(stderr, "mmib: %s: %s (see 'mmib %s --help')\n", what, why, sub->name);
    return ERROR_USAGE;
}

static int options_refuse(const struct subcommand *sub, const struct option_spec *spec, const char *why)
{
    fprintf(stderr, "mmib: --%s: %s (see 'mmib %s --help')\n", spec->name, why, sub->name);
    return ERROR_USAGE;
}

static int options_store(const struct subcommand *sub, const struct option_spec *spec, const char *text)
{
    char *end;
    switch (spec->kind) {
    case OPTION_FLAG:
        *(bool *)spec->value = true;
        return -1;
    case OPTION_TEXT:
        *(const char **)spec->value = text;
        return -1;
    case OPTION_COUNT: {
        errno = 0;
        unsigned long long n = strtoull(text, &end, 10);
        if (errno || end == text || *end || strchr(text, '-'))
            return options_refuse(sub, spec, "takes a whole number");
        *(size_t *)spec->value = n;
        return -1;
    }
    case OPTION_REAL: {
        double x = strtod(text, &end);
        if (end == text || *end || !isfinite(x))
            return options_refuse(sub, spec, "takes a number");
        *(double *)spec->value = x;
        return -1;
    }
    case OPTION_REPEAT:
    case OPTION_LIST:
    case OPTION_WORDS: {
        struct option_texts *texts = spec->value;
        if (texts->n == OPTION_REPEAT_MAX)
            return options_refuse(sub, spec, "given too often");
        texts->values[texts->n++] = text;
        return -1;
    }
    }
    return ERROR_USAGE;
}

int options_parse(const struct subcommand *sub, int argc, char **argv, int *n, char ***rest)
{
    struct option longs[OPTIONS_MAX + 2] = {0};
    char letters[2 * OPTIONS_MAX + 2] = ":";
    size_t n_specs = options_count(sub->options), n_letters = 1;
    for (size_t i = 0; i < n_specs && i < OPTIONS_MAX; i++) {
        const struct option_spec *o = &sub->options[i];
        int takes = o->kind == OPTION_FLAG    ? no_argument
                    : o->kind == OPTION_WORDS ? optional_argument
                                              : required_argument;
        longs[i] = (struct option){o->name, takes, NULL, (int)i};
        if (o->letter) {
            letters[n_letters++] = o->letter;
            if (o->kind != OPTION_FLAG)
                letters[n_letters++] = ':';
        }
    }
    longs[n_specs] = (struct option){"help", no_argument, NULL, OPTION_HELP};

    opterr = 0;
    optind = 1;
    for (;;) {
        int got = getopt_long(argc, argv, letters, longs, NULL);
        if (got == -1)
            break;
        if (got == OPTION_HELP) {
            options_print_help(sub);
            return 0;
        }
        if (got == '?')
            return options_usage(sub, argv[optind - 1], "no such option, or not clear which");
        if (got == ':')
            return options_usage(sub, argv[optind - 1], "needs a value");
        const struct option_spec *spec = NULL;
        for (size_t i = 0; i < n_specs; i++)
            if (got == (int)i || (got > 32 && got == sub->options[i].letter))
                spec = &sub->options[i];
        bool lists = spec && (spec->kind == OPTION_LIST || spec->kind == OPTION_WORDS);
        bool bare = spec && spec->kind == OPTION_WORDS && !optarg;
        if (spec && spec->kind == OPTION_WORDS)
            ((struct option_texts *)spec->value)->given = true;
        int code = !spec ? ERROR_USAGE : bare ? -1 : options_store(sub, spec, optarg);
        while (code < 0 && lists && optind < argc && (argv[optind][0] != '-' || !argv[optind][1]))
            code = options_store(sub, spec, argv[optind++]);
        if (code >= 0)
            return code;
    }
    *n = argc - optind;
    *rest = argv + optind;
    if ((size_t)*n < sub->min_arguments)
        return options_usage(sub, sub->name, "an argument is missing");
    if ((size_t)*n > sub->max_arguments)
        return options_usage(sub, argv[optind + (int)sub->max_arguments], "one argument too many");
    return -1;
}
