/* Walking the history, for who wants to know what was done and not to do it again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/history.h"

#include "corpora/files.h"
#include "corpora/journal-text.h"

#include <stdlib.h>
#include <string.h>

/* One act as it is told, and what it needs of it. */
struct visit {
    struct history_act act;
    char *time, *by;
    struct history_post *posts;
    size_t n_posts;
};

static void visit_free(struct visit *visit)
{
    for (size_t i = 0; i < visit->n_posts; i++)
        free((char *)visit->posts[i].id);
    free(visit->posts);
    free(visit->time);
    free(visit->by);
    *visit = (struct visit){0};
}

static int add_post(const struct json_document *document, struct json_value value, struct visit *visit,
                    struct error *err)
{
    struct history_post *grown = array_grow(visit->posts, visit->n_posts, sizeof *grown);
    char *id;
    if (!grown)
        return error_memory(err, document->path);
    visit->posts = grown;
    if (!json_whole(json_member(json_member(value, "batch"), "post"), &grown[visit->n_posts].index))
        return json_error(document, value.text, err, "the line does not say which post it is about");
    if (journal_line_get_text(document, value, "id", &id, err))
        return -1;
    grown[visit->n_posts++].id = id;
    return 0;
}

static int read_posts(const struct json_document *document, struct json_value line, struct visit *visit,
                      struct error *err)
{
    struct json_value batches = json_member(line, "batches"), item;
    if (!batches.text)
        return add_post(document, line, visit, err);
    if (json_kind(batches) != JSON_ARRAY)
        return json_error(document, batches.text, err, "batches are no list");
    for (struct json_walk walk = json_walk(batches); json_next_item(&walk, &item);)
        if (add_post(document, item, visit, err))
            return -1;
    return 0;
}

static int read_act(const struct json_document *document, struct json_value line, struct visit *visit,
                    struct error *err)
{
    struct history_act *act = &visit->act;
    json_whole(json_member(line, "seq"), &act->seq);
    if (journal_line_get_kind(document, line, &act->kind, err) ||
        journal_line_get_text(document, line, "time", &visit->time, err) ||
        (json_member(line, "by").text && journal_line_get_text(document, line, "by", &visit->by, err)) ||
        (act->kind != JOURNAL_RENAME && act->kind != JOURNAL_SAVE && read_posts(document, line, visit, err)))
        return -1;
    act->time = visit->time;
    act->by = visit->by;
    act->posts = visit->posts;
    act->n_posts = visit->n_posts;
    return 0;
}

/* Visits the lines up to a number. */
static int walk(struct journal_text *text, size_t last, int (*visit)(void *, const struct history_act *),
                void *context, struct error *err)
{
    struct json_document document;
    struct json_value line;
    int got;
    while (text->has_header && text->header.after + text->n_lines < last &&
           (got = journal_text_next_value(text, &document, &line, err)) != 0) {
        struct visit one = {0};
        int result = got < 0 || read_act(&document, line, &one, err) ? -1 : visit(context, &one.act);
        visit_free(&one);
        if (result)
            return result;
    }
    return 0;
}

int history_walk(const char *corpus_path, int (*visit)(void *context, const struct history_act *act), void *context,
                 struct error *err)
{
    struct journal_text journal = {0}, history = {0};
    char *path = file_follow_links(corpus_path), *journal_path = NULL, *history_path = NULL;
    int result = -1;
    if (!path)
        error_memory(err, corpus_path);
    /* Lines go from the journal to the history only: read in this order, none is missed. */
    if (!path || !(journal_path = journal_file_name(path, ".journal", err)) ||
        !(history_path = journal_file_name(path, ".history", err)) ||
        journal_text_open(journal_path, &journal, err) || journal_text_open(history_path, &history, err))
        goto out;
    result = walk(&history, journal.has_header ? journal.header.after : SIZE_MAX, visit, context, err);
    if (!result)
        result = walk(&journal, SIZE_MAX, visit, context, err);
out:
    journal_text_free(&journal);
    journal_text_free(&history);
    free(path);
    free(journal_path);
    free(history_path);
    return result;
}
