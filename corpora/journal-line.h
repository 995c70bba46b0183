/* The lines of a journal as text: shared by what appends them and what replays them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_JOURNAL_LINE_H
#define MMIB_CORPORA_JOURNAL_LINE_H

#include "corpora/corpus.h"
#include "corpora/edit-act.h"
#include "corpora/error.h"
#include "corpora/file-state.h"
#include "corpora/journal.h"
#include "corpora/json.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

struct journal_line {
    size_t seq;
    enum journal_act act;
    char *time, *by;          /* by NULL = not known */
    struct edit_act edits;    /* JOURNAL_EDIT, _UNDO, _REDO: as done */
    char **ids;               /* [edits.n] of their posts */
    char **maps;              /* JOURNAL_RENAME */
    size_t n_maps;
    char sha256[FILE_SHA256_BYTES]; /* JOURNAL_SAVE */
};

/* How every journal begins, to tell a cut header from a file that is no journal. */
extern const char journal_header_start[];

void journal_line_put_header(struct text *out, const char *corpus_path, const struct journal_header *header);
int journal_line_get_header(const struct json_document *document, struct journal_header *out, struct error *err);

/* A header like ours, of another version? */
bool journal_line_is_other_version(const struct json_document *document);

/* Appends the line with its line end, after making sure that it can be read back: what cannot be is refused here, while
 * the person still sees it, and not after a crash. */
int journal_line_put(struct text *out, const struct journal_line *line, struct error *err);

/* What a line says that was done. */
int journal_line_get_kind(const struct json_document *document, struct json_value line, enum journal_act *out,
                          struct error *err);

/* The text that a line has by that name, to be freed. */
int journal_line_get_text(const struct json_document *document, struct json_value line, const char *name, char **out,
                          struct error *err);

/* *out is freed with journal_line_free; on failure it owns nothing. */
int journal_line_get(const struct json_document *document, struct journal_line *out, struct error *err);
void journal_line_free(struct journal_line *line);

/* Does to the corpus what the line says. path and number are its place, for messages. On failure the corpus is to be
 * thrown away. */
int journal_line_apply(const struct journal_line *line, struct corpus *corpus, const char *path, size_t number,
                       struct error *err);

/* The edits, which become the caller's; the rest is freed. */
struct edit_act journal_line_take(struct journal_line *line);

#endif
