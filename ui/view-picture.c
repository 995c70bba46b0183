/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-picture.h"

#include "ui/key-names.h"
#include "ui/regions.h"
#include "ui/view.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PICTURE_BOX_INKS = 4, PICTURE_TAG_MAX = 128, PICTURE_LEGEND_ROWS_MIN = 16 };

/* How finely boxes move where no picture is drawn. */
enum { PICTURE_BLIND_COLUMNS = 60, PICTURE_BLIND_ROWS = 40 };

/* Boxes and heat of one picture, with the memory that they need. */
struct picture_marks {
    struct scene_marks marks;
    struct scene_box *boxes;
    char (*tags)[PICTURE_TAG_MAX];
    struct scene_layer *layers;
};

static void picture_marks_free(struct picture_marks *marks)
{
    free(marks->boxes);
    free(marks->tags);
    free(marks->layers);
}

/* "1 cat .61": number, label, and what a detector said. */
static void picture_boxes(struct picture_marks *out, const struct post *post)
{
    out->boxes = calloc(post->n_objects + 2, sizeof *out->boxes);
    out->tags = calloc(post->n_objects + 2, sizeof *out->tags);
    if (!out->boxes || !out->tags)
        return;
    for (size_t i = 0; i < post->n_objects; i++) {
        const struct object *o = &post->objects[i];
        char score[16] = "";
        if (o->origin.has_score)
            view_probability(o->origin.score, score);
        snprintf(out->tags[i], PICTURE_TAG_MAX, "%zu %s%s%s", i + 1, o->label ? o->label : "", *score ? " " : "",
                 score);
        memcpy(out->boxes[i].box, o->box, sizeof o->box);
        out->boxes[i].label = out->tags[i];
        out->boxes[i].colour = screen_ink_rgb((enum screen_ink)(INK_TYPE_FIRST + i % PICTURE_BOX_INKS));
    }
    out->marks.boxes = out->boxes;
    out->marks.n_boxes = post->n_objects;
}

/* In box mode: the chosen box, the one that is being drawn or changed, and those that are hidden from the model. */
static void picture_box_mode(struct picture_marks *out, const struct session *session)
{
    const struct boxes *boxes = &session->boxes;
    size_t n = out->marks.n_boxes, changed = boxes->pending == BOXES_NEW ? n : boxes->chosen - 1;
    if (!out->boxes || !out->tags)
        return;
    for (size_t i = 0; i < n && i < BOXES_MASKED_MAX; i++)
        if (boxes->masked >> i & 1) {
            size_t used = strlen(out->tags[i]);
            snprintf(out->tags[i] + used, PICTURE_TAG_MAX - used, " hidden");
        }
    if (!session_is_at_boxes(session))
        return;
    if (boxes->pending == BOXES_NEW) {
        snprintf(out->tags[n], PICTURE_TAG_MAX, "new");
        out->boxes[n] = (struct scene_box){.label = out->tags[n], .colour = screen_ink_rgb(INK_WARN)};
        out->marks.n_boxes++;
    }
    if (changed >= out->marks.n_boxes)
        return;
    out->boxes[changed].selected = true;
    if (boxes->pending)
        memcpy(out->boxes[changed].box, boxes->box, sizeof boxes->box);
}

/* One more box; where memory is out it is not drawn. */
static void picture_add_box(struct picture_marks *out, const struct scene_box *box, const char *tag)
{
    size_t n = out->marks.n_boxes;
    struct scene_box *boxes = realloc(out->boxes, (n + 1) * sizeof *boxes);
    if (!boxes)
        return;
    out->boxes = boxes;
    out->marks.boxes = boxes; /* the ones before are gone, whatever happens next */
    char(*tags)[PICTURE_TAG_MAX] = realloc(out->tags, (n + 1) * sizeof *tags);
    if (!tags)
        return;
    out->tags = tags;
    snprintf(tags[n], PICTURE_TAG_MAX, "%s", tag);
    boxes[n] = *box;
    for (size_t i = 0; i <= n; i++)
        boxes[i].label = tags[i];
    out->marks.n_boxes++;
}

/* In adjudication: the boxes between which there is to choose, with the numbers that take them. */
static void picture_disputed(struct picture_marks *out, const struct session *session)
{
    const struct adjudication_item *item = session_disagreement(session);
    for (size_t c = 0; item && out->boxes && out->tags && c < item->n; c++) {
        const struct object *object;
        for (size_t i = 0; (object = session_disagreement_box(session, c, i)); i++) {
            struct scene_box box = {.colour = screen_ink_rgb((enum screen_ink)(INK_TYPE_FIRST + c % PICTURE_BOX_INKS)),
                                    .selected = true};
            char tag[PICTURE_TAG_MAX];
            snprintf(tag, sizeof tag, "%zu %s%s%s", c + 1, item->choices[c].names, object->label ? ": " : "",
                     object->label ? object->label : "");
            memcpy(box.box, object->box, sizeof box.box);
            picture_add_box(out, &box, tag);
        }
    }
}

