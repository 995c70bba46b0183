/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/worker.h"

#include "model/mmib.h"
#include "ui/shown.h"
#include "ui/signals.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORKER_NICE = 10 };

/* A post as the model was given it. */
struct worker_job {
    size_t index;
    struct post post;
    uint64_t content; /* words and picture */
    uint64_t labels;  /* the post's entities, before the model says anything */
};

/* What came of it. */
struct worker_result {
    size_t index;
    uint64_t content;
    unsigned long long pairing; /* see shown_pairing */
    struct analysis *analysis;  /* NULL: failed */
    char *failure;
    unsigned long used; /* the largest was used last; 0 = an empty place */
    struct worker_result *next;
};

struct worker {
    pthread_t thread;
    bool has_thread;
    char *directory, *images;
    bool no_image;
    size_t threads;
    void (*ready)(void *context);
    void *context;

    pthread_mutex_t lock; /* all of the following, but for what is said to be otherwise */
    pthread_cond_t changed;
    bool stopping;
    bool cancelled; /* the running job is no longer wanted */
    bool running;
    size_t running_index;
    uint64_t running_content, running_labels;
    struct worker_job wishes[WORKER_WISHES_MAX];
    size_t n_wishes;
    struct schema schema;
    struct worker_result *finished; /* newest first */
    enum worker_state state;
    struct mmib *model; /* set once, before state is WORKER_READY */
    const char *hash;
    char failure[1024];

    struct worker_result kept[WORKER_KEPT]; /* the input thread's own */
    unsigned long clock;
};

static uint64_t worker_mix(uint64_t hash, const void *bytes, size_t n)
{
    for (const unsigned char *p = bytes, *end = p + n; p < end; p++)
        hash = (hash ^ *p) * 1099511628211u; /* FNV-1a */
    return hash;
}

/* Words, picture and boxes: what the encoders see. */
static uint64_t worker_content(const struct post *post)
{
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < post->n_tokens; i++)
        hash = worker_mix(hash, post->tokens[i], strlen(post->tokens[i]) + 1);
    if (post->image)
        hash = worker_mix(hash, post->image, strlen(post->image) + 1);
    for (size_t i = 0; i < post->n_objects; i++)
        hash = worker_mix(hash, post->objects[i].box, sizeof post->objects[i].box);
    return hash;
}

static void worker_result_clear(struct worker_result *result)
{
    if (result->analysis)
        analysis_free(result->analysis);
    free(result->failure);
    *result = (struct worker_result){0};
}

static void worker_clear_wishes(struct worker *worker)
{
    for (size_t i = 0; i < worker->n_wishes; i++)
        post_free(&worker->wishes[i].post);
    worker->n_wishes = 0;
}

static void worker_tell(struct worker *worker)
{
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
                                       .pairs = PAIRS_LIVE,
                                       .schema = schema,
                                       .cancelled = worker_cancelled,
                                       .context = worker};
    int code = analysis_run(worker->model, posts, 1, &options, &analysis, &err);
    if (code > 0) {
        free(result);
        return NULL;
    }
    result->index = job->index;
    result->content = job->content;
    if (code == 0) {
        result->analysis = analysis;
        result->pairing = shown_pairing(&job->post, analysis);
    } else {
        result->failure = strdup(err.message);
        result->pairing = shown_pairing(&job->post, NULL);
    }
    return result;
}

/* One job, with the lock held before and after. */
static void worker_work(struct worker *worker)
{
    struct schema schema = {0};
    struct worker_job job = worker->wishes[0];
    worker->n_wishes--;
    memmove(worker->wishes, worker->wishes + 1, worker->n_wishes * sizeof *worker->wishes);
    int copied = schema_copy(&worker->schema, &schema);
    worker->running = true;
    worker->cancelled = false;
    worker->running_index = job.index;
    worker->running_content = job.content;
    worker->running_labels = job.labels;
    pthread_mutex_unlock(&worker->lock);

    struct worker_result *result = copied ? NULL : worker_run(worker, &job, &schema);
    schema_free(&schema);
    post_free(&job.post);

    pthread_mutex_lock(&worker->lock);
    worker->running = false;
    if (result) {
        result->next = worker->finished;
        worker->finished = result;
        worker_tell(worker);
    }
}

static void *worker_main(void *context)
{
    struct worker *worker = context;
    struct error err = {0};
    /* On Linux priority belongs to the thread, and the model's own threads inherit it. Where it is refused, it is
     * refused: everything works, typing may wait. */
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), WORKER_NICE);
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
        if (worker->n_wishes)
            worker_work(worker);
        else
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
    worker->directory = options->model ? strdup(options->model) : NULL;
    worker->images = options->images ? strdup(options->images) : NULL;
    if ((options->model && !worker->directory) || (options->images && !worker->images)) {
        error_memory(err, "starting the model's thread");
        worker_stop(worker);
        return NULL;
    }
    if (!worker->directory)
        return worker;
    worker->state = WORKER_OPENING;
    if (signals_start_thread(&worker->thread, worker_main, worker, "starting the model's thread", err)) {
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
    worker_collect(worker);
    for (size_t i = 0; i < WORKER_KEPT; i++)
        worker_result_clear(&worker->kept[i]);
    worker_clear_wishes(worker);
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

bool worker_collect(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    struct worker_result *finished = worker->finished, *oldest_first = NULL;
    worker->finished = NULL;
    pthread_mutex_unlock(&worker->lock);

    bool any = finished != NULL;
    while (finished) {
        struct worker_result *next = finished->next;
        finished->next = oldest_first;
        oldest_first = finished;
        finished = next;
    }
    while (oldest_first) {
        struct worker_result *next = oldest_first->next;
        struct worker_result *place = worker_place(worker, oldest_first->index);
        *place = *oldest_first;
        place->next = NULL;
        place->used = ++worker->clock;
        free(oldest_first);
        oldest_first = next;
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

void worker_answer(struct worker *worker, size_t index, const struct post *post, struct worker_answer *out)
{
    *out = (struct worker_answer){.state = WORKER_UNSEEN};
    struct worker_result *result = worker_kept(worker, index);
    if (!result || result->content != worker_content(post))
        return;
    result->used = ++worker->clock;
    if (!result->analysis) {
        out->state = WORKER_ERROR;
        out->failure = result->failure ? result->failure : "out of memory";
        return;
    }
    out->analysis = result->analysis;
    out->state = result->pairing == shown_pairing(post, result->analysis) ? WORKER_FRESH : WORKER_OLD;
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
        struct worker_answer answer;
        worker_answer(worker, wishes[i].index, wishes[i].post, &answer);
        if (answer.state == WORKER_FRESH || answer.state == WORKER_ERROR)
            continue;
        struct worker_job job = {.index = wishes[i].index,
                                 .content = worker_content(wishes[i].post),
                                 .labels = shown_pairing(wishes[i].post, NULL)};
        bool runs = worker->running && !worker->cancelled && job.index == worker->running_index &&
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
    if (worker->running && !keep_running)
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
