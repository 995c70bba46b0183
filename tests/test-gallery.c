/* The gallery: pictures made beside the input thread, kept, dropped, missing, broken.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/gallery.h"

#include <cairo.h>
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 20000 };

static char folder[256];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;
static unsigned n_ready;

static void ready(void *context)
{
    (void)context;
    pthread_mutex_lock(&lock);
    n_ready++;
    pthread_cond_broadcast(&woken);
    pthread_mutex_unlock(&lock);
}

static const char *path_of(const char *name)
{
    static char paths[8][512];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void draw_png(const char *name, int width, int height, double red)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, red, 0.5, 0.2);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    assert_int_equal(cairo_surface_write_to_png(surface, path_of(name)), CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(surface);
}

static struct gallery_request request_of(const char *name, size_t columns)
{
    return (struct gallery_request){
        .path = path_of(name),
        .pane = {.columns = columns, .rows = 8, .cell_width_px = 8, .cell_height_px = 17},
        .background = 0x121212,
        .kind = PAINTER_SIXEL,
        .registers = 256,
    };
}

/* Asks until there is an answer, sleeping until the call-back. The caller has the blob. */
static struct gallery_answer wait_for(struct gallery *g, size_t slot, const struct gallery_request *request)
{
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += WAIT_MS / 1000;
    for (;;) {
        struct gallery_answer answer;
        pthread_mutex_lock(&lock);
        unsigned seen = n_ready;
        pthread_mutex_unlock(&lock);
        gallery_want(g, slot, request, &answer);
        if (answer.state != GALLERY_PENDING)
            return answer;
        pthread_mutex_lock(&lock);
        while (n_ready == seen)
            assert_int_equal(pthread_cond_timedwait(&woken, &lock, &deadline), 0);
        pthread_mutex_unlock(&lock);
    }
}

static struct gallery *open_gallery(size_t blob_bytes)
{
    struct gallery_limits limits = {.blob_bytes = blob_bytes};
    struct gallery *g = gallery_new(&limits, ready, NULL, NULL);
    assert_non_null(g);
    return g;
}

static void pictures_come_and_are_kept(void **state)
{
    (void)state;
    struct gallery *g = open_gallery(0);
    struct gallery_request request = request_of("a.png", 20);
    struct gallery_answer first, second;
    size_t width, height;
    gallery_want(g, 0, &request, &first);
    assert_int_equal(first.state, GALLERY_PENDING); /* never waits */
    assert_null(first.blob);
    first = wait_for(g, 0, &request);
    assert_int_equal(first.state, GALLERY_READY);
    assert_int_equal(first.width_px, 60);
    assert_int_equal(first.height_px, 40);
    assert_int_equal(first.blob->columns, 20);
    assert_int_equal(first.blob->rows, 8);
    assert_true(gallery_size(g, request.path, &width, &height));
    assert_int_equal(width, 60);
    gallery_want(g, 0, &request, &second);
    assert_ptr_equal(second.blob, first.blob); /* the same bytes, not made again */
    blob_unref(second.blob);
    struct gallery_request other = request_of("b.png", 20);
    second = wait_for(g, 0, &other);
    assert_ptr_not_equal(second.blob, first.blob);
    blob_unref(second.blob);
    gallery_want(g, 0, &request, &second); /* back: at once */
    assert_int_equal(second.state, GALLERY_READY);
    assert_ptr_equal(second.blob, first.blob);
    blob_unref(second.blob);
    gallery_free(g);
    assert_true(first.blob->n_bytes > 0); /* a holder's blob outlives the gallery */
    blob_unref(first.blob);
}

