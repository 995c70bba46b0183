/* A report: cases of a corpus as one HTML page that needs nothing else, neither files nor a server nor a network.
 *
 * Head and tables of the whole corpus, then a post after the other with its picture, words and cases. A post is written
 * as soon as it is made, so that memory does not grow with their number.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_REPORT_H
#define MMIB_SRC_REPORT_H

#include "corpora/cases.h"
#include "corpora/corpus.h"
#include "corpora/error.h"
#include "model/mmib.h"
#include "model/picture-pool.h"
#include "src/eval-ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Which cases stand in the report. All parts must fit. */
struct report_filter {
    uint32_t classes[CASES_LEVELS]; /* bit i: class i */
    const char *const *types;       /* gold's or predicted's is one of these; n 0 = any */
    size_t n_types;
    const char *verdict; /* of people: a name of report_verdict_name; NULL = any */
    const char *text;    /* in the post's words, joined by spaces; capitals of ASCII do not matter. NULL = any */
    size_t limit;        /* posts; 0 = all */
};

struct report {
    const struct corpus *gold, *predicted;
    const char *system;   /* the name of whose labels they are */
    const struct cases *cases;
    const struct eval_ledger *ledger;
    struct report_filter filter;
    bool levels[CASES_LEVELS]; /* which are compared: those that gold has and a model has a head for */
    const char *folder;        /* of the pictures; NULL = none are shown */
    struct mmib *model;        /* heat, the picture's and the bottleneck's part are its; NULL = labels from a file */
    struct picture_pool *pool; /* with a model and a folder */
    size_t n_fit, n_fit_posts; /* cases, and posts that have one: see report_count */
    size_t n_cases, n_posts, n_pictures; /* written */
};

/* Does the case fit the filter? post is gold's. */
bool report_fits(const struct report *report, size_t post, const struct cases_entry *entry);

/* Fills n_fit and n_fit_posts, of all posts, and n_cases and n_posts up to the limit. */
void report_count(struct report *report);

/* What people say of a case together, as one word: "none", "model", "gold", "both", "unsure", "differ". */
const char *report_verdict(const struct report *report, size_t post, const struct taxonomy_case *found);
bool report_is_verdict(const char *name);

/* The page, from its head to the first post, and its end. */
int report_put_head(const struct report *report, FILE *out, struct error *err);
void report_put_foot(FILE *out);

/* The post's article with those of its cases that fit. */
int report_put_post(struct report *report, size_t index, FILE *out, struct error *err);

/* The page's style and script. */
extern const char *const report_style[], *const report_script[]; /* lines, up to NULL */

#endif
