/* The inspection: gold against what one or two systems said, case by case.
 *
 * The gold is the corpus that stands in the store, so whatever is corrected there counts at once. A system's labels
 * come from a file, or from a model post by post. What fits the filter is a list of items in an order; one of them is at
 * hand, and stays so, whatever an edit does to it, until another one is gone to. Knows neither windows nor threads. One
 * thread calls.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_INSPECTION_H
#define MMIB_UI_INSPECTION_H

#include "corpora/buckets.h"
#include "corpora/cases.h"
#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/ledger.h"
#include "corpora/paired.h"
#include "corpora/post.h"
#include "corpora/store.h"
#include "corpora/verdict.h"
#include "model/analysis.h"
#include "model/picture-verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct leak;      /* corpora/leak.h */
struct published; /* corpora/published.h */

enum { INSPECTION_SYSTEMS_MAX = 2, INSPECTION_ANSWERS = VERDICT_UNSURE + 1 };

/* What a system said of a post. */
enum inspection_state {
    INSPECTION_UNKNOWN, /* nothing yet */
    INSPECTION_KNOWN,
    INSPECTION_OTHER_WORDS, /* its file has other words than gold has by now: not compared */
    INSPECTION_FAILED,      /* the model could not */
};

/* What was found out about a decision by running the model again. */
enum inspection_filtered {
    FILTERED_UNKNOWN,
    FILTERED_SAME,  /* right or wrong with and without the bottleneck */
    FILTERED_SAVED, /* right with the mean, wrong when bypassed */
    FILTERED_LOST,  /* the reverse */
    INSPECTION_FILTERED,
};

/* A decision, by its tokens. */
struct inspection_key {
    bool relation;
    size_t span[2]; /* of the entity, or the head */
    size_t tail[2];
};

struct inspection_mark {
    struct inspection_key key;
    int picture; /* enum picture_answer of model/picture-verdict.h; -1 = not known */
    enum inspection_filtered filtered;
};

struct inspection_prediction {
    enum inspection_state state;
    uint64_t of;              /* words, picture and pairs that it was made for: a model's */
    bool old;                 /* they are others now: what is KNOWN holds until it is found anew */
    const struct post *post;  /* KNOWN: entities and relations only, a model's; or that of the file */
    struct post *made;        /* owned: a model's */
    double match;             /* text-picture consistency, 0..1; NAN = not known */
    signed char (*buckets)[BUCKET_ATTRIBUTES]; /* of each of its cases: bucket_of */
    struct inspection_mark *marks;
    size_t n_marks;
    uint64_t marks_of; /* examination_of the labels that they are about */
};

struct inspection_system {
    char *name;               /* of the file or the model's folder */
    char *model;              /* directory; NULL: the labels are given */
    struct corpus *given;     /* owned; NULL: a model's */
    struct cases *cases;
    struct inspection_prediction *predictions; /* [n_posts] */
    size_t n_known, n_failed, n_other_words;
    size_t n_put;             /* a model's results so far */
    double first_ms, last_ms; /* when the first and the last of them came, on the clock of clock.h */
};

/* Of two systems; with one, the other counts as wrong wherever it is. */
enum inspection_right { RIGHT_BOTH, RIGHT_A, RIGHT_B, RIGHT_NEITHER, RIGHTS };

enum inspection_order {
    INSPECTION_FILE,
    INSPECTION_POINTS,     /* by what its class costs, most first */
    INSPECTION_CONFIDENCE, /* of the system in it, most first: what it was sure of and wrong */
    INSPECTION_MATCH,      /* of text and picture, least first */
    INSPECTION_SAVED,      /* saved by the filter first; those not examined last */
    INSPECTION_LOST,
    INSPECTION_ORDERS
};

/* Which cases: all parts must fit; -1 = any. */
struct inspection_filter {
    bool all;             /* also what is right; else, and unless class says so, errors only */
    int class;            /* of taxonomy.h; of two systems that are compared, see inspection_class */
    int kind;             /* of a boundary */
    bool has_cell;
    size_t cell[2];       /* gold type, predicted type: places in the names of cases.h, CASES_NONE = none */
    bool has_pair;        /* two systems: only where A's class and B's are these */
    int pair[2];          /* -1 = it has nothing there */
    int attribute, bucket; /* of buckets.h */
    int picture;          /* enum picture_answer */
    int filtered;         /* enum inspection_filtered */
    int answer;           /* enum verdict_answer: of a person; INSPECTION_ANSWERS = nobody */
    int right;            /* enum inspection_right; two systems */
    bool flips;           /* only where exactly one of two systems is right, be it this one */
};

