/* What the files of the store share; private to corpora/store*.c.
 *
 * store-open.c makes a store, store-change.c changes its posts, store-save.c writes them, store.c is for looking at it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_STORE_PARTS_H
#define MMIB_CORPORA_STORE_PARTS_H

#include "corpora/file-state.h"
#include "corpora/history.h"
#include "corpora/journal.h"
#include "corpora/lock.h"
#include "corpora/post-check.h"
#include "corpora/store.h"
#include "corpora/tally.h"

enum { STORE_EXPORTS_MAX = 4 };

struct store {
    char *path;      /* the file that saving writes, links followed */
    char *images;    /* folder of the pictures */
    char *annotator; /* NULL = not known */
    bool read_only, is_work;
    enum corpus_format exports[STORE_EXPORTS_MAX];
    size_t n_exports;
    bool exported; /* in this session */
    struct loss_list losses;

    struct lock lock;
    struct corpus *corpus;
    struct file_stamp stamp; /* of the file as we read or wrote it last */
    char sha256[FILE_SHA256_BYTES];
    struct journal *journal; /* NULL when read_only */
    struct history *history; /* NULL when read_only */
    char *notice;            /* about the history, NULL = nothing to say */
    struct act_stack undo, redo; /* of this session and its journal; then come those of the history */
    size_t last_posts; /* of the last change */
    char last_words[256]; /* of what was undone or done again last */
    size_t recovered;
    struct post_check *check; /* of posts that stay in their file: what tally lacks. Else NULL */
    struct tally tally;
};

/* The corpus file holds everything and has these contents: the journal's lines go to the history, and it is emptied.
 * announced: the journal says itself that a file with these contents holds its lines. */
int store_retire_journal(struct store *store, const char sha256[FILE_SHA256_BYTES], bool announced,
                         struct error *err);

#endif
