/* mmib detect: object boxes in pictures, and in the pictures of a corpus.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/json.h"
#include "corpora/names.h"
#include "corpora/text.h"
#include "model/detector-edit.h"
#include "model/detector.h"
#include "model/model-hash.h"
#include "src/corpus-arguments.h"
#include "src/corpus-show.h"
#include "src/model-run.h"
#include "src/progress.h"
#include "src/subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static struct model_run_arguments detect_arguments;
static double detect_threshold = DETECTOR_THRESHOLD;
static bool detect_json;
static const char *detect_out;

/* What one picture held. */
struct detect_boxes {
    bool done;
    size_t width, height, n;
    struct detection *each;
};

struct detect_run {
    struct detector *detector;
    struct threads *threads;
    const char *hash;      /* NULL = not known */
    bool prints;           /* lines on standard output */
    size_t unreadable, missing, absent; /* absent: arguments that are not there */
};

/* Does the file begin as pictures do? False also where it cannot be read. */
static bool detect_begins_as_picture(const char *path)
{
    unsigned char bytes[4] = {0};
    struct stat status;
    FILE *file = !stat(path, &status) && S_ISREG(status.st_mode) ? fopen(path, "rb") : NULL;
    size_t n = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file)
        fclose(file);
    return n >= 3 && (!memcmp(bytes, "\xff\xd8\xff", 3) || (n == 4 && !memcmp(bytes, "\x89PNG", 4)));
}

/* A picture by its name, also when there is something else in it, or by what is in it. */
static bool detect_is_picture(const char *path)
{
    const char *ending = strrchr(path, '.');
    return (ending && (!strcasecmp(ending, ".jpg") || !strcasecmp(ending, ".jpeg") || !strcasecmp(ending, ".png"))) ||
           detect_begins_as_picture(path);
}

static void detect_put_json(struct text *out, const char *name, const struct detect_boxes *boxes)
{
    text_add(out, "{\"image\":");
    json_put_text(out, name);
    text_add_format(out, ",\"width\":%zu,\"height\":%zu,\"objects\":[", boxes->width, boxes->height);
    for (size_t i = 0; i < boxes->n; i++) {
        const struct detection *found = &boxes->each[i];
        text_add(out, i ? ",{\"box\":[" : "{\"box\":[");
        for (size_t k = 0; k < 4; k++) {
            if (k)
                text_add_char(out, ',');
            json_put_number(out, found->box[k]);
        }
        text_add_format(out, "],\"class\":%zu,\"label\":", found->class);
        json_put_text(out, coco_class_name(found->class));
        text_add(out, ",\"score\":");
        json_put_number(out, found->score);
        text_add_char(out, '}');
    }
    text_add(out, "]}\n");
}

static void detect_put_table(struct text *out, const char *name, const struct detect_boxes *boxes)
{
    text_add_format(out, "%s  %zu x %zu  %zu object%s\n", name, boxes->width, boxes->height, boxes->n,
                    boxes->n == 1 ? "" : "s");
    for (size_t i = 0; i < boxes->n; i++) {
        const struct detection *found = &boxes->each[i];
        text_add_format(out, "  %.2f  %-14s  %7.1f %7.1f %7.1f %7.1f\n", found->score, coco_class_name(found->class),
                        found->box[0], found->box[1], found->box[2], found->box[3]);
    }
}

static int detect_print(const char *name, const struct detect_boxes *boxes, struct error *err)
{
    struct text line = {0};
    if (detect_json)
        detect_put_json(&line, name, boxes);
    else
        detect_put_table(&line, name, boxes);
    if (line.failed)
        return error_memory(err, name);
    if (isatty(STDOUT_FILENO))
        text_tame(line.bytes, "\n");
    int result = fputs(line.bytes, stdout) == EOF ? error_errno(err, "standard output") : 0;
    text_free(&line);
    return result;
}

