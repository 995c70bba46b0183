/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/worker.h"

#include "corpora/clock.h"
#include "corpora/corpus.h"
#include "corpora/thread.h"
#include "model/mmib.h"
#include "model/picture-pool.h"
#include "ui/shown.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKER_TELL_MS = 300 /* how often scores found aside wake the screen */ };

/* A post as the model was given it. */
struct worker_job {
    size_t index;
    struct post post;
    uint64_t masked;
    uint64_t content; /* words and picture, and what is hidden of it */
    uint64_t labels;  /* the post's entities, before the model says anything */
    bool aside;       /* only its scores are wanted */
    size_t draws;
};

/* What came of it. */
struct worker_result {
    size_t index;
    uint64_t masked, content;
    uint64_t words; /* and the picture's name, without its boxes */
    unsigned long long pairing; /* see shown_pairing */
    struct analysis *analysis;  /* NULL: failed */
    char *failure;
    bool aside, has_scores;
    struct scores_result scores;
    unsigned long used; /* the largest was used last; 0 = an empty place */
    struct worker_result *next;
};

struct worker {
    pthread_t thread;
    bool has_thread;
    char *directory, *images;
    bool no_image;
    size_t threads, n_posts;
    void (*ready)(void *context);
    void *context;

    pthread_mutex_t lock; /* all of the following, but for what is said to be otherwise */
    pthread_cond_t changed;
    bool stopping;
    bool cancelled; /* the running job is no longer wanted */
    bool running, running_aside;
    size_t running_index;
    uint64_t running_content, running_labels;
    struct worker_job wishes[WORKER_WISHES_MAX];
    size_t n_wishes;
    struct worker_job aside[WORKER_ASIDE_MAX];
    size_t n_aside;
    double told_ms; /* when the screen was woken last */
    struct schema schema;
    bool detects;             /* an order waits */
    struct worker_job detect; /* it */
    struct worker_found *found; /* NULL = nothing to hand over */
    struct worker_result *finished; /* newest first */
    struct examiner *examiner;
    struct examiner_job *examining; /* runs now */
    bool asks;                      /* for a post of the corpus */
    size_t asked;
    struct post lent;
    enum worker_state state;
    struct mmib *model; /* set once, before state is WORKER_READY */
    const char *hash;
    char failure[1024];

    struct detector *detector; /* the worker's own; opened when it is needed first */
    struct picture_pool *pool; /* the same */

    struct worker_result kept[WORKER_KEPT]; /* the input thread's own */
    struct worker_result masked;            /* the same; the last one with objects hidden */
    unsigned long clock;
};

/* What people see of a post before there are boxes. */
static uint64_t worker_words(const struct post *post)
{
    const struct post bare = {.tokens = post->tokens, .n_tokens = post->n_tokens, .image = post->image};
    return scores_content(&bare);
}

/* What the model is given: a result for something else is not this one's. */
static uint64_t worker_content(const struct post *post, uint64_t masked)
{
    return scores_content(post) ^ masked * 0x9e3779b97f4a7c15u;
}

static void worker_result_clear(struct worker_result *result)
{
    if (result->analysis)
        analysis_free(result->analysis);
    free(result->failure);
    scores_result_free(&result->scores);
    *result = (struct worker_result){0};
}

static void worker_clear_wishes(struct worker *worker)
{
    for (size_t i = 0; i < worker->n_wishes; i++)
        post_free(&worker->wishes[i].post);
    worker->n_wishes = 0;
}

static void worker_clear_aside(struct worker *worker)
{
    for (size_t i = 0; i < worker->n_aside; i++)
        post_free(&worker->aside[i].post);
    worker->n_aside = 0;
}

static void worker_tell(struct worker *worker)
{
    worker->told_ms = clock_ms();
    if (worker->ready)
        worker->ready(worker->context);
}

/* Asked by the model between its stages. */
static bool worker_cancelled(void *context)
{
    struct worker *worker = context;
    pthread_mutex_lock(&worker->lock);
    bool cancelled = worker->cancelled || worker->stopping;
    pthread_mutex_unlock(&worker->lock);
    return cancelled;
}

