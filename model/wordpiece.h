/* WordPiece as in uncased BERT: cleaning, lower-casing, accents off, split at punctuation and CJK, greedy pieces.
 *
 * Rules in full: DESIGN "Text", and the header comment of wordpiece.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_WORDPIECE_H
#define MMIB_MODEL_WORDPIECE_H

#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wordpiece;

/* Reads vocab.txt: a piece a line, its id the line's number from 0. Fails when it does not have vocab_size lines, or
 * lacks [UNK], [CLS] or [SEP]. */
struct wordpiece *wordpiece_open(const char *path, size_t vocab_size, bool lowercase, struct error *err);
void wordpiece_close(struct wordpiece *wordpiece);

/* Pieces of one token (valid UTF-8). Returns how many there are, also when only the first `capacity` were written.
 * 0 for a token that cleaning leaves empty: callers that need a row for every token write [UNK] then. */
size_t wordpiece_encode(const struct wordpiece *wordpiece, const char *token, int32_t *ids, size_t capacity);

/* Text of a piece, owned by the wordpiece; NULL when out of range. */
const char *wordpiece_piece(const struct wordpiece *wordpiece, int32_t id);

int32_t wordpiece_unk(const struct wordpiece *wordpiece);
int32_t wordpiece_mask(const struct wordpiece *wordpiece); /* [UNK] where the vocabulary has no [MASK] */
int32_t wordpiece_cls(const struct wordpiece *wordpiece);
int32_t wordpiece_sep(const struct wordpiece *wordpiece);
size_t wordpiece_count(const struct wordpiece *wordpiece);

#endif