/* A picture that cannot be used is told by 1 and its message. */
static int detect_picture(struct detect_run *run, const char *path, struct detect_boxes *out, struct error *err)
{
    struct picture picture;
    struct detection found[DETECTOR_MAX_BOXES];
    *out = (struct detect_boxes){.done = true};
    if (picture_decode(path, &picture, err))
        return 1;
    int result = detector_run(run->detector, &picture, detect_threshold, found, &out->n, err);
    out->width = picture.width;
    out->height = picture.height;
    picture_free(&picture);
    if (result)
        return -1;
    out->each = calloc(out->n + 1, sizeof *out->each);
    if (!out->each)
        return error_memory(err, path);
    memcpy(out->each, found, out->n * sizeof *found);
    return 0;
}

/* One argument that is a picture. What is wrong with it is said, and the next one's turn comes. */
static int detect_argument(struct detect_run *run, const char *path, struct error *err)
{
    struct detect_boxes boxes;
    int result = detect_picture(run, path, &boxes, err);
    if (result > 0) {
        run->unreadable += err->kind == ERROR_INPUT;
        run->absent += err->kind != ERROR_INPUT;
        report_error(err);
        return 0;
    }
    if (!result)
        result = detect_print(path, &boxes, err);
    free(boxes.each);
    return result;
}

/* Corpora */

static int detect_put(struct post *post, const struct detect_boxes *boxes, const struct detect_run *run,
                      struct error *err)
{
    struct edit_batch batch = {0};
    struct detector_change change;
    int result = detector_edit(&batch, post, boxes->each, boxes->n, run->hash, &change, err) ||
                         edit_batch_apply(&batch, post, 1, err)
                     ? -1
                     : 0;
    edit_batch_free(&batch);
    return result;
}

/* One post's picture: looked at once, however many posts show it. */
static int detect_post(struct detect_run *run, struct corpus *corpus, size_t index, const char *folder,
                       struct name_table *names, struct detect_boxes *all, struct error *err)
{
    struct post *post = &corpus->posts[index];
    char *path;
    bool missing;
    size_t first = index;
    int result = corpus_image_path(folder, post, &path, &missing, err);
    run->missing += missing;
    if (!result && !path)
        return 0;
    int entered = result ? 1 : name_table_add(names, post->image, index, &first);
    struct detect_boxes *boxes = &all[first];
    if (entered < 0)
        result = error_memory(err, corpus->path);
    else if (!result && entered)
        result = detect_picture(run, path, boxes, err);
    free(path);
    if (entered > 0 && result && err->kind == ERROR_INPUT) { /* also a name that leaves the folder */
        struct error named;
        error_set(&named, ERROR_INPUT, "post %s: %s", post->id, err->message);
        report_error(&named);
        run->unreadable++;
        return 0;
    }
    if (result)
        return -1;
    if (entered && run->prints && detect_print(post->image, boxes, err))
        return -1;
    return boxes->each && detect_out ? detect_put(post, boxes, run, err) : 0;
}

static int detect_posts(struct detect_run *run, struct corpus *corpus, struct error *err)
{
    struct name_table names = {0};
    struct progress progress;
    char *folder = corpus_image_folder(corpus);
    struct detect_boxes *all = calloc(corpus->n_posts + 1, sizeof *all);
    int result = folder && all ? 0 : error_memory(err, corpus->path);
    progress_start(&progress, "posts", corpus->n_posts, detect_arguments.quiet);
    for (size_t i = 0; !result && i < corpus->n_posts; i++) {
        result = detect_post(run, corpus, i, folder, &names, all, err);
        progress_show(&progress, i + 1);
    }
    progress_end(&progress);
    for (size_t i = 0; all && i < corpus->n_posts; i++)
        free(all[i].each);
    free(all);
    free(folder);
    name_table_free(&names);
    return result;
}

static int detect_write(struct corpus *corpus, struct error *err)
{
    struct loss_list losses = {0};
    enum corpus_format format = corpus_format_from_path(detect_out);
    if (!format)
        format = corpus->format;
    int result = corpus_write(corpus, detect_out, format, &losses, err);
    if (!result)
        corpus_show_losses(corpus->path, format, &losses);
    if (!result && losses.n)
        result = ERROR_FINDING;
    loss_list_free(&losses);
    return result;
}

