/* A history read from its end, as far as undo and redo need it: opening a corpus never reads a long history.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_HISTORY_BACK_H
#define MMIB_CORPORA_HISTORY_BACK_H

#include "corpora/edit-act.h"
#include "corpora/error.h"
#include "corpora/journal-line.h"
#include "corpora/json.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct history_back { /* starts zeroed */
    char *path;
    int fd;
    off_t at;          /* the lines before it are still to be read */
    off_t window;      /* where in the file bytes begins */
    struct text bytes; /* up to at, at least */
};

/* Opens the file, whose whole lines end at length_bytes. */
int history_back_open(const char *path, off_t length_bytes, struct history_back *out, struct error *err);
void history_back_close(struct history_back *back);

/* The line before, without its end; good until the next call. 1, 0 at the header (which is no act), -1. */
int history_back_next(struct history_back *back, struct json_document *out, struct error *err);

/* Walks back over what can be undone, or redone: what was undone and redone since is passed over. */
struct history_cursor { /* starts zeroed */
    struct history_back back;
    size_t skip; /* so many acts were undone, or redone, since */
    bool opened, closed;
};

/* The act that was done before the last one given out, as undo would find it: 1 (the caller's), 0 when there is none,
 * -1. The file is opened by the first call. */
int history_cursor_undo(struct history_cursor *cursor, const char *path, off_t length_bytes, struct edit_act *out,
                        struct error *err);

/* The same for an act that was undone, and nothing new done since. */
int history_cursor_redo(struct history_cursor *cursor, const char *path, off_t length_bytes, struct edit_act *out,
                        struct error *err);

void history_cursor_close(struct history_cursor *cursor); /* nothing more comes from it */

#endif
