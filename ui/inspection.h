/* The inspection: gold against what one or two systems said, case by case.
 *
 * The gold is the corpus that stands in the store, so whatever is corrected there counts at once. A system's labels come
 * from a file, or from a model post by post. What fits the filter is a list of items in an order; one of them is at
 * hand, and stays so, whatever an edit does to it, until another one is gone to. Knows neither windows nor threads. One
 * thread calls.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_INSPECTION_H
#define MMIB_UI_INSPECTION_H

#include "corpora/corpus.h"
#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/store.h"
#include "model/analysis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct taxonomy_case; /* corpora/taxonomy.h */

enum { INSPECTION_SYSTEMS_MAX = 2 };

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
};

/* A decision, by its tokens. */
struct inspection_key {
    bool relation;
    size_t span[2]; /* of the entity, or the head */
    size_t tail[2];
};

struct inspection_mark {
    struct inspection_key key;
    int picture; /* enum picture_verdict of model/picture-verdict.h; -1 = not known */
    enum inspection_filtered filtered;
};

struct inspection_prediction {
    enum inspection_state state;
    uint64_t of;              /* words and pairs that it was made for */
    const struct post *post;  /* KNOWN: entities and relations only, a model's; or that of the file */
    struct post *made;        /* owned: a model's */
    double match;             /* text-picture consistency, 0..1; NAN = not known */
    struct inspection_mark *marks;
    size_t n_marks;
};

struct inspection_system {
    char *name;               /* of the file or the model's folder */
    char *model;              /* directory; NULL: the labels are given */
    struct corpus *given;     /* owned; NULL: a model's */
    struct cases *cases;      /* corpora/cases.h */
    struct inspection_prediction *predictions; /* [n_posts] */
    size_t n_known, n_failed, n_other_words;
};

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
    int class;            /* of taxonomy.h; any = all but correct, unless a cell of the matrix is asked for */
    int kind;             /* of a boundary */
    bool has_cell;
    size_t cell[2];       /* gold type, predicted type, by their places in the matrix */
    int attribute, bucket; /* of buckets.h */
    int picture;          /* enum picture_verdict */
    int filtered;         /* enum inspection_filtered */
    int answer;           /* enum verdict_answer: of a person */
    int right;            /* enum inspection_right; two systems */
    bool flips;           /* only where exactly one of two systems is right */
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

    unsigned char *leaked; /* [n_posts] 1: its text, 2: its picture is in the training data; NULL: none was named */
    size_t n_leaked;
    bool without_leaked;   /* they are left out of everything */

    struct inspection_item *items; /* that fit, in order */
    size_t n_items;
    size_t at;            /* the one at hand; n_items: none is */
    bool gone;            /* it is no case any more, or fits no more: items[at] is the next one */
    struct inspection_item last; /* the one at hand, as it was when it was gone to */

    size_t counted;       /* posts whose cases are made */
    unsigned long version; /* another one whenever any number has changed */
};

/* A system to be. Either given or model. */
struct inspection_source {
    const char *name;
    struct corpus *given; /* is taken over */
    const char *model;
};

/* Checks that given labels belong to gold: by place and tokens, else ERROR_INPUT with the first that differs. Nothing is
 * counted yet: see inspection_work. On failure *out is NULL; what given had is freed in either case. train: posts whose
 * text or picture is in it are told; NULL = none. */
int inspection_open(struct store *store, const struct inspection_source *sources, size_t n,
                    const struct corpus *train, struct inspection **out, struct error *err);
void inspection_free(struct inspection *inspection); /* NULL is fine */

/* Goes on with counting for about that long. True: there is more to do. */
bool inspection_has_work(const struct inspection *inspection);
int inspection_work(struct inspection *inspection, double budget_ms, struct error *err);

/* Gold was edited. */
int inspection_post_changed(struct inspection *inspection, size_t post, struct error *err);
int inspection_posts_changed(struct inspection *inspection, struct error *err); /* several, or unknown ones */

/* --- what models say ------------------------------------------------------------------------------------------------ */

/* Must a model's labels of the post still be found (again)? */
bool inspection_lacks(const struct inspection *inspection, size_t system, size_t post);

/* They were: analysis was made with PAIRS_GIVEN of the post `given`, NULL = it failed. */
int inspection_put(struct inspection *inspection, size_t system, size_t post, const struct post *given,
                   const struct analysis *analysis, struct error *err);

/* What an examination found out about the post's decisions; marks are copied. */
int inspection_mark(struct inspection *inspection, size_t system, size_t post, const struct inspection_mark *marks,
                    size_t n, struct error *err);
const struct inspection_mark *inspection_mark_peek(const struct inspection *inspection, size_t system, size_t post,
                                                   const struct inspection_key *key);

/* --- the list ------------------------------------------------------------------------------------------------------- */

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
 * same wrong one. NULL: it has none there, or its labels are not known. Good until the post's cases change. */
const struct taxonomy_case *inspection_case(const struct inspection *inspection, const struct inspection_item *item,
                                            size_t system);

/* What the filter is, in words: "type", "boundary long, PER as LOC". */
void inspection_filter_words(const struct inspection *inspection, char *out, size_t size);
const char *inspection_order_name(enum inspection_order order);
const char *inspection_right_name(enum inspection_right right);

#endif
