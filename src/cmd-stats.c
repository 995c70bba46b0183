/* mmib stats: what is in corpora, counted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/statistics.h"
#include "corpora/text.h"
#include "src/corpus-arguments.h"
#include "src/subcommands.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static struct corpus_arguments stats_arguments;
static bool stats_json;

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
    int code = 0;
    if (corpus_arguments_options(&stats_arguments, &options, &err))
        return report_error(&err);
    for (int i = 0; i < n_arguments; i++) {
        struct text out = {0};
        if (stats_put(arguments[i], &options, &out, &err)) {
            int failed = report_error(&err);
            code = failed > code ? failed : code;
        }
        if (out.bytes)
            fputs(out.bytes, stdout);
        text_free(&out);
    }
    return code;
}

static const struct option_spec stats_options[] = {
    CORPUS_OPTION_FROM(stats_arguments),
    CORPUS_OPTION_MAP(stats_arguments),
    CORPUS_OPTION_IMAGES(stats_arguments),
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
