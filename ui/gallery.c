/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/gallery.h"

#include "corpora/thread.h"
#include "model/picture.h"
#include "ui/painter-blocks.h"
#include "ui/painter-sixel.h"
#include "ui/wish.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PREFETCH_MAX = 8, EXACT_MAX = 64, DEFAULT_BLOB_BYTES = 64 << 20, DEFAULT_PICTURE_BYTES = 128 << 20 };

/* What came of a wish. */
struct entry {
    uint8_t *key;
    size_t n_key;
    enum gallery_state state; /* never PENDING */
    struct blob *blob;
    size_t width_px, height_px;
    char reason[256];
    unsigned long used; /* by the clock of uses */
};

/* A decoded picture. */
struct decoded {
    char *path;
    struct picture picture;
    struct timespec modified;
    off_t file_size;
    unsigned long used;
    bool in_use; /* by the thread, outside of the lock */
};

struct slot {
    struct wish wish;
    bool is_set, is_pending;
    unsigned long serial;
};

struct gallery {
    pthread_t thread;
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t work;
    bool stopping;
    void (*ready)(void *context);
    void *context;
    struct gallery_limits limits;
    struct slot slots[GALLERY_SLOTS];
    struct wish prefetch[PREFETCH_MAX]; /* oldest first */
    size_t n_prefetch;
    struct entry *entries;
    size_t n_entries, size_entries, blob_bytes;
    struct decoded *pictures;
    size_t n_pictures, size_pictures, picture_bytes;
    unsigned long clock;
};

/* ---- what is kept ---- */

static struct entry *gallery_find(struct gallery *g, const struct wish *wish)
{
    for (size_t i = 0; i < g->n_entries; i++)
        if (wish_is(wish, g->entries[i].key, g->entries[i].n_key))
            return &g->entries[i];
    return NULL;
}

static bool gallery_is_wanted(const struct gallery *g, const uint8_t *key, size_t n_key)
{
    for (size_t i = 0; i < GALLERY_SLOTS; i++)
        if (g->slots[i].is_set && wish_is(&g->slots[i].wish, key, n_key))
            return true;
    return false;
}

static size_t entry_bytes(const struct entry *e)
{
    return sizeof *e + e->n_key + (e->blob ? e->blob->n_bytes : 0);
}

static void gallery_remove_entry(struct gallery *g, size_t i)
{
    g->blob_bytes -= entry_bytes(&g->entries[i]);
    blob_unref(g->entries[i].blob);
    free(g->entries[i].key);
    g->entries[i] = g->entries[--g->n_entries];
}

static void gallery_bound_entries(struct gallery *g)
{
    while (g->blob_bytes > g->limits.blob_bytes) {
        size_t oldest = SIZE_MAX;
        for (size_t i = 0; i < g->n_entries; i++) {
            const struct entry *e = &g->entries[i];
            bool is_older = oldest == SIZE_MAX || e->used < g->entries[oldest].used;
            if (is_older && !gallery_is_wanted(g, e->key, e->n_key))
                oldest = i;
        }
        if (oldest == SIZE_MAX)
            return;
        gallery_remove_entry(g, oldest);
    }
}

/* Makes room for one more in an array; false when memory is out. */
static bool gallery_grow(void **array, size_t n, size_t *size, size_t item)
{
    if (n < *size)
        return true;
    size_t wanted = *size ? *size * 2 : 16;
    void *grown = realloc(*array, wanted * item);
    if (!grown)
        return false;
    *array = grown;
    *size = wanted;
    return true;
}

