/* Raw text into tokens, as people write on social media.
 *
 * Whole stay: @user and #tag (any script, digits and _), $TICKER, addresses (http://, www., bare ones like t.co/x)
 * without the punctuation behind them, mail addresses, emoji and their sequences, emoticons, &amp; and its like,
 * numbers with their . , : / and % or currency, words with - or ' inside (Camp-Nou, don't), abbreviations (U.S.), and
 * runs of one punctuation mark (... !!! --). A possessive 's is a token of its own, as in Twitter-2015 and -2017, so
 * that the name before it is one. A Chinese character is a token; of kana, Hangul, Thai and so on, a run is. Every
 * other sign is a token.
 *
 * Blanks, and what shows nothing (zero-width spaces, direction marks), stand between tokens; everything else is in one.
 * code_points(text)[start, end) is the token, always.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_TOKENISE_H
#define MMIB_CORPORA_TOKENISE_H

#include "corpora/error.h"
#include "corpora/post.h"

#include <stddef.h>

enum { TOKENISE_MAX_BYTES = 1 << 20 }; /* of one text */

/* Gives the post, which has none of these yet, a copy of the text, its tokens and their offsets. No token is longer
 * than TOKEN_MAX_BYTES: what would be, is cut. A text of blanks has no tokens. -1 for a text that is longer than
 * TOKENISE_MAX_BYTES or not UTF-8, with a message that has the reason alone, and where memory is out. */
int tokenise_post(struct post *post, const char *text, struct error *err);

/* The text that a post is written as: its own, or its tokens with blanks between. Allocated; NULL when memory is out.  */
char *tokenise_text_of(const struct post *post);

/* Would text be split into just the post's tokens? 1, 0, or -1 when memory is out. */
int tokenise_gives(const struct post *post, const char *text);

#endif
