/* SPDX-License-Identifier: Apache-2.0 */
#include "src/report-picture.h"

#include "corpora/text.h"
#include "src/html.h"
#include "src/jpeg-writer.h"
#include "ui/colours.h"
#include "ui/regions.h"
#include "ui/scene-boxes.h"
#include "ui/scene-heat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QUALITY = 82, TEXT_PX = 19, TAG_MAX = 96, BOX_INKS = 4, LABEL_MAX = 60 };

static void picture_tag(const struct object *object, size_t number, char out[TAG_MAX])
{
    const char *label = object->label ? object->label : "";
    int n = snprintf(out, TAG_MAX, "%zu %.*s", number, utf8_head(label, LABEL_MAX), label);
    if (object->origin.has_score && n > 0 && n < TAG_MAX)
        snprintf(out + n, TAG_MAX - (size_t)n, " %.2f", object->origin.score);
}

/* "a.jpg; boxes: 1 cat 0.61, 2 person" */
static void put_alternative(FILE *out, const struct post *post)
{
    char tag[TAG_MAX];
    fputs(" alt=\"", out);
    html_text(out, post->image);
    for (size_t i = 0; i < post->n_objects; i++) {
        picture_tag(&post->objects[i], i + 1, tag);
        fputs(i ? ", " : "; boxes: ", out);
        html_text(out, tag);
    }
    fputc('"', out);
}

/* The scaled picture with what is marked on it, as an element of that class. */
static int put_image(const struct picture *picture, const struct post *post, const struct scene_marks *marks,
                     size_t width, size_t height, const char *class, FILE *out, struct error *err)
{
    const struct scene_frame frame = {.width = width,
                                      .height = height,
                                      .scale_x = (double)width / (double)picture->width,
                                      .scale_y = (double)height / (double)picture->height};
    struct picture scaled = {.rgb = malloc(3 * width * height), .width = width, .height = height};
    unsigned char *bytes = NULL;
    size_t n = 0;
    int result = scaled.rgb ? 0 : error_memory(err, "picture");
    result = result || picture_resize(picture, NULL, width, height, scaled.rgb, err) ||
             (marks->n_layers &&
              scene_heat_blend(scaled.rgb, width, height, marks, frame.scale_x, frame.scale_y, err)) ||
             scene_boxes_draw(&scaled, &frame, marks, TEXT_PX, err) || jpeg_write(&scaled, QUALITY, &bytes, &n, err);
    if (!result) {
        fprintf(out, "<img class=\"%s\" width=\"%zu\" height=\"%zu\"", class, width, height);
        put_alternative(out, post);
        fputs(" src=\"", out);
        html_data(out, "image/jpeg", bytes, n);
        fputs("\">\n", out);
    }
    free(bytes);
    picture_free(&scaled);
    return result ? -1 : 0;
}

int report_picture_put(const struct picture *picture, const struct post *post, const struct analysis *analysis,
                       const struct config *config, FILE *out, struct error *err)
{
    double longer = fmax((double)picture->width, (double)picture->height), shrink = fmin(REPORT_PICTURE_PX / longer, 1);
    size_t width = (size_t)fmax(round((double)picture->width * shrink), 1);
    size_t height = (size_t)fmax(round((double)picture->height * shrink), 1);
    struct scene_box *boxes = calloc(post->n_objects + 1, sizeof *boxes);
    char(*tags)[TAG_MAX] = calloc(post->n_objects + 1, sizeof *tags);
    struct scene_layer *layers = analysis ? calloc(analysis->n_images + 1, sizeof *layers) : NULL;
    struct scene_marks marks = {.boxes = boxes, .n_boxes = post->n_objects};
    int result = !boxes || !tags || (analysis && !layers) ? error_memory(err, post->id) : 0;
    double scale = regions_scale(analysis);
    for (size_t i = 0; !result && i < post->n_objects; i++) {
        picture_tag(&post->objects[i], i + 1, tags[i]);
        boxes[i] = (struct scene_box){
            .label = tags[i], .colour = screen_ink_rgb((enum screen_ink)(INK_TYPE_FIRST + i % BOX_INKS))};
        memcpy(boxes[i].box, post->objects[i].box, sizeof boxes[i].box);
    }
    if (!result)
        result = put_image(picture, post, &marks, width, height,
                           scale > 0 ? "plain-picture has-heat" : "plain-picture", out, err);
    if (!result && scale > 0) {
        marks.layers = layers;
        marks.n_layers = regions_layers(post, analysis, config, false, picture->width, picture->height, layers);
        marks.heat_scale = scale;
        marks.legend = true;
        result = put_image(picture, post, &marks, width, height, "heat-picture", out, err);
    }
    free(boxes);
    free(tags);
    free(layers);
    return result;
}