/* Keeps a result, whose blob it takes over, in place of an older one. */
static void gallery_keep(struct gallery *g, const struct wish *wish, const struct entry *result)
{
    struct entry *old = gallery_find(g, wish);
    if (old)
        gallery_remove_entry(g, (size_t)(old - g->entries));
    uint8_t *key = malloc(wish->n_bytes);
    if (!key || !gallery_grow((void **)&g->entries, g->n_entries, &g->size_entries, sizeof *g->entries)) {
        free(key);
        blob_unref(result->blob);
        return;
    }
    memcpy(key, wish->bytes, wish->n_bytes);
    struct entry *e = &g->entries[g->n_entries++];
    *e = *result;
    e->key = key;
    e->n_key = wish->n_bytes;
    e->used = ++g->clock;
    g->blob_bytes += entry_bytes(e);
    gallery_bound_entries(g);
}

static size_t decoded_bytes(const struct decoded *d)
{
    return d->picture.width * d->picture.height * 3;
}

static void gallery_bound_pictures(struct gallery *g)
{
    while (g->picture_bytes > g->limits.picture_bytes) {
        size_t oldest = SIZE_MAX;
        for (size_t i = 0; i < g->n_pictures; i++)
            if (!g->pictures[i].in_use && (oldest == SIZE_MAX || g->pictures[i].used < g->pictures[oldest].used))
                oldest = i;
        if (oldest == SIZE_MAX)
            return;
        g->picture_bytes -= decoded_bytes(&g->pictures[oldest]);
        picture_free(&g->pictures[oldest].picture);
        free(g->pictures[oldest].path);
        g->pictures[oldest] = g->pictures[--g->n_pictures];
    }
}

static struct decoded *gallery_find_picture(struct gallery *g, const char *path)
{
    for (size_t i = 0; i < g->n_pictures; i++)
        if (!strcmp(g->pictures[i].path, path))
            return &g->pictures[i];
    return NULL;
}

/* ---- the thread ---- */

/* The reason of a message "PATH: reason", on one line. */
static void gallery_reason(const char *path, const struct error *err, struct entry *out)
{
    size_t n = strlen(path);
    const char *reason = err->message;
    if (!strncmp(reason, path, n) && !strncmp(reason + n, ": ", 2))
        reason += n + 2;
    snprintf(out->reason, sizeof out->reason, "%.*s", (int)sizeof out->reason - 1, reason);
    out->state = GALLERY_BROKEN;
}

/* The decoded picture, from what is kept or from the disk; only the thread adds and uses pictures, and it holds one at
 * a time, so the copy of the struct stays valid until gallery_put_back. -1: out says why. */
static int gallery_decode(struct gallery *g, const char *path, struct picture *picture, struct entry *out)
{
    struct stat file;
    if (stat(path, &file)) {
        bool is_missing = errno == ENOENT || errno == ENOTDIR;
        out->state = is_missing ? GALLERY_MISSING : GALLERY_BROKEN;
        if (!is_missing)
            snprintf(out->reason, sizeof out->reason, "%s", strerror(errno));
        return -1;
    }
    pthread_mutex_lock(&g->lock);
    struct decoded *d = gallery_find_picture(g, path);
    bool is_fresh = d && d->file_size == file.st_size && d->modified.tv_sec == file.st_mtim.tv_sec &&
                    d->modified.tv_nsec == file.st_mtim.tv_nsec;
    if (is_fresh) {
        d->used = ++g->clock;
        d->in_use = true;
        *picture = d->picture;
    }
    pthread_mutex_unlock(&g->lock);
    if (is_fresh)
        return 0;

    struct error err = {0};
    if (picture_decode(path, picture, &err)) {
        gallery_reason(path, &err, out);
        return -1;
    }
    pthread_mutex_lock(&g->lock);
    d = gallery_find_picture(g, path);
    char *copy = NULL;
    if (d) {
        g->picture_bytes -= decoded_bytes(d);
        picture_free(&d->picture);
    } else if (gallery_grow((void **)&g->pictures, g->n_pictures, &g->size_pictures, sizeof *g->pictures) &&
               (copy = strdup(path))) {
        d = &g->pictures[g->n_pictures++];
        d->path = copy;
    }
    if (d) {
        d->picture = *picture;
        d->modified = file.st_mtim;
        d->file_size = file.st_size;
        d->used = ++g->clock;
        d->in_use = true;
        g->picture_bytes += decoded_bytes(d);
        gallery_bound_pictures(g);
    }
    pthread_mutex_unlock(&g->lock);
    if (!d) {
        picture_free(picture);
        out->state = GALLERY_BROKEN;
        snprintf(out->reason, sizeof out->reason, "out of memory");
        return -1;
    }
    return 0;
}

