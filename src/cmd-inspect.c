/* mmib inspect: gold against what one or two systems said, case by case, in the workbench.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/files.h"
#include "corpora/score.h"
#include "corpora/training-corpora.h"
#include "corpora/work.h"
#include "src/annotate.h"
#include "src/places.h"
#include "src/subcommands.h"
#include "ui/inspection.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct annotate_options inspect_options;
static const char *inspect_pred[INSPECTION_SYSTEMS_MAX], *inspect_model[INSPECTION_SYSTEMS_MAX];
static const char *inspect_gold, *inspect_pred_from, *inspect_train_images;
static struct option_texts inspect_train;

static int inspect_read(const char *path, struct corpus **out, struct error *err)
{
    struct corpus_options options;
    if (corpus_arguments_options(&inspect_options.corpus, &options, err) ||
        corpus_arguments_format("pred-from", inspect_pred_from, &options.from, err))
        return -1;
    options.images = options.boxes = NULL;
    return corpus_read(path, &options, out, err);
}

static int inspect_read_training(struct training_corpora *out, struct error *err)
{
    struct corpus_options options;
    if (corpus_arguments_options(&inspect_options.corpus, &options, err))
        return -1;
    options.from = FORMAT_UNKNOWN;
    options.images = inspect_train_images;
    options.boxes = NULL;
    return training_corpora_read(inspect_train.values, inspect_train.n, &options, out, err);
}

static int inspect_begin(struct store *store, const struct inspection_source *sources, size_t n,
                         struct training_corpora *train, struct inspection **out, struct error *err)
{
    struct corpus_options gold;
    enum corpus_format format;
    int code = corpus_arguments_options(&inspect_options.corpus, &gold, err);
    format = gold.from;
    if (!code)
        code = corpus_detect_format(inspect_gold, &format, err);
    if (code) {
        for (size_t i = 0; i < n; i++)
            corpus_free(sources[i].given);
        return -1;
    }
    const struct inspection_options options = {
        .gold = &gold, .train = train, .given_entities = format == FORMAT_MNRE};
    return inspection_open(store, sources, n, &options, out, err);
}

/* What to compare gold with: the labels of files, and models that are asked while one works. */
static int inspect_make(struct store *store, struct inspection **out, struct error *err)
{
    struct inspection_source sources[INSPECTION_SYSTEMS_MAX] = {0};
    char *names[INSPECTION_SYSTEMS_MAX] = {NULL};
    struct training_corpora train = {0};
    size_t n = 0;
    int code = 0;
    for (size_t i = 0; i < INSPECTION_SYSTEMS_MAX && !code; i++) {
        const char *path = inspect_pred[i] ? inspect_pred[i] : inspect_model[i];
        if (!path)
            continue;
        names[n] = file_last_part(path);
        sources[n] = (struct inspection_source){.name = names[n], .model = inspect_model[i]};
        code = !names[n] ? error_memory(err, path) : inspect_pred[i] ? inspect_read(path, &sources[n].given, err) : 0;
        n += !code;
    }
    if (n == INSPECTION_SYSTEMS_MAX && !strcmp(names[0], names[1])) /* "best" of two folders: verdicts go by the name */
        for (size_t i = 0; i < n && !code; i++) {
            free(names[i]);
            names[i] = strdup(inspect_pred[i] ? inspect_pred[i] : inspect_model[i]);
            code = names[i] ? 0 : error_memory(err, "inspecting");
            sources[i].name = names[i];
        }
    if (!code)
        code = inspect_read_training(&train, err);
    if (code) {
        for (size_t i = 0; i < n; i++)
            corpus_free(sources[i].given);
    } else
        code = inspect_begin(store, sources, n, &train, out, err);
    for (size_t i = 0; i < INSPECTION_SYSTEMS_MAX; i++)
        free(names[i]);
    training_corpora_free(&train);
    return code;
}

/* Do given labels belong to a foreign gold on which nobody has worked yet? Asked before a work file is made of it. */
static int inspect_check_labels(const char *path, struct error *err)
{
    struct corpus_options options;
    char *work = NULL;
    struct corpus *gold = NULL;
    bool given = inspect_pred[0] || inspect_pred[1];
    int code = corpus_arguments_options(&inspect_options.corpus, &options, err);
    enum corpus_format format = options.from;
    if (!given || code || corpus_detect_format(path, &format, err))
        return given ? -1 : code;
    if (format == FORMAT_JSON || format == FORMAT_JSONL)
        return 0;
    if (!inspect_options.work && work_path(path, &work, err))
        return -1;
    if (access(inspect_options.work ? inspect_options.work : work, F_OK)) {
        code = corpus_read(path, &options, &gold, err);
        for (size_t i = 0; i < INSPECTION_SYSTEMS_MAX && !code; i++) {
            struct corpus *labels = NULL;
            if (inspect_pred[i])
                code = inspect_read(inspect_pred[i], &labels, err) || score_check_pairs(gold, labels, err);
            corpus_free(labels);
        }
        corpus_free(gold);
    }
    free(work);
    return code ? -1 : 0;
}

