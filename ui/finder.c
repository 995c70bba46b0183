/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/finder.h"

#include "corpora/corpus.h"
#include "corpora/recent.h"
#include "corpora/text.h"
#include "corpora/thread.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FINDER_TELL_EVERY = 16 };

struct finder_place {
    enum finder_state state;
    size_t post;
    char *id, *image; /* of the post; the picture's name is NULL where it has none, or there is no folder */
    uint64_t asked;   /* when: the largest is the newest; 0 = not to be looked for */
    char *text;       /* FOUND: the path; REFUSED: the reason; else NULL */
};

struct finder {
    pthread_t thread;
    char *folder;
    void (*found)(void *context);
    void *context;
    struct recent recent; /* the input thread's own, as is the next */
    size_t wanted_last;

    pthread_mutex_t lock; /* all of the following */
    pthread_cond_t changed;
    bool stopping;
    uint64_t asked;
    size_t wanted; /* post on the screen */
    struct finder_place places[FINDER_KEPT];
};

static void finder_place_free(struct finder_place *place)
{
    free(place->id);
    free(place->image);
    free(place->text);
}

/* Looks on the disk, without the lock. */
static enum finder_state finder_look(const struct finder *finder, char *id, char *image, char **text_out)
{
    const struct post post = {.id = id, .image = image};
    struct error err;
    *text_out = NULL;
    if (!id || !image || corpus_image_path(finder->folder, &post, text_out, NULL, &err)) {
        *text_out = strdup(id && image ? err.message : "no memory");
        return FINDER_REFUSED;
    }
    return *text_out ? FINDER_FOUND : FINDER_MISSING;
}

/* What is to be looked for next; NULL = nothing. */
static struct finder_place *finder_next(struct finder *finder)
{
    struct finder_place *next = NULL;
    for (size_t i = 0; i < FINDER_KEPT; i++) {
        struct finder_place *place = &finder->places[i];
        if (place->asked && (!next || place->post == finder->wanted ||
                             (next->post != finder->wanted && place->asked > next->asked)))
            next = place;
    }
    return next;
}

static void *finder_main(void *context)
{
    struct finder *finder = context;
    size_t n_looked = 0;
    pthread_mutex_lock(&finder->lock);
    while (!finder->stopping) {
        struct finder_place *next = finder_next(finder);
        if (!next) {
            if (n_looked) /* the last few */
                finder->found(finder->context);
            n_looked = 0;
            pthread_cond_wait(&finder->changed, &finder->lock);
            continue;
        }
        const size_t post = next->post;
        const uint64_t asked = next->asked;
        char *id = strdup(next->id), *image = strdup(next->image), *text;
        pthread_mutex_unlock(&finder->lock);
        enum finder_state state = finder_look(finder, id, image, &text);
        free(id);
        free(image);
        pthread_mutex_lock(&finder->lock);
        if (next->asked == asked) { /* else its place was given to another post meanwhile */
            next->state = state;
            next->asked = 0;
            next->text = text;
        } else {
            free(text);
        }
        if (post == finder->wanted || ++n_looked % FINDER_TELL_EVERY == 0)
            finder->found(finder->context);
    }
    pthread_mutex_unlock(&finder->lock);
    return NULL;
}

struct finder *finder_new(const char *folder, void (*found)(void *context), void *context, struct error *err)
{
    struct finder *finder = calloc(1, sizeof *finder);
    if (!finder) {
        error_memory(err, "looking for pictures");
        return NULL;
    }
    finder->found = found;
    finder->context = context;
    finder->wanted = finder->wanted_last = SIZE_MAX;
    finder->folder = folder ? strdup(folder) : NULL;
    pthread_mutex_init(&finder->lock, NULL);
    pthread_cond_init(&finder->changed, NULL);
    if ((folder && !finder->folder) || recent_init(&finder->recent, FINDER_KEPT))
        error_memory(err, "looking for pictures");
    else if (!thread_start(&finder->thread, finder_main, finder, "looking for pictures", err))
        return finder;
    pthread_mutex_destroy(&finder->lock);
    pthread_cond_destroy(&finder->changed);
    recent_free(&finder->recent);
    free(finder->folder);
    free(finder);
    return NULL;
}

void finder_free(struct finder *finder)
{
    if (!finder)
        return;
    pthread_mutex_lock(&finder->lock);
    finder->stopping = true;
    pthread_cond_signal(&finder->changed);
    pthread_mutex_unlock(&finder->lock);
    pthread_join(finder->thread, NULL);
    for (size_t i = 0; i < FINDER_KEPT; i++)
        finder_place_free(&finder->places[i]);
    pthread_mutex_destroy(&finder->lock);
    pthread_cond_destroy(&finder->changed);
    recent_free(&finder->recent);
    free(finder->folder);
    free(finder);
}

/* Puts it on the list of what is to be looked for. With the lock. */
static void finder_ask(struct finder *finder, struct finder_place *place)
{
    place->state = FINDER_PENDING;
    place->asked = ++finder->asked;
    pthread_cond_signal(&finder->changed);
}

/* With the lock. */
static struct finder_place *finder_place(struct finder *finder, size_t index, const struct post *post)
{
    size_t at = recent_find(&finder->recent, index);
    if (at != SIZE_MAX)
        return &finder->places[at];
    struct finder_place *place = &finder->places[recent_take(&finder->recent, index)];
    finder_place_free(place);
    *place = (struct finder_place){.state = FINDER_NONE, .post = index};
    if (!finder->folder || !post->image || !*post->image)
        return place;
    if (text_copy(post->id, &place->id) || text_copy(post->image, &place->image))
        place->state = FINDER_MISSING;
    else
        finder_ask(finder, place);
    return place;
}

static void finder_answer(const struct finder_place *place, struct finder_answer *out)
{
    *out = (struct finder_answer){.state = place->state};
    if (place->state == FINDER_FOUND)
        out->path = place->text;
    else if (place->state == FINDER_REFUSED)
        out->reason = place->text;
}

void finder_peek(struct finder *finder, size_t index, const struct post *post, struct finder_answer *out)
{
    pthread_mutex_lock(&finder->lock);
    finder_answer(finder_place(finder, index, post), out);
    pthread_mutex_unlock(&finder->lock);
}

void finder_want(struct finder *finder, size_t index, const struct post *post, struct finder_answer *out)
{
    pthread_mutex_lock(&finder->lock);
    finder->wanted = index;
    struct finder_place *place = finder_place(finder, index, post);
    if (place->state == FINDER_MISSING && index != finder->wanted_last && place->image)
        finder_ask(finder, place);
    finder->wanted_last = index;
    finder_answer(place, out);
    pthread_mutex_unlock(&finder->lock);
}