/* A line of the list: a case of a system. With two systems those of A, and of B those that A has nothing to say to. */
struct inspection_item {
    size_t post;
    size_t system; /* whose case it is */
    size_t number; /* in the post's cases of that system */
    enum inspection_right right;
    double key;    /* it is sorted by */
    struct inspection_key decision; /* stays when numbers change */
};

struct inspection {
    struct store *store; /* borrowed: gold */
    size_t n_posts;
    struct inspection_system systems[INSPECTION_SYSTEMS_MAX];
    size_t n_systems;
    bool entities, relations; /* are they compared? */

    size_t system;       /* whose numbers the overview shows; n_systems: who is right */
    bool of_relations;   /* and which cases */
    struct inspection_filter filter;
    enum inspection_order order;

    struct published *published;   /* gold as it was published; NULL: it is as_opened */
    struct post *as_opened;        /* [n_posts], else NULL */

    struct training_set *training; /* NULL: none was named */
    struct leak *leak;
    unsigned char *pictures; /* [n_posts] is the picture that it names there? Of those counted */
    unsigned char *leaked;   /* [n_posts] enum leak_kind or-ed, of those counted; NULL: no training data was named */
    size_t n_leaked;
    bool without_leaked;   /* they are left out of everything */

    struct inspection_item *items; /* that fit, in order */
    size_t n_items, items_capacity;
    size_t class_rank[CASES_LEVELS][TAXONOMY_CLASSES_MAX]; /* by points, when the list was made */
    size_t at;            /* the one at hand; n_items: none is */
    bool gone;            /* it is no case any more, or fits no more: items[at] is the next one */
    struct inspection_item last; /* the one at hand, as it was when it was gone to */

    size_t counted;       /* posts whose cases are made */
    unsigned long version; /* another one whenever any number has changed */
};

struct training_corpora; /* corpora/training-corpora.h */

/* A system to be. Either given or model. */
struct inspection_source {
    const char *name;
    struct corpus *given; /* is taken over */
    const char *model;
};

struct inspection_options {
    const struct corpus_options *gold; /* how gold was opened; NULL = nothing special */
    struct training_corpora *train; /* what was seen there, and posts whose text or picture is there, are told; taken over,
                                     * also on failure; NULL = none */
    bool given_entities;  /* those of gold are given, as in MNRE: only relations are compared */
};

/* Checks that given labels belong to gold: by place and tokens, else ERROR_INPUT with the first that differs. Nothing
 * is counted yet: see inspection_work. On failure *out is NULL; what given had is freed in either case. Where the words
 * of gold were changed since it was published, those of then do too. */
int inspection_open(struct store *store, const struct inspection_source *sources, size_t n,
                    const struct inspection_options *options, struct inspection **out, struct error *err);
void inspection_free(struct inspection *inspection); /* NULL is fine */

/* Goes on with counting for about that long. True: there is more to do. */
bool inspection_has_work(const struct inspection *inspection);
int inspection_work(struct inspection *inspection, double budget_ms, struct error *err);

bool inspection_compares(const struct inspection *inspection); /* two systems with each other: system is n_systems */
enum cases_level inspection_level(const struct inspection *inspection);

/* A model has no head for entities, or for relations: they are not compared. */
int inspection_set_heads(struct inspection *inspection, size_t system, bool entities, bool relations,
                         struct error *err);

/* Posts whose labels are known, of those that count; with two that are compared: of both. */
size_t inspection_n_known(const struct inspection *inspection);
void inspection_leave_out_leaked(struct inspection *inspection, bool without);

/* Gold was edited. */
int inspection_post_changed(struct inspection *inspection, size_t post, struct error *err);
int inspection_posts_changed(struct inspection *inspection, struct error *err); /* several, or unknown ones */

/* --- what models say ---------------------------------------------------------------------------------------------- */

/* Must a model's labels of the post still be found (again)? */
bool inspection_lacks(const struct inspection *inspection, size_t system, size_t post);

/* Does the system's model still have posts before it? */
bool inspection_fills(const struct inspection *inspection, size_t system);

/* They were: analysis was made with PAIRS_GIVEN of the post `given`, NULL = it failed. */
int inspection_put(struct inspection *inspection, size_t system, size_t post, const struct post *given,
                   const struct analysis *analysis, struct error *err);

