/* The queue: which posts the list shows, and in which order. Next and previous walk along it.
 *
 * A corpus may have a million posts, so nothing here takes long: a filter or an order is worked through in slices
 * (queue_work), and what was found so far is shown meanwhile. The post on the screen is held: it keeps its row,
 * whatever an edit, a filter or a new order says, until another one is held.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_QUEUE_H
#define MMIB_UI_QUEUE_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "ui/search.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum queue_order {
    QUEUE_FILE,    /* as the posts stand in the file */
    QUEUE_WORDS,   /* by uncertainty of the words, most first */
    QUEUE_PICTURE, /* of the picture */
    QUEUE_MATCH,   /* by text-picture match, least first */
    QUEUE_STATUS,  /* started, new, done, skipped */
    QUEUE_ORDERS
};

enum queue_status { QUEUE_ANY_STATUS, QUEUE_OPEN, QUEUE_NEW, QUEUE_STARTED, QUEUE_DONE, QUEUE_SKIPPED, QUEUE_STATUSES };

enum queue_flag { QUEUE_ANY_FLAG, QUEUE_FLAGGED, QUEUE_UNFLAGGED, QUEUE_CONFLICT, QUEUE_FLAGS };

/* What the model said of a post. */
enum queue_model { QUEUE_ANY_MODEL, QUEUE_UNSEEN, QUEUE_SEEN, QUEUE_PROPOSALS, QUEUE_MODELS };

struct queue_filter { /* starts zeroed: every post; all parts must fit */
    struct search_pattern text; /* in words and notes */
    char *type;                 /* posts with a kept entity of this type; NULL = any */
    enum queue_status status;
    enum queue_flag flag;
    enum queue_model model; /* SEEN: with or without proposals */
};

/* Whom the queue asks about posts. */
struct queue_source {
    size_t n; /* posts */
    const struct post *(*post)(void *context, size_t post); /* good until the next call */
    enum post_status (*status)(void *context, size_t post); /* a cheap answer */
    double (*value)(void *context, enum queue_order order, size_t post); /* NAN: not known yet; NULL: never known */
    enum queue_model (*model)(void *context, size_t post);  /* UNSEEN, SEEN (nothing proposed) or PROPOSALS; NULL: none */
    void *context;
};

/* Each item is a key above the post's number: comparing items is comparing posts. */
struct queue_items {
    uint64_t *items;
    size_t n, capacity;
};

enum queue_step { QUEUE_IDLE, QUEUE_SCAN, QUEUE_KEYS, QUEUE_SORT };

struct queue {
    struct queue_source source;
    bool (*among)(void *context, size_t post); /* is the post one of those that there are at all? NULL: all are */
    const char *among_name;                    /* what those are called */
    enum queue_order order;
    struct queue_filter filter; /* to change it: queue_filter_changed afterwards */
    bool whole;                 /* every post in file order: no list is used */
    struct queue_items shown, next, sorted; /* sorted: scratch of the sorting */
    bool growing;    /* next is what is shown, as far as it goes */
    enum queue_step step;
    size_t at;       /* of the step */
    size_t held;     /* post on the screen */
    bool held_fits;  /* else it only has its row until one leaves it */
    size_t n_known;  /* of those shown: posts whose value is known, in an order that needs one */
};

/* Starts with every post in file order; held is the post on the screen. */
void queue_start(struct queue *queue, const struct queue_source *source, size_t held);
void queue_end(struct queue *queue); /* what it owns */

void queue_set_order(struct queue *queue, enum queue_order order);
void queue_filter_changed(struct queue *queue);
void queue_filter_clear(struct queue *queue); /* every post; calls queue_filter_changed */
/* From now on there are only these posts, whatever the filter; the source's context goes with it. */
void queue_set_among(struct queue *queue, bool (*among)(void *context, size_t post), const char *name);
bool queue_is_filtered(const struct queue *queue);

/* Another post is on the screen. The one before takes the place that it has by now, or goes. */
void queue_hold(struct queue *queue, size_t post);

/* A post was edited; several or unknown ones were. */
void queue_post_changed(struct queue *queue, size_t post);
void queue_posts_changed(struct queue *queue);

/* The model has seen more posts. */
void queue_values_changed(struct queue *queue);

/* Goes on with what is to be done for about that long. 1: there is more to do; 0: all done; -1: memory is out, and the
 * queue is all posts in file order again. */
int queue_work(struct queue *queue, double budget_ms, struct error *err);
bool queue_is_busy(const struct queue *queue);

/* The list. queue_count counts rows; queue_fitting those that the filter lets through. */
size_t queue_count(const struct queue *queue);
size_t queue_fitting(const struct queue *queue);
size_t queue_at(const struct queue *queue, size_t position);      /* the post there */
size_t queue_position(const struct queue *queue, size_t post);    /* SIZE_MAX = not in the list */

/* The post so many places on (by may be negative), or SIZE_MAX behind the end. The one on the screen is always in the
 * list. */
size_t queue_step_from(const struct queue *queue, size_t post, long by);
/* The next post (by 1 or -1) that is neither done nor skipped, or SIZE_MAX. */
size_t queue_open_from(const struct queue *queue, size_t post, int by);

/* "uncertainty of the words", "match"; short: "words". */
const char *queue_order_name(enum queue_order order, bool brief);
const char *queue_status_name(enum queue_status status);
const char *queue_flag_name(enum queue_flag flag);
const char *queue_model_name(enum queue_model model);

/* What the list shows, in words: of the filter "all" or "open, ORG, \"celtic\"", of the order "by match" or, while not
 * every value is known, "by match (12/68 known)"; empty in file order. */
void queue_filter_words(const struct queue *queue, char *out, size_t size);
void queue_order_words(const struct queue *queue, bool brief, char *out, size_t size);

#endif