/* Everything that is seen is part of the identity; where it lies in memory is not. */
static void identity_is_what_is_seen(void **state)
{
    (void)state;
    struct gallery *g = open_gallery(0);
    char label[] = "1 cat", same_label[] = "1 cat";
    float cells[4] = {1, 0, 0, -1}, same_cells[4] = {1, 0, 0, -1};
    struct scene_box box = {{1, 2, 30, 30}, label, 0x5fafff, false};
    struct scene_box same_box = {{1, 2, 30, 30}, same_label, 0x5fafff, false};
    struct scene_layer layer = {{0, 0, 60, 40}, 2, cells}, same_layer = {{0, 0, 60, 40}, 2, same_cells};
    struct gallery_request request = request_of("a.png", 20), same;
    request.marks = (struct scene_marks){
        .boxes = &box, .n_boxes = 1, .layers = &layer, .n_layers = 1, .heat_scale = 1, .legend = true};
    struct gallery_answer first = wait_for(g, 0, &request), answer;
    assert_int_equal(first.state, GALLERY_READY);
    same = request;
    same.marks.boxes = &same_box;
    same.marks.layers = &same_layer;
    gallery_want(g, 1, &same, &answer);
    assert_ptr_equal(answer.blob, first.blob);
    blob_unref(answer.blob);
    for (int change = 0; change < 11; change++) {
        same_box = (struct scene_box){{1, 2, 30, 30}, "1 cat", 0x5fafff, false};
        same_cells[3] = -1;
        same = request;
        same.marks.boxes = &same_box;
        same.marks.layers = &same_layer;
        switch (change) {
        case 0: same_box.selected = true; break;
        case 1: same_box.label = "1 dog"; break;
        case 2: same_box.colour = 0xffaf00; break;
        case 3: same_box.box[2] = 31; break;
        case 4: same_cells[3] = -2; break;
        case 5: same.marks.heat_scale = 2; break;
        case 6: same.marks.legend = false; break;
        case 7: same.background = 0; break;
        case 8: same.pane.cell_height_px = 18; break;
        case 9: same.kind = PAINTER_BLOCKS; break;
        case 10: same.marks.scale = SCALE_GREEN_PURPLE; break;
        }
        gallery_want(g, 1, &same, &answer);
        assert_int_equal(answer.state, GALLERY_PENDING);
    }
    blob_unref(first.blob);
    gallery_free(g);
}

static void missing_and_broken_pictures_say_so(void **state)
{
    (void)state;
    struct gallery *g = open_gallery(0);
    struct gallery_request missing = request_of("later.png", 20), broken = request_of("broken.png", 20);
    struct gallery_request nowhere = request_of("a.png/below", 20), folder_itself = request_of(".", 20);
    assert_int_equal(wait_for(g, 0, &missing).state, GALLERY_MISSING);
    assert_int_equal(wait_for(g, 0, &nowhere).state, GALLERY_MISSING);
    struct gallery_answer answer = wait_for(g, 0, &broken);
    assert_int_equal(answer.state, GALLERY_BROKEN);
    assert_true(strlen(answer.reason) > 3);
    assert_null(strstr(answer.reason, folder)); /* the view knows the path */
    assert_null(strchr(answer.reason, '\n'));
    assert_int_equal(wait_for(g, 0, &folder_itself).state, GALLERY_BROKEN);
    /* Somebody copies the picture to where it belongs: it shows when the post is come back to. */
    draw_png("later.png", 10, 10, 0.5);
    gallery_want(g, 0, &missing, &answer);
    for (int i = 0; i < WAIT_MS / 10 && answer.state != GALLERY_READY; i++) {
        struct timespec pause = {.tv_nsec = 10 * 1000000};
        nanosleep(&pause, NULL);
        gallery_want(g, 0, &missing, &answer);
    }
    assert_int_equal(answer.state, GALLERY_READY);
    blob_unref(answer.blob);
    unlink(path_of("later.png"));
    gallery_free(g);
}

static void what_was_left_behind_is_dropped(void **state)
{
    (void)state;
    struct gallery *g = open_gallery(0);
    struct gallery_answer answer;
    struct gallery_request request;
    for (size_t i = 0; i < 200; i++) { /* a key held down */
        request = request_of(i % 2 ? "big.png" : "a.png", 20 + i);
        gallery_want(g, 0, &request, &answer);
        assert_int_equal(answer.state, GALLERY_PENDING);
    }
    answer = wait_for(g, 0, &request);
    assert_int_equal(answer.state, GALLERY_READY);
    assert_int_equal(answer.blob->columns, 219);
    blob_unref(answer.blob);
    size_t n_made = 0;
    for (size_t i = 0; i < 199; i++) {
        request = request_of(i % 2 ? "big.png" : "a.png", 20 + i);
        gallery_want(g, 1, &request, &answer);
        n_made += answer.state == GALLERY_READY;
        blob_unref(answer.blob);
        gallery_forget(g, 1);
    }
    assert_true(n_made < 100);
    gallery_free(g);
}

