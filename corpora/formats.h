/* Which format a file has: by what the user says, by its name, by its first line. corpus.h has the rest.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_FORMATS_H
#define MMIB_CORPORA_FORMATS_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/lines.h"

/* corpus_detect_format for a file that is open and of which nothing was read. */
int format_detect(struct line_reader *input, enum corpus_format *inout, struct error *err);

#endif
