/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene-boxes.h"

#include "ui/scene-heat.h"
#include "ui/text-cells.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_COLUMNS_MAX = 32, TAG_PLACES = 5 };

/* Whole pixels, x0 <= x < x1. */
struct rectangle {
    long x0, y0, x1, y1;
};

static long clamp_long(double value, long low, long high)
{
    return value <= (double)low ? low : value >= (double)high ? high : (long)value;
}

/* The pixels of a box in the image, at least one each way; false where it lies outside of the picture. */
static bool scene_box_rectangle(const struct scene_box *box, const struct scene_frame *frame, struct rectangle *out)
{
    long left = (long)frame->x, top = (long)frame->y;
    long right = left + (long)frame->width, bottom = top + (long)frame->height;
    for (int i = 0; i < 4; i++)
        if (!isfinite(box->box[i]))
            return false;
    double x0 = (double)left + box->box[0] * frame->scale_x, x1 = (double)left + box->box[2] * frame->scale_x;
    double y0 = (double)top + box->box[1] * frame->scale_y, y1 = (double)top + box->box[3] * frame->scale_y;
    if (x1 <= x0 || y1 <= y0 || x1 <= (double)left || y1 <= (double)top || x0 >= (double)right || y0 >= (double)bottom)
        return false;
    out->x0 = clamp_long(round(x0), left, right - 1);
    out->y0 = clamp_long(round(y0), top, bottom - 1);
    out->x1 = clamp_long(round(x1), out->x0 + 1, right);
    out->y1 = clamp_long(round(y1), out->y0 + 1, bottom);
    return true;
}

