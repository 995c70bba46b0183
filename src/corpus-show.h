/* A corpus on a terminal, and what became of it when it was written in another format.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_CORPUS_SHOW_H
#define MMIB_SRC_CORPUS_SHOW_H

#include "corpora/corpus.h"
#include "corpora/error.h"

/* As it would be written, without the control characters that it may have, to standard output; arguments as for
 * corpus_write_stream. */
int corpus_show(const struct corpus *corpus, const char *path, enum corpus_format format, struct loss_list *losses,
                struct error *err);

/* What a format could not hold, line by line on standard error. name: of what was read. */
void corpus_show_losses(const char *name, enum corpus_format format, const struct loss_list *losses);

#endif
