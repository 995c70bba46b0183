/* The ledger (corpora/ledger.h) as mmib eval prints it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EVAL_LEDGER_H
#define MMIB_SRC_EVAL_LEDGER_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/ledger.h"
#include "corpora/score.h"
#include "corpora/text.h"

#include <stdbool.h>

struct eval_ledger {
    struct ledger ledger;
    bool without_entities;
    char *published; /* the file that is the published gold; NULL: gold itself is, as far as is known */
};

/* Of gold, which was read from its path with these options, and predictions that were checked against it. The path "-"
 * has no history. */
int eval_ledger_make(const struct corpus *gold, const struct corpus *predicted, const struct corpus_options *options,
                     bool without_entities, enum score_mode mode, struct eval_ledger *out, struct error *err);
void eval_ledger_free(struct eval_ledger *ledger);

/* Paragraphs that end with an empty line; nothing where nobody judged anything and gold was not corrected. */
void eval_ledger_put_table(struct text *out, const struct eval_ledger *ledger);

/* The member "ledger", absent in that case: {"published": NAME | null, "posts", "changed", "other_words", "ner": PART |
 * null, "re": PART}, where PART is {"gap", "f1_published", "f1_now", "new_errors", "all": SUM, "classes": {CLASS: SUM},
 * "types": {TYPE: SUM}} and SUM {"errors", "points": {"all", "model", "corpus", "corrected", "open"}, "unsure",
 * "disputed"}. Points are per cent, F1 is a fraction; null where nothing was counted. */
void eval_ledger_put_json(struct text *out, const struct eval_ledger *ledger);

#endif
