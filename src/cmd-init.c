/* mmib init: a new model, from encoders or models that are there, or random throughout.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/text.h"
#include "model/assemble.h"
#include "model/average.h"
#include "model/initial.h"
#include "model/label-list.h"
#include "src/corpus-arguments.h"
#include "src/subcommands.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    size_t random, seed, heads, ffn_size, max_objects, max_pieces;
    const char *text, *image, *entities, *relations;
    const char *config, *vocab, *out, *dtype;
    struct option_texts average;
    bool force;
} init = {.random = SIZE_MAX, .seed = SIZE_MAX, .heads = SIZE_MAX, .ffn_size = SIZE_MAX, .max_objects = SIZE_MAX,
          .max_pieces = SIZE_MAX, .dtype = "f32"};

static int init_usage(const char *what)
{
    fprintf(stderr, "mmib: init: %s (see 'mmib init --help')\n", what);
    return ERROR_USAGE;
}

static bool init_type(const char *name, enum tensor_type *out)
{
    static const struct {
        const char *name;
        enum tensor_type type;
    } types[] = {{"f32", TENSOR_F32}, {"f16", TENSOR_F16}, {"bf16", TENSOR_BF16}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!strcmp(types[i].name, name)) {
            *out = types[i].type;
            return true;
        }
    }
    return false;
}

/* Does any of the options stand there that describe a model made of encoders? */
static bool init_describes(void)
{
    return init.image || init.entities || init.relations || init.seed != SIZE_MAX || init.heads != SIZE_MAX ||
           init.ffn_size != SIZE_MAX || init.max_objects != SIZE_MAX || init.max_pieces != SIZE_MAX;
}

static int init_average(enum tensor_type type)
{
    struct error err;
    if (init_describes() || init.config || init.vocab)
        return init_usage("--average goes with --out, --dtype and --force alone");
    return average_write(init.average.values, init.average.n, type, init.force, init.out, &err) ? report_error(&err)
                                                                                                 : 0;
}

static int init_random(enum tensor_type type)
{
    struct initial_options options = {.seed = init.random, .vocab = init.vocab, .type = type, .force = init.force};
    struct error err;
    if (init_describes())
        return init_usage("of the options that describe a model, --random goes with --config and --vocab alone");
    if (!init.config)
        return init_usage("--config FILE is missing");
    return initial_write(init.config, &options, init.out, &err) ? report_error(&err) : 0;
}

/* The types of "PER,LOC". 0, or the exit code after a message. */
static int init_split_entities(const char *list, char ***out, size_t *n)
{
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        char *type = strndup(at, strcspn(at, ","));
        bool bad = !type || !*type || type[strcspn(type, " \t\n")] || utf8_valid_bytes(type, strlen(type)) < strlen(type);
        for (size_t i = 0; i < *n && !bad; i++)
            bad = !strcmp((*out)[i], type);
        if (!bad && text_list_add(out, n, type))
            bad = true;
        free(type);
        if (bad)
            return init_usage("--entities is a list as in PER,LOC,ORG, without blanks, with nothing empty and nothing twice");
    }
    return 0;
}

static int init_assemble(enum tensor_type type)
{
    struct assemble_options options = {
        .text = init.text,
        .image = init.image && strcmp(init.image, "none") ? init.image : NULL,
        .heads = init.heads == SIZE_MAX ? 0 : init.heads,
        .ffn_size = init.ffn_size,
        .max_objects = init.max_objects,
        .max_pieces = init.max_pieces == SIZE_MAX ? 0 : init.max_pieces,
        .seed = init.seed == SIZE_MAX ? 0 : init.seed,
        .type = type,
        .force = init.force,
    };
    char **entities = NULL, **relations = NULL;
    size_t n_entities = 0, n_relations = 0;
    struct error err;
    if (init.config || init.vocab)
        return init_usage("--config and --vocab go with --random; --text brings its own");
    if (!init.entities && !init.relations)
        return init_usage("--entities LIST and --relations FILE are both missing");
    if (init.heads == 0 || init.max_pieces == 0)
        return init_usage("--heads and --max-pieces are at least 1");
    int code = init.entities ? init_split_entities(init.entities, &entities, &n_entities) : 0;
    if (!code && init.relations && label_list_read(init.relations, &relations, &n_relations, &err))
        code = report_error(&err);
    options.entities = entities;
    options.n_entities = n_entities;
    options.relations = relations;
    options.n_relations = n_relations;
    if (!code && assemble_write(&options, init.out, &err))
        code = report_error(&err);
    text_list_free(entities, n_entities);
    text_list_free(relations, n_relations);
    return code;
}

static int init_run(int n_arguments, char **arguments)
{
    enum tensor_type type;
    (void)n_arguments;
    (void)arguments;
    int ways = (init.random != SIZE_MAX) + (init.text != NULL) + (init.average.n > 0);
    if (!ways)
        return init_usage("--text DIR is missing, or --average DIR, or --random SEED");
    if (ways > 1)
        return init_usage("--text, --average and --random exclude each other");
    if (!init.out)
        return init_usage("--out DIR is missing");
    if (!init_type(init.dtype, &type))
        return init_usage("--dtype is f32, f16 or bf16");
    return init.text ? init_assemble(type) : init.average.n ? init_average(type) : init_random(type);
}

static const struct option_spec init_options[] = {
    {"text", 0, OPTION_TEXT, "DIR", "text encoder: a BERT in Hugging Face form, or a model", &init.text},
    {"image", 0, OPTION_TEXT, "DIR|FILE", "image encoder: a ResNet, or a model; none (default)", &init.image},
    {"entities", 0, OPTION_TEXT, "LIST", "entity types to label, as in PER,LOC,ORG,MISC", &init.entities},
    {"relations", 0, OPTION_TEXT, "FILE", "relations to label: a name a line, or a native corpus", &init.relations},
    {"heads", 0, OPTION_COUNT, "N", "of the new attention (default: the text encoder's)", &init.heads},
    {"ffn-size", 0, OPTION_COUNT, "N", "its inner width (default: 4 x hidden size; 0: one layer)", &init.ffn_size},
    {"max-objects", 0, OPTION_COUNT, "N", "boxes shown to the model (default 4)", &init.max_objects},
    {"max-pieces", 0, OPTION_COUNT, "N", "pieces of a text at most (default 128)", &init.max_pieces},
    {"seed", 0, OPTION_COUNT, "N", "of the new weights (default 0)", &init.seed},
    {"average", 0, OPTION_LIST, "DIR", "the mean of models that were trained from one beginning", &init.average},
    {"random", 0, OPTION_COUNT, "SEED", "random weights throughout; the same seed, the same model", &init.random},
    {"config", 0, OPTION_TEXT, "FILE", "config.json of the random model", &init.config},
    {"vocab", 0, OPTION_TEXT, "FILE", "its vocabulary, a piece a line (default: made up)", &init.vocab},
    {"out", 'o', OPTION_TEXT, "DIR", "folder of the new model", &init.out},
    {"dtype", 0, OPTION_TEXT, "TYPE", "f32 (default), f16 or bf16", &init.dtype},
    {"force", 0, OPTION_FLAG, NULL, "replace a model that is there", &init.force},
    {0},
};

const struct subcommand init_subcommand = {
    .name = "init",
    .usage = "",
    .summary = "make a new model, from encoders, models or random numbers",
    .details = "--text makes a model to be trained, --average one of several that were trained. --random makes one that knows\n"
               "nothing, for timing and for tests.",
    .options = init_options,
    .max_arguments = 0,
    .run = init_run,
};