static void picture_layers(struct picture_marks *out, const struct post *post, const struct analysis *analysis,
                           const struct view_picture *view, size_t width_px, size_t height_px)
{
    double scale = regions_scale(analysis);
    if (!(scale > 0) || !(out->layers = calloc(analysis->n_images, sizeof *out->layers)))
        return;
    out->marks.n_layers =
        regions_layers(post, analysis, view->config, view->other_boxes, width_px, height_px, out->layers);
    out->marks.layers = out->layers;
    out->marks.heat_scale = scale;
}

/* Words in the middle of the pane, in place of a picture. */
static void picture_say(struct screen *screen, WINDOW *window, const struct post *post, enum screen_ink ink,
                        const char *what, const char *why)
{
    screen_picture(screen, window, NULL);
    screen_erase(screen, window, GROUND_NONE);
    size_t y = (size_t)getmaxy(window) / 2;
    struct view_pen pen = view_pen(screen, window, y ? y - 1 : 0);
    view_space(&pen, 2);
    view_put(&pen, ink, GROUND_NONE, 0, what);
    if (post->image)
        view_format(&pen, INK_DIM, GROUND_NONE, 0, "  %s", post->image);
    if (why) {
        pen = view_pen(screen, window, y);
        view_space(&pen, 2);
        view_put(&pen, INK_DIM, GROUND_NONE, 0, why);
    }
    for (size_t i = 0; i < post->n_objects; i++) {
        const struct object *o = &post->objects[i];
        pen = view_pen(screen, window, y + 1 + i);
        view_space(&pen, 2);
        view_format(&pen, INK_DIM, GROUND_NONE, 0, "%zu %s  %.0f, %.0f to %.0f, %.0f", i + 1,
                    o->label ? o->label : "object", o->box[0], o->box[1], o->box[2], o->box[3]);
    }
}

/* The request for a post's picture as it shall look now. */
static void picture_want(struct screen *screen, WINDOW *window, const struct view_picture *view, const char *path,
                         const struct post *post, const struct analysis *analysis, struct gallery_request *out,
                         struct picture_marks *marks)
{
    enum session_heat heat = view->session->heat;
    size_t width_px, height_px;
    gallery_request_begin(view->terminal, (size_t)getmaxx(window), (size_t)getmaxy(window), out);
    out->path = path;
    out->background = screen_ground_rgb(screen, GROUND_PICTURE);
    out->kind = view->graphics == GRAPHICS_SIXEL ? PAINTER_SIXEL : PAINTER_BLOCKS;
    picture_boxes(marks, post);
    if (post == session_post(view->session)) {
        picture_box_mode(marks, view->session);
        picture_disputed(marks, view->session);
    }
    /* Until the picture was decoded, its size, and with it the heat's place, is not known. */
    if (analysis && (heat == HEAT_BOTH || heat == HEAT_REGIONS) &&
        gallery_size(view->gallery, path, &width_px, &height_px))
        picture_layers(marks, post, analysis, view, width_px, height_px);
    /* In a small pane the legend would cover too much: the numbers stand in the title below anyway. */
    marks->marks.legend = marks->marks.n_layers && out->pane.rows >= PICTURE_LEGEND_ROWS_MIN;
    marks->marks.scale = view->other ? SCALE_GREEN_PURPLE : SCALE_AMBER_BLUE;
    out->marks = marks->marks;
}

static size_t picture_slot(const struct view_picture *view)
{
    return view->other ? VIEW_PICTURE_SLOT_OTHER : VIEW_PICTURE_SLOT;
}

static bool picture_show(struct screen *screen, WINDOW *window, const struct view_picture *view, const char *path)
{
    const struct post *post = session_post(view->session);
    struct gallery_request request;
    struct gallery_answer answer;
    struct picture_marks marks = {0};
    picture_want(screen, window, view, path, post, view->analysis, &request, &marks);
    gallery_want(view->gallery, picture_slot(view), &request, &answer);
    switch (answer.state) {
    case GALLERY_READY:
        screen_picture(screen, window, answer.blob);
        break;
    case GALLERY_PENDING:
        if (!view->patient)
            picture_say(screen, window, post, INK_DIM, "picture is on its way", NULL);
        break;
    case GALLERY_MISSING:
        picture_say(screen, window, post, INK_WARN, "picture missing", NULL);
        break;
    case GALLERY_BROKEN:
        picture_say(screen, window, post, INK_BAD, "picture broken", answer.reason);
        break;
    }
    blob_unref(answer.blob);
    picture_marks_free(&marks);
    return answer.state == GALLERY_PENDING;
}

