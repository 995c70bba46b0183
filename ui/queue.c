/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue.h"

#include "corpora/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    QUEUE_LOOK_EVERY = 32,   /* posts between two looks at the clock, where each may have to be read from the file */
    QUEUE_KEYS_EVERY = 4096, /* the same where a post costs next to nothing */
    QUEUE_DIGITS = 256,
};

/* --- items -------------------------------------------------------------------------------------------------------- */

static size_t item_post(uint64_t item)
{
    return (size_t)(item & UINT32_MAX);
}

static uint64_t item_make(uint32_t key, size_t post)
{
    return (uint64_t)key << 32 | (uint64_t)post;
}

static int items_reserve(struct queue_items *items, size_t n)
{
    size_t capacity = items->capacity ? items->capacity : 64;
    if (n <= items->capacity)
        return 0;
    while (capacity < n)
        capacity *= 2;
    if (capacity > SIZE_MAX / sizeof *items->items)
        return -1;
    uint64_t *grown = realloc(items->items, capacity * sizeof *grown);
    if (!grown)
        return -1;
    items->items = grown;
    items->capacity = capacity;
    return 0;
}

static void items_free(struct queue_items *items)
{
    free(items->items);
    *items = (struct queue_items){0};
}

/* Where the item is, or belongs. */
static size_t items_place(const struct queue_items *items, uint64_t item)
{
    size_t low = 0, high = items->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (items->items[middle] < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Keeps the list sorted; an item that is there already stays there once. */
static int items_insert(struct queue_items *items, uint64_t item)
{
    size_t at = items->n && items->items[items->n - 1] < item ? items->n : items_place(items, item);
    if (at < items->n && items->items[at] == item)
        return 0;
    if (items_reserve(items, items->n + 1))
        return -1;
    memmove(items->items + at + 1, items->items + at, (items->n - at) * sizeof *items->items);
    items->items[at] = item;
    items->n++;
    return 0;
}

static size_t items_find(const struct queue_items *items, size_t post)
{
    for (size_t i = 0; i < items->n; i++)
        if (item_post(items->items[i]) == post)
            return i;
    return SIZE_MAX;
}

static void items_remove(struct queue_items *items, size_t post)
{
    size_t at = items_find(items, post);
    if (at == SIZE_MAX)
        return;
    items->n--;
    memmove(items->items + at, items->items + at + 1, (items->n - at) * sizeof *items->items);
}

/* One pass of a radix sort, by byte number digit. False: all items have the same there. */
static bool items_sort_by(const struct queue_items *from, size_t digit, uint64_t *out)
{
    size_t counts[QUEUE_DIGITS] = {0}, start = 0;
    for (size_t i = 0; i < from->n; i++)
        counts[from->items[i] >> 8 * digit & 0xff]++;
    if (!from->n || counts[from->items[0] >> 8 * digit & 0xff] == from->n)
        return false;
    for (size_t i = 0; i < QUEUE_DIGITS; i++) {
        size_t n = counts[i];
        counts[i] = start;
        start += n;
    }
    for (size_t i = 0; i < from->n; i++)
        out[counts[from->items[i] >> 8 * digit & 0xff]++] = from->items[i];
    return true;
}

/* --- what a post is ----------------------------------------------------------------------------------------------- */

static bool queue_fits_status(enum queue_status wanted, enum post_status status)
{
    switch (wanted) {
    case QUEUE_OPEN:
        return status == STATUS_NEW || status == STATUS_STARTED;
    case QUEUE_NEW:
        return status == STATUS_NEW;
    case QUEUE_STARTED:
        return status == STATUS_STARTED;
    case QUEUE_DONE:
        return status == STATUS_DONE;
    case QUEUE_SKIPPED:
        return status == STATUS_SKIPPED;
    case QUEUE_ANY_STATUS:
    case QUEUE_STATUSES:
        break;
    }
    return true;
}

static bool queue_fits_flag(enum queue_flag wanted, const struct post *post)
{
    switch (wanted) {
    case QUEUE_FLAGGED:
        return post->n_flags > 0;
    case QUEUE_UNFLAGGED:
        return !post->n_flags;
    case QUEUE_CONFLICT:
        return post_has_flag(post, "conflict");
    case QUEUE_ANY_FLAG:
    case QUEUE_FLAGS:
        break;
    }
    return true;
}

static bool queue_fits_type(const char *wanted, const struct post *post)
{
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        if (!provenance_is_proposal(&e->origin) && e->type && !strcmp(e->type, wanted))
            return true;
    }
    return false;
}

static bool queue_fits_model(const struct queue *queue, size_t post)
{
    enum queue_model wanted = queue->filter.model;
    if (wanted == QUEUE_ANY_MODEL)
        return true;
    enum queue_model is = queue->source.model ? queue->source.model(queue->source.context, post) : QUEUE_UNSEEN;
    return wanted == is || (wanted == QUEUE_SEEN && is == QUEUE_PROPOSALS);
}

/* The post itself is asked for only where the cheap answers do not rule it out. */
static bool queue_fits(struct queue *queue, size_t index)
{
    const struct queue_source *source = &queue->source;
    struct queue_filter *filter = &queue->filter;
    if (queue->among && !queue->among(source->context, index))
        return false;
    if (filter->status && !queue_fits_status(filter->status, source->status(source->context, index)))
        return false;
    if (!queue_fits_model(queue, index))
        return false;
    if (!filter->flag && !filter->type && !filter->text.text)
        return true;
    const struct post *post = source->post(source->context, index);
    return post && queue_fits_flag(filter->flag, post) && (!filter->type || queue_fits_type(filter->type, post)) &&
           (!filter->text.text || search_has(&filter->text, post, SEARCH_WORDS | SEARCH_NOTES));
}

/* A number whose order is the order wanted; UINT32_MAX for a value that is not known. */
static uint32_t queue_key_of(double value)
{
    float number = (float)value;
    uint32_t bits;
    if (isnan(value))
        return UINT32_MAX;
    memcpy(&bits, &number, sizeof bits);
    return bits & UINT32_C(1) << 31 ? ~bits : bits | UINT32_C(1) << 31;
}

static uint32_t queue_key(const struct queue *queue, size_t post)
{
    static const uint32_t places[] = {
        [STATUS_STARTED] = 0, [STATUS_NEW] = 1, [STATUS_DONE] = 2, [STATUS_SKIPPED] = 3};
    const struct queue_source *source = &queue->source;
    switch (queue->order) {
    case QUEUE_WORDS:
    case QUEUE_PICTURE:
        return source->value ? queue_key_of(-source->value(source->context, queue->order, post)) : UINT32_MAX;
    case QUEUE_MATCH:
        return source->value ? queue_key_of(source->value(source->context, queue->order, post)) : UINT32_MAX;
    case QUEUE_STATUS:
        return places[source->status(source->context, post)];
    case QUEUE_FILE:
    case QUEUE_ORDERS:
        break;
    }
    return 0;
}

static bool queue_needs_values(enum queue_order order)
{
    return order == QUEUE_WORDS || order == QUEUE_PICTURE || order == QUEUE_MATCH;
}

/* --- working ------------------------------------------------------------------------------------------------------ */

static const struct queue_items *queue_list(const struct queue *queue)
{
    return queue->growing ? &queue->next : &queue->shown;
}

/* Memory is out: all posts in file order need none. */
static void queue_fall_back(struct queue *queue)
{
    search_pattern_free(&queue->filter.text);
    free(queue->filter.type);
    queue->filter = (struct queue_filter){0};
    queue->order = QUEUE_FILE;
    queue->whole = true;
    queue->growing = false;
    queue->step = QUEUE_IDLE;
    queue->held_fits = true;
    items_free(&queue->shown);
    items_free(&queue->next);
    items_free(&queue->sorted);
}

/* Starts again from the filter. growing: what stood there is not shown any more, because it was for another filter;
 * else it stays until the new list is complete. */
static void queue_restart(struct queue *queue, bool growing)
{
    queue->whole = queue->order == QUEUE_FILE && !queue_is_filtered(queue) && !queue->among;
    queue->step = queue->whole ? QUEUE_IDLE : QUEUE_SCAN;
    queue->at = 0;
    queue->next.n = 0;
    if (growing || queue->whole)
        queue->shown.n = queue->n_known = 0;
    queue->growing = !queue->whole && (growing || queue->growing);
    queue->held_fits = queue->held < queue->source.n && queue_fits(queue, queue->held);
    if (!queue->whole && queue->held < queue->source.n && items_insert(&queue->next, item_make(0, queue->held)))
        queue_fall_back(queue);
}

static int queue_scan(struct queue *queue, double until_ms)
{
    const struct queue_filter *filter = &queue->filter;
    bool cheap = !filter->flag && !filter->type && !filter->text.text && !filter->model; /* blind posts are looked at */
    for (size_t since = 0; queue->at < queue->source.n; queue->at++) {
        if (++since % (cheap ? QUEUE_KEYS_EVERY : QUEUE_LOOK_EVERY) == 0 && clock_ms() >= until_ms)
            return 0;
        if ((queue->at == queue->held || queue_fits(queue, queue->at)) &&
            items_insert(&queue->next, item_make(0, queue->at)))
            return -1;
    }
    queue->step = queue->order == QUEUE_FILE ? QUEUE_IDLE : QUEUE_KEYS;
    queue->at = 0;
    return 0;
}

static void queue_keys(struct queue *queue, double until_ms)
{
    for (size_t since = 0; queue->at < queue->next.n; queue->at++) {
        if (++since % QUEUE_KEYS_EVERY == 0 && clock_ms() >= until_ms)
            return;
        size_t post = item_post(queue->next.items[queue->at]);
        queue->next.items[queue->at] = item_make(queue_key(queue, post), post);
    }
    queue->step = QUEUE_SORT;
    queue->at = 0;
}

static int queue_sort(struct queue *queue, double until_ms)
{
    if (items_reserve(&queue->sorted, queue->next.n))
        return -1;
    for (; queue->at < sizeof(uint64_t); queue->at++) {
        if (queue->at && clock_ms() >= until_ms)
            return 0;
        if (!items_sort_by(&queue->next, queue->at, queue->sorted.items))
            continue;
        queue->sorted.n = queue->next.n;
        struct queue_items sorted = queue->sorted;
        queue->sorted = queue->next;
        queue->next = sorted;
    }
    items_free(&queue->sorted);
    queue->step = QUEUE_IDLE;
    return 0;
}

static void queue_finish(struct queue *queue)
{
    struct queue_items done = queue->next;
    queue->next = queue->shown;
    queue->shown = done;
    queue->next.n = 0;
    queue->growing = false;
    queue->n_known = 0;
    for (size_t i = 0; queue_needs_values(queue->order) && i < done.n; i++)
        queue->n_known += done.items[i] >> 32 != UINT32_MAX;
}

static int queue_one_step(struct queue *queue, double until_ms)
{
    int failed = 0;
    if (queue->step == QUEUE_SCAN)
        failed = queue_scan(queue, until_ms);
    else if (queue->step == QUEUE_KEYS)
        queue_keys(queue, until_ms);
    else
        failed = queue_sort(queue, until_ms);
    if (failed)
        queue_fall_back(queue);
    else if (queue->step == QUEUE_IDLE)
        queue_finish(queue);
    return failed;
}

int queue_work(struct queue *queue, double budget_ms, struct error *err)
{
    double until_ms = clock_ms() + budget_ms;
    while (queue->step != QUEUE_IDLE) {
        if (queue_one_step(queue, until_ms))
            return error_memory(err, "ordering the posts");
        if (queue->step != QUEUE_IDLE && clock_ms() >= until_ms)
            return 1;
    }
    return 0;
}

bool queue_is_busy(const struct queue *queue)
{
    return queue->step != QUEUE_IDLE;
}

/* Sorts again what the filter let through. */
static void queue_rekey(struct queue *queue)
{
    if (queue->whole || queue->step == QUEUE_SCAN) /* a scan goes on to the keys by itself */
        return;
    if (queue->step != QUEUE_IDLE && queue->growing) {
        queue->step = QUEUE_KEYS;
        queue->at = 0;
        return;
    }
    if (items_reserve(&queue->next, queue->shown.n)) {
        queue_fall_back(queue);
        return;
    }
    if (queue->shown.n)
        memcpy(queue->next.items, queue->shown.items, queue->shown.n * sizeof *queue->next.items);
    queue->next.n = queue->shown.n;
    queue->step = QUEUE_KEYS;
    queue->at = 0;
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

void queue_start(struct queue *queue, const struct queue_source *source, size_t held)
{
    *queue = (struct queue){.source = *source, .whole = true, .held = held, .held_fits = true};
}

void queue_end(struct queue *queue)
{
    queue_fall_back(queue);
}

bool queue_is_filtered(const struct queue *queue)
{
    const struct queue_filter *f = &queue->filter;
    return f->text.text || f->type || f->status || f->flag || f->model;
}

void queue_set_order(struct queue *queue, enum queue_order order)
{
    if (order == queue->order)
        return;
    queue->order = order;
    if (queue->whole || (order == QUEUE_FILE && !queue_is_filtered(queue) && !queue->among))
        queue_restart(queue, true);
    else
        queue_rekey(queue);
}

void queue_filter_changed(struct queue *queue)
{
    queue_restart(queue, true);
}

void queue_filter_clear(struct queue *queue)
{
    search_pattern_free(&queue->filter.text);
    free(queue->filter.type);
    queue->filter = (struct queue_filter){0};
    queue_restart(queue, true);
}

void queue_set_among(struct queue *queue, bool (*among)(void *context, size_t post), const char *name)
{
    queue->among = among;
    queue->among_name = name;
    queue_restart(queue, true);
}

/* Puts one post where it belongs by now. */
static void queue_refile(struct queue *queue, size_t post)
{
    if (queue->whole || post >= queue->source.n)
        return;
    if (queue->step == QUEUE_KEYS || queue->step == QUEUE_SORT) {
        double for_ever = INFINITY; /* some milliseconds at most: no post is read in these steps */
        while (queue->step != QUEUE_IDLE)
            if (queue_one_step(queue, for_ever))
                return;
    }
    bool wanted = post == queue->held || queue_fits(queue, post);
    int failed = 0;
    if (queue->step == QUEUE_SCAN) { /* next is in file order, and goes as far as the scan */
        if (!wanted)
            items_remove(&queue->next, post);
        else if (post < queue->at || post == queue->held)
            failed = items_insert(&queue->next, item_make(0, post));
    }
    if (!queue->growing && !failed) {
        bool valued = queue_needs_values(queue->order);
        size_t before = items_find(&queue->shown, post);
        if (before != SIZE_MAX && valued)
            queue->n_known -= queue->shown.items[before] >> 32 != UINT32_MAX;
        items_remove(&queue->shown, post);
        uint64_t item = item_make(queue_key(queue, post), post);
        if (wanted)
            failed = items_insert(&queue->shown, item);
        if (wanted && valued)
            queue->n_known += item >> 32 != UINT32_MAX;
    }
    if (failed)
        queue_fall_back(queue);
}

void queue_hold(struct queue *queue, size_t post)
{
    size_t left = queue->held;
    if (post == left)
        return;
    queue->held = post;
    queue->held_fits = true;
    if (queue->whole)
        return;
    queue->held_fits = post < queue->source.n && queue_fits(queue, post);
    queue_refile(queue, left);
    if (!queue->whole && (queue->step == QUEUE_SCAN || items_find(queue_list(queue), post) == SIZE_MAX))
        queue_refile(queue, post);
}

void queue_post_changed(struct queue *queue, size_t post)
{
    if (queue->whole)
        return;
    if (post == queue->held)
        queue->held_fits = queue_fits(queue, post);
    else
        queue_refile(queue, post);
}

void queue_posts_changed(struct queue *queue)
{
    if (!queue->whole)
        queue_restart(queue, false);
}

void queue_values_changed(struct queue *queue)
{
    if (queue->filter.model && queue->step == QUEUE_IDLE)
        queue_restart(queue, false);
    else if (queue_needs_values(queue->order) && queue->step == QUEUE_IDLE)
        queue_rekey(queue);
}

/* --- looking ------------------------------------------------------------------------------------------------------ */

size_t queue_count(const struct queue *queue)
{
    return queue->whole ? queue->source.n : queue_list(queue)->n;
}

size_t queue_fitting(const struct queue *queue)
{
    return queue_count(queue) - (queue->whole || queue->held_fits ? 0 : 1);
}

size_t queue_at(const struct queue *queue, size_t position)
{
    return queue->whole ? position : item_post(queue_list(queue)->items[position]);
}

size_t queue_position(const struct queue *queue, size_t post)
{
    if (queue->whole)
        return post < queue->source.n ? post : SIZE_MAX;
    const struct queue_items *items = queue_list(queue);
    /* Where its value puts it, unless that changed since: then it has to be looked for. */
    uint64_t item = item_make(queue->growing ? 0 : queue_key(queue, post), post);
    size_t at = items_place(items, item);
    return at < items->n && items->items[at] == item ? at : items_find(items, post);
}

size_t queue_step_from(const struct queue *queue, size_t post, long by)
{
    size_t position = queue_position(queue, post), n = queue_count(queue);
    if (position == SIZE_MAX || (by < 0 && position < (size_t)-by) || (by >= 0 && n - position <= (size_t)by))
        return SIZE_MAX;
    return queue_at(queue, position + (size_t)by);
}

size_t queue_open_from(const struct queue *queue, size_t post, int by)
{
    size_t position = queue_position(queue, post), n = queue_count(queue);
    if (position == SIZE_MAX)
        return SIZE_MAX;
    for (position += (size_t)by; position < n; position += (size_t)by) {
        size_t at = queue_at(queue, position);
        if (queue_fits_status(QUEUE_OPEN, queue->source.status(queue->source.context, at)))
            return at;
    }
    return SIZE_MAX;
}

/* --- words -------------------------------------------------------------------------------------------------------- */

const char *queue_order_name(enum queue_order order, bool brief)
{
    static const char *const names[QUEUE_ORDERS][2] = {[QUEUE_FILE] = {"file order", "file"},
                                                       [QUEUE_WORDS] = {"uncertainty of the words", "words"},
                                                       [QUEUE_PICTURE] = {"uncertainty of the picture", "picture"},
                                                       [QUEUE_MATCH] = {"match", "match"},
                                                       [QUEUE_STATUS] = {"status", "status"}};
    return names[order][brief];
}

const char *queue_status_name(enum queue_status status)
{
    static const char *const names[QUEUE_STATUSES] = {"any", "open", "new", "started", "done", "skipped"};
    return names[status];
}

const char *queue_flag_name(enum queue_flag flag)
{
    static const char *const names[QUEUE_FLAGS] = {"any", "flagged", "not flagged", "conflict"};
    return names[flag];
}

const char *queue_model_name(enum queue_model model)
{
    static const char *const names[QUEUE_MODELS] = {"any", "unseen by the model", "seen by the model",
                                                    "with proposals"};
    return names[model];
}

static void queue_add_word(char *out, size_t size, const char *quote, const char *word)
{
    size_t used = strlen(out);
    if (used && used + 2 < size) {
        memcpy(out + used, ", ", 3);
        used += 2;
    }
    snprintf(out + used, size - used, "%s%s%s", quote, word, quote);
}

void queue_filter_words(const struct queue *queue, char *out, size_t size)
{
    const struct queue_filter *f = &queue->filter;
    out[0] = '\0';
    if (f->status)
        queue_add_word(out, size, "", queue_status_name(f->status));
    if (f->type)
        queue_add_word(out, size, "", f->type);
    if (f->flag)
        queue_add_word(out, size, "", queue_flag_name(f->flag));
    if (f->model)
        queue_add_word(out, size, "", queue_model_name(f->model));
    if (f->text.text)
        queue_add_word(out, size, "\"", f->text.text);
    if (!*out)
        snprintf(out, size, "%s", queue->among ? queue->among_name : "all");
}

void queue_order_words(const struct queue *queue, bool brief, char *out, size_t size)
{
    size_t n = queue_count(queue);
    out[0] = '\0';
    if (queue->order == QUEUE_FILE)
        return;
    if (queue_needs_values(queue->order) && queue->n_known < n && !queue->growing)
        snprintf(out, size, "by %s (%zu/%zu known)", queue_order_name(queue->order, brief), queue->n_known, n);
    else
        snprintf(out, size, "by %s", queue_order_name(queue->order, brief));
}
