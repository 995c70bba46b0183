/* The ledger: whose the gap between a system's F1 and 100 is, the model's or the corpus's.
 *
 * The gap is that of the gold as it was published: each wrong and each missing label (score.h) is one share of it, and
 * all shares are equally large, 100 / (labels of gold + predictions) points. A share that is no error any more under
 * the gold as it stands now was an error of the corpus, corrected since. Of any other what people said of its case
 * (verdict.h) decides: "gold" is the corpus's, "model" the model's, "both" is half and half. Where nobody said, where
 * all are unsure, and where two people contradict each other, it is open. Counted in halves, so that the parts add up
 * exactly.
 *
 * What was right and is an error now, because gold was corrected, is in no share: it is told beside (n_new).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_LEDGER_H
#define MMIB_CORPORA_LEDGER_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/schema.h"
#include "corpora/score.h"
#include "corpora/taxonomy.h"
#include "corpora/verdict.h"

#include <stdbool.h>
#include <stddef.h>

enum ledger_entry {
    LEDGER_MODEL,     /* by verdict */
    LEDGER_CORPUS,    /* by verdict */
    LEDGER_CORRECTED, /* the corpus's: gold was changed */
    LEDGER_OPEN,
    LEDGER_ENTRIES,
};

struct ledger_sum {
    size_t n;                      /* shares: fp + fn */
    size_t halves[LEDGER_ENTRIES]; /* they sum to 2 n */
    size_t n_unsure, n_disputed;   /* of the open ones */
};

struct ledger_type {
    char *name;
    struct score_counts counts; /* under the published gold */
    struct ledger_sum sum;
};

struct ledger_part {
    struct score_counts published, now; /* under the gold as it was, and as it is */
    struct ledger_sum all, classes[TAXONOMY_CLASSES_MAX];
    struct ledger_type *types; /* a missing label's, a wrong one's own; by name */
    size_t n_types;
    size_t n_new; /* errors under the gold as it is that were none before */
};

struct ledger {                   /* starts zeroed */
    struct ledger_part parts[2];  /* entities, relations */
    size_t n_posts;               /* added */
    size_t n_changed;             /* of them, those whose gold is not as it was */
    size_t n_other_words;         /* left out: predictions are on other words than the published post has */
};

struct ledger_post {
    struct taxonomy_side published; /* post NULL: it was not there before; gold counts for it */
    struct taxonomy_side gold;      /* as it stands now, with verdicts */
    struct taxonomy_side predicted;
    bool without_entities; /* they are given (MNRE) */
};

void ledger_free(struct ledger *ledger); /* what it owns */

/* Adds a post. schema as in taxonomy_relations. system: whose predictions they are: verdicts on them come first, then
 * those on another system that said the same; NULL = all count alike. -1 when memory is out. */
int ledger_add(struct ledger *ledger, const struct ledger_post *post, const struct schema *schema, const char *system,
               struct error *err);

/* Points of F1 in per cent: the parts of the gap, which sum to it: LEDGER_ENTRIES of a sum, or of all (NULL). NAN where
 * nothing was counted. */
double ledger_points(const struct ledger_part *part, size_t halves);
double ledger_gap(const struct ledger_part *part); /* 100 - F1 under the published gold */

bool ledger_is_judged(const struct ledger *ledger); /* is anything not open? */

const char *ledger_entry_name(enum ledger_entry entry); /* "model", "corpus", "corrected", "open" */

/* The key of a case's verdict, its strings borrowed from the posts. by and system are the caller's to set. */
void ledger_key(const struct taxonomy_case *found, const struct post *gold, const struct post *predicted,
                struct verdict *out);

/* What people say of a case together. */
enum ledger_opinion {
    LEDGER_NOBODY,
    LEDGER_SAYS_MODEL,
    LEDGER_SAYS_GOLD,
    LEDGER_SAYS_BOTH,
    LEDGER_SAYS_UNSURE, /* all of them are */
    LEDGER_SAYS_DIFFER, /* two who are sure say different things */
};

enum ledger_opinion ledger_opinion(const struct post *gold, const struct verdict *key);

#endif
