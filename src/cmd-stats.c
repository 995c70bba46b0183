/* mmib stats: what is in corpora, counted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/anchoring.h"
#include "corpora/corpus.h"
#include "corpora/json.h"
#include "corpora/statistics.h"
#include "corpora/text.h"
#include "src/corpus-arguments.h"
#include "src/subcommands.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static struct corpus_arguments stats_arguments;
static bool stats_json, stats_anchoring;
static const char *stats_gold;

/* How often proposals were kept, of those who saw them and those who did not. */
static int stats_put_anchoring(const char *path, const struct corpus_options *options, const struct corpus *gold,
                               struct text *out, struct error *err)
{
    struct corpus *corpus;
    struct anchoring anchoring;
    if (corpus_read(path, options, &corpus, err))
        return -1;
    int result = anchoring_count(corpus, gold, &anchoring, err);
    if (!result && stats_json) {
        struct text counts = {0};
        anchoring_put_json(&counts, &anchoring);
        text_add_char(out, '{');
        json_put_name(out, "corpus");
        json_put_text(out, path);
        text_add(out, ", ");
        text_add(out, counts.bytes ? counts.bytes + 1 : "}");
        text_add_char(out, '\n');
        text_free(&counts);
    } else if (!result) {
        text_add_format(out, "%s\n", path);
        anchoring_put_table(out, &anchoring);
    }
    corpus_free(corpus);
    return result;
}

static int stats_put(const char *path, const struct corpus_options *options, struct text *out, struct error *err)
{
    struct corpus *corpus;
    struct statistics statistics;
    if (corpus_read(path, options, &corpus, err))
        return -1;
    char *folder = options->images ? corpus_image_folder(corpus) : NULL;
    int result = options->images && !folder ? error_memory(err, path) : 0;
    if (!result && !(result = statistics_count(corpus, folder, &statistics, err))) {
        if (stats_json)
            statistics_put_json(out, &statistics);
        else
            statistics_put_table(out, &statistics);
        text_add_char(out, '\n');
        if (statistics.n_refused) {
            *err = statistics.refusal;
            result = -1;
        }
        statistics_free(&statistics);
    }
    free(folder);
    corpus_free(corpus);
    return result;
}

static int stats_run(int n_arguments, char **arguments)
{
    struct corpus_options options;
    struct error err;
    struct corpus *gold = NULL;
    int code = 0;
    if (stats_gold && !stats_anchoring) {
        error_set(&err, ERROR_USAGE, "--gold is for --anchoring");
        return report_error(&err);
    }
    if (corpus_arguments_options(&stats_arguments, &options, &err) ||
        (stats_gold && corpus_read(stats_gold, &options, &gold, &err)))
        return report_error(&err);
    for (int i = 0; i < n_arguments; i++) {
        struct text out = {0};
        if (stats_anchoring ? stats_put_anchoring(arguments[i], &options, gold, &out, &err)
                            : stats_put(arguments[i], &options, &out, &err)) {
            int failed = report_error(&err);
            code = failed > code ? failed : code;
        }
        if (out.bytes)
            fputs(out.bytes, stdout);
        text_free(&out);
    }
    corpus_free(gold);
    return code;
}

static const struct option_spec stats_options[] = {
    CORPUS_OPTION_FROM(stats_arguments),
    CORPUS_OPTION_MAP(stats_arguments),
    CORPUS_OPTION_IMAGES(stats_arguments),
    {"anchoring", 0, OPTION_FLAG, NULL, "how often proposals were kept, seen and hidden (annotate --blind)",
     &stats_anchoring},
    {"gold", 0, OPTION_TEXT, "FILE", "true labels, to tell which proposals were wrong", &stats_gold},
    CORPUS_OPTION_BOXES(stats_arguments),
    {"json", 0, OPTION_FLAG, NULL, "one JSON object a line and corpus", &stats_json},
    {0},
};

const struct subcommand stats_subcommand = {
    .name = "stats",
    .usage = "CORPUS...",
    .summary = "count posts, tokens, entities, relations, pictures and boxes",
    .details = "With --images, the pictures that are there and those that are missing are counted too.",
    .options = stats_options,
    .min_arguments = 1,
    .max_arguments = INT_MAX,
    .run = stats_run,
};