static void prefetched_pictures_are_there_at_once(void **state)
{
    (void)state;
    struct gallery *g = open_gallery(0);
    struct gallery_request request = request_of("b.png", 25), now = request_of("a.png", 25);
    struct gallery_answer answer = wait_for(g, 0, &now);
    blob_unref(answer.blob);
    gallery_prefetch(g, &request);
    gallery_prefetch(g, &request);
    size_t width, height;
    for (int i = 0; i < WAIT_MS / 10 && !gallery_size(g, request.path, &width, &height); i++) {
        struct timespec pause = {.tv_nsec = 10 * 1000000};
        nanosleep(&pause, NULL);
    }
    answer = wait_for(g, 0, &request);
    assert_int_equal(answer.state, GALLERY_READY);
    blob_unref(answer.blob);
    for (size_t i = 0; i < 50; i++) { /* more than are remembered: no harm */
        request = request_of("b.png", 30 + i);
        gallery_prefetch(g, &request);
    }
    gallery_free(g);
}

static void memory_is_bounded_but_what_is_shown_stays(void **state)
{
    (void)state;
    struct gallery *g = open_gallery(1); /* no room for anything that is not on the screen */
    struct gallery_request shown = request_of("a.png", 20), other = request_of("b.png", 20);
    struct gallery_answer first = wait_for(g, 0, &shown), answer;
    blob_unref(first.blob);
    for (size_t i = 0; i < 3; i++) {
        other.pane.columns = 20 + i;
        answer = wait_for(g, 1, &other);
        blob_unref(answer.blob);
    }
    gallery_want(g, 0, &shown, &answer);
    assert_int_equal(answer.state, GALLERY_READY);
    blob_unref(answer.blob);
    other.pane.columns = 20;
    gallery_want(g, 1, &other, &answer);
    assert_int_equal(answer.state, GALLERY_PENDING); /* it was let go */
    gallery_free(g);
}

static void a_changed_file_is_decoded_again(void **state)
{
    (void)state;
    struct gallery *g = open_gallery(1);
    draw_png("changing.png", 30, 30, 1);
    struct gallery_request request = request_of("changing.png", 20), other = request_of("a.png", 20);
    struct gallery_answer answer = wait_for(g, 0, &request);
    assert_int_equal(answer.width_px, 30);
    blob_unref(answer.blob);
    draw_png("changing.png", 77, 30, 0);
    answer = wait_for(g, 0, &other);
    blob_unref(answer.blob);
    answer = wait_for(g, 0, &request);
    assert_int_equal(answer.width_px, 77);
    blob_unref(answer.blob);
    unlink(path_of("changing.png"));
    gallery_free(g);
}

static int make_folder(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/mmib-gallery.XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(folder))
        return -1;
    draw_png("a.png", 60, 40, 1);
    draw_png("b.png", 40, 60, 0);
    draw_png("big.png", 1500, 1000, 0.3);
    FILE *file = fopen(path_of("broken.png"), "wb");
    if (!file)
        return -1;
    fputs("\x89PNG\r\n\x1a\nthis is no picture", file);
    return fclose(file);
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"a.png", "b.png", "big.png", "broken.png"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    return rmdir(folder);
}

int main(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 99;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_come_and_are_kept),
        cmocka_unit_test(identity_is_what_is_seen),
        cmocka_unit_test(missing_and_broken_pictures_say_so),
        cmocka_unit_test(what_was_left_behind_is_dropped),
        cmocka_unit_test(prefetched_pictures_are_there_at_once),
        cmocka_unit_test(memory_is_bounded_but_what_is_shown_stays),
        cmocka_unit_test(a_changed_file_is_decoded_again),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
