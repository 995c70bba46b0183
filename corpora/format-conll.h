/* CoNLL as Twitter-2015 and Twitter-2017 have it: a line "IMGID:16_05_01_4", "token TAB tag" a token, a blank line.
 *
 * Tags are O, B-TYPE and I-TYPE. Reading counts as seqeval's default does: an I- that continues nothing starts an
 * entity, here called an orphan. What the file has beyond that stays in "source", so that it comes back byte for byte:
 * of the corpus the line ends and the blank lines before the first and after the last post (new files: one), of a post
 * the tokens at which orphans start, a number of blank lines other than one, a missing IMGID line, and an IMGID that
 * came before. An orphan is written as one until a human decides about the entity.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_FORMAT_CONLL_H
#define MMIB_CORPORA_FORMAT_CONLL_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/lines.h"

#include <stdbool.h>
#include <stdio.h>

int conll_read(struct line_reader *input, struct corpus *corpus, struct error *err);

/* Whether out took it all, ferror(out) tells. Losses are entities that overlap an earlier one or have no type, and all
 * that is neither token nor entity. */
int conll_write(const struct corpus *corpus, FILE *out, struct loss_list *losses, struct error *err);

/* The same for a format that keeps something beside the text: held are those of enum loss_holds that it does. */
int conll_write_beside(const struct corpus *corpus, FILE *out, unsigned held, struct loss_list *losses,
                       struct error *err);

/* What the post's IMGID line says. *out is allocated; -1 when memory is out. */
int conll_imgid(const struct corpus *corpus, const struct post *post, char **out);

/* Which tokens [n_tokens] of the post start an entity that is written with I-; *out is allocated, NULL where there are
 * none. */
int conll_orphans(const struct corpus *corpus, const struct post *post, bool **out, struct error *err);

#endif