static void gallery_put_back(struct gallery *g, const char *path)
{
    pthread_mutex_lock(&g->lock);
    struct decoded *d = gallery_find_picture(g, path);
    if (d)
        d->in_use = false;
    pthread_mutex_unlock(&g->lock);
}

static int gallery_paint_sixel(const struct scene *scene, const struct gallery_request *request, struct blob **out,
                               struct error *err)
{
    struct scene_fit fit;
    struct picture image;
    if (scene_compose(scene, &image, err))
        return -1;
    uint32_t exact[EXACT_MAX] = {request->background};
    size_t n_exact = 1;
    for (size_t i = 0; i < request->marks.n_boxes && n_exact < EXACT_MAX; i++)
        exact[n_exact++] = request->marks.boxes[i].colour;
    int result = scene_fit(&scene->pane, scene->picture->width, scene->picture->height, &fit);
    if (result == 0)
        result = painter_sixel_paint(&image, fit.columns, fit.rows, request->registers, exact, n_exact, out, err);
    picture_free(&image);
    return result;
}

static int gallery_paint_blocks(const struct scene *scene, const struct gallery_request *request, struct blob **out,
                                struct error *err)
{
    struct picture image;
    struct scene_label *labels;
    size_t n_labels;
    if (scene_compose_blocks(scene, &image, &labels, &n_labels, err))
        return -1;
    int result = painter_blocks_paint(&image, request->colours, labels, n_labels, out, err);
    scene_labels_free(labels, n_labels);
    picture_free(&image);
    return result;
}

static void gallery_paint(const struct gallery_request *request, const struct picture *picture, struct entry *out)
{
    struct scene scene = {
        .picture = picture, .pane = request->pane, .marks = request->marks, .background = request->background};
    struct scene_fit fit;
    struct error err = {0};
    out->width_px = picture->width;
    out->height_px = picture->height;
    int result = request->kind == PAINTER_SIXEL ? gallery_paint_sixel(&scene, request, &out->blob, &err)
                                                : gallery_paint_blocks(&scene, request, &out->blob, &err);
    if (result) {
        gallery_reason(request->path, &err, out);
        return;
    }
    if (scene_fit(&scene.pane, picture->width, picture->height, &fit) == 0) {
        out->blob->column = fit.column;
        out->blob->row = fit.row;
    }
    out->state = GALLERY_READY;
}

/* Under the lock: takes the most urgent wish, as a copy; from_slot tells whether a pane waits for it. */
static bool gallery_next(struct gallery *g, struct wish *out, bool *from_slot)
{
    struct slot *newest = NULL;
    for (size_t i = 0; i < GALLERY_SLOTS; i++) {
        struct slot *slot = &g->slots[i];
        const struct entry *e = slot->is_pending ? gallery_find(g, &slot->wish) : NULL;
        if (e && e->state == GALLERY_READY) /* made in the meantime, for an earlier wish */
            slot->is_pending = false;
        if (slot->is_pending && (!newest || slot->serial > newest->serial))
            newest = slot;
    }
    *from_slot = newest != NULL;
    if (newest) {
        newest->is_pending = false;
        return wish_make(&newest->wish.request, out);
    }
    while (g->n_prefetch) {
        *out = g->prefetch[--g->n_prefetch];
        if (!gallery_find(g, out))
            return true;
        wish_free(out);
    }
    return false;
}