/* One source a system: the second has a place only behind a first. */
static int inspect_check(struct error *err)
{
    const char *paths[INSPECTION_SYSTEMS_MAX];
    for (size_t i = 0; i < INSPECTION_SYSTEMS_MAX; i++)
        paths[i] = inspect_pred[i] ? inspect_pred[i] : inspect_model[i];
    if (paths[0] && paths[1] && !strcmp(paths[0], paths[1])) /* verdicts go by their names */
        return error_set(err, ERROR_USAGE, "%s cannot be compared with itself", paths[0]);
    for (size_t i = 0; i < INSPECTION_SYSTEMS_MAX; i++)
        if (inspect_pred[i] && inspect_model[i])
            return error_set(err, ERROR_USAGE, i ? "--pred2 and --model2 exclude each other"
                                                 : "--pred and --model exclude each other (--pred2, --model2: a second "
                                                   "system)");
    return 0;
}

static int inspect_run(int n_arguments, char **arguments)
{
    struct error err = {0};
    (void)n_arguments;
    if (inspect_check(&err))
        return report_error(&err);
    char *model = NULL;
    if (!inspect_pred[0] && !inspect_model[0])
        inspect_model[0] = model = places_model();
    if (!inspect_pred[0] && !inspect_model[0]) {
        error_set(&err, ERROR_USAGE, "inspect: nothing to compare %s with: --pred FILE or --model DIR", arguments[0]);
        return report_error(&err);
    }
    if (inspect_check_labels(arguments[0], &err)) {
        free(model);
        return report_error(&err);
    }
    inspect_gold = arguments[0];
    inspect_options.inspect = inspect_make;
    inspect_options.model = inspect_model[0] ? inspect_model[0] : inspect_model[1];
    int code = annotate_run(arguments[0], &inspect_options, NULL);
    free(model);
    return code;
}

static const struct option_spec inspect_specs[] = {
    {"model", 'm', OPTION_TEXT, "DIR", "a model as the system: its labels are found while you work (default: "
     "$MMIB_MODEL, else the bundled one)", &inspect_model[0]},
    {"pred", 'p', OPTION_TEXT, "FILE", "a file of labels as the system: CoNLL, JSON, MNRE...", &inspect_pred[0]},
    {"model2", 0, OPTION_TEXT, "DIR", "a model as a second system", &inspect_model[1]},
    {"pred2", 0, OPTION_TEXT, "FILE", "a file of labels as a second system", &inspect_pred[1]},
    {"pred-from", 0, OPTION_TEXT, "FORMAT", "format of the files of labels", &inspect_pred_from},
    {"train", 0, OPTION_REPEAT, "FILE", "a training set: what was seen in it, and what leaked from it; repeatable",
     &inspect_train},
    {"train-images", 0, OPTION_TEXT, "DIR", "folder of its pictures, instead of its own", &inspect_train_images},
    {"annotator", 'a', OPTION_TEXT, "NAME", "recorded with every label and verdict (default: $USER)",
     &inspect_options.annotator},
    {"graphics", 'g', OPTION_TEXT, "auto|sixel|blocks|none", "how pictures are drawn", &inspect_options.graphics},
    {"no-image", 0, OPTION_FLAG, NULL, "hide every picture from the model", &inspect_options.no_image},
    {"threads", 0, OPTION_COUNT, "N", "threads of the model (default: one a core)", &inspect_options.threads},
    {"work", 'w', OPTION_TEXT, "FILE", "where the work on a foreign file is kept (default: beside it)",
     &inspect_options.work},
    {"export", 'e', OPTION_TEXT, "FORMATS", "conll, mnre, or both with a comma: written at every save too",
     &inspect_options.exports},
    {"guidelines", 0, OPTION_TEXT, "FILE", "what the annotators agreed on, in Markdown, to be read beside the work",
     &inspect_options.guidelines},
    {"read-only", 'r', OPTION_FLAG, NULL, "change nothing; also while somebody else works on the corpus",
     &inspect_options.read_only},
    CORPUS_OPTION_FROM(inspect_options.corpus),
    CORPUS_OPTION_MAP(inspect_options.corpus),
    CORPUS_OPTION_IMAGES(inspect_options.corpus),
    CORPUS_OPTION_BOXES(inspect_options.corpus),
    {0},
};

const struct subcommand inspect_subcommand = {
    .name = "inspect",
    .usage = "GOLD",
    .summary = "see a system's errors case by case, and correct gold",
    .details = "Posts of GOLD and of a file of labels pair by their place and must have equal tokens. All keys of\n"
               "mmib annotate work on gold, and the numbers follow at once; a foreign GOLD is never changed: the work is\n"
               "kept in a native file beside it.",
    .options = inspect_specs,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = inspect_run,
};
