/* The worker: a thread that opens the model and runs it over posts, so that no key ever waits for either.
 *
 * The input thread says which posts it wants, the one on the screen first; a post that is no longer the first wish is
 * dropped between two stages of the model. Results are kept by post, with what the model was given, so that a result
 * for other words, another picture or other entity pairs is known to be old. When nothing is wanted, the worker looks
 * at posts that were named aside, one at a time, of which only the scores are kept; a wish drives them out at once. The
 * model's threads run at a lower priority than the input thread. All functions are for the input thread; the call-back
 * comes from the worker.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_WORKER_H
#define MMIB_UI_WORKER_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/schema.h"
#include "model/analysis.h"
#include "model/config.h"
#include "model/detector.h"
#include "ui/examiner.h"
#include "ui/scores.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct worker;

enum { WORKER_WISHES_MAX = 8, WORKER_ASIDE_MAX = 32, WORKER_KEPT = 512 /* results */ };

enum worker_state {
    WORKER_OFF,     /* no model was given */
    WORKER_OPENING,
    WORKER_READY,
    WORKER_FAILED, /* it could not be opened: see failure */
};

struct worker_options {
    const char *model;  /* directory; NULL = none */
    const char *images; /* folder of the pictures; NULL = no pictures */
    bool no_image;
    size_t threads; /* 0 = one a core */
    size_t n_posts; /* of the corpus, for worker_asks; 0 = it has none to lend */
};

/* What is known of the model. Strings live as long as the worker. */
struct worker_status {
    enum worker_state state;
    const char *name;
    const char *hash;            /* NULL until it is known */
    const char *failure;         /* WORKER_FAILED */
    const struct config *config; /* NULL until it is open */
};

struct worker_wish {
    size_t index;
    const struct post *post;
    uint64_t masked; /* objects that are hidden from the model (analysis.h); 0 = none */
};

enum worker_answer_state {
    WORKER_UNSEEN, /* nothing yet */
    WORKER_OLD,    /* a result for the same words and picture, but other entity pairs or boxes; a new one is coming */
    WORKER_FRESH,
    WORKER_ERROR, /* the model failed on this post: see failure */
};

struct worker_answer {
    enum worker_answer_state state;
    bool other_boxes; /* OLD: what it says of objects is about those of before */
    const struct analysis *analysis; /* OLD, FRESH; lives until the next worker_collect */
    const char *failure;             /* ERROR */
    bool running;                    /* the model is at this very post */
};

/* Starts the thread and returns at once. ready is called after each change; it may be NULL. */
struct worker *worker_start(const struct worker_options *options, void (*ready)(void *context), void *context,
                            struct error *err);
void worker_stop(struct worker *worker); /* waits for the stage that the model is at; NULL is fine */

/* Takes over what the worker has finished since the last call, and puts its scores into scores (NULL: nowhere). True
 * when there was a result to be kept. */
bool worker_collect(struct worker *worker, struct scores *scores);

void worker_status(struct worker *worker, struct worker_status *out);

/* What is known about a post as it is now. */
void worker_answer(struct worker *worker, size_t index, const struct post *post, struct worker_answer *out);

/* The same with objects hidden. Only the last such result is kept. */
void worker_answer_masked(struct worker *worker, size_t index, const struct post *post, uint64_t masked,
                          struct worker_answer *out);

/* These posts are wanted, the most important first; replaces the wishes of before. Posts whose result is fresh are
 * passed over. Posts and schema are copied. */
int worker_want(struct worker *worker, const struct worker_wish *wishes, size_t n, const struct schema *schema,
                struct error *err);

/* How many posts may be named aside now: none unless the model is open and few are left of those named before. */
size_t worker_aside_room(struct worker *worker);

/* Posts whose scores are wanted when there is nothing better to do, with so many draws (analysis.h). Posts are copied;
 * the schema is that of the last wishes. -1 when memory is out. */
int worker_aside(struct worker *worker, const struct worker_wish *wishes, size_t n, size_t draws, struct error *err);

/* What the detector found in a post's picture. */
struct worker_found {
    size_t index; /* of the post */
    char image[256]; /* that was looked at */
    struct detection each[DETECTOR_MAX_BOXES];
    size_t n;
    char failure[1024]; /* "" = there was none */
};

/* Has the detector look at the post's picture, before all wishes; an order that waits still is replaced. -1 with a
 * message where there is no detector to ask. */
int worker_detect(struct worker *worker, size_t index, const struct post *post, struct error *err);

/* Hands over what was found since; false: nothing. */
bool worker_take_found(struct worker *worker, struct worker_found *out);

/* --- inspecting: see examiner.h ----------------------------------------------------------------------------------- */

/* These are wanted for the case at hand, after the wishes and before all else, instead of those before. Each brings
 * one result, also when it fails, unless others take its place. */
int worker_examine(struct worker *worker, const struct examiner_order *orders, size_t n, struct error *err);

/* Orders about other posts: predictions come before the posts named aside, examinations after them. How many there is
 * room for: none unless the model is open. The schema is that of the last wishes. */
size_t worker_examine_room(struct worker *worker);
int worker_examine_aside(struct worker *worker, const struct examiner_order *orders, size_t n, struct error *err);

/* Examinations show a post with pictures of others. True: the worker waits for a post of the corpus, which
 * worker_lend gives it (copied). */
bool worker_asks(struct worker *worker, size_t *index_out);
void worker_lend(struct worker *worker, size_t index, const struct post *post);

/* The next result that worker_collect took over, the caller's to free; false: none. An examination in it may be kept. */
bool worker_examined(struct worker *worker, struct examiner_result *out);
void worker_examination_keep(struct worker *worker, struct examiner_result *result);

/* What is kept of a post, and of what the system says of it (NULL = not known), as they are now; NULL = nothing. Good
 * until something is kept. */
const struct examination *worker_examination(struct worker *worker, size_t index, const struct post *post,
                                             const struct post *predicted);

#endif