/* Runs the model without the lock. NULL: the job was dropped, or memory is out. */
static struct worker_result *worker_run(struct worker *worker, const struct worker_job *job,
                                        const struct schema *schema)
{
    struct error err = {0};
    struct worker_result *result = calloc(1, sizeof *result);
    struct analysis *analysis = NULL;
    if (!result)
        return NULL;
    const struct post *posts[] = {&job->post};
    struct analysis_options options = {.images = worker->images,
                                       .no_image = worker->no_image,
                                       .masked = job->masked,
                                       .pairs = PAIRS_LIVE,
                                       .schema = schema,
                                       .draws = job->draws,
                                       .cancelled = worker_cancelled,
                                       .context = worker};
    int code = analysis_run(worker->model, posts, 1, &options, &analysis, &err);
    if (code > 0) {
        free(result);
        return NULL;
    }
    result->index = job->index;
    result->masked = job->masked;
    result->words = worker_words(&job->post);
    result->content = job->content;
    if (code == 0) {
        result->analysis = analysis;
        result->pairing = shown_pairing(&job->post, analysis);
    } else {
        result->failure = strdup(err.message);
        result->pairing = shown_pairing(&job->post, NULL);
    }
    result->aside = job->aside;
    result->has_scores = !job->masked && !scores_result_make(&job->post, result->analysis, schema, &result->scores);
    return result;
}

/* The next job: what is wanted, else what was named aside. False when there is none. */
static bool worker_take(struct worker *worker, struct worker_job *out)
{
    struct worker_job *jobs = worker->n_wishes ? worker->wishes : worker->aside;
    size_t *n = worker->n_wishes ? &worker->n_wishes : &worker->n_aside;
    if (!*n)
        return false;
    *out = jobs[0];
    --*n;
    memmove(jobs, jobs + 1, *n * sizeof *jobs);
    return true;
}

/* Puts a job that a wish drove out back in its place. */
static void worker_put_back(struct worker *worker, struct worker_job *job)
{
    if (worker->n_aside == WORKER_ASIDE_MAX)
        post_free(&worker->aside[--worker->n_aside].post);
    memmove(worker->aside + 1, worker->aside, worker->n_aside * sizeof *worker->aside);
    worker->aside[0] = *job;
    worker->n_aside++;
    job->post = (struct post){0};
}

/* One job, with the lock held before and after. False when there was none. */
static bool worker_work(struct worker *worker)
{
    struct schema schema = {0};
    struct worker_job job;
    if (!worker_take(worker, &job))
        return false;
    int copied = schema_copy(&worker->schema, &schema);
    worker->running = true;
    worker->running_aside = job.aside;
    worker->cancelled = false;
    worker->running_index = job.index;
    worker->running_content = job.content;
    worker->running_labels = job.labels;
    pthread_mutex_unlock(&worker->lock);

    struct worker_result *result = copied ? NULL : worker_run(worker, &job, &schema);
    schema_free(&schema);

    pthread_mutex_lock(&worker->lock);
    worker->running = false;
    if (!result && job.aside && worker->cancelled)
        worker_put_back(worker, &job);
    post_free(&job.post);
    if (result) {
        result->next = worker->finished;
        worker->finished = result;
        if (!job.aside || !worker->n_aside || clock_ms() - worker->told_ms > WORKER_TELL_MS)
            worker_tell(worker);
    }
    return true;
}

/* Asked by the pool of pictures, in the worker's thread: the corpus is the input thread's. */
static const struct post *worker_pool_post(void *context, size_t index)
{
    struct worker *worker = context;
    pthread_mutex_lock(&worker->lock);
    post_free(&worker->lent);
    worker->lent = (struct post){0};
    worker->asked = index;
    worker->asks = true;
    worker_tell(worker);
    while (worker->asks && !worker->cancelled && !worker->stopping)
        pthread_cond_wait(&worker->changed, &worker->lock);
    bool lent = !worker->asks;
    worker->asks = false;
    pthread_mutex_unlock(&worker->lock);
    return lent ? &worker->lent : NULL;
}

