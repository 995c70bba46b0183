/* SPDX-License-Identifier: Apache-2.0 */
#include "src/annotate.h"

#include "corpora/adjudication.h"
#include "corpora/store.h"
#include "model/blas.h"
#include "src/places.h"
#include "ui/key-file.h"
#include "ui/workbench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "conll,mnre" into the list of formats written at every save. */
static int annotate_exports(const char *list, struct store_options *out, struct error *err)
{
    for (const char *name = list; name; name = strchr(name, ',') ? strchr(name, ',') + 1 : NULL) {
        char one[16];
        snprintf(one, sizeof one, "%.*s", (int)strcspn(name, ","), name);
        enum corpus_format format = corpus_format_from_name(one);
        if ((format != FORMAT_CONLL && format != FORMAT_MNRE) ||
            out->n_exports == sizeof out->exports / sizeof out->exports[0])
            return error_set(err, ERROR_USAGE, "--export: %s is not conll, mnre, or both with a comma", list);
        out->exports[out->n_exports++] = format;
    }
    return 0;
}

static int annotate_store_options(const struct annotate_options *options, struct store_options *out, struct error *err)
{
    const char *annotator = options->annotator ? options->annotator : getenv("USER");
    *out = (struct store_options){.work = options->work,
                                  .annotator = annotator && *annotator ? annotator : NULL,
                                  .read_only = options->read_only};
    return corpus_arguments_options(&options->corpus, &out->corpus, err) ||
                   annotate_exports(options->exports, out, err)
               ? -1
               : 0;
}

static const char *annotate_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* What the first screen says: what became of the history, what a session that died has left, and where the work goes.
 * In a narrow window the end is cut. */
static void annotate_greet(const struct store *store, const char *path, char *out, size_t size)
{
    const char *work = store_path(store);
    if (!strncmp(work, "./", 2) && strncmp(path, "./", 2) != 0) /* beside a file of this folder */
        work += 2;
    size_t used = 0, doubts = store_doubts(store), recovered = store_recovered(store);
    size_t folder = (size_t)(annotate_name(path) - path);
    bool beside = !strncmp(work, path, folder) && !strchr(work + folder, '/');
    out[0] = '\0';
    if (store_notice(store))
        used = (size_t)snprintf(out, size, "%s", store_notice(store));
    if (recovered && used < size)
        used += (size_t)snprintf(out + used, size - used, "%s%zu unsaved %s came back from the journal",
                                 used ? "; " : "", recovered, recovered == 1 ? "change" : "changes");
    if (!store_notice(store) && store_is_work(store) && strcmp(annotate_name(work), annotate_name(path)) && used < size)
        used += (size_t)snprintf(out + used, size - used, "%sthe work is kept in %s%s; %s stays as it is",
                                 used ? "; " : "", beside ? annotate_name(work) : work, beside ? " beside it" : "",
                                 annotate_name(path));
    /* GMNER: its file does not tell which of several entities is meant. */
    if (doubts && used < size)
        snprintf(out + used, size - used, "%s%zu %s linked to several entities of one name",
                 used ? "; " : "", doubts, doubts == 1 ? "box is" : "boxes are");
}

