/* The examiner: what a worker's model does for an inspection, beside the posts on the screen.
 *
 * Three tasks: to predict the labels of posts that nobody looks at, to examine what a decision hangs on, and to test
 * how faithful the heat is. Orders for the case at hand come before those aside, and aside predictions before
 * examinations. The examinations of some hundred posts are kept, with what they are about. The worker runs the
 * orders, under a lock of its own; this file has neither thread nor lock. The functions of the second half are for
 * the input thread.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_EXAMINER_H
#define MMIB_UI_EXAMINER_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "corpora/schema.h"
#include "model/analysis.h"
#include "ui/examination.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXAMINER_WANTED_MAX = 6, EXAMINER_ASIDE_MAX = 64, EXAMINER_KEPT = 256 };

enum examiner_task {
    TASK_PREDICT, /* an analysis of the post */
    TASK_EXAMINE, /* bottleneck and picture */
    TASK_TEST,    /* faithfulness */
};

/* What is asked for. All is copied. */
struct examiner_order {
    enum examiner_task task;
    size_t index;
    const struct post *post;
    enum analysis_pairs pairs;    /* PREDICT */
    const struct post *predicted; /* the others: what the system says of the post; NULL = not known */
    bool has_gold_entities, has_gold_relations; /* EXAMINE: see picture-verdict.h */
};

/* What came of an order. */
struct examiner_result {
    enum examiner_task task;
    size_t index;
    bool aside;
    struct post post;        /* as it was given */
    struct analysis *analysis; /* PREDICT; NULL: it failed */
    struct examination *examination; /* the others; NULL: it failed */
    char *failure;           /* NULL = it did not fail, or memory is out */
};
void examiner_result_free(struct examiner_result *result); /* what it owns */

struct examiner;

struct examiner *examiner_new(void); /* NULL when memory is out */
void examiner_free(struct examiner *examiner); /* NULL is fine */

/* --- for the worker ----------------------------------------------------------------------------------------------- */

struct examiner_job;

/* Under the worker's lock: the next job, the caller's until it is given back; NULL = none of that kind. */
enum examiner_urgency { EXAMINER_AT_HAND, EXAMINER_PREDICTIONS, EXAMINER_ASIDE };
struct examiner_job *examiner_take(struct examiner *examiner, enum examiner_urgency urgency);

/* Without the lock. What stops a job: cancelled. */
struct examiner_setting {
    const char *images;
    bool no_image;
    const struct schema *schema; /* NULL: relations are not filtered by signature */
    struct picture_pool *pool;   /* for EXAMINE; NULL: no other pictures */
    bool (*cancelled)(void *context);
    void *context;
};
void examiner_run(struct mmib *model, struct examiner_job *job, const struct examiner_setting *setting);

/* Under the lock. True: there is a result that the input thread should hear of. A job that was cancelled gets its
 * turn again, unless it is no longer wanted. */
bool examiner_give_back(struct examiner *examiner, struct examiner_job *job);

/* Under the lock: these are wanted for the case at hand, in this order, instead of those before. *stop_out: what runs
 * now (running; NULL = nothing of the examiner's) is in their way. */
int examiner_want(struct examiner *examiner, const struct examiner_order *orders, size_t n,
                  struct examiner_job *running, bool *stop_out, struct error *err);

/* Under the lock: room for orders aside, and one of them, which is dropped where there is none. */
size_t examiner_room(const struct examiner *examiner);
int examiner_aside(struct examiner *examiner, const struct examiner_order *order, struct error *err);

/* Under the lock: takes over what is finished. */
void examiner_collect(struct examiner *examiner);

/* --- for the input thread, without a lock ------------------------------------------------------------------------- */

/* The next result that was collected, oldest first; the caller's. False: none. */
bool examiner_next(struct examiner *examiner, struct examiner_result *out);

/* Keeps the examination of a result, which it takes over, with what is known of the same post as it is. */
void examiner_keep(struct examiner *examiner, struct examiner_result *result);

/* What is kept of a post as it is now; NULL = nothing, or it is about something else. */
const struct examination *examiner_peek(struct examiner *examiner, size_t index, const struct post *post,
                                        const struct post *predicted);

#endif
