/* SPDX-License-Identifier: Apache-2.0 */
#include "src/corpus-show.h"

#include "corpora/text.h"

#include <stdio.h>
#include <stdlib.h>

int corpus_show(const struct corpus *corpus, const char *path, enum corpus_format format, struct loss_list *losses,
                struct error *err)
{
    char *bytes;
    size_t n;
    if (corpus_write_text(corpus, path, format, losses, &bytes, &n, err))
        return -1;
    text_tame(bytes, "\n\t");
    int failed = fputs(bytes, stdout) == EOF || fflush(stdout) ? error_errno(err, "standard output") : 0;
    free(bytes);
    return failed;
}
