/* A corpus on a terminal: as it would be written, without the control characters that it may have.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_CORPUS_SHOW_H
#define MMIB_SRC_CORPUS_SHOW_H

#include "corpora/corpus.h"
#include "corpora/error.h"

/* To standard output; arguments as for corpus_write_stream. */
int corpus_show(const struct corpus *corpus, const char *path, enum corpus_format format, struct loss_list *losses,
                struct error *err);

#endif