static int detect_corpus(struct detect_run *run, const char *path, struct error *err)
{
    struct corpus_options options;
    struct corpus *corpus = NULL;
    size_t missing = run->missing;
    run->prints = !detect_out || detect_json;
    int result = corpus_arguments_options(&detect_arguments.corpus, &options, err) ||
                         (detect_out && corpus_check_target(detect_out, err)) ||
                         corpus_read(path, &options, &corpus, err) || detect_posts(run, corpus, err)
                     ? -1
                     : 0;
    if (!result && detect_out)
        result = detect_write(corpus, err);
    if (result >= 0 && run->missing > missing)
        fprintf(stderr, "mmib: %s: %zu of %zu posts name a picture that is not there\n", path, run->missing - missing,
                corpus->n_posts);
    corpus_free(corpus);
    return result;
}

/* Options that say the same thing twice, or something that cannot be. */
static int detect_check(int n, char **arguments, struct error *err)
{
    if (!(detect_threshold >= 0 && detect_threshold <= 1))
        return error_set(err, ERROR_USAGE, "--threshold: %g is not between 0 and 1", detect_threshold);
    if (!detect_out)
        return 0;
    if (n != 1 || detect_is_picture(arguments[0]))
        return error_set(err, ERROR_USAGE, "--output writes a corpus: it goes with one corpus, and with no pictures");
    if (!strcmp(detect_out, "-") && detect_json)
        return error_set(err, ERROR_USAGE, "--json and a corpus cannot both go to standard output");
    return 0;
}

static int detect_run(int n_arguments, char **arguments)
{
    struct detect_run run = {0};
    struct error err;
    char hash[MODEL_HASH_BYTES];
    int result = detect_check(n_arguments, arguments, &err);
    char *directory = result ? NULL : model_run_directory(detect_arguments.model, &err);
    if (directory && !(run.threads = threads_new(detect_arguments.threads)))
        error_memory(&err, "threads");
    else if (directory)
        run.detector = detector_open(directory, run.threads, &err);
    if (!run.detector)
        result = -1;
    else if (detect_out && !model_hash_folder(directory, hash))
        run.hash = hash;
    int finding = 0;
    for (int i = 0; !result && i < n_arguments; i++) {
        result = detect_is_picture(arguments[i]) ? detect_argument(&run, arguments[i], &err)
                                                 : detect_corpus(&run, arguments[i], &err);
        finding = result > 0 ? result : finding;
        result = result < 0 ? result : 0;
    }
    if (!result && fflush(stdout))
        result = error_errno(&err, "standard output");
    detector_close(run.detector);
    threads_free(run.threads);
    free(directory);
    if (result)
        return report_error(&err);
    return run.absent ? ERROR_IO : run.unreadable ? ERROR_INPUT : finding;
}

static const struct option_spec detect_options[] = {
    {"threshold", 0, OPTION_REAL, "T", "the least score of a box, 0 to 1 (0.3)", &detect_threshold},
    {"json", 0, OPTION_FLAG, NULL, "a JSON object a picture and line, not a table", &detect_json},
    {"output", 'o', OPTION_TEXT, "FILE", "write the corpus with the boxes there", &detect_out},
    MODEL_OPTION_MODEL(detect_arguments),
    CORPUS_OPTION_FROM(detect_arguments.corpus),
    CORPUS_OPTION_IMAGES(detect_arguments.corpus),
    CORPUS_OPTION_BOXES(detect_arguments.corpus),
    MODEL_OPTION_THREADS(detect_arguments),
    MODEL_OPTION_QUIET(detect_arguments),
    {0},
};

const struct subcommand detect_subcommand = {
    .name = "detect",
    .usage = "IMAGE|CORPUS...",
    .summary = "find objects in pictures",
    .details = "Prints the boxes of each picture, best first, in pixels of the stored picture; of a corpus, those of each\n"
               "picture that its posts name. With --output the corpus is written with the boxes as objects: those of an\n"
               "earlier run that nobody has touched are replaced, all others stay. Pictures that cannot be read are named,\n"
               "and the exit status is then 3 with the output complete.",
    .options = detect_options,
    .min_arguments = 1,
    .max_arguments = SIZE_MAX,
    .run = detect_run,
};
