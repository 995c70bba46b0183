/* What tokens of social media look like: tags, handles, addresses, emoji, HTML's names for characters, capitals.
 *
 * Corpora cut them in different ways ("#tag" and "# tag", "&amp;" and "&amp ;"), so each token is seen with its
 * neighbours.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_TOKEN_MARKS_H
#define MMIB_CORPORA_TOKEN_MARKS_H

#include "corpora/post.h"

#include <stdbool.h>
#include <stddef.h>

enum token_mark {
    TOKEN_HASH = 1,   /* "#tag", or "#" and "tag" */
    TOKEN_HANDLE = 2, /* "@name", or "@" and "name" */
    TOKEN_EMOJI = 4,  /* holds one */
    TOKEN_URL = 8,    /* see token_is_url */
    TOKEN_HTML = 16,  /* "&amp;", or "&amp" and ";" */
};

/* The marks of a token, or-ed. */
unsigned token_marks(const struct post *post, size_t token);

/* "http://t.co/x", "www.x.org", "(http://t.co/x"; both parts of "http://t." and "co/x"; the stump of one, "htt…". */
bool token_is_url(const struct post *post, size_t token);

enum token_capitals {
    CAPITALS_ALL,   /* at least two letters, all capital */
    CAPITALS_FIRST, /* the first word begins with a capital, and no word has one elsewhere: "Bank of England" */
    CAPITALS_LOWER,
    CAPITALS_MIXED,
    CAPITALS_NONE, /* no letters that could be capital */
};

enum token_capitals token_capitals(const struct post *post, size_t start, size_t end);

#endif