/* The store is open. */
static int annotate_show(struct store *store, const char *path, const struct annotate_options *options,
                         enum terminal_graphics graphics, struct adjudication *adjudication, const char *greeting,
                         struct error *err)
{
    char greet[512];
    struct markdown guidelines = {0};
    struct corpus *gold = NULL;
    struct inspection *inspection = NULL;
    struct corpus_options gold_options;
    if (!store_count(store))
        return error_set(err, ERROR_INPUT, "%s: there is no post in it", path);
    if (options->guidelines && markdown_read(options->guidelines, &guidelines, err))
        return -1;
    if ((options->gold && (corpus_arguments_options(&options->corpus, &gold_options, err) ||
                           corpus_read(options->gold, &gold_options, &gold, err))) ||
        (options->inspect && options->inspect(store, &inspection, err))) {
        corpus_free(gold);
        markdown_free(&guidelines);
        return -1;
    }
    annotate_greet(store, path, greet, sizeof greet);
    /* Between people, and where labels of others are looked at, a model has a say only when it is asked to. */
    char *model = options->model ? strdup(options->model) : adjudication || inspection ? NULL : places_model();
    struct workbench_options workbench = {.model = model,
                                          .threads = options->threads,
                                          .no_image = options->no_image,
                                          .graphics = graphics,
                                          .guidelines = options->guidelines ? &guidelines : NULL,
                                          .gold = gold,
                                          .threshold = (int)lround(100 * options->threshold),
                                          .blind = options->blind,
                                          .no_background = options->no_background,
                                          .adjudication = adjudication,
                                          .inspection = inspection,
                                          .greeting = greeting ? greeting : *greet ? greet : NULL};
    if (model) /* it changes the environment, so before the screen's threads are there; what fails, the worker says */
        (void)blas_open(NULL);
    int code = workbench_run(store, &workbench, err);
    free(model);
    inspection_free(inspection);
    corpus_free(gold);
    markdown_free(&guidelines);
    return code;
}

int annotate_keys(struct error *err)
{
    char *path = places_config("keys");
    int code = path ? key_file_load(path, err) : 0;
    free(path);
    return code;
}

/* Reads the annotators' files; a corpus that is not there yet is made of their posts. *made: it was. */
static int annotate_adjudicate(const char *path, const struct annotate_options *options,
                               const struct corpus_options *corpus, struct adjudication **out, bool *made,
                               struct error *err)
{
    const struct corpus_options theirs = {.from = corpus->from, .maps = corpus->maps, .n_maps = corpus->n_maps};
    *out = NULL;
    *made = false;
    if (!options->adjudicate.given)
        return 0;
    if (adjudication_open(options->adjudicate.values, options->adjudicate.n, &theirs, out, err))
        return -1;
    for (size_t i = 0; i < options->adjudicate.n; i++) {
        struct stat gold, other;
        if (!stat(path, &gold) && !stat(options->adjudicate.values[i], &other) && gold.st_dev == other.st_dev &&
            gold.st_ino == other.st_ino)
            return error_set(err, ERROR_USAGE, "--adjudicate: %s is the corpus to be made, and one of the annotators'",
                             path);
    }
    if (!options->adjudicate.n || !access(path, F_OK))
        return 0;
    *made = true;
    return adjudication_begin(*out, path, err);
}

int annotate_run(const char *path, const struct annotate_options *options, const char *greeting)
{
    struct store_options store_options;
    struct store *store;
    struct adjudication *adjudication = NULL;
    bool made = false;
    char begun[256];
    struct error err = {0};
    int graphics = options->graphics ? terminal_graphics_from_name(options->graphics) : GRAPHICS_AUTO;
    if (graphics < 0) {
        error_set(&err, ERROR_USAGE, "--graphics: %s is not one of auto, sixel, blocks, none", options->graphics);
        return report_error(&err);
    }
    if (!(options->threshold >= 0 && options->threshold <= 1)) {
        error_set(&err, ERROR_USAGE, "--threshold: %g is not between 0 and 1", options->threshold);
        return report_error(&err);
    }
    if (annotate_keys(&err) || annotate_store_options(options, &store_options, &err) ||
        annotate_adjudicate(path, options, &store_options.corpus, &adjudication, &made, &err) ||
        store_open(path, &store_options, &store, &err)) {
        adjudication_close(adjudication);
        return report_error(&err);
    }
    snprintf(begun, sizeof begun, "%s is new", annotate_name(path));
    int code = annotate_show(store, path, options, (enum terminal_graphics)graphics, adjudication,
                             made ? begun : greeting, &err);
    adjudication_close(adjudication);
    if (!code && store_unsaved(store))
        printf("mmib: the journal keeps what is not saved: %s.journal\n", store_path(store));
    if (!code)
        code = store_damage(store, &err);
    store_close(store);
    return code ? report_error(&err) : 0;
}
