/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/finder.h"

#include "corpora/corpus.h"
#include "ui/signals.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FINDER_TELL_EVERY = 256 };

struct finder_place {
    enum finder_state state;
    char *text; /* path or reason */
};

struct finder {
    pthread_t thread;
    char *folder;
    const struct post *posts;
    size_t n_posts;
    void (*found)(void *context);
    void *context;
    size_t wanted_last; /* the input thread's own */

    pthread_mutex_t lock; /* all of the following */
    pthread_cond_t changed;
    bool stopping;
    size_t wanted; /* looked for next; SIZE_MAX = none */
    size_t next;   /* all posts before it were looked for */
    struct finder_place *places;
};

/* Looks on the disk, without the lock. */
static struct finder_place finder_look(const struct finder *finder, size_t index)
{
    struct finder_place place = {.state = FINDER_NONE};
    struct error err;
    bool missing = false;
    char *path = NULL;
    if (!finder->folder)
        return place;
    if (corpus_image_path(finder->folder, &finder->posts[index], &path, &missing, &err)) {
        place.state = FINDER_REFUSED;
        place.text = strdup(err.message);
    } else if (path) {
        place.state = FINDER_FOUND;
        place.text = path;
    } else if (missing) {
        place.state = FINDER_MISSING;
    }
    return place;
}

static void *finder_main(void *context)
{
    struct finder *finder = context;
    pthread_mutex_lock(&finder->lock);
    while (!finder->stopping) {
        size_t index = finder->wanted;
        bool is_wanted = index != SIZE_MAX;
        if (!is_wanted) {
            while (finder->next < finder->n_posts && finder->places[finder->next].state != FINDER_PENDING)
                finder->next++;
            index = finder->next;
        }
        if (index >= finder->n_posts) {
            pthread_cond_wait(&finder->changed, &finder->lock);
            continue;
        }
        finder->wanted = SIZE_MAX;
        pthread_mutex_unlock(&finder->lock);
        struct finder_place place = finder_look(finder, index);
        pthread_mutex_lock(&finder->lock);
        free(finder->places[index].text);
        finder->places[index] = place;
        if (is_wanted || index % FINDER_TELL_EVERY == 0 || index + 1 == finder->n_posts)
            finder->found(finder->context);
    }
    pthread_mutex_unlock(&finder->lock);
    return NULL;
}

struct finder *finder_new(const char *folder, const struct post *posts, size_t n_posts, void (*found)(void *context),
                          void *context, struct error *err)
{
    struct finder *finder = calloc(1, sizeof *finder);
    if (!finder) {
        error_memory(err, "looking for pictures");
        return NULL;
    }
    *finder = (struct finder){.posts = posts,
                              .n_posts = n_posts,
                              .found = found,
                              .context = context,
                              .wanted = SIZE_MAX,
                              .wanted_last = SIZE_MAX,
                              .folder = folder ? strdup(folder) : NULL,
                              .places = calloc(n_posts + 1, sizeof *finder->places)};
    pthread_mutex_init(&finder->lock, NULL);
    pthread_cond_init(&finder->changed, NULL);
    if ((folder && !finder->folder) || !finder->places)
        error_memory(err, "looking for pictures");
    else if (!signals_start_thread(&finder->thread, finder_main, finder, "looking for pictures", err))
        return finder;
    pthread_mutex_destroy(&finder->lock);
    pthread_cond_destroy(&finder->changed);
    free(finder->folder);
    free(finder->places);
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
    for (size_t i = 0; i < finder->n_posts; i++)
        free(finder->places[i].text);
    pthread_mutex_destroy(&finder->lock);
    pthread_cond_destroy(&finder->changed);
    free(finder->folder);
    free(finder->places);
    free(finder);
}

void finder_peek(struct finder *finder, size_t index, struct finder_answer *out)
{
    pthread_mutex_lock(&finder->lock);
    const struct finder_place *place = &finder->places[index];
    *out = (struct finder_answer){.state = place->state};
    if (place->state == FINDER_FOUND)
        out->path = place->text;
    else if (place->state == FINDER_REFUSED)
        out->reason = place->text;
    pthread_mutex_unlock(&finder->lock);
}

void finder_want(struct finder *finder, size_t index, struct finder_answer *out)
{
    pthread_mutex_lock(&finder->lock);
    enum finder_state state = finder->places[index].state;
    if (state == FINDER_PENDING || (state == FINDER_MISSING && index != finder->wanted_last)) {
        finder->wanted = index;
        pthread_cond_signal(&finder->changed);
    }
    finder->wanted_last = index;
    pthread_mutex_unlock(&finder->lock);
    finder_peek(finder, index, out);
}
