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

void corpus_show_losses(const char *name, enum corpus_format format, const struct loss_list *losses)
{
    for (size_t i = 0; i < losses->n; i++)
        fprintf(stderr, "mmib: %s: not in %s: %s\n", name, corpus_format_name(format), losses->lines[i]);
    for (size_t i = 0; i < losses->n_records; i++)
        fprintf(stderr, "mmib: %s: not in %s, how the work was done: %s\n", name, corpus_format_name(format),
                losses->records[i]);
}
