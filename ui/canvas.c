/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/canvas.h"

#include "corpora/files.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CANVAS_SCALE = 2 /* pixels of a PNG in a point */, CANVAS_MAX_PT = 14400 /* a side, PDF's own limit */ };

enum canvas_kind { CANVAS_NONE, CANVAS_PNG, CANVAS_SVG, CANVAS_PDF };

struct canvas {
    enum canvas_kind kind;
    char *path;
    struct file_writer writer;
    cairo_surface_t *surface;
    cairo_t *cairo;
};

static enum canvas_kind canvas_kind_of(const char *path)
{
    size_t n = strlen(path);
    const char *ending = n > 4 && path[n - 5] != '/' ? path + n - 4 : "";
    return !strcasecmp(ending, ".png")   ? CANVAS_PNG
           : !strcasecmp(ending, ".svg") ? CANVAS_SVG
           : !strcasecmp(ending, ".pdf") ? CANVAS_PDF
                                         : CANVAS_NONE;
}

int canvas_check(const char *path, struct error *err)
{
    if (canvas_kind_of(path) == CANVAS_NONE)
        return error_set(err, ERROR_USAGE, "%s: a figure's name ends with .png, .svg or .pdf", path);
    return 0;
}

static cairo_status_t canvas_write(void *closure, const unsigned char *bytes, unsigned int n)
{
    struct canvas *canvas = closure;
    return fwrite(bytes, 1, n, canvas->writer.stream) == n ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static cairo_surface_t *canvas_surface(struct canvas *canvas, double width_pt, double height_pt)
{
    switch (canvas->kind) {
    case CANVAS_SVG: {
        cairo_surface_t *svg = cairo_svg_surface_create_for_stream(canvas_write, canvas, width_pt, height_pt);
        cairo_svg_surface_set_document_unit(svg, CAIRO_SVG_UNIT_PT);
        return svg;
    }
    case CANVAS_PDF:
        return cairo_pdf_surface_create_for_stream(canvas_write, canvas, width_pt, height_pt);
    case CANVAS_PNG:
    case CANVAS_NONE:
        break;
    }
    return cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(width_pt * CANVAS_SCALE),
                                      (int)ceil(height_pt * CANVAS_SCALE));
}

struct canvas *canvas_open(const char *path, double width_pt, double height_pt, struct error *err)
{
    if (canvas_check(path, err))
        return NULL;
    if (!(width_pt >= 1) || !(height_pt >= 1) || width_pt > CANVAS_MAX_PT || height_pt > CANVAS_MAX_PT) {
        error_set(err, ERROR_INPUT, "%s: a figure of %.0f x %.0f points: at most %d x %d can be drawn", path, width_pt,
                  height_pt, CANVAS_MAX_PT, CANVAS_MAX_PT);
        return NULL;
    }
    struct canvas *canvas = calloc(1, sizeof *canvas);
    if (!canvas || !(canvas->path = strdup(path))) {
        free(canvas);
        error_memory(err, path);
        return NULL;
    }
    canvas->kind = canvas_kind_of(path);
    if (file_writer_open(canvas->path, &canvas->writer, err)) {
        free(canvas->path);
        free(canvas);
        return NULL;
    }
    canvas->surface = canvas_surface(canvas, width_pt, height_pt);
    canvas->cairo = cairo_create(canvas->surface);
    if (cairo_status(canvas->cairo) != CAIRO_STATUS_SUCCESS) {
        error_set(err, ERROR_IO, "%s: %s", path, cairo_status_to_string(cairo_status(canvas->cairo)));
        canvas_abandon(canvas);
        return NULL;
    }
    if (canvas->kind == CANVAS_PNG)
        cairo_scale(canvas->cairo, CANVAS_SCALE, CANVAS_SCALE);
    canvas_source(canvas->cairo, 0xffffff, 1);
    cairo_paint(canvas->cairo);
    return canvas;
}

cairo_t *canvas_cairo(struct canvas *canvas)
{
    return canvas->cairo;
}