/* What an examination found out about the post's decisions, as gold and the prediction are now; marks are copied, and
 * forgotten when either gets other labels. */
int inspection_mark(struct inspection *inspection, size_t system, size_t post, const struct inspection_mark *marks,
                    size_t n, struct error *err);
/* NULL = nothing was. */
const struct inspection_mark *inspection_mark_peek(const struct inspection *inspection, size_t system, size_t post,
                                                   const struct inspection_key *key);

/* --- numbers: of the system (of A and B, where they are compared) and level; what is left out is in none ---------- */

/* Who is right, by class: see inspection_class. */
void inspection_count_rights(const struct inspection *inspection, size_t counts[TAXONOMY_CLASSES_MAX][RIGHTS]);
void inspection_fill_buckets(const struct inspection *inspection, size_t system, struct buckets *buckets);

/* Two systems: A's class by B's, a class more each for "nothing there". */
struct inspection_pairs {
    size_t counts[TAXONOMY_CLASSES_MAX + 1][TAXONOMY_CLASSES_MAX + 1];
};
void inspection_count_pairs(const struct inspection *inspection, struct inspection_pairs *out);
/* And how many cases of the list are in each bucket. */
void inspection_count_buckets(const struct inspection *inspection,
                              size_t counts[BUCKET_ATTRIBUTES][BUCKET_VALUES_MAX]);

/* Whose the gap to 100 is, of a system. *out starts zeroed and is freed with ledger_free. */
int inspection_ledger(const struct inspection *inspection, size_t system, struct ledger *out, struct error *err);

/* B - A, over the posts of which both are known. */
struct inspection_difference {
    struct paired_bootstrap f1;
    struct paired_mcnemar labels; /* of gold: right or not */
};
int inspection_compare(const struct inspection *inspection, struct inspection_difference *out, struct error *err);

struct inspection_found {
    size_t answers[INSPECTION_ANSWERS + 1];  /* errors by what people said of them */
    size_t pictures[PICTURE_ANSWERS];        /* cases by the picture's verdict; UNJUDGED: not examined */
    size_t filtered[INSPECTION_FILTERED];    /* cases by what the bottleneck did */
};
void inspection_count_found(const struct inspection *inspection, struct inspection_found *out);

/* --- the list ----------------------------------------------------------------------------------------------------- */

void inspection_filter_clear(struct inspection_filter *filter); /* any error */

/* Makes the list anew after filter, order, system, of_relations or without_leaked were changed. The item at hand stays
 * where it is one of them, else the first is. */
int inspection_list(struct inspection *inspection, struct error *err);

/* The item at hand, also when it is gone; NULL: there has been none. */
const struct inspection_item *inspection_item(const struct inspection *inspection);

/* Another one comes to hand: so many on. False: there is none. */
bool inspection_step(struct inspection *inspection, long by);
bool inspection_go(struct inspection *inspection, size_t at);

/* The case of a system that the item is about: its own, or what the other system made of the same gold label or of the
 * same wrong one. NULL: it has none there (any more), or its labels are not known. Good until the post's cases
 * change. */
const struct cases_entry *inspection_case(const struct inspection *inspection, const struct inspection_item *item,
                                            size_t system);

/* The class of what an item is about: its case's; of two systems that are compared, that of A's where A is wrong, else
 * that of B's. */
int inspection_class(const struct inspection *inspection, const struct inspection_item *item,
                     const struct cases_entry *entry);

/* The case as a verdict's key: it borrows all that it has. False: the system has none there. */
bool inspection_verdict_key(const struct inspection *inspection, const struct inspection_item *item, size_t system,
                            struct verdict *out);
/* What a person said of it: enum verdict_answer; -1 = nothing. */
int inspection_answer(const struct inspection *inspection, const struct inspection_item *item);
/* How sure the system was of its label, 0..1; NAN = not known, or it has none. */
double inspection_confidence(const struct inspection *inspection, const struct inspection_item *item);

bool inspection_key_equal(const struct inspection_key *a, const struct inspection_key *b);

/* Of a decision: UNJUDGED where it was not examined. */
enum picture_answer inspection_picture(const struct inspection_mark *mark);

/* What the filter is, in words: "type", "boundary long, PER as LOC". */
void inspection_filter_words(const struct inspection *inspection, char *out, size_t size);
const char *inspection_order_name(enum inspection_order order);

#endif