/* Everything from the file to the bytes. False where a pane that waited for it has gone on. */
static bool gallery_work(struct gallery *g, const struct wish *wish, bool from_slot, struct entry *out)
{
    struct picture picture;
    const char *path = wish->request.path;
    if (gallery_decode(g, path, &picture, out))
        return true;
    pthread_mutex_lock(&g->lock);
    bool is_stale = g->stopping || (from_slot && !gallery_is_wanted(g, wish->bytes, wish->n_bytes));
    pthread_mutex_unlock(&g->lock);
    if (!is_stale)
        gallery_paint(&wish->request, &picture, out);
    gallery_put_back(g, path);
    return !is_stale;
}

static void *gallery_run(void *context)
{
    struct gallery *g = context;
    scene_warm_up();
    pthread_mutex_lock(&g->lock);
    while (!g->stopping) {
        struct wish wish;
        bool from_slot;
        if (!gallery_next(g, &wish, &from_slot)) {
            pthread_cond_wait(&g->work, &g->lock);
            continue;
        }
        struct entry result = {0};
        pthread_mutex_unlock(&g->lock);
        bool is_done = gallery_work(g, &wish, from_slot, &result);
        pthread_mutex_lock(&g->lock);
        if (is_done)
            gallery_keep(g, &wish, &result);
        bool is_wanted = is_done && gallery_is_wanted(g, wish.bytes, wish.n_bytes);
        wish_free(&wish);
        if (is_wanted && g->ready) {
            pthread_mutex_unlock(&g->lock);
            g->ready(g->context);
            pthread_mutex_lock(&g->lock);
        }
    }
    pthread_mutex_unlock(&g->lock);
    scene_cool_down();
    return NULL;
}

/* ---- for the input thread ---- */

struct gallery *gallery_new(const struct gallery_limits *limits, void (*ready)(void *context), void *context,
                            struct error *err)
{
    struct gallery *g = calloc(1, sizeof *g);
    if (!g) {
        error_memory(err, "gallery");
        return NULL;
    }
    g->ready = ready;
    g->context = context;
    if (limits)
        g->limits = *limits;
    if (!g->limits.blob_bytes)
        g->limits.blob_bytes = DEFAULT_BLOB_BYTES;
    if (!g->limits.picture_bytes)
        g->limits.picture_bytes = DEFAULT_PICTURE_BYTES;
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->work, NULL);
    if (thread_start(&g->thread, gallery_run, g, "gallery", err)) {
        pthread_cond_destroy(&g->work);
        pthread_mutex_destroy(&g->lock);
        free(g);
        return NULL;
    }
    return g;
}

