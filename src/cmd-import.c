/* mmib import: weights that were trained elsewhere, brought into a model folder.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/import-centernet.h"
#include "model/import-checkpoint.h"
#include "src/corpus-arguments.h"
#include "src/subcommands.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static struct {
    const char *config, *vocab;
    bool force;
} import;

enum import_kind { IMPORT_UNKNOWN, IMPORT_GRAPH, IMPORT_CHECKPOINT };

/* What a file is, by its first bytes. Those of safetensors are a number with zeros at its end, which text has not; PyTorch's
 * are a zip file, or (in old ones) a pickle. 0, or -1 with a message. */
static int import_recognise(const char *path, enum import_kind *out, struct error *err)
{
    char start[8];
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_errno(err, path);
    size_t n = fread(start, 1, sizeof start, file), blanks = 0;
    bool failed = ferror(file);
    if (failed)
        error_errno(err, path);
    fclose(file);
    while (blanks < n && isspace((unsigned char)start[blanks]))
        blanks++;
    if (n == sizeof start && (memchr(start, 0, n) || !memcmp(start, "PK\3\4", 4) || start[0] == '\x80'))
        *out = IMPORT_CHECKPOINT;
    else
        *out = blanks == n || start[blanks] == '{' ? IMPORT_GRAPH : IMPORT_UNKNOWN;
    return failed ? -1 : 0;
}

static int import_graph(const char *path, const char *folder, struct error *err)
{
    if (import.config || import.vocab)
        return error_set(err, ERROR_USAGE, "import: --config and --vocab go with a checkpoint (see 'mmib import --help')");
    return import_centernet(path, folder, import.force, err);
}

static int import_run(int n_arguments, char **arguments)
{
    (void)n_arguments;
    const char *path = arguments[0], *folder = arguments[1];
    struct import_checkpoint_options options = {import.config, import.vocab, import.force};
    struct error err;
    enum import_kind kind = IMPORT_UNKNOWN;
    if (import_recognise(path, &kind, &err))
        return report_error(&err);
    switch (kind) {
    case IMPORT_GRAPH:
        return import_graph(path, folder, &err) ? report_error(&err) : 0;
    case IMPORT_CHECKPOINT:
        return import_checkpoint(path, &options, folder, &err) ? report_error(&err) : 0;
    case IMPORT_UNKNOWN:
        break;
    }
    error_set(&err, ERROR_INPUT, "%s: neither a graph of TensorFlow.js (.json) nor weights in safetensors or of PyTorch",
              path);
    return report_error(&err);
}

static const struct option_spec import_options[] = {
    {"config", 0, OPTION_TEXT, "FILE", "config.json for a checkpoint (default: from its shapes)", &import.config},
    {"vocab", 0, OPTION_TEXT, "FILE", "its vocabulary (default: vocab.txt beside it)", &import.vocab},
    {"force", 0, OPTION_FLAG, NULL, "replace a model that is there", &import.force},
    {0},
};

const struct subcommand import_subcommand = {
    .name = "import",
    .usage = "FILE DIR",
    .summary = "bring weights that were trained elsewhere into a model folder",
    .details = "FILE is a checkpoint of the program that the paper's authors released (safetensors, or as PyTorch saves\n"
               "it), or a graph of TensorFlow.js: CenterNet on MobileNetV3, for 'mmib init --image DIR'.",
    .options = import_options,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = import_run,
};