static void canvas_free(struct canvas *canvas)
{
    cairo_destroy(canvas->cairo);
    cairo_surface_destroy(canvas->surface);
    free(canvas->path);
    free(canvas);
}

int canvas_close(struct canvas *canvas, struct error *err)
{
    errno = 0; /* fonts may have left one */
    cairo_status_t status = cairo_status(canvas->cairo);
    if (status == CAIRO_STATUS_SUCCESS && canvas->kind == CANVAS_PNG)
        status = cairo_surface_write_to_png_stream(canvas->surface, canvas_write, canvas);
    cairo_surface_finish(canvas->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(canvas->surface);
    int result = 0;
    if (status == CAIRO_STATUS_SUCCESS) {
        result = file_writer_finish(&canvas->writer, err);
    } else {
        result = errno ? error_errno(err, canvas->path)
                       : error_set(err, ERROR_IO, "%s: %s", canvas->path, cairo_status_to_string(status));
        file_writer_abandon(&canvas->writer);
    }
    canvas_free(canvas);
    return result;
}

void canvas_abandon(struct canvas *canvas)
{
    if (!canvas)
        return;
    cairo_surface_finish(canvas->surface); /* it may write once more */
    file_writer_abandon(&canvas->writer);
    canvas_free(canvas);
}

/* ---- Text ---- */

/* The same measures in all three kinds: no hinting. */
static PangoLayout *canvas_layout(cairo_t *cairo, double size_pt, unsigned style, const char *text)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
    cairo_font_options_destroy(options);
    pango_layout_context_changed(layout);
    PangoFontDescription *font = pango_font_description_from_string("Sans");
    pango_font_description_set_absolute_size(font, size_pt * PANGO_SCALE);
    if (style & CANVAS_BOLD)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    if (style & CANVAS_ITALIC)
        pango_font_description_set_style(font, PANGO_STYLE_ITALIC);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    char *valid = g_utf8_make_valid(text, -1); /* names of files may be any bytes */
    pango_layout_set_text(layout, valid, -1);
    g_free(valid);
    return layout;
}

static double canvas_layout_width(PangoLayout *layout)
{
    int width;
    pango_layout_get_size(layout, &width, NULL);
    return (double)width / PANGO_SCALE;
}

static void canvas_layout_show(cairo_t *cairo, PangoLayout *layout, double x, double y)
{
    cairo_move_to(cairo, x, y - (double)pango_layout_get_baseline(layout) / PANGO_SCALE);
    pango_cairo_show_layout(cairo, layout);
}

double canvas_text(cairo_t *cairo, double x, double y, double align, double size_pt, unsigned style, const char *text)
{
    PangoLayout *layout = canvas_layout(cairo, size_pt, style, text);
    double width = canvas_layout_width(layout);
    canvas_layout_show(cairo, layout, x - align * width, y);
    g_object_unref(layout);
    return width;
}

double canvas_text_width(cairo_t *cairo, double size_pt, unsigned style, const char *text)
{
    PangoLayout *layout = canvas_layout(cairo, size_pt, style, text);
    double width = canvas_layout_width(layout);
    g_object_unref(layout);
    return width;
}

double canvas_text_clipped(cairo_t *cairo, double x, double y, double width_pt, double size_pt, unsigned style,
                           const char *text)
{
    PangoLayout *layout = canvas_layout(cairo, size_pt, style, text);
    if (canvas_layout_width(layout) > width_pt) {
        pango_layout_set_auto_dir(layout, FALSE); /* the first words stay, at the left */
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        pango_layout_set_width(layout, (int)(fmax(width_pt, 1) * PANGO_SCALE));
    }
    canvas_layout_show(cairo, layout, x, y);
    double width = fmin(canvas_layout_width(layout), width_pt);
    g_object_unref(layout);
    return width;
}

void canvas_source(cairo_t *cairo, uint32_t colour, double alpha)
{
    cairo_set_source_rgba(cairo, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0,
                          alpha);
}
