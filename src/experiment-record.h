/* What a finished run of an experiment came to, in a file that is whole or not there.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EXPERIMENT_RECORD_H
#define MMIB_SRC_EXPERIMENT_RECORD_H

#include "corpora/error.h"
#include "corpora/score.h"

#include <stdbool.h>
#include <stddef.h>

struct experiment_record {
    size_t seed;
    size_t epochs, best_epoch; /* trained; whose weights were scored */
    double dev_f1;             /* by which it was chosen, a fraction */
    bool has_ner, has_re;
    struct score_counts ner, re; /* of all scored corpora together */
};

/* false: there is no record at path, or not a whole one of these settings (JSON text). */
bool experiment_record_read(const char *path, const char *settings, struct experiment_record *out);
int experiment_record_write(const char *path, const char *settings, const struct experiment_record *record,
                            struct error *err);

/* Is the text of the file this one? false where there is none. */
bool experiment_text_is(const char *path, const char *text);
int experiment_text_write(const char *path, const char *text, struct error *err);

#endif
