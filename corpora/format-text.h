/* Plain text: a post a line, split into tokens by tokenise.h. The id says the line it came from: "line-7".
 *
 * Lines without tokens (blanks) are no posts; the corpus's source remembers them and how lines end, so that the file
 * comes back byte for byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_FORMAT_TEXT_H
#define MMIB_CORPORA_FORMAT_TEXT_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/lines.h"

#include <stdio.h>

int text_read(struct line_reader *input, struct corpus *corpus, struct error *err);

/* A line is the post's text, or its tokens with blanks between. Losses are everything else, tokens that the tokeniser
 * would not make of the line among it. */
int text_write(const struct corpus *corpus, FILE *out, struct loss_list *losses, struct error *err);

#endif