static bool rectangles_overlap(const struct rectangle *a, const struct rectangle *b)
{
    return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

/* Puts a tag of width x height at the box: inside its top left corner, above it, inside its other corners, below it;
 * the first place that lies within the room and on no other tag, else inside the top left corner, pushed into the room.
 * Returns whether the place was free. */
static bool tag_place(const struct rectangle *box, long width, long height, const struct rectangle *room,
                      const struct rectangle *taken, size_t n_taken, struct rectangle *out)
{
    const struct rectangle places[TAG_PLACES] = {
        {box->x0, box->y0, box->x0 + width, box->y0 + height},
        {box->x0, box->y0 - height, box->x0 + width, box->y0},
        {box->x1 - width, box->y0, box->x1, box->y0 + height},
        {box->x0, box->y1 - height, box->x0 + width, box->y1},
        {box->x0, box->y1, box->x0 + width, box->y1 + height},
    };
    /* Inside only where the box is not mostly hidden by its own tag. */
    bool has_inside = box->y1 - box->y0 >= 2 * height && box->x1 - box->x0 >= width;
    for (size_t i = 0; i < TAG_PLACES; i++) {
        const struct rectangle *p = &places[i];
        bool is_inside = i == 0 || i == 2 || i == 3;
        bool is_free = p->x0 >= room->x0 && p->y0 >= room->y0 && p->x1 <= room->x1 && p->y1 <= room->y1;
        for (size_t k = 0; k < n_taken && is_free; k++)
            is_free = !rectangles_overlap(p, &taken[k]);
        if (is_free && (has_inside || !is_inside)) {
            *out = *p;
            return true;
        }
    }
    long x = box->x0 + width <= room->x1 ? box->x0 : room->x1 - width;
    long y = box->y0 + height <= room->y1 ? box->y0 : room->y1 - height;
    x = x < room->x0 ? room->x0 : x;
    y = y < room->y0 ? room->y0 : y;
    *out = (struct rectangle){x, y, x + width, y + height};
    for (size_t k = 0; k < n_taken; k++)
        if (rectangles_overlap(out, &taken[k]))
            return false;
    return true;
}

/* Indices of the boxes in drawing order: selected ones last. */
static size_t *scene_boxes_order(const struct scene_marks *marks)
{
    size_t *order = malloc((marks->n_boxes + 1) * sizeof *order);
    size_t n = 0;
    for (int selected = 0; order && selected < 2; selected++)
        for (size_t i = 0; i < marks->n_boxes; i++)
            if (marks->boxes[i].selected == selected)
                order[n++] = i;
    return order;
}

static void paint_source(cairo_t *cairo, uint32_t colour, double alpha)
{
    cairo_set_source_rgba(cairo, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0,
                          alpha);
}

/* A frame of line pixels just inside r. */
static void paint_frame(cairo_t *cairo, const struct rectangle *r, double line)
{
    double width = (double)(r->x1 - r->x0), height = (double)(r->y1 - r->y0);
    if (width <= 2 * line || height <= 2 * line) {
        cairo_rectangle(cairo, (double)r->x0, (double)r->y0, width, height);
    } else {
        cairo_rectangle(cairo, (double)r->x0, (double)r->y0, width, line);
        cairo_rectangle(cairo, (double)r->x0, (double)r->y1 - line, width, line);
        cairo_rectangle(cairo, (double)r->x0, (double)r->y0 + line, line, height - 2 * line);
        cairo_rectangle(cairo, (double)r->x1 - line, (double)r->y0 + line, line, height - 2 * line);
    }
    cairo_fill(cairo);
}

static struct rectangle rectangle_grow(const struct rectangle *r, long by)
{
    return (struct rectangle){r->x0 - by, r->y0 - by, r->x1 + by, r->y1 + by};
}

static void paint_box(cairo_t *cairo, const struct scene_box *box, const struct rectangle *r)
{
    struct rectangle outside = rectangle_grow(r, 1);
    long line = box->selected ? 4 : 2;
    struct rectangle inside = rectangle_grow(r, -line);
    /* A dark edge on both sides keeps the line apart from a picture of its colour; the selected one has a white edge.
     * */
    if (box->selected)
        paint_source(cairo, 0xffffff, 1);
    else
        paint_source(cairo, 0x000000, 0.55);
    paint_frame(cairo, &outside, 1);
    if (inside.x1 - inside.x0 > 4 && inside.y1 - inside.y0 > 4)
        paint_frame(cairo, &inside, 1);
    paint_source(cairo, box->colour, 1);
    paint_frame(cairo, r, (double)line);
}

static unsigned colour_light(uint32_t colour)
{
    return (299 * (colour >> 16 & 255) + 587 * (colour >> 8 & 255) + 114 * (colour & 255)) / 1000;
}

static PangoLayout *tag_layout(cairo_t *cairo, const char *text, double text_px, double width_px)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string("Sans Bold");
    pango_font_description_set_absolute_size(font, text_px * 0.72 * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_text(layout, text, -1);
    int width, height;
    pango_layout_get_pixel_size(layout, &width, &height);
    if (width > width_px) {
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        pango_layout_set_width(layout, (int)(width_px * PANGO_SCALE));
    }
    return layout;
}

/* Paints the tag and adds its place to taken. */
static void paint_tag(cairo_t *cairo, const struct scene_box *box, const struct rectangle *r, const char *text,
                      double text_px, const struct rectangle *room, struct rectangle *taken, size_t *n_taken)
{
    double pad = ceil(text_px / 5);
    double width_px = (double)(room->x1 - room->x0) - 2 * pad;
    if (width_px < text_px)
        return;
    PangoLayout *layout = tag_layout(cairo, text, text_px, width_px);
    int width, height;
    pango_layout_get_pixel_size(layout, &width, &height);
    struct rectangle tag;
    tag_place(r, width + 2 * (long)pad, height + 1, room, taken, *n_taken, &tag);
    taken[(*n_taken)++] = tag;
    if (box->selected) {
        struct rectangle edge = rectangle_grow(&tag, 1);
        paint_source(cairo, 0xffffff, 1);
        paint_frame(cairo, &edge, 1);
    }
    paint_source(cairo, box->colour, 1);
    cairo_rectangle(cairo, (double)tag.x0, (double)tag.y0, (double)(tag.x1 - tag.x0), (double)(tag.y1 - tag.y0));
    cairo_fill(cairo);
    paint_source(cairo, colour_light(box->colour) > 110 ? 0x000000 : 0xffffff, 1);
    cairo_move_to(cairo, (double)tag.x0 + pad, (double)tag.y0);
    pango_cairo_show_layout(cairo, layout);
    g_object_unref(layout);
}

/* A bar from -scale over 0 to scale, in the room's bottom right corner. */
static void paint_legend(cairo_t *cairo, const struct scene_marks *marks, double text_px, const struct rectangle *room)
{
    char text[3][32];
    snprintf(text[0], sizeof text[0], "\u2212%.2g", marks->heat_scale);
    snprintf(text[1], sizeof text[1], "0");
    snprintf(text[2], sizeof text[2], "+%.2g", marks->heat_scale);
    double bar = ceil(text_px * 0.45), width = text_px * 9, pad = ceil(text_px / 4);
    double height = bar + text_px + 3 * pad, x = (double)room->x1 - width - pad, y = (double)room->y1 - height;
    if (width * 2 > (double)(room->x1 - room->x0) || height * 3 > (double)(room->y1 - room->y0))
        return;
    paint_source(cairo, 0x000000, 0.75);
    cairo_rectangle(cairo, x - pad, y, width + 2 * pad, height);
    cairo_fill(cairo);
    for (long i = 0; i < (long)width; i++) {
        double alpha;
        uint32_t colour = scene_heat_colour(marks->scale, 2 * ((double)i + 0.5) / width - 1, &alpha);
        paint_source(cairo, 0x606060, 1);
        cairo_rectangle(cairo, x + (double)i, y + pad, 1, bar);
        cairo_fill_preserve(cairo);
        paint_source(cairo, colour, alpha);
        cairo_fill(cairo);
    }
    for (int i = 0; i < 3; i++) {
        PangoLayout *layout = tag_layout(cairo, text[i], text_px * 0.9, width);
        int text_width, text_height;
        pango_layout_get_pixel_size(layout, &text_width, &text_height);
        paint_source(cairo, 0xffffff, 1);
        cairo_move_to(cairo, x + (width - text_width) * i / 2, y + bar + 1.5 * pad);
        pango_cairo_show_layout(cairo, layout);
        g_object_unref(layout);
    }
}

/* Between RGB bytes and cairo's 32-bit pixels. */
static void surface_load(cairo_surface_t *surface, const struct picture *image)
{
    unsigned char *bytes = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (size_t y = 0; y < image->height; y++) {
        const uint8_t *from = image->rgb + 3 * y * image->width;
        uint32_t *to = (uint32_t *)(void *)(bytes + y * stride);
        for (size_t x = 0; x < image->width; x++, from += 3)
            to[x] = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
    }
    cairo_surface_mark_dirty(surface);
}

static void surface_store(cairo_surface_t *surface, const struct picture *image)
{
    cairo_surface_flush(surface);
    const unsigned char *bytes = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (size_t y = 0; y < image->height; y++) {
        const uint32_t *from = (const uint32_t *)(const void *)(bytes + y * stride);
        uint8_t *to = image->rgb + 3 * y * image->width;
        for (size_t x = 0; x < image->width; x++, to += 3) {
            to[0] = (uint8_t)(from[x] >> 16);
            to[1] = (uint8_t)(from[x] >> 8);
            to[2] = (uint8_t)from[x];
        }
    }
}

int scene_boxes_paint(cairo_t *cairo, size_t width, size_t height, const struct scene_frame *frame,
                      const struct scene_marks *marks, double text_px, struct error *err)
{
    size_t *order = scene_boxes_order(marks), n_taken = 0;
    struct rectangle *taken = malloc((marks->n_boxes + 1) * sizeof *taken), r;
    struct rectangle room = {0, 0, (long)width, (long)height};
    int result = -1;
    if (!order || !taken) {
        error_memory(err, "boxes");
        goto out;
    }
    cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
    for (size_t i = 0; i < marks->n_boxes; i++)
        if (scene_box_rectangle(&marks->boxes[order[i]], frame, &r))
            paint_box(cairo, &marks->boxes[order[i]], &r);
    for (size_t i = marks->n_boxes; i-- > 0;) { /* the selected one chooses its place first */
        const struct scene_box *box = &marks->boxes[order[i]];
        if (!box->label || !*box->label || !scene_box_rectangle(box, frame, &r))
            continue;
        char *text = text_cells_clean(box->label, strlen(box->label), TAG_COLUMNS_MAX, NULL);
        if (!text) {
            error_memory(err, "boxes");
            goto out;
        }
        paint_tag(cairo, box, &r, text, text_px, &room, taken, &n_taken);
        free(text);
    }
    if (marks->legend && marks->n_layers && marks->heat_scale > 0)
        paint_legend(cairo, marks, text_px, &room);
    result = 0;
out:
    free(order);
    free(taken);
    return result;
}

int scene_boxes_draw(const struct picture *image, const struct scene_frame *frame, const struct scene_marks *marks,
                     double text_px, struct error *err)
{
    if (!marks->n_boxes && !(marks->legend && marks->n_layers))
        return 0;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)image->width, (int)image->height);
    cairo_t *cairo = cairo_create(surface);
    int result = -1;
    if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS) {
        error_set(err, ERROR_IO, "boxes: %s", cairo_status_to_string(cairo_status(cairo)));
        goto out;
    }
    surface_load(surface, image);
    result = scene_boxes_paint(cairo, image->width, image->height, frame, marks, text_px, err);
    if (result == 0)
        surface_store(surface, image);
