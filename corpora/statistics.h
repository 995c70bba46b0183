/* What is in a corpus, counted: as `mmib stats` prints it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_STATISTICS_H
#define MMIB_CORPORA_STATISTICS_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/text.h"

#include <stddef.h>

/* A name that labels have, and how often. */
struct statistics_count {
    const char *name; /* borrowed from the corpus */
    size_t n;
    size_t n_strict; /* of entities: without those that the file starts with I- */
};

struct statistics {
    const struct corpus *corpus; /* borrowed */
    size_t n_posts, n_tokens;
    size_t n_status[4]; /* by enum post_status */

    /* Entities as seqeval's default counts tags, where an I- that continues nothing starts an entity. */
    size_t n_entities, n_strict; /* n_strict: those that start with B- alone, as seqeval's strict mode has it */
    size_t n_untyped;            /* of n_entities: type unknown */
    struct statistics_count *types; /* in the order of the schema, then as they come; only those that occur */
    size_t n_types;

    size_t n_relations; /* "None" included */
    struct statistics_count *relations; /* the most frequent first */
    size_t n_relation_names;
    size_t n_misfits; /* of n_relations: against the signature that the schema has */

    size_t n_boxes;
    size_t n_named, n_distinct; /* posts that name a picture; different names */
    bool has_files;             /* the folder was looked at, and these are counted, of n_distinct: */
    size_t n_present, n_missing, n_refused; /* refused: names that lead out of the folder */
    struct error refusal;                   /* the first of them */
};

/* Counts. folder is where the pictures are; NULL = do not look. The corpus must outlive the statistics. */
int statistics_count(const struct corpus *corpus, const char *folder, struct statistics *out, struct error *err);
void statistics_free(struct statistics *statistics);

/* Appends them as a JSON object on one line, without a newline, or as a table for people. */
void statistics_put_json(struct text *out, const struct statistics *statistics);
void statistics_put_table(struct text *out, const struct statistics *statistics);

#endif