void gallery_free(struct gallery *g)
{
    if (!g)
        return;
    pthread_mutex_lock(&g->lock);
    g->stopping = true;
    pthread_cond_signal(&g->work);
    pthread_mutex_unlock(&g->lock);
    pthread_join(g->thread, NULL);
    for (size_t i = 0; i < GALLERY_SLOTS; i++)
        wish_free(&g->slots[i].wish);
    for (size_t i = 0; i < g->n_prefetch; i++)
        wish_free(&g->prefetch[i]);
    while (g->n_entries)
        gallery_remove_entry(g, g->n_entries - 1);
    for (size_t i = 0; i < g->n_pictures; i++) {
        picture_free(&g->pictures[i].picture);
        free(g->pictures[i].path);
    }
    free(g->entries);
    free(g->pictures);
    pthread_cond_destroy(&g->work);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

void gallery_request_begin(const struct terminal *terminal, size_t columns, size_t rows, struct gallery_request *out)
{
    bool is_sixel = terminal->graphics == GRAPHICS_SIXEL;
    *out = (struct gallery_request){
        .pane = {.columns = columns,
                 .rows = rows,
                 .cell_width_px = terminal->cell_width_px,
                 .cell_height_px = terminal->cell_height_px,
                 .max_width_px = is_sixel ? terminal->max_width_px : 0,
                 .max_height_px = is_sixel ? terminal->max_height_px : 0},
        .kind = is_sixel ? PAINTER_SIXEL : PAINTER_BLOCKS,
        .colours = terminal->colours,
        .registers = terminal->registers,
    };
}

/* Under the lock: what is known about the slot's wish. */
static void gallery_answer(struct gallery *g, struct slot *slot, bool came_back, struct gallery_answer *out)
{
    struct entry *e = gallery_find(g, &slot->wish);
    struct decoded *d = gallery_find_picture(g, slot->wish.request.path);
    if (d) {
        out->width_px = d->picture.width;
        out->height_px = d->picture.height;
    }
    bool has_failed = e && e->state != GALLERY_READY;
    if (came_back && (!e || has_failed)) { /* a failed one may be there by now */
        slot->is_pending = true;
        slot->serial = ++g->clock;
        pthread_cond_signal(&g->work);
    }
    if (!e)
        return;
    e->used = ++g->clock;
    out->state = e->state;
    out->blob = blob_ref(e->blob);
    if (e->width_px) {
        out->width_px = e->width_px;
        out->height_px = e->height_px;
    }
    memcpy(out->reason, e->reason, sizeof out->reason);
}

void gallery_want(struct gallery *g, size_t i, const struct gallery_request *request, struct gallery_answer *out)
{
    struct wish wish;
    memset(out, 0, sizeof *out);
    out->state = GALLERY_PENDING;
    if (i >= GALLERY_SLOTS)
        return;
    if (!wish_make(request, &wish)) {
        out->state = GALLERY_BROKEN;
        snprintf(out->reason, sizeof out->reason, "out of memory");
        return;
    }
    pthread_mutex_lock(&g->lock);
    struct slot *slot = &g->slots[i];
    bool is_same = slot->is_set && wish_is(&slot->wish, wish.bytes, wish.n_bytes);
    if (is_same) {
        wish_free(&wish);
    } else {
        wish_free(&slot->wish);
        slot->wish = wish;
        slot->is_set = true;
        slot->is_pending = false;
    }
    gallery_answer(g, slot, !is_same, out);
    pthread_mutex_unlock(&g->lock);
}

void gallery_forget(struct gallery *g, size_t i)
{
    if (i >= GALLERY_SLOTS)
        return;
    pthread_mutex_lock(&g->lock);
    wish_free(&g->slots[i].wish);
    g->slots[i].is_set = g->slots[i].is_pending = false;
    pthread_mutex_unlock(&g->lock);
}

void gallery_prefetch(struct gallery *g, const struct gallery_request *request)
{
    struct wish wish;
    if (!wish_make(request, &wish))
        return;
    pthread_mutex_lock(&g->lock);
    bool is_known = gallery_find(g, &wish) != NULL;
    for (size_t i = 0; i < g->n_prefetch; i++)
        is_known |= wish_is(&wish, g->prefetch[i].bytes, g->prefetch[i].n_bytes);
    if (is_known) {
        wish_free(&wish);
    } else {
        if (g->n_prefetch == PREFETCH_MAX) {
            wish_free(&g->prefetch[0]);
            memmove(g->prefetch, g->prefetch + 1, --g->n_prefetch * sizeof *g->prefetch);
        }
        g->prefetch[g->n_prefetch++] = wish;
        pthread_cond_signal(&g->work);
    }
    pthread_mutex_unlock(&g->lock);
}

bool gallery_size(struct gallery *g, const char *path, size_t *width_px, size_t *height_px)
{
    pthread_mutex_lock(&g->lock);
    const struct decoded *d = gallery_find_picture(g, path);
    if (d) {
        *width_px = d->picture.width;
        *height_px = d->picture.height;
    }
    pthread_mutex_unlock(&g->lock);
    return d != NULL;
}