/* NULL: none, or memory is out. */
static struct picture_pool *worker_pool(struct worker *worker)
{
    const struct picture_pool_options options = {
        .folder = worker->images, .n_posts = worker->n_posts, .post = worker_pool_post, .context = worker};
    struct error err;
    if (!worker->pool && worker->images && !worker->no_image && worker->n_posts)
        worker->pool = picture_pool_new(&options, &err);
    return worker->pool;
}

/* The examiner's next job of that urgency, the same way. */
static bool worker_work_examiner(struct worker *worker, enum examiner_urgency urgency)
{
    struct schema schema = {0};
    struct examiner_job *job = examiner_take(worker->examiner, urgency);
    if (!job)
        return false;
    bool copied = !schema_copy(&worker->schema, &schema);
    worker->running = worker->running_aside = true;
    worker->cancelled = false;
    worker->running_index = SIZE_MAX;
    worker->examining = job;
    pthread_mutex_unlock(&worker->lock);

    examiner_run(worker->model, job,
                 &(struct examiner_setting){.images = worker->images,
                                            .no_image = worker->no_image,
                                            .schema = copied ? &schema : NULL,
                                            .pool = worker_pool(worker),
                                            .cancelled = worker_cancelled,
                                            .context = worker});
    schema_free(&schema);

    pthread_mutex_lock(&worker->lock);
    worker->running = false;
    worker->examining = NULL;
    bool idle = examiner_room(worker->examiner) == EXAMINER_ASIDE_MAX;
    if (examiner_give_back(worker->examiner, job) &&
        (urgency == EXAMINER_AT_HAND || idle || clock_ms() - worker->told_ms > WORKER_TELL_MS))
        worker_tell(worker);
    return true;
}

/* The most urgent thing there is. False: there is none. */
static bool worker_work_next(struct worker *worker)
{
    return (worker->n_wishes && worker_work(worker)) || worker_work_examiner(worker, EXAMINER_AT_HAND) ||
           worker_work_examiner(worker, EXAMINER_PREDICTIONS) || worker_work(worker) ||
           worker_work_examiner(worker, EXAMINER_ASIDE);
}

/* Looks at one picture, without the lock. */
static int worker_look(struct worker *worker, const struct post *post, struct worker_found *out, struct error *err)
{
    struct picture picture;
    char *path;
    bool missing;
    if (!worker->detector &&
        !(worker->detector = detector_open(worker->directory, mmib_threads(worker->model), err)))
        return -1;
    if (corpus_image_path(worker->images, post, &path, &missing, err))
        return -1;
    if (!path)
        return error_set(err, ERROR_INPUT, "post %s: its picture is not there", post->id);
    int result = picture_decode(path, &picture, err);
    free(path);
    if (result)
        return -1;
    result = detector_run(worker->detector, &picture, DETECTOR_THRESHOLD, out->each, &out->n, err);
    picture_free(&picture);
    return result;
}

/* The detector's order, with the lock held before and after. */
static void worker_work_detect(struct worker *worker)
{
    struct error err = {0};
    struct worker_job job = worker->detect;
    worker->detect = (struct worker_job){0};
    worker->detects = false;
    pthread_mutex_unlock(&worker->lock);
    struct worker_found *found = calloc(1, sizeof *found);
    if (found) {
        found->index = job.index;
        snprintf(found->image, sizeof found->image, "%s", job.post.image ? job.post.image : "");
        if (worker_look(worker, &job.post, found, &err))
            snprintf(found->failure, sizeof found->failure, "%s", err.message);
    }
    post_free(&job.post);
    pthread_mutex_lock(&worker->lock);
    free(worker->found);
    worker->found = found;
    worker_tell(worker);
}

