/* mmib completion: the bash completion script, printed from the tables that also drive parsing and --help.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/error.h"
#include "corpora/text.h"
#include "src/corpus-arguments.h"
#include "src/subcommands.h"

#include <stdio.h>
#include <string.h>

static const char completion_head[] =
    "# bash completion for mmib, printed by 'mmib completion'\n"
    "_mmib()\n"
    "{\n"
    "    local word=$2 before=$3 subcommand=${COMP_WORDS[1]} values= options=\n"
    "    COMPREPLY=()\n"
    "    [ \"$word\" != = ] || word=\n"
    "    [ \"$before\" != = ] || before=${COMP_WORDS[COMP_CWORD-2]}\n";

static const char completion_tail[] =
    "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$subcommands\" -- \"$word\")\n"
    "    elif [ \"$values\" = FILE ]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "    elif [ \"$values\" = DIR ]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -d -- \"$word\")\n"
    "    elif [ -n \"$values\" ]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$word\")\n"
    "    elif [ \"${word:0:1}\" = - ]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$options --help\" -- \"$word\")\n"
    "    else\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "    fi\n"
    "}\n"
    "complete -o filenames -F _mmib mmib\n";

/* What stands for an option's value is told by the name of its argument in --help: "auto|sixel|none" is a choice of
 * words, FORMAT a corpus format, FILE and DIR themselves; for anything else, such as N, there is nothing to offer. */
static void completion_put_values(struct text *out, const char *argument)
{
    if (!strcmp(argument, "FORMAT"))
        argument = "json|jsonl|conll|mnre|raw|gmner|coco|text";
    else if (strcmp(argument, "FILE") && strcmp(argument, "DIR") && !strchr(argument, '|'))
        argument = " ";
    text_add_char(out, '\'');
    for (const char *c = argument; *c; c++)
        text_add_char(out, *c == '|' ? ' ' : *c);
    text_add_char(out, '\'');
}

static void completion_put(struct text *out)
{
    text_add(out, completion_head);
    text_add(out, "    local subcommands='--help --version");
    for (size_t i = 0; subcommands[i]; i++)
        text_add_format(out, " %s", subcommands[i]->name);
    text_add(out, "'\n    case $subcommand:$before in\n");
    for (size_t i = 0; subcommands[i]; i++) {
        for (const struct option_spec *o = subcommands[i]->options; o && o->name; o++) {
            if (o->kind == OPTION_FLAG)
                continue;
            text_add_format(out, "    %s:--%s", subcommands[i]->name, o->name);
            if (o->letter)
                text_add_format(out, "|%s:-%c", subcommands[i]->name, o->letter);
            text_add(out, ") values=");
            completion_put_values(out, o->argument);
            text_add(out, " ;;\n");
        }
    }
    text_add(out, "    esac\n    case $subcommand in\n");
    for (size_t i = 0; subcommands[i]; i++) {
        text_add_format(out, "    %s) options='", subcommands[i]->name);
        for (const struct option_spec *o = subcommands[i]->options; o && o->name; o++)
            text_add_format(out, "%s--%s", o == subcommands[i]->options ? "" : " ", o->name);
        text_add(out, "' ;;\n");
    }
    text_add(out, "    esac\n");
    text_add(out, completion_tail);
}

static int completion_run(int n_arguments, char **arguments)
{
    (void)n_arguments;
    (void)arguments;
    struct text out = {0};
    struct error err = {0};
    completion_put(&out);
    if (out.failed)
        error_memory(&err, "completion");
    else if (fwrite(out.bytes, 1, out.n, stdout) != out.n || fflush(stdout))
        error_errno(&err, "standard output");
    text_free(&out);
    return err.kind ? report_error(&err) : 0;
}

const struct subcommand completion_subcommand = {
    .name = "completion",
    .usage = "",
    .summary = "print the bash completion script",
    .details = "It is installed with the program. To use it from a build folder: source <(build/mmib completion)",
    .run = completion_run,
};