out:
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return result;
}

static void blocks_dot(const struct picture *image, long x, long y, uint32_t colour)
{
    uint8_t *rgb = image->rgb + 3 * ((size_t)y * image->width + (size_t)x);
    rgb[0] = (uint8_t)(colour >> 16);
    rgb[1] = (uint8_t)(colour >> 8);
    rgb[2] = (uint8_t)colour;
}

static void blocks_box(const struct picture *image, const struct rectangle *r, uint32_t colour)
{
    for (long x = r->x0; x < r->x1; x++) {
        blocks_dot(image, x, r->y0, colour);
        blocks_dot(image, x, r->y1 - 1, colour);
    }
    for (long y = r->y0; y < r->y1; y++) {
        blocks_dot(image, r->x0, y, colour);
        blocks_dot(image, r->x1 - 1, y, colour);
    }
}

/* A tag in cells; false where it has no free place, or memory is out. */
static bool blocks_label(const struct scene_box *box, const struct rectangle *r, const struct rectangle *room,
                         struct rectangle *taken, size_t *n_taken, struct scene_label *out)
{
    size_t most = (size_t)room->x1 < TAG_COLUMNS_MAX ? (size_t)room->x1 : TAG_COLUMNS_MAX, columns;
    char *text = text_cells_clean(box->label, strlen(box->label), most, &columns);
    if (!text)
        return false;
    struct rectangle cells = {r->x0, r->y0 / 2, r->x1, (r->y1 + 1) / 2}, tag;
    if (!columns || !tag_place(&cells, (long)columns, 1, room, taken, *n_taken, &tag)) {
        free(text);
        return false;
    }
    taken[(*n_taken)++] = tag;
    *out = (struct scene_label){
        .column = (size_t)tag.x0,
        .row = (size_t)tag.y0,
        .columns = columns,
        .text = text,
        .colour = box->colour,
        .selected = box->selected,
    };
    return true;
}