static void *worker_main(void *context)
{
    struct worker *worker = context;
    struct error err = {0};
    thread_give_way();
    struct mmib *model = mmib_open(worker->directory, worker->threads, &err);
    /* Before the first proposal is shown, so that an accepted label always says which model it came from. */
    const char *hash = model ? mmib_hash(model) : NULL;

    pthread_mutex_lock(&worker->lock);
    worker->model = model;
    worker->hash = hash;
    worker->state = model ? WORKER_READY : WORKER_FAILED;
    snprintf(worker->failure, sizeof worker->failure, "%s", err.message);
    worker_tell(worker);
    while (model && !worker->stopping) {
        if (worker->detects)
            worker_work_detect(worker);
        else if (!worker_work_next(worker))
            pthread_cond_wait(&worker->changed, &worker->lock);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

struct worker *worker_start(const struct worker_options *options, void (*ready)(void *context), void *context,
                            struct error *err)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker) {
        error_memory(err, "starting the model's thread");
        return NULL;
    }
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->changed, NULL);
    worker->ready = ready;
    worker->context = context;
    worker->no_image = options->no_image;
    worker->threads = options->threads;
    worker->n_posts = options->n_posts;
    worker->examiner = examiner_new();
    worker->directory = options->model ? strdup(options->model) : NULL;
    worker->images = options->images ? strdup(options->images) : NULL;
    if (!worker->examiner || (options->model && !worker->directory) || (options->images && !worker->images)) {
        error_memory(err, "starting the model's thread");
        worker_stop(worker);
        return NULL;
    }
    if (!worker->directory)
        return worker;
    worker->state = WORKER_OPENING;
    if (thread_start(&worker->thread, worker_main, worker, "starting the model's thread", err)) {
        worker_stop(worker);
        return NULL;
    }
    worker->has_thread = true;
    return worker;
}

void worker_stop(struct worker *worker)
{
    if (!worker)
        return;
    if (worker->has_thread) {
        pthread_mutex_lock(&worker->lock);
        worker->stopping = true;
        pthread_cond_signal(&worker->changed);
        pthread_mutex_unlock(&worker->lock);
        pthread_join(worker->thread, NULL);
    }
    worker_collect(worker, NULL);
    for (size_t i = 0; i < WORKER_KEPT; i++)
        worker_result_clear(&worker->kept[i]);
    worker_result_clear(&worker->masked);
    worker_clear_wishes(worker);
    worker_clear_aside(worker);
    examiner_free(worker->examiner);
    post_free(&worker->detect.post);
    free(worker->found);
    detector_close(worker->detector);
    picture_pool_free(worker->pool);
    post_free(&worker->lent);
    schema_free(&worker->schema);
    if (worker->model)
        mmib_close(worker->model);
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->changed);
    free(worker->directory);
    free(worker->images);
    free(worker);
}

static struct worker_result *worker_kept(struct worker *worker, size_t index)
{
    for (size_t i = 0; i < WORKER_KEPT; i++)
        if (worker->kept[i].used && worker->kept[i].index == index)
            return &worker->kept[i];
    return NULL;
}

/* The place of a new result: that of the post's old one, else an empty one, else the one not used for longest. */
static struct worker_result *worker_place(struct worker *worker, size_t index)
{
    struct worker_result *place = worker_kept(worker, index);
    for (size_t i = 0; !place && i < WORKER_KEPT; i++)
        if (!worker->kept[i].used)
            place = &worker->kept[i];
    if (!place) {
        place = &worker->kept[0];
        for (size_t i = 1; i < WORKER_KEPT; i++)
            if (worker->kept[i].used < place->used)
                place = &worker->kept[i];
    }
    worker_result_clear(place);
    return place;
}

bool worker_collect(struct worker *worker, struct scores *scores)
{
    pthread_mutex_lock(&worker->lock);
    struct worker_result *finished = worker->finished, *oldest_first = NULL;
    worker->finished = NULL;
    if (worker->examiner)
        examiner_collect(worker->examiner);
    pthread_mutex_unlock(&worker->lock);

    bool any = false;
    while (finished) {
        struct worker_result *next = finished->next;
        finished->next = oldest_first;
        oldest_first = finished;
        finished = next;
    }
    while (oldest_first) {
        struct worker_result *result = oldest_first;
        oldest_first = result->next;
        result->next = NULL;
        if (scores && result->has_scores)
            scores_put(scores, result->index, &result->scores);
        scores_result_free(&result->scores);
        if (result->aside) {
            worker_result_clear(result);
        } else {
            struct worker_result *place = result->masked ? &worker->masked : worker_place(worker, result->index);
            if (result->masked)
                worker_result_clear(place);
            *place = *result;
            place->used = ++worker->clock;
            any = true;
        }
        free(result);
    }
    return any;
}

