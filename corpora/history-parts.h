/* What stands in a history: shared by history.c, which opens it, and history-keep.c, which writes to it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_HISTORY_PARTS_H
#define MMIB_CORPORA_HISTORY_PARTS_H

#include "corpora/history-back.h"
#include "corpora/history.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct history {
    char *corpus_path, *path, *base_path, *journal_path;
    bool exists;
    struct journal_header header; /* its own */
    size_t last;                  /* number of its last act */
    off_t length_bytes;           /* up to the end of that act's line: what stands behind it is written over */
    off_t undo_bytes;             /* the same when it was opened */
    struct history_cursor undo, redo;
};

/* Renames history and base to the first number that neither has. *name_out is the history's new name, the caller's. */
int history_put_aside(struct history *history, char **name_out, struct error *err);

/* There is none any more; the next one goes on behind the act of that number. Returns 0. */
int history_begin_anew(struct history *history, size_t last);

#endif
