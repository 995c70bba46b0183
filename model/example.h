/* A post made ready for the text encoder: its pieces, and which rows each token has.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_EXAMPLE_H
#define MMIB_MODEL_EXAMPLE_H

#include "corpora/post.h"
#include "model/arena.h"
#include "model/wordpiece.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct example {
    int32_t *piece_ids; /* [n_pieces] with [CLS] and [SEP] */
    size_t n_pieces;    /* at most max_pieces */
    size_t n_tokens;
    size_t *rows; /* [n_tokens + 1] token t has rows rows[t] .. rows[t + 1] - 1; equal where all its pieces were cut */
    size_t cut;   /* tokens without a row */
};

/* From the arena. The first max_pieces - 1 ids are kept and [SEP] appended, even inside a word; a token without pieces
 * becomes one [UNK]. -1 when memory is out. */
int example_make(const struct post *post, const struct wordpiece *wordpiece, size_t max_pieces, struct arena *arena,
                 struct example *out);

/* Where the opening markers of a pair stand. */
struct example_markers {
    size_t head_row, tail_row; /* SIZE_MAX: cut */
};

/* The same with <s> </s> around the head and <o> </o> around the tail (token spans), as the released code writes them: a
 * closing marker stands only before a following token, tokens without pieces leave nothing. The markers are the
 * vocabulary's last four entries. A token's rows begin with the markers that stand before it; cut is not filled in. */
int example_make_marked(const struct post *post, const size_t head[2], const size_t tail[2],
                        const struct wordpiece *wordpiece, size_t max_pieces, struct arena *arena, struct example *out,
                        struct example_markers *markers_out);

#endif