void worker_status(struct worker *worker, struct worker_status *out)
{
    pthread_mutex_lock(&worker->lock);
    *out = (struct worker_status){.state = worker->state, .failure = worker->failure};
    if (worker->state == WORKER_READY) {
        out->name = mmib_name(worker->model);
        out->config = mmib_config(worker->model);
        out->hash = worker->hash;
    }
    pthread_mutex_unlock(&worker->lock);
}

/* What is kept of a post, if it is still right. */
static void worker_recall(struct worker *worker, const struct worker_wish *wish, struct worker_answer *out)
{
    const struct post *post = wish->post;
    struct worker_result *result = wish->masked ? &worker->masked : worker_kept(worker, wish->index);
    if (!result || !result->used || result->index != wish->index || result->masked != wish->masked)
        return;
    if (result->content != worker_content(post, wish->masked)) {
        out->other_boxes = !wish->masked && result->analysis && result->words == worker_words(post);
        out->state = out->other_boxes ? WORKER_OLD : WORKER_UNSEEN;
        out->analysis = out->other_boxes ? result->analysis : NULL;
        return;
    }
    result->used = ++worker->clock;
    if (!result->analysis) {
        out->state = WORKER_ERROR;
        out->failure = result->failure ? result->failure : "out of memory";
        return;
    }
    out->analysis = result->analysis;
    out->state = result->pairing == shown_pairing(post, result->analysis) ? WORKER_FRESH : WORKER_OLD;
}

void worker_answer(struct worker *worker, size_t index, const struct post *post, struct worker_answer *out)
{
    *out = (struct worker_answer){.state = WORKER_UNSEEN};
    pthread_mutex_lock(&worker->lock);
    out->running = worker->running && !worker->cancelled && worker->running_index == index;
    pthread_mutex_unlock(&worker->lock);
    worker_recall(worker, &(struct worker_wish){index, post, 0}, out);
}

void worker_answer_masked(struct worker *worker, size_t index, const struct post *post, uint64_t masked,
                          struct worker_answer *out)
{
    *out = (struct worker_answer){.state = WORKER_UNSEEN};
    worker_recall(worker, &(struct worker_wish){index, post, masked}, out);
}

int worker_want(struct worker *worker, const struct worker_wish *wishes, size_t n, const struct schema *schema,
                struct error *err)
{
    if (!worker->has_thread)
        return 0;
    int code = 0;
    pthread_mutex_lock(&worker->lock);
    worker_clear_wishes(worker);
    bool is_first = true, keep_running = false;
    for (size_t i = 0; i < n && i < WORKER_WISHES_MAX && !code; i++) {
        struct worker_answer answer = {.state = WORKER_UNSEEN};
        worker_recall(worker, &wishes[i], &answer);
        if (answer.state == WORKER_FRESH || answer.state == WORKER_ERROR)
            continue;
        struct worker_job job = {.index = wishes[i].index,
                                 .masked = wishes[i].masked,
                                 .content = worker_content(wishes[i].post, wishes[i].masked),
                                 .labels = shown_pairing(wishes[i].post, NULL)};
        bool runs = worker->running && !worker->cancelled && !worker->running_aside &&
                    job.index == worker->running_index &&
                    job.content == worker->running_content && job.labels == worker->running_labels;
        if (runs) {
            keep_running = is_first;
            is_first = false;
            if (keep_running)
                continue;
        }
        is_first = false;
        if (post_copy(wishes[i].post, &job.post))
            code = error_memory(err, "asking the model");
        else
            worker->wishes[worker->n_wishes++] = job;
    }
    /* What runs aside goes on until something is wanted. */
    if (worker->running && !keep_running && (!worker->running_aside || worker->n_wishes))
        worker->cancelled = true;
    schema_free(&worker->schema);
    worker->schema = (struct schema){0};
    if (!code && schema_copy(schema, &worker->schema))
        code = error_memory(err, "asking the model");
    if (code)
        worker_clear_wishes(worker);
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    return code;
}

size_t worker_aside_room(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    size_t n = worker->n_aside;
    bool open = worker->state == WORKER_READY;
    pthread_mutex_unlock(&worker->lock);
    return open && n < WORKER_ASIDE_MAX / 2 ? WORKER_ASIDE_MAX - n : 0;
}