/* Boxes can be drawn blind, once the size of the picture is known. */
static void picture_decode_only(const struct view_picture *view, const char *path)
{
    struct gallery_request request;
    struct gallery_answer answer;
    gallery_request_begin(view->terminal, 2, 2, &request);
    request.path = path;
    request.kind = PAINTER_BLOCKS;
    request.marks = (struct scene_marks){0};
    gallery_want(view->gallery, VIEW_PICTURE_SLOT, &request, &answer);
    blob_unref(answer.blob);
}

/* The pane of the picture that is shown, and its size; false while that is not known. */
static bool picture_pane(WINDOW *window, const struct view_picture *view, struct scene_pane *pane, size_t *width_px,
                         size_t *height_px)
{
    struct finder_answer place;
    struct gallery_request request;
    finder_peek(view->finder, view->session->post, session_post(view->session), &place);
    if (place.state != FINDER_FOUND || !gallery_size(view->gallery, place.path, width_px, height_px))
        return false;
    gallery_request_begin(view->terminal, (size_t)getmaxx(window), (size_t)getmaxy(window), &request);
    *pane = request.pane;
    return true;
}

void view_picture_measure(WINDOW *window, const struct view_picture *view, struct session *session)
{
    struct scene_pane pane;
    struct scene_fit fit;
    size_t width_px, height_px;
    if (!picture_pane(window, view, &pane, &width_px, &height_px))
        return;
    double columns = PICTURE_BLIND_COLUMNS, rows = PICTURE_BLIND_ROWS;
    if (view->graphics != GRAPHICS_NONE && !scene_fit(&pane, width_px, height_px, &fit)) {
        columns = fit.width;
        rows = fit.height;
    }
    boxes_picture(&session->boxes, width_px, height_px, (double)width_px / columns, (double)height_px / rows);
}

bool view_picture_at(WINDOW *window, const struct view_picture *view, size_t row, size_t column, double area[4],
                     size_t *object, bool *inside)
{
    struct scene_pane pane;
    struct picture_marks marks = {0};
    size_t width_px, height_px;
    double x, y;
    if (view->graphics == GRAPHICS_NONE || !picture_pane(window, view, &pane, &width_px, &height_px) ||
        scene_area(&pane, width_px, height_px, column, row, area))
        return false;
    picture_boxes(&marks, session_post(view->session));
    *object = scene_box_at(&pane, width_px, height_px, marks.marks.boxes, marks.marks.n_boxes, column, row);
    *inside = scene_point(&pane, width_px, height_px, column, row, &x, &y);
    picture_marks_free(&marks);
    return true;
}

bool view_picture_draw(struct screen *screen, WINDOW *window, const struct view_picture *view)
{
    const struct post *post = session_post(view->session);
    struct finder_answer place;
    finder_want(view->finder, view->session->post, post, &place);
    if (place.state != FINDER_FOUND || view->graphics == GRAPHICS_NONE)
        gallery_forget(view->gallery, picture_slot(view));
    switch (place.state) {
    case FINDER_PENDING:
        if (!view->patient)
            picture_say(screen, window, post, INK_DIM, "picture is looked for", NULL);
        return true;
    case FINDER_NONE:
        picture_say(screen, window, post, INK_DIM, "no picture", NULL);
        return false;
    case FINDER_MISSING:
        picture_say(screen, window, post, INK_WARN, "picture missing", NULL);
        return false;
    case FINDER_REFUSED:
        picture_say(screen, window, post, INK_BAD, "picture refused", place.reason);
        return false;
    case FINDER_FOUND:
        break;
    }
    if (view->graphics != GRAPHICS_NONE)
        return picture_show(screen, window, view, place.path);
    char key[KEY_NAME_MAX], hint[KEY_NAME_MAX + 16];
    snprintf(hint, sizeof hint, "%s draws it",
             keymap_command_key(MODE_NORMAL, COMMAND_GRAPHICS, key, sizeof key));
    picture_say(screen, window, post, INK_DIM, "picture not drawn", hint);
    if (view->session->mode == MODE_BOX)
        picture_decode_only(view, place.path);
    return false;
}

void view_picture_prefetch(struct screen *screen, WINDOW *window, const struct view_picture *view, size_t index,
                           const struct analysis *analysis)
{
    struct gallery_request request;
    struct finder_answer place;
    struct picture_marks marks = {0};
    const struct post *post = store_post_peek(view->session->store, index);
    finder_peek(view->finder, index, post, &place);
    if (place.state != FINDER_FOUND || view->graphics == GRAPHICS_NONE)
        return;
    picture_want(screen, window, view, place.path, post, analysis, &request, &marks);
    gallery_prefetch(view->gallery, &request);
    picture_marks_free(&marks);
}
