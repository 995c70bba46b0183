/* GMNER: CoNLL with IMGID lines, and beside it a folder with a Pascal VOC file, IMGID.xml, for every post with boxes. A
 * box is named by the text of its entity, tokens with blanks between.
 *
 * An entity whose text names boxes is grounded in them, any other is not in the picture: somebody looked at all of
 * them. Boxes that are named like no entity are kept. Where a post has an entity text twice, the file does not tell
 * which is meant: all of them are linked, and the corpus's doubts say so.
 *
 * The folder is the one that is said, else NAME-xml beside NAME.txt, else xml beside it, else ../xml. It is written as
 * NAME-xml, each file whole or not at all, before the text; files of posts that have no box any more are removed from
 * it. Posts keep their XML in "source": what was not changed comes back to the byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_FORMAT_GMNER_H
#define MMIB_CORPORA_FORMAT_GMNER_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/lines.h"

#include <stdio.h>

/* boxes is the folder of the XML files; NULL = found beside the input. */
int gmner_read(struct line_reader *input, const char *boxes, struct corpus *corpus, struct error *err);

/* The text goes to out, the boxes to the folder beside path ("-" or a device: nowhere). Losses are those of CoNLL
 * without boxes and groundings; boxes of no entity that have no name of their own, labels of boxes, entities that
 * nobody looked for, and entities of one text with different groundings. */
int gmner_write(const struct corpus *corpus, const char *path, FILE *out, struct loss_list *losses, struct error *err);

#endif
