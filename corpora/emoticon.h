/* Emoticons: faces made of punctuation and letters, such as :-) ;P XD <3 ^_^ (: and \o/.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_EMOTICON_H
#define MMIB_CORPORA_EMOTICON_H

#include <stddef.h>
#include <stdint.h>

/* The number of code points of the emoticon that starts at text[at]; 0 where none does. text is [n] code points: what
 * stands before and after decides in doubt ("note:(see" has none, nor has "10:30"). */
size_t emoticon_length(const uint32_t *text, size_t n, size_t at);

#endif