int worker_aside(struct worker *worker, const struct worker_wish *wishes, size_t n, size_t draws, struct error *err)
{
    int code = 0;
    pthread_mutex_lock(&worker->lock);
    for (size_t i = 0; i < n && worker->n_aside < WORKER_ASIDE_MAX && !code; i++) {
        struct worker_job job = {.index = wishes[i].index, .aside = true, .draws = draws};
        job.content = scores_content(wishes[i].post);
        if (post_copy(wishes[i].post, &job.post))
            code = error_memory(err, "asking the model");
        else
            worker->aside[worker->n_aside++] = job;
    }
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    return code;
}

int worker_detect(struct worker *worker, size_t index, const struct post *post, struct error *err)
{
    struct worker_job job = {.index = index};
    if (!worker->has_thread)
        return error_set(err, ERROR_USAGE, "no model: --model DIR brings a detector");
    if (worker->no_image || !worker->images)
        return error_set(err, ERROR_USAGE, "the pictures are hidden: there is nothing to look at");
    if (!post->image)
        return error_set(err, ERROR_USAGE, "this post has no picture");
    if (post_copy(post, &job.post))
        return error_memory(err, "asking the detector");
    pthread_mutex_lock(&worker->lock);
    int code = worker->state == WORKER_FAILED ? error_set(err, ERROR_INPUT, "%s", worker->failure) : 0;
    post_free(code ? &job.post : &worker->detect.post);
    if (!code) {
        worker->detect = job;
        worker->detects = true;
        worker->cancelled |= worker->running && worker->running_aside; /* it gets its turn again */
        pthread_cond_signal(&worker->changed);
    }
    pthread_mutex_unlock(&worker->lock);
    return code;
}

bool worker_take_found(struct worker *worker, struct worker_found *out)
{
    pthread_mutex_lock(&worker->lock);
    struct worker_found *found = worker->found;
    worker->found = NULL;
    pthread_mutex_unlock(&worker->lock);
    if (found)
        *out = *found;
    free(found);
    return found != NULL;
}

int worker_examine(struct worker *worker, const struct examiner_order *orders, size_t n, struct error *err)
{
    bool stop;
    if (!worker->has_thread)
        return 0;
    pthread_mutex_lock(&worker->lock);
    int code = examiner_want(worker->examiner, orders, n, worker->examining, &stop, err);
    worker->cancelled |= stop && worker->running;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    return code;
}

size_t worker_examine_room(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    size_t room = worker->state == WORKER_READY ? examiner_room(worker->examiner) : 0;
    pthread_mutex_unlock(&worker->lock);
    return room;
}

int worker_examine_aside(struct worker *worker, const struct examiner_order *orders, size_t n, struct error *err)
{
    int code = 0;
    pthread_mutex_lock(&worker->lock);
    for (size_t i = 0; i < n && !code; i++)
        code = examiner_aside(worker->examiner, &orders[i], err);
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    return code;
}

bool worker_asks(struct worker *worker, size_t *index_out)
{
    pthread_mutex_lock(&worker->lock);
    bool asks = worker->asks;
    *index_out = worker->asked;
    pthread_mutex_unlock(&worker->lock);
    return asks;
}

void worker_lend(struct worker *worker, size_t index, const struct post *post)
{
    struct post copy;
    if (post_copy(post, &copy))
        return; /* the worker goes on waiting: whoever lends asks again */
    pthread_mutex_lock(&worker->lock);
    if (worker->asks && worker->asked == index) {
        worker->lent = copy;
        copy = (struct post){0};
        worker->asks = false;
        pthread_cond_signal(&worker->changed);
    }
    pthread_mutex_unlock(&worker->lock);
    post_free(&copy);
}

bool worker_examined(struct worker *worker, struct examiner_result *out)
{
    return examiner_next(worker->examiner, out);
}

void worker_examination_keep(struct worker *worker, struct examiner_result *result)
{
    examiner_keep(worker->examiner, result);
}

const struct examination *worker_examination(struct worker *worker, size_t index, const struct post *post,
                                             const struct post *predicted)
{
    return examiner_peek(worker->examiner, index, post, predicted);
}
