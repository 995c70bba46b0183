/* mmib import: weights that were trained elsewhere, brought into a model folder.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/import-centernet.h"
#include "src/corpus-arguments.h"
#include "src/subcommands.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>

static struct {
    bool force;
} import;

enum import_kind { IMPORT_UNKNOWN, IMPORT_GRAPH };

/* What a file is, by its first bytes. 0, or -1 with a message. */
static int import_recognise(const char *path, enum import_kind *out, struct error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_errno(err, path);
    int first;
    do
        first = getc(file);
    while (first != EOF && isspace(first));
    bool failed = ferror(file);
    *out = first == '{' ? IMPORT_GRAPH : IMPORT_UNKNOWN;
    if (failed)
        error_errno(err, path);
    fclose(file);
    return failed ? -1 : 0;
}

static int import_run(int n_arguments, char **arguments)
{
    (void)n_arguments;
    const char *path = arguments[0], *folder = arguments[1];
    struct error err;
    enum import_kind kind = IMPORT_UNKNOWN;
    if (import_recognise(path, &kind, &err))
        return report_error(&err);
    switch (kind) {
    case IMPORT_GRAPH:
        return import_centernet(path, folder, import.force, &err) ? report_error(&err) : 0;
    case IMPORT_UNKNOWN:
        break;
    }
    error_set(&err, ERROR_INPUT, "%s: no graph of TensorFlow.js (.json)", path);
    return report_error(&err);
}

static const struct option_spec import_options[] = {
    {"force", 0, OPTION_FLAG, NULL, "replace a model that is there", &import.force},
    {0},
};

const struct subcommand import_subcommand = {
    .name = "import",
    .usage = "FILE DIR",
    .summary = "bring weights that were trained elsewhere into a model folder",
    .details = "FILE is a graph of TensorFlow.js: CenterNet on MobileNetV3, for 'mmib init --image DIR'.",
    .options = import_options,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = import_run,
};
