/* JSON Lines of raw posts: an object a line with "text", and perhaps "image" (or "img_id", "image_id") and "id".
 *
 * The text is split into tokens by tokenise.h. A post without an id is called by its picture's name without ending, or
 * by its line ("line-7"). The whole object stays in the post's "source", so that members that are not ours, and all
 * lines where nothing was changed, come back to the byte; blank lines do not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_FORMAT_RAW_H
#define MMIB_CORPORA_FORMAT_RAW_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/lines.h"

#include <stdio.h>

int raw_read(struct line_reader *input, struct corpus *corpus, struct error *err);

/* A post without text is written as its tokens with blanks between. Losses are labels, what people said of the post,
 * and tokens that the tokeniser would not make of the text. */
int raw_write(const struct corpus *corpus, FILE *out, struct loss_list *losses, struct error *err);

#endif