int scene_boxes_draw_blocks(const struct picture *image, const struct scene_frame *frame,
                            const struct scene_marks *marks, struct scene_label **labels, size_t *n_labels,
                            struct error *err)
{
    size_t *order = scene_boxes_order(marks), n_taken = 0;
    struct rectangle *taken = malloc((marks->n_boxes + 1) * sizeof *taken), r;
    struct rectangle room = {0, 0, (long)image->width, (long)image->height / 2};
    *labels = calloc(marks->n_boxes + 1, sizeof **labels);
    *n_labels = 0;
    if (!order || !taken || !*labels) {
        free(order);
        free(taken);
        free(*labels);
        *labels = NULL;
        return error_memory(err, "boxes");
    }
    for (size_t i = 0; i < marks->n_boxes; i++) {
        const struct scene_box *box = &marks->boxes[order[i]];
        if (!scene_box_rectangle(box, frame, &r))
            continue;
        blocks_box(image, &r, box->colour);
        struct rectangle inside = rectangle_grow(&r, -1);
        if (box->selected && inside.x1 - inside.x0 > 2 && inside.y1 - inside.y0 > 2)
            blocks_box(image, &inside, 0xffffff);
    }
    for (size_t i = marks->n_boxes; i-- > 0;) {
        const struct scene_box *box = &marks->boxes[order[i]];
        if (box->label && *box->label && scene_box_rectangle(box, frame, &r) &&
            blocks_label(box, &r, &room, taken, &n_taken, &(*labels)[*n_labels]))
            (*n_labels)++;
    }
    free(order);
    free(taken);
    return 0;
}

void scene_warm_up(void)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 16, 16);
    cairo_t *cairo = cairo_create(surface);
    PangoLayout *layout = tag_layout(cairo, "a.1", 12, 100);
    pango_cairo_show_layout(cairo, layout);
    g_object_unref(layout);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

void scene_cool_down(void)
{
    pango_cairo_font_map_set_default(NULL);
}
